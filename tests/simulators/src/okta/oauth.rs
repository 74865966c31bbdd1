//! The org authorization server: `/oauth2/v1/authorize`, `/token` and `/revoke`, with PKCE and refresh tokens that rotate.

mod tokens;

use super::answer::Answer;
use super::html::{STYLE, escape};
use super::org::{Inner, lock};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokens::{Code, Refresh};
use url::Url;

pub use tokens::Tokens;

/// Form members or a query.
pub type Params = [(String, String)];

/// Scopes that need no grant.
const OPEN_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];
/// An access token lives for an hour (spec).
const EXPIRES_IN: u32 = 3600;

fn get<'a>(params: &'a Params, name: &str) -> Option<&'a str> {
    params.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
}

/// What is wrong with a request to authorize, and whether the client may be told.
enum Refusal {
    /// The client or its address is unknown: only the person is told.
    Page(&'static str),
    Redirect(Box<Url>, &'static str, &'static str),
}

/// `GET /oauth2/v1/authorize`: the page with the question.
pub fn page(org: &Inner, query: &Params) -> Answer {
    if let Err(refusal) = check(org, query) {
        return refused(refusal, query);
    }
    let hidden: String = query
        .iter()
        .map(|(name, text)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(text)))
        .collect();
    let scopes: String =
        get(query, "scope").unwrap_or_default().split(' ').map(|scope| format!("<li>{}</li>", escape(scope))).collect();
    Answer::html(
        200,
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Allow access? | Okta (simulated)</title>{STYLE}</head><body><main>\
             <h1>Allow access?</h1><p>The app <b>{}</b> asks for:</p><ul>{scopes}</ul><p>You are signed in as {}.</p>\
             <form method=\"post\" action=\"/oauth2/v1/authorize\">{hidden}<p><button name=\"decision\" value=\"allow\">Allow access</button> \
             <button name=\"decision\" value=\"deny\">Don't allow</button></p></form><p>This is a simulated org: there is no password.</p></main></body></html>",
            escape(get(query, "client_id").unwrap_or_default()),
            super::seed::ADMIN,
        ),
    )
}

/// `POST /oauth2/v1/authorize`: the person pressed a button.
pub fn decide(org: &Inner, form: &Params) -> Answer {
    let mut target = match check(org, form) {
        Ok(target) => target,
        Err(refusal) => return refused(refusal, form),
    };
    if get(form, "decision") != Some("allow") {
        let denied = "The resource owner or authorization server denied the request.";
        return refused(Refusal::Redirect(Box::new(target), "access_denied", denied), form);
    }
    let code = lock(&org.tokens).add_code(Code {
        redirect_uri: get(form, "redirect_uri").unwrap_or_default().to_owned(),
        scope: get(form, "scope").unwrap_or_default().to_owned(),
        challenge: get(form, "code_challenge").map(str::to_owned),
    });
    target.query_pairs_mut().append_pair("code", &code);
    redirect(target, form)
}

