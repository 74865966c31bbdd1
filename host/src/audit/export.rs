//! The whole log as a file, made piece by piece while it is sent: as JSON lines, which anybody can check, or as CSV for a spreadsheet.
//! It is made twice, since whoever takes it wants to know its length first; the records that it holds are settled before.

use super::{Audit, allow};
use crate::domain::spreadsheet::{BYTE_ORDER_MARK, defused};
use crate::domain::{Actor, Outcome, WorkspaceId};
use crate::store::{AuditEvent, AuditRecord, ExportedRecord, WriteSet};
use anyhow::Context;
use bytes::Bytes;
use futures::Stream;
use serde::{Deserialize, Serialize};

/// Records of a piece: a hundred kilobytes or so, and 8 MiB when each is as large as it may be.
const PIECE: usize = 250;
/// The columns of the CSV file.
const COLUMNS: [&str; 9] = ["seq", "at", "actor", "role", "what", "about", "detail", "previous", "hash"];

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditFormat {
    /// A line of JSON a record, with all that is needed to check the chain.
    JsonLines,
    /// For a spreadsheet.
    Csv,
}

/// The log as files that are not there yet.
#[derive(Clone)]
pub struct AuditExport {
    /// How many records it holds.
    pub records: u64,
    /// In order; more than one when one would be larger than Slack takes.
    pub files: Vec<AuditFile>,
}

/// A file of an export.
#[derive(Clone)]
pub struct AuditFile {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    log: Audit,
    workspace: WorkspaceId,
    format: AuditFormat,
    /// The number before the first record.
    after: u64,
    /// The number of the last.
    last: u64,
}

impl AuditFormat {
    fn ending(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }
}

impl Audit {
    /// Exports the whole log up to now, for those who may read it. That it was exported is in it.
    pub async fn export(&self, actor: &Actor, format: AuditFormat) -> Outcome<AuditExport> {
        allow(actor)?;
        let event = AuditEvent {
            actor: Some(actor.clone()),
            what: "audit.exported".to_owned(),
            about: Vec::new(),
            detail: format!("The audit log as {}", format.ending()),
        };
        let control = &self.store.control;
        control.commit(&actor.workspace, WriteSet::default().audit(event)).await.context("the record of an export")?;
        let last = control.audit_last(&actor.workspace).await.context("the end of the audit log")?;
        let last = last.map_or(0, |record| record.seq);
        Ok(AuditExport { records: last, files: self.files(&actor.workspace, format, last).await? })
    }

    /// As few files as hold the records up to `last`, each as long as a file may be.
    async fn files(&self, workspace: &WorkspaceId, format: AuditFormat, last: u64) -> anyhow::Result<Vec<AuditFile>> {
        let begun = |after| AuditFile {
            name: String::new(),
            bytes: 0,
            log: self.clone(),
            workspace: workspace.clone(),
            format,
            after,
            last,
        };
        let (mut files, mut file, mut at) = (Vec::new(), begun(0), 0);
        while at < last {
            let length = file.piece(at).await?.len() as u64;
            if file.bytes > 0 && file.bytes + length > self.file_bytes {
                files.push(AuditFile { last: at, ..std::mem::replace(&mut file, begun(at)) });
                continue;
            }
            file.bytes += length;
            at = file.next(at);
        }
        files.push(file);
        let several = files.len() > 1;
        for (at, file) in files.iter_mut().enumerate() {
            let part = if several { format!(" part {}", at + 1) } else { String::new() };
            file.name = format!("audit log {}{part}.{}", self.today(), format.ending());
        }
        Ok(files)
    }
}

impl AuditFile {
    /// The file, piece by piece.
    pub fn stream(&self) -> impl Stream<Item = anyhow::Result<Bytes>> + Send + use<> {
        let file = self.clone();
        futures::stream::try_unfold(self.after, move |at| {
            let file = file.clone();
            async move {
                if at >= file.last {
                    return Ok(None);
                }
                Ok(Some((file.piece(at).await?, file.next(at))))
            }
        })
    }

    fn next(&self, at: u64) -> u64 {
        self.last.min(at + PIECE as u64)
    }

    /// The records after the number `at`, with what stands above them in the first piece.
    async fn piece(&self, at: u64) -> anyhow::Result<Bytes> {
        let wanted = (self.next(at) - at) as usize;
        let records = self.log.store.control.audit(&self.workspace, at, wanted).await?;
        anyhow::ensure!(records.len() == wanted, "the audit log has lost records after {at}");
        match self.format {
            AuditFormat::JsonLines => json_lines(&self.workspace, records),
            AuditFormat::Csv => csv(at == self.after, &records),
        }
    }
}

fn json_lines(workspace: &WorkspaceId, records: Vec<AuditRecord>) -> anyhow::Result<Bytes> {
    let mut text = Vec::new();
    for record in records {
        serde_json::to_writer(&mut text, &ExportedRecord::new(workspace, record))?;
        text.push(b'\n');
    }
    Ok(text.into())
}

fn csv(with_header: bool, records: &[AuditRecord]) -> anyhow::Result<Bytes> {
    let mark = if with_header { BYTE_ORDER_MARK.as_bytes().to_vec() } else { Vec::new() };
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(mark);
    if with_header {
        writer.write_record(COLUMNS)?;
    }
    for record in records {
        let cells = cells(record);
        writer.write_record(cells.iter().map(|cell| defused(cell).into_owned()))?;
    }
    Ok(writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?.into())
}

/// As the columns are named.
fn cells(record: &AuditRecord) -> [String; COLUMNS.len()] {
    let AuditRecord { seq, at, event, previous, hash } = record;
    let at = jiff::Timestamp::from_millisecond(*at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let actor = event.actor.as_ref();
    let role = actor.map(|actor| actor.role.word()).unwrap_or_default();
    let about: Vec<String> = event.about.iter().map(|(kind, id)| format!("{kind} {id}")).collect();
    [
        seq.to_string(),
        at.to_string(),
        actor.map_or_else(|| "Weft".to_owned(), |actor| actor.user.to_string()),
        role.to_owned(),
        event.what.clone(),
        about.join("; "),
        event.detail.clone(),
        previous.clone(),
        hash.clone(),
    ]
}
