//! Prepare: reads the targets live and plans each.

use super::change::{Facts, UserChange};
use super::user::{self, User};
use super::{change, role};
use crate::{api, id, soql};
use serde::Deserialize;
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
    if needs.admins {
        count_admins(&mut facts, keys)?;
    }
    Ok(facts)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Admin {
    id: String,
}

/// Where profiles cannot be read, nothing is counted: Salesforce itself refuses to deactivate the last administrator.
fn count_admins(facts: &mut Facts, keys: &[&str]) -> Result<(), Error> {
    let soql = format!(
        "SELECT Id FROM User WHERE IsActive = true AND Profile.PermissionsModifyAllData = true LIMIT {}",
        soql::MAX_PAGE
    );
    match api::read::<Admin>(&soql) {
        Ok(admins) => {
            let is_target = |admin: &Admin| keys.iter().any(|key| id::same(Some(key), Some(&admin.id)));
            let (targets, others): (Vec<_>, Vec<_>) = admins.into_iter().partition(is_target);
            facts.other_admins = Some(others.len());
            facts.target_admins = targets.into_iter().map(|admin| admin.id).collect();
            Ok(())
        }
        Err(error) if error.class == ErrorClass::Forbidden => Ok(()),
        Err(error) => Err(error),
    }
}
