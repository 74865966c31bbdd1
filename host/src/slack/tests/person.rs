//! The window of a row: who it is in another tool, and what an admin says of that, over signed HTTP.

use super::boards::store;
use super::builder::press;
use super::*;
use crate::boards::{ConnectionCatalog, Definition, NewBoard, NewSharing};
use crate::domain::{Description, Field, FieldType, IdentityKey, Normalizer, ObjectType, Row, Value};
use crate::slack::press::Press;

const FIELDS: [&str; 3] = ["Id", "Name", "Email"];

/// People of a tool, known by their e-mail address.
fn tool(connection: &str, title: &str) -> ConnectionCatalog {
    let user = ObjectType {
        fields: FIELDS.iter().map(|name| Field::plain(name, FieldType::Text)).collect(),
        identities: vec![IdentityKey { kind: "email".into(), field: "Email".into(), normalizer: Normalizer::Email }],
        ..boards::user()
    };
    ConnectionCatalog {
        connection: connection.into(),
        integration: connection.into(),
        title: title.into(),
        description: Description { objects: vec![user], ..Description::default() },
        ..boards::catalog()
    }
}

fn person(key: &str, name: &str, email: &str) -> Row {
    Row { key: key.into(), values: [key, name, email].map(Value::from).to_vec() }
}

struct People {
    house: House,
    board: String,
}

impl People {
    /// A board of U1, which everyone may view, over users of one tool with their name in another.
    async fn new() -> Self {
        let house = House::new().await;
        let crm = [
            person("c0", "Ada", "ada@acme.example"),
            person("c1", "Grace", "grace@acme.example"),
            person("c2", "Bob", "bob@acme.example"),
        ];
        let okta = [
            person("o0", "Ada L.", "ADA@acme.example"),
            person("o1", "Grace H.", "grace@acme.example"),
            person("o2", "Grace M.", "grace@acme.example"),
            person("o3", "Robert", "robert@home.example"),
        ];
        store(&house, tool("crm", "Acme"), &crm, 1).await;
        store(&house, tool("okta", "Okta"), &okta, 1).await;
        let actor = house.door.directory().actor(&"T1".into(), &"U1".into());
        let definition =
            r#"{"connection": "crm", "object": "User", "columns": ["Name", "@okta/User.Name", "@okta/User.@match"]}"#;
        let new = NewBoard { name: "Everyone".into(), definition: Definition::parse(definition).unwrap() };
        let board = house.door.boards().create(&actor, new).await.unwrap();
        let everyone = NewSharing { everyone: Some(crate::boards::Right::Viewer), ..NewSharing::default() };
        house.door.boards().share(&actor, &board, &everyone).await.unwrap();
        Self { house, board: board.0 }
    }

    /// This person chooses a row. Answers the window.
    async fn look(&self, user: &str, key: &str) -> Json {
        let payload = json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": user}, "trigger_id": format!("{user}{key}"),
            "response_url": self.house.api.join("/response/2").unwrap(),
            "container": {"channel_id": "C1", "message_ts": "17.9", "is_ephemeral": true},
            "actions": [{"action_id": "look-at-row", "block_id": format!("row/{}/n1", self.board),
                "selected_option": {"value": key}}]});
        self.house.interaction(&payload).await;
        self.house.work().await;
        let calls = self.house.slack.take();
        assert_eq!(SlackApi::methods(&calls), ["views.open", "views.update"]);
        calls[1].1["view"].clone()
    }

    /// This person does something in the window. Answers the window after it, and what else Slack was called for.
    async fn does(&self, user: &str, view: &Json, action: Json) -> (Json, Vec<(String, Json)>) {
        let trigger = blake3::hash(action.to_string().as_bytes()).to_hex().to_string();
        let payload = json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": user},
            "trigger_id": format!("{user}{trigger}{}", self.house.clock.now()),
            "view": {"type": "modal", "id": "V1", "private_metadata": view["private_metadata"], "state": {"values": {}}},
            "actions": [action]});
        self.house.interaction(&payload).await;
        self.house.work().await;
        let mut calls = self.house.slack.take();
        assert_eq!(calls[0].0, "views.update", "{calls:?}");
        (calls.remove(0).1["view"].clone(), calls)
    }

    /// The board of U1 as a message that is kept up to date.
    async fn on_screen(&self) {
        self.house
            .interaction(
                &json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "s1",
                "container": {"channel_id": "C1", "message_ts": "17.9"},
                "actions": [press(&Press::ShareBoard { board: self.board.as_str().into(), offset: 0 })]}),
            )
            .await;
        self.house.work().await;
        assert_eq!(SlackApi::methods(&self.house.slack.take()), ["chat.postMessage"]);
    }

    async fn audited(&self) -> Vec<(String, Option<String>)> {
        let records = self.house.store.control.audit(&"T1".into(), 0, 100).await.unwrap();
        let of_people = records.into_iter().filter(|record| record.event.what.starts_with("person."));
        of_people.map(|record| (record.event.what, record.event.actor.map(|actor| actor.user.0))).collect()
    }
}

/// The first button with this text.
fn button(view: &Json, text: &str) -> Json {
    let mut found = Vec::new();
    gather(view, &mut |element| {
        if element["type"] == "button" && element["text"]["text"] == text {
            found.push(json!({"action_id": element["action_id"], "block_id": "x", "value": element["value"]}));
        }
    });
    found.into_iter().next().unwrap_or_else(|| panic!("no button {text} in {view}"))
}

/// The block of the select over accounts.
fn select(view: &Json) -> String {
    let blocks = view["blocks"].as_array().unwrap();
    let block = blocks.iter().find(|block| block["accessory"]["action_id"] == "choose-account");
    block.unwrap_or_else(|| panic!("no select in {view}"))["block_id"].as_str().unwrap().to_owned()
}

