//! Finding elements in blocks: by ids, or by what a person reads on the screen.

use serde_json::Value;

/// An element and the block it stands in.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub block: &'a Value,
    pub element: &'a Value,
}

impl Found<'_> {
    pub fn kind(&self) -> &str {
        self.element["type"].as_str().unwrap_or_default()
    }

    pub fn block_id(&self) -> &str {
        self.block["block_id"].as_str().unwrap_or_default()
    }

    pub fn action_id(&self) -> &str {
        self.element["action_id"].as_str().unwrap_or_default()
    }

    fn is_called(&self, name: &str) -> bool {
        let texts = [
            self.element.pointer("/text/text"),
            self.block.pointer("/label/text"),
            self.element.pointer("/placeholder/text"),
        ];
        // Either id may hold a slash itself.
        let in_block = name.strip_prefix(self.block_id()).and_then(|rest| rest.strip_prefix('/'));
        name == self.action_id()
            || in_block == Some(self.action_id())
            || (name == self.block_id() && self.block["type"] == "input")
            || texts.into_iter().flatten().any(|text| text == name)
    }
}

/// Every element with an action id, in the order of the screen.
pub(super) fn elements(blocks: &[Value]) -> Vec<Found<'_>> {
    let mut all = Vec::new();
    for block in blocks {
        let list = |name: &str| block.get(name).and_then(Value::as_array).into_iter().flatten();
        let cells = list("rows").filter_map(Value::as_array).flatten().filter_map(|cell| cell.get("element"));
        let single = ["accessory", "element"].into_iter().filter_map(|name| block.get(name));
        let direct = list("elements").chain(list("actions")).chain(single).chain(cells);
        all.extend(direct.filter(|element| element.get("action_id").is_some()).map(|element| Found { block, element }));
        for inner in ["child_blocks", "elements"] {
            if let Some(blocks) = block.get(inner).and_then(Value::as_array).filter(|_| holds_blocks(block, inner)) {
                all.extend(elements(blocks));
            }
        }
    }
    all
}

fn holds_blocks(block: &Value, inner: &str) -> bool {
    inner == "child_blocks" || block["type"] == "carousel"
}

/// The element with these ids.
pub(super) fn by_ids<'a>(blocks: &'a [Value], block_id: &str, action_id: &str) -> Option<Found<'a>> {
    elements(blocks).into_iter().find(|found| found.block_id() == block_id && found.action_id() == action_id)
}

/// The one element a person would mean by this name: an action id, `block_id/action_id`, a button's words, a label.
pub(super) fn by_name<'a>(blocks: &'a [Value], name: &str) -> anyhow::Result<Found<'a>> {
    let all = elements(blocks);
    let mut called = all.iter().filter(|found| found.is_called(name));
    let shown = || all.iter().map(|found| format!("{}/{}", found.block_id(), found.action_id())).collect::<Vec<_>>();
    let first =
        called.next().ok_or_else(|| anyhow::anyhow!("nothing here is called `{name}`; there are {:?}", shown()))?;
    if called.next().is_some() {
        anyhow::bail!("several elements are called `{name}`: say block_id/action_id, one of {:?}", shown());
    }
    Ok(*first)
}

/// The options of a select or of similar elements; `offered` are those of an external select.
pub(super) fn options(element: &Value, offered: &[Value]) -> Vec<Value> {
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut all = list(element, "options");
    for group in list(element, "option_groups") {
        all.extend(list(&group, "options"));
    }
    all.extend(offered.iter().cloned());
    all.extend(element.get("initial_option").cloned());
    all.extend(list(element, "initial_options"));
    all
}
