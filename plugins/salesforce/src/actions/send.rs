//! Sending changes: one request after the other, because Salesforce locks the group memberships of the whole org while it changes
//! roles, groups and users. What is locked is sent again a few times; what stops one stops all.

use super::write::{self, Answer, Parcel, Write};
use crate::errors;
use weft_integration::prelude::*;

/// No write is begun when less than this is left of the call: its answer would be lost.
const MARGIN_MS: u32 = 20_000;
/// How often a change that Salesforce had locked is sent again within the call. There is no waiting in here: the host waits longer.
const LOCK_TRIES: usize = 2;
/// How long the host waits before it tries again what was locked.
const LOCK_WAIT_MS: u32 = 10_000;

/// An answer as it came.
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    pub retry_after_ms: Option<u32>,
}

/// The way to Salesforce.
pub trait Wire {
    /// Sends requests side by side.
    fn send(&self, requests: &[Request]) -> Vec<Result<Reply, Error>>;

    /// What is left of this call, in milliseconds.
    fn left_ms(&self) -> u32;
}

/// Through the host.
pub struct Host;

impl Wire for Host {
    fn send(&self, requests: &[Request]) -> Vec<Result<Reply, Error>> {
        let read = |response: Response| {
            // A body that breaks off belongs to a request that was done.
            let body = response.bytes().map_err(|error| Error { class: ErrorClass::Unknown, ..error })?;
            Ok(Reply { status: response.status, retry_after_ms: response.retry_after_ms(), body })
        };
        http::all(requests).into_iter().map(|response| response.and_then(read)).collect()
    }

    fn left_ms(&self) -> u32 {
        remaining_ms()
    }
}

/// Sends changes until one answer means that no more may be sent.
pub struct Sender<'a> {
    wire: &'a dyn Wire,
    halted: Option<Error>,
}

impl<'a> Sender<'a> {
    /// A sender over this wire.
    pub fn new(wire: &'a dyn Wire) -> Self {
        Self { wire, halted: None }
    }

    /// Makes these changes, and tells of each what became of it.
    pub fn make(&mut self, writes: &[&Write]) -> Vec<Answer> {
        let mut answers: Vec<Answer> = self.once(writes);
        for _ in 0..LOCK_TRIES {
            let locked: Vec<usize> =
                (0..writes.len()).filter(|&place| answers[place].as_ref().is_err_and(is_locked)).collect();
            if locked.is_empty() || self.halted.is_some() {
                break;
            }
            let again: Vec<&Write> = locked.iter().map(|&place| writes[place]).collect();
            for (place, answer) in locked.into_iter().zip(self.once(&again)) {
                answers[place] = answer;
            }
        }
        answers.into_iter().map(|answer| answer.map_err(waiting)).collect()
    }

    fn once(&mut self, writes: &[&Write]) -> Vec<Answer> {
        let mut answers: Vec<Answer> = vec![Err(unsent()); writes.len()];
        let parcels = match write::parcels(writes) {
            Ok(parcels) => parcels,
            Err(error) => return vec![Err(error); writes.len()],
        };
        for chunk in parcels.chunk_by(|left, right| left.side_by_side && right.side_by_side) {
            for (parcel, result) in chunk.iter().zip(self.deliver(chunk)) {
                let of: Vec<&Write> = parcel.places.iter().map(|&place| writes[place]).collect();
                for (&place, answer) in parcel.places.iter().zip(self.judge(&of, result)) {
                    answers[place] = answer;
                }
            }
        }
        answers
    }

    fn deliver(&mut self, parcels: &[Parcel]) -> Vec<Result<Reply, Error>> {
        if self.halted.is_none() && self.wire.left_ms() < MARGIN_MS {
            self.halted = Some(out_of_time());
        }
        if let Some(error) = &self.halted {
            return parcels.iter().map(|_| Err(error.clone())).collect();
        }
        let requests: Vec<Request> = parcels.iter().map(|parcel| parcel.request.clone()).collect();
        self.wire.send(&requests)
    }

    fn judge(&mut self, writes: &[&Write], result: Result<Reply, Error>) -> Vec<Answer> {
        let answers = match result {
            Ok(reply) => {
                let answers = write::answers(writes, reply.status, &reply.body);
                let after = |error: Error| {
                    if error.retry_after_ms.is_none() { error.after(reply.retry_after_ms) } else { error }
                };
                if (200..300).contains(&reply.status) {
                    return answers;
                }
                answers.into_iter().map(|answer| answer.map_err(after)).collect()
            }
            Err(error) => vec![Err(error); writes.len()],
        };
        if let Some(Err(error)) = answers.first()
            && self.halted.is_none()
            && stops_all(error)
        {
            self.halted = Some(error.clone());
        }
        answers.into_iter().map(|answer| answer.map_err(doubted)).collect()
    }
}

/// What will happen to every further change as well.
fn stops_all(error: &Error) -> bool {
    matches!(error.class, ErrorClass::Throttled | ErrorClass::Exhausted | ErrorClass::Reauthorize | ErrorClass::Bug)
}

/// An answer of a gateway that does not know what Salesforce did behind it is a lost one.
fn doubted(error: Error) -> Error {
    let stumbled = ["http-500", "http-502", "http-504", "http-408", "UNKNOWN_EXCEPTION"];
    if stumbled.contains(&error.code.as_str()) && !is_locked(&error) {
        return Error { class: ErrorClass::Unknown, ..error };
    }
    error
}

/// Salesforce's own answer that it did not do it, because something else held what it needed.
fn is_locked(error: &Error) -> bool {
    error.message == errors::LOCKED
}

/// What is still locked was not done, and the host may try it again without looking first.
fn waiting(error: Error) -> Error {
    if is_locked(&error) {
        return Error { class: ErrorClass::Throttled, ..error }.after(Some(LOCK_WAIT_MS));
    }
    error
}

fn out_of_time() -> Error {
    let sentence = "There was no time left for it in this call. It is tried again.";
    Error::new(ErrorClass::Throttled, "out-of-time", sentence)
}

fn unsent() -> Error {
    Error::bug("unsent", "The integration lost this change before it was sent, so it was not done.")
}
