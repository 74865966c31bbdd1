//! Boards at a million users: 3,000,000 permission set assignments, 5,000,000 logins, and 1,000,000 people of a second tool joined by
//! their e-mail address. A board of 20 columns over all of them is asked five kinds of questions, beside DuckDB over the same records.

mod data;
mod duckdb;
mod figures;
mod fill;
mod load;
mod questions;
mod schema;

use anyhow::ensure;
use figures::Times;
use questions::{KINDS, question};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Instant;
use weft::boards::{Ask, BoardSettings, BoardView, Boards, Definition, NewBoard};
use weft::domain::{Actor, BoardId, Role, Value, WorkspaceId};
use weft::store::Store;

/// Questions of a kind.
const QUESTIONS: usize = 200;
/// Answers kept to be compared with the peer's.
const COMPARED: usize = 10;

/// The boards, and who looks at them.
pub struct Bench {
    store: Store,
    boards: Boards,
    actor: Actor,
}

/// What of one kind was measured.
pub struct Measured {
    times: Times,
    /// Of the first questions.
    answers: Vec<Json>,
}

/// Measures, prints, and fails where the peer's answers are others.
pub async fn run() -> anyhow::Result<()> {
    let (folder, bench) = (tempfile::tempdir()?, Bench::new());
    let begun = Instant::now();
    fill::fill(&bench.store, &bench.actor.workspace, folder.path()).await?;
    println!("board    records made and stored in {:.1} s", begun.elapsed().as_secs_f64());
    bench.load().await?;
    let mut all = Vec::new();
    for kind in &KINDS {
        let measured = bench.measure(kind.name).await?;
        measured.times.print(kind.title, kind.target);
        all.push(measured);
    }
    bench.resident();
    bench.suggestions().await?;
    bench.thousand_boards().await?;
    bench.export().await?;
    bench.rebuild().await?;
    duckdb::compare(folder.path(), &all).await
}

impl Bench {
    fn new() -> Self {
        let store = Store::memory();
        let boards = Boards::new(store.clone(), BoardSettings::default(), Arc::new(|_, _, _| Ok(())));
        let workspace: WorkspaceId = "T1".into();
        schema::catalogs().into_iter().for_each(|catalog| boards.catalog().set_schema(&workspace, catalog));
        Self { store, boards, actor: Actor { workspace, user: "U1".into(), role: Role::Member } }
    }

    async fn create(&self, definition: Definition) -> anyhow::Result<BoardId> {
        Ok(self.boards.create(&self.actor, NewBoard { name: "Board".into(), definition }).await?)
    }

    async fn open(&self, board: &BoardId, ask: &Ask) -> anyhow::Result<BoardView> {
        let view = self.boards.open(&self.actor, board, ask).await?;
        ensure!(view.broken.is_empty() && view.rows.len() == ask.limit, "a page has {} rows", view.rows.len());
        Ok(view)
    }

    async fn measure(&self, kind: &str) -> anyhow::Result<Measured> {
        let (mut times, mut answers) = (Times::default(), Vec::new());
        for number in 0..QUESTIONS {
            let question = question(kind, number)?;
            let board = self.create(question.definition).await?;
            let begun = Instant::now();
            let view = self.open(&board, &question.ask).await?;
            let elapsed = begun.elapsed();
            // The first one ranks texts and folds them, once for all.
            if number > 0 {
                times.push(elapsed);
            }
            if number < COMPARED {
                answers.push(answer(&view));
            }
        }
        Ok(Measured { times, answers })
    }
}

/// What is compared: of groups all that is shown of them, of rows their number and all cells of the page.
fn answer(view: &BoardView) -> Json {
    if let Some(groups) = &view.groups {
        let group = |group: &weft::boards::GroupView| json!([group.title, group.rows, group.totals]);
        return json!({ "groups": groups.groups.iter().map(group).collect::<Vec<_>>(), "left_out": groups.left_out });
    }
    let row = |row: &weft::boards::RowView| {
        let cells = row.cells.iter().map(cell);
        std::iter::once(json!(row.record.key)).chain(cells).collect::<Vec<_>>()
    };
    json!({ "total": view.total, "rows": view.rows.iter().map(row).collect::<Vec<_>>() })
}

fn cell(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => json!(yes),
        Value::Int(number) | Value::Time(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Date(days) => json!(days),
        Value::List(items) => json!(items),
    }
}
