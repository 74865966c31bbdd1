//! The audit log as people see it: a window with a page of it, one with a record whole, one that asks what to look for, and the lines
//! of the channel that follows it.

use super::audit_words::{KINDS, words};
use super::board_menu::asking;
use crate::audit::{AuditFormat, Names, Rest, people_of};
use crate::domain::UserId;
use crate::slack::block::{self, Style};
use crate::slack::client::Message;
use crate::slack::limits::{self, cut};
use crate::slack::meta::{Meta, field};
use crate::slack::press::Press;
use crate::store::AuditRecord;
use serde_json::{Value as Json, json};

/// Characters of what a record says, in a list.
const DETAIL: usize = 200;
/// Characters of it in the channel.
const FEED_DETAIL: usize = 120;
/// Hex digits that nobody reads to the end.
const LONG_DIGITS: usize = 24;
/// As many of them are shown.
const SHORT_DIGITS: usize = 8;
/// Things a record is about that are named one by one.
const ABOUT: usize = 20;
/// Longest words to look for; with people and days they stay below what a search takes.
const WORDS: usize = 120;

/// A record, and what it is about in words.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditLine {
    /// The record.
    pub record: AuditRecord,
    /// Its request or its connection, as people know it.
    pub subject: Option<String>,
}

/// A page of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditView {
    /// What was looked for, as typed.
    pub search: String,
    /// Only records before this number.
    pub before: Option<u64>,
    /// The newest first.
    pub lines: Vec<AuditLine>,
    /// What lies before them.
    pub rest: Rest,
    /// What people are called.
    pub names: Names,
    /// People whose names were not asked yet.
    pub unnamed: usize,
}

/// The window with a page.
pub fn audit(view: &AuditView) -> Json {
    let mut blocks = Vec::new();
    if !view.search.is_empty() {
        let all = Press::ShowAudit { search: String::new(), before: None }.button("Show all", Style::Plain);
        blocks.push(block::section_with(&format!("What is found for “{}”:", searched(&view.search)), all));
    }
    blocks.extend(view.lines.iter().map(|line| {
        let details = Press::AuditRecord { seq: line.record.seq }.button("Details", Style::Plain);
        block::section_with(&two_lines(line, &view.names), details)
    }));
    if view.lines.is_empty() {
        blocks.push(block::paragraph(match (view.rest, view.search.is_empty()) {
            (Rest::Nothing, true) => "Nothing is recorded yet.",
            (Rest::Nothing, false) => "No record fits.",
            _ => "No record fits so far.",
        }));
    }
    if let Rest::Unseen(_, at) = view.rest {
        blocks.push(block::context(&format!("Looked back to {}, and no further yet.", block::date(at))));
    }
    if view.unnamed > 0 {
        blocks.push(block::context(&format!(
            "The names of {} more people were not asked yet: search again to look for them by name.",
            view.unnamed
        )));
    }
    blocks.extend(pages(view));
    let buttons = vec![
        Press::AskAudit { search: view.search.clone() }.button("Search…", Style::Plain),
        Press::ExportAudit { format: AuditFormat::JsonLines }.button("Export as JSON lines", Style::Plain),
        Press::ExportAudit { format: AuditFormat::Csv }.button("Export as CSV", Style::Plain),
    ];
    blocks.push(block::actions("audit/log", buttons));
    block::modal("Audit log", blocks)
}

fn pages(view: &AuditView) -> Option<Json> {
    let show = |before| Press::ShowAudit { search: view.search.clone(), before };
    let newest = view.before.map(|_| show(None).button("Newest", Style::Plain));
    let older = match view.rest {
        Rest::Nothing => None,
        Rest::Before(seq) => Some(show(Some(seq)).button("Older", Style::Plain)),
        Rest::Unseen(seq, _) => Some(show(Some(seq)).button("Search further back", Style::Primary)),
    };
    let buttons: Vec<Json> = [newest, older].into_iter().flatten().collect();
    (!buttons.is_empty()).then(|| block::actions("audit/pages", buttons))
}

