//! `weft backup` and `weft restore`: what cannot be fetched again, copied into a new directory and back.

use super::audit::{compared, say};
use anyhow::{Context, ensure};
use std::path::Path;
use weft::app::operator::{self, Order};
use weft::config::Config;
use weft::store::{AuditFault, OpenError, Store, StoreSettings, verify_audit};

/// Backs up into this new directory, by the running Weft if there is one. Answers whether the log in it is whole.
pub async fn backup(config: &Config, to: &Path) -> anyhow::Result<bool> {
    let dir = &config.data.dir;
    ensure!(dir.exists(), "there is no data directory {}: nothing to back up", dir.display());
    let to = std::path::absolute(to).context("the directory for the backup")?;
    match Store::open(&StoreSettings::new(dir)) {
        Ok(store) => operator::backup(&store, &to).await?,
        Err(OpenError::Locked(_)) => operator::ask(dir, &Order::Backup { to: to.clone() }).await?,
        Err(error) => return Err(error.into()),
    }
    println!("Backed up into {}. Rows of connected tools are not in it: they are fetched again.", to.display());
    println!("The key for secrets is not in it either: keep {} apart from it.", key(config));
    looked_through(&to)
}

/// Fills the configured data directory, which must be empty, from a backup. Answers whether the restored log is whole.
pub fn restore(config: &Config, from: &Path) -> anyhow::Result<bool> {
    ensure!(from.join("control.backup").is_file(), "{} is not a backup of Weft", from.display());
    Store::restore(from, &config.data.dir).with_context(|| format!("nothing was restored from {}", from.display()))?;
    println!("Restored into {}.", config.data.dir.display());
    println!("Start Weft with the key of that time ({}). Rows of connected tools are fetched again.", key(config));
    looked_through(&config.data.dir)
}

fn looked_through(dir: &Path) -> anyhow::Result<bool> {
    match verify_audit(dir, &[]) {
        Ok(report) => {
            say(report.heads.iter(), compared(report.compared));
            Ok(true)
        }
        Err(AuditFault::Broken(why)) => {
            println!("Its audit log is NOT whole, and was not before either. {why}.");
            Ok(false)
        }
        Err(AuditFault::Unreadable(why)) => anyhow::bail!("its audit log could not be looked through: {why}"),
    }
}

fn key(config: &Config) -> String {
    match &config.data.key {
        Some(_) => "data.key".to_owned(),
        None => config.data.key_file.display().to_string(),
    }
}
