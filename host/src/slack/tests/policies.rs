//! Approval policies, as an admin edits them: the window, what it is about, what is wrong at its field, and what was saved; and the
//! copies of a card that several people must approve.

use super::*;
use crate::actions::{RequestState, RequestView, Why};
use crate::slack::fixtures;
use crate::slack::flow::cards;
use crate::slack::press::Press;

impl House {
    /// The window as it was last drawn.
    fn drawn(&self) -> Json {
        let calls = self.slack.take();
        calls.last().map(|(_, call)| call["view"].clone()).unwrap_or_default()
    }

    async fn opened(&self, user: &str) -> Json {
        let home = json!({"view": {"id": "V0", "type": "home"}});
        self.pressed(user, Press::Policies { connection: "c1".into() }, &home).await;
        self.drawn()
    }

    /// Chooses what the window is about.
    async fn about(&self, window: &Json, action: &str) -> Json {
        let payload = json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U2"}, "trigger_id": format!("{action}{}", self.clock.now()),
            "view": {"id": "V1", "type": "modal", "private_metadata": window["private_metadata"]},
            "actions": [{"type": "external_select", "action_id": "policy-of", "block_id": "x",
                "selected_option": {"value": action}}]});
        self.interaction(&payload).await;
        self.work().await;
        self.drawn()
    }

    /// Sends the window with these fields changed. Answers what Slack is told at once.
    async fn saved(&self, user: &str, window: &Json, changed: &[(&str, Json)]) -> Json {
        let mut values = initial(window);
        for (field, value) in changed {
            let place =
                values.as_object_mut().unwrap().iter_mut().find(|(block, _)| block.contains(&format!("/{field}/")));
            place.unwrap().1["value"] = value.clone();
        }
        let trigger = format!("{user}{}", self.clock.now());
        let payload = json!({"type": "view_submission", "team": {"id": "T1"}, "user": {"id": user}, "trigger_id": trigger,
            "view": {"id": "V1", "type": "modal", "private_metadata": window["private_metadata"],
                "state": {"values": values}}});
        let answer = self.interaction(&payload).await.json().await.unwrap();
        self.work().await;
        answer
    }
}

/// What stands in the window before anybody touched it, as Slack sends it.
fn initial(window: &Json) -> Json {
    let mut values = json!({});
    for block in window["blocks"].as_array().unwrap().iter().filter(|block| block["type"] == "input") {
        let element = &block["element"];
        values[block["block_id"].as_str().unwrap()] = json!({"value": {
            "type": element["type"], "value": element["initial_value"], "selected_option": element["initial_option"],
            "selected_options": element["initial_options"], "selected_users": element["initial_users"],
            "selected_user": element["initial_user"]}});
    }
    values
}

fn chosen(value: &str) -> Json {
    json!({"type": "static_select", "selected_option": {"value": value}})
}

fn people(users: &[&str]) -> Json {
    json!({"type": "multi_users_select", "selected_users": users})
}

