//! `make demo`: prints one address; opened in a browser it is a Slack workspace in which the real host can be used.

use anyhow::Context;
use std::time::Duration;
use weft::{config::LogConfig, log};
use weft_demo::{ADA, World, WorldOptions};

/// Users of the demo's org: enough to need paging, few enough to start at once.
const USERS: u32 = 2_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    log::start(&LogConfig { filter: std::env::var("RUST_LOG").unwrap_or_else(|_| "warn".into()), json: false })?;
    let dir = tempfile::tempdir().context("a place for the demo's data")?;
    let port = std::env::var("WEFT_DEMO_PORT").ok().map(|port| port.parse()).transpose().context("WEFT_DEMO_PORT")?;
    let options = WorldOptions { users: USERS, slack_port: port.unwrap_or(0), ..Default::default() };
    let world = World::start(&options, dir.path()).await?;
    world.connect_salesforce(ADA).await?;
    world.connect_slack_directory(ADA).await?;
    println!("Slack, with Weft in it: {}", world.slack.url());
    println!("The Salesforce org behind it: {}", world.salesforce.url());
    println!("The Okta org of the same company, for `/weft connect okta`: {}", world.okta.url());
    println!("Ctrl-C ends the demo.");
    tokio::signal::ctrl_c().await?;
    println!("Stopping...");
    // A browser that keeps its event stream open must not keep the demo from ending.
    tokio::time::timeout(STOP_WITHIN, world.stop()).await.unwrap_or(Ok(()))
}

/// What is in hand is finished by then.
const STOP_WITHIN: Duration = Duration::from_secs(10);
