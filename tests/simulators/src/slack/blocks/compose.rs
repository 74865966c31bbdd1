//! Composition objects: text, options, groups, confirmation dialogs, and the bare values.

use std::collections::BTreeSet;

use serde_json::Value;
use url::Url;

use super::check::Checker;
use crate::slack::limits as limit;

impl Checker<'_> {
    /// A text object of 1 to `most` characters; mrkdwn only where `either`.
    pub(super) fn text(&mut self, value: &Value, at: &str, most: usize, either: bool) {
        self.matching(at, |this| {
            let Some(object) = value.as_object() else { return this.fault(at, "must provide an object") };
            let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
            let extra = match kind {
                "plain_text" => "emoji",
                "mrkdwn" if either => "verbatim",
                _ => return this.fault(&format!("{at}/type"), "must be a valid enum value"),
            };
            match object.get("text") {
                Some(text) => this.string(text, &format!("{at}/text"), 1, most),
                None => this.fault(at, "missing required field: text"),
            }
            for name in object.keys() {
                if !["type", "text", extra].contains(&name.as_str()) {
                    this.fault(at, format!("invalid additional property: {name}"));
                }
            }
        });
    }

    /// A bare string; lengths are counted in characters, as Slack does.
    pub(super) fn string(&mut self, value: &Value, at: &str, least: usize, most: usize) {
        let Some(text) = value.as_str() else { return self.fault(at, "must provide a string") };
        let length = text.chars().count();
        if length < least {
            self.fault(at, format!("must be more than {} characters", least - 1));
        }
        if length > most {
            self.fault(at, format!("must be less than {} characters", most + 1));
        }
    }

    pub(super) fn integer(&mut self, value: &Value, at: &str, least: i64, most: i64) {
        match value.as_i64() {
            None => self.fault(at, "must provide an integer"),
            Some(number) if number < least => self.fault(at, format!("must be greater than {}", least - 1)),
            Some(number) if number > most => self.fault(at, format!("must be less than {}", most + 1)),
            Some(_) => {}
        }
    }

    pub(super) fn url(&mut self, value: &Value, at: &str, most: usize) {
        self.string(value, at, 1, most);
        let sound = value.as_str().and_then(|text| Url::parse(text).ok()).is_some();
        if !sound {
            self.fault(at, "must be a valid URL");
        }
    }

    /// A date or time written with digits where the pattern has zeros.
    pub(super) fn shaped(&mut self, value: &Value, at: &str, pattern: &str) {
        let fits = value.as_str().is_some_and(|text| {
            text.len() == pattern.len()
                && text.bytes().zip(pattern.bytes()).all(|(have, want)| match want {
                    b'0' => have.is_ascii_digit(),
                    _ => have == want,
                })
        });
        if !fits {
            self.fault(at, format!("must match {}", pattern.replace('0', "N")));
        }
    }

    /// An option; `rich` where its label may be mrkdwn (radio buttons, checkboxes).
    pub(super) fn option(&mut self, value: &Value, at: &str, rich: bool) {
        let Some(object) = value.as_object() else { return self.fault(at, "must provide an object") };
        match object.get("text") {
            Some(text) => self.text(text, &format!("{at}/text"), limit::OPTION_TEXT, rich),
            None => self.fault(at, "missing required field: text"),
        }
        match object.get("value") {
            Some(value) => self.string(value, &format!("{at}/value"), 1, limit::OPTION_VALUE),
            None => self.fault(at, "missing required field: value"),
        }
        if let Some(description) = object.get("description") {
            self.text(description, &format!("{at}/description"), limit::OPTION_TEXT, rich);
        }
        if let Some(url) = object.get("url") {
            self.url(url, &format!("{at}/url"), limit::URL);
        }
        for name in object.keys() {
            if !["text", "value", "description", "url"].contains(&name.as_str()) {
                self.fault(at, format!("invalid additional property: {name}"));
            }
        }
    }

    pub(super) fn groups(&mut self, value: &Value, at: &str) {
        self.items(value, at, limit::OPTION_GROUPS, |this, group, at| {
            match group.get("label") {
                Some(label) => this.text(label, &format!("{at}/label"), limit::OPTION_TEXT, false),
                None => this.fault(at, "missing required field: label"),
            }
            match group.get("options") {
                Some(options) => {
                    let at = format!("{at}/options");
                    this.items(options, &at, limit::SELECT_OPTIONS, |this, option, at| this.option(option, at, false));
                }
                None => this.fault(at, "missing required field: options"),
            }
        });
    }

    pub(super) fn confirm(&mut self, value: &Value, at: &str) {
        let parts = [
            ("title", limit::CONFIRM_TITLE, false),
            ("text", limit::CONFIRM_TEXT, true),
            ("confirm", limit::CONFIRM_BUTTON, false),
            ("deny", limit::CONFIRM_BUTTON, false),
        ];
        let Some(object) = value.as_object() else { return self.fault(at, "must provide an object") };
        for (name, most, either) in parts {
            match object.get(name) {
                Some(text) => self.text(text, &format!("{at}/{name}"), most, either),
                None => self.fault(at, format!("missing required field: {name}")),
            }
        }
        if let Some(style) = object.get("style")
            && !["primary", "danger"].contains(&style.as_str().unwrap_or_default())
        {
            self.fault(&format!("{at}/style"), "must be a valid enum value");
        }
        for name in object.keys() {
            if name != "style" && !parts.iter().any(|(part, ..)| part == name) {
                self.fault(at, format!("invalid additional property: {name}"));
            }
        }
    }

    pub(super) fn dispatch(&mut self, value: &Value, at: &str) {
        let on = value.get("trigger_actions_on").and_then(Value::as_array);
        let known = ["on_enter_pressed", "on_character_entered"];
        let sound = on.is_some_and(|words| {
            !words.is_empty() && words.iter().all(|word| known.contains(&word.as_str().unwrap_or_default()))
        });
        if !sound {
            self.fault(&format!("{at}/trigger_actions_on"), "must be a valid enum value");
        }
    }

    pub(super) fn filter(&mut self, value: &Value, at: &str) {
        let known = ["im", "mpim", "private", "public"];
        for kind in value.get("include").and_then(Value::as_array).into_iter().flatten() {
            if !known.contains(&kind.as_str().unwrap_or_default()) {
                self.fault(&format!("{at}/include"), "must be a valid enum value");
            }
        }
        if value.as_object().is_none_or(serde_json::Map::is_empty) {
            self.fault(at, "must define at least one of include, exclude_bot_users, exclude_external_shared_channels");
        }
    }

    pub(super) fn slack_file(&mut self, value: &Value, at: &str) {
        let named = ["id", "url"].into_iter().filter_map(|name| value.get(name)?.as_str()).next();
        match named {
            None => self.fault(at, "missing required field: id"),
            Some(file) if !(self.policy.file_is_shared)(file) => self.fault(at, "invalid slack file"),
            Some(_) => {}
        }
    }

    pub(super) fn context_element(&mut self, value: &Value, at: &str) {
        match value.get("type").and_then(Value::as_str) {
            Some("plain_text" | "mrkdwn") => self.text(value, at, limit::TEXT, true),
            _ => self.element(value, at, &["image"]),
        }
    }

    /// `action_id` is unique inside its block.
    pub(super) fn unique_actions(&mut self, elements: &Value, at: &str) {
        let mut seen = BTreeSet::new();
        for (index, element) in elements.as_array().into_iter().flatten().enumerate() {
            let Some(id) = element.get("action_id").and_then(Value::as_str) else { continue };
            if !seen.insert(id) {
                let at = format!("{at}/{index}/action_id");
                self.fault(&at, format!("`action_id` \"{id}\" already exists for another element in this block"));
            }
        }
    }
}
