//! The engine against a naive reading of the same data, row by row.

mod aggregates;
mod groups;

use super::link::NO_ROW;
use super::*;
use crate::domain::{Cardinality, Field, FieldType, Normalizer, ObjectRef, Value};
use proptest::prelude::*;
use std::cmp::Ordering;
use std::sync::Arc;

const KINDS: [FieldType; 7] = [
    FieldType::Text,
    FieldType::Text,
    FieldType::Integer,
    FieldType::Number,
    FieldType::Boolean,
    FieldType::List,
    FieldType::Timestamp,
];

/// `Id`, then `f0` to `f6` of [`KINDS`], then `next`: the id of a row of the next table.
fn fields() -> Vec<Field> {
    let mut fields = vec![Field::plain("Id", FieldType::Text)];
    fields.extend(KINDS.iter().enumerate().map(|(index, kind)| Field::plain(&format!("f{index}"), *kind)));
    fields.push(Field::plain("next", FieldType::Text));
    fields
}

type Rows = Vec<Vec<Value>>;

fn table(rows: &Rows) -> Arc<Table> {
    let mut builder = TableBuilder::new(TableOrigin::default(), fields(), "Id", rows.len());
    for row in rows {
        builder.push(row[0].as_text().unwrap(), row).unwrap();
    }
    Arc::new(builder.finish().unwrap())
}

fn relationship(cardinality: Cardinality, local: &str, remote: &str, normalizer: Normalizer) -> EdgeKey {
    let object = |name: &str| ObjectRef { connection: "c1".into(), object: name.into() };
    let pair = KeyPair { local: local.into(), remote: remote.into(), normalizer };
    EdgeKey { near: object("Near"), object: object("Far"), cardinality, by: By::Relationship(pair) }
}

fn edge() -> EdgeKey {
    relationship(Cardinality::ToOne, "next", "Id", Normalizer::Folded)
}

/// A chain of three tables, each leading to the next, as data and as engine tables.
struct World {
    rows: [Rows; 3],
    tables: [Arc<Table>; 3],
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.rows.fmt(f)
    }
}

impl World {
    fn reach(&self, depth: usize, field: usize) -> Reach {
        let link = |at: usize| self.tables[at].link(&edge(), &self.tables[at + 1]);
        Reach::new((0..depth).map(link).collect(), &self.tables[depth], field)
    }

    fn value(&self, row: usize, depth: usize, field: usize) -> Value {
        let end = (0..depth).try_fold(row, |row, at| self.next(at, row));
        end.map_or(Value::Null, |row| self.rows[depth][row][field].clone())
    }

    /// The row of the next table that a row of this one leads to.
    fn next(&self, at: usize, row: usize) -> Option<usize> {
        let wanted = fold(self.rows[at][row].last()?.as_text()?.trim()).into_owned();
        let is_it = |far: &Vec<Value>| fold(far[0].as_text().unwrap()) == wanted;
        self.rows[at + 1].iter().position(is_it).filter(|_| !wanted.is_empty())
    }
}

#[derive(Clone, Debug)]
enum Wish {
    All(Vec<Wish>),
    Any(Vec<Wish>),
    Not(Box<Wish>),
    Leaf(usize, usize, Test),
}

impl Wish {
    fn expression(&self, world: &World) -> Expression {
        let each = |parts: &[Wish]| parts.iter().map(|part| part.expression(world)).collect();
        match self {
            Self::All(parts) => Expression::All(each(parts)),
            Self::Any(parts) => Expression::Any(each(parts)),
            Self::Not(part) => Expression::Not(Box::new(part.expression(world))),
            Self::Leaf(depth, field, test) => Expression::Leaf(world.reach(*depth, *field), test.clone()),
        }
    }

    fn holds(&self, world: &World, row: usize) -> Option<bool> {
        let all = |parts: &[Wish], decisive: bool| {
            let answers: Vec<_> = parts.iter().map(|part| part.holds(world, row)).collect();
            let unknown = answers.iter().any(Option::is_none);
            if answers.contains(&Some(decisive)) { Some(decisive) } else { (!unknown).then_some(!decisive) }
        };
        match self {
            Self::All(parts) => all(parts, false),
            Self::Any(parts) => all(parts, true),
            Self::Not(part) => part.holds(world, row).map(|yes| !yes),
            Self::Leaf(depth, field, test) => naive_test(test, &world.value(row, *depth, *field)),
        }
    }
}

