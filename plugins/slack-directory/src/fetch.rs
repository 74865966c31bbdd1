//! Pages: users as Slack pages them; user groups and their members from one answer, in order of key.

use crate::objects::{group, member, user};
use crate::{api, errors};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use weft_integration::prelude::*;

/// Users of one page: Slack recommends no more than 200.
const USERS_PER_PAGE: &str = "200";
/// Records of one page: the host takes 50,000.
const RECORDS_PER_PAGE: usize = 40_000;

#[derive(Deserialize)]
struct Users {
    members: Vec<user::Member>,
    #[serde(default)]
    response_metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    next_cursor: String,
}

#[derive(Deserialize)]
struct Groups {
    usergroups: Vec<group::Group>,
}

/// One page of an object.
pub fn fetch(request: &FetchRequest) -> Result<Page, Error> {
    let after: Option<String> = cursor::decode(request.after.as_deref())?;
    match request.object.as_str() {
        "User" => users(after.as_deref()),
        "UserGroup" => groups(after.as_deref()),
        "UserGroupMember" => members(after.as_deref()),
        other => Err(Error::bug("no-such-object", format!("This integration has no object `{other}`."))),
    }
}

fn users(cursor: Option<&str>) -> Result<Page, Error> {
    let mut asked = api::method("users.list").query("limit", USERS_PER_PAGE);
    if let Some(cursor) = cursor {
        asked = asked.query("cursor", cursor);
    }
    let Users { members, response_metadata } = answer(&asked)?;
    let records: Vec<user::Record> = members.into_iter().map(Into::into).collect();
    // Slack may give fewer than asked for, none even, before the end: only the cursor tells.
    let next = Some(response_metadata.next_cursor).filter(|cursor| !cursor.is_empty());
    Page::of_records(&records, next.as_ref())
}

fn groups(after: Option<&str>) -> Result<Page, Error> {
    let asked = api::method("usergroups.list").query("include_disabled", "true");
    let Groups { usergroups } = answer(&asked)?;
    let mut records: Vec<group::Record> = usergroups.into_iter().map(Into::into).collect();
    records.retain(|record| after.is_none_or(|after| record.id.as_str() > after));
    records.sort_by(|left, right| left.id.cmp(&right.id));
    page(records, |record| record.id.clone())
}

fn members(after: Option<&str>) -> Result<Page, Error> {
    let asked = api::method("usergroups.list").query("include_disabled", "true").query("include_users", "true");
    let Groups { usergroups } = answer(&asked)?;
    page(member::records(&usergroups, after), |record| record.id.clone())
}

/// The first records, and the key of the last of them where there are more.
fn page<R: serde::Serialize>(mut records: Vec<R>, key: impl Fn(&R) -> String) -> Result<Page, Error> {
    let more = records.len() > RECORDS_PER_PAGE;
    records.truncate(RECORDS_PER_PAGE);
    let next = records.last().filter(|_| more).map(key);
    Page::of_records(&records, next.as_ref())
}

fn answer<T: DeserializeOwned>(asked: &Request) -> Result<T, Error> {
    let body = api::body(&api::ok(asked.send()?)?)?;
    serde_json::from_slice(&body).map_err(|error| {
        // The position only: serde_json's own words may quote a person.
        errors::not_the_web_api().with_detail(format!("line {}, column {}", error.line(), error.column()))
    })
}
