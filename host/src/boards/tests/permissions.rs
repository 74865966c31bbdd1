//! Who may not use a connection has nothing of it, on every way to a board; whose board it is takes it from everybody.

use super::tools::filled;
use super::*;
use futures::StreamExt;

const BOTH: &str =
    r#"{ "object": "User", "columns": ["Username", "@directory/Account.Status"], "sort": ["Username"] }"#;
const ONE: &str = r#"{ "object": "User", "columns": ["Username"] }"#;

/// Ada's board over two tools, which Ed may change and Vic may look at, and one over one tool that everyone may.
async fn world() -> (World, BoardId) {
    let world = filled(World::new(6).await).await;
    let board = world.create("Both", BOTH).await;
    let sharing = NewSharing { viewers: vec!["VIC".into()], editors: vec!["ED".into()], everyone: None };
    world.boards.share(&ada(), &board, &sharing).await.unwrap();
    let other = world.create("One", ONE).await;
    let everyone = NewSharing { everyone: Some(Right::Viewer), ..NewSharing::default() };
    world.boards.share(&ada(), &other, &everyone).await.unwrap();
    (world, board)
}

fn ed() -> Actor {
    actor("ED", Role::Member)
}

fn vic() -> Actor {
    actor("VIC", Role::Member)
}

async fn names(world: &World, actor: &Actor) -> Vec<String> {
    world.boards.list(actor).await.unwrap().into_iter().map(|board| board.name).collect()
}

/// Everything that an editor may do with a board, and how it ends.
async fn deeds(world: &World, actor: &Actor, board: &BoardId, filter: &str) -> Vec<(&'static str, String)> {
    fn ended<T>(done: Result<T, AppError>) -> String {
        done.err().map_or_else(|| "done".to_owned(), |error| error.to_string())
    }
    let boards = &world.boards;
    vec![
        ("open", ended(boards.open(actor, board, &page(0, 1)).await)),
        ("filter", ended(boards.open_filtered(actor, board, filter, &page(0, 1)).await)),
        ("begin a filter", ended(boards.begin_personal_filter(actor, board, None).await)),
        ("edit", ended(boards.begin_draft(actor, Some(board), None).await)),
        ("export", ended(boards.export(actor, board).await)),
        ("as text", ended(boards.as_text(actor, board).await)),
        ("duplicate", ended(boards.duplicate(actor, board, BoardId::fresh()).await)),
        ("sharing", ended(boards.sharing(actor, board).await)),
        (
            "share",
            ended(
                boards.share(actor, board, &NewSharing { editors: vec!["ED".into()], ..NewSharing::default() }).await,
            ),
        ),
    ]
}

#[tokio::test]
async fn a_board_is_gone_for_who_may_not_use_one_of_its_tools_and_comes_back() {
    let (world, board) = world().await;
    let filter = world.boards.begin_personal_filter(&ed(), &board, None).await.unwrap().draft.id;
    world.barred.bar("ED", "d1");
    for (deed, ended) in deeds(&world, &ed(), &board, &filter).await {
        assert!(ended.starts_with("This board is not there for you"), "{deed}: {ended}");
        assert!(ended.ends_with("You may not use “Tool d1”. <@BOSS> can give you access."), "{deed}: {ended}");
    }
    assert_eq!(names(&world, &ed()).await, ["One"], "it is not listed");
    assert!(world.boards.find(&ed(), "Both").await.unwrap().is_empty(), "and not found by name");
    assert_eq!(names(&world, &vic()).await, ["Both", "One"], "others keep it");
    assert!(
        refusal(world.boards.open(&actor("X", Role::Member), &board, &page(0, 1)).await)
            .contains("not shared with you")
    );

    world.barred.let_in("ED", "d1");
    for (deed, ended) in deeds(&world, &ed(), &board, &filter).await {
        assert_eq!(ended, "done", "{deed}");
    }
}

