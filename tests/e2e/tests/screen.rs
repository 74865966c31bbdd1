//! What stories say about screens: the world, and the words in a message or modal.

use serde_json::{Value, json};
use tempfile::TempDir;
use weft_demo::{ADA, CHANNEL, World, WorldOptions};
use weft_simulators::slack::{Message, View};

/// A world whose Salesforce org is connected and fetched. Dropping the folder removes the data.
pub async fn connected(options: WorldOptions) -> anyhow::Result<(World, TempDir)> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&options, dir.path()).await?;
    world.connect_salesforce(ADA).await?;
    world.synced(ADA).await?;
    Ok((world, dir))
}

/// Ends a story: nothing unexpected was asked of a simulator, and nothing was sent that Slack's rules forbid.
pub async fn ended(world: World) -> anyhow::Result<()> {
    anyhow::ensure!(world.slack.unexpected().is_empty(), "Slack was asked for {:?}", world.slack.unexpected());
    anyhow::ensure!(world.slack.violations().is_empty(), "Slack saw {:?}", world.slack.violations());
    let unexpected = world.salesforce.org().unexpected();
    anyhow::ensure!(unexpected.is_empty(), "Salesforce was asked for {unexpected:?}");
    let unexpected = world.okta.org().unexpected();
    anyhow::ensure!(unexpected.is_empty(), "Okta was asked for {unexpected:?}");
    world.stop().await
}

/// Every text on a message, one a line.
pub fn words(message: &Message) -> String {
    texts(&Value::from(message.blocks.clone()))
}

/// Every text on a view, one a line.
pub fn view_words(view: &View) -> String {
    texts(&view.view)
}

fn texts(value: &Value) -> String {
    let mut found = Vec::new();
    gather(value, &mut found);
    found.join("\n")
}

fn gather<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("text").and_then(Value::as_str));
            members.values().for_each(|member| gather(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, found)),
        _ => {}
    }
}

/// Opens a board by name as Ada and answers its message.
pub async fn open_board(world: &World, person: &str, name: &str) -> anyhow::Result<Message> {
    let person = world.slack.user(person);
    person.command("/boards", name, CHANNEL).await?;
    person.wait_for_message(CHANNEL, |message| words(message).lines().next() == Some(name)).await
}

/// What Slack would send if this person clicked a button in a message, whether it is drawn there for them or not.
pub fn click_of(person: &str, at: &Message, action: &str, value: &str) -> Value {
    json!({
        "type": "block_actions",
        "team": {"id": "T0ACME"},
        "user": {"id": person},
        "trigger_id": format!("click.{person}.{action}"),
        "container": {"type": "message", "channel_id": at.channel, "message_ts": at.ts},
        "channel": {"id": at.channel},
        "actions": [{"type": "button", "block_id": "x", "action_id": action, "value": value, "action_ts": "1.0"}],
    })
}
