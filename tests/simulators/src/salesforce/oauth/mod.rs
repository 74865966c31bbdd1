//! OAuth of the org: authorization page, tokens, revocation, identity.

mod authorize;
mod identity;
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

impl OAuthFail {
    const fn new(error: &'static str, description: &'static str) -> OAuthFail {
        OAuthFail { error, description }
    }

    /// As the token endpoint answers it: 400 with one JSON object.
    pub fn answer(self) -> Answer {
        Answer::json(400, &json!({ "error": self.error, "error_description": self.description }))
    }
}
