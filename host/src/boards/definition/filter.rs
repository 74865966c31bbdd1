//! The filter of a definition: conditions on fields, in groups of which all or any must hold.

use serde::{Deserialize, Serialize};

/// A filter: `{ all = [..] }`, `{ any = [..] }`, or a condition: `{ path = "IsActive", op = "is", value = true }`,
/// `{ path = "role.Name", op = "is-empty" }`, `{ path = "LastLoginDate", op = "more-than-days-ago", value = 90, or_unknown = true }`,
/// `{ path = "role.users.Name", match = "any", op = "is", value = "Ada" }`, `{ path = "role.users", match = "count", op = "at-least", value = 2 }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "FilterText", into = "FilterText")]
pub enum Filter {
    /// All must hold.
    All(Vec<Filter>),
    /// At least one must hold.
    Any(Vec<Filter>),
    /// This must hold.
    Is(Condition),
}

impl Filter {
    /// All its conditions.
    pub fn conditions(&self) -> Vec<&Condition> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::conditions).collect(),
            Self::Is(condition) => vec![condition],
        }
    }
}

/// What is asked of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// As of a column.
    pub path: String,
    /// What is asked of the records that a path to several leads to; none for all other paths.
    pub matches: Option<Match>,
    /// How it is compared.
    pub op: Operator,
    /// With what, for operators that compare with something.
    pub value: Option<Operand>,
    /// Records for which the answer is unknown match as well.
    pub or_unknown: bool,
}

/// What is asked of the records that a path leads to. Where it leads to none, `any` does not hold, `all` and `none` do. A record
/// whose value is unknown leaves the answer unknown where no other one decides it; records that may not be read leave it unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Match {
    /// At least one matches.
    Any,
    /// Each one matches.
    All,
    /// Not one matches.
    None,
    /// Their number matches, whatever their field holds.
    Count,
}

/// How a field is compared. Texts are compared without regard to case. Of an unknown value only the last four know an answer:
/// neither a comparison nor its opposite matches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    /// Equal; of a list: an item is equal; of a timestamp and a day: on that day.
    Is,
    /// Known and not equal.
    IsNot,
    /// The text, or an item of the list, contains this text.
    Contains,
    /// Known and does not contain it.
    DoesNotContain,
    /// The text, or an item of the list, starts with this text.
    StartsWith,
    /// One of these.
    AnyOf,
    /// Known and none of these.
    NoneOf,
    /// Below; for dates: before (the day).
    #[serde(alias = "before")]
    LessThan,
    /// At most; for dates: on the day or before.
    AtMost,
    /// Above; for dates: after (the day).
    #[serde(alias = "after")]
    GreaterThan,
    /// At least; for dates: on the day or after.
    AtLeast,
    /// From the first to the second, both included.
    Between,
    /// On a day before the day so many days ago.
    MoreThanDaysAgo,
    /// On a day after the day so many days ago, today included.
    LessThanDaysAgo,
    /// Today or on one of so many days that follow.
    InNextDays,
    /// Nothing there: unknown, a text without characters, a list without items.
    IsEmpty,
    /// Something there.
    IsNotEmpty,
    /// A value was fetched.
    IsKnown,
    /// No value was fetched, or the path leads to no record.
    IsUnknown,
}

/// What a field is compared with. Dates are texts: `2026-11-24`, or with time `2026-11-24T08:00:00Z`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Operand {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text, a choice, or a date.
    Text(String),
    /// Several of the above.
    List(Vec<Operand>),
}

/// As it is written. Read into one struct, so that errors can name what is wrong with it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FilterText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    matches: Option<Match>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    op: Option<Operator>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Operand>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    or_unknown: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all: Option<Vec<Filter>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any: Option<Vec<Filter>>,
}

impl TryFrom<FilterText> for Filter {
    type Error = String;

    fn try_from(text: FilterText) -> Result<Self, String> {
        match text {
            FilterText { path: Some(path), matches, op: Some(op), value, or_unknown, all: None, any: None } => {
                Ok(Self::Is(Condition { path, matches, op, value, or_unknown }))
            }
            FilterText { path: Some(path), op: None, all: None, any: None, .. } => {
                Err(format!("the condition on `{path}` has no `op`"))
            }
            FilterText { path: None, matches: None, op: None, value: None, or_unknown: false, all, any } => {
                match (all, any) {
                    (Some(parts), None) => Ok(Self::All(parts)),
                    (None, Some(parts)) => Ok(Self::Any(parts)),
                    _ => Err(EITHER.to_owned()),
                }
            }
            _ => Err(EITHER.to_owned()),
        }
    }
}

const EITHER: &str = "a filter has either `all`, or `any`, or `path` and `op`";

impl From<Filter> for FilterText {
    fn from(filter: Filter) -> Self {
        let nothing =
            Self { path: None, matches: None, op: None, value: None, or_unknown: false, all: None, any: None };
        match filter {
            Filter::All(parts) => Self { all: Some(parts), ..nothing },
            Filter::Any(parts) => Self { any: Some(parts), ..nothing },
            Filter::Is(Condition { path, matches, op, value, or_unknown }) => {
                Self { path: Some(path), matches, op: Some(op), value, or_unknown, ..nothing }
            }
        }
    }
}
