//! Who a record is in the other tools: which key says so, what several accounts it may be, what an admin said, and the accounts that
//! can be meant when an admin looks for one.

use super::bind::label;
use super::definition::{Edge, Schema};
use super::engine::{By, Candidates, Identity, MATCH_NONE, MATCH_PERSON, MATCH_SEVERAL, Reach, Table, closest_rows};
use super::open::title;
use super::persons::Saying;
use super::service::Boards;
use super::tables::Source;
use crate::domain::{Actor, AppError, IdentityKey, Millis, ObjectRef, ObjectType, Outcome, RecordRef, UserId};
use anyhow::Context;
use std::sync::Arc;

/// Of several accounts that match, so many are named: more are found by typing.
const NAMED: usize = 3;
/// As many as a menu in Slack shows.
const MAX_ACCOUNTS: usize = 100;
/// What people type to find an account; the rest of a longer text is not looked at.
const MAX_WORDS_CHARS: usize = 100;
/// The kind of key that tells people apart best on screen.
const EMAIL: &str = "email";

/// What stands for a record in an object of another tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchView {
    /// The object and its tool in words: `User in Okta`.
    pub title: String,
    /// The object there.
    pub object: ObjectRef,
    /// What was found.
    pub found: Found,
    /// The keys that are compared, in words (`same e-mail address`), in the order in which they are tried.
    pub keys: Vec<String>,
    /// What admins said of the record and records of this object.
    pub said: Vec<SaidView>,
}

/// What was found in another tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Not all is there that would have to be looked through.
    Unread,
    /// The record has none of the keys.
    NoKey,
    /// Nothing matches.
    Nothing,
    /// One account.
    One {
        /// In words, which key says so, or that an admin does.
        how: String,
        /// Which.
        account: Account,
    },
    /// Several accounts: none is picked.
    Several {
        /// In words, which key says so.
        how: String,
        /// The first of them.
        accounts: Vec<Account>,
        /// How many there are.
        total: usize,
    },
}

/// A record of another tool, as people know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub record: RecordRef,
    /// As people call it.
    pub title: String,
    /// What tells it from others of the same title, such as its e-mail address; may be empty.
    pub detail: String,
}

/// What an admin said of a record and another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidView {
    /// The other one.
    pub other: RecordRef,
    /// As people know it; none when it is not there any more.
    pub account: Option<Account>,
    /// They are the same; else they are not.
    pub same: bool,
    /// Who said so.
    pub by: UserId,
    /// When.
    pub at: Millis,
}

/// A record and an object of another tool, with what is known of both.
struct Pair {
    edge: Edge,
    near: Arc<Table>,
    far: Source,
    described: ObjectType,
    of: RecordRef,
    sayings: Vec<Saying>,
}

impl Boards {
    /// What stands for a record in each object of other tools that it can be joined with and the person may use.
    pub async fn matches(&self, actor: &Actor, record: &RecordRef) -> Outcome<Vec<MatchView>> {
        let of = ObjectRef::new(&record.connection, &record.object);
        self.offer_for(actor, &record.connection)?;
        let offers = self.offers(actor).open;
        let persons = self.inner.persons.get(&self.inner.store, &actor.workspace).await?;
        let schema = Schema { persons: persons.clone(), ..Schema::of(offers.iter().map(|offer| &offer.catalog)) };
        let mut views = Vec::new();
        for edge in schema.crossings(&of) {
            let Some(described) = schema.object(&edge.key.object).cloned() else { continue };
            let near = self.stored(actor, &of).await?.table;
            let far = self.stored(actor, &edge.key.object).await?;
            let sayings = persons.about(record, &edge.key.object);
            let pair = Pair { edge, near, far, described, of: record.clone(), sayings };
            let view =
                tokio::task::spawn_blocking(move || pair.view()).await.context("a match could not be looked up")?;
            views.push(view);
        }
        Ok(views)
    }

    /// Records of an object of another tool that may be meant by these words, by name, e-mail address and other identity keys. Without
    /// words those that are called like the record come first. Only for admins.
    pub async fn accounts(
        &self,
        actor: &Actor,
        of: &RecordRef,
        object: &ObjectRef,
        words: &str,
        limit: usize,
    ) -> Outcome<Vec<Account>> {
        if !actor.is_admin() {
            return Err(AppError::refused("Only an admin may look for accounts to link. Nothing was looked up."));
        }
        let described = self.described(actor, object)?;
        let called = match words.trim() {
            "" => self.called(actor, of).await?,
            _ => String::new(),
        };
        let far = self.stored(actor, object).await?.table;
        let object = object.clone();
        let words: String = words.trim().chars().take(MAX_WORDS_CHARS).collect();
        let limit = limit.min(MAX_ACCOUNTS);
        let _permit = self.permit().await?;
        let look = move || {
            let mut rows = if called.is_empty() { Vec::new() } else { fitting(&described, &far, &called, limit) };
            let others = fitting(&described, &far, &words, limit);
            rows.extend(others.into_iter().filter(|row| !rows.contains(row)).collect::<Vec<_>>());
            rows.truncate(limit);
            rows.into_iter().map(|row| account(&object, &described, &far, row)).collect()
        };
        Ok(tokio::task::spawn_blocking(look).await.context("the accounts could not be searched")?)
    }

