//! A Salesforce org on the loopback interface: strict, stateful, the same for the same seed, and troublesome on request.
//!
//! `Salesforce::start` serves OAuth, `/services/data` and a page for people; `Salesforce::org` is the handle by which a test looks at the org,
//! changes it behind the connection's back, and queues faults. People are computed from the seed, so an org of a million costs no more
//! memory than what was changed in it.

mod access;
mod answer;
mod api;
mod approvals;
mod change;
mod data;
mod fail;
mod faults;
mod html;
mod http;
mod id;
mod journal;
mod oauth;
mod options;
mod org;
mod schema;
mod soql;
mod sync;
#[cfg(test)]
mod tests;
mod time;
mod value;

pub use faults::{Fault, Gate};
pub use journal::Entry;
pub use options::OrgOptions;
pub use org::{Org, Settings};
pub use schema::{Object, Permission, Permissions};

use anyhow::Context;
use org::Inner;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running org. Dropping it stops it without waiting.
pub struct Salesforce {
    org: Org,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Salesforce {
    /// Starts an org; fails when the port is taken.
    pub async fn start(options: OrgOptions) -> anyhow::Result<Salesforce> {
        let port = options.port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .with_context(|| format!("the simulated Salesforce org cannot listen on port {port}"))?;
        let url = format!("http://{}", listener.local_addr()?);
        let inner = tokio::task::spawn_blocking(move || Inner::new(options, url)).await?;
        let org = Org(Arc::new(inner));
        let (stop, stopped) = oneshot::channel::<()>();
        let service = http::service(Arc::clone(&org.0));
        let server = axum::serve(http::Connections(listener), service).with_graceful_shutdown(async move {
            // A dropped sender means stop as well.
            let _ = stopped.await;
        });
        Ok(Salesforce { org, stop, server: tokio::spawn(async move { server.await }) })
    }

    /// `http://127.0.0.1:port`: the instance address, and the login host.
    pub fn url(&self) -> &str {
        &self.org.0.url
    }

    /// The handle for tests.
    pub fn org(&self) -> Org {
        self.org.clone()
    }

    /// Opens every gate, lets calls under way finish, and stops.
    pub async fn shutdown(self) -> anyhow::Result<()> {
        self.org.clear_faults();
        // The server may be gone already.
        let _ = self.stop.send(());
        self.server.await??;
        Ok(())
    }
}
