//! SOQL as text: only the few forms this integration sends. Names come from our own tables or from describe; values are ids.

use crate::id;
use std::fmt::Write as _;
use weft_integration::prelude::*;

/// The most rows Salesforce puts on one page.
pub const MAX_PAGE: u32 = 2000;

/// The column that a field is read from: its pointer `/Profile/Name` is the path `Profile.Name`.
pub fn column(field: &Field) -> Result<String, Error> {
    let path = field.pointer.trim_start_matches('/').replace('/', ".");
    if !path.is_empty() && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')) {
        return Ok(path);
    }
    Err(Error::bug("column", format!("The field `{}` does not stand in a Salesforce column.", field.name)))
}

/// The columns of these fields, each once, the key first.
pub fn columns(fields: &[Field]) -> Result<Vec<String>, Error> {
    let mut columns = vec!["Id".to_owned()];
    for field in fields {
        let column = column(field)?;
        if !columns.iter().any(|known| known.eq_ignore_ascii_case(&column)) {
            columns.push(column);
        }
    }
    Ok(columns)
}

/// A page in the order of the key, behind `after`. It rests on the last key alone: a page address of Salesforce dies with its session.
pub fn page(object: &str, columns: &[String], after: Option<&str>, rows: u32) -> Result<String, Error> {
    let mut soql = format!("SELECT {} FROM {object}", columns.join(","));
    if let Some(after) = after {
        let _ = write!(soql, " WHERE Id > '{}'", valid(after)?);
    }
    let _ = write!(soql, " ORDER BY Id LIMIT {rows}");
    Ok(soql)
}

/// The records with these keys.
pub fn by_keys<T: AsRef<str>>(object: &str, columns: &[String], keys: &[T]) -> Result<String, Error> {
    Ok(format!("SELECT {} FROM {object} WHERE Id IN ({})", columns.join(","), list(keys)?))
}

/// The records that name one of these in a column, as far as they fit on one page.
pub fn that_name<T: AsRef<str>>(object: &str, column: &str, keys: &[T]) -> Result<String, Error> {
    Ok(format!("SELECT {column} FROM {object} WHERE {column} IN ({}) LIMIT {MAX_PAGE}", list(keys)?))
}

/// Ids as the inside of a list.
fn list<T: AsRef<str>>(keys: &[T]) -> Result<String, Error> {
    let quoted = keys.iter().map(|key| Ok(format!("'{}'", valid(key.as_ref())?)));
    Ok(quoted.collect::<Result<Vec<_>, Error>>()?.join(","))
}

/// How many records there are.
pub fn count(object: &str) -> String {
    format!("SELECT COUNT() FROM {object}")
}

fn valid(key: &str) -> Result<String, Error> {
    id::normalize(key).ok_or_else(|| {
        Error::new(
            ErrorClass::NotFound,
            "MALFORMED_ID",
            "This is not the id of a Salesforce record, so it was not asked for.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_a_column() {
        let fields = [
            Field::new("ProfileName", "Profile", FieldType::Text).at("/Profile/Name"),
            Field::new("Id", "Id", FieldType::Text),
        ];
        assert_eq!(columns(&fields).unwrap(), ["Id", "Profile.Name"]);
        let hostile = Field::new("x", "x", FieldType::Text).at("/Name FROM Account--");
        assert_eq!(columns(&[hostile]).unwrap_err().class, ErrorClass::Bug);
    }

    #[test]
    fn pages_go_on_behind_the_last_key() {
        let columns = ["Id".to_owned(), "Name".to_owned()];
        assert_eq!(page("User", &columns, None, 2000).unwrap(), "SELECT Id,Name FROM User ORDER BY Id LIMIT 2000");
        assert_eq!(
            page("User", &columns, Some("005D0000001ABCd"), 200).unwrap(),
            "SELECT Id,Name FROM User WHERE Id > '005D0000001ABCdIAO' ORDER BY Id LIMIT 200"
        );
        assert!(page("User", &columns, Some("x' OR Id != '"), 200).is_err());
    }

    #[test]
    fn two_hundred_keys_fit_into_an_address() {
        let keys: Vec<String> = (0..200).map(|number| format!("005D0000001A{number:03}")).collect();
        let columns = columns(&crate::objects::find("User").unwrap().fields).unwrap();
        let request = crate::api::query(&by_keys("User", &columns, &keys).unwrap());
        // Salesforce refuses addresses of more than 16,384 bytes, with its headers 16,384 in all.
        assert!(request.url.len() < 10_000, "{}", request.url.len());
    }
}
