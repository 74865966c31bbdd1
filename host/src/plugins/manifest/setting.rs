//! `[settings.*]`: what an admin is asked at connect.

use serde::Deserialize;

/// One question to the admin at connect. The configuration may answer it beforehand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The label.
    pub title: String,
    /// Filled in at first.
    #[serde(default)]
    pub default: Option<String>,
    /// A sentence below it.
    #[serde(default)]
    pub help: Option<String>,
    /// What it takes.
    #[serde(default)]
    pub kind: SettingKind,
    /// Answers to choose from.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// The label of an answer of one's own beside the choices; without it there are only the choices.
    #[serde(default)]
    pub other: Option<String>,
    /// Hosts that are refused in an address although the hosts of the manifest hold them, or with better words.
    #[serde(default)]
    pub refuse: Vec<RefusedHost>,
    /// The least of a number.
    #[serde(default)]
    pub min: u64,
    /// The most of a number.
    #[serde(default = "most")]
    pub max: u64,
    /// Asked under a fold: most people leave it.
    #[serde(default)]
    pub advanced: bool,
}

fn most() -> u64 {
    u64::MAX
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingKind {
    /// One line.
    #[default]
    Text,
    /// An https address of a host that the manifest names, without path, query and user name.
    Origin,
    /// A whole number.
    Number,
}

/// One answer to choose.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The answer.
    pub value: String,
    /// Its label.
    pub title: String,
}

/// Hosts that are refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedHost {
    /// A host name, or `*.` and a suffix.
    pub host: String,
    /// Why, and what to give instead.
    pub say: String,
}
