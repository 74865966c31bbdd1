//! Revoke OAuth token: the app can no longer act as the user, until they allow it again.

use super::operation::{Absent, Asked, Operation, Standing};
use super::people::{self, User};
use super::tokens::{self, Token};
use super::write::{TOGETHER, Write};
use crate::{api, id};
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

pub fn action() -> Action {
    Action::new("revoke-oauth-token", "Revoke OAuth token", "OauthToken")
        .help("The app can no longer act as the user. Only the user can allow it again, by logging in to the app.")
        .destructive()
        .in_batches_of(TOGETHER as u32)
}

pub struct RevokeOauthToken;

pub struct Facts {
    pub tokens: Vec<Token>,
    /// Whose they are.
    pub users: Vec<User>,
    pub own_user: String,
}

/// Whose token it is, as stored at the last sync: that never changes.
fn user_of(record: &str) -> Option<String> {
    let record: Json = serde_json::from_str(record).ok()?;
    id::normalize(record["UserId"].as_str()?)
}

impl Operation for RevokeOauthToken {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let users: Vec<String> = targets.iter().filter_map(|target| user_of(target.record)).collect();
        if users.len() < targets.len() {
            return Err(Error::new(
                ErrorClass::NotFound,
                "no-user",
                "It is not known whose token this is, so nothing was done. Sync the connection and choose again.",
            ));
        }
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        Ok(Facts { tokens: tokens::read(&users)?, users: people::named(&users)?, own_user: api::user_info()?.user_id })
    }

    fn object(&self) -> &'static str {
        "OauthToken"
    }

    fn absent(&self) -> Absent {
        Absent::Wanted("Salesforce has no such token any more.")
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let token = facts.tokens.iter().find(|token| token.key().as_deref() == Some(key))?;
        let before = json!({ "App": token.app_name, "UserId": token.user_id });
        // One app has a token of each of its users: only with the name of the user can an approver tell which one it is.
        let user = people::find(&facts.users, &token.user_id).map_or_else(|| token.user_id.clone(), User::title);
        let mut standing = Standing::new(format!("{} for {user}", token.app()), before, "");
        if id::same(Some(&token.user_id), Some(&facts.own_user)) {
            standing.blocker("It belongs to the user that Weft is connected as, and may be Weft's own. Revoke it in Salesforce's setup if it is not.");
        }
        let write = token.ends_by().map(|ends_by| Write::revoke(key, ends_by));
        standing.step(
            format!("End the token with which {} acts as {user}.", token.app()),
            format!("The token with which {} acted as {user} is ended.", token.app()),
            write.into_iter().collect(),
        );
        Some(standing)
    }
}
