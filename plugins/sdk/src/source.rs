//! Short ways to answer `check` and `fetch`.

use crate::bindings::exports::weft::integration::source::{
    Access, Account, ActionAccess, FetchRequest, ObjectAccess, Page, PageData, Passthrough, Report,
};
use crate::bindings::weft::integration::http::Response;
use crate::bindings::weft::integration::types::Error;
use crate::cursor;
use serde::Serialize;

impl FetchRequest {
    /// The newest stored value of the field an object is archived by, in RFC 3339; none when nothing is stored, or for other objects.
    pub fn since(&self) -> Option<&str> {
        self.member("since")
    }

    /// How many records the last check counted.
    pub fn estimate(&self) -> Option<u32> {
        self.member("estimate")?.parse().ok()
    }

    fn member(&self, name: &str) -> Option<&str> {
        self.ext.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Page {
    /// A page whose records stay in the response, in the array at this RFC 6901 pointer. `next` is none on the last page.
    pub fn passthrough<T: Serialize>(response: Response, records: &str, next: Option<&T>) -> Result<Self, Error> {
        Self::new(PageData::Passthrough(Passthrough { body: response.body, records: records.into() }), next)
    }

    /// A page whose records the integration made itself.
    pub fn of_records<R: Serialize, T: Serialize>(records: &[R], next: Option<&T>) -> Result<Self, Error> {
        let mut lines = Vec::new();
        for record in records {
            serde_json::to_writer(&mut lines, record).map_err(|error| {
                Error::bug("records", "The integration could not write a record.").with_detail(error.to_string())
            })?;
            lines.push(b'\n');
        }
        Self::new(PageData::Ndjson(lines), next)
    }

    /// A page of JSON objects that are written already, one a line.
    pub fn of_lines<T: Serialize>(lines: Vec<u8>, next: Option<&T>) -> Result<Self, Error> {
        Self::new(PageData::Ndjson(lines), next)
    }

    /// The tool did not let us read all, and why: the object shows the sentence as its problem.
    pub fn incomplete(mut self, sentence: impl Into<String>) -> Self {
        self.ext.push(("incomplete".into(), sentence.into()));
        self
    }

    /// Where fields lie in the records of this page, as RFC 6901 pointers, if not where the description says.
    pub fn with_pointers<'a>(self, pointers: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        self.with_map("pointers", pointers)
    }

    /// What fields hold in all records of this page.
    pub fn with_values<'a>(self, values: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        self.with_map("values", values)
    }

    fn with_map<'a>(mut self, name: &str, map: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let map: serde_json::Map<_, _> = map.into_iter().map(|(field, text)| (field.to_owned(), text.into())).collect();
        self.ext.push((name.into(), serde_json::Value::Object(map).to_string()));
        self
    }

    /// How many records there are in all.
    pub fn of_total(mut self, total: Option<u32>) -> Self {
        self.total = total;
        self
    }

    fn new<T: Serialize>(data: PageData, next: Option<&T>) -> Result<Self, Error> {
        Ok(Self { data, next: next.map(cursor::encode).transpose()?, total: None, ext: Vec::new() })
    }
}

impl Account {
    /// The tool's id of the account, and its name as an admin knows it.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into(), user: None, ext: Vec::new() }
    }

    /// The key of the record that the credentials act as: never a target of an action.
    pub fn acting_as(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }
}

impl Report {
    /// The result of a check.
    pub fn new(
        account: Account,
        objects: impl IntoIterator<Item = ObjectAccess>,
        actions: impl IntoIterator<Item = ActionAccess>,
    ) -> Self {
        Self {
            account,
            objects: objects.into_iter().collect(),
            actions: actions.into_iter().collect(),
            ext: Vec::new(),
        }
    }
}

impl ObjectAccess {
    /// All records and all declared fields can be read.
    pub fn full(object: &str) -> Self {
        Self {
            object: object.into(),
            access: Access::Full,
            hidden: Vec::new(),
            extra: Vec::new(),
            permission: None,
            estimate: None,
            ext: Vec::new(),
        }
    }

    /// Not as wanted: how much can be read, and the permission to grant.
    pub fn limited(object: &str, access: Access, permission: impl Into<String>) -> Self {
        Self { access, permission: Some(permission.into()), ..Self::full(object) }
    }
}

impl ActionAccess {
    /// It can be run.
    pub fn allowed(action: &str) -> Self {
        Self { action: action.into(), allowed: true, permission: None, ext: Vec::new() }
    }

    /// It cannot, and the permission to grant.
    pub fn refused(action: &str, permission: impl Into<String>) -> Self {
        Self { action: action.into(), allowed: false, permission: Some(permission.into()), ext: Vec::new() }
    }
}
