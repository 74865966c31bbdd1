//! All rows of a board as what an action is asked for, and the pages on which they are looked through.

use super::actions::draft;
use super::visit::Visit;
use crate::actions::{Draft, Offered};
use crate::domain::{BoardId, Outcome, RecordRef, RequestId};
use crate::slack::SlackError;
use crate::slack::intent::FilledForm;
use crate::slack::meta::Meta;
use crate::slack::render::{self, WholeBoard};

impl Visit {
    /// The board whose rows an action can be asked for as a whole; none when it is run on other records.
    pub(super) async fn whole_board(&self, offer: &Offered, board: Option<&BoardId>) -> Outcome<Option<WholeBoard>> {
        let (Some(board), Some(object)) = (board, &offer.action.object) else { return Ok(None) };
        let base = self.base(board).await?;
        let fits = base.can_edit && base.connection == offer.connection && base.base == *object && base.total > 0;
        let most = self.door.actions().max_targets();
        Ok(fits.then_some(WholeBoard { rows: base.total, most, all: false }))
    }

    /// What the form asks for. All rows of a board are those that its filter finds now, without those that were chosen to be left out.
    pub(super) async fn draft(&self, filled: &FilledForm) -> Outcome<Draft> {
        let mut asked = draft(filled);
        let Some(board) = asked.board.as_ref().filter(|_| filled.all == Some(true)) else { return Ok(asked) };
        let actions = self.door.actions();
        let most = actions.max_targets() + asked.targets.len();
        let whole = self.door.boards().whole(&self.actor, board, most).await?;
        if whole.total > most {
            actions.few_enough(whole.total - asked.targets.len())?;
        }
        let left: Vec<RecordRef> =
            whole.records.iter().filter(|record| !asked.targets.contains(record)).cloned().collect();
        let excepted = match whole.records.len() - left.len() {
            0 => String::new(),
            count => format!(", except {count}"),
        };
        asked.chosen = Some(format!("All {} rows of “{}”{excepted}", whole.total, whole.name));
        asked.targets = left;
        Ok(asked)
    }

    /// Another page of the records of a request, in the window in which they are looked at.
    pub(super) async fn look_through(&self, request: &RequestId, from: usize) -> Result<(), SlackError> {
        let is_preview =
            self.modal.as_ref().is_some_and(|view| matches!(Meta::read(&view.metadata), Meta::Preview { .. }));
        let work = async {
            if is_preview {
                return Ok(render::preview(&self.door.actions().view(&self.actor, request).await?, from));
            }
            self.details_of(request, from).await
        };
        self.in_modal("Looking it up…", work).await
    }
}
