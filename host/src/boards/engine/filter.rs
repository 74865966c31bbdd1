//! Filters over a table: tests of single columns, joined by and, or and not, with the unknown kept unknown.

use super::bits::{Bits, Truth};
use super::column::{Column, Data};
use super::link::{Link, NO_ROW, Reached};
use super::table::Table;
use super::texts::Texts;
use crate::domain::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// A column, and the to-one relationships that lead to it from the base table.
#[derive(Clone, Debug)]
pub struct Reach {
    /// In the order they are walked; none for a column of the base table itself.
    pub steps: Vec<Arc<Link>>,
    /// How many rows there are at the end.
    pub rows: usize,
    /// What is read there; none when it is not resident, and then nothing is known.
    pub column: Option<Arc<Column>>,
}

impl Reach {
    /// The field of this number of the table at the end.
    pub fn new(steps: Vec<Arc<Link>>, table: &Table, field: usize) -> Self {
        Self { steps, rows: table.rows(), column: table.column(field).cloned() }
    }

    /// The row at the end of the path.
    pub fn row(&self, base: u32) -> Option<u32> {
        self.steps.iter().try_fold(base, |row, link| link.first(row))
    }

    /// What is so of each row at the end, by row of the base table; `missing` where the path ends nowhere.
    pub fn carried<T: Copy>(&self, at_end: Vec<T>, missing: T) -> Vec<T> {
        self.steps.iter().rev().fold(at_end, |far, link| {
            let value = |row: u32| far.get(row as usize).copied().unwrap_or(missing);
            match &link.rows {
                Reached::One(rows) => rows.iter().map(|row| value(*row)).collect(),
                many => (0..many.near_rows() as u32).map(|row| link.first(row).map_or(missing, value)).collect(),
            }
        })
    }

    /// The text for a row of the base table as it stands there; none where the column holds no texts, or the path ends nowhere.
    pub fn text(&self, base: u32) -> Option<Cow<'_, str>> {
        self.column.as_ref()?.text(self.row(base)? as usize)
    }

    /// The value for a row of the base table. Null when the path ends nowhere.
    pub fn value(&self, base: u32) -> Value {
        let column = self.column.as_ref();
        column.zip(self.row(base)).map_or(Value::Null, |(column, row)| column.value(row as usize))
    }
}

/// What is asked of one column. Of an unknown value only the last two know an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// The folded text, or an item of the list, is one of these folded texts.
    TextIs(Vec<String>),
    /// The folded text, or an item of the list, contains this folded text.
    TextContains(String),
    /// The folded text, or an item of the list, starts with this folded text.
    TextStarts(String),
    /// The number is within, bounds included.
    Int(i64, i64),
    /// The number is within, bounds included.
    Float(f64, f64),
    /// The boolean is this one.
    Bool(bool),
    /// There is nothing: unknown, a text without characters, or a list without items.
    Empty,
    /// It is known.
    Known,
}

/// A filter.
#[derive(Clone, Debug)]
pub enum Expression {
    /// All hold; an empty one always does.
    All(Vec<Expression>),
    /// At least one holds; an empty one never does.
    Any(Vec<Expression>),
    /// It is known that it does not hold.
    Not(Box<Expression>),
    /// A test of a column.
    Leaf(Reach, Test),
    /// A question to the records that a path to several leads to.
    Many(Vec<Arc<Link>>, Arc<Table>, ManyTest),
    /// It holds, or it is not known whether it does.
    OrUnknown(Box<Expression>),
    /// It is not known of any row.
    Unknown,
}

/// What is asked of the records that a path leads to.
#[derive(Clone, Debug)]
pub enum ManyTest {
    /// At least one of them is so; of no record it does not hold.
    Any(Box<Expression>),
    /// Each of them is so; of no record it holds.
    All(Box<Expression>),
    /// There are at least and at most so many.
    Count(i64, i64),
}

impl Expression {
    /// What it says of each of the base table's rows.
    pub fn evaluate(&self, rows: usize) -> Truth {
        let yes = self.known_to_be(true, rows);
        Truth { known: self.known_to_be(false, rows).or(&yes), yes }
    }