/// When, who and what; then about what.
fn two_lines(line: &AuditLine, names: &Names) -> String {
    let event = &line.record.event;
    let who = event.actor.as_ref().map_or_else(|| "Weft".to_owned(), |actor| block::person(&actor.user));
    let first = format!("*{}* · {who} {}", block::date(line.record.at), block::escape_line(&words(&event.what)));
    let about = about(line, DETAIL).into_iter().map(|part| with_people(&block::escape_line(&part), names));
    let about = about.collect::<Vec<_>>().join(" · ");
    if about.is_empty() { first } else { format!("{first}\n{about}") }
}

/// The request or connection, the record in the tool, and what there is to say.
fn about(line: &AuditLine, detail: usize) -> Vec<String> {
    let event = &line.record.event;
    let of = |kind: &str| event.about.iter().find(|(of, _)| of == kind).map(|(_, id)| id.as_str());
    let target = of("target").map(|key| match of("title").filter(|title| !title.trim().is_empty() && *title != key) {
        Some(title) => cut(&format!("{title} ({key})"), detail),
        None => cut(&format!("record {key}"), detail),
    });
    let said = (!event.detail.trim().is_empty()).then(|| cut(&without_digits(&event.detail), detail));
    [line.subject.clone(), target, said].into_iter().flatten().collect()
}

/// Fingerprints and keys of idempotency, cut to what an eye can compare: the record itself has them whole.
fn without_digits(text: &str) -> String {
    let short = |word: &str| match word.len() > LONG_DIGITS && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => format!("{}…", &word[..SHORT_DIGITS]),
        false => word.to_owned(),
    };
    text.split(' ').map(short).collect::<Vec<_>>().join(" ")
}

/// People's ids in what is said, as mentions: in a window they notify nobody.
fn with_people(escaped: &str, names: &Names) -> String {
    replaced(escaped, names, |person, _| block::person(person))
}

/// Each word that is the id of somebody known, replaced.
fn replaced(text: &str, names: &Names, by: impl Fn(&UserId, &str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric()) {
        let id = word.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
        let person = UserId::from(id);
        match names.get(&person).filter(|name| !name.is_empty()) {
            Some(name) => {
                out.push_str(&by(&person, name));
                out.push_str(&word[id.len()..]);
            }
            None => out.push_str(word),
        }
    }
    out
}

