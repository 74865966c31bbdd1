//! Boards: opened, paged, shown by the ladder, and kept after a failed fetch.

use crate::screen::{connected, ended, open_board, words};
use weft_demo::{ADA, CHANNEL, WorldOptions};
use weft_simulators::salesforce::Fault;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_opens_as_a_table_with_its_age() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let message = open_board(&world, ADA, "All users").await?;
    assert!(message.blocks.iter().any(|block| block["type"] == "data_table"), "{}", words(&message));
    assert!(words(&message).contains("of 300"), "the count is there:\n{}", words(&message));
    assert!(words(&message).contains("Acme as of <!date^"), "the age is there, under the account's name");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workspace_without_new_blocks_gets_the_next_rung() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    world.slack.switch(|switches| switches.new_blocks = false);
    let message = open_board(&world, ADA, "Idle paid seats").await?;
    let kinds: Vec<_> = message.blocks.iter().filter_map(|block| block["type"].as_str()).collect();
    assert!(!kinds.contains(&"data_table") && !kinds.contains(&"table"), "{kinds:?}");
    world.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_fetch_keeps_the_last_good_data() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let refusal = Fault::Refuse { status: 403, code: "INSUFFICIENT_ACCESS", message: "insufficient access rights" };
    world.salesforce.org().fault_times("GET /services/data/*/query", 50, refusal);
    world.sync(ADA).await?;
    let ada = world.slack.user(ADA);
    ada.open_home().await;
    ada.wait_for_home(|view| view.view.to_string().contains("⚠️")).await?;
    world.salesforce.org().clear_faults();
    let message = open_board(&world, ADA, "All users").await?;
    assert!(words(&message).contains("of 300"), "{}", words(&message));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn boards_open_after_a_restart_without_a_fetch() -> anyhow::Result<()> {
    let (mut world, _dir) = connected(WorldOptions::default()).await?;
    let before = world.salesforce.org().calls("GET /services/data/*/query");
    world.restart_host().await?;
    let message = open_board(&world, ADA, "All users").await?;
    assert!(words(&message).contains("of 300"));
    assert_eq!(world.salesforce.org().calls("GET /services/data/*/query"), before, "nothing was fetched");
    let ada = world.slack.user(ADA);
    ada.command("/boards", "", CHANNEL).await?;
    ada.wait_for_message(CHANNEL, |message| words(message).contains("Never logged in")).await?;
    ended(world).await
}
