//! `make bench`: each figure beside its peer's, from the same run. Every part runs in a process of its own, so that its peak memory is its own.

mod board;
mod door;
mod guest;
mod org;

use anyhow::{Context, bail};
use std::process::{Command, Stdio};

const PARTS: &[&str] = &["guest", "org", "org-bulk", "org-bare", "org-clients", "board", "door"];
const RATE: &str = " rows/s";

fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1) {
        None => all(),
        Some(part) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            match part.as_str() {
                "guest" => runtime.block_on(guest::run())?,
                "org" => runtime.block_on(org::host(false))?,
                "org-bulk" => runtime.block_on(org::host(true))?,
                "org-bare" => runtime.block_on(org::bare())?,
                "org-clients" => runtime.block_on(org::clients())?,
                "board" => board::run()?,
                "door" => runtime.block_on(door::run())?,
                other => bail!("there is no part `{other}`; the parts are {}", PARTS.join(", ")),
            }
            runtime.shutdown_background();
            Ok(())
        }
    }
}

fn all() -> anyhow::Result<()> {
    in_its_own_process("guest")?;
    let host = in_its_own_process("org")?;
    let peers = in_its_own_process("org-bare")? + &in_its_own_process("org-clients")?;
    for peer in peers.lines().filter(|line| line.contains(RATE)) {
        let name = peer.split_whitespace().nth(1).unwrap_or_default();
        println!("org      ratio to {name:<19}{:.2}", rate(&host)? / rate(peer)?);
    }
    in_its_own_process("org-bulk")?;
    in_its_own_process("board")?;
    in_its_own_process("door").map(drop)
}

/// Answers what it printed.
fn in_its_own_process(part: &str) -> anyhow::Result<String> {
    let output = Command::new(std::env::current_exe()?).arg(part).stderr(Stdio::inherit()).output()?;
    let printed = String::from_utf8(output.stdout)?;
    print!("{printed}");
    if output.status.success() { Ok(printed) } else { bail!("the part `{part}` failed") }
}

/// The rows a second that a part printed.
fn rate(printed: &str) -> anyhow::Result<f64> {
    let figure = printed.split(RATE).next().and_then(|before| before.split_whitespace().last());
    figure.and_then(|figure| figure.parse().ok()).context("no rows a second were printed")
}

/// The peak of this process's resident memory, in MiB (`VmHWM` of proc(5)).
fn peak_mib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("reading this process's status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("no VmHWM")?;
    let kib: u64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
    Ok(kib / 1024)
}

/// The value at this share of a sorted list.
fn percentile<T: Copy>(sorted: &[T], share: f64) -> Option<T> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get(((last as f64) * share).round() as usize).copied()
}
