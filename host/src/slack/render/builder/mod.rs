//! The window in which a board is built: what it lists, which fields, which rows, in which order, and what that gives.

mod condition;
mod groups;

use super::chart;
use crate::boards::{
    BoardView, Change, Draft, Drafted, MAX_COLUMNS, MAX_SORTS, OfferedField, OfferedObject, Total, show_words,
    total_words,
};
use crate::slack::block::{self, AlertLevel, Style};
use crate::slack::draft_fields::{self as names, NAME, OBJECT, VALUE};
use crate::slack::limits;
use crate::slack::meta::Meta;
use crate::slack::press::{Part, Press};
use condition::condition;
use groups::groups;
use serde_json::{Value as Json, json};

/// Rows shown while a board is built.
pub const PREVIEW_ROWS: usize = 5;
/// Sentences about parts that do not fit, shown with the preview.
const BROKEN: usize = 3;

/// What a draft would show.
#[derive(Clone, Debug)]
pub enum Preview {
    /// Nothing is chosen yet.
    Nothing,
    /// It takes a moment.
    Counting,
    /// The first rows.
    Shown(Box<BoardView>),
    /// Why it shows nothing.
    Refused(String),
}

/// What the window shows beside the draft.
#[derive(Clone, Debug)]
pub struct Builder<'a> {
    /// The draft and what its paths lead to.
    pub drafted: &'a Drafted,
    /// Of what a board can be made.
    pub objects: &'a [OfferedObject],
    /// What it would show.
    pub preview: &'a Preview,
    /// What could not be done.
    pub alert: Option<&'a str>,
    /// What the person came for.
    pub part: Option<Part>,
}

/// The modal.
pub fn builder(builder: &Builder<'_>) -> Json {
    let draft = &builder.drafted.draft;
    let mut blocks = Vec::new();
    let alert = builder.alert.or(builder.drafted.refused.as_deref());
    blocks.extend(alert.map(refusal));
    blocks.push(object(builder));
    if draft.may_rename {
        blocks.push(name(draft));
    }
    if draft.base.is_some() {
        if !draft.personal {
            blocks.push(fields(builder));
        }
        blocks.extend(filter(builder.drafted));
        blocks.extend(sort(builder.drafted));
        if !draft.personal {
            blocks.extend(groups(builder.drafted));
        }
        blocks.extend(preview(builder));
    }
    let (title, submit) = match (draft.personal, draft.board.is_none()) {
        (true, _) => ("Filter for me", "Show"),
        (false, true) => ("New board", "Create board"),
        (false, false) => ("Edit board", "Save"),
    };
    let mut modal = block::modal(title, blocks);
    modal["private_metadata"] = json!(Meta::Builder { draft: draft.id.clone() }.write());
    modal["submit"] = block::plain(submit, limits::VIEW_TITLE);
    modal["close"] = block::plain("Cancel", limits::VIEW_TITLE);
    modal
}

fn refusal(alert: &str) -> Json {
    // An alert takes no mention of a person.
    match alert.chars().count() <= limits::ALERT && !alert.contains("<@") {
        true => block::alert(AlertLevel::Error, alert),
        false => block::section(&format!("❌ {}", block::sentence(alert))),
    }
}

/// The object of a board that is there stays: nothing of the board would fit another one.
fn object(builder: &Builder<'_>) -> Json {
    let draft = &builder.drafted.draft;
    let chosen = draft.base.as_ref();
    let is_it = |offered: &&OfferedObject| chosen == Some(&(offered.connection.clone(), offered.object.clone()));
    let known = builder.objects.iter().find(is_it);
    if draft.board.is_some() {
        let what = known.map_or_else(String::new, |known| {
            format!("Lists *{}* of {}", block::escape_line(&known.plural), block::escape_line(&known.connection_title))
        });
        return block::context(if what.is_empty() { "The connection of this board is not there now." } else { &what });
    }
    if builder.objects.is_empty() {
        return block::paragraph(
            "No tool is connected yet. An admin connects one with /weft connect; then boards can be made of it.",
        );
    }
    let mut element = json!({"type": "static_select", "action_id": VALUE, "option_groups": objects(builder.objects),
        "placeholder": block::plain("Choose, for example Users", limits::PLACEHOLDER)});
    if let Some(option) = known.and_then(object_option) {
        element["initial_option"] = option;
    }
    block::dispatching(block::input(OBJECT, "What does the board list?", None, false, element))
}

fn object_option(offered: &OfferedObject) -> Option<Json> {
    let value = format!("{}/{}", offered.connection, offered.object);
    block::option(&offered.plural, &value, offered.help.as_deref())
}

fn objects(offered: &[OfferedObject]) -> Vec<Json> {
    let mut groups: Vec<(&str, &str, Vec<Json>)> = Vec::new();
    for one in offered {
        let Some(option) = object_option(one) else { continue };
        match groups.last_mut().filter(|(connection, _, _)| *connection == one.connection.as_str()) {
            Some((_, _, options)) => options.push(option),
            None => groups.push((one.connection.as_str(), &one.connection_title, vec![option])),
        }
    }
    groups
        .into_iter()
        .take(limits::OPTION_GROUPS)
        .map(|(_, title, options)| block::option_group(title, options))
        .collect()
}

