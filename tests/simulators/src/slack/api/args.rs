//! Arguments of a Web API call: query, form or JSON body, seen as one map.

use axum::http::HeaderMap;
use serde_json::{Map, Value};

/// Methods that read forms and queries only: a JSON body is ignored, as Slack does.
const FORM_ONLY: [&str; 11] = [
    "users.info",
    "users.list",
    "users.lookupByEmail",
    "usergroups.list",
    "usergroups.users.list",
    "conversations.info",
    "conversations.list",
    "conversations.members",
    "files.info",
    "files.getUploadURLExternal",
    "oauth.v2.access",
];

/// The arguments of one call.
pub(in crate::slack) struct Args {
    values: Map<String, Value>,
    /// Set when the body said it was JSON and was not.
    pub broken: Option<&'static str>,
}

impl Args {
    pub fn read(method: &str, query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Args {
        let mut args = Args { values: Map::new(), broken: None };
        args.add_form(query.unwrap_or_default().as_bytes());
        let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/json") {
            match serde_json::from_slice(body) {
                _ if FORM_ONLY.contains(&method) => {}
                Ok(Value::Object(object)) => args.values.extend(object),
                Ok(_) => args.broken = Some("json_not_object"),
                Err(_) if body.is_empty() => {}
                Err(_) => args.broken = Some("invalid_json"),
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            args.add_form(body);
        }
        args
    }

    fn add_form(&mut self, form: &[u8]) {
        for (name, value) in url::form_urlencoded::parse(form) {
            self.values.insert(name.into_owned(), Value::String(value.into_owned()));
        }
    }

    /// A non-empty string.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A string that may be empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_str()
    }

    pub fn flag(&self, name: &str) -> bool {
        match self.values.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(word)) => word == "true" || word == "1",
            _ => false,
        }
    }

    pub fn number(&self, name: &str) -> Option<usize> {
        match self.values.get(name)? {
            Value::Number(number) => usize::try_from(number.as_u64()?).ok(),
            Value::String(word) => word.parse().ok(),
            _ => None,
        }
    }

    /// An object or list, given as JSON or as JSON in a string. An error means it was neither.
    pub fn json(&self, name: &str) -> Result<Option<Value>, ()> {
        match self.values.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| ()),
            Some(other) => Ok(Some(other.clone())),
        }
    }

    /// Ids given as a list or joined with commas.
    pub fn ids(&self, name: &str) -> Vec<String> {
        match self.values.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            Some(Value::String(text)) => {
                text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The token given as an argument instead of a header.
    pub fn token(&self) -> Option<&str> {
        self.str("token")
    }

    /// For the journal, which holds no secrets.
    pub fn without_token(&self) -> Value {
        let secret = |name: &str| matches!(name, "token" | "client_secret" | "code");
        let kept = self.values.iter().filter(|(name, _)| !secret(name.as_str()));
        Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
    }
}
