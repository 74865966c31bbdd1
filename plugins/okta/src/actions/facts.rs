//! Live reads: users, their groups and their applications, never from what was fetched before.

use crate::{api, errors, objects};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use weft_integration::prelude::*;

/// Pages of one user's groups: with 200 on each, ten times what Okta's own limits allow for most orgs.
const MAX_GROUP_PAGES: usize = 10;

/// A user as Okta shows them now.
#[derive(Clone, Debug)]
pub struct User {
    pub id: String,
    pub status: String,
    /// The status they are on the way to: deactivation and activation go on behind the answer (spec, `transitioningToStatus`).
    pub becoming: Option<String>,
    login: String,
    name: Option<String>,
    /// Where the password is: `OKTA`, `ACTIVE_DIRECTORY`, ...
    pub provider: Option<String>,
}

impl User {
    /// From a record of Okta's; none of what is no user.
    pub fn of(record: &Json) -> Option<Self> {
        let text = |value: &Json| value.as_str().map(str::to_owned);
        Some(Self {
            id: text(&record["id"])?,
            status: text(&record["status"])?,
            becoming: text(&record["transitioningToStatus"]),
            login: text(&record["profile"]["login"]).unwrap_or_default(),
            name: objects::user_title(record),
            provider: text(&record["credentials"]["provider"]["type"]),
        })
    }

    /// As people know the user.
    pub fn title(&self) -> String {
        match &self.name {
            Some(name) if *name != self.login => format!("{name} ({})", self.login),
            _ => self.login.clone(),
        }
    }

    /// The status that counts: what is under way will come.
    pub fn status(&self) -> &str {
        self.becoming.as_deref().unwrap_or(&self.status)
    }
}

/// A group as it is now.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    pub kind: String,
}

/// An application that a user or a group has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    pub id: String,
    pub label: String,
}

/// What plans rest on.
#[derive(Debug, Default)]
pub struct Facts {
    /// Whose login the connection uses, where Okta says so.
    pub own: Option<String>,
    pub users: BTreeMap<String, User>,
    /// By user; none where they may not be read.
    pub apps: BTreeMap<String, Vec<App>>,
    /// Ids of the groups of each user.
    pub groups_of: BTreeMap<String, BTreeSet<String>>,
    pub group: Option<Group>,
    /// What the group gives to its members.
    pub group_apps: Vec<App>,
}

impl Facts {
    /// The users with these keys, and whose login the connection uses.
    pub fn of_users(keys: &[&str]) -> Result<Self, Error> {
        let users = each(keys, |key| http::get("/api/v1/users").segment(key))?;
        let users = users.into_iter().filter_map(|(key, record)| Some((key, User::of(&record)?))).collect();
        Ok(Self { own: own_id()?, users, ..Self::default() })
    }

    /// With the applications of each user: what they are assigned to, directly or through a group (spec, `GET
    /// /api/v1/users/{id}/appLinks`).
    pub fn with_apps(mut self) -> Result<Self, Error> {
        let keys: Vec<&str> = self.users.keys().map(String::as_str).collect();
        let links = each(&keys, |key| http::get("/api/v1/users").segment(key).segment("appLinks"));
        self.apps = readable(links)?
            .unwrap_or_default()
            .into_iter()
            .map(|(key, links)| (key, apps(&links, "appInstanceId")))
            .collect();
        Ok(self)
    }

    /// With the groups of each user.
    pub fn with_groups(mut self) -> Result<Self, Error> {
        for key in self.users.keys() {
            self.groups_of.insert(key.clone(), groups_of(key)?);
        }
        Ok(self)
    }

    /// With a group and what it gives to its members.
    pub fn with_group(mut self, id: &str) -> Result<Self, Error> {
        let found = api::one(http::get("/api/v1/groups").segment(id).send())?;
        self.group = found.map(|record| Group {
            name: record["profile"]["name"].as_str().unwrap_or(id).to_owned(),
            kind: record["type"].as_str().unwrap_or_default().to_owned(),
        });
        let given = http::get("/api/v1/groups").segment(id).segment("apps").query("limit", "200").send();
        self.group_apps = readable(api::one(given))?.flatten().map(|given| apps(&given, "id")).unwrap_or_default();
        Ok(self)
    }
}

