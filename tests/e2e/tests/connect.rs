//! Connecting a tool, and what goes wrong on the way.

use crate::screen::{connected, ended, view_words, words};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use weft::store::{Clock, JobKind, Store, StoreSettings};
use weft_demo::{ADA, CHANNEL, GRACE, LINUS, World, WorldOptions, open};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connected_org_is_fetched_and_told() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let ada = world.slack.user(ADA);
    ada.open_home().await;
    let home = ada.wait_for_home(|view| view_words(view).contains("Connected")).await?;
    assert!(view_words(&home).contains("Idle paid seats"), "templates are there:\n{}", view_words(&home));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_do_not_connect_tools() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions::default(), dir.path()).await?;
    let linus = world.slack.user(LINUS);
    linus.command("/weft", "connect salesforce", CHANNEL).await?;
    linus.wait_for_modal(|view| view_words(view).contains("Only admins connect tools")).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_works_once_in_one_browser() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions::default(), dir.path()).await?;
    let link = world.connect_link(GRACE).await?;
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let (cookie, form) = open(&browser, &link).await?;
    let forged = browser.post(&link).header("cookie", &cookie).form(&[("token", "guessed")]).send().await?;
    assert_eq!(forged.status(), 400, "a form of another site is refused");
    let begun = browser.post(&link).header("cookie", &cookie).form(&form).send().await?;
    assert_eq!(begun.status(), 303);
    let authorize = begun.headers()["location"].to_str()?.to_owned();
    let back = world.salesforce.org().allow(&authorize, None)?;

    let second = browser.get(&link).send().await?;
    assert_eq!(second.status(), 400, "a second opening is refused");
    let stranger = browser.get(&back).send().await?;
    assert_eq!(stranger.status(), 400, "another browser cannot bring the code");
    assert!(stranger.text().await?.contains("not the one that opened the link"));
    let foreign = browser.get(back.replace("state=", "state=x")).send().await?;
    assert_eq!(foreign.status(), 400, "a foreign state is refused");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_word_gets_examples() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions::default(), dir.path()).await?;
    let ada = world.slack.user(ADA);
    ada.command("/weft", "frobnicate", CHANNEL).await?;
    ada.wait_for_message(CHANNEL, |message| words(message).contains("/weft connect")).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_fetch_waits_a_day_give_or_take_a_twentieth() -> anyhow::Result<()> {
    const MINUTE: u64 = 60;
    let (world, dir) = connected(WorldOptions::default()).await?;
    world.stop().await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as i64;
    let clock = Clock::fixed(now);
    let store = Store::open(&StoreSettings { dir: dir.path().join("data"), clock: clock.clone() })?;
    let lease = Duration::from_secs(60);
    clock.advance(Duration::from_secs((22 * 60 + 45) * MINUTE));
    assert!(store.queue.claim(&[JobKind::Sync], 10, lease).await?.is_empty(), "it is not due yet");
    clock.advance(Duration::from_secs((2 * 60 + 30) * MINUTE));
    let due = store.queue.claim(&[JobKind::Sync], 10, lease).await?;
    assert_eq!(due.len(), 1, "one fetch is due, and no other");
    Ok(())
}
