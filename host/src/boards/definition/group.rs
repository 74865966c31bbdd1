//! Groups of a board: by which value, what is totalled, and as which chart they are drawn.

use super::Definition;
use super::check::Check;
use super::path::CheckedPath;
use crate::boards::engine::Total;
use crate::domain::FieldType;
use jiff::civil::Date;
use jiff::{Span, Timestamp, Unit, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Totals beside the count: more is another board.
pub const MAX_TOTALS: usize = 4;
/// Periods between the first value and the last: thirty years of days, and far more of everything longer.
const MAX_PERIODS: usize = 11_000;

/// How a board's rows are grouped: `{ by = "role.Name" }`, or
/// `{ by = "CreatedDate", period = "month", totals = [{ of = "sum", path = "Seats" }], chart = "line" }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// As of a column; to one record.
    pub by: String,
    /// Of dates and timestamps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Besides the number of rows, which is always told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub totals: Vec<TotalOf>,
    /// How they are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Chart>,
}

/// A total over the rows of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotalOf {
    /// How.
    pub of: Total,
    /// Of which number.
    pub path: String,
}

/// How long the periods are into which dates are put.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// From midnight to midnight.
    Day,
    /// From Monday on.
    Week,
    /// From the first on.
    #[default]
    Month,
    /// From January on.
    Year,
}

/// How groups are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chart {
    /// A bar a group.
    #[default]
    Bar,
    /// A line over periods.
    Line,
    /// Parts of a whole.
    Pie,
    /// Not at all.
    None,
}

/// Groups that fit.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedGroup {
    /// Where the value is.
    pub by: CheckedPath,
    /// Of dates and timestamps only.
    pub period: Option<Period>,
    /// Those that fit.
    pub totals: Vec<(Total, CheckedPath)>,
    /// How they are drawn.
    pub chart: Chart,
}

impl Check<'_> {
    pub(super) fn group(&mut self, definition: &Definition) -> Option<CheckedGroup> {
        let group = definition.group.as_ref()?;
        let by = self.single("Group", &group.by)?;
        let kind = by.field.as_ref().map(|field| field.kind);
        if matches!(kind, Some(FieldType::LongText | FieldType::List)) {
            return self.break_off(format!("Group: `{}` has no single short value to group by.", group.by));
        }
        let is_date = matches!(kind, Some(FieldType::Date | FieldType::Timestamp));
        if group.period.is_some() && !is_date {
            return self.break_off(format!("Group: `{}` is no date, which alone have periods.", group.by));
        }
        if group.totals.len() > MAX_TOTALS {
            self.broken.push(format!("Group: more than {MAX_TOTALS} totals."));
        }
        let totals = group.totals.iter().take(MAX_TOTALS).filter_map(|total| self.total(total)).collect();
        let period = is_date.then(|| group.period.unwrap_or_default());
        Some(CheckedGroup { by, period, totals, chart: group.chart.unwrap_or_default() })
    }

    fn total(&mut self, total: &TotalOf) -> Option<(Total, CheckedPath)> {
        let path = self.single("Group", &total.path)?;
        let is_number = path.field.as_ref().is_some_and(|at| matches!(at.kind, FieldType::Integer | FieldType::Number));
        if !is_number {
            return self.break_off(format!("Group: `{}` is no number, of which there would be a total.", total.path));
        }
        Some((total.of, path))
    }

    fn single(&mut self, part: &str, text: &str) -> Option<CheckedPath> {
        let path = self.path(part, text)?;
        match path.field {
            _ if path.is_many() => self.break_off(format!("{part}: `{text}` leads to several records.")),
            None => self.break_off(format!("{part}: `{text}` names a record, not a field of it.")),
            Some(_) => Some(path),
        }
    }
}

impl Period {
    /// The days on which periods start, from the one that holds the first day to the one that holds the last. At most
    /// `MAX_PERIODS`: what comes after belongs to the last one.
    pub fn starts(self, first: Date, last: Date) -> Vec<Date> {
        let mut start = self.start_of(first);
        let mut starts = Vec::new();
        while start <= last && starts.len() < MAX_PERIODS {
            starts.push(start);
            match start.checked_add(self.span()) {
                Ok(next) => start = next,
                Err(_) => break,
            }
        }
        starts
    }

    fn start_of(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => day.saturating_sub(Span::new().days(i64::from(day.weekday().to_monday_zero_offset()))),
            Self::Month => day.first_of_month(),
            Self::Year => day.first_of_year(),
        }
    }

    fn span(self) -> Span {
        match self {
            Self::Day => Span::new().days(1),
            Self::Week => Span::new().weeks(1),
            Self::Month => Span::new().months(1),
            Self::Year => Span::new().years(1),
        }
    }

    /// `2026-11-24`, `2026-11`, `2026`.
    pub fn label(self, start: Date) -> String {
        match self {
            Self::Day => start.to_string(),
            Self::Week => format!("week of {start}"),
            Self::Month => start.strftime("%Y-%m").to_string(),
            Self::Year => start.strftime("%Y").to_string(),
        }
    }
}

/// The day of a stored value, in the zone whose days are meant.
pub fn day_of(kind: FieldType, value: i64, zone: &TimeZone) -> Option<Date> {
    match kind {
        FieldType::Date => jiff::civil::date(1970, 1, 1).checked_add(Span::new().try_days(value).ok()?).ok(),
        _ => Some(Timestamp::from_microsecond(value).ok()?.to_zoned_datetime(zone.clone()).date()),
    }
}

/// The first stored value of a day; that of the very first one where the day has none.
pub fn first_of(kind: FieldType, day: Date, zone: &TimeZone) -> i64 {
    match kind {
        FieldType::Date => {
            let days = day.since((Unit::Day, jiff::civil::date(1970, 1, 1)));
            days.map_or(i64::MIN, |span| i64::from(span.get_days()))
        }
        _ => day.to_zoned_datetime(zone.clone()).map_or(i64::MIN, |start| start.timestamp().as_microsecond()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn periods_start_where_people_say_they_do() {
        let of = |period: Period, first, last| {
            period.starts(first, last).into_iter().map(|start| period.label(start)).collect::<Vec<_>>()
        };
        let (first, last) = (date(2026, 1, 30), date(2026, 3, 1));
        assert_eq!(of(Period::Month, first, last), ["2026-01", "2026-02", "2026-03"]);
        assert_eq!(of(Period::Year, first, last), ["2026"]);
        assert_eq!(
            of(Period::Week, date(2026, 11, 24), date(2026, 11, 30)),
            ["week of 2026-11-23", "week of 2026-11-30"]
        );
        assert_eq!(of(Period::Day, last, last), ["2026-03-01"]);
        assert_eq!(Period::Day.starts(Date::MIN, Date::MAX).len(), MAX_PERIODS);
        assert_eq!(Period::Month.starts(Date::MAX, Date::MAX).len(), 1);
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_zone_also_when_clocks_change() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let start = first_of(FieldType::Timestamp, date(2026, 3, 30), &zone);
        assert_eq!(Timestamp::from_microsecond(start).unwrap().to_string(), "2026-03-29T22:00:00Z");
        assert_eq!(day_of(FieldType::Timestamp, start - 1, &zone), Some(date(2026, 3, 29)));
        assert_eq!(day_of(FieldType::Timestamp, start, &zone), Some(date(2026, 3, 30)));
        let day = first_of(FieldType::Date, date(1970, 1, 3), &zone);
        assert_eq!((day, day_of(FieldType::Date, day, &zone)), (2, Some(date(1970, 1, 3))));
    }
}
