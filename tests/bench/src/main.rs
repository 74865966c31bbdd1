//! `make bench`: each figure beside its peer's, from the same run. Every part runs in a process of its own, so that its peak memory is its own.

mod board;
mod door;
mod guest;
mod org;
mod process;
mod served;

use anyhow::{Context, bail};
use std::process::{Command, Stdio};

const PARTS: &[&str] = &["guest", "org", "org-bulk", "org-bare", "org-clients", "board", "door"];
/// What the rates of a part are followed by.
const RATE: &str = " rows/s";
const CPU_RATE: &str = " rows/CPU-s";

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
                served::PART => runtime.block_on(served::serve())?,
                "board" => runtime.block_on(board::run())?,
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
    let bulk = in_its_own_process("org-bulk")?;
    let peers = in_its_own_process("org-bare")? + &in_its_own_process("org-clients")?;
    for peer in peers.lines().filter(|line| line.contains(RATE)) {
        for ours in [&host, &bulk] {
            let (name, peers_name) = (name(ours), name(peer));
            let (ratio, cpu_ratio) =
                (rate(ours, RATE)? / rate(peer, RATE)?, rate(ours, CPU_RATE)? / rate(peer, CPU_RATE)?);
            println!(
                "org      {name} is {ratio:.2} times as fast as {peers_name}, {cpu_ratio:.2} times in processor time"
            );
        }
    }
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

/// Whose figures a line holds.
fn name(line: &str) -> &str {
    line.split_whitespace().nth(1).unwrap_or_default()
}

/// The figure before this unit in what a part printed.
fn rate(printed: &str, unit: &str) -> anyhow::Result<f64> {
    let figure = printed.split_once(unit).and_then(|(before, _)| before.split_whitespace().last());
    figure.and_then(|figure| figure.parse().ok()).with_context(|| format!("no{unit} were printed"))
}

/// The value at this share of a sorted list.
fn percentile<T: Copy>(sorted: &[T], share: f64) -> Option<T> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get(((last as f64) * share).round() as usize).copied()
}
