//! Groups of a board bound to the tables of one moment, and what people get to see of them.

use super::bind::{label, named, reach};
use super::definition::{Chart, CheckedGroup, Period, day_of, first_of};
use super::engine::{Group, Grouping, Reach, Total, Totalled};
use super::tables::Sources;
use super::view::{GroupView, GroupsView};
use crate::domain::{Field, FieldType, ObjectRef};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Groups shown: more than anybody reads, and than a table in Slack takes.
const MAX_GROUPS: usize = 100;

/// Groups ready to be asked for.
#[derive(Clone, Debug)]
pub struct BoundGroups {
    /// For the engine.
    pub asked: (Grouping, Vec<Totalled>),
    by: Reach,
    title: String,
    field: Option<Field>,
    totals: Vec<String>,
    chart: Chart,
    period: Option<Period>,
    starts: Vec<Date>,
}

impl BoundGroups {
    /// Binds groups. Every object they touch must be among the sources.
    pub fn new(base: &ObjectRef, group: &CheckedGroup, sources: &Sources, zone: &TimeZone) -> anyhow::Result<Self> {
        let by = reach(base, &group.by, sources)?;
        let kind = group.by.field.as_ref().map_or(FieldType::Text, |field| field.kind);
        let starts = group.period.map(|period| starts(period, kind, &by, zone));
        let periods = starts.as_ref().map(|days| days.iter().map(|day| first_of(kind, *day, zone)).collect());
        let totals = group
            .totals
            .iter()
            .map(|(of, path)| Ok::<_, anyhow::Error>(Totalled { of: *of, reach: reach(base, path, sources)? }));
        Ok(Self {
            asked: (Grouping { by: by.clone(), periods }, totals.collect::<Result<_, _>>()?),
            by,
            title: group.by.title(),
            field: group.by.field.clone(),
            totals: group.totals.iter().map(|(of, path)| format!("{} of {}", total_words(*of), path.title())).collect(),
            chart: group.chart,
            period: group.period,
            starts: starts.unwrap_or_default(),
        })
    }

    /// As people see them.
    pub fn view(&self, groups: &[Group]) -> GroupsView {
        let (mut known, unknown): (Vec<&Group>, Vec<&Group>) = groups.iter().partition(|group| group.is_known);
        if !self.is_scale() {
            known.sort_by_key(|group| std::cmp::Reverse(group.rows));
        }
        let room = MAX_GROUPS - unknown.len().min(1);
        // Of a scale the latest are shown, of all others the largest.
        let cut = known.len().saturating_sub(room);
        let left_out = if self.is_scale() { known.drain(..cut).collect() } else { known.split_off(known.len() - cut) };
        GroupsView {
            by: self.title.clone(),
            totals: self.totals.clone(),
            chart: self.chart,
            groups: known.into_iter().chain(unknown).map(|group| self.group(group)).collect(),
            left_out: (left_out.len(), left_out.iter().map(|group: &&Group| group.rows).sum()),
        }
    }

    /// The values have an order of their own.
    fn is_scale(&self) -> bool {
        let kind = self.field.as_ref().map(|field| field.kind);
        self.period.is_some() || matches!(kind, Some(FieldType::Integer | FieldType::Number))
    }

    fn group(&self, group: &Group) -> GroupView {
        let period = self.period.zip(group.period.and_then(|number| self.starts.get(number)));
        let title = match (period, &self.field) {
            _ if !group.is_known => None,
            (Some((period, start)), _) => Some(period.label(*start)),
            (None, Some(field)) => Some(label(&named(field, self.by.value(group.row)))),
            (None, None) => None,
        };
        GroupView { title, rows: group.rows, totals: group.totals.clone() }
    }
}

fn starts(period: Period, kind: FieldType, by: &Reach, zone: &TimeZone) -> Vec<Date> {
    let range = by.column.as_ref().and_then(|column| column.range());
    let days = range.and_then(|(first, last)| Some((day_of(kind, first, zone)?, day_of(kind, last, zone)?)));
    days.map_or_else(Vec::new, |(first, last)| period.starts(first, last))
}

/// A total as people call it.
pub fn total_words(kind: Total) -> &'static str {
    match kind {
        Total::Sum => "Sum",
        Total::Average => "Average",
        Total::Min => "Smallest",
        Total::Max => "Largest",
    }
}
