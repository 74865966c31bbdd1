//! Aggregates over relationships against a naive reading of the same data.

use super::*;
use crate::domain::Aggregate;

const AGGREGATES: [Aggregate; 8] = [
    Aggregate::Count,
    Aggregate::First,
    Aggregate::Min,
    Aggregate::Max,
    Aggregate::Sum,
    Aggregate::Any,
    Aggregate::All,
    Aggregate::List,
];

/// What the aggregate of these values is, in the order of their records; none when the values are not of its type.
fn naive(aggregate: Aggregate, kind: FieldType, values: &[Value]) -> Option<Value> {
    let known = || values.iter().filter(|value| !value.is_null());
    let has_unknown = values.iter().any(Value::is_null);
    let quantified = |decisive: bool| match values.contains(&Value::Bool(decisive)) {
        true => Value::Bool(decisive),
        false if has_unknown => Value::Null,
        false => Value::Bool(!decisive),
    };
    let smallest = |descending: bool| {
        // `min_by` keeps the first of equal ones.
        known().min_by(|a, b| naive_order(a, b, descending)).cloned().unwrap_or_default()
    };
    Some(match (aggregate, kind) {
        (Aggregate::Count, _) => Value::Int(values.len() as i64),
        (_, FieldType::List) => return None,
        (Aggregate::First, _) => known().next().cloned().unwrap_or_default(),
        (Aggregate::Min, _) => smallest(false),
        (Aggregate::Max, _) => smallest(true),
        (Aggregate::Any, FieldType::Boolean) => quantified(true),
        (Aggregate::All, FieldType::Boolean) => quantified(false),
        (Aggregate::List, FieldType::Text) => {
            Value::List(known().filter_map(|value| value.as_text().map(Into::into)).collect())
        }
        (Aggregate::Sum, FieldType::Integer | FieldType::Timestamp | FieldType::Number) if has_unknown => Value::Null,
        (Aggregate::Sum, FieldType::Number) => {
            let number = |value: &Value| if let Value::Float(number) = value { *number } else { 0.0 };
            Value::Float(known().map(number).sum::<f64>() + 0.0)
        }
        (Aggregate::Sum, FieldType::Integer) => {
            let number = |value: &Value| if let Value::Int(number) = value { *number } else { 0 };
            Value::Int(known().map(number).sum())
        }
        _ => return None,
    })
}

proptest! {
    #[test]
    fn aggregates_are_what_a_naive_reading_makes_of_them(
        world in some_world(),
        wish in some_wish(),
        field in 0..8_usize,
        aggregate in prop::sample::select(AGGREGATES.to_vec()),
    ) {
        let kind = if field == 0 { FieldType::Text } else { KINDS[field - 1] };
        // Sums of times are refused before they come here.
        prop_assume!(!(kind == FieldType::Timestamp && aggregate == Aggregate::Sum));
        let (far, near) = (&world.tables[0], &world.tables[1]);
        let matching = wish.expression(&world).evaluate(far.rows()).yes;
        let inverse = edge().flipped();
        prop_assert_eq!(inverse.cardinality, Cardinality::ToMany);
        let pairs = Pairs::new(near, &inverse, far, matching);
        let column = pairs.of(aggregate, far.column(field).unwrap());
        for row in 0..near.rows() {
            let counts = |far: &usize| world.next(0, *far) == Some(row) && wish.holds(&world, *far) == Some(true);
            let values: Vec<Value> =
                (0..far.rows()).filter(counts).map(|far| world.rows[0][far][field].clone()).collect();
            let made = column.as_ref().map(|column| column.value(row));
            prop_assert_eq!(made, naive(aggregate, kind, &values), "row {} of {:?}", row, &values);
        }
    }

    #[test]
    fn an_aggregate_over_one_record_is_that_of_the_record_led_to(
        world in some_world(),
        field in 0..8_usize,
        aggregate in prop::sample::select(AGGREGATES.to_vec()),
    ) {
        let kind = if field == 0 { FieldType::Text } else { KINDS[field - 1] };
        prop_assume!(!(kind == FieldType::Timestamp && aggregate == Aggregate::Sum));
        let (near, far) = (&world.tables[0], &world.tables[1]);
        let all = Expression::All(Vec::new()).evaluate(far.rows()).yes;
        let pairs = Pairs::new(near, &edge(), far, all);
        let column = pairs.of(aggregate, far.column(field).unwrap());
        for row in 0..near.rows() {
            let values: Vec<Value> = world.next(0, row).map(|far| world.rows[1][far][field].clone()).into_iter().collect();
            let made = column.as_ref().map(|column| column.value(row));
            prop_assert_eq!(made, naive(aggregate, kind, &values));
        }
    }
}

