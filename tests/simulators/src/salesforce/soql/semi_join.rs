//! `Id IN (SELECT ..)`: what Salesforce allows of it, and what it means.

use super::check::Checker;
use super::filter::Test;
use super::plan::{Route, plan_from};
use super::query::{Filter, Item, Path, Query, Select};
use super::run::run;
use crate::salesforce::data::Data;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::id::Id;
use crate::salesforce::schema::Kind;
use std::collections::HashSet;

/// Semi-joins in one query.
const MOST: usize = 2;

/// Refuses semi-joins where none may stand: beside OR, behind NOT, in one another, or too many.
pub fn check(filter: &Filter, checker: &Checker<'_>) -> Outcome<()> {
    let parts = match filter {
        Filter::And(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    let refuse = |path: &Path, message: &str| Err(checker.fail("MALFORMED_QUERY", path, message));
    let mut count = 0;
    for part in parts {
        if let Filter::Within { path, query, .. } = part {
            count += 1;
            if count > MOST {
                return refuse(path, "Maximum 2 semi join sub-selects are allowed.");
            }
            if let Some(inner) = query.filter.as_ref().and_then(first) {
                return refuse(inner, "Nesting of semi join sub-selects is not supported");
            }
        } else if let Some(deep) = first(part) {
            return refuse(
                deep,
                "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions.",
            );
        }
    }
    Ok(())
}

/// The first semi-join of a condition.
fn first(filter: &Filter) -> Option<&Path> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().find_map(first),
        Filter::Not(inner) => first(inner),
        Filter::Within { path, .. } => Some(path),
        Filter::Compare { .. } | Filter::In { .. } => None,
    }
}

/// Runs the inner query; the test is whether a field is one of what it found.
pub fn test(route: Route, path: &Path, negated: bool, query: &Query, checker: &Checker<'_>) -> Outcome<Test> {
    let refuse = |path: &Path, message: &str| -> Fail { checker.fail("MALFORMED_QUERY", path, message) };
    let field = match &query.select {
        Select::Items(items) => match items.as_slice() {
            [Item::Field(field)] => field,
            _ => return Err(refuse(&query.from, "Semi join sub-select must select exactly one field")),
        },
        Select::Count => return Err(refuse(&query.from, "Semi join sub-select must select exactly one field")),
    };
    if !query.order.is_empty() || query.limit.is_some() || query.offset.is_some() || !query.group.is_empty() {
        return Err(refuse(&query.from, "Semi join sub-selects can have no ORDER BY, LIMIT, OFFSET or GROUP BY"));
    }
    let plan = plan_from(checker.source, query, checker.scope)?;
    let inner = Checker { source: checker.source, scope: checker.scope, object: plan.object };
    if plan.object == checker.object {
        return Err(refuse(&query.from, "The inner and outer selects should not be on the same object type"));
    }
    let chosen = inner.route(field)?;
    let is_id = |route: &Route| matches!(route.field.kind, Kind::Id | Kind::Reference);
    let shared = inner.targets(&chosen).iter().any(|target| checker.targets(&route).contains(target));
    if !is_id(&route) || !is_id(&chosen) || !shared {
        let message = format!(
            "The selected field '{field}' in the subquery and the left operand field in the where expression in the outer query '{path}' \
             should point to the same object type"
        );
        return Err(refuse(path, &message));
    }
    Ok(Test::Member { route, negated, ids: ids(checker.scope.data, &plan, &chosen) })
}

fn ids(data: &Data, plan: &super::plan::Plan, route: &Route) -> HashSet<Id> {
    let found = run(data, plan);
    let rows = found.page(0, usize::MAX).into_iter().filter_map(|number| data.row(plan.object, number));
    rows.filter_map(|row| route.value(&row).id()).collect()
}
