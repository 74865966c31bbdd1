//! Events: the App Home, a file that was shared, the end of an install, and the check of our address.

use super::wire::{lenient, tenant};
use super::{Envelope, Inbound, SharedFile, Unreadable, body_key};
use crate::domain::{UserId, WorkspaceId};
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Outer {
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    challenge: Option<String>,
    #[serde(deserialize_with = "lenient")]
    event_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    team_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    enterprise_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    authorizations: Option<Vec<Authorization>>,
    #[serde(deserialize_with = "lenient")]
    event: Option<Inner>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Authorization {
    #[serde(deserialize_with = "lenient")]
    enterprise_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    is_enterprise_install: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Inner {
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    user: Option<String>,
    #[serde(deserialize_with = "lenient")]
    tab: Option<String>,
    /// Of a shared file: who shared it, which, and where.
    #[serde(deserialize_with = "lenient")]
    user_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    file_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    channel_id: Option<String>,
}

/// Reads an event.
pub(super) fn event(json: Json, body: &[u8]) -> Result<Envelope, Unreadable> {
    let outer: Outer = serde_json::from_value(json).map_err(|_| Unreadable::NotJson)?;
    if outer.kind.as_deref() == Some("url_verification") {
        let what = Inbound::Challenge(outer.challenge.unwrap_or_default());
        return Ok(Envelope { workspace: WorkspaceId(String::new()), user: None, dedup: String::new(), what });
    }
    let authorization = outer.authorizations.and_then(|list| list.into_iter().next()).unwrap_or_default();
    let organisation = authorization.is_enterprise_install.unwrap_or(false);
    let workspace = tenant(outer.team_id, authorization.enterprise_id.or(outer.enterprise_id), organisation)?;
    let dedup = outer.event_id.map_or_else(|| body_key("event", body), |id| format!("event/{id}"));
    let inner = outer.event.unwrap_or_default();
    let shared = inner.file_id.zip(inner.channel_id).map(|(file, channel)| SharedFile { file, channel });
    let what = match (inner.kind.as_deref(), inner.tab.as_deref()) {
        (Some("file_shared"), _) => {
            shared.map_or_else(|| Inbound::Other("file_shared".to_owned()), Inbound::FileShared)
        }

        (Some("app_home_opened"), None | Some("home")) => Inbound::HomeOpened,
        (Some("app_uninstalled" | "tokens_revoked"), _) => Inbound::Uninstalled,
        (kind, _) => Inbound::Other(kind.or(outer.kind.as_deref()).unwrap_or("untyped event").to_owned()),
    };
    Ok(Envelope { workspace, user: inner.user.or(inner.user_id).map(UserId), dedup, what })
}
