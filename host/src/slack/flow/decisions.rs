//! Deciding, withdrawing, and looking at a request. Whether the person may is decided by the feature, at the click.

use super::visit::Visit;
use crate::actions::{Decision, RequestState};
use crate::domain::{Outcome, RequestId};
use crate::slack::SlackError;
use crate::slack::render::{self, May};
use serde_json::Value as Json;

impl Visit {
    /// The cards change by the notice that the decision itself enqueues.
    pub(super) async fn approve(&self, request: &RequestId, fingerprint: &str) -> Result<(), SlackError> {
        let decided = self.door.actions().decide(&self.actor, request, fingerprint, Decision::Approve).await;
        self.end("Approved", decided.map(|view| render::approved(&view))).await
    }

    pub(super) async fn ask_why_not(&self, request: &RequestId, fingerprint: &str) -> Result<(), SlackError> {
        let modal = render::deny(request, fingerprint);
        match (&self.modal, &self.trigger) {
            (Some(view), _) => self.session.update_view(&view.id, None, &modal).await,
            (None, Some(trigger)) => self.session.open_view(trigger, &modal).await.map(drop),
            (None, None) => Ok(()),
        }
    }

    pub(super) async fn deny(
        &self,
        request: &RequestId,
        fingerprint: &str,
        reason: Option<String>,
    ) -> Result<(), SlackError> {
        let decided = self.door.actions().decide(&self.actor, request, fingerprint, Decision::Deny { reason }).await;
        self.end("Denied", decided.map(|_| "Denied. Nothing was changed; the requester is told.".to_owned())).await
    }

    pub(super) async fn withdraw(&self, request: &RequestId) -> Result<(), SlackError> {
        let withdrawn = self.door.actions().withdraw(&self.actor, request).await;
        self.end("Withdrawn", withdrawn.map(|_| "Withdrawn. Nothing was changed.".to_owned())).await
    }

    /// The outcome of what has begun comes with the card and its thread.
    pub(super) async fn cancel(&self, request: &RequestId) -> Result<(), SlackError> {
        let cancelled = self.door.actions().cancel(&self.actor, request).await;
        let said = "Cancelled: what has not begun does not run. What has begun ends, and its results come as messages.";
        self.end("Cancelled", cancelled.map(|_| said.to_owned())).await
    }

    pub(super) async fn details(&self, request: &RequestId) -> Result<(), SlackError> {
        self.in_modal("Looking it up…", self.details_of(request, 0)).await
    }

    pub(super) async fn details_of(&self, request: &RequestId, from: usize) -> Outcome<Json> {
        let actions = self.door.actions();
        let view = actions.view(&self.actor, request).await?;
        let waits = view.state == RequestState::Waiting;
        let mine = view.requester == self.actor.user;
        let decide = waits && actions.waiting_for(&self.actor).await?.iter().any(|other| other.id == view.id);
        let may = May {
            decide,
            withdraw: waits && mine,
            cancel: view.can_be_cancelled() && (mine || self.actor.is_admin()),
            undo: view.can_undo && mine,
            retry: view.can_retry && mine,
        };
        Ok(render::details(&view, may, from))
    }
}
