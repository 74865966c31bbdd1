//! What the credentials of a connection may see and do, as the last check found it: one line for each object, and the permission
//! to grant for all that is missing.

use crate::domain::Millis;
use crate::slack::block::{self, AlertLevel};
use crate::slack::limits::{self, cut};
use serde_json::Value as Json;

/// Fields named that cannot be read; the rest is counted.
const FIELDS: usize = 8;
/// One line: more than this is not read, and takes the room of others.
const LINE: usize = 600;

/// How much of an object is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Everything.
    Whole,
    /// Only the records of the connected account.
    OwnRows,
    /// Nothing: a permission is missing.
    Nothing,
    /// The account does not have it.
    Absent,
}

/// An object as the credentials see it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenObject {
    /// Its plural, as people know it.
    pub name: String,
    /// How much of it.
    pub sight: Sight,
    /// Records in store.
    pub rows: u64,
    /// Fields that cannot be read.
    pub hidden: Vec<String>,
    /// The permission to grant.
    pub permission: Option<String>,
}

/// What the credentials may see and do.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessView {
    /// The connection's title.
    pub title: String,
    /// When that was checked; none before the first check.
    pub checked_at: Option<Millis>,
    /// Every object the integration offers.
    pub objects: Vec<SeenObject>,
    /// Titles of the actions that may be run.
    pub allowed: Vec<String>,
    /// Titles of the others, and the permission to grant.
    pub denied: Vec<(String, Option<String>)>,
}

/// The screen, as a modal. `off` are the titles of actions that an admin turned off, whatever the credentials allow.
pub fn access(view: &AccessView, off: &[String]) -> Json {
    let Some(checked_at) = view.checked_at else {
        let text = "Weft has not checked yet what the credentials allow. It does so at the beginning of each fetch.";
        return block::modal("What Weft may do", vec![block::alert(AlertLevel::Info, text)]);
    };
    let mut blocks = vec![block::header(&view.title)];
    blocks.extend(paragraphs("Objects", view.objects.iter().map(object)));
    blocks.extend(paragraphs("Actions", actions(view, off).into_iter()));
    blocks.push(block::context(&format!(
        "Checked {}. After a permission was granted, Sync now checks again.",
        block::date(checked_at)
    )));
    block::modal("What Weft may do", blocks)
}

fn object(object: &SeenObject) -> String {
    let name = block::escape_line(&object.name);
    let permission =
        object.permission.as_deref().map_or_else(String::new, |text| format!(" {}", block::escape_line(text)));
    let mut line = match object.sight {
        Sight::Whole => format!("✅ *{name}* · {} records", object.rows),
        Sight::OwnRows => {
            format!("⚠️ *{name}* · only the connected account's own records, {} of them.{permission}", object.rows)
        }
        Sight::Nothing => format!("🚫 *{name}* · cannot be read.{permission}"),
        Sight::Absent => {
            format!("➖ *{name}* · this account has none, or the credentials may not know of it.{permission}")
        }
    };
    if !object.hidden.is_empty() && matches!(object.sight, Sight::Whole | Sight::OwnRows) {
        let named: Vec<String> = object.hidden.iter().take(FIELDS).map(|field| block::escape_line(field)).collect();
        let more = object.hidden.len().saturating_sub(FIELDS);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        line.push_str(&format!(", without {}{more}.", named.join(", ")));
        if object.sight == Sight::Whole {
            line.push_str(&permission);
        }
    }
    line
}

fn actions(view: &AccessView, off: &[String]) -> Vec<String> {
    let allowed = view.allowed.iter().filter(|title| !off.contains(title));
    let titles: Vec<String> = allowed.map(|title| block::escape_line(title)).collect();
    let mut lines = Vec::new();
    if !titles.is_empty() {
        lines.push(format!("✅ {}", titles.join(", ")));
    }
    lines.extend(view.denied.iter().map(|(title, permission)| {
        let permission = permission.as_deref().unwrap_or("The tool does not say which permission is missing.");
        format!("🚫 *{}* · {}", block::escape_line(title), block::escape_line(permission))
    }));
    if !off.is_empty() {
        let titles: Vec<String> = off.iter().map(|title| block::escape_line(title)).collect();
        lines.push(format!("⏹️ Turned off by an admin: {}", titles.join(", ")));
    }
    if lines.is_empty() {
        lines.push("None.".to_owned());
    }
    lines
}

/// The lines under a title, as few sections as they fit into.
fn paragraphs(title: &str, lines: impl Iterator<Item = String>) -> Vec<Json> {
    let mut texts = vec![format!("*{title}*")];
    for line in lines {
        let line = cut(&line, LINE);
        match texts.last_mut() {
            Some(text) if text.chars().count() + line.chars().count() < limits::TEXT => {
                text.push('\n');
                text.push_str(&line);
            }
            _ => texts.push(line),
        }
    }
    texts.iter().map(|text| block::section(text)).collect()
}
