//! What each connection offers, as told at start and after each check.

use super::definition::ConnectionCatalog;
use super::derived::DerivedFields;
use crate::domain::{ConnectionId, Paused, WorkspaceId};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What a connection offers, and what the host makes of it.
#[derive(Clone, Debug)]
pub struct Offer {
    /// As it was told.
    pub catalog: ConnectionCatalog,
    /// The derived fields that hold together.
    pub derived: DerivedFields,
}

type Entries = BTreeMap<(WorkspaceId, ConnectionId), Arc<Offer>>;

/// The catalogs of all connections of this host.
#[derive(Debug)]
pub struct Catalog {
    entries: RwLock<Entries>,
    paused: RwLock<BTreeMap<(WorkspaceId, ConnectionId), Paused>>,
    zone: TimeZone,
}

impl Catalog {
    /// Nothing is offered yet. The zone says whose days are meant in the filters of derived fields.
    pub fn new(zone: TimeZone) -> Self {
        Self { entries: RwLock::default(), paused: RwLock::default(), zone }
    }

    /// Sets or replaces what a connection offers. Derived fields that do not hold together are left out, and logged when they did
    /// not stand among those left out before.
    pub fn set_schema(&self, workspace: &WorkspaceId, catalog: ConnectionCatalog) {
        let key = (workspace.clone(), catalog.connection.clone());
        let derived = DerivedFields::new(&catalog, &self.zone);
        let offer = Arc::new(Offer { catalog, derived });
        let before = self.entries.write().unwrap_or_else(PoisonError::into_inner).insert(key, offer.clone());
        let known = before.as_ref().map(|before| before.derived.faults()).unwrap_or_default();
        for fault in offer.derived.faults().iter().filter(|fault| !known.contains(fault)) {
            tracing::warn!(connection.id = %offer.catalog.connection, "{fault}");
        }
    }

    /// Forgets a connection.
    pub fn remove(&self, workspace: &WorkspaceId, connection: &ConnectionId) {
        let key = (workspace.clone(), connection.clone());
        self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(&key);
        self.set_paused(workspace, connection, None);
    }

    /// Says whether a connection is not fetched just now.
    pub fn set_paused(&self, workspace: &WorkspaceId, connection: &ConnectionId, paused: Option<Paused>) {
        let key = (workspace.clone(), connection.clone());
        let mut known = self.paused.write().unwrap_or_else(PoisonError::into_inner);
        match paused {
            Some(paused) => known.insert(key, paused),
            None => known.remove(&key),
        };
    }

    /// Who stopped the fetching of a connection, and when.
    pub fn paused(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Option<Paused> {
        let known = self.paused.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&(workspace.clone(), connection.clone())).cloned()
    }

    /// What all connections of a workspace offer.
    pub fn all(&self, workspace: &WorkspaceId) -> Vec<Arc<Offer>> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.iter().filter(|((of, _), _)| of == workspace).map(|(_, offer)| offer.clone()).collect()
    }

    /// What a connection offers.
    pub fn get(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Option<Arc<Offer>> {
        let key = (workspace.clone(), connection.clone());
        self.entries.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }
}
