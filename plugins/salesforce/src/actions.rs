//! The actions. One file each, or one for an action and its inverse, says what is particular: inputs, what is read, where a target stands
//! and what is left to do. Preparing, running and verifying are the same for all, in `drive`.

mod access;
mod active;
mod assign;
mod belongings;
mod create_permission_set;
mod create_permission_set_group;
mod create_user_group;
mod create_user_role;
mod creation;
mod delete_permission_set;
mod delete_permission_set_group;
mod delete_user;
mod delete_user_group;
mod delete_user_role;
mod drive;
mod grant;
mod inputs;
mod license_of_user;
mod live;
mod logins;
mod member;
mod moment;
mod operation;
mod people;
mod records;
mod remove;
mod revoke_oauth_token;
mod role_of_user;
mod seats;
mod send;
mod ties;
mod tokens;
mod work;
mod write;

use drive::Drive;
use grant::Kind;
use inputs::Inputs;
use weft_integration::prelude::*;

pub use access::access;

/// All actions.
pub fn all() -> Vec<Action> {
    let of_users = [
        assign::actions(),
        remove::actions(),
        role_of_user::actions(),
        license_of_user::actions(),
        member::actions(),
        active::actions(),
        logins::actions(),
    ];
    let mut all = of_users.concat();
    all.extend([
        delete_user::action(),
        revoke_oauth_token::action(),
        create_permission_set::action(),
        delete_permission_set::action(),
        create_permission_set_group::action(),
        delete_permission_set_group::action(),
        create_user_role::action(),
        delete_user_role::action(),
        create_user_group::action(),
        delete_user_group::action(),
    ]);
    all
}

/// The action with these inputs. `now_ms` is the time, for inputs that must not lie in the past.
fn operation(action: &str, inputs: &str, now_ms: f64) -> Result<Box<dyn Drive>, Error> {
    let inputs = &Inputs::parse(inputs)?;
    Ok(match action {
        "assign-permission-set" => Box::new(assign::Assign::of(Kind::Set, inputs, now_ms)?),
        "remove-permission-set" => Box::new(remove::Remove::of(Kind::Set, inputs)?),
        "assign-permission-set-group" => Box::new(assign::Assign::of(Kind::Group, inputs, now_ms)?),
        "remove-permission-set-group" => Box::new(remove::Remove::of(Kind::Group, inputs)?),
        "assign-role" => Box::new(role_of_user::RoleOfUser::assign(inputs)?),
        "remove-role" => Box::new(role_of_user::RoleOfUser::remove()),
        "assign-license" => Box::new(license_of_user::LicenseOfUser::of(true, inputs)?),
        "remove-license" => Box::new(license_of_user::LicenseOfUser::of(false, inputs)?),
        "add-group-member" => Box::new(member::Member::of(true, inputs)?),
        "remove-group-member" => Box::new(member::Member::of(false, inputs)?),
        "deactivate-user" => Box::new(active::Deactivate),
        "reactivate-user" => Box::new(active::Reactivate::of(inputs)?),
        "freeze-user" => Box::new(logins::Freeze(true)),
        "unfreeze-user" => Box::new(logins::Freeze(false)),
        "delete-user" => Box::new(delete_user::DeleteUser::of(inputs)?),
        "revoke-oauth-token" => Box::new(revoke_oauth_token::RevokeOauthToken),
        "create-permission-set" => Box::new(create_permission_set::CreatePermissionSet::of(inputs)?),
        "delete-permission-set" => Box::new(delete_permission_set::DeletePermissionSet),
        "create-permission-set-group" => Box::new(create_permission_set_group::CreatePermissionSetGroup::of(inputs)?),
        "delete-permission-set-group" => Box::new(delete_permission_set_group::DeletePermissionSetGroup),
        "create-user-role" => Box::new(create_user_role::CreateUserRole::of(inputs)?),
        "delete-user-role" => Box::new(delete_user_role::DeleteUserRole::of(inputs)?),
        "create-user-group" => Box::new(create_user_group::CreateUserGroup::of(inputs)?),
        "delete-user-group" => Box::new(delete_user_group::DeleteUserGroup),
        _ => {
            let sentence = format!("This integration has no action `{action}`, so nothing was done.");
            return Err(Error::bug("no-such-action", sentence));
        }
    })
}

/// Plans the call.
pub fn prepare(call: &Call) -> Result<Plan, Error> {
    operation(&call.action, &call.inputs, now_ms())?.prepare(call)
}

/// Runs the call.
pub fn run(call: &RunCall) -> Result<RunResult, Error> {
    operation(&call.action, &call.inputs, LONG_AGO)?.run(call, &send::Host)
}

/// Tells whether the call happened.
pub fn verify(call: &RunCall) -> Result<Verification, Error> {
    operation(&call.action, &call.inputs, LONG_AGO)?.verify(call)
}

/// What was approved is not refused because a day has passed since.
const LONG_AGO: f64 = 0.0;

#[cfg(test)]
mod tests;
