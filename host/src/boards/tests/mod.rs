//! The boards of a workspace over a store in memory.

mod building;
mod derived;
mod groups;
mod permissions;
mod several;
mod tools;

use super::definition::Definition;
use super::fixtures::{catalog, description, description_with_derived, directory};
use super::*;
use crate::domain::{
    Actor, AppError, BoardId, BoardTemplate, ConnectionId, Description, Field, FieldType, MayUse, NoAccess, ObjectName,
    ObjectRef, Outcome, RecordRef, Role, Row, UserId, Value, WorkspaceId,
};
use crate::store::rows::Packer;
use crate::store::{Manifest, Store, WriteSet};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

struct World {
    store: Store,
    boards: Boards,
    barred: Barred,
}

/// Who may not use which connection.
#[derive(Clone, Default)]
struct Barred(Arc<Mutex<BTreeSet<(UserId, ConnectionId)>>>);

impl Barred {
    fn bar(&self, user: &str, connection: &str) {
        self.0.lock().unwrap().insert((user.into(), connection.into()));
    }

    fn let_in(&self, user: &str, connection: &str) {
        self.0.lock().unwrap().remove(&(user.into(), connection.into()));
    }

    fn may_use(&self) -> MayUse {
        let barred = self.clone();
        Arc::new(move |_, user, connection| {
            let is_barred = barred.0.lock().unwrap().contains(&(user.clone(), connection.clone()));
            let lost =
                || NoAccess { user: user.clone(), title: format!("Tool {connection}"), givers: vec!["BOSS".into()] };
            if is_barred { Err(lost()) } else { Ok(()) }
        })
    }
}

fn workspace() -> WorkspaceId {
    "T1".into()
}

fn connection() -> ConnectionId {
    "c1".into()
}

fn actor(user: &str, role: Role) -> Actor {
    Actor { workspace: workspace(), user: user.into(), role }
}

fn ada() -> Actor {
    actor("ADA", Role::Member)
}

