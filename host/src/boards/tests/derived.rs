//! Derived fields through the boards: shown, filtered, sorted and reached like any other, and never zero where nothing is known.

use super::*;
use crate::boards::fixtures::derived;
use crate::domain::Aggregate;

/// A login of a user: frozen or not, when, and how.
fn login(number: usize, of: usize, frozen: Option<bool>, second: i64, kind: &str) -> Row {
    let key = format!("0Ya{number:012}");
    let frozen = frozen.map_or(Value::Null, Value::Bool);
    let values = vec![text(&key), text(&format!("005{of:012}")), frozen, Value::Time(second), text(kind)];
    Row { key: key.into(), values }
}

fn logins() -> Vec<Row> {
    vec![
        login(0, 1, Some(false), 10, "Browser"),
        login(1, 1, Some(false), 30, "Api"),
        login(2, 2, Some(true), 20, "Api"),
        login(3, 1, Some(false), 20, "Browser"),
        login(4, 3, None, 40, "Browser"),
        login(5, 999, Some(true), 90, "Browser"),
    ]
}

async fn world() -> World {
    let world = World::new(6).await;
    world.offer(description_with_derived());
    world
}

const FACTS: &str =
    r#"{ "object": "User", "columns": ["LoginCount", "IsFrozen", "LastBrowser", "Kinds", "RoleName"] }"#;

fn cells(view: &BoardView) -> Vec<Vec<Value>> {
    view.rows.iter().map(|row| row.cells.clone()).collect()
}

fn kinds(kinds: &[&str]) -> Value {
    Value::List(kinds.iter().map(|kind| (*kind).into()).collect())
}

#[tokio::test]
async fn derived_fields_are_shown_like_any_other() {
    let world = world().await;
    world.flip("Login", 0, &logins()).await;
    let board = world.create("Facts", FACTS).await;
    let view = world.open(&board, &page(0, 9)).await;
    let (ceo, sales) = (text("CEO"), text("Sales"));
    let (no, yes) = (Value::Bool(false), Value::Bool(true));
    assert_eq!(
        cells(&view),
        [
            // User 0 has no role.
            vec![Value::Int(0), no.clone(), Value::Null, kinds(&[]), Value::Null],
            vec![Value::Int(3), no.clone(), Value::Time(20), kinds(&["Browser", "Api", "Browser"]), sales.clone()],
            vec![Value::Int(1), yes, Value::Null, kinds(&["Api"]), ceo.clone()],
            vec![Value::Int(1), Value::Null, Value::Time(40), kinds(&["Browser"]), sales.clone()],
            vec![Value::Int(0), no.clone(), Value::Null, kinds(&[]), ceo],
            vec![Value::Int(0), no, Value::Null, kinds(&[]), sales],
        ]
    );
    let types: Vec<FieldType> = view.columns.iter().map(|column| column.kind).collect();
    use FieldType::{Boolean, Integer, List, Text, Timestamp};
    assert_eq!(types, [Integer, Boolean, Timestamp, List, Text]);
    assert_eq!(view.sources[0].problem, None);
    let record = RecordRef { connection: connection(), object: "User".into(), key: user(1).key.into() };
    let fields = world.boards.record(&ada(), &record).await.unwrap().unwrap().fields;
    assert!(fields.iter().any(|field| field.name == "LoginCount" && field.value == Value::Int(3)));
}

#[tokio::test]
async fn derived_fields_are_filtered_sorted_searched_and_reached() {
    let world = world().await;
    world.flip("Login", 0, &logins()).await;
    let keys = async |definition: &str, search: Option<&str>| {
        let board = world.create("Board", definition).await;
        let view = world.open(&board, &Ask { search: search.map(Into::into), ..page(0, 9) }).await;
        assert_eq!(view.broken, Vec::<String>::new());
        view.rows.iter().map(|row| row.record.key.bytes().last().unwrap() - b'0').collect::<Vec<_>>()
    };
    let logged = r#"{ "object": "User", "columns": ["Name", "Kinds"], "sort": [{ "path": "LoginCount", "descending": true }, { "path": "LastBrowser" }],
        "filter": { "path": "LoginCount", "op": "at-least", "value": 1 } }"#;
    assert_eq!(keys(logged, None).await, [1, 3, 2]);
    assert_eq!(keys(logged, Some("api")).await, [1, 2]);
    let thawed =
        r#"{ "object": "User", "columns": ["Name"], "filter": { "path": "IsFrozen", "op": "is", "value": false } }"#;
    assert_eq!(keys(thawed, None).await, [0, 1, 4, 5], "of user 3 it is unknown");
    // Users 0 and 3 are inactive; 0 has no role, 3 has the second, whose users are 1, 3 and 5.
    let through = r#"{ "object": "User", "columns": ["role.Inactive"], "filter": { "path": "role.Inactive", "op": "is", "value": 1 } }"#;
    assert_eq!(keys(through, None).await, [1, 3, 5]);
    let far_path =
        r#"{ "object": "User", "columns": ["Name"], "filter": { "path": "OwnInactive", "op": "is", "value": 1 } }"#;
    assert_eq!(keys(far_path, None).await, [3]);
}

