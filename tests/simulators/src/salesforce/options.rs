//! How an org is made.

use super::schema::Permissions;
use std::time::Duration;

/// What kind of org to start. `OrgOptions::default()` is an org of 1,000 users on a free port.
#[derive(Clone, Debug)]
pub struct OrgOptions {
    /// Everything seeded follows from it.
    pub seed: u64,
    /// How many users: 20 to 1,000,000 are sensible. Fewer than 20 become 20.
    pub users: u32,
    /// How many roles, in one tree.
    pub roles: u32,
    /// How many active administrators; 1 makes that one the last.
    pub admins: u32,
    /// About how many assignments of permission sets, those for the sets of profiles included; `None`: three a user.
    pub permission_set_assignments: Option<u32>,
    /// About how many logins the last 180 days saw; `None`: five a user. Failed ones come on top.
    pub logins: Option<u32>,
    /// How many tokens people gave to apps; `None`: one for every second user.
    pub oauth_tokens: Option<u32>,
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The moment the org's clock stands at, in milliseconds since 1970; `None` follows the machine's clock.
    pub now: Option<i64>,
    /// The name of the app that may connect, as `OauthToken` shows it.
    pub app_name: String,
    /// The app that may connect.
    pub client_id: String,
    /// Its secret; `None` makes it a public client, which must not send one.
    pub client_secret: Option<String>,
    /// Callback addresses the app registered; empty allows any on the loopback interface.
    pub redirect_uris: Vec<String>,
    /// Whether a refresh gives a new refresh token and kills the old one.
    pub rotate_refresh_tokens: bool,
    /// Whether authorization without PKCE is refused.
    pub require_pkce: bool,
    /// Whether the app has a run-as user for the client credentials flow.
    pub client_credentials: bool,
    /// The public key (PEM) the app registered for the JWT bearer flow, if it did.
    pub jwt_public_key: Option<String>,
    /// API calls in 24 hours.
    pub daily_requests: u64,
    /// Data calls a session lives for; `None`: any number.
    pub session_requests: Option<u64>,
    /// How long a session lives, on tokio's clock; `None`: for ever.
    pub session_lifetime: Option<Duration>,
    /// Most rows of a query page. Salesforce's is 2,000 and wide rows give fewer: small values make many pages.
    pub page_rows: usize,
    /// Whether Bulk jobs may read the login history. Nobody has said whether Salesforce's may.
    pub bulk_login_history: bool,
    /// Whether answers are packed for clients that ask for it. Off, a bench measures the client and not the packing.
    pub gzip: bool,
    /// What the connection's own user may do.
    pub permissions: Permissions,
}

impl Default for OrgOptions {
    fn default() -> OrgOptions {
        OrgOptions {
            seed: 1,
            users: 1000,
            roles: 40,
            admins: 3,
            permission_set_assignments: None,
            logins: None,
            oauth_tokens: None,
            port: 0,
            now: None,
            app_name: "Weft".into(),
            client_id: "weft-local-client".into(),
            client_secret: Some("weft-local-secret".into()),
            redirect_uris: Vec::new(),
            rotate_refresh_tokens: true,
            require_pkce: true,
            client_credentials: true,
            jwt_public_key: None,
            daily_requests: 100_000,
            session_requests: None,
            session_lifetime: None,
            page_rows: 2000,
            bulk_login_history: true,
            gzip: true,
            permissions: Permissions::ALL,
        }
    }
}