fn page(offset: usize, limit: usize) -> Ask {
    Ask { offset, limit, search: None }
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn user(number: usize) -> Row {
    let key = format!("005{number:012}");
    let name = ["Ada", "bob", "Cyd", "Äda"][number % 4];
    let values = vec![
        text(&key),
        text(&format!("{name} {}", number / 4)),
        text(&format!("user{number}@example.com")),
        Value::Bool(!number.is_multiple_of(3)),
        if number.is_multiple_of(5) { Value::Null } else { Value::Time(number as i64 * 1_000_000) },
        Value::Int(number as i64 % 50),
        text(&format!("About number {number}")),
        text("secret"),
        if number.is_multiple_of(7) { Value::Null } else { text(&format!("00E{:012}", number % 2)) },
        text(&format!("00e{:012}", number % 2)),
    ];
    Row { key: key.into(), values }
}

fn named(prefix: &str, names: &[&str], more: &[&str]) -> Vec<Row> {
    let row = |(number, name): (usize, &&str)| {
        let key = format!("{prefix}{number:012}");
        let mut values = vec![text(&key), text(name)];
        values.extend(more.iter().map(|more| text(more)));
        Row { key: key.into(), values }
    };
    names.iter().enumerate().map(row).collect()
}

impl World {
    async fn new(users: usize) -> Self {
        Self::with(users, BoardSettings::default()).await
    }

    async fn with(users: usize, settings: BoardSettings) -> Self {
        let store = Store::memory();
        let barred = Barred::default();
        let boards = Boards::new(store.clone(), settings, barred.may_use());
        let world = Self { store, boards, barred };
        world.offer(description());
        world.flip("User", 0, &(0..users).map(user).collect::<Vec<_>>()).await;
        world.flip("Role", 0, &named("00E", &["CEO", "Sales"], &[])).await;
        world.flip("Profile", 0, &named("00e", &["Admin", "Standard"], &["100000000000000"])).await;
        world.flip("License", 0, &named("100", &["Salesforce"], &[])).await;
        world
    }

    fn offer(&self, description: Description) {
        self.boards.catalog().set_schema(&workspace(), catalog(description));
    }

    async fn flip(&self, object: &str, generation: u64, rows: &[Row]) {
        self.flip_as(object, generation, rows, false).await;
    }

    async fn flip_as(&self, object: &str, generation: u64, rows: &[Row], own_rows: bool) {
        let of = ObjectRef { connection: connection(), object: object.into() };
        let fields = description_with_derived().object(&of.object).unwrap().fields.clone();
        self.flip_with(&of, fields, generation, rows, own_rows).await;
    }

    async fn flip_with(&self, of: &ObjectRef, fields: Vec<Field>, generation: u64, rows: &[Row], own_rows: bool) {
        let mut packer = Packer::new(&[]).unwrap();
        rows.iter().for_each(|row| packer.push(row).unwrap());
        let packed = packer.finish().unwrap();
        let segments = &self.store.segments;
        segments
            .put(&workspace(), &of.connection, packed.iter().map(|packed| packed.bytes.clone()).collect())
            .await
            .unwrap();
        let manifest = Manifest {
            generation: generation + 1,
            fields,
            fetched_at: 1000 + generation as i64,
            rows: rows.len() as u64,
            own_rows,
            segments: packed.into_iter().map(|packed| packed.info).collect(),
        };
        segments.flip(&workspace(), of, generation, manifest).await.unwrap();
    }

    async fn create(&self, name: &str, definition: &str) -> BoardId {
        let mut definition = Definition::parse(definition).unwrap();
        definition.connection = Some(connection());
        self.boards.create(&ada(), NewBoard { name: name.into(), definition }).await.unwrap()
    }

    async fn open(&self, board: &BoardId, ask: &Ask) -> BoardView {
        self.boards.open(&ada(), board, ask).await.unwrap()
    }

    async fn audited(&self) -> Vec<String> {
        let records = self.store.control.audit(&workspace(), 0, 100).await.unwrap();
        records.into_iter().map(|record| record.event.what).collect()
    }
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> String {
    match outcome {
        Err(AppError::Refused(sentence)) => sentence,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_board_shows_joined_records_in_order() {
    let world = World::new(40).await;
    let board = world
        .create(
            "Active",
            r#"{ "object": "User", "columns": ["Username", "role.Name", "profile.license.Name", "LastLogin", "About",
                 { "path": "role.users", "show": "count" }, { "path": "profile.users.Age", "show": "max" }],
                 "filter": { "all": [{ "path": "IsActive", "op": "is", "value": true }, { "path": "role.Name", "op": "is", "value": "sales" }] },
                 "sort": [{ "path": "LastLogin", "descending": true }] }"#,
        )
        .await;
    let view = world.open(&board, &page(0, 2)).await;
    // Odd, no multiple of 3 or 7, below 40.
    assert_eq!(view.total, 11);
    assert_eq!(view.rows.len(), 2);
    assert_eq!(view.rows[0].record.key, user(37).key.as_ref());
    assert_eq!(view.rows[0].title, "bob 9");
    let cells = vec![
        text("user37@example.com"),
        text("Sales"),
        text("Salesforce"),
        Value::Time(37_000_000),
        text("About number 37"),
        Value::Int(17),
        Value::Int(39),
    ];
    assert_eq!(view.rows[0].cells, cells);
    assert!(view.columns[0].is_primary && !view.columns[1].is_primary);
    assert_eq!(view.columns[1].title, "Role › Name");
    assert_eq!(view.filter_words, "Active is yes and Role › Name is “sales”");
    assert_eq!(view.sort_words, "Last login (latest first)");
    assert_eq!(view.sources[0].fetched_at, Some(1000));
    assert_eq!((view.sources[0].problem.as_deref(), view.can_edit), (None, true));
    let last = world.open(&board, &page(10, 50)).await;
    assert_eq!(last.rows.len(), 1);
    assert_eq!(last.rows[0].cells[3], Value::Null, "the unknown comes last");
}

#[tokio::test]
async fn pages_cover_all_rows_exactly_once() {
    let world = World::new(2500).await;
    let board = world.create("All", r#"{ "object": "User", "columns": ["Name"], "sort": ["role.Name", "Age"] }"#).await;
    let mut keys = Vec::new();
    for offset in (0..2600).step_by(70) {
        let view = world.open(&board, &page(offset, 70)).await;
        assert_eq!(view.total, 2500);
        keys.extend(view.rows.into_iter().map(|row| row.record.key));
    }
    assert_eq!(keys.len(), 2500);
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 2500);
}

#[tokio::test]
async fn words_are_searched_in_the_columns_shown() {
    let world = World::new(40).await;
    let board = world.create("All", r#"{ "object": "User", "columns": ["Name", "role.Name"] }"#).await;
    for (search, total) in [("ÄDA", 10), ("sales bob", 9), ("secret", 0), ("  ", 40), ("user1@", 0)] {
        let ask = Ask { search: Some(search.into()), ..page(0, 5) };
        assert_eq!(world.open(&board, &ask).await.total, total, "{search}");
    }
}

#[tokio::test]
async fn a_board_is_private_until_it_is_shared() {
    let world = World::new(3).await;
    let board = world.create("Mine", r#"{ "object": "User", "columns": ["Name"] }"#).await;
    let bob = actor("BOB", Role::Admin);
    let unseen = refusal(world.boards.open(&bob, &board, &page(0, 5)).await);
    assert_eq!(unseen, refusal(world.boards.open(&bob, &"none".into(), &page(0, 5)).await), "the same as no board");
    assert!(world.boards.list(&bob).await.unwrap().is_empty());
    let control = &world.store.control;
    let mut stored = control.load::<Board>(&workspace(), &board.0).await.unwrap().unwrap();
    stored.value.shared_with.push(Share { user: bob.user.clone(), right: Right::Viewer });
    control.commit(&workspace(), WriteSet::default().update(stored.version, &stored.value)).await.unwrap();
    assert!(!world.boards.open(&bob, &board, &page(0, 5)).await.unwrap().can_edit);
    let member = Actor { role: Role::Member, ..bob.clone() };
    assert!(refusal(world.boards.rename(&member, &board, "Ours").await).contains("view this board, not change it"));
    world.boards.rename(&bob, &board, " Ours  now ").await.unwrap();
    assert_eq!(world.boards.list(&member).await.unwrap()[0].name, "Ours now");
    world.boards.delete(&ada(), &board).await.unwrap();
    refusal(world.boards.open(&ada(), &board, &page(0, 5)).await);
    assert_eq!(world.audited().await, ["board.created", "board.renamed", "board.deleted"]);
}

#[tokio::test]
async fn templates_are_installed_once_and_stay_deleted() {
    let world = World::new(3).await;
    let template = |name: &str, definition: &str| BoardTemplate {
        name: name.into(),
        title: format!("The {name}"),
        help: String::new(),
        definition: definition.into(),
    };
    let templates = vec![
        template("all", r#"{ "object": "User", "columns": ["Name"], "filter": { "all": [] } }"#),
        template("broken", "{"),
        template("roles", r#"{ "object": "Role", "columns": ["Name"] }"#),
        template(
            "strangers",
            r#"{ "object": "User", "columns": ["Name"],
                 "filter": { "path": "@directory/Account.@match", "op": "is", "value": "none" } }"#,
        ),
    ];
    world.offer(Description { templates, ..description() });
    let install = async || world.boards.install_templates(&workspace()).await.unwrap();
    let first = install().await;
    assert_eq!(first.len(), 2);
    assert_eq!(install().await, first);
    assert_eq!(world.audited().await, ["board.installed"; 2]);
    let bob = actor("BOB", Role::Member);
    assert_eq!(world.boards.open(&bob, &first[0], &page(0, 5)).await.unwrap().total, 3);
    world.boards.delete(&ada(), &first[0]).await.unwrap();
    assert_eq!(install().await, first[1..]);
    assert_eq!(world.boards.list(&bob).await.unwrap().len(), 1);
    // The template that joins another tool waits until that tool is there.
    world.boards.catalog().set_schema(&workspace(), directory("d1"));
    assert_eq!(install().await.len(), 2);
}

#[tokio::test]
async fn what_does_not_fit_is_not_created_and_what_no_longer_fits_still_opens() {
    let world = World::new(3).await;
    let new = |name: &str, definition: &str| {
        let mut definition = Definition::parse(definition).unwrap();
        definition.connection = Some(connection());
        NewBoard { name: name.into(), definition }
    };
    let unfit = new("Unfit", r#"{ "object": "User", "columns": ["Name", "Nmae"] }"#);
    assert!(refusal(world.boards.create(&ada(), unfit).await).contains("User has no field `Nmae`."));
    let nothing = new("Nothing", r#"{ "object": "Thing", "columns": ["Name"] }"#);
    assert!(refusal(world.boards.create(&ada(), nothing).await).contains("no object `Thing`"));
    let unnamed = world.boards.create(&ada(), new("  ", r#"{ "object": "User", "columns": ["Name"] }"#)).await;
    assert!(matches!(unnamed, Err(AppError::Inputs(inputs)) if inputs[0].0 == "name"));
    let text = r#"{ "object": "User", "columns": ["Name", "Age"], "sort": ["Age"], "filter": { "path": "Age", "op": "at-least", "value": 2 } }"#;
    let board = world.create("Old", text).await;
    assert_eq!(world.open(&board, &page(0, 5)).await.total, 1);
    let mut smaller = description();
    smaller.objects[0].fields.retain(|field| field.name != "Age");
    world.offer(smaller);
    world.flip_without_age().await;
    world.boards.refresh(&workspace(), &connection()).await.unwrap();
    let view = world.open(&board, &page(0, 5)).await;
    assert_eq!((view.total, view.columns.len(), view.broken.len()), (3, 1, 3));
    assert!(view.broken[0].contains("User has no field `Age`"));
}

impl World {
    async fn flip_without_age(&self) {
        let of = ObjectRef { connection: connection(), object: "User".into() };
        let mut manifest = self.store.segments.manifest(&workspace(), &of).await.unwrap().unwrap();
        let generation = manifest.generation;
        manifest.generation += 1;
        manifest.fields[5] = Field::plain("Other", FieldType::Integer);
        self.store.segments.flip(&workspace(), &of, generation, manifest).await.unwrap();
    }
}

#[tokio::test]
async fn a_refresh_shows_the_new_generation_at_once() {
    let world = World::new(10).await;
    let board =
        world.create("All", r#"{ "object": "User", "columns": ["Name", "role.Name"], "sort": ["Name"] }"#).await;
    assert_eq!(world.open(&board, &page(0, 5)).await.total, 10);
    world.flip("User", 1, &(0..4).map(user).collect::<Vec<_>>()).await;
    assert_eq!(world.open(&board, &page(0, 5)).await.total, 10, "the table in memory until the refresh");
    world.boards.refresh(&workspace(), &connection()).await.unwrap();
    let view = world.open(&board, &page(0, 5)).await;
    assert_eq!((view.total, view.sources[0].fetched_at), (4, Some(1000)));
    world.boards.forget(&workspace(), &connection());
    assert!(
        refusal(world.boards.open(&ada(), &board, &page(0, 5)).await).contains("connection of this board is not there")
    );
}

#[tokio::test]
async fn objects_that_were_never_fetched_are_said_to_be_unknown() {
    let world = World::new(0).await;
    world.store.segments.forget(&workspace(), &connection()).await.unwrap();
    let board = world.create("All", r#"{ "object": "User", "columns": ["Name", "role.Name"] }"#).await;
    let view = world.open(&board, &page(0, 5)).await;
    assert_eq!((view.total, view.sources[0].fetched_at), (0, None));
    assert!(view.sources[0].problem.as_ref().unwrap().contains("not fetched yet"));
    world.flip("User", 0, &[user(1)]).await;
    assert_eq!(world.open(&board, &page(0, 5)).await.total, 1, "found without a refresh");
}

#[tokio::test]
async fn a_record_is_shown_with_its_long_texts_and_without_its_secrets() {
    let world = World::new(10).await;
    let record = |key: &str| RecordRef { connection: connection(), object: "User".into(), key: key.into() };
    let view = world.boards.record(&ada(), &record(&user(3).key)).await.unwrap().unwrap();
    assert_eq!((view.title.as_str(), view.object_title.as_str()), ("Äda 0", "User"));
    let value = |name: &str| view.fields.iter().find(|field| field.name == name).map(|field| field.value.clone());
    assert_eq!(value("About"), Some(text("About number 3")));
    assert_eq!(value("Token"), None);
    assert!(world.boards.record(&ada(), &record("none")).await.unwrap().is_none());
}

#[tokio::test]
async fn suggestions_and_boards_are_found_by_what_people_type() {
    let world = World::new(44).await;
    let object: ObjectName = "User".into();
    let suggest = async |words: &str, limit| {
        let found = world.boards.suggest(&ada(), &connection(), &object, words, limit).await.unwrap();
        found.into_iter().map(|found| found.title).collect::<Vec<_>>()
    };
    assert_eq!(suggest("ADA 1", 9).await, ["Ada 1", "Ada 10"]);
    assert_eq!(suggest("0", 4).await, ["Ada 0", "Ada 10", "Ada 5", "bob 0"]);
    assert_eq!(suggest("user41@example.com", 9).await, ["bob 10"]);
    assert_eq!(suggest("", 2).await, ["Ada 0", "Ada 1"]);
    assert_eq!(suggest("zz", 2).await, Vec::<String>::new());
    let profiles = world.boards.suggest(&ada(), &connection(), &"Profile".into(), "SALES", 9).await.unwrap();
    let profiles: Vec<_> = profiles.iter().map(|found| (found.title.as_str(), found.detail.as_str())).collect();
    assert_eq!(
        profiles,
        [("Admin", "Salesforce"), ("Standard", "Salesforce")],
        "told apart, and found, by whose they are"
    );
    for name in ["Idle seats", "All idle seats", "IDLE", "Other"] {
        world.create(name, r#"{ "object": "User", "columns": ["Name"] }"#).await;
    }
    let find = async |words: &str| {
        let found = world.boards.find(&ada(), words).await.unwrap();
        found.into_iter().map(|found| found.name).collect::<Vec<_>>()
    };
    assert_eq!(find(" idle ").await, ["IDLE"], "a whole name means that board");
    assert_eq!(find("idl").await, ["IDLE", "Idle seats", "All idle seats"]);
}