fn name(draft: &Draft) -> Json {
    let mut element = json!({"type": "plain_text_input", "action_id": VALUE, "max_length": crate::boards::MAX_NAME_CHARS,
        "placeholder": block::plain("For example: Idle users with a licence", limits::PLACEHOLDER)});
    if !draft.name.is_empty() {
        element["initial_value"] = json!(draft.name);
    }
    block::input(NAME, "Name", None, false, element)
}

fn fields(builder: &Builder<'_>) -> Json {
    let drafted = builder.drafted;
    let option = |column: &crate::boards::Column| {
        let title = match title(drafted, &column.path) {
            Some(title) => format!("{title}{}", show_words(column.show)),
            None => column.path.clone(),
        };
        block::option(&tail(&title), &names::field_value(&column.path, column.show), None)
    };
    let chosen: Vec<Json> = drafted.draft.columns.iter().filter_map(option).collect();
    let mut element = json!({"type": "multi_external_select", "action_id": names::FIELDS, "min_query_length": 0,
        "max_selected_items": MAX_COLUMNS, "placeholder": block::plain("Type to search", limits::PLACEHOLDER)});
    if !chosen.is_empty() {
        element["initial_options"] = json!(chosen);
    }
    if builder.part == Some(Part::Columns) {
        element["focus_on_load"] = json!(true);
    }
    let hint = format!(
        "Shown from left to right in the order chosen, up to {MAX_COLUMNS}. Fields of related records are here, too."
    );
    block::dispatching(block::input(&names::fields_block(&drafted.draft), "Fields", Some(&hint), false, element))
}

fn filter(drafted: &Drafted) -> Vec<Json> {
    let draft = &drafted.draft;
    let of = |group: Option<u32>| draft.conditions.iter().filter(move |condition| condition.group == group);
    let mut blocks = vec![block::header("Filter")];
    if draft.conditions.len() + draft.groups.len() > 1 {
        let mut row = block::section("Show rows that match");
        row["block_id"] = json!(names::all_block(draft));
        row["accessory"] = any_select(draft.any);
        blocks.push(row);
    } else if draft.conditions.is_empty() {
        blocks.push(block::context("All rows are shown."));
    }
    blocks.extend(of(None).flat_map(|one| condition(drafted, one)));
    for (at, group) in draft.groups.iter().enumerate() {
        let mut row = block::section(&format!("*Group {}:* rows that match", at + 1));
        row["block_id"] = json!(names::group_block(draft, group.id));
        row["accessory"] = any_select(group.any);
        blocks.push(row);
        blocks.extend(of(Some(group.id)).flat_map(|one| condition(drafted, one)));
        let buttons = vec![
            change(draft, Change::AddCondition(Some(group.id))).button("Add to this group", Style::Plain),
            change(draft, Change::RemoveGroup(group.id)).button("Remove this group", Style::Plain),
        ];
        blocks.push(block::actions(&format!("draft-group-buttons/{}", group.id), buttons));
    }
    let mut add = vec![change(draft, Change::AddCondition(None)).button("Add condition", Style::Plain)];
    if !draft.conditions.is_empty() {
        add.push(change(draft, Change::AddGroup).button("Add group", Style::Plain));
    }
    blocks.push(block::actions("draft-add", add));
    blocks
}

fn any_select(any: bool) -> Json {
    let options = [("all of these", "all"), ("any of these", "any")];
    let options = options.iter().filter_map(|(text, value)| block::option(text, value, None)).collect();
    block::select(names::ANY, "all or any", options, Some(if any { "any" } else { "all" }))
}

/// One select for each sort key, and one more to add the next.
fn sort(drafted: &Drafted) -> Vec<Json> {
    let draft = &drafted.draft;
    let row = |at: usize| {
        let key = draft.sort.get(at);
        let placeholder = if at == 0 { "Sort by…" } else { "Then by…" };
        let mut path = json!({"type": "external_select", "action_id": names::SORT, "min_query_length": 0,
            "placeholder": block::plain(placeholder, limits::PLACEHOLDER)});
        let chosen = key.and_then(|key| {
            let title = title(drafted, &key.path).unwrap_or_else(|| key.path.clone());
            block::option(&tail(&title), &key.path, None)
        });
        let mut elements = Vec::new();
        if let Some(chosen) = chosen {
            path["initial_option"] = chosen;
        }
        elements.push(path);
        if let Some(key) = key {
            let options = [
                ("A to Z, smallest or earliest first", "ascending"),
                ("Z to A, largest or latest first", "descending"),
            ];
            let options = options.iter().filter_map(|(text, value)| block::option(text, value, None)).collect();
            let chosen = if key.descending { "descending" } else { "ascending" };
            elements.push(block::select(names::DIRECTION, "Direction", options, Some(chosen)));
        }
        block::actions(&names::sort_block(draft, at), elements)
    };
    let rows = (draft.sort.len() + 1).min(MAX_SORTS);
    std::iter::once(block::header("Order")).chain((0..rows).map(row)).collect()
}

