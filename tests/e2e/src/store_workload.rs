//! What the store's crash tests have a process do, and what must hold of whatever it leaves behind.

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use weft::domain::{ConnectionId, ObjectName, WorkspaceId};
use weft::store::{
    AuditEvent, CommitError, Entity, FlipError, Job, JobKind, Manifest, ObjectRef, SegmentInfo, Store, StoreSettings,
    WriteSet, audit_is_whole,
};

/// Writers that commit at the same time, each its own numbers.
pub const WRITERS: u64 = 4;
/// Segments of each generation.
const SEGMENTS: u64 = 3;

/// One commit's entity. Its audit event has its id as detail, and its job has its id.
#[derive(Serialize, Deserialize)]
struct Mark {
    writer: u64,
    number: u64,
    filler: String,
}

impl Entity for Mark {
    const KIND: &'static str = "mark";

    fn id(&self) -> String {
        format!("{}-{:08}", self.writer, self.number)
    }
}

fn tenant() -> WorkspaceId {
    "T1".into()
}

fn object() -> ObjectRef {
    ObjectRef { connection: ConnectionId::from("c1"), object: ObjectName::from("User") }
}

/// Commits numbers from `first` on, `count` a writer, and flips a generation for every eight, printing each acknowledgement. Ends with
/// the first error.
pub async fn work(dir: &Path, first: u64, count: u64) -> anyhow::Result<()> {
    let store = Store::open(&StoreSettings::new(dir))?;
    say("open");
    let writers: Vec<_> = (0..WRITERS).map(|writer| tokio::spawn(write(store.clone(), writer, first, count))).collect();
    for writer in writers {
        writer.await??;
    }
    Ok(())
}

async fn write(store: Store, writer: u64, first: u64, count: u64) -> anyhow::Result<()> {
    for number in first..first + count {
        // Between 0 and 3 KiB, so that batches cross pages and segments of the engine.
        let filler = "x".repeat((number * 37 % 31) as usize * 100);
        let mark = Mark { writer, number, filler };
        let event = AuditEvent { actor: None, what: "mark".into(), about: vec![], detail: mark.id() };
        let job = Job { id: mark.id(), kind: JobKind::Inbox, lane: None, due: 0, payload: vec![7; 100] };
        store.control.commit(&tenant(), WriteSet::default().create(&mark).audit(event).enqueue(job)).await?;
        say(&format!("commit {writer} {number}"));
        if number % 4 == 1 {
            finish_one(&store, writer).await?;
        }
        if writer == 0 && number % 8 == 0 {
            flip(&store).await?;
        }
    }
    Ok(())
}

async fn finish_one(store: &Store, writer: u64) -> Result<(), CommitError> {
    for claim in store.queue.claim(&[JobKind::Inbox], 1, Duration::from_secs(60)).await? {
        store.queue.finish(&claim, WriteSet::default()).await?;
        say(&format!("finish {writer} {}", claim.job.id));
    }
    Ok(())
}

/// The next generation of rows, each segment saying which one it is of.
async fn flip(store: &Store) -> Result<(), FlipError> {
    let before = store.segments.manifest(&tenant(), &object()).await?.map_or(0, |manifest| manifest.generation);
    let segments: Vec<Bytes> = (0..SEGMENTS).map(|n| segment(before + 1, n)).collect();
    let hashes = store.segments.put(&tenant(), &object().connection, segments).await?;
    let info = |hash| SegmentInfo { hash, first: String::new(), last: String::new(), rows: 1 };
    let manifest = Manifest {
        generation: 0,
        fields: vec![],
        fetched_at: 0,
        rows: SEGMENTS,
        own_rows: false,
        segments: hashes.into_iter().map(info).collect(),
    };
    store.segments.flip(&tenant(), &object(), before, manifest).await?;
    say(&format!("flip {}", before + 1));
    Ok(())
}

fn segment(generation: u64, n: u64) -> Bytes {
    format!("{generation} {n} ").repeat(2000).into()
}

