//! The tokens the org's own OAuth gives, as rows beside those of the seed.

use super::shape::mix;
use super::{Data, Value};
use crate::salesforce::schema::{F, Object};

impl Data {
    /// Shows an approval as a row of `OauthToken`, or counts one more use of it.
    pub fn note_grant(&mut self, grant: usize, user: u32, app: &str, refresh_token: Option<&str>) {
        let known = self.changes.granted.get(&grant).copied();
        if known.is_none() && refresh_token.is_none() {
            // Each refresh token is a row: an approval without one is none.
            return;
        }
        let now = Value::Time(self.clock.now());
        let mut cells = vec![(F::LastUsedDate, now.clone())];
        if let Some(token) = refresh_token {
            cells.push((F::AccessToken, Value::Text(token.to_owned().into())));
        }
        if let Some(number) = known {
            let used = self.row(Object::OauthToken, number).map(|row| row.get(F::UseCount));
            if let Some(Value::Int(used)) = used {
                cells.push((F::UseCount, Value::Int(used + 1)));
            }
            return self.set(Object::OauthToken, number, cells);
        }
        let secret = mix(self.shape.seed ^ (grant as u64) << 32);
        cells.extend([
            (F::UserId, Value::Id(self.id(Object::User, user))),
            (F::AppName, Value::Text(app.to_owned().into())),
            (F::CreatedDate, now),
            (F::UseCount, Value::Int(1)),
            (F::DeleteToken, Value::Text(format!("{:016x}{:016x}{grant:08x}", secret, mix(secret)).into())),
        ]);
        let number = self.insert(Object::OauthToken, cells);
        self.changes.granted.insert(grant, number);
    }

    /// Takes away the rows of approvals that are no more.
    pub fn keep_grants(&mut self, alive: impl Fn(usize) -> bool) {
        let over: Vec<usize> = self.changes.granted.keys().copied().filter(|grant| !alive(*grant)).collect();
        for grant in over {
            if let Some(number) = self.changes.granted.remove(&grant) {
                self.remove(Object::OauthToken, number);
            }
        }
    }

    /// The row a delete token or a refresh token belongs to, and the approval behind it if it is one of the org's own OAuth.
    pub fn token_row(&self, token: &str) -> Option<(u32, Option<usize>)> {
        let is = |value: Value<'_>| matches!(value, Value::Text(text) if text == token);
        let row =
            self.rows(Object::OauthToken).find(|row| is(row.get(F::DeleteToken)) || is(row.get(F::AccessToken)))?;
        let grant = self.changes.granted.iter().find(|(_, number)| **number == row.number).map(|(grant, _)| *grant);
        Some((row.number, grant))
    }
}
