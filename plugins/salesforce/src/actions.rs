//! The actions: each changes one field of a user. One file each says what is particular; what they share is here.

mod assign_role;
mod change;
mod deactivate_user;
mod plan;
mod reactivate_user;
mod remove_role;
mod role;
mod run;
mod ties;
mod user;
mod verify;

use crate::describe::Described;
use crate::permissions::Permissions;
use change::UserChange;
use weft_integration::prelude::*;

pub use plan::prepare;
pub use run::run;
pub use verify::verify;

/// All actions.
pub fn all() -> Vec<Action> {
    vec![deactivate_user::action(), reactivate_user::action(), assign_role::action(), remove_role::action()]
}

/// The change that an action with these inputs makes.
fn change(action: &str, inputs: &str) -> Result<Box<dyn UserChange>, Error> {
    match action {
        "deactivate-user" => Ok(Box::new(deactivate_user::DeactivateUser)),
        "reactivate-user" => Ok(Box::new(reactivate_user::ReactivateUser)),
        "assign-role" => Ok(Box::new(assign_role::AssignRole::of(inputs)?)),
        "remove-role" => Ok(Box::new(remove_role::RemoveRole)),
        _ => Err(Error::bug(
            "no-such-action",
            format!("This integration has no action `{action}`, so nothing was done."),
        )),
    }
}

/// Which actions the connected user may run: Salesforce says of each column whether they may change it.
pub fn access(described: &Described, _permissions: &Permissions) -> Vec<ActionAccess> {
    let user = described.get("User");
    let may = |column: &str| user.and_then(|user| user.column(column)).is_some_and(|column| column.updateable);
    let columns = [
        ("deactivate-user", "IsActive"),
        ("reactivate-user", "IsActive"),
        ("assign-role", "UserRoleId"),
        ("remove-role", "UserRoleId"),
    ];
    let found = columns.map(|(action, column)| match may(column) {
        true => ActionAccess::allowed(action),
        false => ActionAccess::refused(action, "Grant \"Manage Internal Users\" to the connected user."),
    });
    found.into()
}

#[cfg(test)]
mod tests;
