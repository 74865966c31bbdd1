//! Which fields each block and element has, what may stand in them, and on which surface a block is allowed.

use crate::slack::limits as limit;

/// Where blocks are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// A message, public or ephemeral.
    Message,
    /// A modal view.
    Modal,
    /// An App Home view.
    Home,
}

/// What may stand in a field.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A plain_text object of at most so many characters.
    Plain(usize),
    /// A text object of either type.
    Text(usize),
    /// A list of text objects: at most so many, of at most so many characters.
    Texts(usize, usize),
    /// A bare string: least and most characters.
    Str(usize, usize),
    /// An http(s) URL of at most so many characters.
    Url(usize),
    Bool,
    /// A whole number between the two.
    Int(i64, i64),
    /// One of these strings.
    Enum(&'static [&'static str]),
    /// Bare strings: at most so many.
    Strings(usize),
    /// One element of one of these types.
    Element(&'static [&'static str]),
    /// Elements of these types: at most so many.
    Elements(&'static [&'static str], usize),
    /// Elements of these types or text objects: at most so many.
    ContextElements(usize),
    /// Options with plain_text labels.
    Options(usize),
    /// Options whose labels may be mrkdwn.
    Choices(usize),
    Groups,
    Option,
    OptionList,
    Confirm,
    Dispatch,
    Filter,
    SlackFile,
    /// A rich_text block's elements.
    Rich,
    /// A rich_text object standing in a field.
    RichObject,
    TableRows,
    DataTableRows,
    ColumnSettings,
    /// Blocks inside a block: these types, at most so many.
    Blocks(&'static [&'static str], usize),
    Chart,
    Tasks,
    /// A calendar date, `YYYY-MM-DD`.
    Date,
    /// A time of day, `HH:MM`.
    Time,
    /// An object Slack reads but that this simulator does not look into.
    Object,
}

/// One field of a block or element.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub required: bool,
    pub kind: Kind,
}

const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, required: true, kind }
}
const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, required: false, kind }
}

const SELECTS: [&str; 5] =
    ["static_select", "external_select", "users_select", "conversations_select", "channels_select"];
const MULTI: [&str; 5] = [
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
];
const ACCESSORY: &[&str] = &[
    "image",
    "button",
    "overflow",
    "datepicker",
    "timepicker",
    "radio_buttons",
    "checkboxes",
    "workflow_button",
    SELECTS[0],
    SELECTS[1],
    SELECTS[2],
    SELECTS[3],
    SELECTS[4],
    MULTI[0],
    MULTI[1],
    MULTI[2],
    MULTI[3],
    MULTI[4],
];
const ACTIONS: &[&str] = &[
    "button",
    "overflow",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "radio_buttons",
    "checkboxes",
    "workflow_button",
    SELECTS[0],
    SELECTS[1],
    SELECTS[2],
    SELECTS[3],
    SELECTS[4],
];
const INPUTS: &[&str] = &[
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "radio_buttons",
    "checkboxes",
    SELECTS[0],
    SELECTS[1],
    SELECTS[2],
    SELECTS[3],
    SELECTS[4],
    MULTI[0],
    MULTI[1],
    MULTI[2],
    MULTI[3],
    MULTI[4],
];
const CHILDREN: &[&str] =
    &["actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table", "video"];

/// The surfaces a block may stand on, or none for a block nobody knows.
pub fn surfaces(block: &str) -> &'static [Surface] {
    use Surface::{Home, Message, Modal};
    match block {
        "actions" | "context" | "divider" | "header" | "image" | "input" | "rich_text" | "section" | "video" => {
            &[Message, Modal, Home]
        }
        "markdown" | "table" | "data_table" | "data_visualization" | "plan" | "task_card" | "context_actions" => {
            &[Message]
        }
        "container" | "card" | "carousel" => &[Message, Home],
        "alert" => &[Modal],
        _ => &[],
    }
}

