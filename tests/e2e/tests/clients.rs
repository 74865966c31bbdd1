//! The clients others use with Salesforce see the simulated org as they see the real service: simple-salesforce and jsforce, as released.
//!
//! Both are installed once into `target/clients`. Where Python, Node.js or the network are missing the check is skipped, and says so.

use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;
use weft_simulators::salesforce::{OrgOptions, Salesforce};

/// An installation downloads some 20 MB.
const INSTALL_LIMIT: Duration = Duration::from_secs(240);
/// A script makes some fifty calls.
const RUN_LIMIT: Duration = Duration::from_secs(120);
/// More than one page of a query.
const USERS: u32 = 4500;

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients")
}

fn installed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/clients").join(name)
}

/// Runs a program to its end; its output if it succeeds, all it said if not.
async fn run(command: &mut Command, limit: Duration) -> anyhow::Result<String> {
    let shown = format!("{:?} {:?}", command.as_std().get_program(), command.as_std().get_args());
    let running = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = timeout(limit, running).await.with_context(|| format!("{shown} took more than {limit:?}"))??;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        bail!("{shown} failed:\n{}{}", text(&output.stdout), text(&output.stderr));
    }
    Ok(text(&output.stdout))
}

/// Installs what a list names, unless that was done; a stamp holds the list that was installed last.
async fn install(folder: &Path, list: &Path, steps: Vec<Command>) -> anyhow::Result<()> {
    let (stamp, wanted) = (folder.join("stamp"), std::fs::read_to_string(list)?);
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == wanted) {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    for mut step in steps {
        run(&mut step, INSTALL_LIMIT).await?;
    }
    std::fs::write(stamp, wanted)?;
    Ok(())
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
async fn node() -> anyhow::Result<Command> {
    let (folder, list) = (installed("node"), scripts().join("package.json"));
    std::fs::create_dir_all(&folder)?;
    std::fs::copy(&list, folder.join("package.json"))?;
    let mut fill = Command::new("npm");
    fill.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
    install(&folder, &list, vec![fill]).await?;
    Ok(Command::new("node"))
}

/// The client, unless this machine cannot have it.
fn or_skipped(client: &str, ready: anyhow::Result<Command>) -> Option<Command> {
    ready.map_err(|error| eprintln!("SKIPPED: nothing was checked with {client}: {error:#}")).ok()
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
    if let Some(client) = or_skipped("jsforce", node().await) {
        let printed = check(client, "check_jsforce.mjs").await;
        assert!(printed.contains(&format!("\"users\":{USERS}")), "{printed}");
    }
}
