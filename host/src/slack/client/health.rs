//! Whether a token works and what it may do, as Slack says it: for `weft doctor`.

use super::Client;
use crate::slack::SlackError;
use crate::slack::client::CALL_TIMEOUT;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use std::time::SystemTime;

/// The scopes that Weft uses. `docs/slack-manifest.yaml` asks for them.
const SCOPES: [&str; 8] = [
    "commands",
    "chat:write",
    "im:write",
    "users:read",
    "users:read.email",
    "usergroups:read",
    "files:write",
    "files:read",
];

/// A token that Slack accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHealth {
    /// The workspace's name and id.
    pub workspace: String,
    /// Scopes that Weft uses and the token does not have; none when Slack does not say which it has.
    pub missing: Option<Vec<String>>,
    /// What time it is at Slack; none when it does not say.
    pub now: Option<SystemTime>,
}

impl Client {
    /// Asks Slack about this token.
    pub async fn health(&self, token: &SecretString) -> Result<TokenHealth, SlackError> {
        let away = |error: reqwest::Error| SlackError::Unavailable(error.without_url().to_string());
        let url = format!("{}/auth.test", self.inner.api.as_str().trim_end_matches('/'));
        let request = self.inner.files.post(url).bearer_auth(token.expose_secret()).timeout(CALL_TIMEOUT);
        let response = request.send().await.map_err(away)?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (scopes, date) = (header("x-oauth-scopes"), header("date"));
        let answer: Json = response.json().await.map_err(away)?;
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        if answer["ok"] != true {
            return Err(SlackError::Unauthorized(text("error")));
        }
        Ok(TokenHealth {
            workspace: format!("{} ({})", text("team"), text("team_id")),
            missing: scopes.map(|scopes| missing(&scopes)),
            now: date.and_then(|date| httpdate::parse_http_date(&date).ok()),
        })
    }
}

fn missing(scopes: &str) -> Vec<String> {
    let has = |scope: &&str| scopes.split(',').any(|has| has.trim() == *scope);
    SCOPES.iter().filter(|scope| !has(scope)).map(|scope| (*scope).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_asks_for_what_is_used() {
        let manifest = include_str!("../../../../docs/slack-manifest.yaml");
        let asked = manifest.split("bot:\n").nth(1).unwrap().lines().map(str::trim);
        let asked: Vec<&str> = asked.map_while(|line| line.strip_prefix("- ")).collect();
        assert_eq!(asked, SCOPES);
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(missing(&SCOPES.join(",")), [""; 0]);
        assert_eq!(
            missing("commands, chat:write,im:write,users:read,users:read.email,usergroups:read"),
            ["files:write", "files:read"]
        );
    }
}