/// Blocks Slack gives to workspaces little by little: the switch `new_blocks` turns them off.
pub fn is_new(block: &str) -> bool {
    matches!(
        block,
        "table" | "data_table" | "data_visualization" | "container" | "card" | "carousel" | "plan" | "task_card"
    )
}

/// The fields of a block, beside `type` and `block_id`.
pub fn block_fields(block: &str) -> Vec<Field> {
    use Kind::*;
    match block {
        "section" => vec![
            may("text", Text(limit::TEXT)),
            may("fields", Texts(limit::SECTION_FIELDS, limit::SECTION_FIELD)),
            may("accessory", Element(ACCESSORY)),
            may("expand", Bool),
        ],
        "header" => vec![must("text", Plain(limit::HEADER)), may("level", Int(1, 4))],
        "image" => vec![
            must("alt_text", Str(1, limit::ALT_TEXT)),
            may("image_url", Url(limit::URL)),
            may("slack_file", SlackFile),
            may("title", Plain(limit::ALT_TEXT)),
        ],
        "context" => vec![must("elements", ContextElements(limit::CONTEXT_ELEMENTS))],
        "actions" => vec![must("elements", Elements(ACTIONS, limit::ACTIONS_ELEMENTS))],
        "context_actions" => {
            vec![must("elements", Elements(&["feedback_buttons", "icon_button"], limit::CONTEXT_ACTIONS_ELEMENTS))]
        }
        "input" => vec![
            must("label", Plain(limit::INPUT_LABEL)),
            must("element", Element(INPUTS)),
            may("hint", Plain(limit::INPUT_LABEL)),
            may("optional", Bool),
            may("dispatch_action", Bool),
        ],
        _ => more_block_fields(block),
    }
}

/// Blocks that hold rich text, media, data or other blocks.
fn more_block_fields(block: &str) -> Vec<Field> {
    use Kind::*;
    match block {
        "rich_text" => vec![must("elements", Rich)],
        "markdown" => vec![must("text", Str(1, limit::MARKDOWN))],
        "video" => vec![
            must("title", Plain(limit::VIDEO_TITLE)),
            must("video_url", Url(limit::URL)),
            must("thumbnail_url", Url(limit::URL)),
            must("alt_text", Str(1, limit::ALT_TEXT)),
            may("title_url", Url(limit::URL)),
            may("description", Plain(limit::TEXT)),
            may("author_name", Str(1, 50)),
            may("provider_name", Str(1, 50)),
            may("provider_icon_url", Url(limit::URL)),
        ],
        "alert" => vec![
            must("text", Text(limit::ALERT)),
            may("level", Enum(&["default", "info", "warning", "error", "success"])),
        ],
        "table" => vec![must("rows", TableRows), may("column_settings", ColumnSettings)],
        "data_table" => vec![
            must("caption", Str(1, limit::TEXT)),
            must("rows", DataTableRows),
            may("page_size", Int(1, limit::DATA_TABLE_PAGE)),
            may("row_header_column_index", Int(0, limit::DATA_TABLE_COLUMNS as i64 - 1)),
        ],
        "data_visualization" => vec![must("title", Str(1, limit::CHART_TITLE)), must("chart", Chart)],
        "container" => vec![
            may("title", Plain(limit::CARD_TITLE)),
            may("rich_text_title", RichObject),
            may("subtitle", Text(limit::CARD_TITLE)),
            must("child_blocks", Blocks(CHILDREN, limit::CONTAINER_CHILDREN)),
            may("width", Enum(&["narrow", "standard", "wide", "full"])),
            may("icon", Element(&["image"])),
            may("is_collapsible", Bool),
            may("default_collapsed", Bool),
            may("has_header_divider", Bool),
        ],
        "card" => vec![
            may("title", Text(limit::CARD_TITLE)),
            may("subtitle", Text(limit::CARD_TITLE)),
            may("body", Text(limit::CARD_BODY)),
            may("subtext", Text(limit::CARD_BODY)),
            may("hero_image", Element(&["image"])),
            may("icon", Element(&["image"])),
            may("slack_icon", Object),
            may("actions", Elements(&["button"], limit::CARD_BUTTONS)),
        ],
        "carousel" => vec![must("elements", Blocks(&["card"], limit::CAROUSEL_CARDS))],
        "plan" => vec![must("title", Str(1, limit::TEXT)), must("tasks", Tasks)],
        "task_card" => TASK.to_vec(),
        _ => Vec::new(),
    }
}

