//! A kept file in the place of a tool: what a check would find, and its rows as a fetch would give them.

use super::{
    Problem,
    layout::{Column, Layout},
    people::{People, Person},
    sealed::SealedReader,
    store::PeopleList,
};
use crate::{
    domain::{ErrorClass, Fault, Field, ObjectName, Row, Value},
    plugins::{AccessLevel, Account, FetchRequest, ObjectAccess, Page, Report},
    store::seal::Sealer,
};
use std::{io, path::PathBuf};

/// The object.
pub const OBJECT: &str = "Person";
/// Its key field.
pub const KEY: &str = "Id";
/// Fields that the integration declares and a file may lack.
const OPTIONAL: [&str; 2] = ["Name", "EmployeeNumber"];
/// Columns shown when a board is new, beside the declared ones.
const SHOWN: usize = 5;

/// The file of a connection.
#[derive(Clone)]
pub struct ListSource {
    pub list: PeopleList,
    pub dir: PathBuf,
    pub sealer: Sealer,
}

impl ListSource {
    /// What a check finds: the columns of the file as fields.
    pub fn report(&self) -> Report {
        let layout = &self.list.layout;
        let has = |field: &str| layout.columns.iter().any(|column| column.field == field);
        let own = layout.columns.iter().filter(|column| column.field != super::layout::EMAIL);
        let own = own.filter(|column| !OPTIONAL.contains(&column.field.as_str()));
        let object = ObjectAccess {
            object: ObjectName::from(OBJECT),
            access: AccessLevel::Full,
            hidden: OPTIONAL.iter().filter(|field| !has(field)).map(|field| (*field).to_owned()).collect(),
            extra: own.enumerate().map(|(at, column)| field(column, at < SHOWN)).collect(),
            permission: None,
            estimate: u32::try_from(self.list.people).ok(),
        };
        let account = Account { id: self.list.connection.0.clone(), name: "People list".to_owned(), user: None };
        Report { account, objects: vec![object], actions: Vec::new() }
    }

    /// All rows, on one page: they are sorted in memory anyway.
    pub async fn fetch(&self, request: FetchRequest) -> Result<Page, Fault> {
        let source = self.clone();
        let read = tokio::task::spawn_blocking(move || source.read(&request)).await;
        read.map_err(|error| broken(&error))?.map_err(|problem| match problem {
            Problem::Refused(sentence) => Fault::new(ErrorClass::Bug, "people-list", sentence),
            Problem::Io(error) if error.kind() == io::ErrorKind::NotFound => Fault::new(
                ErrorClass::NotFound,
                "people-list-gone",
                "The file of this list is not on this machine any more: a backup does not hold it. What was stored is kept. Drop the file again to change it.",
            ),
            Problem::Io(error) => broken(&error),
        })
    }

    fn read(&self, request: &FetchRequest) -> Result<Page, Problem> {
        let PeopleList { file, length, layout, .. } = &self.list;
        let reader = SealedReader::open(&self.dir, file, *length, &self.sealer)?;
        let columns: Vec<Option<usize>> = request
            .fields
            .iter()
            .map(|field| layout.columns.iter().position(|column| column.field == field.name))
            .collect();
        let (mut people, mut rows) = (People::new(reader, layout)?, Vec::new());
        while let Some(person) = people.next()? {
            if request.keys.is_empty() || request.keys.contains(&person.key) {
                rows.push(row(&person, request, &columns, layout));
            }
        }
        let total = u32::try_from(rows.len()).ok();
        Ok(Page { rows, next: None, total, incomplete: None, keyless: 0 })
    }
}

fn row(person: &Person, request: &FetchRequest, columns: &[Option<usize>], layout: &Layout) -> Row {
    let value = |(field, at): (&Field, &Option<usize>)| match at {
        _ if field.name == KEY => Value::from(person.key.as_str()),
        Some(at) => {
            let kind = layout.columns.get(*at).map(|column| column.kind).unwrap_or_default();
            kind.value(person.cells.get(*at).map_or("", String::as_str))
        }
        None => Value::Null,
    };
    Row { key: person.key.as_str().into(), values: request.fields.iter().zip(columns).map(value).collect() }
}

fn field(column: &Column, is_shown: bool) -> Field {
    Field {
        name: column.field.clone(),
        title: column.title.clone(),
        help: None,
        kind: column.kind.field_type(),
        unit: None,
        pointer: format!("/{}", column.field),
        format: None,
        choices: Vec::new(),
        sealed: false,
        default: is_shown,
    }
}

fn broken(error: &dyn std::fmt::Display) -> Fault {
    let sentence = "The file of this list could not be read just now. What was stored is kept. Try again in a minute.";
    Fault { detail: Some(error.to_string()), ..Fault::new(ErrorClass::Retry, "people-list-unread", sentence) }
}
