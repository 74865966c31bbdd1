//! Checks a query against the schema and the caller's rights, and finds out which ids it can be about.

use super::bounds::Bounds;
use super::filter::{Test, test_of};
use super::query::{Path, Query, Select};
use super::spot::Source;
use super::write::Column;
use crate::salesforce::access::Access;
use crate::salesforce::data::{Data, Row};
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::schema::{F, Field, Object};
use crate::salesforce::value::Value;
use std::sync::Arc;

/// Salesforce's highest OFFSET.
const HIGHEST_OFFSET: u32 = 2000;

/// In whose name, and in which version, a query is read.
#[derive(Debug)]
pub struct Scope<'a> {
    pub data: &'a Data,
    pub access: &'a Access,
    pub version: u16,
}

/// A query that can be run.
#[derive(Debug)]
pub struct Plan {
    pub object: Object,
    /// `None` for COUNT().
    pub columns: Option<Vec<Column>>,
    /// The same fields in the order they were asked for, for results that are a table.
    pub leaves: Arc<[Leaf]>,
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
    let checker = Checker { source: Source::new(text), scope, object: object_of(text, query, scope)? };
    let (columns, leaves) = match &query.select {
        Select::Count => (None, Vec::new()),
        Select::Fields(paths) => {
            let (columns, leaves) = checker.columns(paths)?;
            (Some(columns), leaves)
        }
    };
    let mut bounds = Bounds::all(scope.data, checker.object);
    if !scope.access.sees_others(checker.object) {
        bounds.choose(scope.data.rows_of(checker.object, scope.access.user));
    }
    let filter = match &query.filter {
        Some(filter) => bounds.absorb(scope.data, checker.object, test_of(filter, &checker)?),
        None => None,
    };
    let order = query.order.iter().map(|part| checker.sort(part)).collect::<Outcome<_>>()?;
    let offset = query.offset.unwrap_or(0);
    let most = checker.object.row_caps().filter(|_| columns.is_some()).map(|(_, rows)| rows);
    if offset > HIGHEST_OFFSET && most.is_none() {
        return Err(Fail::bad("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"));
    }
    Ok(Plan {
        object: checker.object,
        columns,
        leaves: leaves.into(),
        bounds,
        filter,
        order,
        limit: query.limit.min(most).or(query.limit).or(most),
        offset,
    })
}

fn object_of(text: &str, query: &Query, scope: &Scope<'_>) -> Outcome<Object> {
    let name = query.from.to_string();
    Object::named(&name).filter(|object| scope.access.sees(*object)).ok_or_else(|| {
        let message = format!(
            "sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the \
             entity name. Please reference your WSDL or the describe call for the appropriate names."
        );
        Source::new(text).fail("INVALID_TYPE", query.from.token.saturating_sub(1), &message)
    })
}

/// Looks names up, and points at them when they are wrong.
pub struct Checker<'a> {
    pub source: Source<'a>,
    pub scope: &'a Scope<'a>,
    pub object: Object,
}

impl Checker<'_> {
    /// The route a path stands for.
    pub fn route(&self, path: &Path) -> Outcome<Route> {
        let mut parts = path.parts.as_slice();
        if parts.len() > 1 && parts[0].eq_ignore_ascii_case(self.object.name()) {
            parts = &parts[1..];
        }
        let mut objects: &[Object] = std::slice::from_ref(&self.object);
        let mut steps = Vec::new();
        let Some((last, relationships)) = parts.split_last() else { return Err(self.no_column(path, "")) };
        for name in relationships {
            let field = self.relationship(objects, name).ok_or_else(|| self.no_relationship(path, name))?;
            steps.push(field.key);
            objects = field.targets;
        }
        let field = objects.iter().find_map(|object| self.scope.access.field(*object, last));
        field.map(|field| Route { steps, field }).ok_or_else(|| self.no_column(path, objects[0].name()))
    }

    fn relationship(&self, objects: &[Object], name: &str) -> Option<&'static Field> {
        let access = self.scope.access;
        let named = |field: &&'static Field| field.relationship.is_some_and(|known| known.eq_ignore_ascii_case(name));
        let field = objects.iter().find_map(|object| access.fields(*object).find(named))?;
        field.targets.iter().any(|target| access.sees(*target)).then_some(field)
    }

    fn columns(&self, paths: &[Path]) -> Outcome<(Vec<Column>, Vec<Leaf>)> {
        let (mut columns, mut leaves) = (Vec::new(), Vec::new());
        for path in paths {
            let route = self.route(path)?;
            if !Column::add(&mut columns, self.object, &route) {
                return Err(self.fail("INVALID_FIELD", path, &format!("duplicate field selected: {path}")));
            }
            leaves.push(Leaf { name: self.full_name(&route), route });
        }
        Ok((columns, leaves))
    }

    /// `Profile.Name` in Salesforce's own case.
    fn full_name(&self, route: &Route) -> String {
        let mut objects: &[Object] = std::slice::from_ref(&self.object);
        let mut names = Vec::new();
        for step in &route.steps {
            let field = objects.iter().find_map(|object| object.fields().iter().find(|field| field.key == *step));
            names.extend(field.and_then(|field| field.relationship));
            objects = field.map_or(&[][..], |field| field.targets);
        }
        names.push(route.field.name());
        names.join(".")
    }

    fn sort(&self, part: &super::query::Order) -> Outcome<Sort> {
        let route = self.route(&part.path)?;
        if !route.field.sortable {
            let message = format!("field '{}' can not be sorted in a query call", route.field.name());
            return Err(self.fail("INVALID_FIELD", &part.path, &message));
        }
        Ok(Sort { route, descending: part.descending, nulls_last: part.nulls_last })
    }

    /// A refusal that points at a path.
    pub fn fail(&self, code: &'static str, path: &Path, message: &str) -> Fail {
        self.source.fail(code, path.token, message)
    }

    fn no_column(&self, path: &Path, object: &str) -> Fail {
        let name = path.parts.last().map_or("", String::as_str);
        let message = format!(
            "No such column '{name}' on entity '{object}'. If you are attempting to use a custom field, be sure to append the '__c' after \
             the custom field name. Please reference your WSDL or the describe call for the appropriate names."
        );
        self.fail("INVALID_FIELD", path, &message)
    }

    fn no_relationship(&self, path: &Path, name: &str) -> Fail {
        let message = format!(
            "Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, be sure to append \
             the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names."
        );
        self.fail("INVALID_FIELD", path, &message)
    }
}
