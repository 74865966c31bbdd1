//! What a workspace starts with: the app's secrets, people, channels and user groups.

use serde::{Deserialize, Serialize};

use super::clock::ClockMode;

/// Settings of one simulated workspace.
#[derive(Clone, Debug)]
pub struct SlackOptions {
    /// 0 takes a free port.
    pub port: u16,
    pub team: Team,
    /// The app's name as shown in the sidebar and on its messages.
    pub app_name: String,
    pub signing_secret: String,
    pub bot_token: String,
    /// Needed for Socket Mode.
    pub app_token: Option<String>,
    /// OAuth client id and secret, for `oauth.v2.access`.
    pub client: (String, String),
    /// Scopes of the bot token.
    pub scopes: Vec<String>,
    /// Slash commands of the app, with the leading slash.
    pub commands: Vec<String>,
    pub users: Vec<User>,
    pub channels: Vec<Channel>,
    pub groups: Vec<Group>,
    pub switches: Switches,
    pub clock: ClockMode,
}

/// Behaviour that a test or the demo may switch while the workspace runs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Switches {
    /// Whether table, data_table and other blocks still being rolled out are known to this workspace.
    pub new_blocks: bool,
    /// Whether data_table takes buttons in cells.
    pub action_cells: bool,
    /// Whether calls and posts beyond the rate limits are answered with 429.
    pub rate_limits: bool,
    /// Whether a message without `text` counts as a violation.
    pub require_text: bool,
    /// Milliseconds between `files.completeUploadExternal` and the file's appearance in the channel.
    pub share_delay_ms: u64,
    /// Whether the workspace's plan has user groups.
    pub user_groups: bool,
    /// Users from whom on `users.list` refuses to give all at once.
    pub limit_required_from: usize,
}

impl Default for Switches {
    fn default() -> Self {
        Switches {
            new_blocks: true,
            action_cells: true,
            rate_limits: true,
            require_text: true,
            share_delay_ms: 300,
            user_groups: true,
            limit_required_from: 1_000,
        }
    }
}

/// The workspace itself.
#[derive(Clone, Debug, Serialize)]
pub struct Team {
    pub id: String,
    pub domain: String,
    pub name: String,
    /// Set for a workspace of an Enterprise Grid org.
    pub enterprise: Option<String>,
    /// Whether the app was installed for the whole org: interaction payloads then carry no `team`.
    pub org_install: bool,
}

/// A person (or a bot) of the workspace.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// `U...`
    pub id: String,
    /// Login name.
    pub name: String,
    pub real_name: String,
    pub email: String,
    /// Job title, shown in the page.
    pub title: String,
    pub is_admin: bool,
    pub is_owner: bool,
    pub is_bot: bool,
    pub deleted: bool,
    /// A guest of some channels.
    pub is_restricted: bool,
    /// A guest of one channel.
    pub is_ultra_restricted: bool,
    /// Was invited, and has not signed in.
    pub is_invited: bool,
    /// Slack tells it to few apps only.
    pub has_2fa: Option<bool>,
    /// Seconds since 1970.
    pub updated: i64,
}

/// When everything of a workspace was changed last, unless said otherwise.
pub const UPDATED: i64 = 1_700_000_000;

impl User {
    /// A plain member whose email is made from the login name.
    pub fn new(id: &str, name: &str, real_name: &str) -> User {
        User {
            id: id.into(),
            name: name.into(),
            real_name: real_name.into(),
            email: format!("{name}@example.com"),
            title: String::new(),
            is_admin: false,
            is_owner: false,
            is_bot: false,
            deleted: false,
            is_restricted: false,
            is_ultra_restricted: false,
            is_invited: false,
            has_2fa: None,
            updated: UPDATED,
        }
    }

    pub fn titled(self, title: &str) -> User {
        User { title: title.into(), ..self }
    }

    pub fn admin(self) -> User {
        User { is_admin: true, ..self }
    }

