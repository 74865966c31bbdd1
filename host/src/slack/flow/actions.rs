//! From a row to a request: choose an action, fill in its form, look at the plan, send it.

use super::person::Look;
use super::visit::Visit;
use crate::actions::{Draft, Offered, keys};
use crate::boards::{Ask, BoardView};
use crate::domain::{
    ActionName, AppError, BoardId, ConnectionId, Input, InputType, ObjectName, ObjectRef, Outcome, RecordRef, RequestId,
};
use crate::slack::SlackError;
use crate::slack::intent::FilledForm;
use crate::slack::render::{self, FormState, WholeBoard};
use serde_json::Value as Json;

/// Records named by their title in a form that is shown again.
const TITLES: usize = 100;

impl Visit {
    pub(super) async fn choose_row(&self, board: &BoardId, key: &str) -> Result<(), SlackError> {
        let shown = self.in_modal("Looking up what can be done…", self.row(board, key, Look::Briefly, None)).await;
        self.touch_board(board).await;
        shown
    }

    pub(super) async fn act_on_board(&self, board: &BoardId) -> Result<(), SlackError> {
        let shown = self.in_modal("Looking up what can be done…", self.menu(Some(board))).await;
        self.touch_board(board).await;
        shown
    }

    pub(super) async fn act_on_anything(&self) -> Result<(), SlackError> {
        self.in_modal("Looking up what can be done…", self.menu(None)).await
    }

    async fn menu(&self, board: Option<&BoardId>) -> Outcome<Json> {
        let object = match board {
            Some(board) => {
                let base = self.base(board).await?;
                Some(ObjectRef::new(&base.connection, &base.base))
            }
            None => None,
        };
        let offered = self.offered(object.as_ref()).await?;
        Ok(render::menu(&offered, board))
    }

    /// The board without its rows, when the person may see it.
    pub(super) async fn base(&self, board: &BoardId) -> Outcome<BoardView> {
        self.door.boards().open(&self.actor, board, &Ask { offset: 0, limit: 1, search: None }).await
    }

    pub(super) async fn offered(&self, object: Option<&ObjectRef>) -> Outcome<Vec<Offered>> {
        let tiles = self.door.directory().tiles(&self.actor).await?;
        let connections: Vec<ConnectionId> = tiles.into_iter().map(|tile| tile.id).collect();
        self.door.actions().offered(&self.actor, &connections, object).await
    }

    async fn offer(&self, connection: &ConnectionId, action: &ActionName) -> Outcome<Offered> {
        self.door.actions().offer(&self.actor, connection, action).await
    }

    pub(super) async fn title(&self, record: &RecordRef) -> Outcome<String> {
        let found = self.door.boards().record(&self.actor, record).await?;
        Ok(found.map_or_else(|| record.key.clone(), |found| found.title))
    }

    pub(super) async fn choose_action(
        &self,
        connection: &ConnectionId,
        action: &ActionName,
        board: Option<BoardId>,
        row: Option<RecordRef>,
    ) -> Result<(), SlackError> {
        let work = async {
            let offer = self.offer(connection, action).await?;
            let mut state = FormState { board, ..FormState::default() };
            match row.filter(|row| &row.connection == connection) {
                Some(row) => {
                    prefill(&offer, &row, &mut state);
                    state.titles.insert(row.key.clone(), self.title(&row).await?);
                }
                None => state.whole = self.whole_board(&offer, state.board.as_ref()).await?,
            }
            Ok(render::form(&offer, &state))
        };
        self.in_modal("Preparing the form…", work).await
    }

    pub(super) async fn submit_form(&self, filled: FilledForm) -> Result<(), SlackError> {
        self.in_modal("Preparing the plan…", self.plan(filled)).await
    }

    /// The preview, or the form again with what is wrong.
    async fn plan(&self, filled: FilledForm) -> Outcome<Json> {
        let prepared = async {
            let draft = self.draft(&filled).await?;
            self.door.actions().prepare(&self.actor, draft).await
        };
        match prepared.await {
            Ok(view) => Ok(render::preview(&view, 0)),
            Err(AppError::Inputs(errors)) => self.form_again(filled, errors, None).await,
            Err(AppError::Refused(sentence)) => self.form_again(filled, Vec::new(), Some(sentence)).await,
            Err(fault) => Err(fault),
        }
    }

    async fn form_again(
        &self,
        filled: FilledForm,
        errors: Vec<(String, String)>,
        refusal: Option<String>,
    ) -> Outcome<Json> {
        let offer = self.offer(&filled.form.connection, &filled.form.action).await?;
        let whole = match filled.all {
            Some(all) => {
                let whole = self.whole_board(&offer, filled.form.board.as_ref()).await?;
                whole.map(|whole| WholeBoard { all, ..whole })
            }
            None => None,
        };
        let mut state = FormState {
            board: filled.form.board,
            whole,
            targets: filled.targets,
            inputs: filled.inputs,
            errors,
            refusal,
            ..FormState::default()
        };
        for record in records(&offer, &state).into_iter().take(TITLES) {
            let title = self.title(&record).await?;
            state.titles.insert(record.key, title);
        }
        Ok(render::form(&offer, &state))
    }

