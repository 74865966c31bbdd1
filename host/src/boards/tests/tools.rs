//! Boards over several tools: who is who, how it was found out, and what stays unknown.

use super::*;
use crate::boards::fixtures::directory;

/// A row of the directory: key, name, mail, login, status, team.
fn account(cells: [&str; 6]) -> Row {
    let cell = |cell: &&str| if cell.is_empty() { Value::Null } else { text(cell) };
    Row { key: cells[0].into(), values: cells.iter().map(cell).collect() }
}

async fn flip(world: &World, object: &str, generation: u64, rows: &[Row], own_rows: bool) {
    let directory = directory("d1");
    let of = ObjectRef { connection: "d1".into(), object: object.into() };
    let fields = directory.description.object(&of.object).unwrap().fields.clone();
    world.flip_with(&of, fields, generation, rows, own_rows).await;
}

/// Of the users 0 to 5: 0 is found by mail whatever its case, 1 is there twice, 2 is found by name only, 3 to 5 are not there.
async fn world() -> World {
    filled(World::new(6).await).await
}

pub(super) async fn filled(world: World) -> World {
    world.boards.catalog().set_schema(&workspace(), directory("d1"));
    let accounts = [
        account(["a0", "Ada", "USER0@example.com", "someone", "off", "t1"]),
        account(["a1", "Bob", "user1@example.com", "", "on", "t1"]),
        account(["a2", "Bob", "Bob <user1@example.com>", "", "off", ""]),
        account(["a3", "Cyd", "cyd@elsewhere.example", "cyd 0", "on", "t2"]),
        account(["a4", "Stranger", "stranger@example.com", "stranger", "on", "t2"]),
    ];
    flip(&world, "Account", 0, &accounts, false).await;
    flip(&world, "Team", 0, &[account(["t1", "Blue", "", "", "", ""]), account(["t2", "Red", "", "", "", ""])], false)
        .await;
    world
}

