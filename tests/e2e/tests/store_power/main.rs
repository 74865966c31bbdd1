//! The store after a power loss: a process works, everything it does to its files is recorded, and the disk is rebuilt as it may look
//! when the power fails at many points. Each time the store must open, with all that was acknowledged and nothing by halves. The engine
//! as published must fail the same test, or it would prove nothing.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod crash;
mod disk;
mod recording;

use anyhow::ensure;
use disk::{Disk, Luck, Random};
use recording::Event;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use weft_e2e::store_workload::Acknowledged;

/// Power losses of a recording, each with its own seed.
const LOSSES: u64 = 60;

/// What a disk without a battery keeps.
const COMMON: [Luck; 3] = [Luck::Nothing, Luck::SomeWrites, Luck::SomePages];

/// Where the power fails, which of the two kinds of moment, and what survives.
fn losses(events: &[Event], lucks: &[Luck]) -> Vec<(usize, Luck, Random)> {
    let said: Vec<usize> = (0..events.len()).filter(|at| matches!(events[*at], Event::Said(_))).collect();
    let mut losses: Vec<_> = (0..LOSSES)
        .map(|seed| {
            let mut random = Random(seed);
            // Right after an answer the most is promised; anywhere, the most is under way.
            let at = if seed % 2 == 0 { said[random.below(said.len())] + 1 } else { random.below(events.len()) };
            (at, lucks[seed as usize % lucks.len()], random)
        })
        .collect();
    losses.sort_by_key(|(at, ..)| *at);
    losses
}

/// Rebuilds the disk at each loss and has it checked, together with what the process had said until then.
fn at_each_loss(
    events: &[Event],
    lucks: &[Luck],
    mut check: impl FnMut(&Path, &[String]) -> Result<(), String>,
) -> anyhow::Result<Vec<String>> {
    let (mut disk, mut said, mut done, mut found) = (Disk::default(), Vec::new(), 0, Vec::new());
    for (at, luck, mut random) in losses(events, lucks) {
        for event in &events[done..at] {
            disk.apply(event);
            if let Event::Said(line) = event {
                said.extend(line.lines().map(str::to_owned));
            }
        }
        done = at;
        let image = TempDir::new()?;
        disk.after_power_loss(luck, &mut random, image.path())?;
        if let Err(what) = check(image.path(), &said) {
            found.push(format!("power lost after event {at} of {}, {luck:?}: {what}", events.len()));
        }
    }
    Ok(found)
}

fn record(command: &mut Command, dir: &Path, scratch: &TempDir) -> anyhow::Result<Vec<Event>> {
    let recorder = recording::compile(scratch.path())?;
    let log = scratch.path().join("log");
    let output = recording::run(&recorder, command, dir, &log)?;
    let text = [output.stdout, output.stderr].concat();
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&text));
    recording::read(&log)
}

#[test]
fn a_power_loss_takes_nothing_that_was_acknowledged() -> anyhow::Result<()> {
    let scratch = TempDir::new()?;
    let dir = scratch.path().join("weft");
    let mut child = Command::new(env!("CARGO_BIN_EXE_store_child"));
    let events = record(child.args(["work"]).arg(&dir).args(["1", "40"]), &dir, &scratch)?;
    assert!(!events.iter().any(|event| matches!(event, Event::RangeSync)), "the engine's own sync was used");
    let runtime = tokio::runtime::Runtime::new()?;
    let found = at_each_loss(&events, &COMMON, |image, said| {
        let mut acknowledged = Acknowledged::default();
        said.iter().for_each(|line| acknowledged.line(line));
        runtime.block_on(acknowledged.check(image)).map_err(|error| format!("{error:#}"))
    })?;
    assert!(found.is_empty(), "{} of {LOSSES}:\n{}", found.len(), found.join("\n"));
    Ok(())
}

#[test]
fn the_engine_as_published_fails_the_same_test() -> anyhow::Result<()> {
    let scratch = TempDir::new()?;
    let dir = scratch.path().join("plain");
    let events = record(Command::new(env!("CARGO_BIN_EXE_plain_sled")).arg(&dir).arg("40"), &dir, &scratch)?;
    assert!(events.iter().any(|event| matches!(event, Event::RangeSync)), "the engine's own sync was not used");
    let check = |image: &Path, said: &[String]| {
        let last = said.iter().filter_map(|line| line.strip_prefix("generation ")?.parse::<u32>().ok()).max();
        catch_unwind(AssertUnwindSafe(|| check_plain(image, last.unwrap_or(0))))
            .unwrap_or_else(|_| Err("it panics at open".to_owned()))
    };
    let found = at_each_loss(&events, &[Luck::Everything], check)?;
    assert!(found.is_empty(), "harm where nothing was lost: {}", found.join("\n"));
    let found = at_each_loss(&events, &COMMON, check)?;
    assert!(
        !found.is_empty(),
        "{LOSSES} power losses did no harm to a store that does not sync: this test finds nothing"
    );
    println!("{} of {LOSSES} power losses did harm to the engine as published", found.len());
    Ok(())
}

/// All keys are of one generation, and of no earlier one than acknowledged.
fn check_plain(image: &Path, acknowledged: u32) -> Result<(), String> {
    let db = sled::open(image).map_err(|error| error.to_string())?;
    let generation = |pair: sled::Result<(sled::IVec, sled::IVec)>| {
        let (_, value) = pair.map_err(|error| error.to_string())?;
        value.first_chunk().map(|bytes| u32::from_be_bytes(*bytes)).ok_or_else(|| "a value is too short".to_owned())
    };
    let found = db.iter().map(generation).collect::<Result<Vec<_>, _>>()?;
    let (first, last) = (found.iter().min().unwrap_or(&0), found.iter().max().unwrap_or(&0));
    if first != last {
        return Err(format!("a torn batch: generations {first} to {last}"));
    }
    if *first < acknowledged { Err(format!("generation {acknowledged} is lost, {first} is there")) } else { Ok(()) }
}
