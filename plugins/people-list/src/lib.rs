//! The people list: what a CSV file of people is, and boards of it. The file is read by the host, which adds its columns to these fields.

use serde_json::json;
use weft_integration::prelude::*;

/// The integration.
pub struct PeopleList;

impl Integration for PeopleList {
    fn describe() -> Description {
        Description::new([person()], [], [everybody()])
    }

    fn check(_config: &str) -> Result<Report, Error> {
        Err(read_by_the_host())
    }

    fn fetch(_config: &str, _request: FetchRequest) -> Result<Page, Error> {
        Err(read_by_the_host())
    }
}

fn person() -> ObjectType {
    let text = |name, title| Field::new(name, title, FieldType::Text);
    ObjectType::new("Person", "Person", "People")
        .help("A row of the file: whoever it lists.")
        .identified_by("Id", "Id")
        .labelled("Email")
        .with_fields([
            text("Id", "Key").help("The address in small letters; with #2 and so on where several rows have it."),
            text("Email", "Email").shown(),
            text("Name", "Name").shown(),
            text("EmployeeNumber", "Employee number").shown(),
        ])
        .known_elsewhere_by("email", "Email", Normalizer::Email)
        .known_elsewhere_by("employee-number", "EmployeeNumber", Normalizer::Folded)
}

fn everybody() -> BoardTemplate {
    BoardTemplate::new(
        "everybody",
        "Everybody on the people list",
        "All people of the file. Add fields of another tool to see who has access there and is not on the list any more.",
        &json!({ "version": 1, "object": "Person", "columns": ["Email"], "sort": [{ "path": "Email" }] }),
    )
}

/// The host has no reason to ask.
fn read_by_the_host() -> Error {
    Error::bug("read-by-the-host", "A people list is read by Weft itself, not by its integration.")
}

weft_integration::export!(PeopleList);
