//! Boards on screen: drawing one down the ladder, remembering where, and drawing it again when its data changes.

use super::visit::FlowError;
use crate::boards::{Ask, Barrier};
use crate::domain::{Actor, BoardId, ConnectionId, Millis, UserId, WorkspaceId};
use crate::slack::address::{BoardOnScreen, Way, WorkspaceRung};
use crate::slack::client::{Message, Respond, Session};
use crate::slack::inbound::MessageRef;
use crate::slack::render::{self, BoardPlace, Rung};
use crate::slack::{Door, SlackError};
use crate::store::{Entity, WriteSet};
use anyhow::Context;
use serde_json::Value as Json;

/// Board messages of each place kept up to date in a workspace; the longest untouched is forgotten first.
const KEPT: usize = 50;
/// A private message untouched for longer is not drawn again: nobody looks, and the person can refresh it.
const KEPT_FOR: Millis = 24 * 60 * 60 * 1000;
/// One in a channel is there for those who come later: it is kept up to date for a month.
const SHARED_KEPT_FOR: Millis = 30 * KEPT_FOR;
/// Slack's life of a response address.
const RESPONSE_LIFE: Millis = 30 * 60 * 1000;
/// Slack's uses of a response address.
const RESPONSE_USES: u32 = 5;
/// After this long, better rungs are tried again: workspaces get new blocks gradually.
const RUNG_REMEMBERED: Millis = 24 * 60 * 60 * 1000;

/// What a message shows.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The board.
    pub board: BoardId,
    /// Its first row.
    pub offset: usize,
    /// Who sees it.
    pub place: BoardPlace,
    /// Only rows with these words.
    pub search: Option<String>,
    /// Through this filter of the person's own.
    pub personal: Option<String>,
}

impl Shown {
    /// The first rows, for one person.
    pub fn first_rows(board: &BoardId) -> Self {
        Self { board: board.clone(), offset: 0, place: BoardPlace::Private, search: None, personal: None }
    }
}

/// A board that was drawn.
#[derive(Clone, Debug)]
pub struct Drawn<T> {
    /// What Slack answered.
    pub answer: T,
    /// The digest of what is there now.
    pub digest: String,
    /// The connections it shows data of.
    pub connections: Vec<ConnectionId>,
}

impl<T> Drawn<T> {
    /// Without Slack's answer.
    pub fn forget_answer(self) -> Drawn<()> {
        Drawn { answer: (), digest: self.digest, connections: self.connections }
    }
}

/// Draws a board with `send`, on the best rung that Slack takes.
pub async fn draw<T, F>(
    door: &Door,
    actor: &Actor,
    shown: &Shown,
    send: impl Fn(Message) -> F,
) -> Result<Drawn<T>, FlowError>
where
    F: Future<Output = Result<T, SlackError>>,
{
    let remembered = rung(door, &actor.workspace).await;
    let mut rung = remembered;
    loop {
        let ask = Ask { offset: shown.offset, limit: rung.rows(), search: shown.search.clone() };
        let view = match &shown.personal {
            Some(filter) => door.boards().open_filtered(actor, &shown.board, filter, &ask).await?,
            None => door.boards().open(actor, &shown.board, &ask).await?,
        };
        let nonce = uuid::Uuid::new_v4().simple().to_string();
        match (send(render::board(&view, rung, shown.place, &nonce)).await, rung.below()) {
            (Ok(answer), _) => {
                if rung != remembered {
                    remember_rung(door, &actor.workspace, rung).await;
                }
                let connections = view.sources.iter().map(|source| source.connection.clone()).collect();
                let digest = digest(&render::board(&view, rung, shown.place, ""));
                return Ok(Drawn { answer, digest, connections });
            }
            (Err(SlackError::InvalidBlocks { pointers }), Some(below)) => {
                tracing::info!(?rung, ?pointers, "Slack refused a board's blocks: the next simpler ones are tried");
                rung = below;
            }
            (Err(error), _) => return Err(error.into()),
        }
    }
}

/// A digest of what a message shows.
pub fn digest(message: &Message) -> String {
    digest_of(&serde_json::json!({"text": message.text, "blocks": message.blocks}))
}

