//! Building boards: what Slack gets for each click, also when it says that the window changed meanwhile.

use super::*;
use crate::boards::Change;
use crate::slack::block::Style;
use crate::slack::press::{Part, Press};

/// Names of the window's blocks that carry what was entered.
fn block_ids(view: &Json) -> Vec<String> {
    let blocks = view["blocks"].as_array().unwrap();
    blocks.iter().filter_map(|block| block["block_id"].as_str()).map(str::to_owned).collect()
}

fn block(view: &Json, part: &str) -> String {
    let found = block_ids(view).into_iter().find(|id| id.contains(part));
    found.unwrap_or_else(|| panic!("no block {part} in {view}"))
}

impl House {
    /// `/weft new` over three users. Answers the window.
    async fn new_board(&self) -> Json {
        self.board(&["Ada".into(), "Grace".into(), "Bob".into()]).await;
        self.command("/weft", "new").await;
        self.work().await;
        let calls = self.slack.take();
        assert_eq!(SlackApi::methods(&calls), ["views.open", "views.update"]);
        calls[1].1["view"].clone()
    }

    /// Something done in the window by this person. Answers what Slack was called for.
    async fn in_window(
        &self,
        user: &str,
        view: &Json,
        action: Json,
        values: Json,
        trigger: &str,
    ) -> Vec<(String, Json)> {
        self.interaction(
            &json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": user}, "trigger_id": trigger,
            "view": {"type": "modal", "id": "V1", "hash": "h1", "private_metadata": view["private_metadata"],
                "state": {"values": values}},
            "actions": [action]}),
        )
        .await;
        self.work().await;
        self.slack.take()
    }

    async fn submit(&self, view: &Json, values: Json, trigger: &str) -> Json {
        let payload = json!({"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": trigger,
            "view": {"type": "modal", "id": "V1", "private_metadata": view["private_metadata"], "state": {"values": values}}});
        self.interaction(&payload).await.json().await.unwrap()
    }

    /// The window after users were chosen.
    async fn with_users(&self) -> Json {
        let view = self.new_board().await;
        let action = json!({"action_id": "value", "block_id": "draft-object", "selected_option": {"value": "c1/User"}});
        let calls = self.in_window("U1", &view, action, chosen_users("Typed"), "t1").await;
        assert_eq!(SlackApi::methods(&calls), ["views.update"]);
        assert_eq!(calls[0].1["hash"], "h1");
        calls[0].1["view"].clone()
    }
}

fn chosen_users(name: &str) -> Json {
    json!({"draft-object": {"value": {"type": "static_select", "selected_option": {"value": "c1/User"}}},
        "draft-name": {"value": {"type": "plain_text_input", "value": name}}})
}

pub(super) fn press(press: &Press) -> Json {
    let button = press.button("x", Style::Plain);
    json!({"action_id": button["action_id"], "block_id": "draft-add", "value": button["value"]})
}

