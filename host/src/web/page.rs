//! The few pages a person sees outside Slack. They need no script.

use crate::connections::{ConnectForm, Question, SettingKind};

/// The field that only our own form can fill.
pub const TOKEN: &str = "token";
/// Before the name of a setting: its answer, empty for one of one's own.
pub const SETTING: &str = "s.";
/// Before the name of a setting: the answer of one's own beside choices.
pub const OWN: &str = "own.";

/// Light and dark, one column, and the own answer shown only where it was chosen.
const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d1c1d;--soft:#616061;--line:#c9c8c9;--wrong:#b3261e;--go:#0b6b53;--paper:#fff}\
@media(prefers-color-scheme:dark){:root{--ink:#e8e6e8;--soft:#a9a6a9;--line:#565456;--wrong:#ff8a80;--go:#3fae8f;--paper:#1a1a1b}}\
body{font:16px/1.5 system-ui,sans-serif;margin:12vh auto;max-width:34rem;padding:0 1.5rem;color:var(--ink);background:var(--paper)}\
h1{font-size:1.6rem;margin:0 0 .5rem}fieldset{border:0;margin:1.5rem 0;padding:0}legend,.label{font-weight:600;padding:0;display:block}\
label{display:block;margin:.35rem 0}input[type=text]{font:inherit;width:100%;box-sizing:border-box;padding:.5rem .6rem;\
border:1px solid var(--line);border-radius:.4rem;background:transparent;color:inherit}input[aria-invalid=true]{border-color:var(--wrong)}\
.help{color:var(--soft);font-size:.9rem;margin:.25rem 0 0}.mistake,.problem{color:var(--wrong);margin:.25rem 0 0}\
.problem{border-left:3px solid;padding-left:.75rem;margin:1rem 0}summary{color:var(--soft);cursor:pointer}\
@supports selector(:has(*)){fieldset:not(:has(input[value='']:checked)) .own{display:none}}\
button{font:inherit;font-weight:600;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:var(--go);color:#fff;cursor:pointer}\
:focus-visible{outline:2px solid var(--go);outline-offset:2px}";

/// The tool is connected.
pub fn done(name: &str) -> String {
    said(
        &format!("{name} is connected"),
        "Weft is fetching its objects now. You can close this page and go back to Slack: the App Home shows how far it is.",
    )
}

/// It did not work.
pub fn problem(sentence: &str) -> String {
    said("Not connected", sentence)
}

/// What connecting asks.
pub fn connect(form: &ConnectForm) -> String {
    let problem = form
        .problem
        .as_deref()
        .map_or_else(String::new, |sentence| format!("<p class=\"problem\" role=\"alert\">{}</p>", escape(sentence)));
    let (folded, plain): (Vec<_>, Vec<_>) = form.questions.iter().partition(|question| question.setting.advanced);
    let plain: String = plain.into_iter().map(question).collect();
    let open = if folded.iter().any(|question| question.mistake.is_some()) { " open" } else { "" };
    let folded: String = folded.into_iter().map(question).collect();
    let folded = match folded.is_empty() {
        true => folded,
        false => format!("<details{open}><summary>More settings</summary>{folded}</details>"),
    };
    page(
        &format!("Connect {}", form.integration),
        &format!(
            "<p>{}</p>{problem}<form method=\"post\"><input type=\"hidden\" name=\"{TOKEN}\" value=\"{}\">{plain}{folded}\
             <p><button>{}</button></p></form>",
            escape(&form.explanation),
            escape(&form.token),
            escape(&form.button),
        ),
    )
}

fn question(question: &Question) -> String {
    let fields = if question.setting.choices.is_empty() { line(question) } else { choices(question) };
    let note = |class: &str, id: &str, text: Option<&String>| {
        text.map_or_else(String::new, |text| {
            format!("<p class=\"{class}\" id=\"{id}.{}\">{}</p>", escape(&question.name), escape(text))
        })
    };
    format!(
        "<fieldset><legend>{}</legend>{fields}{}{}</fieldset>",
        escape(&question.setting.title),
        note("mistake", "mistake", question.mistake.as_ref()),
        note("help", "help", question.setting.help.as_ref()),
    )
}

fn line(question: &Question) -> String {
    text(&format!("{SETTING}{}", question.name), &question.setting.title, question, &question.answer)
}

fn choices(question: &Question) -> String {
    let setting = &question.setting;
    let chosen = setting.choices.iter().any(|choice| choice.value == question.answer);
    let radio = |value: &str, title: &str, is_chosen: bool| {
        let checked = if is_chosen { " checked" } else { "" };
        format!(
            "<label><input type=\"radio\" name=\"{SETTING}{}\" value=\"{}\"{checked}> {}</label>",
            escape(&question.name),
            escape(value),
            escape(title)
        )
    };
    let mut fields: String = setting
        .choices
        .iter()
        .map(|choice| radio(&choice.value, &choice.title, choice.value == question.answer))
        .collect();
    if let Some(other) = &setting.other {
        let own = if chosen { "" } else { question.answer.as_str() };
        fields.push_str(&radio("", other, !chosen));
        fields.push_str("<div class=\"own\">");
        fields.push_str(&text(&format!("{OWN}{}", question.name), other, question, own));
        fields.push_str("</div>");
    }
    fields
}

fn text(name: &str, label: &str, question: &Question, value: &str) -> String {
    let keyboard = match question.setting.kind {
        SettingKind::Text => "text",
        SettingKind::Origin => "url",
        SettingKind::Number => "numeric",
    };
    let invalid = if question.mistake.is_some() { " aria-invalid=\"true\" autofocus" } else { "" };
    format!(
        "<input type=\"text\" name=\"{}\" value=\"{}\" inputmode=\"{keyboard}\" autocomplete=\"off\" spellcheck=\"false\" \
         aria-label=\"{}\" aria-describedby=\"mistake.{3} help.{3}\"{invalid}>",
        escape(name),
        escape(value),
        escape(label),
        escape(&question.name),
    )
}

fn said(title: &str, text: &str) -> String {
    page(title, &format!("<p>{}</p>", escape(text)))
}

fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title} · Weft</title><style>{STYLE}</style><main><h1>{title}</h1>{body}</main></html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_tool_says_is_text() {
        assert!(super::problem("<script>").contains("&lt;script&gt;"));
    }
}
