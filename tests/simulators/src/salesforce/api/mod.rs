//! `/services/data`: versions, sessions, the daily allowance, and which resource a path means.

mod batch;
mod collections;
mod composite;
mod describe;
mod graph;
mod jobs;
mod query;
mod records;
mod replicate;

pub use jobs::Jobs;
pub use query::Cursors;

use super::access::Access;
use super::answer::Answer;
use super::change::{Body, Change};
use super::fail::{Fail, Outcome};
use super::oauth::Params;
use super::org::Inner;
use super::schema::{F, Object, Permission};
use super::sync::{lock, read, write};
use serde_json::json;

/// The newest API version the org speaks.
pub const NEWEST_VERSION: u16 = 68;
/// Older ones are 410 GONE.
const OLDEST_VERSION: u16 = 31;

/// A call of a resource, of its own or inside a composite request.
#[derive(Debug)]
pub struct Call<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: Params,
    pub body: &'a [u8],
    /// `batchSize` of `Sforce-Query-Options`.
    pub batch: Option<usize>,
}

/// Who calls, and in which version.
#[derive(Debug)]
pub struct Caller {
    pub access: Access,
    pub version: u16,
    /// `/services/data/v67.0`.
    pub base: String,
    pub token: String,
}

/// Answers a call of `/services/data/...`. `token` is what came in the Authorization header.
pub fn answer(org: &Inner, call: &Call<'_>, token: Option<&str>) -> Answer {
    let rest = call.path.trim_start_matches("/services/data").trim_matches('/');
    if rest.is_empty() {
        return if call.method == "GET" { versions() } else { Answer::refusal(&Fail::method(call.method, "HEAD,GET")) };
    }
    let name = rest.split('/').next().unwrap_or_default();
    let caller = version_of(name).and_then(|version| admit(org, version, format!("/services/data/{name}"), token));
    let caller = match caller {
        Ok(caller) => caller,
        Err(fail) => return Answer::refusal(&fail),
    };
    let answer = if let Err(fail) = charge(org) {
        Answer::refusal(&fail)
    } else {
        let _writing = (call.method != "GET").then(|| lock(&org.writing));
        dispatch(org, &caller, call).unwrap_or_else(|fail| Answer::refusal(&fail))
    };
    let settings = lock(&org.settings);
    answer.with("sforce-limit-info", format!("api-usage={}/{}", settings.requests_used, settings.daily_requests))
}

fn versions() -> Answer {
    let season = |version: u16| {
        let name = ["Winter", "Spring", "Summer"][usize::from((version - 62) % 3)];
        format!("{name} '{}", 25 + (version - 62) / 3)
    };
    let versions: Vec<_> = (62..=NEWEST_VERSION)
        .map(|version| json!({ "label": season(version), "url": format!("/services/data/v{version}.0"), "version": format!("{version}.0") }))
        .collect();
    Answer::json(200, &versions)
}

fn version_of(name: &str) -> Outcome<u16> {
    let digits = name.strip_prefix('v').and_then(|rest| rest.strip_suffix(".0"));
    match digits.and_then(|digits| digits.parse().ok()) {
        Some(version @ OLDEST_VERSION..=NEWEST_VERSION) => Ok(version),
        Some(version) if version < OLDEST_VERSION => {
            Err(Fail::new(410, "GONE", format!("API version {version}.0 is retired. Use a newer one.")))
        }
        _ => Err(Fail::no_path()),
    }
}

/// The caller behind a token, if the session is good and the user may use the API at all.
fn admit(org: &Inner, version: u16, base: String, token: Option<&str>) -> Outcome<Caller> {
    let token = token.ok_or_else(Fail::session)?;
    let (requests, lifetime) = {
        let settings = lock(&org.settings);
        (settings.session_requests, settings.session_lifetime)
    };
    let user = lock(&org.auth).use_session(token, requests, lifetime).ok_or_else(Fail::session)?;
    if !read(&org.data).row(Object::User, user).is_some_and(|row| row.get(F::IsActive).is_true()) {
        return Err(Fail::session());
    }
    if !lock(&org.settings).api_enabled {
        return Err(Fail::new(403, "API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner"));
    }
    let access = org.access(user);
    if !access.permissions.has(Permission::ApiEnabled) {
        return Err(Fail::new(
            403,
            "FUNCTIONALITY_NOT_ENABLED",
            "This feature is not currently enabled for this user.",
        ));
    }
    Ok(Caller { access, version, base, token: token.to_owned() })
}

