//! Access that a user is given: a permission set, or a permission set group. Both are rows of PermissionSetAssignment.

use super::operation::{Asked, Standing};
use super::people::{self, User};
use super::seats::{self, License};
use super::{live, moment};
use crate::id;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// What is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Set,
    Group,
}

impl Kind {
    /// The column of an assignment that names it.
    pub fn column(self) -> &'static str {
        match self {
            Self::Set => "PermissionSetId",
            Self::Group => "PermissionSetGroupId",
        }
    }

    /// The input that names it, which is also how the inverse takes it.
    pub fn input(self) -> &'static str {
        match self {
            Self::Set => "permission-set",
            Self::Group => "group",
        }
    }

    /// How people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Set => "permission set",
            Self::Group => "permission set group",
        }
    }

    /// The action that gives it.
    pub fn assign(self) -> &'static str {
        match self {
            Self::Set => "assign-permission-set",
            Self::Group => "assign-permission-set-group",
        }
    }

    /// The action that takes it away.
    pub fn remove(self) -> &'static str {
        match self {
            Self::Set => "remove-permission-set",
            Self::Group => "remove-permission-set-group",
        }
    }

    /// What its ids begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Set => "0PS",
            Self::Group => "0PG",
        }
    }
}

/// The permission set or group.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Granted {
    #[serde(alias = "MasterLabel")]
    pub label: String,
    #[serde(default)]
    is_owned_by_profile: bool,
    permission_set_group_id: Option<String>,
    pub license_id: Option<String>,
    #[serde(default)]
    pub has_activation_required: bool,
    /// Of a group: how far Salesforce is with working out what it grants.
    pub status: Option<String>,
}

/// A row of PermissionSetAssignment.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Assignment {
    pub id: String,
    pub assignee_id: String,
    pub permission_set_group_id: Option<String>,
    pub expiration_date: Option<String>,
    permission_set_group: Option<Labelled>,
}

/// A record by its label.
#[derive(Clone, Debug, Deserialize)]
pub struct Labelled {
    #[serde(alias = "MasterLabel", alias = "Label")]
    pub label: String,
}

/// What plans rest on.
#[derive(Debug, Default)]
pub struct Facts {
    pub users: Vec<User>,
    pub granted: Granted,
    /// The assignments of the thing itself.
    pub direct: Vec<Assignment>,
    /// Of a set: assignments of groups that it is part of.
    pub through_groups: Vec<Assignment>,
    /// Of a set: the licence it comes with, who of the users takes a seat of it, and what else of theirs needs one.
    pub license: Option<License>,
    pub seats: Vec<seats::Seat>,
    pub needing: Vec<seats::Needing>,
}

