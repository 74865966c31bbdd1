//! Building boards: what is offered, drafts, copies, texts, sharing, templates and files.

use super::*;
use crate::boards::definition::{Match, Operator};
use futures::TryStreamExt;

fn base() -> Entered {
    Entered { base: Some((connection(), "User".into())), name: Some("Ours".into()), ..Entered::default() }
}

async fn offered(world: &World, words: &str, purpose: Purpose) -> Vec<OfferedField> {
    world.boards.fields(&ada(), &connection(), &"User".into(), words, purpose, 100).await.unwrap()
}

/// What stands in the window after these columns were chosen.
fn columns(draft: &Draft, paths: &[&str]) -> Entered {
    let columns = paths.iter().map(|path| ((*path).to_owned(), None)).collect();
    Entered { turn: draft.turn, columns: Some(columns), ..Entered::default() }
}

#[tokio::test]
async fn fields_are_offered_by_what_can_be_joined_the_nearest_first() {
    let world = World::new(40).await;
    let all = offered(&world, "", Purpose::Column).await;
    assert_eq!(all[0].path, "Username", "the primary field");
    assert_eq!(all[1].path, "Name", "then what people call the record");
    assert_eq!(all[0].detail.as_deref(), Some("e.g. user0@example.com"));
    assert!(all.iter().all(|field| !field.path.contains("Token")), "secrets are not offered");
    let role = all.iter().position(|field| field.path == "role.Name").unwrap();
    let licence = all.iter().position(|field| field.path == "profile.license.Name").unwrap();
    assert!(role < licence);
    assert_eq!((all[role].group.as_str(), all[role].detail.as_deref()), ("Role", Some("e.g. CEO")));
    assert_eq!(all[licence].group, "Profile › Licence");

    let by_role = offered(&world, "role", Purpose::Group).await;
    assert_eq!(by_role[0].path, "role.Name", "not the id by which a user knows it");

    let counted = offered(&world, "number of users role", Purpose::Column).await;
    assert_eq!((counted[0].path.as_str(), counted[0].show), ("role.users", Some(Show::Count)));
    let found = offered(&world, "LICENCE name", Purpose::Condition).await;
    assert_eq!(found[0].path, "profile.license.Name");
    let sorted = offered(&world, "", Purpose::Sort).await;
    assert!(sorted.iter().all(|field| !field.path.contains("users") && field.path != "About"));
    // To each user of the role and back to their role leads nowhere new.
    assert!(all.iter().all(|field| !field.path.starts_with("role.users.role.")));
    let objects = world.boards.objects(&ada());
    assert_eq!(
        (objects.len(), objects[0].plural.as_str(), objects[0].connection_title.as_str()),
        (4, "Users", "Acme org")
    );
}

#[tokio::test]
async fn what_rows_can_be_grouped_by_and_what_totalled_is_offered() {
    let world = World::new(6).await;
    let by = offered(&world, "", Purpose::Group).await;
    let paths: Vec<&str> = by.iter().map(|field| field.path.as_str()).collect();
    assert!(paths.contains(&"role.Name") && paths.contains(&"LastLogin"), "{paths:?}");
    assert!(paths.iter().all(|path| !path.contains("users") && *path != "About" && *path != "Token"), "{paths:?}");
    let totals = async |words: &str| {
        let found = world.boards.totals(&ada(), &connection(), &"User".into(), words, 100).await.unwrap();
        found.into_iter().map(|(of, field)| format!("{} of {}", total_words(of), field.path)).collect::<Vec<_>>()
    };
    assert_eq!(totals("").await, ["Sum of Age", "Average of Age", "Smallest of Age", "Largest of Age"]);
    assert_eq!(totals("largest of age").await, ["Largest of Age"]);
    assert_eq!(totals("name").await, [""; 0]);
}

