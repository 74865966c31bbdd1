//! What the host makes of a guest's answer: rows out of pages, changes out of records, and one outcome for each target, whatever
//! the guest left out.

use super::abi::{RawChange, RawPage, RawRecords};
use super::access::{FetchRequest, Page};
use super::caps::log::CallLog;
use super::rows::{self, ReadError, Shape, ShapeError};
use super::runner::Finished;
use crate::domain::{
    BorrowedRow, Change, ErrorClass, Fault, ObjectName, TargetOutcome, TargetOutcomeKind, Verdict, VerdictKind,
};
use std::collections::HashMap;
use std::sync::Arc;

/// The longest cursor; the WIT package promises it.
const MAX_CURSOR: usize = 4 << 10;

/// How the records of each object are read.
pub type Shapes = HashMap<ObjectName, Shape>;

/// A page whose records are not read yet: the next one can be asked for meanwhile.
pub struct Unread(Content);

enum Content {
    /// As the guest gave it.
    Raw { object: ObjectName, page: Box<RawPage>, shape: Shape, log: Arc<CallLog> },
    /// The host's own source reads what it gives.
    Read(Page),
}

impl Unread {
    /// Checks that a page leads on.
    pub(super) fn new(page: RawPage, request: &FetchRequest, finished: &Finished) -> Result<Self, Fault> {
        let object = request.object.clone();
        if let Some(next) = &page.next {
            let stands_still = request.after.as_ref() == Some(next);
            if next.len() > MAX_CURSOR || stands_still {
                let what = if stands_still { "is the one it was given" } else { "is longer than 4 KiB" };
                let sentence = format!("The cursor after a page of `{object}` {what}; the page is not used.");
                return Err(Fault::new(ErrorClass::Bug, "cursor", sentence));
            }
        }
        let shape = Shape::of_page(&request.fields, &request.key, &page.layout)
            .map_err(|error| unreadable_fields(&object, &error))?;
        Ok(Self(Content::Raw { object, page: Box::new(page), shape, log: Arc::clone(&finished.log) }))
    }

    /// A page whose rows are there already.
    pub fn read_before(page: Page) -> Self {
        Self(Content::Read(page))
    }

    /// Where the listing goes on; none on the last page.
    pub fn next(&self) -> Option<&[u8]> {
        match &self.0 {
            Content::Raw { page, .. } => page.next.as_deref(),
            Content::Read(page) => page.next.as_deref(),
        }
    }

    /// Reads the records and shows the row of each: milliseconds of computing. The page that is answered has none of them. After an
    /// error, what was shown is not the page.
    pub fn each(self, show: &mut dyn FnMut(BorrowedRow<'_>)) -> Result<Page, Fault> {
        match self.0 {
            Content::Raw { object, page, shape, log } => each(&object, *page, &shape, &log, show),
            Content::Read(mut page) => {
                page.rows.drain(..).map(BorrowedRow::from).for_each(show);
                Ok(page)
            }
        }
    }

    /// Reads the records.
    pub fn read(self) -> Result<Page, Fault> {
        let mut rows = Vec::new();
        let page = self.each(&mut |row| rows.push(row.into_owned()))?;
        Ok(Page { rows, ..page })
    }
}

fn each(
    object: &ObjectName,
    page: RawPage,
    shape: &Shape,
    log: &CallLog,
    show: &mut dyn FnMut(BorrowedRow<'_>),
) -> Result<Page, Fault> {
    let RawPage { records, next, total, incomplete, layout: _ } = page;
    let misfits = match &records {
        RawRecords::Passthrough { body, records } => rows::array(body, records, shape, show),
        RawRecords::Ndjson(lines) => rows::ndjson(lines, shape, show),
    };
    let misfits = misfits.map_err(|error| unreadable(object, &error))?;
    for (field, count) in misfits.misses {
        let facts = log.facts();
        tracing::warn!(call = facts.call, integration = %facts.integration, %object, field, count,
            "values of another type than the description says are taken as unknown");
    }
    Ok(Page { rows: Vec::new(), next, total, incomplete, keyless: misfits.keyless })
}

fn unreadable(object: &ObjectName, error: &ReadError) -> Fault {
    let (class, code) = match error {
        ReadError::NotJson { .. } | ReadError::NotText => (ErrorClass::Retry, "not-json"),
        ReadError::NoRecords(_) => (ErrorClass::Bug, "no-records"),
        ReadError::TooMany => (ErrorClass::Bug, "too-many-records"),
    };
    Fault::new(class, code, format!("A page of `{object}` cannot be read: {error}. The page is not used."))
}

/// The fault for fields that cannot be read.
pub fn unreadable_fields(object: &ObjectName, error: &ShapeError) -> Fault {
    Fault::new(ErrorClass::Bug, "fields", format!("`{object}` cannot be read: {error}."))
}

/// Reads changed records. One that cannot be read is left out, since what was done must not be lost for it: the next sync
/// brings it.
pub fn changes(changes: Vec<RawChange>, shapes: &Shapes, finished: &Finished) -> Vec<Change> {
    let read = |change| match change {
        RawChange::Delete { object, key } => Some(Change::Delete { object, key }),
        RawChange::Put { object, record } => {
            let row = shapes.get(&object).and_then(|shape| rows::one(&record, shape));
            if row.is_none() {
                let facts = finished.log.facts();
                tracing::warn!(call = facts.call, integration = %facts.integration, %object, "a changed record cannot be read");
            }
            row.map(|row| Change::Put { object, row })
        }
    };
    changes.into_iter().filter_map(read).collect()
}

/// The answers in the order of the targets; `missing` makes one for each target without.
pub fn in_order<T>(
    targets: Vec<String>,
    answers: Vec<T>,
    key: fn(&T) -> &str,
    missing: impl Fn(String) -> T,
) -> Vec<T> {
    let mut by_key: HashMap<String, T> = answers.into_iter().map(|answer| (key(&answer).to_owned(), answer)).collect();
    targets.into_iter().map(|target| by_key.remove(&target).unwrap_or_else(|| missing(target))).collect()
}

/// The outcome of a target of which the guest said nothing.
pub fn unsaid(key: String, has_written: bool) -> TargetOutcome {
    let (kind, class, message) = if has_written {
        (TargetOutcomeKind::Unknown, ErrorClass::Unknown, "The integration did not say what became of this record.")
    } else {
        (
            TargetOutcomeKind::Failed,
            ErrorClass::Bug,
            "The integration did not say what became of this record, and sent no change.",
        )
    };
    let error = Fault::new(class, "no-outcome", message);
    TargetOutcome { key, kind, message: message.to_owned(), error: Some(error), undo: None }
}

/// The verdict on a target of which the guest said nothing.
pub fn undecided(key: String) -> Verdict {
    let message = "The integration did not say whether it happened.".to_owned();
    Verdict { key, kind: VerdictKind::Unknown, message, repeatable: false, undo_target: None }
}
