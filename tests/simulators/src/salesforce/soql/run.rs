//! Runs a plan: which records, in which order. Their values are read when a page of them is written.

use super::plan::{Plan, Sort};
use crate::salesforce::data::Data;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;
use std::cmp::Ordering;

/// The records a query found, by number.
#[derive(Clone, Debug)]
pub enum Found {
    /// Every number of a range: nothing had to be looked at.
    Range(u32, u32),
    List(Vec<u32>),
}

impl Found {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Found::Range(low, high) => (high - low) as usize,
            Found::List(numbers) => numbers.len(),
        }
    }

    /// The numbers of one page.
    pub fn page(&self, from: usize, size: usize) -> Vec<u32> {
        let to = self.len().min(from.saturating_add(size));
        match self {
            Found::Range(low, _) => (from.min(to)..to).map(|place| low + place as u32).collect(),
            Found::List(numbers) => numbers.get(from..to).unwrap_or_default().to_vec(),
        }
    }
}

/// Finds the records.
pub fn run(data: &Data, plan: &Plan) -> Found {
    let bounds = &plan.bounds;
    // A login with a later time has a higher number.
    let numbered =
        |sort: &Sort| sort.route.is(F::Id) || (plan.object == Object::LoginHistory && sort.route.is(F::LoginTime));
    let by_id = plan.order.first().is_none_or(numbered);
    let backwards = plan.order.first().is_some_and(|sort| by_id && sort.descending);
    let whole = bounds.picks.is_none() && plan.filter.is_none() && data.is_dense(plan.object);
    if whole && by_id && !backwards {
        let low = bounds.low.saturating_add(plan.offset).min(bounds.high);
        let room = bounds.high - low;
        return Found::Range(low, low + plan.limit.unwrap_or(room).min(room));
    }
    let enough = if by_id { plan.limit.map(|limit| limit as usize + plan.offset as usize) } else { None };
    let holds = |number: &u32| {
        data.row(plan.object, *number).is_some_and(|row| plan.filter.as_ref().is_none_or(|filter| filter.holds(&row)))
    };
    let mut numbers: Vec<u32> = match (&bounds.picks, backwards) {
        (Some(picks), false) => picks.iter().copied().filter(|number| inside(plan, *number)).filter(holds).collect(),
        (Some(picks), true) => {
            picks.iter().rev().copied().filter(|number| inside(plan, *number)).filter(holds).collect()
        }
        (None, false) => (bounds.low..bounds.high).filter(holds).take(enough.unwrap_or(usize::MAX)).collect(),
        (None, true) => (bounds.low..bounds.high).rev().filter(holds).take(enough.unwrap_or(usize::MAX)).collect(),
    };
    if !by_id {
        numbers = sorted(data, plan, &numbers);
    }
    let from = (plan.offset as usize).min(numbers.len());
    let to = plan.limit.map_or(numbers.len(), |limit| numbers.len().min(from.saturating_add(limit as usize)));
    numbers.truncate(to);
    numbers.drain(..from);
    Found::List(numbers)
}

fn inside(plan: &Plan, number: u32) -> bool {
    (plan.bounds.low..plan.bounds.high).contains(&number)
}

fn sorted(data: &Data, plan: &Plan, numbers: &[u32]) -> Vec<u32> {
    let mut keyed: Vec<(Vec<Value<'_>>, u32)> = numbers
        .iter()
        .filter_map(|number| {
            let row = data.row(plan.object, *number)?;
            Some((plan.order.iter().map(|sort| sort.route.value(&row)).collect(), *number))
        })
        .collect();
    keyed.sort_by(|left, right| {
        plan.order
            .iter()
            .zip(left.0.iter().zip(&right.0))
            .map(|(sort, (one, two))| placed(sort.descending, sort.nulls_last, one, two))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| left.1.cmp(&right.1))
    });
    keyed.into_iter().map(|(_, number)| number).collect()
}

/// Nulls come first in either direction, unless the query says last.
pub fn placed(descending: bool, nulls_last: bool, one: &Value<'_>, two: &Value<'_>) -> Ordering {
    let order = one.order(two);
    let null = *one == Value::Null || *two == Value::Null;
    let turned = if null { nulls_last } else { descending };
    if turned { order.reverse() } else { order }
}
