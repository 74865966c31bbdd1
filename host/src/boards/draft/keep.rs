//! Drafts in the store: begun, changed, looked at, saved as boards. Each step checks whose the draft is and what they may do with
//! the board it changes.

use super::filter::Problem;
use super::settle::Facts;
use super::{Change, Draft, Entered};
use crate::boards::board::{Board, NewBoard};
use crate::boards::definition::{Column, Definition};
use crate::boards::rights::{Deed, Right, may};
use crate::boards::service::{Boards, checked_name, event, failed};
use crate::boards::view::{Ask, BoardView};
use crate::domain::{Actor, AppError, BoardId, ConnectionId, Millis, ObjectRef, Outcome};
use crate::store::{CommitError, Versioned, WriteSet};
use jiff::Timestamp;

/// A draft nobody touched for longer is thrown away.
const DRAFT_LIFE: Millis = 24 * 60 * 60 * 1000;
/// Drafts looked through for old ones when one is begun.
const LOOKED_THROUGH: usize = 200;
/// What the store takes for one entity is 64 KiB; the rest is left for what surrounds a draft.
const DRAFT_BYTES: usize = 48 << 10;
/// Two changes at the same moment: the second is done again on what the first left.
const TRIES: usize = 4;

/// A draft with what its paths lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Drafted {
    /// As it is now.
    pub draft: Draft,
    /// By path.
    pub facts: Facts,
    /// Why a change was not made.
    pub refused: Option<String>,
}

/// What became of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The board.
    pub board: BoardId,
    /// As it is called.
    pub name: String,
    /// It was not there before.
    pub is_new: bool,
}

impl Boards {
    /// Begins a draft: of a new board, or to change one that the person may change. `place` comes back with the draft.
    pub async fn begin_draft(&self, actor: &Actor, board: Option<&BoardId>, place: Option<String>) -> Outcome<Drafted> {
        let now = Timestamp::now().as_millisecond();
        let mut draft = Draft { place, ..Draft::new(actor.user.clone(), now) };
        if let Some(board) = board {
            let (stored, right) = self.allowed(actor, board, Deed::Change).await?;
            draft.take_over(&stored.value.definition);
            draft.base = Some((stored.value.connection.clone(), stored.value.definition.object.clone()));
            draft.board = Some((board.clone(), stored.version));
            draft.may_rename = may(Some(right), actor.is_admin(), Deed::Dispose);
            draft.name = stored.value.name;
        }
        let drafted = self.settled(actor, draft).await?;
        self.begin(actor, &drafted.draft).await?;
        Ok(drafted)
    }

    /// Keeps a new draft, and throws away those that nobody touched for long.
    async fn begin(&self, actor: &Actor, draft: &Draft) -> Outcome<()> {
        let now = draft.touched_at;
        let mut write = WriteSet::default().create(draft);
        let old = self.inner.store.control.list::<Draft>(&actor.workspace, None, LOOKED_THROUGH).await;
        for one in old.map_err(failed)?.iter().filter(|one| now - one.value.touched_at > DRAFT_LIFE) {
            write = write.delete::<Draft>(one.value.id.clone());
        }
        self.inner.store.control.commit(&actor.workspace, write).await.map_err(|error| AppError::Fault(error.into()))
    }

    /// Begins a filter of the person's own for a board that they may view. `place` comes back with the draft.
    pub async fn begin_personal_filter(
        &self,
        actor: &Actor,
        board: &BoardId,
        place: Option<String>,
    ) -> Outcome<Drafted> {
        let (stored, _) = self.allowed(actor, board, Deed::View).await?;
        let now = Timestamp::now().as_millisecond();
        let mut draft = Draft { place, personal: true, may_rename: false, ..Draft::new(actor.user.clone(), now) };
        draft.take_over(&stored.value.definition);
        draft.base = Some((stored.value.connection.clone(), stored.value.definition.object.clone()));
        draft.board = Some((board.clone(), stored.version));
        draft.name = stored.value.name;
        let drafted = self.settled(actor, draft).await?;
        self.begin(actor, &drafted.draft).await?;
        Ok(drafted)
    }

    /// Takes in what was entered last for a filter of the person's own, when it is complete.
    pub async fn keep_personal_filter(&self, actor: &Actor, id: &str, entered: &Entered) -> Outcome<Drafted> {
        let drafted = self.change_draft(actor, id, entered, Change::None).await?;
        let problems = drafted.draft.problems();
        if problems.is_empty() { Ok(drafted) } else { Err(AppError::Inputs(problems)) }
    }

