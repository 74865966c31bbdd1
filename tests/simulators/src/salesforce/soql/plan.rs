//! Plans a query: which fields, which records, in which order, and which ids it can be about.

use super::bounds::Bounds;
use super::check::Checker;
use super::filter::{Test, test_of};
use super::group::Grouping;
use super::query::{Item, Key, Query, Select};
use super::semi_join;
use super::spot::Source;
use super::write::Column;
use crate::salesforce::access::Access;
use crate::salesforce::data::{Data, Row};
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::schema::{F, Field, Object};
use crate::salesforce::value::Value;
use std::sync::Arc;

/// Salesforce's highest OFFSET, but for objects with row limits of their own.
const HIGHEST_OFFSET: u32 = 2000;
/// Objects of the Tooling API that are only read by id.
const BY_ID_ONLY: [Object; 2] = [Object::SubscriberPackage, Object::SubscriberPackageVersion];

/// In whose name, in which version and when a query is read.
#[derive(Debug)]
pub struct Scope<'a> {
    pub data: &'a Data,
    pub access: &'a Access,
    pub version: u16,
    /// Milliseconds since 1970: what TODAY means.
    pub now: i64,
    /// Whether the Tooling API is asked.
    pub tooling: bool,
}

/// A query that can be run.
#[derive(Debug)]
pub struct Plan {
    pub object: Object,
    /// `None` for COUNT() and for groups.
    pub columns: Option<Vec<Column>>,
    /// The same fields in the order they were asked for, for results that are a table.
    pub leaves: Arc<[Leaf]>,
    /// How the records are summed up, if they are.
    pub grouping: Option<Grouping>,
    pub bounds: Bounds,
    pub filter: Option<Test>,
    pub order: Vec<Sort>,
    pub limit: Option<u32>,
    pub offset: u32,
}

/// A field that was asked for.
#[derive(Debug)]
pub struct Leaf {
    /// Its API name, with the relationships that lead to it: `Profile.Name`.
    pub name: String,
    pub route: Route,
}

/// One part of the order.
#[derive(Debug)]
pub struct Sort {
    pub route: Route,
    pub descending: bool,
    pub nulls_last: bool,
}

/// How to get from a record to a value: along references, then to a field.
#[derive(Clone, Debug)]
pub struct Route {
    pub steps: Vec<F>,
    pub field: &'static Field,
}

impl Route {
    /// The value at the end; null when a reference on the way is.
    pub fn value<'a>(&self, row: &Row<'a>) -> Value<'a> {
        let Some((first, rest)) = self.steps.split_first() else { return row.get(self.field.key) };
        let mut at = follow(row, *first);
        for step in rest {
            at = at.and_then(|row| follow(&row, *step));
        }
        at.map_or(Value::Null, |row| row.get(self.field.key))
    }

    /// Whether it is this field of the record itself.
    pub fn is(&self, key: F) -> bool {
        self.steps.is_empty() && self.field.key == key
    }
}

/// The record a reference leads to.
pub fn follow<'a>(row: &Row<'a>, step: F) -> Option<Row<'a>> {
    let id = row.get(step).id()?;
    row.data.row(id.object, id.number)
}

/// Checks a query and plans it; INVALID_TYPE and INVALID_FIELD point into the text.
pub fn plan(text: &str, query: &Query, scope: &Scope<'_>) -> Outcome<Plan> {
    plan_from(&Source::new(text), query, scope)
}

/// Plans a query, or one inside it.
pub fn plan_from(source: &Source<'_>, query: &Query, scope: &Scope<'_>) -> Outcome<Plan> {
    let checker = Checker { source, scope, object: object_of(source, query, scope)? };
    let (mut columns, mut leaves) = (None, Vec::new());
    let grouping = Grouping::of(query, &checker)?;
    if let (Select::Items(items), None) = (&query.select, &grouping) {
        let (found, names) = self::columns(items, query, &checker)?;
        (columns, leaves) = (Some(found), names);
    }
    if let Some(filter) = &query.filter {
        semi_join::check(filter, &checker)?;
    }
    let mut bounds = Bounds::all(scope.data, checker.object);
    if !scope.access.sees_others(checker.object) {
        bounds.choose(scope.data.rows_of(checker.object, scope.access.user));
    }
    let filter = match &query.filter {
        Some(filter) => bounds.absorb(scope.data, checker.object, test_of(filter, &checker)?),
        None => None,
    };
    if BY_ID_ONLY.contains(&checker.object) && bounds.picks.is_none() {
        let message = format!("Queries of {} must be restricted by WHERE Id = '..'", checker.object.name());
        return Err(Fail::bad("UNSUPPORTED_QUERY", message));
    }
    let offset = query.offset.unwrap_or(0);
    let most = checker.object.row_caps().filter(|_| columns.is_some()).map(|(_, rows)| rows);
    if offset > HIGHEST_OFFSET && most.is_none() {
        return Err(Fail::bad("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"));
    }
    // Groups are sorted and cut once they are made.
    let (order, limit, offset) = match &grouping {
        Some(_) => (Vec::new(), None, 0),
        None => (sorts(query, &checker)?, query.limit.min(most).or(query.limit).or(most), offset),
    };
    let leaves = leaves.into();
    Ok(Plan { object: checker.object, columns, leaves, grouping, bounds, filter, order, limit, offset })
}

fn object_of(source: &Source<'_>, query: &Query, scope: &Scope<'_>) -> Outcome<Object> {
    let name = query.from.to_string();
    let named = if scope.tooling { Object::tooling_named(&name) } else { Object::named(&name) };
    named.filter(|object| scope.access.sees(*object)).ok_or_else(|| {
        let message = format!(
            "sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the \
             entity name. Please reference your WSDL or the describe call for the appropriate names."
        );
        source.fail("INVALID_TYPE", query.from.token.saturating_sub(1), &message)
    })
}

fn columns(items: &[Item], query: &Query, checker: &Checker<'_>) -> Outcome<(Vec<Column>, Vec<Leaf>)> {
    let (mut columns, mut leaves) = (Vec::new(), Vec::new());
    for item in items {
        let routes = match item {
            Item::Field(path) => vec![(checker.route(path)?, path)],
            Item::Set(set, word) => {
                let fields = checker.set(*set, word, query.limit)?;
                fields.into_iter().map(|field| (Route { steps: Vec::new(), field }, word)).collect()
            }
            // This org tells of no child relationships, so there is none to follow.
            Item::Children(inner) => return Err(checker.no_children(&inner.from)),
            Item::Sum(sum, _) => return Err(checker.fail("MALFORMED_QUERY", &sum.path, "Field must be grouped")),
        };
        for (route, path) in routes {
            let name = checker.full_name(&route);
            if !Column::add(&mut columns, checker.object, &route) {
                return Err(checker.fail("INVALID_FIELD", path, &format!("duplicate field selected: {path}")));
            }
            leaves.push(Leaf { name, route });
        }
    }
    Ok((columns, leaves))
}

fn sorts(query: &Query, checker: &Checker<'_>) -> Outcome<Vec<Sort>> {
    query
        .order
        .iter()
        .map(|part| match &part.key {
            Key::Path(path) => {
                let route = checker.route(path)?;
                if !route.field.sortable {
                    let message = format!("field '{}' can not be sorted in a query call", route.field.name());
                    return Err(checker.fail("INVALID_FIELD", path, &message));
                }
                Ok(Sort { route, descending: part.descending, nulls_last: part.nulls_last })
            }
            Key::Sum(sum) => {
                Err(checker.fail("MALFORMED_QUERY", &sum.path, "Ordered field must be grouped or aggregated"))
            }
        })
        .collect()
}
