//! `/services/oauth2/token` and `/services/oauth2/revoke`.

use super::sessions::{Auth, Refresh};
use super::{OAuthFail, Params, jwt};
use crate::salesforce::answer::Answer;
use crate::salesforce::data::shape::INTEGRATION;
use crate::salesforce::org::Inner;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::sync::{lock, read};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

const EXPIRED: OAuthFail = OAuthFail::new("invalid_grant", "expired access/refresh token");

/// The host name under which the simulated org is a login host of everybody, and no My Domain.
const GENERIC_HOST: &str = "localhost";

/// What a token answer carries.
pub struct Issued {
    pub user: u32,
    pub grant: Option<usize>,
    pub refresh_token: Option<String>,
    pub scope: String,
}

/// `POST /services/oauth2/token`. `host` is the host name the call was sent to.
pub fn token(org: &Inner, form: &Params, host: &str) -> Answer {
    let mut auth = lock(&org.auth);
    let grant = form.get("grant_type");
    // An assertion is the proof of the app itself.
    let checked = if grant == Some(jwt::GRANT) { Ok(()) } else { check_client(org, form) };
    let issued = checked.and_then(|()| check_installed(org)).and_then(|()| match grant {
        Some("authorization_code") => redeem(org, &mut auth, form),
        Some("refresh_token") => refresh(org, &mut auth, form),
        Some("client_credentials") => client_credentials(org, host),
        Some(jwt::GRANT) => jwt::bearer(org, form).and_then(|issued| check_user(org, issued.user).map(|()| issued)),
        _ => Err(OAuthFail::new("unsupported_grant_type", "grant type not supported")),
    });
    match issued {
        Ok(issued) => {
            org.show_grants(&auth, issued.grant, issued.refresh_token.as_deref());
            answer(org, &mut auth, issued)
        }
        Err(fail) => {
            // A replayed refresh token ended its grant.
            org.show_grants(&auth, None, None);
            fail.answer()
        }
    }
}

fn check_client(org: &Inner, form: &Params) -> Result<(), OAuthFail> {
    if form.get("client_id") != Some(&org.options.client_id) {
        return Err(OAuthFail::new("invalid_client_id", "client identifier invalid"));
    }
    if form.get("client_secret") != org.options.client_secret.as_deref() {
        return Err(OAuthFail::new("invalid_client", "invalid client credentials"));
    }
    Ok(())
}

fn check_installed(org: &Inner) -> Result<(), OAuthFail> {
    if lock(&org.settings).app_installed { Ok(()) } else { Err(super::NOT_INSTALLED) }
}

fn redeem(org: &Inner, auth: &mut Auth, form: &Params) -> Result<Issued, OAuthFail> {
    let code = form.get("code").and_then(|code| auth.take_code(code)).filter(|code| !code.is_stale());
    let code = code.ok_or(OAuthFail::new("invalid_grant", "expired authorization code"))?;
    if form.get("redirect_uri") != Some(&code.redirect_uri) {
        return Err(OAuthFail::new("redirect_uri_mismatch", "redirect_uri must match configuration"));
    }
    check_verifier(code.challenge.as_deref(), form.get("code_verifier"))?;
    check_user(org, code.user)?;
    let grant = auth.add_grant(code.user, &code.scope);
    let can_refresh = code.scope.split(' ').any(|scope| matches!(scope, "refresh_token" | "offline_access"));
    let refresh_token = can_refresh.then(|| auth.add_refresh(grant));
    Ok(Issued { user: code.user, grant: Some(grant), refresh_token, scope: code.scope })
}

fn check_verifier(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), OAuthFail> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(OAuthFail::new("invalid_grant", "code verifier sent without a code challenge")),
        (Some(_), None) => Err(OAuthFail::new("invalid_grant", "missing required code verifier")),
        (Some(challenge), Some(verifier)) => {
            let fits =
                (43..=128).contains(&verifier.len()) && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge;
            if fits { Ok(()) } else { Err(OAuthFail::new("invalid_request", "invalid code verifier")) }
        }
    }
}

