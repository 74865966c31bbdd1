//! Pieces of Block Kit as JSON, each cut to its limit as it is made. JSON rather than slack-morphism's structs because the
//! newest tables are not all in them (`raw_number` in `table`) and none of them checks a length; tests read what we
//! render back with those structs.

use super::limits::{self, cut};
use serde_json::{Value as Json, json};

/// Text of ours or a tool's that must not be read as markup: no mentions, no links, no formatting.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// As [`escape`], for a text of one line that stands beside markup: its own `*`, `_`, `~` and backticks are kept from pairing up.
/// Inside a word (`first_name`) they mean nothing to Slack and stay as they are, so that a copied address is the address.
pub fn escape_line(text: &str) -> String {
    let escaped: Vec<char> = escape(text).chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }).collect();
    let in_word = |at: usize| {
        let letter = |at: Option<usize>| at.and_then(|at| escaped.get(at)).is_some_and(|c| c.is_alphanumeric());
        letter(at.checked_sub(1)) && letter(at.checked_add(1))
    };
    let mut out = String::with_capacity(text.len());
    for (at, c) in escaped.iter().enumerate() {
        let is_sign = matches!(c, '*' | '_' | '~' | '`');
        if is_sign && !(*c == '_' && in_word(at)) {
            // A zero-width space keeps the sign visible and powerless.
            out.push('\u{200b}');
        }
        out.push(*c);
    }
    out
}

/// A moment, shown in each reader's own zone.
pub fn date(millis: i64) -> String {
    let seconds = millis.div_euclid(1000);
    format!("<!date^{seconds}^{{date_short_pretty}} {{time}}|{}>", instant(millis))
}

/// A moment in UTC, for places without markup.
pub fn instant(millis: i64) -> String {
    let stamp = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{} UTC", stamp.strftime("%Y-%m-%d %H:%M"))
}

/// A mention. Only for ids that Slack gave us.
pub fn person(user: &crate::domain::UserId) -> String {
    let id: String = user.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("<@{id}>")
}

/// A sentence of ours with people in it: everything is escaped but mentions of a person.
pub fn sentence(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("<@") {
        let (before, from) = rest.split_at(at);
        out.push_str(&escape(before));
        let id: String = from[2..].chars().take_while(char::is_ascii_alphanumeric).collect();
        let is_person = id.starts_with(['U', 'W']) && from[2 + id.len()..].starts_with('>');
        let taken = if is_person { 3 + id.len() } else { 2 };
        out.push_str(&if is_person { from[..taken].to_owned() } else { escape(&from[..taken]) });
        rest = &from[taken..];
    }
    out.push_str(&escape(rest));
    out
}

/// A plain text object.
pub fn plain(text: &str, limit: usize) -> Json {
    json!({"type": "plain_text", "text": cut(text, limit), "emoji": false})
}

/// A title.
pub fn header(text: &str) -> Json {
    json!({"type": "header", "text": plain(text, limits::HEADER)})
}

/// A paragraph with markup.
pub fn section(markup: &str) -> Json {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": cut(markup, limits::TEXT)}})
}

/// A paragraph with markup and an element at its side.
pub fn section_with(markup: &str, accessory: Json) -> Json {
    let mut block = section(markup);
    block["accessory"] = accessory;
    block
}

/// A paragraph without markup.
pub fn paragraph(text: &str) -> Json {
    json!({"type": "section", "text": plain(text, limits::TEXT)})
}

/// Small print with markup.
pub fn context(markup: &str) -> Json {
    json!({"type": "context", "elements": [{"type": "mrkdwn", "text": cut(markup, limits::TEXT)}]})
}

/// A line.
pub fn divider() -> Json {
    json!({"type": "divider"})
}

/// A row of elements. More than Slack takes are left out: builders keep far below.
pub fn actions(block_id: &str, elements: Vec<Json>) -> Json {
    let kept: Vec<Json> = elements.into_iter().take(limits::ACTION_ELEMENTS).collect();
    json!({"type": "actions", "block_id": cut(block_id, limits::ID), "elements": kept})
}

/// What is wrong or done, at the top of a modal. Modals only.
pub fn alert(level: AlertLevel, text: &str) -> Json {
    json!({"type": "alert", "level": level.name(), "text": plain(text, limits::ALERT)})
}

/// How loud an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertLevel {
    /// To know.
    Info,
    /// To think about.
    Warning,
    /// It was not done.
    Error,
    /// It was done.
    Success,
}

impl AlertLevel {
    fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Success => "success",
        }
    }
}

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Like any other.
    Plain,
    /// The one to press.
    Primary,
    /// The one to think about.
    Danger,
}

/// A button that carries a value.
pub fn button(text: &str, action_id: &str, value: &str, style: Style) -> Json {
    let mut button =
        json!({"type": "button", "text": plain(text, limits::BUTTON_TEXT), "action_id": action_id, "value": value});
    match style {
        Style::Plain => {}
        Style::Primary => button["style"] = json!("primary"),
        Style::Danger => button["style"] = json!("danger"),
    }
    button
}

