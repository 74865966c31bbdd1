//! The simulated org in a process of its own: a client's time and memory are then its own, and all clients ask the same server.

use crate::process::cpu_seconds;
use anyhow::{Context, ensure};
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use weft_simulators::salesforce::{OrgOptions, Salesforce};

/// The part of this program that serves the org.
pub const PART: &str = "org-serve";

/// The org of this benchmark.
fn options() -> OrgOptions {
    OrgOptions {
        users: 100_000,
        permission_set_assignments: Some(300_000),
        logins: Some(500_000),
        ..Default::default()
    }
}

/// Serves the org until standard input ends. Where it is, and a token for it, is the first line of what it prints.
pub async fn serve() -> anyhow::Result<()> {
    let server = Salesforce::start(options()).await?;
    println!("{}", json!({ "url": server.url(), "token": server.org().open_session(None)? }));
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    server.shutdown().await
}

/// A running org. Dropping it stops it.
pub struct Served {
    process: Child,
    /// Its address.
    pub url: String,
    /// A token of its administrator.
    pub token: String,
}

impl Served {
    /// Starts it, and waits until it listens.
    pub fn start() -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut process = command.arg(PART).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let printed = process.stdout.take().context("the org's process has no output")?;
        BufReader::new(printed).read_line(&mut line)?;
        ensure!(!line.is_empty(), "the org's process did not start");
        let said: Json = serde_json::from_str(&line)?;
        let text = |name: &str| said[name].as_str().map(str::to_owned).context("what the org's process said");
        Ok(Self { url: text("url")?, token: text("token")?, process })
    }

    /// `127.0.0.1:port`.
    pub fn place(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The processor time its process took so far, in seconds.
    pub fn cpu_seconds(&self) -> anyhow::Result<f64> {
        cpu_seconds(&self.process.id().to_string())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It ends with its input; a process that is gone already is no trouble.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
