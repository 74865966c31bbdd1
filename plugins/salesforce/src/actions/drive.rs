//! Prepare, run and verify: the same three ways for every action.

use super::operation::{Absent, Asked, Operation, Touched};
use super::send::{Sender, Wire};
use super::work::{self, Work, is_as_approved};
use super::{records, write::Write};
use weft_integration::prelude::*;

/// An action with its inputs, ready to be called.
pub trait Drive {
    /// Reads the targets live and plans each.
    fn prepare(&self, call: &Call) -> Result<Plan, Error>;

    /// Reads each target again, and changes those that are as they were when approved.
    fn run(&self, call: &RunCall, wire: &dyn Wire) -> Result<RunResult, Error>;

    /// Reads the targets and tells whether it happened.
    fn verify(&self, call: &RunCall) -> Result<Verification, Error>;
}

impl<O: Operation> Drive for O {
    fn prepare(&self, call: &Call) -> Result<Plan, Error> {
        let asked: Vec<Asked> =
            call.targets.iter().map(|target| Asked { key: &target.key, record: &target.record }).collect();
        let facts = self.read(&asked)?;
        Ok(Plan::new(asked.iter().map(|target| plan(self, target.key, &facts))))
    }

    fn run(&self, call: &RunCall, wire: &dyn Wire) -> Result<RunResult, Error> {
        let facts = self.read(&asked(call))?;
        let mut works: Vec<Work> = call.targets.iter().map(|target| Work::begin(self, target, &facts)).collect();
        in_waves(&mut works, &mut Sender::new(wire));
        look_again(self, &mut works, call);
        let (changed, deleted) = records::read_back(touched(self, &works));
        Ok(RunResult::new(works.into_iter().map(Work::outcome), changed).without(deleted))
    }

    fn verify(&self, call: &RunCall) -> Result<Verification, Error> {
        let facts = self.read(&asked(call))?;
        let verdicts: Vec<Verdict> = call.targets.iter().map(|target| verdict(self, target, &facts)).collect();
        let touched =
            call.targets.iter().flat_map(|target| work::seen(self, target, self.stand(&target.key, &facts).as_ref()));
        let (changed, deleted) = records::read_back(touched.collect());
        let mut verification = Verification::new(verdicts, changed);
        verification.deleted = deleted;
        Ok(verification)
    }
}

fn asked(call: &RunCall) -> Vec<Asked<'_>> {
    call.targets.iter().map(|target| Asked { key: &target.key, record: &target.record }).collect()
}

/// The plan for one target.
pub fn plan<O: Operation>(operation: &O, key: &str, facts: &O::Facts) -> TargetPlan {
    match (operation.stand(key, facts), operation.absent()) {
        (Some(standing), _) => standing.plan(key),
        (None, Absent::Gone(sentence)) => TargetPlan::new(key, key, "null").blocker(sentence),
        (None, Absent::Wanted(sentence)) => TargetPlan::new(key, key, "null").warning(sentence).as_wanted(),
    }
}

/// Does the first step of every target, then the second, and so on: what many targets have in common goes out together.
pub fn in_waves(works: &mut [Work], sender: &mut Sender<'_>) {
    loop {
        let steps: Vec<(usize, Vec<Write>)> =
            works.iter().enumerate().filter_map(|(place, work)| Some((place, work.next()?))).collect();
        if steps.is_empty() {
            return;
        }
        let writes: Vec<&Write> = steps.iter().flat_map(|(_, writes)| writes).collect();
        let mut answers = sender.make(&writes).into_iter();
        for (place, writes) in &steps {
            works[*place].take(writes, answers.by_ref().take(writes.len()).collect());
        }
    }
}

/// After a failure only the records can tell: the answer was lost, or somebody else was faster.
fn look_again<O: Operation>(operation: &O, works: &mut [Work], call: &RunCall) {
    let doubtful: Vec<Asked> = asked(call)
        .into_iter()
        .zip(works.iter())
        .filter(|(_, work)| work.is_doubtful())
        .map(|(asked, _)| asked)
        .collect();
    if doubtful.is_empty() {
        return;
    }
    match operation.read(&doubtful) {
        Ok(facts) => {
            works.iter_mut().filter(|work| work.is_doubtful()).for_each(|work| work.look_again(operation, &facts));
        }
        Err(error) => log(Level::Warn, "targets could not be looked up after a failure", &[("code", &error.code)]),
    }
}

fn touched<O: Operation>(operation: &O, works: &[Work]) -> Vec<Touched> {
    let keys: Vec<&str> = works.iter().filter(|work| work.is_touched()).map(Work::key).collect();
    let aftermath = if keys.is_empty() { Ok(Vec::new()) } else { operation.aftermath(&keys) };
    let aftermath = aftermath.unwrap_or_else(|error| {
        log(Level::Warn, "what changed along with an action could not be read", &[("code", &error.code)]);
        Vec::new()
    });
    let written = works.iter().flat_map(|work| work.touched.clone().into_iter().chain(work.also()));
    written.chain(aftermath).collect()
}

/// The finding for one target.
pub fn verdict<O: Operation>(operation: &O, target: &RunTarget, facts: &O::Facts) -> Verdict {
    let key = target.key.as_str();
    match (operation.stand(key, facts), operation.absent()) {
        (Some(standing), _) if standing.is_made() => {
            let verdict = Verdict::done(key, standing.made);
            // Only an action without target wants a record that is not its target.
            standing.record.into_iter().fold(verdict, Verdict::undone_on)
        }
        (Some(standing), _) if is_as_approved(&target.before, &standing) => {
            Verdict::not_done(key, "It did not happen, or not all of it.")
        }
        (Some(_), _) => Verdict::unknown(key, "It was changed in another way meanwhile."),
        (None, Absent::Wanted(sentence)) => Verdict::done(key, sentence),
        (None, Absent::Gone(sentence)) => Verdict::unknown(key, sentence),
    }
}
