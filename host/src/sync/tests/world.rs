//! A workspace with one connection to the feed tool.

use crate::{
    config::{Config, SyncConfig},
    connections::{Connection, Connections, Findings, Resolved, Status},
    domain::{ConnectionId, Fault, Millis, Outcome, Row, Value, WorkspaceId},
    plugins::{Access, Applied, Credentials, EgressSettings, HostPort, Integration, PluginSettings, Plugins},
    store::{
        Claim, Clock, JobKind, Manifest, ObjectRef, Store, WriteSet,
        rows::{ValueRef, unpack},
        seal::{KeySource, Sealer},
    },
    sync::{LEASE, Syncs, Watcher},
};
use async_trait::async_trait;
use secrecy::{SecretBox, SecretString};
use serde_json::{Value as Json, json};
use std::{sync::Arc, time::Duration};
use url::Url;
use weft_simulators::feed::Feed;

/// 2026-11-24 09:00 UTC.
pub const START: Millis = 1_795_510_800_000;
const CONFIG: &str = "[slack]\nsigning_secret = \"s\"\nbot_token = \"xoxb-1\"\n[people]\nowner = \"U1\"\nadmins = []\n";
const OBJECTS: [&str; 3] = ["Entry", "Event", "Loose"];

struct Token(Url);

#[async_trait]
impl Credentials for Token {
    async fn apply(&self, _: &str) -> Result<Applied, Fault> {
        Ok(Applied::default())
    }

    async fn renew(&self, _: &str, _: u64) -> Result<(), Fault> {
        Ok(())
    }

    fn base_url(&self) -> Url {
        self.0.clone()
    }
}

/// Boards that nobody has open.
struct Nobody;

#[async_trait]
impl Watcher for Nobody {
    async fn described(&self, _: &WorkspaceId, _: &Resolved) -> Outcome<()> {
        Ok(())
    }

    fn changed(&self, _: &WorkspaceId, _: &ConnectionId) {}
}

/// All of it.
pub struct World {
    pub feed: Feed,
    pub store: Store,
    pub clock: Clock,
    pub syncs: Syncs,
    integration: Integration,
    _dir: tempfile::TempDir,
}

