//! Start and wiring: every part is made once, here, and told what it needs.

mod bridge;
mod workers;

use crate::{
    actions::Actions,
    boards::Boards,
    config::Config,
    connections::Connections,
    domain::WorkspaceId,
    people::People,
    plugins::{EgressSettings, Integration, PluginSettings, Plugins},
    slack::{self, Door},
    store::{Claim, JobKind, Store, StoreSettings, seal::Sealer},
    sync::Syncs,
    web::{self, Web},
};
use anyhow::Context;
use bridge::{BoardWatcher, Bridge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
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
}

impl Hands {
    async fn work(&self, claim: &Claim) -> anyhow::Result<()> {
        match claim.job.kind {
            JobKind::Inbox | JobKind::Notify => self.slack.work(claim).await,
            JobKind::Sync => self.syncs.work(claim).await,
            JobKind::Run | JobKind::Timer => self.actions.work(claim).await,
        }
    }
}
