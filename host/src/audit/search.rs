//! Reading backwards: the newest first, a page at a time, and never more than a bounded number of records for one page.

use super::query::Query;
use super::{Audit, allow};
use crate::domain::{Actor, Millis, Outcome, UserId, WorkspaceId};
use crate::store::{AuditRecord, StoreError};
use anyhow::Context;
use std::collections::{BTreeSet, HashMap};

/// Records of a page: a screen in Slack.
pub(super) const PAGE: usize = 20;
/// Records read at once.
const CHUNK: usize = 250;
/// Records looked at for one page, about 20 ms: beyond, the person says whether to look further back.
pub(super) const LOOKED_AT: usize = 4_000;

/// What people are called, as far as it was asked; empty for who is not known.
pub type Names = HashMap<UserId, String>;

/// A part of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The newest first.
    pub records: Vec<AuditRecord>,
    /// What there is before them.
    pub rest: Rest,
    /// People in the records looked at whose names are not among those given, where names matter.
    pub unnamed: Vec<UserId>,
}

/// What lies before a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing that is looked for.
    Nothing,
    /// More: the next page is of records before this number.
    Before(u64),
    /// Enough was looked at for once: records from this number on, the oldest of this moment.
    Unseen(u64, Millis),
}

impl Audit {
    /// Records that are looked for, those before the number `before`, for those who may read the log.
    pub async fn page(&self, actor: &Actor, query: &Query, before: Option<u64>, names: &Names) -> Outcome<Page> {
        allow(actor)?;
        self.found(&actor.workspace, query, before, names).await.context("the audit log").map_err(Into::into)
    }

    async fn found(
        &self,
        workspace: &WorkspaceId,
        query: &Query,
        before: Option<u64>,
        names: &Names,
    ) -> Result<Page, StoreError> {
        let mut at = self.begin(workspace, query, before).await?;
        let mut looking = Looking { query, names, records: Vec::new(), unnamed: BTreeSet::new() };
        let mut looked_at = 0;
        let rest = loop {
            if looked_at >= LOOKED_AT {
                let oldest = self.store.control.audit(workspace, at.saturating_sub(1), 1).await?;
                break Rest::Unseen(at, oldest.first().map_or(0, |record| record.at));
            }
            let chunk = self.store.control.audit_before(workspace, at, CHUNK).await?;
            looked_at += chunk.len();
            match looking.through(chunk) {
                Some(rest) => break rest,
                None => at = at.saturating_sub(CHUNK as u64).max(1),
            }
        };
        Ok(Page { records: looking.records, rest, unnamed: looking.unnamed.into_iter().collect() })
    }

    /// The number before which to look: after the last record that can be looked for. Found by halving, since times grow with numbers.
    async fn begin(&self, workspace: &WorkspaceId, query: &Query, before: Option<u64>) -> Result<u64, StoreError> {
        let last = self.store.control.audit_last(workspace).await?.map_or(0, |record| record.seq);
        let end = before.unwrap_or(u64::MAX).min(last + 1);
        let Some(until) = query.looks_before() else { return Ok(end) };
        let (mut low, mut high) = (0, end.saturating_sub(1));
        while low < high {
            let middle = low + (high - low) / 2;
            let found = self.store.control.audit(workspace, middle, 1).await?;
            match found.first() {
                Some(record) if record.at < until => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(low + 1)
    }
}

/// A search under way.
struct Looking<'a> {
    query: &'a Query,
    names: &'a Names,
    records: Vec<AuditRecord>,
    unnamed: BTreeSet<UserId>,
}

impl Looking<'_> {
    /// Looks through records, the newest first; answers when that was enough.
    fn through(&mut self, chunk: Vec<AuditRecord>) -> Option<Rest> {
        if chunk.is_empty() {
            return Some(Rest::Nothing);
        }
        for record in chunk {
            let (seq, at) = (record.seq, record.at);
            if self.query.is_past(at) {
                return Some(Rest::Nothing);
            }
            if self.query.has_words() {
                let unnamed = people_of(&record).into_iter().filter(|person| !self.names.contains_key(person));
                self.unnamed.extend(unnamed);
            }
            if self.query.fits(&record, self.names) {
                // One more than a page: there is another page.
                if self.records.len() == PAGE {
                    return Some(Rest::Before(self.records.last().map_or(seq, |last| last.seq)));
                }
                self.records.push(record);
            }
            if seq <= 1 {
                return Some(Rest::Nothing);
            }
        }
        None
    }
}

/// Who acted, and who is named in what is said: Slack's ids, each once.
pub fn people_of(record: &AuditRecord) -> Vec<UserId> {
    let event = &record.event;
    let mut people: Vec<UserId> = event.actor.iter().map(|actor| actor.user.clone()).collect();
    for word in event.detail.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        let is_id = word.starts_with(['U', 'W'])
            && word.bytes().any(|byte| byte.is_ascii_digit())
            && word.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        if is_id && !people.iter().any(|person| person.as_str() == word) {
            people.push(word.into());
        }
    }
    people
}