/// The fields of a task, alone or in a plan.
pub const TASK: &[Field] = &[
    must("task_id", Kind::Str(1, limit::ID)),
    must("title", Kind::Str(1, limit::TEXT)),
    may("status", Kind::Enum(&["pending", "in_progress", "complete", "error"])),
    may("icon", Kind::Object),
    may("hide_title", Kind::Bool),
    may("details", Kind::RichObject),
    may("output", Kind::RichObject),
    may("sources", Kind::Object),
];

const PLACEHOLDER: Field = may("placeholder", Kind::Plain(limit::PLACEHOLDER));
const CONFIRM: Field = may("confirm", Kind::Confirm);
const FOCUS: Field = may("focus_on_load", Kind::Bool);
const DISPATCH: Field = may("dispatch_action_config", Kind::Dispatch);
const MOST: Field = may("max_selected_items", Kind::Int(1, 100));
const TO_URL: Field = may("response_url_enabled", Kind::Bool);
const FILTERED: [Field; 2] = [may("default_to_current_conversation", Kind::Bool), may("filter", Kind::Filter)];

/// The fields of an element, beside `type` and `action_id`; none for an element nobody knows.
pub fn element_fields(element: &str) -> Option<Vec<Field>> {
    press_fields(element).or_else(|| select_fields(element)).or_else(|| input_fields(element))
}

/// Images, buttons, menus and lists of choices.
fn press_fields(element: &str) -> Option<Vec<Field>> {
    use Kind::*;
    Some(match element {
        "image" => vec![
            must("alt_text", Str(1, limit::ALT_TEXT)),
            may("image_url", Url(limit::URL)),
            may("slack_file", SlackFile),
        ],
        "button" => vec![
            must("text", Plain(limit::BUTTON_TEXT)),
            may("value", Str(0, limit::BUTTON_VALUE)),
            may("url", Url(limit::URL)),
            may("style", Enum(&["primary", "danger"])),
            may("accessibility_label", Str(1, limit::ACCESSIBILITY_LABEL)),
            CONFIRM,
        ],
        "workflow_button" => vec![must("text", Plain(limit::BUTTON_TEXT)), must("workflow", Object), CONFIRM],
        "icon_button" => vec![
            must("icon", Str(1, limit::ID)),
            must("text", Plain(limit::BUTTON_TEXT)),
            may("value", Str(0, limit::BUTTON_VALUE)),
            may("accessibility_label", Str(1, limit::ACCESSIBILITY_LABEL)),
            may("visible_to_user_ids", Strings(100)),
            CONFIRM,
        ],
        "feedback_buttons" => vec![must("positive_button", Object), must("negative_button", Object)],
        "overflow" => vec![must("options", Options(limit::OVERFLOW_OPTIONS)), CONFIRM],
        "radio_buttons" => {
            vec![must("options", Choices(limit::CHOICE_OPTIONS)), may("initial_option", Option), CONFIRM, FOCUS]
        }
        "checkboxes" => {
            vec![must("options", Choices(limit::CHOICE_OPTIONS)), may("initial_options", OptionList), CONFIRM, FOCUS]
        }
        _ => return None,
    })
}

