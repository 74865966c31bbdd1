//! Stories in a real browser: the page of the simulated Slack, used as people use it, with the real host behind it.
//!
//! What drives the browser is installed once into `target/clients`. Where Node.js, the network or a Chromium are missing the stories are
//! skipped, and say so; WEFT_BROWSER names a Chromium that is not in the usual places.

use crate::outside::{beside, installed, node, or_skipped, run};
use crate::screen::{connected, ended, words};
use anyhow::Context;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;
use weft_demo::{ADA, World, WorldOptions};

/// Each step of a story has a limit of its own; this is for what hangs otherwise.
const STORY_LIMIT: Duration = Duration::from_secs(240);
/// Enough for several pages of a board and of a preview.
const USERS: u32 = 900;
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What runs a story, unless this machine has no browser.
async fn ready() -> Option<Command> {
    let ready = async {
        let browser = browser().context("no Chromium was found")?;
        let folder = installed("browser");
        let mut program = node(&folder, &beside("browser/package.json")).await?;
        program.arg(beside("browser/run.mjs")).env("WEFT_BROWSER", browser).env("WEFT_NODE", &folder);
        program.env("WEFT_PICTURES", &folder).env("NO_PROXY", "127.0.0.1");
        Ok(program)
    };
    or_skipped("a browser", ready.await)
}

fn browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("WEFT_BROWSER") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    let places = std::env::split_paths(&path).flat_map(|folder| BROWSERS.map(|name| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}

async fn world() -> anyhow::Result<(World, TempDir)> {
    connected(WorldOptions { users: USERS, ..WorldOptions::default() }).await
}

async fn tell(story: &str, mut program: Command, world: &World) -> anyhow::Result<()> {
    program.arg(story).env("WEFT_PAGE", world.slack.url());
    run(&mut program, STORY_LIMIT).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_over_two_tools_is_built_paged_exported_shared_and_lost() -> anyhow::Result<()> {
    let Some(program) = ready().await else { return Ok(()) };
    let (world, _dir) = world().await?;
    world.connect_slack_directory(ADA).await?;
    let ada = world.slack.user(ADA);
    let fetched = |_: &_| {
        let messages = ada.direct_messages();
        messages.iter().any(|one| words(one).contains("(Slack)*\nConnected")).then_some(())
    };
    world.slack.wait_for("the directory to be fetched", fetched).await?;
    tell("board", program, &world).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_is_asked_for_approved_and_undone() -> anyhow::Result<()> {
    let Some(program) = ready().await else { return Ok(()) };
    let (world, _dir) = world().await?;
    tell("approve", program, &world).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_is_denied_with_a_reason() -> anyhow::Result<()> {
    let Some(program) = ready().await else { return Ok(()) };
    let (world, _dir) = world().await?;
    tell("deny", program, &world).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_rows_but_one_are_acted_on() -> anyhow::Result<()> {
    let Some(program) = ready().await else { return Ok(()) };
    let (world, _dir) = world().await?;
    tell("bulk", program, &world).await?;
    ended(world).await
}