#[tokio::test]
async fn an_admin_says_whose_approval_an_action_needs() {
    let house = House::new().await;
    let window = house.opened("U2").await;
    assert_eq!(window["title"]["text"], "Approval policies");
    assert!(window.to_string().contains("As the operator set it"), "{window}");

    let ask = json!({"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": "U2"}, "action_id": "policy-of",
        "block_id": "x", "value": "remove", "view": {"id": "V1", "type": "modal", "private_metadata": window["private_metadata"]}});
    let found: Json = house.interaction(&ask).await.json().await.unwrap();
    assert_eq!(found["options"][0]["value"], "remove-role");

    let window = house.about(&window, "remove-role").await;
    assert!(window.to_string().contains("It removes access or data"), "{window}");
    let two = [("stands", chosen("own")), ("needed", chosen("2")), ("who", chosen("named"))];
    let wrong = house.saved("U2", &window, &[&two[..], &[("people", people(&["U1"]))]].concat()).await;
    assert_eq!(wrong["response_action"], "errors");
    let errors = wrong["errors"].as_object().unwrap();
    assert_eq!(
        errors.iter().collect::<Vec<_>>(),
        [(
            &"policy/needed/remove-role".to_owned(),
            &json!("Only 1 person is named, so 2 approvals could never come together.")
        )]
    );
    assert!(house.slack.take().is_empty(), "nothing was taken on");

    let right = [&two[..], &[("people", people(&["U1", "U7", "W3"]))]].concat();
    assert_eq!(house.saved("U2", &window, &right).await["response_action"], "update");
    let said = house.drawn().to_string();
    let words = "Remove role, on “Acme”: Needs the approval of 2 of <@U1>, <@U7> and <@W3> other than the requester. Waits 72 hours. A \
                 reason is required.";
    assert!(said.contains(words), "{said}");

    // A window that was open meanwhile knows nothing of it.
    house.saved("U2", &window, &[("stands", chosen("off"))]).await;
    let said = house.drawn().to_string();
    assert!(said.contains("Somebody else changed these approval policies meanwhile. Nothing was saved"), "{said}");
    let window = house.opened("U2").await;
    let window = house.about(&window, "remove-role").await;
    assert!(window.to_string().contains(r#""initial_users":["U1","U7","W3"]"#), "{window}");
    house.saved("U2", &window, &[("stands", chosen("off"))]).await;
    let said = house.drawn().to_string();
    assert!(said.contains("Remove role, on “Acme”: Off: nobody can ask for it."), "{said}");
    let audit = house.store.control.audit(&"T1".into(), 0, 10).await.unwrap();
    let changes: Vec<&str> = audit.iter().map(|record| record.event.what.as_str()).collect();
    assert_eq!(changes, ["policy.changed", "policy.changed"]);
}

#[tokio::test]
async fn the_default_of_the_connection_is_changed_in_the_same_window() {
    let house = House::new().await;
    let window = house.opened("U2").await;
    let hours = |hours: &str| json!({"type": "number_input", "value": hours});
    let late = [("stands", chosen("own")), ("expiry", hours("4")), ("reminder", hours("24"))];
    let wrong = house.saved("U2", &window, &late).await;
    assert_eq!(wrong["errors"]["policy/reminder/*"], "The reminder must come before the request expires.");
    let right = [("stands", chosen("own")), ("expiry", hours("4")), ("reminder", hours("2"))];
    house.saved("U2", &window, &right).await;
    let said = house.drawn().to_string();
    assert!(said.contains("The default, on “Acme”: Needs the approval of an admin or the owner"), "{said}");
    assert!(said.contains("Waits 4 hours."), "{said}");
}

#[tokio::test]
async fn who_is_no_admin_neither_sees_the_window_nor_saves_by_it() {
    let house = House::new().await;
    let window = house.opened("U1").await;
    assert!(window.to_string().contains("Only <@U2> or <@W3> can change the approval policies of “Acme”"), "{window}");
    let window = house.opened("U2").await;
    house.saved("U1", &window, &[("stands", chosen("own"))]).await;
    let said = house.drawn().to_string();
    assert!(said.contains("Only <@U2> or <@W3> can change the approval policies"), "{said}");
    assert!(house.store.control.audit(&"T1".into(), 0, 10).await.unwrap().is_empty());
}

fn two(yes: &[&str]) -> RequestView {
    RequestView {
        needed: 2,
        approvals: yes.iter().map(|user| fixtures::said(user, true)).collect(),
        ..fixtures::request(RequestState::Waiting)
    }
}

async fn told(house: &House, view: &RequestView, why: Why) -> Vec<(String, Json)> {
    let session = house.door.session(&"T1".into()).unwrap();
    cards::bring_up_to_date(&house.door, &session, &"T1".into(), view, why).await.unwrap();
    house.slack.take()
}

fn channels(calls: &[(String, Json)], wanted: &str) -> Vec<String> {
    let calls = calls.iter().filter(|(method, _)| method == wanted);
    calls.map(|(_, call)| call["channel"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn every_copy_says_how_many_have_approved() {
    let house = House::new().await;
    told(&house, &two(&[]), Why::Changed).await;
    let calls = told(&house, &two(&["W3"]), Why::Changed).await;
    assert_eq!(channels(&calls, "chat.update"), ["DU1", "DU2", "DW3"]);
    for (_, call) in &calls {
        let card = call["blocks"].to_string();
        assert!(card.contains("1 of 2 approved: <@W3>"), "{card}");
        assert_eq!(card.contains("press.approve"), call["channel"] == "DU2", "{card}");
        assert_eq!(card.contains("You approved this"), call["channel"] == "DW3", "{card}");
    }
    assert!(told(&house, &two(&["W3"]), Why::Changed).await.is_empty(), "once");
}

#[tokio::test]
async fn who_is_named_and_who_is_asked_later_get_a_copy_beside_the_channel() {
    let house = House::with_approvals(Some("C7")).await;
    let named = RequestView { only_named: true, ..two(&[]) };
    let calls = told(&house, &named, Why::Changed).await;
    assert_eq!(channels(&calls, "chat.postMessage"), ["DU1", "C7", "DU2", "DW3"]);

    let house = House::with_approvals(Some("C7")).await;
    told(&house, &two(&[]), Why::Changed).await;
    let mut later = two(&[]);
    later.approvers.insert(0, "U9".into());
    later.also_asked = Some("U9".into());
    let calls = told(&house, &later, Why::Changed).await;
    assert_eq!(channels(&calls, "chat.postMessage"), ["DU9"]);
    assert_eq!(channels(&calls, "chat.update"), ["DU1", "C7"], "the others see that somebody else is asked");
}