/// A button that opens an address in the browser.
pub fn link_button(text: &str, action_id: &str, url: &str) -> Json {
    json!({"type": "button", "text": plain(text, limits::BUTTON_TEXT), "action_id": action_id, "url": url, "style": "primary"})
}

/// Asks once more before an element does what it does.
pub fn confirm(title: &str, text: &str, yes: &str) -> Json {
    let mut dialog = mild_confirm(title, text, yes);
    dialog["style"] = json!("danger");
    dialog
}

/// The same for what can be taken back.
pub fn mild_confirm(title: &str, text: &str, yes: &str) -> Json {
    json!({"title": plain(title, limits::CONFIRM_TITLE), "text": plain(text, limits::CONFIRM_TEXT),
        "confirm": plain(yes, limits::CONFIRM_BUTTON), "deny": plain("Cancel", limits::CONFIRM_BUTTON)})
}

/// An option, or none when its value does not fit: a cut value would be another one.
pub fn option(text: &str, value: &str, detail: Option<&str>) -> Option<Json> {
    if value.is_empty() || value.chars().count() > limits::OPTION_VALUE {
        return None;
    }
    let mut option = json!({"text": plain(text, limits::OPTION_TEXT), "value": value});
    if let Some(detail) = detail.filter(|detail| !detail.trim().is_empty()) {
        option["description"] = plain(detail, limits::OPTION_TEXT);
    }
    Some(option)
}

/// A menu of up to five options behind three dots.
pub fn overflow(action_id: &str, options: Vec<Json>) -> Json {
    let kept: Vec<Json> = options.into_iter().take(limits::OVERFLOW_OPTIONS).collect();
    json!({"type": "overflow", "action_id": action_id, "options": kept})
}

/// A select over these options, with this one chosen.
pub fn select(action_id: &str, placeholder: &str, options: Vec<Json>, chosen: Option<&str>) -> Json {
    let initial = options.iter().find(|option| chosen.is_some() && option["value"].as_str() == chosen).cloned();
    let kept: Vec<Json> = options.into_iter().take(limits::OPTIONS).collect();
    let mut select = json!({"type": "static_select", "action_id": action_id, "options": kept,
        "placeholder": plain(placeholder, limits::PLACEHOLDER)});
    if let Some(initial) = initial {
        select["initial_option"] = initial;
    }
    select
}

/// Makes an input tell the app at once when something was chosen or entered in it.
pub fn dispatching(mut input: Json) -> Json {
    input["dispatch_action"] = json!(true);
    input
}

/// Options under a label.
pub fn option_group(label: &str, options: Vec<Json>) -> Json {
    let kept: Vec<Json> = options.into_iter().take(limits::OPTIONS).collect();
    json!({"label": plain(label, limits::GROUP_LABEL), "options": kept})
}

/// A field of a form.
pub fn input(block_id: &str, label: &str, hint: Option<&str>, optional: bool, element: Json) -> Json {
    let mut block = json!({"type": "input", "block_id": cut(block_id, limits::ID), "label": plain(label, limits::LABEL),
        "optional": optional, "element": element});
    if let Some(hint) = hint.filter(|hint| !hint.trim().is_empty()) {
        block["hint"] = plain(hint, limits::LABEL);
    }
    block
}

/// A modal without its blocks' limits in mind: the check before sending sees to those.
pub fn modal(title: &str, blocks: Vec<Json>) -> Json {
    json!({"type": "modal", "title": plain(title, limits::VIEW_TITLE), "close": plain("Close", limits::VIEW_TITLE), "blocks": blocks})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_mention_link_or_format() {
        assert_eq!(escape("<!channel> & <@U1>"), "&lt;!channel&gt; &amp; &lt;@U1&gt;");
        assert_eq!(escape_line("*a*\nb"), "\u{200b}*a\u{200b}* b");
        assert_eq!(escape_line("first_name@x _a_"), "first_name@x \u{200b}_a\u{200b}_");
        assert_eq!(person(&"U1><!channel".into()), "<@U1channel>");
    }

    #[test]
    fn an_option_with_a_value_too_long_is_not_made() {
        assert!(option("a", &"k".repeat(151), None).is_none());
        assert!(option("a", "", None).is_none());
        assert_eq!(option("", "k", Some("")).unwrap()["text"]["text"], "–");
    }

    #[test]
    fn a_sentence_keeps_people_and_nothing_else() {
        assert_eq!(
            sentence("Ask <@U1>, not <!here> or <@U2|x> & co"),
            "Ask <@U1>, not &lt;!here&gt; or &lt;@U2|x&gt; &amp; co"
        );
        assert_eq!(sentence("<@W9> <@"), "<@W9> &lt;@");
    }

    #[test]
    fn moments() {
        assert_eq!(date(1_700_000_000_123), "<!date^1700000000^{date_short_pretty} {time}|2023-11-14 22:13 UTC>");
    }
}
