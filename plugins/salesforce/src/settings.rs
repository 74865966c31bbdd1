//! The settings of a connection that concern reading.

use serde_json::{Map, Value as Json};
use weft_integration::prelude::*;

/// Objects of more records than this are asked for over the Bulk API: fewer are fetched faster, and with fewer requests, page by page.
const BULK_THRESHOLD: u32 = 50_000;
/// Fetching stops when so much of the org's daily API requests is used up, by whomever: the rest is for the org's other tools.
const API_BUDGET_PERCENT: u32 = 60;

/// How to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Records from which on an object is asked for in bulk.
    pub bulk_threshold: u32,
    /// Percent of the daily API requests at which fetching stops, 1 to 100.
    pub api_budget_percent: u32,
}

impl Settings {
    /// From a JSON object of texts; what is not set has its default.
    pub fn parse(config: &str) -> Result<Self, Error> {
        let config: Map<String, Json> = serde_json::from_str(config)
            .map_err(|error| Error::bug("config", "The settings are no JSON object.").with_detail(error.to_string()))?;
        let number = |name: &'static str, default: u32, from: u32, to: u32| {
            let text = config.get(name).and_then(Json::as_str).unwrap_or_default().trim();
            if text.is_empty() {
                return Ok(default);
            }
            let number = text.parse().ok().filter(|number| (from..=to).contains(number));
            number.ok_or_else(|| {
                Error::invalid_input(
                    name,
                    format!("The setting `{name}` is \"{text}\"; it takes a whole number from {from} to {to}."),
                )
            })
        };
        Ok(Self {
            bulk_threshold: number("bulk_threshold", BULK_THRESHOLD, 1, u32::MAX)?,
            api_budget_percent: number("api_budget_percent", API_BUDGET_PERCENT, 1, 100)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_texts_with_defaults() {
        let usual = Settings { bulk_threshold: 50_000, api_budget_percent: 60 };
        assert_eq!(Settings::parse("{}").unwrap(), usual);
        assert_eq!(Settings::parse(r#"{"bulk_threshold":"","login_url":"x"}"#).unwrap(), usual);
        let set = Settings::parse(r#"{"bulk_threshold":" 2000 ","api_budget_percent":"100"}"#).unwrap();
        assert_eq!(set, Settings { bulk_threshold: 2000, api_budget_percent: 100 });
    }

    #[test]
    fn a_setting_that_is_no_number_is_named() {
        for wrong in ["0", "101", "many", "-1", "6 0"] {
            let error = Settings::parse(&serde_json::json!({ "api_budget_percent": wrong }).to_string()).unwrap_err();
            assert_eq!((error.class, error.code.as_str()), (ErrorClass::InvalidInput, "api_budget_percent"), "{wrong}");
        }
        assert_eq!(Settings::parse("[]").unwrap_err().class, ErrorClass::Bug);
    }
}
