//! The audit log in Slack: a window that pages and searches backwards, a record whole, and the log as a file.

use super::visit::{Visit, spoken};
use crate::audit::{AuditFile, AuditFormat, Names};
use crate::domain::{AppError, Outcome, WorkspaceId};
use crate::slack::block::AlertLevel;
use crate::slack::client::{FileShare, Upload};
use crate::slack::render::{self, AuditLine, AuditView};
use crate::slack::{Door, SlackError};
use crate::store::AuditRecord;
use serde_json::Value as Json;
use std::collections::HashMap;

impl Visit {
    /// A page of the log, in the window that shows it already, or in a new one.
    pub(super) async fn audit(&self, search: &str, before: Option<u64>) -> Result<(), SlackError> {
        self.in_modal("Reading the audit log…", self.audit_page(search, before)).await
    }

    /// What is found takes the place of what stands in the window below.
    pub(super) async fn search_audit(&self, below: &str, search: &str) -> Result<(), SlackError> {
        let page = self.audit_page(search, None).await;
        let view = page.unwrap_or_else(|error| render::said("Audit log", AlertLevel::Error, &spoken(error)));
        match self.session.update_view(below, None, &view).await {
            // Closed meanwhile: nobody looks.
            Err(SlackError::NotFound(_)) => Ok(()),
            updated => updated,
        }
    }

    pub(super) async fn ask_audit(&self, search: &str) -> Result<(), SlackError> {
        let (Some(view), Some(trigger)) = (&self.modal, &self.trigger) else { return Ok(()) };
        match self.session.push_view(trigger, &render::ask_audit(search, &view.id)).await {
            Err(SlackError::Expired(_) | SlackError::NotFound(_)) => Ok(()),
            pushed => pushed.map(drop),
        }
    }

    pub(super) async fn audit_record(&self, seq: u64) -> Result<(), SlackError> {
        let record = async {
            let record = self.door.audit().record(&self.actor, seq).await?;
            let lines = lines(&self.door, &self.actor.workspace, vec![record]).await?;
            let names = self.door.names_of(&self.session, &render::people_in(&lines)).await;
            lines.first().map(|line| render::audit_record(line, &names)).ok_or_else(|| AppError::refused("It is gone."))
        };
        self.above("Reading the record…", record).await
    }

    /// The whole log as a file in the conversation between the person and the app.
    pub(super) async fn export_audit(&self, format: AuditFormat) -> Result<(), SlackError> {
        let sent = async {
            let export = self.door.audit().export(&self.actor, format).await?;
            for file in &export.files {
                self.send_audit(file, export.records).await.map_err(not_taken)?;
            }
            let said = "The file is in your messages with this app: only you see it. `weft audit verify --file` checks JSON lines.";
            Ok(render::said("Audit log", AlertLevel::Success, said))
        };
        self.above("Writing the file…", sent).await
    }

    async fn send_audit(&self, file: &AuditFile, records: u64) -> Result<(), SlackError> {
        let channel = self.session.direct_channel(&self.actor.user).await?;
        let again = file.clone();
        let upload = Upload::stream(&file.name, file.bytes, move || again.stream());
        let comment = format!("The audit log up to record {records}");
        self.session.upload(upload, &FileShare { channel, thread: None, comment }).await
    }

    async fn audit_page(&self, search: &str, before: Option<u64>) -> Outcome<Json> {
        let log = self.door.audit();
        let query = log.query(search);
        let mut names = Names::new();
        let mut page = log.page(&self.actor, &query, before, &names).await?;
        if !page.unnamed.is_empty() {
            names = self.door.names_of(&self.session, &page.unnamed).await;
            page = log.page(&self.actor, &query, before, &names).await?;
        }
        let lines = lines(&self.door, &self.actor.workspace, page.records).await?;
        names.extend(self.door.names_of(&self.session, &render::people_in(&lines)).await);
        let (search, unnamed) = (query.text().to_owned(), page.unnamed.len());
        Ok(render::audit(&AuditView { search, before, lines, rest: page.rest, names, unnamed }))
    }

    /// A window above the one that was clicked in, which stays.
    async fn above(&self, doing: &str, work: impl Future<Output = Outcome<Json>>) -> Result<(), SlackError> {
        let (Some(_), Some(trigger)) = (&self.modal, &self.trigger) else { return self.in_modal(doing, work).await };
        let id = match self.session.push_view(trigger, &render::loading(doing)).await {
            Err(SlackError::Expired(_) | SlackError::NotFound(_)) => return Ok(()),
            pushed => pushed?,
        };
        let view = work.await.unwrap_or_else(|error| render::said("Audit log", AlertLevel::Error, &spoken(error)));
        match self.session.update_view(&id, None, &view).await {
            Err(SlackError::NotFound(_)) => Ok(()),
            updated => updated,
        }
    }
}

fn not_taken(error: SlackError) -> AppError {
    tracing::error!(%error, "The audit log could not be uploaded");
    AppError::refused(
        "Slack did not take the file, or not all of it. Try again; if it stays, the app may lack the permission to write files, and the \
         log of Weft says why. That you exported is recorded all the same.",
    )
}

/// Records with what they are about in words: as the request and the connection are called now.
pub(super) async fn lines(door: &Door, workspace: &WorkspaceId, records: Vec<AuditRecord>) -> Outcome<Vec<AuditLine>> {
    let mut subjects: HashMap<(String, String), Option<String>> = HashMap::new();
    let mut lines = Vec::with_capacity(records.len());
    for record in records {
        let about = &record.event.about;
        let of = |kind: &str| about.iter().find(|(of, _)| of == kind).cloned();
        let subject = match of("request").or_else(|| of("connection")) {
            None => None,
            Some(of) => match subjects.get(&of) {
                Some(known) => known.clone(),
                None => {
                    let subject = subject(door, workspace, &of.0, &of.1).await?;
                    subjects.entry(of).or_insert(subject).clone()
                }
            },
        };
        // What is said names the connection already, mostly.
        let subject = subject.filter(|subject| !record.event.detail.contains(subject.as_str()));
        lines.push(AuditLine { record, subject });
    }
    Ok(lines)
}

async fn subject(door: &Door, workspace: &WorkspaceId, kind: &str, id: &str) -> Outcome<Option<String>> {
    if kind == "request" {
        return door.actions().subject(workspace, &id.into()).await;
    }
    Ok(door.directory().told_tile(workspace, &id.into()).await?.map(|tile| tile.title))
}
