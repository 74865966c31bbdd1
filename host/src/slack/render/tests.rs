//! Every rendered surface: as a snapshot, within Slack's limits, readable by slack-morphism's own models, and unmoved by hostile text.

mod cancel;
mod disconnect;
mod policies;
mod whole;

use super::*;
use crate::actions::RequestState;
use crate::boards::{Barrier, BoardView, Chart, Drafted};
use crate::connections::{PermissionsView, Users};
use crate::domain::NoAccess;
use crate::slack::block::AlertLevel;
use crate::slack::client::Message;
use crate::slack::fit;
use crate::slack::fixtures::{self, NOW};
use crate::slack::fixtures_audit as audits;
use crate::slack::fixtures_builder as drafts;
use crate::slack::fixtures_people as people;
use crate::slack::press::Part;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use slack_morphism::prelude::{SlackBlock, SlackView};

fn message(message: &Message) -> Json {
    json!({"text": message.text, "blocks": message.blocks})
}

fn all_homes() -> Home {
    Home {
        is_admin: true,
        waiting: vec![fixtures::request(RequestState::Waiting)],
        mine: vec![fixtures::request(RequestState::PartlyDone)],
        boards: fixtures::summaries(2),
        tiles: vec![fixtures::tile(true), fixtures::tile(false), fixtures::barred_tile()],
        integrations: vec![("salesforce".into(), "Salesforce".into())],
        problems: vec!["Something went wrong".into()],
    }
}

/// Every message there is.
pub fn messages() -> Vec<(&'static str, Message)> {
    let request = fixtures::request;
    let mut page = fixtures::board(3, 450);
    page.offset = 200;
    let mut troubled = fixtures::board(1, 1);
    troubled.can_edit = false;
    troubled.broken = vec!["The column Region is gone.".into()];
    troubled.sources[0].problem = Some("Salesforce did not answer since yesterday. Ask <@U1>.".into());
    let mut searched = fixtures::board(2, 450);
    searched.search = "ada *l*".into();
    searched.personal = Some("d1".into());
    searched.can_edit = false;
    let board = |view: &_, rung, place| board(view, rung, place, "n1");
    let others = vec![
        ("board_data_table", board(&fixtures::board(3, 3), Rung::DataTable, BoardPlace::Private)),
        ("board_table", board(&fixtures::board(2, 2), Rung::Table, BoardPlace::Shared)),
        ("board_sections", board(&fixtures::board(2, 2), Rung::Sections, BoardPlace::Private)),
        ("board_text", board(&fixtures::board(2, 2), Rung::Text, BoardPlace::Private)),
        ("board_middle_page", board(&page, Rung::DataTable, BoardPlace::Private)),
        ("board_searched", board(&searched, Rung::Text, BoardPlace::Private)),
        ("board_empty", board(&fixtures::board(0, 0), Rung::DataTable, BoardPlace::Private)),
        ("board_troubled_for_a_viewer", board(&troubled, Rung::Table, BoardPlace::Shared)),
        ("board_bars", board(&fixtures::grouped_board(Chart::Bar, 40, &[]), Rung::DataTable, BoardPlace::Private)),
        (
            "board_line",
            board(&fixtures::grouped_board(Chart::Line, 4, &["Sum of Seats"]), Rung::DataTable, BoardPlace::Private),
        ),
        ("board_pie", board(&fixtures::grouped_board(Chart::Pie, 3, &[]), Rung::DataTable, BoardPlace::Shared)),
        (
            "board_groups_without_a_chart",
            board(&fixtures::grouped_board(Chart::Bar, 40, &["Sum of Seats"]), Rung::Table, BoardPlace::Private),
        ),
        ("boards", boards(&fixtures::summaries(2), None)),
        ("boards_none", boards(&[], None)),
        ("boards_not_found", boards(&[], Some("*Nope*"))),
        ("boards_ambiguous", boards(&fixtures::summaries(2), Some("Board"))),
        ("card_waiting_approver", card(&request(RequestState::Waiting), Audience::Approver, None)),
        ("card_waiting_requester", card(&request(RequestState::Waiting), Audience::Requester, None)),
        ("card_running", card(&request(RequestState::Running), Audience::Approver, None)),
        ("card_denied", card(&request(RequestState::Denied), Audience::Approver, None)),
        ("card_withdrawn", card(&request(RequestState::Withdrawn), Audience::Approver, None)),
        ("card_expired", card(&request(RequestState::Expired), Audience::Requester, None)),
        ("card_partly_done_requester", card(&request(RequestState::PartlyDone), Audience::Requester, None)),
        ("list_preview", list_preview(&fixtures::list("staff.csv", b"three"))),
        ("results", results(&request(RequestState::PartlyDone))),
        ("shared_with_you", shared_with_you(&"b1".into(), "Idle *users*", &"U2".into())),
        ("reminder", reminder(&request(RequestState::Waiting))),
        ("requests", requests(&[request(RequestState::Waiting)], &[])),
        ("status", status(&[fixtures::tile(true), fixtures::tile(false)], 1, true)),
        ("connection", connection_message(&fixtures::tile(false))),
        ("boards_disabled", boards_disabled(&lost(), &["Leavers *2026*".into(), "Idle".into()])),
        ("boards_disabled_many", boards_disabled(&lost(), &vec!["Board".to_owned(); 12])),
        ("boards_are_back", boards_are_back("Okta")),
        ("board_not_there", sentence(&Barrier::Person(lost()).for_reader(&"U1".into()))),
        ("board_disabled", sentence(&disabled().for_reader(&"U9".into()))),
        ("board_not_shown_in_a_channel", sentence(&disabled().for_channel())),
        ("help", help()),
        ("unknown_command", unknown_command("brew <!here> *coffee*")),
        ("audit_feed", audits::feed(4)),
        ("audit_feed_one", audits::feed(1)),
        ("sentence", sentence("Already approved by <@U2> at 2026-11-24 09:01 UTC.")),
    ];
    others.into_iter().chain(policies::messages()).chain(disconnect::messages()).chain(cancel::messages()).collect()
}