fn preview(builder: &Builder<'_>) -> Vec<Json> {
    let draft = &builder.drafted.draft;
    let mut blocks = vec![block::divider()];
    match builder.preview {
        Preview::Nothing => blocks.push(block::context("Choose a field to see the first rows.")),
        Preview::Counting => blocks.push(block::context("Counting the rows…")),
        Preview::Refused(why) => blocks.push(block::section(&format!("⚠️ {}", block::sentence(why)))),
        Preview::Shown(view) => {
            blocks.push(block::section(&found(view)));
            let broken = view.broken.iter().take(BROKEN);
            blocks.extend(broken.map(|why| block::context(&format!("⚠️ {}", block::sentence(why)))));
            blocks.extend(view.groups.iter().flat_map(|groups| chart::preview(groups, view.total)));
            let rows = view.rows.iter().take(PREVIEW_ROWS);
            blocks.extend(rows.map(|row| block::section(&super::board_table::listed(view, row, "\n"))));
        }
    }
    let mut buttons = vec![change(draft, Change::None).button("Update preview", Style::Plain)];
    if !draft.personal {
        buttons.push(Press::DraftText { draft: draft.id.clone() }.button("As text…", Style::Plain));
    }
    blocks.push(block::actions("draft-buttons", buttons));
    blocks
}

fn found(view: &BoardView) -> String {
    let filter = if view.filter_words.is_empty() { "All records" } else { &view.filter_words };
    let mut parts = vec![format!("*{}*", super::board::rows_word(view.total)), block::escape_line(filter)];
    if !view.sort_words.is_empty() {
        parts.push(block::escape_line(&view.sort_words));
    }
    limits::cut(&parts.join(" · "), limits::TEXT)
}

/// What the selects over fields offer: groups by the way, the nearest first.
pub fn field_options(found: &[OfferedField], value: impl Fn(&OfferedField) -> String) -> Vec<Json> {
    let option = |field: &OfferedField| block::option(&field.title, &value(field), field.detail.as_deref());
    in_groups(found.iter().filter_map(|field| Some((field.group.as_str(), option(field)?))))
}

/// What the select over totals offers, in the same groups.
pub fn total_options(found: &[(Total, OfferedField)]) -> Vec<Json> {
    let option = |(of, field): &(Total, OfferedField)| {
        let title = format!("{} of {}", total_words(*of), field.title);
        block::option(&title, &names::total_value(*of, &field.path), field.detail.as_deref())
    };
    in_groups(found.iter().filter_map(|one| Some((one.1.group.as_str(), option(one)?))))
}

fn in_groups<'a>(found: impl Iterator<Item = (&'a str, Json)>) -> Vec<Json> {
    let mut groups: Vec<(&str, Vec<Json>)> = Vec::new();
    for (label, option) in found {
        match groups.iter_mut().find(|(group, _)| *group == label) {
            Some((_, options)) => options.push(option),
            None => groups.push((label, vec![option])),
        }
    }
    let group =
        |(label, options): (&str, Vec<Json>)| block::option_group(&tail_of(label, limits::GROUP_LABEL), options);
    groups.into_iter().take(limits::OPTION_GROUPS).map(group).collect()
}

fn change(draft: &Draft, change: Change) -> Press {
    Press::ChangeDraft { draft: draft.id.clone(), change }
}

/// What a path is called; none when it leads nowhere any more.
fn title(drafted: &Drafted, path: &str) -> Option<String> {
    Some(drafted.facts.get(path)?.as_ref().ok()?.title.clone())
}

fn tail(title: &str) -> String {
    tail_of(title, limits::OPTION_TEXT)
}

/// The end of a long way says more than its beginning.
fn tail_of(title: &str, limit: usize) -> String {
    let length = title.chars().count();
    match length <= limit {
        true => title.to_owned(),
        false => std::iter::once('…').chain(title.chars().skip(length - limit + 1)).collect(),
    }
}

/// A definition as text, to be read, changed and kept elsewhere.
pub fn draft_text(draft: &str, builder: &str, text: &str) -> Json {
    let element = text_element(text);
    let hint = "Change it here, or paste the text of another board. What the window below holds is replaced.";
    let mut modal =
        block::modal("Board as text", vec![block::input(names::TEXT, "Definition", Some(hint), false, element)]);
    modal["private_metadata"] = json!(Meta::DraftText { draft: draft.to_owned(), builder: builder.to_owned() }.write());
    modal["submit"] = block::plain("Use this text", limits::VIEW_TITLE);
    modal["close"] = block::plain("Back", limits::VIEW_TITLE);
    modal
}

/// A field that holds a text as long as one may be.
pub fn text_element(text: &str) -> Json {
    json!({"type": "plain_text_input", "action_id": VALUE, "multiline": true, "max_length": limits::INPUT_TEXT, "initial_value": text})
}

/// A text that does not fit into a field of Slack's.
pub fn text_too_long() -> Json {
    super::said(
        "Board as text",
        AlertLevel::Info,
        "This board's text is longer than a field of Slack's takes. Save the board, then use “As text” in its menu to get it as a file.",
    )
}