#[tokio::test]
async fn a_board_whose_owner_may_not_use_a_tool_is_disabled_for_everybody() {
    let (world, board) = world().await;
    let filter = world.boards.begin_personal_filter(&ed(), &board, None).await.unwrap().draft.id;
    world.barred.bar("ADA", "d1");
    for (deed, ended) in deeds(&world, &ed(), &board, &filter).await {
        assert!(
            ended.starts_with("The board “Both” is disabled: its owner <@ADA> may not use “Tool d1”"),
            "{deed}: {ended}"
        );
    }
    assert!(
        refusal(world.boards.open(&ada(), &board, &page(0, 1)).await).contains("You may not use"),
        "and gone for the owner"
    );
    assert_eq!(names(&world, &ada()).await, ["One"]);
    let listed = world.boards.list(&vic()).await.unwrap();
    assert_eq!(listed.iter().map(|board| board.is_disabled).collect::<Vec<_>>(), [true, false]);
    let disabled = world.boards.disabled_by(&workspace(), &"d1".into()).await.unwrap();
    assert_eq!(disabled.into_iter().collect::<Vec<_>>(), [("ADA".into(), vec!["Both".to_owned()])]);
    assert!(world.boards.disabled_by(&workspace(), &connection()).await.unwrap().is_empty());
    let barrier = world.boards.barrier(&vic(), &board).await.unwrap().unwrap();
    assert!(barrier.for_channel().contains("<@ADA> may not use “Tool d1”"));

    world.barred.let_in("ADA", "d1");
    assert_eq!(world.boards.barrier(&vic(), &board).await.unwrap(), None);
    assert_eq!(world.boards.open(&vic(), &board, &page(0, 9)).await.unwrap().total, 6);
    world.barred.bar("ADA", "d1");
    world.boards.delete(&actor("BOSS", Role::Admin), &board).await.unwrap();
}

#[tokio::test]
async fn nothing_of_a_tool_is_offered_or_shown_to_who_may_not_use_it() {
    let (world, _) = world().await;
    world.barred.bar("VIC", "d1");
    let (boards, user) = (&world.boards, ObjectName::from("User"));
    let mut offered = Vec::new();
    for purpose in [Purpose::Column, Purpose::Condition, Purpose::Sort, Purpose::Group] {
        offered.extend(boards.fields(&vic(), &connection(), &user, "", purpose, 500).await.unwrap());
    }
    assert!(!offered.is_empty() && offered.iter().all(|field| !field.path.contains('@')), "no path crosses to it");
    assert!(boards.objects(&vic()).iter().all(|object| object.connection == connection()));
    let account = ObjectName::from("Account");
    let (d1, of) =
        (ConnectionId::from("d1"), RecordRef { connection: "d1".into(), object: "Account".into(), key: "a0".into() });
    let refusals = [
        refusal(boards.fields(&vic(), &d1, &account, "", Purpose::Column, 9).await),
        refusal(boards.first_columns(&vic(), &d1, &account).await),
        refusal(boards.suggest(&vic(), &d1, &account, "", 9).await),
        refusal(boards.record(&vic(), &of).await),
        refusal(boards.matches(&vic(), &of).await),
    ];
    assert!(refusals.iter().all(|refused| refused.starts_with("You may not use “Tool d1”.")), "{refusals:?}");
    let near = RecordRef { connection: connection(), object: user, key: super::user(0).key.into() };
    assert!(boards.matches(&vic(), &near).await.unwrap().is_empty());
    assert_eq!(boards.matches(&ed(), &near).await.unwrap().len(), 1);
    // Also an admin says nothing of records that they may not see.
    let admin = actor("VIC", Role::Admin);
    let refusals = [
        refusal(boards.accounts(&admin, &near, &ObjectRef::new(&d1, &account), "", 9).await),
        refusal(boards.say(&admin, &near, &of, true).await),
        refusal(boards.unsay(&admin, &of, &near).await),
    ];
    assert!(refusals.iter().all(|refused| refused.starts_with("You may not use “Tool d1”.")), "{refusals:?}");
}

