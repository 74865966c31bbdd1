//! `/query` and `/tooling/query`: first pages, and the locators of the pages after them.

use super::{Call, Caller};
use crate::salesforce::answer::Answer;
use crate::salesforce::data::Data;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::org::Inner;
use crate::salesforce::schema::Object;
use crate::salesforce::soql::{self, Column, Found, write_record};
use crate::salesforce::sync::{lock, read};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Smallest and largest `batchSize` Salesforce takes; others are moved inside.
const BATCH: std::ops::RangeInclusive<usize> = 200..=2000;
/// Results kept for locators; the oldest go first.
const KEPT: usize = 1000;
/// A user with every field takes about this many bytes.
const ROW_BYTES: usize = 1400;

/// Open results by locator.
#[derive(Debug, Default)]
pub struct Cursors {
    issued: u64,
    open: HashMap<String, Arc<Cursor>>,
    order: VecDeque<String>,
}

/// A result that is read page by page, by the session that asked for it and no other.
#[derive(Debug)]
pub struct Cursor {
    token: String,
    object: Object,
    columns: Vec<Column>,
    found: Found,
    batch: usize,
    /// `/services/data/v67.0`, of the Tooling API with `/tooling`.
    base: String,
    tooling: bool,
}

impl Cursors {
    fn keep(&mut self, cursor: Arc<Cursor>, seed: u64) -> String {
        self.issued += 1;
        let name = format!("0r8{:03x}{:09x}AAA", seed & 0xfff, self.issued);
        self.open.insert(name.clone(), cursor);
        self.order.push_back(name.clone());
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.open.remove(&oldest);
        }
        name
    }
}

/// `GET /query?q=`, and the same of the Tooling API.
pub fn first(org: &Inner, caller: &Caller, call: &Call<'_>, tooling: bool) -> Outcome<Answer> {
    let text = call.query.get("q").ok_or_else(|| Fail::bad("MALFORMED_QUERY", "A query string has to be specified"))?;
    let query = soql::parse(text)?;
    let data = read(&org.data);
    let plan = soql::plan(
        text,
        &query,
        &soql::Scope { data: &data, access: &caller.access, version: caller.version, now: org.clock.now(), tooling },
    )?;
    let found = soql::run(&data, &plan);
    if let Some(grouping) = &plan.grouping {
        let groups = soql::groups(&data, &plan, grouping, &found)?;
        let head = format!("{{\"totalSize\":{},\"done\":true,\"records\":[", groups.len());
        return Ok(Answer::raw(200, [head.as_bytes(), &groups.join(&b','), b"]}"].concat()));
    }
    let Some(columns) = plan.columns else {
        let body = format!("{{\"totalSize\":{},\"done\":true,\"records\":[]}}", found.len());
        return Ok(Answer::raw(200, body.into_bytes()));
    };
    let batch = call.batch.map_or(*BATCH.end(), |size| size.clamp(*BATCH.start(), *BATCH.end()));
    let most = plan.object.row_caps().map_or(usize::MAX, |(page, _)| page);
    let batch = batch.min(org.options.page_rows.max(1)).min(most);
    let base = format!("{}{}", caller.base, if tooling { "/tooling" } else { "" });
    let token = caller.token.clone();
    let cursor = Arc::new(Cursor { token, object: plan.object, columns, found, batch, base, tooling });
    let locator = (cursor.found.len() > batch).then(|| lock(&org.cursors).keep(Arc::clone(&cursor), org.options.seed));
    Ok(page(&data, &cursor, 0, locator.as_deref()))
}

/// `GET /query/{locator}-{offset}`.
pub fn next(org: &Inner, caller: &Caller, _call: &Call<'_>, locator: &str) -> Outcome<Answer> {
    let invalid = || Fail::bad("INVALID_QUERY_LOCATOR", "invalid query locator");
    let (name, offset) = locator.rsplit_once('-').ok_or_else(invalid)?;
    let offset: usize = offset.parse().map_err(|_| invalid())?;
    let cursor = lock(&org.cursors).open.get(name).cloned().ok_or_else(invalid)?;
    if cursor.token != caller.token {
        // Whoever refreshed meanwhile is told so for ever: the result belonged to the session that is gone.
        return Err(if lock(&org.auth).is_session(&cursor.token) { invalid() } else { Fail::session() });
    }
    Ok(page(&read(&org.data), &cursor, offset, Some(name)))
}

fn page(data: &Data, cursor: &Cursor, from: usize, locator: Option<&str>) -> Answer {
    let numbers = cursor.found.page(from, cursor.batch);
    let to = from + numbers.len();
    let more = locator.filter(|_| to < cursor.found.len() && !numbers.is_empty());
    let mut out = Vec::with_capacity(256 + numbers.len() * ROW_BYTES);
    out.extend_from_slice(format!("{{\"totalSize\":{},\"done\":{}", cursor.found.len(), more.is_none()).as_bytes());
    if cursor.tooling {
        let locator = more.map_or("null".to_owned(), |locator| format!("\"{locator}-{to}\""));
        let extra = format!(
            ",\"size\":{},\"queryLocator\":{locator},\"entityTypeName\":\"{}\"",
            numbers.len(),
            cursor.object.name()
        );
        out.extend_from_slice(extra.as_bytes());
    }
    if let Some(locator) = more {
        out.extend_from_slice(format!(",\"nextRecordsUrl\":\"{}/query/{locator}-{to}\"", cursor.base).as_bytes());
    }
    out.extend_from_slice(b",\"records\":[");
    let mut first = true;
    for row in numbers.into_iter().filter_map(|number| data.row(cursor.object, number)) {
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        write_record(&mut out, &cursor.base, &row, &cursor.columns);
    }
    out.extend_from_slice(b"]}");
    Answer::raw(200, out)
}