/// Select menus, for one or several choices.
fn select_fields(element: &str) -> Option<Vec<Field>> {
    use Kind::*;
    let single = element.strip_suffix("_select")?;
    let kind = single.strip_prefix("multi_").unwrap_or(single);
    let many = kind != single;
    let named = |one: &'static str, several: &'static str, kind_of_one: Kind| {
        if many { may(several, Strings(limit::SELECT_OPTIONS)) } else { may(one, kind_of_one) }
    };
    let chosen = if many { may("initial_options", OptionList) } else { may("initial_option", Option) };
    let id = Str(1, limit::ID);
    let mut fields = match kind {
        "static" => vec![chosen, may("options", Options(limit::SELECT_OPTIONS)), may("option_groups", Groups)],
        "external" => vec![chosen, may("min_query_length", Int(0, 100))],
        "users" => vec![named("initial_user", "initial_users", id)],
        "channels" => vec![named("initial_channel", "initial_channels", id)],
        "conversations" => {
            let initial = named("initial_conversation", "initial_conversations", id);
            FILTERED.into_iter().chain([initial]).collect()
        }
        _ => return None,
    };
    fields.extend([PLACEHOLDER, CONFIRM, FOCUS]);
    if many {
        fields.push(MOST);
    } else if matches!(kind, "channels" | "conversations") {
        fields.push(TO_URL);
    }
    Some(fields)
}

/// Fields to type into, pickers, files.
fn input_fields(element: &str) -> Option<Vec<Field>> {
    use Kind::*;
    Some(match element {
        "datepicker" => vec![may("initial_date", Date), PLACEHOLDER, CONFIRM, FOCUS],
        "timepicker" => vec![may("initial_time", Time), may("timezone", Str(1, 100)), PLACEHOLDER, CONFIRM, FOCUS],
        "datetimepicker" => vec![may("initial_date_time", Int(1_000_000_000, 9_999_999_999)), CONFIRM, FOCUS],
        "plain_text_input" => vec![
            may("initial_value", Str(0, limit::INPUT_VALUE)),
            may("multiline", Bool),
            may("min_length", Int(0, limit::INPUT_VALUE as i64)),
            may("max_length", Int(1, limit::INPUT_VALUE as i64)),
            DISPATCH,
            PLACEHOLDER,
            FOCUS,
        ],
        "number_input" => vec![
            must("is_decimal_allowed", Bool),
            may("initial_value", Str(1, 100)),
            may("min_value", Str(1, 100)),
            may("max_value", Str(1, 100)),
            DISPATCH,
            PLACEHOLDER,
            FOCUS,
        ],
        "email_text_input" | "url_text_input" => {
            vec![may("initial_value", Str(1, limit::INPUT_VALUE)), DISPATCH, PLACEHOLDER, FOCUS]
        }
        "rich_text_input" => vec![may("initial_value", Object), DISPATCH, PLACEHOLDER, FOCUS],
        "file_input" => vec![may("filetypes", Strings(100)), may("max_files", Int(1, limit::INPUT_FILES as i64))],
        _ => return None,
    })
}

/// The fields of a view beside `type`, `title` and the rest differ by surface.
pub fn view_fields(surface: Surface) -> Vec<Field> {
    use Kind::*;
    match surface {
        Surface::Modal => vec![
            must("title", Plain(limit::VIEW_TITLE)),
            must("blocks", Blocks(&[], limit::VIEW_BLOCKS)),
            may("submit", Plain(limit::VIEW_TITLE)),
            may("close", Plain(limit::VIEW_TITLE)),
            may("private_metadata", Str(0, limit::PRIVATE_METADATA)),
            may("callback_id", Str(0, limit::ID)),
            may("external_id", Str(0, limit::ID)),
            may("clear_on_close", Bool),
            may("notify_on_close", Bool),
            may("submit_disabled", Bool),
        ],
        _ => vec![
            must("blocks", Blocks(&[], limit::VIEW_BLOCKS)),
            may("private_metadata", Str(0, limit::PRIVATE_METADATA)),
            may("callback_id", Str(0, limit::ID)),
            may("external_id", Str(0, limit::ID)),
        ],
    }
}