fn gather(json: &Json, found: &mut impl FnMut(&Json)) {
    found(json);
    match json {
        Json::Object(members) => members.values().for_each(|member| gather(member, found)),
        Json::Array(items) => items.iter().for_each(|item| gather(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn an_admin_links_two_accounts_and_takes_it_back_and_boards_follow() {
    let people = People::new().await;
    people.on_screen().await;
    let view = people.look("U2", "c2").await;
    assert!(view.to_string().contains("No match (same e-mail address)."), "{view}");
    let ask = |user: &str, words: &str| {
        json!({"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": user}, "action_id": "choose-account",
            "block_id": select(&view), "value": words, "view": {"private_metadata": view["private_metadata"]}})
    };
    let offered: Json = people.house.interaction(&ask("U2", "home.example")).await.json().await.unwrap();
    assert_eq!(
        offered["options"],
        json!([{"text": {"type": "plain_text", "text": "Robert", "emoji": false}, "value": "o3",
        "description": {"type": "plain_text", "text": "robert@home.example", "emoji": false}}])
    );
    let none: Json = people.house.interaction(&ask("U1", "")).await.json().await.unwrap();
    assert_eq!(none["options"], json!([]), "U1 is no admin");

    let choose = json!({"action_id": "choose-account", "block_id": select(&view), "selected_option": {"value": "o3"}});
    let (view, calls) = people.does("U2", &view, choose).await;
    let shown = view.to_string();
    assert!(shown.contains("Robert (robert@home.example) · linked by an admin"), "{shown}");
    assert!(shown.contains("Said by <@U2>, <!date^"), "{shown}");
    assert_eq!(
        SlackApi::methods(&calls),
        ["chat.update", "response/2"],
        "the boards on screen follow, also the one clicked in"
    );
    assert!(calls[0].1["blocks"].to_string().contains("Robert"));

    let (view, calls) = people.does("U2", &view, button(&view, "Take back")).await;
    assert!(view.to_string().contains("No match"), "{view}");
    assert!(!calls[0].1["blocks"].to_string().contains("Robert"));
    let by_owner = |what: &str| (what.to_owned(), Some("U2".to_owned()));
    assert_eq!(people.audited().await, [by_owner("person.linked"), by_owner("person.unsaid")]);
}

#[tokio::test]
async fn of_several_that_match_an_admin_says_who_it_is_not() {
    let people = People::new().await;
    let view = people.look("U2", "c1").await;
    assert!(view.to_string().contains("2 accounts match · same e-mail address. None is picked."), "{view}");
    let (view, _) = people.does("U2", &view, button(&view, "Not the same person")).await;
    let shown = view.to_string();
    assert!(shown.contains("Grace M. (grace@acme.example) · same e-mail address"), "{shown}");
    assert!(shown.contains("Not the same person: Grace H."), "{shown}");
    let (view, calls) = people.does("U2", &view, button(&view, "Take back")).await;
    assert!(view.to_string().contains("None is picked"), "{view}");
    assert!(calls[0].1["blocks"].to_string().contains("several matches"), "{calls:?}");
}

#[tokio::test]
async fn who_is_no_admin_sees_it_and_is_told_who_may_say() {
    let people = People::new().await;
    let view = people.look("U7", "c0").await;
    let shown = view.to_string();
    assert!(shown.contains("Ada L. (ADA@acme.example) · same e-mail address"), "{shown}");
    assert!(shown.contains("Only an admin may say who is who."), "{shown}");
    assert!(
        !shown.contains("\"button\"") && !shown.contains("choose-account") && !shown.contains("choose-action"),
        "{shown}"
    );
    let (again, _) = people.does("U7", &view, press(&Press::OtherTools)).await;
    assert!(again.to_string().contains("Ada L. (ADA@acme.example)"), "{again}");
    // A click that the window does not offer.
    let other = crate::domain::RecordRef { connection: "okta".into(), object: "User".into(), key: "o0".into() };
    let forged = press(&Press::NotSamePerson { other });
    let (view, _) = people.does("U7", &view, forged).await;
    assert!(view.to_string().contains("Only an admin may say who is who across tools. Nothing was changed."), "{view}");
    assert!(people.audited().await.is_empty());
    let owner = people.look("U1", "c0").await.to_string();
    assert!(owner.contains("What do you want to do?") || owner.contains("No action is available"), "{owner}");
}

#[tokio::test]
async fn what_changed_meanwhile_has_a_plain_answer() {
    let people = People::new().await;
    let view = people.look("U2", "c2").await;
    let choose = |key: &str| json!({"action_id": "choose-account", "block_id": select(&view), "selected_option": {"value": key}});
    let (gone, _) = people.does("U2", &view, choose("o9")).await;
    assert!(gone.to_string().contains("This account is not in Okta any more"), "{gone}");
    people.does("U2", &view, choose("o3")).await;
    let (twice, _) = people.does("U2", &view, choose("o3")).await;
    assert!(twice.to_string().contains("<@U2> said so"), "{twice}");
    let ada = people.look("U2", "c0").await;
    let other = crate::domain::RecordRef { connection: "okta".into(), object: "User".into(), key: "o3".into() };
    let link = press(&Press::SamePerson { other });
    let (taken, _) = people.does("U2", &ada, link).await;
    assert!(
        taken.to_string().contains("Robert is linked with Bob in Acme already, as <@U2> said. Take that back first."),
        "{taken}"
    );
    assert_eq!(people.audited().await.len(), 1);
}