/// A replayed refresh token ends the whole grant: somebody else may have it.
fn refresh(org: &Inner, auth: &mut Auth, form: &Params) -> Result<Issued, OAuthFail> {
    let grant = match auth.refresh(form.get("refresh_token").unwrap_or_default()) {
        Refresh::Current(grant) => grant,
        Refresh::Replayed(grant) => {
            auth.end_grant(grant);
            return Err(EXPIRED);
        }
        Refresh::Unknown => return Err(EXPIRED),
    };
    let (user, scope) = auth.grant(grant).map(|grant| (grant.user, grant.scope.clone())).ok_or(EXPIRED)?;
    check_user(org, user)?;
    let refresh_token = org.options.rotate_refresh_tokens.then(|| auth.add_refresh(grant));
    Ok(Issued { user, grant: Some(grant), refresh_token, scope })
}

fn client_credentials(org: &Inner, host: &str) -> Result<Issued, OAuthFail> {
    if host == GENERIC_HOST {
        return Err(OAuthFail::new("invalid_grant", "request not supported on this domain"));
    }
    if !org.options.client_credentials || org.options.client_secret.is_none() {
        return Err(OAuthFail::new("invalid_grant", "no client credentials user enabled"));
    }
    check_user(org, INTEGRATION)?;
    Ok(Issued { user: INTEGRATION, grant: None, refresh_token: None, scope: "api id".into() })
}

/// Who is inactive or frozen gets no session.
fn check_user(org: &Inner, user: u32) -> Result<(), OAuthFail> {
    let data = read(&org.data);
    let active = data.row(Object::User, user).is_some_and(|row| row.get(F::IsActive).is_true());
    let frozen = data.row(Object::UserLogin, user).is_some_and(|row| row.get(F::IsFrozen).is_true());
    if active && !frozen { Ok(()) } else { Err(OAuthFail::new("invalid_grant", "authentication failure")) }
}

fn answer(org: &Inner, auth: &mut Auth, issued: Issued) -> Answer {
    let data = read(&org.data);
    let organization = data.id(Object::Organization, 0).to_string();
    let id = format!("{}/id/{organization}/{}", org.url, data.id(Object::User, issued.user));
    let issued_at = org.clock.now().to_string();
    let mut body = json!({
        "access_token": auth.add_session(&organization, issued.user, issued.grant),
        "signature": signature(org, &format!("{id}{issued_at}")),
        "scope": issued.scope,
        "instance_url": org.url,
        "id": id,
        "token_type": "Bearer",
        "issued_at": issued_at,
    });
    if let Some(token) = issued.refresh_token {
        body["refresh_token"] = Json::String(token);
    }
    Answer::json(200, &body).with("cache-control", "no-store")
}

fn signature(org: &Inner, text: &str) -> String {
    let secret = org.options.client_secret.as_deref().unwrap_or_default();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// `/services/oauth2/revoke`: an access token ends its session, a refresh token the whole grant.
pub fn revoke(org: &Inner, form: &Params) -> Answer {
    let json = lock(&org.settings).revoke_answers_json;
    let refused = |error, description| {
        let fail = OAuthFail::new(error, description);
        if json { fail.answer() } else { fail.form() }
    };
    let token = form.get("token").unwrap_or_default();
    if org.revoke_token(token) {
        return Answer::empty(200);
    }
    let mut auth = lock(&org.auth);
    if auth.end_session(token) {
        return Answer::empty(200);
    }
    match auth.refresh(token) {
        Refresh::Current(grant) | Refresh::Replayed(grant) => {
            auth.end_grant(grant);
            org.show_grants(&auth, None, None);
            Answer::empty(200)
        }
        // A JSON web token is no token of this endpoint.
        Refresh::Unknown if token.starts_with("eyJ") => {
            refused("unsupported_token_type", "this token type is not supported")
        }
        Refresh::Unknown => refused("invalid_token", "invalid token"),
    }
}
