//! The peer: DuckDB over the same records, joined live and joined beforehand, asked the same questions. Its answers must be ours.

use super::Measured;
use super::figures::Times;
use super::questions::{KINDS, question};
use anyhow::{Context, ensure};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::process::{Command, Stdio};

/// Ways to join, how many questions of a kind are asked that way, and how many times as fast we are to be. Live, each takes seconds.
const WAYS: [(&str, usize, f64); 2] = [("live", 3, 100.0), ("pre-joined", super::COMPARED, 5.0)];

/// Runs it over the files in the folder, and prints its times beside ours. Where it is not installed, this is said and nothing fails.
pub async fn compare(folder: &Path, ours: &[Measured]) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("../../target/peers/python/bin/python");
    if !python.exists() {
        println!("board    DuckDB was not measured: `make bench` installs it where Python and the network are");
        return Ok(());
    }
    std::fs::write(folder.join("questions.json"), asked()?.to_string())?;
    let mut command = Command::new(python);
    command.arg(root.join("duckdb/board.py")).arg(folder).env("PYTHONDONTWRITEBYTECODE", "1").stderr(Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    ensure!(output.status.success(), "DuckDB's part failed");
    let said: Json = serde_json::from_slice(&output.stdout).context("what DuckDB's part printed")?;
    println!("board    {}", said["about"].as_str().context("DuckDB's part says nothing of itself")?);
    for (kind, ours) in KINDS.iter().zip(ours) {
        for (way, count, target) in WAYS {
            let theirs = &said[way][kind.name];
            let answers = theirs["answers"].as_array().context("answers")?;
            ensure!(answers.len() == count, "{} questions were answered", answers.len());
            for (number, (theirs, ours)) in answers.iter().zip(&ours.answers).enumerate() {
                ensure!(theirs == ours, "{way}, {} {number}: DuckDB says\n{theirs}\nand we say\n{ours}", kind.name);
            }
            let mut times = Times::default();
            let figures = theirs["milliseconds"].as_array().context("milliseconds")?;
            figures.iter().filter_map(Json::as_f64).for_each(|time| times.push_milliseconds(time));
            println!(
                "board    {:<34} DuckDB {way:<10} p50 {:>7.1} ms   {:>6.1} times ours   (target: {target:.0})",
                kind.title,
                times.at(0.5),
                times.at(0.5) / ours.times.at(0.5)
            );
        }
    }
    Ok(())
}

fn asked() -> anyhow::Result<Json> {
    let values = |kind: &str| {
        (0..super::COMPARED).map(|number| Ok(question(kind, number)?.values)).collect::<anyhow::Result<Vec<_>>>()
    };
    let kinds = KINDS.iter().map(|kind| Ok((kind.name.to_owned(), json!(values(kind.name)?))));
    let ways = WAYS.iter().map(|(way, count, _)| ((*way).to_owned(), json!(count)));
    Ok(json!({
        "questions": kinds.collect::<anyhow::Result<serde_json::Map<_, _>>>()?,
        "ways": ways.collect::<serde_json::Map<_, _>>()
    }))
}
