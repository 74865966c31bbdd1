//! Writes a query back as text.

use super::query::{FieldSet, Filter, Function, Item, Key, Literal, Operator, Order, Path, Query, Select, Sum};
use crate::salesforce::time;
use std::fmt::{Display, Formatter, Result};

impl Display for Query {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match &self.select {
            Select::Count => out.write_str("SELECT COUNT()")?,
            Select::Items(items) => write!(out, "SELECT {}", joined(items, ", "))?,
        }
        write!(out, " FROM {}", self.from)?;
        if let Some(filter) = &self.filter {
            write!(out, " WHERE {filter}")?;
        }
        if !self.group.is_empty() {
            write!(out, " GROUP BY {}", joined(&self.group, ", "))?;
        }
        if !self.order.is_empty() {
            write!(out, " ORDER BY {}", joined(&self.order, ", "))?;
        }
        if let Some(limit) = self.limit {
            write!(out, " LIMIT {limit}")?;
        }
        if let Some(offset) = self.offset {
            write!(out, " OFFSET {offset}")?;
        }
        Ok(())
    }
}

impl Display for Item {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match self {
            Item::Field(path) => write!(out, "{path}"),
            Item::Set(set, _) => write!(out, "FIELDS({})", set.name()),
            Item::Sum(sum, None) => write!(out, "{sum}"),
            Item::Sum(sum, Some(alias)) => write!(out, "{sum} {alias}"),
            Item::Children(query) => write!(out, "({query})"),
        }
    }
}

impl Display for Sum {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        write!(out, "{}({})", self.function.name(), self.path)
    }
}

impl Function {
    /// As written in a query.
    pub fn name(self) -> &'static str {
        Function::ALL.iter().find(|(known, _)| *known == self).map_or("", |(_, name)| name)
    }
}

impl FieldSet {
    /// As written in a query.
    pub fn name(self) -> &'static str {
        FieldSet::ALL.iter().find(|(known, _)| *known == self).map_or("", |(_, name)| name)
    }
}

impl Display for Path {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        out.write_str(&self.parts.join("."))
    }
}

impl Display for Filter {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        let sign = |negated: &bool| if *negated { "NOT IN" } else { "IN" };
        match self {
            Filter::And(parts) => out.write_str(&parts.iter().map(nested).collect::<Vec<_>>().join(" AND ")),
            Filter::Or(parts) => out.write_str(&parts.iter().map(nested).collect::<Vec<_>>().join(" OR ")),
            Filter::Not(inner) => write!(out, "NOT {}", nested(inner)),
            Filter::Compare { path, operator, value } => write!(out, "{path} {} {value}", operator.sign()),
            Filter::In { path, negated, values } => write!(out, "{path} {} ({})", sign(negated), joined(values, ", ")),
            Filter::Within { path, negated, query } => write!(out, "{path} {} ({query})", sign(negated)),
        }
    }
}

/// In parentheses where another condition stands around it.
fn nested(filter: &Filter) -> String {
    match filter {
        Filter::And(_) | Filter::Or(_) => format!("({filter})"),
        _ => filter.to_string(),
    }
}

impl Operator {
    /// As written in a query.
    pub fn sign(self) -> &'static str {
        match self {
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::Like => "LIKE",
        }
    }
}

impl Display for Literal {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match self {
            Literal::Null => out.write_str("null"),
            Literal::Bool(flag) => write!(out, "{flag}"),
            Literal::Number(digits) | Literal::Date(digits) => out.write_str(digits),
            Literal::Text(raw) => write!(out, "'{raw}'"),
            Literal::Time(at) => out.write_str(&time::format(*at)),
            Literal::Span(span) => match span.count {
                Some(count) => write!(out, "{}:{count}", span.name()),
                None => out.write_str(span.name()),
            },
        }
    }
}

impl Display for Order {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match &self.key {
            Key::Path(path) => write!(out, "{path}")?,
            Key::Sum(sum) => write!(out, "{sum}")?,
        }
        out.write_str(if self.descending { " DESC" } else { "" })?;
        out.write_str(if self.nulls_last { " NULLS LAST" } else { "" })
    }
}

fn joined<T: Display>(parts: &[T], between: &str) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}
