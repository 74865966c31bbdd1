//! Conditions in terms of the engine: typed bounds instead of words, days of a time zone instead of "ago".

use super::filter::{Condition, Operand, Operator};
use crate::boards::engine::{Test, fold};
use crate::domain::{Field, FieldType};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// "Is one of" beyond this is a list that belongs into the tool.
const MAX_VALUES: usize = 100;
/// A hundred years: what lies further away is a slip of the finger.
const MAX_DAYS: i64 = 36_525;

/// What relative dates are relative to.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Now.
    pub now: Timestamp,
    /// Whose days are meant.
    pub zone: TimeZone,
}

/// A condition for the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// What is asked.
    pub test: Test,
    /// The opposite is asked.
    pub negated: bool,
}

impl Clock {
    /// The day it is.
    pub fn today(&self) -> Date {
        self.now.to_zoned_datetime(self.zone.clone()).date()
    }
}

/// The condition on how many records there are. The error is as that of [`compile`].
pub fn compile_count(condition: &Condition) -> Result<Compiled, String> {
    let test = integer_test(condition.op, condition.value.as_ref()).map_err(|why| format!("with `count` {why}"))?;
    Ok(Compiled { test, negated: condition.op == Operator::IsNot })
}

/// The condition on a field. The error is a sentence without a subject: "cannot be compared with ...".
pub fn compile(field: &Field, condition: &Condition, clock: &Clock) -> Result<Compiled, String> {
    let operand = condition.value.as_ref();
    let negated = matches!(
        condition.op,
        Operator::IsNot | Operator::DoesNotContain | Operator::NoneOf | Operator::IsNotEmpty | Operator::IsUnknown
    );
    let test = match condition.op {
        _ if field.kind == FieldType::LongText => {
            return Err("is a long text, which is shown but not filtered".to_owned());
        }
        Operator::IsEmpty | Operator::IsNotEmpty | Operator::IsKnown | Operator::IsUnknown if operand.is_some() => {
            return Err("is asked for being empty or known, which takes no value".to_owned());
        }
        Operator::IsEmpty | Operator::IsNotEmpty => Test::Empty,
        Operator::IsKnown | Operator::IsUnknown => Test::Known,
        op => match field.kind {
            FieldType::Text | FieldType::LongText | FieldType::Choice | FieldType::List => {
                text_test(field, op, operand)?
            }
            FieldType::Boolean => match (op, operand) {
                (Operator::Is | Operator::IsNot, Some(Operand::Bool(yes))) => Test::Bool(*yes),
                _ => return Err("takes `is` or `is-not` with true or false".to_owned()),
            },
            FieldType::Integer => integer_test(op, operand)?,
            FieldType::Number => {
                let (low, high) = bounds(op, operand, number)?;
                Test::Float(low.map_or(f64::NEG_INFINITY, below), high.map_or(f64::INFINITY, above))
            }
            FieldType::Date | FieldType::Timestamp => date_test(field.kind, op, operand, clock)?,
        },
    };
    Ok(Compiled { test, negated })
}

fn text_test(field: &Field, op: Operator, operand: Option<&Operand>) -> Result<Test, String> {
    let one = || match operand {
        Some(Operand::Text(text)) => Ok(fold(text).into_owned()),
        _ => Err("is compared with one text".to_owned()),
    };
    // A choice may be written as people call it.
    let value_of = |text: &str| {
        let by_title = field.choices.iter().find(|choice| fold(&choice.title) == fold(text));
        fold(by_title.map_or(text, |choice| choice.value.as_str())).into_owned()
    };
    match (op, operand) {
        (Operator::Is | Operator::IsNot, Some(Operand::Text(text))) => Ok(Test::TextIs(vec![value_of(text)])),
        (Operator::Contains | Operator::DoesNotContain, _) => Ok(Test::TextContains(one()?)),
        (Operator::StartsWith, _) => Ok(Test::TextStarts(one()?)),
        (Operator::AnyOf | Operator::NoneOf, Some(Operand::List(items))) if items.len() <= MAX_VALUES => {
            let text = |item: &Operand| match item {
                Operand::Text(text) => Ok(value_of(text)),
                _ => Err("is compared with a list of texts".to_owned()),
            };
            Ok(Test::TextIs(items.iter().map(text).collect::<Result<_, _>>()?))
        }
        (Operator::AnyOf | Operator::NoneOf, _) => Err(format!("is compared with a list of up to {MAX_VALUES} texts")),
        (Operator::Is | Operator::IsNot, _) => Err("is compared with one text".to_owned()),
        _ => Err(
            "is a text: it takes `is`, `is-not`, `contains`, `does-not-contain`, `starts-with`, `any-of`, `none-of`, \
                  `is-empty`, `is-not-empty`, `is-known` and `is-unknown`"
                .to_owned(),
        ),
    }
}

/// A bound and whether it is included itself.
type Bound<T> = Option<(T, bool)>;

