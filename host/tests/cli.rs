//! The command line as an operator uses it: the real binary, on data directories of its own, also beside a Weft that runs.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;
use weft::domain::{Actor, Role};
use weft::store::{AuditEvent, ExportedRecord, Store, StoreSettings, WriteSet};
use weft_simulators::slack::{Slack, SlackOptions};

/// A place with a configuration, and perhaps a Slack.
struct Place {
    dir: TempDir,
    slack: Option<Slack>,
}

impl Place {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        // Settings that tests share come from the environment, and win.
        fs::write(dir.path().join("weft.toml"), "[people]\nowner = \"U0ADA\"\n").unwrap();
        Self { dir, slack: None }
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn weft(&self, arguments: &[&str]) -> Command {
        let options = SlackOptions::default();
        let mut command = Command::new(env!("CARGO_BIN_EXE_weft"));
        command.args(arguments).current_dir(self.dir.path()).env_remove("WEFT_CONFIG");
        command.env("WEFT_SLACK__SIGNING_SECRET", options.signing_secret);
        command.env("WEFT_SLACK__BOT_TOKEN", options.bot_token).env("WEFT_SERVER__LISTEN", "127.0.0.1:0");
        if let Some(slack) = &self.slack {
            command.env("WEFT_SLACK__API_URL", slack.api_url());
        }
        command
    }

    /// Runs it to its end. Answers the exit code and what it said.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let Output { status, stdout, stderr } = self.weft(arguments).output().unwrap();
        let said = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
        (status.code().unwrap(), said)
    }

    /// Starts `weft serve`, and waits until it listens.
    fn serve(&self) -> Child {
        let mut child = self.weft(&["serve"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("Weft listens on"), "{line}");
        child
    }

    async fn record(&self, count: usize) {
        let store = Store::open(&StoreSettings::new(self.data())).unwrap();
        let actor = Actor { workspace: "T1".into(), user: "U1".into(), role: Role::Owner };
        for n in 0..count {
            let event = AuditEvent {
                actor: Some(actor.clone()),
                what: "board.created".into(),
                about: vec![],
                detail: format!("Board {n}"),
            };
            store.control.commit(&"T1".into(), WriteSet::default().audit(event)).await.unwrap();
        }
    }

    /// The log as it is exported in Slack.
    async fn export(&self, to: &Path) {
        let store = Store::open(&StoreSettings::new(self.data())).unwrap();
        let records = store.control.audit(&"T1".into(), 0, 1_000).await.unwrap();
        let line = |record| serde_json::to_string(&ExportedRecord::new(&"T1".into(), record)).unwrap() + "\n";
        fs::write(to, records.into_iter().map(line).collect::<String>()).unwrap();
    }
}