fn naive_test(test: &Test, value: &Value) -> Option<bool> {
    let text = |holds: &dyn Fn(&str) -> bool| match value {
        Value::Text(text) => Some(holds(&fold(text))),
        Value::List(items) => Some(items.iter().any(|item| holds(&fold(item)))),
        _ => None,
    };
    match test {
        Test::Known => Some(!value.is_null()),
        Test::Empty => Some(match value {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            _ => false,
        }),
        Test::TextIs(wanted) => text(&|text| wanted.iter().any(|wanted| wanted == text)),
        Test::TextContains(part) => text(&|text| text.contains(part.as_str())),
        Test::TextStarts(start) => text(&|text| text.starts_with(start.as_str())),
        Test::Bool(wanted) => {
            if let Value::Bool(yes) = value {
                Some(yes == wanted)
            } else {
                None
            }
        }
        Test::Int(low, high) => match value {
            Value::Int(number) | Value::Time(number) => Some(low <= number && number <= high),
            _ => None,
        },
        Test::Float(low, high) => {
            if let Value::Float(number) = value {
                Some(low <= number && number <= high)
            } else {
                None
            }
        }
    }
}

/// Unknown last either way; lists by their first item, empty ones after all others; texts folded.
fn naive_order(a: &Value, b: &Value, descending: bool) -> Ordering {
    let place = |value: &Value| match value {
        Value::Null => 2,
        Value::List(items) if items.is_empty() => 1,
        _ => 0,
    };
    let texts = |a: &str, b: &str| fold(a).cmp(&fold(b));
    let values = match (a, b) {
        (Value::Text(a), Value::Text(b)) => texts(a, b),
        (Value::Int(a) | Value::Time(a), Value::Int(b) | Value::Time(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b).unwrap(),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::List(a), Value::List(b)) if !a.is_empty() && !b.is_empty() => texts(&a[0], &b[0]),
        _ => Ordering::Equal,
    };
    place(a).cmp(&place(b)).then(if descending { values.reverse() } else { values })
}

fn some_text() -> impl Strategy<Value = Box<str>> {
    prop_oneof!["[aAbB]{0,3}", Just("ÄÖ".to_owned()), Just("äö".to_owned()), Just("Σς".to_owned())].prop_map(Into::into)
}

fn cell(kind: FieldType) -> BoxedStrategy<Value> {
    let known = match kind {
        FieldType::Integer => (-3..4_i64).prop_map(Value::Int).boxed(),
        FieldType::Timestamp => {
            prop_oneof![Just(i64::MIN), Just(i64::MAX - 9), -3..4_i64].prop_map(Value::Time).boxed()
        }
        FieldType::Number => prop_oneof![Just(-0.0), Just(0.0), Just(1.5), Just(-2.5)].prop_map(Value::Float).boxed(),
        FieldType::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        FieldType::List => prop::collection::vec(some_text(), 0..3).prop_map(Value::List).boxed(),
        _ => some_text().prop_map(Value::Text).boxed(),
    };
    prop_oneof![3 => known, 1 => Just(Value::Null)].boxed()
}

fn some_rows() -> impl Strategy<Value = Rows> {
    let cells: Vec<_> = KINDS.iter().map(|kind| cell(*kind)).collect();
    let next = prop_oneof!["[kK][0-9]", Just(" k1 ".to_owned()), Just(String::new())];
    prop::collection::vec((cells, prop::option::of(next)), 0..80).prop_map(|rows| {
        let key = |index: usize| if index % 7 == 3 { format!("K{index:02}") } else { format!("k{index}") };
        let row = |(index, (mut cells, next)): (usize, (Vec<Value>, Option<String>))| {
            cells.insert(0, Value::Text(key(index).into()));
            cells.push(next.map_or(Value::Null, |next| Value::Text(next.into())));
            cells
        };
        let mut rows: Rows = rows.into_iter().enumerate().map(row).collect();
        rows.sort_by(|a, b| a[0].as_text().cmp(&b[0].as_text()));
        rows
    })
}

fn some_world() -> impl Strategy<Value = World> {
    (some_rows(), some_rows(), some_rows()).prop_map(|(a, b, c)| {
        let tables = [table(&a), table(&b), table(&c)];
        World { rows: [a, b, c], tables }
    })
}

fn some_test() -> impl Strategy<Value = Test> {
    let folded = || some_text().prop_map(|text| fold(&text).into_owned());
    prop_oneof![
        prop::collection::vec(folded(), 0..3).prop_map(Test::TextIs),
        folded().prop_map(Test::TextContains),
        folded().prop_map(Test::TextStarts),
        (-4..4_i64, -4..4_i64).prop_map(|(low, high)| Test::Int(low, high)),
        (-3.0..3.0, -3.0..3.0).prop_map(|(low, high)| Test::Float(low, high)),
        any::<bool>().prop_map(Test::Bool),
        Just(Test::Empty),
        Just(Test::Known),
    ]
}

fn some_wish() -> impl Strategy<Value = Wish> {
    let leaf = (0..3_usize, 0..9_usize, some_test()).prop_map(|(depth, field, test)| Wish::Leaf(depth, field, test));
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Wish::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Wish::Any),
            inner.prop_map(|wish| Wish::Not(Box::new(wish))),
        ]
    })
}

