//! The preflight: whose workspace it is, and which scopes the bot token has for what is read.

use crate::{api, errors};
use serde::Deserialize;
use weft_integration::prelude::*;

/// An address that nobody has (RFC 2606): looking it up tells whether addresses may be seen at all.
const NOBODY: &str = "nobody@weft.invalid";
/// Slack's answer when the look-up is allowed.
const NOT_FOUND: &str = "users_not_found";

#[derive(Deserialize)]
struct Identity {
    team: String,
    team_id: String,
    user_id: Option<String>,
    #[serde(default)]
    is_enterprise_install: bool,
}

/// What one probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Probe {
    Allowed,
    /// The sentence that names the scope to add.
    Denied(String),
    /// The workspace does not have it.
    Absent(String),
}

/// Asks Slack for all of it. Only a token that no longer works, or a Slack that does not answer, is an error.
pub fn check() -> Result<Report, Error> {
    let requests = [
        api::method("auth.test"),
        api::method("users.list").query("limit", "1"),
        api::method("usergroups.list"),
        api::method("users.lookupByEmail").query("email", NOBODY),
    ];
    let mut answers = http::all(&requests).into_iter();
    let mut answer = || answers.next().unwrap_or_else(|| Err(errors::not_the_web_api()));
    let identity: Identity = api::ok(answer()?)?.json()?;
    if identity.is_enterprise_install {
        return Err(errors::error(&errors::Refusal { code: "team_access_not_granted".into(), needed: None }));
    }
    let (users, groups, emails) = (probe(answer()?)?, probe(answer()?)?, probe(answer()?)?);
    Ok(Report::new(account(&identity), objects(&users, &groups, &emails), []))
}

fn account(identity: &Identity) -> Account {
    // Other tools call their account after the company as well.
    let account = Account::new(&identity.team_id, format!("{} (Slack)", identity.team));
    match &identity.user_id {
        Some(bot) => account.acting_as(bot),
        None => account,
    }
}

fn probe(response: Response) -> Result<Probe, Error> {
    match api::refusal(&response)? {
        None => Ok(Probe::Allowed),
        Some(refusal) if refusal.code == NOT_FOUND => Ok(Probe::Allowed),
        Some(refusal) => {
            let error = errors::error(&refusal);
            match error.class {
                ErrorClass::Forbidden => Ok(Probe::Denied(error.message)),
                ErrorClass::NotFound => Ok(Probe::Absent(error.message)),
                _ => Err(error),
            }
        }
    }
}

fn objects(users: &Probe, groups: &Probe, emails: &Probe) -> Vec<ObjectAccess> {
    let mut user = access("User", users);
    if let (Probe::Allowed, Probe::Denied(sentence)) = (users, emails) {
        user.hidden = vec!["Email".into()];
        user.permission = Some(format!("{sentence} Without it no user can be matched with another tool by email."));
    }
    vec![user, access("UserGroup", groups), access("UserGroupMember", groups)]
}

fn access(object: &str, probe: &Probe) -> ObjectAccess {
    match probe {
        Probe::Allowed => ObjectAccess::full(object),
        Probe::Denied(sentence) => ObjectAccess::limited(object, Access::None, sentence),
        Probe::Absent(sentence) => ObjectAccess::limited(object, Access::Absent, sentence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_scope_lacks_is_said_where_it_is_missing() {
        let denied = Probe::Denied("Add it.".into());
        let found = objects(&Probe::Allowed, &denied, &denied);
        assert_eq!((found[0].access, found[0].hidden.as_slice()), (Access::Full, &["Email".to_owned()][..]));
        assert!(found[0].permission.as_deref().is_some_and(|text| text.contains("by email")));
        assert_eq!((found[1].access, found[2].access), (Access::None, Access::None));
        let found = objects(&denied, &Probe::Absent("No plan.".into()), &Probe::Allowed);
        assert_eq!((found[0].access, found[0].hidden.len()), (Access::None, 0));
        assert_eq!((found[1].access, found[1].permission.as_deref()), (Access::Absent, Some("No plan.")));
    }
}
