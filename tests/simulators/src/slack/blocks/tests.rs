//! Block Kit rules as tables: each bad payload with the words and the pointer Slack answers.

use serde_json::{Value, json};

use super::*;

fn policy() -> Policy<'static> {
    Policy { new_blocks: true, action_cells: true, file_is_shared: &|file| file == "F1" }
}

fn words(result: Result<(), Refusal>) -> Vec<String> {
    result.err().map(|refusal| refusal.faults.iter().map(Fault::words).collect()).unwrap_or_default()
}

/// Checks one block in a message: the last fault is the precise one.
#[track_caller]
fn refused(block: Value, want: &str) {
    let got = words(check_message(Some(&json!([block])), None, policy()));
    assert_eq!(got.last().map(String::as_str), Some(want), "{got:?}");
}

#[track_caller]
fn taken(block: Value) {
    let got = words(check_message(Some(&json!([block])), None, policy()));
    assert!(got.is_empty(), "{got:?}");
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text })
}

fn button(id: &str) -> Value {
    json!({ "type": "button", "action_id": id, "text": plain("Go") })
}

fn option(value: &str) -> Value {
    json!({ "text": plain("One"), "value": value })
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

fn modal(blocks: Value) -> Value {
    json!({ "type": "modal", "title": plain("Title"), "submit": plain("Save"), "blocks": blocks })
}

#[track_caller]
fn modal_refused(view: Value, want: &str) {
    let got = words(check_view(&view, Surface::Modal, policy()));
    assert_eq!(got.last().map(String::as_str), Some(want), "{got:?}");
}

#[test]
fn text_lengths_are_counted_in_characters() {
    taken(section(&"ü".repeat(3000)));
    refused(section(&"ü".repeat(3001)), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]");
    refused(section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]");
    taken(json!({ "type": "header", "text": plain(&"h".repeat(150)) }));
    refused(
        json!({ "type": "header", "text": plain(&"h".repeat(151)) }),
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    );
    refused(
        json!({ "type": "section", "fields": [plain(&"f".repeat(2001))] }),
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    );
    refused(
        json!({ "type": "header", "text": { "type": "mrkdwn", "text": "no" } }),
        "must be a valid enum value [json-pointer:/blocks/0/text/type]",
    );
}

#[test]
fn a_text_fault_is_preceded_by_the_schema_that_failed() {
    let got = words(check_message(Some(&json!([section(&"x".repeat(3001))])), None, policy()));
    let want = [
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ];
    assert_eq!(got, want);
}

#[test]
fn counts_are_limited() {
    let many = |count: usize| Value::Array(vec![json!({ "type": "divider" }); count]);
    assert!(check_message(Some(&many(50)), None, policy()).is_ok());
    let got = words(check_message(Some(&many(51)), None, policy()));
    assert_eq!(got, ["no more than 50 items allowed [json-pointer:/blocks]"]);
    let buttons: Vec<Value> = (0..26).map(|index| button(&format!("a{index}"))).collect();
    taken(json!({ "type": "actions", "elements": buttons[..25] }));
    refused(
        json!({ "type": "actions", "elements": buttons }),
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    );
    let texts = vec![plain("x"); 11];
    refused(
        json!({ "type": "context", "elements": texts }),
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    );
    refused(
        json!({ "type": "section", "fields": texts }),
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    );
    refused(
        json!({ "type": "actions", "elements": [] }),
        "no less than 1 items allowed [json-pointer:/blocks/0/elements]",
    );
}

#[test]
fn fields_must_be_there_and_known() {
    refused(json!({ "type": "section" }), "must define either `text` or `fields` [json-pointer:/blocks/0]");
    refused(
        json!({ "type": "image", "image_url": "https://example.com/a.png" }),
        "missing required field: alt_text [json-pointer:/blocks/0]",
    );
    refused(
        json!({ "type": "image", "alt_text": "A chart" }),
        "missing required field: image_url [json-pointer:/blocks/0]",
    );
    refused(
        json!({ "type": "image", "alt_text": "A chart", "slack_file": { "id": "F2" } }),
        "invalid slack file [json-pointer:/blocks/0/slack_file]",
    );
    taken(json!({ "type": "image", "alt_text": "A chart", "slack_file": { "id": "F1" } }));
    refused(
        json!({ "type": "divider", "color": "red" }),
        "invalid additional property: color [json-pointer:/blocks/0]",
    );
    refused(json!({ "type": "sectoin" }), "unsupported type: sectoin [json-pointer:/blocks/0/type]");
    refused(json!("text"), "must provide an object [json-pointer:/blocks/0]");
}

#[test]
fn ids_are_unique_and_short() {
    let twice = json!([{ "type": "divider", "block_id": "a" }, { "type": "divider", "block_id": "a" }]);
    let got = words(check_message(Some(&twice), None, policy()));
    assert_eq!(got, ["`block_id` \"a\" already exists for another block [json-pointer:/blocks/1/block_id]"]);
    refused(
        json!({ "type": "actions", "elements": [button("a"), button("a")] }),
        "`action_id` \"a\" already exists for another element in this block [json-pointer:/blocks/0/elements/1/action_id]",
    );
    refused(
        json!({ "type": "divider", "block_id": "x".repeat(256) }),
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    );
}

#[test]
fn elements_keep_their_limits() {
    let in_section = |element: Value| json!({ "type": "section", "text": plain("x"), "accessory": element });
    let at = "[json-pointer:/blocks/0/accessory";
    let cases = [
        (
            json!({ "type": "button", "text": plain(&"b".repeat(76)) }),
            format!("must be less than 76 characters {at}/text/text]"),
        ),
        (
            json!({ "type": "button", "text": plain("x"), "value": "v".repeat(2001) }),
            format!("must be less than 2001 characters {at}/value]"),
        ),
        (
            json!({ "type": "button", "text": plain("x"), "style": "warning" }),
            format!("must be a valid enum value {at}/style]"),
        ),
        (json!({ "type": "button", "text": plain("x"), "url": "nowhere" }), format!("must be a valid URL {at}/url]")),
        (
            json!({ "type": "static_select", "options": vec![option("a"); 101] }),
            format!("no more than 100 items allowed {at}/options]"),
        ),
        (json!({ "type": "static_select" }), format!("must define either `options` or `option_groups` {at}]")),
        (
            json!({ "type": "static_select", "options": [option("a")], "initial_option": option("b") }),
            format!("initial option \"b\" is not one of the options {at}]"),
        ),
        (
            json!({ "type": "overflow", "options": vec![option("a"); 6] }),
            format!("no more than 5 items allowed {at}/options]"),
        ),
        (
            json!({ "type": "radio_buttons", "options": vec![option("a"); 11] }),
            format!("no more than 10 items allowed {at}/options]"),
        ),
        (
            json!({ "type": "checkboxes", "options": [{ "text": plain(&"o".repeat(76)), "value": "a" }] }),
            format!("must be less than 76 characters {at}/options/0/text/text]"),
        ),
        (
            json!({ "type": "static_select", "options": [option(&"v".repeat(151))] }),
            format!("must be less than 151 characters {at}/options/0/value]"),
        ),
        (
            json!({ "type": "external_select", "placeholder": plain(&"p".repeat(151)) }),
            format!("must be less than 151 characters {at}/placeholder/text]"),
        ),
        (
            json!({ "type": "datepicker", "initial_date": "tomorrow" }),
            format!("must match NNNN-NN-NN {at}/initial_date]"),
        ),
        (json!({ "type": "plain_text_input" }), format!("unsupported element: plain_text_input {at}]")),
        (
            json!({ "type": "button", "text": plain("x"), "confirm": {
                "title": plain(&"t".repeat(101)), "text": plain("x"), "confirm": plain("Yes"), "deny": plain("No") } }),
            format!("must be less than 101 characters {at}/confirm/title/text]"),
        ),
        (
            json!({ "type": "button", "text": plain("x"), "confirm": { "title": plain("t"), "text": plain("x"), "confirm": plain("Y") } }),
            format!("missing required field: deny {at}/confirm]"),
        ),
    ];
    for (element, want) in cases {
        refused(in_section(element), &want);
    }
    taken(in_section(
        json!({ "type": "multi_static_select", "options": [option("a")], "initial_options": [option("a")] }),
    ));
    refused(
        json!({ "type": "actions", "elements": [{ "type": "multi_static_select", "options": [option("a")] }] }),
        "unsupported element: multiselect [json-pointer:/blocks/0/elements/0]",
    );
}

#[test]
fn surfaces_decide_what_may_stand() {
    let table = json!({ "type": "table", "rows": [[{ "type": "raw_text", "text": "a" }]] });
    let alert = json!({ "type": "alert", "text": plain("Careful"), "level": "warning" });
    taken(table.clone());
    refused(alert.clone(), "unsupported type: alert [json-pointer:/blocks/0/type]");
    modal_refused(modal(json!([table])), "unsupported type: table [json-pointer:/view/blocks/0/type]");
    assert!(check_view(&modal(json!([alert.clone()])), Surface::Modal, policy()).is_ok());
    let home = |block: Value| json!({ "type": "home", "blocks": [block] });
    let got = words(check_view(&home(table), Surface::Home, policy()));
    assert_eq!(got, ["unsupported type: table [json-pointer:/view/blocks/0/type]"]);
    assert!(check_view(&home(alert), Surface::Home, policy()).is_err());
    assert!(check_view(&home(json!({ "type": "markdown", "text": "*x*" })), Surface::Home, policy()).is_err());
    modal_refused(home(section("x")), "unsupported type: home [json-pointer:/view/type]");
}

#[test]
fn views_keep_their_limits() {
    let input = json!({ "type": "input", "label": plain("Reason"), "element": { "type": "plain_text_input" } });
    let with = |name: &str, value: Value| {
        let mut view = modal(json!([section("x")]));
        view[name] = value;
        view
    };
    modal_refused(
        with("title", plain(&"t".repeat(25))),
        "must be less than 25 characters [json-pointer:/view/title/text]",
    );
    modal_refused(
        with("submit", plain(&"s".repeat(25))),
        "must be less than 25 characters [json-pointer:/view/submit/text]",
    );
    modal_refused(
        with("private_metadata", json!("m".repeat(3001))),
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    );
    modal_refused(
        with("callback_id", json!("c".repeat(256))),
        "must be less than 256 characters [json-pointer:/view/callback_id]",
    );
    modal_refused(with("hash", json!("1.2")), "invalid additional property: hash [json-pointer:/view]");
    let many = Value::Array(vec![json!({ "type": "divider" }); 101]);
    modal_refused(with("blocks", many), "no more than 100 items allowed [json-pointer:/view/blocks]");
    let mut silent = modal(json!([section("x"), input]));
    silent.as_object_mut().unwrap().remove("submit");
    modal_refused(silent, "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/1/input]");
    let unlabelled = json!({ "type": "input", "element": { "type": "plain_text_input" } });
    modal_refused(modal(json!([unlabelled])), "missing required field: label [json-pointer:/view/blocks/0]");
    let huge: Vec<Value> = (0..90).map(|_| section(&"x".repeat(2990))).collect();
    let refusal = check_view(&modal(json!(huge)), Surface::Modal, policy()).unwrap_err();
    assert_eq!((refusal.error, refusal.faults.len()), ("view_too_large", 0));
    let focused = |label: &str| json!({ "type": "input", "label": plain(label), "element": { "type": "plain_text_input", "focus_on_load": true } });
    assert!(check_view(&modal(json!([focused("a"), focused("b")])), Surface::Modal, policy()).is_err());
}

fn data_table(rows: Vec<Vec<Value>>) -> Value {
    json!({ "type": "data_table", "caption": "Licences", "rows": rows })
}

fn text_cell(text: &str) -> Value {
    json!({ "type": "raw_text", "text": text })
}

#[test]
fn data_tables_keep_their_limits() {
    let row = |cells: usize| vec![text_cell("x"); cells];
    taken(data_table(vec![row(20); 201]));
    refused(data_table(vec![row(1)]), "no less than 2 items allowed [json-pointer:/blocks/0/rows]");
    refused(data_table(vec![row(1); 202]), "no more than 201 items allowed [json-pointer:/blocks/0/rows]");
    refused(data_table(vec![row(21); 2]), "no more than 20 items allowed [json-pointer:/blocks/0/rows/1]");
    refused(
        data_table(vec![row(2), row(1)]),
        "all rows must have the same number of cells [json-pointer:/blocks/0/rows/1]",
    );
    refused(
        data_table(vec![row(1), vec![text_cell("")]]),
        "must be more than 0 characters [json-pointer:/blocks/0/rows/1/0/text]",
    );
    refused(
        data_table(vec![vec![text_cell(&"x".repeat(10_000))], vec![text_cell(&"x".repeat(10_001))]]),
        "must be less than 20001 characters [json-pointer:/blocks]",
    );
    refused(
        json!({ "type": "data_table", "rows": [row(1), row(1)] }),
        "missing required field: caption [json-pointer:/blocks/0]",
    );
    refused(
        data_table(vec![row(1), vec![json!({ "type": "raw_number", "value": 3 })]]),
        "missing required field: text [json-pointer:/blocks/0/rows/1/0]",
    );
    refused(
        data_table(vec![row(1), vec![json!({ "type": "raw_number", "text": "3" })]]),
        "missing required field: value [json-pointer:/blocks/0/rows/1/0]",
    );
    let rich = json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [{ "type": "text", "text": "x" }] }] });
    taken(data_table(vec![row(1), vec![rich.clone()]]));
    refused(data_table(vec![vec![rich], row(1)]), "unsupported type: rich_text [json-pointer:/blocks/0/rows/0/0]");
}