fn lost() -> NoAccess {
    NoAccess { user: "U1".into(), title: "Okta".into(), givers: vec!["U2".into(), "U3".into()] }
}

fn disabled() -> Barrier {
    Barrier::Owner { board: "Leavers *2026*".into(), lost: lost() }
}

/// What takes back a request whose records came from two states.
fn parts() -> [crate::actions::Draft; 2] {
    let request = fixtures::request(RequestState::PartlyDone);
    let part = |at: usize| crate::actions::Draft {
        connection: request.connection.clone(),
        action: "assign-role".into(),
        inputs: serde_json::Map::new(),
        targets: vec![crate::domain::RecordRef {
            connection: request.connection.clone(),
            object: "User".into(),
            key: request.targets[at].key.clone(),
        }],
        board: None,
        chosen: None,
        undo_of: Some(request.id.clone()),
    };
    [part(0), part(1)]
}

/// The windows in which boards are built, shared and looked through.
fn board_views() -> Vec<(&'static str, Json)> {
    let shown = Preview::Shown(Box::new(BoardView {
        broken: vec!["Column `Gone`: not there.".into()],
        ..fixtures::board(5, 450)
    }));
    let grouped = Preview::Shown(Box::new(fixtures::grouped_board(Chart::Line, 7, &["Sum of Age"])));
    let mut edited = drafts::begun();
    edited.draft.board = Some(("b1".into(), 3));
    edited.draft.may_rename = false;
    let mut mine = edited.clone();
    mine.draft.personal = true;
    vec![
        ("builder_empty", built(&drafts::empty(), &Preview::Nothing, None)),
        ("builder_grouped", built(&drafts::full(), &grouped, None)),
        ("builder_grouped_by_what_is_gone", built(&drafts::grouped_by_what_is_gone(), &Preview::Counting, None)),
        ("builder_begun", built(&drafts::begun(), &Preview::Counting, None)),
        ("builder_full", built(&drafts::full(), &shown, None)),
        (
            "builder_edit",
            built(
                &edited,
                &Preview::Refused("The connection is not there.".into()),
                Some("Not saved. <@U2> was faster."),
            ),
        ),
        ("builder_for_me", built(&mine, &shown, None)),
        (
            "builder_without_tools",
            builder(&Builder {
                drafted: &drafts::empty(),
                objects: &[],
                preview: &Preview::Nothing,
                alert: None,
                part: None,
            }),
        ),
        ("draft_text", draft_text("d1", "V1", "object = \"User\"\ncolumns = [\"Name\"]\n")),
        ("draft_text_too_long", text_too_long()),
        ("rename_board", rename_board(&"b1".into(), "Idle users")),
        ("delete_board", delete_board(&"b1".into(), "Idle users")),
        ("share_board", share_board(&"b1".into(), &drafts::sharing())),
        ("search_board", search_board(&"b1".into())),
        ("board_as_text", board_text(&"b1".into(), "Idle users", "object = \"User\"")),
        ("board_as_text_too_long", board_text(&"b1".into(), "Idle users", &"x".repeat(3_001))),
        ("gallery_admin", gallery(&drafts::gallery(), true)),
        ("gallery_member", gallery(&drafts::gallery(), false)),
        ("gallery_empty", gallery(&[], false)),
    ]
}

