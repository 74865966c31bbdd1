//! A whole org: 100,000 users, 300,000 permission set assignments, 500,000 logins. The host fetches and keeps all it knows of it; its peers
//! read these three objects from the same simulator, and drop them. All share two cores with the simulator.

use crate::peak_mib;
use anyhow::Context;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use weft::domain::{ConnectionId, WorkspaceId};
use weft::store::{Store, StoreSettings};
use weft_demo::{ADA, World, WorldOptions};
use weft_simulators::salesforce::{OrgOptions, Salesforce};

const USERS: u32 = 100_000;
const ASSIGNMENTS: u32 = 300_000;
const LOGINS: u32 = 500_000;
/// The workspace of the simulated Slack.
const WORKSPACE: &str = "T0ACME";
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
    let told = world.synced(ADA).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let (peak, data) = (peak_mib()?, world.config.data.dir.clone());
    world.stop().await?;
    let rows = kept(&data, &serde_json::json!(told.blocks)).await?;
    println!(
        "org      host, {:<22}{:.0} rows/s   {seconds:.2} s for {rows} rows kept   peak {peak} MiB, of which {empty} the simulator's before",
        if bulk { "by Bulk jobs" } else { "by pages" },
        rows as f64 / seconds,
    );
    Ok(())
}

/// How many rows the host has of the connection that this message is about.
async fn kept(data: &Path, blocks: &Json) -> anyhow::Result<u64> {
    let mut ids = blocks.as_array().into_iter().flatten().filter_map(|block| block["block_id"].as_str());
    let connection = ids.find_map(|id| id.strip_prefix("connection/")).context("the message names its connection")?;
    let store = Store::open(&StoreSettings::new(data))?;
    let manifests = store.segments.manifests(&WorkspaceId::from(WORKSPACE), &ConnectionId::from(connection)).await?;
    Ok(manifests.iter().map(|(_, manifest)| manifest.rows).sum())
}

/// The bare peer: pages parsed into `serde_json::Value`, and dropped.
pub async fn bare() -> anyhow::Result<()> {
    let server = Salesforce::start(org()).await?;
    let token = server.org().open_session(None)?;
    let client = reqwest::Client::builder().gzip(true).build()?;
    let wanted: BTreeMap<String, String> = serde_json::from_str(include_str!("../../clients/objects.json"))?;
    let begun = Instant::now();
    let mut rows = 0;
    for (object, fields) in &wanted {
        let query = format!("SELECT {fields} FROM {object}");
        let mut next = client.get(format!("{}/services/data/v67.0/query", server.url())).query(&[("q", query)]);
        loop {
            let bytes = next.bearer_auth(&token).send().await?.error_for_status()?.bytes().await?;
            let page: Json = serde_json::from_slice(&bytes)?;
            rows += page["records"].as_array().context("records")?.len();
            let Some(path) = page["nextRecordsUrl"].as_str() else { break };
            next = client.get(format!("{}{path}", server.url()));
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "org      reqwest+serde_json          {:.0} rows/s   {seconds:.2} s for {rows} rows",
        rows as f64 / seconds
    );
    server.shutdown().await
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
    let figures: Json = serde_json::from_slice(line).context("what the client printed")?;
    println!(
        "org      {name:<28}{} rows/s   {} s for {} rows   peak {} MiB",
        figures["rows_per_second"], figures["seconds"], figures["rows"], figures["peak_rss_mib"]
    );
    Ok(())
}
