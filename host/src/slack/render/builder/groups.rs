//! The groups of a draft: by which field, how they are drawn, and what is shown of each.

use super::{tail, title};
use crate::boards::{Chart, Drafted, Group, MAX_TOTALS, Period, TotalOf, is_date, total_words};
use crate::slack::block;
use crate::slack::draft_fields as names;
use crate::slack::limits;
use serde_json::{Value as Json, json};

/// How long the periods are, the usual one first.
const PERIODS: [(&str, Period); 4] =
    [("by month", Period::Month), ("by week", Period::Week), ("by day", Period::Day), ("by year", Period::Year)];
/// How groups are drawn.
const CHARTS: [(&str, Chart); 4] =
    [("Chart: bars", Chart::Bar), ("Chart: line", Chart::Line), ("Chart: pie", Chart::Pie), ("No chart", Chart::None)];

/// The blocks.
pub fn groups(drafted: &Drafted) -> Vec<Json> {
    let draft = &drafted.draft;
    let facts = draft.group.as_ref().and_then(|group| drafted.facts.get(&group.by));
    let mut elements = vec![by(drafted)];
    if let Some(group) = &draft.group {
        let field = facts.and_then(|facts| facts.as_ref().ok()?.field.as_ref());
        if field.is_some_and(is_date) {
            elements.push(select(names::PERIOD, "Period", &PERIODS, group.period.unwrap_or_default()));
        }
        elements.push(select(names::CHART, "Chart", &CHARTS, group.chart.unwrap_or_default()));
    }
    let mut blocks = vec![block::header("Group rows"), block::actions(&names::groups_block(draft), elements)];
    if let Some(Err(why)) = facts {
        blocks.push(block::context(&format!("⚠️ {}", block::sentence(why))));
    }
    blocks.extend(draft.group.as_ref().map(|group| totals(drafted, group)));
    blocks
}

fn by(drafted: &Drafted) -> Json {
    let mut element = json!({"type": "external_select", "action_id": names::GROUP_BY, "min_query_length": 0,
        "placeholder": block::plain("Group by…", limits::PLACEHOLDER)});
    let chosen = drafted.draft.group.as_ref().and_then(|group| {
        let title = title(drafted, &group.by).unwrap_or_else(|| group.by.clone());
        block::option(&tail(&title), &group.by, None)
    });
    if let Some(chosen) = chosen {
        element["initial_option"] = chosen;
    }
    element
}

fn select<T: serde::Serialize>(action: &str, placeholder: &str, cases: &[(&str, T)], chosen: T) -> Json {
    let options = cases.iter().filter_map(|(text, case)| block::option(text, &names::word(case), None)).collect();
    block::select(action, placeholder, options, Some(&names::word(&chosen)))
}

fn totals(drafted: &Drafted, group: &Group) -> Json {
    let option = |total: &TotalOf| {
        let title = title(drafted, &total.path).unwrap_or_else(|| total.path.clone());
        let title = format!("{} of {title}", total_words(total.of));
        block::option(&limits::cut(&title, limits::OPTION_TEXT), &names::total_value(total.of, &total.path), None)
    };
    let chosen: Vec<Json> = group.totals.iter().filter_map(option).collect();
    let mut element = json!({"type": "multi_external_select", "action_id": names::TOTALS, "min_query_length": 0,
        "max_selected_items": MAX_TOTALS, "placeholder": block::plain("For example: sum of seats", limits::PLACEHOLDER)});
    if !chosen.is_empty() {
        element["initial_options"] = json!(chosen);
    }
    let hint = format!(
        "The number of rows is always shown. Add up to {MAX_TOTALS} sums, averages, smallest or largest values of number fields."
    );
    let block_id = names::totals_block(&drafted.draft);
    block::dispatching(block::input(&block_id, "What to show per group", Some(&hint), true, element))
}
