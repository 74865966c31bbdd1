//! Sign a user out everywhere (spec, `DELETE /api/v1/users/{userId}/sessions`).

use super::facts::{Facts, User};
use super::operation::{Operation, Standing};
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// The action.
pub fn action() -> Action {
    let tokens = Input::new("oauth_tokens", "Revoke tokens too", InputType::Boolean)
        .optional()
        .help("Ends the access that applications got in the user's name through Okta.");
    Action::new("clear-user-sessions", "Clear sessions", "User")
        .help("Ends the user's Okta sessions in every browser. Sessions that applications keep themselves go on.")
        .with_inputs([tokens])
        .destructive()
}

pub struct ClearSessions {
    tokens: bool,
}

impl ClearSessions {
    /// From the inputs of a call.
    pub fn of(inputs: &Json) -> Result<Self, Error> {
        match &inputs["oauth_tokens"] {
            Json::Null => Ok(Self { tokens: false }),
            Json::Bool(tokens) => Ok(Self { tokens: *tokens }),
            _ => Err(Error::invalid_input("oauth_tokens", "Choose yes or no.")),
        }
    }
}

impl Operation for ClearSessions {
    fn read(&self, keys: &[&str]) -> Result<Facts, Error> {
        Facts::of_users(keys)
    }

    fn stand(&self, user: &User, facts: &Facts) -> Standing {
        let step = if self.tokens {
            "Clear the user's sessions and revoke their tokens."
        } else {
            "Clear the user's sessions."
        };
        let made =
            if self.tokens { "The user's sessions and tokens are ended." } else { "The user's sessions are ended." };
        let mut standing = Standing::new(user, json!({ "status": user.status() }), step, made);
        standing
            .notes
            .push("They have to sign in to Okta again. Applications that are open keep their own sessions.".into());
        if user.status() == "DEPROVISIONED" {
            standing.is_made = true;
            standing.made = "A deactivated user has no sessions.".into();
        }
        if self.tokens && facts.own.as_ref() == Some(&user.id) {
            standing.blockers.push("The connection signs in to Okta as this user: it would end as well.".into());
        }
        standing
    }

    fn request(&self, user: &str) -> Request {
        let request = http::delete("/api/v1/users").segment(user).segment("sessions");
        if self.tokens { request.query("oauthTokens", "true") } else { request }
    }

    fn touched(&self, _user: &str, _facts: &Facts) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn untold(&self) -> Option<&'static str> {
        Some("Okta does not tell which sessions there are. Clearing them once more does no harm.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_ended_only_when_asked_and_never_the_connections_own() {
        let user = User::of(&json!({ "id": "00u1", "status": "ACTIVE", "profile": {} })).unwrap();
        let facts = Facts { own: Some("00u1".into()), ..Facts::default() };
        let sessions = |inputs: Json| ClearSessions::of(&inputs).unwrap();
        assert_eq!(sessions(json!({})).request("00u1").url, "/api/v1/users/00u1/sessions");
        assert!(sessions(json!({})).stand(&user, &facts).blockers.is_empty());
        let both = sessions(json!({ "oauth_tokens": true }));
        assert_eq!(both.request("00u1").url, "/api/v1/users/00u1/sessions?oauthTokens=true");
        assert_eq!(both.stand(&user, &facts).blockers.len(), 1);
        assert_eq!(ClearSessions::of(&json!({ "oauth_tokens": "yes" })).err().unwrap().code, "oauth_tokens");
    }
}
