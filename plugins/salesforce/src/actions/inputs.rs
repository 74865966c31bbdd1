//! The inputs of a call, checked before anything is asked of Salesforce. What is wrong is an error at its field.

use crate::id;
use serde_json::{Map, Value as Json};
use weft_integration::prelude::*;

/// The longest API name.
const MAX_API_NAME: usize = 80;

/// The inputs as given.
#[derive(Debug)]
pub struct Inputs(Map<String, Json>);

impl Inputs {
    /// From the text of a call.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = || Error::bug("inputs", "The inputs are no JSON object, so nothing was done.");
        serde_json::from_str(text).map(Self).map_err(|_| wrong())
    }

    /// The record that an input names; `prefixes` are what its ids begin with, `what` is how people call it ("a role").
    pub fn id(&self, name: &str, prefixes: &[&str], what: &str) -> Result<String, Error> {
        self.optional_id(name, prefixes, what)?.ok_or_else(|| Error::invalid_input(name, format!("Choose {what}.")))
    }

    /// The record that an input names, if it names one.
    pub fn optional_id(&self, name: &str, prefixes: &[&str], what: &str) -> Result<Option<String>, Error> {
        match self.given(name) {
            None => Ok(None),
            Some(value) => id_of(name, value, prefixes, what).map(Some),
        }
    }

    /// The records that an input names, each once; none when it is not given.
    pub fn ids(&self, name: &str, prefixes: &[&str], what: &str, most: usize) -> Result<Vec<String>, Error> {
        let Some(value) = self.given(name) else { return Ok(Vec::new()) };
        let values = value.as_array().ok_or_else(|| Error::invalid_input(name, format!("Choose {what}.")))?;
        let mut ids: Vec<String> = Vec::new();
        for value in values {
            let id = id_of(name, value, prefixes, what)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        if ids.len() > most {
            return Err(Error::invalid_input(name, format!("Choose at most {most}; these are {}.", ids.len())));
        }
        Ok(ids)
    }

    /// Whether a box is ticked; not when it is not given.
    pub fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.given(name) {
            None => Ok(false),
            Some(Json::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Error::invalid_input(name, "Choose yes or no.")),
        }
    }

    /// A text of at most so many characters, if one is given.
    pub fn optional_text(&self, name: &str, most: usize) -> Result<Option<String>, Error> {
        let Some(value) = self.given(name) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| Error::invalid_input(name, "Enter a text."))?.trim();
        let length = text.chars().count();
        if length > most {
            return Err(Error::invalid_input(name, format!("Enter at most {most} characters; these are {length}.")));
        }
        Ok((length > 0).then(|| text.to_owned()))
    }

    /// A text of at most so many characters.
    pub fn text(&self, name: &str, most: usize) -> Result<String, Error> {
        self.optional_text(name, most)?.ok_or_else(|| Error::invalid_input(name, "Enter a name."))
    }

    /// One of these values, if one is given.
    pub fn choice(&self, name: &str, choices: &[(&str, &str)]) -> Result<Option<String>, Error> {
        let Some(value) = self.given(name) else { return Ok(None) };
        let known = value.as_str().filter(|value| choices.iter().any(|(known, _)| known == value));
        known.map(|known| Some(known.to_owned())).ok_or_else(|| Error::invalid_input(name, "Choose one of the list."))
    }

    /// The name that Salesforce's own tools use. Made from the name for people when it is not given, as Salesforce does it.
    pub fn api_name(&self, name: &str, from: &str) -> Result<String, Error> {
        match self.optional_text(name, MAX_API_NAME)? {
            Some(given) => check_api_name(name, given),
            None => {
                let made = api_name_of(from);
                check_api_name(name, made)
                    .map_err(|_| Error::invalid_input(name, "Enter an API name: none can be made from the name."))
            }
        }
    }

    fn given(&self, name: &str) -> Option<&Json> {
        self.0.get(name).filter(|value| !value.is_null() && *value != "")
    }
}

