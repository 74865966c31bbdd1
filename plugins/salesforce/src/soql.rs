//! SOQL as text: only the few forms this integration sends. Names come from our own tables or from describe; values are ids.

use crate::id;
use crate::reading::Source;
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

/// Columns of rows of an object that meet all conditions.
pub fn select(columns: &[String], object: &str, conditions: &[String]) -> String {
    let mut soql = format!("SELECT {} FROM {object}", columns.join(","));
    for (place, condition) in conditions.iter().enumerate() {
        let _ = write!(soql, " {} {condition}", if place == 0 { "WHERE" } else { "AND" });
    }
    soql
}

/// The condition that a row stands behind this key.
pub fn behind(key: &str) -> Result<String, Error> {
    Ok(format!("Id > '{}'", valid(key)?))
}

/// The condition that a row is the one with this key, or stands behind it.
pub fn from(key: &str) -> Result<String, Error> {
    Ok(format!("Id >= '{}'", valid(key)?))
}

/// The condition that a row stands before this key.
pub fn before(key: &str) -> Result<String, Error> {
    Ok(format!("Id < '{}'", valid(key)?))
}

/// A page in the order of the key, behind `after`. It rests on the last key alone: a page address of Salesforce dies with its session.
pub fn page(source: &Source, columns: &[String], after: Option<&str>, rows: u32) -> Result<String, Error> {
    let mut conditions: Vec<String> = source.filter.map(str::to_owned).into_iter().collect();
    if let Some(after) = after {
        conditions.push(behind(after)?);
    }
    Ok(format!("{} ORDER BY Id LIMIT {rows}", select(columns, source.object, &conditions)))
}

/// Those of the rows of a source that have these keys.
pub fn keyed<T: AsRef<str>>(source: &Source, columns: &[String], keys: &[T]) -> Result<String, Error> {
    let mut conditions = vec![format!("Id IN ({})", list(keys)?)];
    conditions.extend(source.filter.map(str::to_owned));
    Ok(select(columns, source.object, &conditions))
}

/// Ids as the inside of a list.
fn list<T: AsRef<str>>(keys: &[T]) -> Result<String, Error> {
    let quoted = keys.iter().map(|key| Ok(format!("'{}'", valid(key.as_ref())?)));
    Ok(quoted.collect::<Result<Vec<_>, Error>>()?.join(","))
}

/// How many rows a source has. The Tooling API does not count all of its objects: there, the keys are asked for, and Salesforce says
/// how many.
pub fn count(source: &Source) -> String {
    let conditions: Vec<String> = source.filter.map(str::to_owned).into_iter().collect();
    let counted = if source.tooling { "Id" } else { "COUNT()" };
    select(&[counted.to_owned()], source.object, &conditions)
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
        let users = Source::of("User", "ViewAllUsers");
        assert_eq!(page(&users, &columns, None, 2000).unwrap(), "SELECT Id,Name FROM User ORDER BY Id LIMIT 2000");
        assert_eq!(
            page(&users.only("IsActive = true"), &columns, Some("005D0000001ABCd"), 200).unwrap(),
            "SELECT Id,Name FROM User WHERE IsActive = true AND Id > '005D0000001ABCdIAO' ORDER BY Id LIMIT 200"
        );
        assert!(page(&users, &columns, Some("x' OR Id != '"), 200).is_err());
    }

    #[test]
    fn keys_are_asked_for_among_the_rows_of_the_source() {
        let users = Source::of("User", "ViewAllUsers").only("IsActive = true");
        let columns = ["Id".to_owned()];
        assert_eq!(
            keyed(&users, &columns, &["005D0000001ABCd"]).unwrap(),
            "SELECT Id FROM User WHERE Id IN ('005D0000001ABCdIAO') AND IsActive = true"
        );
        assert_eq!(count(&users), "SELECT COUNT() FROM User WHERE IsActive = true");
        assert_eq!(
            count(&Source::of("InstalledSubscriberPackage", "x").over_tooling()),
            "SELECT Id FROM InstalledSubscriberPackage"
        );
    }

    #[test]
    fn two_hundred_keys_fit_into_an_address() {
        let keys: Vec<String> = (0..200).map(|number| format!("005D0000001A{number:03}")).collect();
        let columns = columns(&crate::objects::find("User").unwrap().fields).unwrap();
        let request = crate::api::query(&keyed(&Source::of("User", "ViewAllUsers"), &columns, &keys).unwrap());
        // Salesforce refuses addresses of more than 16,384 bytes, with its headers 16,384 in all.
        assert!(request.url.len() < 10_000, "{}", request.url.len());
    }
}
