//! How an org is made.

use std::time::Duration;

/// The scopes of an app that may do all that a directory tool does.
pub const SCOPES: &[&str] = &[
    "okta.users.read",
    "okta.groups.read",
    "okta.apps.read",
    "okta.logs.read",
    "okta.schemas.read",
    "okta.users.manage",
    "okta.groups.manage",
];

/// Somebody that the company knows, as another of its tools has them: most get an account in Okta, some do not.
#[derive(Clone, Debug)]
pub struct Person {
    pub first: String,
    pub last: String,
    /// As the other tool writes it.
    pub email: String,
    pub employee_number: Option<String>,
    pub department: String,
    pub title: String,
}

/// What the account that authorizes an app may do in the org.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    SuperAdmin,
    /// See everything.
    ReadOnly,
    /// No admin: sees and does nothing over the API.
    None,
}

/// What kind of org to start.
#[derive(Clone, Debug)]
pub struct OktaOptions {
    /// Everything seeded follows from it, and from the people.
    pub seed: u64,
    pub people: Vec<Person>,
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The org is `https://{subdomain}.okta.com` to those who ask for its name.
    pub subdomain: String,
    pub client_id: String,
    pub client_secret: String,
    /// Callback addresses the app registered; empty allows any on the loopback interface.
    pub redirect_uris: Vec<String>,
    /// What the app was granted under "Okta API Scopes".
    pub granted_scopes: Vec<String>,
    /// Whether the app has the grant type "Refresh Token".
    pub refresh_tokens: bool,
    /// Whether a refresh gives a new refresh token and ends the old one.
    pub rotate_refresh_tokens: bool,
    /// Whether authorization without PKCE is refused.
    pub require_pkce: bool,
    /// Requests of one kind within a window.
    pub rate_limit: u32,
    /// Okta's is a minute.
    pub rate_window: Duration,
    /// Most records of any page, for many pages of few people; Okta's own limits count besides.
    pub page_rows: usize,
}

impl Default for OktaOptions {
    fn default() -> Self {
        Self {
            seed: 1,
            people: people(60),
            port: 0,
            subdomain: "acme".into(),
            client_id: "0oaweftdemo".into(),
            client_secret: "okta-demo-secret".into(),
            redirect_uris: Vec::new(),
            granted_scopes: SCOPES.iter().map(|&scope| scope.to_owned()).collect(),
            refresh_tokens: true,
            rotate_refresh_tokens: true,
            require_pkce: true,
            rate_limit: 600,
            rate_window: Duration::from_secs(60),
            page_rows: usize::MAX,
        }
    }
}

const FIRST: [&str; 12] =
    ["Ada", "Ben", "Chloe", "Dario", "Esra", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Leyla"];
const LAST: [&str; 10] = ["Abara", "Berg", "Costa", "Dubois", "Engel", "Fischer", "Gruber", "Haas", "Ito", "Jensen"];
const DEPARTMENTS: [&str; 4] = ["Sales", "Engineering", "Finance", "Customer Support"];

/// People of an org that stands alone.
fn people(count: usize) -> Vec<Person> {
    let person = |index: usize| {
        let (first, last) = (FIRST[index % FIRST.len()], LAST[index / FIRST.len() % LAST.len()]);
        Person {
            first: first.into(),
            last: last.into(),
            email: format!("{first}.{last}@acme.example").to_lowercase(),
            employee_number: Some(format!("E{index:06}")),
            department: DEPARTMENTS[index % DEPARTMENTS.len()].into(),
            title: "Specialist".into(),
        }
    };
    (0..count.min(FIRST.len() * LAST.len())).map(person).collect()
}