fn check(org: &Inner, params: &Params) -> Result<Url, Refusal> {
    let options = &org.options;
    if get(params, "client_id") != Some(&options.client_id) {
        return Err(Refusal::Page("Invalid value for 'client_id' parameter."));
    }
    let mismatch =
        || Refusal::Page("The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.");
    let address = get(params, "redirect_uri").ok_or_else(mismatch)?;
    let target = Url::parse(address).map_err(|_| mismatch())?;
    let loopback = matches!(target.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let known = if options.redirect_uris.is_empty() {
        loopback
    } else {
        options.redirect_uris.iter().any(|known| known == address)
    };
    if !known {
        return Err(mismatch());
    }
    let tell = |error, description| Err(Refusal::Redirect(Box::new(target.clone()), error, description));
    if get(params, "response_type") != Some("code") {
        return tell("unsupported_response_type", "The response type is not supported by the authorization server.");
    }
    if get(params, "state").is_none_or(str::is_empty) {
        return tell("invalid_request", "The authentication request has an invalid 'state' parameter.");
    }
    let scope = get(params, "scope").unwrap_or_default();
    let granted = |scope: &str| {
        OPEN_SCOPES.contains(&scope) || lock(&org.settings).granted_scopes.iter().any(|known| known == scope)
    };
    if scope.is_empty() || !scope.split(' ').all(granted) {
        return tell("invalid_scope", "One or more scopes are not configured for the authorization server resource.");
    }
    if scope.split(' ').any(|scope| scope == "offline_access") && !options.refresh_tokens {
        return tell("invalid_scope", "The client is not authorized to use the 'offline_access' scope.");
    }
    match (get(params, "code_challenge"), get(params, "code_challenge_method")) {
        (None, _) if options.require_pkce => {
            tell("invalid_request", "PKCE code challenge is required by the application.")
        }
        (Some(challenge), Some("S256")) if challenge.len() == 43 => Ok(target),
        (Some(_), _) => tell("invalid_request", "Invalid value for 'code_challenge' or 'code_challenge_method'."),
        (None, _) => Ok(target),
    }
}

fn refused(refusal: Refusal, params: &Params) -> Answer {
    match refusal {
        Refusal::Page(description) => {
            Answer::html(400, format!("<p>400 Bad Request</p><p>{}</p>", escape(description)))
        }
        Refusal::Redirect(mut target, error, description) => {
            target.query_pairs_mut().append_pair("error", error).append_pair("error_description", description);
            redirect(*target, params)
        }
    }
}

fn redirect(mut target: Url, params: &Params) -> Answer {
    if let Some(state) = get(params, "state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    Answer::redirect(target.as_str())
}

/// `POST /oauth2/v1/token`. `basic` is the client's id and secret from the header, where they stand there.
pub fn token(org: &Inner, form: &Params, authorization: Option<&str>) -> Answer {
    if let Err(answer) = check_client(org, form, authorization) {
        return answer;
    }
    match get(form, "grant_type") {
        Some("authorization_code") => redeem(org, form),
        Some("refresh_token") => refresh(org, form),
        _ => Answer::oauth(
            400,
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        ),
    }
}

fn check_client(org: &Inner, form: &Params, authorization: Option<&str>) -> Result<(), Answer> {
    let basic = authorization.and_then(|text| text.strip_prefix("Basic ")).and_then(|text| STANDARD.decode(text).ok());
    let basic = basic.and_then(|bytes| String::from_utf8(bytes).ok());
    let (id, secret) = match basic.as_deref().and_then(|text| text.split_once(':')) {
        Some((id, secret)) => (Some(id), Some(secret)),
        None => (get(form, "client_id"), get(form, "client_secret")),
    };
    if id != Some(&org.options.client_id) {
        return Err(Answer::oauth(401, "invalid_client", "Invalid value for 'client_id' parameter."));
    }
    if secret != Some(&org.options.client_secret) {
        return Err(Answer::oauth(
            401,
            "invalid_client",
            "The client secret supplied for a confidential client is invalid.",
        ));
    }
    Ok(())
}

fn redeem(org: &Inner, form: &Params) -> Answer {
    let mut tokens = lock(&org.tokens);
    let Some(code) = get(form, "code").and_then(|code| tokens.take_code(code)) else {
        return Answer::oauth(400, "invalid_grant", "The authorization code is invalid or has expired.");
    };
    if get(form, "redirect_uri") != Some(&code.redirect_uri) {
        return Answer::oauth(
            400,
            "invalid_grant",
            "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
        );
    }
    if let Some(challenge) = &code.challenge {
        let verifier = get(form, "code_verifier").unwrap_or_default();
        if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != *challenge {
            return Answer::oauth(400, "invalid_grant", "PKCE verification failed.");
        }
    }
    let grant = tokens.add_grant(&code.scope);
    let refresh = code.scope.split(' ').any(|scope| scope == "offline_access").then(|| tokens.add_refresh(grant));
    issued(&mut tokens, grant, refresh)
}

/// Somebody who uses a token that was rotated away ends the whole grant.
fn refresh(org: &Inner, form: &Params) -> Answer {
    let mut tokens = lock(&org.tokens);
    let token = get(form, "refresh_token").unwrap_or_default();
    let grant = match tokens.refresh(token) {
        Refresh::Current(grant) => grant,
        Refresh::Replayed(grant) => {
            tokens.end_grant(grant);
            return Answer::oauth(400, "invalid_grant", "The refresh token is invalid or expired.");
        }
        Refresh::Unknown => return Answer::oauth(400, "invalid_grant", "The refresh token is invalid or expired."),
    };
    let refresh = if org.options.rotate_refresh_tokens { tokens.add_refresh(grant) } else { token.to_owned() };
    issued(&mut tokens, grant, Some(refresh))
}

fn issued(tokens: &mut Tokens, grant: usize, refresh: Option<String>) -> Answer {
    let scope = tokens.scope(grant);
    let mut body = json!({
        "token_type": "Bearer", "expires_in": EXPIRES_IN, "access_token": tokens.add_session(grant), "scope": scope,
    });
    if let Some(refresh) = refresh {
        body["refresh_token"] = refresh.into();
    }
    Answer::json(200, &body).with("cache-control", "no-store")
}

/// `POST /oauth2/v1/revoke`: an access token ends its session, a refresh token the whole grant. Unknown ones are no error (RFC 7009).
pub fn revoke(org: &Inner, form: &Params, authorization: Option<&str>) -> Answer {
    if let Err(answer) = check_client(org, form, authorization) {
        return answer;
    }
    let mut tokens = lock(&org.tokens);
    let token = get(form, "token").unwrap_or_default();
    match tokens.refresh(token) {
        Refresh::Current(grant) | Refresh::Replayed(grant) => tokens.end_grant(grant),
        Refresh::Unknown => tokens.end_session(token),
    }
    Answer::empty(200)
}
