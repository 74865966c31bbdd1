//! The object `Note`, and reading notes live.

use serde::{Deserialize, Serialize};
use weft_integration::prelude::*;

/// A note as the tool gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    pub id: String,
    pub title: String,
    pub done: bool,
    pub updated: String,
}

/// Who the token belongs to.
#[derive(Debug, Deserialize)]
pub struct Me {
    pub id: String,
    pub name: String,
    pub notes: u32,
}

/// What the object looks like.
pub fn object() -> ObjectType {
    ObjectType::new("Note", "Note", "Notes").identified_by("id", "title").ordered().with_fields([
        Field::new("id", "Id", FieldType::Text),
        Field::new("title", "Title", FieldType::Text).shown(),
        Field::new("done", "Done", FieldType::Boolean).shown(),
        Field::new("updated", "Updated", FieldType::Timestamp).shown(),
    ])
}

/// The notes with these ids, read live, in this order; none where there is no such note.
pub fn read<T: AsRef<str>>(ids: &[T]) -> Vec<Result<Option<Note>, Error>> {
    let requests: Vec<_> = ids.iter().map(|id| http::get("/notes").segment(id.as_ref())).collect();
    http::all(&requests).into_iter().map(|response| found(response?)).collect()
}

fn found(response: Response) -> Result<Option<Note>, Error> {
    match response.status {
        404 => Ok(None),
        _ => response.success()?.json().map(Some),
    }
}
