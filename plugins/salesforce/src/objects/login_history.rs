//! Logins, successful and failed. Salesforce forgets them after some months; the host keeps them longer.

use super::{flag, id, object, text, time, to_one};
use crate::reading::{Reading, Shape, Source};
use weft_integration::prelude::*;

/// The days that logins are kept by the host: two years, so that a seasonal user is told from one who left.
pub const KEPT_DAYS: u32 = 730;

/// How people log in themselves, by the values and by the labels of the picklist, since the API has given both. What is left are
/// programs, and "Remote Access 2.0", which is a person only at times.
pub const INTERACTIVE: &[&str] = &[
    "Application",
    "AppExchange",
    "Certificate",
    "Certificate-based login",
    "ChatterCommunityPortalUnPwd",
    "Chatter Communities External User",
    "ChatterCommunityThirdPartySso",
    "Chatter Communities External User Third Party SSO",
    "Community",
    "EmployeeLoginToCommunity",
    "Employee Login to Community",
    "LightningLogin",
    "Lightning Login",
    "PasswordlessLogin",
    "Passwordless Login",
    "PasswordlessPasskeyLogin",
    "Portal",
    "Customer Service Portal",
    "PortalThirdPartySso",
    "Customer Service Portal Third-Party SSO",
    "PrmPortal",
    "Partner Portal",
    "PrmPortalThirdPartySso",
    "Partner Portal Third-Party SSO",
    "Saml",
    "SAML Idp Initiated SSO",
    "SamlSfdcInitiated",
    "SAML Sfdc Initiated SSO",
    "SamlChatterNetworks",
    "SAML Chatter Communities External User SSO",
    "SamlCspPortal",
    "SAML Customer Service Portal SSO",
    "SamlPrmPortal",
    "SAML Partner Portal SSO",
    "SamlSite",
    "SAML Site SSO",
    "ThirdPartySso",
    "Third Party SSO",
];

/// What Salesforce writes into `Status` for a login that worked; anything else is the reason why it did not.
pub const SUCCESS: &str = "Success";

pub const READING: Reading = Reading {
    object: "LoginHistory",
    shape: Shape::Logins(Source::of("LoginHistory", "ManageUsers")),
    all_rows: &["ManageUsers", "MonitorLoginHistory"],
    bulk: true,
};

pub fn object_type() -> ObjectType {
    object("LoginHistory", "Login", "Logins", "Id")
        .help("Who logged in, or tried to, when and from where. Kept here for two years; Salesforce forgets sooner.")
        .archived("LoginTime", KEPT_DAYS)
        .with_fields(attempt())
        .with_fields(origin())
        .with_relationships([to_one("user", "User", "User", "UserId").seen_back_as("logins", "Logins")])
}

fn attempt() -> Vec<Field> {
    vec![
        id(),
        time("LoginTime", "Time").shown(),
        text("UserId", "User id").shown(),
        text("Status", "Outcome").shown().help("\"Success\", or why the login failed."),
        Field::new("LoginType", "Login type", FieldType::Choice).shown(),
        Field::new("LoginSubType", "Login subtype", FieldType::Choice),
        text("Application", "Application").shown(),
        text("LoginUrl", "Login address"),
        text("AuthenticationServiceId", "Authentication service id"),
        text("AuthMethodReference", "Authentication method"),
    ]
}

fn origin() -> Vec<Field> {
    vec![
        text("SourceIp", "Source address").shown(),
        text("ForwardedForIp", "Forwarded for"),
        text("CountryIso", "Country").shown(),
        text("Browser", "Browser"),
        text("Platform", "Platform"),
        text("ApiType", "API type"),
        text("ApiVersion", "API version"),
        text("ClientVersion", "Client version"),
        Field::new("TlsProtocol", "TLS version", FieldType::Choice),
        Field::new("CipherSuite", "TLS cipher suite", FieldType::Choice),
        text("LoginGeoId", "Place id"),
        flag("OptionsIsGet", "Credentials in the address"),
        flag("OptionsIsPost", "Credentials in the body"),
    ]
}
