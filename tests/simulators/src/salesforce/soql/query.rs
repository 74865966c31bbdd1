//! A query as it was written, with the place of each name in the text so that errors can point at it.

/// A whole query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub select: Select,
    pub from: Path,
    pub filter: Option<Filter>,
    pub order: Vec<Order>,
    pub limit: Option<u32>,
    pub offset: Option<u32>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Select {
    Count,
    Fields(Vec<Path>),
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
    Compare { path: Path, operator: Operator, value: Literal },
    In { path: Path, negated: bool, values: Vec<Literal> },
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
    /// `2026-01-01`, which no field of this org holds.
    Date(String),
}

/// One part of ORDER BY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub path: Path,
    pub descending: bool,
    pub nulls_last: bool,
}
