//! A whole org: 100,000 users, 300,000 permission set assignments, 500,000 logins. The host fetches and keeps all it knows of it; its peers
//! read these three objects from the same simulator, and drop them. All share two cores with the simulator.

use crate::process::{cpu_seconds, peak_mib};
use crate::served::Served;
use anyhow::Context;
use reqwest::header::{COOKIE, LOCATION};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use weft::config::Config;
use weft::domain::{ConnectionId, WorkspaceId};
use weft::store::{Store, StoreSettings};
use weft_demo::{ADA, World, WorldOptions, filled_in, open};
use weft_simulators::salesforce::OrgOptions;

/// The workspace of the simulated Slack.
const WORKSPACE: &str = "T0ACME";
/// No object has as many rows: all is fetched by pages.
const NEVER: &str = "100000000";

/// What a client did, and what it cost.
struct Read {
    rows: u64,
    /// From the first request to the last row.
    seconds: f64,
    /// Of the client's process alone.
    cpu_seconds: f64,
    /// Of the client's process alone, from its start.
    peak_mib: f64,
}

impl Read {
    /// One line; `org` is the processor time the org took to answer.
    fn print(&self, name: &str, org_cpu_seconds: f64) {
        let Self { rows, seconds, cpu_seconds, peak_mib } = self;
        let (per_second, per_cpu_second) = (*rows as f64 / seconds, *rows as f64 / cpu_seconds);
        println!(
            "org      {name:<20}{per_second:>8.0} rows/s   {per_cpu_second:>8.0} rows/CPU-s   {rows} rows in {seconds:.2} s   CPU {cpu_seconds:.2} s, the org's {org_cpu_seconds:.2} s   peak {peak_mib:.0} MiB"
        );
    }
}

/// The host, by pages or by Bulk jobs.
pub async fn host(bulk: bool) -> anyhow::Result<()> {
    let served = Served::start()?;
    let dir = tempfile::tempdir()?;
    let configure = |config: &mut Config| configure(config, &served, bulk);
    let small = OrgOptions { users: 20, ..Default::default() };
    let world =
        World::start_with(&WorldOptions { users: 20, ..Default::default() }, dir.path(), small, configure).await?;
    let (cpu_before, org_before) = (cpu_seconds("self")?, served.cpu_seconds()?);
    let begun = Instant::now();
    connect(&world).await?;
    let told = world.synced(ADA).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let (cpu, org) = (cpu_seconds("self")? - cpu_before, served.cpu_seconds()? - org_before);
    let (peak_mib, data) = (peak_mib()? as f64, world.config.data.dir.clone());
    world.stop().await?;
    let rows = kept(&data, &serde_json::json!(told.blocks)).await?;
    let read = Read { rows, seconds, cpu_seconds: cpu, peak_mib };
    read.print(if bulk { "host-by-bulk-jobs" } else { "host-by-pages" }, org);
    Ok(())
}

/// The host logs in at the org of the other process, as the app that is registered there.
fn configure(config: &mut Config, served: &Served, bulk: bool) {
    let app = OrgOptions::default();
    config.egress.allow_private.push(served.place().to_owned());
    let salesforce = config.integrations.entry("salesforce".to_owned()).or_default();
    salesforce.client_id = Some(app.client_id);
    salesforce.client_secret = app.client_secret.map(Into::into);
    salesforce.settings.insert("login_url".into(), served.url.clone());
    if !bulk {
        salesforce.settings.insert("bulk_threshold".into(), NEVER.into());
    }
}

/// Connects as a person would: the command, the link, and "Allow" on the org's page.
async fn connect(world: &World) -> anyhow::Result<()> {
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let link = world.connect_link(ADA).await?;
    let (cookie, form) = open(&browser, &link).await?;
    let begun = browser.post(&link).header(COOKIE, &cookie).form(&form).send().await?;
    let page = location(&begun)?;
    let mut answers = filled_in(&browser.get(&page).send().await?.text().await?);
    answers.push(("decision".into(), "allow".into()));
    let address = page.split('?').next().unwrap_or_default();
    let allowed = browser.post(address).form(&answers).send().await?;
    browser.get(location(&allowed)?).header(COOKIE, cookie).send().await?.error_for_status()?;
    world.slack.user(ADA).close_all().await
}

fn location(response: &reqwest::Response) -> anyhow::Result<String> {
    let status = response.status();
    let value = response.headers().get(LOCATION).with_context(|| format!("{status} leads nowhere"))?;
    Ok(value.to_str()?.to_owned())
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
    let served = Served::start()?;
    let client = reqwest::Client::builder().gzip(true).build()?;
    let wanted: BTreeMap<String, String> = serde_json::from_str(include_str!("../../clients/objects.json"))?;
    let (cpu_before, org_before) = (cpu_seconds("self")?, served.cpu_seconds()?);
    let begun = Instant::now();
    let mut rows = 0;
    for (object, fields) in &wanted {
        let query = format!("SELECT {fields} FROM {object}");
        let mut next = client.get(format!("{}/services/data/v67.0/query", served.url)).query(&[("q", query)]);
        loop {
            let bytes = next.bearer_auth(&served.token).send().await?.error_for_status()?.bytes().await?;
            let page: Json = serde_json::from_slice(&bytes)?;
            rows += page["records"].as_array().context("records")?.len() as u64;
            let Some(path) = page["nextRecordsUrl"].as_str() else { break };
            next = client.get(format!("{}{path}", served.url));
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let read = Read { rows, seconds, cpu_seconds: cpu_seconds("self")? - cpu_before, peak_mib: peak_mib()? as f64 };
    read.print("reqwest+serde_json", served.cpu_seconds()? - org_before);
    Ok(())
}

/// The clients, one after the other.
pub async fn clients() -> anyhow::Result<()> {
    let served = Served::start()?;
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
            .env("SALESFORCE_URL", &served.url)
            .env("SALESFORCE_TOKEN", &served.token)
            .env("WEFT_CLIENTS", installed.join("node"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("NO_PROXY", "127.0.0.1")
            .stderr(Stdio::inherit());
        let before = served.cpu_seconds()?;
        let ran = tokio::task::spawn_blocking(move || command.output()).await?;
        match ran.ok().filter(|output| output.status.success()) {
            Some(output) => figures(&output.stdout)?.print(name, served.cpu_seconds()? - before),
            None => println!(
                "org      {name:<20}not measured: `make test` installs it where Python, Node.js and the network are"
            ),
        }
    }
    Ok(())
}

/// What a client printed of itself.
fn figures(line: &[u8]) -> anyhow::Result<Read> {
    let said: Json = serde_json::from_slice(line).context("what the client printed")?;
    let figure = |name: &str| said[name].as_f64().with_context(|| format!("the client printed no {name}"));
    Ok(Read {
        rows: said["rows"].as_u64().context("the client printed no rows")?,
        seconds: figure("seconds")?,
        cpu_seconds: figure("cpu_seconds")?,
        peak_mib: figure("peak_rss_mib")?,
    })
}
