//! What a fetch says of an object: what changed, what is missing, and why something was not replaced.

use super::{World, record, records};
use crate::{
    connections::Changes,
    domain::{Change, Row, Value},
    store::patch_rows,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[tokio::test]
async fn what_came_changed_and_went_is_counted() {
    let world = World::new(2_000).await;
    let all = records(5_000);
    world.feed.set("Entry", all.clone());
    assert_eq!(world.fetch().await.objects["Entry"].changes, None);
    assert_eq!(world.fetch().await.objects["Entry"].changes, Some(Changes::default()));

    let mut next = all.clone();
    next.remove(4_321);
    next.remove(0);
    next[1_000]["seats"] = 2.into();
    next.insert(3_001, record("k003001x", 0));
    next.push(record("z", 0));
    world.feed.set("Entry", next);
    let state = world.fetch().await.objects["Entry"].clone();
    assert_eq!(state.changes, Some(Changes { added: 2, changed: 1, removed: 2 }));
    assert_eq!(state.rows, 5_000);

    // A column more is no change of every record.
    world.feed.found("Entry", |found| found.extra = vec![("cost".into(), true)]);
    assert_eq!(world.fetch().await.objects["Entry"].changes, Some(Changes::default()));
    assert!(world.audit().await.contains(&"schema.changed".to_owned()));
    assert_eq!(world.fetch().await.objects["Entry"].news, None, "told once");
}

#[tokio::test]
async fn a_page_that_is_not_all_says_so_and_is_kept() {
    let world = World::new(10).await;
    world.feed.set("Entry", records(25));
    world.feed.incomplete("Entry", Some("Salesforce gives 2,500 tokens at most."));
    let state = world.fetch().await.objects["Entry"].clone();
    assert_eq!((state.rows, state.problem.as_deref()), (25, Some("Salesforce gives 2,500 tokens at most.")));
    world.feed.incomplete("Entry", None);
    assert_eq!(world.fetch().await.objects["Entry"].problem, None);
}

#[tokio::test]
async fn broken_records_are_left_out_and_told() {
    let world = World::new(10).await;
    let mut all = records(25);
    all[3]["id"] = serde_json::Value::Null;
    all[14] = serde_json::json!("nonsense");
    all[15]["seats"] = "many".into();
    // Larger than what can be stored, however well it is packed.
    let mut bytes = vec![0; 200_000];
    blake3::Hasher::new().finalize_xof().fill(&mut bytes);
    all[20]["name"] = bytes.iter().map(|byte| char::from(b'!' + byte % 90)).collect::<String>().into();
    world.feed.set("Entry", all);
    let state = world.fetch().await.objects["Entry"].clone();
    assert_eq!(state.rows, 22);
    assert_eq!(state.problem.as_deref(), Some("3 records were left out: no id, or too large to be stored."));
    assert_eq!(world.column("Entry", "seats").await[13], ("k000015".into(), Value::Null));
}

#[tokio::test]
async fn a_large_loss_needs_the_tools_own_count() {
    let world = World::new(2_000).await;
    world.feed.set("Entry", records(3_000));
    world.fetch().await;
    world.feed.set("Entry", records(1_000));
    world.feed.found("Entry", |found| found.estimate = Some(3_000));
    let state = world.fetch().await.objects["Entry"].clone();
    assert_eq!(world.keys("Entry").await.len(), 3_000);
    assert!(state.problem.unwrap().contains("Only 1000 of 3000 Entry came back, while the tool counts 3000"));
    assert_eq!(state.rows, 3_000, "the object stands as it stood");

    world.feed.found("Entry", |found| found.estimate = Some(1_000));
    let state = world.fetch().await.objects["Entry"].clone();
    assert_eq!((state.rows, state.problem), (1_000, None));
    assert_eq!(state.changes, Some(Changes { removed: 2_000, ..Changes::default() }));
}

#[tokio::test]
async fn what_an_action_did_while_an_object_was_read_is_not_undone_by_it() {
    let world = World::new(10).await;
    world.feed.set("Entry", records(20));
    world.fetch().await;
    // The first page is read, and the tool makes the second wait: meanwhile an action runs.
    let wait = weft_simulators::feed::Refusal {
        class: "throttled",
        code: "bulk-job",
        message: "Not yet.",
        retry_after_ms: Some(1_000),
    };
    world.feed.take_journal();
    world.feed.refuse("Entry", [None, Some(wait)]);
    let claim = world.claim().await;
    let act = async {
        while world.places("Entry").is_empty() {
            tokio::task::yield_now().await;
        }
        let mut row: Row = world.rows("Entry").await.remove(0);
        row.values[1] = "as the action left it".into();
        let changes = [
            Change::Put { object: "Entry".into(), row },
            Change::Delete { object: "Entry".into(), key: "k000001".into() },
        ];
        patch_rows(&world.store, &super::world::tenant(), &"c1".into(), &changes).await.unwrap();
    };
    let (worked, ()) = tokio::join!(world.work(&claim), act);
    assert_eq!(worked.unwrap().objects["Entry"].problem, None);
    let names = world.column("Entry", "name").await;
    assert_eq!(names[0], ("k000000".into(), "as the action left it".into()));
    assert_eq!((names.len(), names[1].0.as_str()), (19, "k000002"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn counting_agrees_with_a_map(
        old in prop::collection::btree_map(0..400_u32, 0..3_i64, 0..300),
        new in prop::collection::btree_map(0..400_u32, 0..3_i64, 1..300),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let give = |map: &BTreeMap<u32, i64>| -> Vec<serde_json::Value> {
            map.iter()
                .map(|(key, seats)| serde_json::json!({"id": format!("{key:04}"), "name": "x", "seats": seats, "at": null}))
                .collect()
        };
        let counted = runtime.block_on(async {
            let world = World::new(50).await;
            world.feed.set("Entry", give(&old));
            world.fetch().await;
            world.feed.set("Entry", give(&new));
            world.fetch().await.objects["Entry"].clone()
        });
        let kept = |key: &&u32| old.contains_key(key);
        let wanted = Changes {
            added: new.keys().filter(|key| !kept(key)).count() as u64,
            changed: new.iter().filter(|(key, seats)| old.get(key).is_some_and(|was| was != *seats)).count() as u64,
            removed: old.keys().filter(|key| !new.contains_key(key)).count() as u64,
        };
        prop_assert_eq!(counted.changes, Some(wanted), "{:?}", counted);
    }
}
