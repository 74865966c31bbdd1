//! What people are called, as Slack says, kept for a while: the audit log knows ids only, and is searched by name.

use super::client::Session;
use super::{Door, SlackError};
use crate::audit::Names;
use crate::domain::{Millis, UserId, WorkspaceId};
use futures::StreamExt;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// People change their names rarely.
const KEPT_FOR: Millis = 60 * 60 * 1000;
/// Names kept; beyond, all are forgotten and asked again.
const KEPT: usize = 5_000;
/// Names asked for at once: a page of the log waits for them, and our own limiter lets so many through without a pause.
const ASKED: usize = 20;
/// Questions under way at the same time.
const SIDE_BY_SIDE: usize = 6;

/// Names, and when they were asked.
#[derive(Default)]
pub struct KnownNames(Mutex<HashMap<(WorkspaceId, UserId), (Millis, String)>>);

impl KnownNames {
    fn find(&self, of: &(WorkspaceId, UserId), now: Millis) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(of).filter(|(asked_at, _)| now - asked_at < KEPT_FOR).map(|(_, name)| name.clone())
    }

    fn keep(&self, of: (WorkspaceId, UserId), now: Millis, name: String) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(of, (now, name));
    }
}

impl Door {
    /// What these people are called: empty for who is not known to Slack, nothing for who could not be asked now.
    pub(super) async fn names_of(&self, session: &Session, people: &[UserId]) -> Names {
        let (workspace, now) = (session.workspace(), self.now());
        let mut names = Names::new();
        let mut unknown = Vec::new();
        for person in people {
            match self.known_names().find(&(workspace.clone(), person.clone()), now) {
                Some(name) => drop(names.insert(person.clone(), name)),
                None => unknown.push(person.clone()),
            }
        }
        unknown.truncate(ASKED);
        let ask = |person: UserId| async move { (session.user_name(person.as_str()).await, person) };
        let mut answers = futures::stream::iter(unknown).map(ask).buffer_unordered(SIDE_BY_SIDE);
        while let Some((answer, person)) = answers.next().await {
            let name = match answer {
                Ok(name) => name,
                Err(SlackError::RateLimited { .. } | SlackError::Unavailable(_) | SlackError::Unauthorized(_)) => {
                    continue;
                }
                Err(_) => String::new(),
            };
            self.known_names().keep((workspace.clone(), person.clone()), now, name.clone());
            names.insert(person, name);
        }
        names
    }
}