/// A digest of what is shown.
pub fn digest_of(shown: &Json) -> String {
    blake3::hash(shown.to_string().as_bytes()).to_hex()[..32].to_owned()
}

/// A response address seen now, `used` times already.
pub fn respond(url: String, now: Millis, used: u32) -> Way {
    Way::Respond { url, until: now + RESPONSE_LIFE, uses: RESPONSE_USES - used.min(RESPONSE_USES) }
}

/// Remembers a board message. One that cannot be kept up to date is not remembered; a store that fails is logged: the board is shown.
pub async fn remember(door: &Door, actor: &Actor, at: &MessageRef, shown: Shown, drawn: Drawn<()>, way: Option<Way>) {
    let Some(way) = way else { return };
    let user = poster(door, actor, at, shown.place).await;
    let screen = BoardOnScreen {
        channel: at.channel.clone(),
        ts: at.ts.clone(),
        board: shown.board,
        offset: shown.offset,
        search: shown.search,
        personal: shown.personal,
        user,
        place: shown.place,
        connections: drawn.connections,
        way,
        drawn: drawn.digest,
        touched_at: door.now(),
    };
    if let Err(error) = keep(door, &actor.workspace, &screen).await {
        tracing::warn!(error = format!("{error:#}"), "A board message could not be remembered");
    }
}

/// With whose eyes a message is drawn. One in a channel stays that of who posted it, whoever pages in it.
async fn poster(door: &Door, actor: &Actor, at: &MessageRef, place: BoardPlace) -> UserId {
    let known = match place {
        BoardPlace::Private => None,
        BoardPlace::Shared => known(door, &actor.workspace, at).await,
    };
    known.map_or_else(|| actor.user.clone(), |known| known.user)
}

async fn known(door: &Door, workspace: &WorkspaceId, at: &MessageRef) -> Option<BoardOnScreen> {
    let id = format!("{}/{}", at.channel, at.ts);
    let found = door.store().control.load::<BoardOnScreen>(workspace, &id).await.ok().flatten();
    found.map(|found| found.value)
}

/// Renews how a message can be replaced. One that is not known yet (it was the answer to a command) is remembered from now on.
pub async fn touch(door: &Door, actor: &Actor, at: &MessageRef, board: &BoardId, place: BoardPlace, way: Option<Way>) {
    let Some(way) = way else { return };
    let known = known(door, &actor.workspace, at).await;
    let known = known.map(|known| (known.offset, known.search, known.personal, known.drawn));
    let (offset, search, personal, drawn) = known.unwrap_or_default();
    let connections = match door.boards().open(actor, board, &Ask { offset: 0, limit: 1, search: None }).await {
        Ok(view) => view.sources.into_iter().map(|source| source.connection).collect(),
        Err(_) => return,
    };
    let shown = Shown { board: board.clone(), offset, place, search, personal };
    remember(door, actor, at, shown, Drawn { answer: (), digest: drawn, connections }, Some(way)).await;
}

async fn keep(door: &Door, workspace: &WorkspaceId, screen: &BoardOnScreen) -> anyhow::Result<()> {
    let mut known = screens(door, workspace).await?;
    known.retain(|other| other.id() != screen.id());
    known.sort_by_key(|other| std::cmp::Reverse(other.touched_at));
    known.retain(|other| other.place == screen.place);
    let forgotten = known.split_off(known.len().min(KEPT - 1));
    let write = WriteSet::default().put(screen);
    let write = forgotten.iter().fold(write, |write, old| write.delete::<BoardOnScreen>(old.id()));
    Ok(door.store().control.commit(workspace, write).await?)
}

async fn screens(door: &Door, workspace: &WorkspaceId) -> anyhow::Result<Vec<BoardOnScreen>> {
    // Twice the bound of both places, so that a race that kept one too many is healed by the next.
    let found = door.store().control.list::<BoardOnScreen>(workspace, None, KEPT * 4).await;
    Ok(found.context("boards on screen")?.into_iter().map(|found| found.value).collect())
}