    /// The rows of the base table of which it is known that it holds, or that it does not. Asking for one of the two is half of the
    /// work, since the unknown never has to be carried along.
    pub fn known_to_be(&self, wanted: bool, rows: usize) -> Bits {
        match self {
            // One "no" is enough for "no", whatever is unknown beside it, and one "yes" for "yes".
            Self::All(parts) => join(parts, wanted, rows, wanted),
            Self::Any(parts) => join(parts, wanted, rows, !wanted),
            Self::Not(part) => part.known_to_be(!wanted, rows),
            Self::Unknown => Bits::filled(rows, false),
            Self::OrUnknown(part) if wanted => Bits::filled(rows, true).and_not(&part.known_to_be(false, rows)),
            Self::OrUnknown(part) => part.known_to_be(false, rows),
            Self::Many(steps, end, test) => test.asked(steps, end).of(wanted),
            Self::Leaf(reach, test) => {
                let at_end = match &reach.column {
                    Some(column) => test.of_column(column, reach.rows),
                    None => test.of_nothing(reach.rows),
                };
                let missing = test.missing() == Some(wanted);
                reach.steps.iter().rev().fold(at_end.of(wanted), |far, link| carry(link, &far, missing))
            }
        }
    }
}

impl ManyTest {
    fn asked(&self, steps: &[Arc<Link>], end: &Table) -> Truth {
        match self {
            Self::Any(each) => {
                steps.iter().rev().fold(each.evaluate(end.rows()), |truth, link| gather(link, &truth, true))
            }
            Self::All(each) => {
                steps.iter().rev().fold(each.evaluate(end.rows()), |truth, link| gather(link, &truth, false))
            }
            Self::Count(low, high) => {
                // More than any count is what cannot be counted.
                let state = |count| match count {
                    UNCOUNTED => 0b00,
                    count => 0b10 | u8::from((*low..=*high).contains(&i64::from(count))),
                };
                Truth::from_states(&counts(steps), state)
            }
        }
    }
}

/// The rows that are in all parts, or in one of them at least.
fn join(parts: &[Expression], wanted: bool, rows: usize, in_all: bool) -> Bits {
    let mut joined = Bits::filled(rows, in_all);
    for part in parts {
        match in_all {
            true if joined.is_empty() => break,
            true => joined = joined.and(&part.known_to_be(wanted, rows)),
            false => joined = joined.or(&part.known_to_be(wanted, rows)),
        }
    }
    joined
}

/// What is so of the far rows, said of the near rows that lead to them.
fn carry(link: &Link, far: &Bits, missing: bool) -> Bits {
    if !missing && far.is_empty() {
        return Bits::filled(link.rows.near_rows(), false);
    }
    // NO_ROW is past the end of any table, and so is missing.
    match &link.rows {
        Reached::One(rows) => Bits::from_values(rows, |row| far.get_or(row as usize, missing)),
        many @ Reached::Many { .. } => {
            let first = |row| link.first(row as u32).unwrap_or(NO_ROW);
            Bits::from_fn(many.near_rows(), |row| far.get_or(first(row) as usize, missing))
        }
    }
}

/// What is true of the far rows, asked of all that each near row leads to: one that is `decisive` decides, else one of which it is
/// unknown leaves it unknown, else the opposite holds, for no far row as well.
fn gather(link: &Link, far: &Truth, decisive: bool) -> Truth {
    let leads = match &link.rows {
        Reached::One(rows) => {
            let states: Vec<u8> = (0..far.yes.len()).map(|row| far.state(row)).collect();
            let opposite = 0b10 | u8::from(!decisive);
            let truth = Truth::from_states(rows, |row| states.get(row as usize).copied().unwrap_or(opposite));
            return match link.unclear() {
                Some(unclear) => Truth { yes: truth.yes.and_not(unclear), known: truth.known.and_not(unclear) },
                None => truth,
            };
        }
        Reached::Many { leads, .. } => leads.leads(),
    };
    let rows = link.rows.near_rows();
    // A bit for the near row of each far one, and none for NO_ROW, which is past the end.
    let near = |far: &Bits| {
        let mut near = Bits::filled(rows, false);
        far.ones().for_each(|row| near.set(leads[row as usize] as usize));
        near
    };
    let decides = if decisive { far.yes.clone() } else { far.known.clone().and_not(&far.yes) };
    let decided = near(&decides);
    let unknown = near(&Bits::filled(far.known.len(), true).and_not(&far.known)).and_not(&decided);
    let all = || Bits::filled(rows, true);
    Truth {
        known: all().and_not(&unknown),
        yes: if decisive { decided } else { all().and_not(&decided).and_not(&unknown) },
    }
}

