//! Whether a target may be run as it stands now.

use crate::actions::operation::{Absent, Operation, Standing, Touched, holds};
use crate::actions::records;
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// How the target stands, or what became of it without any change.
pub fn judge<O: Operation>(
    operation: &O,
    target: &RunTarget,
    standing: Option<Standing>,
) -> Result<Standing, Box<Outcome>> {
    let key = target.key.as_str();
    let Some(standing) = standing else {
        return Err(Box::new(match operation.absent() {
            Absent::Gone(sentence) => Outcome::changed(key, format!("{sentence} Nothing was done.")),
            Absent::Wanted(sentence) => Outcome::already(key, sentence),
        }));
    };
    if standing.is_made() && standing.blockers.is_empty() {
        return Err(Box::new(Outcome::already(key, standing.made)));
    }
    if !is_as_approved(&target.before, &standing) {
        let sentence = "It was changed since this was prepared, so nothing was done. Prepare it again.";
        return Err(Box::new(Outcome::changed(key, sentence)));
    }
    if !standing.blockers.is_empty() {
        return Err(Box::new(Outcome::changed(key, format!("{} Nothing was done.", standing.blockers.join(" ")))));
    }
    Ok(standing)
}

/// Records that a target is about, whatever becomes of it: what it names by id, and itself where it is gone.
pub fn seen<O: Operation>(operation: &O, target: &RunTarget, standing: Option<&Standing>) -> Vec<Touched> {
    let mut seen = records::named(&target.key, &target.before);
    match standing {
        Some(standing) => {
            seen.extend(standing.record.as_deref().and_then(records::of_id));
            seen.extend(standing.also.iter().cloned());
        }
        None => seen.push(Touched::new(operation.object(), &target.key)),
    }
    seen
}

/// Whether the record is still as the approval saw it.
pub fn is_as_approved(before: &str, standing: &Standing) -> bool {
    serde_json::from_str::<Json>(before).is_ok_and(|before| holds(&before, &standing.before))
}
