//! The walk over blocks: fields, types, ids and surfaces, from the tables in `schema`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::schema::{self, Field, Kind, Surface};
use super::{Fault, Policy, Refusal};
use crate::slack::limits as limit;

/// Collects faults while it walks one message or view.
pub(super) struct Checker<'a> {
    pub(super) surface: Surface,
    pub(super) policy: Policy<'a>,
    faults: Vec<Fault>,
    error: Option<&'static str>,
    not_rolled_out: usize,
    block_ids: BTreeSet<String>,
    /// Characters and counts that Slack adds up over the whole message.
    pub(super) totals: BTreeMap<&'static str, usize>,
    focused: usize,
}

impl<'a> Checker<'a> {
    pub(super) fn new(surface: Surface, policy: Policy<'a>) -> Self {
        Checker {
            surface,
            policy,
            faults: Vec::new(),
            error: None,
            not_rolled_out: 0,
            block_ids: BTreeSet::new(),
            totals: BTreeMap::new(),
            focused: 0,
        }
    }

    pub(super) fn finish(self, error: &'static str) -> Result<(), Refusal> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let rollout = self.not_rolled_out == self.faults.len();
        Err(Refusal { error: self.error.unwrap_or(error), faults: self.faults, rollout })
    }

    pub(super) fn fault(&mut self, pointer: &str, message: impl Into<String>) {
        self.faults.push(Fault { message: message.into(), pointer: pointer.to_owned() });
    }

    /// A fault that Slack reports under another error string than the usual one.
    pub(super) fn fault_as(&mut self, error: &'static str, pointer: &str, message: &str) {
        self.error = Some(error);
        self.fault(pointer, message);
    }

    pub(super) fn count(&mut self, what: &'static str, add: usize) {
        *self.totals.entry(what).or_default() += add;
    }

    /// Runs `inner`; if it finds faults, puts Slack's "failed to match" line for `pointer` before them.
    pub(super) fn matching(&mut self, pointer: &str, inner: impl FnOnce(&mut Self)) {
        let before = self.faults.len();
        inner(self);
        if self.faults.len() > before {
            let message = "failed to match all allowed schemas".to_owned();
            self.faults.insert(before, Fault { message, pointer: pointer.to_owned() });
        }
    }

    /// A list of blocks of a message, or of one of its attachments.
    pub(super) fn block_list(&mut self, blocks: &Value, pointer: &str, most: usize) {
        let Some(blocks) = blocks.as_array() else {
            return self.fault(pointer, "must provide an array");
        };
        if blocks.len() > most {
            self.fault(pointer, format!("no more than {most} items allowed"));
        }
        for (index, block) in blocks.iter().enumerate() {
            self.block(block, &format!("{pointer}/{index}"));
        }
    }

    fn block(&mut self, block: &Value, pointer: &str) {
        let Some(object) = block.as_object() else {
            return self.fault(pointer, "must provide an object");
        };
        let Some(kind) = object.get("type").and_then(Value::as_str) else {
            return self.fault(pointer, "missing required field: type");
        };
        let known = schema::surfaces(kind).contains(&self.surface);
        let rolled_out = self.policy.new_blocks || !schema::is_new(kind);
        if !known || !rolled_out {
            self.not_rolled_out += usize::from(known && !rolled_out);
            return self.fault(&format!("{pointer}/type"), format!("unsupported type: {kind}"));
        }
        self.block_id(object, pointer);
        self.fields(object, &schema::block_fields(kind), pointer, &["type", "block_id"]);
        self.block_rules(kind, object, pointer);
    }

    fn block_id(&mut self, object: &Map<String, Value>, pointer: &str) {
        let Some(id) = object.get("block_id") else { return };
        let at = format!("{pointer}/block_id");
        self.string(id, &at, 1, limit::ID);
        if let Some(id) = id.as_str()
            && !self.block_ids.insert(id.to_owned())
        {
            self.fault(&at, format!("`block_id` \"{id}\" already exists for another block"));
        }
    }

    /// Checks an object against its fields: missing, unknown, and what stands in each.
    pub(super) fn fields(&mut self, object: &Map<String, Value>, fields: &[Field], pointer: &str, known: &[&str]) {
        for field in fields.iter().filter(|field| field.required) {
            if object.get(field.name).is_none_or(Value::is_null) {
                self.fault(pointer, format!("missing required field: {}", field.name));
            }
        }
        for (name, value) in object {
            if known.contains(&name.as_str()) {
                continue;
            }
            match fields.iter().find(|field| field.name == name) {
                Some(_) if value.is_null() => {}
                Some(field) => self.value(value, field.kind, &format!("{pointer}/{name}")),
                None => self.fault(pointer, format!("invalid additional property: {name}")),
            }
        }
    }

