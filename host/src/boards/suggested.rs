//! Records that may be meant by what somebody types: what a form offers for an input that names a record.

use super::catalog::Offer;
use super::definition::Schema;
use super::engine::{By, EdgeKey, Link, Reach, Table, closest_rows};
use super::needs::Needs;
use super::open::{MAX_SEARCH_CHARS, title};
use super::service::Boards;
use super::view::Suggestion;
use crate::boards::bind::label;
use crate::domain::{Actor, Cardinality, ConnectionId, ObjectName, ObjectRef, ObjectType, Outcome};
use anyhow::Context;
use std::sync::Arc;

/// As many as a menu in Slack shows.
const MAX_SUGGESTIONS: usize = 100;

/// An object whose records are looked through.
struct Searched {
    described: ObjectType,
    table: Arc<Table>,
    /// Whose each record is, where its own fields do not tell it from its like.
    owner: Option<Owner>,
}

/// The object at the far end of a record's first relationship to one.
struct Owner {
    described: ObjectType,
    table: Arc<Table>,
    edge: EdgeKey,
}

impl Boards {
    /// Records of an object that may be meant by these words: those whose title, primary field or owner is exactly so first, then
    /// those that start with them, then those that contain them; the first by title when no word is given.
    pub async fn suggest(
        &self,
        actor: &Actor,
        connection: &ConnectionId,
        object: &ObjectName,
        words: &str,
        limit: usize,
    ) -> Outcome<Vec<Suggestion>> {
        let offer = self.offer_for(actor, connection)?;
        let Some(searched) = self.searched(actor, &offer, &ObjectRef::new(connection, object)).await? else {
            return Ok(Vec::new());
        };
        let words: String = words.trim().chars().take(MAX_SEARCH_CHARS).collect();
        let limit = limit.min(MAX_SUGGESTIONS);
        let _permit = self.permit().await?;
        let look = move || searched.closest(&words, limit);
        Ok(tokio::task::spawn_blocking(look).await.context("the records could not be searched")?)
    }

    async fn searched(&self, actor: &Actor, offer: &Arc<Offer>, object: &ObjectRef) -> Outcome<Option<Searched>> {
        let schema = Schema::of([&offer.catalog]);
        let Some(described) = schema.object(object).cloned() else { return Ok(None) };
        let edge = owner_edge(&schema, &described, object);
        let mut needs = Needs::object(object);
        needs.objects.extend(edge.iter().map(|edge| edge.object.clone()));
        let place = (actor.workspace.clone(), object.connection.clone());
        let sources = self.inner.tables.get(&place, offer, &needs).await?;
        let table =
            |of: &ObjectRef| sources.get(of).map(|source| source.table.clone()).context("the table was not loaded");
        let owner = edge.and_then(|edge| Some((schema.object(&edge.object)?.clone(), edge)));
        let owner = match owner {
            Some((described, edge)) => Some(Owner { table: table(&edge.object)?, described, edge }),
            None => None,
        };
        Ok(Some(Searched { table: table(object)?, described, owner }))
    }
}

/// A record with a title beside its primary field is known by the two; another one by whose it is, as a token is by its user.
fn owner_edge(schema: &Schema<'_>, described: &ObjectType, object: &ObjectRef) -> Option<EdgeKey> {
    if described.label.as_ref().is_some_and(|label| *label != described.primary) {
        return None;
    }
    let edges = schema.edges(object).into_iter().map(|edge| edge.key);
    let to_one = |edge: &EdgeKey| edge.cardinality == Cardinality::ToOne && matches!(edge.by, By::Relationship(_));
    edges.filter(|edge| edge.object != *object).find(to_one)
}

impl Searched {
    fn closest(&self, words: &str, limit: usize) -> Vec<Suggestion> {
        let owner = self.owner.as_ref().map(|owner| (owner, self.table.link(&owner.edge, &owner.table)));
        let mut reaches = names(&self.described, &self.table, Vec::new());
        if let Some((owner, link)) = &owner {
            reaches.extend(names(&owner.described, &owner.table, vec![link.clone()]));
        }
        let rows = closest_rows(&self.table, &reaches, words, limit);
        rows.into_iter().map(|row| self.suggestion(row, owner.as_ref())).collect()
    }

    fn suggestion(&self, row: u32, owner: Option<&(&Owner, Arc<Link>)>) -> Suggestion {
        let called = title(&self.described, &self.table, row);
        let primary = self.table.field(&self.described.primary).map(|field| label(&self.table.value(field, row)));
        let owner = || owner.and_then(|(owner, link)| Some(title(&owner.described, &owner.table, link.first(row)?)));
        let detail = primary.filter(|primary| *primary != called).or_else(owner).unwrap_or_default();
        Suggestion { key: self.table.keys().get(row as usize).into_owned(), title: called, detail }
    }
}

/// The columns that name a record: its label and its primary field.
fn names(described: &ObjectType, table: &Arc<Table>, steps: Vec<Arc<Link>>) -> Vec<Reach> {
    let fields = described.label.iter().chain([&described.primary]).filter_map(|name| table.field(name));
    fields.map(|field| Reach::new(steps.clone(), table, field)).collect()
}
