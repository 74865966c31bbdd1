//! What each connection offers, as told at start and after each check.

use crate::domain::{ConnectionId, Description, IntegrationId, WorkspaceId};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What a connection offers.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionCatalog {
    /// Which one.
    pub connection: ConnectionId,
    /// Of which integration.
    pub integration: IntegrationId,
    /// As people call it.
    pub title: String,
    /// Objects, relationships, templates.
    pub description: Description,
}

type Entries = BTreeMap<(WorkspaceId, ConnectionId), Arc<ConnectionCatalog>>;

/// The catalogs of all connections of this host.
#[derive(Debug, Default)]
pub struct Catalog {
    entries: RwLock<Entries>,
}

impl Catalog {
    /// Sets or replaces what a connection offers.
    pub fn set_schema(&self, workspace: &WorkspaceId, catalog: ConnectionCatalog) {
        let key = (workspace.clone(), catalog.connection.clone());
        self.entries.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::new(catalog));
    }

    /// Forgets a connection.
    pub fn remove(&self, workspace: &WorkspaceId, connection: &ConnectionId) {
        let key = (workspace.clone(), connection.clone());
        self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    /// What a connection offers.
    pub fn get(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Option<Arc<ConnectionCatalog>> {
        let key = (workspace.clone(), connection.clone());
        self.entries.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }
}
