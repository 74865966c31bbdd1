//! Whether what an integration says of itself holds together, so that features can rely on it.

use crate::domain::{Action, Description, Field, FieldType, InputType, ObjectType};
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
    Ok(())
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
