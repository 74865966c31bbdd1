//! Actions: from a row to an approved change in the org, and every answer in between.

use crate::screen::{connected, ended, open_board, view_words, words};
use serde_json::Value;
use weft_demo::{ADA, CHANNEL, GRACE, LINUS, World, WorldOptions};
use weft_simulators::slack::{Message, Submitted};

/// An active user that nothing protects, by key and name.
pub fn somebody(world: &World) -> anyhow::Result<(String, String)> {
    let org = world.salesforce.org();
    let special: Vec<String> =
        org.admins().into_iter().chain(org.hierarchy_users()).chain(org.default_case_owner()).collect();
    let rows = org.query("SELECT Id, Name FROM User WHERE IsActive = true ORDER BY Id")?;
    let row = rows.iter().rev().find(|row| !special.iter().any(|id| row["Id"] == id.as_str()));
    let text = |name: &str| row.and_then(|row| row[name].as_str()).unwrap_or_default().to_owned();
    Ok((text("Id"), text("Name")))
}

/// Ada asks for an action on one user of the board. Answers the message of the board.
pub async fn ask(world: &World, action: &str, name: &str) -> anyhow::Result<Message> {
    let board = open_board(world, ADA, "All users").await?;
    let ada = world.slack.user(ADA);
    ada.choose(&board, "choose-row", name).await?;
    let menu = ada.wait_for_modal(|view| view_words(view).contains("What do you want to do?")).await?;
    ada.choose(&menu, "choose-action", action).await?;
    ada.wait_for_modal(|view| view_words(view).contains("Preview")).await?;
    Ok(board)
}

/// Ada sends what the preview shows.
pub async fn send(world: &World) -> anyhow::Result<()> {
    let ada = world.slack.user(ADA);
    ada.wait_for_modal(|view| view_words(view).contains("Send request")).await?;
    ada.type_into("reason/value", "Left on Friday").await?;
    ada.submit().await?;
    ada.wait_for_modal(|view| view_words(view).contains("Nothing is changed until somebody approves it")).await?;
    ada.close_all().await
}

pub async fn card(world: &World, person: &str) -> anyhow::Result<Message> {
    let person = world.slack.user(person);
    world
        .slack
        .wait_for("an approval card", |_| {
            person.direct_messages().into_iter().find(|message| words(message).contains("Approval needed"))
        })
        .await
}

fn active(world: &World, key: &str) -> anyhow::Result<Value> {
    world.salesforce.org().field(key, "IsActive")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approved_deactivation_reaches_the_org_and_the_board() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (key, name) = somebody(&world)?;
    let board = ask(&world, "Deactivate user", &name).await?;
    assert!(
        matches!(world.slack.user(ADA).submit().await?, Submitted::Updated | Submitted::Closed),
        "the form is taken"
    );
    send(&world).await?;
    assert_eq!(active(&world, &key)?, true, "nothing happens before the decision");

    let card = card(&world, GRACE).await?;
    world.slack.user(GRACE).click(&card, "Approve: Deactivate user").await?;
    world.slack.wait_for("the org to change", |_| (active(&world, &key).ok()? == false).then_some(())).await?;
    let grace = world.slack.user(GRACE);
    world
        .slack
        .wait_for("the card to say so", |_| {
            let found = grace.direct_messages().into_iter().find(|message| message.ts == card.ts)?;
            (words(&found).contains("Done") && !words(&found).contains("Deny")).then_some(())
        })
        .await?;

    let ada = world.slack.user(ADA);
    let shown = |message: &Message| message.ts == board.ts && words(message).contains(&name);
    ada.wait_for_message(CHANNEL, shown).await?;
    let again = open_board(&world, ADA, "Inactive users").await?;
    assert!(words(&again).contains(&name), "the change is on the boards at once:\n{}", words(&again));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denied_request_changes_nothing() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (key, name) = somebody(&world)?;
    ask(&world, "Deactivate user", &name).await?;
    world.slack.user(ADA).submit().await?;
    send(&world).await?;
    let grace = world.slack.user(GRACE);
    let card = card(&world, GRACE).await?;
    grace.click(&card, "Deny…").await?;
    grace.wait_for_modal(|view| view_words(view).contains("Deny")).await?;
    grace.type_into("reason/value", "She is on leave, not gone.").await?;
    grace.submit().await?;
    let ada = world.slack.user(ADA);
    world
        .slack
        .wait_for("the requester to hear", |_| {
            ada.direct_messages().into_iter().find(|message| words(message).contains("She is on leave"))
        })
        .await?;
    grace.click(&card, "Details").await.ok();
    assert_eq!(active(&world, &key)?, true);
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_approves_their_own_request_and_members_approve_none() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (key, name) = somebody(&world)?;
    ask(&world, "Deactivate user", &name).await?;
    world.slack.user(ADA).submit().await?;
    send(&world).await?;
    let card = card(&world, GRACE).await?;
    let value = button_value(&card, "Approve").ok_or_else(|| anyhow::anyhow!("no Approve on {}", words(&card)))?;
    for person in [ADA, LINUS] {
        let answer = world.interact(&click(person, &card, &value)).await?;
        assert_eq!(answer, 200, "{person} hears it in Slack, not as an error of HTTP");
    }
    assert_eq!(active(&world, &key)?, true, "neither click approved it");
    world.slack.user(GRACE).click(&card, "Approve: Deactivate user").await?;
    world.slack.wait_for("the org to change", |_| (active(&world, &key).ok()? == false).then_some(())).await?;
    ended(world).await
}

fn button_value(message: &Message, words: &str) -> Option<String> {
    let elements = message.blocks.iter().filter_map(|block| block["elements"].as_array()).flatten();
    let button = elements
        .into_iter()
        .find(|element| element["text"]["text"].as_str().is_some_and(|text| text.contains(words)))?;
    button["value"].as_str().map(str::to_owned)
}

/// What Slack sends when this person clicks Approve on that card.
fn click(person: &str, card: &Message, value: &str) -> Value {
    serde_json::json!({
        "type": "block_actions",
        "team": {"id": "T0ACME"},
        "user": {"id": person},
        "api_app_id": weft_simulators::slack::APP_ID,
        "trigger_id": format!("forged.{person}"),
        "container": {"type": "message", "channel_id": card.channel, "message_ts": card.ts},
        "channel": {"id": card.channel},
        "message": {"ts": card.ts},
        "actions": [{"type": "button", "block_id": "card", "action_id": "press.approve", "value": value, "action_ts": "1.0"}],
    })
}
