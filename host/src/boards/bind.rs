//! A checked definition bound to the tables of one moment: a query for the engine, and how each cell is read.

use super::definition::{Checked, CheckedColumn, CheckedCondition, CheckedFilter, CheckedPath, Edge, Match, Show};
use super::engine::{Expression, Link, ManyTest, Query, Reach, Sort, Table, Test, fold};
use super::groups::BoundGroups;
use super::tables::{Source, Sources};
use crate::domain::{Field, FieldType, ObjectRef, Value};
use anyhow::Context;
use jiff::tz::TimeZone;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

/// Shown where several records of another tool match: none of them is picked.
const SEVERAL_MATCHES: &str = "several matches";
/// Labels shown of a path that leads to several records.
const MAX_LABELS: usize = 10;
/// Characters of all labels in a cell of a file. Spreadsheets take 32,767; the rest is for what says how many more there are.
const MAX_CELL_CHARS: usize = 32_700;
/// What stands between two labels of a file's cell has so many characters.
const BETWEEN_LABELS: usize = 2;

/// A board ready to be asked.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Which rows in which order.
    pub query: Query,
    /// From left to right.
    pub cells: Vec<CellSource>,
    /// How its rows are grouped.
    pub groups: Option<BoundGroups>,
}

/// Where the cells of a column come from.
#[derive(Clone, Debug)]
pub struct CellSource {
    /// The object at the end of the path.
    pub object: ObjectRef,
    /// Its field; none for records that are counted.
    pub field: Option<Field>,
    steps: Vec<Arc<Link>>,
    table: Arc<Table>,
    number: Option<usize>,
    many: Option<Show>,
    /// What is read at the end of a path to one record.
    reach: Option<Reach>,
    /// Of a path to several records: all of them are there.
    is_whole: bool,
}

impl Bound {
    /// Binds a definition. Every object it touches must be among the sources.
    pub fn new(base: &ObjectRef, checked: &Checked, sources: &Sources, zone: &TimeZone) -> anyhow::Result<Self> {
        let table = table(sources, base)?.clone();
        let filter = filter(&checked.filter, base, sources)?;
        let sorts = checked.sort.iter().map(|sort| {
            Ok::<_, anyhow::Error>(Sort { by: reach(base, &sort.path, sources)?, descending: sort.descending })
        });
        let sort = sorts.collect::<Result<_, _>>()?;
        let cells = checked.columns.iter().map(|column| CellSource::new(base, column, sources));
        let cells = cells.collect::<Result<_, _>>()?;
        let groups = checked.group.as_ref().map(|group| BoundGroups::new(base, group, sources, zone)).transpose()?;
        let group = groups.as_ref().map(|groups| groups.asked.clone());
        Ok(Self { query: Query { table, filter, sort, group }, cells, groups })
    }

    /// The columns in which words are searched.
    pub fn searched(&self) -> Vec<Reach> {
        self.cells.iter().filter_map(|cell| cell.reach.clone()).collect()
    }
}

impl CellSource {
    fn new(base: &ObjectRef, column: &CheckedColumn, sources: &Sources) -> anyhow::Result<Self> {
        let path = &column.path;
        let table = table(sources, &path.object)?.clone();
        let number = path.field.as_ref().and_then(|field| table.field(&field.name));
        let many = path.is_many().then_some(column.show);
        let steps = steps(base, &path.edges, sources)?;
        let reach = if many.is_some() { None } else { Some(reach(base, path, sources)?) };
        let is_whole = is_whole(base, &path.edges, sources);
        Ok(Self { object: path.object.clone(), field: path.field.clone(), steps, table, number, many, reach, is_whole })
    }

    /// What the cells hold.
    pub fn kind(&self) -> FieldType {
        match (self.many, &self.field) {
            (Some(Show::Count), _) | (_, None) => FieldType::Integer,
            (Some(Show::List), _) => FieldType::List,
            (_, Some(field)) => field.kind,
        }
    }

    /// The row of the table at the end from which a long text must be read; none for all other cells.
    pub fn long_text_row(&self, base: u32) -> Option<u32> {
        let is_long = self.many.is_none() && self.kind() == FieldType::LongText;
        if is_long { self.steps.iter().try_fold(base, |row, link| link.first(row)) } else { None }
    }

    /// The number of the field among those of its table.
    pub fn number(&self) -> Option<usize> {
        self.number
    }

    /// The cell of a row of the base table.
    pub fn value(&self, base: u32) -> Value {
        let Some(show) = self.many else {
            return self.reach.as_ref().map_or(Value::Null, |reach| self.one(reach, base));
        };
        let Some(rows) = self.rows(base).filter(|_| self.is_whole) else { return Value::Null };
        let value = |row: &u32| self.number.map_or(Value::Null, |field| self.table.value(field, *row));
        let known = || rows.iter().map(value).filter(|value| !value.is_null());
        match show {
            Show::Count => Value::Int(rows.len() as i64),
            Show::List => Value::List(known().take(MAX_LABELS).map(|value| label(&self.named(value)).into()).collect()),
            Show::First => known().next().map_or(Value::Null, |value| self.named(value)),
            Show::Min => known().min_by(compare).unwrap_or_default(),
            Show::Max => known().max_by(compare).unwrap_or_default(),
        }
    }

