//! What one action does to one user, as rules without any request.

use super::role::Role;
use super::user::User;
use crate::id;
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// A change to one field of a user.
pub trait UserChange {
    /// Whether the user is as wanted already.
    fn is_made(&self, user: &User) -> bool;

    /// The body of the PATCH: the changed field alone. Sending more makes Salesforce check fields that nobody meant to touch.
    fn body(&self) -> Json;

    /// What the approval rests on.
    fn before(&self, user: &User) -> Json;

    /// Steps, warnings and blockers.
    fn plan(&self, plan: TargetPlan, user: &User, facts: &Facts) -> TargetPlan;

    /// How to take it back.
    fn undo(&self, user: &User) -> Undo;

    /// That it is done, or was done already.
    fn made(&self) -> &'static str;

    /// What else has to be read to plan it.
    fn needs(&self) -> Needs;
}

/// What has to be read to plan a change, besides its targets.
#[derive(Debug, Default, PartialEq)]
pub struct Needs {
    /// What may keep a user from being deactivated: who administers the org, and where users name each other.
    pub ties: bool,
    /// The role of this id.
    pub role: Option<String>,
}

/// What a plan rests on besides the user.
#[derive(Debug, Default)]
pub struct Facts {
    /// The user the connection acts as.
    pub own_user: String,
    /// Active users whose profile may change all data and who are no targets; none where that cannot be read.
    pub other_admins: Option<usize>,
    /// The targets among the administrators.
    pub target_admins: Vec<String>,
    /// For each custom field in which users name users: its label, and whom it names.
    pub named_in: Vec<(String, Vec<String>)>,
    /// The role to assign.
    pub role: Option<Role>,
}

impl Facts {
    /// Whether the connection acts as this user.
    pub fn is_own(&self, user: &User) -> bool {
        id::same(Some(&self.own_user), Some(&user.id))
    }
}