/// Every modal and Home there is.
pub fn views() -> Vec<(&'static str, Json)> {
    let mut other = fixtures::offered();
    other.fits = false;
    other.action.name = "create-role".into();
    other.action.title = "Create role".into();
    let mut state = FormState { board: Some("b1".into()), targets: vec!["005".into()], ..FormState::default() };
    state.titles.insert("005".into(), "Ada Lovelace".into());
    let mut wrong = state.clone();
    wrong.errors = vec![("seats".into(), "Enter a number.".into()), ("ghost".into(), "There is no such input.".into())];
    wrong.inputs = json!({"seats": "many", "role": "00E1", "groups": ["g1"], "notify": "true", "from": "2026-11-24"})
        .as_object()
        .cloned()
        .unwrap();
    wrong.refusal = Some("The connection is paused. Nothing was prepared.".into());
    let mut destructive = fixtures::offered();
    destructive.action.effect = crate::domain::Effect::Destructive;
    destructive.action.inputs.clear();
    let waiting = fixtures::request(RequestState::Waiting);
    let mut blocked = fixtures::request(RequestState::Prepared);
    blocked.targets.retain(|target| !target.blockers.is_empty());
    blocked.target_count = blocked.targets.len();
    let may = May { decide: true, withdraw: true, ..May::default() };
    let others = vec![
        ("home", home(&all_homes())),
        ("home_empty", home(&Home::default())),
        ("menu", menu(&[fixtures::offered(), other], Some(&"b1".into()))),
        ("menu_empty", menu(&[], None)),
        ("form", form(&fixtures::offered(), &state)),
        ("form_wrong", form(&fixtures::offered(), &wrong)),
        ("form_destructive", form(&destructive, &FormState::default())),
        ("preview", preview(&fixtures::request(RequestState::Prepared), 0)),
        ("preview_blocked", preview(&blocked, 0)),
        ("sent", sent(&waiting)),
        ("details_waiting", details(&waiting, may, 0)),
        (
            "details_done",
            details(&fixtures::request(RequestState::PartlyDone), May { undo: true, retry: true, ..May::default() }, 0),
        ),
        ("undo_parts", undo_parts(&fixtures::request(RequestState::PartlyDone), &parts())),
        ("deny", deny(&"r1".into(), &"f".repeat(64))),
        ("loading", loading("Reading the live records…")),
        ("said", said("Weft", AlertLevel::Error, "Only an admin may decide this request.")),
        ("said_long", said("Weft", AlertLevel::Error, &format!("Ask <@U2>. {}", "x".repeat(300)))),
        ("failed", said("Weft", AlertLevel::Error, &failed("7F3K9A2B"))),
        ("access", access(&fixtures::access(), &[])),
        ("access_unchecked", access(&AccessView { checked_at: None, ..fixtures::access() }, &[])),
        ("permissions_everyone", {
            let view = PermissionsView { users: Users::Everyone, ..fixtures::permissions(&[]) };
            permissions(&"c1".into(), &view)
        }),
        ("permissions_people", permissions(&"c1".into(), &fixtures::permissions(&["U1", "U7"]))),
        ("permitted", {
            said("Manage permissions", AlertLevel::Success, &permitted(&fixtures::permissions(&["U1", "U7"])))
        }),
        ("connect_link", connect_link("Salesforce", "https://weft.example/connect/T1/ticket")),
    ];
    let ours = others.into_iter().chain(audits::views()).chain(board_views()).chain(row_views());
    ours.chain(policies::views()).chain(whole::views()).chain(disconnect::views()).chain(cancel::views()).collect()
}