/// What was looked for, with people as mentions.
fn searched(search: &str) -> String {
    let word = |word: &str| match word.strip_prefix('@').filter(|id| is_id(id)) {
        Some(id) => block::person(&id.into()),
        None => block::escape_line(word),
    };
    search.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

fn is_id(word: &str) -> bool {
    word.starts_with(['U', 'W']) && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A record with all that is stored of it.
pub fn audit_record(line: &AuditLine, names: &Names) -> Json {
    let AuditRecord { seq, at, event, previous, hash } = &line.record;
    let who = match &event.actor {
        Some(actor) => format!("{} ({})", block::person(&actor.user), actor.role.word()),
        None => "Weft".to_owned(),
    };
    let mut text = format!(
        "*Record {seq}*\n{} · {}\n{who} {}",
        block::date(*at),
        block::instant(*at),
        block::escape_line(&words(&event.what))
    );
    text.push_str(&format!("\nKind: `{}`", block::escape(&event.what).replace('`', "'")));
    let mut blocks = vec![block::section(&text)];
    if let Some(subject) = &line.subject {
        blocks.push(block::section(&block::escape_line(subject)));
    }
    if !event.detail.trim().is_empty() {
        blocks.push(block::section(&with_people(&block::escape(&cut(&event.detail, limits::TEXT / 2)), names)));
    }
    let about: Vec<String> =
        event.about.iter().take(ABOUT).map(|(kind, id)| format!("{kind}: {}", cut(id, DETAIL))).collect();
    if !about.is_empty() {
        blocks.push(block::paragraph(&about.join("\n")));
    }
    blocks.push(block::paragraph(&format!("Hash: {hash}\nFollows: {previous}")));
    if event.what.starts_with("request.") || event.what.starts_with("target.") {
        let request = event.about.iter().find(|(kind, _)| kind == "request");
        blocks.extend(request.map(|(_, id)| {
            let details = Press::Details { request: id.as_str().into() };
            block::actions("audit/request", vec![details.button("The request", Style::Plain)])
        }));
    }
    block::modal("Audit record", blocks)
}

/// Asks what to look for. `below` is the window that shows what is found.
pub fn ask_audit(search: &str, below: &str) -> Json {
    let mut typed = json!({"type": "plain_text_input", "action_id": field::VALUE, "max_length": WORDS});
    if !search.is_empty() {
        typed["initial_value"] = json!(cut(search, WORDS));
    }
    let person = json!({"type": "users_select", "action_id": field::VALUE,
        "placeholder": block::plain("Anybody", limits::PLACEHOLDER)});
    let kinds = KINDS.iter().filter_map(|(title, kind)| block::option(title, kind, None)).collect();
    let day = || json!({"type": "datepicker", "action_id": field::VALUE, "placeholder": block::plain("Any day", limits::PLACEHOLDER)});
    let hint = "Every word must fit: names, ids, kinds such as request.approved, days such as 2026-11-24.";
    let blocks = vec![
        block::input(field::WORDS, "Words", Some(hint), true, typed),
        block::input(field::PEOPLE, "Person", Some("Who did it, or whom it names."), true, person),
        block::input(field::KIND, "Kind", None, true, block::select(field::VALUE, "Anything", kinds, None)),
        block::input(field::FROM, "From this day on", None, true, day()),
        block::input(field::UNTIL, "Until the end of this day", None, true, day()),
    ];
    asking("Search the audit log", "Search", Meta::AuditSearch { below: below.to_owned() }, blocks)
}

/// Records as a message of the channel that follows the log, the oldest first. Nobody is mentioned: people would be notified of all they do.
pub fn audit_feed(lines: &[AuditLine], names: &Names) -> Message {
    let mut blocks = Vec::new();
    let mut paragraph = String::new();
    for line in lines {
        let said = feed_line(line, names);
        if !paragraph.is_empty() && paragraph.chars().count() + said.chars().count() + 1 > limits::TEXT {
            blocks.push(block::section(&std::mem::take(&mut paragraph)));
        }
        if !paragraph.is_empty() {
            paragraph.push('\n');
        }
        paragraph.push_str(&said);
    }
    blocks.push(block::section(&paragraph));
    let text = match lines {
        [one] => feed_line(one, names),
        several => format!("{} new records of the audit log", several.len()),
    };
    Message { text, blocks }
}

fn feed_line(line: &AuditLine, names: &Names) -> String {
    let event = &line.record.event;
    let who = event.actor.as_ref().map_or("Weft", |actor| name(&actor.user, names));
    let about: Vec<String> =
        about(line, FEED_DETAIL).iter().map(|part| replaced(part, names, |_, name| name.to_owned())).collect();
    let said = format!("{who} {}", words(&event.what));
    let said = [said].into_iter().chain(about).collect::<Vec<_>>().join(" · ");
    format!("{} · {}", block::date(line.record.at), cut(&block::escape_line(&said), limits::TEXT / 4))
}

fn name<'a>(user: &'a UserId, names: &'a Names) -> &'a str {
    names.get(user).filter(|name| !name.is_empty()).map_or(user.as_str(), String::as_str)
}

/// The people whose names a line needs.
pub fn people_in(lines: &[AuditLine]) -> Vec<UserId> {
    let mut people: Vec<UserId> = lines.iter().flat_map(|line| people_of(&line.record)).collect();
    people.sort();
    people.dedup();
    people
}