#[tokio::test]
async fn what_is_not_read_whole_is_unknown_and_never_zero() {
    let world = world().await;
    let board = world.create("Facts", FACTS).await;
    let unknown = |view: &BoardView| view.rows.iter().all(|row| row.cells[..4].iter().all(Value::is_null));
    let view = world.open(&board, &page(0, 9)).await;
    assert!(unknown(&view) && view.total == 6);
    assert_eq!(view.rows[1].cells[4], text("Sales"), "what does not rest on logins is known");
    assert_eq!(view.sources[0].problem.as_deref(), Some("Logins not fetched yet."));
    assert_eq!(view.sources[0].fetched_at, Some(1000), "the users were fetched");
    world.flip_as("Login", 0, &logins(), true).await;
    let view = world.open(&board, &page(0, 9)).await;
    assert!(unknown(&view), "found without a refresh, and only the account's own");
    assert!(
        view.sources[0].problem.as_ref().unwrap().starts_with("Of Logins, only the records of the connected account")
    );
    world.flip("Login", 1, &logins()).await;
    world.boards.refresh(&workspace(), &connection()).await.unwrap();
    let view = world.open(&board, &page(0, 9)).await;
    assert_eq!((&view.rows[0].cells[0], &view.rows[1].cells[0]), (&Value::Int(0), &Value::Int(3)));
    let is_unknown =
        r#"{ "object": "User", "columns": ["Name"], "filter": { "path": "IsFrozen", "op": "is-unknown" } }"#;
    let board = world.create("Unknown", is_unknown).await;
    assert_eq!(world.open(&board, &page(0, 9)).await.total, 1);
}

#[tokio::test]
async fn a_change_of_either_end_shows_on_the_next_open() {
    let world = world().await;
    world.flip("Login", 0, &logins()).await;
    let board = world.create("Facts", FACTS).await;
    let roles = world.create("Roles", r#"{ "object": "Role", "columns": ["Inactive"] }"#).await;
    let inactive = async || cells(&world.open(&roles, &page(0, 9)).await);
    world.open(&board, &page(0, 9)).await;
    assert_eq!(inactive().await, [[Value::Int(0)], [Value::Int(1)]]);
    let mut more = logins();
    more[2] = login(2, 4, Some(true), 20, "Api");
    world.flip("Login", 1, &more).await;
    assert_eq!(world.open(&board, &page(0, 9)).await.rows[4].cells[0], Value::Int(0), "until the refresh");
    world.boards.refresh(&workspace(), &connection()).await.unwrap();
    let view = world.open(&board, &page(0, 9)).await;
    assert_eq!((&view.rows[2].cells[0], &view.rows[4].cells[0]), (&Value::Int(0), &Value::Int(1)));
    assert_eq!(view.rows[4].cells[1], Value::Bool(true));
    // One user less: the rows of the others have new numbers, and their logins are still theirs.
    let users: Vec<Row> = (1..6).map(user).collect();
    world.flip("User", 1, &users).await;
    world.boards.refresh(&workspace(), &connection()).await.unwrap();
    let view = world.open(&board, &page(0, 9)).await;
    assert_eq!((view.total, &view.rows[0].cells[0], &view.rows[3].cells[0]), (5, &Value::Int(3), &Value::Int(1)));
    assert_eq!(inactive().await, [[Value::Int(0)], [Value::Int(1)]]);
    assert!(world.boards.resident_bytes() > 0);
}

#[tokio::test]
async fn a_declaration_that_does_not_hold_is_left_out_and_the_rest_stays() {
    let world = World::new(6).await;
    world.flip("Login", 0, &logins()).await;
    let filter = |filter: &'static str| derived("Odd", "logins", Aggregate::Count, None, Some(filter));
    let wrong = [
        (derived("Odd", "nowhere", Aggregate::Count, None, None), "no relationship `nowhere`"),
        (derived("Odd", "logins", Aggregate::Max, Some("Gone"), None), "no field `Gone`"),
        (derived("Odd", "logins", Aggregate::Max, None, None), "takes a field"),
        (derived("Odd", "logins", Aggregate::Sum, Some("Kind"), None), "cannot take `Kind`"),
        (derived("Odd", "logins", Aggregate::Count, Some("Kind"), None), "takes no field"),
        (derived("role", "logins", Aggregate::Count, None, None), "the name of a relationship"),
        (filter("{"), "cannot be read"),
        (filter(r#"{ "path": "Kind", "op": "is", "value": 3 }"#), "compared with one text"),
        (filter(r#"{ "path": "At", "op": "more-than-days-ago", "value": 3 }"#), "compares `At` with today"),
        (filter(r#"{ "path": "user.LoginCount", "op": "is", "value": 3 }"#), "is a derived field"),
    ];
    for (declared, why) in wrong {
        let mut description = description_with_derived();
        description.objects[0].derived.push(declared);
        world.offer(description);
        let offer = world.boards.catalog().get(&workspace(), &connection()).unwrap();
        assert!(matches!(offer.derived.faults(), [fault] if fault.contains(why)), "{:?}", offer.derived.faults());
    }
    let board = world.create("Facts", FACTS).await;
    assert_eq!(world.open(&board, &page(0, 9)).await.rows[1].cells[0], Value::Int(3));
    // The account may no longer see whose login it is: the count cannot be made, and the board says so.
    let mut narrow = description_with_derived();
    let login = narrow.objects.iter_mut().find(|object| object.name.as_str() == "Login").unwrap();
    login.fields.retain(|field| field.name != "UserId");
    world.offer(narrow);
    let view = world.open(&board, &page(0, 9)).await;
    assert_eq!(view.columns.len(), 1);
    assert!(view.broken[0].contains("`LoginCount` of User is a derived field"), "{:?}", view.broken);
}
