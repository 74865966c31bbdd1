//! A whole org: 100,000 users, 300,000 permission set assignments, 500,000 logins. The host fetches all it knows of it; the clients that
//! others use read the same three objects from the same simulator, and drop them.

use crate::peak_mib;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use weft_demo::{ADA, World, WorldOptions};
use weft_simulators::salesforce::{OrgOptions, Salesforce};

const USERS: u32 = 100_000;
const ASSIGNMENTS: u32 = 300_000;
const LOGINS: u32 = 500_000;
const ROWS: u32 = USERS + ASSIGNMENTS + LOGINS;
/// No object has as many rows: all is fetched by pages.
const NEVER: &str = "100000000";

fn org() -> OrgOptions {
    OrgOptions {
        users: USERS,
        permission_set_assignments: Some(ASSIGNMENTS),
        logins: Some(LOGINS),
        ..Default::default()
    }
}

/// The host, by pages or by Bulk jobs.
pub async fn host(bulk: bool) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let options = WorldOptions { users: USERS, ..Default::default() };
    let pages_only = |config: &mut weft::config::Config| {
        let settings = config.integrations.values_mut().map(|integration| &mut integration.settings);
        settings.for_each(|settings| drop(settings.insert("bulk_threshold".into(), NEVER.into())));
    };
    let configure = |config: &mut weft::config::Config| {
        if !bulk {
            pages_only(config)
        }
    };
    let world = World::start_with(&options, dir.path(), org(), configure).await?;
    let empty = peak_mib()?;
    let begun = Instant::now();
    world.connect_salesforce(ADA).await?;
    world.synced(ADA).await?;
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "org      host, {:<22}{:.0} rows/s   {seconds:.2} s for {ROWS} rows and what belongs to them   peak {} MiB, of which {empty} the simulator's before",
        if bulk { "by Bulk jobs" } else { "by pages" },
        f64::from(ROWS) / seconds,
        peak_mib()?
    );
    world.stop().await
}

/// The clients, one after the other.
pub async fn clients() -> anyhow::Result<()> {
    let server = Salesforce::start(org()).await?;
    let token = server.org().open_session(None)?;
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/clients");
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients");
    let clients: [(&str, PathBuf, &str); 2] = [
        ("simple-salesforce", installed.join("python/bin/python"), "bench_simple_salesforce.py"),
        ("jsforce", PathBuf::from("node"), "bench_jsforce.mjs"),
    ];
    for (name, program, script) in clients {
        let mut command = Command::new(program);
        command
            .arg(scripts.join(script))
            .env("SALESFORCE_URL", server.url())
            .env("SALESFORCE_TOKEN", &token)
            .env("WEFT_CLIENTS", installed.join("node"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("NO_PROXY", "127.0.0.1")
            .stderr(Stdio::inherit());
        let ran = tokio::task::spawn_blocking(move || command.output()).await?;
        match ran.ok().filter(|output| output.status.success()) {
            Some(output) => print(name, &output.stdout)?,
            None => println!(
                "org      {name:<28}not measured: `make test` installs it where Python, Node.js and the network are"
            ),
        }
    }
    server.shutdown().await
}

fn print(name: &str, line: &[u8]) -> anyhow::Result<()> {
    let figures: serde_json::Value = serde_json::from_slice(line).context("what the client printed")?;
    println!(
        "org      {name:<28}{} rows/s   {} s for {} rows   peak {} MiB",
        figures["rows_per_second"], figures["seconds"], figures["rows"], figures["peak_rss_mib"]
    );
    Ok(())
}
