//! The groups of a board: a sentence with the finding, and a chart where Slack draws one, else lines of text.

use super::board::Rung;
use crate::boards::{BoardView, Chart, GroupView, GroupsView};
use crate::slack::block;
use crate::slack::limits::{self, cut};
use serde_json::{Value as Json, json};
use std::collections::HashSet;

/// Lines of groups where there is no chart.
const LINES: usize = 20;
/// The same while a board is built.
const PREVIEW_LINES: usize = 5;
/// What stands for a value that is not known.
const UNKNOWN: &str = "unknown";

/// The blocks above the rows; none when the board has no groups.
pub fn blocks(view: &BoardView, rung: Rung) -> Vec<Json> {
    let Some(groups) = view.groups.as_ref().filter(|groups| !groups.groups.is_empty()) else { return Vec::new() };
    let mut blocks = vec![block::context(&finding(groups, view.total))];
    let points = points(groups);
    match (rung, groups.chart) {
        (_, Chart::None) => blocks.push(block::section(&lines(groups, LINES))),
        (Rung::DataTable, chart) => blocks.extend(native(groups, chart, &points)),
        _ => blocks.push(block::section(&lines(groups, LINES))),
    }
    blocks
}

/// The finding and the first groups, while a board is built.
pub fn preview(groups: &GroupsView, total: usize) -> Vec<Json> {
    match groups.groups.is_empty() {
        true => Vec::new(),
        false => vec![block::context(&finding(groups, total)), block::section(&lines(groups, PREVIEW_LINES))],
    }
}

/// The largest group in words: what a reader who sees no chart wants to know.
pub fn finding(groups: &GroupsView, total: usize) -> String {
    let largest = groups.groups.iter().max_by_key(|group| group.rows);
    let Some(largest) = largest else { return String::new() };
    let count = groups.groups.len() + groups.left_out.0;
    let percent = largest.rows * 100 / total.max(1);
    let by = block::escape_line(&groups.by);
    let most = block::escape_line(title(largest));
    let word = if count == 1 { "group" } else { "groups" };
    format!("*{count} {word}* by {by}. Most rows: *{most}* with {} of {total} ({percent} %).", largest.rows)
}

fn title(group: &GroupView) -> &str {
    match group.title.as_deref() {
        None => UNKNOWN,
        Some(title) if title.trim().is_empty() => "(empty)",
        Some(title) => title,
    }
}

/// What a chart shows of each group: its first total, or its rows.
fn points(groups: &GroupsView) -> Vec<(String, f64)> {
    let value = |group: &GroupView| match groups.totals.is_empty() {
        true => Some(group.rows as f64),
        false => group.totals.first().copied().flatten(),
    };
    let shown = groups.groups.iter().filter_map(|group| Some((title(group).to_owned(), value(group)?)));
    let mut points: Vec<(String, f64)> = shown.collect();
    let room = if groups.chart == Chart::Pie { limits::CHART_SEGMENTS } else { limits::CHART_POINTS };
    // Sums of rows can be put together; averages cannot.
    let others: usize = groups.groups.iter().skip(room - 1).map(|group| group.rows).sum::<usize>() + groups.left_out.1;
    if groups.totals.is_empty() && (points.len() > room || groups.left_out.0 > 0) {
        points.truncate(room - 1);
        points.push(("all others".to_owned(), others as f64));
    }
    points.truncate(room);
    distinct(&mut points);
    points
}

/// Labels as long as Slack takes them, each once.
fn distinct(points: &mut [(String, f64)]) {
    let mut seen = HashSet::new();
    for (label, _) in points {
        let whole = cut(label, limits::CHART_LABEL);
        let numbered = |number: usize| {
            let end = format!(" {number}");
            format!("{}{end}", cut(label, limits::CHART_LABEL - end.len()))
        };
        let free = std::iter::once(whole).chain((2..).map(numbered)).find(|label| !seen.contains(label));
        *label = free.unwrap_or_default();
        seen.insert(label.clone());
    }
}

fn native(groups: &GroupsView, chart: Chart, points: &[(String, f64)]) -> Option<Json> {
    let measure = groups.totals.first().map_or("Rows", String::as_str);
    let points: Vec<_> = points.iter().filter(|(_, value)| chart != Chart::Pie || *value > 0.0).collect();
    let data: Vec<Json> = points.iter().map(|(label, value)| json!({"label": label, "value": value})).collect();
    let drawn = match chart {
        Chart::Pie => json!({"type": "pie", "segments": data}),
        Chart::Bar | Chart::Line | Chart::None => json!({
            "type": if chart == Chart::Line { "line" } else { "bar" },
            "series": [{"name": cut(measure, limits::CHART_LABEL), "data": data}],
            "axis_config": {"categories": points.iter().map(|(label, _)| label).collect::<Vec<_>>()},
        }),
    };
    let title = cut(&format!("{measure} by {}", groups.by), limits::CHART_TITLE);
    (!points.is_empty()).then(|| json!({"type": "data_visualization", "title": title, "chart": drawn}))
}

fn lines(groups: &GroupsView, most: usize) -> String {
    let line = |group: &GroupView| {
        let totals = groups.totals.iter().zip(&group.totals);
        let totals = totals.map(|(name, total)| match total {
            Some(total) => format!(", {} {total}", block::escape_line(name)),
            None => format!(", {} {UNKNOWN}", block::escape_line(name)),
        });
        format!("{}: *{}*{}", block::escape_line(title(group)), group.rows, totals.collect::<String>())
    };
    let mut lines: Vec<String> = groups.groups.iter().take(most).map(line).collect();
    let more = groups.groups.len().saturating_sub(most) + groups.left_out.0;
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines.join("\n")
}
