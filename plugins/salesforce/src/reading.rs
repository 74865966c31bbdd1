//! How objects are read, as data: from which objects of Salesforce, which of their rows, and what lets a user read them.

use crate::record::Record;

/// An object of Salesforce that records are read from.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Salesforce's name of it.
    pub object: &'static str,
    /// It is asked over the Tooling API, which neither counts nor describes it.
    pub tooling: bool,
    /// Which rows, as SOQL after WHERE.
    pub filter: Option<&'static str>,
    /// The permission without which it is empty or cannot be asked for, by API name.
    pub permission: &'static str,
}

/// Rows of one source that become records of a merged object.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub source: Source,
    /// What the keys of these rows start with.
    pub prefix: &'static str,
    /// What these are, for a person (`package licences`).
    pub title: &'static str,
    /// The value of the field `Kind`, for objects of several kinds.
    pub kind: Option<&'static str>,
    /// Field of the record, and the column it is read from (`Profile.UserLicenseId`). The key first.
    pub columns: &'static [(&'static str, &'static str)],
    /// Fills in what is made of other fields.
    pub finish: fn(&mut Record<'_>),
}

/// How the records of an object come.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Each row of one source is a record.
    Rows(Source),
    /// Rows of several sources, or rows to which something is added, in the order of their keys.
    Merged(&'static [Part]),
    /// Login history: as rows, since a point in time.
    Logins(Source),
    /// OAuth tokens: by count and offset.
    Tokens(Source),
}

/// How an object is read.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Our name of it.
    pub object: &'static str,
    pub shape: Shape,
    /// Without any of these permissions only the user's own rows come. Empty: all rows come.
    pub all_rows: &'static [&'static str],
    /// Whether it may be large enough for the Bulk API, and Salesforce lets it be asked there.
    pub bulk: bool,
}

impl Source {
    /// All rows of an object over the REST API.
    pub const fn of(object: &'static str, permission: &'static str) -> Self {
        Self { object, tooling: false, filter: None, permission }
    }

    /// Only rows that match.
    pub const fn only(self, filter: &'static str) -> Self {
        Self { filter: Some(filter), ..self }
    }

    /// Over the Tooling API.
    pub const fn over_tooling(self) -> Self {
        Self { tooling: true, ..self }
    }
}

impl Reading {
    /// Each row of a source is a record.
    pub const fn rows(object: &'static str, source: Source) -> Self {
        Self { object, shape: Shape::Rows(source), all_rows: &[], bulk: false }
    }

    /// Records made of rows.
    pub const fn merged(object: &'static str, parts: &'static [Part]) -> Self {
        Self { object, shape: Shape::Merged(parts), all_rows: &[], bulk: false }
    }

    /// Large in large orgs.
    pub const fn in_bulk(self) -> Self {
        Self { bulk: true, ..self }
    }

    /// The sources, in the order of their keys.
    pub fn sources(&self) -> Vec<Source> {
        match self.shape {
            Shape::Rows(source) | Shape::Logins(source) | Shape::Tokens(source) => vec![source],
            Shape::Merged(parts) => parts.iter().map(|part| part.source).collect(),
        }
    }
}

/// Nothing is made of other fields.
pub fn as_read(_: &mut Record<'_>) {}
