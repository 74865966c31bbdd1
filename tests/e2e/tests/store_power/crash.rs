//! The store when its process is killed, when the disk is full, and when a second process wants the directory.

use super::recording;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;
use weft::store::{Store, StoreSettings};
use weft_e2e::store_workload::Acknowledged;

/// Each begins where the one before was killed.
const KILLS: u64 = 20;

fn child() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_store_child"));
    command.stdout(Stdio::piped());
    command
}

fn work(dir: &Path, first: u64, count: u64) -> Command {
    let mut command = child();
    command.arg("work").arg(dir).args([first.to_string(), count.to_string()]);
    command
}

#[tokio::test]
async fn killed_at_any_moment_it_keeps_what_it_acknowledged() {
    let dir = TempDir::new().unwrap();
    let mut acknowledged = Acknowledged::default();
    for round in 0..KILLS {
        let mut process = work(dir.path(), 1 + round * 100_000, 100_000).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        for line in lines.by_ref().take(3 + round as usize * 7) {
            acknowledged.line(&line.unwrap());
        }
        process.kill().unwrap();
        // What was in the pipe was acknowledged as well; the last line may be cut off.
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        rest.iter().take(rest.len().saturating_sub(1)).for_each(|line| acknowledged.line(line));
        process.wait().unwrap();
        acknowledged.check(dir.path()).await.unwrap();
    }
    assert!(acknowledged.commits() > KILLS as usize);
}

#[tokio::test]
async fn a_full_disk_ends_in_a_sentence_and_loses_nothing() {
    let scratch = TempDir::new().unwrap();
    let recorder = recording::compile(scratch.path()).unwrap();
    for room in [700_000, 1_500_000, 3_000_000_u32] {
        let dir = scratch.path().join(format!("weft-{room}"));
        let mut process = work(&dir, 1, 100_000);
        process.env("DISK_ROOM", room.to_string());
        let output =
            recording::run(&recorder, &mut process, &dir, &scratch.path().join(format!("log-{room}"))).unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        // Not always the last line: another writer may still say what was acknowledged before the disk was full.
        let sentence = text.lines().find(|line| line.starts_with("failed: ")).unwrap_or_else(|| panic!("{text}"));
        assert!(sentence.contains("No space left on device"), "{sentence}");
        let mut acknowledged = Acknowledged::default();
        text.lines().for_each(|line| acknowledged.line(line));
        // There is room again.
        acknowledged.check(&dir).await.unwrap_or_else(|error| panic!("with {room} bytes: {error:#}"));
    }
}

#[tokio::test]
async fn a_second_process_is_told_that_the_directory_is_in_use() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(&StoreSettings::new(dir.path())).unwrap();
    let open = || child().arg("open").arg(dir.path()).output().unwrap();
    let refused = open();
    assert!(!refused.status.success());
    assert!(String::from_utf8(refused.stdout).unwrap().contains("is in use by another Weft"));
    drop(store);
    assert!(open().status.success());
}
