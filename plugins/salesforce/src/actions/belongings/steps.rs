//! Taking from a user what they have, as steps, and its names for who gives it back.

use super::Theirs;
use crate::actions::creation::{count, some_of};
use crate::actions::operation::Standing;
use crate::actions::tokens::Token;
use crate::actions::write::Write;

impl Theirs<'_> {
    /// Ends what lets them in at this moment.
    pub fn end_access(&self, standing: &mut Standing) {
        let revoke = |token: &&Token| Some(Write::revoke(&token.key()?, token.ends_by()?));
        let tokens = count(self.tokens.len(), "OAuth token", "OAuth tokens");
        standing.optional_step(
            format!("End {tokens}: {}.", some_of(self.tokens.iter().map(|token| token.app()))),
            format!("{tokens} ended."),
            self.tokens.iter().filter_map(revoke).collect(),
        );
        let sessions = count(self.sessions.len(), "session", "sessions");
        standing.optional_step(
            format!("End {sessions}."),
            format!("{sessions} ended."),
            self.sessions.iter().map(|session| Write::delete("AuthSession", &session.id)).collect(),
        );
    }

    /// Takes what they were given: permission sets first, because licences are needed by these.
    pub fn take_away(&self, standing: &mut Standing) {
        let sets = count(self.assignments.len(), "permission set or group", "permission sets and groups");
        standing.optional_step(
            format!("Remove {sets}: {}.", some_of(self.assignments.iter().map(|assignment| assignment.label()))),
            format!("{sets} removed."),
            self.assignments
                .iter()
                .map(|assignment| Write::delete("PermissionSetAssignment", &assignment.id))
                .collect(),
        );
        let of = |object: &'static str, prefix: &str| {
            self.licenses
                .iter()
                .filter(|seat| seat.id.starts_with(prefix))
                .map(|seat| Write::delete(object, &seat.id))
                .collect::<Vec<_>>()
        };
        let licenses = count(self.licenses.len(), "licence", "licences");
        let writes = [of("PermissionSetLicenseAssign", "2LA"), of("UserPackageLicense", "051")].concat();
        standing.optional_step(
            format!("Free {licenses}: {}.", some_of(self.licenses.iter().map(|seat| seat.label()))),
            format!("{licenses} freed."),
            writes,
        );
        self.licenses.iter().for_each(|seat| standing.touching("License", &seat.license_id));
        let groups = count(self.memberships.len(), "group", "groups");
        standing.optional_step(
            format!(
                "Take the user out of {groups}: {}.",
                some_of(self.memberships.iter().map(|member| member.label()))
            ),
            format!("Taken out of {groups}."),
            self.memberships.iter().map(|member| Write::delete("GroupMember", &member.id)).collect(),
        );
    }

    /// What they had, by name: for whoever wants to give it back.
    pub fn names(&self) -> Vec<String> {
        let list = |what: &str, names: Vec<&str>| (!names.is_empty()).then(|| format!("{what}: {}.", names.join(", ")));
        [
            list("Permission sets and groups", self.assignments.iter().map(|assignment| assignment.label()).collect()),
            list("Licences", self.licenses.iter().map(|seat| seat.label()).collect()),
            list("Group memberships", self.memberships.iter().map(|member| member.label()).collect()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
