//! The gallery: the ready-made boards that integrations bring, and what became of each.

use super::board::{Board, DeletedTemplate, template_board_id};
use super::catalog::Offer;
use super::rights::{Deed, right_on};
use super::service::{Boards, event, failed, from_template};
use crate::domain::{Actor, AppError, BoardId, BoardTemplate, ConnectionId, Outcome};
use crate::store::WriteSet;
use std::sync::Arc;

/// A ready-made board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GalleryEntry {
    /// Whose records it would show.
    pub connection: ConnectionId,
    /// As people call the connection.
    pub connection_title: String,
    /// Its stable name.
    pub template: String,
    /// As the board is called.
    pub title: String,
    /// What it is good for.
    pub help: String,
    /// The board made of it for everyone, when it is there and the person may see it.
    pub board: Option<BoardId>,
}

impl Boards {
    /// The templates of all connections that the person may use, by connection and as the integration orders them. One that joins
    /// a tool that they may not use is left out.
    pub async fn gallery(&self, actor: &Actor) -> Outcome<Vec<GalleryEntry>> {
        let (mut entries, all) = (Vec::new(), self.inner.catalog.all(&actor.workspace));
        for offer in self.offers(actor).open {
            let catalog = &offer.catalog;
            for template in &catalog.description.templates {
                if self.joins_barred(actor, &all, &offer, template) {
                    continue;
                }
                let id = template_board_id(&catalog.connection, &template.name);
                let board = self.inner.store.control.load::<Board>(&actor.workspace, &id.0).await.map_err(failed)?;
                let seen = board.filter(|board| right_on(&board.value, actor).is_some());
                entries.push(GalleryEntry {
                    connection: catalog.connection.clone(),
                    connection_title: catalog.title.clone(),
                    template: template.name.clone(),
                    title: template.title.clone(),
                    help: template.help.clone(),
                    board: seen.map(|_| id),
                });
            }
        }
        Ok(entries)
    }

    /// Makes a template's board: for everyone when an admin brings it back, else one that is the person's own, under the id `own`.
    pub async fn use_template(
        &self,
        actor: &Actor,
        connection: &ConnectionId,
        template: &str,
        own: BoardId,
    ) -> Outcome<BoardId> {
        let offer = self.offer_for(actor, connection)?;
        let found = found(&offer, template)?;
        let shared = template_board_id(connection, template);
        let is_there = self.inner.store.control.load::<Board>(&actor.workspace, &shared.0).await.map_err(failed)?;
        let unreadable =
            || AppError::refused("This template cannot be read. Nothing was made; tell its integration's author.");
        if actor.is_admin() && is_there.is_none() {
            let board = from_template(shared, &actor.user, &offer.catalog, found).ok_or_else(unreadable)?;
            let board = self.pinned_board(&self.inner.catalog.all(&actor.workspace), board);
            let write = WriteSet::default().create(&board).audit(event(Some(actor), "board.restored", &board));
            self.commit(&actor.workspace, write.delete::<DeletedTemplate>(board.id.0.clone())).await?;
            return Ok(board.id);
        }
        let board = from_template(own, &actor.user, &offer.catalog, found).ok_or_else(unreadable)?;
        let board = self.pinned_board(&self.inner.catalog.all(&actor.workspace), board);
        self.admit(actor, &board, Deed::View)?;
        let board = Board { everyone: None, template: None, ..board };
        self.create_once(actor, &board, "board.created").await?;
        Ok(board.id)
    }

    fn joins_barred(&self, actor: &Actor, all: &[Arc<Offer>], offer: &Offer, template: &BoardTemplate) -> bool {
        let board = from_template(BoardId(String::new()), &actor.user, &offer.catalog, template);
        board.is_some_and(|board| self.is_barred(&actor.workspace, &actor.user, &self.pinned_board(all, board)))
    }
}

fn found<'a>(offer: &'a Arc<Offer>, template: &str) -> Outcome<&'a BoardTemplate> {
    let found = offer.catalog.description.templates.iter().find(|one| one.name == template);
    found.ok_or_else(|| AppError::refused("This template is not offered any more. Nothing was made."))
}
