//! What the two tools say of their objects.

use super::data;
use weft::boards::ConnectionCatalog;
use weft::domain::{
    Aggregate, Cardinality, DerivedField, Description, Field, FieldType, IdentityKey, Normalizer, ObjectType,
    Relationship,
};

/// Fields by object; the first is the key, the second what people know the records by.
const FIELDS: &[(&str, &[(&str, FieldType)])] = {
    use FieldType::{Boolean, Integer, Text, Timestamp};
    &[
        (
            "User",
            &[
                ("Id", Text),
                ("Name", Text),
                ("Username", Text),
                ("Email", Text),
                ("IsActive", Boolean),
                ("Department", Text),
                ("Title", Text),
                ("UserType", Text),
                ("Country", Text),
                ("City", Text),
                ("CreatedDate", Timestamp),
                ("Cost", Integer),
                ("RoleId", Text),
                ("ProfileId", Text),
            ],
        ),
        ("Role", &[("Id", Text), ("Name", Text)]),
        ("Profile", &[("Id", Text), ("Name", Text), ("LicenseId", Text)]),
        ("License", &[("Id", Text), ("Name", Text)]),
        ("PermissionSet", &[("Id", Text), ("Label", Text)]),
        ("Assignment", &[("Id", Text), ("UserId", Text), ("PermissionSetId", Text)]),
        ("Login", &[("Id", Text), ("UserId", Text), ("LoginTime", Timestamp), ("Status", Text)]),
        ("Person", &[("Id", Text), ("Mail", Text), ("Status", Text), ("Department", Text)]),
    ]
};

/// Relationships: object, name, the object it leads to, the field, and the name seen from there.
const TO_ONE: &[(&str, &str, &str, &str, &str)] = &[
    ("User", "role", "Role", "RoleId", "users"),
    ("User", "profile", "Profile", "ProfileId", "users"),
    ("Profile", "license", "License", "LicenseId", "profiles"),
    ("Assignment", "user", "User", "UserId", "assignments"),
    ("Assignment", "permissionSet", "PermissionSet", "PermissionSetId", "assignments"),
    ("Login", "user", "User", "UserId", "logins"),
];

/// The fields of an object.
pub fn fields(object: &str) -> Vec<Field> {
    let named = FIELDS.iter().find(|(name, _)| *name == object);
    named.map(|(_, fields)| fields.iter().map(|(name, kind)| field(name, *kind)).collect()).unwrap_or_default()
}

/// A connection to each tool: `first` and `second`.
pub fn catalogs() -> [ConnectionCatalog; 2] {
    let (first, second) = (data::FIRST.iter(), data::SECOND.iter());
    [
        catalog("first", first.map(|(name, _)| object(name)).collect()),
        catalog("second", second.map(|(name, _)| object(name)).collect()),
    ]
}

fn catalog(name: &str, objects: Vec<ObjectType>) -> ConnectionCatalog {
    ConnectionCatalog {
        connection: name.into(),
        integration: name.into(),
        title: name.into(),
        connected_by: "U1".into(),
        description: Description { objects, ..Description::default() },
    }
}

fn object(name: &str) -> ObjectType {
    let relationships = TO_ONE.iter().filter(|(of, ..)| *of == name);
    let mail = if name == "User" { Some("Email") } else { (name == "Person").then_some("Mail") };
    let identity =
        |field: &str| IdentityKey { kind: "email".into(), field: field.into(), normalizer: Normalizer::Email };
    let fields = fields(name);
    ObjectType {
        name: name.into(),
        title: name.into(),
        plural: format!("{name}s"),
        help: None,
        key: "Id".into(),
        primary: fields.get(1).map_or_else(String::new, |field| field.name.clone()),
        label: None,
        fields,
        derived: if name == "User" { vec![last_login()] } else { Vec::new() },
        relationships: relationships.map(|(_, name, far, local, inverse)| to_one(name, far, local, inverse)).collect(),
        identities: mail.into_iter().map(identity).collect(),
        ordered: true,
        link: None,
        archive: None,
    }
}

fn last_login() -> DerivedField {
    DerivedField {
        name: "LastLogin".into(),
        title: "Last login".into(),
        help: None,
        through: "logins".into(),
        aggregate: Aggregate::Max,
        field: Some("LoginTime".into()),
        filter: Some(r#"{ "path": "Status", "op": "is", "value": "Success" }"#.into()),
        needs: Vec::new(),
    }
}

fn field(name: &str, kind: FieldType) -> Field {
    Field {
        name: name.into(),
        title: name.into(),
        help: None,
        kind,
        unit: None,
        pointer: format!("/{name}"),
        format: None,
        choices: Vec::new(),
        sealed: false,
        default: false,
    }
}

fn to_one(name: &str, far: &str, local: &str, inverse: &str) -> Relationship {
    Relationship {
        name: name.into(),
        title: name.into(),
        cardinality: Cardinality::ToOne,
        object: far.into(),
        local: local.into(),
        remote: "Id".into(),
        normalizer: Normalizer::SalesforceId,
        inverse: Some((inverse.into(), inverse.into())),
    }
}