/// Paths to several rows of the first table: from the second, from the third, and from the first over the second and back.
fn paths_back(world: &World, number: usize) -> (usize, Vec<Arc<Link>>) {
    let back = |at: usize| world.tables[at].link(&edge().flipped(), &world.tables[at - 1]);
    match number {
        0 => (1, vec![back(1)]),
        1 => (2, vec![back(2), back(1)]),
        _ => (0, vec![world.tables[0].link(&edge(), &world.tables[1]), back(1)]),
    }
}

fn reached_back(world: &World, number: usize, row: usize) -> Vec<usize> {
    let leading_to = |at: usize, row: usize| {
        (0..world.rows[at].len()).filter(move |from| world.next(at, *from) == Some(row)).collect::<Vec<_>>()
    };
    match number {
        0 => leading_to(0, row),
        1 => leading_to(1, row).into_iter().flat_map(|middle| leading_to(0, middle)).collect(),
        _ => world.next(0, row).map(|middle| leading_to(0, middle)).unwrap_or_default(),
    }
}

proptest! {
    #[test]
    fn questions_to_several_records_are_answered_as_a_naive_reading_does(
        world in some_world(),
        wish in some_wish(),
        number in 0..3_usize,
        (low, high) in (0..3_i64, 0..6_i64),
    ) {
        let (base, steps) = paths_back(&world, number);
        let rows = world.tables[base].rows();
        let each = Box::new(wish.expression(&world));
        let ask = |test: ManyTest| Expression::Many(steps.clone(), world.tables[0].clone(), test);
        let any = ask(ManyTest::Any(each.clone())).evaluate(rows);
        let all = ask(ManyTest::All(each.clone())).evaluate(rows);
        let loose = Expression::OrUnknown(Box::new(ask(ManyTest::Any(each)))).evaluate(rows);
        let count = ask(ManyTest::Count(low, high)).evaluate(rows);
        for row in 0..rows {
            let answers: Vec<Option<bool>> =
                reached_back(&world, number, row).into_iter().map(|row| wish.holds(&world, row)).collect();
            let quantified = |decisive: bool| match answers.contains(&Some(decisive)) {
                true => Some(decisive),
                false => (!answers.contains(&None)).then_some(!decisive),
            };
            let answer = |truth: &bits::Truth| truth.known.get(row).then_some(truth.yes.get(row));
            prop_assert_eq!(answer(&any), quantified(true));
            prop_assert_eq!(answer(&all), quantified(false));
            prop_assert_eq!(answer(&loose), Some(quantified(true) != Some(false)));
            prop_assert_eq!(answer(&count), Some((low..=high).contains(&(answers.len() as i64))));
        }
    }
}

#[test]
fn a_sum_beyond_64_bits_is_unknown() {
    let fields = vec![
        Field::plain("Id", FieldType::Text),
        Field::plain("to", FieldType::Text),
        Field::plain("n", FieldType::Integer),
    ];
    let mut builder = TableBuilder::new(TableOrigin::default(), fields, "Id", 3);
    for (key, to, number) in [("a", "p1", i64::MAX), ("b", "p1", 1), ("c", "p2", i64::MAX)] {
        builder.push(key, &[Value::from(key), Value::from(to), Value::Int(number)]).unwrap();
    }
    let (far, near) = (builder.finish().unwrap(), keyed(&[("p1", None), ("p2", None)]));
    let to = relationship(Cardinality::ToMany, "Id", "to", Normalizer::Folded);
    let all = Expression::All(Vec::new()).evaluate(3).yes;
    let sums = Pairs::new(&near, &to, &far, all).of(Aggregate::Sum, far.column(2).unwrap()).unwrap();
    assert_eq!((sums.value(0), sums.value(1)), (Value::Null, Value::Int(i64::MAX)));
}
