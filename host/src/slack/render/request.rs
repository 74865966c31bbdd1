//! Pieces that every rendering of a request is made of.

use crate::actions::{RequestState, RequestView, Tally, TargetState, TargetView};
use crate::domain::{Effect, Reversal};
use crate::slack::block;
use crate::slack::limits::cut;

/// Characters of a title, a step or a message inside a list.
const LINE: usize = 200;

/// "Deactivate user on 3 records in Acme".
pub fn headline(view: &RequestView) -> String {
    let action = format!("*{}*", line(&view.action.title));
    let connection = line(&view.connection_title);
    match (view.target_count, view.targets.first()) {
        (0, _) => format!("{action} in {connection}"),
        (1, Some(target)) => format!("{action} on *{}* in {connection}", line(&target.title)),
        (count, _) => format!("{action} on *{count} records* in {connection}"),
    }
}

/// The same without markup, for texts beside blocks.
pub fn plain_headline(view: &RequestView) -> String {
    match (view.target_count, view.targets.first()) {
        (0, _) => format!("{} in {}", view.action.title, view.connection_title),
        (1, Some(target)) => format!("{} on {} in {}", view.action.title, target.title, view.connection_title),
        (count, _) => format!("{} on {count} records in {}", view.action.title, view.connection_title),
    }
}

/// A text of one line, powerless and not too long.
pub fn line(text: &str) -> String {
    block::escape_line(&cut(text, LINE))
}

/// A bulleted list of at most `limit`, with how many are left out.
pub fn list(items: &[String], limit: usize) -> String {
    let mut lines: Vec<String> = items.iter().take(limit).map(|item| format!("• {item}")).collect();
    if items.len() > limit {
        lines.push(format!("… and {} more", items.len() - limit));
    }
    lines.join("\n")
}

/// The reason as a quote, if one was given.
pub fn reason(view: &RequestView) -> Option<String> {
    let reason = view.reason.as_deref()?;
    Some(format!("*Reason*\n>{}", block::escape(&cut(reason, 1_000)).replace('\n', "\n>")))
}

/// The inputs, one a line.
pub fn inputs(view: &RequestView) -> Option<String> {
    if view.inputs.is_empty() {
        return None;
    }
    let pair = |(title, text): &(String, String)| format!("{}: *{}*", line(title), line(text));
    Some(view.inputs.iter().map(pair).collect::<Vec<_>>().join("\n"))
}

/// A target in a list: its title, and that it is blocked or as wanted already.
pub fn target(target: &TargetView) -> String {
    let title = line(&target.title);
    match (target.blockers.first(), target.already) {
        (Some(blocker), _) => format!("{title} – *left out:* {}", line(blocker)),
        (None, true) => format!("{title} – already so, nothing to do"),
        (None, false) => title,
    }
}

/// How the records were chosen, where nobody chose them one by one.
pub fn chosen(view: &RequestView) -> Option<String> {
    view.chosen.as_ref().map(|chosen| format!("*Chosen:* {}", line(chosen)))
}

/// How many targets are left out, in a sentence.
pub fn left_out(view: &RequestView) -> Option<String> {
    let blocked = view.targets.iter().filter(|target| !target.blockers.is_empty()).count();
    match blocked {
        0 => None,
        1 => Some("🚫 1 record is blocked and will be left out.".to_owned()),
        count => Some(format!("🚫 {count} records are blocked and will be left out.")),
    }
}

/// What the action does and whether it can be taken back.
pub fn effect(view: &RequestView) -> String {
    let effect = match view.action.effect {
        Effect::Change => "Changes the tool.",
        Effect::Destructive => "⚠️ *Destructive.*",
    };
    format!("{effect} {}", undo(view))
}

fn undo(view: &RequestView) -> String {
    match view.undo {
        Reversal::Lossless => "Can be undone.".to_owned(),
        Reversal::Lossy if view.loses.is_empty() => "Can be undone in part.".to_owned(),
        Reversal::Lossy => {
            let loses: Vec<String> = view.loses.iter().map(|lost| line(lost)).collect();
            format!("Can be undone, but not all comes back. {}", loses.join(" "))
        }
        Reversal::None => "*Cannot be undone.*".to_owned(),
    }
}