/// Whose login the connection uses; none where Okta does not tell.
pub fn own_id() -> Result<Option<String>, Error> {
    let me = readable(api::one(http::get("/api/v1/users/me").send()))?.flatten();
    Ok(me.and_then(|me| me["id"].as_str().map(str::to_owned)))
}

/// Asks for each key side by side. Keys that are no ids, and records that are not there, are left out.
fn each(keys: &[&str], ask: impl Fn(&str) -> Request) -> Result<Vec<(String, Json)>, Error> {
    let keys: Vec<&str> = keys.iter().copied().filter(|key| api::is_id(key)).collect();
    let requests: Vec<Request> = keys.iter().map(|key| ask(key)).collect();
    let mut found = Vec::new();
    for (key, answer) in keys.into_iter().zip(http::all(&requests)) {
        found.extend(api::one(answer)?.map(|record| (key.to_owned(), record)));
    }
    Ok(found)
}

fn groups_of(user: &str) -> Result<BTreeSet<String>, Error> {
    let mut request = http::get("/api/v1/users").segment(user).segment("groups").query("limit", "200");
    let mut found = BTreeSet::new();
    for _ in 0..MAX_GROUP_PAGES {
        let response = api::success(request.send()?)?;
        found.extend(api::list(&response)?.iter().filter_map(|group| group["id"].as_str().map(str::to_owned)));
        match api::next(&response) {
            Some(next) => request = http::get(next),
            None => return Ok(found),
        }
    }
    Err(Error::new(
        ErrorClass::InvalidInput,
        "too-many",
        "A user is in more groups than can be looked through at once, so nothing was done.",
    ))
}

fn apps(links: &Json, id: &str) -> Vec<App> {
    let app = |link: &Json| {
        let id = link[id].as_str()?.to_owned();
        Some(App { label: link["label"].as_str().unwrap_or(&id).to_owned(), id })
    };
    let mut apps: Vec<App> = Vec::new();
    // One application may have several links.
    for app in links.as_array().into_iter().flatten().filter_map(app) {
        if !apps.iter().any(|known| known.id == app.id) {
            apps.push(app);
        }
    }
    apps
}

/// `Salesforce, Slack and 3 more`.
pub fn listed(apps: &[App]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<&str> = apps.iter().take(SHOWN).map(|app| app.label.as_str()).collect();
    match apps.len() {
        count if count > SHOWN => format!("{} and {} more", shown.join(", "), count - SHOWN),
        _ => shown.join(", "),
    }
}

/// Nothing for what may not be read.
fn readable<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if errors::is_refusal(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn applications_are_told_once_and_not_all() {
        let links = json!([
            { "appInstanceId": "0oa1", "label": "Mail" },
            { "appInstanceId": "0oa1", "label": "Calendar" },
            { "appInstanceId": "0oa2", "label": "Slack" },
            { "label": "no id" }
        ]);
        let found = apps(&links, "appInstanceId");
        assert_eq!(listed(&found), "Mail, Slack");
        let many: Vec<App> = (0..7).map(|number| App { id: number.to_string(), label: format!("A{number}") }).collect();
        assert_eq!(listed(&many), "A0, A1, A2, A3, A4 and 2 more");
    }

    #[test]
    fn what_is_under_way_counts() {
        let user = json!({ "id": "00u1", "status": "ACTIVE", "transitioningToStatus": "DEPROVISIONED", "profile": { "login": "a@x.example" } });
        let user = User::of(&user).unwrap();
        assert_eq!((user.status(), user.title().as_str()), ("DEPROVISIONED", "a@x.example"));
        assert!(User::of(&json!({ "id": "00u1" })).is_none());
    }
}
