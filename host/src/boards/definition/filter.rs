//! The filter of a definition: conditions on fields, in groups of which all or any must hold.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A filter: `{ all = [..] }`, `{ any = [..] }`, or a field and one comparison: `{ field = "IsActive", is = true }`,
/// `{ field = "role.Name", is_empty = true }`, `{ field = "LastLoginDate", more_than_days_ago = 90, or_unknown = true }`.
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
    /// Adds the paths of all its conditions.
    pub fn collect_paths<'a>(&'a self, paths: &mut Vec<&'a str>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.collect_paths(paths)),
            Self::Is(condition) => paths.push(&condition.path),
        }
    }
}

/// What is asked of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// As of a column.
    pub path: String,
    /// How it is compared.
    pub op: Operator,
    /// With what, for operators that compare with something.
    pub value: Option<Operand>,
    /// Records for which the field is unknown match as well.
    pub or_unknown: bool,
}

/// How a field is compared. Texts are compared without regard to case. Of an unknown value only the last four know an answer:
/// neither a comparison nor its opposite matches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    LessThan,
    /// At most; for dates: on the day or before.
    AtMost,
    /// Above; for dates: after (the day).
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
struct FilterText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    or_unknown: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all: Option<Vec<Filter>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any: Option<Vec<Filter>>,
    #[serde(flatten)]
    comparisons: BTreeMap<String, Operand>,
}

/// How each operator is written. The first name is the one we write.
const NAMES: [(Operator, &str); 21] = [
    (Operator::Is, "is"),
    (Operator::IsNot, "is_not"),
    (Operator::Contains, "contains"),
    (Operator::DoesNotContain, "does_not_contain"),
    (Operator::StartsWith, "starts_with"),
    (Operator::AnyOf, "any_of"),
    (Operator::NoneOf, "none_of"),
    (Operator::LessThan, "less_than"),
    (Operator::LessThan, "before"),
    (Operator::AtMost, "at_most"),
    (Operator::GreaterThan, "greater_than"),
    (Operator::GreaterThan, "after"),
    (Operator::AtLeast, "at_least"),
    (Operator::Between, "between"),
    (Operator::MoreThanDaysAgo, "more_than_days_ago"),
    (Operator::LessThanDaysAgo, "less_than_days_ago"),
    (Operator::InNextDays, "in_next_days"),
    (Operator::IsEmpty, "is_empty"),
    (Operator::IsNotEmpty, "is_not_empty"),
    (Operator::IsKnown, "is_known"),
    (Operator::IsUnknown, "is_unknown"),
];

impl Operator {
    /// As it is written.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(operator, _)| *operator == self).map_or("", |(_, name)| name)
    }

    fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(operator, _)| *operator)
    }

    /// For those that compare with nothing: what `false` after them means.
    fn opposite(self) -> Option<Self> {
        match self {
            Self::IsEmpty => Some(Self::IsNotEmpty),
            Self::IsNotEmpty => Some(Self::IsEmpty),
            Self::IsKnown => Some(Self::IsUnknown),
            Self::IsUnknown => Some(Self::IsKnown),
            _ => None,
        }
    }
}

impl TryFrom<FilterText> for Filter {
    type Error = String;

    fn try_from(text: FilterText) -> Result<Self, String> {
        match text {
            FilterText { field: Some(path), or_unknown, all: None, any: None, comparisons } => {
                condition(path, or_unknown, comparisons).map(Self::Is)
            }
            FilterText { field: None, or_unknown: false, all: Some(parts), any: None, comparisons }
                if comparisons.is_empty() =>
            {
                Ok(Self::All(parts))
            }
            FilterText { field: None, or_unknown: false, all: None, any: Some(parts), comparisons }
                if comparisons.is_empty() =>
            {
                Ok(Self::Any(parts))
            }
            _ => Err("a filter has either `all`, or `any`, or `field` and one comparison".to_owned()),
        }
    }
}

fn condition(path: String, or_unknown: bool, comparisons: BTreeMap<String, Operand>) -> Result<Condition, String> {
    let mut comparisons = comparisons.into_iter();
    let (Some((name, value)), None) = (comparisons.next(), comparisons.next()) else {
        return Err(format!("the condition on `{path}` needs one comparison, such as `is`"));
    };
    let op = Operator::named(&name).ok_or_else(|| format!("the condition on `{path}` knows no comparison `{name}`"))?;
    match (op.opposite(), value) {
        (None, value) => Ok(Condition { path, op, value: Some(value), or_unknown }),
        (Some(_), Operand::Bool(true)) => Ok(Condition { path, op, value: None, or_unknown }),
        (Some(op), Operand::Bool(false)) => Ok(Condition { path, op, value: None, or_unknown }),
        (Some(_), _) => Err(format!("the condition on `{path}`: `{name}` is either true or false")),
    }
}

impl From<Filter> for FilterText {
    fn from(filter: Filter) -> Self {
        let nothing = Self { field: None, or_unknown: false, all: None, any: None, comparisons: BTreeMap::new() };
        match filter {
            Filter::All(parts) => Self { all: Some(parts), ..nothing },
            Filter::Any(parts) => Self { any: Some(parts), ..nothing },
            Filter::Is(Condition { path, op, value, or_unknown }) => {
                let value = value.unwrap_or(Operand::Bool(true));
                let comparisons = BTreeMap::from([(op.name().to_owned(), value)]);
                Self { field: Some(path), or_unknown, comparisons, ..nothing }
            }
        }
    }
}
