//! What the bundled integrations offer of boards: their templates and derived fields fit what they describe.

use secrecy::SecretBox;
use std::path::Path;
use std::sync::Arc;
use weft::boards::{BoardSettings, Boards, ConnectionCatalog, Definition, NewBoard};
use weft::domain::{Actor, Description, Role, WorkspaceId};
use weft::plugins::{EgressSettings, PluginSettings, Plugins};
use weft::store::Store;

/// Every template as its definition, and of every object a board that shows its derived fields and filters by each.
fn definitions(description: &Description) -> Vec<(String, String)> {
    let templates = description.templates.iter().map(|template| (template.name.clone(), template.definition.clone()));
    let with_derived = description.objects.iter().filter(|object| !object.derived.is_empty()).map(|object| {
        let names: Vec<&str> = object.derived.iter().map(|derived| derived.name.as_str()).collect();
        let known = names.iter().map(|name| serde_json::json!({ "path": name, "op": "is-known" }));
        let definition = serde_json::json!({
            "object": object.name, "columns": names, "filter": { "all": known.collect::<Vec<_>>() }
        });
        (format!("derived fields of {}", object.name), definition.to_string())
    });
    templates.chain(with_derived).collect()
}

#[tokio::test]
async fn templates_and_derived_fields_fit_what_is_described() {
    let plugins = Plugins::start(PluginSettings {
        cache_dir: Path::new(env!("CARGO_TARGET_TMPDIR")).join("guest-code"),
        cache_key: SecretBox::new(Box::new([7; 32])),
        max_instances: 1,
        egress: EgressSettings::default(),
    })
    .unwrap();
    let workspace = WorkspaceId::from("T1");
    let actor = Actor { workspace: workspace.clone(), user: "U1".into(), role: Role::Member };
    let boards = Boards::new(Store::memory(), BoardSettings::default(), Arc::new(|_, _, _| Ok(())));
    let mut offered = Vec::new();
    for (id, component) in weft_bundled::BUNDLED {
        let integration = plugins.load(component.to_vec()).await.unwrap();
        let description = integration.description().clone();
        offered.extend(definitions(&description).into_iter().map(|(name, definition)| (*id, name, definition)));
        let catalog = ConnectionCatalog {
            connection: (*id).into(),
            integration: (*id).into(),
            title: (*id).into(),
            connected_by: "U1".into(),
            description,
        };
        boards.catalog().set_schema(&workspace, catalog);
    }
    for (id, name, definition) in offered {
        let definition = Definition { connection: Some(id.into()), ..Definition::parse(&definition).unwrap() };
        let made = boards.create(&actor, NewBoard { name: "Board".into(), definition }).await;
        assert!(made.is_ok(), "{id}, {name}: {made:?}");
    }
}
