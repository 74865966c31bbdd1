//! Fetches that have to stop, and how they go on.

use super::{World, records};
use crate::{
    connections::{Connection, Status},
    store::{AuditEvent, Store, WriteSet},
    sync::tests::world::{START, tenant},
};
use std::time::Duration;
use weft_simulators::feed::Refusal;

fn refusal(class: &'static str, code: &'static str, wait: Option<u32>) -> Option<Refusal> {
    Some(Refusal { class, code, message: "60 % of the API allowance is used.", retry_after_ms: wait })
}

/// Entry is the large object: it comes last, in 40 pages.
async fn world() -> World {
    let world = World::new(100).await;
    world.feed.set("Event", records(5));
    world.feed.set("Loose", records(3));
    world.feed.set("Entry", records(4_000));
    world
}

/// What is due when its hour has come: the scheduled job, which only makes the real one.
async fn hour_comes(world: &World, connection: &Connection) -> crate::store::Claim {
    let due = connection.next_sync.unwrap();
    world.clock.advance(Duration::from_millis((due - world.clock.now()).try_into().unwrap()));
    let scheduled = world.claimed().await.expect("the next fetch is enqueued");
    assert!(scheduled.job.id.contains("/scheduled/"), "{}", scheduled.job.id);
    let job = connection.sync_job(due, false);
    world.store.queue.finish(&scheduled, WriteSet::default().enqueue(job)).await.unwrap();
    world.claimed().await.expect("its hour has come")
}

#[tokio::test]
async fn a_spent_allowance_stops_a_fetch_which_goes_on_where_it_was() {
    let world = world().await;
    let pages = std::iter::repeat_n(None, 20);
    world.feed.refuse("Entry", pages.chain([refusal("exhausted", "budget", Some(5 * 3_600_000))]));
    let stopped = world.fetch().await;
    assert_eq!(stopped.status, Status::Connected, "boards work on with what there is");
    assert_eq!(
        stopped.problem.as_deref(),
        Some(
            "The fetch stopped. 60 % of the API allowance is used. It goes on at 2026-11-24 14:01 UTC; 2 of 3 objects are done."
        )
    );
    assert_eq!((stopped.objects["Event"].rows, stopped.objects["Loose"].rows), (5, 3));
    assert!(!stopped.objects.contains_key("Entry") && world.manifest("Entry").await.is_none());
    assert_eq!(stopped.next_sync, Some(START + 60_000 + 5 * 3_600_000));

    world.feed.take_journal();
    let claim = hour_comes(&world, &stopped).await;
    let done = world.work(&claim).await.unwrap();
    assert_eq!((done.status, done.problem.as_deref()), (Status::Connected, None));
    let asked = world.feed.take_journal();
    assert!(asked.iter().all(|one| one.object == "Entry"), "what is done is not fetched again");
    let first: usize = asked[0].after.as_ref().unwrap().parse().unwrap();
    assert!((500..=2_000).contains(&first), "it goes on from a checkpoint, not from {first}");
    assert_eq!(world.keys("Entry").await.len(), 4_000);
    // The daily rhythm goes on, and the next fetch is a whole one.
    let wait = done.next_sync.unwrap() - world.clock.now();
    assert!((22 * 3_600_000..26 * 3_600_000).contains(&wait), "{wait}");
    let claim = hour_comes(&world, &done).await;
    world.work(&claim).await.unwrap();
    assert_eq!(world.feed.take_journal().iter().filter(|one| one.object != "Entry").count(), 2);
}

#[tokio::test]
async fn a_login_that_ends_in_the_middle_keeps_what_was_read() {
    let world = world().await;
    let pages = std::iter::repeat_n(None, 39);
    world.feed.refuse("Entry", pages.chain([refusal("reauthorize", "INVALID_SESSION_ID", None)]));
    let stopped = world.fetch().await;
    assert_eq!(stopped.status, Status::NeedsReauthorization);
    assert!(
        stopped.problem.unwrap().ends_with("2 of 3 objects are done; the others follow when it is connected again.")
    );
    world.feed.take_journal();
    // Connecting again asks for a fetch.
    let done = world.fetch().await;
    assert_eq!((done.status, done.objects["Entry"].rows), (Status::Connected, 4_000));
    assert!(world.feed.take_journal().len() < 20);
}

#[tokio::test]
async fn a_host_that_dies_in_the_middle_has_the_objects_that_were_done() {
    let world = world().await;
    let pages = std::iter::repeat_n(None, 20);
    let slow = std::iter::repeat_n(refusal("throttled", "bulk-job", Some(60_000)), 100);
    world.feed.refuse("Entry", pages.chain(slow));
    let claim = world.claim().await;
    let all_but_entry = async {
        while world.connection().await.objects.len() < 2 || world.places("Entry").is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        worked = world.work(&claim) => panic!("it is over: {worked:?}"),
        () = all_but_entry => {}
    }
    let found = world.connection().await;
    assert_eq!((found.status, found.objects["Event"].rows, found.objects["Loose"].rows), (Status::Syncing, 5, 3));
    // Another process takes the job when the lease is over.
    world.clock.advance(Duration::from_secs(120));
    let claim = world.claimed().await.unwrap();
    world.feed.set("Entry", records(4_000));
    world.feed.clear_refusals("Entry");
    world.feed.take_journal();
    world.work(&claim).await.unwrap();
    assert!(world.feed.take_journal().iter().all(|one| one.object == "Entry"));
    assert_eq!(world.keys("Entry").await.len(), 4_000);
}

