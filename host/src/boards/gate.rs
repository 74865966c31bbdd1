//! Who may use the connections of a board: asked at every use, before anything of them is shown. A person who may not use one of them
//! has no such board; while its owner may not, nobody has.

use super::board::Board;
use super::catalog::Offer;
use super::definition::{ConnectionCatalog, Definition};
use super::rights::{Deed, right_on};
use super::service::{Boards, failed};
use crate::domain::{Actor, AppError, BoardId, ConnectionId, NoAccess, Outcome, UserId, WorkspaceId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Boards of a workspace that are looked through at once.
const LIST_STEP: usize = 500;

/// Why a board is not shown although it is shared with the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// The person may not use what it is made of.
    Person(NoAccess),
    /// Its owner may not: it is disabled for everybody.
    Owner {
        /// As the board is called.
        board: String,
        /// What the owner may not use.
        lost: NoAccess,
    },
}

impl Barrier {
    /// For the person who wants to see it.
    pub fn for_reader(&self, reader: &UserId) -> String {
        match self {
            Self::Person(lost) => format!("This board is not there for you. {}", lost.for_reader(reader)),
            Self::Owner { board, lost } => format!(
                "The board “{board}” is disabled: its owner <@{}> may not use “{}” any more. {} can give them access; then it is back.",
                lost.user,
                lost.title,
                lost.who_gives()
            ),
        }
    }

    /// For everybody in a channel where it was posted.
    pub fn for_channel(&self) -> String {
        let (Self::Person(lost) | Self::Owner { lost, .. }) = self;
        format!(
            "This board is not shown for now: <@{}> may not use “{}” any more. {} can give them access; then it is back.",
            lost.user,
            lost.title,
            lost.who_gives()
        )
    }
}

/// What connections offer, as far as a person may use them.
pub struct Offers {
    /// Those they may use.
    pub open: Vec<Arc<Offer>>,
    /// The others, and why.
    barred: Vec<(Arc<Offer>, String)>,
}

impl Offers {
    /// The others as a definition's text may name them.
    pub fn barred(&self) -> Vec<(&ConnectionCatalog, &str)> {
        self.barred.iter().map(|(offer, why)| (&offer.catalog, why.as_str())).collect()
    }
}

impl Boards {
    /// What the person may make boards of.
    pub(super) fn offers(&self, actor: &Actor) -> Offers {
        let mut offers = Offers { open: Vec::new(), barred: Vec::new() };
        for offer in self.inner.catalog.all(&actor.workspace) {
            match self.use_of(&actor.workspace, &actor.user, &offer.catalog.connection) {
                Ok(()) => offers.open.push(offer),
                Err(lost) => offers.barred.push((offer, lost.plain())),
            }
        }
        offers
    }

    /// What a connection offers to a person who may use it.
    pub(super) fn offer_for(&self, actor: &Actor, of: &ConnectionId) -> Outcome<Arc<Offer>> {
        self.use_of(&actor.workspace, &actor.user, of)
            .map_err(|lost| AppError::Refused(lost.for_reader(&actor.user)))?;
        self.offer_of(&actor.workspace, of)
    }

    /// Whether the person may use a connection.
    pub fn use_of(&self, workspace: &WorkspaceId, user: &UserId, of: &ConnectionId) -> Result<(), NoAccess> {
        (self.inner.may_use)(workspace, user, of)
    }

    /// Refuses what the person wants of a board that they may not see, or that is disabled. Disposing of a disabled one is fine.
    pub(super) fn admit(&self, actor: &Actor, board: &Board, deed: Deed) -> Outcome<()> {
        match self.barrier_of(actor, board) {
            None => Ok(()),
            Some(Barrier::Owner { .. }) if deed == Deed::Dispose => Ok(()),
            Some(barrier) => Err(AppError::Refused(barrier.for_reader(&actor.user))),
        }
    }

    /// Why a board is not shown to the person now. None also when it is not there, or not shared with them.
    pub async fn barrier(&self, actor: &Actor, board: &BoardId) -> Outcome<Option<Barrier>> {
        let stored = self.inner.store.control.load::<Board>(&actor.workspace, &board.0).await.map_err(failed)?;
        let shared = stored.filter(|stored| right_on(&stored.value, actor).is_some());
        Ok(shared.and_then(|stored| self.barrier_of(actor, &stored.value)))
    }

    pub(super) fn barrier_of(&self, actor: &Actor, board: &Board) -> Option<Barrier> {
        let used = self.used(&actor.workspace, board);
        let of_owner = |lost| Barrier::Owner { board: board.name.clone(), lost };
        let person = self.lost(&actor.workspace, &actor.user, &used).map(Barrier::Person);
        person.or_else(|| self.lost(&actor.workspace, &board.owner, &used).map(of_owner))
    }

    /// Whether the board would not be there for this person if it was shared with them.
    pub(super) fn is_barred(&self, workspace: &WorkspaceId, user: &UserId, board: &Board) -> bool {
        self.lost(workspace, user, &self.used(workspace, board)).is_some()
    }

    fn lost(&self, workspace: &WorkspaceId, user: &UserId, used: &BTreeSet<ConnectionId>) -> Option<NoAccess> {
        used.iter().find_map(|connection| self.use_of(workspace, user, connection).err())
    }

    /// Owners who may not use this connection, with the names of their boards that are disabled by that.
    pub async fn disabled_by(
        &self,
        workspace: &WorkspaceId,
        connection: &ConnectionId,
    ) -> Outcome<BTreeMap<UserId, Vec<String>>> {
        let mut disabled: BTreeMap<UserId, Vec<String>> = BTreeMap::new();
        let mut after: Option<String> = None;
        loop {
            let step = self.inner.store.control.list::<Board>(workspace, after.as_deref(), LIST_STEP).await;
            let step = step.map_err(failed)?;
            let Some(last) = step.last() else { return Ok(disabled) };
            after = Some(last.value.id.0.clone());
            for board in step.into_iter().map(|stored| stored.value) {
                let is_lost = self.use_of(workspace, &board.owner, connection).is_err();
                if is_lost && self.used(workspace, &board).contains(connection) {
                    disabled.entry(board.owner).or_default().push(board.name);
                }
            }
        }
    }

    /// The connections of which a board shows anything.
    pub(super) fn used(&self, workspace: &WorkspaceId, board: &Board) -> BTreeSet<ConnectionId> {
        let definition = &board.definition;
        let aliases = definition.aliases();
        let named = |definition: &Definition| {
            let named = aliases.iter().filter_map(|alias| definition.connections.get(*alias).cloned());
            named.chain([board.connection.clone()]).collect()
        };
        match aliases.iter().all(|alias| definition.connections.contains_key(*alias)) {
            true => named(definition),
            // One that was stored before its paths were tied to connections.
            false => named(&self.pinned(&self.inner.catalog.all(workspace), definition.clone())),
        }
    }

    /// A text may name a connection that the person may not use, or an object that only such a one has.
    pub(super) fn refuse_barred(&self, actor: &Actor, definition: &Definition) -> Outcome<()> {
        let offers = self.offers(actor);
        let has = |catalog: &ConnectionCatalog| catalog.description.object(&definition.object).is_some();
        let named = |catalog: &ConnectionCatalog| Some(&catalog.connection) == definition.connection.as_ref();
        let only_there = !offers.open.iter().any(|offer| has(&offer.catalog));
        let barred = offers.barred();
        let found = barred.iter().find(|(catalog, _)| named(catalog) || (only_there && has(catalog)));
        found.map_or(Ok(()), |(_, why)| Err(AppError::Inputs(vec![("text".to_owned(), (*why).to_owned())])))
    }
}
