//! Whether what an integration says of itself holds together, so that features can rely on it.

use crate::domain::{Action, DerivedField, Description, Field, FieldType, InputType, ObjectType};
use crate::plugins::manifest::Manifest;
use crate::plugins::rows::Shape;
use std::collections::HashSet;

/// Objects, actions or templates of one integration.
const MAX_ITEMS: usize = 200;
/// Fields of one object: a large Salesforce object has 800.
const MAX_FIELDS: usize = 1_000;
/// Targets of one run; the WIT package promises it.
const MAX_BATCH: u32 = 200;
/// Ten years: longer than any tool's own log, and a bound for what an archive can grow to.
const MAX_ARCHIVE_DAYS: u32 = 3_660;

/// Checks a description; the refusal is a sentence.
pub fn check(description: &Description, manifest: &Manifest, has_actions: bool) -> Result<(), String> {
    let sizes = [description.objects.len(), description.actions.len(), description.templates.len()];
    if sizes.into_iter().any(|size| size > MAX_ITEMS) {
        return Err(format!("there are more than {MAX_ITEMS} objects, actions or templates"));
    }
    unique("objects", description.objects.iter().map(|object| object.name.as_str()))?;
    unique("actions", description.actions.iter().map(|action| action.name.as_str()))?;
    unique("templates", description.templates.iter().map(|template| template.name.as_str()))?;
    if !has_actions && !description.actions.is_empty() {
        return Err("it describes actions and does not export `weft:integration/actions`".to_owned());
    }
    if let Some(name) = manifest.actions.keys().find(|name| description.action(name).is_none()) {
        return Err(format!("the manifest has write rules for the action `{name}`, which is not described"));
    }
    description.objects.iter().try_for_each(|object| object_holds(object, description))?;
    description.actions.iter().try_for_each(|action| action_holds(action, description))
}

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut seen = HashSet::new();
    for name in names {
        if name.is_empty() || name.len() > 128 || name.chars().any(char::is_control) {
            return Err(format!("among the {what} is a name that is empty, longer than 128 bytes, or no plain text"));
        }
        if !seen.insert(name) {
            return Err(format!("among the {what} are two named `{name}`"));
        }
    }
    Ok(())
}

fn object_holds(object: &ObjectType, description: &Description) -> Result<(), String> {
    let ObjectType { name, fields, .. } = object;
    if fields.len() > MAX_FIELDS {
        return Err(format!("`{name}` has more than {MAX_FIELDS} fields"));
    }
    let derived = object.derived.iter().map(|field| field.name.as_str());
    unique(&format!("fields of `{name}`"), fields.iter().map(|field| field.name.as_str()).chain(derived))?;
    Shape::new(fields, &object.key).map_err(|error| format!("in `{name}`: {error}"))?;
    let known = |field: &str| fields.iter().any(|known| known.name == field);
    let named = [Some(&object.primary), object.label.as_ref()];
    let edges = object.relationships.iter().map(|edge| &edge.local);
    let identities = object.identities.iter().map(|identity| &identity.field);
    if let Some(field) = named.into_iter().flatten().chain(edges).chain(identities).find(|field| !known(field)) {
        return Err(format!("`{name}` names the field `{field}`, which it does not have"));
    }
    if let Some(archive) = &object.archive {
        let dated = object.field(&archive.by).is_some_and(|field| field.kind == FieldType::Timestamp);
        if !dated || !(1..=MAX_ARCHIVE_DAYS).contains(&archive.days) {
            return Err(format!(
                "`{name}` is archived, which takes an `archive-by` that names one of its timestamps, and `archive-days` from 1 to {MAX_ARCHIVE_DAYS}"
            ));
        }
    }
    for edge in &object.relationships {
        let far = description.object(&edge.object).ok_or_else(|| {
            format!("the relationship `{}` of `{name}` leads to `{}`, which is not described", edge.name, edge.object)
        })?;
        if !far.fields.iter().any(|field: &Field| field.name == edge.remote) {
            return Err(format!(
                "the relationship `{}` of `{name}` compares `{}`, which `{}` does not have",
                edge.name, edge.remote, far.name
            ));
        }
    }
    object.derived.iter().try_for_each(|derived| {
        derived_holds(object, derived, description)
            .map_err(|why| format!("the derived field `{}` of `{name}` {why}", derived.name))
    })
}

/// Derived fields are made of stored ones; what their filter means is for the boards to say.
fn derived_holds(object: &ObjectType, derived: &DerivedField, description: &Description) -> Result<(), String> {
    let far = through(object, &derived.through, description)
        .ok_or_else(|| format!("goes through `{}`, which is no relationship of it", derived.through))?;
    let field = match &derived.field {
        Some(name) => {
            Some(far.field(name).ok_or_else(|| format!("reads `{name}`, which `{}` does not have", far.name))?)
        }
        None => None,
    };
    derived.aggregate.kind(field)?;
    let is_json = |text: &String| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if !derived.filter.as_ref().is_none_or(is_json) {
        return Err("has a filter that is no JSON".to_owned());
    }
    match derived.needs.iter().find(|needed| description.object(needed).is_none()) {
        Some(needed) => Err(format!("needs the object `{needed}`, which is not described")),
        None => Ok(()),
    }
}

