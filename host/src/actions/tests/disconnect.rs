//! Requests whose connection is disconnected: what did not begin ends, what runs is left to its end.

use super::world::{World, connection, workspace};
use crate::{
    actions::RequestState,
    store::mortal::{Death, Mortal},
};

#[tokio::test]
async fn what_waits_and_what_is_approved_ends_and_what_runs_does_not() {
    let world = World::new().await;
    let (waits, approved) = (world.sent(&[1]).await, world.approved(&[2]).await);
    let over = world.approved(&[3]).await;
    let actions = world.actions();
    actions.withdraw(&super::asks(), &over.id).await.unwrap();
    // A runner has it, and died with it.
    let begun = world.approved(&[4]).await;
    let begun_claim = loop {
        let claim = world.claim().await.unwrap();
        if claim.job.id.contains(begun.id.as_str()) {
            break claim;
        }
        world.store.queue.finish(&claim, Default::default()).await.unwrap();
    };
    let (store, _) = Mortal::store(&world.store, 1, Death::After);
    assert!(world.actions_over(store).work(&begun_claim).await.is_err());

    let open = actions.open_of(&workspace(), &connection()).await.unwrap();
    let ids: Vec<_> = open.iter().map(|one| &one.id).collect();
    assert_eq!(ids, [&waits.id, &approved.id, &begun.id]);
    assert!(actions.open_of(&workspace(), &"c2".into()).await.unwrap().is_empty(), "of another connection: none");
    assert_eq!(actions.end_of(&workspace(), &connection(), &"U-admin".into()).await.unwrap(), 2);
    for (id, state) in
        [(waits.id, RequestState::Stopped), (approved.id, RequestState::Stopped), (begun.id, RequestState::Running)]
    {
        assert_eq!(actions.view(&super::asks(), &id).await.unwrap().state, state);
    }
    assert_eq!(actions.end_of(&workspace(), &connection(), &"U-admin".into()).await.unwrap(), 0, "once");
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn a_crash_in_between_ends_none_twice() {
    for death in [Death::Before, Death::After] {
        for writes in 0..2 {
            let world = World::new().await;
            let sent = [world.sent(&[1]).await, world.sent(&[2]).await];
            let (store, _) = Mortal::store(&world.store, writes, death);
            assert!(world.actions_over(store).end_of(&workspace(), &connection(), &"U-admin".into()).await.is_err());
            world.actions().end_of(&workspace(), &connection(), &"U-admin".into()).await.unwrap();
            for one in sent {
                let view = world.actions().view(&super::asks(), &one.id).await.unwrap();
                assert_eq!(view.state, RequestState::Stopped, "{death:?} {writes}");
            }
            let ended = world.audit().await.iter().filter(|what| *what == "request.ended").count();
            assert_eq!(ended, 2, "{death:?} {writes}");
        }
    }
}
