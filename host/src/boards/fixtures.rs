//! A small description and its data, for tests.

use super::definition::ConnectionCatalog;
use crate::domain::{
    Aggregate, Cardinality, DerivedField, Description, Field, FieldType, IdentityKey, Normalizer, ObjectType,
    Relationship,
};

fn titled(name: &str, title: &str, kind: FieldType) -> Field {
    Field { title: title.into(), ..Field::plain(name, kind) }
}

fn object(name: &str, primary: &str, fields: Vec<Field>, relationships: Vec<Relationship>) -> ObjectType {
    ObjectType {
        name: name.into(),
        title: name.into(),
        plural: format!("{name}s"),
        help: None,
        key: "Id".into(),
        primary: primary.into(),
        label: (name == "User").then(|| "Name".into()),
        fields,
        derived: Vec::new(),
        relationships,
        identities: Vec::new(),
        ordered: true,
        link: None,
        archive: None,
    }
}

fn to_one(name: &str, title: &str, object: &str, local: &str, inverse: (&str, &str)) -> Relationship {
    Relationship {
        name: name.into(),
        title: title.into(),
        cardinality: Cardinality::ToOne,
        object: object.into(),
        local: local.into(),
        remote: "Id".into(),
        normalizer: Normalizer::SalesforceId,
        inverse: Some((inverse.0.into(), inverse.1.into())),
    }
}

/// A fact about the records that `through` leads to.
pub fn derived(
    name: &str,
    through: &str,
    aggregate: Aggregate,
    field: Option<&str>,
    filter: Option<&str>,
) -> DerivedField {
    DerivedField {
        name: name.into(),
        title: name.into(),
        help: None,
        through: through.into(),
        aggregate,
        field: field.map(Into::into),
        filter: filter.map(Into::into),
        needs: Vec::new(),
    }
}

/// Users as in [`description`] with the states of their logins, whom each role counts, and what is made of both.
pub fn description_with_derived() -> Description {
    let mut all = description();
    let login = vec![
        titled("Id", "Id", FieldType::Text),
        titled("UserId", "User id", FieldType::Text),
        titled("Frozen", "Frozen", FieldType::Boolean),
        titled("At", "At", FieldType::Timestamp),
        titled("Kind", "Kind", FieldType::Text),
    ];
    let user = vec![to_one("user", "User", "User", "UserId", ("logins", "Logins"))];
    all.objects.push(object("Login", "Id", login, user));
    let browser = r#"{ "path": "Kind", "op": "is", "value": "Browser" }"#;
    all.objects[0].derived = vec![
        derived("IsFrozen", "logins", Aggregate::Any, Some("Frozen"), None),
        derived("LastBrowser", "logins", Aggregate::Max, Some("At"), Some(browser)),
        derived("LoginCount", "logins", Aggregate::Count, None, None),
        derived("Kinds", "logins", Aggregate::List, Some("Kind"), None),
        derived("RoleName", "role", Aggregate::First, Some("Name"), None),
    ];
    let inactive = r#"{ "path": "IsActive", "op": "is", "value": false }"#;
    all.objects[1].derived = vec![derived("Inactive", "users", Aggregate::Count, None, Some(inactive))];
    let of_inactive = r#"{ "path": "user.IsActive", "op": "is", "value": false }"#;
    all.objects[0].derived.push(derived("OwnInactive", "logins", Aggregate::Count, None, Some(of_inactive)));
    all
}

/// A connection with this description.
pub fn catalog(description: Description) -> ConnectionCatalog {
    ConnectionCatalog {
        connection: "c1".into(),
        integration: "test".into(),
        title: "Acme org".into(),
        connected_by: "ADA".into(),
        description,
    }
}

/// Another tool that knows the same people: accounts with a team.
pub fn directory(id: &str) -> ConnectionCatalog {
    let field = |name: &str| titled(name, name, FieldType::Text);
    let account = ["Id", "Name", "Mail", "Login", "Status", "TeamId"].map(field).to_vec();
    let mut account =
        object("Account", "Mail", account, vec![to_one("team", "Team", "Team", "TeamId", ("accounts", "Accounts"))]);
    account.identities = vec![identity("username", "Login"), identity("email", "Mail")];
    let team = object("Team", "Name", vec![field("Id"), field("Name")], Vec::new());
    ConnectionCatalog {
        connection: id.into(),
        integration: "directory".into(),
        title: format!("Directory {id}"),
        connected_by: "ADA".into(),
        description: Description { objects: vec![account, team], ..Description::default() },
    }
}

fn identity(kind: &str, field: &str) -> IdentityKey {
    IdentityKey { kind: kind.into(), field: field.into(), normalizer: Normalizer::Folded }
}

/// Users with a role and, over their profile, a licence.
pub fn description() -> Description {
    let named = || vec![titled("Id", "Id", FieldType::Text), titled("Name", "Name", FieldType::Text)];
    let mut user = named();
    user.extend([
        titled("Username", "Username", FieldType::Text),
        titled("IsActive", "Active", FieldType::Boolean),
        titled("LastLogin", "Last login", FieldType::Timestamp),
        titled("Age", "Age", FieldType::Integer),
        titled("About", "About", FieldType::LongText),
        Field { sealed: true, ..Field::plain("Token", FieldType::Text) },
        titled("RoleId", "Role id", FieldType::Text),
        titled("ProfileId", "Profile id", FieldType::Text),
    ]);
    let mut profile = named();
    profile.push(titled("LicenseId", "Licence id", FieldType::Text));
    let user_edges = vec![
        to_one("role", "Role", "Role", "RoleId", ("users", "Users with this role")),
        to_one("profile", "Profile", "Profile", "ProfileId", ("users", "Users with this profile")),
    ];
    let profile_edges = vec![to_one("license", "Licence", "License", "LicenseId", ("profiles", "Profiles"))];
    let mut user = object("User", "Username", user, user_edges);
    user.identities = vec![identity("email", "Username"), identity("username", "Name")];
    Description {
        objects: vec![
            user,
            object("Role", "Name", named(), Vec::new()),
            object("Profile", "Name", profile, profile_edges),
            object("License", "Name", named(), Vec::new()),
        ],
        ..Description::default()
    }
}