fn some_sort() -> impl Strategy<Value = Vec<(usize, usize, bool)>> {
    prop::collection::vec((0..3_usize, 0..9_usize, any::<bool>()), 0..3)
}

proptest! {
    #[test]
    fn answers_as_a_naive_reading_does(
        world in some_world(),
        wish in some_wish(),
        sort in some_sort(),
        count in 0..90_usize,
    ) {
        let by = |(depth, field, descending): &(usize, usize, bool)| Sort {
            by: world.reach(*depth, *field),
            descending: *descending,
        };
        let query = Query {
            table: world.tables[0].clone(),
            filter: wish.expression(&world),
            sort: sort.iter().map(by).collect(),
            group: None,
        };
        let mut rows: Vec<usize> =
            (0..world.rows[0].len()).filter(|row| wish.holds(&world, *row) == Some(true)).collect();
        rows.sort_by(|a, b| {
            let by = |(depth, field, descending): &(usize, usize, bool)| {
                naive_order(&world.value(*a, *depth, *field), &world.value(*b, *depth, *field), *descending)
            };
            sort.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        let answer = query.answer(count);
        prop_assert_eq!(answer.total, rows.len());
        rows.truncate(count);
        prop_assert_eq!(answer.rows, rows.iter().map(|row| *row as u32).collect::<Vec<_>>());
    }

    #[test]
    fn gives_back_what_it_was_given(rows in some_rows()) {
        let table = table(&rows);
        for (index, row) in rows.iter().enumerate() {
            prop_assert_eq!(table.row_of(row[0].as_text().unwrap()), Some(index as u32));
            for (field, value) in row.iter().enumerate() {
                prop_assert_eq!(&table.value(field, index as u32), value);
            }
        }
        prop_assert_eq!(table.row_of("k"), None);
    }
}

fn keyed(keys: &[(&str, Option<&str>)]) -> Arc<Table> {
    let fields = vec![Field::plain("Id", FieldType::Text), Field::plain("mail", FieldType::Text)];
    let mut builder = TableBuilder::new(TableOrigin::default(), fields, "Id", keys.len());
    for (key, mail) in keys {
        builder.push(key, &[Value::from(*key), mail.map_or(Value::Null, Value::from)]).unwrap();
    }
    Arc::new(builder.finish().unwrap())
}

#[test]
fn relationships_keep_the_first_of_duplicates_and_count_the_rest() {
    let people =
        keyed(&[("p1", Some("Ada@x.com")), ("p2", None), ("p3", Some("bob@x.com")), ("p4", Some("nobody@x.com"))]);
    let accounts = keyed(&[
        ("a1", Some("ada@X.com")),
        ("a2", Some("ADA <ada@x.com>")),
        ("a3", Some("mailto:Bob@x.com")),
        ("a4", None),
    ]);
    let mail = |cardinality| relationship(cardinality, "mail", "mail", Normalizer::Email);
    let to_one = people.link(&mail(Cardinality::ToOne), &accounts);
    assert_eq!(to_one.leads(), [0, NO_ROW, 2, NO_ROW]);
    assert_eq!(to_one.duplicates, 1);
    let to_many = people.link(&mail(Cardinality::ToMany), &accounts);
    assert_eq!((to_many.all(0), to_many.all(1), to_many.all(2)), ([0, 1].as_slice(), [].as_slice(), [2].as_slice()));
    assert_eq!(to_many.duplicates, 0);
    assert!(Arc::ptr_eq(&to_one, &people.link(&mail(Cardinality::ToOne), &accounts)), "resolved once");
    let missing = relationship(Cardinality::ToOne, "gone", "mail", Normalizer::Email);
    assert_eq!(people.link(&missing, &accounts).first(0), None);
}

#[test]
fn many_different_texts_become_a_heap_and_stay_the_same() {
    let fields = vec![Field::plain("Id", FieldType::Text), Field::plain("name", FieldType::Text)];
    let mut builder = TableBuilder::new(TableOrigin::default(), fields, "Id", 0);
    let name = |row: u32| (!row.is_multiple_of(5)).then(|| format!("Name {}", row % 9000));
    for row in 0..20_000 {
        let key = format!("{row:06}");
        let value = name(row).map_or(Value::Null, |name| Value::from(name.as_str()));
        builder.push(&key, &[Value::from(key.as_str()), value]).unwrap();
    }
    let table = builder.finish().unwrap();
    for row in 0..20_000 {
        let expected = name(row).map_or(Value::Null, |name| Value::from(name.as_str()));
        assert_eq!(table.value(1, row), expected);
    }
}

#[test]
fn rows_out_of_order_are_refused() {
    let mut builder = TableBuilder::new(TableOrigin::default(), fields(), "Id", 2);
    builder.push("b", &[]).unwrap();
    assert_eq!(builder.push("a", &[]).unwrap_err(), BuildError::Unordered(1));
    assert_eq!(builder.push("b", &[]).unwrap_err(), BuildError::Unordered(1));
}