#[tokio::test]
async fn a_board_with_groups_is_edited_and_keeps_them() {
    let world = World::new(40).await;
    let definition = r#"{ "object": "User", "columns": ["Name"], "group": { "by": "role.Name", "totals": [{ "of": "sum", "path": "Age" }] } }"#;
    let board = world.create("Ages", definition).await;
    let boards = &world.boards;
    let draft = boards.begin_draft(&ada(), Some(&board), None).await.unwrap().draft;
    let shown = EnteredGroup {
        by: Some(GroupBy::Field("role.Name".into())),
        chart: Some(Chart::Bar),
        totals: Some(vec![TotalOf { of: Total::Sum, path: "Age".into() }]),
        ..EnteredGroup::default()
    };
    let as_shown = Entered { turn: draft.turn, group: Some(shown.clone()), ..Entered::default() };
    boards.save_draft(&ada(), &draft.id, &as_shown).await.unwrap();
    assert_eq!(world.audited().await, ["board.created"], "nothing was changed");
    let by_login = EnteredGroup { by: Some(GroupBy::Field("LastLogin".into())), ..shown };
    let changed = Entered { turn: draft.turn, group: Some(by_login), ..Entered::default() };
    let drafted = boards.change_draft(&ada(), &draft.id, &changed, Change::None).await.unwrap();
    assert_eq!(drafted.facts["LastLogin"].as_ref().unwrap().title, "Last login");
    let preview = boards.preview_draft(&ada(), &drafted.draft, 5).await.unwrap().unwrap().groups.unwrap();
    assert_eq!((preview.by.as_str(), preview.totals.as_slice()), ("Last login", ["Sum of Age".to_owned()].as_slice()));
    boards.save_draft(&ada(), &draft.id, &Entered::default()).await.unwrap();
    assert_eq!(world.open(&board, &page(0, 1)).await.groups.unwrap().by, "Last login");
    // In a filter of one's own the board's groups stay.
    let mine = boards.begin_personal_filter(&ada(), &board, None).await.unwrap().draft;
    assert!(boards.open_filtered(&ada(), &board, &mine.id, &page(0, 1)).await.unwrap().groups.is_some());
}

#[tokio::test]
async fn a_connection_without_data_offers_what_is_described() {
    let world = World { store: Store::memory(), ..World::new(0).await };
    let boards = Boards::new(world.store.clone(), BoardSettings::default(), world.barred.may_use());
    let world = World { boards, ..world };
    world.offer(description());
    let all = offered(&world, "", Purpose::Column).await;
    assert!(all.iter().any(|field| field.path == "role.Name" && field.detail.is_none()));
    let draft = world.boards.begin_draft(&ada(), None, None).await.unwrap().draft;
    let drafted = world.boards.change_draft(&ada(), &draft.id, &base(), Change::None).await.unwrap();
    let drafted = world.boards.change_draft(&ada(), &draft.id, &columns(&drafted.draft, &["Name"]), Change::None).await;
    let shown = world.boards.preview_draft(&ada(), &drafted.unwrap().draft, 5).await.unwrap().unwrap();
    assert_eq!((shown.total, shown.rows.len()), (0, 0));
    let saved = world.boards.save_draft(&ada(), &draft.id, &base()).await.unwrap();
    assert_eq!(world.boards.export(&ada(), &saved.board).await.unwrap().rows, 0);
}

