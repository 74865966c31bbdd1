//! Records summed up: `SELECT ProfileId, COUNT(Id) FROM User GROUP BY ProfileId`.

use super::check::Checker;
use super::plan::{Plan, Route};
use super::query::{Function, Item, Key, Query, Select, Sum};
use super::run::{Found, placed};
use crate::salesforce::data::Data;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::schema::Kind;
use crate::salesforce::value::{Value, write_text};
use std::collections::HashMap;

/// Groups in an answer: there are no further pages of them.
const MOST: usize = 2000;

/// How records are grouped, and what is told of each group.
#[derive(Debug)]
pub struct Grouping {
    keys: Vec<Route>,
    cells: Vec<(String, Cell)>,
    order: Vec<(Cell, bool, bool)>,
    limit: Option<u32>,
    offset: u32,
}

/// One value of a group.
#[derive(Clone, Debug)]
enum Cell {
    Key(usize),
    Sum(Function, Route),
}

/// A group: its keys and the records in it, by number.
type Group<'a> = (Vec<Value<'a>>, Vec<u32>);

impl Grouping {
    /// The grouping of a query; `None` when it has none.
    pub fn of(query: &Query, checker: &Checker<'_>) -> Outcome<Option<Grouping>> {
        let Select::Items(items) = &query.select else { return Ok(None) };
        if query.group.is_empty() && !items.iter().any(|item| matches!(item, Item::Sum(..))) {
            return Ok(None);
        }
        let mut grouping = Grouping {
            keys: Vec::new(),
            cells: Vec::new(),
            order: Vec::new(),
            limit: query.limit,
            offset: query.offset.unwrap_or(0),
        };
        for path in &query.group {
            let route = checker.route(path)?;
            if route.field.kind == Kind::Time {
                let message = format!("field '{}' can not be grouped in a query call", route.field.name());
                return Err(checker.fail("INVALID_FIELD", path, &message));
            }
            grouping.keys.push(route);
        }
        for item in items {
            let cell = grouping.cell(item, checker)?;
            grouping.cells.push(cell);
        }
        for part in &query.order {
            let cell = match &part.key {
                Key::Path(path) => grouping.key(&checker.route(path)?).ok_or_else(|| {
                    let message = format!("Ordered field must be grouped or aggregated: {path}");
                    checker.fail("MALFORMED_QUERY", path, &message)
                })?,
                Key::Sum(sum) => summed(sum, checker)?,
            };
            grouping.order.push((cell, part.descending, part.nulls_last));
        }
        Ok(Some(grouping))
    }

    fn cell(&self, item: &Item, checker: &Checker<'_>) -> Outcome<(String, Cell)> {
        match item {
            Item::Field(path) => {
                let route = checker.route(path)?;
                let cell = self.key(&route).ok_or_else(|| {
                    checker.fail("MALFORMED_QUERY", path, &format!("Field must be grouped or aggregated: {path}"))
                })?;
                Ok((route.field.name().to_owned(), cell))
            }
            Item::Sum(sum, alias) => {
                let unnamed = self.cells.iter().filter(|(name, _)| name.starts_with("expr")).count();
                let name = alias.clone().unwrap_or_else(|| format!("expr{unnamed}"));
                Ok((name, summed(sum, checker)?))
            }
            Item::Set(_, word) => {
                Err(checker.fail("MALFORMED_QUERY", word, "The SOQL FIELDS function is not supported with GROUP BY"))
            }
            Item::Children(query) => Err(checker.no_children(&query.from)),
        }
    }

    fn key(&self, route: &Route) -> Option<Cell> {
        let same = |key: &Route| key.field.key == route.field.key && key.steps == route.steps;
        self.keys.iter().position(same).map(Cell::Key)
    }
}

fn summed(sum: &Sum, checker: &Checker<'_>) -> Outcome<Cell> {
    let route = checker.route(&sum.path)?;
    let kind = route.field.kind;
    let fits = match sum.function {
        Function::Count | Function::CountDistinct => true,
        Function::Max | Function::Min => kind != Kind::Bool,
        Function::Sum | Function::Avg => matches!(kind, Kind::Int | Kind::Double),
    };
    if fits {
        return Ok(Cell::Sum(sum.function, route));
    }
    let message = format!("field {} does not support aggregate operator {}", route.field.name(), sum.function.name());
    Err(checker.fail("MALFORMED_QUERY", &sum.path, &message))
}

