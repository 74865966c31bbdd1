//! Filters over paths that lead to several records.

use super::*;

/// Users 1, 3 and 5 are in Sales, 2 and 4 are CEOs, 0 has no role; users 0 and 3 are inactive, 0 and 5 never logged in.
async fn matching(world: &World, object: &str, condition: &str) -> (Vec<String>, String) {
    let definition = format!(r#"{{ "object": "{object}", "columns": ["Name"], "filter": {condition} }}"#);
    let view = world.open(&world.create("Board", &definition).await, &page(0, 9)).await;
    assert_eq!(view.broken, Vec::<String>::new());
    (view.rows.into_iter().map(|row| row.title).collect(), view.filter_words)
}

#[tokio::test]
async fn a_filter_asks_all_records_a_path_leads_to() {
    let world = World::new(6).await;
    let cases: [(&str, &[&str], &str); 8] = [
        (
            r#"{ "path": "users.IsActive", "match": "any", "op": "is", "value": false }"#,
            &["Sales"],
            "any of Users with this role › Active is no",
        ),
        (
            r#"{ "path": "users.IsActive", "match": "all", "op": "is", "value": true }"#,
            &["CEO"],
            "each of Users with this role › Active is yes",
        ),
        (
            r#"{ "path": "users.Name", "match": "none", "op": "starts-with", "value": "bob" }"#,
            &["CEO"],
            "none of Users with this role › Name starts with “bob”",
        ),
        (
            r#"{ "path": "users", "match": "count", "op": "at-least", "value": 3 }"#,
            &["Sales"],
            "number of Users with this role is at least 3",
        ),
        (
            r#"{ "path": "users", "match": "count", "op": "is-not", "value": 3 }"#,
            &["CEO"],
            "number of Users with this role is not 3",
        ),
        // Of user 5 the last login is unknown, and no other of Sales decides it.
        (
            r#"{ "path": "users.LastLogin", "match": "all", "op": "after", "value": "1970-01-01T00:00:00Z" }"#,
            &["CEO"],
            "each of Users with this role › Last login is after 1970-01-01T00:00:00Z",
        ),
        (
            r#"{ "path": "users.LastLogin", "match": "all", "op": "after", "value": "1970-01-01T00:00:00Z", "or_unknown": true }"#,
            &["CEO", "Sales"],
            "each of Users with this role › Last login is after 1970-01-01T00:00:00Z or is unknown",
        ),
        (
            r#"{ "path": "users.profile.Name", "match": "any", "op": "is", "value": "admin" }"#,
            &["CEO"],
            "any of Users with this role › Profile › Name is “admin”",
        ),
    ];
    for (condition, titles, words) in cases {
        let (found, said) = matching(&world, "Role", condition).await;
        assert_eq!((found, said.as_str()), (titles.iter().map(ToString::to_string).collect(), words));
    }
    let colleagues = r#"{ "path": "role.users.Name", "match": "any", "op": "is", "value": "Äda 0" }"#;
    assert_eq!(matching(&world, "User", colleagues).await.0, ["bob 0", "Äda 0", "bob 1"]);
}

#[tokio::test]
async fn of_records_that_are_not_all_there_nothing_is_known() {
    let world = World::new(6).await;
    let users: Vec<Row> = (0..2).map(user).collect();
    world.flip_as("User", 1, &users, true).await;
    for matches in ["any", "all", "none"] {
        let condition = format!(r#"{{ "path": "users.Name", "match": "{matches}", "op": "is-known" }}"#);
        assert_eq!(matching(&world, "Role", &condition).await.0, Vec::<String>::new(), "{matches}");
    }
    let empty = r#"{ "path": "users", "match": "count", "op": "is", "value": 0, "or_unknown": true }"#;
    assert_eq!(matching(&world, "Role", empty).await.0, ["CEO", "Sales"]);
    let board =
        world.create("Counts", r#"{ "object": "Role", "columns": [{ "path": "users", "show": "count" }] }"#).await;
    let view = world.open(&board, &page(0, 9)).await;
    assert!(view.rows.iter().all(|row| row.cells == [Value::Null]), "a column does not count what it cannot see");
}
