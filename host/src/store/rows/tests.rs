//! Packing and unpacking as properties.

use super::{Packed, Packer, pack, unpack};
use crate::domain::{Row, Value};
use crate::store::{SegmentInfo, StoreError};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn infos(packed: &[Packed]) -> Vec<SegmentInfo> {
    packed.iter().map(|packed| packed.info.clone()).collect()
}

fn pack_all<'a>(rows: impl IntoIterator<Item = &'a Row>, before: &[SegmentInfo]) -> Result<Vec<Packed>, StoreError> {
    let mut packer = Packer::new(before)?;
    let mut packed = Vec::new();
    for row in rows {
        packer.push(row)?;
        packed.extend(packer.take());
    }
    packed.extend(packer.finish()?);
    Ok(packed)
}

fn rows_of(segment: &[u8]) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    unpack(segment, |key, values| {
        rows.push(Row { key: key.into(), values: values.iter().map(super::ValueRef::to_value).collect() });
    })?;
    Ok(rows)
}

fn row(n: usize) -> Row {
    Row {
        key: format!("{n:08}").into(),
        values: vec![format!("person{n}@example.com").as_str().into(), Value::Int(n as i64)],
    }
}

/// Text that does not compress.
fn noise(n: usize, length: usize) -> String {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&n.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes.iter().map(|byte| char::from(b'!' + byte % 90)).collect()
}

fn value() -> impl Strategy<Value = Value> {
    let text = || ".{0,12}".prop_map(String::into_boxed_str);
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-1e300..1e300).prop_map(Value::Float),
        text().prop_map(Value::Text),
        any::<i32>().prop_map(Value::Date),
        any::<i64>().prop_map(Value::Time),
        prop::collection::vec(text(), 0..4).prop_map(Value::List),
    ]
}

proptest! {
    #[test]
    fn what_was_packed_comes_back(rows in prop::collection::btree_map(".{0,8}", prop::collection::vec(value(), 0..6), 0..40)) {
        let rows: Vec<Row> = rows.into_iter().map(|(key, values)| Row { key: key.into(), values }).collect();
        prop_assert_eq!(rows_of(&pack(&rows).unwrap()).unwrap(), rows);
    }

    #[test]
    fn damage_is_an_error_and_not_a_panic(cut in 0usize..200, at in 0usize..200, byte in any::<u8>(), junk in prop::collection::vec(any::<u8>(), 0..64)) {
        let whole = pack(&(0..20).map(row).collect::<Vec<_>>()).unwrap();
        drop(rows_of(&whole[..cut.min(whole.len())]));
        let mut changed = whole.to_vec();
        let at = at % changed.len();
        changed[at] = byte;
        drop(rows_of(&changed));
        drop(rows_of(&junk));
    }

    #[test]
    fn generations_keep_order_and_reuse_segments(
        first in prop::collection::btree_set(0usize..6000, 0..3000),
        gone in prop::collection::btree_set(0usize..6000, 0..40),
        new in prop::collection::btree_set(0usize..6000, 0..40),
    ) {
        let before = pack_all(&first.iter().copied().map(row).collect::<Vec<_>>(), &[]).unwrap();
        let same = pack_all(&first.iter().copied().map(row).collect::<Vec<_>>(), &infos(&before)).unwrap();
        prop_assert_eq!(infos(&same), infos(&before));
        let now: BTreeSet<usize> = first.difference(&gone).chain(&new).copied().collect();
        let after = pack_all(&now.iter().copied().map(row).collect::<Vec<_>>(), &infos(&before)).unwrap();
        let back: Vec<Row> = after.iter().flat_map(|packed| rows_of(&packed.bytes).unwrap()).collect();
        prop_assert_eq!(back, now.iter().copied().map(row).collect::<Vec<_>>());
        for packed in &after {
            let rows = rows_of(&packed.bytes).unwrap();
            prop_assert_eq!(&*rows[0].key, packed.info.first.as_str());
            prop_assert_eq!(&*rows[rows.len() - 1].key, packed.info.last.as_str());
            prop_assert_eq!(rows.len(), packed.info.rows as usize);
            prop_assert!(rows.len() <= 1000);
        }
    }
}

/// How many segments of the second are not in the first.
fn fresh(before: &[Packed], after: &[Packed]) -> usize {
    let known: BTreeMap<_, _> = before.iter().map(|packed| (packed.info.hash, ())).collect();
    after.iter().filter(|packed| !known.contains_key(&packed.info.hash)).count()
}

#[test]
fn one_change_makes_one_segment_anew() {
    let rows: Vec<Row> = (0..20_000).map(|n| row(2 * n)).collect();
    let before = pack_all(&rows, &[]).unwrap();
    assert_eq!(before.len(), 39, "500 rows each, the last ones together");
    for change in ["insert", "remove", "first", "append"] {
        let mut changed = rows.clone();
        match change {
            "insert" => changed.insert(7001, row(14_001)),
            "remove" => drop(changed.remove(7001)),
            "first" => changed.insert(0, Row { key: "".into(), values: vec![] }),
            _ => changed.push(row(99_999)),
        }
        let after = pack_all(&changed, &infos(&before)).unwrap();
        let expected = if change == "append" { 2 } else { 1 };
        assert_eq!(fresh(&before, &after), expected, "{change}");
    }
}

#[test]
fn large_rows_make_small_segments() {
    let rows: Vec<Row> =
        (0..300).map(|n| Row { key: format!("{n:04}").into(), values: vec![noise(n, 9000).as_str().into()] }).collect();
    let packed = pack_all(&rows, &[]).unwrap();
    assert!(packed.iter().all(|packed| packed.bytes.len() <= 64 << 10));
    assert_eq!(packed.iter().map(|packed| packed.info.rows).sum::<u32>(), 300);
    assert_eq!(infos(&pack_all(&rows, &infos(&packed)).unwrap()), infos(&packed));
    let huge = Row { key: "huge".into(), values: vec![noise(0, 200_000).as_str().into()] };
    assert!(matches!(pack_all([&huge], &[]), Err(StoreError::TooLarge { .. })));
}

#[test]
fn rows_out_of_order_are_refused() {
    for second in ["a", "b"] {
        let rows = ["b", second].map(|key| Row { key: key.into(), values: vec![] });
        assert!(matches!(pack_all(&rows, &[]), Err(StoreError::Unordered(key)) if key == second));
    }
}
