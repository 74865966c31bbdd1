//! Users. Salesforce never deletes them: they become inactive.

use super::{id, object, text, time, to_one};
use weft_integration::prelude::*;

/// What kinds of user there are. Guests and processes are not people.
const TYPES: &[(&str, &str)] = &[
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
    object("User", "User", "Users", "Username")
        .labelled("Name")
        .help("People and services that log in to the org.")
        .with_fields(who())
        .with_fields(place())
        .with_fields(history())
        .with_relationships([
            to_one("role", "Role", "UserRole", "UserRoleId").seen_back_as("users", "Users with this role"),
            to_one("profile", "Profile", "Profile", "ProfileId").seen_back_as("users", "Users with this profile"),
            to_one("license", "Licence", "UserLicense", "UserLicenseId")
                .seen_back_as("users", "Users with this licence"),
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
        Field::new("IsActive", "Active", FieldType::Boolean)
            .shown()
            .help("Only active users can log in; each takes a seat of a licence."),
        Field::new("UserType", "User type", FieldType::Choice).with_choices(TYPES),
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
