//! A file that is to be the people list: what is in it, and what it would change.

use crate::connections::{ListDifference, ListPreview};
use crate::slack::block::{self, Style};
use crate::slack::client::Message;
use crate::slack::press::Press;

/// Columns named one by one.
const COLUMNS: usize = 25;

/// The question, with its two buttons.
pub fn list_preview(preview: &ListPreview) -> Message {
    let people = match preview.people {
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    };
    let (question, yes) = match preview.difference {
        Some(_) => ("Take it in the place of the people list?", "Replace the list"),
        None => ("Take it as the people list?", "Use this list"),
    };
    let head = format!("*{}*: {people}\n{question}", block::escape_line(&preview.name));
    let mut blocks = vec![block::section(&head), block::section(&columns(preview))];
    blocks.push(block::section(&match &preview.difference {
        Some(difference) => changes(difference),
        None => "There is no people list yet.".to_owned(),
    }));
    blocks.extend((!preview.notes.is_empty()).then(|| block::context(&block::escape(&preview.notes.join("\n")))));
    let buttons = vec![
        Press::TakeList { file: preview.file.clone() }.button(yes, Style::Primary),
        Press::DropList { file: preview.file.clone() }.button("Forget the file", Style::Plain),
    ];
    blocks.push(block::actions(&format!("list/{}", preview.file), buttons));
    Message { text: block::escape(&format!("{}: {people}. {question}", preview.name)), blocks }
}

fn columns(preview: &ListPreview) -> String {
    let shown = preview.columns.iter().take(COLUMNS);
    let mut named: Vec<String> = shown.map(|(title, kind)| format!("{} ({kind})", block::escape_line(title))).collect();
    let more = preview.columns.len().saturating_sub(COLUMNS);
    named.extend((more > 0).then(|| format!("{more} more")));
    format!("*Columns:* {}", named.join(", "))
}

fn changes(difference: &ListDifference) -> String {
    let ListDifference { added, removed, changed, .. } = difference;
    let mut lines = vec![format!("*People:* {added} new, {removed} gone, {changed} changed")];
    let lists = [
        ("New columns", &difference.columns_added),
        ("Columns that go", &difference.columns_removed),
        ("Columns of another type", &difference.columns_retyped),
    ];
    for (what, titles) in lists.into_iter().filter(|(_, titles)| !titles.is_empty()) {
        let titles: Vec<String> = titles.iter().take(COLUMNS).map(|title| block::escape_line(title)).collect();
        lines.push(format!("*{what}:* {}", titles.join(", ")));
    }
    lines.join("\n")
}
