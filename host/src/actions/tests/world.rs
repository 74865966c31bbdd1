//! A workspace with one connection to the notes tool: a real guest in the real plugin host, a real store in memory, and a clock that
//! tests move.

use crate::{
    actions::{ActionSettings, Actions, Connected, Connector, Draft, Known, RequestView},
    domain::{
        ActionName, Actor, ConnectionId, IntegrationId, NoAccess, ObjectName, Outcome, RecordRef, Role, UserId, Value,
        WorkspaceId,
    },
    plugins::{
        Access, Applied, Credentials, EgressSettings, FetchRequest, HostPort, Integration, PluginSettings, Plugins,
    },
    store::{Claim, Clock, JobKind, Manifest, ObjectRef, Store, audit_is_whole, rows},
};
use async_trait::async_trait;
use secrecy::{SecretBox, SecretString};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use url::Url;
use weft_simulators::notes::{self, Notes};

/// 2026-11-24 09:00 UTC.
pub const START: i64 = 1_795_510_800_000;
const LEASE: Duration = Duration::from_secs(60);

/// The connection as it is now; tests turn actions off and protect records in it, and say who may not use it.
pub struct Office(pub Mutex<Outcome<Connected>>, pub Mutex<Vec<UserId>>);

#[async_trait]
impl Connector for Office {
    fn use_of(&self, _: &WorkspaceId, user: &UserId, _: &ConnectionId) -> Result<(), NoAccess> {
        let lost = || NoAccess { user: user.clone(), title: "Team notes".into(), givers: vec!["U-owner".into()] };
        if self.1.lock().unwrap().contains(user) { Err(lost()) } else { Ok(()) }
    }

    async fn connect(&self, _: &WorkspaceId, _: &ConnectionId) -> Outcome<Connected> {
        match &*self.0.lock().unwrap() {
            Ok(connected) => Ok(connected.clone()),
            Err(error) => Err(crate::domain::AppError::refused(error.to_string())),
        }
    }

    async fn known(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Outcome<Known> {
        let connected = self.connect(workspace, connection).await?;
        let actions = connected.integration.description().actions.clone();
        Ok(Known { title: connected.title, actions, admins: connected.approvers })
    }
}

struct Token(Url);

#[async_trait]
impl Credentials for Token {
    async fn apply(&self, _: &str) -> Result<Applied, crate::domain::Fault> {
        let bearer = SecretString::from("Bearer notes-token");
        Ok(Applied { headers: vec![("authorization".to_owned(), bearer)], ..Applied::default() })
    }

    async fn renew(&self, _: &str, _: u64) -> Result<(), crate::domain::Fault> {
        Ok(())
    }

    fn base_url(&self) -> Url {
        self.0.clone()
    }
}

/// All of it.
pub struct World {
    pub notes: Notes,
    pub clock: Clock,
    pub store: Store,
    pub office: Arc<Office>,
    pub settings: ActionSettings,
    pub changed: Arc<AtomicUsize>,
    _cache: tempfile::TempDir,
}

pub fn workspace() -> WorkspaceId {
    WorkspaceId::from("T1")
}

pub fn connection() -> ConnectionId {
    ConnectionId::from("c1")
}

fn actor(user: &str, role: Role) -> Actor {
    Actor { workspace: workspace(), user: UserId::from(user), role }
}

pub fn asks() -> Actor {
    actor("U-asks", Role::Member)
}

pub fn admin() -> Actor {
    actor("U-admin", Role::Admin)
}

pub fn owner() -> Actor {
    actor("U-owner", Role::Owner)
}

pub fn note(number: usize) -> String {
    format!("n{number:05}")
}

impl World {
    pub async fn new() -> Self {
        Self::with(notes::Options::default()).await
    }

    pub async fn with(options: notes::Options) -> Self {
        let notes = notes::start(options).await.unwrap();
        let cache = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(START);
        let store = Store::memory_at(clock.clone());
        let connected = connect(&notes, cache.path()).await;
        sync(&store, &connected.integration, &connected.access).await;
        Self {
            notes,
            clock,
            store,
            office: Arc::new(Office(Mutex::new(Ok(connected)), Mutex::default())),
            settings: ActionSettings::default(),
            changed: Arc::default(),
            _cache: cache,
        }
    }

    pub fn actions(&self) -> Actions {
        self.actions_over(self.store.clone())
    }

    /// As after a restart: nothing is left but the store.
    pub fn actions_over(&self, store: Store) -> Actions {
        let changed = Arc::clone(&self.changed);
        let on_changed = Arc::new(move |_: &WorkspaceId, _: &ConnectionId| {
            changed.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async {})
        });
        Actions::new(store, self.clock.clone(), self.office.clone(), self.settings.clone(), on_changed)
    }

    pub fn connected(&self, change: impl FnOnce(&mut Connected)) {
        change(self.office.0.lock().unwrap().as_mut().unwrap());
    }

    /// Finishing these notes, prepared.
    pub async fn prepared(&self, numbers: &[usize]) -> RequestView {
        self.actions().prepare(&asks(), draft(numbers)).await.unwrap()
    }

    /// Finishing these notes, sent.
    pub async fn sent(&self, numbers: &[usize]) -> RequestView {
        let preview = self.prepared(numbers).await;
        self.actions()
            .submit(&asks(), &preview.id, &preview.fingerprint, Some("spring cleaning".to_owned()))
            .await
            .unwrap()
    }

