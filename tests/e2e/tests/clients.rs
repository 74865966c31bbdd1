//! The clients others use with Salesforce see the simulated org as they see the real service: simple-salesforce and jsforce, as released.
//!
//! Both are installed once into `target/clients`. Where Python, Node.js or the network are missing the check is skipped, and says so.

use crate::outside::{beside, install, installed, node, or_skipped, run};
use std::path::PathBuf;
use std::time::Duration;
use tokio::process::Command;
use weft_simulators::salesforce::{OrgOptions, Salesforce};

/// A script makes some fifty calls.
const RUN_LIMIT: Duration = Duration::from_secs(120);
/// More than one page of a query.
const USERS: u32 = 4500;

fn scripts() -> PathBuf {
    beside("clients")
}

/// Python with simple-salesforce.
async fn python() -> anyhow::Result<Command> {
    let (folder, list) = (installed("python"), scripts().join("requirements.txt"));
    let program = folder.join("bin/python");
    let mut make = Command::new("python3");
    make.args(["-m", "venv"]).arg(&folder);
    let mut fill = Command::new(&program);
    fill.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&list);
    install(&folder, &list, vec![make, fill]).await?;
    Ok(Command::new(program))
}

/// Node.js with jsforce.
async fn jsforce() -> anyhow::Result<Command> {
    node(&installed("node"), &scripts().join("package.json")).await
}

/// Runs a script against an org of its own, and answers what it printed.
async fn check(mut client: Command, script: &str) -> String {
    let server = Salesforce::start(OrgOptions { users: USERS, ..OrgOptions::default() }).await.unwrap();
    let org = server.org();
    client
        .arg(scripts().join(script))
        .env("SALESFORCE_URL", server.url())
        .env("SALESFORCE_TOKEN", org.open_session(Some(&org.admins()[0])).unwrap())
        .env("SALESFORCE_CLIENT_ID", "weft-local-client")
        .env("SALESFORCE_CLIENT_SECRET", "weft-local-secret")
        .env("WEFT_CLIENTS", installed("node"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "127.0.0.1");
    let printed = run(&mut client, RUN_LIMIT).await.unwrap();
    assert_eq!(org.unexpected().len(), 0, "calls the org does not know: {:?}", org.unexpected());
    assert!(org.calls("GET /services/data/*/query/*") >= 2, "the pages after the first were fetched");
    assert!(org.calls("GET /services/data/*/jobs/query/*/results") >= 1, "a job was read");
    printed
}

#[tokio::test]
async fn simple_salesforce_sees_the_org_as_the_service() {
    if let Some(client) = or_skipped("simple-salesforce", python().await) {
        let printed = check(client, "check_simple_salesforce.py").await;
        assert!(printed.contains(&format!("\"users\": {USERS}")), "{printed}");
    }
}

#[tokio::test]
async fn jsforce_sees_the_org_as_the_service() {
    if let Some(client) = or_skipped("jsforce", jsforce().await) {
        let printed = check(client, "check_jsforce.mjs").await;
        assert!(printed.contains(&format!("\"users\":{USERS}")), "{printed}");
    }
}
