//! What SOQL may say in `/query` and not in a Bulk API 2.0 job.

use super::spot::Source;
use crate::salesforce::fail::Fail;

/// Words that stand before `(` in a query that counts or sums.
const AGGREGATES: [&str; 6] = ["COUNT", "COUNT_DISTINCT", "MAX", "MIN", "SUM", "AVG"];

/// Why a query cannot be a job, if it cannot. Salesforce documents the list; only the text about relationships is recorded, the others
/// are worded after it.
pub fn bulk_refusal(text: &str) -> Option<Fail> {
    let source = Source::new(text);
    let is = |token: usize, word: &str| source.word(token).eq_ignore_ascii_case(word);
    let reason = (0..source.tokens.len()).find_map(|at| {
        if is(at, "TYPEOF") {
            Some("TYPEOF")
        } else if is(at, "OFFSET") && at + 2 == source.tokens.len() - 1 {
            Some("OFFSET")
        } else if (is(at, "GROUP") && is(at + 1, "BY"))
            || (is(at + 1, "(") && AGGREGATES.iter().any(|name| is(at, name)))
        {
            Some("Aggregate Query")
        } else if is(at, "(") && is(at + 1, "SELECT") && !(at > 0 && is(at - 1, "IN")) {
            Some("Aggregate Relationships")
        } else {
            None
        }
    })?;
    Some(Fail::bad("API_ERROR", format!("{reason} not supported in Bulk Query")))
}