/// How the request stands: a word, with a sign beside it that adds nothing.
pub fn state(view: &RequestView) -> String {
    let sign = match view.state {
        RequestState::Prepared => "📝",
        RequestState::Waiting => "⏳",
        RequestState::Approved | RequestState::Running => "▶️",
        RequestState::Done => "✅",
        RequestState::PartlyDone | RequestState::NeedsPerson => "⚠️",
        RequestState::Failed | RequestState::Denied => "❌",
        RequestState::Withdrawn | RequestState::Expired | RequestState::Stopped => "⏹️",
    };
    let words = view.words();
    let mut letters = words.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    format!("{sign} {capital}")
}

/// Who said yes so far, where several people must: "1 of 2 approved: Grace".
pub fn approvals(view: &RequestView) -> Option<String> {
    let is_over = view.state.is_final() && view.approvals.is_empty();
    if view.needed < 2 || is_over || confirmed(view) {
        return None;
    }
    let people: Vec<String> = view.approvals.iter().map(|yes| block::person(&yes.by)).collect();
    let people = if people.is_empty() { String::new() } else { format!(": {}", people.join(", ")) };
    Some(format!("{} of {} approved{people}", view.approvals.len(), view.needed))
}

/// What an approver hears whose yes was taken.
pub fn approved(view: &RequestView) -> String {
    if view.state == RequestState::Waiting {
        let (given, needed) = (view.approvals.len(), view.needed);
        return format!("Your approval counts: {given} of {needed} are given. It runs once the others have approved.");
    }
    "Approved. It runs now; the results come as messages.".to_owned()
}

/// Its requester, who was alone, confirmed it.
pub fn confirmed(view: &RequestView) -> bool {
    view.decision.as_ref().is_some_and(|decided| decided.self_confirmed)
}

/// Who decided, when, and why not.
pub fn decision(view: &RequestView) -> Option<String> {
    let decided = view.decision.as_ref()?;
    if decided.self_confirmed {
        let (person, date) = (block::person(&decided.by), block::date(decided.at));
        return Some(format!("Confirmed by {person} alone {date}: nobody else could approve it"));
    }
    let verb = if decided.approve { "Approved" } else { "Denied" };
    let why = decided.reason.as_deref().map(|reason| format!(": {}", line(reason))).unwrap_or_default();
    Some(format!("{verb} by {} {}{why}", block::person(&decided.by), block::date(decided.at)))
}

/// Who cancelled what had not begun, and when.
pub fn cancelled(view: &RequestView) -> Option<String> {
    let cancelled = view.cancelled.as_ref()?;
    let rest = if view.state == RequestState::Running { "; what has begun ends" } else { "" };
    Some(format!("The rest was cancelled by {} {}{rest}", block::person(&cancelled.by), block::date(cancelled.at)))
}

/// It ran, or was to: what became of each target is worth telling.
pub fn has_results(view: &RequestView) -> bool {
    use RequestState as S;
    matches!(view.state, S::Done | S::PartlyDone | S::Failed | S::NeedsPerson)
        || (view.state == S::Stopped && view.decision.as_ref().is_some_and(|decided| decided.approve))
}

/// How far it is or how it ended, once it runs.
pub fn progress(view: &RequestView) -> Option<String> {
    let runs = view.state == RequestState::Running || has_results(view);
    view.tally.filter(|_| runs).map(|counts| tally(&counts)).filter(|words| !words.is_empty())
}

/// "118 done, 2 failed".
fn tally(tally: &Tally) -> String {
    let counts = [
        (tally.done, "done"),
        (tally.already, "already so"),
        (tally.failed, "failed"),
        (tally.changed, "changed meanwhile, not touched"),
        (tally.unknown, "unknown: check in the tool"),
        (tally.skipped, "left out"),
        (tally.stopped, "stopped"),
        (tally.started, "under way"),
        (tally.queued, "to do"),
    ];
    let words: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    words.join(", ")
}

/// How one target stands, in words.
pub fn target_state(state: TargetState) -> &'static str {
    match state {
        TargetState::Queued { .. } => "to do",
        TargetState::Started { .. } => "under way",
        TargetState::Done => "✅ done",
        TargetState::Already => "☑️ already so",
        TargetState::Failed => "❌ failed",
        TargetState::Changed => "⚠️ changed meanwhile, not touched",
        TargetState::Unknown => "❓ unknown, check in the tool",
        TargetState::Skipped => "🚫 left out",
        TargetState::Stopped => "⏹️ stopped",
    }
}
