//! Groups against a naive reading of the same data.

use super::*;
use crate::boards::engine::{Group, Grouping, Total, Totalled};

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) if !number.is_nan() => Some(*number),
        _ => None,
    }
}

/// Rows in the order of their values, cut where the value changes; lists have no one value and are left out by the caller.
fn naive(
    world: &World,
    rows: &[usize],
    depth: usize,
    field: usize,
    total: (usize, usize),
) -> Vec<(usize, Option<f64>)> {
    let value = |row: usize| world.value(row, depth, field);
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| naive_order(&value(*a), &value(*b), false));
    let groups = rows.chunk_by(|a, b| naive_order(&value(*a), &value(*b), false).is_eq());
    let largest =
        |rows: &[usize]| rows.iter().filter_map(|row| number(&world.value(*row, total.0, total.1))).reduce(f64::max);
    groups.map(|rows| (rows.len(), largest(rows))).collect()
}

proptest! {
    #[test]
    fn groups_are_those_of_a_naive_reading(
        world in some_world(),
        wish in some_wish(),
        depth in 0..3_usize,
        field in prop::sample::select(vec![1_usize, 2, 3, 4, 5, 7]),
        total in (0..3_usize, 3..5_usize),
    ) {
        let chosen: Vec<usize> =
            (0..world.rows[0].len()).filter(|row| wish.holds(&world, *row) == Some(true)).collect();
        let bits = wish.expression(&world).evaluate(world.rows[0].len()).yes;
        let grouping = Grouping { by: world.reach(depth, field), periods: None };
        let totalled = [Totalled { of: Total::Max, reach: world.reach(total.0, total.1) }];
        let groups = grouping.groups(&bits, &totalled);
        let found: Vec<_> = groups.iter().map(|group| (group.rows, group.totals[0])).collect();
        prop_assert_eq!(found, naive(&world, &chosen, depth, field, total));
        for group in &groups {
            let value = world.value(group.row as usize, depth, field);
            prop_assert_eq!(group.is_known, !value.is_null());
        }
    }
}

fn numbers(values: &[Option<i64>]) -> Arc<Table> {
    let fields = vec![Field::plain("Id", FieldType::Text), Field::plain("at", FieldType::Timestamp)];
    let mut builder = TableBuilder::new(TableOrigin::default(), fields, "Id", values.len());
    for (row, value) in values.iter().enumerate() {
        let key = format!("{row:03}");
        builder.push(&key, &[Value::from(key.as_str()), value.map_or(Value::Null, Value::Time)]).unwrap();
    }
    Arc::new(builder.finish().unwrap())
}

#[test]
fn values_belong_to_the_period_they_fall_into() {
    let table = numbers(&[Some(10), Some(19), Some(20), None, Some(35), Some(5)]);
    let grouping = Grouping { by: Reach::new(Vec::new(), &table, 1), periods: Some(vec![10, 20, 30]) };
    let all = Expression::All(Vec::new()).evaluate(6).yes;
    let totals =
        [Total::Sum, Total::Average, Total::Min].map(|of| Totalled { of, reach: Reach::new(Vec::new(), &table, 1) });
    let group = |row, period, rows, totals: [Option<f64>; 3]| Group {
        row,
        period,
        is_known: period.is_some(),
        rows,
        totals: totals.to_vec(),
    };
    assert_eq!(
        grouping.groups(&all, &totals),
        [
            group(0, Some(0), 3, [Some(34.0), Some(34.0 / 3.0), Some(5.0)]),
            group(2, Some(1), 1, [Some(20.0); 3]),
            group(4, Some(2), 1, [Some(35.0); 3]),
            group(3, None, 1, [None; 3]),
        ]
    );
}
