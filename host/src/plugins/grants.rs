//! The one place that decides whether a guest may send a request. A capability needs two keys: the manifest asks, the operator
//! grants; the refusal says which key is missing.

mod address;
mod path;
#[cfg(test)]
mod tests;

pub use address::is_public;

use super::manifest::{Manifest, Method};
use crate::domain::ActionName;
use path::{Pattern, Segments};
use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;
use url::{Host, Url};

/// A host with its port, as the operator writes it (`127.0.0.1:4001`, `localhost:8080`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct HostPort {
    host: String,
    port: u16,
}

impl HostPort {
    /// The host and port a URL leads to; none for a URL without host.
    pub fn of(url: &Url) -> Option<Self> {
        Some(Self { host: url.host_str()?.to_owned(), port: url.port_or_known_default()? })
    }
}

impl std::str::FromStr for HostPort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed =
            Url::parse(&format!("http://{text}/")).ok().filter(|url| url.port().is_some() && url.path() == "/");
        let sentence = || format!("`{text}` is no host with port, such as `127.0.0.1:4001`");
        parsed.as_ref().and_then(Self::of).ok_or_else(sentence)
    }
}

impl TryFrom<String> for HostPort {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// What the operator grants to all integrations.
#[derive(Clone, Debug, Default)]
pub struct Operator {
    /// Private places that may be reached, also without TLS: simulators, tools inside the company.
    pub allow_private: HashSet<HostPort>,
    /// When not empty, the only host names that may be reached, whatever a manifest asks: exact, or `*.` and a suffix.
    pub only_hosts: Vec<String>,
}

/// During which call a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase<'a> {
    /// Checking, fetching, preparing, verifying.
    Reading,
    /// Running this action.
    Running(&'a ActionName),
}

/// What kind of rule allowed a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// A read rule: nothing changes in the tool.
    Read,
    /// A write rule of the running action.
    Write,
}

/// A permitted request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// By which kind of rule.
    pub permit: Permit,
    /// To a place the operator opened by name: its address may be private.
    pub private: bool,
}

/// Which key is missing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Refusal {
    #[error("the manifest does not name the host `{0}`: add it to `http.hosts`")]
    HostNotAsked(String),
    #[error("the operator does not allow the host `{0}`: it is not in `only_hosts`")]
    HostNotGranted(String),
    #[error("`{0}` is not a public address: the operator has not opened it in `allow_private`")]
    Private(String),
    #[error("`{0}` is plain http: only https is sent, except to a place the operator opened in `allow_private`")]
    PlainHttp(String),
    #[error("the port {0} is neither 443 nor the port of the base URL")]
    Port(u16),
    #[error("the URL is not one the host sends: {0}")]
    Url(&'static str),
    #[error("no read rule of the manifest allows {method} {path}")]
    NoReadRule { method: &'static str, path: String },
    #[error("no read rule, and no write rule of the action `{action}`, allows {method} {path}")]
    NoWriteRule { action: ActionName, method: &'static str, path: String },
}

impl Refusal {
    /// Short and stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::HostNotAsked(_) => "host-not-in-manifest",
            Self::HostNotGranted(_) => "host-not-granted",
            Self::Private(_) => "private-address",
            Self::PlainHttp(_) => "plain-http",
            Self::Port(_) => "port-not-allowed",
            Self::Url(_) => "url-refused",
            Self::NoReadRule { .. } => "no-read-rule",
            Self::NoWriteRule { .. } => "no-write-rule",
        }
    }
}

/// The rules of one integration under one operator.
#[derive(Clone, Debug)]
pub struct Grants {
    hosts: Vec<String>,
    read: Vec<(Method, Pattern)>,
    write: BTreeMap<ActionName, Vec<(Method, Pattern)>>,
    operator: Operator,
}

