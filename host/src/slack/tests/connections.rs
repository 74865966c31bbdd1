//! How a connection stands: one message for who connected it, and the Homes of who looks, as long as it is fetched.

use super::*;

impl House {
    async fn fetching(&self, is_fetching: bool, line: &str) {
        let mut tile = self.town.tile.lock().unwrap();
        tile.is_fetching = is_fetching;
        tile.status = if is_fetching { "Syncing".into() } else { "Connected".into() };
        tile.progress = vec![line.to_owned()];
    }

    async fn home_opened(&self, event: &str) {
        let event = json!({"type": "event_callback", "team_id": "T1", "event_id": event,
            "event": {"type": "app_home_opened", "user": "U1", "tab": "home"}});
        self.send("/slack/events", &event.to_string()).await;
        self.work().await;
    }
}

#[tokio::test]
async fn a_fetch_is_followed_until_it_ends_in_one_message() {
    let house = House::new().await;
    house.home_opened("Ev1").await;
    house.slack.take();
    house.fetching(true, "User: 100 records so far").await;
    house.notice().await;
    assert_eq!(SlackApi::methods(&house.slack.take()), ["conversations.open", "chat.postMessage", "views.publish"]);

    house.fetching(true, "User: 200 records so far").await;
    house.clock.advance(Duration::from_secs(5));
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["chat.update", "views.publish"]);
    assert!(calls.iter().all(|(_, call)| call.to_string().contains("200 records")));

    house.clock.advance(Duration::from_secs(5));
    house.work().await;
    assert!(house.slack.take().is_empty(), "nothing new to show");

    house.fetching(false, "").await;
    house.clock.advance(Duration::from_secs(5));
    house.work().await;
    assert_eq!(SlackApi::methods(&house.slack.take()), ["chat.update", "views.publish"]);
    house.clock.advance(Duration::from_secs(60));
    house.work().await;
    assert!(house.slack.take().is_empty());
    assert!(house.store.queue.pending().await.unwrap().iter().all(|(_, count)| *count == 0), "nobody looks again");
}

#[tokio::test]
async fn a_home_looked_at_long_ago_is_left_alone() {
    let house = House::new().await;
    house.home_opened("Ev1").await;
    house.clock.advance(Duration::from_secs(3 * 60 * 60));
    house.slack.take();
    house.fetching(true, "User: 100 records so far").await;
    house.notice().await;
    assert!(!SlackApi::methods(&house.slack.take()).contains(&"views.publish"));
}
