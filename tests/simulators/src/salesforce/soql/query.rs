//! A query as it was written, with the place of each name in the text so that errors can point at it.

use super::dates::Span;

/// A whole query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub select: Select,
    pub from: Path,
    pub filter: Option<Filter>,
    pub group: Vec<Path>,
    pub order: Vec<Order>,
    pub limit: Option<u32>,
    pub offset: Option<u32>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Select {
    Count,
    Items(Vec<Item>),
}

/// One thing that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Field(Path),
    /// `FIELDS(ALL)`; the path is the word in the parentheses.
    Set(FieldSet, Path),
    Sum(Sum, Option<String>),
    /// A query of child records.
    Children(Box<Query>),
}

/// What FIELDS() stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldSet {
    All,
    Standard,
    Custom,
}

/// What is said of many records at once: `COUNT(Id)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    pub function: Function,
    pub path: Path,
}

/// How.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Count,
    CountDistinct,
    Max,
    Min,
    Sum,
    Avg,
}

/// A name, or names joined by dots. Equal when the names are: the place does not count.
#[derive(Clone, Debug, Eq)]
pub struct Path {
    pub parts: Vec<String>,
    /// Index of its token.
    pub token: usize,
}

impl PartialEq for Path {
    fn eq(&self, other: &Path) -> bool {
        self.parts == other.parts
    }
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Compare {
        path: Path,
        operator: Operator,
        value: Literal,
    },
    In {
        path: Path,
        negated: bool,
        values: Vec<Literal>,
    },
    /// A semi-join: the field is one of those another query finds.
    Within {
        path: Path,
        negated: bool,
        query: Box<Query>,
    },
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
}

impl Operator {
    /// Whether it asks for what comes before or after.
    pub fn is_order(self) -> bool {
        matches!(self, Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual)
    }
}

/// A value written in the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    Null,
    Bool(bool),
    /// As written: `5`, `-5`, `5.5`.
    Number(String),
    /// As written between the quotes, escapes kept: LIKE reads them differently from `=`.
    Text(String),
    /// Milliseconds since 1970.
    Time(i64),
    /// `2026-01-01`.
    Date(String),
    /// `TODAY`, `LAST_N_DAYS:30`.
    Span(Span),
}

/// One part of ORDER BY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub key: Key,
    pub descending: bool,
    pub nulls_last: bool,
}

/// What is sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Path(Path),
    Sum(Sum),
}

impl Function {
    /// Every function and its name.
    pub const ALL: [(Function, &'static str); 6] = [
        (Function::Count, "COUNT"),
        (Function::CountDistinct, "COUNT_DISTINCT"),
        (Function::Max, "MAX"),
        (Function::Min, "MIN"),
        (Function::Sum, "SUM"),
        (Function::Avg, "AVG"),
    ];
}

impl FieldSet {
    /// Every set and its name.
    pub const ALL: [(FieldSet, &'static str); 3] =
        [(FieldSet::All, "ALL"), (FieldSet::Standard, "STANDARD"), (FieldSet::Custom, "CUSTOM")];
}