/// Where it is not known which records a row leads to.
const UNCOUNTED: u32 = u32::MAX;

/// How many records each row of the first table leads to, or [`UNCOUNTED`].
fn counts(steps: &[Arc<Link>]) -> Vec<u32> {
    let Some((last, before)) = steps.split_last() else { return Vec::new() };
    let each = |link: &Link, count: &dyn Fn(&[u32]) -> u32| {
        let is_unclear = |row: u32| link.unclear().is_some_and(|unclear| unclear.get(row as usize));
        let count = |row: u32| if is_unclear(row) { UNCOUNTED } else { count(link.all(row)) };
        (0..link.rows.near_rows() as u32).map(count).collect::<Vec<_>>()
    };
    let ones = each(last, &|rows| rows.len() as u32);
    // Saturates at what cannot be counted: one such row leaves the sum unknown.
    let sum = |far: &[u32], rows: &[u32]| rows.iter().fold(0_u32, |sum, row| sum.saturating_add(far[*row as usize]));
    before.iter().rev().fold(ones, |far, link| each(link, &|rows| sum(&far, rows)))
}

impl Test {
    /// What it says where the path ends nowhere.
    fn missing(&self) -> Option<bool> {
        match self {
            Self::Empty => Some(true),
            Self::Known => Some(false),
            _ => None,
        }
    }

    fn of_nothing(&self, rows: usize) -> Truth {
        match self {
            Self::Empty => Truth::constant(rows, true),
            Self::Known => Truth::constant(rows, false),
            _ => Truth::unknown(rows),
        }
    }

    fn of_column(&self, column: &Column, rows: usize) -> Truth {
        let all = || Bits::filled(rows, true);
        let yes = match (self, &column.data) {
            (Self::Known, _) => return Truth { yes: column.known.clone(), known: all() },
            (Self::Empty, data) => {
                let something = column.known.clone().and_not(&without_content(data, rows));
                return Truth { yes: all().and_not(&something), known: all() };
            }
            (Self::Bool(true), Data::Bool(bits)) => bits.clone(),
            (Self::Bool(false), Data::Bool(bits)) => all().and_not(bits),
            (Self::Int(low, high), Data::Int(numbers)) => numbers.within(*low, *high),
            (Self::Float(low, high), Data::Float(numbers)) => {
                Bits::from_values(numbers, |n| (*low..=*high).contains(&n))
            }
            (Self::Int(..) | Self::Float(..) | Self::Bool(_), _) => return self.of_nothing(rows),
            (_, Data::Heap(texts)) => self.of_texts(texts),
            (_, Data::Dictionary(texts, codes)) => codes.marked(&marks(&self.of_texts(texts))),
            (_, Data::Lists(lists)) => {
                let marks = marks(&self.of_texts(&lists.values));
                Bits::from_fn(rows, |row| lists.get(row).iter().any(|code| marks[*code as usize]))
            }
            _ => return self.of_nothing(rows),
        };
        Truth::within(yes, &column.known)
    }

    fn of_texts(&self, texts: &Texts) -> Bits {
        let each = |holds: &dyn Fn(&str) -> bool| {
            let folded = texts.folded();
            Bits::from_fn(texts.len(), |index| holds(folded.get(index)))
        };
        match self {
            Self::TextIs(wanted) => each(&|text| wanted.iter().any(|wanted| wanted == text)),
            Self::TextStarts(start) => each(&|text| text.starts_with(start.as_str())),
            Self::TextContains(part) => {
                let mut found = Bits::filled(texts.len(), false);
                texts.containing(part, |index| found.set(index));
                found
            }
            _ => Bits::filled(texts.len(), false),
        }
    }
}

fn marks(bits: &Bits) -> Vec<bool> {
    (0..bits.len()).map(|index| bits.get(index)).collect()
}

/// Rows whose text has no characters or whose list has no items.
fn without_content(data: &Data, rows: usize) -> Bits {
    match data {
        Data::Heap(texts) => Bits::from_fn(rows, |row| texts.get(row).is_empty()),
        Data::Dictionary(texts, codes) => codes.marked(&texts.iter().map(|text| text.is_empty()).collect::<Vec<_>>()),
        Data::Lists(lists) => Bits::from_fn(rows, |row| lists.get(row).is_empty()),
        Data::Bool(_) | Data::Int(_) | Data::Float(_) => Bits::filled(rows, false),
    }
}