    /// Finishing these notes, approved.
    pub async fn approved(&self, numbers: &[usize]) -> RequestView {
        let sent = self.sent(numbers).await;
        self.actions().decide(&admin(), &sent.id, &sent.fingerprint, crate::actions::Decision::Approve).await.unwrap()
    }

    /// Takes the next due job of requests.
    pub async fn claim(&self) -> Option<Claim> {
        self.store.queue.claim(&[JobKind::Run, JobKind::Timer], 1, LEASE).await.unwrap().pop()
    }

    /// Does all that is due now.
    pub async fn work(&self) {
        while let Some(claim) = self.claim().await {
            assert!(Actions::takes(&claim.job));
            self.actions().work(&claim).await.unwrap();
        }
    }

    /// Does all that is due after this much time.
    pub async fn work_after(&self, time: Duration) {
        self.clock.advance(time);
        self.work().await;
    }

    /// What people were told, as payloads; the jobs are done by this.
    pub async fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        while let Some(claim) = self.store.queue.claim(&[JobKind::Notify], 1, LEASE).await.unwrap().pop() {
            let notice: crate::actions::Notice = serde_json::from_slice(&claim.job.payload).unwrap();
            told.push(format!("{:?}", notice.why));
            self.store.queue.finish(&claim, Default::default()).await.unwrap();
        }
        told
    }

    /// Notes that the tool was told to finish, in order, each as often as it had an effect.
    pub fn effects(&self) -> Vec<String> {
        let effects = self.notes.journal().into_iter().filter(|entry| entry.effect);
        effects.map(|entry| entry.path.trim_start_matches("/notes/").to_owned()).collect()
    }

    /// How often the tool was asked to change something.
    pub fn writes(&self) -> usize {
        self.notes.journal().iter().filter(|entry| entry.method == "PATCH").count()
    }

    /// Whether the stored row says that the note is done.
    pub async fn stored_done(&self, number: usize) -> bool {
        let object = ObjectName::from("Note");
        let keys = [note(number)];
        let found =
            crate::actions::stored::records(&self.store, &workspace(), &connection(), &object, &keys).await.unwrap();
        found.unwrap()[&note(number)]["done"] == serde_json::json!(true)
    }

    /// The audit log in order, by what happened.
    pub async fn audit(&self) -> Vec<String> {
        let records = self.store.control.audit(&workspace(), 0, 10_000).await.unwrap();
        assert!(audit_is_whole(&workspace(), &records), "the audit log is not whole");
        records.into_iter().map(|record| record.event.what).collect()
    }
}

pub fn draft(numbers: &[usize]) -> Draft {
    let record =
        |number: &usize| RecordRef { connection: connection(), object: ObjectName::from("Note"), key: note(*number) };
    Draft {
        connection: connection(),
        action: ActionName::from("finish-note"),
        inputs: serde_json::Map::new(),
        targets: numbers.iter().map(record).collect(),
        board: None,
        chosen: None,
        undo_of: None,
    }
}

async fn connect(notes: &Notes, cache: &std::path::Path) -> Connected {
    let url: Url = notes.url().parse().unwrap();
    let plugins = Plugins::start(PluginSettings {
        cache_dir: cache.to_owned(),
        cache_key: SecretBox::new(Box::new([7; 32])),
        max_instances: 4,
        egress: EgressSettings { allow_private: vec![HostPort::of(&url).unwrap()], ..EgressSettings::default() },
    });
    let integration = plugins.unwrap().load(weft_bundled::TEST_GUEST.to_vec()).await.unwrap();
    let access = Access {
        workspace: workspace(),
        connection: connection(),
        config: serde_json::json!({ "url": notes.url() }).to_string(),
        credentials: Arc::new(Token(url)),
    };
    Connected {
        integration,
        access,
        title: "Team notes".to_owned(),
        id: IntegrationId::from("notes"),
        protected: Vec::new(),
        disabled: BTreeMap::new(),
        approvers: vec![UserId::from("U-admin"), UserId::from("U-owner")],
    }
}

/// Fetches all notes into the store, as a sync does.
async fn sync(store: &Store, integration: &Integration, access: &Access) {
    let object = integration.description().object(&ObjectName::from("Note")).unwrap().clone();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let request = FetchRequest {
            object: object.name.clone(),
            fields: object.fields.clone(),
            key: object.key.clone(),
            after,
            keys: Vec::new(),
            page_size: 100,
            since: None,
            estimate: None,
        };
        let page = integration.fetch(access, request).await.unwrap();
        all.extend(page.rows);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(all.iter().all(|row| matches!(row.values[2], Value::Bool(_))));
    let mut packer = rows::Packer::new(&[]).unwrap();
    all.iter().for_each(|row| packer.push(row).unwrap());
    let packed = packer.finish().unwrap();
    let (segments, bytes): (Vec<_>, Vec<_>) = packed.into_iter().map(|packed| (packed.info, packed.bytes)).unzip();
    store.segments.put(&workspace(), &connection(), bytes).await.unwrap();
    let manifest = Manifest {
        generation: 1,
        fields: object.fields,
        fetched_at: START,
        rows: all.len() as u64,
        own_rows: false,
        segments,
    };
    let of = ObjectRef { connection: connection(), object: object.name };
    store.segments.flip(&workspace(), &of, 0, manifest).await.unwrap();
}
