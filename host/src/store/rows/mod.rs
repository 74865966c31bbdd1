//! Rows as the bytes of a segment, and back: a version byte, the length of the raw form, and the raw form (postcard) compressed with zstd.

mod packer;
mod page;
mod patch;
mod raw;
#[cfg(test)]
mod tests;
mod value;

pub use packer::{Packed, Packer, pack};
pub use page::PageRows;
pub use patch::patch_rows;
pub use raw::{RawRow, moment, unpack_raw};
pub use value::{ListRef, ValueRef};

use super::StoreError;
use crate::domain::Row;
use std::ops::Deref;

/// The form below. Another one gets another number, and `unpack` reads both.
const VERSION: u8 = 1;
/// The version and the raw length.
const HEADER_BYTES: usize = 5;
/// The raw form of one segment: what a damaged length may make us allocate.
const RAW_BYTES: usize = 8 << 20;
/// Fast, and a quarter of the size already: the higher levels cost three times the time for a tenth of the space.
const ZSTD_LEVEL: i32 = 1;

/// Appends the raw form of a row: key, number of values, values.
fn encode<T: Deref<Target = str>>(row: &Row<T>, raw: &mut Vec<u8>) -> Result<(), StoreError> {
    let from = raw.len();
    write(&*row.key, raw)?;
    write(&row.values.len(), raw)?;
    let mut list = Vec::new();
    for value in &row.values {
        write(&ValueRef::of(value, &mut list)?, raw)?;
    }
    super::limits::check("a record", raw.len() - from, RAW_BYTES - HEADER_BYTES)
}

fn write<T: serde::Serialize + ?Sized>(value: &T, raw: &mut Vec<u8>) -> Result<(), StoreError> {
    postcard::to_io(value, raw)
        .map(drop)
        .map_err(|error| StoreError::Damaged(format!("a row cannot be written: {error}")))
}

/// Compresses raw rows into a segment.
fn seal(compressor: &mut zstd::bulk::Compressor<'_>, raw: &[u8]) -> Result<Vec<u8>, StoreError> {
    super::limits::check("a segment's rows", raw.len(), RAW_BYTES)?;
    let mut segment = vec![0; HEADER_BYTES + zstd::zstd_safe::compress_bound(raw.len())];
    segment[0] = VERSION;
    segment[1..HEADER_BYTES].copy_from_slice(&(raw.len() as u32).to_le_bytes());
    let written = compressor
        .compress_to_buffer(raw, &mut segment[HEADER_BYTES..])
        .map_err(|error| StoreError::Io(format!("rows cannot be compressed: {error}")))?;
    segment.truncate(HEADER_BYTES + written);
    Ok(segment)
}

/// Shows each row of a segment, in order of key: the key and the values, which live as long as the call.
pub fn unpack(segment: &[u8], mut visit: impl FnMut(&str, &[ValueRef<'_>])) -> Result<(), StoreError> {
    let raw = open(segment)?;
    let mut rest = raw.as_slice();
    let mut values = Vec::new();
    while !rest.is_empty() {
        let key: &str = read(&mut rest)?;
        let count: usize = read(&mut rest)?;
        values.clear();
        for _ in 0..count {
            values.push(read(&mut rest)?);
        }
        visit(key, &values);
    }
    Ok(())
}

fn open(segment: &[u8]) -> Result<Vec<u8>, StoreError> {
    let (header, packed) = segment.split_at_checked(HEADER_BYTES).ok_or_else(|| damaged(&"it is too short"))?;
    let length = u32::from_le_bytes([header[1], header[2], header[3], header[4]]) as usize;
    if header[0] != VERSION || length > RAW_BYTES {
        return Err(damaged(&"its header is unknown"));
    }
    let raw = zstd::bulk::decompress(packed, length).map_err(|error| damaged(&error))?;
    if raw.len() == length { Ok(raw) } else { Err(damaged(&"its length is another one")) }
}

fn read<'a, T: serde::Deserialize<'a>>(rest: &mut &'a [u8]) -> Result<T, StoreError> {
    let (value, left) = postcard::take_from_bytes(rest).map_err(|error| damaged(&error))?;
    *rest = left;
    Ok(value)
}

fn damaged(why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Damaged(format!("a segment cannot be read: {why}"))
}