/// The object at the far end of a relationship or inverse of this name.
fn through<'a>(object: &ObjectType, name: &str, description: &'a Description) -> Option<&'a ObjectType> {
    let own = object.relationships.iter().find(|edge| edge.name == name).map(|edge| &edge.object);
    let named = |far: &&ObjectType| {
        let mut edges = far.relationships.iter().filter(|edge| edge.object == object.name);
        edges.any(|edge| edge.inverse.as_ref().is_some_and(|(inverse, _)| inverse == name))
    };
    own.and_then(|far| description.object(far)).or_else(|| description.objects.iter().find(named))
}

fn action_holds(action: &Action, description: &Description) -> Result<(), String> {
    let name = &action.name;
    if !(1..=MAX_BATCH).contains(&action.batch) {
        return Err(format!("the action `{name}` takes {} targets a call; 1 to {MAX_BATCH} are allowed", action.batch));
    }
    unique(&format!("inputs of `{name}`"), action.inputs.iter().map(|input| input.name.as_str()))?;
    if let Some(inverse) = action.inverse.as_ref().filter(|inverse| description.action(inverse).is_none()) {
        return Err(format!("the action `{name}` is taken back by `{inverse}`, which is not described"));
    }
    let refers = |kind| matches!(kind, InputType::Reference | InputType::References);
    if let Some(input) = action.inputs.iter().find(|input| refers(input.kind) && input.object.is_none()) {
        return Err(format!(
            "the input `{}` of `{name}` refers to records and does not say of which object",
            input.name
        ));
    }
    let inputs = action.inputs.iter().filter_map(|input| input.object.as_ref());
    let objects = action.object.iter().chain(&action.touches).chain(inputs);
    match objects.into_iter().find(|object| description.object(object).is_none()) {
        Some(object) => Err(format!("the action `{name}` names the object `{object}`, which is not described")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Aggregate, Cardinality, FieldType, Normalizer, Relationship};

    fn object(name: &str, fields: &[(&str, FieldType)], relationships: Vec<Relationship>) -> ObjectType {
        ObjectType {
            name: name.into(),
            title: name.into(),
            plural: name.into(),
            help: None,
            key: "Id".into(),
            primary: "Id".into(),
            label: None,
            fields: fields.iter().map(|(name, kind)| Field::plain(name, *kind)).collect(),
            derived: Vec::new(),
            relationships,
            identities: Vec::new(),
            ordered: true,
            archive: None,
            link: None,
        }
    }

    #[test]
    fn derived_fields_name_what_there_is_and_take_what_they_can() {
        let user = Relationship {
            name: "user".into(),
            title: "User".into(),
            cardinality: Cardinality::ToOne,
            object: "User".into(),
            local: "UserId".into(),
            remote: "Id".into(),
            normalizer: Normalizer::Exact,
            inverse: Some(("logins".into(), "Logins".into())),
        };
        let login = [("Id", FieldType::Text), ("UserId", FieldType::Text), ("At", FieldType::Timestamp)];
        let objects = vec![object("User", &[("Id", FieldType::Text)], vec![]), object("Login", &login, vec![user])];
        let description = Description { objects, ..Description::default() };
        let derived = |through: &str, aggregate, field: Option<&str>, filter: Option<&str>, needs: &str| DerivedField {
            name: "Fact".into(),
            title: "Fact".into(),
            help: None,
            through: through.into(),
            aggregate,
            field: field.map(Into::into),
            filter: filter.map(Into::into),
            needs: vec![needs.into()],
        };
        let at = Some("At");
        let cases = [
            (derived("logins", Aggregate::Max, at, Some("{}"), "Login"), None),
            (derived("logins", Aggregate::Count, None, None, "Login"), None),
            (derived("user", Aggregate::Count, None, None, "Login"), Some("no relationship")),
            (derived("logins", Aggregate::Max, Some("Gone"), None, "Login"), Some("does not have")),
            (derived("logins", Aggregate::Sum, at, None, "Login"), Some("another type")),
            (derived("logins", Aggregate::Any, at, None, "Login"), Some("another type")),
            (derived("logins", Aggregate::List, at, None, "Login"), Some("another type")),
            (derived("logins", Aggregate::First, None, None, "Login"), Some("none is named")),
            (derived("logins", Aggregate::Count, at, None, "Login"), Some("takes no field")),
            (derived("logins", Aggregate::Count, None, Some("{"), "Login"), Some("no JSON")),
            (derived("logins", Aggregate::Count, None, None, "Gone"), Some("not described")),
        ];
        for (derived, refusal) in cases {
            let answer = derived_holds(&description.objects[0], &derived, &description);
            match refusal {
                None => assert_eq!(answer, Ok(())),
                Some(part) => assert!(answer.as_ref().is_err_and(|why| why.contains(part)), "{answer:?}"),
            }
        }
    }
}
