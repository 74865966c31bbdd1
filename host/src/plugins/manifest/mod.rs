//! What an integration asks for, in its own words: TOML in the component's custom section `weft:manifest`, read without running
//! any of its code.

mod auth;
mod check;
mod section;
mod setting;
#[cfg(test)]
mod tests;
mod workspace;

pub use auth::{Audience, Auth, DEFAULT_SLOT, SignInError};
pub use section::{SECTION, pack};
pub use setting::{Choice, RefusedHost, Setting, SettingKind};

use crate::domain::{ActionName, IntegrationId};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The longest manifest, in bytes: far more than anybody writes by hand.
pub const MAX_BYTES: usize = 256 << 10;

/// What an integration asks for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `[a-z0-9-]`, stable for ever.
    pub id: IntegrationId,
    /// As people call the tool.
    pub name: String,
    /// The integration's own version.
    pub version: String,
    /// The version of the WIT package it was built against (`0.1`).
    pub wit: String,
    /// An SPDX expression.
    pub license: String,
    /// One sentence.
    #[serde(default)]
    pub summary: String,
    /// Where it may go while reading. Only an integration whose records are in a file goes nowhere.
    #[serde(default)]
    pub http: HttpRules,
    /// What each action may send on top of that.
    #[serde(default)]
    pub actions: BTreeMap<ActionName, ActionRules>,
    /// What an admin is asked at connect.
    #[serde(default)]
    pub settings: BTreeMap<String, Setting>,
    /// How it authenticates; `default` is used where a request names none.
    #[serde(default)]
    pub auth: BTreeMap<String, Auth>,
    /// What the tool's refusals of a sign-in mean, in words with what to do.
    #[serde(default)]
    pub sign_in_errors: Vec<SignInError>,
    /// How much it needs.
    #[serde(default)]
    pub limits: Limits,
    /// Price ids, for boards.
    #[serde(default)]
    pub prices: toml::Table,
}

/// Hosts and read rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpRules {
    /// The base URL, or a template with `{member}` of the token response or of the settings.
    pub base: String,
    /// Host names, or `*.` and a suffix.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// What may be sent at any time.
    #[serde(default)]
    pub read: Vec<Rule>,
}

/// The write rules of one action.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionRules {
    /// What may be sent while the action runs.
    #[serde(default)]
    pub write: Vec<Rule>,
}

/// One method on one path.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The method.
    pub method: Method,
    /// Segments; `*` stands for one segment, `**` at the end for any rest.
    pub path: String,
}

/// The methods there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

impl Method {
    /// As it is written on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// The method of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Get, Self::Post, Self::Patch, Self::Put, Self::Delete].into_iter().find(|method| method.as_str() == name)
    }
}

/// How much the integration needs. The host has its own ceilings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Of guest memory, in MiB, all memories and tables together.
    pub memory_mib: u32,
    /// Wall time of one call.
    pub call_seconds: u32,
    /// Time of one call in which the guest computes.
    pub cpu_seconds: u32,
    /// Of one response, unpacked, in MiB.
    pub response_mib: u32,
    /// To the tool, for one connection.
    pub requests_per_second: u32,
    /// To the tool at the same time, for one connection.
    pub concurrent_requests: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_mib: 64,
            call_seconds: 60,
            cpu_seconds: 10,
            response_mib: 8,
            requests_per_second: 10,
            concurrent_requests: 4,
        }
    }
}

/// Why a manifest is refused: a sentence for its author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ManifestError(pub String);

impl Manifest {
    /// Reads and checks the text of a manifest.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self =
            toml::from_str(text).map_err(|error| ManifestError(error.to_string().trim().to_owned()))?;
        check::check(&manifest)?;
        Ok(manifest)
    }

    /// The auth slot of this name: an entry that stands for another one is none.
    pub fn auth(&self, slot: &str) -> Option<&Auth> {
        self.auth.get(slot).filter(|auth| auth.stands_for().is_none())
    }

    /// Whether its requests carry the bot token of the workspace where Weft is installed.
    pub fn is_of_workspace(&self) -> bool {
        self.auth.values().any(|auth| *auth == Auth::Workspace)
    }

    /// Whether its records are in a file that the host reads.
    pub fn is_of_file(&self) -> bool {
        self.auth.values().any(|auth| *auth == Auth::File)
    }

    /// The ways to sign in for a slot, by name: its own entry, and those that stand for it.
    pub fn ways(&self, slot: &str) -> impl Iterator<Item = (&str, &Auth)> {
        let fits = move |name: &str, auth: &Auth| auth.stands_for().unwrap_or(name) == slot;
        self.auth.iter().map(|(name, auth)| (name.as_str(), auth)).filter(move |(name, auth)| fits(name, auth))
    }

    /// What a refused sign-in means, when the manifest knows it. `said` is all the tool said: codes and descriptions.
    pub fn sign_in_error(&self, said: &str) -> Option<&str> {
        let said = said.to_lowercase();
        let known = self.sign_in_errors.iter().find(|known| said.contains(&known.contains.to_lowercase()));
        known.map(|known| known.say.as_str())
    }
}