/// The window of a row, to those who may act and say who is who or not.
fn row_window(others: Others, is_admin: bool, alert: Option<&str>) -> Json {
    let record = people::record();
    let row = Row { record: &record, title: "Ada <b>", others: &others, is_admin, nonce: "n1", alert };
    row_menu(&row, is_admin.then_some(&[fixtures::offered()][..]), &"b1".into())
}

fn row_views() -> Vec<(&'static str, Json)> {
    let linked = "Ada is linked with Bob in Okta already, as <@U2> said. Take that back first. Nothing was changed.";
    let failed = Others::Failed("The connection of this board is not there.".into());
    vec![
        ("row_of_an_admin", row_window(Others::Found(people::all()), true, None)),
        ("row_refused", row_window(Others::Found(people::all()[..1].to_vec()), true, Some(linked))),
        ("row_of_a_member", row_window(Others::Found(people::all()), false, None)),
        ("row_without_other_tools", row_window(Others::Found(Vec::new()), true, None)),
        ("row_waiting", row_window(Others::Waiting, true, None)),
        ("row_failed", row_window(failed, false, None)),
    ]
}

#[test]
fn the_most_that_can_be_said_of_a_row_fits_into_a_window() {
    let view = row_window(Others::Found(people::most()), true, Some("Not done."));
    let mut fitted = view.clone();
    fit::view(&mut fitted);
    assert_eq!(fitted, view, "nothing is cut");
    assert!(view["blocks"].as_array().unwrap().len() <= 100);
    assert!(view.to_string().contains("Not shown: User in &lt;c7&gt;"), "{view}");
}

fn built(drafted: &Drafted, preview: &Preview, alert: Option<&str>) -> Json {
    let part = drafted.draft.board.is_some().then_some(Part::Columns);
    builder(&Builder { drafted, objects: &drafts::objects(), preview, alert, part })
}

#[test]
fn the_largest_draft_fits_into_a_window() {
    let broken = vec!["Column `Gone`: not there.".to_owned(); 9];
    let shown = BoardView {
        broken,
        rows: fixtures::board(5, 450).rows,
        ..fixtures::grouped_board(Chart::Bar, 40, &["Sum of Age"; 4])
    };
    let shown = Preview::Shown(Box::new(shown));
    let view = built(&drafts::largest(), &shown, Some("Not saved."));
    let mut fitted = view.clone();
    fit::view(&mut fitted);
    assert_eq!(fitted, view, "nothing is cut");
    assert!(view["blocks"].as_array().unwrap().len() <= 100);
    assert!(view["private_metadata"].as_str().unwrap().len() < 100, "the draft is in the store");
}

#[test]
fn fields_are_offered_in_groups_that_slack_takes() {
    let field = |at: usize| crate::boards::OfferedField {
        path: format!("role.Field{at}"),
        show: None,
        group: "Role › ".repeat(20),
        title: "T".repeat(100),
        detail: Some("e.g. ".to_owned() + &"x".repeat(100)),
    };
    let mut long = field(1);
    long.path = "a.".repeat(100);
    let groups = field_options(&[field(0), long], |field| field.path.clone());
    assert_eq!(groups.len(), 1);
    assert!(groups[0]["label"]["text"].as_str().unwrap().starts_with('…'), "the end of the way is kept");
    assert_eq!(groups[0]["options"].as_array().unwrap().len(), 1, "a value that does not fit is not cut");
}

