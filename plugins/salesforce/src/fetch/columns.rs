//! Columns that do not exist, or not for this user: they are left out, and the rest is read.

use crate::errors;
use weft_integration::prelude::*;

/// Asks with these columns. One that Salesforce says does not exist is taken out, and it is asked again; the first column is the key and
/// stays.
pub fn ask<T>(columns: &mut Vec<String>, ask: impl Fn(&[String]) -> Result<T, Error>) -> Result<T, Error> {
    loop {
        match ask(columns) {
            Err(error) if errors::missing_column(&error).is_some_and(|name| leave_out(columns, name)) => {}
            answer => return answer,
        }
    }
}

/// Takes out the columns that are this one, or lead over it. False when there is none, besides the key.
fn leave_out(columns: &mut Vec<String>, name: &str) -> bool {
    let before = columns.len();
    let mut place = 0;
    columns.retain(|column| {
        place += 1;
        place == 1 || !column.split('.').any(|part| part.eq_ignore_ascii_case(name))
    });
    columns.len() < before
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(name: &str) -> Error {
        let body = format!(r#"[{{"errorCode":"INVALID_FIELD","message":"No such column '{name}' on entity 'X'."}}]"#);
        errors::of_answer(400, body.as_bytes())
    }

    #[test]
    fn what_does_not_exist_is_left_out_and_the_rest_is_asked_for() {
        let mut columns = ["Id", "Name", "Related.Name", "Email"].map(str::to_owned).to_vec();
        let answer = ask(&mut columns, |columns| {
            match columns.iter().find(|column| ["Related.Name", "Email"].contains(&column.as_str())) {
                Some(column) => Err(missing(column.split('.').next().unwrap())),
                None => Ok(columns.len()),
            }
        });
        assert_eq!((answer.unwrap(), columns), (2, vec!["Id".to_owned(), "Name".to_owned()]));
    }

    #[test]
    fn the_key_and_what_was_not_asked_for_are_errors() {
        for name in ["Id", "Other"] {
            let mut columns = vec!["Id".to_owned(), "Name".to_owned()];
            assert!(ask::<()>(&mut columns, |_| Err(missing(name))).is_err(), "{name}");
            assert_eq!(columns.len(), 2);
        }
    }
}
