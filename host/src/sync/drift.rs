//! What an account's admins changed in its fields between two checks, in words.

use crate::{
    domain::{Field, FieldType, ObjectType},
    plugins::{AccessLevel, ObjectAccess},
};

/// Names of one list that are told; an org that was rebuilt has hundreds.
const NAMES: usize = 5;

/// The sentence about an object whose fields are not those of the check before; none when they are.
pub(super) fn news(declared: &ObjectType, before: &ObjectAccess, after: &ObjectAccess) -> Option<String> {
    let readable = |found: &ObjectAccess| matches!(found.access, AccessLevel::Full | AccessLevel::OwnRows);
    if !readable(before) || !readable(after) {
        return None;
    }
    let (old, new) = (before.fields(&declared.fields), after.fields(&declared.fields));
    let missing = |from: &[Field], field: &&Field| from.iter().all(|one| one.name != field.name);
    let (shown, added) = parted(new.iter().filter(|field| missing(&old, field)), &before.hidden);
    let (hidden, gone) = parted(old.iter().filter(|field| missing(&new, field)), &after.hidden);
    let retyped = new.iter().filter_map(|field| {
        let was = old.iter().find(|one| one.name == field.name && one.kind != field.kind)?;
        Some(format!("{} (now {}, was {})", field.title, word(field.kind), word(was.kind)))
    });
    let parts: Vec<String> = [
        ("new fields", added),
        ("fields that are gone", gone),
        ("fields that can no longer be read", hidden),
        ("fields that can be read again", shown),
        ("fields of another type", retyped.collect()),
    ]
    .into_iter()
    .filter(|(_, names)| !names.is_empty())
    .map(|(what, names)| format!("{what}: {}", listed(&names)))
    .collect();
    (!parts.is_empty()).then(|| format!("Since the check before, {}.", parts.join("; ")))
}

/// Titles of those that are among `hidden`, and of the others.
fn parted<'a>(fields: impl Iterator<Item = &'a Field>, hidden: &[String]) -> (Vec<String>, Vec<String>) {
    let (hidden, others): (Vec<_>, Vec<_>) = fields.partition(|field| hidden.contains(&field.name));
    let titles = |fields: Vec<&Field>| fields.into_iter().map(|field| field.title.clone()).collect();
    (titles(hidden), titles(others))
}

fn listed(names: &[String]) -> String {
    let some = names.iter().take(NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMES) {
        0 => some,
        more => format!("{some} and {more} more"),
    }
}

fn word(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text => "text",
        FieldType::LongText => "long text",
        FieldType::Integer => "a whole number",
        FieldType::Number => "a number",
        FieldType::Boolean => "yes or no",
        FieldType::Date => "a date",
        FieldType::Timestamp => "a time",
        FieldType::Choice => "a choice",
        FieldType::List => "a list",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldType) -> Field {
        Field { title: name.to_uppercase(), ..Field::plain(name, kind) }
    }

    fn declared() -> ObjectType {
        ObjectType {
            name: "User".into(),
            title: "User".into(),
            plural: "Users".into(),
            help: None,
            key: "id".into(),
            primary: "id".into(),
            label: None,
            fields: ["id", "mail", "phone"].map(|name| field(name, FieldType::Text)).to_vec(),
            derived: Vec::new(),
            relationships: Vec::new(),
            identities: Vec::new(),
            ordered: true,
            link: None,
            archive: None,
        }
    }

    fn found(hidden: &[&str], extra: Vec<Field>) -> ObjectAccess {
        ObjectAccess {
            object: "User".into(),
            access: AccessLevel::Full,
            hidden: hidden.iter().map(|&name| name.to_owned()).collect(),
            extra,
            permission: None,
            estimate: None,
        }
    }

    #[test]
    fn each_kind_of_change_is_told_by_its_name() {
        let custom = |kind| field("cost", kind);
        let many = (0..7).map(|n| field(&format!("f{n}"), FieldType::Text)).collect();
        let table = [
            (found(&[], vec![]), found(&[], vec![]), None),
            (found(&[], vec![]), found(&[], vec![custom(FieldType::Text)]), Some("new fields: COST")),
            (found(&[], vec![custom(FieldType::Text)]), found(&[], vec![]), Some("fields that are gone: COST")),
            (found(&[], vec![]), found(&["mail"], vec![]), Some("fields that can no longer be read: MAIL")),
            (found(&["mail"], vec![]), found(&[], vec![]), Some("fields that can be read again: MAIL")),
            (
                found(&[], vec![custom(FieldType::Date)]),
                found(&[], vec![custom(FieldType::Text)]),
                Some("fields of another type: COST (now text, was a date)"),
            ),
            (found(&[], vec![]), found(&[], many), Some("new fields: F0, F1, F2, F3, F4 and 2 more")),
            (found(&[], vec![]), ObjectAccess { access: AccessLevel::None, ..found(&["mail"], vec![]) }, None),
        ];
        for (before, after, wanted) in table {
            let wanted = wanted.map(|part| format!("Since the check before, {part}."));
            assert_eq!(news(&declared(), &before, &after), wanted);
        }
    }
}
