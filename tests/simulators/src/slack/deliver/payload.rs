//! The bodies of deliveries: what Slack tells an app about a command or an interaction.

use serde_json::{Value, json};

use crate::slack::World;
use crate::slack::api::{message_json, view_json};
use crate::slack::options::{APP_ID, BOT_USER};
use crate::slack::response_url;
use crate::slack::state::{Message, State, View, values_json};

/// Slack's old verification token, still in every payload; apps must not rely on it.
pub const VERIFICATION_TOKEN: &str = "simulated-verification-token";

/// A slash command.
pub(in crate::slack) fn command(
    world: &World,
    state: &mut State,
    user: &str,
    channel: &str,
    command: &str,
    text: &str,
) -> Value {
    let now = world.clock.elapsed();
    let trigger_id = state.trigger(user, now);
    let response_url = response_url::mint(state, &world.url, user, channel, None, now);
    let channel_name = match state.channel(channel) {
        Some(found) if !found.is_im => found.name.clone(),
        _ => "directmessage".into(),
    };
    let user_name = state.user(user).map(|user| user.name.clone()).unwrap_or_default();
    let mut payload = json!({
        "token": VERIFICATION_TOKEN,
        "team_id": state.team.id,
        "team_domain": state.team.domain,
        "channel_id": channel,
        "channel_name": channel_name,
        "user_id": user,
        "user_name": user_name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": if state.team.org_install { "true" } else { "false" },
        "response_url": response_url,
        "trigger_id": trigger_id,
    });
    if let Some(enterprise) = &state.team.enterprise {
        payload["enterprise_id"] = json!(enterprise);
    }
    payload
}

/// What every interaction carries.
fn base(state: &State, kind: &str, user: &str) -> Value {
    let name = state.user(user).map(|user| user.name.clone()).unwrap_or_default();
    let team = json!({ "id": state.team.id, "domain": state.team.domain });
    let enterprise = state.team.enterprise.as_ref().map(|id| json!({ "id": id, "name": state.team.name }));
    json!({
        "type": kind,
        "user": { "id": user, "username": name, "name": name, "team_id": state.team.id },
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "team": if state.team.org_install { Value::Null } else { team },
        "enterprise": enterprise,
        "is_enterprise_install": state.team.org_install,
    })
}

/// Adds the place of an element in a message. An ephemeral message itself is not sent, as in Slack.
fn in_message(state: &State, payload: &mut Value, message: &Message) {
    let is_ephemeral = message.visible_to.is_some();
    payload["container"] = json!({
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": is_ephemeral,
    });
    if let Some(thread) = &message.thread_ts {
        payload["container"]["thread_ts"] = json!(thread);
    }
    let name = match state.channel(&message.channel) {
        Some(found) if !found.is_im => found.name.clone(),
        _ => "directmessage".into(),
    };
    payload["channel"] = json!({ "id": message.channel, "name": name });
    if !is_ephemeral {
        payload["message"] = message_json(state, message);
    }
}

fn in_view(state: &State, payload: &mut Value, view: &View) {
    payload["container"] = json!({ "type": "view", "view_id": view.id });
    payload["view"] = view_json(state, view);
}

/// An element of a message was used.
pub(in crate::slack) fn message_action(
    world: &World,
    state: &mut State,
    user: &str,
    message: &Message,
    action: Value,
) -> Value {
    let now = world.clock.elapsed();
    let mut payload = base(state, "block_actions", user);
    in_message(state, &mut payload, message);
    payload["trigger_id"] = json!(state.trigger(user, now));
    let url = response_url::mint(state, &world.url, user, &message.channel, Some(&message.ts), now);
    payload["response_url"] = json!(url);
    let values = message.inputs.get(user).cloned().unwrap_or_default();
    payload["state"] = json!({ "values": values_json(&values) });
    payload["actions"] = json!([action]);
    payload
}

/// An element of a modal or of the Home was used.
pub(in crate::slack) fn view_action(world: &World, state: &mut State, user: &str, view: &View, action: Value) -> Value {
    let mut payload = base(state, "block_actions", user);
    in_view(state, &mut payload, view);
    payload["trigger_id"] = json!(state.trigger(user, world.clock.elapsed()));
    payload["actions"] = json!([action]);
    payload
}

/// Somebody typed into an external select.
pub(in crate::slack) fn suggestion(
    state: &State,
    user: &str,
    place: PlaceRef<'_>,
    ids: (&str, &str),
    typed: &str,
) -> Value {
    let mut payload = base(state, "block_suggestion", user);
    match place {
        PlaceRef::Message(message) => in_message(state, &mut payload, message),
        PlaceRef::View(view) => in_view(state, &mut payload, view),
    }
    payload["block_id"] = json!(ids.0);
    payload["action_id"] = json!(ids.1);
    payload["value"] = json!(typed);
    payload
}

/// Where an element stands.
#[derive(Clone, Copy)]
pub(in crate::slack) enum PlaceRef<'a> {
    Message(&'a Message),
    View(&'a View),
}

/// A modal was submitted.
pub(in crate::slack) fn submission(world: &World, state: &mut State, view: &View) -> Value {
    let mut payload = base(state, "view_submission", &view.user);
    payload["trigger_id"] = json!(state.trigger(&view.user, world.clock.elapsed()));
    payload["view"] = view_json(state, view);
    payload["response_urls"] = json!([]);
    payload
}

/// A modal was closed. Slack leaves out what was typed, so it cannot be used to save drafts.
pub(in crate::slack) fn closed(state: &State, view: &View, is_cleared: bool) -> Value {
    let mut payload = base(state, "view_closed", &view.user);
    let mut without_text = view.clone();
    for actions in without_text.values.values_mut() {
        actions.retain(|_, value| value["type"] != "plain_text_input");
    }
    payload["view"] = view_json(state, &without_text);
    payload["is_cleared"] = json!(is_cleared);
    payload
}

/// A global shortcut, or one on a message.
pub(in crate::slack) fn shortcut(
    world: &World,
    state: &mut State,
    user: &str,
    callback_id: &str,
    on: Option<&Message>,
) -> Value {
    let now = world.clock.elapsed();
    let kind = if on.is_some() { "message_action" } else { "shortcut" };
    let mut payload = base(state, kind, user);
    payload["callback_id"] = json!(callback_id);
    payload["trigger_id"] = json!(state.trigger(user, now));
    if let Some(message) = on {
        in_message(state, &mut payload, message);
        payload["message_ts"] = json!(message.ts);
        let url = response_url::mint(state, &world.url, user, &message.channel, None, now);
        payload["response_url"] = json!(url);
    }
    payload
}

/// The envelope around an event.
pub(in crate::slack) fn event(state: &mut State, event: Value, seconds: u64) -> Value {
    json!({
        "token": VERIFICATION_TOKEN,
        "team_id": state.team.id,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": format!("Ev{:08}", state.next()),
        "event_time": seconds,
        "authorizations": [{
            "enterprise_id": state.team.enterprise,
            "team_id": state.team.id,
            "user_id": BOT_USER,
            "is_bot": true,
            "is_enterprise_install": state.team.org_install,
        }],
        "is_ext_shared_channel": false,
    })
}
