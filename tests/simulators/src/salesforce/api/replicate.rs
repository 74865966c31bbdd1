//! `/sobjects/X/deleted` and `/sobjects/X/updated`: what changed in a stretch of time.

use super::{Call, Caller};
use crate::salesforce::answer::Answer;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::org::Inner;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::sync::read;
use crate::salesforce::time::{self, DAY};
use crate::salesforce::value::Value;
use serde_json::{Value as Json, json};

/// The objects that can be asked, of those this org has.
const REPLICATED: [Object; 4] = [Object::User, Object::UserRole, Object::Group, Object::GroupMember];
const MINUTE: i64 = 60_000;
/// How far back deletions and updates are told.
const DELETED_FOR: i64 = 15 * DAY;
const UPDATED_FOR: i64 = 30 * DAY;
/// Ids in one answer.
const MOST: usize = 600_000;

/// Whether the object keeps track of what changed in it.
pub fn is_replicated(object: Object) -> bool {
    REPLICATED.contains(&object)
}

/// `GET /sobjects/X/deleted/?start=&end=`.
pub fn deleted(org: &Inner, caller: &Caller, call: &Call<'_>, object: Object) -> Outcome<Answer> {
    let now = org.clock.now();
    let (from, to) = range(caller, call, object, now - DELETED_FOR)?;
    let data = read(&org.data);
    let records: Vec<Json> = data
        .deleted_between(object, from, to)
        .map(|(_, number, at)| json!({ "id": data.id(object, *number).to_string(), "deletedDate": time::format(*at) }))
        .collect();
    few(records.len())?;
    Ok(Answer::json(
        200,
        &json!({
            "deletedRecords": records,
            "earliestDateAvailable": time::format(minute(now - DELETED_FOR)),
            "latestDateCovered": time::format(to.min(minute(now))),
        }),
    ))
}

/// `GET /sobjects/X/updated/?start=&end=`.
pub fn updated(org: &Inner, caller: &Caller, call: &Call<'_>, object: Object) -> Outcome<Answer> {
    let now = org.clock.now();
    let (from, to) = range(caller, call, object, now - UPDATED_FOR)?;
    let data = read(&org.data);
    let changed = |value: Value<'_>| matches!(value, Value::Time(at) if (from..to).contains(&at));
    let rows = data.rows(object).filter(|row| changed(row.get(F::SystemModstamp)));
    let ids: Vec<String> = rows.map(|row| data.id(object, row.number).to_string()).collect();
    few(ids.len())?;
    Ok(Answer::json(200, &json!({ "ids": ids, "latestDateCovered": time::format(to.min(minute(now))) })))
}

/// The stretch a call asks for, in whole minutes.
fn range(caller: &Caller, call: &Call<'_>, object: Object, earliest: i64) -> Outcome<(i64, i64)> {
    if !is_replicated(object) {
        let message = format!("entity type {} does not support replication", object.name());
        return Err(Fail::bad("INVALID_TYPE_FOR_OPERATION", message));
    }
    if !caller.access.sees(object) {
        return Err(Fail::not_found());
    }
    let moment = |name: &str| {
        let text = call.query.get(name).unwrap_or_default();
        time::parse(text).map(minute).ok_or_else(|| {
            Fail::bad("INVALID_FIELD", format!("The value of {name} is not a date and time with a zone: {text}"))
        })
    };
    let (from, to) = (moment("start")?, moment("end")?);
    if to < from + MINUTE {
        let message = "endDate must be at least one minute greater than startDate";
        return Err(Fail::bad("INVALID_REPLICATION_DATE", message));
    }
    if from < minute(earliest) {
        let message = format!("startDate before org replication enabled date: {}", time::format(minute(earliest)));
        return Err(Fail::bad("INVALID_REPLICATION_DATE", message));
    }
    Ok((from, to))
}

fn minute(at: i64) -> i64 {
    at.div_euclid(MINUTE) * MINUTE
}

fn few(count: usize) -> Outcome<()> {
    if count <= MOST {
        return Ok(());
    }
    Err(Fail::bad("EXCEEDED_ID_LIMIT", format!("exceeded {MOST} record limit: shorten the stretch of time")))
}
