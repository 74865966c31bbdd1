//! Changes of a user's status, as data: from which status to which, and what is lost on the way (spec, tag `UserLifecycle`).

use super::facts::{Facts, User, listed};
use super::operation::{Operation, Standing};
use crate::objects::status_title;
use serde_json::json;
use weft_integration::prelude::*;

/// A change of status.
#[derive(Clone, Copy, Debug)]
pub struct Transition {
    name: &'static str,
    title: &'static str,
    help: &'static str,
    /// The last part of its address.
    path: &'static str,
    /// With which Okta does it.
    from: &'static [&'static str],
    /// With which nothing is left to do.
    wanted: &'static [&'static str],
    step: &'static str,
    made: &'static str,
    /// Which users Okta does it for.
    only: &'static str,
    notes: &'static [&'static str],
    /// It removes access.
    is_destructive: bool,
    undo: &'static str,
    reversal: Reversal,
    /// The applications of the user matter.
    with_apps: bool,
}

const ALL: &[Transition] = &[
    Transition {
        name: "suspend-user",
        title: "Suspend user",
        help: "The user cannot sign in to Okta until unsuspended. Groups and applications are kept.",
        path: "suspend",
        from: &["ACTIVE"],
        wanted: &["SUSPENDED"],
        step: "Suspend the user.",
        made: "The user is suspended.",
        only: "Okta suspends active users only.",
        notes: &["They cannot sign in to Okta. Their groups and applications stay."],
        is_destructive: true,
        undo: "unsuspend-user",
        reversal: Reversal::Lossless,
        with_apps: false,
    },
    Transition {
        name: "unsuspend-user",
        title: "Unsuspend user",
        help: "The user can sign in to Okta again, with the groups and applications they have.",
        path: "unsuspend",
        from: &["SUSPENDED"],
        wanted: &["ACTIVE"],
        step: "Unsuspend the user.",
        made: "The user is active.",
        only: "Okta unsuspends suspended users only.",
        notes: &["They can sign in again, with the groups and applications they have."],
        is_destructive: false,
        undo: "suspend-user",
        reversal: Reversal::Lossless,
        with_apps: false,
    },
    Transition {
        name: "deactivate-user",
        title: "Deactivate user",
        help: "The user loses their applications, their password and their factors, and cannot sign in. Suspend them instead if they may come back.",
        path: "deactivate",
        from: &["STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED"],
        wanted: &["DEPROVISIONED"],
        step: "Deactivate the user.",
        made: "The user is deactivated.",
        only: "Okta does not deactivate users with this status.",
        notes: &["They cannot sign in any more. They stay in their groups."],
        is_destructive: true,
        undo: "activate-user",
        reversal: Reversal::Lossy,
        with_apps: true,
    },
    Transition {
        name: "activate-user",
        title: "Activate user",
        help: "A deactivated or staged user gets an activation e-mail, sets a password and can sign in.",
        path: "activate",
        from: &["STAGED", "DEPROVISIONED"],
        wanted: &["ACTIVE", "PROVISIONED"],
        step: "Activate the user, and send them the activation e-mail.",
        made: "The user is activated.",
        only: "Okta activates staged and deactivated users only.",
        notes: &["Until they have followed the e-mail and set a password, they are pending."],
        is_destructive: false,
        undo: "deactivate-user",
        reversal: Reversal::Lossy,
        with_apps: false,
    },
];

/// The actions.
pub fn actions() -> Vec<Action> {
    ALL.iter().map(Transition::action).collect()
}

/// The action of this name.
pub fn find(name: &str) -> Option<Transition> {
    ALL.iter().find(|one| one.name == name).copied()
}

impl Transition {
    fn action(&self) -> Action {
        let action = Action::new(self.name, self.title, "User").help(self.help).taken_back_by(self.undo, self.reversal);
        let action = if self.with_apps { action.touching(&["ApplicationAssignment"]) } else { action };
        if self.is_destructive { action.destructive() } else { action }
    }

    fn undo_of(&self, user: &User, facts: &Facts) -> Undo {
        let mut undo = Undo::new(self.undo, &json!({}));
        if self.name == "activate-user" {
            undo.loses.push("Where it was staged before, the account is deactivated after that.".into());
        }
        if !self.with_apps {
            return undo;
        }
        undo.loses.push("The password and the enrolled factors are gone: Okta sends an activation e-mail, and the user sets them up anew.".into());
        match facts.apps.get(&user.id).map(Vec::as_slice) {
            Some([]) => {}
            Some(apps) => undo.loses.push(format!(
                "Of the user's applications ({}), only those given through groups come back; accounts or data that Okta deletes there do not.",
                listed(apps)
            )),
            None => undo.loses.push("Applications that were assigned directly, and accounts or data that Okta deletes there, do not come back.".into()),
        }
        undo
    }
}

impl Operation for Transition {
    fn read(&self, keys: &[&str]) -> Result<Facts, Error> {
        let facts = Facts::of_users(keys)?;
        if self.with_apps { facts.with_apps() } else { Ok(facts) }
    }

