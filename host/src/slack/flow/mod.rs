//! The use cases: what the person wants, asked of the features, shown where the person looks. One `match` runs them.

mod actions;
mod audit;
mod audit_feed;
mod board_menu;
mod boards;
mod builder;
pub(super) mod cards;
mod commands;
mod connections;
mod decisions;
mod disconnect;
mod export;
mod home;
mod notify;
mod owners;
mod people_list;
mod person;
mod policies;
mod screens;
mod sharing;
mod submission;
mod suggest;
mod visit;
mod whole;

pub use submission::{Acceptance, accept};
pub use suggest::suggest;
pub use visit::{FlowError, Visit};

use super::inbound::Envelope;
use super::intent::Intent;
use super::press::Press;
use super::{Door, SlackError};
use crate::store::{AuditEvent, Claim, CommitError, JobKind, WriteSet};
use std::time::Duration;

/// A claim on a payload holds so long, and is renewed well before.
const HELD_FOR: Duration = Duration::from_secs(60);
const RENEWED_EVERY: Duration = Duration::from_secs(20);

impl Door {
    /// Takes a job of kind [`JobKind::Inbox`] or [`JobKind::Notify`], and finishes it. An error means: give it back, try later.
    pub async fn work(&self, claim: &Claim) -> anyhow::Result<()> {
        let write = match claim.job.kind {
            JobKind::Inbox => self.work_inbox(claim).await?,
            JobKind::Notify => self.work_notify(claim).await?,
            other => anyhow::bail!("a job of kind {other:?} is none of the Slack door's"),
        };
        match self.store().queue.finish(claim, write).await {
            // What was to follow is on its way already.
            Err(CommitError::DuplicateJob(_)) => Ok(self.store().queue.finish(claim, WriteSet::default()).await?),
            finished => Ok(finished?),
        }
    }

    async fn work_inbox(&self, claim: &Claim) -> anyhow::Result<WriteSet> {
        let envelope: Envelope = serde_json::from_slice(&claim.job.payload)?;
        let intent = Intent::of(&envelope.what);
        if let Intent::Uninstalled = intent {
            return Ok(WriteSet::default().audit(uninstalled()));
        }
        let Some(visit) = Visit::of(self, &envelope) else {
            tracing::info!(workspace = %envelope.workspace, "Dropped a payload from a workspace without a token, or without a user");
            return Ok(WriteSet::default());
        };
        match self.held(claim, visit.run(intent)).await? {
            Ok(()) => {}
            // The person's next click works or does not; this one cannot be saved.
            Err(error @ (SlackError::Expired(_) | SlackError::NotFound(_) | SlackError::HashConflict)) => {
                tracing::info!(%error, "An answer came too late for Slack");
            }
            Err(error @ (SlackError::Unauthorized(_) | SlackError::Fatal(_) | SlackError::InvalidBlocks { .. })) => {
                tracing::error!(%error, "Slack refused an answer");
            }
            Err(error @ (SlackError::RateLimited { .. } | SlackError::Unavailable(_))) => return Err(error.into()),
        }
        Ok(WriteSet::default())
    }

