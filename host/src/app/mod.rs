//! Start and wiring: every part is made once, here, and told what it needs.

mod bridge;
mod desk;
mod disconnect;
pub mod operator;
mod trial;
mod workers;

pub use trial::check_integrations;

use crate::{
    actions::{ActionSettings, Actions},
    audit::{Audit, note_roles},
    boards::{BoardSettings, Boards},
    config::Config,
    connections::{Connections, Status},
    domain::{ConnectionId, WorkspaceId},
    people::People,
    plugins::{EgressSettings, Integration, PluginSettings, Plugins},
    slack::{self, Door},
    store::{
        Claim, Clock, JobKind, Store, StoreSettings,
        seal::{KeySource, Sealer},
    },
    sync::Syncs,
    web::{self, Web},
};
use anyhow::Context;
use bridge::{BoardWatcher, Bridge};
use desk::Desk;
use disconnect::Disconnects;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use secrecy::{SecretBox, SecretString};
use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A running Weft.
pub struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more, finishes what is in hand, and answers when the data directory is free.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// Who does which work.
#[derive(Clone)]
pub(crate) struct Hands {
    slack: Door,
    syncs: Syncs,
    actions: Actions,
    disconnects: Disconnects,
}

impl Hands {
    async fn work(&self, claim: &Claim) -> anyhow::Result<()> {
        match claim.job.kind {
            JobKind::Inbox | JobKind::Notify => self.slack.work(claim).await,
            JobKind::Sync => self.syncs.work(claim).await,
            JobKind::Run | JobKind::Timer => self.actions.work(claim).await,
            JobKind::Disconnect => self.disconnects.work(claim).await,
        }
    }
}

/// Starts everything and answers when requests are taken. The listener comes from outside, so that a service manager or a test
/// may have opened it.
pub async fn start(config: Config, listener: tokio::net::TcpListener) -> anyhow::Result<Running> {
    config.check()?;
    let address = listener.local_addr().context("the listening address")?;
    let config = Arc::new(config);
    let parts = build(&config).await?;
    let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
    let data_dir = config.data.dir.clone();
    match operator::open(&data_dir) {
        Ok(door) => drop(tracker.spawn(operator::serve(door, data_dir, parts.store.clone(), stop.clone()))),
        // A path that is too long for a socket, mostly: Weft works without.
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "There is no operator's door: a backup needs Weft stopped")
        }
    }
    if let Some(channel) = config.slack.audit_channel.clone() {
        let door = parts.hands.slack.clone();
        let stop = stop.clone();
        tracker.spawn(async move { door.follow_audit(parts.workspace, channel, stop).await });
    }
    tracker.spawn(workers::run(parts.store, parts.clock, parts.hands, stop.clone(), tracker.clone()));
    let serve = axum::serve(listener, parts.router).with_graceful_shutdown(stop.clone().cancelled_owned());
    tracker.spawn(async move {
        if let Err(error) = serve.await {
            tracing::error!(%error, "the server ended");
        }
    });
    Ok(Running { address, stop, tracker })
}

struct Parts {
    workspace: WorkspaceId,
    store: Store,
    clock: Clock,
    hands: Hands,
    router: axum::Router,
}

async fn build(config: &Arc<Config>) -> anyhow::Result<Parts> {
    let clock = Clock::system();
    let store = Store::open(&StoreSettings { dir: config.data.dir.clone(), clock: clock.clone() })?;
    let key = match &config.data.key {
        Some(key) => KeySource::Given(key),
        None => KeySource::File(&config.data.key_file),
    };
    let sealer = Sealer::open_or_create(&key, &config.data.dir)?;
    let client = slack::Client::new(&config.slack.api_url)?;
    let workspace =
        client.workspace_of(&config.slack.bot_token).await.context("asking Slack whose bot token this is")?;
    let people = People::new(config.people.clone());
    note_roles(&store, &workspace, people.admins()).await.context("who administers Weft")?;
    let installed = load(config, &sealer).await?;
    let connections = Connections::new(store.clone(), clock.clone(), sealer, installed, config.clone())?;
    connections.recall_permissions(&workspace).await.context("who may use which connection")?;
    let may_use = bridge::may_use(&connections, &people);
    let boards = Boards::new(
        store.clone(),
        BoardSettings {
            zone: config.time_zone()?,
            max_bytes: config.boards.memory_mib << 20,
            spool: config.data.dir.clone(),
        },
        may_use.clone(),
    );
    let watcher = Arc::new(BoardWatcher { boards: boards.clone() });
    recall(&workspace, &connections, &boards).await?;
    let syncs = Syncs::new(store.clone(), clock.clone(), connections.clone(), config.sync.clone(), watcher);
    let bridge = Bridge { connections: connections.clone(), people: people.clone(), may_use: may_use.clone() };
    let actions = actions(config, &store, &clock, bridge, &boards);
    let disconnects = Disconnects {
        store: store.clone(),
        clock: clock.clone(),
        people: people.clone(),
        connections: connections.clone(),
        syncs: syncs.clone(),
        boards: boards.clone(),
        actions: actions.clone(),
    };
    let desk = Desk {
        workspace: workspace.clone(),
        config: config.clone(),
        people,
        connections: connections.clone(),
        syncs: syncs.clone(),
        boards: boards.clone(),
        disconnects: disconnects.clone(),
        may_use,
    };
    let door = Door::new(slack::Parts {
        store: store.clone(),
        clock: clock.clone(),
        verifier: slack::Verifier::new(secrets(config)),
        client,
        boards,
        actions: actions.clone(),
        audit: Audit::new(store.clone(), clock.clone(), config.time_zone()?),
        directory: Arc::new(desk),
    });
    let secure = config.server.public_url.scheme() == "https";
    let web = Web { connections, metrics: metrics()?, secure };
    let router = slack::router(door.clone()).merge(web::router(web));
    Ok(Parts { workspace, store, clock, hands: Hands { slack: door, syncs, actions, disconnects }, router })
}

