//! The part of SOQL that integrations send: read strictly, planned against the schema, run over computed rows.

mod bounds;
mod bulk;
mod check;
mod dates;
mod filter;
mod group;
mod lex;
mod parse;
mod plan;
mod print;
mod query;
mod run;
mod semi_join;
mod spot;
#[cfg(test)]
mod tests;
mod text;
mod write;

pub use bulk::bulk_refusal;
pub use group::groups;
pub use parse::parse;
pub use plan::{Leaf, Plan, Scope, plan};
pub use run::{Found, run};
pub use write::{Column, columns_of, write_record};