    /// A page of a board through a filter of the person's own: its rows and their order are the filter's, its columns the board's.
    pub async fn open_filtered(&self, actor: &Actor, board: &BoardId, filter: &str, ask: &Ask) -> Outcome<BoardView> {
        let draft = self.own_draft(actor, filter).await?.value;
        let (stored, _) = self.allowed(actor, board, Deed::View).await?;
        let mine = draft.so_far().filter(|mine| mine.object == stored.value.definition.object);
        let is_for_it = draft.board.as_ref().is_some_and(|(of, _)| of == board);
        let Some(mine) = mine.filter(|_| is_for_it) else {
            return Err(AppError::refused(
                "This filter is for another board. Nothing was filtered; open the board again.",
            ));
        };
        let definition = Definition { filter: mine.filter, sort: mine.sort, ..stored.value.definition };
        let view = self.view(actor, Board { definition, ..stored.value }, Right::Viewer, ask).await?;
        Ok(BoardView { personal: Some(draft.id), ..view })
    }

    /// A draft of this person.
    pub async fn draft(&self, actor: &Actor, id: &str) -> Outcome<Drafted> {
        let draft = self.own_draft(actor, id).await?.value;
        self.settled(actor, draft).await
    }

    /// Takes in what was entered and what a button says, and keeps it.
    pub async fn change_draft(&self, actor: &Actor, id: &str, entered: &Entered, change: Change) -> Outcome<Drafted> {
        let changed = |draft: &mut Draft| {
            draft.enter(entered.clone());
            draft.change(change).err()
        };
        self.alter_draft(actor, id, changed).await
    }

    /// Takes over a definition as text into a draft. What stands there is kept when the text cannot be read.
    pub async fn read_into_draft(&self, actor: &Actor, id: &str, text: &str) -> Outcome<Drafted> {
        let mut definition = Definition::parse(text).map_err(|why| AppError::Inputs(vec![("text".to_owned(), why)]))?;
        definition.connection = Some(self.connection_for(actor, &definition)?);
        self.alter_draft(actor, id, |draft: &mut Draft| {
            draft.take_over(&definition);
            None
        })
        .await
    }

    /// What is missing or wrong in a draft with what was entered last, a sentence a place; nothing is kept of it.
    pub async fn draft_problems(&self, actor: &Actor, id: &str, entered: &Entered) -> Outcome<Vec<Problem>> {
        let mut draft = self.own_draft(actor, id).await?.value;
        draft.enter(entered.clone());
        let drafted = self.settled(actor, draft).await?;
        let mut problems = drafted.draft.problems();
        if drafted.draft.may_rename
            && let Err(AppError::Inputs(wrong)) = checked_name(&drafted.draft.name)
        {
            problems.extend(wrong);
        }
        Ok(problems)
    }

    /// The first rows of what a draft would show as far as it is complete; none before an object and a field are chosen.
    pub async fn preview_draft(&self, actor: &Actor, draft: &Draft, rows: usize) -> Outcome<Option<BoardView>> {
        let Some(definition) = draft.so_far().filter(|definition| !definition.columns.is_empty()) else {
            return Ok(None);
        };
        let board = self.transient(actor, &draft.name, definition)?;
        let ask = Ask { offset: 0, limit: rows, search: None };
        self.view(actor, board, Right::Owner, &ask).await.map(Some)
    }

    /// Saves a draft with what was entered last. A second time does nothing more.
    pub async fn save_draft(&self, actor: &Actor, id: &str, entered: &Entered) -> Outcome<Saved> {
        let enter = |draft: &mut Draft| {
            draft.enter(entered.clone());
            None
        };
        self.alter_draft(actor, id, enter).await?;
        let stored = self.own_draft(actor, id).await?;
        let draft = self.settled(actor, stored.value.clone()).await?.draft;
        let problems = draft.problems();
        if !problems.is_empty() {
            return Err(AppError::Inputs(problems));
        }
        let definition = draft.so_far().ok_or_else(|| AppError::refused("The draft names no object."))?;
        if draft.personal {
            return Err(AppError::refused(
                "This filter is yours alone and does not change the board. Nothing was saved.",
            ));
        }
        let stored = Versioned { version: stored.version, value: draft };
        match stored.value.board.clone() {
            None => self.save_new(actor, stored, definition).await,
            Some((board, seen)) => self.save_changed(actor, stored, &board, seen, definition).await,
        }
    }

    async fn save_new(&self, actor: &Actor, draft: Versioned<Draft>, definition: Definition) -> Outcome<Saved> {
        let name = checked_name(&draft.value.name)?;
        let new = NewBoard { name: name.clone(), definition };
        let board = self.fitting(actor, BoardId(draft.value.id.clone()), new).await?;
        let after = Draft { board: Some((board.id.clone(), 1)), ..draft.value };
        let write = WriteSet::default().create(&board).audit(event(Some(actor), "board.created", &board));
        self.commit(&actor.workspace, write.update(draft.version, &after)).await?;
        Ok(Saved { board: board.id, name, is_new: true })
    }

