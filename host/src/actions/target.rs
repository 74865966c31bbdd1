//! The life of one target of a request as one pure function.

use super::{
    machine::{Standing, may_run},
    refusal::Refusal,
};
use crate::domain::TargetOutcomeKind;
use serde::{Deserialize, Serialize};

/// Where a target stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetState {
    /// To be run.
    Queued {
        /// Calls of which it is known that nothing was done.
        attempts: u32,
    },
    /// The intent is stored: from here on it may have happened.
    Started {
        /// 1 for the first call.
        attempt: u32,
    },
    /// It happened.
    Done,
    /// It was as wanted before.
    Already,
    /// It did not happen, and it is known why.
    Failed,
    /// It did not happen, since the record is no longer what was approved.
    Changed,
    /// Nobody knows whether it happened.
    Unknown,
    /// Blocked in the plan: never to be run.
    Skipped,
    /// Halted before it was run.
    Stopped,
}

/// What a look into the tool found after a call without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It happened.
    Done,
    /// It did not.
    NotDone {
        /// Running it again can do no harm.
        again: bool,
    },
    /// It cannot be told.
    Unknown,
}

/// What happens to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetEvent {
    /// The tool answered. An answer of "unknown" is none: look into the tool instead.
    Answered(TargetOutcomeKind),
    /// The call failed before anything was done; it may be tried again.
    NothingDone,
    /// It was looked into the tool.
    Verified(Finding),
    /// It may not be run (protected, turned off), or has failed too often.
    Refused,
    /// The workspace was stopped, or the rest of the request cancelled.
    Stop,
}

impl TargetState {
    /// Never left again.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued { .. } | Self::Started { .. })
    }
}

/// The intent to call the tool for this target: the only way to [`TargetState::Started`].
pub fn start(request: &Standing, fence: u64, stops: u64, target: TargetState) -> Result<TargetState, Refusal> {
    may_run(request, fence, stops)?;
    match target {
        TargetState::Queued { attempts } => Ok(TargetState::Started { attempt: attempts + 1 }),
        _ => Err(Refusal::WrongTargetState),
    }
}

/// The next state, or a refusal when the event does not fit.
pub fn step(now: TargetState, event: TargetEvent) -> Result<TargetState, Refusal> {
    use TargetState as S;
    match (now, event) {
        (S::Started { .. }, TargetEvent::Answered(kind)) => answered(kind),
        (S::Started { attempt }, TargetEvent::NothingDone) => Ok(S::Queued { attempts: attempt }),
        (S::Started { attempt }, TargetEvent::Verified(finding)) => Ok(match finding {
            Finding::Done => S::Done,
            Finding::NotDone { again: true } => S::Queued { attempts: attempt },
            Finding::NotDone { again: false } => S::Failed,
            Finding::Unknown => S::Unknown,
        }),
        (S::Queued { .. }, TargetEvent::Refused) => Ok(S::Failed),
        (S::Queued { .. }, TargetEvent::Stop) => Ok(S::Stopped),
        _ => Err(Refusal::WrongTargetState),
    }
}

fn answered(kind: TargetOutcomeKind) -> Result<TargetState, Refusal> {
    match kind {
        TargetOutcomeKind::Done => Ok(TargetState::Done),
        TargetOutcomeKind::Already => Ok(TargetState::Already),
        TargetOutcomeKind::Failed => Ok(TargetState::Failed),
        TargetOutcomeKind::Changed => Ok(TargetState::Changed),
        TargetOutcomeKind::Unknown => Err(Refusal::WrongTargetState),
    }
}

/// How many targets stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tally {
    /// To be run.
    pub queued: u32,
    /// Begun.
    pub started: u32,
    /// Happened.
    pub done: u32,
    /// Were as wanted.
    pub already: u32,
    /// Did not happen.
    pub failed: u32,
    /// Stopped since the record changed.
    pub changed: u32,
    /// Nobody knows.
    pub unknown: u32,
    /// Blocked.
    pub skipped: u32,
    /// Halted.
    pub stopped: u32,
}

impl Tally {
    /// Counts these.
    pub fn of(states: impl IntoIterator<Item = TargetState>) -> Self {
        let mut tally = Self::default();
        for state in states {
            *tally.place(state) += 1;
        }
        tally
    }

    fn place(&mut self, state: TargetState) -> &mut u32 {
        match state {
            TargetState::Queued { .. } => &mut self.queued,
            TargetState::Started { .. } => &mut self.started,
            TargetState::Done => &mut self.done,
            TargetState::Already => &mut self.already,
            TargetState::Failed => &mut self.failed,
            TargetState::Changed => &mut self.changed,
            TargetState::Unknown => &mut self.unknown,
            TargetState::Skipped => &mut self.skipped,
            TargetState::Stopped => &mut self.stopped,
        }
    }

    /// Targets without an outcome.
    pub fn open(&self) -> u32 {
        self.queued + self.started
    }

    /// In words, without what is zero: `3 done, 1 failed`.
    pub fn words(&self) -> String {
        let parts = [
            (self.done, "done"),
            (self.already, "already as wanted"),
            (self.failed, "failed"),
            (self.changed, "changed meanwhile"),
            (self.unknown, "unknown"),
            (self.skipped, "left out"),
            (self.stopped, "stopped"),
            (self.open(), "to go"),
        ];
        let words: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        words.join(", ")
    }
}