/// The groups of what a query found, each written as a record of the answer.
pub fn groups(data: &Data, plan: &Plan, grouping: &Grouping, found: &Found) -> Outcome<Vec<Vec<u8>>> {
    let mut groups = gather(data, plan, grouping, found);
    let ordered: Vec<(&Cell, bool, bool)> =
        grouping.order.iter().map(|(cell, down, last)| (cell, *down, *last)).collect();
    groups.sort_by(|left, right| {
        left.0
            .iter()
            .zip(&right.0)
            .map(|(one, two)| one.order(two))
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    groups.sort_by(|left, right| {
        let each = ordered.iter().map(|(cell, descending, nulls_last)| {
            placed(*descending, *nulls_last, &value(data, plan, cell, left), &value(data, plan, cell, right))
        });
        each.into_iter().find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
    let from = (grouping.offset as usize).min(groups.len());
    let most = grouping.limit.map_or(usize::MAX, |limit| limit as usize);
    let chosen = groups.iter().skip(from).take(most);
    if chosen.len() > MOST {
        let message =
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch";
        return Err(Fail::bad("EXCEEDED_ID_LIMIT", message));
    }
    Ok(chosen.map(|group| write(data, plan, grouping, group)).collect())
}

fn gather<'a>(data: &'a Data, plan: &Plan, grouping: &Grouping, found: &Found) -> Vec<Group<'a>> {
    let mut places: HashMap<Vec<String>, usize> = HashMap::new();
    let mut groups: Vec<Group<'a>> = Vec::new();
    if grouping.keys.is_empty() {
        groups.push((Vec::new(), found.page(0, usize::MAX)));
        return groups;
    }
    for number in found.page(0, usize::MAX) {
        let Some(row) = data.row(plan.object, number) else { continue };
        let keys: Vec<Value<'a>> = grouping.keys.iter().map(|key| key.value(&row)).collect();
        let name = keys.iter().map(|key| key.shown().to_lowercase()).collect();
        let place = *places.entry(name).or_insert(groups.len());
        if place == groups.len() {
            groups.push((keys, Vec::new()));
        }
        groups[place].1.push(number);
    }
    groups
}

fn value<'a>(data: &'a Data, plan: &Plan, cell: &Cell, group: &Group<'a>) -> Value<'a> {
    let (function, route) = match cell {
        Cell::Key(place) => return group.0[*place].clone(),
        Cell::Sum(function, route) => (*function, route),
    };
    let rows = group.1.iter().filter_map(|number| data.row(plan.object, *number));
    let mut values: Vec<Value<'a>> = rows.map(|row| route.value(&row)).filter(|value| *value != Value::Null).collect();
    let sum = || values.iter().map(hundredths).sum::<i64>();
    match function {
        Function::Count => Value::Int(values.len() as i64),
        Function::Sum if route.field.kind == Kind::Int => Value::Int(sum() / 100),
        Function::Sum => Value::Hundredths(sum()),
        Function::Avg => match values.len() {
            0 => Value::Null,
            count => Value::Hundredths(sum() / count as i64),
        },
        Function::Max => values.into_iter().max_by(|left, right| left.order(right)).unwrap_or(Value::Null),
        Function::Min => values.into_iter().min_by(|left, right| left.order(right)).unwrap_or(Value::Null),
        Function::CountDistinct => {
            values.sort_by(|left, right| left.order(right));
            values.dedup_by(|left, right| left.order(right).is_eq());
            Value::Int(values.len() as i64)
        }
    }
}

fn hundredths(value: &Value<'_>) -> i64 {
    match value {
        Value::Int(number) => number.saturating_mul(100),
        Value::Hundredths(number) => *number,
        _ => 0,
    }
}

fn write(data: &Data, plan: &Plan, grouping: &Grouping, group: &Group<'_>) -> Vec<u8> {
    let mut out = b"{\"attributes\":{\"type\":\"AggregateResult\"}".to_vec();
    for (name, cell) in &grouping.cells {
        out.push(b',');
        write_text(name, &mut out);
        out.push(b':');
        value(data, plan, cell, group).write(&mut out);
    }
    out.push(b'}');
    out
}
