//! Rules over several fields: one of two must be there, initial options are among the options, totals of a message.

use serde_json::{Map, Value};

use super::check::Checker;
use super::schema::{self, Surface};
use crate::slack::limits as limit;

impl Checker<'_> {
    /// A view with its own fields, and the blocks in it.
    pub(super) fn view(&mut self, view: &Value) {
        let Some(object) = view.as_object() else { return self.fault("/view", "must provide an object") };
        let want = if self.surface == Surface::Modal { "modal" } else { "home" };
        match object.get("type").and_then(Value::as_str) {
            Some(kind) if kind == want => {}
            Some(kind) => return self.fault("/view/type", format!("unsupported type: {kind}")),
            None => return self.fault("/view", "missing required field: type"),
        }
        self.fields(object, &schema::view_fields(self.surface), "/view", &["type"]);
        if self.surface == Surface::Modal && object.get("submit").is_none_or(Value::is_null) {
            self.inputs_need_submit(object);
        }
    }

    fn inputs_need_submit(&mut self, view: &Map<String, Value>) {
        let blocks = view.get("blocks").and_then(Value::as_array).into_iter().flatten();
        let first = blocks.enumerate().find(|(_, block)| block.get("type").and_then(Value::as_str) == Some("input"));
        if let Some((index, _)) = first {
            let at = format!("/view/blocks/{index}/input");
            self.fault(&at, "must define `submit` to use an `input` block in modals");
        }
    }

    /// Rules of one block over several of its fields.
    pub(super) fn block_rules(&mut self, kind: &str, block: &Map<String, Value>, at: &str) {
        let has = |name: &str| block.get(name).is_some_and(|value| !value.is_null());
        match kind {
            "section" if !has("text") && !has("fields") => self.fault(at, "must define either `text` or `fields`"),
            "image" => self.one_image(block, at),
            "markdown" => {
                let length = block.get("text").and_then(Value::as_str).map_or(0, |text| text.chars().count());
                self.count("markdown", length);
            }
            "table" | "data_table" => self.count("table family", 1),
            "data_visualization" => self.count("charts", 1),
            "container" if !has("title") && !has("rich_text_title") => {
                self.fault(at, "missing required field: title");
            }
            "task_card" if block.get("status").and_then(Value::as_str) == Some("pending") => {
                self.fault(&format!("{at}/status"), "must be a valid enum value");
            }
            _ => {}
        }
    }

    /// Rules of one element over several of its fields.
    pub(super) fn element_rules(&mut self, kind: &str, element: &Map<String, Value>, at: &str) {
        self.focus(element, at);
        match kind {
            "image" => self.one_image(element, at),
            "static_select" | "multi_static_select" => {
                let count = ["options", "option_groups"].iter().filter(|name| element.contains_key(**name)).count();
                if count != 1 {
                    self.fault(at, "must define either `options` or `option_groups`");
                }
                self.initial_options(element, at);
            }
            "radio_buttons" | "checkboxes" => self.initial_options(element, at),
            "plain_text_input" => {
                let number = |name: &str| element.get(name).and_then(Value::as_i64);
                if let (Some(least), Some(most)) = (number("min_length"), number("max_length"))
                    && least > most
                {
                    self.fault(&format!("{at}/min_length"), "must be less than `max_length`");
                }
            }
            _ => {}
        }
    }

    fn one_image(&mut self, object: &Map<String, Value>, at: &str) {
        match (object.contains_key("image_url"), object.contains_key("slack_file")) {
            (false, false) => self.fault(at, "missing required field: image_url"),
            (true, true) => self.fault(at, "must define either `image_url` or `slack_file`"),
            _ => {}
        }
    }

    fn initial_options(&mut self, element: &Map<String, Value>, at: &str) {
        let values = |options: &Value| -> Vec<String> {
            let each = options.as_array().into_iter().flatten();
            each.filter_map(|option| option.get("value")?.as_str().map(str::to_owned)).collect()
        };
        let mut known: Vec<String> = element.get("options").map(values).unwrap_or_default();
        for group in element.get("option_groups").and_then(Value::as_array).into_iter().flatten() {
            known.extend(group.get("options").map(values).unwrap_or_default());
        }
        let one = element.get("initial_option").and_then(|option| option.get("value")?.as_str().map(str::to_owned));
        let many = element.get("initial_options").map(values).unwrap_or_default();
        for value in one.into_iter().chain(many) {
            if !known.contains(&value) {
                self.fault(at, format!("initial option \"{value}\" is not one of the options"));
            }
        }
    }

    /// What Slack adds up over a whole message.
    pub(super) fn message_totals(&mut self) {
        let total = |this: &Self, what: &str| this.totals.get(what).copied().unwrap_or_default();
        let sums = [
            ("markdown", limit::MARKDOWN),
            ("table characters", limit::TABLE_CHARACTERS),
            ("data_table characters", limit::DATA_TABLE_CHARACTERS),
        ];
        for (what, most) in sums {
            if total(self, what) > most {
                self.fault("/blocks", format!("must be less than {} characters", most + 1));
            }
        }
        if total(self, "charts") > limit::CHARTS {
            self.fault("/blocks", format!("no more than {} items allowed", limit::CHARTS));
        }
        if total(self, "table family") > 1 {
            self.fault_as("invalid_attachments", "/blocks", "only_one_table_allowed");
        }
    }
}