fn id_of(name: &str, value: &Json, prefixes: &[&str], what: &str) -> Result<String, Error> {
    let wrong = || Error::invalid_input(name, format!("This is not the id of {what}. Choose one of the list."));
    let id = value.as_str().and_then(|text| id::normalize(text.trim())).ok_or_else(wrong)?;
    if prefixes.iter().any(|prefix| id.starts_with(prefix)) { Ok(id) } else { Err(wrong()) }
}

/// Salesforce's rule for API names.
fn check_api_name(input: &str, name: String) -> Result<String, Error> {
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let consists = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if begins && consists && !name.ends_with('_') && !name.contains("__") && name.len() <= MAX_API_NAME {
        return Ok(name);
    }
    let rule = "An API name begins with a letter, has only letters of A to Z, digits and underscores, does not end with an underscore and has no two in a row.";
    Err(Error::invalid_input(input, rule))
}

/// `VP, Sales (EMEA)` as `VP_Sales_EMEA`.
fn api_name_of(name: &str) -> String {
    let words: Vec<&str> =
        name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined = words.join("_");
    joined.get(..MAX_API_NAME).unwrap_or(&joined).trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: Json) -> Inputs {
        Inputs::parse(&json!({ "it": value }).to_string()).unwrap()
    }

    fn wrong<T: std::fmt::Debug>(found: Result<T, Error>) {
        let error = found.unwrap_err();
        assert_eq!((error.class, error.code.as_str()), (ErrorClass::InvalidInput, "it"));
    }

    #[test]
    fn ids_have_the_right_form_and_begin_right() {
        let role = |value: Json| of(value).id("it", &["00E"], "a role");
        assert_eq!(role(json!("00ED0000001VpVp")).unwrap(), id::normalize("00ED0000001VpVp").unwrap());
        for value in [
            json!(null),
            json!(""),
            json!("VP"),
            json!(7),
            json!(["00ED0000001VpVp"]),
            json!("00eD0000001VpVp"),
            json!("005D0000001VpVp"),
        ] {
            wrong(role(value));
        }
    }

    #[test]
    fn a_list_of_ids_has_each_once_and_not_too_many() {
        let (a, b) = ("0PSD0000001AAAA", "0PSD0000001BBBB");
        let list = |value: Json, most| of(value).ids("it", &["0PS"], "permission sets", most);
        assert_eq!(list(json!([a, b, a]), 2).unwrap().len(), 2);
        assert_eq!(list(json!(null), 2).unwrap().len(), 0);
        wrong(list(json!([a, b]), 1));
        wrong(list(json!(a), 1));
        wrong(list(json!([a, "x"]), 5));
    }

    #[test]
    fn api_names_keep_salesforces_rules() {
        let name = |value: &str| of(json!(value)).api_name("it", "Sales");
        for good in ["A", "C1_Access", "a1"] {
            assert_eq!(name(good).unwrap(), good);
        }
        for bad in ["1A", "_A", "A_", "A__B", "A B", "Ä", "A-B", &"A".repeat(81)] {
            wrong(name(bad));
        }
        let made = |from: &str| of(json!(null)).api_name("it", from);
        assert_eq!(made("VP, Sales (EMEA)").unwrap(), "VP_Sales_EMEA");
        wrong(made("営業"));
        wrong(made("24 hours"));
    }

    #[test]
    fn texts_flags_and_choices() {
        assert_eq!(of(json!(" a ")).text("it", 1).unwrap(), "a");
        wrong(of(json!("ab")).text("it", 1));
        wrong(of(json!(" ")).text("it", 1));
        wrong(of(json!(1)).text("it", 1));
        assert!(of(json!(true)).flag("it").unwrap() && !of(json!(null)).flag("it").unwrap());
        wrong(of(json!("yes")).flag("it"));
        assert_eq!(of(json!("Read")).choice("it", &[("Read", "Read")]).unwrap().as_deref(), Some("Read"));
        wrong(of(json!("Write")).choice("it", &[("Read", "Read")]));
    }
}
