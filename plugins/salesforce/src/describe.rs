//! What Salesforce's own description of an object says: which columns this user sees, which they may change, and the org's custom ones.

use serde::Deserialize;
use std::collections::HashMap;
use weft_integration::prelude::*;

/// Custom fields taken at most: with them, a query for 200 keys still fits into an address of Salesforce.
const MAX_EXTRA: usize = 100;

/// The description of an object, as far as it is used.
#[derive(Debug, Default, Deserialize)]
pub struct Describe {
    /// Whether this user may make such records.
    #[serde(default)]
    pub createable: bool,
    /// Whether this user may delete them.
    #[serde(default)]
    pub deletable: bool,
    pub fields: Vec<Column>,
}

/// A column this user sees.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    pub name: String,
    pub label: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    custom: bool,
    #[serde(default)]
    pub updateable: bool,
    relationship_name: Option<String>,
    #[serde(default)]
    reference_to: Vec<String>,
    #[serde(default)]
    picklist_values: Vec<PicklistValue>,
}

impl Column {
    /// A custom field in which a user names another user.
    pub fn names_a_user(&self) -> bool {
        self.custom && self.reference_to == ["User"]
    }
}

#[derive(Debug, Deserialize)]
struct PicklistValue {
    value: String,
    label: Option<String>,
}

/// The descriptions that could be read, by object.
pub type Described = HashMap<String, Describe>;

impl Describe {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.fields.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// The objects at the far end of a relationship: several where a column may name records of several objects.
    fn far(&self, relationship: &str) -> &[String] {
        let is_it = |column: &&Column| column.relationship_name.as_deref() == Some(relationship);
        self.fields.iter().find(is_it).map(|column| column.reference_to.as_slice()).unwrap_or_default()
    }
}

/// The declared fields this user cannot read.
pub fn hidden(object: &ObjectType, described: &Described) -> Vec<String> {
    let unseen =
        |field: &&Field| !sees(&object.name, &field.pointer.trim_start_matches('/').replace('/', "."), described);
    object.fields.iter().filter(unseen).map(|field| field.name.clone()).collect()
}

/// Whether this user sees the column that this path (`Profile.Name`) leads to.
pub fn sees(object: &str, path: &str, described: &Described) -> bool {
    let Some(describe) = described.get(object) else { return false };
    match path.split_once('.') {
        None => describe.column(path).is_some(),
        Some((relationship, rest)) => describe.far(relationship).iter().any(|far| sees(far, rest, described)),
    }
}

/// The objects that the columns of an object lead to. Of the relationships that fields are declared over, each is called as its object.
pub fn far_objects(object: &ObjectType) -> Vec<&str> {
    let nested = object.fields.iter().filter_map(|field| field.pointer.trim_start_matches('/').split_once('/'));
    let mut far: Vec<&str> = nested.map(|(relationship, _)| relationship).collect();
    far.sort_unstable();
    far.dedup();
    far
}

/// The org's own fields, in the order of their names.
pub fn extra(describe: &Describe) -> Vec<Field> {
    let mut extra: Vec<Field> = describe.fields.iter().filter(|column| column.custom).filter_map(field).collect();
    extra.sort_by(|left, right| left.name.cmp(&right.name));
    extra.truncate(MAX_EXTRA);
    extra
}

/// The fields to read of an object, as the host takes them from a check: declared ones without the hidden ones, then extra ones.
pub fn visible(object: &ObjectType, described: &Described) -> Vec<Field> {
    let hidden = hidden(object, described);
    let declared = object.fields.iter().filter(|field| !hidden.contains(&field.name)).cloned();
    declared.chain(described.get(&object.name).map(extra).unwrap_or_default()).collect()
}

/// A custom column as a field; none for those that are no single value.
fn field(column: &Column) -> Option<Field> {
    let kind = match column.kind.as_str() {
        "string" | "phone" | "url" | "email" | "id" | "reference" | "combobox" | "time" | "multipicklist" => {
            FieldType::Text
        }
        "textarea" => FieldType::LongText,
        "picklist" => FieldType::Choice,
        "int" => FieldType::Integer,
        "double" | "currency" | "percent" => FieldType::Number,
        "boolean" => FieldType::Boolean,
        "date" => FieldType::Date,
        "datetime" => FieldType::Timestamp,
        _ => return None,
    };
    let mut field = Field::new(&column.name, &column.label, kind);
    if kind == FieldType::Choice {
        let choice = |known: &PicklistValue| Choice::new(&known.value, known.label.as_deref().unwrap_or(&known.value));
        field.choices = column.picklist_values.iter().map(choice).collect();
    }
    Some(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects;
    use serde_json::json;

    fn described() -> Described {
        let user = json!({ "fields": [
            { "name": "Id", "label": "User ID", "type": "id" },
            { "name": "Username", "label": "Username", "type": "string", "updateable": true },
            { "name": "ProfileId", "label": "Profile ID", "type": "reference", "relationshipName": "Profile", "referenceTo": ["Profile"] },
            { "name": "Zone__c", "label": "Zone", "type": "picklist", "custom": true, "picklistValues": [{ "value": "n", "label": "North" }] },
            { "name": "Area__c", "label": "Area", "type": "double", "custom": true },
            { "name": "Home__c", "label": "Home", "type": "location", "custom": true }
        ] });
        let profile = json!({ "fields": [{ "name": "Name", "label": "Name", "type": "string" }] });
        [("User", user), ("Profile", profile)]
            .map(|(name, json)| (name.to_owned(), serde_json::from_value(json).unwrap()))
            .into()
    }

    #[test]
    fn what_describe_does_not_show_is_hidden() {
        let hidden = hidden(&objects::find("User").unwrap(), &described());
        assert!(hidden.iter().any(|name| name == "NumberOfFailedLogins"));
        // The far column counts, not only the edge.
        assert!(hidden.iter().any(|name| name == "UserLicenseId"));
        for seen in ["Id", "Username", "ProfileId", "ProfileName"] {
            assert!(!hidden.iter().any(|name| name == seen), "{seen}");
        }
    }

    #[test]
    fn a_column_is_seen_over_any_of_the_objects_it_may_lead_to() {
        let group = json!({ "fields": [
            { "name": "RelatedId", "label": "x", "type": "reference", "relationshipName": "Related", "referenceTo": ["Territory", "User"] }
        ] });
        let mut described = described();
        described.insert("Group".into(), serde_json::from_value(group).unwrap());
        assert!(sees("Group", "Related.Username", &described));
        assert!(!sees("Group", "Related.Other", &described) && !sees("Group", "Owner.Name", &described));
        assert_eq!(far_objects(&objects::find("User").unwrap()), ["Profile", "UserRole"]);
    }

    #[test]
    fn custom_columns_become_fields() {
        let extra = extra(&described()["User"]);
        let shown: Vec<_> = extra.iter().map(|field| (field.name.as_str(), field.type_)).collect();
        assert_eq!(shown, [("Area__c", FieldType::Number), ("Zone__c", FieldType::Choice)]);
        assert_eq!(extra[1].choices, [Choice::new("n", "North")]);
    }

    #[test]
    fn visible_fields_are_the_seen_and_the_extra_ones() {
        let visible = visible(&objects::find("User").unwrap(), &described());
        let names: Vec<_> = visible.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Id", "Username", "ProfileId", "ProfileName", "Area__c", "Zone__c"]);
    }
}
