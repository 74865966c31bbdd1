//! Which way each integration signs in, and with what: read from the configuration once, at the start, where a wrong or missing
//! key stops it with a sentence.

#[cfg(test)]
mod tests;

use super::{jwt::SigningKey, settings};
use crate::{
    config::{Config, IntegrationConfig},
    domain::IntegrationId,
    plugins::{Auth, DEFAULT_SLOT, Integration, Manifest},
};
use anyhow::{Context, bail, ensure};
use secrecy::SecretString;
use std::collections::BTreeMap;

/// The app registered at the tool, and the way Weft uses it.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The entry of `auth` in the manifest.
    pub way: String,
    pub client_id: String,
    /// None for a public client, which must not send one, and where a key signs.
    pub client_secret: Option<SecretString>,
    /// Only to sign assertions.
    pub signer: Option<Signer>,
}

/// Who signs assertions, and for whom.
#[derive(Clone, Debug)]
pub struct Signer {
    pub key: SigningKey,
    /// Whom Weft acts as at the tool.
    pub username: String,
    /// Instead of what the manifest says.
    pub audience: Option<String>,
}

impl SignIn {
    /// What connecting means this way, in sentences, and the label of the button that does it.
    pub fn words(&self, manifest: &Manifest) -> (String, String) {
        let name = &manifest.name;
        match (manifest.auth.get(&self.way), &self.signer) {
            (Some(Auth::Oauth2Code { .. }), _) => (
                format!(
                    "{name} asks you next whether Weft may act with your login there. Use the account that Weft shall see {name} with."
                ),
                format!("Continue to {name}"),
            ),
            (_, Some(signer)) => (
                format!("Weft signs in as {} with its private key. Nobody has to log in.", signer.username),
                format!("Connect {name}"),
            ),
            _ => (
                format!(
                    "Weft signs in with its own client id and secret, as the user whom the app in {name} runs as. Nobody has to log in."
                ),
                format!("Connect {name}"),
            ),
        }
    }
}

/// Keys of an `[integrations.<id>]` that belong to some ways only.
const KEYS: [&str; 4] = ["client_secret", "username", "private_key_file", "audience"];

/// For a kind of entry: its name, the keys it needs, and those it takes.
fn keys(auth: &Auth) -> Option<(&'static str, &'static [&'static str], &'static [&'static str])> {
    match auth {
        Auth::Oauth2Code { .. } => Some(("a person allows it in the browser", &[], &["client_secret"])),
        Auth::Oauth2Client { .. } => Some(("client credentials", &["client_secret"], &["client_secret"])),
        Auth::Oauth2Jwt { .. } => Some((
            "a signed assertion",
            &["username", "private_key_file"],
            &["username", "private_key_file", "audience"],
        )),
        Auth::ApiKey { .. } | Auth::Basic | Auth::Bearer | Auth::Workspace | Auth::File | Auth::None => None,
    }
}

fn has(entry: &IntegrationConfig, key: &str) -> bool {
    match key {
        "client_secret" => entry.client_secret.is_some(),
        "username" => entry.username.is_some(),
        "private_key_file" => entry.private_key_file.is_some(),
        _ => entry.audience.is_some(),
    }
}

/// Every integration that the configuration speaks of. An entry for one that is not there is a mistake as well.
pub fn read(
    config: &Config,
    installed: &BTreeMap<IntegrationId, Integration>,
) -> anyhow::Result<BTreeMap<IntegrationId, SignIn>> {
    let mut found = BTreeMap::new();
    for (id, entry) in &config.integrations {
        let id = IntegrationId::from(id.as_str());
        let Some(integration) = installed.get(&id) else {
            let known: Vec<_> = installed.keys().map(IntegrationId::as_str).collect();
            bail!("integrations.{id}: there is no integration of this name. Known ones: {}", known.join(", "));
        };
        check_settings(&id, integration, entry)?;
        if let Some(sign_in) = sign_in(integration.manifest(), entry)? {
            found.insert(id, sign_in);
        }
    }
    Ok(found)
}

fn check_settings(id: &IntegrationId, integration: &Integration, entry: &IntegrationConfig) -> anyhow::Result<()> {
    let Err(mistakes) = settings::check(integration, &entry.settings) else { return Ok(()) };
    // What is not answered here is asked at connect.
    match mistakes.into_iter().find(|(name, _)| entry.settings.contains_key(name)) {
        Some((name, sentence)) => bail!("integrations.{id}.settings.{name}: {sentence}"),
        None => Ok(()),
    }
}

/// None for an integration that needs no app at the tool.
pub fn sign_in(manifest: &Manifest, entry: &IntegrationConfig) -> anyhow::Result<Option<SignIn>> {
    let id = &manifest.id;
    let way = entry.sign_in.as_deref().unwrap_or(DEFAULT_SLOT);
    let found = manifest.ways(DEFAULT_SLOT).find(|(name, _)| *name == way);
    let Some((_, auth)) = found else {
        let ways: Vec<_> = manifest.ways(DEFAULT_SLOT).map(|(name, _)| format!("{name:?}")).collect();
        bail!("integrations.{id}.sign_in is {way:?}; {} takes {}", manifest.name, ways.join(", "));
    };
    let Some((words, needed, taken)) = keys(auth) else {
        let stray = entry.client_id.is_some() || KEYS.iter().any(|key| has(entry, key));
        ensure!(
            !stray,
            "integrations.{id}: {} needs no app at the tool, only `settings` and `protected`",
            manifest.name
        );
        return Ok(None);
    };
    let said = format!("integrations.{id} signs in by {way:?} ({words})");
    for key in KEYS {
        ensure!(has(entry, key) || !needed.contains(&key), "{said}: it needs `{key}`");
        ensure!(
            !has(entry, key) || taken.contains(&key),
            "{said}: `{key}` is not used then. Remove it, or set `sign_in`"
        );
    }
    let client_id = entry.client_id.clone().filter(|id| !id.trim().is_empty());
    let client_id = client_id.with_context(|| format!("{said}: it needs `client_id`"))?;
    let signer = match (&entry.private_key_file, &entry.username) {
        (Some(file), Some(username)) => {
            let key = SigningKey::read(file).with_context(|| format!("integrations.{id}.private_key_file"))?;
            Some(Signer { key, username: username.clone(), audience: entry.audience.clone() })
        }
        _ => None,
    };
    Ok(Some(SignIn { way: way.to_owned(), client_id, client_secret: entry.client_secret.clone(), signer }))
}
