//! Every setting, read once at the start from a file and the environment; a wrong value stops the start with a sentence.

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use secrecy::SecretString;
use serde::Deserialize;
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};
use url::Url;

/// The whole configuration. `WEFT_` variables win over the file; `__` separates levels (`WEFT_SLACK__BOT_TOKEN`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where Weft listens and is found.
    #[serde(default)]
    pub server: ServerConfig,
    /// Where it keeps data.
    #[serde(default)]
    pub data: DataConfig,
    /// The Slack app.
    pub slack: SlackConfig,
    /// Who may do what.
    pub people: PeopleConfig,
    /// One entry an integration that needs an app of its own at the tool.
    #[serde(default)]
    pub integrations: BTreeMap<String, IntegrationConfig>,
    /// What integrations may reach.
    #[serde(default)]
    pub egress: EgressConfig,
    /// Limits of the plugin host.
    #[serde(default)]
    pub plugins: PluginConfig,
    /// Fetching.
    #[serde(default)]
    pub sync: SyncConfig,
    /// Boards.
    #[serde(default)]
    pub boards: BoardConfig,
    /// Requests and approvals.
    #[serde(default)]
    pub actions: ActionConfig,
    /// Logs.
    #[serde(default)]
    pub log: LogConfig,
}

/// `[server]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Address to listen on. Port 0 picks a free one.
    pub listen: SocketAddr,
    /// How browsers and Slack reach this server. The callback registered at a tool is this plus `/connect/callback`.
    pub public_url: Url,
}

/// `[data]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataConfig {
    /// Created at the first start, for the owner only.
    pub dir: PathBuf,
    /// Holds the key that seals secrets; created 0600 at the first start. Keep a copy apart from backups.
    pub key_file: PathBuf,
    /// The key itself, 64 hex digits, instead of a file.
    pub key: Option<SecretString>,
}

/// `[slack]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackConfig {
    /// From the app's Basic Information page.
    pub signing_secret: SecretString,
    /// An older secret that is still accepted while it is being replaced.
    pub previous_signing_secret: Option<SecretString>,
    /// `xoxb-...`, from the app's OAuth page.
    pub bot_token: SecretString,
    /// Channel for approval cards; without one, each approver gets a direct message.
    pub approvals_channel: Option<String>,
    /// Channel that is told each new record of the audit log; without one, nobody is.
    pub audit_channel: Option<String>,
    /// Slack's Web API.
    #[serde(default = "slack_api")]
    pub api_url: Url,
}

/// `[people]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleConfig {
    /// Slack user id of the owner.
    pub owner: String,
    /// Slack user ids of admins.
    #[serde(default)]
    pub admins: Vec<String>,
}

/// `[integrations.<id>]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntegrationConfig {
    /// The way to sign in: a name of the manifest's `auth`. None for `default`.
    pub sign_in: Option<String>,
    /// Of the app registered at the tool.
    pub client_id: Option<String>,
    /// Of the app registered at the tool.
    pub client_secret: Option<SecretString>,
    /// Whom Weft acts as, where a signed assertion says so.
    pub username: Option<String>,
    /// PEM file of the RSA key that signs assertions.
    pub private_key_file: Option<PathBuf>,
    /// For whom assertions are meant, where it is not what the manifest says.
    pub audience: Option<String>,
    /// Values for the settings the integration's manifest asks for; the connect page starts with them.
    pub settings: BTreeMap<String, String>,
    /// Records that can never be targets of an action, by key.
    pub protected: Vec<String>,
}

/// `[egress]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EgressConfig {
    /// `host:port` pairs that integrations may reach although they are private or loopback addresses or speak plain HTTP.
    pub allow_private: Vec<String>,
}

/// `[plugins]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PluginConfig {
    /// Instances alive at the same time; more calls wait.
    pub max_instances: u32,
}

/// `[sync]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SyncConfig {
    /// Hours between two fetches of a connection.
    pub interval_hours: u32,
    /// Objects fetched side by side for one connection.
    pub parallel_objects: usize,
}

/// `[boards]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BoardConfig {
    /// IANA name: what "today" means in filters.
    pub time_zone: String,
    /// MiB that the columns of all connections may take in memory; connections whose boards nobody looks at are dropped first.
    pub memory_mib: usize,
}

/// `[actions]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActionConfig {
    /// Whether a requester may approve their own request.
    pub self_approval: bool,
    /// Hours until an undecided request expires.
    pub expiry_hours: u32,
    /// Hours until approvers are reminded.
    pub reminder_hours: u32,
    /// Targets of one request, at most.
    pub max_targets: usize,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// As in `RUST_LOG`: `info`, `weft=debug`.
    pub filter: String,
    /// One JSON object a line instead of text.
    pub json: bool,
}

impl Config {
    /// Reads `file` (it may be missing when the environment says everything) and the environment.
    pub fn read(file: &std::path::Path) -> anyhow::Result<Self> {
        let config: Self = Figment::new()
            .merge(Toml::file_exact(file))
            .merge(Env::prefixed("WEFT_").split("__"))
            .extract()
            .map_err(|error| anyhow::anyhow!("the configuration is not usable: {error}"))?;
        config.check()?;
        Ok(config)
    }

    /// What types alone cannot say.
    pub fn check(&self) -> anyhow::Result<()> {
        use anyhow::ensure;
        ensure!(
            self.people.owner.starts_with(['U', 'W']),
            "people.owner is not a Slack user id (U... or W...): nobody could administer Weft"
        );
        ensure!(!self.server.public_url.cannot_be_a_base(), "server.public_url is not an address");
        ensure!(self.sync.interval_hours >= 1, "sync.interval_hours must be 1 or more");
        ensure!(self.plugins.max_instances >= 1, "plugins.max_instances must be 1 or more");
        ensure!((1..=500).contains(&self.actions.max_targets), "actions.max_targets must be from 1 to 500");
        ensure!(self.actions.expiry_hours >= 1, "actions.expiry_hours must be 1 or more");
        self.time_zone().map(drop)
    }

    /// What "today" means.
    pub fn time_zone(&self) -> anyhow::Result<jiff::tz::TimeZone> {
        jiff::tz::TimeZone::get(&self.boards.time_zone)
            .map_err(|_| anyhow::anyhow!("boards.time_zone {:?} is not an IANA time zone", self.boards.time_zone))
    }

    /// The entry of an integration, or an empty one.
    pub fn integration(&self, id: &str) -> IntegrationConfig {
        self.integrations.get(id).cloned().unwrap_or_default()
    }
}

#[expect(clippy::expect_used, reason = "a constant address")]
fn slack_api() -> Url {
    Url::parse("https://slack.com/api").expect("a constant address")
}

impl Default for ServerConfig {
    #[expect(clippy::expect_used, reason = "a constant address")]
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 8080).into(),
            public_url: Url::parse("http://127.0.0.1:8080").expect("a constant address"),
        }
    }
}

impl Default for DataConfig {
    fn default() -> Self {
        Self { dir: "data".into(), key_file: "weft.key".into(), key: None }
    }
}

impl Default for PluginConfig {
    fn default() -> Self {
        Self { max_instances: 64 }
    }
}

impl Default for SyncConfig {
    fn default() -> Self {
        Self { interval_hours: 24, parallel_objects: 4 }
    }
}

impl Default for BoardConfig {
    fn default() -> Self {
        Self { time_zone: "UTC".into(), memory_mib: 2048 }
    }
}

impl Default for ActionConfig {
    fn default() -> Self {
        Self { self_approval: false, expiry_hours: 72, reminder_hours: 24, max_targets: 500 }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info".into(), json: false }
    }
}
