//! Who may run a guest now. Waiting happens here, before an instance is asked for: an empty pool would refuse.

use crate::domain::{ErrorClass, Fault, WorkspaceId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a call waits for a place before it is told to come back.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// The places there are.
pub struct Admission {
    all: Arc<Semaphore>,
    share: usize,
    tenants: Mutex<HashMap<WorkspaceId, Arc<Semaphore>>>,
}

/// A place, until it is dropped.
pub struct Place {
    _all: OwnedSemaphorePermit,
    _share: Option<OwnedSemaphorePermit>,
}

impl Admission {
    /// Room for `places` calls, of which one workspace may have half: the others never wait for it alone.
    pub fn new(places: u32) -> Self {
        let places = places as usize;
        Self { all: Arc::new(Semaphore::new(places)), share: places.div_ceil(2), tenants: Mutex::default() }
    }

    /// Waits for a place.
    pub async fn enter(&self, workspace: Option<&WorkspaceId>) -> Result<Place, Fault> {
        let share = workspace.map(|workspace| self.share_of(workspace));
        let wait = async {
            let share = match share {
                Some(share) => Some(share.acquire_owned().await.ok()?),
                None => None,
            };
            let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some(Place { _all: all, _share: share })
        };
        let busy = || {
            Fault::new(
                ErrorClass::Retry,
                "busy",
                "Weft is busy with other integrations; nothing was done. Try again in a minute.",
            )
        };
        tokio::time::timeout(MAX_WAIT, wait).await.ok().flatten().ok_or_else(busy)
    }

    fn share_of(&self, workspace: &WorkspaceId) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        // Those with nothing running are forgotten, so that the map does not grow for ever.
        if tenants.len() > 1_000 {
            tenants.retain(|_, share| Arc::strong_count(share) > 1);
        }
        Arc::clone(tenants.entry(workspace.clone()).or_insert_with(|| Arc::new(Semaphore::new(self.share))))
    }
}
