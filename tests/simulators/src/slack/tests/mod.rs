//! The simulator, exercised over real HTTP: as an app (a Web API client and a small server) and as people.

mod api;
mod app;
mod commands;
mod events;
mod files;
mod forms;
mod messages;
mod morphism;
mod oauth;
mod page;
mod socket;
mod views;

use serde_json::{Value, json};

use super::*;
use app::App;

/// A workspace whose time stands still, connected to a small app.
async fn workspace() -> (Slack, App) {
    workspace_with(SlackOptions { clock: ClockMode::Manual, ..SlackOptions::default() }).await
}

async fn workspace_with(options: SlackOptions) -> (Slack, App) {
    let slack = Slack::start(options).await.unwrap();
    let app = App::start(&slack).await;
    slack.connect(&app.url);
    (slack, app)
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text })
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

fn modal(blocks: Value) -> Value {
    json!({ "type": "modal", "callback_id": "form", "title": plain("Title"), "submit": plain("Save"), "blocks": blocks })
}

fn buttons(names: &[&str]) -> Value {
    let elements: Vec<Value> = names
        .iter()
        .map(|name| json!({ "type": "button", "action_id": name, "value": format!("{name}-value"), "text": plain(name) }))
        .collect();
    json!({ "type": "actions", "block_id": "buttons", "elements": elements })
}

fn rules(slack: &Slack) -> Vec<&'static str> {
    slack.violations().iter().map(|violation| violation.rule).collect()
}

const THREE_SECONDS: Duration = Duration::from_secs(3);
