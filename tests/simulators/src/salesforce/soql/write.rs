//! Writes records as JSON, straight into the buffer that is sent.

use super::plan::{Route, follow};
use crate::salesforce::access::Access;
use crate::salesforce::data::Row;
use crate::salesforce::schema::{F, Object};

/// What stands for the id of a record without one.
const NO_ID: &[u8] = b"000000000000000AAA";

/// A member of a record in an answer.
#[derive(Debug)]
pub enum Column {
    Field {
        key: F,
        label: String,
    },
    /// `any`: the reference leads to one of several objects.
    Parent {
        step: F,
        label: String,
        any: bool,
        columns: Vec<Column>,
    },
}

impl Column {
    /// Adds what a route leads to; `false` when it is there already.
    pub fn add(columns: &mut Vec<Column>, object: Object, route: &Route) -> bool {
        Column::place(columns, std::slice::from_ref(&object), &route.steps, route.field.key)
    }

    fn place(columns: &mut Vec<Column>, objects: &[Object], steps: &[F], last: F) -> bool {
        let Some((first, rest)) = steps.split_first() else {
            if columns.iter().any(|column| matches!(column, Column::Field { key, .. } if *key == last)) {
                return false;
            }
            columns.push(Column::Field { key: last, label: format!("\"{}\":", last.name()) });
            return true;
        };
        let field = objects.iter().find_map(|object| object.fields().iter().find(|field| field.key == *first));
        let targets = field.map_or(&[][..], |field| field.targets);
        for column in columns.iter_mut() {
            if let Column::Parent { step, columns, .. } = column
                && step == first
            {
                return Column::place(columns, targets, rest, last);
            }
        }
        let mut inner = Vec::new();
        Column::place(&mut inner, targets, rest, last);
        let name = field.and_then(|field| field.relationship).unwrap_or_default();
        let (label, any) = (format!("\"{name}\":"), targets.len() > 1);
        columns.push(Column::Parent { step: *first, label, any, columns: inner });
        true
    }
}

/// All visible fields of an object.
pub fn columns_of(access: &Access, object: Object) -> Vec<Column> {
    access
        .fields(object)
        .map(|field| Column::Field { key: field.key, label: format!("\"{}\":", field.name()) })
        .collect()
}

/// Appends a record. `base` is `/services/data/v67.0` of the version asked for.
pub fn write_record(out: &mut Vec<u8>, base: &str, row: &Row<'_>, columns: &[Column]) {
    write_typed(out, base, row, columns, row.object.name());
}

/// Behind a reference to one of several objects a record is called a `Name`.
fn write_typed(out: &mut Vec<u8>, base: &str, row: &Row<'_>, columns: &[Column], kind: &str) {
    let name = row.object.name();
    for part in ["{\"attributes\":{\"type\":\"", kind, "\",\"url\":\"", base, "/sobjects/", name, "/"] {
        out.extend_from_slice(part.as_bytes());
    }
    match row.get(F::Id).id() {
        Some(id) => out.extend_from_slice(&id.text()),
        None => out.extend_from_slice(NO_ID),
    }
    out.extend_from_slice(b"\"}");
    for column in columns {
        out.push(b',');
        match column {
            Column::Field { key, label } => {
                out.extend_from_slice(label.as_bytes());
                row.get(*key).write(out);
            }
            Column::Parent { step, label, any, columns } => {
                out.extend_from_slice(label.as_bytes());
                match follow(row, *step) {
                    Some(parent) => {
                        let kind = if *any { "Name" } else { parent.object.name() };
                        write_typed(out, base, &parent, columns, kind);
                    }
                    None => out.extend_from_slice(b"null"),
                }
            }
        }
    }
    out.push(b'}');
}
