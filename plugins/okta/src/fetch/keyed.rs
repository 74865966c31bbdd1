//! Records by their keys, read live and one by one: lookups by id show the latest state, searches may lag behind (spec, `GET
//! /api/v1/users`).

use crate::api;
use crate::objects::{self, Declared, EVENT, Shape};
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// The records with these keys, with the same members as a fetch gives them. Those that are not there are left out.
pub fn records(declared: &Declared, keys: &[String]) -> Result<Vec<Json>, Error> {
    let asked: Vec<(&String, Request)> = keys.iter().filter_map(|key| Some((key, lookup(declared, key)?))).collect();
    let requests: Vec<Request> = asked.iter().map(|(_, request)| request.clone()).collect();
    let mut records = Vec::new();
    for ((key, _), answer) in asked.iter().zip(http::all(&requests)) {
        let found = api::one(answer)?;
        records.extend(found.and_then(|found| record(declared, key, found)));
    }
    Ok(records)
}

/// The request that finds the record of a key; none for what can be no key.
fn lookup(declared: &Declared, key: &str) -> Option<Request> {
    match &declared.shape {
        Shape::Whole(whole) => api::is_id(key).then(|| whole.one(key)),
        Shape::Logins => api::is_id(key).then(|| {
            let filter = format!("eventType eq \"{EVENT}\" and uuid eq \"{key}\"");
            // As far back as the log goes: without a start only the last seven days are searched.
            http::get("/api/v1/logs")
                .query("since", "1970-01-01T00:00:00.000Z")
                .query("filter", &filter)
                .query("limit", "1")
        }),
        Shape::Each(each) => {
            let (parent, child) = api::pair(key)?;
            Some(match declared.object {
                // Okta has no address for one membership.
                "GroupMember" => http::get("/api/v1/users").segment(child).segment("groups"),
                _ => each.of.one(parent).segment(each.tail).segment(child),
            })
        }
    }
}

fn record(declared: &Declared, key: &str, found: Json) -> Option<Json> {
    match (&declared.shape, declared.object) {
        (Shape::Whole(whole), _) => Some(whole.finished(found)),
        (Shape::Logins, _) => found.get(0).cloned(),
        (Shape::Each(_), "GroupMember") => {
            let (group, user) = api::pair(key)?;
            let is_in = found.as_array()?.iter().any(|one| one["id"] == group);
            is_in.then(|| objects::membership_record(group, user))
        }
        (Shape::Each(_), _) => objects::assignment_record(api::pair(key)?.0, &found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn url(object: &str, key: &str) -> Option<String> {
        lookup(objects::find(object).unwrap(), key).map(|request| request.url)
    }

    #[test]
    fn each_key_has_its_address() {
        assert_eq!(url("User", "00u1").as_deref(), Some("/api/v1/users/00u1"));
        assert_eq!(url("GroupMember", "00g1:00u1").as_deref(), Some("/api/v1/users/00u1/groups"));
        assert_eq!(url("ApplicationAssignment", "0oa1:00u1").as_deref(), Some("/api/v1/apps/0oa1/users/00u1"));
        assert!(url("Login", "dc9fd3c0-598c-11ef").unwrap().contains("uuid%20eq%20%22dc9fd3c0-598c-11ef%22"));
        for (object, key) in [("User", "../groups"), ("GroupMember", "00g1"), ("Login", "\" or 1")] {
            assert_eq!(url(object, key), None, "{object} {key}");
        }
    }

    #[test]
    fn a_membership_is_one_of_the_users_groups() {
        let groups = json!([{ "id": "00g0" }, { "id": "00g1" }]);
        let member = |key: &str| record(objects::find("GroupMember").unwrap(), key, groups.clone());
        assert_eq!(member("00g1:00u1").unwrap()["userId"], "00u1");
        assert_eq!(member("00g2:00u1"), None);
    }
}
