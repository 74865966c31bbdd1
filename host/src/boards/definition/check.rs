//! A definition held against what a connection offers: what fits is kept, what does not is named in a sentence.

use super::compile::{Clock, Compiled, compile, compile_count};
use super::group::CheckedGroup;
use super::path::CheckedPath;
use super::schema::Schema;
use super::{Condition, Definition, Filter, MAX_COLUMNS, MAX_CONDITIONS, MAX_GROUP_DEPTH, MAX_SORTS, Match, Show};
use crate::domain::{ConnectionId, FieldType, ObjectRef};

/// The parts of a definition that fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// From left to right.
    pub columns: Vec<CheckedColumn>,
    /// Which records.
    pub filter: CheckedFilter,
    /// In which order.
    pub sort: Vec<CheckedSort>,
    /// How its rows are grouped.
    pub group: Option<CheckedGroup>,
    /// What does not fit, a sentence each. A new board must have none; of a stored one these parts are left out.
    pub broken: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedColumn {
    /// Where it leads.
    pub path: CheckedPath,
    /// What stands above it.
    pub title: String,
    /// For paths that lead to several records.
    pub show: Show,
}

/// A filter.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckedFilter {
    /// All must hold; an empty one always does.
    All(Vec<CheckedFilter>),
    /// At least one must hold. Never empty.
    Any(Vec<CheckedFilter>),
    /// This must hold.
    Is(Box<CheckedCondition>),
}

impl CheckedFilter {
    /// All its conditions.
    pub fn conditions(&self) -> Vec<&CheckedCondition> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::conditions).collect(),
            Self::Is(condition) => vec![condition],
        }
    }
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedCondition {
    /// Where it leads.
    pub path: CheckedPath,
    /// As it was written, for its words.
    pub condition: Condition,
    /// As the engine takes it.
    pub compiled: Compiled,
}

/// A sort key.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedSort {
    /// Where it leads.
    pub path: CheckedPath,
    /// Largest first.
    pub descending: bool,
}

impl Checked {
    /// Holds a definition on records of a connection against a schema. An error is a sentence: the base object itself is not there.
    pub fn new(definition: &Definition, of: &ConnectionId, schema: &Schema<'_>, clock: &Clock) -> Result<Self, String> {
        let base = ObjectRef::new(of, &definition.object);
        if schema.object(&base).is_none() {
            return Err(format!("The connection has no object `{}`.", definition.object));
        }
        let mut check = Check::new(&base, schema, clock);
        let columns: Vec<CheckedColumn> = definition.columns.iter().filter_map(|column| check.column(column)).collect();
        let filter = definition.filter.as_ref().and_then(|filter| check.filter(filter, 0));
        let sort = definition.sort.iter().filter_map(|sort| check.sort(sort)).collect();
        let group = check.group(definition);
        let filter = filter.unwrap_or(CheckedFilter::All(Vec::new()));
        let mut checked = Self { columns, filter, sort, group, broken: check.broken };
        checked.limit();
        Ok(checked)
    }

    /// Holds a filter on an object against a schema. An error is what does not fit, a sentence each.
    pub fn filter(
        filter: &Filter,
        object: &ObjectRef,
        schema: &Schema<'_>,
        clock: &Clock,
    ) -> Result<CheckedFilter, String> {
        let mut check = Check::new(object, schema, clock);
        let checked = check.filter(filter, 0).unwrap_or(CheckedFilter::All(Vec::new()));
        if check.broken.is_empty() { Ok(checked) } else { Err(check.broken.join(" ")) }
    }

    fn limit(&mut self) {
        if self.columns.is_empty() {
            self.broken.push("The board has no column.".to_owned());
        }
        if self.columns.len() > MAX_COLUMNS {
            self.columns.truncate(MAX_COLUMNS);
            self.broken.push(format!("The board has more than {MAX_COLUMNS} columns."));
        }
        if self.sort.len() > MAX_SORTS {
            self.sort.truncate(MAX_SORTS);
            self.broken.push(format!("The board is sorted by more than {MAX_SORTS} fields."));
        }
    }
}

