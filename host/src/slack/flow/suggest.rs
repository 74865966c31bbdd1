//! Options for selects: rows of a board, or records of an object. Answered at once, never stored.

use crate::boards::Ask;
use crate::domain::{Actor, BoardId, ObjectName, Outcome};
use crate::slack::Door;
use crate::slack::block;
use crate::slack::inbound::{Envelope, Suggestion};
use crate::slack::limits;
use crate::slack::meta::{Meta, field};
use crate::slack::render::cell_text;
use serde_json::{Value as Json, json};

/// The answer; empty when nothing fits or nothing can be said in time.
pub async fn suggest(door: &Door, envelope: &Envelope, asked: &Suggestion) -> Json {
    let Some(user) = &envelope.user else { return json!({"options": []}) };
    let actor = door.directory().actor(&envelope.workspace, user);
    let options = match tokio::time::timeout(super::ANSWER_WITHIN, options(door, &actor, asked)).await {
        Ok(Ok(options)) => options,
        Ok(Err(error)) => {
            tracing::warn!(error = %super::visit::spoken(error), "No options for a select");
            Vec::new()
        }
        Err(_) => {
            tracing::warn!("Options for a select were not there in time");
            Vec::new()
        }
    };
    json!({"options": options})
}

async fn options(door: &Door, actor: &Actor, asked: &Suggestion) -> Outcome<Vec<Json>> {
    if asked.action == field::ROW {
        return match field::row_board(&asked.block) {
            Some(board) => rows(door, actor, &board, &asked.words).await,
            None => Ok(Vec::new()),
        };
    }
    match (field::record_object(&asked.action), Meta::read(&asked.metadata)) {
        (Some(object), Meta::Form(form)) => records(door, actor, &form.connection, &object, &asked.words).await,
        _ => Ok(Vec::new()),
    }
}

async fn rows(door: &Door, actor: &Actor, board: &BoardId, words: &str) -> Outcome<Vec<Json>> {
    let search = Some(words.trim().to_owned()).filter(|words| !words.is_empty());
    let view = door.boards().open(actor, board, &Ask { offset: 0, limit: limits::OPTIONS, search }).await?;
    let detail = view.columns.iter().position(|column| !column.is_primary);
    let option = |row: &crate::boards::RowView| {
        let detail = detail.and_then(|at| row.cells.get(at)).map(cell_text);
        block::option(&row.title, &row.record.key, detail.as_deref())
    };
    Ok(view.rows.iter().filter_map(option).collect())
}

async fn records(
    door: &Door,
    actor: &Actor,
    connection: &crate::domain::ConnectionId,
    object: &ObjectName,
    words: &str,
) -> Outcome<Vec<Json>> {
    let found = door.boards().suggest(&actor.workspace, connection, object, words.trim(), limits::OPTIONS).await?;
    let option = |one: &crate::boards::Suggestion| block::option(&one.title, &one.key, Some(&one.detail));
    Ok(found.iter().filter_map(option).take(limits::OPTIONS).collect())
}