    fn stand(&self, user: &User, facts: &Facts) -> Standing {
        let mut standing = Standing::new(user, json!({ "status": user.status() }), self.step, self.made);
        standing.is_made = self.wanted.contains(&user.status());
        standing.notes = self.notes.iter().map(|&note| note.to_owned()).collect();
        if !standing.is_made && !self.from.contains(&user.status()) {
            standing.blockers.push(format!("The user's status is \"{}\". {}", status_title(user.status()), self.only));
        }
        if self.is_destructive && facts.own.as_ref() == Some(&user.id) {
            standing.blockers.push("The connection signs in to Okta as this user.".into());
        }
        if let Some(provider) = user.provider.as_deref().filter(|provider| *provider != "OKTA") {
            standing.warnings.push(format!(
                "The account signs in with {provider}: the next import from there may change its status again."
            ));
        }
        if let Some(apps) = facts.apps.get(&user.id).filter(|apps| !apps.is_empty()) {
            standing.warnings.push(format!(
                "Okta takes the user out of {}. Where it manages accounts, that deactivates them, and may delete mail or files.",
                listed(apps)
            ));
        }
        standing.undo = Some(self.undo_of(user, facts));
        standing
    }

    fn request(&self, user: &str) -> Request {
        let request = http::post("/api/v1/users").segment(user).segment("lifecycle").segment(self.path);
        if self.path == "activate" { request.query("sendEmail", "true") } else { request }
    }

    fn touched(&self, user: &str, facts: &Facts) -> Vec<(&'static str, String)> {
        let assignments = facts.apps.get(user).into_iter().flatten();
        let assignments = assignments.map(|app| ("ApplicationAssignment", format!("{}:{user}", app.id)));
        [("User", user.to_owned())].into_iter().chain(assignments).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::facts::App;

    fn user(status: &str) -> User {
        User::of(&json!({ "id": "00u1", "status": status, "profile": { "login": "ada@acme.example" } })).unwrap()
    }

    fn stand(action: &str, status: &str, facts: &Facts) -> Standing {
        find(action).unwrap().stand(&user(status), facts)
    }

    #[test]
    fn each_status_allows_what_okta_allows() {
        for (action, status, made, blocked) in [
            ("suspend-user", "ACTIVE", false, false),
            ("suspend-user", "SUSPENDED", true, false),
            ("suspend-user", "DEPROVISIONED", false, true),
            ("suspend-user", "LOCKED_OUT", false, true),
            ("unsuspend-user", "SUSPENDED", false, false),
            ("unsuspend-user", "ACTIVE", true, false),
            ("unsuspend-user", "DEPROVISIONED", false, true),
            ("deactivate-user", "STAGED", false, false),
            ("deactivate-user", "SUSPENDED", false, false),
            ("deactivate-user", "DEPROVISIONED", true, false),
            ("activate-user", "DEPROVISIONED", false, false),
            ("activate-user", "PROVISIONED", true, false),
            ("activate-user", "SUSPENDED", false, true),
        ] {
            let standing = stand(action, status, &Facts::default());
            assert_eq!((standing.is_made, !standing.blockers.is_empty()), (made, blocked), "{action} of {status}");
        }
    }

    #[test]
    fn the_connections_own_account_is_never_locked_out() {
        let facts = Facts { own: Some("00u1".into()), ..Facts::default() };
        for action in ["suspend-user", "deactivate-user"] {
            assert_eq!(stand(action, "ACTIVE", &facts).blockers, ["The connection signs in to Okta as this user."]);
        }
        assert!(stand("unsuspend-user", "SUSPENDED", &facts).blockers.is_empty());
    }

    #[test]
    fn what_a_deactivation_loses_is_said() {
        let apps = [("00u1".to_owned(), vec![App { id: "0oa1".into(), label: "Salesforce".into() }])].into();
        let facts = Facts { apps, ..Facts::default() };
        let standing = stand("deactivate-user", "ACTIVE", &facts);
        let undo = standing.undo.unwrap();
        assert_eq!((undo.action.as_str(), undo.loses.len()), ("activate-user", 2));
        assert!(undo.loses[1].contains("Salesforce") && standing.warnings[0].contains("Salesforce"));
        let touched = find("deactivate-user").unwrap().touched("00u1", &facts);
        assert_eq!(touched[1], ("ApplicationAssignment", "0oa1:00u1".to_owned()));
        assert!(stand("suspend-user", "ACTIVE", &facts).undo.unwrap().loses.is_empty());
    }

    #[test]
    fn each_has_its_address() {
        let url = |action: &str| find(action).unwrap().request("00u1").url;
        assert_eq!(url("suspend-user"), "/api/v1/users/00u1/lifecycle/suspend");
        assert_eq!(url("activate-user"), "/api/v1/users/00u1/lifecycle/activate?sendEmail=true");
    }
}