    /// As [`CellSource::value`], but with all labels of a path to several records; where they do not fit into a cell of a spreadsheet,
    /// the last one says how many more there are.
    pub fn whole_value(&self, base: u32) -> Value {
        let (Some(Show::List), Some(column)) = (self.many, self.number.and_then(|field| self.table.column(field)))
        else {
            return self.value(base);
        };
        let Some(rows) = self.rows(base).filter(|_| self.is_whole) else { return Value::Null };
        let mut rows = rows.into_iter().filter(|row| column.known.get(*row as usize));
        let mut labels: Vec<Box<str>> = Vec::new();
        let mut room = MAX_CELL_CHARS;
        while let Some(row) = rows.next() {
            let label = label(&self.named(column.value(row as usize)));
            let taken = label.chars().count() + BETWEEN_LABELS;
            if taken > room && !labels.is_empty() {
                labels.push(format!("… and {} more", 1 + rows.count()).into());
                break;
            }
            room = room.saturating_sub(taken);
            labels.push(label.into());
        }
        Value::List(labels)
    }

    /// The cell of a row of the base table where it is a text that is shown as it stands. None says nothing of the others.
    pub fn plain_text(&self, base: u32) -> Option<Cow<'_, str>> {
        let is_plain = self.field.as_ref().is_some_and(|field| field.choices.is_empty());
        self.reach.as_ref().filter(|_| is_plain).and_then(|reach| reach.text(base))
    }

    fn one(&self, reach: &Reach, base: u32) -> Value {
        match reach.value(base) {
            Value::Null if has_several(&reach.steps, base) => SEVERAL_MATCHES.into(),
            value => self.named(value),
        }
    }

    /// The rows that a path leads to; none where that is not known.
    fn rows(&self, base: u32) -> Option<Vec<u32>> {
        self.steps.iter().try_fold(vec![base], |rows, link| {
            let is_clear = |row: &u32| link.unclear().is_none_or(|unclear| !unclear.get(*row as usize));
            rows.iter().all(is_clear).then(|| rows.iter().flat_map(|row| link.all(*row)).copied().collect())
        })
    }

    fn named(&self, value: Value) -> Value {
        self.field.as_ref().map_or(Value::Null, |field| named(field, value))
    }
}

/// A choice as people call it, alone or in a list; every other value as it is.
pub fn named(field: &Field, value: Value) -> Value {
    let title = |text: Box<str>| match field.choices.iter().find(|choice| choice.value.as_str() == &*text) {
        Some(choice) => choice.title.as_str().into(),
        None => text,
    };
    match value {
        Value::Text(text) => Value::Text(title(text)),
        Value::List(items) => Value::List(items.into_iter().map(title).collect()),
        other => other,
    }
}

/// A value in a list of labels.
pub fn label(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(days) => jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(*days)).to_string(),
        Value::Time(micros) => {
            jiff::Timestamp::from_microsecond(*micros).map(|moment| moment.to_string()).unwrap_or_default()
        }
        Value::List(items) => items.join(", "),
    }
}

/// Values of one field: by number, or by folded text.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) | (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Text(a), Value::Text(b)) => fold(a).cmp(&fold(b)),
        _ => Ordering::Equal,
    }
}

/// A filter on an object; none when a path of it leads where records or the fields that tie them cannot be read.
pub fn known_filter(checked: &CheckedFilter, base: &ObjectRef, sources: &Sources) -> Option<Expression> {
    let is_known = checked.conditions().iter().all(|condition| is_whole(base, &condition.path.edges, sources));
    if is_known { filter(checked, base, sources).ok() } else { None }
}

/// Whether every object on the way is there whole, with the fields that tie it to the one before. Else what the way leads to is
/// unknown, and not nothing.
pub fn is_whole(base: &ObjectRef, edges: &[Edge], sources: &Sources) -> bool {
    let has =
        |source: &Source, field: &str| source.table.field(field).is_some_and(|at| source.table.column(at).is_some());
    let mut near = sources.get(base);
    edges.iter().all(|edge| {
        let far = sources.get(&edge.key.object);
        let pairs = edge.key.by.pairs();
        let holds = near.zip(far).is_some_and(|(near, far)| {
            far.is_whole() && pairs.iter().any(|pair| has(near, &pair.local) && has(far, &pair.remote))
        });
        near = far;
        holds
    })
}

