//! Which records of two tools are one person or thing, as admins say it instead of keys. Reversible, and in the audit log.

use super::definition::Schema;
use super::engine::PersonLinks;
use super::open::title;
use super::service::{Boards, failed};
use crate::domain::{Actor, AppError, ConnectionId, Millis, ObjectRef, Outcome, RecordRef, UserId, WorkspaceId};
use crate::store::{AuditEvent, CommitError, Entity, Store, WriteSet};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What admins may say in one workspace: more is a key that the tools should share.
const MAX_SAYINGS: usize = 10_000;
/// Read at once from the store.
const LIST_STEP: usize = 500;

/// What an admin said of two records of different connections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    /// The lesser of the two.
    pub a: RecordRef,
    /// The greater.
    pub b: RecordRef,
    /// They are the same; else they are not, whatever their keys say.
    pub same: bool,
    /// Who said so.
    pub by: UserId,
    /// When.
    pub at: Millis,
}

impl Saying {
    fn id_of(a: &RecordRef, b: &RecordRef) -> String {
        let parts = [a, b].map(|record| [record.connection.as_str(), record.object.as_str(), record.key.as_str()]);
        let text = serde_json::to_vec(&parts).unwrap_or_default();
        hex::encode(&blake3::hash(&text).as_bytes()[..16])
    }

    /// The one of the two that is not this one.
    pub fn other(&self, one: &RecordRef) -> &RecordRef {
        if &self.a == one { &self.b } else { &self.a }
    }

    fn is_of(&self, record: &RecordRef) -> bool {
        &self.a == record || &self.b == record
    }
}

impl Entity for Saying {
    const KIND: &'static str = "person-link";

    fn id(&self) -> String {
        Self::id_of(&self.a, &self.b)
    }
}

/// The near and the far object of a join.
type Ends = (ObjectRef, ObjectRef);

/// What became of a wish to say something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is said.
    Now,
    /// It was said before: nothing was changed.
    Before(Saying),
}

/// All that was said in a workspace.
#[derive(Debug, Default)]
pub struct Persons {
    /// Differs between any two of this process.
    pub version: u64,
    /// By near and far object.
    pub links: HashMap<Ends, Arc<PersonLinks>>,
    sayings: Vec<Saying>,
}

impl Persons {
    fn new(sayings: Vec<Saying>) -> Self {
        static VERSIONS: AtomicU64 = AtomicU64::new(1);
        let mut pairs: HashMap<Ends, Vec<(String, String, bool)>> = HashMap::new();
        let object = |record: &RecordRef| ObjectRef::new(&record.connection, &record.object);
        for saying in &sayings {
            for (near, far) in [(&saying.a, &saying.b), (&saying.b, &saying.a)] {
                let pair = (near.key.clone(), far.key.clone(), saying.same);
                pairs.entry((object(near), object(far))).or_default().push(pair);
            }
        }
        let links = pairs.into_iter().map(|(objects, pairs)| (objects, Arc::new(PersonLinks::new(pairs))));
        Self { version: VERSIONS.fetch_add(1, Ordering::Relaxed), links: links.collect(), sayings }
    }

    /// What was said of a record and records of an object, the oldest first.
    pub fn about(&self, record: &RecordRef, object: &ObjectRef) -> Vec<Saying> {
        let is_there = |other: &RecordRef| other.connection == object.connection && other.object == object.object;
        let about = self.sayings.iter().filter(|saying| saying.is_of(record) && is_there(saying.other(record)));
        let mut about: Vec<Saying> = about.cloned().collect();
        about.sort_by_key(|saying| saying.at);
        about
    }
}

/// What was said in each workspace, read once and again after each change.
#[derive(Debug, Default)]
pub struct PersonCache {
    known: Mutex<HashMap<WorkspaceId, Arc<Persons>>>,
    /// Counts changes: what was read before one is not kept after it.
    changes: AtomicU64,
    /// One change at a time: each looks first at what was said before.
    turn: tokio::sync::Mutex<()>,
}

