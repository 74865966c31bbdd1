//! The copies of a card: posted once, whatever is delivered again; updated in place; results in the thread.

use super::*;
use crate::actions::{RequestState, Why};
use crate::slack::address::CardAddresses;
use crate::slack::fixtures;
use crate::slack::flow::{FlowError, cards};

/// Tells of this view, as a notice of the request does.
async fn bring(house: &House, view: &crate::actions::RequestView, why: Why) -> Result<(), FlowError> {
    let session = house.door.session(&"T1".into()).unwrap();
    cards::bring_up_to_date(&house.door, &session, &"T1".into(), view, why).await
}

async fn told(house: &House, state: RequestState, why: Why) -> Vec<(String, Json)> {
    bring(house, &fixtures::request(state), why).await.unwrap();
    house.slack.take()
}

fn posts(calls: &[(String, Json)]) -> Vec<&str> {
    calls
        .iter()
        .filter(|(method, _)| method == "chat.postMessage")
        .map(|(_, call)| call["channel"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn each_reader_gets_one_copy_however_often_it_is_told() {
    let house = House::new().await;
    let first = told(&house, RequestState::Waiting, Why::Changed).await;
    assert_eq!(posts(&first), ["DU1", "DU2", "DW3"]);
    assert!(told(&house, RequestState::Waiting, Why::Changed).await.is_empty());
}

#[tokio::test]
async fn a_channel_takes_the_place_of_messages_to_each_approver() {
    let house = House::with_approvals(Some("C7")).await;
    assert_eq!(posts(&told(&house, RequestState::Waiting, Why::Changed).await), ["DU1", "C7"]);
}

#[tokio::test]
async fn a_failure_between_two_copies_costs_no_address_and_posts_none_twice() {
    let house = House::new().await;
    let view = fixtures::request(RequestState::Waiting);
    // The third reader's conversation cannot be opened: internal errors are tried four times, then go back to the queue.
    let failing = house.slack.failing.clone();
    bring(&house, &view_for(&view, &["U2"]), Why::Changed).await.unwrap();
    house.slack.take();
    failing.lock().unwrap().extend([("conversations.open", "internal_error"); 4]);
    bring(&house, &view, Why::Changed).await.unwrap_err();
    house.slack.take();
    bring(&house, &view, Why::Changed).await.unwrap();
    assert_eq!(posts(&house.slack.take()), ["DW3"]);
    let kept = house.store.control.load::<CardAddresses>(&"T1".into(), "r1").await.unwrap().unwrap();
    assert_eq!(kept.value.copies.len(), 3);
}

fn view_for(view: &crate::actions::RequestView, approvers: &[&str]) -> crate::actions::RequestView {
    crate::actions::RequestView {
        approvers: approvers.iter().map(|user| UserId::from(*user)).collect(),
        ..view.clone()
    }
}

#[tokio::test]
async fn a_decision_updates_every_copy_and_results_go_into_threads() {
    let house = House::new().await;
    told(&house, RequestState::Waiting, Why::Changed).await;
    let denied = told(&house, RequestState::Denied, Why::Changed).await;
    assert_eq!(SlackApi::methods(&denied), ["chat.update"; 3]);
    assert!(denied.iter().all(|(_, call)| !call["blocks"].to_string().contains("press.approve")));

    let house = House::new().await;
    told(&house, RequestState::Waiting, Why::Changed).await;
    told(&house, RequestState::Running, Why::Progress).await;
    let done = told(&house, RequestState::PartlyDone, Why::Changed).await;
    let threads: Vec<&Json> =
        done.iter().filter(|(method, _)| method == "chat.postMessage").map(|(_, call)| call).collect();
    let channels: Vec<&str> = threads.iter().map(|call| call["channel"].as_str().unwrap()).collect();
    assert_eq!(channels, ["DU1", "DU2"], "who asked, and who decided");
    assert!(
        threads.iter().all(|call| call["thread_ts"].is_string() && call["text"].as_str().unwrap().contains("1 failed"))
    );
    assert!(told(&house, RequestState::PartlyDone, Why::Changed).await.is_empty());
}

#[tokio::test]
async fn a_reminder_is_posted_once_under_each_waiting_card() {
    let house = House::new().await;
    told(&house, RequestState::Waiting, Why::Changed).await;
    let reminded = told(&house, RequestState::Waiting, Why::Reminder).await;
    assert_eq!(posts(&reminded), ["DU2", "DW3"]);
    assert!(told(&house, RequestState::Waiting, Why::Reminder).await.is_empty());
}

#[tokio::test]
async fn a_copy_that_is_gone_is_forgotten() {
    let house = House::new().await;
    told(&house, RequestState::Waiting, Why::Changed).await;
    house.slack.failing.lock().unwrap().push(("chat.update", "message_not_found"));
    told(&house, RequestState::Denied, Why::Changed).await;
    let kept = house.store.control.load::<CardAddresses>(&"T1".into(), "r1").await.unwrap().unwrap();
    assert_eq!(kept.value.copies.len(), 2);
}

#[tokio::test]
async fn nobody_is_asked_about_a_preview_or_after_the_decision() {
    let house = House::new().await;
    assert!(told(&house, RequestState::Prepared, Why::Changed).await.is_empty());
    let late = told(&house, RequestState::Done, Why::Changed).await;
    assert_eq!(posts(&late), ["DU1", "DU1"], "the requester's card, and its results");
}