/// Counts the call against the daily allowance.
fn charge(org: &Inner) -> Outcome<()> {
    let mut settings = lock(&org.settings);
    if settings.requests_used >= settings.daily_requests {
        return Err(Fail::new(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."));
    }
    settings.requests_used += 1;
    Ok(())
}

/// Runs one call of a resource; also those inside a composite request.
pub fn dispatch(org: &Inner, caller: &Caller, call: &Call<'_>) -> Outcome<Answer> {
    let rest = call.path.strip_prefix(&caller.base).ok_or_else(Fail::no_path)?;
    let segments: Vec<&str> = rest.split('/').filter(|segment| !segment.is_empty()).collect();
    let get = || if call.method == "GET" { Ok(()) } else { Err(Fail::method(call.method, "HEAD,GET")) };
    match segments.as_slice() {
        [] => get().map(|()| resources(caller)),
        ["limits"] => get().and_then(|()| limits(org, caller)),
        ["sobjects"] => get().map(|()| describe::global(caller)),
        ["sobjects", name, "describe"] => get().and_then(|()| describe::object(caller, visible(caller, name)?)),
        ["sobjects", name] => records::collection(org, caller, call, visible(caller, name)?),
        ["sobjects", name, "deleted"] => {
            get().and_then(|()| replicate::deleted(org, caller, call, visible(caller, name)?))
        }
        ["sobjects", name, "updated"] => {
            get().and_then(|()| replicate::updated(org, caller, call, visible(caller, name)?))
        }
        ["sobjects", name, id] => records::record(org, caller, call, visible(caller, name)?, id),
        ["query" | "queryAll"] => get().and_then(|()| query::first(org, caller, call, false)),
        ["tooling", "query"] => get().and_then(|()| query::first(org, caller, call, true)),
        ["tooling", "query", locator] => get().and_then(|()| query::next(org, caller, call, locator)),
        ["query", locator] => get().and_then(|()| query::next(org, caller, call, locator)),
        ["jobs", "query"] => jobs::collection(org, caller, call),
        ["jobs", "query", id] => jobs::one(org, caller, call, id),
        ["jobs", "query", id, "results"] => get().and_then(|()| jobs::results(org, caller, call, id)),
        ["composite"] if call.method == "POST" => composite::run(org, caller, call),
        ["composite", "graph"] if call.method == "POST" => graph::run(org, caller, call),
        ["composite", "batch"] if call.method == "POST" => batch::run(org, caller, call),
        ["composite", "graph" | "batch"] => Err(Fail::method(call.method, "POST")),
        ["composite", "sobjects"] => collections::change(org, caller, call),
        ["composite", "sobjects", name] => collections::read_many(org, caller, call, visible(caller, name)?),
        ["composite"] => Err(Fail::method(call.method, "POST")),
        _ => Err(Fail::no_path()),
    }
}

/// The object a path names. One the caller may not see does not exist for it.
fn visible(caller: &Caller, name: &str) -> Outcome<Object> {
    let object = Object::named(name).ok_or_else(Fail::no_path)?;
    if caller.access.sees(object) { Ok(object) } else { Err(Fail::not_found()) }
}

fn resources(caller: &Caller) -> Answer {
    let base = &caller.base;
    Answer::json(
        200,
        &json!({
            "composite": format!("{base}/composite"),
            "identity": "/services/oauth2/userinfo",
            "jobs": format!("{base}/jobs"),
            "limits": format!("{base}/limits"),
            "query": format!("{base}/query"),
            "queryAll": format!("{base}/queryAll"),
            "sobjects": format!("{base}/sobjects"),
            "tooling": format!("{base}/tooling"),
        }),
    )
}

fn limits(org: &Inner, caller: &Caller) -> Outcome<Answer> {
    if !caller.access.permissions.has(Permission::ViewSetup) {
        return Err(Fail::new(403, "INSUFFICIENT_ACCESS", "insufficient access rights on object id"));
    }
    let settings = lock(&org.settings);
    let left = settings.daily_requests.saturating_sub(settings.requests_used);
    let bulk_left = settings.daily_bulk_jobs.saturating_sub(settings.bulk_jobs_used);
    Ok(Answer::json(
        200,
        &json!({
            "DailyApiRequests": { "Max": settings.daily_requests, "Remaining": left },
            "DailyBulkV2QueryJobs": { "Max": settings.daily_bulk_jobs, "Remaining": bulk_left },
            "PermissionSets": { "Max": 1500, "Remaining": 1483, "CreateCustom": { "Max": 1000, "Remaining": 994 } },
        }),
    ))
}

/// Changes the rows on behalf of a caller.
fn changing<T>(org: &Inner, caller: &Caller, run: impl FnOnce(&mut Change<'_>) -> T) -> T {
    let mut data = write(&org.data);
    run(&mut Change { data: &mut data, access: &caller.access, now: org.clock.stamp() })
}

/// A body that must be a JSON object.
fn object_body(body: &[u8]) -> Outcome<Body> {
    match serde_json::from_slice(body) {
        Ok(serde_json::Value::Object(members)) => Ok(members),
        Ok(_) => Err(Fail::json("The HTTP entity body is required to be a JSON object")),
        Err(_) if body.is_empty() => {
            Err(Fail::json("The HTTP entity body is required, but this request has no entity body."))
        }
        Err(error) => {
            Err(Fail::json(format!("Unexpected character at [line:{}, column:{}]", error.line(), error.column())))
        }
    }
}
