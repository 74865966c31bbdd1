//! From what Salesforce says of sources and permissions to what can be read of each object, and what to grant for the rest.

use super::sources::Sources;
use crate::describe;
use crate::objects;
use crate::permissions::{Permissions, label};
use crate::reading::{Part, Reading, Shape, Source};
use weft_integration::prelude::*;

/// What the findings rest on.
pub struct Findings<'a> {
    pub sources: &'a Sources,
    pub permissions: &'a Permissions,
}

impl Findings<'_> {
    /// The findings for one object.
    pub fn of(&self, object: &ObjectType) -> Result<ObjectAccess, Error> {
        let reading = objects::reading(&object.name)?;
        let sources = reading.sources();
        let refused: Vec<(&Source, &Error)> =
            sources.iter().filter_map(|source| Some((source, self.sources.refusal(source)?))).collect();
        match refused.first() {
            Some((source, error)) if refused.len() == sources.len() => Ok(self.closed(&object.name, source, error)),
            _ => Ok(self.open(object, reading, &refused)),
        }
    }

    /// Nothing of it can be read. Salesforce says the same of an object that the org does not have and of one that is not permitted;
    /// with the permission in hand, it must be the former.
    fn closed(&self, object: &str, source: &Source, error: &Error) -> ObjectAccess {
        let permission = label(source.permission);
        let says = error.message.as_str();
        if error.code == "INVALID_TYPE" && self.permissions.holds(source.permission) {
            let sentence = format!("This org does not have it: the connected user holds \"{permission}\". {says}");
            return ObjectAccess::limited(object, Access::Absent, sentence);
        }
        let sentence =
            format!("Grant \"{permission}\" to the connected user, or the org does not have this object. {says}");
        ObjectAccess::limited(object, Access::None, sentence)
    }

    fn open(&self, object: &ObjectType, reading: &Reading, refused: &[(&Source, &Error)]) -> ObjectAccess {
        let hidden = self.hidden(object, reading);
        let own_rows = !reading.all_rows.is_empty() && !reading.all_rows.iter().any(|name| self.permissions.has(name));
        let sentences = [own_rows.then(|| own(reading)), gaps(reading, refused), columns(&hidden)];
        let sentences: Vec<String> = sentences.into_iter().flatten().collect();
        ObjectAccess {
            access: if own_rows { Access::OwnRows } else { Access::Full },
            extra: self.extra(reading),
            estimate: self.estimate(reading),
            permission: (!sentences.is_empty()).then(|| sentences.join(" ")),
            hidden,
            ..ObjectAccess::full(&object.name)
        }
    }

    /// The declared fields that no readable source gives. Made ones are always there.
    fn hidden(&self, object: &ObjectType, reading: &Reading) -> Vec<String> {
        let parts = match reading.shape {
            Shape::Rows(_) | Shape::Logins(_) => return describe::hidden(object, &self.sources.described),
            Shape::Tokens(_) => {
                let hidden = describe::hidden(object, &self.sources.described);
                return hidden.into_iter().filter(|name| *name != object.key).collect();
            }
            Shape::Merged(parts) => parts,
        };
        let hides = |field: &&Field| {
            let of = |part: &Part| part.columns.iter().find(|(name, _)| *name == field.name).map(|(_, column)| *column);
            let gives: Vec<_> = parts.iter().filter_map(|part| Some((part, of(part)?))).collect();
            !gives.is_empty() && !gives.iter().any(|(part, column)| self.sees(&part.source, column))
        };
        object.fields.iter().filter(hides).map(|field| field.name.clone()).collect()
    }

    /// Objects of the Tooling API are not described: their columns count as seen.
    fn sees(&self, source: &Source, column: &str) -> bool {
        self.sources.refusal(source).is_none()
            && (source.tooling || describe::sees(source.object, column, &self.sources.described))
    }

    fn extra(&self, reading: &Reading) -> Vec<Field> {
        match reading.shape {
            Shape::Rows(source) => self.sources.described.get(source.object).map(describe::extra).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn estimate(&self, reading: &Reading) -> Option<u32> {
        let sources = reading.sources();
        let open = sources.iter().filter(|source| self.sources.refusal(source).is_none());
        open.map(|source| self.sources.rows(source)).sum()
    }
}

fn own(reading: &Reading) -> String {
    let any: Vec<String> = reading.all_rows.iter().map(|name| format!("\"{}\"", label(name))).collect();
    format!(
        "Only the connected user's own rows are seen. To see all, grant {} to the connected user.",
        any.join(" or ")
    )
}

fn gaps(reading: &Reading, refused: &[(&Source, &Error)]) -> Option<String> {
    let Shape::Merged(parts) = reading.shape else { return None };
    let sentence = |(source, _): &(&Source, &Error)| {
        let part = parts.iter().find(|part| part.source.object == source.object)?;
        let permission = label(source.permission);
        Some(format!(
            "Without the {}: grant \"{permission}\" to the connected user, or the org does not have them.",
            part.title
        ))
    };
    let sentences: Vec<String> = refused.iter().filter_map(sentence).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn columns(hidden: &[String]) -> Option<String> {
    if hidden.is_empty() {
        return None;
    }
    Some(format!("Not readable for the connected user: {}.{}", hidden.join(", "), remedy(hidden)))
}

/// Which permission shows the hidden fields, where one is known.
fn remedy(hidden: &[String]) -> &'static str {
    if hidden.iter().any(|name| name == "NumberOfFailedLogins") {
        " Failed logins need \"Manage Users\"; other fields need read access in a profile or permission set."
    } else {
        " Grant read access to them in a profile or permission set."
    }
}

#[cfg(test)]
mod tests;
