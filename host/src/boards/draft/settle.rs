//! Making a draft agree with what its fields are: another field takes other questions and other answers.

use super::condition::{operators, shape};
use super::{Draft, DraftCondition, Shape};
use crate::boards::definition::Match;
use crate::boards::offered::PathFacts;
use std::collections::HashMap;

/// What each path of a draft leads to.
pub type Facts = HashMap<String, Result<PathFacts, String>>;

impl Draft {
    /// Gives each condition the question that fits its field, and forgets an answer that is of another kind than the question, and a
    /// period of what is no date.
    pub fn settle(&mut self, facts: &Facts) {
        for condition in &mut self.conditions {
            let found = condition.path.as_ref().and_then(|path| facts.get(path));
            if let Some(Ok(found)) = found {
                condition.settle(found);
            }
        }
        self.settle_group(facts);
    }
}

impl DraftCondition {
    fn settle(&mut self, facts: &PathFacts) {
        self.matches = match (facts.is_many, &facts.field, self.matches) {
            (false, ..) => None,
            (true, None, _) => Some(Match::Count),
            (true, Some(_), matches) => matches.or(Some(Match::Any)),
        };
        let asked = match self.matches {
            Some(Match::Count) => None,
            _ => facts.field.as_ref(),
        };
        let can = operators(asked);
        if self.op.is_none_or(|op| !can.contains(&op)) {
            self.op = can.first().copied();
        }
        let now = self.op.map_or(Shape::Nothing, |op| shape(op, asked));
        // A definition that was just taken over has values and no shape yet.
        if self.shape != now && self.shape != Shape::Nothing {
            self.entered.clear();
        }
        self.shape = now;
    }
}
