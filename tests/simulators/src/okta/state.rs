//! What there is in the org, and what follows from a change.

use super::time;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// All of it, by id.
#[derive(Debug, Default)]
pub struct State {
    pub users: BTreeMap<String, User>,
    pub groups: BTreeMap<String, Group>,
    pub apps: BTreeMap<String, App>,
    /// Sign-ins, by the place they have in the log: moment and id.
    pub events: BTreeMap<String, Event>,
    /// Deactivation and activation go on behind the answer until the test ends them.
    pub slow_transitions: bool,
}

/// An account.
#[derive(Clone, Debug)]
pub struct User {
    pub id: String,
    pub status: &'static str,
    pub becoming: Option<&'static str>,
    pub profile: Map<String, Json>,
    pub created: i64,
    pub activated: Option<i64>,
    pub status_changed: Option<i64>,
    pub last_login: Option<i64>,
    pub last_updated: i64,
    pub password_changed: Option<i64>,
    pub provider: &'static str,
    pub sessions: u32,
}

impl User {
    /// A text of the profile.
    pub fn text(&self, name: &str) -> &str {
        self.profile.get(name).and_then(Json::as_str).unwrap_or_default()
    }

    /// As Okta shows it.
    pub fn json(&self, url: &str) -> Json {
        let at = |moment: Option<i64>| moment.map(time::format);
        let mut user = json!({
            "id": self.id, "status": self.status, "created": time::format(self.created), "activated": at(self.activated),
            "statusChanged": at(self.status_changed), "lastLogin": at(self.last_login), "lastUpdated": time::format(self.last_updated),
            "passwordChanged": at(self.password_changed), "type": { "id": "oty1162QAr8hJjTaq0g4" }, "profile": self.profile,
            "credentials": { "provider": { "type": self.provider, "name": self.provider } },
            "_links": { "self": { "href": format!("{url}/api/v1/users/{}", self.id) } },
        });
        if let Some(becoming) = self.becoming {
            user["transitioningToStatus"] = becoming.into();
        }
        user
    }
}

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub kind: &'static str,
    /// The app it comes from.
    pub source: Option<String>,
    pub created: i64,
    pub members_changed: i64,
    pub members: BTreeSet<String>,
}

impl Group {
    /// As Okta shows it.
    pub fn json(&self, url: &str) -> Json {
        let href = |tail: &str| json!({ "href": format!("{url}/api/v1/groups/{}/{tail}", self.id) });
        let mut group = json!({
            "id": self.id, "created": time::format(self.created), "lastUpdated": time::format(self.created),
            "lastMembershipUpdated": time::format(self.members_changed), "objectClass": ["okta:user_group"], "type": self.kind,
            "profile": { "name": self.name, "description": self.description },
            "_links": { "users": href("users"), "apps": href("apps") },
        });
        if let Some(source) = &self.source {
            group["source"] = json!({ "id": source });
        }
        group
    }
}

/// An application.
#[derive(Clone, Debug)]
pub struct App {
    pub id: String,
    pub name: &'static str,
    pub label: String,
    pub status: &'static str,
    pub sign_on: &'static str,
    pub features: &'static [&'static str],
    pub created: i64,
    /// Groups whose members are assigned.
    pub groups: BTreeSet<String>,
    pub assigned: BTreeMap<String, Assignment>,
}

impl App {
    /// As Okta shows it.
    pub fn json(&self, url: &str) -> Json {
        json!({
            "id": self.id, "name": self.name, "label": self.label, "status": self.status, "signOnMode": self.sign_on,
            "features": self.features, "created": time::format(self.created), "lastUpdated": time::format(self.created),
            "_links": { "users": { "href": format!("{url}/api/v1/apps/{}/users", self.id) } },
        })
    }
}

/// A user's place in an application.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// `USER` or `GROUP`.
    pub scope: &'static str,
    pub created: i64,
}

