//! All that gives a user access, or takes a seat for them, besides the user record itself.

mod steps;

use super::grant::Labelled;
use super::live;
use super::operation::Standing;
use super::people::Named;
use super::tokens::{self, Token};
use crate::id;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use weft_integration::prelude::*;

/// What users have.
#[derive(Debug, Default)]
pub struct Belongings {
    pub tokens: Vec<Token>,
    pub sessions: Vec<Session>,
    pub assignments: Vec<Assignment>,
    pub licenses: Vec<Seat>,
    pub memberships: Vec<Membership>,
    /// What the connected user does not see, and so cannot take away.
    pub unread: Vec<&'static str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Session {
    id: String,
    users_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Assignment {
    id: String,
    assignee_id: String,
    permission_set: Option<Labelled>,
    permission_set_group: Option<Labelled>,
}

/// A seat of a permission set or package licence.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Seat {
    id: String,
    #[serde(alias = "AssigneeId")]
    user_id: String,
    #[serde(alias = "PermissionSetLicenseId", alias = "PackageLicenseId")]
    license_id: String,
    #[serde(alias = "PermissionSetLicense", alias = "PackageLicense")]
    license: Option<LicenseName>,
}

#[derive(Debug, Deserialize)]
pub struct LicenseName {
    #[serde(alias = "MasterLabel", alias = "NamespacePrefix")]
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Membership {
    id: String,
    group_id: String,
    user_or_group_id: String,
    group: Option<Named>,
}

/// What one user has.
pub struct Theirs<'a> {
    pub tokens: Vec<&'a Token>,
    sessions: Vec<&'a Session>,
    pub assignments: Vec<&'a Assignment>,
    pub licenses: Vec<&'a Seat>,
    pub memberships: Vec<&'a Membership>,
}

/// Reads what these users have. What may not be read is remembered, and keeps nothing else from being read.
pub fn read(users: &[&str]) -> Result<Belongings, Error> {
    let mut unread = Vec::new();
    let owned = "PermissionSet.IsOwnedByProfile = false";
    let mut licenses: Vec<Seat> = rows(
        &mut unread,
        "permission set licences",
        live::by(
            "PermissionSetLicenseAssign",
            "Id,AssigneeId,PermissionSetLicenseId,PermissionSetLicense.MasterLabel",
            "AssigneeId",
            users,
            "",
        ),
    )?;
    licenses.extend(rows(
        &mut unread,
        "package licences",
        live::by(
            "UserPackageLicense",
            "Id,UserId,PackageLicenseId,PackageLicense.NamespacePrefix",
            "UserId",
            users,
            "",
        ),
    )?);
    Ok(Belongings {
        tokens: rows(&mut unread, "OAuth tokens", tokens::read(users))?,
        sessions: rows(&mut unread, "open sessions", live::by("AuthSession", "Id,UsersId", "UsersId", users, ""))?,
        assignments: rows(
            &mut unread,
            "permission sets",
            live::by(
                "PermissionSetAssignment",
                "Id,AssigneeId,PermissionSet.Label,PermissionSetGroup.MasterLabel",
                "AssigneeId",
                users,
                owned,
            ),
        )?,
        memberships: rows(
            &mut unread,
            "group memberships",
            live::by("GroupMember", "Id,GroupId,UserOrGroupId,Group.Name", "UserOrGroupId", users, ""),
        )?,
        licenses,
        unread,
    })
}

fn rows<T: DeserializeOwned>(
    unread: &mut Vec<&'static str>,
    what: &'static str,
    found: Result<Vec<T>, Error>,
) -> Result<Vec<T>, Error> {
    let found = live::readable(found)?;
    if found.is_none() {
        unread.push(what);
    }
    Ok(found.unwrap_or_default())
}

impl Belongings {
    /// What this user has.
    pub fn of(&self, user: &str) -> Theirs<'_> {
        let is = |found: &str| id::same(Some(found), Some(user));
        Theirs {
            tokens: self.tokens.iter().filter(|token| is(&token.user_id) && token.ends_by().is_some()).collect(),
            sessions: self.sessions.iter().filter(|session| is(&session.users_id)).collect(),
            assignments: self.assignments.iter().filter(|assignment| is(&assignment.assignee_id)).collect(),
            licenses: self.licenses.iter().filter(|seat| is(&seat.user_id)).collect(),
            memberships: self.memberships.iter().filter(|member| is(&member.user_or_group_id)).collect(),
        }
    }

    /// Says what stays because it is not seen.
    pub fn tell_unread(&self, standing: &mut Standing) {
        if !self.unread.is_empty() {
            standing.warning(format!(
                "The connected user does not see {} of others, so these stay as they are.",
                self.unread.join(", ")
            ));
        }
    }
}

impl Assignment {
    fn label(&self) -> &str {
        let named = self.permission_set_group.as_ref().or(self.permission_set.as_ref());
        named.map_or(&self.id, |named| &named.label)
    }
}

impl Seat {
    fn label(&self) -> &str {
        self.license.as_ref().map_or(&self.license_id, |license| &license.name)
    }
}

impl Membership {
    fn label(&self) -> &str {
        self.group.as_ref().map_or(&self.group_id, |group| &group.name)
    }
}