fn draft_of(view: &Json) -> String {
    let meta: Json = serde_json::from_str(view["private_metadata"].as_str().unwrap()).unwrap();
    meta["draft"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_window_shows_rows_as_soon_as_an_object_is_chosen() {
    let house = House::new().await;
    let view = house.with_users().await;
    assert!(view.to_string().contains("*3 rows*"), "{view}");
    assert!(view.to_string().contains("Ada"));
    assert!(view["private_metadata"].as_str().unwrap().len() < 100);
}

#[tokio::test]
async fn a_window_that_changed_meanwhile_is_drawn_from_all_that_was_entered() {
    let house = House::new().await;
    let view = house.with_users().await;
    house.slack.failing.lock().unwrap().push(("views.update", "hash_conflict"));
    let add = Press::ChangeDraft { draft: draft_of(&view), change: Change::AddCondition(None) };
    let mut values = chosen_users("Typed later");
    values[block(&view, "fields")] =
        json!({"draft-fields": {"type": "multi_external_select", "selected_options": [{"value": ":Name"}]}});
    let calls = house.in_window("U1", &view, press(&add), values, "t2").await;
    assert_eq!(SlackApi::methods(&calls), ["views.update", "views.update"]);
    assert!(calls[1].1.get("hash").is_none(), "what is in the store is the whole truth");
    let shown = calls[1].1["view"].to_string();
    assert!(shown.contains("Typed later") && shown.contains("Choose a field"), "{shown}");
    // What was entered keeps its names, so that Slack keeps what is typed meanwhile.
    assert_eq!(block(&calls[1].1["view"], "fields"), block(&view, "fields"));
}

#[tokio::test]
async fn fields_are_offered_in_groups() {
    let house = House::new().await;
    let view = house.with_users().await;
    let ask = |user: &str| {
        json!({"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": user}, "action_id": "draft-fields",
            "block_id": block(&view, "fields"), "value": "", "view": {"private_metadata": view["private_metadata"]}})
    };
    let offered: Json = house.interaction(&ask("U1")).await.json().await.unwrap();
    assert_eq!(offered["option_groups"][0]["label"]["text"], "User");
    assert_eq!(offered["option_groups"][0]["options"][0]["value"], ":Name");
    assert_eq!(offered["option_groups"][0]["options"][0]["description"]["text"], "e.g. Ada");
    let none: Json = house.interaction(&ask("U9")).await.json().await.unwrap();
    assert_eq!(none["options"], json!([]), "the draft is U1's own");
}

#[tokio::test]
async fn groups_are_chosen_and_kept_over_a_hash_conflict() {
    let house = House::new().await;
    let view = house.with_users().await;
    let ask = |action: &str, words: &str| {
        json!({"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": "U1"}, "action_id": action,
            "block_id": "x", "value": words, "view": {"private_metadata": view["private_metadata"]}})
    };
    let offered: Json = house.interaction(&ask("draft-group-by", "")).await.json().await.unwrap();
    assert_eq!(offered["option_groups"][0]["options"][0]["value"], "Name");
    let offered: Json = house.interaction(&ask("draft-totals", "average")).await.json().await.unwrap();
    let options = &offered["option_groups"][0]["options"];
    assert_eq!((&options[0]["value"], &options[0]["text"]["text"]), (&json!("average:Age"), &json!("Average of Age")));

    let groups = block(&view, "groups");
    let by_name = json!({"action_id": "draft-group-by", "block_id": groups, "selected_option": {"value": "Name"}});
    let mut values = chosen_users("Typed");
    values[&groups] = json!({"draft-group-by": {"type": "external_select", "selected_option": {"value": "Name"}}});
    let calls = house.in_window("U1", &view, by_name, values.clone(), "t2").await;
    let view = calls[0].1["view"].clone();
    let shown = view.to_string();
    assert!(shown.contains("*3 groups* by Name.") && shown.contains("Ada: *1*"), "the preview shows them: {shown}");
    assert!(shown.contains("What to show per group") && shown.contains("Chart: bars"), "{shown}");

    house.slack.failing.lock().unwrap().push(("views.update", "hash_conflict"));
    let (groups, totals) = (block(&view, "groups"), block(&view, "totals"));
    values[&groups] = json!({"draft-group-by": {"type": "external_select", "selected_option": {"value": "Name"}},
        "draft-chart": {"type": "static_select", "selected_option": {"value": "none"}}});
    let chosen = json!([{"value": "sum:Age"}]);
    values[&totals] = json!({"draft-totals": {"type": "multi_external_select", "selected_options": chosen}});
    let choose = json!({"action_id": "draft-totals", "block_id": totals, "selected_options": chosen});
    let calls = house.in_window("U1", &view, choose, values, "t3").await;
    assert_eq!(SlackApi::methods(&calls), ["views.update", "views.update"]);
    let view = calls[1].1["view"].clone();
    assert!(view.to_string().contains("Sum of Age") && view.to_string().contains("Bob: *1*, Sum of Age 2"), "{view}");
    assert_eq!((block(&view, "groups"), block(&view, "totals")), (groups, totals), "what is typed meanwhile is kept");

    let answer = house.submit(&view, chosen_users("Mine"), "t4").await;
    assert_eq!(answer["response_action"], "update");
    house.work().await;
    let calls = house.slack.take();
    assert!(calls[1].1["blocks"].to_string().contains("*3 groups* by Name."), "{calls:?}");

    // The board comes back into the window as it is; without groups it is saved without.
    let actor = house.door.directory().actor(&"T1".into(), &"U1".into());
    let board = house.door.boards().find(&actor, "Mine").await.unwrap().remove(0).id;
    let edit = press(&Press::EditBoard { board: board.clone(), part: Part::Columns });
    house
        .interaction(&json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "t5",
            "container": {"channel_id": "C1", "message_ts": "17.9"}, "actions": [edit]}))
        .await;
    house.work().await;
    let view = house.slack.take()[1].1["view"].clone();
    assert!(view.to_string().contains("Sum of Age"), "{view}");
    let ask = json!({"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": "U1"}, "action_id": "draft-group-by",
        "block_id": "x", "value": "", "view": {"private_metadata": view["private_metadata"]}});
    let offered: Json = house.interaction(&ask).await.json().await.unwrap();
    assert_eq!(offered["option_groups"][0]["options"][0]["value"], "-");
    let values = json!({block(&view, "groups"): {"draft-group-by": {"type": "external_select", "selected_option": {"value": "-"}}}});
    house.submit(&view, values, "t6").await;
    house.work().await;
    let (_, text) = house.door.boards().as_text(&actor, &board).await.unwrap();
    assert!(!text.contains("group"), "{text}");
}

