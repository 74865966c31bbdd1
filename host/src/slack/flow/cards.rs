//! The copies of a request's card: posted once, updated in place, with reminder and results in their threads.

use super::screens::digest;
use super::visit::FlowError;
use crate::actions::{RequestState, RequestView, Why};
use crate::domain::{UserId, WorkspaceId};
use crate::slack::address::{CardAddresses, CardCopy};
use crate::slack::client::Session;
use crate::slack::render::{self, Audience};
use crate::slack::{Door, SlackError};
use crate::store::WriteSet;
use anyhow::Context;

/// Approvers that get a message of their own; more of them are better asked in a channel.
const APPROVERS: usize = 20;

/// Somebody who is to have a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reader {
    /// The approvals channel.
    Channel(String),
    /// A person who may decide.
    Approver(UserId),
    /// Who asked.
    Requester(UserId),
}

impl Reader {
    fn audience(&self) -> Audience {
        match self {
            Self::Channel(_) | Self::Approver(_) => Audience::Approver,
            Self::Requester(_) => Audience::Requester,
        }
    }

    fn user(&self) -> Option<&UserId> {
        match self {
            Self::Channel(_) => None,
            Self::Approver(user) | Self::Requester(user) => Some(user),
        }
    }

    fn has(&self, copy: &CardCopy) -> bool {
        copy.audience == self.audience() && copy.user.as_ref() == self.user()
    }
}

/// Posts what is missing, updates what is old, adds what belongs in the threads.
pub(in crate::slack) async fn bring_up_to_date(
    door: &Door,
    session: &Session,
    workspace: &WorkspaceId,
    view: &RequestView,
    why: Why,
) -> Result<(), FlowError> {
    let mut addresses = load(door, workspace, view).await?;
    for reader in readers(view, door.directory().approvals_channel(workspace)) {
        if !addresses.copies.iter().any(|copy| reader.has(copy)) {
            match post(session, view, &reader).await {
                Ok(copy) => addresses.copies.push(copy),
                Err(error @ (SlackError::NotFound(_) | SlackError::Fatal(_))) => {
                    tracing::warn!(%error, request = %view.id, "A card could not be posted to one of its readers");
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            // Before the next is posted: a crash in between costs no address.
            save(door, workspace, &addresses).await?;
        }
    }
    let mut at = 0;
    while at < addresses.copies.len() {
        let before = addresses.copies[at].clone();
        let mut copy = before.clone();
        match freshen(session, view, why, &mut copy).await {
            Ok(()) if copy == before => at += 1,
            Ok(()) => {
                addresses.copies[at] = copy;
                save(door, workspace, &addresses).await?;
                at += 1;
            }
            Err(SlackError::NotFound(_)) => {
                addresses.copies.remove(at);
                save(door, workspace, &addresses).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Who is to have a copy now. Approvers are asked while it waits, never afterwards; a preview has no readers yet.
fn readers(view: &RequestView, channel: Option<String>) -> Vec<Reader> {
    if view.state == RequestState::Prepared || view.requested_at.is_none() {
        return Vec::new();
    }
    let mut readers = vec![Reader::Requester(view.requester.clone())];
    if view.state == RequestState::Waiting {
        // Who is named need not look into the channel.
        let each = channel.is_none() || view.only_named;
        let approvers = view.approvers.iter().filter(|user| each || view.also_asked.as_ref() == Some(*user));
        readers.extend(channel.map(Reader::Channel));
        readers.extend(approvers.take(APPROVERS).cloned().map(Reader::Approver));
    }
    readers
}

async fn post(session: &Session, view: &RequestView, reader: &Reader) -> Result<CardCopy, SlackError> {
    let channel = match reader {
        Reader::Channel(channel) => channel.clone(),
        Reader::Approver(user) | Reader::Requester(user) => session.direct_channel(user).await?,
    };
    let card = render::card(view, reader.audience(), reader.user());
    let ts = session.post(&channel, None, &card).await?;
    Ok(CardCopy {
        channel,
        ts,
        user: reader.user().cloned(),
        audience: reader.audience(),
        drawn: digest(&card),
        results: None,
        reminded: false,
    })
}

async fn freshen(session: &Session, view: &RequestView, why: Why, copy: &mut CardCopy) -> Result<(), SlackError> {
    let card = render::card(view, copy.audience, copy.user.as_ref());
    let drawn = digest(&card);
    if copy.drawn != drawn {
        session.update(&copy.channel, &copy.ts, &card).await?;
        copy.drawn = drawn;
    }
    let waits = view.state == RequestState::Waiting;
    if why == Why::Reminder && waits && copy.audience == Audience::Approver && !copy.reminded {
        session.post(&copy.channel, Some(&copy.ts), &render::reminder(view)).await?;
        copy.reminded = true;
    }
    if render::has_results(view) && reads_results(view, copy) {
        tell_results(session, view, copy).await?;
    }
    Ok(())
}

/// The requester, the channel, and who decided; other approvers see the outcome on their card.
fn reads_results(view: &RequestView, copy: &CardCopy) -> bool {
    let decided = |user: &UserId| view.decision.iter().chain(&view.approvals).any(|decided| &decided.by == user);
    copy.audience == Audience::Requester || copy.user.as_ref().is_none_or(decided)
}

async fn tell_results(session: &Session, view: &RequestView, copy: &mut CardCopy) -> Result<(), SlackError> {
    let message = render::results(view);
    let drawn = digest(&message);
    let ts = match copy.results.take() {
        Some((ts, before)) if before == drawn => ts,
        Some((ts, _)) => {
            session.update(&copy.channel, &ts, &message).await?;
            ts
        }
        None => session.post(&copy.channel, Some(&copy.ts), &message).await?,
    };
    copy.results = Some((ts, drawn));
    Ok(())
}

async fn load(door: &Door, workspace: &WorkspaceId, view: &RequestView) -> Result<CardAddresses, FlowError> {
    let found = door.store().control.load::<CardAddresses>(workspace, view.id.as_str()).await;
    let found = found.context("where a card's copies are")?;
    Ok(found.map_or_else(|| CardAddresses { request: view.id.clone(), copies: Vec::new() }, |found| found.value))
}

/// Notices of one request come one at a time, so nobody else writes this.
async fn save(door: &Door, workspace: &WorkspaceId, addresses: &CardAddresses) -> Result<(), FlowError> {
    let kept = door.store().control.commit(workspace, WriteSet::default().put(addresses)).await;
    Ok(kept.context("where a card's copies are")?)
}