fn filter(filter: &CheckedFilter, base: &ObjectRef, sources: &Sources) -> anyhow::Result<Expression> {
    let all = |parts: &[CheckedFilter]| {
        parts.iter().map(|part| self::filter(part, base, sources)).collect::<anyhow::Result<Vec<_>>>()
    };
    Ok(match filter {
        CheckedFilter::All(parts) => Expression::All(all(parts)?),
        CheckedFilter::Any(parts) => Expression::Any(all(parts)?),
        CheckedFilter::Is(checked) => match checked.condition.matches {
            Some(matches) => asked_of_many(checked, matches, base, sources)?,
            None if checked.path.is_match() && !is_whole(base, &checked.path.edges, sources) => unknown(checked),
            None => asked_of_one(checked, reach(base, &checked.path, sources)?),
        },
    })
}

fn unknown(checked: &CheckedCondition) -> Expression {
    if checked.condition.or_unknown {
        Expression::OrUnknown(Box::new(Expression::Unknown))
    } else {
        Expression::Unknown
    }
}

fn asked_of_one(checked: &CheckedCondition, reach: Reach) -> Expression {
    let leaf = Expression::Leaf(reach.clone(), checked.compiled.test.clone());
    let asked = if checked.compiled.negated { Expression::Not(Box::new(leaf)) } else { leaf };
    if !checked.condition.or_unknown {
        return asked;
    }
    // Of "is not empty" and the like the answer is known where the value is not.
    let unknown = Expression::Not(Box::new(Expression::Leaf(reach, Test::Known)));
    Expression::Any(vec![asked, unknown])
}

fn asked_of_many(
    checked: &CheckedCondition,
    matches: Match,
    base: &ObjectRef,
    sources: &Sources,
) -> anyhow::Result<Expression> {
    let CheckedCondition { path, condition, compiled } = checked;
    let end = table(sources, &path.object)?.clone();
    let negated = |negated: bool, asked: Expression| if negated { Expression::Not(Box::new(asked)) } else { asked };
    let asked = match (matches, &compiled.test) {
        _ if !is_whole(base, &path.edges, sources) => Expression::Unknown,
        (Match::Count, Test::Int(low, high)) => {
            let count = ManyTest::Count(*low, *high);
            negated(compiled.negated, Expression::Many(steps(base, &path.edges, sources)?, end, count))
        }
        (_, test) => {
            let field = path.field.as_ref().and_then(|field| end.field(&field.name));
            let field = field.with_context(|| format!("{} lacks a field that was checked", path.object.object))?;
            let leaf = Expression::Leaf(Reach::new(Vec::new(), &end, field), test.clone());
            let each = Box::new(negated(compiled.negated, leaf));
            let test = if matches == Match::All { ManyTest::All(each) } else { ManyTest::Any(each) };
            negated(matches == Match::None, Expression::Many(steps(base, &path.edges, sources)?, end, test))
        }
    };
    Ok(if condition.or_unknown { Expression::OrUnknown(Box::new(asked)) } else { asked })
}

/// Where a path to one record leads.
pub fn reach(base: &ObjectRef, path: &CheckedPath, sources: &Sources) -> anyhow::Result<Reach> {
    if path.is_match() {
        return how_matched(base, path, sources);
    }
    let table = table(sources, &path.object)?;
    let field = path.field.as_ref().and_then(|field| table.field(&field.name));
    let field = field.with_context(|| format!("{} lacks a field that was checked", path.object.object))?;
    Ok(Reach::new(steps(base, &path.edges, sources)?, table, field))
}

/// How rows were matched stands at the near end of the last join.
fn how_matched(base: &ObjectRef, path: &CheckedPath, sources: &Sources) -> anyhow::Result<Reach> {
    let mut steps = steps(base, &path.edges, sources)?;
    let link = steps.pop().context("a match without a join")?;
    let how = link.matches.as_ref().map(|matches| matches.how.clone());
    let is_whole = is_whole(base, &path.edges, sources);
    Ok(Reach { steps, rows: link.rows.near_rows(), column: how.filter(|_| is_whole) })
}

/// A step on the way has several matches for the row.
fn has_several(steps: &[Arc<Link>], base: u32) -> bool {
    let mut row = Some(base);
    steps.iter().any(|link| {
        let several = row.is_some_and(|row| link.matches.as_ref().is_some_and(|matches| matches.is_several(row)));
        row = row.and_then(|row| link.first(row));
        several
    })
}

fn steps(base: &ObjectRef, edges: &[Edge], sources: &Sources) -> anyhow::Result<Vec<Arc<Link>>> {
    let mut near = table(sources, base)?;
    let step = |edge: &Edge| {
        let far = table(sources, &edge.key.object)?;
        let link = near.link(&edge.key, far);
        near = far;
        Ok(link)
    };
    edges.iter().map(step).collect()
}

fn table<'a>(sources: &'a Sources, object: &ObjectRef) -> anyhow::Result<&'a Arc<Table>> {
    sources
        .get(object)
        .map(|source| &source.table)
        .with_context(|| format!("the table of {} was not loaded", object.object))
}
