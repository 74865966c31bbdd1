//! Objects that the tool forgets and Weft keeps.

use super::{World, record};
use crate::domain::Value;

fn keys(range: impl Iterator<Item = usize>) -> Vec<String> {
    range.map(|number| format!("e{number:05}")).collect()
}

/// Events of the days before: 0 is today's.
fn events(days_ago: impl DoubleEndedIterator<Item = usize>) -> Vec<serde_json::Value> {
    days_ago.map(|days| record(&format!("e{:05}", 1000 - days), days as i64)).rev().collect()
}

#[tokio::test]
async fn what_the_tool_forgets_stays_until_it_is_too_old() {
    for object in ["Event", "Loose"] {
        let world = World::new(10).await;
        let mut first = events(5..35);
        if object == "Loose" {
            first.reverse();
        }
        world.feed.set(object, first);
        world.fetch().await;
        // 30 days are kept, as the integration says; what is older (by a minute, the first one) is not even stored.
        assert_eq!(world.keys(object).await, keys(971..=995), "{object}");
        assert_eq!(world.feed.take_journal().iter().find(|one| one.object == object).unwrap().since, None);

        // Five days later the tool has forgotten all but the newest, and one of them was corrected.
        world.clock.advance(std::time::Duration::from_secs(5 * 86_400));
        let mut second = events(0..6);
        second[0]["name"] = "corrected".into();
        world.feed.set(object, second);
        let connection = world.fetch().await;
        assert_eq!(world.keys(object).await, keys(976..=1000), "{object}");
        let names = world.column(object, "name").await;
        assert_eq!(names[19], ("e00995".into(), "corrected".into()), "{object}");
        assert_eq!(names[18], ("e00994".into(), "Name of e00994".into()), "{object}");
        let asked = world.feed.take_journal();
        let asked: Vec<_> = asked.iter().filter(|one| one.object == object).collect();
        assert!(asked.iter().all(|one| one.since.as_deref() == Some("2026-11-19T09:00:00Z")), "{asked:?}");
        let state = &connection.objects[object];
        let changes = state.changes.unwrap();
        assert_eq!((state.rows, changes.added, changes.changed, changes.removed), (25, 5, 1, 5), "{object}");

        // Nothing new is no trouble.
        world.feed.set(object, Vec::new());
        world.feed.found(object, |found| found.estimate = Some(0));
        let state = world.fetch().await.objects[object].clone();
        assert_eq!((state.rows, state.problem), (25, None), "{object}");
    }
}

#[tokio::test]
async fn a_new_column_does_not_lose_what_is_kept() {
    let world = World::new(10).await;
    world.feed.set("Event", events(3..6));
    world.fetch().await;
    world.feed.found("Event", |found| {
        found.extra = vec![("cost".into(), true)];
        found.hidden = vec!["seats".into()];
    });
    let mut new = events(1..3);
    new[0]["cost"] = 7.into();
    world.feed.set("Event", new);
    let state = world.fetch().await.objects["Event"].clone();
    let costs: Vec<Value> = world.column("Event", "cost").await.into_iter().map(|(_, value)| value).collect();
    assert_eq!(costs, [Value::Null, Value::Null, Value::Null, Value::Int(7), Value::Null]);
    assert!(
        world
            .column("Event", "name")
            .await
            .iter()
            .all(|(key, name)| *name == Value::from(format!("Name of {key}").as_str()))
    );
    assert_eq!(
        state.news.as_deref(),
        Some("Since the check before, new fields: cost; fields that can no longer be read: Seats.")
    );
    assert_eq!(state.changes.map(|changes| (changes.added, changes.changed)), Some((2, 0)));
}

#[tokio::test]
async fn own_rows_do_not_mix_with_everybodys() {
    let world = World::new(10).await;
    world.feed.set("Event", events(3..6));
    world.fetch().await;
    world.feed.set("Event", events(1..2));
    world.feed.found("Event", |found| {
        found.access = "own-rows";
        found.permission = Some("Grant \"Manage Users\".".into());
    });
    let state = world.fetch().await.objects["Event"].clone();
    assert_eq!(world.keys("Event").await.len(), 3);
    let problem = state.problem.unwrap();
    assert!(problem.contains("only its own Event") && problem.ends_with("Grant \"Manage Users\"."), "{problem}");
    // When all can be read again, nothing of the time between is missing.
    world.feed.set("Event", events(1..4));
    world.feed.found("Event", |found| found.access = "full");
    assert_eq!(world.fetch().await.objects["Event"].problem, None);
    assert_eq!(world.keys("Event").await.len(), 5);
}
