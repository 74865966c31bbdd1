//! `[auth.*]`: the ways to authenticate to the tool, and what its refusals mean.

use serde::Deserialize;

/// The slot of requests that name none.
pub const DEFAULT_SLOT: &str = "default";

/// How the tool is authenticated to. URLs may hold `{setting}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Auth {
    /// A person authorizes in the browser.
    Oauth2Code {
        /// The slot this entry is another way for; the configuration chooses by `sign_in`.
        #[serde(default)]
        stands_for: Option<String>,
        /// The authorization endpoint.
        authorize: String,
        /// The token endpoint.
        token: String,
        /// The revocation endpoint: it takes `token=...` as a form (RFC 7009).
        #[serde(default)]
        revoke: Option<String>,
        /// The revocation endpoint wants the client's id and secret as well (RFC 7009, 2.1).
        #[serde(default)]
        revoke_as_client: bool,
        /// What is asked for.
        #[serde(default)]
        scopes: Vec<String>,
        /// With a code challenge (S256).
        #[serde(default = "yes")]
        pkce: bool,
        /// There is a refresh token, and it may change with each refresh: one refresh is tried before anything is connected.
        #[serde(default)]
        rotates: bool,
        /// Texts in the body of a 401 that no renewal helps against.
        #[serde(default)]
        not_expired: Vec<String>,
    },
    /// The client authorizes itself with its secret (RFC 6749, 4.4).
    Oauth2Client {
        /// As above.
        #[serde(default)]
        stands_for: Option<String>,
        /// The token endpoint.
        token: String,
        /// What is asked for.
        #[serde(default)]
        scopes: Vec<String>,
        /// As above.
        #[serde(default)]
        not_expired: Vec<String>,
    },
    /// The client signs an assertion that a user lets it in (RFC 7523), RS256.
    Oauth2Jwt {
        /// As above.
        #[serde(default)]
        stands_for: Option<String>,
        /// The token endpoint.
        token: String,
        /// For whom the assertion is meant.
        audience: String,
        /// Other audiences, by the host of the token endpoint; the first that fits counts.
        #[serde(default)]
        audiences: Vec<Audience>,
        /// What is asked for.
        #[serde(default)]
        scopes: Vec<String>,
        /// As above.
        #[serde(default)]
        not_expired: Vec<String>,
    },
    /// A key in a header or in a query member: exactly one of the two.
    ApiKey {
        /// The header.
        #[serde(default)]
        header: Option<String>,
        /// The query member.
        #[serde(default)]
        query: Option<String>,
        /// Before the key (`Token `).
        #[serde(default)]
        prefix: Option<String>,
    },
    /// User name and password.
    Basic,
    /// A token that a person pastes.
    Bearer,
    /// The bot token of the Slack workspace where Weft is installed: nobody logs in anywhere.
    Workspace,
    /// There is no tool: the host reads a file that a person gave it, and the integration says what is in it.
    File,
    /// Nothing.
    None,
}

fn yes() -> bool {
    true
}

/// For whom an assertion is meant at some hosts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// A host name, or `*.` and a suffix.
    pub host: String,
    /// The audience there.
    pub audience: String,
}

/// What a refusal of the tool's login means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInError {
    /// Part of the error code or of its description, in any case.
    pub contains: String,
    /// What is wrong and what to do, as sentences.
    pub say: String,
}

impl Auth {
    /// The slot this entry is another way for.
    pub fn stands_for(&self) -> Option<&str> {
        match self {
            Self::Oauth2Code { stands_for, .. }
            | Self::Oauth2Client { stands_for, .. }
            | Self::Oauth2Jwt { stands_for, .. } => stands_for.as_deref(),
            Self::ApiKey { .. } | Self::Basic | Self::Bearer | Self::Workspace | Self::File | Self::None => None,
        }
    }

    /// Texts in the body of a 401 that no renewal helps against.
    pub fn not_expired(&self) -> &[String] {
        match self {
            Self::Oauth2Code { not_expired, .. }
            | Self::Oauth2Client { not_expired, .. }
            | Self::Oauth2Jwt { not_expired, .. } => not_expired,
            Self::ApiKey { .. } | Self::Basic | Self::Bearer | Self::Workspace | Self::File | Self::None => &[],
        }
    }
}