#[test]
fn snapshots() {
    for (name, one) in messages() {
        insta::assert_json_snapshot!(name, message(&one));
    }
    for (name, view) in views() {
        insta::assert_json_snapshot!(name, view);
    }
}

#[test]
fn nothing_that_is_rendered_needs_cutting() {
    for (name, one) in messages() {
        let mut fitted = message(&one);
        fit::message(&mut fitted);
        assert_eq!(fitted, message(&one), "{name}");
    }
    for (name, view) in views() {
        let mut fitted = view.clone();
        fit::view(&mut fitted);
        assert_eq!(fitted, view, "{name}");
    }
}

/// slack-morphism's models are somebody else's reading of the same documentation.
#[test]
fn others_read_what_we_write() {
    for (name, one) in messages() {
        for block in &one.blocks {
            let read: SlackBlock = serde_json::from_value(block.clone()).unwrap();
            assert!(!matches!(read, SlackBlock::Unknown(_)), "{name}: {block}");
        }
    }
    for (name, view) in views() {
        let read: SlackView = serde_json::from_value(view.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let blocks = match read {
            SlackView::Home(home) => home.blocks,
            SlackView::Modal(modal) => modal.blocks,
        };
        assert!(!blocks.iter().any(|block| matches!(block, SlackBlock::Unknown(_))), "{name}");
    }
}

#[test]
fn pages_lead_to_the_rows_before_and_after() {
    let mut view = fixtures::board(200, 450);
    view.offset = 200;
    let message = board(&view, Rung::DataTable, BoardPlace::Private, "n1");
    let shown =
        message.blocks.iter().find(|block| block["type"] == "data_table").unwrap()["rows"].as_array().unwrap().len()
            - 1;
    assert!(message.text.contains(&format!("201–{} of 450", 200 + shown)), "{}", message.text);
    let buttons = message.blocks.last().unwrap()["elements"].to_string();
    assert!(
        buttons.contains(r#"\"offset\":0"#) && buttons.contains(&format!(r#"\"offset\":{}"#, 200 + shown)),
        "{buttons}"
    );
}

#[test]
fn a_table_too_wide_for_its_characters_says_how_many_rows_it_shows() {
    let mut view = fixtures::board(200, 200);
    for row in &mut view.rows {
        row.cells[1] = "x".repeat(190).as_str().into();
    }
    let message = board(&view, Rung::Table, BoardPlace::Private, "n1");
    let table = message.blocks.iter().find(|block| block["type"] == "table").unwrap();
    let shown = table["rows"].as_array().unwrap().len() - 1;
    assert!(shown < 99, "{shown}");
    assert!(message.blocks[1].to_string().contains(&format!("Rows 1–{shown} of 200")));
}

#[test]
fn a_viewer_gets_no_way_to_act() {
    let mut view = fixtures::board(1, 1);
    view.can_edit = false;
    let text = json!(board(&view, Rung::DataTable, BoardPlace::Private, "n1").blocks).to_string();
    assert!(!text.contains("choose-row") && !text.contains("act-on-board") && !text.contains("share-board"));
}

#[test]
fn only_a_waiting_card_can_be_decided() {
    use RequestState as S;
    for state in [S::Waiting, S::Approved, S::Running, S::Done, S::Denied, S::Withdrawn, S::Expired, S::Stopped] {
        let text = json!(card(&fixtures::request(state), Audience::Approver, None).blocks).to_string();
        assert_eq!(text.contains("press.approve"), state == S::Waiting, "{state:?}");
        let text = json!(card(&fixtures::request(state), Audience::Requester, None).blocks).to_string();
        assert!(!text.contains("press.approve"), "{state:?}");
    }
}

#[test]
fn a_destructive_action_is_confirmed_and_says_that_it_cannot_be_undone() {
    let mut view = fixtures::request(RequestState::Waiting);
    view.action.effect = crate::domain::Effect::Destructive;
    view.undo = crate::domain::Reversal::None;
    let text = json!(card(&view, Audience::Approver, None).blocks).to_string();
    assert!(text.contains("confirm") && text.contains("Cannot be undone"), "{text}");
}

/// What a tool's data could do: mention everybody, link, format, be endless.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("<!channel> <@U0EVIL> <https://evil.example|click>".to_owned()),
        Just("*_~`>".repeat(300)),
        Just("\u{202e}\u{200b}\n\n\r".to_owned()),
        Just(String::new()),
        Just("&lt;!here&gt;".repeat(500)),
        ".{0,400}",
    ]
}