impl PersonCache {
    /// What was said in a workspace.
    pub async fn get(&self, store: &Store, workspace: &WorkspaceId) -> Outcome<Arc<Persons>> {
        if let Some(persons) = self.known().get(workspace) {
            return Ok(persons.clone());
        }
        let changes = self.changes.load(Ordering::Acquire);
        let persons = Arc::new(Persons::new(read(store, workspace).await?));
        let mut known = self.known();
        if self.changes.load(Ordering::Acquire) == changes {
            known.insert(workspace.clone(), persons.clone());
        }
        drop(known);
        Ok(persons)
    }

    /// Held while what was said changes.
    pub(super) async fn changing(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    pub(super) fn forget(&self, workspace: &WorkspaceId) {
        let mut known = self.known();
        self.changes.fetch_add(1, Ordering::AcqRel);
        known.remove(workspace);
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<WorkspaceId, Arc<Persons>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(store: &Store, workspace: &WorkspaceId) -> Outcome<Vec<Saying>> {
    let mut sayings: Vec<Saying> = Vec::new();
    let mut after: Option<String> = None;
    while sayings.len() < MAX_SAYINGS {
        let step = store.control.list::<Saying>(workspace, after.as_deref(), LIST_STEP).await.map_err(failed)?;
        let Some(last) = step.last() else { break };
        after = Some(last.value.id());
        sayings.extend(step.into_iter().map(|saying| saying.value));
    }
    Ok(sayings)
}

/// A record with what is stored of its object.
struct End {
    record: RecordRef,
    title: String,
    tool: String,
}

impl Boards {
    /// Says that two records of different connections are the same, or that they are not. Only admins may. A record is the same as one
    /// record of an object at most: another link must be taken back first.
    pub async fn say(&self, actor: &Actor, one: &RecordRef, other: &RecordRef, same: bool) -> Outcome<Said> {
        let (a, b) = self.pair(actor, one, other)?;
        let _turn = self.inner.persons.changing().await;
        let persons = self.inner.persons.get(&self.inner.store, &actor.workspace).await?;
        let said = persons.sayings.iter().find(|saying| (&saying.a, &saying.b, saying.same) == (&a, &b, same));
        if let Some(said) = said {
            return Ok(Said::Before(said.clone()));
        }
        let ends = [self.end(actor, &a).await?, self.end(actor, &b).await?];
        let mut write = WriteSet::default();
        if same {
            for dead in self.free(actor, &persons, &ends).await? {
                write = write.delete::<Saying>(dead.id()).audit(event(actor, "person.unsaid", &dead.a, &dead.b));
            }
        }
        if persons.sayings.len() >= MAX_SAYINGS {
            let why =
                format!("There are {MAX_SAYINGS} linked records already, as many as Weft keeps. Nothing was changed.");
            return Err(AppError::refused(why));
        }
        let now = jiff::Timestamp::now().as_millisecond();
        let saying = Saying { a, b, same, by: actor.user.clone(), at: now };
        let what = if same { "person.linked" } else { "person.held-apart" };
        let write = write.put(&saying).audit(event(actor, what, &saying.a, &saying.b));
        self.commit_saying(&actor.workspace, write).await?;
        Ok(Said::Now)
    }

    /// Takes back what was said of two records: keys decide again. Only admins may.
    pub async fn unsay(&self, actor: &Actor, one: &RecordRef, other: &RecordRef) -> Outcome<()> {
        let (a, b) = self.pair(actor, one, other)?;
        let _turn = self.inner.persons.changing().await;
        let persons = self.inner.persons.get(&self.inner.store, &actor.workspace).await?;
        let Some(saying) = persons.sayings.iter().find(|saying| saying.a == a && saying.b == b) else {
            return Err(AppError::refused("This was taken back already. Nothing was changed."));
        };
        let write = WriteSet::default().delete::<Saying>(saying.id());
        self.commit_saying(&actor.workspace, write.audit(event(actor, "person.unsaid", &a, &b))).await
    }

    /// A record that is there and of an object that has keys in common with other tools; else a refusal.
    async fn end(&self, actor: &Actor, record: &RecordRef) -> Outcome<End> {
        let of = ObjectRef::new(&record.connection, &record.object);
        let described = self.described(actor, &of)?;
        let tool = self.offer_for(actor, &record.connection)?.catalog.title.clone();
        let table = self.stored(actor, &of).await?.table;
        let Some(row) = table.row_of(&record.key) else {
            return Err(AppError::refused(format!(
                "This account is not in {tool} any more, as of the last sync. Nothing was changed."
            )));
        };
        Ok(End { record: record.clone(), title: title(&described, &table, row), tool })
    }

    /// Whether both are free to be linked; else a refusal that names the link in the way. Answers links with accounts that are gone:
    /// they are in nobody's way and go.
    async fn free(&self, actor: &Actor, persons: &Persons, [a, b]: &[End; 2]) -> Outcome<Vec<Saying>> {
        let offers = self.offers(actor).open;
        let schema = Schema::of(offers.iter().map(|offer| &offer.catalog));
        let far = ObjectRef::new(&b.record.connection, &b.record.object);
        let edges = schema.crossings(&ObjectRef::new(&a.record.connection, &a.record.object));
        if edges.iter().all(|edge| edge.key.object != far) {
            return Err(AppError::refused(
                "The two have no identity key in common, so that no board joins them. Nothing was changed.",
            ));
        }
        let (mut dead, mut taken) = (Vec::new(), Vec::new());
        for (end, other) in [(a, b), (b, a)] {
            let object = ObjectRef::new(&other.record.connection, &other.record.object);
            for saying in persons.about(&end.record, &object).into_iter().filter(|saying| saying.same) {
                match self.end(actor, saying.other(&end.record)).await {
                    Ok(linked) => taken.push(format!(
                        "{} is linked with {} in {} already, as <@{}> said.",
                        end.title, linked.title, linked.tool, saying.by
                    )),
                    // What is not read whole may hide it.
                    Err(AppError::Refused(_)) if self.stored(actor, &object).await?.is_whole() => dead.push(saying),
                    Err(AppError::Refused(_)) => {}
                    Err(fault) => return Err(fault),
                }
            }
        }
        match taken.is_empty() {
            true => Ok(dead),
            false => Err(AppError::refused(format!("{} Take that back first. Nothing was changed.", taken.join(" ")))),
        }
    }

    fn pair(&self, actor: &Actor, one: &RecordRef, other: &RecordRef) -> Outcome<(RecordRef, RecordRef)> {
        if !actor.is_admin() {
            return Err(AppError::refused("Only an admin may say who is who across tools. Nothing was changed."));
        }
        if one.connection == other.connection {
            return Err(AppError::refused("Both records are of the same connection. Nothing was changed."));
        }
        let known = |of: &ConnectionId| self.offer_for(actor, of).map(|_| ());
        known(&one.connection)?;
        known(&other.connection)?;
        Ok(if one < other { (one.clone(), other.clone()) } else { (other.clone(), one.clone()) })
    }

    async fn commit_saying(&self, workspace: &WorkspaceId, write: WriteSet) -> Outcome<()> {
        let committed = self.inner.store.control.commit(workspace, write).await;
        // Also after a failure: whether it was stored is then not known here.
        self.inner.persons.forget(workspace);
        committed.map_err(|error: CommitError| AppError::Fault(error.into()))
    }
}

fn event(actor: &Actor, what: &str, a: &RecordRef, b: &RecordRef) -> AuditEvent {
    let place = |record: &RecordRef| format!("{}/{}/{}", record.connection, record.object, record.key);
    let about = vec![("record".to_owned(), place(a)), ("record".to_owned(), place(b))];
    let detail = match what {
        "person.linked" => "Two records are the same person",
        "person.held-apart" => "Two records are not the same person",
        _ => "Keys decide again whether two records are the same person",
    };
    AuditEvent { actor: Some(actor.clone()), what: what.to_owned(), about, detail: detail.to_owned() }
}