async fn shown(world: &World, columns: &str, filter: &str) -> (Vec<Vec<Value>>, String) {
    let filter = if filter.is_empty() { String::new() } else { format!(r#", "filter": {filter}"#) };
    let definition = format!(r#"{{ "object": "User", "columns": {columns}, "sort": ["Username"]{filter} }}"#);
    let view = world.open(&world.create("Board", &definition).await, &page(0, 9)).await;
    assert_eq!(view.broken, Vec::<String>::new());
    (view.rows.into_iter().map(|row| row.cells).collect(), view.filter_words)
}

#[tokio::test]
async fn a_board_joins_the_people_of_two_tools_and_says_how_it_knows() {
    let world = world().await;
    let columns = r#"["@directory/Account.Status", "@directory/Account.@match", "@directory/Account.team.Name",
                      { "path": "@directory/Account.team.accounts", "show": "count" }]"#;
    let (rows, _) = shown(&world, columns, "").await;
    let none = || vec![Value::Null, text("no match"), Value::Null, Value::Int(0)];
    let several = text("several matches");
    assert_eq!(
        rows,
        [
            vec![text("off"), text("same e-mail address"), text("Blue"), Value::Int(2)],
            vec![several.clone(), several.clone(), several, Value::Null],
            vec![text("on"), text("same user name"), text("Red"), Value::Int(2)],
            none(),
            none(),
            none(),
        ]
    );
}

#[tokio::test]
async fn people_with_and_without_a_match_are_found() {
    let world = world().await;
    let cases: [(&str, &[&str], &str); 6] = [
        (
            r#"{ "path": "@directory/Account.@match", "op": "is", "value": "none" }"#,
            &["user3", "user4", "user5"],
            "no match for Account in Directory d1",
        ),
        (
            r#"{ "path": "@directory/Account.@match", "op": "is-not", "value": "none" }"#,
            &["user0", "user1", "user2"],
            "a match for Account in Directory d1",
        ),
        (
            r#"{ "path": "@directory/Account.Status", "op": "is", "value": "off" }"#,
            &["user0"],
            "Account in Directory d1 › Status is “off”",
        ),
        // Who has several matches or none is neither off nor not off.
        (
            r#"{ "path": "@directory/Account.Status", "op": "is-not", "value": "off" }"#,
            &["user2"],
            "Account in Directory d1 › Status is not “off”",
        ),
        (
            r#"{ "path": "@directory/Account.team.accounts", "match": "count", "op": "at-most", "value": 0 }"#,
            &["user3", "user4", "user5"],
            "number of Account in Directory d1 › Team › Accounts is at most 0",
        ),
        (
            r#"{ "path": "@directory/Account.team.accounts.Name", "match": "none", "op": "is", "value": "nobody" }"#,
            &["user0", "user2", "user3", "user4", "user5"],
            "none of Account in Directory d1 › Team › Accounts › Name is “nobody”",
        ),
    ];
    for (filter, users, words) in cases {
        let (rows, said) = shown(&world, r#"["Username"]"#, filter).await;
        let expected: Vec<Vec<Value>> = users.iter().map(|user| vec![text(&format!("{user}@example.com"))]).collect();
        assert_eq!((rows, said.as_str()), (expected, words));
    }
}

#[tokio::test]
async fn of_a_tool_that_was_not_read_whole_nothing_is_known() {
    let world = world().await;
    flip(&world, "Account", 1, &[account(["a4", "Stranger", "stranger@example.com", "stranger", "on", "t2"])], true)
        .await;
    let (rows, _) = shown(&world, r#"["@directory/Account.@match", "@directory/Account.Status"]"#, "").await;
    assert!(rows.iter().flatten().all(Value::is_null), "nobody is said to have no match: {rows:?}");
    let no_match = r#"{ "path": "@directory/Account.@match", "op": "is", "value": "none" }"#;
    assert!(shown(&world, r#"["Username"]"#, no_match).await.0.is_empty());
    let view = world
        .open(
            &world.create("Board", r#"{ "object": "User", "columns": ["Name", "@directory/Account.Status"] }"#).await,
            &page(0, 9),
        )
        .await;
    let sources: Vec<_> = view.sources.iter().map(|source| (source.title.as_str(), source.fetched_at)).collect();
    assert_eq!(sources, [("Acme org", Some(1000)), ("Directory d1", Some(1001))]);
    assert!(view.sources[1].problem.as_ref().unwrap().contains("only the records of the connected account"));
}

#[tokio::test]
async fn a_tool_fetched_again_is_joined_again() {
    let world = world().await;
    let board = world
        .create("Board", r#"{ "object": "User", "columns": ["@directory/Account.Status"], "sort": ["Username"] }"#)
        .await;
    assert_eq!(world.open(&board, &page(0, 1)).await.rows[0].cells, [text("off")]);
    flip(&world, "Account", 1, &[account(["a9", "Ada", "user0@example.com", "", "on", ""])], false).await;
    world.boards.refresh(&workspace(), &"d1".into()).await.unwrap();
    assert_eq!(world.open(&board, &page(0, 1)).await.rows[0].cells, [text("on")]);
    world.boards.forget(&workspace(), &"d1".into());
    let view = world.open(&board, &page(0, 1)).await;
    assert_eq!(
        view.broken,
        [
            "Column `@directory/Account.Status`: The connection that the board calls `directory` is not there (any more).",
            "The board has no column."
        ]
    );
}

fn of(connection: &str, object: &str, key: &str) -> RecordRef {
    RecordRef { connection: connection.into(), object: object.into(), key: key.into() }
}

fn user_of(number: usize) -> RecordRef {
    of("c1", "User", &user(number).key)
}

fn account_of(key: &str) -> RecordRef {
    of("d1", "Account", key)
}

#[tokio::test]
async fn an_admin_says_who_is_who_and_takes_it_back() {
    let world = world().await;
    let board = world
        .create("Board", r#"{ "object": "User", "columns": ["@directory/Account.Name", "@directory/Account.@match"], "sort": ["Username"] }"#)
        .await;
    let cells = async |row: usize| world.open(&board, &page(0, 9)).await.rows[row].cells.clone();
    let admin = actor("BOB", Role::Admin);
    assert!(refusal(world.boards.say(&ada(), &user_of(3), &account_of("a4"), true).await).contains("Only an admin"));
    assert_eq!(world.boards.say(&admin, &account_of("a4"), &user_of(3), true).await.unwrap(), Said::Now);
    assert_eq!(cells(3).await, [text("Stranger"), text("linked by an admin")]);
    let found = world.boards.matches(&admin, &user_of(3)).await.unwrap();
    assert_eq!((found.len(), found[0].title.as_str()), (1, "Account in Directory d1"));
    assert_eq!(found[0].keys, ["same e-mail address", "same user name"]);
    let Found::One { how, account } = &found[0].found else { panic!("{found:?}") };
    assert_eq!((how.as_str(), &account.record), ("linked by an admin", &account_of("a4")));
    assert_eq!((found[0].said[0].by.as_str(), found[0].said[0].account.as_ref()), ("BOB", Some(account)));
    let again = world.boards.say(&admin, &user_of(3), &account_of("a4"), true).await.unwrap();
    assert!(matches!(again, Said::Before(before) if before.by.as_str() == "BOB"));
    // Of two that match, one is not meant: the other is.
    let several = world.boards.matches(&ada(), &user_of(1)).await.unwrap()[0].found.clone();
    let Found::Several { how, accounts, total: 2 } = several else { panic!("{several:?}") };
    assert_eq!(how, "same e-mail address");
    let details: Vec<_> = accounts.iter().map(|one| (one.title.as_str(), one.detail.as_str())).collect();
    assert_eq!(details, [("user1@example.com", ""), ("Bob <user1@example.com>", "")]);
    world.boards.say(&admin, &user_of(1), &account_of("a1"), false).await.unwrap();
    assert_eq!(cells(1).await[1], text("same e-mail address"));
    let one = world.boards.matches(&ada(), &user_of(1)).await.unwrap()[0].found.clone();
    assert!(matches!(one, Found::One { account, .. } if account.record == account_of("a2")));
    // Not the one of the same mail; another has no key in common.
    world.boards.say(&admin, &user_of(0), &account_of("a0"), false).await.unwrap();
    assert_eq!(cells(0).await, [Value::Null, text("no match")]);
    world.boards.unsay(&admin, &user_of(0), &account_of("a0")).await.unwrap();
    world.boards.unsay(&admin, &account_of("a4"), &user_of(3)).await.unwrap();
    assert_eq!(cells(0).await, [text("Ada"), text("same e-mail address")]);
    assert_eq!(cells(3).await, [Value::Null, text("no match")]);
    let audited =
        ["board.created", "person.linked", "person.held-apart", "person.held-apart", "person.unsaid", "person.unsaid"];
    assert_eq!(world.audited().await, audited);
}

#[tokio::test]
async fn what_cannot_be_said_is_said_why() {
    let world = world().await;
    let admin = actor("BOB", Role::Admin);
    let link = async |user: RecordRef, account: RecordRef| world.boards.say(&admin, &user, &account, true).await;
    assert!(refusal(link(user_of(3), account_of("a9")).await).contains("not in Directory d1 any more"));
    assert!(refusal(link(of("c1", "User", "gone"), account_of("a4")).await).contains("not in Acme org any more"));
    assert!(refusal(link(user_of(3), user_of(4)).await).contains("of the same connection"));
    assert!(refusal(link(of("c1", "Role", "00E000000000000"), account_of("a4")).await).contains("no identity key"));
    assert!(refusal(link(user_of(3), of("d9", "Account", "a4")).await).contains("not there"));
    assert!(refusal(world.boards.unsay(&admin, &user_of(3), &account_of("a4")).await).contains("taken back already"));

    // Each is linked elsewhere: both are named.
    link(user_of(3), account_of("a4")).await.unwrap();
    link(user_of(4), account_of("a3")).await.unwrap();
    let both = refusal(link(user_of(3), account_of("a3")).await);
    assert!(
        both.contains("Äda 0 is linked with stranger@example.com in Directory d1 already, as <@BOB> said."),
        "{both}"
    );
    assert!(both.contains("cyd@elsewhere.example is linked with Ada 1 in Acme org already"), "{both}");
    assert!(both.ends_with("Take that back first. Nothing was changed."));

    // A link with what is gone is in nobody's way.
    flip(&world, "Account", 1, &[account(["a3", "Cyd", "cyd@elsewhere.example", "", "on", ""])], false).await;
    world.boards.refresh(&workspace(), &"d1".into()).await.unwrap();
    let found = world.boards.matches(&admin, &user_of(3)).await.unwrap();
    assert_eq!((&found[0].found, found[0].said[0].account.as_ref()), (&Found::Nothing, None));
    world.boards.unsay(&admin, &user_of(4), &account_of("a3")).await.unwrap();
    link(user_of(3), account_of("a3")).await.unwrap();
    let audited = world.audited().await;
    assert_eq!(audited[2..], ["person.unsaid", "person.unsaid", "person.linked"]);
}

#[tokio::test]
async fn accounts_are_found_by_what_people_know_of_them() {
    let world = world().await;
    let admin = actor("BOB", Role::Admin);
    let of = RecordRef { connection: "c1".into(), object: "User".into(), key: user(2).key.to_string() };
    let accounts = ObjectRef { connection: "d1".into(), object: "Account".into() };
    let look = async |actor: &Actor, words: &str| world.boards.accounts(actor, &of, &accounts, words, 100).await;
    let keys = |found: Outcome<Vec<Account>>| -> Vec<String> {
        found.unwrap().into_iter().map(|one| one.record.key).collect()
    };
    assert_eq!(keys(look(&admin, "ELSEWHERE").await), ["a3"]);
    assert_eq!(keys(look(&admin, "cyd 0").await), ["a3"], "by user name");
    assert_eq!(keys(look(&admin, "nobody like this").await), [""; 0]);
    // The user is called Cyd 0, as the user name of a3.
    assert_eq!(keys(look(&admin, " ").await)[0], "a3");
    assert_eq!(keys(look(&admin, "").await).len(), 5);
    assert!(refusal(look(&ada(), "").await).contains("Only an admin"));
}

#[tokio::test]
async fn what_is_not_known_of_a_match_is_said() {
    let world = world().await;
    let of =
        |number: usize| RecordRef { connection: "c1".into(), object: "User".into(), key: user(number).key.to_string() };
    let found = async |number: usize| world.boards.matches(&ada(), &of(number)).await.unwrap()[0].found.clone();
    assert_eq!(found(5).await, Found::Nothing);
    let mut keyless = user(5);
    keyless.values[1] = Value::Null;
    keyless.values[2] = Value::Null;
    world.flip("User", 1, &[keyless]).await;
    world.boards.refresh(&workspace(), &connection()).await.unwrap();
    assert_eq!(found(5).await, Found::NoKey);
    flip(&world, "Account", 1, &[], true).await;
    world.boards.refresh(&workspace(), &"d1".into()).await.unwrap();
    assert_eq!(found(5).await, Found::Unread);
}

#[tokio::test]
async fn a_board_means_the_connection_it_was_made_with() {
    let world = world().await;
    let board = world.create("Board", r#"{ "object": "User", "columns": ["@directory/Account.Name"] }"#).await;
    world.boards.catalog().set_schema(&workspace(), directory("d2"));
    assert_eq!(world.open(&board, &page(0, 9)).await.broken, Vec::<String>::new());
    let stored = world.store.control.load::<Board>(&workspace(), &board.0).await.unwrap().unwrap();
    assert_eq!(stored.value.definition.connections, [("directory".to_owned(), "d1".into())].into());
}

#[tokio::test]
async fn connections_that_nobody_looks_at_make_room() {
    // Less than either of the two takes.
    let world = filled(World::with(6, BoardSettings { max_bytes: 100, ..BoardSettings::default() }).await).await;
    let users = world.create("Users", r#"{ "object": "User", "columns": ["Name"] }"#).await;
    let both = world.create("Both", r#"{ "object": "User", "columns": ["Name", "@directory/Account.Status"] }"#).await;
    let held = || ["c1", "d1"].map(|connection| world.boards.bytes_of(&workspace(), &connection.into()) > 0);
    assert_eq!(world.open(&users, &page(0, 9)).await.total, 6);
    assert_eq!(held(), [true, false]);
    assert_eq!(world.open(&both, &page(0, 9)).await.total, 6);
    assert_eq!(held(), [false, true]);
    assert_eq!(world.open(&users, &page(0, 9)).await.total, 6);
    assert_eq!(held(), [true, false]);
}
