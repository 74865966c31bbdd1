//! The last check before anything leaves for Slack: what is over a limit is cut visibly, what would be refused for being empty
//! is filled. One bad block makes Slack refuse the whole message, so this runs on everything, whoever built it.

use super::limits::{self, TableLimits, cut};
use serde_json::{Value as Json, json};

/// Fits a message: its blocks and its text.
pub fn message(message: &mut Json) {
    let text = message.get("text").and_then(Json::as_str).unwrap_or_default();
    let text = cut(text, limits::MESSAGE_TEXT);
    message["text"] = json!(text);
    if message.get("blocks").is_some() {
        blocks(&mut message["blocks"], limits::MESSAGE_BLOCKS);
    }
}

/// Fits a modal or the App Home. Blocks are taken from the end until the JSON is small enough.
pub fn view(view: &mut Json) {
    for name in ["title", "submit", "close"] {
        shorten_text_object(&mut view[name], limits::VIEW_TITLE);
    }
    drop_too_long(view, "private_metadata", limits::PRIVATE_METADATA);
    drop_nulls(view);
    blocks(&mut view["blocks"], limits::VIEW_BLOCKS);
    while view.to_string().len() > limits::VIEW_BYTES {
        let Some(list) = view["blocks"].as_array_mut().filter(|list| list.len() > 1) else { return };
        let half = list.len() / 2;
        list.truncate(half);
        list.push(left_out());
    }
}

fn left_out() -> Json {
    super::block::context("… more was left out: Slack shows no more at once.")
}

fn blocks(blocks: &mut Json, limit: usize) {
    let Some(list) = blocks.as_array_mut() else { return };
    if list.len() > limit {
        list.truncate(limit - 1);
        list.push(left_out());
    }
    for block in list {
        self::block(block);
    }
}

fn block(block: &mut Json) {
    shorten(&mut block["block_id"], limits::ID);
    match block["type"].as_str().unwrap_or_default() {
        "data_table" => return table(block, limits::DATA_TABLE),
        "table" => return table(block, limits::TABLE),
        "header" => shorten_text_object(&mut block["text"], limits::HEADER),
        "alert" => shorten_text_object(&mut block["text"], limits::ALERT),
        "context" => truncate(&mut block["elements"], limits::CONTEXT_ELEMENTS),
        "actions" => truncate(&mut block["elements"], limits::ACTION_ELEMENTS),
        "input" => {
            shorten_text_object(&mut block["label"], limits::LABEL);
            shorten_text_object(&mut block["hint"], limits::LABEL);
        }
        _ => shorten_text_object(&mut block["text"], limits::TEXT),
    }
    for name in ["accessory", "element"] {
        element(&mut block[name]);
    }
    for one in block["elements"].as_array_mut().into_iter().flatten() {
        element(one);
    }
    drop_nulls(block);
}

fn element(element: &mut Json) {
    if !element.is_object() {
        return;
    }
    shorten(&mut element["action_id"], limits::ID);
    shorten_text_object(&mut element["placeholder"], limits::PLACEHOLDER);
    match element["type"].as_str().unwrap_or_default() {
        "button" => {
            shorten_text_object(&mut element["text"], limits::BUTTON_TEXT);
            // A cut value or address would be another one: without it the button does nothing, which is at least true.
            drop_too_long(element, "value", limits::BUTTON_VALUE);
            drop_too_long(element, "url", limits::URL);
        }
        // Elements of a context block are text objects themselves; their text is a string.
        "mrkdwn" | "plain_text" => shorten(&mut element["text"], limits::TEXT),
        "plain_text_input" => shorten(&mut element["initial_value"], limits::INPUT_TEXT),
        "overflow" => truncate(&mut element["options"], limits::OVERFLOW_OPTIONS),
        _ => {
            truncate(&mut element["options"], limits::OPTIONS);
            truncate(&mut element["option_groups"], limits::OPTION_GROUPS);
        }
    }
    confirm(&mut element["confirm"]);
    drop_nulls(element);
}

fn confirm(dialog: &mut Json) {
    for (name, limit) in [
        ("title", limits::CONFIRM_TITLE),
        ("text", limits::CONFIRM_TEXT),
        ("confirm", limits::CONFIRM_BUTTON),
        ("deny", limits::CONFIRM_BUTTON),
    ] {
        if dialog.is_object() {
            shorten_text_object(&mut dialog[name], limit);
        }
    }
}

/// Rows and columns to the limits, no empty cell, and rows from the end away until the characters fit.
fn table(block: &mut Json, limits: TableLimits) {
    let Some(rows) = block["rows"].as_array_mut() else { return };
    rows.truncate(limits.rows + 1);
    let mut left = limits.characters;
    let mut kept = 0;
    for row in rows.iter_mut() {
        truncate(row, limits.columns);
        let used: usize = row.as_array_mut().into_iter().flatten().map(cell).sum();
        if used > left {
            break;
        }
        left -= used;
        kept += 1;
    }
    rows.truncate(kept);
    drop_nulls(block);
}

