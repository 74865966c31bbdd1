//! An Okta org on the loopback interface: strict, stateful, the same for the same seed, and troublesome on request.
//!
//! `Okta::start` serves the org authorization server, the management API as far as an admin's tool uses it, and a page for people;
//! `Okta::org` is the handle by which a test looks at the org, changes it behind the connection's back, and queues faults. Rules and
//! answers follow Okta's OpenAPI documents, release 2026.06.3; where those are silent, what clients in the field are written against.

mod answer;
mod api;
mod faults;
mod filter;
mod html;
mod http;
mod journal;
mod listing;
mod oauth;
mod options;
mod org;
mod rate;
mod seed;
mod state;
#[cfg(test)]
mod tests;
mod time;

pub use faults::Fault;
pub use journal::Entry;
pub use options::{OktaOptions, Person, Role, SCOPES};
pub use org::Org;

use anyhow::Context;
use org::Inner;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running org. Dropping it stops it without waiting.
pub struct Okta {
    org: Org,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Okta {
    /// Starts an org; fails when the port is taken.
    pub async fn start(options: OktaOptions) -> anyhow::Result<Self> {
        let port = options.port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .with_context(|| format!("the simulated Okta org cannot listen on port {port}"))?;
        let url = format!("http://{}", listener.local_addr()?);
        let org = Org(Arc::new(Inner::new(options, url)));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, http::service(Arc::clone(&org.0))).with_graceful_shutdown(async move {
            // A dropped sender means stop as well.
            let _ = stopped.await;
        });
        Ok(Self { org, stop, server: tokio::spawn(server.into_future()) })
    }

    /// `http://127.0.0.1:port`, as others have `https://acme.okta.com`.
    pub fn url(&self) -> &str {
        &self.org.0.url
    }

    /// The handle for tests.
    pub fn org(&self) -> Org {
        self.org.clone()
    }

    /// Lets calls under way finish, and stops.
    pub async fn shutdown(self) -> anyhow::Result<()> {
        self.org.clear_faults();
        // The server may be gone already.
        let _ = self.stop.send(());
        self.server.await??;
        Ok(())
    }
}
