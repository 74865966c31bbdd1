//! The query engine: records as columns in memory, relationships as row numbers, filters as bitmaps. It knows tables and paths,
//! nothing of boards, people or the store.

mod aggregate;
mod bits;
mod builder;
mod candidates;
mod column;
mod even;
mod filter;
mod fold;
mod group;
mod heap;
mod identity;
mod ints;
mod key_index;
mod link;
mod normalize;
mod order;
mod query;
mod suggest;
mod table;
mod texts;

#[cfg(test)]
mod tests;

pub use aggregate::Pairs;
pub use builder::Cell;
pub use candidates::Candidates;
pub use column::Column;
pub use filter::{Expression, ManyTest, Reach, Test};
pub use fold::fold;
pub use group::{Group, Grouping, Total, Totalled};
pub use identity::{Identity, MATCH_NONE, MATCH_PERSON, MATCH_SEVERAL, Matches, PersonLinks, SharedKey};
pub use link::{By, EdgeKey, KeyPair, Link, Reached};
pub use order::Sort;
pub use query::{Answer, Query};
pub use suggest::closest_rows;
pub use table::{BuildError, DerivedColumn, Table, TableBuilder, TableOrigin};
