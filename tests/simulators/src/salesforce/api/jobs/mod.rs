//! `/jobs/query`: Bulk API 2.0. A job is asked for, watched until it is complete, and read as CSV page by page.

mod csv;
mod results;
mod state;

pub use results::results;
pub use state::Jobs;

use super::{Call, Caller, object_body};
use crate::salesforce::answer::Answer;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::org::Inner;
use crate::salesforce::schema::Object;
use crate::salesforce::soql;
use crate::salesforce::sync::{lock, read};
use csv::Dialect;
use serde_json::json;
use state::{Job, State};

/// `GET /jobs/query` and `POST /jobs/query`.
pub fn collection(org: &Inner, caller: &Caller, call: &Call<'_>) -> Outcome<Answer> {
    match call.method {
        "GET" => {
            let jobs = lock(&org.jobs);
            let records: Vec<_> = jobs.of(caller.access.user).map(|job| job.to_json(org)).collect();
            Ok(Answer::json(200, &json!({ "done": true, "records": records, "nextRecordsUrl": null })))
        }
        "POST" => create(org, caller, call),
        method => Err(Fail::method(method, "HEAD,GET,POST")),
    }
}

/// `GET`, `PATCH` and `DELETE /jobs/query/{id}`. Looking at a job is what moves it on: the same calls always see the same states.
pub fn one(org: &Inner, caller: &Caller, call: &Call<'_>, id: &str) -> Outcome<Answer> {
    let polls = lock(&org.settings).bulk_polls;
    let mut jobs = lock(&org.jobs);
    let job = jobs.find(caller.access.user, id).ok_or_else(Fail::not_found)?;
    match call.method {
        "GET" => {
            job.look(polls, org.clock.now());
            Ok(Answer::json(200, &job.to_json(org)))
        }
        "PATCH" => {
            if object_body(call.body)?.get("state").and_then(|state| state.as_str()) != Some("Aborted") {
                return Err(Fail::bad("INVALIDJOBSTATE", "The only state a query job can be set to is Aborted"));
            }
            if !job.is_under_way() {
                return Err(Fail::bad("INVALIDJOBSTATE", "Aborting already Completed Job not allowed"));
            }
            job.state = State::Aborted;
            Ok(Answer::json(200, &job.to_json(org)))
        }
        "DELETE" if job.state == State::InProgress => {
            Err(Fail::bad("INVALIDJOBSTATE", "A job that is in progress cannot be deleted: abort it first"))
        }
        "DELETE" => {
            jobs.remove(id);
            Ok(Answer::empty(204))
        }
        method => Err(Fail::method(method, "HEAD,GET,PATCH,DELETE")),
    }
}

fn create(org: &Inner, caller: &Caller, call: &Call<'_>) -> Outcome<Answer> {
    let body = object_body(call.body)?;
    let text = |name: &str| body.get(name).and_then(|value| value.as_str());
    let operation = match text("operation") {
        Some("query") => "query",
        Some("queryAll") => "queryAll",
        _ => return Err(Fail::bad("INVALIDOPERATION", "The operation of a query job is query or queryAll")),
    };
    if !matches!(text("contentType"), None | Some("CSV")) {
        return Err(Fail::bad("INVALIDCONTENTTYPE", "The content type of a query job is CSV"));
    }
    let query = text("query").ok_or_else(|| Fail::bad("INVALIDJOB", "A query is required"))?;
    let dialect = Dialect::named(text("columnDelimiter"), text("lineEnding"))?;
    let job = plan(org, caller, operation, query, dialect)?;
    charge(org)?;
    let answer = Answer::json(200, &job.to_json(org));
    lock(&org.jobs).add(job);
    Ok(answer)
}

/// Reads and runs the query: mistakes are told at once, as Salesforce does.
fn plan(org: &Inner, caller: &Caller, operation: &'static str, query: &str, dialect: Dialect) -> Outcome<Job> {
    if let Some(refusal) = soql::bulk_refusal(query) {
        return Err(refusal);
    }
    let parsed = soql::parse(query)?;
    let data = read(&org.data);
    let scope = soql::Scope {
        data: &data,
        access: &caller.access,
        version: caller.version,
        now: org.clock.now(),
        tooling: false,
    };
    let plan = soql::plan(query, &parsed, &scope)?;
    supported(org, plan.object)?;
    let found = soql::run(&data, &plan);
    let failure = lock(&org.settings).bulk_failure.take();
    let number = lock(&org.jobs).next();
    let now = org.clock.now();
    Ok(Job {
        id: format!("750{:03x}{number:09x}AAA", org.options.seed & 0xfff),
        operation,
        object: plan.object,
        user: caller.access.user,
        version: caller.version,
        dialect,
        created: now,
        changed: now,
        polls: 0,
        state: State::UploadComplete,
        failure,
        columns: plan.leaves,
        found,
    })
}

/// Refuses objects of which Salesforce makes no jobs. Whether the login history is one of them is not known: an option of the org says.
fn supported(org: &Inner, object: Object) -> Outcome<()> {
    let refused = match object.name() {
        "LoginHistory" => !org.options.bulk_login_history,
        name => ["OauthToken", "UserPermissionAccess"].contains(&name),
    };
    if refused {
        let message = format!("Entity '{}' is not supported by the Bulk API.", object.name());
        return Err(Fail::bad("INVALIDENTITY", message));
    }
    Ok(())
}

fn charge(org: &Inner) -> Outcome<()> {
    let mut settings = lock(&org.settings);
    if settings.bulk_jobs_used >= settings.daily_bulk_jobs {
        let message = format!("Max bulk v2 query jobs ({}) per 24 hrs has been reached", settings.daily_bulk_jobs);
        return Err(Fail::bad("LIMIT_EXCEEDED", message));
    }
    settings.bulk_jobs_used += 1;
    Ok(())
}