    pub fn owner(self) -> User {
        User { is_admin: true, is_owner: true, ..self }
    }
}

/// A public or private channel, or a direct message.
#[derive(Clone, Debug, Serialize)]
pub struct Channel {
    /// `C...`, or `D...` for a direct message.
    pub id: String,
    /// Without the `#`; empty for a direct message.
    pub name: String,
    pub topic: String,
    pub is_private: bool,
    pub is_im: bool,
    pub is_archived: bool,
    pub members: Vec<String>,
}

impl Channel {
    /// A public channel with these members; add the bot's user id to let the app in.
    pub fn new(id: &str, name: &str, members: &[&str]) -> Channel {
        Channel {
            id: id.into(),
            name: name.into(),
            topic: String::new(),
            is_private: false,
            is_im: false,
            is_archived: false,
            members: members.iter().map(|member| (*member).into()).collect(),
        }
    }
}

/// A user group.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// `S...`
    pub id: String,
    pub handle: String,
    pub name: String,
    pub users: Vec<String>,
    /// Seconds since 1970, for a group that was disabled.
    pub disabled: Option<i64>,
}

impl Group {
    /// A group with these users in it.
    pub fn new(id: &str, handle: &str, name: &str, users: &[&str]) -> Group {
        Group {
            id: id.into(),
            handle: handle.into(),
            name: name.into(),
            users: users.iter().map(|user| (*user).into()).collect(),
            disabled: None,
        }
    }
}

/// User id of the app's bot in every simulated workspace.
pub const BOT_USER: &str = "U0WEFTBOT";
/// Bot id of the app.
pub const BOT_ID: &str = "B0WEFT";
/// App id.
pub const APP_ID: &str = "A0WEFT";

const SCOPES: [&str; 11] = [
    "commands",
    "chat:write",
    "im:write",
    "users:read",
    "users:read.email",
    "files:write",
    "files:read",
    "usergroups:read",
    "channels:read",
    "groups:read",
    "im:read",
];

impl Default for SlackOptions {
    /// A small company: Ada owns the workspace, Grace approves, Linus and Margaret are members; #general and #it-admins.
    fn default() -> Self {
        let everyone = ["U0ADA", "U0GRACE", "U0LINUS", "U0MARGARET", BOT_USER];
        SlackOptions {
            port: 0,
            team: Team {
                id: "T0ACME".into(),
                domain: "acme".into(),
                name: "Acme".into(),
                enterprise: None,
                org_install: false,
            },
            app_name: "Weft".into(),
            signing_secret: "simulated-signing-secret".into(),
            bot_token: "xoxb-simulated".into(),
            app_token: Some("xapp-simulated".into()),
            client: ("simulated.client".into(), "simulated-client-secret".into()),
            scopes: SCOPES.map(String::from).to_vec(),
            commands: vec!["/weft".into(), "/boards".into()],
            users: vec![
                User::new("U0ADA", "ada", "Ada Lovelace").owner().titled("IT admin"),
                User::new("U0GRACE", "grace", "Grace Hopper").admin().titled("Head of IT, approver"),
                User::new("U0LINUS", "linus", "Linus Berg").titled("Sales operations"),
                User::new("U0MARGARET", "margaret", "Margaret Hale").titled("Finance"),
            ],
            channels: vec![
                Channel {
                    topic: "Company-wide announcements".into(),
                    ..Channel::new("C0GENERAL", "general", &everyone)
                },
                Channel {
                    topic: "SaaS tools, licences and access".into(),
                    ..Channel::new("C0ADMINS", "it-admins", &["U0ADA", "U0GRACE", "U0LINUS", BOT_USER])
                },
                Channel { topic: "Weft is not in here".into(), ..Channel::new("C0RANDOM", "random", &everyone[..4]) },
            ],
            groups: vec![Group::new("S0APPROVERS", "approvers", "Approvers", &["U0GRACE"])],
            switches: Switches::default(),
            clock: ClockMode::Running,
        }
    }
}
