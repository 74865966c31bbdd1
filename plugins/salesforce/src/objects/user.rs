//! Users. Salesforce never deletes them: they become inactive.

use super::{choice, count, flag, id, login_history, page, text, time, to_one};
use crate::reading::{Reading, Source};
use serde_json::json;
use weft_integration::prelude::*;

pub const READING: Reading = Reading::rows("User", Source::of("User", "ViewAllUsers")).in_bulk();

/// What kinds of user there are. Guests and processes are not people.
pub const TYPES: &[(&str, &str)] = &[
    ("Standard", "Standard"),
    ("PowerPartner", "Partner"),
    ("CspLitePortal", "High-volume portal"),
    ("CustomerSuccess", "Customer portal"),
    ("PowerCustomerSuccess", "Customer portal manager"),
    ("CsnOnly", "Chatter only"),
    ("Guest", "Guest"),
    ("AutomatedProcess", "Automated process"),
    ("CloudIntegrationUser", "Cloud integration"),
];

pub fn object_type() -> ObjectType {
    page("User", "User", "Users", "Username")
        .labelled("Name")
        .help("People and services that log in to the org.")
        .with_fields(who())
        .with_fields(place())
        .with_fields(history())
        .with_derived(derived())
        .with_relationships([
            to_one("role", "Role", "UserRole", "UserRoleId").seen_back_as("users", "Users with this role"),
            to_one("profile", "Profile", "Profile", "ProfileId").seen_back_as("users", "Users with this profile"),
            to_one("license", "Licence", "License", "UserLicenseId").seen_back_as("users", "Users with this licence"),
            to_one("manager", "Manager", "User", "ManagerId").seen_back_as("reports", "Direct reports"),
        ])
        .known_elsewhere_by("email", "Email", Normalizer::Email)
        .known_elsewhere_by("username", "Username", Normalizer::Folded)
        .known_elsewhere_by("federation-id", "FederationIdentifier", Normalizer::Folded)
        .known_elsewhere_by("employee-number", "EmployeeNumber", Normalizer::Folded)
}

fn who() -> Vec<Field> {
    vec![
        id(),
        text("Username", "Username")
            .shown()
            .help("Unique in all of Salesforce; often, but not always, an e-mail address."),
        text("Name", "Name").shown(),
        text("FirstName", "First name"),
        text("LastName", "Last name"),
        text("Email", "Email").shown(),
        text("Alias", "Alias"),
        text("CommunityNickname", "Nickname"),
        text("Title", "Title"),
        text("Department", "Department"),
        text("Division", "Division"),
        text("CompanyName", "Company"),
        text("EmployeeNumber", "Employee number"),
        text("FederationIdentifier", "Federation id")
            .help("Names the user at the identity provider, for single sign-on."),
    ]
}

fn place() -> Vec<Field> {
    vec![
        flag("IsActive", "Active").shown().help("Only active users can log in; each takes a seat of a licence."),
        choice("UserType", "User type", TYPES),
        text("ProfileId", "Profile id"),
        text("ProfileName", "Profile name").at("/Profile/Name"),
        text("UserLicenseId", "Licence id").at("/Profile/UserLicenseId").help("The licence follows from the profile."),
        text("UserRoleId", "Role id"),
        text("RoleName", "Role name").at("/UserRole/Name"),
        text("ManagerId", "Manager id"),
        Field::new("TimeZoneSidKey", "Time zone", FieldType::Choice),
        Field::new("LocaleSidKey", "Locale", FieldType::Choice),
        Field::new("LanguageLocaleKey", "Language", FieldType::Choice),
        Field::new("EmailEncodingKey", "Email encoding", FieldType::Choice),
    ]
}

fn history() -> Vec<Field> {
    vec![
        time("LastLoginDate", "Last login").shown().help("Empty for a user who never logged in."),
        time("LastPasswordChangeDate", "Last password change"),
        Field::new("NumberOfFailedLogins", "Failed logins", FieldType::Integer)
            .help("Since the last success. Needs \"Manage Users\"."),
        time("CreatedDate", "Created"),
        text("CreatedById", "Created by"),
        time("LastModifiedDate", "Last modified"),
        text("LastModifiedById", "Last modified by"),
        time("SystemModstamp", "System modstamp"),
    ]
}

fn derived() -> Vec<DerivedField> {
    let any =
        |name, title, field| DerivedField::new(name, title, "login", Aggregate::Any).of(field).needing(&["UserLogin"]);
    vec![
        any("Frozen", "Frozen", "IsFrozen").help("Cannot log in, and still takes a seat."),
        any("PasswordLocked", "Password locked", "IsPasswordLocked").help("After too many failed logins."),
        DerivedField::new("LastInteractiveLogin", "Last interactive login", "logins", Aggregate::Max)
            .of("LoginTime")
            .only_where(&json!({ "all": [
                { "path": "LoginType", "op": "any-of", "value": login_history::INTERACTIVE },
                { "path": "Status", "op": "is", "value": login_history::SUCCESS },
            ] }))
            .needing(&["LoginHistory"])
            .help("By a person, not by a program. Unknown when there was none since logins are kept."),
        count("PermissionSetCount", "Permission sets", "permissionSetAssignments", &["PermissionSetAssignment"])
            .only_where(&json!({ "path": "IsActive", "op": "is", "value": true, "or_unknown": true }))
            .help("Permission sets and permission set groups assigned to the user."),
        count("LicenseCount", "Licences", "licenseAssignments", &["LicenseAssignment"])
            .help("Seats of all kinds that the user takes."),
    ]
}
