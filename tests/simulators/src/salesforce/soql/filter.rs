//! Conditions that can be tested on a record.

use super::check::Checker;
use super::dates::Span;
use super::plan::Route;
use super::query::{Filter, Literal, Operator, Path};
use super::semi_join;
use super::text::{Wild, like, pattern_of, unescape};
use crate::salesforce::data::Row;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::id::{self, Id, Key};
use crate::salesforce::schema::Kind;
use crate::salesforce::time;
use crate::salesforce::value::Value;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

/// A checked condition.
#[derive(Debug)]
pub enum Test {
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
    Compare {
        route: Route,
        operator: Operator,
        value: Value<'static>,
    },
    /// An order of ids, by their text: the id need not be one of this org.
    Key {
        route: Route,
        operator: Operator,
        key: Key,
    },
    Like {
        route: Route,
        pattern: Vec<Wild>,
    },
    In {
        route: Route,
        negated: bool,
        values: Vec<Value<'static>>,
    },
    /// The id is one of those another query found.
    Member {
        route: Route,
        negated: bool,
        ids: HashSet<Id>,
    },
}

impl Test {
    /// Whether the record meets it. A comparison with an empty field is false, `!=` excepted.
    pub fn holds(&self, row: &Row<'_>) -> bool {
        match self {
            Test::And(parts) => parts.iter().all(|part| part.holds(row)),
            Test::Or(parts) => parts.iter().any(|part| part.holds(row)),
            Test::Not(inner) => !inner.holds(row),
            Test::Compare { route, operator, value } => compare(&route.value(row), *operator, value),
            Test::Key { route, operator, key } => {
                route.value(row).id().is_some_and(|id| ordered(id.key().cmp(key), *operator))
            }
            Test::Like { route, pattern } => match route.value(row) {
                Value::Text(text) => like(&text.to_lowercase().chars().collect::<Vec<_>>(), pattern),
                _ => false,
            },
            Test::Member { route, negated, ids } => {
                route.value(row).id().is_some_and(|id| ids.contains(&id)) != *negated
            }
            Test::In { route, negated, values } => {
                let found = route.value(row);
                values.iter().any(|value| compare(&found, Operator::Equal, value)) != *negated
            }
        }
    }
}

fn compare(found: &Value<'_>, operator: Operator, wanted: &Value<'_>) -> bool {
    match (found, wanted, operator) {
        (Value::Null, Value::Null, Operator::Equal) => true,
        (Value::Null, Value::Null, _) => false,
        (Value::Null, _, operator) | (_, Value::Null, operator) => operator == Operator::NotEqual,
        (found, wanted, operator) => ordered(found.order(wanted), operator),
    }
}

fn ordered(order: Ordering, operator: Operator) -> bool {
    match operator {
        Operator::Equal | Operator::Like => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
    }
}

/// Checks a condition.
pub fn test_of(filter: &Filter, checker: &Checker<'_>) -> Outcome<Test> {
    let all = |parts: &[Filter]| parts.iter().map(|part| test_of(part, checker)).collect::<Outcome<Vec<_>>>();
    match filter {
        Filter::And(parts) => all(parts).map(Test::And),
        Filter::Or(parts) => all(parts).map(Test::Or),
        Filter::Not(inner) => Ok(Test::Not(Box::new(test_of(inner, checker)?))),
        Filter::Compare { path, operator, value } => comparison(path, *operator, value, checker),
        Filter::In { path, negated, values } => {
            let route = filterable(path, checker)?;
            let mut known = Vec::new();
            for value in values {
                known.extend(constant(path, &route, value, checker)?);
            }
            Ok(Test::In { route, negated: *negated, values: known })
        }
        Filter::Within { path, negated, query } => {
            semi_join::test(filterable(path, checker)?, path, *negated, query, checker)
        }
    }
}

fn filterable(path: &Path, checker: &Checker<'_>) -> Outcome<Route> {
    let route = checker.route(path)?;
    match route.field.unfilterable_since {
        Some(version) if checker.scope.version >= version => {
            let message = format!("field '{}' can not be filtered in a query call", route.field.name());
            Err(checker.fail("INVALID_FIELD", path, &message))
        }
        _ => Ok(route),
    }
}