    async fn save_changed(
        &self,
        actor: &Actor,
        draft: Versioned<Draft>,
        board: &BoardId,
        seen: u64,
        definition: Definition,
    ) -> Outcome<Saved> {
        let (stored, right) = self.allowed(actor, board, Deed::Change).await?;
        if stored.version != seen {
            // Saving once more is then a choice, made with the knowledge.
            let after = Draft { board: Some((board.clone(), stored.version)), ..draft.value };
            self.commit(&actor.workspace, WriteSet::default().update(draft.version, &after)).await?;
            return Err(AppError::refused(
                "Somebody else changed this board while you edited it. Nothing was saved yet: save once more to replace what they did, or \
                 cancel and open the board again.",
            ));
        }
        let name = match may(Some(right), actor.is_admin(), Deed::Dispose) {
            true => checked_name(&draft.value.name)?,
            false => stored.value.name.clone(),
        };
        let fitting = self.fitting(actor, board.clone(), NewBoard { name: name.clone(), definition }).await?;
        let after = Board {
            name: fitting.name,
            connection: fitting.connection,
            definition: fitting.definition,
            ..stored.value.clone()
        };
        if after != stored.value {
            let draft_after = Draft { board: Some((board.clone(), stored.version + 1)), ..draft.value };
            let write = WriteSet::default().update(stored.version, &after).update(draft.version, &draft_after);
            self.commit(&actor.workspace, write.audit(event(Some(actor), "board.changed", &after))).await?;
        }
        Ok(Saved { board: board.clone(), name, is_new: false })
    }

    async fn own_draft(&self, actor: &Actor, id: &str) -> Outcome<Versioned<Draft>> {
        let found = self.inner.store.control.load::<Draft>(&actor.workspace, id).await.map_err(failed)?;
        found.filter(|draft| draft.value.owner == actor.user).ok_or_else(|| {
            AppError::refused("This draft is not there any more: drafts are kept for a day. Nothing was saved; begin again with `/weft new`.")
        })
    }

    async fn alter_draft(
        &self,
        actor: &Actor,
        id: &str,
        alter: impl Fn(&mut Draft) -> Option<String>,
    ) -> Outcome<Drafted> {
        for _ in 0..TRIES {
            let stored = self.own_draft(actor, id).await?;
            let before = stored.value.base.clone();
            let mut draft = stored.value;
            let refused = alter(&mut draft);
            draft.touched_at = Timestamp::now().as_millisecond();
            let is_new_base = draft.base != before;
            if let (true, true, Some((connection, object))) = (is_new_base, draft.columns.is_empty(), &draft.base) {
                let first = self.first_columns(actor, connection, object).await?;
                draft.columns = first.into_iter().map(|path| Column { path, title: None, show: None }).collect();
            }
            let drafted = Drafted { refused, ..self.settled(actor, draft).await? };
            if serde_json::to_vec(&drafted.draft).map_or(usize::MAX, |json| json.len()) > DRAFT_BYTES {
                return Err(AppError::refused(
                    "What was entered is too long to be kept. Shorten the texts of the filter.",
                ));
            }
            let write = WriteSet::default().update(stored.version, &drafted.draft);
            match self.inner.store.control.commit(&actor.workspace, write).await {
                Ok(()) => return Ok(drafted),
                Err(CommitError::Conflict(_)) => {}
                Err(error) => return Err(AppError::Fault(error.into())),
            }
        }
        Err(AppError::refused("The draft was changed again and again meanwhile. Try once more."))
    }

    async fn settled(&self, actor: &Actor, mut draft: Draft) -> Outcome<Drafted> {
        let Some((connection, object)) = draft.base.clone() else {
            return Ok(Drafted { draft, facts: Facts::new(), refused: None });
        };
        let facts = self.facts(actor, &ObjectRef { connection, object }, &draft.connections, &draft.paths()).await?;
        draft.settle(&facts);
        Ok(Drafted { draft, facts, refused: None })
    }

    /// The connection a text means: the one it names, or the only one that has the object.
    pub(in crate::boards) fn connection_for(&self, actor: &Actor, definition: &Definition) -> Outcome<ConnectionId> {
        self.refuse_barred(actor, definition)?;
        let objects = self.objects(actor);
        let mut having = objects.iter().filter(|offered| offered.object == definition.object);
        if let Some(named) = having.clone().find(|offered| Some(&offered.connection) == definition.connection.as_ref())
        {
            return Ok(named.connection.clone());
        }
        match (having.next(), having.next()) {
            (Some(only), None) => Ok(only.connection.clone()),
            (None, _) => Err(wrong_text(format!("No connection has an object `{}`.", definition.object))),
            _ => Err(wrong_text(format!(
                "Several connections have an object `{}`: add a line `connection = \"…\"` with the one you mean.",
                definition.object
            ))),
        }
    }
}

fn wrong_text(why: String) -> AppError {
    AppError::Inputs(vec![("text".to_owned(), why)])
}