fn bounds<T: Copy>(
    op: Operator,
    operand: Option<&Operand>,
    read: impl Fn(&Operand) -> Result<T, String>,
) -> Result<(Bound<T>, Bound<T>), String> {
    let one = || read(operand.ok_or("is compared with something, and nothing is given")?);
    match op {
        Operator::Is | Operator::IsNot => one().map(|value| (Some((value, true)), Some((value, true)))),
        Operator::LessThan => one().map(|value| (None, Some((value, false)))),
        Operator::AtMost => one().map(|value| (None, Some((value, true)))),
        Operator::GreaterThan => one().map(|value| (Some((value, false)), None)),
        Operator::AtLeast => one().map(|value| (Some((value, true)), None)),
        Operator::Between => match operand {
            Some(Operand::List(items)) if items.len() == 2 => {
                Ok((Some((read(&items[0])?, true)), Some((read(&items[1])?, true))))
            }
            _ => Err("takes two values for `between`".to_owned()),
        },
        _ => {
            Err("takes `is`, `is-not`, `less-than`, `at-most`, `greater-than`, `at-least`, `between`, `is-known` and \
                  `is-unknown`"
                .to_owned())
        }
    }
}

fn number(operand: &Operand) -> Result<f64, String> {
    match operand {
        Operand::Int(number) => Ok(*number as f64),
        Operand::Float(number) if number.is_finite() => Ok(*number),
        _ => Err("is compared with a number".to_owned()),
    }
}

fn below((value, included): (f64, bool)) -> f64 {
    if included { value } else { value.next_up() }
}

fn above((value, included): (f64, bool)) -> f64 {
    if included { value } else { value.next_down() }
}

/// Whole numbers compared with fractions: the bounds move to the next whole number inside.
fn integer_test(op: Operator, operand: Option<&Operand>) -> Result<Test, String> {
    let (low, high) = bounds(op, operand, number)?;
    let low = low.map_or(i64::MIN, |(value, included)| {
        if included || value.fract() != 0.0 { value.ceil() as i64 } else { (value as i64).saturating_add(1) }
    });
    let high = high.map_or(i64::MAX, |(value, included)| {
        if included || value.fract() != 0.0 { value.floor() as i64 } else { (value as i64).saturating_sub(1) }
    });
    Ok(Test::Int(low, high))
}

/// A day, or a moment.
#[derive(Clone, Copy)]
enum When {
    Day(Date),
    Moment(Timestamp),
}

fn date_test(kind: FieldType, op: Operator, operand: Option<&Operand>, clock: &Clock) -> Result<Test, String> {
    let today = clock.today();
    let days = || match operand {
        Some(Operand::Int(days @ 0..=MAX_DAYS)) => Ok(Span::new().days(*days)),
        _ => Err(format!("takes a number of days, 0 to {MAX_DAYS}")),
    };
    let before = || days().map(|days| today.saturating_sub(days));
    let (low, high) = match op {
        Operator::MoreThanDaysAgo => (None, Some((When::Day(before()?), false))),
        Operator::LessThanDaysAgo => (Some((When::Day(before()?), false)), Some((When::Day(today), true))),
        Operator::InNextDays => {
            (Some((When::Day(today), true)), Some((When::Day(today.saturating_add(days()?)), true)))
        }
        _ => bounds(op, operand, when)?,
    };
    let low = low.map_or(Ok(i64::MIN), |bound| first_after(kind, bound, clock))?;
    let high = high.map_or(Ok(i64::MAX), |(when, included)| {
        // The last one inside is the one before the first one outside.
        first_after(kind, (when, !included), clock).map(|first| first.saturating_sub(1))
    })?;
    Ok(Test::Int(low, high))
}

fn when(operand: &Operand) -> Result<When, String> {
    let Operand::Text(text) = operand else {
        return Err("is compared with a date such as \"2026-11-24\"".to_owned());
    };
    let day = text.parse::<Date>().map(When::Day);
    let is_moment = text.contains(['T', 't', ' ']);
    let moment = || text.parse::<Timestamp>().map(When::Moment);
    if is_moment { moment() } else { day }.map_err(|_| format!("is compared with a date, and \"{text}\" is none"))
}

/// The first value of the field at or after the bound; strictly after it when it is not included.
fn first_after(kind: FieldType, (when, included): (When, bool), clock: &Clock) -> Result<i64, String> {
    let far = || "is compared with a date too far away".to_owned();
    let start_of = |day: Date| {
        let start = day.to_zoned_datetime(clock.zone.clone()).map_err(|_| far())?;
        Ok::<_, String>(start.timestamp().as_microsecond())
    };
    let day_after = |day: Date| if included { Ok(day) } else { day.tomorrow().map_err(|_| far()) };
    match (kind, when) {
        (FieldType::Date, When::Day(day)) => Ok(days_since_1970(day_after(day)?)),
        (FieldType::Date, When::Moment(moment)) => {
            Ok(days_since_1970(day_after(moment.to_zoned_datetime(clock.zone.clone()).date())?))
        }
        (_, When::Day(day)) => start_of(day_after(day)?),
        (_, When::Moment(moment)) => Ok(moment.as_microsecond() + i64::from(!included)),
    }
}

fn days_since_1970(day: Date) -> i64 {
    i64::from((day - jiff::civil::date(1970, 1, 1)).get_days())
}
