//! A checked definition bound to the tables of one moment: a query for the engine, and how each cell is read.

use super::definition::{Checked, CheckedColumn, CheckedCondition, CheckedFilter, CheckedPath, Edge, Match, Show};
use super::engine::{Expression, Link, ManyTest, Query, Reach, Sort, Table, Test, fold};
use super::tables::{Source, Sources};
use crate::domain::{Field, FieldType, ObjectName, Value};
use anyhow::Context;
use std::cmp::Ordering;
use std::sync::Arc;

/// Labels shown of a path that leads to several records.
const MAX_LABELS: usize = 10;

/// A board ready to be asked.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Which rows in which order.
    pub query: Query,
    /// From left to right.
    pub cells: Vec<CellSource>,
}

/// Where the cells of a column come from.
#[derive(Clone, Debug)]
pub struct CellSource {
    /// The object at the end of the path.
    pub object: ObjectName,
    /// Its field; none for records that are counted.
    pub field: Option<Field>,
    steps: Vec<Arc<Link>>,
    table: Arc<Table>,
    number: Option<usize>,
    many: Option<Show>,
    /// Of a path to several records: all of them are there.
    is_whole: bool,
}

impl Bound {
    /// Binds a definition. Every object it touches must be among the sources.
    pub fn new(base: &ObjectName, checked: &Checked, sources: &Sources) -> anyhow::Result<Self> {
        let table = table(sources, base)?.clone();
        let filter = filter(&checked.filter, base, sources)?;
        let sorts = checked.sort.iter().map(|sort| {
            Ok::<_, anyhow::Error>(Sort { by: reach(base, &sort.path, sources)?, descending: sort.descending })
        });
        let sort = sorts.collect::<Result<_, _>>()?;
        let cells = checked.columns.iter().map(|column| CellSource::new(base, column, sources));
        Ok(Self { query: Query { table, filter, sort }, cells: cells.collect::<Result<_, _>>()? })
    }

    /// The columns in which words are searched.
    pub fn searched(&self) -> Vec<Reach> {
        self.cells.iter().filter_map(CellSource::reach).collect()
    }
}

impl CellSource {
    fn new(base: &ObjectName, column: &CheckedColumn, sources: &Sources) -> anyhow::Result<Self> {
        let path = &column.path;
        let table = table(sources, &path.object)?.clone();
        let number = path.field.as_ref().and_then(|field| table.field(&field.name));
        let many = path.is_many().then_some(column.show);
        let steps = steps(base, path, sources)?;
        let is_whole = is_whole(base, &path.edges, sources);
        Ok(Self { object: path.object.clone(), field: path.field.clone(), steps, table, number, many, is_whole })
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
            return self.reach().map_or(Value::Null, |reach| self.named(reach.value(base)));
        };
        if !self.is_whole {
            return Value::Null;
        }
        let rows = self
            .steps
            .iter()
            .fold(vec![base], |rows, link| rows.iter().flat_map(|row| link.all(*row)).copied().collect());
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

    fn reach(&self) -> Option<Reach> {
        if self.many.is_some() {
            return None;
        }
        Some(Reach { steps: self.steps.clone(), table: self.table.clone(), field: self.number? })
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
pub fn known_filter(checked: &CheckedFilter, base: &ObjectName, sources: &Sources) -> Option<Expression> {
    let is_known = checked.conditions().iter().all(|condition| is_whole(base, &condition.path.edges, sources));
    if is_known { filter(checked, base, sources).ok() } else { None }
}

/// Whether every object on the way is there whole, with the fields that tie it to the one before. Else what the way leads to is
/// unknown, and not nothing.
pub fn is_whole(base: &ObjectName, edges: &[Edge], sources: &Sources) -> bool {
    let has =
        |source: &Source, field: &str| source.table.field(field).is_some_and(|at| source.table.column(at).is_some());
    let mut near = sources.get(base);
    edges.iter().all(|edge| {
        let far = sources.get(&edge.key.object);
        let holds = near
            .zip(far)
            .is_some_and(|(near, far)| far.is_whole() && has(near, &edge.key.local) && has(far, &edge.key.remote));
        near = far;
        holds
    })
}

fn filter(filter: &CheckedFilter, base: &ObjectName, sources: &Sources) -> anyhow::Result<Expression> {
    let all = |parts: &[CheckedFilter]| {
        parts.iter().map(|part| self::filter(part, base, sources)).collect::<anyhow::Result<Vec<_>>>()
    };
    Ok(match filter {
        CheckedFilter::All(parts) => Expression::All(all(parts)?),
        CheckedFilter::Any(parts) => Expression::Any(all(parts)?),
        CheckedFilter::Is(checked) => match checked.condition.matches {
            Some(matches) => asked_of_many(checked, matches, base, sources)?,
            None => asked_of_one(checked, reach(base, &checked.path, sources)?),
        },
    })
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
    base: &ObjectName,
    sources: &Sources,
) -> anyhow::Result<Expression> {
    let CheckedCondition { path, condition, compiled } = checked;
    let end = table(sources, &path.object)?.clone();
    let negated = |negated: bool, asked: Expression| if negated { Expression::Not(Box::new(asked)) } else { asked };
    let asked = match (matches, &compiled.test) {
        _ if !is_whole(base, &path.edges, sources) => Expression::Unknown,
        (Match::Count, Test::Int(low, high)) => {
            let count = ManyTest::Count(*low, *high);
            negated(compiled.negated, Expression::Many(steps(base, path, sources)?, end, count))
        }
        (_, test) => {
            let field = path.field.as_ref().and_then(|field| end.field(&field.name));
            let field = field.with_context(|| format!("{} lacks a field that was checked", path.object))?;
            let leaf = Expression::Leaf(Reach { steps: Vec::new(), table: end.clone(), field }, test.clone());
            let each = Box::new(negated(compiled.negated, leaf));
            let test = if matches == Match::All { ManyTest::All(each) } else { ManyTest::Any(each) };
            negated(matches == Match::None, Expression::Many(steps(base, path, sources)?, end, test))
        }
    };
    Ok(if condition.or_unknown { Expression::OrUnknown(Box::new(asked)) } else { asked })
}

fn reach(base: &ObjectName, path: &CheckedPath, sources: &Sources) -> anyhow::Result<Reach> {
    let table = table(sources, &path.object)?.clone();
    let field = path.field.as_ref().and_then(|field| table.field(&field.name));
    let field = field.with_context(|| format!("{} lacks a field that was checked", path.object))?;
    Ok(Reach { steps: steps(base, path, sources)?, table, field })
}

fn steps(base: &ObjectName, path: &CheckedPath, sources: &Sources) -> anyhow::Result<Vec<Arc<Link>>> {
    let mut near = table(sources, base)?;
    let step = |edge: &Edge| {
        let far = table(sources, &edge.key.object)?;
        let link = near.link(&edge.key, far);
        near = far;
        Ok(link)
    };
    path.edges.iter().map(step).collect()
}

fn table<'a>(sources: &'a Sources, object: &ObjectName) -> anyhow::Result<&'a Arc<Table>> {
    sources.get(object).map(|source| &source.table).with_context(|| format!("the table of {object} was not loaded"))
}
