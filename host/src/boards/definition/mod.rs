//! What a board is, as people can read and write it: TOML or JSON, versioned.

mod check;
mod compile;
mod filter;
mod group;
mod path;
mod schema;

pub use check::{Checked, CheckedColumn, CheckedCondition, CheckedFilter, CheckedSort};
pub use compile::Clock;
pub use filter::{Condition, Filter, Match, Operand, Operator};
pub use group::{Chart, CheckedGroup, Group, MAX_TOTALS, Period, TotalOf, day_of, first_of};
pub use path::{CheckedPath, Edge, MATCH, MAX_STEPS};
pub use schema::{ConnectionCatalog, Schema};

use crate::domain::{ConnectionId, ObjectName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The version this code writes. It reads every version up to it.
pub const VERSION: u32 = 1;
/// What a definition may be as text: beyond, it is no longer something a person wrote.
pub const MAX_TEXT_BYTES: usize = 32 << 10;
/// As many as a table in Slack shows.
pub const MAX_COLUMNS: usize = 20;
/// More than a person can read, few enough to answer within 20 ms at a million rows.
pub const MAX_CONDITIONS: usize = 20;
/// Groups within groups beyond this are hard to say in words.
pub const MAX_GROUP_DEPTH: usize = 2;
/// What follows the fourth sort key hardly ever decides.
pub const MAX_SORTS: usize = 4;

/// A board's content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Of this format.
    #[serde(default = "first_version")]
    pub version: u32,
    /// Whose records. None in a template: it is set when the template is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// The object each row is a record of.
    pub object: ObjectName,
    /// From left to right.
    pub columns: Vec<Column>,
    /// Which order; then in the order of the keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<Sort>,
    /// Other connections it joins, by the names that its paths give them (`@okta/User.status`). A name that is not listed is that of
    /// an integration with one connection.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub connections: BTreeMap<String, ConnectionId>,
    /// Which records; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// How its rows are grouped; none when they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
}

/// A column: the path of a field (`Name`, `role.Name`), or a table with more to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "ColumnText", into = "ColumnText")]
pub struct Column {
    /// Names of relationships and then of a field, joined by dots. At most [`MAX_STEPS`] relationships.
    pub path: String,
    /// Shown above it instead of the field's title.
    pub title: Option<String>,
    /// What is shown of a path that leads to several records.
    pub show: Option<Show>,
}

/// What is shown of a path that leads to several records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Show {
    /// How many records.
    Count,
    /// The first few values.
    List,
    /// The first known value.
    First,
    /// The smallest known value.
    Min,
    /// The largest known value.
    Max,
}

/// A sort key: a path, or a table with the direction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "SortText", into = "SortText")]
pub struct Sort {
    /// As of a column.
    pub path: String,
    /// Largest or latest first. The unknown comes last all the same.
    pub descending: bool,
}

impl Definition {
    /// Reads TOML or JSON. The error is a sentence that names the place.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(format!("The board's text is over {MAX_TEXT_BYTES} bytes."));
        }
        let read = match text.trim_start().starts_with('{') {
            true => serde_json::from_str(text).map_err(|error| error.to_string()),
            false => toml::from_str(text).map_err(|error| error.to_string()),
        };
        let definition: Self =
            read.map_err(|error| format!("The board's text cannot be read: {}", error.trim_end()))?;
        match definition.version {
            1..=VERSION => Ok(definition),
            other => Err(format!("The board's text has version {other}; this Weft reads up to {VERSION}.")),
        }
    }

    /// The paths of all its parts.
    pub fn paths(&self) -> Vec<&str> {
        let columns = self.columns.iter().map(|column| column.path.as_str());
        let mut paths: Vec<&str> = columns.chain(self.sort.iter().map(|sort| sort.path.as_str())).collect();
        if let Some(filter) = &self.filter {
            paths.extend(filter.conditions().into_iter().map(|condition| condition.path.as_str()));
        }
        if let Some(group) = &self.group {
            paths.push(&group.by);
            paths.extend(group.totals.iter().map(|total| total.path.as_str()));
        }
        paths
    }

    /// The names its paths give to other connections.
    pub fn aliases(&self) -> BTreeSet<&str> {
        let steps = self.paths().into_iter().flat_map(|path| path.split('.'));
        steps.filter_map(|step| Some(step.strip_prefix('@')?.split_once('/')?.0)).collect()
    }

    /// The definition as a file that people edit.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }
}

fn first_version() -> u32 {
    1
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum ColumnText {
    Path(String),
    Full(ColumnTable),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnTable {
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    show: Option<Show>,
}

impl From<ColumnText> for Column {
    fn from(text: ColumnText) -> Self {
        match text {
            ColumnText::Path(path) => Self { path, title: None, show: None },
            ColumnText::Full(ColumnTable { path, title, show }) => Self { path, title, show },
        }
    }
}

impl From<Column> for ColumnText {
    fn from(Column { path, title, show }: Column) -> Self {
        match (&title, show) {
            (None, None) => Self::Path(path),
            _ => Self::Full(ColumnTable { path, title, show }),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum SortText {
    Path(String),
    Full(SortTable),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SortTable {
    path: String,
    #[serde(default)]
    descending: bool,
}

impl From<SortText> for Sort {
    fn from(text: SortText) -> Self {
        match text {
            SortText::Path(path) => Self { path, descending: false },
            SortText::Full(SortTable { path, descending }) => Self { path, descending },
        }
    }
}

impl From<Sort> for SortText {
    fn from(Sort { path, descending }: Sort) -> Self {
        if descending { Self::Full(SortTable { path, descending }) } else { Self::Path(path) }
    }
}

#[cfg(test)]
mod tests;
