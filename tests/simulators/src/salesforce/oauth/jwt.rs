//! The JWT bearer grant: an app signs with its key that a user lets it in.

use super::token::Issued;
use super::{OAuthFail, Params};
use crate::salesforce::org::Inner;
use crate::salesforce::sync::{lock, read};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;

/// The grant type.
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Furthest an assertion may reach into the future, in seconds.
const LONGEST: i64 = 300;
/// Login hosts an assertion may be made for, beside the org's own.
const LOGIN_HOSTS: [&str; 2] = ["https://login.salesforce.com", "https://test.salesforce.com"];

const INVALID: OAuthFail = OAuthFail::new("invalid_grant", "invalid assertion");

/// What an assertion says.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    /// Seconds since 1970, by the machine's clock: assertions are made outside the org. Salesforce takes them as text too.
    exp: Seconds,
}

/// A number, or one written as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(i64),
    Text(String),
}

impl Seconds {
    fn get(&self) -> i64 {
        match self {
            Seconds::Number(seconds) => *seconds,
            Seconds::Text(text) => text.parse().unwrap_or(0),
        }
    }
}

/// Lets in whom the assertion names, if the key is the app's and the user was approved for it.
pub fn bearer(org: &Inner, form: &Params) -> Result<Issued, OAuthFail> {
    let key = org.options.jwt_public_key.as_deref().ok_or(INVALID)?;
    let key = DecodingKey::from_rsa_pem(key.as_bytes()).map_err(|_| INVALID)?;
    let claims = decode::<Claims>(form.get("assertion").unwrap_or_default(), &key, &signature_only());
    let claims = claims.map_err(|_| INVALID)?.claims;
    if claims.iss != org.options.client_id {
        return Err(OAuthFail::new("invalid_client_id", "client identifier invalid"));
    }
    let audience = claims.aud.trim_end_matches('/');
    if audience != org.url && !LOGIN_HOSTS.contains(&audience) {
        return Err(OAuthFail::new("invalid_grant", "audience is invalid"));
    }
    let now = jiff::Timestamp::now().as_second();
    if !(now + 1..=now + LONGEST).contains(&claims.exp.get()) {
        return Err(INVALID);
    }
    let approved = lock(&org.settings)
        .jwt_users
        .as_ref()
        .is_none_or(|users| users.iter().any(|user| user.eq_ignore_ascii_case(&claims.sub)));
    let user = read(&org.data).user_named(&claims.sub).filter(|_| approved);
    let user = user.ok_or(OAuthFail::new("invalid_grant", "user hasn't approved this consumer"))?;
    Ok(Issued { user, grant: None, refresh_token: None, scope: "api id".into() })
}

/// The claims are checked one by one, for each has its own refusal.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}