/// One whole line at once: what is printed was acknowledged.
fn say(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    // Nobody may be listening any more; then nobody counts on it either.
    drop(out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()));
}

/// What was acknowledged, read from the lines a process printed.
#[derive(Clone, Debug, Default)]
pub struct Acknowledged {
    commits: BTreeSet<String>,
    finished: BTreeSet<String>,
    generation: u64,
}

impl Acknowledged {
    /// Takes a line; one that was cut off counts for nothing.
    pub fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["commit", writer, number] => {
                self.commits.insert(format!("{writer}-{number:0>8}"));
            }
            ["finish", _, id] => {
                self.finished.insert((*id).to_owned());
            }
            ["flip", generation] => self.generation = generation.parse().unwrap_or(0).max(self.generation),
            _ => {}
        }
    }

    /// Commits acknowledged.
    pub fn commits(&self) -> usize {
        self.commits.len()
    }

    /// Opens the directory and checks that nothing acknowledged is missing and nothing is there by halves.
    pub async fn check(&self, dir: &Path) -> anyhow::Result<()> {
        let store = Store::open(&StoreSettings::new(dir)).context("opening")?;
        let marks: BTreeSet<String> =
            store.control.list::<Mark>(&tenant(), None, usize::MAX).await?.iter().map(|mark| mark.value.id()).collect();
        let lost: Vec<_> = self.commits.difference(&marks).collect();
        ensure!(lost.is_empty(), "acknowledged commits are lost: {lost:?}");
        let audit = store.control.audit(&tenant(), 0, usize::MAX).await?;
        ensure!(audit_is_whole(&tenant(), &audit), "the audit chain is broken");
        let audited: BTreeSet<String> = audit.into_iter().map(|record| record.event.detail).collect();
        ensure!(audited == marks, "entities and audit records differ: {:?}", audited.symmetric_difference(&marks));
        self.check_jobs(&store, &marks).await?;
        self.check_rows(&store).await?;
        finish_one(&store, 0).await.context("working on")
    }

    async fn check_jobs(&self, store: &Store, marks: &BTreeSet<String>) -> anyhow::Result<()> {
        let claims = store.queue.claim(&[JobKind::Inbox], usize::MAX, Duration::ZERO).await?;
        let waiting: BTreeSet<String> = claims.into_iter().map(|claim| claim.job.id).collect();
        ensure!(waiting.is_subset(marks), "jobs without their commit: {:?}", waiting.difference(marks));
        let back: Vec<_> = self.finished.intersection(&waiting).collect();
        ensure!(back.is_empty(), "finished jobs wait again: {back:?}");
        for id in marks.difference(&waiting).take(3) {
            // Neither waiting nor lost: the queue must know that it was finished.
            let job = Job { id: id.clone(), kind: JobKind::Timer, lane: None, due: i64::MAX, payload: vec![] };
            let again = store.control.commit(&tenant(), WriteSet::default().enqueue(job)).await;
            ensure!(matches!(again, Err(CommitError::DuplicateJob(_))), "job {id} is lost");
        }
        Ok(())
    }

    async fn check_rows(&self, store: &Store) -> anyhow::Result<()> {
        let manifests: BTreeMap<_, _> =
            store.segments.manifests(&tenant(), &object().connection).await?.into_iter().collect();
        let Some(manifest) = manifests.get(&object().object) else {
            ensure!(self.generation == 0, "generation {} is lost", self.generation);
            return Ok(());
        };
        ensure!(manifest.generation >= self.generation, "generation {} is lost", self.generation);
        let hashes: Vec<_> = manifest.segments.iter().map(|segment| segment.hash).collect();
        let found = store.segments.get(&tenant(), &object().connection, &hashes).await?;
        let wanted: Vec<_> = (0..SEGMENTS).map(|n| segment(manifest.generation, n)).collect();
        ensure!(found == wanted, "the segments of generation {} are others", manifest.generation);
        Ok(())
    }
}