#[tokio::test]
async fn an_object_that_fails_for_the_moment_is_tried_again_before_the_next_day() {
    let world = world().await;
    world.feed.refuse("Event", [refusal("throttled", "TOO_BUSY", Some(600_000))]);
    world.feed.refuse("Loose", [refusal("forbidden", "NO_ACCESS", None)]);
    let first = world.fetch().await;
    assert_eq!(first.objects["Event"].problem.as_deref(), Some("60 % of the API allowance is used."));
    assert_eq!(first.next_sync.unwrap() - world.clock.now(), 30 * 60 * 1000);
    world.feed.take_journal();
    let claim = hour_comes(&world, &first).await;
    let second = world.work(&claim).await.unwrap();
    assert!(world.feed.take_journal().iter().all(|one| one.object != "Entry"));
    assert!(second.objects.values().all(|state| state.problem.is_none()), "{second:?}");
    assert!(second.next_sync.unwrap() - world.clock.now() > 20 * 3_600_000);
}

#[tokio::test]
async fn who_asks_for_a_fetch_gets_all_of_it_also_when_something_is_left_to_try_again() {
    let world = world().await;
    world.feed.refuse("Event", [refusal("throttled", "TOO_BUSY", Some(600_000))]);
    world.fetch().await;
    world.feed.set("Loose", records(7));
    let asked = world.fetch().await;
    assert_eq!((asked.objects["Loose"].rows, asked.objects["Event"].problem.as_deref()), (7, None));
}

#[tokio::test]
async fn small_objects_come_first_and_a_slow_job_lets_others_go_on() {
    let world = World::new(100).await;
    for (object, count) in [("Entry", 900), ("Event", 200), ("Loose", 3)] {
        world.feed.set(object, records(count));
    }
    world.feed.refuse("Loose", [refusal("throttled", "bulk-job", Some(1_000))]);
    let done = world.fetch().await;
    assert!(done.objects.values().all(|state| state.problem.is_none()), "{done:?}");
    let asked: Vec<String> = world.feed.take_journal().into_iter().map(|one| one.object).collect();
    let last = asked.iter().rposition(|object| object == "Loose").unwrap();
    assert!(asked[1..last].iter().filter(|object| *object == "Entry").count() > 1, "{asked:?}");
}

#[tokio::test]
async fn a_listing_that_can_no_longer_be_gone_on_with_is_begun_again() {
    let world = world().await;
    let pages = std::iter::repeat_n(None, 20);
    world.feed.refuse("Entry", pages.chain([refusal("cursor-expired", "INVALID_QUERY_LOCATOR", None)]));
    assert_eq!(world.fetch().await.objects["Entry"].rows, 4_000);
    let places = world.places("Entry");
    assert_eq!((places[0].clone(), places[21].clone(), places.len()), (None, None, 61));
}

#[tokio::test]
async fn a_job_that_is_set_aside_leaves_a_sentence_and_the_next_fetch() {
    let world = world().await;
    let claim = world.claim().await;
    let event = AuditEvent { actor: None, what: "job.abandoned".into(), about: vec![], detail: "8 times".into() };
    world.syncs.set_aside(&claim, "REF12345", event.clone()).await.unwrap();
    let found = world.connection().await;
    assert_eq!(found.status, Status::Error);
    assert!(found.problem.as_ref().unwrap().contains("REF12345"), "{found:?}");
    assert!(world.audit().await.contains(&"job.abandoned".to_owned()));
    let claim = hour_comes(&world, &found).await;
    assert_eq!(world.work(&claim).await.unwrap().status, Status::Connected);

    // A connection that is gone meanwhile leaves nothing behind.
    let claim = world.claim().await;
    let store: &Store = &world.store;
    store.control.commit(&tenant(), WriteSet::default().delete::<Connection>("c1")).await.unwrap();
    world.syncs.set_aside(&claim, "REF12345", event).await.unwrap();
    assert!(world.claimed().await.is_none());
}

#[tokio::test]
async fn findings_larger_than_a_stored_value_do_not_end_the_daily_chain() {
    let world = World::new(100).await;
    world.feed.set("Entry", records(10));
    world.feed.found("Entry", |found| {
        found.extra = (0..800).map(|n| (format!("A_Field_With_Quite_A_Long_Name_{n}__c"), n % 2 == 0)).collect();
    });
    let done = world.fetch().await;
    assert_eq!((done.status, done.problem), (Status::Connected, None));
    assert!(done.next_sync.is_some());
    assert_eq!(world.manifest("Entry").await.unwrap().fields.len(), 804);
    assert_eq!(world.findings().await.unwrap().of(&"Entry".into()).unwrap().extra.len(), 800);
}
