//! rich_text: sections, lists, quotes, preformatted text, and what may stand in them.

use serde_json::Value;

use super::check::Checker;
use crate::slack::limits as limit;

/// More elements than any message of 40,000 characters needs.
const ELEMENTS: usize = 1000;

impl Checker<'_> {
    /// A whole rich_text object, as in a task's details.
    pub(super) fn rich_object(&mut self, value: &Value, at: &str) {
        match (value.get("type").and_then(Value::as_str), value.get("elements")) {
            (Some("rich_text"), Some(elements)) => self.rich(elements, &format!("{at}/elements")),
            (Some("rich_text"), None) => self.fault(at, "missing required field: elements"),
            _ => self.fault(at, "must provide a rich_text object"),
        }
    }

    /// The `elements` of a rich_text block or cell.
    pub(super) fn rich(&mut self, value: &Value, at: &str) {
        self.items(value, at, ELEMENTS, |this, element, at| {
            let elements = element.get("elements").unwrap_or(&Value::Null);
            let inner = format!("{at}/elements");
            match element.get("type").and_then(Value::as_str) {
                Some("rich_text_section" | "rich_text_quote" | "rich_text_preformatted") => {
                    this.items(elements, &inner, ELEMENTS, |this, leaf, at| this.leaf(leaf, at));
                }
                Some("rich_text_list") => this.list(element, elements, at),
                Some(other) => this.fault(&format!("{at}/type"), format!("unsupported type: {other}")),
                None => this.fault(at, "missing required field: type"),
            }
        });
    }

    fn list(&mut self, list: &Value, items: &Value, at: &str) {
        if !["bullet", "ordered"].contains(&list.get("style").and_then(Value::as_str).unwrap_or_default()) {
            self.fault(&format!("{at}/style"), "must be a valid enum value");
        }
        self.items(items, &format!("{at}/elements"), ELEMENTS, |this, item, at| {
            if item.get("type").and_then(Value::as_str) != Some("rich_text_section") {
                return this.fault(&format!("{at}/type"), "must be a valid enum value");
            }
            let leaves = item.get("elements").unwrap_or(&Value::Null);
            this.items(leaves, &format!("{at}/elements"), ELEMENTS, |this, leaf, at| this.leaf(leaf, at));
        });
    }

    fn leaf(&mut self, leaf: &Value, at: &str) {
        let needs: &[&str] = match leaf.get("type").and_then(Value::as_str) {
            Some("text") => &["text"],
            Some("link") => &["url"],
            Some("user") => &["user_id"],
            Some("usergroup") => &["usergroup_id"],
            Some("channel") => &["channel_id"],
            Some("emoji") => &["name"],
            Some("date") => &["timestamp", "format"],
            Some("broadcast") => &["range"],
            Some("color") => &["value"],
            Some("team") => &["team_id"],
            Some(other) => return self.fault(&format!("{at}/type"), format!("unsupported type: {other}")),
            None => return self.fault(at, "missing required field: type"),
        };
        for name in needs {
            match leaf.get(*name) {
                None => self.fault(at, format!("missing required field: {name}")),
                Some(Value::String(text)) => {
                    self.string(&Value::String(text.clone()), &format!("{at}/{name}"), 1, limit::MESSAGE_TEXT);
                }
                Some(_) => {}
            }
        }
    }
}