impl Grants {
    /// Both keys together.
    pub fn new(manifest: &Manifest, operator: Operator) -> Self {
        let patterns = |rules: &[super::manifest::Rule]| {
            rules.iter().map(|rule| (rule.method, Pattern::new(&rule.path))).collect::<Vec<_>>()
        };
        let write = manifest.actions.iter().map(|(name, action)| (name.clone(), patterns(&action.write))).collect();
        Self { hosts: manifest.http.hosts.clone(), read: patterns(&manifest.http.read), write, operator }
    }

    /// Whether this request may be sent. `base` is the connection's own base URL, whose host counts as asked for.
    pub fn check(&self, base: &Url, method: Method, url: &Url, phase: Phase<'_>) -> Result<Grant, Refusal> {
        let private = self.check_place(Some(base), url)?;
        let permit = self.check_rules(method, url, phase)?;
        Ok(Grant { permit, private })
    }

    /// Whether the host itself may go there to log in. No base is known yet, so the manifest must name the host, or the operator
    /// must have opened the place by name. True: by name.
    pub fn check_login(&self, url: &Url) -> Result<bool, Refusal> {
        let opened = HostPort::of(url).is_some_and(|place| self.operator.allow_private.contains(&place));
        self.check_place(opened.then_some(url), url)
    }

    fn check_place(&self, base: Option<&Url>, url: &Url) -> Result<bool, Refusal> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Url("it holds a user name or a password"));
        }
        let (Some(place), Some(host)) = (HostPort::of(url), url.host()) else {
            return Err(Refusal::Url("it has no host"));
        };
        let at_base = base.and_then(HostPort::of).as_ref() == Some(&place);
        if base.and_then(Url::host) != Some(host.clone())
            && !self.hosts.iter().any(|pattern| host_matches(pattern, &place.host))
        {
            return Err(Refusal::HostNotAsked(place.host));
        }
        if self.operator.allow_private.contains(&place) {
            return if matches!(url.scheme(), "http" | "https") {
                Ok(true)
            } else {
                Err(Refusal::Url("it is not http"))
            };
        }
        let only = &self.operator.only_hosts;
        if !only.is_empty() && !only.iter().any(|pattern| host_matches(pattern, &place.host)) {
            return Err(Refusal::HostNotGranted(place.host));
        }
        if private_literal(&host) {
            return Err(Refusal::Private(place.host));
        }
        match url.scheme() {
            "https" if place.port == 443 || at_base => Ok(false),
            "https" => Err(Refusal::Port(place.port)),
            "http" => Err(Refusal::PlainHttp(place.host)),
            _ => Err(Refusal::Url("it is not http")),
        }
    }

    fn check_rules(&self, method: Method, url: &Url, phase: Phase<'_>) -> Result<Permit, Refusal> {
        if url.query_pairs().any(|(name, _)| ["_method", "_httpmethod"].contains(&name.to_ascii_lowercase().as_str())) {
            return Err(Refusal::Url("its query asks for another method than its own"));
        }
        let segments = Segments::of(url).map_err(Refusal::Url)?;
        let allows =
            |rules: &[(Method, Pattern)]| rules.iter().any(|(rule, path)| *rule == method && path.matches(&segments));
        if allows(&self.read) {
            return Ok(Permit::Read);
        }
        let (method, path) = (method.as_str(), url.path().to_owned());
        match phase {
            Phase::Running(action) if self.write.get(action).is_some_and(|rules| allows(rules)) => Ok(Permit::Write),
            Phase::Running(action) => Err(Refusal::NoWriteRule { action: action.clone(), method, path }),
            Phase::Reading => Err(Refusal::NoReadRule { method, path }),
        }
    }
}

/// Whether a host name fits a pattern: itself, or any name under the suffix after `*.`.
pub fn host_matches(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(suffix) => host.strip_suffix(suffix).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => pattern == host,
    }
}

/// Addresses written as such are judged here; names are judged again after the look-up.
fn private_literal(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => !is_public(IpAddr::V4(*address)),
        Host::Ipv6(address) => !is_public(IpAddr::V6(*address)),
        Host::Domain(_) => false,
    }
}
