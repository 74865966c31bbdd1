//! Options for selects: rows of a board, records of an object, actions of a connection. Answered at once, never stored.

use crate::boards::{Ask, Purpose};
use crate::domain::{Actor, BoardId, ObjectName, Outcome, RecordRef};
use crate::slack::Door;
use crate::slack::block;
use crate::slack::draft_fields;
use crate::slack::inbound::{Envelope, Suggestion};
use crate::slack::limits;
use crate::slack::meta::{Meta, field};
use crate::slack::policy_fields;
use crate::slack::render::{self, cell_text};
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
    // Groups stand in groups, options do not.
    let name = if options.iter().any(|one| one.get("options").is_some()) { "option_groups" } else { "options" };
    json!({name: options})
}

async fn options(door: &Door, actor: &Actor, asked: &Suggestion) -> Outcome<Vec<Json>> {
    if asked.action == field::ROW || asked.action == field::LOOK {
        return match field::row_board(&asked.block) {
            Some(board) => rows(door, actor, &board, &asked.words).await,
            None => Ok(Vec::new()),
        };
    }
    if let Meta::Builder { draft } = Meta::read(&asked.metadata) {
        return fields(door, actor, &draft, asked).await;
    }
    if let (policy_fields::OF, Meta::Policies(of)) = (asked.action.as_str(), Meta::read(&asked.metadata)) {
        let view = door.actions().policies(actor, &of.connection).await?;
        return Ok(render::policy_options(&view, asked.words.trim()));
    }
    match (field::record_object(&asked.action), Meta::read(&asked.metadata)) {
        (Some(object), Meta::Form(form)) => records(door, actor, &form.connection, &object, &asked.words).await,
        (None, Meta::Menu { row: Some(row), .. }) if asked.action == field::ACCOUNT => {
            accounts(door, actor, &row, asked).await
        }
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

/// Fields that can be joined with what the draft lists.
async fn fields(door: &Door, actor: &Actor, draft: &str, asked: &Suggestion) -> Outcome<Vec<Json>> {
    let draft = door.boards().draft(actor, draft).await?.draft;
    let Some((connection, object)) = &draft.base else { return Ok(Vec::new()) };
    if asked.action == draft_fields::TOTALS {
        let found = door.boards().totals(actor, connection, object, asked.words.trim(), limits::OPTIONS).await?;
        return Ok(render::total_options(&found));
    }
    let purpose = match asked.action.as_str() {
        draft_fields::FIELDS => Purpose::Column,
        draft_fields::PATH => Purpose::Condition,
        draft_fields::SORT => Purpose::Sort,
        draft_fields::GROUP_BY => Purpose::Group,
        _ => return Ok(Vec::new()),
    };
    let found =
        door.boards().fields(actor, connection, object, asked.words.trim(), purpose, limits::OPTIONS - 1).await?;
    let mut groups = render::field_options(&found, |field| match purpose {
        Purpose::Column => draft_fields::field_value(&field.path, field.show),
        _ => field.path.clone(),
    });
    let none = match purpose {
        Purpose::Sort if !draft.sort.is_empty() => Some(("Order", "No order by this", draft_fields::NO_SORT)),
        Purpose::Group if draft.group.is_some() => Some(("Group rows", "No grouping", draft_fields::NO_GROUPS)),
        _ => None,
    };
    let none = none.and_then(|(label, text, value)| Some((label, block::option(text, value, None)?)));
    if let Some((label, none)) = none {
        groups.insert(0, block::option_group(label, vec![none]));
    }
    Ok(groups)
}

async fn records(
    door: &Door,
    actor: &Actor,
    connection: &crate::domain::ConnectionId,
    object: &ObjectName,
    words: &str,
) -> Outcome<Vec<Json>> {
    let found = door.boards().suggest(actor, connection, object, words.trim(), limits::OPTIONS).await?;
    let option = |one: &crate::boards::Suggestion| block::option(&one.title, &one.key, Some(&one.detail));
    Ok(found.iter().filter_map(option).take(limits::OPTIONS).collect())
}

async fn accounts(door: &Door, actor: &Actor, of: &RecordRef, asked: &Suggestion) -> Outcome<Vec<Json>> {
    let Some(object) = field::account_object(&asked.block) else { return Ok(Vec::new()) };
    let found = door.boards().accounts(actor, of, &object, &asked.words, limits::OPTIONS).await?;
    let option = |one: &crate::boards::Account| block::option(&one.title, &one.record.key, Some(&one.detail));
    Ok(found.iter().filter_map(option).collect())
}