/// Makes the cell one Slack takes and says how many characters it has.
fn cell(cell: &mut Json) -> usize {
    let text = cut(cell["text"].as_str().unwrap_or_default(), limits::CELL);
    let characters = text.chars().count();
    if matches!(cell["type"].as_str(), Some("raw_text" | "raw_number")) {
        cell["text"] = json!(text);
    }
    characters
}

fn shorten_text_object(object: &mut Json, limit: usize) {
    if object.is_object() {
        shorten(&mut object["text"], limit);
    }
}

fn shorten(text: &mut Json, limit: usize) {
    if let Some(found) = text.as_str() {
        *text = json!(cut(found, limit));
    }
}

fn truncate(list: &mut Json, limit: usize) {
    if let Some(list) = list.as_array_mut() {
        list.truncate(limit);
    }
}

fn drop_too_long(element: &mut Json, name: &str, limit: usize) {
    if element[name].as_str().is_some_and(|text| text.chars().count() > limit)
        && let Some(members) = element.as_object_mut()
    {
        members.remove(name);
    }
}

/// Looking at an absent member by index leaves a null; Slack refuses those.
fn drop_nulls(object: &mut Json) {
    if let Some(members) = object.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn everything_over_a_limit_is_cut_visibly() {
        let long = "x".repeat(5_000);
        let mut found = json!({"text": long, "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": long}},
            {"type": "section", "text": {"type": "mrkdwn", "text": ""}},
            {"type": "context", "elements": vec![json!({"type": "mrkdwn", "text": long}); 12]},
            {"type": "actions", "elements": vec![json!({"type": "button", "text": {"type": "plain_text", "text": long}, "value": long}); 30]},
        ]});
        message(&mut found);
        let length = |pointer: &str| found.pointer(pointer).unwrap().as_str().unwrap().chars().count();
        assert_eq!(length("/text"), 4_000);
        assert_eq!(length("/blocks/0/text/text"), 150);
        assert!(found["blocks"][0]["text"]["text"].as_str().unwrap().ends_with('…'));
        assert_eq!(found["blocks"][1]["text"]["text"], "–");
        assert_eq!(found["blocks"][2]["elements"].as_array().unwrap().len(), 10);
        assert_eq!(length("/blocks/2/elements/0/text"), 3_000);
        assert_eq!(found["blocks"][3]["elements"].as_array().unwrap().len(), 25);
        assert_eq!(length("/blocks/3/elements/0/text/text"), 75);
        assert!(found["blocks"][3]["elements"][0].get("value").is_none());
        assert!(!found.to_string().contains("null"));
    }

    #[test]
    fn too_many_blocks_end_in_a_note() {
        let mut found = json!({"text": "t", "blocks": vec![json!({"type": "divider"}); 60]});
        message(&mut found);
        assert_eq!(found["blocks"].as_array().unwrap().len(), 50);
        assert!(found["blocks"][49].to_string().contains("left out"));
    }

    #[test]
    fn a_table_keeps_the_rows_that_fit_and_has_no_empty_cell() {
        let row = vec![json!({"type": "raw_text", "text": ""}), json!({"type": "raw_text", "text": "y".repeat(190)})];
        let mut found =
            json!({"text": "t", "blocks": [{"type": "data_table", "caption": "c", "rows": vec![row; 300]}]});
        message(&mut found);
        let rows = found["blocks"][0]["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 20_000 / 191);
        assert_eq!(rows[0][0]["text"], "–");
    }

    #[test]
    fn a_view_fits_into_its_bytes() {
        let block = json!({"type": "section", "text": {"type": "mrkdwn", "text": "ü".repeat(3_000)}});
        let mut found = json!({"type": "modal", "title": {"type": "plain_text", "text": "t".repeat(30)}, "blocks": vec![block; 100]});
        view(&mut found);
        assert!(found.to_string().len() <= limits::VIEW_BYTES);
        assert_eq!(found["title"]["text"].as_str().unwrap().chars().count(), 24);
    }

    proptest! {
        #[test]
        fn fitting_twice_changes_nothing(texts in prop::collection::vec(".{0,40}", 1..60)) {
            let blocks: Vec<Json> = texts.iter().map(|text| super::super::block::section(text)).collect();
            let mut once = json!({"text": texts[0], "blocks": blocks});
            message(&mut once);
            let mut twice = once.clone();
            message(&mut twice);
            prop_assert_eq!(once, twice);
        }
    }
}
