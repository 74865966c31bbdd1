//! Interaction payloads as Slack writes them: every member may be absent, null, or of another shape than documented.

use super::{BlockAction, Chosen, Envelope, Inbound, MessageRef, Suggestion, Unreadable, View, body_key};
use crate::domain::{UserId, WorkspaceId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A member of the wrong shape is as good as absent.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(input: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Json::deserialize(input)?).ok())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    #[serde(deserialize_with = "lenient")]
    pub id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub team_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub enterprise_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Payload {
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    team: Option<Named>,
    #[serde(deserialize_with = "lenient")]
    enterprise: Option<Named>,
    #[serde(deserialize_with = "lenient")]
    is_enterprise_install: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    user: Option<Named>,
    #[serde(deserialize_with = "lenient")]
    trigger_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    response_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    channel: Option<Named>,
    #[serde(deserialize_with = "lenient")]
    container: Option<Container>,
    #[serde(deserialize_with = "lenient")]
    actions: Option<Vec<Json>>,
    #[serde(deserialize_with = "lenient")]
    view: Option<WireView>,
    #[serde(deserialize_with = "lenient")]
    action_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    block_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    value: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Container {
    #[serde(deserialize_with = "lenient")]
    channel_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    message_ts: Option<String>,
    #[serde(deserialize_with = "lenient")]
    is_ephemeral: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireView {
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    hash: Option<String>,
    #[serde(deserialize_with = "lenient")]
    external_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    root_view_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    callback_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    private_metadata: Option<String>,
    #[serde(deserialize_with = "lenient")]
    state: Option<State>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct State {
    #[serde(deserialize_with = "lenient")]
    values: Option<BTreeMap<String, BTreeMap<String, Json>>>,
}

impl From<WireView> for View {
    fn from(wire: WireView) -> Self {
        let values = wire.state.and_then(|state| state.values).unwrap_or_default();
        let read =
            |fields: BTreeMap<String, Json>| fields.into_iter().map(|(id, json)| (id, Chosen::read(&json))).collect();
        Self {
            id: wire.id.unwrap_or_default(),
            is_home: wire.kind.as_deref() == Some("home"),
            hash: wire.hash,
            external_id: wire.external_id.filter(|id| !id.is_empty()),
            root: wire.root_view_id,
            callback: wire.callback_id.unwrap_or_default(),
            metadata: wire.private_metadata.unwrap_or_default(),
            values: values.into_iter().map(|(block, fields)| (block, read(fields))).collect(),
        }
    }
}

/// The tenant of an install: an organisation-wide one belongs to the organisation, every other to its team.
pub(super) fn tenant(
    team: Option<String>,
    enterprise: Option<String>,
    organisation: bool,
) -> Result<WorkspaceId, Unreadable> {
    let (first, second) = if organisation { (enterprise, team) } else { (team, enterprise) };
    let usable = |id: &String| !id.is_empty();
    first.filter(usable).or(second.filter(usable)).map(WorkspaceId).ok_or(Unreadable::NoWorkspace)
}

/// Reads an interaction.
pub(super) fn interaction(json: Json, body: &[u8]) -> Result<Envelope, Unreadable> {
    let payload: Payload = serde_json::from_value(json).map_err(|_| Unreadable::NotJson)?;
    let user = payload.user.as_ref();
    let id = |named: &Option<Named>| named.as_ref().and_then(|named| named.id.clone());
    let enterprise = id(&payload.enterprise)
        .or_else(|| payload.team.as_ref().and_then(|team| team.enterprise_id.clone()))
        .or_else(|| user.and_then(|user| user.enterprise_id.clone()));
    // The person's own team comes last: in an organisation it is not where the app is installed.
    let home = user.and_then(|user| user.team_id.clone());
    let organisation = payload.is_enterprise_install.unwrap_or(false);
    let workspace = tenant(id(&payload.team), enterprise, organisation).or_else(|_| tenant(home, None, false))?;
    let user = user.and_then(|user| user.id.clone()).map(UserId);
    let dedup = dedup_key(&payload, body);
    Ok(Envelope { workspace, user, dedup, what: what(payload) })
}

/// The trigger is new with each click; without one, the moment and place of the click name it.
fn dedup_key(payload: &Payload, body: &[u8]) -> String {
    let kind = payload.kind.as_deref().unwrap_or("interaction");
    if let Some(trigger) = &payload.trigger_id {
        return format!("{kind}/{trigger}");
    }
    let first = payload.actions.as_ref().and_then(|actions| actions.first());
    let text = |name: &str| first.and_then(|action| action.get(name)).and_then(Json::as_str);
    match (text("action_ts"), text("action_id"), payload.user.as_ref().and_then(|user| user.id.as_deref())) {
        (Some(ts), Some(action), Some(user)) => format!("{kind}/{ts}/{user}/{action}"),
        _ => body_key(kind, body),
    }
}

fn what(payload: Payload) -> Inbound {
    match payload.kind.as_deref() {
        Some("block_actions") => block_action(payload),
        Some("view_submission") => Inbound::Submission(payload.view.unwrap_or_default().into()),
        Some("view_closed") => Inbound::Closed(payload.view.unwrap_or_default().into()),
        Some("block_suggestion") => Inbound::Suggestion(Suggestion {
            action: payload.action_id.unwrap_or_default(),
            block: payload.block_id.unwrap_or_default(),
            words: payload.value.unwrap_or_default(),
            metadata: payload.view.and_then(|view| view.private_metadata).unwrap_or_default(),
        }),
        other => Inbound::Other(other.unwrap_or("untyped").to_owned()),
    }
}

/// Slack sends one action at a time, in a list.
fn block_action(payload: Payload) -> Inbound {
    let Some(action) = payload.actions.and_then(|actions| actions.into_iter().next()) else {
        return Inbound::Other("block_actions without an action".to_owned());
    };
    let text = |name: &str| action.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let container = payload.container.unwrap_or_default();
    let channel = container.channel_id.or_else(|| payload.channel.and_then(|channel| channel.id));
    let ephemeral = container.is_ephemeral.unwrap_or(false);
    Inbound::Action(BlockAction {
        action: text("action_id"),
        block: text("block_id"),
        chosen: Chosen::read(&action),
        trigger: payload.trigger_id,
        response_url: payload.response_url,
        message: channel.zip(container.message_ts).map(|(channel, ts)| MessageRef { channel, ts, ephemeral }),
        view: payload.view.map(View::from),
    })
}
