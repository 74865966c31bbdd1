//! What a crash leaves behind: nothing lost, nothing done twice.

use crate::screen::{connected, ended, open_board, words};
use weft_demo::{ADA, WorldOptions};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fetch_goes_on_after_a_restart() -> anyhow::Result<()> {
    let (mut world, _dir) = connected(WorldOptions { users: 3_000, ..Default::default() }).await?;
    let gate = world.salesforce.org().hold("GET /services/data/*/query");
    world.sync(ADA).await?;
    gate.arrived(1).await;
    world.restart_host().await?;
    gate.open();
    world.synced(ADA).await?;
    let message = open_board(&world, ADA, "All users").await?;
    assert!(words(&message).contains("3000") || words(&message).contains("3,000"), "{}", words(&message));
    ended(world).await
}
