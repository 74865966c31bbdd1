//! Prepare: reads the targets live and plans each.

use super::change::{Facts, UserChange};
use super::user::{self, User};
use super::{change, role, ties};
use crate::api;
use weft_integration::prelude::*;

/// Plans the call.
pub fn prepare(call: &Call) -> Result<Plan, Error> {
    let change = change(&call.action, &call.inputs)?;
    let keys: Vec<&str> = call.targets.iter().map(|target| target.key.as_str()).collect();
    let facts = gather(change.as_ref(), &keys)?;
    let users = user::read(&user::ids(keys.iter().copied()))?;
    Ok(Plan::new(keys.iter().map(|key| target(change.as_ref(), key, user::find(&users, key), &facts))))
}

/// The plan for one target.
pub fn target(change: &dyn UserChange, key: &str, user: Option<&User>, facts: &Facts) -> TargetPlan {
    let Some(user) = user else {
        return TargetPlan::new(key, key, "null").blocker("Salesforce has no such user any more.");
    };
    let plan = TargetPlan::new(key, user.title(), change.before(user).to_string());
    if change.is_made(user) {
        return plan.as_wanted();
    }
    change.plan(plan, user, facts).taken_back_by(change.undo(user))
}

fn gather(change: &dyn UserChange, keys: &[&str]) -> Result<Facts, Error> {
    let needs = change.needs();
    let mut facts = Facts { own_user: api::user_info()?.user_id, ..Facts::default() };
    if let Some(role) = needs.role {
        facts.role = Some(role::read(&role)?);
    }
    if needs.ties {
        ties::read(&mut facts, &user::ids(keys.iter().copied()))?;
    }
    Ok(facts)
}
