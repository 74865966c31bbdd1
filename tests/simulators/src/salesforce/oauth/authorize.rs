//! The authorization page: who connects sees what is asked for, and allows or denies it.

use super::sessions::Code;
use super::{OAuthFail, Params};
use crate::salesforce::answer::Answer;
use crate::salesforce::data::shape::{CASE_OWNER, INTEGRATION};
use crate::salesforce::html::escape;
use crate::salesforce::org::Inner;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::sync::{lock, read};
use tokio::time::Instant;
use url::Url;

/// What is wrong with a request to authorize, and whether the client may be told.
enum Refusal {
    /// The client or its address is unknown: only the person is told.
    Page(OAuthFail),
    Redirect(Url, OAuthFail),
}

/// `GET /services/oauth2/authorize`.
pub fn page(org: &Inner, query: &Params) -> Answer {
    if let Err(refusal) = check(org, query) {
        return refused(refusal, query);
    }
    let data = read(&org.data);
    let mut people = String::new();
    for user in [INTEGRATION, data.shape.admins().start, CASE_OWNER] {
        if let Some(row) = data.row(Object::User, user) {
            let (name, username) = (row.get(F::Name).shown(), row.get(F::Username).shown());
            people.push_str(&format!(
                "<option value=\"{}\">{}</option>",
                escape(&username),
                escape(&format!("{name} ({username})"))
            ));
        }
    }
    let mut hidden = String::new();
    for (name, value) in query.iter() {
        hidden.push_str(&format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value)));
    }
    let scope = escape(query.get("scope").unwrap_or("api"));
    Answer::html(
        200,
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Allow access? | Salesforce (simulated)</title>{}</head>\
             <body><main><h1>Allow access?</h1><p>The app <b>{}</b> asks for: <b>{scope}</b>.</p>\
             <form method=\"post\" action=\"/services/oauth2/authorize\">{hidden}<p><label>Log in as <select name=\"user\">{people}</select></label></p>\
             <p><button name=\"decision\" value=\"allow\">Allow</button> <button name=\"decision\" value=\"deny\">Deny</button></p></form>\
             <p>This is a simulated org: there is no password.</p></main></body></html>",
            crate::salesforce::html::STYLE,
            escape(query.get("client_id").unwrap_or_default()),
        ),
    )
}

/// `POST /services/oauth2/authorize`: the person pressed a button.
pub fn decide(org: &Inner, form: &Params) -> Answer {
    let mut target = match check(org, form) {
        Ok(target) => target,
        Err(refusal) => return refused(refusal, form),
    };
    if form.get("decision") != Some("allow") {
        return refused(
            Refusal::Redirect(target, OAuthFail::new("access_denied", "end-user denied authorization")),
            form,
        );
    }
    // The guard on the rows goes before the one on the tokens is taken: see `Inner`.
    let user = form.get("user").map_or(Some(INTEGRATION), |name| read(&org.data).user_named(name));
    let Some(user) = user else {
        return Answer::html(400, "<p>There is no such user.</p>".into());
    };
    let code = lock(&org.auth).add_code(Code {
        user,
        redirect_uri: form.get("redirect_uri").unwrap_or_default().to_owned(),
        scope: form.get("scope").unwrap_or("api").to_owned(),
        challenge: form.get("code_challenge").map(str::to_owned),
        issued: Instant::now(),
    });
    target.query_pairs_mut().append_pair("code", &code);
    redirect(target, form)
}

fn check(org: &Inner, params: &Params) -> Result<Url, Refusal> {
    let page = |error, description| Refusal::Page(OAuthFail::new(error, description));
    if params.get("client_id") != Some(&org.options.client_id) {
        return Err(page("invalid_client_id", "client identifier invalid"));
    }
    if !lock(&org.settings).app_installed {
        return Err(Refusal::Page(super::NOT_INSTALLED));
    }
    let mismatch = || page("redirect_uri_mismatch", "redirect_uri must match configuration");
    let address = params.get("redirect_uri").ok_or_else(mismatch)?;
    let target = Url::parse(address).map_err(|_| mismatch())?;
    let registered = &org.options.redirect_uris;
    let loopback = matches!(target.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let known = if registered.is_empty() { loopback } else { registered.iter().any(|known| known == address) };
    if !known {
        return Err(mismatch());
    }
    let tell = |error, description| Refusal::Redirect(target.clone(), OAuthFail::new(error, description));
    match params.get("response_type") {
        Some("code") => {}
        _ => return Err(tell("unsupported_response_type", "response type not supported")),
    }
    match (params.get("code_challenge"), params.get("code_challenge_method")) {
        (None, _) if org.options.require_pkce => Err(tell("invalid_request", "missing required code challenge")),
        (Some(challenge), _) if challenge.len() != 43 => Err(tell("invalid_request", "invalid code challenge")),
        (Some(_), method) if method != Some("S256") => {
            Err(tell("invalid_request", "code challenge method must be S256"))
        }
        _ => Ok(target),
    }
}

fn refused(refusal: Refusal, params: &Params) -> Answer {
    match refusal {
        Refusal::Page(fail) => {
            Answer::html(400, format!("<p>error={}&amp;error_description={}</p>", fail.error, escape(fail.description)))
        }
        Refusal::Redirect(mut target, fail) => {
            target
                .query_pairs_mut()
                .append_pair("error", fail.error)
                .append_pair("error_description", fail.description);
            redirect(target, params)
        }
    }
}

fn redirect(mut target: Url, params: &Params) -> Answer {
    if let Some(state) = params.get("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    Answer::redirect(target.as_str())
}