#[tokio::test]
async fn what_is_wrong_is_answered_at_once_and_at_its_field() {
    let house = House::new().await;
    let view = house.with_users().await;
    let mut values = chosen_users("");
    values["draft-name"]["value"]["value"] = json!(null);
    values[block(&view, "fields")] = json!({"draft-fields": {"type": "multi_external_select", "selected_options": []}});
    let answer = house.submit(&view, values, "t3").await;
    assert_eq!(answer["response_action"], "errors");
    assert_eq!(answer["errors"]["draft-name"], "A board needs a name.");
    assert_eq!(answer["errors"][block(&view, "fields")], "Choose at least one field.");
    assert_eq!(house.inbox().await, 0);
}

#[tokio::test]
async fn a_saved_board_is_shown_where_it_was_asked_for() {
    let house = House::new().await;
    let view = house.with_users().await;
    let mut values = chosen_users("Mine");
    values[block(&view, "fields")] =
        json!({"draft-fields": {"type": "multi_external_select", "selected_options": [{"value": ":Name"}]}});
    let answer = house.submit(&view, values, "t3").await;
    assert_eq!(answer["response_action"], "update");
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["views.update", "chat.postEphemeral"]);
    assert_eq!(calls[1].1["channel"], "C1");
    assert!(calls[1].1["text"].as_str().unwrap().starts_with("Board Mine: rows 1–3 of 3"));
}

#[tokio::test]
async fn somebody_else_s_draft_and_board_are_not_there() {
    let house = House::new().await;
    let view = house.with_users().await;
    let add = Press::ChangeDraft { draft: draft_of(&view), change: Change::AddGroup };
    let calls = house.in_window("U9", &view, press(&add), json!({}), "t4").await;
    assert!(calls[0].1["view"].to_string().contains("not there any more"), "{calls:?}");
    let board = house.door.boards().list(&house.door.directory().actor(&"T1".into(), &"U1".into())).await.unwrap();
    let edit = press(&Press::EditBoard { board: board[0].id.clone(), part: Part::Filter });
    house
        .interaction(&json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U9"}, "trigger_id": "t5",
            "container": {"channel_id": "C1", "message_ts": "17.9"}, "actions": [edit]}))
        .await;
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls)[..2], ["views.open", "views.update"]);
    assert!(calls[1].1["view"].to_string().contains("not shared with you"));
}

#[tokio::test]
async fn what_happens_in_one_window_is_worked_on_in_order() {
    let house = House::new().await;
    let view = house.with_users().await;
    let add = press(&Press::ChangeDraft { draft: draft_of(&view), change: Change::AddCondition(None) });
    for trigger in ["t6", "t7"] {
        house
            .interaction(&json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": trigger,
                "view": {"type": "modal", "id": "V1", "private_metadata": view["private_metadata"], "state": {"values": {}}},
                "actions": [add]}))
            .await;
    }
    house.clock.advance(Duration::from_secs(1));
    let claims = house.store.queue.claim(&[JobKind::Inbox], 10, Duration::from_secs(60)).await.unwrap();
    assert_eq!(claims.len(), 1, "the second waits for the first");
    house.door.work(&claims[0]).await.unwrap();
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(calls.last().unwrap().1["view"].to_string().matches("Choose a field").count(), 2);
}