/// Reads them.
pub fn read(kind: Kind, id: &str, targets: &[Asked<'_>]) -> Result<Facts, Error> {
    let keys = people::keys(targets);
    let granted = granted(kind, id)?;
    let column = kind.column();
    // A row of a group names a set of its own, so the column alone tells the two apart; the condition is for certainty.
    let only = if kind == Kind::Set {
        format!("{column} = '{id}' AND PermissionSetGroupId = null")
    } else {
        format!("{column} = '{id}'")
    };
    let mut facts = Facts {
        users: people::read(targets)?,
        direct: live::by("PermissionSetAssignment", COLUMNS, "AssigneeId", &keys, &only)?,
        through_groups: if kind == Kind::Set { through_groups(id, &keys)? } else { Vec::new() },
        ..Facts::default()
    };
    if let Some(license) = granted.license_id.as_deref().filter(|id| id.starts_with(seats::PERMISSION_SET)) {
        facts.license = live::readable(seats::license(license))?.flatten();
        facts.seats = seats::seats(license, &keys)?;
    } else if let Some(license) = granted.license_id.as_deref() {
        facts.license = live::readable(seats::license(license))?.flatten();
    }
    facts.granted = granted;
    Ok(facts)
}

const COLUMNS: &str = "Id,AssigneeId,PermissionSetGroupId,ExpirationDate,PermissionSetGroup.MasterLabel";

fn granted(kind: Kind, id: &str) -> Result<Granted, Error> {
    let (object, columns) = match kind {
        Kind::Set => {
            ("PermissionSet", "Id,Label,IsOwnedByProfile,PermissionSetGroupId,LicenseId,HasActivationRequired")
        }
        Kind::Group => ("PermissionSetGroup", "Id,MasterLabel,Status,HasActivationRequired"),
    };
    let found = live::by(object, columns, "Id", &[id], "")?.pop();
    assignable(kind, found)
}

/// Sets that belong to a profile or a group are given with these.
fn assignable(kind: Kind, found: Option<Granted>) -> Result<Granted, Error> {
    let refuse = |sentence: String| Err(Error::invalid_input(kind.input(), sentence));
    match found {
        None => refuse(format!("There is no such {} any more. Choose another one.", kind.words())),
        Some(found) if found.is_owned_by_profile => {
            refuse("This is the hidden permission set of a profile: change the user's profile instead.".into())
        }
        Some(found) if found.permission_set_group_id.is_some() => {
            refuse("This is the hidden permission set of a permission set group: choose the group instead.".into())
        }
        Some(found) => Ok(found),
    }
}

fn through_groups(set: &str, users: &[&str]) -> Result<Vec<Assignment>, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Component {
        permission_set_group_id: String,
    }
    let components: Option<Vec<Component>> =
        live::by_if_readable("PermissionSetGroupComponent", "Id,PermissionSetGroupId", "PermissionSetId", &[set], "")?;
    let groups: Vec<String> =
        components.into_iter().flatten().map(|component| component.permission_set_group_id).collect();
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<Assignment> =
        live::by("PermissionSetAssignment", COLUMNS, "AssigneeId", users, "PermissionSetGroupId != null")?;
    let names = |assignment: &Assignment| {
        groups.iter().any(|group| id::same(Some(group), assignment.permission_set_group_id.as_deref()))
    };
    found.retain(names);
    Ok(found)
}

impl Facts {
    /// The user's own assignment of it.
    pub fn of(&self, user: &User) -> Option<&Assignment> {
        self.direct.iter().find(|assignment| id::same(Some(&assignment.assignee_id), Some(&user.id)))
    }

    /// The groups over which the user has it as well.
    pub fn groups_of(&self, user: &User) -> Vec<&str> {
        let of = |assignment: &&Assignment| id::same(Some(&assignment.assignee_id), Some(&user.id));
        self.through_groups
            .iter()
            .filter(of)
            .map(|assignment| assignment.permission_set_group.as_ref().map_or("a group", |group| group.label.as_str()))
            .collect()
    }
}

/// What a plan about this assignment rests on.
pub fn before(user: &User, assignment: Option<&Assignment>) -> Json {
    json!({
        "IsActive": user.is_active,
        "Assignment": assignment.map(|assignment| &assignment.id),
        "ExpirationDate": assignment.and_then(|assignment| assignment.expiration_date.as_deref()).map(moment::second),
    })
}

/// How an assignment that was there is given back.
pub fn undo_to(kind: Kind, id: &str, assignment: &Assignment) -> Undo {
    let mut inputs = json!({ kind.input(): id });
    let mut undo_loses = None;
    if let Some(ends) = assignment.expiration_date.as_deref() {
        inputs["expires"] = json!(moment::day(ends));
        if moment::second(ends) != moment::second(&moment::end_of_day(moment::day(ends))) {
            undo_loses = Some("The access ends at the end of its last day, not at the hour it had.");
        }
    }
    let undo = Undo::new(kind.assign(), &inputs);
    undo_loses.into_iter().fold(undo, Undo::losing)
}

/// Says that the user has it through groups as well.
pub fn tell_groups(standing: &mut Standing, groups: &[&str], sentence: &str) {
    if !groups.is_empty() {
        standing.warning(format!("{sentence}: {}.", groups.join(", ")));
    }
}
