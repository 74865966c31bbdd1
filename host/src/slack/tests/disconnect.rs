//! Pausing, resuming and disconnecting as Slack meets it: who may, what is asked, and what becomes of what is on a screen.

use super::*;
use crate::boards::Board;
use crate::connections::Gone;
use crate::slack::address::{BoardOnScreen, ConnectionMessage, OwnerMessage};
use crate::slack::press::Press;

impl House {
    /// A click in a Home.
    async fn at_home(&self, user: &str, press: Press) -> Vec<(String, Json)> {
        self.slack.take();
        self.pressed(user, press, &json!({"view": {"id": "V0", "type": "home"}})).await;
        self.slack.take()
    }

    /// The board is posted to a channel.
    async fn posted(&self, board: &str) {
        let place = json!({"channel": {"id": "C1"}, "container": {"channel_id": "C1", "message_ts": "17.8"}});
        self.pressed("U1", Press::ShareBoard { board: board.into(), offset: 0 }, &place).await;
    }

    /// The name is typed and sent. What Slack is answered at once.
    async fn types_name(&self, user: &str, metadata: &Json, name: &str) -> Json {
        let payload = json!({"type": "view_submission", "team": {"id": "T1"}, "user": {"id": user},
            "trigger_id": format!("{name}{}", self.clock.now()),
            "view": {"id": "V1", "type": "modal", "private_metadata": metadata, "state": {"values": {
                "connection-name": {"value": {"type": "plain_text_input", "value": name}}}}}});
        self.interaction(&payload).await.json().await.unwrap_or_default()
    }
}

#[tokio::test]
async fn an_admin_pauses_and_resumes_and_a_member_does_not() {
    let house = House::new().await;
    let calls = house.at_home("U1", Press::Pause { connection: "c1".into() }).await;
    let (method, call) = calls.last().unwrap();
    assert_eq!(method, "chat.postMessage");
    assert!(call["text"].as_str().unwrap().contains("Nothing was done."), "{call}");
    assert!(house.town.tile.lock().unwrap().paused.is_none());

    let calls = house.at_home("U2", Press::Pause { connection: "c1".into() }).await;
    assert!(calls.is_empty(), "the tile says it: {calls:?}");
    assert!(house.town.tile.lock().unwrap().paused.is_some());
    house.notice().await;
    let said = house.slack.take();
    assert!(said.last().unwrap().1.to_string().contains("paused by <@U2> on"), "{said:?}");
    house.at_home("U2", Press::Resume { connection: "c1".into() }).await;
    assert!(house.town.tile.lock().unwrap().paused.is_none());
}

#[tokio::test]
async fn disconnecting_names_what_goes_and_wants_the_name() {
    let house = House::new().await;
    house.board(&["Ada".to_owned()]).await;
    let calls = house.at_home("U1", Press::Disconnect { connection: "c1".into() }).await;
    assert!(calls.last().unwrap().1.to_string().contains("Only admins do that"), "{calls:?}");

    let calls = house.at_home("U2", Press::Disconnect { connection: "c1".into() }).await;
    assert_eq!(SlackApi::methods(&calls), ["views.open", "views.update"]);
    let view = &calls[1].1["view"];
    for part in ["Everyone of <@U1>", "No open request is on it", "Type “Acme *Corp*” to disconnect it"] {
        assert!(view.to_string().contains(part), "{part}: {view}");
    }
    let refused = house.types_name("U2", &view["private_metadata"], "Acme").await;
    assert_eq!(refused["response_action"], "errors");
    let sentence = refused["errors"]["connection-name"].as_str().unwrap();
    assert!(sentence.contains("it is called “Acme *Corp*”. Nothing was done."), "{sentence}");
    assert!(!house.town.tile.lock().unwrap().is_leaving);

    // A member who forges the window is told no, too.
    house.types_name("U1", &view["private_metadata"], "Acme *Corp*").await;
    house.work().await;
    assert!(!house.town.tile.lock().unwrap().is_leaving);

    house.slack.take();
    let taken = house.types_name("U2", &view["private_metadata"], "Acme *Corp*").await;
    assert_eq!(taken["response_action"], "update");
    house.work().await;
    let calls = house.slack.take();
    assert!(calls.last().unwrap().1.to_string().contains("is being disconnected"), "{calls:?}");
    assert!(house.town.tile.lock().unwrap().is_leaving);
}

#[tokio::test]
async fn boards_on_screen_are_covered_and_addresses_are_forgotten() {
    let house = House::new().await;
    let workspace = WorkspaceId::from("T1");
    let board = house.board(&["Ada".to_owned()]).await;
    house.posted(&board).await;
    house.notice().await;
    let owner = OwnerMessage {
        connection: "c1".into(),
        title: "Acme".into(),
        owner: "U1".into(),
        channel: "DU1".into(),
        ts: "17.1".into(),
    };
    let write = WriteSet::default().put(&owner).delete::<Board>(board);
    house.store.control.commit(&workspace, write).await.unwrap();
    house.slack.take();

    let gone = Gone { connection: "c1".into(), title: "Acme".into(), by: "U2".into() };
    let tell = async |id: &str| {
        let job = Job {
            id: id.to_owned(),
            kind: JobKind::Notify,
            lane: None,
            due: house.clock.now(),
            payload: json!({ "gone": gone }).to_string().into_bytes(),
        };
        house.store.control.commit(&workspace, WriteSet::default().enqueue(job)).await.unwrap();
        house.work().await;
        house.slack.take()
    };
    let calls = tell("g1").await;
    assert_eq!(SlackApi::methods(&calls), ["chat.update"]);
    let text = calls[0].1["text"].as_str().unwrap();
    assert!(text.contains("<@U2> disconnected “Acme”") && !text.contains("Ada"), "{text}");
    let screens = house.store.control.list::<BoardOnScreen>(&workspace, None, 10).await.unwrap();
    assert!(screens.is_empty());
    // The connection itself is still there, and so is the message about it.
    assert!(house.store.control.load::<ConnectionMessage>(&workspace, "c1").await.unwrap().is_some());

    house.town.is_gone.store(true, Ordering::SeqCst);
    let calls = tell("g2").await;
    assert_eq!(SlackApi::methods(&calls), ["chat.update"]);
    assert!(calls[0].1["text"].as_str().unwrap().contains("was disconnected by <@U2>"), "{calls:?}");
    assert!(house.store.control.load::<ConnectionMessage>(&workspace, "c1").await.unwrap().is_none());
    assert!(house.store.control.list::<OwnerMessage>(&workspace, None, 10).await.unwrap().is_empty());
    assert!(tell("g3").await.is_empty(), "once");
}

#[tokio::test]
async fn a_board_that_was_deleted_is_covered_by_whatever_draws_it_again() {
    let house = House::new().await;
    let board = house.board(&["Ada".to_owned()]).await;
    house.posted(&board).await;
    house.store.control.commit(&"T1".into(), WriteSet::default().delete::<Board>(board)).await.unwrap();
    house.slack.take();
    house.notice().await;
    let calls = house.slack.take();
    let covered =
        calls.iter().filter(|(method, call)| method == "chat.update" && call["text"] == "This board was deleted.");
    assert_eq!(covered.count(), 1, "{calls:?}");
}
