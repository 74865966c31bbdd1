//! The pools of connections, and the look-up that only lets public addresses through.

use crate::plugins::grants::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A connection that is not made after this long will not be.
const CONNECT: Duration = Duration::from_secs(10);
/// Idle connections are closed before most servers close them.
const IDLE: Duration = Duration::from_secs(50);
/// Idle connections kept for one host.
const IDLE_PER_HOST: usize = 32;

/// Two pools: one that reaches public addresses only, one for the places the operator opened by name.
pub struct Egress {
    public: reqwest::Client,
    private: reqwest::Client,
}

impl Egress {
    /// Pools with this user agent. Proxies from the environment are not used: a proxy would look names up itself, and the
    /// check after the look-up would be void.
    pub fn new(user_agent: &str) -> anyhow::Result<Self> {
        let builder = || {
            reqwest::Client::builder()
                .user_agent(user_agent)
                .redirect(Policy::none())
                .referer(false)
                .no_proxy()
                .connect_timeout(CONNECT)
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(IDLE_PER_HOST)
                .tcp_nodelay(true)
        };
        let public = builder().dns_resolver(Arc::new(PublicOnly)).build()?;
        Ok(Self { public, private: builder().build()? })
    }

    /// The pool for a permitted place.
    pub fn client(&self, private: bool) -> &reqwest::Client {
        if private { &self.private } else { &self.public }
    }
}

/// A name led to addresses that are not public, and to no other.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` does not lead to a public address")]
pub struct NotPublic(pub String);

impl NotPublic {
    /// The refusal inside an error of the client, however deep.
    pub fn within(error: &reqwest::Error) -> Option<&Self> {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            cause = error.source();
        }
        None
    }
}

/// Looks names up and drops what is not public. The connection is made to what is left, so a second look-up cannot differ.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<SocketAddr> = found.into_iter().filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic(name.as_str().to_owned()).into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}
