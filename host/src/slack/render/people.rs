//! Who a record is in other tools: which key says so, or what an admin says, and the buttons with which an admin says it.

use crate::boards::{Account, Found, MatchView, SaidView};
use crate::domain::RecordRef;
use crate::slack::block::{self, Style};
use crate::slack::limits::{self, cut};
use crate::slack::meta::field;
use crate::slack::press::Press;
use serde_json::{Value as Json, json};

/// Objects of other tools in one window: with all that can be said of each, 84 blocks at most.
const OBJECTS: usize = 7;
/// What admins said of the record and one object, shown.
const SAID: usize = 3;
/// Longer names and addresses say nothing more.
const NAME: usize = 150;

/// What an admin says, on buttons and above the select.
const SAME: &str = "These are the same person";
const NOT_SAME: &str = "Not the same person";
const TAKE_BACK: &str = "Take back";

/// A row of a board.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The record.
    pub record: &'a RecordRef,
    /// As people call it.
    pub title: &'a str,
    /// Who it is in other tools.
    pub others: &'a Others,
    /// The person may say who is who.
    pub is_admin: bool,
    /// New with each rendering: it keeps Slack from showing an earlier choice.
    pub nonce: &'a str,
    /// What could not be done.
    pub alert: Option<&'a str>,
}

/// What is known of other tools.
#[derive(Clone, Debug)]
pub enum Others {
    /// What was found in each object that it can be joined with.
    Found(Vec<MatchView>),
    /// It takes longer than somebody waits who wants to act.
    Waiting,
    /// Why it could not be looked up.
    Failed(String),
}

/// The blocks; none when no other tool knows such records.
pub fn blocks(row: &Row<'_>) -> Vec<Json> {
    let mut blocks = vec![block::divider(), block::header("In other tools")];
    match row.others {
        Others::Found(matches) if matches.is_empty() => return Vec::new(),
        Others::Found(matches) => {
            blocks.extend(matches.iter().take(OBJECTS).flat_map(|one| of_object(row, one)));
            blocks.extend(more(matches));
            if !row.is_admin {
                let ask = "Only an admin may say who is who. Ask one if a match is wrong or missing.";
                blocks.push(block::context(ask));
            }
        }
        Others::Waiting => {
            let look = Press::OtherTools.button("Look it up", Style::Plain);
            blocks.push(block::section_with("Who this is in other tools takes a moment to look up.", look));
        }
        Others::Failed(why) => blocks.push(block::section(&format!("⚠️ {}", block::sentence(why)))),
    }
    blocks
}

fn more(matches: &[MatchView]) -> Option<Json> {
    let titles: Vec<String> = matches.iter().skip(OBJECTS).map(|one| block::escape_line(&one.title)).collect();
    (!titles.is_empty()).then(|| block::context(&format!("Not shown: {}.", titles.join(", "))))
}

fn of_object(row: &Row<'_>, one: &MatchView) -> Vec<Json> {
    let linked = linked(one);
    let text = format!("*{}*\n{}", block::escape_line(&one.title), found(one));
    let text = linked.map_or(text.clone(), |said| format!("{text}\n{}", said_by(said)));
    let mut blocks = vec![match &one.found {
        Found::One { account, .. } if row.is_admin => {
            let other = account.record.clone();
            let button = match linked {
                Some(_) => Press::TakeBack { other }.button(TAKE_BACK, Style::Plain),
                None => Press::NotSamePerson { other }.button(NOT_SAME, Style::Plain),
            };
            block::section_with(&text, button)
        }
        _ => block::section(&text),
    }];
    if let Found::Several { accounts, total, .. } = &one.found {
        blocks.extend(accounts.iter().enumerate().flat_map(|(at, account)| candidate(row, one, account, at)));
        if *total > accounts.len() {
            blocks.push(block::context(&format!("… and {} more.", total - accounts.len())));
        }
    }
    let others = one.said.iter().rev().filter(|said| linked.is_none_or(|linked| linked != *said));
    blocks.extend(others.take(SAID).map(|said| of_saying(row, said)));
    if row.is_admin && !matches!(one.found, Found::One { .. }) {
        blocks.push(select(row, one));
    }
    blocks
}

fn found(one: &MatchView) -> String {
    let keys: Vec<String> = one.keys.iter().map(|key| block::escape_line(key)).collect();
    let keys = keys.join(", ");
    match &one.found {
        Found::Unread => "Not known: not everything there was read.".to_owned(),
        Found::NoKey => format!("Not known: this record has nothing to match by ({keys})."),
        Found::Nothing => format!("No match ({keys})."),
        Found::One { how, account } => format!("{} · {}", named(account), block::escape_line(how)),
        Found::Several { how, total, .. } => {
            format!("{total} accounts match · {}. None is picked.", block::escape_line(how))
        }
    }
}

/// What an admin said, where that is what the match rests on.
fn linked(one: &MatchView) -> Option<&SaidView> {
    let Found::One { account, .. } = &one.found else { return None };
    one.said.iter().find(|said| said.same && said.other == account.record)
}

/// One of several accounts, to be told from the others.
fn candidate(row: &Row<'_>, one: &MatchView, account: &Account, at: usize) -> Vec<Json> {
    let mut blocks = vec![block::section(&format!("• {}", named(account)))];
    if row.is_admin {
        let other = || account.record.clone();
        let buttons = vec![
            Press::SamePerson { other: other() }.button(SAME, Style::Plain),
            Press::NotSamePerson { other: other() }.button(NOT_SAME, Style::Plain),
        ];
        let object = format!("{}/{}", one.object.connection, one.object.object);
        blocks.push(block::actions(&format!("candidate/{at}/{object}/{}", row.nonce), buttons));
    }
    blocks
}

/// What an admin said, and who and when.
fn of_saying(row: &Row<'_>, said: &SaidView) -> Json {
    let gone = "an account that is not there any more".to_owned();
    let account = said.account.as_ref().map_or(gone, named);
    let what = if said.same { "Linked" } else { NOT_SAME };
    let text = format!("{what}: {account}\n{}", said_by(said));
    if !row.is_admin {
        return block::context(&text);
    }
    block::section_with(&text, Press::TakeBack { other: said.other.clone() }.button(TAKE_BACK, Style::Plain))
}

fn said_by(said: &SaidView) -> String {
    format!("Said by {}, {}", block::person(&said.by), block::date(said.at))
}

/// Looks for an account to link.
fn select(row: &Row<'_>, one: &MatchView) -> Json {
    let warning = "Boards then show the two as one. You can take it back.";
    let select = json!({"type": "external_select", "action_id": field::ACCOUNT, "min_query_length": 0,
        "placeholder": block::plain("Name or e-mail, such as ada@example.com", limits::PLACEHOLDER),
        "confirm": block::mild_confirm(&format!("{SAME}?"), warning, "Yes, the same")});
    let mut section = block::section_with(&format!("{SAME}:"), select);
    section["block_id"] = json!(field::account_block(&one.object, row.nonce));
    section
}

fn named(account: &Account) -> String {
    let title = block::escape_line(&cut(&account.title, NAME));
    match account.detail.is_empty() {
        true => title,
        false => format!("{title} ({})", block::escape_line(&cut(&account.detail, NAME))),
    }
}
