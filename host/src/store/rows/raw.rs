//! Rows in their stored form: compared, brought to other columns and packed again without making values of them.

use super::{StoreError, ValueRef, damaged, open, read, write};
use crate::domain::Row;

/// The stored form of an unknown value.
const UNKNOWN: &[u8] = &[0];

/// A row in its stored form. Two with equal bytes hold equal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    /// The value of the object's key field.
    pub key: Box<str>,
    /// The number of values, and the values.
    values: Box<[u8]>,
}

impl RawRow {
    /// The row of this key with these columns of `values`, in this order; none where there is no such column.
    pub fn pick(key: &str, values: &[&[u8]], columns: &[Option<usize>]) -> Result<Self, StoreError> {
        let mut picked = Vec::with_capacity(8 * columns.len());
        write(&columns.len(), &mut picked)?;
        for column in columns {
            picked.extend_from_slice(column.and_then(|at| values.get(at)).unwrap_or(&UNKNOWN));
        }
        Ok(Self { key: key.into(), values: picked.into() })
    }

    /// The row with its values.
    pub fn to_row(&self) -> Result<Row, StoreError> {
        let mut rest = &*self.values;
        let count: usize = read(&mut rest)?;
        let value = |_| read::<ValueRef<'_>>(&mut rest).map(|value| value.to_value());
        Ok(Row { key: self.key.clone(), values: (0..count).map(value).collect::<Result<_, _>>()? })
    }

    /// Appends the form in which a segment holds it.
    pub(super) fn encode(&self, raw: &mut Vec<u8>) -> Result<(), StoreError> {
        write(&*self.key, raw)?;
        raw.extend_from_slice(&self.values);
        Ok(())
    }
}

/// Shows each row of a segment, in order of key: the key, and each value in its stored form.
pub fn unpack_raw(
    segment: &[u8],
    mut visit: impl FnMut(&str, &[&[u8]]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let raw = open(segment)?;
    let mut rest = raw.as_slice();
    let mut values = Vec::new();
    while !rest.is_empty() {
        let key: &str = read(&mut rest)?;
        let count: usize = read(&mut rest)?;
        values.clear();
        for _ in 0..count {
            let from = rest;
            read::<ValueRef<'_>>(&mut rest)?;
            values.push(from.get(..from.len() - rest.len()).ok_or_else(|| damaged(&"a value has no end"))?);
        }
        visit(key, &values)?;
    }
    Ok(())
}

/// The moment in a stored value, in microseconds since 1970-01-01T00:00:00Z; none when it holds none.
pub fn moment(value: &[u8]) -> Option<i64> {
    match postcard::from_bytes(value) {
        Ok(ValueRef::Time(micros)) => Some(micros),
        _ => None,
    }
}
