//! What happens beside the questions: columns loaded, joins resolved, many boards at once, an export, a rebuild under readers.

use super::figures::Times;
use super::questions::question;
use super::{Bench, data, fill};
use crate::process::resident_mib;
use futures::StreamExt;
use serde_json::json;
use std::pin::pin;
use std::time::Instant;
use tokio::task::JoinSet;
use weft::boards::{Ask, Definition};

/// Boards open at once.
const BOARDS: usize = 1000;
/// Records suggested as somebody types, and how often.
const SUGGESTED: usize = 20;
const SUGGESTIONS: usize = 100;

impl Bench {
    /// A plain board of each object first, so that what the joins take stands alone.
    pub async fn load(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        for (connection, objects) in [("first", &data::FIRST[..]), ("second", &data::SECOND[..])] {
            for (object, _) in objects {
                let plain = json!({ "connection": connection, "object": object, "columns": ["Id"] });
                let definition = Definition::parse(&plain.to_string()).map_err(anyhow::Error::msg)?;
                let board = self.create(definition).await?;
                self.open(&board, &Ask { limit: 1, ..Ask::default() }).await?;
            }
        }
        println!("board    columns read from segments in {:.1} s", begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        let first = question("page", 0)?;
        let board = self.create(first.definition).await?;
        self.open(&board, &first.ask).await?;
        println!("board    joins resolved in {:.1} s   (target: 6 s)", begun.elapsed().as_secs_f64());
        Ok(())
    }

    /// After all questions: columns with their ranks and folded texts, relationships, derived fields.
    pub fn resident(&self) {
        let megabytes = self.boards.resident_bytes() as f64 / 1e6;
        println!("board    columns and joins resident: {megabytes:.0} MB   (target: 400 MB)");
    }

    pub async fn suggestions(&self) -> anyhow::Result<()> {
        let (object, connection) = ("User".into(), "first".into());
        let suggest = async |words: String| {
            let found = self.boards.suggest(&self.actor, &connection, &object, &words, SUGGESTED).await?;
            anyhow::ensure!(!found.is_empty(), "nothing suggested");
            anyhow::Ok(())
        };
        // Ranks the names, once.
        suggest(String::new()).await?;
        let mut times = Times::default();
        for number in 0..SUGGESTIONS {
            let begun = Instant::now();
            suggest((4000 + number * 37).to_string()).await?;
            times.push(begun.elapsed());
        }
        times.print("suggestions as somebody types", None);
        Ok(())
    }

    /// All of other definitions than any before, all asked for in one moment.
    pub async fn thousand_boards(&self) -> anyhow::Result<()> {
        let mut made = Vec::new();
        for number in 0..BOARDS {
            // Past those that were asked before.
            let question = question("page", 1000 + number)?;
            made.push((self.create(question.definition).await?, question.ask));
        }
        let (before, begun) = (resident_mib()?, Instant::now());
        let mut opening = JoinSet::new();
        for (board, ask) in made {
            let (boards, actor) = (self.boards.clone(), self.actor.clone());
            opening.spawn(async move { boards.open(&actor, &board, &ask).await });
        }
        let mut views = Vec::new();
        while let Some(view) = opening.join_next().await {
            views.push(view??);
        }
        anyhow::ensure!(views.iter().all(|view| view.total > 0), "a board is empty");
        let (seconds, grown) = (begun.elapsed().as_secs_f64(), resident_mib()?.saturating_sub(before));
        println!("board    {BOARDS} boards opened at once in {seconds:.1} s, memory grew by {grown} MiB");
        Ok(())
    }

    /// From the click to the last byte: the file is made twice, first for its length.
    pub async fn export(&self) -> anyhow::Result<()> {
        let board = self.create(question("search", 0)?.definition).await?;
        let (before, begun) = (resident_mib()?, Instant::now());
        let mut peak = before;
        let export = self.boards.export(&self.actor, &board).await?;
        let first = begun.elapsed().as_secs_f64();
        let (mut pieces, mut bytes, mut lines) = (pin!(export.stream()), 0, 0);
        while let Some(piece) = pieces.next().await {
            let piece = piece?;
            bytes += piece.len() as u64;
            lines += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
            peak = peak.max(resident_mib()?);
        }
        let seconds = begun.elapsed().as_secs_f64();
        anyhow::ensure!(bytes == export.bytes && lines == data::USERS + 1, "{bytes} bytes, {lines} lines");
        println!(
            "board    CSV of {} x {} in {seconds:.1} s (its length after {first:.1} s), {} MB, memory grew by {} MiB   (target: 3 s for 22 columns; a board holds 20)",
            export.rows,
            20,
            bytes / 1_000_000,
            peak - before
        );
        Ok(())
    }

    /// Everything was fetched anew: all columns, joins, ranks and derived fields are made while somebody looks at boards.
    pub async fn rebuild(&self) -> anyhow::Result<()> {
        let (workspace, begun) = (&self.actor.workspace, Instant::now());
        let connections = ["first".into(), "second".into()];
        for connection in &connections {
            fill::fetch_again(&self.store, workspace, connection).await?;
        }
        let [first, second] = connections.map(|connection| self.boards.refresh(workspace, &connection));
        let both = tokio::spawn(async move { tokio::try_join!(first, second) });
        let (mut times, mut number) = (Times::default(), 3000);
        while !both.is_finished() {
            let question = question("page", number)?;
            let board = self.create(question.definition).await?;
            let asked = Instant::now();
            self.open(&board, &question.ask).await?;
            times.push(asked.elapsed());
            number += 1;
        }
        both.await??;
        println!("board    everything rebuilt in {:.1} s", begun.elapsed().as_secs_f64());
        times.print("first page while that goes on", None);
        Ok(())
    }
}
