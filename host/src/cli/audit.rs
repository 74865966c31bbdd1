//! `weft audit verify`: looks through the audit log and says where it ends, or which record is the first that is not what was written.

use clap::Args;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use weft::domain::WorkspaceId;
use weft::store::{AuditFault, AuditHead, Compared, verify_audit, verify_exported_audit};

/// What to look through.
#[derive(Args)]
pub struct Verify {
    /// A data directory or a backup, instead of the configured data directory.
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "file")]
    dir: Option<PathBuf>,
    /// A log that was exported as JSON lines; given several times, its parts in order.
    #[arg(long, value_name = "FILE")]
    file: Vec<PathBuf>,
    /// A head that was noted down earlier: the log must still hold it. This finds a log that was cut at its end.
    #[arg(long, value_name = "SEQ:HASH")]
    head: Vec<AuditHead>,
}

/// Whether the log is whole. `data_dir` is only asked when nothing else is named.
pub fn verify(what: &Verify, data_dir: impl FnOnce() -> anyhow::Result<PathBuf>) -> anyhow::Result<bool> {
    let (found, note) = match (&what.dir, what.file.is_empty()) {
        (_, false) => (exported(&what.file, &what.head), ""),
        (Some(dir), true) => stored(dir, &what.head),
        (None, true) => stored(&data_dir()?, &what.head),
    };
    match found {
        Ok(heads) => {
            say(heads.iter().map(|(workspace, head)| (workspace, head)), note);
            Ok(true)
        }
        Err(AuditFault::Broken(why)) => {
            println!("The audit log is NOT whole. {why}.");
            Ok(false)
        }
        Err(AuditFault::Unreadable(why)) => anyhow::bail!("the audit log could not be looked through: {why}"),
    }
}

type Heads = Vec<(WorkspaceId, AuditHead)>;

fn stored(dir: &Path, noted: &[AuditHead]) -> (Result<Heads, AuditFault>, &'static str) {
    match verify_audit(dir, noted) {
        Ok(report) => (Ok(report.heads.into_iter().collect()), compared(report.compared)),
        Err(fault) => (Err(fault), ""),
    }
}

/// What was looked at.
pub(super) fn compared(with: Compared) -> &'static str {
    match with {
        Compared::Database => "The journal and the database say the same.",
        Compared::InUse => {
            "Weft is running, so only the journal was looked through, up to now. Stop Weft to have the database compared as well."
        }
        Compared::Backup => "This is a backup: its journal was looked through.",
    }
}

fn exported(files: &[PathBuf], noted: &[AuditHead]) -> Result<Heads, AuditFault> {
    let mut parts: Box<dyn Read> = Box::new(std::io::empty());
    for path in files {
        let part = File::open(path)
            .map_err(|error| AuditFault::Unreadable(format!("{} cannot be read: {error}", path.display())))?;
        parts = Box::new(parts.chain(part));
    }
    Ok(verify_exported_audit(BufReader::new(parts), noted)?.into_iter().collect())
}

/// Says where the chains end.
pub(super) fn say<'a>(heads: impl Iterator<Item = (&'a WorkspaceId, &'a AuditHead)>, note: &str) {
    let mut is_empty = true;
    for (workspace, head) in heads {
        is_empty = false;
        println!("{workspace}: {} records, all as they were written. Head {head}", head.seq);
    }
    if is_empty {
        println!("There is no record yet.");
    } else {
        println!("Note the head down elsewhere: `weft audit verify --head` with it finds a log that was cut later.");
    }
    if !note.is_empty() {
        println!("{note}");
    }
}
