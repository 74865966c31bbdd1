//! One target under way: whether it may begin, what was done of it, and what became of it in the end.

mod failures;
mod judge;

use super::operation::{Absent, Operation, Standing, StepKind, Touched};
use super::records;
use super::write::{Answer, Write};
use failures::{ends_target, join, together, urgency};
use weft_integration::prelude::*;

pub use judge::{is_as_approved, seen};

/// A target of a run.
pub struct Work {
    key: String,
    state: State,
    /// What was changed for it.
    pub touched: Vec<Touched>,
}

enum State {
    /// It is known what became of it without any change.
    Settled(Box<Outcome>),
    Going(Box<Going>),
}

struct Going {
    standing: Standing,
    /// The steps that were tried.
    tried: usize,
    /// Of each step that is done: that it is.
    told: Vec<String>,
    failures: Vec<Failure>,
    /// Something was changed, be it a part of a step only.
    written: bool,
    /// The id of what the first step made.
    made: Option<String>,
    stopped: bool,
    /// After a failure it was looked up again, and is as wanted.
    found_made: bool,
}

struct Failure {
    of: String,
    error: Error,
}

impl Work {
    /// Judges a target by how it stands now.
    pub fn begin<O: Operation>(operation: &O, target: &RunTarget, facts: &O::Facts) -> Self {
        let standing = operation.stand(&target.key, facts);
        let seen = seen(operation, target, standing.as_ref());
        let (state, touched) = match judge::judge(operation, target, standing) {
            Ok(standing) => (State::Going(Box::new(Going::new(standing))), Vec::new()),
            // Boards may show what was true before somebody else changed it.
            Err(outcome) => (State::Settled(outcome), seen),
        };
        Self { key: target.key.clone(), state, touched }
    }

    /// The target's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The changes of its next step; none when no more is to be done.
    pub fn next(&self) -> Option<Vec<Write>> {
        let State::Going(going) = &self.state else { return None };
        let step = going.standing.steps.get(going.tried).filter(|_| !going.stopped)?;
        let with_made = |write: &Write| going.made.as_ref().map_or_else(|| write.clone(), |id| write.with_made(id));
        Some(step.writes.iter().map(with_made).collect())
    }

    /// Takes in what became of the changes of that step.
    pub fn take(&mut self, writes: &[Write], answers: Vec<Answer>) {
        let State::Going(going) = &mut self.state else { return };
        let Some(step) = going.standing.steps.get(going.tried) else { return };
        let (kind, says, done) = (step.kind, step.says.clone(), step.done.clone());
        going.tried += 1;
        let mut errors = Vec::new();
        for (write, answer) in writes.iter().zip(answers) {
            match answer {
                Ok(made) => {
                    going.written = true;
                    self.touched.extend(write.touched(made.as_deref()));
                    going.made = going.made.take().or(made);
                }
                Err(error) => errors.push(error),
            }
        }
        match errors.is_empty() {
            true => {
                going.told.push(done);
                // What stood in for the step before makes up for nothing that was to come after that.
                going.stopped = kind == StepKind::Instead;
                going.tried += usize::from(going.has_instead());
            }
            false => {
                let goes_on = kind == StepKind::Optional || going.has_instead();
                going.stopped = !goes_on || errors.iter().any(ends_target);
                going.failures.extend(together(errors).into_iter().map(|error| Failure { of: says.clone(), error }));
            }
        }
    }

    /// Whether something failed, so that only another look can tell how it stands.
    pub fn is_doubtful(&self) -> bool {
        matches!(&self.state, State::Going(going) if !going.failures.is_empty())
    }

    /// Takes in another look after a failure.
    pub fn look_again<O: Operation>(&mut self, operation: &O, facts: &O::Facts) {
        let State::Going(going) = &mut self.state else { return };
        match operation.stand(&self.key, facts) {
            Some(standing) if standing.is_made() => {
                going.found_made = true;
                self.touched.extend(standing.record.as_deref().and_then(records::of_id));
                self.touched.extend(standing.also);
                going.made = going.made.take().or(standing.record);
            }
            None => {
                going.found_made = matches!(operation.absent(), Absent::Wanted(_));
                self.touched.push(Touched::new(operation.object(), &self.key));
            }
            Some(_) => {}
        }
    }

    /// Whether anything may have changed.
    pub fn is_touched(&self) -> bool {
        matches!(&self.state, State::Going(going) if !going.told.is_empty() || going.found_made)
            || !self.touched.is_empty()
    }

    /// Records that change with it.
    pub fn also(&self) -> Vec<Touched> {
        match &self.state {
            State::Going(going) if self.is_touched() => going.standing.also.clone(),
            _ => Vec::new(),
        }
    }

    /// What became of it.
    pub fn outcome(self) -> Outcome {
        match self.state {
            State::Settled(outcome) => *outcome,
            State::Going(going) => going.outcome(&self.key),
        }
    }
}

impl Going {
    fn new(standing: Standing) -> Self {
        Self {
            standing,
            tried: 0,
            told: Vec::new(),
            failures: Vec::new(),
            written: false,
            made: None,
            stopped: false,
            found_made: false,
        }
    }

    /// Whether the next step stands in for the one that was tried last.
    fn has_instead(&self) -> bool {
        self.standing.steps.get(self.tried).is_some_and(|step| step.kind == StepKind::Instead)
    }

    fn outcome(self, key: &str) -> Outcome {
        let lost = self.failures.iter().any(|failure| failure.error.class == ErrorClass::Unknown);
        if self.found_made && self.told.is_empty() && !lost {
            return Outcome::already(key, self.standing.made);
        }
        if self.failures.is_empty() || self.found_made {
            return self.done(key);
        }
        Outcome::failed(key, self.error(lost))
    }

    fn done(self, key: &str) -> Outcome {
        let message = if self.told.is_empty() { self.standing.made } else { self.told.join(" ") };
        let mut outcome = Outcome::done(key, message);
        outcome.undo = self.standing.undo;
        match self.made {
            Some(made) if key.is_empty() => outcome.undone_on(made),
            _ => outcome,
        }
    }

    /// One error that tells all of them, and what was done before.
    fn error(self, lost: bool) -> Error {
        let mut told = self.told.join(" ");
        for failure in &self.failures {
            let (of, says) = (failure.of.trim_end_matches('.'), &failure.error.message);
            // Of a single step it is plain what failed.
            told = if self.standing.steps.len() == 1 {
                join(&told, says)
            } else {
                join(&told, &format!("Not done: {of}. {says}"))
            };
        }
        let worst = self.failures.into_iter().map(|failure| failure.error);
        let mut error = worst.min_by_key(|error| urgency(error.class)).unwrap_or_else(|| Error::bug("no-failure", ""));
        error.message = told;
        // Part of it is done: the host has to look before it goes on.
        if lost {
            error.class = ErrorClass::Unknown;
        } else if self.written && error.class == ErrorClass::Throttled {
            error.class = ErrorClass::Retry;
        }
        error
    }
}