    fn value(&mut self, value: &Value, kind: Kind, at: &str) {
        match kind {
            Kind::Plain(most) => self.text(value, at, most, false),
            Kind::Text(most) => self.text(value, at, most, true),
            Kind::Texts(items, most) => self.items(value, at, items, |this, item, at| this.text(item, at, most, true)),
            Kind::Str(least, most) => self.string(value, at, least, most),
            Kind::Url(most) => self.url(value, at, most),
            Kind::Bool if !value.is_boolean() => self.fault(at, "must provide a boolean"),
            Kind::Object if !value.is_object() && !value.is_array() => self.fault(at, "must provide an object"),
            Kind::Bool | Kind::Object => {}
            Kind::Int(least, most) => self.integer(value, at, least, most),
            Kind::Enum(allowed) => {
                if !value.as_str().is_some_and(|word| allowed.contains(&word)) {
                    self.fault(at, "must be a valid enum value");
                }
            }
            Kind::Strings(most) => self.items(value, at, most, |this, item, at| this.string(item, at, 1, limit::ID)),
            Kind::Element(allowed) => self.matching(at, |this| this.element(value, at, allowed)),
            Kind::Elements(allowed, most) => {
                self.items(value, at, most, |this, item, at| this.element(item, at, allowed));
                self.unique_actions(value, at);
            }
            Kind::ContextElements(most) => self.items(value, at, most, |this, item, at| this.context_element(item, at)),
            Kind::Options(most) => self.items(value, at, most, |this, item, at| this.option(item, at, false)),
            Kind::Choices(most) => self.items(value, at, most, |this, item, at| this.option(item, at, true)),
            Kind::Groups => self.groups(value, at),
            Kind::Option => self.option(value, at, true),
            Kind::OptionList => {
                self.items(value, at, limit::SELECT_OPTIONS, |this, item, at| this.option(item, at, true))
            }
            Kind::Confirm => self.matching(at, |this| this.confirm(value, at)),
            Kind::Dispatch => self.dispatch(value, at),
            Kind::Filter => self.filter(value, at),
            Kind::SlackFile => self.slack_file(value, at),
            Kind::Rich => self.rich(value, at),
            Kind::RichObject => self.rich_object(value, at),
            Kind::TableRows => self.table_rows(value, at),
            Kind::DataTableRows => self.data_table_rows(value, at),
            Kind::ColumnSettings => self.column_settings(value, at),
            Kind::Blocks(allowed, most) => self.inner_blocks(value, at, allowed, most),
            Kind::Chart => self.chart(value, at),
            Kind::Tasks => self.tasks(value, at),
            Kind::Date => self.shaped(value, at, "0000-00-00"),
            Kind::Time => self.shaped(value, at, "00:00"),
        }
    }

    fn inner_blocks(&mut self, value: &Value, at: &str, allowed: &[&str], most: usize) {
        let refused = |block: &Value| {
            let kind = block.get("type").and_then(Value::as_str).unwrap_or_default();
            (!allowed.is_empty() && !allowed.contains(&kind)).then(|| kind.to_owned())
        };
        for (index, block) in value.as_array().into_iter().flatten().enumerate() {
            if let Some(kind) = refused(block) {
                self.fault(&format!("{at}/{index}/type"), format!("unsupported type: {kind}"));
            }
        }
        self.block_list(value, at, most);
    }

    /// One interactive (or image) element.
    pub(super) fn element(&mut self, value: &Value, at: &str, allowed: &[&str]) {
        let Some(object) = value.as_object() else { return self.fault(at, "must provide an object") };
        let Some(kind) = object.get("type").and_then(Value::as_str) else {
            return self.fault(at, "missing required field: type");
        };
        let Some(fields) = schema::element_fields(kind).filter(|_| allowed.contains(&kind)) else {
            let shown = if kind.starts_with("multi_") { "multiselect" } else { kind };
            return self.fault(at, format!("unsupported element: {shown}"));
        };
        if kind == "file_input" && self.surface != Surface::Modal {
            return self.fault(at, "unsupported element: file_input");
        }
        if let Some(id) = object.get("action_id") {
            self.string(id, &format!("{at}/action_id"), 1, limit::ID);
        }
        self.fields(object, &fields, at, &["type", "action_id"]);
        self.element_rules(kind, object, at);
    }

    /// Only one element of a view may take the focus.
    pub(super) fn focus(&mut self, object: &Map<String, Value>, at: &str) {
        if object.get("focus_on_load") == Some(&Value::Bool(true)) {
            self.focused += 1;
            if self.focused > 1 {
                self.fault(&format!("{at}/focus_on_load"), "`focus_on_load` may be true for one element only");
            }
        }
    }

    /// Every item of a list of 1 to `most`.
    pub(super) fn items(
        &mut self,
        value: &Value,
        at: &str,
        most: usize,
        mut each: impl FnMut(&mut Self, &Value, &str),
    ) {
        let Some(items) = value.as_array() else { return self.fault(at, "must provide an array") };
        if items.is_empty() {
            self.fault(at, "no less than 1 items allowed");
        }
        if items.len() > most {
            self.fault(at, format!("no more than {most} items allowed"));
        }
        for (index, item) in items.iter().enumerate() {
            each(self, item, &format!("{at}/{index}"));
        }
    }
}
