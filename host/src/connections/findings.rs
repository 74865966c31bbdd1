//! What the credentials may do, as the last check found. Accounts with many fields of their own, and long lists of choices in them, make
//! this larger than one stored value may be: it is a head and as many parts as it takes, written and read as a set.

use crate::{
    domain::{ConnectionId, Field, Millis, ObjectName, ObjectType, WorkspaceId},
    plugins::{Account, ActionAccess, ObjectAccess, Report},
    store::{CommitError, Entity, Store, StoreError, Versioned, WriteSet},
};
use serde::{Deserialize, Serialize};

/// JSON of one part: below what one stored value may be.
const PART_BYTES: usize = 48 << 10;
/// JSON of one field.
const FIELD_BYTES: usize = PART_BYTES / 2;
/// JSON of the fields of one object. Choices are cut until it holds; the manifest of the object's rows carries the fields as well.
const OBJECT_BYTES: usize = 512 << 10;
/// How many choices of a field are kept while an object is too large: values beyond are shown as they are.
const FEWER_CHOICES: [usize; 4] = [500, 100, 20, 0];
/// Fields of an account's own that are taken of one object: a large Salesforce object has 800.
const MAX_EXTRA: usize = 1_000;
/// Actions of one part: their sentences are at most 2 KiB each.
const ACTIONS_AT_ONCE: usize = 20;
/// Parts of one commit.
const PARTS_AT_ONCE: usize = 100;
/// Reading races with the next check at most this often.
const READ_ATTEMPTS: usize = 5;

/// What the credentials may do.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    pub connection: ConnectionId,
    pub checked_at: Millis,
    pub report: Report,
}

/// Whose they are, and which parts hold the rest.
#[derive(Serialize, Deserialize)]
struct Head {
    connection: ConnectionId,
    checked_at: Millis,
    account: Account,
    /// Names the parts: when they were written.
    set: Millis,
    parts: usize,
}

impl Entity for Head {
    const KIND: &'static str = "findings-head";

    fn id(&self) -> String {
        self.connection.0.clone()
    }
}

