//! Okta from Slack: connected in the browser, fetched, shown, and changed after approval.

mod actions;
mod reading;
mod stage;

use crate::screen::{ended, open_board, view_words, words};
use serde_json::Value;
use tempfile::TempDir;
use weft_demo::{ADA, CHANNEL, GRACE, World, WorldOptions};
use weft_simulators::slack::Message;

/// A world whose Okta org is connected and fetched.
async fn connected() -> anyhow::Result<(World, TempDir)> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions { users: 120, ..WorldOptions::default() }, dir.path()).await?;
    world.connect_okta(ADA).await?;
    world.synced(ADA).await?;
    Ok((world, dir))
}

/// An active user with a name of their own, by id and name.
fn somebody(world: &World) -> anyhow::Result<(String, String)> {
    let users = world.okta.org().users();
    let name = |user: &Value| format!("{} {}", text(&user["profile"]["firstName"]), text(&user["profile"]["lastName"]));
    let fits = |user: &&Value| {
        user["status"] == "ACTIVE"
            && user["profile"]["department"].is_string()
            && user["credentials"]["provider"]["type"] == "OKTA"
            && users.iter().filter(|other| name(other) == name(user)).count() == 1
    };
    let found = users.iter().find(fits).ok_or_else(|| anyhow::anyhow!("nobody fits"))?;
    Ok((text(&found["id"]), name(found)))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn status(world: &World, id: &str) -> String {
    let users = world.okta.org().users();
    users.iter().find(|user| user["id"] == id).map(|user| text(&user["status"])).unwrap_or_default()
}

/// Ada asks for an action on a user of the board, and sends what the preview shows. Answers the preview.
async fn ask(world: &World, action: &str, name: &str) -> anyhow::Result<String> {
    let board = open_board(world, ADA, "All Okta users").await?;
    let ada = world.slack.user(ADA);
    ada.choose(&board, "choose-row", name).await?;
    let menu = ada.wait_for_modal(|view| view_words(view).contains("What do you want to do?")).await?;
    ada.choose(&menu, "choose-action", action).await?;
    ada.wait_for_modal(|view| view_words(view).contains("Preview")).await?;
    ada.submit().await?;
    let preview = ada.wait_for_modal(|view| view_words(view).contains("Send request")).await?;
    ada.type_into("reason/value", "Left on Friday").await?;
    ada.submit().await?;
    ada.wait_for_modal(|view| view_words(view).contains("Nothing is changed until somebody approves it")).await?;
    ada.close_all().await?;
    Ok(view_words(&preview))
}

/// Grace approves, and the card comes to its end.
async fn approve(world: &World, action: &str) -> anyhow::Result<Message> {
    let grace = world.slack.user(GRACE);
    let card = |_: &_| grace.direct_messages().into_iter().find(|message| words(message).contains("Approval needed"));
    let card = world.slack.wait_for("an approval card", card).await?;
    grace.click(&card, &format!("Approve: {action}")).await?;
    world
        .slack
        .wait_for("the card to say so", |_| {
            let found = grace.direct_messages().into_iter().find(|message| message.ts == card.ts)?;
            (words(&found).contains("Done") && !words(&found).contains("Deny")).then_some(found)
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connected_org_shows_its_boards() -> anyhow::Result<()> {
    let (world, _dir) = connected().await?;
    let ada = world.slack.user(ADA);
    ada.open_home().await;
    let home = ada.wait_for_home(|view| view_words(view).contains("acme.okta.com")).await?;
    assert!(view_words(&home).contains("Suspended in Okta"), "templates are there:\n{}", view_words(&home));
    let users = open_board(&world, ADA, "All Okta users").await?;
    let count = world.okta.org().users().len();
    assert!(words(&users).contains(&format!("*{count} rows*")), "everybody is there:\n{}", words(&users));
    let groups = open_board(&world, ADA, "Okta groups without members").await?;
    assert!(words(&groups).contains("Project Phoenix") && !words(&groups).contains("VPN"), "{}", words(&groups));
    let apps = open_board(&world, ADA, "Okta applications without users").await?;
    assert!(words(&apps).contains("Expense Tracker") && !words(&apps).contains("Slack"), "{}", words(&apps));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approved_suspension_reaches_the_org_and_the_board() -> anyhow::Result<()> {
    let (world, _dir) = connected().await?;
    let (id, name) = somebody(&world)?;
    ask(&world, "Suspend user", &name).await?;
    assert_eq!(status(&world, &id), "ACTIVE", "nothing happens before the decision");
    approve(&world, "Suspend user").await?;
    assert_eq!(status(&world, &id), "SUSPENDED");
    let board = open_board(&world, ADA, "Suspended in Okta").await?;
    assert!(words(&board).contains(&name), "the change is on the boards at once:\n{}", words(&board));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deactivation_says_what_does_not_come_back() -> anyhow::Result<()> {
    let (world, _dir) = connected().await?;
    let (id, name) = somebody(&world)?;
    let apps = world.okta.org().apps_of(&id);
    assert!(!apps.is_empty());
    let preview = ask(&world, "Deactivate user", &name).await?;
    for said in
        ["The password and the enrolled factors are gone", "only those given through groups come back", &apps[0]]
    {
        assert!(preview.contains(said), "{said} is missing in:\n{preview}");
    }
    approve(&world, "Deactivate user").await?;
    assert_eq!(status(&world, &id), "DEPROVISIONED");
    assert!(world.okta.org().apps_of(&id).is_empty());
    let board = open_board(&world, ADA, "Deactivated in Okta, still in groups").await?;
    assert!(words(&board).contains(&name), "the change is on the boards at once:\n{}", words(&board));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_without_its_scopes_is_explained() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions { users: 40, ..WorldOptions::default() }, dir.path()).await?;
    world.okta.org().settings(|settings| settings.granted_scopes.retain(|scope| scope != "okta.groups.manage"));
    let link = world.link_to(ADA, "okta").await?;
    let refused = world.follow(&link, |address| world.okta.org().allow(address)).await.unwrap_err().to_string();
    assert!(refused.contains("Okta API Scopes"), "{refused}");
    let ada = world.slack.user(ADA);
    ada.close_all().await?;
    let told = |_: &_| ada.direct_messages().into_iter().find(|message| words(message).contains("Okta API Scopes"));
    world.slack.wait_for("the refusal to be told", told).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_tools_of_the_company_are_connected_side_by_side() -> anyhow::Result<()> {
    let (world, _dir) = connected().await?;
    world.connect_salesforce(ADA).await?;
    let active = world.salesforce.org().query("SELECT Email FROM User WHERE IsActive = true")?;
    let is_active_there = |user: &&Value| active.iter().any(|row| row["Email"] == user["profile"]["email"]);
    let okta = world.okta.org().users();
    let gone = okta.iter().filter(|user| user["status"] == "DEPROVISIONED").filter(is_active_there).count();
    assert!(gone > 0, "somebody left Okta and works on in Salesforce");
    let ada = world.slack.user(ADA);
    ada.open_home().await;
    ada.wait_for_home(|view| {
        let words = view_words(view);
        words.contains("acme.okta.com") && words.contains("Acme") && words.contains("Idle paid seats")
    })
    .await?;
    ada.command("/boards", "Suspended in Okta", CHANNEL).await?;
    ada.wait_for_message(CHANNEL, |message| words(message).contains("acme.okta.com")).await?;
    ended(world).await
}