fn comparison(path: &Path, operator: Operator, value: &Literal, checker: &Checker<'_>) -> Outcome<Test> {
    let route = filterable(path, checker)?;
    let kind = route.field.kind;
    let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    if !equality && (kind == Kind::Bool || (operator == Operator::Like && !is_text(kind))) {
        let message = format!("invalid operator on {} field", kind.name());
        return Err(checker.fail("INVALID_QUERY_FILTER_OPERATOR", path, &message));
    }
    match value {
        Literal::Span(span) if kind == Kind::Time => Ok(within(&route, operator, span, checker)),
        Literal::Text(raw) if operator == Operator::Like => Ok(Test::Like { route, pattern: pattern_of(raw) }),
        Literal::Text(raw) if !equality && !is_text(kind) => {
            let key = key_of(path, &route, raw, checker)?;
            Ok(Test::Key { route, operator, key })
        }
        _ => Ok(match constant(path, &route, value, checker)? {
            Some(value) => Test::Compare { route, operator, value },
            None => Test::In { route, negated: operator == Operator::NotEqual, values: Vec::new() },
        }),
    }
}

/// A comparison with a stretch of time: in it, before its beginning, after its end.
fn within(route: &Route, operator: Operator, span: &Span, checker: &Checker<'_>) -> Test {
    let (from, to) = span.range(checker.scope.now);
    let than = |operator, at| Test::Compare { route: route.clone(), operator, value: Value::Time(at) };
    match operator {
        Operator::Less => than(Operator::Less, from),
        Operator::LessOrEqual => than(Operator::Less, to),
        Operator::Greater => than(Operator::GreaterOrEqual, to),
        Operator::GreaterOrEqual => than(Operator::GreaterOrEqual, from),
        Operator::NotEqual => Test::Not(Box::new(within(route, Operator::Equal, span, checker))),
        Operator::Equal | Operator::Like => {
            Test::And(vec![than(Operator::GreaterOrEqual, from), than(Operator::Less, to)])
        }
    }
}

fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Email | Kind::Picklist)
}

/// The value a literal means for a field; `None` for the id of something this org does not have.
fn constant(path: &Path, route: &Route, literal: &Literal, checker: &Checker<'_>) -> Outcome<Option<Value<'static>>> {
    let kind = route.field.kind;
    Ok(Some(match (kind, literal) {
        (_, Literal::Null) => Value::Null,
        (Kind::Bool, Literal::Bool(flag)) => Value::Bool(*flag),
        (Kind::Time, Literal::Time(at)) => Value::Time(*at),
        (Kind::Date, Literal::Date(day)) => {
            Value::Date(time::parse_day(day).ok_or_else(|| mismatch(path, route, checker))?)
        }
        (Kind::Double, Literal::Number(digits)) => {
            let number = digits.parse::<f64>().map_err(|_| mismatch(path, route, checker))?;
            Value::Hundredths((number * 100.0).round() as i64)
        }
        (Kind::Int, Literal::Number(digits)) => {
            Value::Int(digits.parse::<f64>().map_err(|_| mismatch(path, route, checker))? as i64)
        }
        (Kind::Id | Kind::Reference, Literal::Text(raw)) => {
            let key = key_of(path, route, raw, checker)?;
            return Ok(id::resolve(&key, checker.scope.data.shape.pod).map(Value::Id));
        }
        (kind, Literal::Text(raw)) if is_text(kind) => Value::Text(Cow::Owned(unescape(raw))),
        _ => return Err(mismatch(path, route, checker)),
    }))
}

fn key_of(path: &Path, route: &Route, raw: &str, checker: &Checker<'_>) -> Outcome<Key> {
    if !matches!(route.field.kind, Kind::Id | Kind::Reference) {
        return Err(mismatch(path, route, checker));
    }
    let message = format!("invalid ID field: {raw}");
    id::parse_key(raw).ok_or_else(|| checker.fail("INVALID_QUERY_FILTER_OPERATOR", path, &message))
}

fn mismatch(path: &Path, route: &Route, checker: &Checker<'_>) -> Fail {
    let kind = route.field.kind;
    let quotes = if is_text(kind) || matches!(kind, Kind::Id | Kind::Reference) { "should" } else { "should not" };
    let kind = if kind == Kind::Time { "dateTime" } else { kind.name() };
    let message = format!(
        "value of filter criterion for field '{}' must be of type {kind} and {quotes} be enclosed in quotes",
        route.field.name()
    );
    checker.fail("INVALID_FIELD", path, &message)
}
