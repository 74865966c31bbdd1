//! Fetches that a person stops: at the next page, with what they have, until somebody resumes them.

use super::{World, records};
use crate::{
    connections::Status,
    domain::{Actor, ConnectionId, Role},
    store::AuditEvent,
    sync::tests::world::tenant,
};
use std::time::Duration;
use weft_simulators::feed::Refusal;

fn admin() -> Actor {
    Actor { workspace: tenant(), user: "U1".into(), role: Role::Owner }
}

fn id() -> ConnectionId {
    "c1".into()
}

/// Stops the fetching, as the wiring does.
async fn pause(world: &World) {
    world.syncs.inner.connections.pause(&admin(), &id()).await.unwrap();
    world.syncs.halt(&id());
}

#[tokio::test]
async fn a_pause_stops_at_the_next_page_and_a_resume_goes_on_there() {
    let world = World::new(100).await;
    for (object, count) in [("Event", 5), ("Loose", 3), ("Entry", 4_000)] {
        world.feed.set(object, records(count));
    }
    let slow = Refusal { class: "throttled", code: "bulk-job", message: "Not yet.", retry_after_ms: Some(60_000) };
    world.feed.refuse("Entry", std::iter::repeat_n(None, 20).chain(std::iter::repeat_n(Some(slow), 100)));
    let claim = world.claim().await;
    let in_the_middle = async {
        let mut pages = 0;
        while world.connection().await.objects.len() < 2 || pages < 21 {
            pages += world.places("Entry").len();
            tokio::task::yield_now().await;
        }
        pause(&world).await;
    };
    let (paused, ()) = tokio::join!(world.work(&claim), in_the_middle);
    let paused = paused.unwrap();
    assert_eq!((paused.status, paused.next_sync), (Status::Paused, None));
    assert_eq!(paused.paused.unwrap().by, "U1".into());
    assert_eq!((paused.objects["Event"].rows, paused.objects["Loose"].rows), (5, 3), "what was done is kept");
    assert!(world.manifest("Entry").await.is_none());
    assert!(world.syncs.progress().of(&id()).is_none());
    world.clock.advance(Duration::from_secs(48 * 3_600));
    assert!(world.claimed().await.is_none(), "no job of it waits");
    let refused = world.syncs.request(&admin(), &id()).await.unwrap_err().to_string();
    assert!(refused.contains("is paused, so nothing was fetched"), "{refused}");
    world.clock.advance(Duration::from_secs(1));

    world.syncs.inner.connections.resume(&admin(), &id()).await.unwrap();
    let claim = world.claimed().await.expect("it is fetched at once");
    world.feed.clear_refusals("Entry");
    let done = world.work(&claim).await.unwrap();
    assert_eq!((done.status, done.paused, done.objects["Entry"].rows), (Status::Connected, None, 4_000));
    assert!(done.next_sync.is_some(), "and every day again");
}

#[tokio::test]
async fn a_short_pause_goes_on_from_the_checkpoint() {
    let world = World::new(100).await;
    world.feed.set("Entry", records(4_000));
    let slow = Refusal { class: "throttled", code: "bulk-job", message: "Not yet.", retry_after_ms: Some(60_000) };
    world.feed.refuse("Entry", std::iter::repeat_n(None, 20).chain(std::iter::repeat_n(Some(slow), 100)));
    let claim = world.claim().await;
    let in_the_middle = async {
        let mut pages = 0;
        while pages < 21 {
            pages += world.places("Entry").len();
            tokio::task::yield_now().await;
        }
        pause(&world).await;
    };
    let (paused, ()) = tokio::join!(world.work(&claim), in_the_middle);
    paused.unwrap();
    world.feed.clear_refusals("Entry");
    world.feed.take_journal();
    world.clock.advance(Duration::from_secs(60));
    world.syncs.inner.connections.resume(&admin(), &id()).await.unwrap();
    let claim = world.claimed().await.unwrap();
    assert_eq!(world.work(&claim).await.unwrap().objects["Entry"].rows, 4_000);
    let asked = world.feed.take_journal();
    assert!(asked.iter().all(|one| one.object == "Entry"), "what is done is not fetched again");
    let first: usize = asked[0].after.as_ref().unwrap().parse().unwrap();
    assert!((500..=2_000).contains(&first), "it goes on from a checkpoint, not from {first}");
}

#[tokio::test]
async fn twice_is_once_and_a_paused_connection_stays_so_whatever_its_jobs_do() {
    let world = World::new(100).await;
    let claim = world.claim().await;
    pause(&world).await;
    pause(&world).await;
    let begun = world.work(&claim).await.unwrap();
    assert_eq!(begun.status, Status::Paused, "a job that was taken before sees it");
    assert!(world.feed.take_journal().is_empty(), "nothing was fetched");
    let claim = world.claim().await;
    let event = AuditEvent { actor: None, what: "job.abandoned".into(), about: vec![], detail: "8 times".into() };
    world.syncs.set_aside(&claim, "REF12345", event).await.unwrap();
    assert_eq!(world.connection().await.status, Status::Paused);

    world.clock.advance(Duration::from_secs(1));
    for _ in 0..2 {
        world.syncs.inner.connections.resume(&admin(), &id()).await.unwrap();
    }
    let audit = world.audit().await;
    let of = |what: &str| audit.iter().filter(|known| *known == what).count();
    assert_eq!((of("connection.paused"), of("connection.resumed")), (1, 1));
    let member = Actor { role: Role::Member, user: "U9".into(), ..admin() };
    let refused = world.syncs.inner.connections.pause(&member, &id()).await.unwrap_err().to_string();
    assert!(refused.contains("Only admins pause") && refused.contains("<@U1>"), "{refused}");
}
