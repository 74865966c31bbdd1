//! Licences and who takes a seat of them: user licences over the profile, the two other kinds as rows of their own.

use super::live;
use super::operation::Standing;
use crate::id;
use serde::Deserialize;
use weft_integration::prelude::*;

/// What ids of user licences begin with.
pub const USER: &str = "100";
/// What ids of permission set licences begin with.
pub const PERMISSION_SET: &str = "0PL";
/// What ids of package licences begin with.
pub const PACKAGE: &str = "050";
/// All three.
pub const PREFIXES: &[&str] = &[USER, PERMISSION_SET, PACKAGE];
/// What Salesforce writes for a package that everybody may use.
const SITE_LICENSE: i64 = -1;

/// A licence as it is now.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct License {
    pub id: String,
    #[serde(alias = "MasterLabel", alias = "NamespacePrefix")]
    pub name: String,
    status: Option<String>,
    #[serde(alias = "TotalLicenses", alias = "AllowedLicenses")]
    total: Option<i64>,
    #[serde(alias = "UsedLicenses")]
    used: Option<i64>,
}

impl License {
    /// Everybody may use it, so that nobody is given a seat.
    pub fn is_for_all(&self) -> bool {
        self.total == Some(SITE_LICENSE)
    }

    /// Seats that nobody takes; none for a licence without a number of seats.
    pub fn free(&self) -> Option<i64> {
        if self.is_for_all() { None } else { Some((self.total? - self.used?).max(0)) }
    }

    /// Says what stands in the way of a seat for each of `wanting` users.
    pub fn reserve(&self, standing: &mut Standing, wanting: usize) {
        if matches!(self.status.as_deref(), Some("Disabled" | "Expired")) {
            standing.blocker(format!("The licence {} is disabled or has expired.", self.name));
        }
        match self.free() {
            Some(0) => standing.blocker(format!("No seat of the licence {} is free. Free one or buy more.", self.name)),
            Some(free) if usize::try_from(free).is_ok_and(|free| free < wanting) => standing.warning(format!(
                "Only {free} of the {wanting} seats needed of the licence {} are free: the last ones will be refused.",
                self.name
            )),
            _ => {}
        }
    }
}

/// The object of Salesforce that a licence is a record of.
pub fn object(license: &str) -> &'static str {
    match &license[..3] {
        USER => "UserLicense",
        PERMISSION_SET => "PermissionSetLicense",
        _ => "PackageLicense",
    }
}

/// The object whose rows say who takes a seat, with the columns of user and licence; none for user licences.
pub fn rows_of(license: &str) -> Option<(&'static str, &'static str, &'static str)> {
    match &license[..3] {
        PERMISSION_SET => Some(("PermissionSetLicenseAssign", "AssigneeId", "PermissionSetLicenseId")),
        PACKAGE => Some(("UserPackageLicense", "UserId", "PackageLicenseId")),
        _ => None,
    }
}

/// The licence of this id.
pub fn license(id: &str) -> Result<Option<License>, Error> {
    let columns = match object(id) {
        "PackageLicense" => "Id,NamespacePrefix,Status,AllowedLicenses,UsedLicenses",
        _ => "Id,MasterLabel,Status,TotalLicenses,UsedLicenses",
    };
    Ok(live::by(object(id), columns, "Id", &[id], "")?.pop())
}

/// A seat that a user takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Seat {
    pub id: String,
    #[serde(alias = "AssigneeId")]
    pub user_id: String,
}

/// The seats of a permission set or package licence that these users take.
pub fn seats(license: &str, users: &[&str]) -> Result<Vec<Seat>, Error> {
    let Some((object, user, column)) = rows_of(license) else { return Ok(Vec::new()) };
    live::by(object, &format!("Id,{user}"), user, users, &format!("{column} = '{license}'"))
}

/// The seat of this user.
pub fn of<'a>(seats: &'a [Seat], user: &str) -> Option<&'a Seat> {
    seats.iter().find(|seat| id::same(Some(&seat.user_id), Some(user)))
}

/// A permission set, or a group with one, that needs a permission set licence and that a user has.
#[derive(Clone, Debug, PartialEq)]
pub struct Needing {
    pub user: String,
    /// The permission set or group.
    pub id: String,
    pub label: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Holding {
    assignee_id: String,
    permission_set_id: String,
    permission_set: Option<super::grant::Labelled>,
    permission_set_group_id: Option<String>,
    permission_set_group: Option<super::grant::Labelled>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Component {
    permission_set_group_id: String,
}

/// What these users have that needs a seat of this permission set licence.
pub fn needing(license: &str, users: &[&str]) -> Result<Vec<Needing>, Error> {
    let columns =
        "Id,AssigneeId,PermissionSetId,PermissionSet.Label,PermissionSetGroupId,PermissionSetGroup.MasterLabel";
    // What has expired stays as a row, and needs no licence.
    let only = format!("PermissionSet.LicenseId = '{license}' AND IsActive = true");
    let direct: Vec<Holding> = live::by("PermissionSetAssignment", columns, "AssigneeId", users, &only)?;
    let components: Option<Vec<Component>> = live::by_if_readable(
        "PermissionSetGroupComponent",
        "Id,PermissionSetGroupId",
        "PermissionSet.LicenseId",
        &[license],
        "",
    )?;
    let groups: Vec<String> = components.into_iter().flatten().map(|of| of.permission_set_group_id).collect();
    let over_groups: Vec<Holding> = if groups.is_empty() {
        Vec::new()
    } else {
        live::by(
            "PermissionSetAssignment",
            columns,
            "AssigneeId",
            users,
            "PermissionSetGroupId != null AND IsActive = true",
        )?
    };
    let grants = |holding: &Holding| {
        groups.iter().any(|group| id::same(Some(group), holding.permission_set_group_id.as_deref()))
    };
    let over_groups = over_groups.into_iter().filter(grants);
    let mut needing: Vec<Needing> = Vec::new();
    for found in direct.into_iter().chain(over_groups).map(Needing::of) {
        if !needing.contains(&found) {
            needing.push(found);
        }
    }
    Ok(needing)
}

impl Needing {
    fn of(holding: Holding) -> Self {
        let (id, named) = match holding.permission_set_group_id {
            Some(group) => (group, holding.permission_set_group),
            None => (holding.permission_set_id, holding.permission_set),
        };
        Self { user: holding.assignee_id, label: named.map_or_else(|| id.clone(), |named| named.label), id }
    }
}

/// The labels of what this user has that needs the licence, apart from one permission set or group.
pub fn needed_by<'a>(needing: &'a [Needing], user: &str, apart: Option<&str>) -> Vec<&'a str> {
    let counts = |of: &&Needing| {
        id::same(Some(&of.user), Some(user)) && !apart.is_some_and(|apart| id::same(Some(apart), Some(&of.id)))
    };
    needing.iter().filter(counts).map(|of| of.label.as_str()).collect()
}