    /// The object as its tool describes it, or a refusal.
    pub(super) fn described(&self, actor: &Actor, object: &ObjectRef) -> Outcome<ObjectType> {
        let offer = self.offer_for(actor, &object.connection)?;
        let described = offer.catalog.description.object(&object.object).cloned();
        described.ok_or_else(|| AppError::refused(format!("There is no object `{}` (any more).", object.object)))
    }

    pub(super) async fn stored(&self, actor: &Actor, object: &ObjectRef) -> Outcome<Source> {
        let offer = self.offer_for(actor, &object.connection)?;
        self.source(&(actor.workspace.clone(), object.connection.clone()), &offer, object).await
    }

    async fn called(&self, actor: &Actor, record: &RecordRef) -> Outcome<String> {
        let of = ObjectRef::new(&record.connection, &record.object);
        let described = self.described(actor, &of)?;
        let table = self.stored(actor, &of).await?.table;
        Ok(table.row_of(&record.key).map_or_else(String::new, |row| title(&described, &table, row)))
    }
}

impl Pair {
    fn view(&self) -> MatchView {
        let fixed = [MATCH_NONE, MATCH_SEVERAL, MATCH_PERSON];
        let choices = self.edge.match_field().map(|field| field.choices).unwrap_or_default();
        let keys = choices.iter().filter(|choice| !fixed.contains(&choice.value.as_str()));
        MatchView {
            title: self.edge.title.clone(),
            object: self.edge.key.object.clone(),
            found: self.found(),
            keys: keys.map(|choice| choice.title.clone()).collect(),
            said: self.sayings.iter().map(|saying| self.said(saying)).collect(),
        }
    }

    fn found(&self) -> Found {
        let row = self.near.row_of(&self.of.key);
        let (Some(row), By::Identity(identity), true) = (row, &self.edge.key.by, self.far.is_whole()) else {
            return Found::Unread;
        };
        let link = self.near.link(&self.edge.key, &self.far.table);
        let how = link.matches.as_ref().map(|matches| matches.how.value(row as usize));
        let Some(how) = how.as_ref().and_then(|how| how.as_text()) else { return Found::NoKey };
        match (how, link.first(row)) {
            (MATCH_SEVERAL, _) => self.several(identity, row),
            (_, Some(far)) => Found::One { how: self.in_words(how), account: self.account(far) },
            _ => Found::Nothing,
        }
    }

    fn several(&self, identity: &Identity, row: u32) -> Found {
        let Candidates { key, rows, total } = identity.candidates(&self.near, row, &self.far.table, NAMED);
        let how = key.and_then(|key| identity.keys.get(key)).map_or(MATCH_PERSON, |key| key.kind.as_str());
        let accounts = rows.into_iter().map(|row| self.account(row)).collect();
        Found::Several { how: self.in_words(how), accounts, total }
    }

    fn in_words(&self, how: &str) -> String {
        let choices = self.edge.match_field().map(|field| field.choices).unwrap_or_default();
        let choice = choices.into_iter().find(|choice| choice.value == how);
        choice.map_or_else(|| how.to_owned(), |choice| choice.title)
    }

    fn account(&self, row: u32) -> Account {
        account(&self.edge.key.object, &self.described, &self.far.table, row)
    }

    fn said(&self, saying: &Saying) -> SaidView {
        let other = saying.other(&self.of).clone();
        let account = self.far.table.row_of(&other.key).map(|row| self.account(row));
        SaidView { other, account, same: saying.same, by: saying.by.clone(), at: saying.at }
    }
}

/// Rows by what people know them by: label, primary field, identity keys.
fn fitting(described: &ObjectType, table: &Arc<Table>, words: &str, limit: usize) -> Vec<u32> {
    let names = described.label.iter().chain([&described.primary]);
    let names = names.chain(described.identities.iter().map(|key| &key.field));
    let mut fields: Vec<usize> = Vec::new();
    for field in names.filter_map(|name| table.field(name)) {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    let reaches: Vec<Reach> = fields.into_iter().map(|field| Reach::new(Vec::new(), table, field)).collect();
    closest_rows(table, &reaches, words, limit)
}

/// The account in a row. Its detail is its e-mail address, else the first other key it has, else its primary field.
fn account(object: &ObjectRef, described: &ObjectType, table: &Table, row: u32) -> Account {
    let ObjectRef { connection, object } = object.clone();
    let title = title(described, table, row);
    let mut keys: Vec<&IdentityKey> = described.identities.iter().collect();
    keys.sort_by_key(|key| key.kind != EMAIL);
    let names = keys.into_iter().map(|key| &key.field).chain([&described.primary]);
    let mut texts = names.filter_map(|name| Some(label(&table.value(table.field(name)?, row))));
    let detail = texts.find(|text| !text.is_empty() && *text != title).unwrap_or_default();
    let key = table.keys().get(row as usize).into_owned();
    Account { record: RecordRef { connection, object, key }, title, detail }
}
