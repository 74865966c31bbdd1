//! Rows that may be meant by what somebody types.

use super::bits::Bits;
use super::filter::{Expression, Reach, Test};
use super::fold::fold;
use super::order::{Sort, first_rows};
use super::table::Table;

/// Up to `limit` rows in which one of these columns is the words, then those where one starts with them, then those where one
/// contains them; each in the order of the first column. All rows when there are no words.
pub fn closest_rows(table: &Table, columns: &[Reach], words: &str, limit: usize) -> Vec<u32> {
    let words = fold(words.trim());
    let sort: Vec<Sort> = columns.iter().take(1).map(|by| Sort { by: by.clone(), descending: false }).collect();
    if words.is_empty() {
        return first_rows(&Bits::filled(table.rows(), true), &sort, limit);
    }
    let contains = |reach: &Reach| Expression::Leaf(reach.clone(), Test::TextContains(words.to_string()));
    let found = Expression::Any(columns.iter().map(contains).collect()).known_to_be(true, table.rows());
    // What is so exactly, and what starts so, is among what contains it: one search is enough.
    let mut places = [(); 3].map(|()| Bits::filled(table.rows(), false));
    for row in found.ones() {
        let place = columns.iter().filter_map(|reach| place(&reach.value(row).as_text().map(fold)?, &words)).min();
        if let Some(place) = place {
            places[place].set(row as usize);
        }
    }
    let mut rows = Vec::new();
    for place in &places {
        rows.extend(first_rows(place, &sort, limit - rows.len()));
    }
    rows
}

fn place(text: &str, words: &str) -> Option<usize> {
    match text.find(words)? {
        0 if text.len() == words.len() => Some(0),
        0 => Some(1),
        _ => Some(2),
    }
}