impl World {
    /// Pages of this many records.
    pub async fn new(page_rows: usize) -> Self {
        let feed = Feed::start(&OBJECTS, page_rows).await.unwrap();
        let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::fixed(START));
        let store = Store::memory_at(clock.clone());
        let file = dir.path().join("weft.toml");
        std::fs::write(&file, CONFIG).unwrap();
        let config = Arc::new(Config::read(&file).unwrap());
        let key = SecretString::from("00".repeat(32));
        let sealer = Sealer::open_or_create(&KeySource::Given(&key), dir.path()).unwrap();
        let connections = Connections::new(store.clone(), clock.clone(), sealer, [], config).unwrap();
        let syncs = Syncs::new(store.clone(), clock.clone(), connections, SyncConfig::default(), Arc::new(Nobody));
        let integration = load(&feed, dir.path()).await;
        let world = Self { feed, store, clock, syncs, integration, _dir: dir };
        world.store.control.commit(&tenant(), WriteSet::default().create(&world.fresh())).await.unwrap();
        world
    }

    fn fresh(&self) -> Connection {
        Connection {
            id: "c1".into(),
            integration: "feed".into(),
            title: "Feed".into(),
            status: Status::Syncing,
            problem: None,
            base_url: self.feed.url().parse().unwrap(),
            settings: [("url".to_owned(), self.feed.url())].into(),
            sign_in: "default".into(),
            connected_by: "U1".into(),
            connected_at: START,
            objects: Default::default(),
            next_sync: None,
            paused: None,
        }
    }

    /// The connection as stored.
    pub async fn connection(&self) -> Connection {
        self.store.control.load::<Connection>(&tenant(), "c1").await.unwrap().unwrap().value
    }

    pub async fn findings(&self) -> Option<Findings> {
        Findings::load(&self.store, &tenant(), &"c1".into()).await.unwrap()
    }

    /// A minute later somebody asks for a fetch, and a worker takes it.
    pub async fn claim(&self) -> Claim {
        self.clock.advance(Duration::from_secs(60));
        let job = self.connection().await.sync_job(self.clock.now(), false);
        self.store.control.commit(&tenant(), WriteSet::default().enqueue(job)).await.unwrap();
        self.claimed().await.expect("the job is due")
    }

    /// What a worker finds to do.
    pub async fn claimed(&self) -> Option<Claim> {
        self.store.queue.claim(&[JobKind::Sync], 1, LEASE).await.unwrap().pop()
    }

    /// Works on a job as the worker does, and answers the connection after it.
    pub async fn work(&self, claim: &Claim) -> anyhow::Result<Connection> {
        let url: Url = self.feed.url().parse()?;
        let access = Access {
            workspace: tenant(),
            connection: "c1".into(),
            config: json!({ "url": url.as_str() }).to_string(),
            credentials: Arc::new(Token(url)),
        };
        let (connection, integration) = (self.connection().await, self.integration.clone());
        let resolved = Resolved { connection, integration, access, findings: self.findings().await, list: None };
        self.syncs.inner.run(claim, resolved).await?;
        Ok(self.connection().await)
    }

    /// Fetches everything that a fetch fetches.
    pub async fn fetch(&self) -> Connection {
        self.work(&self.claim().await).await.unwrap()
    }

    pub async fn manifest(&self, object: &str) -> Option<Manifest> {
        let of = ObjectRef { connection: "c1".into(), object: object.into() };
        self.store.segments.manifest(&tenant(), &of).await.unwrap()
    }

    /// The stored rows of an object in order.
    pub async fn rows(&self, object: &str) -> Vec<Row> {
        let manifest = self.manifest(object).await.unwrap();
        let hashes: Vec<_> = manifest.segments.iter().map(|segment| segment.hash).collect();
        let mut rows = Vec::new();
        for segment in self.store.segments.get(&tenant(), &"c1".into(), &hashes).await.unwrap() {
            unpack(&segment, |key, values| {
                rows.push(Row { key: key.into(), values: values.iter().map(ValueRef::to_value).collect() });
            })
            .unwrap();
        }
        assert_eq!(rows.len() as u64, manifest.rows);
        assert!(rows.is_sorted_by(|left, right| left.key < right.key));
        rows
    }

    /// The keys and the values of one field.
    pub async fn column(&self, object: &str, field: &str) -> Vec<(String, Value)> {
        let fields = self.manifest(object).await.unwrap().fields;
        let at = fields.iter().position(|one| one.name == field).unwrap();
        self.rows(object).await.into_iter().map(|row| (row.key.into(), row.values[at].clone())).collect()
    }

    pub async fn keys(&self, object: &str) -> Vec<String> {
        self.rows(object).await.into_iter().map(|row| row.key.into()).collect()
    }

    /// What was asked of an object since this was asked the last time: the places of its pages.
    pub fn places(&self, object: &str) -> Vec<Option<String>> {
        let asked = self.feed.take_journal();
        asked.into_iter().filter(|one| one.object == object).map(|one| one.after).collect()
    }

    pub async fn audit(&self) -> Vec<String> {
        let records = self.store.control.audit(&tenant(), 0, 1_000).await.unwrap();
        records.into_iter().map(|record| record.event.what).collect()
    }
}

pub fn tenant() -> WorkspaceId {
    "T1".into()
}

async fn load(feed: &Feed, cache: &std::path::Path) -> Integration {
    let url: Url = feed.url().parse().unwrap();
    let plugins = Plugins::start(PluginSettings {
        cache_dir: cache.join("compiled"),
        cache_key: SecretBox::new(Box::new([7; 32])),
        max_instances: 4,
        egress: EgressSettings { allow_private: vec![HostPort::of(&url).unwrap()], ..EgressSettings::default() },
    });
    plugins.unwrap().load(weft_bundled::FEED_GUEST.to_vec()).await.unwrap()
}

/// A record of this many days ago.
pub fn record(key: &str, days_ago: i64) -> Json {
    let at = jiff::Timestamp::from_millisecond(START - days_ago * 86_400_000).unwrap();
    json!({ "id": key, "name": format!("Name of {key}"), "seats": 1, "at": at.to_string() })
}

/// So many records of today.
pub fn records(count: usize) -> Vec<Json> {
    (0..count).map(|number| record(&format!("k{number:06}"), 0)).collect()
}