#[test]
fn action_cells_need_ids_of_their_own_and_the_switch() {
    let cell = |id: &str| json!({ "type": "action_cell", "element": button(id), "fallback": text_cell("Open") });
    let rows = |second: &str| vec![vec![text_cell("h")], vec![cell("a")], vec![cell(second)]];
    taken(data_table(rows("b")));
    refused(
        data_table(rows("a")),
        "`action_id` \"a\" already exists for another element in this block [json-pointer:/blocks/0/rows/2/0/element/action_id]",
    );
    let off = Policy { action_cells: false, ..policy() };
    let got = words(check_message(Some(&json!([data_table(rows("b"))])), None, off));
    assert_eq!(got[0], "unsupported type: action_cell [json-pointer:/blocks/0/rows/1/0]");
}

#[test]
fn tables_keep_their_limits() {
    let table = |rows: Value| json!({ "type": "table", "rows": rows });
    taken(table(json!(vec![vec![text_cell("x"); 20]; 100])));
    refused(
        table(json!(vec![vec![text_cell("x")]; 101])),
        "no more than 100 items allowed [json-pointer:/blocks/0/rows]",
    );
    refused(table(json!([[text_cell("")]])), "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]");
    refused(
        table(json!([[text_cell(&"x".repeat(10_001))]])),
        "must be less than 10001 characters [json-pointer:/blocks]",
    );
    let settings = json!({ "type": "table", "rows": [[text_cell("x")]], "column_settings": [null] });
    refused(settings, "must provide an object [json-pointer:/blocks/0/column_settings/0]");
    let two = json!([table(json!([[text_cell("x")]])), data_table(vec![vec![text_cell("x")]; 2])]);
    let refusal = check_message(Some(&two), None, policy()).unwrap_err();
    assert_eq!((refusal.error, refusal.faults[0].message.as_str()), ("invalid_attachments", "only_one_table_allowed"));
}