/// Some of the findings.
#[derive(Serialize, Deserialize)]
struct Part {
    #[serde(skip)]
    id: String,
    piece: Piece,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Piece {
    /// Of one object: its lists go on in the next part.
    Object(ObjectAccess),
    Actions(Vec<ActionAccess>),
}

impl Entity for Part {
    const KIND: &'static str = "findings-part";

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Findings {
    /// What a check found, cut to what can be stored.
    pub fn new(connection: ConnectionId, checked_at: Millis, mut report: Report) -> Self {
        for found in &mut report.objects {
            bound(found);
        }
        Self { connection, checked_at, report }
    }

    /// The object as this account has it: without hidden fields, with its own ones.
    pub fn object(&self, declared: &ObjectType) -> ObjectType {
        ObjectType { fields: self.fields(declared), ..declared.clone() }
    }

    /// What to fetch of an object.
    pub fn fields(&self, declared: &ObjectType) -> Vec<Field> {
        self.of(&declared.name).map_or_else(|| declared.fields.clone(), |found| found.fields(&declared.fields))
    }

    /// Keys of records that no action may touch: the one the credentials act as.
    pub fn own_records(&self) -> Vec<String> {
        self.report.account.user.iter().cloned().collect()
    }

    /// The finding for an object.
    pub fn of(&self, object: &ObjectName) -> Option<&ObjectAccess> {
        self.report.objects.iter().find(|found| &found.object == object)
    }

    /// The findings in store; none before the first check.
    pub async fn load(
        store: &Store,
        workspace: &WorkspaceId,
        connection: &ConnectionId,
    ) -> Result<Option<Self>, StoreError> {
        for _ in 0..READ_ATTEMPTS {
            let Some(Versioned { value: head, .. }) =
                store.control.load::<Head>(workspace, connection.as_str()).await?
            else {
                return Ok(None);
            };
            let parts = read(store, workspace, &head).await?;
            if parts.len() == head.parts {
                let (objects, actions) = join(parts);
                let report = Report { account: head.account, objects, actions };
                return Ok(Some(Self { connection: head.connection, checked_at: head.checked_at, report }));
            }
        }
        // A set that was lost, in a backup perhaps, is found again by the next check.
        tracing::warn!(connection.id = %connection, "the findings of connection {connection} are not whole");
        Ok(None)
    }

    /// Stores them in place of those before: the parts, then the head that names them, then the old parts go.
    pub async fn save(&self, store: &Store, workspace: &WorkspaceId) -> Result<(), CommitError> {
        let connection = &self.connection;
        let before = store.control.load::<Head>(workspace, connection.as_str()).await?.map(|found| found.value);
        // Two checks within one millisecond are two sets all the same.
        let set = before.as_ref().map_or(self.checked_at, |head| self.checked_at.max(head.set + 1));
        let objects = self.report.objects.iter().flat_map(split).map(Piece::Object);
        let actions = self.report.actions.chunks(ACTIONS_AT_ONCE).map(|some| Piece::Actions(some.to_vec()));
        let parts: Vec<Piece> = objects.chain(actions).collect();
        let head = Head {
            connection: connection.clone(),
            checked_at: self.checked_at,
            account: self.report.account.clone(),
            set,
            parts: parts.len(),
        };
        let part =
            |(number, piece): (usize, Piece)| Part { id: format!("{}{number:06}", prefix(connection, set)), piece };
        let numbered: Vec<Part> = (0..).zip(parts).map(part).collect();
        for some in numbered.chunks(PARTS_AT_ONCE) {
            store.control.commit(workspace, some.iter().fold(WriteSet::default(), WriteSet::put)).await?;
        }
        store.control.commit(workspace, WriteSet::default().put(&head)).await?;
        remove_others(store, workspace, connection, Some(set)).await
    }
}

impl Findings {
    /// The connection goes: the head first, so that nobody reads half of the rest.
    pub async fn remove(store: &Store, workspace: &WorkspaceId, connection: &ConnectionId) -> Result<(), CommitError> {
        store.control.commit(workspace, WriteSet::default().delete::<Head>(connection.0.clone())).await?;
        remove_others(store, workspace, connection, None).await
    }
}

/// A set of parts stands together, in order.
fn prefix(connection: &ConnectionId, set: Millis) -> String {
    format!("{connection}/{set:016}/")
}

async fn read(store: &Store, workspace: &WorkspaceId, head: &Head) -> Result<Vec<Piece>, StoreError> {
    let prefix = prefix(&head.connection, head.set);
    let mut after = prefix.clone();
    let mut parts = Vec::with_capacity(head.parts);
    loop {
        let some = store.control.list_raw(workspace, Part::KIND, Some(&after), PARTS_AT_ONCE).await?;
        for (id, raw) in &some {
            if !id.starts_with(&prefix) {
                return Ok(parts);
            }
            let part: Part = serde_json::from_slice(&raw.value)
                .map_err(|error| StoreError::Damaged(format!("a part of findings cannot be read: {error}")))?;
            parts.push(part.piece);
        }
        match some.last() {
            Some((id, _)) => after.clone_from(id),
            None => return Ok(parts),
        }
    }
}

/// Removes what checks before this set left, those of a process that died included; without a set, all of it.
async fn remove_others(
    store: &Store,
    workspace: &WorkspaceId,
    connection: &ConnectionId,
    set: Option<Millis>,
) -> Result<(), CommitError> {
    let (all, kept) = (format!("{connection}/"), set.map(|set| prefix(connection, set)));
    let mut after = all.clone();
    loop {
        let some = store.control.list_raw(workspace, Part::KIND, Some(&after), PARTS_AT_ONCE).await?;
        let ids: Vec<&String> = some.iter().map(|(id, _)| id).take_while(|id| id.starts_with(&all)).collect();
        let others =
            ids.iter().filter(|id| kept.as_ref().is_none_or(|kept| !id.starts_with(kept))).map(|id| id.as_str());
        let write = others.fold(WriteSet::default(), |write, id| write.delete::<Part>(id));
        if !write.delete.is_empty() {
            store.control.commit(workspace, write).await?;
        }
        match ids.last() {
            Some(id) => after.clone_from(id),
            None => return Ok(()),
        }
    }
}

fn size(value: &impl Serialize) -> usize {
    serde_json::to_vec(value).map_or(usize::MAX, |json| json.len())
}

/// Takes away what no screen needs until the fields of the object are no larger than they may be.
fn bound(found: &mut ObjectAccess) {
    let (all, name) = (found.extra.len(), found.object.clone());
    found.extra.truncate(MAX_EXTRA);
    for most in FEWER_CHOICES {
        let object_fits = size(&found.extra) <= OBJECT_BYTES;
        let too_large = |field: &&mut Field| !object_fits || size(field) > FIELD_BYTES;
        found.extra.iter_mut().filter(too_large).for_each(|field| field.choices.truncate(most));
    }
    found.extra.retain(|field| size(field) <= FIELD_BYTES);
    let left_out = all - found.extra.len();
    if left_out > 0 {
        tracing::warn!(object = %name, left_out, "fields of the account's own are left out: they are too many or too large");
    }
}

/// The findings for an object in parts that can be stored.
fn split(found: &ObjectAccess) -> Vec<ObjectAccess> {
    let bare = ObjectAccess { hidden: Vec::new(), extra: Vec::new(), ..found.clone() };
    let mut parts = vec![bare.clone()];
    let mut filled = size(&bare);
    let mut room = |size: usize, parts: &mut Vec<ObjectAccess>| {
        if filled + size > PART_BYTES {
            parts.push(bare.clone());
            filled = self::size(&bare);
        }
        filled += size + 1;
    };
    for name in &found.hidden {
        room(size(name), &mut parts);
        parts.last_mut().into_iter().for_each(|part| part.hidden.push(name.clone()));
    }
    for field in &found.extra {
        room(size(field), &mut parts);
        parts.last_mut().into_iter().for_each(|part| part.extra.push(field.clone()));
    }
    parts
}

/// The findings out of their parts.
fn join(parts: Vec<Piece>) -> (Vec<ObjectAccess>, Vec<ActionAccess>) {
    let (mut objects, mut actions) = (Vec::<ObjectAccess>::new(), Vec::new());
    for part in parts {
        match part {
            Piece::Actions(some) => actions.extend(some),
            Piece::Object(part) => match objects.last_mut().filter(|last| last.object == part.object) {
                Some(last) => {
                    last.hidden.extend(part.hidden);
                    last.extra.extend(part.extra);
                }
                None => objects.push(part),
            },
        }
    }
    (objects, actions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Choice, FieldType},
        plugins::AccessLevel,
    };

