//! A question to the engine, and its answer.

use super::filter::{Expression, Reach, Test};
use super::fold::fold;
use super::group::{Group, Grouping, Totalled};
use super::order::{Sort, first_rows};
use super::table::Table;
use std::sync::Arc;

/// Which rows of a table, in which order.
#[derive(Clone, Debug)]
pub struct Query {
    /// The base table.
    pub table: Arc<Table>,
    /// Which rows.
    pub filter: Expression,
    /// In which order; then in the order of their keys.
    pub sort: Vec<Sort>,
    /// How rows are grouped, and what is totalled in each group; none when they are not.
    pub group: Option<(Grouping, Vec<Totalled>)>,
}

/// The rows that were asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How many rows match.
    pub total: usize,
    /// The first of them, in order.
    pub rows: Vec<u32>,
    /// All of them in groups, in the order of the values; empty when they are not grouped.
    pub groups: Vec<Group>,
}

impl Query {
    /// How many rows match, and the first `count` of them in order.
    pub fn answer(&self, count: usize) -> Answer {
        let chosen = self.filter.known_to_be(true, self.table.rows());
        let groups = self.group.as_ref().map(|(grouping, totals)| grouping.groups(&chosen, totals));
        Answer {
            total: chosen.count(),
            rows: first_rows(&chosen, &self.sort, count),
            groups: groups.unwrap_or_default(),
        }
    }

    /// Only rows in which each of the words stands somewhere in these columns, whatever its case.
    pub fn search(mut self, words: &str, columns: &[Reach]) -> Self {
        let columns =
            columns.iter().filter(|reach| reach.column.as_ref().is_some_and(|column| column.texts().is_some()));
        let columns: Vec<&Reach> = columns.collect();
        let words = fold(words);
        let found = words.split_whitespace().map(|word| {
            let test = Test::TextContains(word.to_owned());
            Expression::Any(columns.iter().map(|reach| Expression::Leaf((*reach).clone(), test.clone())).collect())
        });
        self.filter = Expression::All(std::iter::once(self.filter).chain(found).collect());
        self
    }
}