#[test]
fn new_blocks_can_be_missing_without_blame() {
    let off = Policy { new_blocks: false, ..policy() };
    let message = json!([section("x"), data_table(vec![vec![text_cell("x")]; 2])]);
    let refusal = check_message(Some(&message), None, off).unwrap_err();
    assert!(refusal.rollout);
    assert_eq!(words(Err(refusal)), ["unsupported type: data_table [json-pointer:/blocks/1/type]"]);
    let worse = json!([section(""), data_table(vec![vec![text_cell("x")]; 2])]);
    assert!(!check_message(Some(&worse), None, off).unwrap_err().rollout);
}

#[test]
fn markdown_is_summed_over_the_message() {
    let half = json!({ "type": "markdown", "text": "m".repeat(6_001) });
    let got = words(check_message(Some(&json!([half, half])), None, policy()));
    assert_eq!(got, ["must be less than 12001 characters [json-pointer:/blocks]"]);
}

#[test]
fn charts_plans_and_containers() {
    let chart = |data: Value| {
        json!({ "type": "data_visualization", "title": "Seats", "chart": { "type": "bar",
            "series": [{ "name": "Used", "data": data }], "axis_config": { "categories": ["May", "June"] } } })
    };
    taken(chart(json!([{ "label": "May", "value": 1 }, { "label": "June", "value": 2 }])));
    refused(
        chart(json!([{ "label": "May", "value": 1 }])),
        "must have exactly one data point per category [json-pointer:/blocks/0/chart/series/0/data]",
    );
    refused(
        json!({ "type": "data_visualization", "title": "Seats",
            "chart": { "type": "pie", "segments": [{ "label": "Free", "value": 0 }] } }),
        "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]",
    );
    refused(
        json!({ "type": "task_card", "task_id": "1", "title": "Run", "status": "pending" }),
        "must be a valid enum value [json-pointer:/blocks/0/status]",
    );
    taken(
        json!({ "type": "plan", "title": "Run", "tasks": [{ "task_id": "1", "title": "One", "status": "pending" }] }),
    );
    refused(
        json!({ "type": "container", "title": plain("More"), "child_blocks": [{ "type": "markdown", "text": "x" }] }),
        "unsupported type: markdown [json-pointer:/blocks/0/child_blocks/0/type]",
    );
}

#[test]
fn rich_text_needs_what_each_leaf_says() {
    let rich =
        |leaf: Value| json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [leaf] }] });
    taken(rich(json!({ "type": "date", "timestamp": 1_700_000_000, "format": "{date_short}" })));
    let at = "[json-pointer:/blocks/0/elements/0/elements/0";
    refused(rich(json!({ "type": "text", "text": "" })), &format!("must be more than 0 characters {at}/text]"));
    refused(rich(json!({ "type": "link", "text": "x" })), &format!("missing required field: url {at}]"));
    refused(rich(json!({ "type": "blink" })), &format!("unsupported type: blink {at}/type]"));
}

#[test]
fn attachments_are_checked_too() {
    let attachments = json!([{ "color": "#f00", "blocks": [section("")] }]);
    let got = words(check_message(None, Some(&attachments), policy()));
    assert_eq!(got[1], "must be more than 0 characters [json-pointer:/attachments/0/blocks/0/text/text]");
}