    fn field(number: usize, choices: usize) -> Field {
        let choice = |n: usize| Choice { value: format!("choice-{n}"), title: format!("The choice of number {n}") };
        Field {
            name: format!("Custom_Field_{number}__c"),
            title: format!("Custom field {number}"),
            help: Some("What it is for, in the words of an admin.".into()),
            kind: FieldType::Choice,
            unit: None,
            pointer: format!("/Custom_Field_{number}__c"),
            format: None,
            choices: (0..choices).map(choice).collect(),
            sealed: false,
            default: false,
        }
    }

    fn found(object: &str, extra: Vec<Field>) -> ObjectAccess {
        ObjectAccess {
            object: object.into(),
            access: AccessLevel::Full,
            hidden: (0..900).map(|n| format!("Hidden_Field_With_A_Long_Name_{n}__c")).collect(),
            extra,
            permission: None,
            estimate: Some(1),
        }
    }

    fn findings(at: Millis, objects: Vec<ObjectAccess>) -> Findings {
        let account = Account { id: "a".into(), name: "Acme".into(), user: None };
        Findings::new("c1".into(), at, Report { account, objects, actions: Vec::new() })
    }

    async fn load(store: &Store, connection: &str) -> Option<Findings> {
        Findings::load(store, &"T1".into(), &connection.into()).await.unwrap()
    }

    async fn parts(store: &Store) -> usize {
        store.control.list_raw(&"T1".into(), Part::KIND, None, 1_000).await.unwrap().len()
    }

    #[tokio::test]
    async fn an_account_with_800_fields_of_its_own_is_kept_whole() {
        let store = Store::memory();
        assert!(load(&store, "c1").await.is_none());
        let many = findings(7, vec![found("User", (0..800).map(|n| field(n, 3)).collect()), found("Role", vec![])]);
        assert!(size(&many.report) > 64 << 10);
        many.save(&store, &"T1".into()).await.unwrap();
        assert_eq!(load(&store, "c1").await.unwrap(), many);
        assert!(load(&store, "c").await.is_none(), "another connection with a name that begins alike");

        // The next check finds less: nothing is left of the one before.
        let few = findings(7, vec![ObjectAccess { hidden: Vec::new(), ..found("Role", vec![]) }]);
        few.save(&store, &"T1".into()).await.unwrap();
        assert_eq!((load(&store, "c1").await.unwrap(), parts(&store).await), (few, 1));
    }

    #[test]
    fn long_lists_of_choices_are_cut_and_no_field_is_lost() {
        let fields = |count: usize, choices: usize| (0..count).map(|n| field(n, choices)).collect();
        let long = findings(1, vec![found("User", fields(1, 5_000))]);
        assert_eq!(long.report.objects[0].extra[0].choices.len(), 100);
        let many = findings(1, vec![found("User", fields(300, 300))]);
        let kept = &many.report.objects[0].extra;
        assert_eq!(kept.len(), 300);
        assert!(size(kept) <= OBJECT_BYTES && kept.iter().all(|field| field.choices.len() == 20), "{}", size(kept));
        assert!(split(&many.report.objects[0]).iter().all(|part| size(part) <= 64 << 10));
    }
}
