//! The description as a whole: everything it refers to is there.

use super::*;
use std::collections::HashSet;

#[test]
fn what_the_description_refers_to_is_there() {
    let description = Salesforce::describe();
    for object in &description.objects {
        let names: HashSet<&str> = object.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names.len(), object.fields.len(), "{}: names are unique", object.name);
        for name in [&object.key, &object.primary].into_iter().chain(&object.label) {
            assert!(names.contains(name.as_str()), "{}.{name}", object.name);
        }
        for edge in &object.relationships {
            let far = description.objects.iter().find(|far| far.name == edge.object).expect("the far object");
            assert!(names.contains(edge.local.as_str()) && far.fields.iter().any(|field| field.name == edge.remote));
            assert!(edge.inverse.is_some(), "{}.{}", object.name, edge.name);
        }
        assert!(object.identities.iter().all(|key| names.contains(key.field.as_str())));
        assert!(object.ordered);
    }
}

#[test]
fn inverse_names_are_unique_at_the_far_object() {
    let description = Salesforce::describe();
    let mut seen = HashSet::new();
    for edge in description.objects.iter().flat_map(|object| &object.relationships) {
        let (name, _) = edge.inverse.clone().expect("an inverse");
        assert!(seen.insert((edge.object.clone(), name.clone())), "{}.{name}", edge.object);
    }
}

#[test]
fn the_manifest_lets_each_action_write_and_nothing_else() {
    let manifest = include_str!("../manifest.toml");
    for action in actions::all() {
        assert!(manifest.contains(&format!("[[actions.{}.write]]", action.name)), "{}", action.name);
    }
    assert_eq!(manifest.matches(".write]]").count(), actions::all().len());
}

#[test]
fn templates_name_fields_and_edges_that_exist() {
    let description = Salesforce::describe();
    for template in &description.templates {
        let definition: serde_json::Value = serde_json::from_str(&template.definition).expect("JSON");
        let columns = definition["columns"].as_array().expect("columns");
        for path in columns.iter().filter_map(|column| column.as_str()) {
            assert!(leads_to_a_field(&description, "User", path), "{}: {path}", template.name);
        }
    }
}

fn leads_to_a_field(description: &Description, object: &str, path: &str) -> bool {
    let object = description.objects.iter().find(|found| found.name == object).expect("the object");
    match path.split_once('.') {
        None => object.fields.iter().any(|field| field.name == path),
        Some((edge, rest)) => object
            .relationships
            .iter()
            .find(|found| found.name == edge)
            .is_some_and(|edge| leads_to_a_field(description, &edge.object, rest)),
    }
}