impl Assignment {
    /// As Okta shows it.
    pub fn json(&self, app: &App, user: &User, url: &str) -> Json {
        let at = time::format(self.created);
        let provisioned = !app.features.is_empty();
        json!({
            "id": user.id, "externalId": provisioned.then(|| format!("ext-{}", user.id)), "created": at, "lastUpdated": at, "scope": self.scope,
            "status": if provisioned { "PROVISIONED" } else { "ACTIVE" }, "statusChanged": at, "passwordChanged": null,
            "syncState": if provisioned { "SYNCHRONIZED" } else { "DISABLED" }, "credentials": { "userName": user.text("login") },
            "profile": { "email": user.text("email") },
            "_links": { "app": { "href": format!("{url}/api/v1/apps/{}", app.id) } },
        })
    }
}

/// A sign-in in the System Log.
#[derive(Clone, Debug)]
pub struct Event {
    pub uuid: String,
    pub published: i64,
    pub user: String,
    pub login: String,
    pub name: String,
    /// Why it failed; none of a success.
    pub reason: Option<&'static str>,
    pub ip: String,
    pub country: &'static str,
}

impl Event {
    /// As Okta shows it.
    pub fn json(&self) -> Json {
        json!({
            "uuid": self.uuid, "published": time::format(self.published), "eventType": "user.session.start", "version": "0", "severity": "INFO",
            "displayMessage": "User login to Okta",
            "actor": { "id": self.user, "type": "User", "alternateId": self.login, "displayName": self.name, "detailEntry": null },
            "client": {
                "userAgent": { "rawUserAgent": "Mozilla/5.0", "os": "Mac OS X", "browser": "CHROME" }, "zone": null, "device": "Computer",
                "id": null, "ipAddress": self.ip, "geographicalContext": { "city": null, "state": null, "country": self.country },
            },
            "outcome": { "result": if self.reason.is_none() { "SUCCESS" } else { "FAILURE" }, "reason": self.reason },
            "authenticationContext": { "authenticationProvider": null, "credentialType": "PASSWORD", "authenticationStep": 0 },
            "securityContext": { "isp": "example", "isProxy": false }, "target": [],
        })
    }
}

impl State {
    /// Puts a user into a group, and into the applications it gives.
    pub fn join(&mut self, group: &str, user: &str, now: i64) {
        let Some(found) = self.groups.get_mut(group) else { return };
        if found.members.insert(user.to_owned()) {
            found.members_changed = now;
        }
        if self.users.get(user).is_some_and(|user| user.status != "DEPROVISIONED") {
            for app in self.apps.values_mut().filter(|app| app.groups.contains(group)) {
                app.assigned.entry(user.to_owned()).or_insert(Assignment { scope: "GROUP", created: now });
            }
        }
    }

    /// Takes a user out of a group, and out of the applications they had through it alone.
    pub fn leave(&mut self, group: &str, user: &str, now: i64) {
        let Some(found) = self.groups.get_mut(group) else { return };
        if found.members.remove(user) {
            found.members_changed = now;
        }
        let groups = &self.groups;
        for app in self.apps.values_mut().filter(|app| app.groups.contains(group)) {
            let still =
                app.groups.iter().any(|other| groups.get(other).is_some_and(|other| other.members.contains(user)));
            if !still && app.assigned.get(user).is_some_and(|assignment| assignment.scope == "GROUP") {
                app.assigned.remove(user);
            }
        }
    }

    /// Gives a user another status, with what follows: deactivated users lose their applications and their password, and keep their
    /// groups; activated ones get the applications of their groups again.
    pub fn turn(&mut self, user: &str, status: &'static str, now: i64) {
        let Some(found) = self.users.get_mut(user) else { return };
        found.status = status;
        found.becoming = None;
        found.status_changed = Some(now);
        found.last_updated = now;
        match status {
            "DEPROVISIONED" => {
                found.password_changed = None;
                found.sessions = 0;
                for app in self.apps.values_mut() {
                    app.assigned.remove(user);
                }
            }
            "PROVISIONED" => {
                found.activated = Some(now);
                let groups: Vec<String> = self
                    .groups
                    .values()
                    .filter(|group| group.members.contains(user))
                    .map(|group| group.id.clone())
                    .collect();
                groups.iter().for_each(|group| self.join(group, user, now));
            }
            _ => {}
        }
    }

    /// Adds a sign-in to the log.
    pub fn log(&mut self, event: Event) {
        self.events.insert(format!("{}|{}", time::format(event.published), event.uuid), event);
    }
}
