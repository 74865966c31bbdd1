//! Requests of people who may not use the connection (any more): nothing is offered, prepared, sent, approved or run for them.

use super::world::connection;
use super::*;

fn bar(world: &World, is_barred: bool) {
    *world.office.1.lock().unwrap() = if is_barred { vec![asks().user] } else { Vec::new() };
}

const SELF: &str = "You may not use “Team notes”. <@U-owner> can give you access.";

#[tokio::test]
async fn each_step_of_a_request_asks_again() {
    let world = World::new().await;
    let actions = world.actions();
    let preview = world.prepared(&[1]).await;
    bar(&world, true);
    assert!(actions.offered(&asks(), &[connection()], None).await.unwrap().is_empty());
    assert_eq!(refusal(actions.offer(&asks(), &connection(), &"finish-note".into()).await), SELF);
    assert_eq!(refusal(actions.prepare(&asks(), draft(&[1])).await), SELF);
    let sent = actions.submit(&asks(), &preview.id, &preview.fingerprint, None).await;
    assert_eq!(refusal(sent), format!("{SELF} Nothing was run."));
    assert_eq!(actions.offered(&admin(), &[connection()], None).await.unwrap().len(), 1, "others go on");

    bar(&world, false);
    let sent = world.sent(&[1]).await;
    bar(&world, true);
    let approved = actions.decide(&admin(), &sent.id, &sent.fingerprint, Decision::Approve).await;
    assert_eq!(
        refusal(approved),
        "<@U-asks> may not use “Team notes”. <@U-owner> can give them access. Nothing was run."
    );
    let denied = actions.decide(&admin(), &sent.id, &sent.fingerprint, Decision::Deny { reason: None }).await.unwrap();
    assert_eq!(denied.state, RequestState::Denied, "a no is always possible");
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn an_approved_request_does_not_run_for_who_lost_the_connection() {
    let world = World::new().await;
    let request = world.approved(&[1, 2]).await;
    bar(&world, true);
    world.work().await;
    let view = world.actions().view(&admin(), &request.id).await.unwrap();
    assert_eq!(view.state, RequestState::Failed);
    let why = view.targets[0].message.as_deref();
    assert_eq!(why, Some("Its requester may not use “Team notes” any more, so it was not run."));
    assert_eq!((world.writes(), world.effects()), (0, Vec::new()));
}
