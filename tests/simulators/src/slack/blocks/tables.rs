//! The blocks that carry data: table, data_table, charts and plans.

use std::collections::BTreeSet;

use serde_json::Value;

use super::check::Checker;
use super::schema;
use crate::slack::limits as limit;

impl Checker<'_> {
    pub(super) fn table_rows(&mut self, value: &Value, at: &str) {
        self.items(value, at, limit::TABLE_ROWS, |this, row, at| {
            this.items(row, at, limit::TABLE_COLUMNS, |this, cell, at| {
                this.cell(cell, at, "table characters", &["raw_text", "raw_number", "rich_text"]);
            });
        });
    }

    pub(super) fn data_table_rows(&mut self, value: &Value, at: &str) {
        let Some(rows) = value.as_array() else { return self.fault(at, "must provide an array") };
        if rows.len() < limit::DATA_TABLE_MIN_ROWS {
            self.fault(at, format!("no less than {} items allowed", limit::DATA_TABLE_MIN_ROWS));
        }
        if rows.len() > limit::DATA_TABLE_ROWS {
            self.fault(at, format!("no more than {} items allowed", limit::DATA_TABLE_ROWS));
        }
        let width = rows.first().and_then(Value::as_array).map_or(0, Vec::len);
        let mut actions = BTreeSet::new();
        for (index, row) in rows.iter().enumerate() {
            let at = format!("{at}/{index}");
            if row.as_array().is_some_and(|cells| cells.len() != width) {
                self.fault(&at, "all rows must have the same number of cells");
            }
            self.data_table_row(row, &at, index == 0, &mut actions);
        }
    }

    fn data_table_row(&mut self, row: &Value, at: &str, header: bool, actions: &mut BTreeSet<String>) {
        const CHARACTERS: &str = "data_table characters";
        let with_buttons = self.policy.action_cells;
        self.items(row, at, limit::DATA_TABLE_COLUMNS, |this, cell, at| {
            match cell.get("type").and_then(Value::as_str) {
                _ if header => this.cell(cell, at, CHARACTERS, &["raw_text", "raw_number"]),
                Some("action_cell") if with_buttons => this.action_cell(cell, at, actions),
                _ => this.cell(cell, at, CHARACTERS, &["raw_text", "raw_number", "rich_text"]),
            }
        });
    }

    /// A button in a cell, with what clients show that cannot draw it.
    fn action_cell(&mut self, cell: &Value, at: &str, actions: &mut BTreeSet<String>) {
        match cell.get("element") {
            Some(element) => self.element(element, &format!("{at}/element"), &["button"]),
            None => self.fault(at, "missing required field: element"),
        }
        let id = cell.get("element").and_then(|element| element.get("action_id")?.as_str());
        match id {
            Some(id) if !actions.insert(id.to_owned()) => {
                let message = format!("`action_id` \"{id}\" already exists for another element in this block");
                self.fault(&format!("{at}/element/action_id"), message);
            }
            Some(_) => {}
            None => self.fault(&format!("{at}/element"), "missing required field: action_id"),
        }
        if let Some(fallback) = cell.get("fallback") {
            self.cell(fallback, &format!("{at}/fallback"), "data_table characters", &["raw_text", "raw_number"]);
        }
    }

    fn cell(&mut self, cell: &Value, at: &str, characters: &'static str, allowed: &[&str]) {
        let Some(object) = cell.as_object() else { return self.fault(at, "must provide an object") };
        let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
        if !allowed.contains(&kind) {
            return self.fault(at, format!("unsupported type: {kind}"));
        }
        let fields: &[&str] = match kind {
            "raw_number" => &["value", "text"],
            "rich_text" => &["elements"],
            _ => &["text"],
        };
        for name in fields {
            if !object.contains_key(*name) {
                self.fault(at, format!("missing required field: {name}"));
            }
        }
        for name in object.keys().filter(|name| *name != "type" && !fields.contains(&name.as_str())) {
            self.fault(at, format!("invalid additional property: {name}"));
        }
        if let Some(text) = object.get("text") {
            self.string(text, &format!("{at}/text"), 1, limit::DATA_TABLE_CHARACTERS);
        }
        if object.get("value").is_some_and(|value| !value.is_number()) {
            self.fault(&format!("{at}/value"), "must provide a number");
        }
        if let Some(elements) = object.get("elements") {
            self.rich(elements, &format!("{at}/elements"));
        }
        self.count(characters, visible_characters(cell));
    }

    /// `null` entries are refused, as a live workspace did in 2026-07; `{}` keeps a column's defaults.
    pub(super) fn column_settings(&mut self, value: &Value, at: &str) {
        self.items(value, at, limit::TABLE_COLUMNS, |this, setting, at| {
            let Some(object) = setting.as_object() else { return this.fault(at, "must provide an object") };
            for (name, value) in object {
                let sound = match name.as_str() {
                    "align" => ["left", "center", "right"].contains(&value.as_str().unwrap_or_default()),
                    "is_wrapped" => value.is_boolean(),
                    _ => {
                        this.fault(at, format!("invalid additional property: {name}"));
                        continue;
                    }
                };
                if !sound {
                    this.fault(&format!("{at}/{name}"), "must be a valid enum value");
                }
            }
        });
    }

    pub(super) fn tasks(&mut self, value: &Value, at: &str) {
        let mut seen = BTreeSet::new();
        self.items(value, at, limit::PLAN_TASKS, |this, task, at| {
            let Some(object) = task.as_object() else { return this.fault(at, "must provide an object") };
            this.fields(object, schema::TASK, at, &["type", "block_id"]);
            let id = object.get("task_id").and_then(Value::as_str).unwrap_or_default().to_owned();
            if !seen.insert(id) {
                this.fault(&format!("{at}/task_id"), "must be unique");
            }
        });
    }

    pub(super) fn chart(&mut self, chart: &Value, at: &str) {
        match chart.get("type").and_then(Value::as_str) {
            Some("pie") => self.pie(chart, at),
            Some("bar" | "area" | "line") => self.series(chart, at),
            _ => self.fault(&format!("{at}/type"), "must be a valid enum value"),
        }
    }

    fn pie(&mut self, chart: &Value, at: &str) {
        let segments = chart.get("segments").unwrap_or(&Value::Null);
        self.items(segments, &format!("{at}/segments"), limit::CHART_SERIES, |this, segment, at| {
            this.label(segment, "label", at);
            if segment.get("value").and_then(Value::as_f64).is_none_or(|value| value <= 0.0) {
                this.fault(&format!("{at}/value"), "must be greater than 0");
            }
        });
    }

    fn series(&mut self, chart: &Value, at: &str) {
        let categories: Vec<&str> = chart
            .pointer("/axis_config/categories")
            .and_then(Value::as_array)
            .map(|all| all.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        if categories.is_empty() || categories.len() > limit::CHART_POINTS {
            self.fault(
                &format!("{at}/axis_config/categories"),
                format!("no more than {} items allowed", limit::CHART_POINTS),
            );
        }
        let mut names = BTreeSet::new();
        let all = chart.get("series").unwrap_or(&Value::Null);
        self.items(all, &format!("{at}/series"), limit::CHART_SERIES, |this, series, at| {
            this.label(series, "name", at);
            if !names.insert(series.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()) {
                this.fault(&format!("{at}/name"), "must be unique");
            }
            let data = series.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let labels: Vec<&str> = data.iter().filter_map(|point| point.get("label")?.as_str()).collect();
            let once = categories.iter().all(|category| labels.iter().filter(|label| *label == category).count() == 1);
            if labels.len() != categories.len() || !once {
                this.fault(&format!("{at}/data"), "must have exactly one data point per category");
            }
        });
    }

    fn label(&mut self, object: &Value, name: &str, at: &str) {
        match object.get(name) {
            Some(text) => self.string(text, &format!("{at}/{name}"), 1, limit::CHART_LABEL),
            None => self.fault(at, format!("missing required field: {name}")),
        }
    }
}

/// Characters a reader sees in a cell: its `text`, wherever it stands.
fn visible_characters(cell: &Value) -> usize {
    match cell {
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) if name == "text" => text.chars().count(),
                other => visible_characters(other),
            })
            .sum(),
        Value::Array(items) => items.iter().map(visible_characters).sum(),
        _ => 0,
    }
}
