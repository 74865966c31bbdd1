//! OAuth tokens, read live: what ends a token is never stored, so a token is found again by its fingerprint.

use super::live;
use crate::fetch;
use serde::Deserialize;
use weft_integration::prelude::*;

/// Salesforce gives this many tokens for one query, and says nothing of the others.
const MOST_AT_ONCE: usize = 2500;
/// Tokens that are looked through for one question: more hang on no 200 users.
const MOST: usize = 50_000;

/// A token as it is now.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Token {
    pub app_name: Option<String>,
    pub user_id: String,
    /// What ends it; there is none for tokens that cannot be ended this way.
    delete_token: Option<String>,
}

impl Token {
    /// What ends it.
    pub fn ends_by(&self) -> Option<&str> {
        self.delete_token.as_deref().filter(|token| !token.is_empty())
    }

    /// Its fingerprint, under which it is known here.
    pub fn key(&self) -> Option<String> {
        self.ends_by().map(fetch::tokens::key)
    }

    /// The app that may act with it.
    pub fn app(&self) -> &str {
        self.app_name.as_deref().unwrap_or("An app without a name")
    }
}

/// All tokens of these users.
pub fn read(users: &[&str]) -> Result<Vec<Token>, Error> {
    let mut found: Vec<Token> = Vec::new();
    loop {
        let page = format!("UserId != null LIMIT {MOST_AT_ONCE} OFFSET {}", found.len());
        let tokens: Vec<Token> = live::by("OauthToken", "AppName,UserId,DeleteToken", "UserId", users, &page)?;
        let is_last = tokens.len() < MOST_AT_ONCE;
        found.extend(tokens);
        if is_last || found.len() >= MOST {
            return Ok(found);
        }
    }
}