/// The head that was said.
fn head(said: &str) -> String {
    said.split("Head ").nth(1).unwrap_or_else(|| panic!("{said}")).split_whitespace().next().unwrap().to_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn a_log_is_looked_through_and_the_first_bad_record_is_named() {
    let place = Place::new();
    place.record(4).await;
    let (code, said) = place.run(&["audit", "verify"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("T1: 4 records, all as they were written. Head 4:"), "{said}");
    assert!(said.contains("The journal and the database say the same."), "{said}");
    let noted = head(&said);
    assert_eq!(place.run(&["audit", "verify", "--head", &noted]).0, 0);

    let journal = place.data().join("audit/audit-000001.jsonl");
    let whole = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, whole.replace("Board 2", "Board 7")).unwrap();
    let (code, said) = place.run(&["audit", "verify", "--dir", text(&place.data())]);
    assert_eq!(code, 1, "{said}");
    let expected = "The audit log is NOT whole. audit-000001.jsonl, line 4: workspace T1: record 3 was changed: its hash does not fit what it says.\n";
    assert_eq!(said, expected);

    let (code, said) = place.run(&["audit", "verify", "--head", "nonsense"]);
    assert_eq!(code, 2, "{said}");
    let (code, said) = place.run(&["audit", "verify", "--dir", "nowhere"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("neither a data directory of Weft nor a backup"), "{said}");
}

#[tokio::test]
async fn an_exported_file_is_looked_through_without_a_configuration() {
    let place = Place::new();
    place.record(5).await;
    let (whole, first, second) = (place.path("log.jsonl"), place.path("1.jsonl"), place.path("2.jsonl"));
    place.export(&whole).await;
    let lines = fs::read_to_string(&whole).unwrap();
    let at = lines.match_indices('\n').nth(2).unwrap().0 + 1;
    fs::write(&first, &lines[..at]).unwrap();
    fs::write(&second, &lines[at..]).unwrap();
    let (code, said) = place.run(&["--config", "none.toml", "audit", "verify", "--file", text(&whole)]);
    assert_eq!(code, 0, "{said}");
    let noted = head(&said);
    let parts = ["audit", "verify", "--head", &noted, "--file", text(&first), "--file", text(&second)];
    assert_eq!(place.run(&parts).0, 0);
    let (code, said) = place.run(&["audit", "verify", "--head", &noted, "--file", text(&first)]);
    assert_eq!((code, said.contains("record 5 with the hash")), (1, true), "{said}");
    let (code, said) = place.run(&["audit", "verify", "--file", text(&second)]);
    assert_eq!((code, said.contains("record 1 is missing: record 4 stands in its place")), (1, true), "{said}");
}

#[tokio::test]
async fn a_restored_backup_has_the_same_head() {
    let place = Place::new();
    let (code, said) = place.run(&["backup", "kept"]);
    assert_eq!((code, said.contains("nothing to back up")), (1, true), "{said}");
    place.record(3).await;
    let (code, said) = place.run(&["backup", "kept"]);
    assert_eq!(code, 0, "{said}");
    let kept = head(&said);
    assert!(kept.starts_with("4:"), "the backup itself is in the log: {said}");
    let (code, said) = place.run(&["backup", "kept"]);
    assert_eq!((code, said.contains("exists already")), (1, true), "{said}");
    let (code, said) = place.run(&["restore", "kept"]);
    assert_eq!((code, said.contains("is not empty")), (1, true), "{said}");

    fs::rename(place.data(), place.path("lost")).unwrap();
    let (code, said) = place.run(&["restore", "nothing"]);
    assert_eq!((code, said.contains("is not a backup of Weft")), (1, true), "{said}");
    let (code, said) = place.run(&["restore", "kept"]);
    assert_eq!((code, head(&said)), (0, kept.clone()), "{said}");
    let (code, said) = place.run(&["audit", "verify", "--head", &kept]);
    assert_eq!(code, 0, "{said}");
    place.record(1).await;
    assert!(head(&place.run(&["audit", "verify", "--head", &kept]).1).starts_with("5:"), "the log goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_a_weft_that_runs() {
    let mut place = Place::new();
    place.slack = Some(Slack::start(SlackOptions::default()).await.unwrap());
    let (code, said) = place.run(&["doctor"]);
    assert_eq!(code, 0, "{said}");
    for part in [
        "ok    configuration: usable",
        "look  data directory: ",
        "look  key: no secret is stored yet",
        "ok    scopes: the app has all it needs",
        "ok    clock: ",
        "ok    integrations: ",
        "Salesforce",
        "ok    listening: ",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!place.data().exists() && !place.path("weft.key").exists(), "looking makes nothing");

    let mut weft = place.serve();
    let (code, said) = place.run(&["audit", "verify"]);
    assert_eq!((code, said.contains("Weft is running, so only the journal was looked through")), (0, true), "{said}");
    let (code, said) = place.run(&["backup", "kept"]);
    assert_eq!(code, 0, "{said}");
    let kept = head(&said);
    assert_eq!(head(&place.run(&["audit", "verify", "--head", &kept]).1), kept, "nothing has happened since");
    let (code, said) = place.run(&["backup", "kept"]);
    assert_eq!((code, said.contains("exists already")), (1, true), "{said}");
    let (code, said) = place.run(&["doctor"]);
    assert_eq!((code, said.contains("is used by a Weft that runs")), (0, true), "{said}");
    assert!(said.contains("opens the stored secrets"), "{said}");

    // Killed, it leaves its socket and its lock; neither is in the way.
    weft.kill().unwrap();
    weft.wait().unwrap();
    assert_eq!(place.run(&["audit", "verify", "--head", &kept]).0, 0);
    let mut weft = place.serve();
    assert_eq!(place.run(&["backup", "later"]).0, 0);
    weft.kill().unwrap();
    weft.wait().unwrap();
    fs::rename(place.data(), place.path("lost")).unwrap();
    let (code, said) = place.run(&["restore", "kept"]);
    assert_eq!((code, head(&said)), (0, kept), "{said}");

    place.slack.as_ref().unwrap().drop_scope("files:write");
    fs::write(place.path("weft.key"), "0".repeat(64)).unwrap();
    let (code, said) = place.run(&["doctor"]);
    assert_eq!(code, 1, "{said}");
    for part in ["WRONG scopes: the app lacks files:write", "WRONG key: the secrets in", "look  key"] {
        assert_eq!(said.contains(part), part.starts_with("WRONG"), "{part} in {said}");
    }
    place.slack.unwrap().shutdown().await;
}