#[tokio::test]
async fn a_board_is_built_step_by_step() {
    let world = World::new(40).await;
    let boards = &world.boards;
    let begun = boards.begin_draft(&ada(), None, Some("C1".into())).await.unwrap().draft;
    assert_eq!(boards.preview_draft(&ada(), &begun, 5).await.unwrap(), None);
    let based = boards.change_draft(&ada(), &begun.id, &base(), Change::None).await.unwrap().draft;
    assert_eq!(based.columns[0].path, "Username", "a new board shows something at once");
    let chosen = columns(&based, &["Name", "role.Name"]);
    let with = boards.change_draft(&ada(), &begun.id, &chosen, Change::AddCondition(None)).await.unwrap();
    let condition = EnteredCondition {
        id: with.draft.conditions[0].id,
        path: Some("role.Name".into()),
        ..EnteredCondition::default()
    };
    let asked = Entered { turn: with.draft.turn, conditions: vec![condition.clone()], ..Entered::default() };
    let asked = boards.change_draft(&ada(), &begun.id, &asked, Change::None).await.unwrap().draft;
    assert_eq!(boards.preview_draft(&ada(), &asked, 5).await.unwrap().unwrap().total, 40, "not complete yet");
    let problems = boards.draft_problems(&ada(), &begun.id, &Entered::default()).await.unwrap();
    assert_eq!(problems, [("condition/1".to_owned(), "Enter a text.".to_owned())]);
    let answer = EnteredCondition {
        turn: 1,
        op: Some(Operator::Is),
        values: Some((Shape::Text, vec!["sales".into()])),
        ..condition
    };
    let last = Entered { turn: asked.turn, conditions: vec![answer], ..Entered::default() };
    let saved = boards.save_draft(&ada(), &begun.id, &last).await.unwrap();
    assert!(saved.is_new);
    let view = world.open(&saved.board, &page(0, 50)).await;
    assert_eq!((view.name.as_str(), view.filter_words.as_str()), ("Ours", "Role › Name is “sales”"));
    assert!(view.total > 0 && view.rows.iter().all(|row| row.cells[1] == text("Sales")));
    let again = boards.save_draft(&ada(), &begun.id, &last).await.unwrap();
    assert_eq!((again.board, again.is_new), (saved.board, false), "a second time does nothing more");
    assert_eq!(boards.list(&ada()).await.unwrap().len(), 1);
    assert_eq!(world.audited().await, ["board.created"]);
}

#[tokio::test]
async fn a_draft_is_its_owner_s_alone() {
    let world = World::new(4).await;
    let draft = world.boards.begin_draft(&ada(), None, None).await.unwrap().draft;
    let stranger = actor("EVE", Role::Owner);
    assert!(refusal(world.boards.draft(&stranger, &draft.id).await).contains("not there any more"));
    assert!(refusal(world.boards.save_draft(&stranger, &draft.id, &base()).await).contains("Nothing was saved"));
}

#[tokio::test]
async fn an_editor_changes_what_a_board_shows_and_not_its_name() {
    let world = World::new(40).await;
    let board =
        world
            .create(
                "All",
                r#"{ "object": "User", "columns": ["Name"], "filter": { "path": "roles", "op": "is-known" } }"#
                    .replace("roles", "Age")
                    .as_str(),
            )
            .await;
    let sharing = NewSharing { viewers: vec!["VIC".into()], editors: vec!["ED".into(), "VIC2".into()], everyone: None };
    assert_eq!(world.boards.share(&ada(), &board, &sharing).await.unwrap().new.len(), 3);
    let (editor, viewer) = (actor("ED", Role::Member), actor("VIC", Role::Member));
    assert!(refusal(world.boards.begin_draft(&viewer, Some(&board), None).await).contains("not change it"));
    let draft = world.boards.begin_draft(&editor, Some(&board), None).await.unwrap().draft;
    assert!(!draft.may_rename);
    let edited = Entered { name: Some("Mine now".into()), ..columns(&draft, &["Username", "Age"]) };
    let saved = world.boards.save_draft(&editor, &draft.id, &edited).await.unwrap();
    assert_eq!((saved.name.as_str(), saved.is_new), ("All", false));
    assert_eq!(world.open(&board, &page(0, 1)).await.columns.len(), 2);

    // Somebody else was faster: it is said, and saving once more is a choice.
    let late = world.boards.begin_draft(&ada(), Some(&board), None).await.unwrap().draft;
    let other = world.boards.begin_draft(&editor, Some(&board), None).await.unwrap().draft;
    world.boards.save_draft(&editor, &other.id, &columns(&other, &["Age"])).await.unwrap();
    let mine = columns(&late, &["Name"]);
    assert!(refusal(world.boards.save_draft(&ada(), &late.id, &mine).await).contains("Somebody else changed"));
    world.boards.save_draft(&ada(), &late.id, &mine).await.unwrap();
    assert_eq!(world.open(&board, &page(0, 1)).await.columns[0].title, "Name");

    // The right is asked for at each step.
    let held = world.boards.begin_draft(&editor, Some(&board), None).await.unwrap().draft;
    world.boards.share(&ada(), &board, &NewSharing::default()).await.unwrap();
    let refused = world.boards.save_draft(&editor, &held.id, &columns(&held, &["Age"])).await;
    assert!(refusal(refused).contains("not shared with you"));
}