pub(super) struct Check<'a> {
    object: &'a ObjectRef,
    schema: &'a Schema<'a>,
    clock: &'a Clock,
    pub(super) broken: Vec<String>,
    conditions: usize,
}

impl<'a> Check<'a> {
    fn new(object: &'a ObjectRef, schema: &'a Schema<'a>, clock: &'a Clock) -> Self {
        Self { object, schema, clock, broken: Vec::new(), conditions: 0 }
    }

    fn column(&mut self, column: &super::Column) -> Option<CheckedColumn> {
        let path = self.path("Column", &column.path)?;
        let show = match (path.is_many(), path.field.is_some(), column.show) {
            (true, false, None | Some(Show::Count)) => Show::Count,
            (true, true, show) => show.unwrap_or(Show::List),
            (false, true, None) => Show::First,
            (false, true, Some(_)) => {
                return self.break_off(format!("Column `{}`: `show` is for paths to several records.", column.path));
            }
            (_, false, _) => {
                return self.break_off(format!("Column `{}` names records, not a field of theirs.", column.path));
            }
        };
        let title = column.title.clone().unwrap_or_else(|| path.title());
        Some(CheckedColumn { path, title, show })
    }

    fn filter(&mut self, filter: &Filter, depth: usize) -> Option<CheckedFilter> {
        let parts = match filter {
            Filter::Is(condition) => return self.condition(condition),
            Filter::All(parts) | Filter::Any(parts) => parts,
        };
        if depth == MAX_GROUP_DEPTH {
            return self.break_off(format!("Filter: groups are at most {MAX_GROUP_DEPTH} deep."));
        }
        let kept: Vec<CheckedFilter> = parts.iter().filter_map(|part| self.filter(part, depth + 1)).collect();
        match filter {
            // A group of which nothing is left would never hold and empty the board: it goes as a whole.
            _ if kept.is_empty() => None,
            Filter::Any(_) => Some(CheckedFilter::Any(kept)),
            _ => Some(CheckedFilter::All(kept)),
        }
    }

    fn condition(&mut self, condition: &Condition) -> Option<CheckedFilter> {
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            return self.break_off(format!("Filter: more than {MAX_CONDITIONS} conditions."));
        }
        let path = self.path("Filter", &condition.path)?;
        let compiled = match (path.is_many(), condition.matches, &path.field) {
            (true, Some(Match::Count), _) => compile_count(condition),
            (true, None, _) => {
                Err("leads to several records: `match` says whether `any`, `all` or `none` of them must match, or \
                     their `count`"
                    .to_owned())
            }
            (false, Some(_), _) => Err("leads to one record, for which there is no `match`".to_owned()),
            (_, _, None) => Err("names records, not a field of theirs".to_owned()),
            (_, _, Some(field)) => compile(field, condition, self.clock),
        };
        match compiled {
            Ok(compiled) => {
                Some(CheckedFilter::Is(Box::new(CheckedCondition { path, condition: condition.clone(), compiled })))
            }
            Err(why) => self.break_off(format!("Filter: `{}` {why}.", condition.path)),
        }
    }

    fn sort(&mut self, sort: &super::Sort) -> Option<CheckedSort> {
        let path = self.path("Sort", &sort.path)?;
        let text = &sort.path;
        match &path.field {
            _ if path.is_many() => {
                self.break_off(format!("Sort: `{text}` leads to several records, which have no one place in an order."))
            }
            None => self.break_off(format!("Sort: `{text}` names a record, not a field of it.")),
            Some(field) if field.kind == FieldType::LongText => {
                self.break_off(format!("Sort: `{text}` is a long text, which cannot be sorted."))
            }
            Some(_) => Some(CheckedSort { path, descending: sort.descending }),
        }
    }

    pub(super) fn path(&mut self, part: &str, text: &str) -> Option<CheckedPath> {
        match self.schema.path(self.object, text) {
            Ok(path) => Some(path),
            Err(why) => self.break_off(format!("{part} {why}")),
        }
    }

    pub(super) fn break_off<T>(&mut self, why: String) -> Option<T> {
        self.broken.push(why);
        None
    }
}
