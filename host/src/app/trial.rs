//! Loading the integrations aside, to see whether a start would: nothing of the data directory is touched.

use crate::{
    config::{Config, DataConfig},
    connections::Connections,
    store::{
        Clock, Store,
        seal::{KeySource, Sealer},
    },
};
use anyhow::Context;
use secrecy::SecretString;
use std::{fs, os::unix::fs::DirBuilderExt, path::Path, sync::Arc};

/// Loads every integration, and checks how each is signed in to. Answers their names.
pub async fn check_integrations(config: &Config) -> anyhow::Result<Vec<String>> {
    let aside = std::env::temp_dir().join(format!("weft-trial-{}", uuid::Uuid::new_v4().simple()));
    let made = fs::DirBuilder::new().mode(0o700).create(&aside);
    made.with_context(|| format!("making {}", aside.display()))?;
    let checked = loaded(config, &aside).await;
    drop(fs::remove_dir_all(&aside));
    checked
}

async fn loaded(config: &Config, aside: &Path) -> anyhow::Result<Vec<String>> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let sealer = Sealer::open_or_create(&KeySource::Given(&SecretString::from(hex::encode(key))), aside)?;
    let data = DataConfig { dir: aside.to_owned(), ..config.data.clone() };
    let config = Config { data, ..config.clone() };
    let installed = super::load(&config, &sealer).await?;
    let connections = Connections::new(Store::memory(), Clock::system(), sealer, installed, Arc::new(config))?;
    Ok(connections.installed().map(|(_, one)| one.manifest().name.clone()).collect())
}