#[tokio::test]
async fn too_much_is_refused_in_words() {
    let world = World::new(4).await;
    let boards = &world.boards;
    let draft = boards.begin_draft(&ada(), None, None).await.unwrap().draft;
    let based = boards.change_draft(&ada(), &draft.id, &base(), Change::None).await.unwrap().draft;
    let wide = columns(&based, &["Name"; 21]);
    let problems = boards.draft_problems(&ada(), &draft.id, &wide).await.unwrap();
    assert_eq!(problems[0].1, "Choose at most 20 fields.");
    for _ in 0..20 {
        boards.change_draft(&ada(), &draft.id, &Entered::default(), Change::AddCondition(None)).await.unwrap();
    }
    let over = boards.change_draft(&ada(), &draft.id, &Entered::default(), Change::AddCondition(None)).await.unwrap();
    assert!(over.refused.unwrap().contains("at most 20 conditions"));
    let long = Entered { name: Some("x".repeat(81)), ..base() };
    assert_eq!(
        boards.draft_problems(&ada(), &draft.id, &long).await.unwrap().last().unwrap().1,
        "At most 80 characters."
    );
    let endless = Entered { name: Some("x".repeat(60_000)), ..Entered::default() };
    assert!(refusal(boards.change_draft(&ada(), &draft.id, &endless, Change::None).await).contains("too long"));
}

#[tokio::test]
async fn a_definition_goes_out_and_comes_back_as_text() {
    let world = World::new(40).await;
    let definition = r#"{ "object": "User", "columns": ["Name", { "path": "role.users", "show": "count", "title": "Peers" }],
        "filter": { "any": [{ "path": "role.users.Name", "match": "any", "op": "starts-with", "value": "👩‍💻" },
            { "all": [{ "path": "Name", "op": "is", "value": "עדה" }, { "path": "Age", "op": "at-least", "value": 1 }] }] } }"#;
    let board = world.create("Right to left", definition).await;
    let (name, text) = world.boards.as_text(&ada(), &board).await.unwrap();
    assert_eq!(name, "Right to left");
    let draft = world.boards.begin_draft(&ada(), None, None).await.unwrap().draft;
    let read = world.boards.read_into_draft(&ada(), &draft.id, &text).await.unwrap().draft;
    assert_eq!(read.conditions[0].matches, Some(Match::Any));
    let named = Entered { name: Some("עדה 👩‍💻".into()), turn: read.turn, ..Entered::default() };
    let saved = world.boards.save_draft(&ada(), &draft.id, &named).await.unwrap();
    assert_eq!(world.boards.as_text(&ada(), &saved.board).await.unwrap(), ("עדה 👩‍💻".to_owned(), text.clone()));

    // In another workspace the connection has another id: the only one with such an object is meant.
    let elsewhere = text.replace("connection = \"c1\"", "connection = \"c9\"");
    assert!(world.boards.read_into_draft(&ada(), &draft.id, &elsewhere).await.is_ok());
    let nowhere = text.replace("object = \"User\"", "object = \"Robot\"");
    let wrong = world.boards.read_into_draft(&ada(), &draft.id, &nowhere).await;
    assert!(
        matches!(wrong, Err(AppError::Inputs(wrong)) if wrong[0].1.contains("No connection has an object `Robot`"))
    );
    // What does not fit any more is kept, named, and not saved as if it did.
    let gone = text.replace("\"Name\",", "\"Gone\",");
    let read = world.boards.read_into_draft(&ada(), &draft.id, &gone).await.unwrap();
    assert!(read.facts["Gone"].as_ref().unwrap_err().contains("no field `Gone`"));
    let shown = world.boards.preview_draft(&ada(), &read.draft, 5).await.unwrap().unwrap();
    assert!(shown.broken[0].contains("Gone"));
    let saved = world.boards.save_draft(&ada(), &draft.id, &Entered::default()).await;
    assert!(refusal(saved).contains("Gone"));
}

