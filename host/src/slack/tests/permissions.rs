//! Boards on screen when somebody loses a connection: covered in place, back when access is, and the owner is told once.

use super::*;
use crate::slack::press::Press;

impl House {
    fn bar(&self, users: &[&str]) {
        *self.town.barred.lock().unwrap() = users.iter().map(|user| UserId::from(*user)).collect();
    }

    /// What was said since, without the message about the connection itself.
    fn said(&self) -> Vec<(String, String)> {
        let calls = self.slack.take().into_iter();
        let calls = calls.filter(|(method, _)| !method.starts_with("conversations."));
        let texts = calls.map(|(method, call)| (method, call["text"].as_str().unwrap_or_default().to_owned()));
        texts.filter(|(_, text)| !text.starts_with("Acme: ")).collect()
    }
}

fn shown(board: &str) -> Press {
    Press::ShowBoard { board: board.into(), offset: 0, search: None, personal: None }
}

fn ephemeral(house: &House) -> Json {
    json!({"response_url": house.api.join("/response/2").unwrap(),
        "container": {"channel_id": "C1", "message_ts": "17.9", "is_ephemeral": true}})
}

fn names() -> Vec<String> {
    vec!["Person 0".to_owned(), "Person 1".to_owned()]
}

#[tokio::test]
async fn a_board_on_screen_is_covered_and_comes_back_and_its_owner_is_told_once() {
    let house = House::new().await;
    let board = house.board(&names()).await;
    house
        .pressed(
            "U1",
            Press::ShareBoard { board: board.as_str().into(), offset: 0 },
            &json!({"channel": {"id": "C1"},
        "container": {"channel_id": "C1", "message_ts": "17.8"}}),
        )
        .await;
    house.notice().await;
    house.said();

    house.bar(&["U1"]);
    house.notice().await;
    let said = house.said();
    let (method, text) = &said[0];
    assert_eq!(method, "chat.update");
    assert_eq!(
        text,
        "This board is not shown for now: <@U1> may not use “Acme” any more. <@U2> can give them access; then it is back."
    );
    let (method, text) = &said[1];
    assert_eq!(method, "chat.postMessage");
    assert!(text.starts_with("You may not use “Acme”. <@U2> can give you access. Until then these boards of yours are disabled for everybody: “Everyone”"), "{text}");
    assert_eq!(said.len(), 2);
    house.notice().await;
    assert_eq!(house.said(), [], "once");

    house.bar(&[]);
    house.notice().await;
    let said = house.said();
    assert!(said[0].1.contains("Person 0"), "the board is there again: {said:?}");
    assert_eq!(
        said[1],
        ("chat.update".to_owned(), "You may use “Acme” again: your boards that show it are back.".to_owned())
    );
    house.notice().await;
    assert_eq!(house.said(), [], "and that once");
}

#[tokio::test]
async fn what_stands_on_a_private_screen_goes_with_the_next_click() {
    let house = House::new().await;
    let board = house.board(&names()).await;
    house.pressed("U1", shown(&board), &ephemeral(&house)).await;
    assert!(house.said()[0].1.contains("Person 0"));
    house.bar(&["U1"]);
    house.pressed("U1", shown(&board), &ephemeral(&house)).await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["response/2"]);
    assert_eq!(calls[0].1["replace_original"], true);
    let text = calls[0].1["text"].as_str().unwrap();
    assert!(text.contains("not there for you") && !text.contains("Person"), "{text}");
    let ask = json!({"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": "U1"}, "action_id": "choose-row",
        "block_id": format!("row/{board}/n1"), "value": ""});
    let none: Json = house.interaction(&ask).await.json().await.unwrap();
    assert_eq!(none["options"], json!([]), "no row of it is suggested");
    for press in [
        Press::ActOnBoard { board: board.as_str().into() },
        Press::ShareWith { board: board.as_str().into() },
        Press::BoardText { board: board.as_str().into() },
        Press::FilterForMe { board: board.as_str().into() },
        Press::ExportBoard { board: board.as_str().into() },
        Press::RenameBoard { board: board.as_str().into() },
    ] {
        house.pressed("U1", press.clone(), &ephemeral(&house)).await;
        let calls = house.slack.take();
        let (_, last) = calls.last().unwrap();
        assert!(last.to_string().contains("not there for you"), "{press:?}: {last}");
        assert!(last.to_string().contains("<@U2> can give you access"), "{press:?}: {last}");
    }
}

#[tokio::test]
async fn a_change_whose_notice_was_cut_off_is_told_after_the_crash() {
    let house = House::new().await;
    let board = house.board(&names()).await;
    house.pressed("U1", shown(&board), &ephemeral(&house)).await;
    house.notice().await;
    house.said();
    house.bar(&["U1"]);
    let job = Job {
        id: "notify/connection/c1/permissions-1/1".into(),
        kind: JobKind::Notify,
        lane: None,
        due: house.clock.now(),
        payload: br#"{"connection":"c1"}"#.to_vec(),
    };
    house.store.control.commit(&"T1".into(), WriteSet::default().enqueue(job)).await.unwrap();
    // Taken by a worker that died with it, after the board was covered and before the owner was told.
    let claims = house.store.queue.claim(&[JobKind::Notify], 10, Duration::from_secs(60)).await.unwrap();
    assert_eq!(claims.len(), 1);
    house.slack.failing.lock().unwrap().extend([("chat.postMessage", "internal_error"); 4]);
    assert!(house.door.work(&claims[0]).await.is_err());
    assert!(house.said()[0].1.contains("not there for you"));
    house.clock.advance(Duration::from_secs(61));
    house.work().await;
    let said = house.said();
    let told = said.iter().filter(|(_, text)| text.contains("boards of yours are disabled")).count();
    assert_eq!(told, 1, "{said:?}");
    assert!(said.iter().all(|(method, _)| method != "response/2"), "what is covered is left alone: {said:?}");
    house.notice().await;
    assert_eq!(house.said(), [], "all is told");
}

#[tokio::test]
async fn an_admin_says_who_may_use_a_connection() {
    let house = House::new().await;
    house
        .pressed("U2", Press::Permissions { connection: "c1".into() }, &json!({"view": {"id": "V0", "type": "home"}}))
        .await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["views.open", "views.update"]);
    let view = &calls[1].1["view"];
    assert!(view.to_string().contains("Only these people"), "{view}");
    let metadata = view["private_metadata"].as_str().unwrap();
    let sent = |who: &str, people: &[&str]| {
        let trigger = format!("{who}{}", people.len());
        json!({"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U2"}, "trigger_id": trigger,
            "view": {"id": "V1", "type": "modal", "private_metadata": metadata, "state": {"values": {
                "who": {"value": {"type": "static_select", "selected_option": {"value": who}}},
                "people": {"value": {"type": "multi_users_select", "selected_users": people}}}}}})
    };
    for (who, people, expected) in [
        ("everyone", &["U1"][..], "is for everyone from now on"),
        ("only", &["U1", "U7"], "is for 2 people and admins"),
        ("only", &[], "is for admins only"),
    ] {
        house.interaction(&sent(who, people)).await;
        house.work().await;
        let calls = house.slack.take();
        assert!(calls.last().unwrap().1.to_string().contains(expected), "{calls:?}");
    }
}