/// Draws every board message again that shows data of this connection, as far as what it shows has changed.
pub async fn redraw(door: &Door, workspace: &WorkspaceId, connection: &ConnectionId) -> Result<(), FlowError> {
    let Some(session) = door.session(workspace) else { return Ok(()) };
    let known = screens(door, workspace).await?;
    if !known.iter().any(|screen| screen.connections.contains(connection)) {
        return Ok(());
    }
    // What was just written may still be on its way into memory: drawn before that, the old rows would stay.
    if let Err(error) = door.boards().refresh(workspace, connection).await {
        tracing::warn!(%error, "Boards on screen are drawn with the rows that are in memory");
    }
    draw_again(door, &session, workspace, known.into_iter().filter(|screen| screen.connections.contains(connection)))
        .await
}

/// Draws every board message again that joins these two connections: what is said of their records changed.
pub async fn redraw_joined(
    door: &Door,
    workspace: &WorkspaceId,
    one: &ConnectionId,
    other: &ConnectionId,
) -> Result<(), FlowError> {
    let Some(session) = door.session(workspace) else { return Ok(()) };
    let known = screens(door, workspace).await?.into_iter();
    let joins = |screen: &BoardOnScreen| [one, other].iter().all(|end| screen.connections.contains(end));
    draw_again(door, &session, workspace, known.filter(joins)).await
}

/// Draws every message of this board again, as far as what it shows has changed.
pub async fn redraw_board(door: &Door, workspace: &WorkspaceId, board: &BoardId) -> Result<(), FlowError> {
    let Some(session) = door.session(workspace) else { return Ok(()) };
    let known = screens(door, workspace).await?;
    draw_again(door, &session, workspace, known.into_iter().filter(|screen| &screen.board == board)).await
}

/// Says in every message of a deleted board that it is gone, and forgets them.
pub async fn replace_gone(door: &Door, workspace: &WorkspaceId, board: &BoardId) -> Result<(), FlowError> {
    let known = screens(door, workspace).await?.into_iter().filter(|screen| &screen.board == board);
    cover_for_good(door, workspace, known.collect(), &deleted()).await
}

/// The same for all boards that are not there any more.
pub async fn cover_gone(door: &Door, workspace: &WorkspaceId, gone: &Message) -> Result<(), FlowError> {
    let mut known = Vec::new();
    for screen in screens(door, workspace).await? {
        if !door.boards().exists(workspace, &screen.board).await? {
            known.push(screen);
        }
    }
    cover_for_good(door, workspace, known, gone).await
}

fn deleted() -> Message {
    render::sentence("This board was deleted.")
}

async fn cover_for_good(
    door: &Door,
    workspace: &WorkspaceId,
    known: Vec<BoardOnScreen>,
    gone: &Message,
) -> Result<(), FlowError> {
    let Some(session) = door.session(workspace) else { return Ok(()) };
    let mut write = WriteSet::default();
    for screen in known {
        match replace(&session, &screen, door.now(), gone).await {
            // Slack holds it back: the rows may not stay on the screen for that.
            Err(error @ (SlackError::RateLimited { .. } | SlackError::Unavailable(_))) => return Err(error.into()),
            Err(error) => tracing::info!(%error, "A message of a deleted board stays as it is"),
            Ok(()) => {}
        }
        write = write.delete::<BoardOnScreen>(screen.id());
    }
    Ok(door.store().control.commit(workspace, write).await.context("boards on screen")?)
}

async fn draw_again(
    door: &Door,
    session: &Session,
    workspace: &WorkspaceId,
    known: impl Iterator<Item = BoardOnScreen>,
) -> Result<(), FlowError> {
    let now = door.now();
    let mut write = WriteSet::default();
    for screen in known {
        let kept_for = if screen.place == BoardPlace::Shared { SHARED_KEPT_FOR } else { KEPT_FOR };
        if now - screen.touched_at > kept_for {
            write = write.delete::<BoardOnScreen>(screen.id());
            continue;
        }
        write = match redraw_one(door, session, workspace, &screen).await {
            Ok(after) => write.put(&after),
            Err(FlowError::Slack(error @ (SlackError::RateLimited { .. } | SlackError::Unavailable(_)))) => {
                return Err(error.into());
            }
            // The message is gone, or the person may no longer see the board: it is not kept up to date any more.
            Err(_) => write.delete::<BoardOnScreen>(screen.id()),
        };
    }
    Ok(door.store().control.commit(workspace, write).await.context("boards on screen")?)
}