#[tokio::test]
async fn a_text_that_needs_a_tool_says_which_one_is_missing() {
    let (world, board) = world().await;
    let boards = &world.boards;
    let (_, text) = boards.as_text(&ed(), &board).await.unwrap();
    world.barred.bar("VIC", "d1");
    let draft = boards.begin_draft(&vic(), None, None).await.unwrap().draft.id;
    let drafted = boards.read_into_draft(&vic(), &draft, &text).await.unwrap();
    let why = drafted.facts["@directory/Account.Status"].as_ref().unwrap_err();
    assert!(why.contains("You may not use “Tool d1”: an admin can give you access."), "{why}");
    let shown = boards.preview_draft(&vic(), &drafted.draft, 5).await.unwrap().unwrap();
    assert_eq!((shown.columns.len(), shown.sources.len()), (1, 1), "its own part is shown");
    assert!(shown.broken[0].contains("You may not use “Tool d1”"), "{:?}", shown.broken);
    let named = Entered { name: Some("Mine".into()), turn: drafted.draft.turn, ..Entered::default() };
    assert!(refusal(boards.save_draft(&vic(), &draft, &named).await).contains("You may not use “Tool d1”"));
    for text in [
        r#"{ "object": "Account", "columns": ["Mail"] }"#,
        r#"{ "connection": "d1", "object": "User", "columns": ["Name"] }"#,
    ] {
        let Err(AppError::Inputs(wrong)) = boards.read_into_draft(&vic(), &draft, text).await else {
            panic!("it was read")
        };
        assert_eq!(wrong[0].1, "You may not use “Tool d1”: an admin can give you access.");
    }
}

#[tokio::test]
async fn a_draft_stops_at_the_tool_that_was_lost() {
    let (world, _) = world().await;
    let draft = world.boards.begin_draft(&vic(), None, None).await.unwrap().draft.id;
    let base = Entered { base: Some(("d1".into(), "Account".into())), ..Entered::default() };
    world.boards.change_draft(&vic(), &draft, &base, Change::None).await.unwrap();
    world.barred.bar("VIC", "d1");
    assert!(
        refusal(world.boards.change_draft(&vic(), &draft, &base, Change::None).await).starts_with("You may not use")
    );
    assert!(refusal(world.boards.save_draft(&vic(), &draft, &base).await).starts_with("You may not use"));
    assert!(refusal(world.boards.draft(&vic(), &draft).await).starts_with("You may not use"));
    world.barred.let_in("VIC", "d1");
    assert!(world.boards.draft(&vic(), &draft).await.is_ok(), "nothing of it was lost");
}

#[tokio::test]
async fn templates_that_need_a_tool_are_not_shown_without_it() {
    let (world, _) = world().await;
    let template = |name: &str, definition: &str| BoardTemplate {
        name: name.into(),
        title: name.into(),
        help: String::new(),
        definition: definition.into(),
    };
    world.offer(Description { templates: vec![template("both", BOTH), template("one", ONE)], ..description() });
    let shown = async |actor: &Actor| {
        let entries = world.boards.gallery(actor).await.unwrap();
        entries.into_iter().map(|entry| entry.template).collect::<Vec<_>>()
    };
    assert_eq!(shown(&vic()).await, ["both", "one"]);
    world.barred.bar("VIC", "d1");
    assert_eq!(shown(&vic()).await, ["one"]);
    assert!(
        refusal(world.boards.use_template(&vic(), &connection(), "both", "x".into()).await).contains("You may not use")
    );
    world.barred.bar("VIC", "c1");
    assert!(shown(&vic()).await.is_empty());
    assert!(
        refusal(world.boards.use_template(&vic(), &connection(), "one", "x".into()).await).contains("You may not use")
    );
}

#[tokio::test]
async fn an_export_ends_where_access_does() {
    let world = filled(World::new(20_000).await).await;
    let board = world.create("Both", BOTH).await;
    let export = world.boards.export(&ada(), &board).await.unwrap();
    let mut pieces = Box::pin(export.stream());
    pieces.next().await.unwrap().unwrap();
    world.barred.bar("ADA", "d1");
    let rest: Vec<_> = pieces.collect().await;
    let last = rest.last().unwrap().as_ref().unwrap_err();
    assert!(last.to_string().contains("You may not use “Tool d1”"), "{last}");
}

#[tokio::test]
async fn who_gets_a_board_without_its_tool_is_named_to_who_shares_it() {
    let (world, board) = world().await;
    world.barred.bar("NEW", "d1");
    let sharing = NewSharing { viewers: vec!["NEW".into(), "OTHER".into()], ..NewSharing::default() };
    let shared = world.boards.share(&ada(), &board, &sharing).await.unwrap();
    assert_eq!((shared.new, shared.barred), (vec!["OTHER".into()], vec!["NEW".into()]));
}
