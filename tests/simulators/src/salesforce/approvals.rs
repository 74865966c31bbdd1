//! What people allowed apps to do: the grants of the org's OAuth and the rows of `OauthToken` tell the same.

use super::oauth::Auth;
use super::org::Inner;
use super::schema::Object;
use super::sync::{lock, write};

impl Inner {
    /// Takes a token away by its delete token or its refresh token, with the sessions that came of it; `false` when there is none such.
    pub fn revoke_token(&self, token: &str) -> bool {
        let mut auth = lock(&self.auth);
        let mut data = write(&self.data);
        let Some((number, grant)) = data.token_row(token) else { return false };
        match grant {
            Some(grant) => auth.end_grant(grant),
            None => data.remove(Object::OauthToken, number),
        }
        data.keep_grants(|grant| auth.grant(grant).is_some());
        true
    }

    /// Shows in `OauthToken` that a grant was used or given a new refresh token, and that others are over. Whoever changes the grants of
    /// `auth` calls it before letting go of the lock.
    pub fn show_grants(&self, auth: &Auth, used: Option<usize>, refresh_token: Option<&str>) {
        let mut data = write(&self.data);
        if let Some((grant, user)) = used.and_then(|grant| Some((grant, auth.grant(grant)?.user))) {
            data.note_grant(grant, user, &self.options.app_name, refresh_token);
        }
        data.keep_grants(|grant| auth.grant(grant).is_some());
    }
}