async fn redraw_one(
    door: &Door,
    session: &Session,
    workspace: &WorkspaceId,
    screen: &BoardOnScreen,
) -> Result<BoardOnScreen, FlowError> {
    let actor = door.directory().actor(workspace, &screen.user);
    if !door.boards().exists(workspace, &screen.board).await? {
        // Not drawn again, and its rows do not stay.
        replace(session, screen, door.now(), &deleted()).await?;
        return Err(SlackError::NotFound("board".to_owned()).into());
    }
    if let Some(barrier) = door.boards().barrier(&actor, &screen.board).await? {
        return cover(door, session, screen, &barrier).await;
    }
    let shown = Shown {
        board: screen.board.clone(),
        offset: screen.offset,
        place: screen.place,
        search: screen.search.clone(),
        personal: screen.personal.clone(),
    };
    let send = |message: Message| async move {
        if digest(&without_nonce(&message)) == screen.drawn {
            return Ok(false);
        }
        replace(session, screen, door.now(), &message).await.map(|()| true)
    };
    let drawn = draw(door, &actor, &shown, send).await?;
    let mut after = screen.clone();
    after.drawn = drawn.digest;
    if let (true, Way::Respond { uses, .. }) = (drawn.answer, &mut after.way) {
        *uses = uses.saturating_sub(1);
    }
    Ok(after)
}

/// A sentence in the place of a board that may not be shown now. The message is remembered: when it may be shown again, it is.
async fn cover(
    door: &Door,
    session: &Session,
    screen: &BoardOnScreen,
    barrier: &Barrier,
) -> Result<BoardOnScreen, FlowError> {
    let message = covering(barrier, &screen.user, screen.place);
    let drawn = digest(&message);
    let mut after = screen.clone();
    if drawn != screen.drawn {
        replace(session, screen, door.now(), &message).await?;
        if let Way::Respond { uses, .. } = &mut after.way {
            *uses = uses.saturating_sub(1);
        }
    }
    after.drawn = drawn;
    Ok(after)
}

/// What stands in the place of a board that may not be shown now.
pub fn covering(barrier: &Barrier, reader: &UserId, place: BoardPlace) -> Message {
    render::sentence(&match place {
        BoardPlace::Private => barrier.for_reader(reader),
        BoardPlace::Shared => barrier.for_channel(),
    })
}

/// The row select's block carries the nonce: without it, two drawings of the same are the same.
fn without_nonce(message: &Message) -> Message {
    let mut message = message.clone();
    for block in &mut message.blocks {
        let id = block["block_id"].as_str().unwrap_or_default();
        if let Some(without) = crate::slack::meta::field::without_nonce(id) {
            block["block_id"] = without.into();
        }
    }
    message
}

async fn replace(session: &Session, screen: &BoardOnScreen, now: Millis, message: &Message) -> Result<(), SlackError> {
    match &screen.way {
        Way::Update => session.update(&screen.channel, &screen.ts, message).await,
        Way::Respond { url, until, uses } if *uses > 0 && *until > now => {
            session.respond(url, Respond::Replacing, message).await
        }
        Way::Respond { .. } => Err(SlackError::Expired("response address".to_owned())),
    }
}

async fn rung(door: &Door, workspace: &WorkspaceId) -> Rung {
    let found = door.store().control.load::<WorkspaceRung>(workspace, WorkspaceRung::ID).await.ok().flatten();
    found
        .filter(|found| door.now() - found.value.since < RUNG_REMEMBERED)
        .map_or(Rung::default(), |found| found.value.rung)
}

async fn remember_rung(door: &Door, workspace: &WorkspaceId, rung: Rung) {
    let write = WriteSet::default().put(&WorkspaceRung { rung, since: door.now() });
    if let Err(error) = door.store().control.commit(workspace, write).await {
        tracing::warn!(%error, "The blocks a workspace takes could not be remembered");
    }
}
