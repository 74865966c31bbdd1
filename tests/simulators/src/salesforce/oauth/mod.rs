//! OAuth of the org: authorization page, tokens, revocation, identity.

mod authorize;
mod identity;
mod jwt;
mod sessions;
mod token;

pub use authorize::{decide, page};
pub use identity::{identity, user_info};
pub use sessions::Auth;
pub use token::{revoke, token};

use super::answer::Answer;
use serde_json::json;

/// Form or query parameters.
#[derive(Debug)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `a=1&b=2`.
    pub fn parse(text: &[u8]) -> Params {
        Params(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first parameter of this name that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The same with the app and its secret from a header, as RFC 6749 has it and some clients send it.
    #[must_use]
    pub fn with_client(mut self, client: Option<&(String, String)>) -> Params {
        if let Some((id, secret)) = client {
            self.0.push(("client_id".into(), id.clone()));
            self.0.push(("client_secret".into(), secret.clone()));
        }
        self
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// An OAuth refusal: `error` and `error_description`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OAuthFail {
    pub error: &'static str,
    pub description: &'static str,
}

/// The app is not installed in the org, and only installed apps may be authorized.
const NOT_INSTALLED: OAuthFail = OAuthFail::new("invalid_client", "app must be installed into org");

impl OAuthFail {
    const fn new(error: &'static str, description: &'static str) -> OAuthFail {
        OAuthFail { error, description }
    }

    /// As the revoke endpoint answers it, unless the org prefers JSON there too.
    pub fn form(self) -> Answer {
        let text = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("error", self.error)
            .append_pair("error_description", self.description)
            .finish();
        Answer::form(400, &text)
    }

    /// As the token endpoint answers it: 400 with one JSON object.
    pub fn answer(self) -> Answer {
        Answer::json(400, &json!({ "error": self.error, "error_description": self.description }))
    }
}