    /// Does the work while the claim is kept: an upload takes longer than a claim holds, and is not to be begun again meanwhile.
    async fn held<T>(&self, claim: &Claim, work: impl Future<Output = T>) -> anyhow::Result<T> {
        tokio::pin!(work);
        let mut renewal = tokio::time::interval(RENEWED_EVERY);
        renewal.tick().await;
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                _ = renewal.tick() => {
                    anyhow::ensure!(self.store().queue.renew(claim, HELD_FOR).await?, "somebody else works on this payload");
                }
            }
        }
    }

    async fn work_notify(&self, claim: &Claim) -> anyhow::Result<WriteSet> {
        match notify::notify(self, &claim.tenant, &claim.job.payload).await {
            Ok(write) => Ok(write),
            Err(FlowError::Slack(error @ (SlackError::Unauthorized(_) | SlackError::Fatal(_)))) => {
                tracing::error!(%error, "Slack refused a notice");
                Ok(WriteSet::default())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn uninstalled() -> AuditEvent {
    AuditEvent {
        actor: None,
        what: "slack.uninstalled".to_owned(),
        about: Vec::new(),
        detail: "The Slack app was removed from the workspace, or its tokens were revoked".to_owned(),
    }
}

impl Visit {
    async fn run(&self, intent: Intent) -> Result<(), SlackError> {
        match intent {
            // Each is large, and a thread's stack is not.
            Intent::Command(command) => Box::pin(self.command(command)).await,
            Intent::Press(press) => Box::pin(self.press(press)).await,
            Intent::ChooseRow { board, key } => self.choose_row(&board, &key).await,
            Intent::ChooseAction { connection, action, board, row } => {
                self.choose_action(&connection, &action, board, row).await
            }
            Intent::SubmitForm(filled) => Box::pin(self.submit_form(filled)).await,
            Intent::SendRequest { request, fingerprint, reason, typed } => {
                Box::pin(self.send(&request, &fingerprint, reason, typed.as_deref())).await
            }
            Intent::DenyRequest { request, fingerprint, reason } => self.deny(&request, &fingerprint, reason).await,
            Intent::ChangeDraft { draft, entered, change } => self.change_draft(&draft, &entered, change).await,
            Intent::SaveDraft { draft, entered } => self.save_draft(&draft, &entered).await,
            Intent::ReadText { draft, builder, text } => self.read_text(&draft, &builder, &text).await,
            Intent::RenameBoard { board, name } => self.rename_board(&board, &name).await,
            Intent::DeleteBoard { board } => self.delete_board(&board).await,
            Intent::ShareBoard { board, sharing, channel } => {
                self.share_board_with(&board, &sharing, channel.as_deref()).await
            }
            Intent::Permit { connection, users } => self.permit(&connection, users).await,
            Intent::Disconnect { connection, name } => self.disconnect(&connection, &name).await,
            Intent::ChoosePolicy { connection, action } => self.policies(&connection, action.as_ref()).await,
            Intent::SavePolicy { of, entered } => self.save_policy(&of, &entered).await,
            Intent::SearchBoard { board, words } => self.search_board(&board, &words).await,
            Intent::SearchAudit { below, search } => self.search_audit(&below, &search).await,
            Intent::OpenHome => self.open_home().await,
            Intent::GiveList(shared) => self.give_list(&shared).await,
            Intent::Uninstalled => Ok(()),
            Intent::Nothing(what) => {
                tracing::info!(what, "Dropped something that Weft does not offer");
                Ok(())
            }
        }
    }

    async fn press(&self, press: Press) -> Result<(), SlackError> {
        match press {
            Press::ListBoards => self.list_boards().await,
            Press::OpenBoard { board } => self.open_board(&board).await,
            Press::ShowBoard { board, offset, search, personal } => {
                let shown = screens::Shown { offset, search, personal, ..screens::Shown::first_rows(&board) };
                self.show_board(shown).await
            }
            Press::ShareBoard { board, offset } => self.share_board(&board, offset).await,
            Press::ActOnBoard { board } => self.act_on_board(&board).await,
            Press::Connect { integration, connection } => self.connect(&integration, connection).await,
            Press::Sync { connection } => self.sync(&connection).await,
            Press::Access { connection } => self.access(&connection).await,
            Press::Permissions { connection } => self.permissions(&connection).await,
            Press::Pause { connection } => self.pause(&connection).await,
            Press::Resume { connection } => self.resume(&connection).await,
            Press::Disconnect { connection } => self.ask_whether_to_disconnect(&connection).await,
            Press::Policies { connection } => self.policies(&connection, None).await,
            Press::Approve { request, fingerprint } => self.approve(&request, &fingerprint).await,
            Press::Deny { request, fingerprint } => self.ask_why_not(&request, &fingerprint).await,
            Press::Details { request } => self.details(&request).await,
            Press::LookThrough { request, from } => self.look_through(&request, from).await,
            Press::Withdraw { request } => self.withdraw(&request).await,
            Press::Cancel { request } => self.cancel(&request).await,
            Press::Undo { request } => self.undo(&request).await,
            Press::UndoPart { request, part } => self.undo_part(&request, part).await,
            Press::Retry { request } => self.retry(&request).await,
            Press::NewBoard => self.new_board().await,
            Press::EditBoard { board, part } => self.edit_board(&board, part).await,
            Press::FilterForMe { board } => self.filter_for_me(&board).await,
            // Read together with what stands in the window.
            Press::ChangeDraft { .. } => Ok(()),
            Press::DraftText { draft } => self.draft_text(&draft).await,
            Press::RenameBoard { board } => self.ask_name(&board).await,
            Press::DuplicateBoard { board } => self.duplicate_board(&board).await,
            Press::BoardText { board } => self.board_text(&board).await,
            Press::BoardFile { board } => self.board_file(&board).await,
            Press::DeleteBoard { board } => self.ask_whether_to_delete(&board).await,
            Press::ShareWith { board } => self.ask_with_whom(&board).await,
            Press::ExportBoard { board } => self.export_board(&board).await,
            Press::SearchBoard { board } => self.ask_words(&board).await,
            Press::Gallery => self.gallery().await,
            Press::UseTemplate { connection, template } => self.use_template(&connection, &template).await,
            Press::TakeList { file } => self.take_list(&file).await,
            Press::DropList { file } => self.drop_list(&file).await,
            Press::OtherTools => self.look_in_other_tools().await,
            Press::SamePerson { other } => self.say(&other, person::Wish::Same).await,
            Press::NotSamePerson { other } => self.say(&other, person::Wish::Apart).await,
            Press::TakeBack { other } => self.say(&other, person::Wish::TakeBack).await,
            Press::ShowAudit { search, before } => self.audit(&search, before).await,
            Press::AskAudit { search } => self.ask_audit(&search).await,
            Press::AuditRecord { seq } => self.audit_record(seq).await,
            Press::ExportAudit { format } => self.export_audit(format).await,
            Press::Link => Ok(()),
        }
    }
}

/// What must be answered to Slack at once has this long: Slack waits three seconds.
pub const ANSWER_WITHIN: Duration = Duration::from_millis(2_500);
