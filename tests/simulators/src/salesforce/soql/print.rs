//! Writes a query back as text.

use super::query::{Filter, Literal, Operator, Order, Path, Query, Select};
use crate::salesforce::time;
use std::fmt::{Display, Formatter, Result};

impl Display for Query {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match &self.select {
            Select::Count => out.write_str("SELECT COUNT()")?,
            Select::Fields(fields) => write!(out, "SELECT {}", joined(fields, ", "))?,
        }
        write!(out, " FROM {}", self.from)?;
        if let Some(filter) = &self.filter {
            write!(out, " WHERE {filter}")?;
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

impl Display for Path {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        out.write_str(&self.parts.join("."))
    }
}

impl Display for Filter {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match self {
            Filter::And(parts) => out.write_str(&parts.iter().map(nested).collect::<Vec<_>>().join(" AND ")),
            Filter::Or(parts) => out.write_str(&parts.iter().map(nested).collect::<Vec<_>>().join(" OR ")),
            Filter::Not(inner) => write!(out, "NOT {}", nested(inner)),
            Filter::Compare { path, operator, value } => write!(out, "{path} {} {value}", operator.sign()),
            Filter::In { path, negated, values } => {
                write!(out, "{path} {}IN ({})", if *negated { "NOT " } else { "" }, joined(values, ", "))
            }
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
        }
    }
}

impl Display for Order {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        let direction = if self.descending { " DESC" } else { "" };
        write!(out, "{}{direction}{}", self.path, if self.nulls_last { " NULLS LAST" } else { "" })
    }
}

fn joined<T: Display>(parts: &[T], between: &str) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}
