//! Cancelling what has not begun of a request: one whose call is in hand ends, one that waits for its turn does not run.

use crate::action::{ask, send, somebody};
use crate::screen::{connected, ended, words};
use weft_demo::{ADA, GRACE, World, WorldOptions};
use weft_simulators::slack::Message;

const PATCH: &str = "PATCH /services/data/*/composite/sobjects";

/// A message to this person about an action, once it says this.
async fn card(world: &World, person: &str, action: &str, part: &str) -> anyhow::Result<Message> {
    let person = world.slack.user(person);
    let says = |message: &Message| words(message).contains(action) && words(message).contains(part);
    let waited = world.slack.wait_for(part, |_| person.direct_messages().into_iter().find(says)).await;
    waited.map_err(|error| {
        let heard: Vec<String> = person.direct_messages().iter().map(words).collect();
        anyhow::anyhow!("{error}; heard {heard:#?}")
    })
}

/// Ada asks for it and Grace approves.
async fn approved(world: &World, action: &str, name: &str) -> anyhow::Result<()> {
    ask(world, action, name).await?;
    world.slack.user(ADA).submit().await?;
    send(world).await?;
    let asked = card(world, GRACE, action, "Approval needed").await?;
    world.slack.user(GRACE).click(&asked, &format!("Approve: {action}")).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_begun_ends_and_what_has_not_does_not_run() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (key, name) = somebody(&world)?;
    let ada = world.slack.user(ADA);
    let frozen =
        || world.salesforce.org().query("SELECT Id FROM UserLogin WHERE IsFrozen = true").map(|rows| rows.len());
    let before = frozen()?;
    let gate = world.salesforce.org().hold(PATCH);
    approved(&world, "Deactivate user", &name).await?;
    gate.arrived(1).await;
    approved(&world, "Freeze user", &name).await?;

    let queued = card(&world, ADA, "Freeze user", "Cancel the rest").await?;
    ada.click(&queued, "Cancel the rest").await?;
    card(&world, ADA, "Freeze user", "The rest was cancelled by <@U0ADA>").await?;
    let running = card(&world, ADA, "Deactivate user", "Cancel the rest").await?;
    ada.click(&running, "Cancel the rest").await?;
    card(&world, ADA, "Deactivate user", "; what has begun ends").await?;

    gate.open();
    card(&world, ADA, "Deactivate user", "Done").await?;
    assert_eq!(world.salesforce.org().field(&key, "IsActive")?, false, "its call was in hand");
    assert_eq!(frozen()?, before, "it had not begun");
    ended(world).await
}
