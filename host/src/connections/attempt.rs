//! Somebody's wish to connect, from the link to the grant, and what ties it to one person's browser.

use crate::{
    domain::{Actor, AppError, ConnectionId, IntegrationId, Millis},
    store::Entity,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A person goes to the browser at once, or asks for a new link.
pub const LINK_LIFE_MS: Millis = 10 * 60 * 1000;

/// Somebody's wish to connect.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// BLAKE3 of the ticket in the link.
    pub id: String,
    pub actor: Actor,
    pub integration: IntegrationId,
    /// Connect this one again, keeping boards and permissions.
    pub connection: Option<ConnectionId>,
    /// What the page asks, as it was answered last.
    pub settings: BTreeMap<String, String>,
    pub created_at: Millis,
    /// BLAKE3 of the cookie of the browser that opened the link.
    #[serde(default)]
    pub browser: Option<String>,
    /// What the tool must bring back, once the browser was sent there.
    #[serde(default)]
    pub sent: Option<Sent>,
}

/// What the tool must bring back.
#[derive(Clone, Serialize, Deserialize)]
pub struct Sent {
    /// BLAKE3 of the last part of the state.
    pub state: String,
    /// The PKCE verifier, sealed.
    pub verifier: String,
}

impl Entity for Attempt {
    const KIND: &'static str = "connect-attempt";

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Attempt {
    /// Whether this is the browser that opened the link.
    pub fn is_bound_to(&self, cookie: Option<&str>) -> bool {
        matches!((&self.browser, cookie), (Some(known), Some(cookie)) if same(known, &digest(cookie)))
    }

    /// What the form must bring back: another site can neither read it nor guess it.
    pub fn form_token(&self, cookie: &str) -> String {
        digest(&format!("form of {} for {cookie}", self.id))
    }
}

/// The link, the state or the form is too old, used, or not ours.
pub fn stale() -> AppError {
    AppError::refused("This link has expired or was used. Nothing was connected. Ask for a new one in Slack.")
}

/// Somebody else's browser.
pub fn stranger() -> AppError {
    AppError::refused(
        "This browser is not the one that opened the link. Nothing was connected. Ask for a new link in Slack.",
    )
}

/// BLAKE3 in hex: what is stored of a secret that only the browser or the tool holds.
pub fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// Compares in constant time.
pub fn same(left: &str, right: &str) -> bool {
    use subtle::ConstantTimeEq;
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// 256 random bits, as 43 characters.
#[expect(clippy::expect_used, reason = "without random numbers nothing here is safe")]
pub fn random() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