/// Requests, whose changes boards show at once.
fn actions(config: &Config, store: &Store, clock: &Clock, bridge: Bridge, boards: &Boards) -> Actions {
    let refreshed = boards.clone();
    let on_changed = move |workspace: &WorkspaceId, connection: &ConnectionId| refreshed.refresh(workspace, connection);
    Actions::new(store.clone(), clock.clone(), Arc::new(bridge), action_settings(config), Arc::new(on_changed))
}

/// The integrations that came with this binary, compiled or taken from the cache.
async fn load(config: &Config, sealer: &Sealer) -> anyhow::Result<Vec<Integration>> {
    let allow_private = config.egress.allow_private.iter().map(|place| place.parse().map_err(anyhow::Error::msg));
    let plugins = Plugins::start(PluginSettings {
        cache_dir: config.data.dir.join("compiled"),
        cache_key: cache_key(config, sealer)?,
        max_instances: config.plugins.max_instances,
        egress: EgressSettings { allow_private: allow_private.collect::<Result<_, _>>()?, ..Default::default() },
    })?;
    let mut loaded = Vec::new();
    for (id, component) in weft_bundled::BUNDLED {
        loaded.push(plugins.load(component.to_vec()).await.with_context(|| format!("loading the integration {id}"))?);
    }
    Ok(loaded)
}

/// What authenticates compiled code: random, sealed, and not in the folder of that code.
fn cache_key(config: &Config, sealer: &Sealer) -> anyhow::Result<SecretBox<[u8; 32]>> {
    const PLACE: &[u8] = b"key of compiled integrations";
    let path = config.data.dir.join("compiled.key");
    let known = std::fs::read(&path).ok().and_then(|sealed| sealer.open(PLACE, &sealed).ok());
    let key = match known.and_then(|key| <[u8; 32]>::try_from(key.as_slice()).ok()) {
        Some(key) => key,
        None => {
            let mut key = [0; 32];
            getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
            // A file that is lost or torn costs one more compilation.
            std::fs::write(&path, sealer.seal(PLACE, &key)).with_context(|| format!("writing {}", path.display()))?;
            key
        }
    };
    Ok(SecretBox::new(Box::new(key)))
}

/// Boards open right after a start, from what was stored before it.
async fn recall(workspace: &WorkspaceId, connections: &Connections, boards: &Boards) -> anyhow::Result<()> {
    for connection in connections.list(workspace).await? {
        // Of one that is being disconnected nothing is offered any more.
        if connection.status == Status::Disconnecting {
            continue;
        }
        boards.catalog().set_paused(workspace, &connection.id, connection.paused.clone());
        match connections.resolve(workspace, &connection.id).await {
            Ok(resolved) => boards.catalog().set_schema(workspace, bridge::catalog(&resolved)),
            Err(error) => tracing::warn!(connection.id = %connection.id, %error, "a connection cannot be used"),
        }
    }
    Ok(())
}

fn action_settings(config: &Config) -> ActionSettings {
    let hours = |hours: u32| Duration::from_secs(u64::from(hours) * 60 * 60);
    ActionSettings {
        self_approval: config.actions.self_approval,
        expiry: hours(config.actions.expiry_hours),
        reminder: hours(config.actions.reminder_hours),
        max_targets: config.actions.max_targets,
        ..Default::default()
    }
}

fn secrets(config: &Config) -> Vec<SecretString> {
    let previous = config.slack.previous_signing_secret.clone();
    std::iter::once(config.slack.signing_secret.clone()).chain(previous).collect()
}

/// One recorder a process, whatever is started in it.
fn metrics() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder().context("the metrics recorder")?;
    Ok(HANDLE.get_or_init(|| handle).clone())
}