proptest! {
    #[test]
    fn hostile_text_stays_text(text in hostile(), title in hostile()) {
        let mut board_view = fixtures::board(3, 3);
        board_view.name = title.clone();
        board_view.filter_words = text.clone();
        board_view.rows[0].title = text.clone();
        board_view.rows[0].cells[1] = text.as_str().into();
        let mut request = fixtures::request(RequestState::PartlyDone);
        request.reason = Some(text.clone());
        request.action.title = title.clone();
        request.inputs = vec![(title.clone(), text.clone())];
        request.targets[0].title = text.clone();
        request.targets[0].message = Some(text.clone());
        request.targets[0].steps = vec![text.clone()];
        request.warnings = vec![text.clone()];
        let mut tile = fixtures::tile(true);
        tile.title = title.clone();
        tile.problem = Some(text.clone());
        let mut list = fixtures::list(&text, b"");
        list.columns.push((text.clone(), "text".into()));
        list.notes.push(text.clone());
        let mut messages = vec![results(&request), card(&request, Audience::Approver, None), connection_message(&tile), unknown_command(&text)];
        messages.push(list_preview(&list));
        messages.push(audits::hostile_feed(&text));
        for rung in [Rung::DataTable, Rung::Table, Rung::Sections, Rung::Text] {
            messages.push(board(&board_view, rung, BoardPlace::Private, "n1"));
        }
        for one in messages {
            let mut fitted = message(&one);
            fit::message(&mut fitted);
            prop_assert!(!marked_up(&fitted, "<!channel>") && !marked_up(&fitted, "<https://evil"), "{fitted}");
        }
        let mut drafted = drafts::full();
        drafted.draft.name = title.chars().take(80).collect();
        for facts in drafted.facts.values_mut().flatten() {
            facts.title.clone_from(&text);
        }
        drafted.draft.conditions[0].entered = vec![text.clone()];
        let shown = Preview::Shown(Box::new(board_view.clone()));
        for mut view in [built(&drafted, &shown, Some(&text)), rename_board(&"b1".into(), &title), delete_board(&"b1".into(), &title), preview(&request, 0), details(&request, May::default(), 0), row_window(Others::Found(people::all()), true, Some(&text)), audits::hostile(&text), audits::hostile_record(&text), ask_audit(&text, "V1")] {
            fit::view(&mut view);
            prop_assert!(!marked_up(&view, "<!channel>") && !marked_up(&view, "<https://evil"), "{view}");
        }
    }
}

/// Whether the sign stands where Slack reads markup: in a mrkdwn object, or in the text beside the blocks.
fn marked_up(json: &Json, sign: &str) -> bool {
    match json {
        Json::Object(members) => {
            let is_plain = members
                .get("type")
                .is_some_and(|kind| kind == "plain_text" || kind == "raw_text" || kind == "raw_number");
            members.iter().any(|(name, value)| match value {
                Json::String(text) => name == "text" && !is_plain && text.contains(sign),
                other => marked_up(other, sign),
            })
        }
        Json::Array(items) => items.iter().any(|item| marked_up(item, sign)),
        _ => false,
    }
}

#[test]
fn the_time_of_the_fixtures_is_what_it_says() {
    assert_eq!(crate::slack::block::instant(NOW), "2026-11-24 09:00 UTC");
}