    pub(super) async fn send(
        &self,
        request: &RequestId,
        fingerprint: &str,
        reason: Option<String>,
        typed: Option<&str>,
    ) -> Result<(), SlackError> {
        let work = async {
            let (actions, actor) = (self.door.actions(), &self.actor);
            let view = match typed {
                Some(typed) => actions.confirm(actor, request, fingerprint, reason, typed).await?,
                None => actions.submit(actor, request, fingerprint, reason).await?,
            };
            Ok(render::sent(&view))
        };
        self.in_modal("Sending the request…", work).await
    }

    pub(super) async fn undo(&self, request: &RequestId) -> Result<(), SlackError> {
        let work = async {
            let mut drafts = self.door.actions().undo_drafts(&self.actor, request).await?;
            match (drafts.pop(), drafts.is_empty()) {
                (Some(draft), true) => self.preview(draft).await,
                (last, _) => {
                    drafts.extend(last);
                    let view = self.door.actions().view(&self.actor, request).await?;
                    Ok(render::undo_parts(&view, &drafts))
                }
            }
        };
        self.in_modal("Preparing how to take it back…", work).await
    }

    pub(super) async fn undo_part(&self, request: &RequestId, part: usize) -> Result<(), SlackError> {
        let work = async {
            let drafts = self.door.actions().undo_drafts(&self.actor, request).await?;
            let draft = drafts.into_iter().nth(part);
            let gone = || AppError::refused("There is no such part of this request. Nothing was prepared.");
            self.preview(draft.ok_or_else(gone)?).await
        };
        self.in_modal("Preparing how to take it back…", work).await
    }

    async fn preview(&self, draft: Draft) -> Outcome<Json> {
        Ok(render::preview(&self.door.actions().prepare(&self.actor, draft).await?, 0))
    }

    pub(super) async fn retry(&self, request: &RequestId) -> Result<(), SlackError> {
        let work = async { self.preview(self.door.actions().retry_draft(&self.actor, request).await?).await };
        self.in_modal("Preparing the rest once more…", work).await
    }
}

/// The row stands where the action wants a record of its object: among the records to act on, or in the first input for one.
fn prefill(offer: &Offered, row: &RecordRef, state: &mut FormState) {
    if offer.action.object.as_ref() == Some(&row.object) {
        state.targets.push(row.key.clone());
        return;
    }
    let fits = |input: &&Input| {
        matches!(input.kind, InputType::Reference | InputType::References) && input.object.as_ref() == Some(&row.object)
    };
    if let Some(input) = offer.action.inputs.iter().find(fits) {
        let value = match input.kind {
            InputType::References => Json::from(vec![row.key.clone()]),
            _ => Json::from(row.key.clone()),
        };
        state.inputs.insert(input.name.clone(), value);
    }
}

/// As chosen in the form, before a whole board is meant by it.
pub(super) fn draft(filled: &FilledForm) -> Draft {
    let form = &filled.form;
    let record = |key: &String| {
        let object = form.object.clone()?;
        Some(RecordRef { connection: form.connection.clone(), object, key: key.clone() })
    };
    Draft {
        connection: form.connection.clone(),
        action: form.action.clone(),
        inputs: filled.inputs.clone(),
        targets: filled.targets.iter().filter_map(record).collect(),
        chosen: None,
        board: form.board.clone(),
        undo_of: None,
    }
}

/// Every record that the form names.
fn records(offer: &Offered, state: &FormState) -> Vec<RecordRef> {
    let record = |object: &ObjectName, key: &str| RecordRef {
        connection: offer.connection.clone(),
        object: object.clone(),
        key: key.to_owned(),
    };
    let targets = offer.action.object.iter().flat_map(|object| state.targets.iter().map(|key| record(object, key)));
    let inputs =
        offer.action.inputs.iter().filter_map(|input| Some((input.object.as_ref()?, state.inputs.get(&input.name)?)));
    let named = inputs.flat_map(|(object, value)| keys(value).into_iter().map(|key| record(object, key)));
    targets.chain(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slack::meta::FormMeta;
    use serde_json::Map;

    #[test]
    fn a_draft_names_records_of_the_action_s_object() {
        let form = FormMeta {
            connection: "c".into(),
            action: "a".into(),
            object: Some("User".into()),
            board: Some("b".into()),
        };
        let filled = FilledForm { form, inputs: Map::new(), targets: vec!["k1".into()], all: None };
        let record = RecordRef { connection: "c".into(), object: "User".into(), key: "k1".into() };
        assert_eq!(draft(&filled).targets, [record]);
    }

    #[test]
    fn without_an_object_there_are_no_targets() {
        let form = FormMeta { connection: "c".into(), action: "a".into(), object: None, board: None };
        let filled = FilledForm { form, inputs: Map::new(), targets: vec!["k1".into()], all: None };
        assert!(draft(&filled).targets.is_empty());
    }
}