#[tokio::test]
async fn sharing_gives_and_takes() {
    let world = World::new(4).await;
    let board = world.create("All", r#"{ "object": "User", "columns": ["Name"] }"#).await;
    let sharing = NewSharing {
        viewers: vec!["VIC".into(), "ADA".into(), "ED".into()],
        editors: vec!["ED".into()],
        everyone: None,
    };
    assert_eq!(world.boards.share(&ada(), &board, &sharing).await.unwrap().new, ["ED".into(), "VIC".into()]);
    let (editor, viewer, other) = (actor("ED", Role::Member), actor("VIC", Role::Member), actor("O", Role::Member));
    assert_eq!(world.boards.list(&viewer).await.unwrap()[0].via, Via::Shared);
    assert!(refusal(world.boards.share(&viewer, &board, &sharing).await).contains("not change it"));
    assert!(refusal(world.boards.sharing(&other, &board).await).contains("not shared with you"));
    let for_all = NewSharing { everyone: Some(Right::Viewer), ..NewSharing::default() };
    assert!(world.boards.share(&editor, &board, &for_all).await.unwrap().new.is_empty(), "editors share");
    assert_eq!(world.boards.list(&other).await.unwrap()[0].via, Via::Everyone);
    let owned = NewSharing { everyone: Some(Right::Owner), ..NewSharing::default() };
    assert!(refusal(world.boards.share(&ada(), &board, &owned).await).contains("one owner"));
    let crowd = (0..101).map(|number| format!("U{number}").as_str().into()).collect();
    let crowd = NewSharing { viewers: crowd, ..NewSharing::default() };
    assert!(refusal(world.boards.share(&ada(), &board, &crowd).await).contains("at most 100 people"));
    world.boards.share(&ada(), &board, &NewSharing::default()).await.unwrap();
    assert!(world.boards.list(&other).await.unwrap().is_empty());
    assert_eq!(world.audited().await, ["board.created", "board.shared", "board.shared", "board.shared"]);
}

#[tokio::test]
async fn a_copy_is_its_maker_s_own() {
    let world = World::new(4).await;
    let board = world.create("All", r#"{ "object": "User", "columns": ["Name"] }"#).await;
    let shared = NewSharing { viewers: vec!["VIC".into()], editors: vec!["ED".into()], everyone: None };
    world.boards.share(&ada(), &board, &shared).await.unwrap();
    assert!(
        refusal(world.boards.duplicate(&actor("VIC", Role::Member), &board, "x".into()).await)
            .contains("not change it")
    );
    let editor = actor("ED", Role::Member);
    for _ in 0..2 {
        world.boards.duplicate(&editor, &board, "copy".into()).await.unwrap();
    }
    let mine: Vec<_> =
        world.boards.list(&editor).await.unwrap().into_iter().filter(|one| one.via == Via::Own).collect();
    assert_eq!((mine.len(), mine[0].name.as_str()), (1, "Copy of All"));
    assert!(world.boards.list(&ada()).await.unwrap().iter().all(|one| one.name == "All"));
}

#[tokio::test]
async fn templates_come_back() {
    let world = World::new(4).await;
    let template = BoardTemplate {
        name: "all".into(),
        title: "All users".into(),
        help: "Everybody.".into(),
        definition: r#"{ "object": "User", "columns": ["Name"] }"#.into(),
    };
    world.offer(Description { templates: vec![template], ..description() });
    let admin = actor("BOSS", Role::Admin);
    let ids = world.boards.install_templates(&workspace()).await.unwrap();
    assert_eq!(world.boards.gallery(&ada()).await.unwrap()[0].board.as_ref(), Some(&ids[0]));
    world.boards.delete(&admin, &ids[0]).await.unwrap();
    assert_eq!(world.boards.gallery(&ada()).await.unwrap()[0].board, None);
    let own = world.boards.use_template(&ada(), &connection(), "all", "own".into()).await.unwrap();
    assert_eq!((own.as_str(), world.boards.list(&admin).await.unwrap().len()), ("own", 0), "a member makes their own");
    let back = world.boards.use_template(&admin, &connection(), "all", "x".into()).await.unwrap();
    assert_eq!(back, ids[0]);
    assert_eq!(world.boards.gallery(&ada()).await.unwrap()[0].board.as_ref(), Some(&back));
    assert!(
        refusal(world.boards.use_template(&ada(), &connection(), "gone", "y".into()).await).contains("not offered")
    );
}

#[tokio::test]
async fn an_export_has_all_rows_and_long_texts_and_is_logged() {
    let world = World::new(2_345).await;
    let definition =
        r#"{ "object": "User", "columns": ["Username", "About", "role.Name", "LastLogin"], "sort": ["Age"] }"#;
    let board = world.create("All / of them", definition).await;
    let shared = NewSharing { viewers: vec!["VIC".into()], ..NewSharing::default() };
    world.boards.share(&ada(), &board, &shared).await.unwrap();
    assert!(refusal(world.boards.export(&actor("VIC", Role::Member), &board).await).contains("not change it"));
    let export = world.boards.export(&ada(), &board).await.unwrap();
    let pieces: Vec<bytes::Bytes> = export.stream().try_collect().await.unwrap();
    let whole = pieces.concat();
    assert_eq!((whole.len() as u64, export.rows), (export.bytes, 2_345));
    assert!(export.file.starts_with("All - of them ") && export.file.ends_with(".csv"));
    let text = String::from_utf8(whole).unwrap();
    assert_eq!(text.lines().next().unwrap(), "\u{feff}Username,About,Role › Name,Last login");
    let line = text.lines().find(|line| line.starts_with("user37@example.com,")).unwrap();
    assert_eq!(line, "user37@example.com,About number 37,Sales,1970-01-01T00:00:37Z");
    let unknown = text.lines().find(|line| line.starts_with("user35@example.com,")).unwrap();
    assert_eq!(unknown, "user35@example.com,About number 35,,");
    assert_eq!(world.audited().await.last().unwrap(), "board.exported");
}

#[tokio::test]
async fn a_list_in_a_file_is_whole_as_far_as_a_spreadsheet_takes_it() {
    let world = World::new(2_345).await;
    let definition = r#"{ "object": "Role", "columns": ["Name", { "path": "users.Name", "show": "list" }] }"#;
    let board = world.create("Roles", definition).await;
    let lists = async || {
        let export = world.boards.export(&ada(), &board).await.unwrap();
        let pieces: Vec<bytes::Bytes> = export.stream().try_collect().await.unwrap();
        let csv = String::from_utf8(pieces.concat()).unwrap();
        assert_eq!(csv.len() as u64, export.bytes);
        csv.lines().skip(1).map(|line| line.split_once(',').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    let with_role = (0..2_345).filter(|number| number % 7 != 0);
    let of_role = |even: bool| with_role.clone().filter(|number| (number % 2 == 0) == even).count();
    let found = lists().await;
    let counts: Vec<usize> = found.iter().map(|list| list.split("; ").count()).collect();
    assert_eq!(counts, [of_role(true), of_role(false)], "CEO and Sales, every label");
    let shown = world.open(&board, &page(0, 1)).await.rows.remove(0).cells.remove(1);
    assert!(matches!(shown, Value::List(labels) if labels.len() == 10), "a page stays short");

    let long = |number: usize| {
        let mut user = user(number);
        user.values[1] = text(&format!("{number:0>400}"));
        user
    };
    let users: Vec<Row> = (0..400).map(long).collect();
    world.flip("User", 1, &users).await;
    world.boards.refresh(&workspace(), &connection()).await.unwrap();
    for list in lists().await {
        let labels: Vec<&str> = list.split("; ").collect();
        let (last, whole) = labels.split_last().unwrap();
        assert!(whole.iter().all(|label| label.len() == 400) && whole.len() == 32_700 / 402, "{}", whole.len());
        let with_role = (0..400).filter(|number| number % 7 != 0 && number % 2 == 0).count();
        let left = last.strip_prefix("… and ").and_then(|rest| rest.strip_suffix(" more")).unwrap();
        let left: usize = left.parse().unwrap();
        assert!(left.abs_diff(with_role - whole.len()) <= 1 && list.chars().count() < 32_767, "{last}");
    }
}

#[tokio::test]
async fn hostile_cells_are_shown_and_not_run() {
    let world = World::new(1).await;
    let long = "€".repeat(10_000);
    let mut hostile = user(0);
    hostile.values[1] = text(&format!("=HYPERLINK(\"x\")\n{long}"));
    hostile.values[2] = text("-12");
    world.flip("User", 1, &[hostile]).await;
    let board = world.create("All", r#"{ "object": "User", "columns": ["Name", "Username"] }"#).await;
    let export = world.boards.export(&ada(), &board).await.unwrap();
    let pieces: Vec<bytes::Bytes> = export.stream().try_collect().await.unwrap();
    let csv = String::from_utf8(pieces.concat()).unwrap();
    assert!(csv.ends_with(&format!("\"'=HYPERLINK(\"\"x\"\")\n{long}\",-12\r\n")));
    let offered = offered(&world, "name", Purpose::Column).await;
    assert!(offered.iter().all(|field| field.detail.as_ref().is_none_or(|detail| detail.chars().count() <= 65)));
}

#[tokio::test]
async fn a_viewer_filters_for_themselves() {
    let world = World::new(40).await;
    let definition =
        r#"{ "object": "User", "columns": ["Name"], "filter": { "path": "IsActive", "op": "is", "value": true } }"#;
    let board = world.create("Active", definition).await;
    let shared = NewSharing { viewers: vec!["VIC".into()], ..NewSharing::default() };
    world.boards.share(&ada(), &board, &shared).await.unwrap();
    let viewer = actor("VIC", Role::Member);
    let mine = world.boards.begin_personal_filter(&viewer, &board, None).await.unwrap().draft;
    let id = mine.conditions[0].id;
    let inactive =
        EnteredCondition { id, values: Some((Shape::YesNo, vec!["false".into()])), ..EnteredCondition::default() };
    let entered = Entered { turn: mine.turn, conditions: vec![inactive], ..Entered::default() };
    let whole = world.boards.open(&viewer, &board, &page(0, 1)).await.unwrap().total;
    let kept = world.boards.keep_personal_filter(&viewer, &mine.id, &entered).await.unwrap().draft;
    let seen = world.boards.open_filtered(&viewer, &board, &kept.id, &page(0, 1)).await.unwrap();
    assert_eq!((seen.total, seen.filter_words.as_str(), seen.can_edit), (40 - whole, "Active is no", false));
    assert_eq!(world.open(&board, &page(0, 1)).await.total, whole, "the board stays as it is");
    let saved = world.boards.save_draft(&viewer, &mine.id, &entered).await;
    assert!(refusal(saved).contains("yours alone"));
    let crossed = world.boards.open_filtered(&ada(), &board, &mine.id, &page(0, 1)).await;
    assert!(refusal(crossed).contains("not there any more"), "a draft is its owner's");
    world.boards.share(&ada(), &board, &NewSharing::default()).await.unwrap();
    let lost = world.boards.open_filtered(&viewer, &board, &kept.id, &page(0, 1)).await;
    assert!(refusal(lost).contains("not shared with you"));
}
