//! Which records of two tools are one person or thing: what keys say, and what an admin says instead. Reversible, and in the audit log.

use super::definition::{Edge, Schema};
use super::engine::PersonLinks;
use super::open::title;
use super::service::{Boards, failed};
use super::tables::Source;
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
}

impl Entity for Saying {
    const KIND: &'static str = "person-link";

    fn id(&self) -> String {
        Self::id_of(&self.a, &self.b)
    }
}

/// The near and the far object of a join.
type Ends = (ObjectRef, ObjectRef);

/// All that was said in a workspace.
#[derive(Debug, Default)]
pub struct Persons {
    /// Differs between any two of this process.
    pub version: u64,
    /// By near and far object.
    pub links: HashMap<Ends, Arc<PersonLinks>>,
}

impl Persons {
    fn new(sayings: &[Saying]) -> Self {
        static VERSIONS: AtomicU64 = AtomicU64::new(1);
        let mut pairs: HashMap<Ends, Vec<(String, String, bool)>> = HashMap::new();
        let object = |record: &RecordRef| ObjectRef::new(&record.connection, &record.object);
        for saying in sayings {
            for (near, far) in [(&saying.a, &saying.b), (&saying.b, &saying.a)] {
                let pair = (near.key.clone(), far.key.clone(), saying.same);
                pairs.entry((object(near), object(far))).or_default().push(pair);
            }
        }
        let links = pairs.into_iter().map(|(objects, pairs)| (objects, Arc::new(PersonLinks::new(pairs))));
        Self { version: VERSIONS.fetch_add(1, Ordering::Relaxed), links: links.collect() }
    }
}

/// What was said in each workspace, read once and again after each change.
#[derive(Debug, Default)]
pub struct PersonCache {
    known: Mutex<HashMap<WorkspaceId, Arc<Persons>>>,
}

impl PersonCache {
    /// What was said in a workspace.
    pub async fn get(&self, store: &Store, workspace: &WorkspaceId) -> Outcome<Arc<Persons>> {
        if let Some(persons) = self.known().get(workspace) {
            return Ok(persons.clone());
        }
        let persons = Arc::new(Persons::new(&read(store, workspace).await?));
        self.known().insert(workspace.clone(), persons.clone());
        Ok(persons)
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

/// What stands for a record in another tool.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchView {
    /// The connection, as people call it.
    pub tool: String,
    /// The object there.
    pub object: ObjectRef,
    /// In words: the key that matched, or why there is none. None where it is not known.
    pub how: Option<String>,
    /// An admin said so.
    pub is_said: bool,
    /// The record, and as people call it.
    pub record: Option<(RecordRef, String)>,
}

impl Boards {
    /// Says that two records of different connections are the same, or that they are not. Only admins may.
    pub async fn say(&self, actor: &Actor, one: &RecordRef, other: &RecordRef, same: bool) -> Outcome<()> {
        let (a, b) = self.pair(actor, one, other)?;
        let said = read(&self.inner.store, &actor.workspace).await?.len();
        if said >= MAX_SAYINGS {
            let why =
                format!("There are {MAX_SAYINGS} linked records already, as many as Weft keeps. Nothing was changed.");
            return Err(AppError::refused(why));
        }
        let now = jiff::Timestamp::now().as_millisecond();
        let saying = Saying { a, b, same, by: actor.user.clone(), at: now };
        let what = if same { "person.linked" } else { "person.held-apart" };
        let write = WriteSet::default().put(&saying).audit(event(actor, what, &saying.a, &saying.b));
        self.commit_saying(&actor.workspace, write).await
    }

    /// Takes back what was said of two records: keys decide again. Only admins may.
    pub async fn unsay(&self, actor: &Actor, one: &RecordRef, other: &RecordRef) -> Outcome<()> {
        let (a, b) = self.pair(actor, one, other)?;
        let write = WriteSet::default().delete::<Saying>(Saying::id_of(&a, &b));
        self.commit_saying(&actor.workspace, write.audit(event(actor, "person.unsaid", &a, &b))).await
    }

    /// What stands for a record in each of the other tools that it can be joined with.
    pub async fn matches(&self, workspace: &WorkspaceId, record: &RecordRef) -> Outcome<Vec<MatchView>> {
        let of = ObjectRef::new(&record.connection, &record.object);
        let offers = self.inner.catalog.all(workspace);
        let persons = self.inner.persons.get(&self.inner.store, workspace).await?;
        let schema = Schema { persons: persons.clone(), ..Schema::of(offers.iter().map(|offer| &offer.catalog)) };
        let mut views = Vec::new();
        for edge in schema.crossings(&of) {
            let near = self.stored(workspace, &of).await?;
            let far = self.stored(workspace, &edge.key.object).await?;
            views.push(self.match_view(&schema, record, &edge, near, far).await?);
        }
        Ok(views)
    }

    async fn stored(&self, workspace: &WorkspaceId, object: &ObjectRef) -> Outcome<Source> {
        let offer = self.offer_of(workspace, &object.connection)?;
        self.source(&(workspace.clone(), object.connection.clone()), &offer, object).await
    }

    async fn match_view(
        &self,
        schema: &Schema<'_>,
        record: &RecordRef,
        edge: &Edge,
        near: Source,
        far: Source,
    ) -> Outcome<MatchView> {
        let (near, is_whole, far) = (near.table, far.is_whole(), far.table);
        let (key, near_table, far_table) = (edge.key.clone(), near.clone(), far.clone());
        let link = tokio::task::spawn_blocking(move || near_table.link(&key, &far_table));
        let link = link.await.map_err(|error| AppError::Fault(error.into()))?;
        let row = near.row_of(&record.key);
        let how = row.zip(link.matches.as_ref()).map(|(row, matches)| matches.how.value(row as usize));
        let how = how.filter(|_| is_whole).and_then(|how| Some(how.as_text()?.to_owned()));
        let choice = |how: &String| {
            let field = edge.match_field()?;
            field.choices.into_iter().find(|choice| &choice.value == how).map(|choice| choice.title)
        };
        let catalog = schema.catalog(&edge.key.object.connection);
        let described = schema.object(&edge.key.object);
        let found = row.and_then(|row| link.first(row)).zip(described).map(|(row, described)| {
            let key = far.keys().get(row as usize).into_owned();
            let ObjectRef { connection, object } = edge.key.object.clone();
            (RecordRef { connection, object, key }, title(described, &far, row))
        });
        Ok(MatchView {
            tool: catalog.map_or_else(String::new, |catalog| catalog.title.clone()),
            object: edge.key.object.clone(),
            is_said: how.as_deref() == Some(super::engine::MATCH_PERSON),
            how: how.as_ref().and_then(choice),
            record: found,
        })
    }

    fn pair(&self, actor: &Actor, one: &RecordRef, other: &RecordRef) -> Outcome<(RecordRef, RecordRef)> {
        if !actor.is_admin() {
            return Err(AppError::refused("Only an admin may say who is who across tools. Nothing was changed."));
        }
        if one.connection == other.connection {
            return Err(AppError::refused("Both records are of the same connection. Nothing was changed."));
        }
        let known = |of: &ConnectionId| self.offer_of(&actor.workspace, of).map(|_| ());
        known(&one.connection)?;
        known(&other.connection)?;
        Ok(if one < other { (one.clone(), other.clone()) } else { (other.clone(), one.clone()) })
    }

    async fn commit_saying(&self, workspace: &WorkspaceId, write: WriteSet) -> Outcome<()> {
        let committed = self.inner.store.control.commit(workspace, write).await;
        // Also after a failure: whether it was stored is then not known here.
        self.inner.persons.known().remove(workspace);
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
