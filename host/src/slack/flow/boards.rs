//! Boards: list, find, open, page, share.

use super::screens::{self, Shown, draw};
use super::visit::{Visit, spoken};
use crate::domain::{AppError, BoardId};
use crate::slack::SlackError;
use crate::slack::address::Way;
use crate::slack::client::{Message, Respond};
use crate::slack::inbound::MessageRef;
use crate::slack::render::{self, BoardPlace};

use super::visit::FlowError;

impl Visit {
    pub(super) async fn list_boards(&self) -> Result<(), SlackError> {
        let list = async { Ok(render::boards(&self.door.boards().list(&self.actor).await?, None)) };
        self.answer_with(list).await
    }

    pub(super) async fn find_board(&self, name: &str) -> Result<(), SlackError> {
        match self.door.boards().find(&self.actor, name).await {
            Ok(found) => match found.as_slice() {
                [one] => self.open_board(&one.id).await,
                several => self.answer(&render::boards(several, Some(name))).await,
            },
            Err(error) => self.refuse(error).await,
        }
    }

    /// In a message of its own: private where it was asked for, or in the conversation with the app when that was the Home.
    pub(super) async fn open_board(&self, board: &BoardId) -> Result<(), SlackError> {
        self.open_privately(Shown::first_rows(board)).await
    }

    /// In a channel that was noted before, as far as the bot may still speak there.
    pub(super) async fn open_board_in(&self, channel: Option<&str>, shown: Shown) -> Result<(), SlackError> {
        let Some(channel) = channel else { return self.open_privately(shown).await };
        let post = |message: Message| async move {
            match self.session.post_ephemeral(channel, &self.actor.user, &message).await {
                Err(SlackError::NotFound(_)) => self.answer(&message).await,
                posted => posted,
            }
        };
        let drawn = draw(&self.door, &self.actor, &shown, post).await;
        self.ended(drawn.map(drop)).await
    }

    /// Only the rows in which the words stand, for the person alone.
    pub(super) async fn search_board(&self, board: &BoardId, words: &str) -> Result<(), SlackError> {
        self.end("Search board", Ok(format!("What is found for “{words}” is in your messages with this app."))).await?;
        let shown = Shown { search: Some(words.trim().to_owned()), ..Shown::first_rows(board) };
        self.open_privately(shown).await
    }

    async fn open_privately(&self, shown: Shown) -> Result<(), SlackError> {
        if self.response_url.is_some() || self.channel.is_some() {
            let drawn =
                draw(&self.door, &self.actor, &shown, |message| async move { self.answer(&message).await }).await;
            return self.ended(drawn.map(drop)).await;
        }
        let direct = self.session.direct_channel(&self.actor.user).await?;
        // The conversation with the app has one reader, but it is a message like any other: it can be updated.
        self.post_board(&direct, shown).await
    }

    /// In the message that was clicked in.
    pub(super) async fn show_board(&self, shown: Shown) -> Result<(), SlackError> {
        let Some(at) = self.message.clone() else { return self.open_privately(shown).await };
        let shown = Shown { place: self.place(&at), ..shown };
        if let (BoardPlace::Private, Ok(Some(barrier))) =
            (shown.place, self.door.boards().barrier(&self.actor, &shown.board).await)
        {
            // What still stands there is not theirs to see any more.
            let covering = screens::covering(&barrier, &self.actor.user, shown.place);
            return match self.replace(&at, covering.clone()).await {
                Err(SlackError::NotFound(_) | SlackError::Expired(_)) => self.answer(&covering).await,
                replaced => replaced,
            };
        }
        let drawn = draw(&self.door, &self.actor, &shown, |message| self.replace(&at, message)).await;
        if let Ok(drawn) = &drawn {
            let way = self.way(&at, 1);
            screens::remember(&self.door, &self.actor, &at, shown, drawn.clone(), way).await;
        }
        self.ended(drawn.map(drop)).await
    }

    pub(super) async fn share_board(&self, board: &BoardId, offset: usize) -> Result<(), SlackError> {
        let Some(channel) = self.channel.clone() else { return Ok(()) };
        self.post_board(&channel, Shown { offset, place: BoardPlace::Shared, ..Shown::first_rows(board) }).await
    }

    /// The board's first rows, where everybody in the channel sees them.
    pub(super) async fn post_to(&self, channel: &str, board: &BoardId) -> Result<(), SlackError> {
        self.post_board(channel, Shown { place: BoardPlace::Shared, ..Shown::first_rows(board) }).await
    }

    /// A click in a private board message renews the way in which it can be replaced later.
    pub(super) async fn touch_board(&self, board: &BoardId) {
        if let Some(at) = &self.message {
            let place = self.place(at);
            screens::touch(&self.door, &self.actor, at, board, place, self.way(at, 0)).await;
        }
    }

    async fn post_board(&self, channel: &str, shown: Shown) -> Result<(), SlackError> {
        let post = |message: Message| async move { self.session.post(channel, None, &message).await };
        let drawn = draw(&self.door, &self.actor, &shown, post).await;
        match drawn {
            Ok(drawn) => {
                let at = MessageRef { channel: channel.to_owned(), ts: drawn.answer.clone(), ephemeral: false };
                screens::remember(&self.door, &self.actor, &at, shown, drawn.forget_answer(), Some(Way::Update)).await;
                Ok(())
            }
            Err(FlowError::Slack(SlackError::NotFound(_))) => {
                let hint = "I cannot post here: invite me to the channel first (`/invite @Weft`). Nothing was shared.";
                self.answer(&render::sentence(hint)).await
            }
            Err(error) => self.ended(Err(error)).await,
        }
    }

    async fn replace(&self, at: &MessageRef, message: Message) -> Result<(), SlackError> {
        match (&self.response_url, at.ephemeral) {
            (Some(url), true) => self.session.respond(url, Respond::Replacing, &message).await,
            _ => self.session.update(&at.channel, &at.ts, &message).await,
        }
    }

    fn place(&self, at: &MessageRef) -> BoardPlace {
        // A conversation with the app has one reader.
        if at.ephemeral || at.channel.starts_with('D') { BoardPlace::Private } else { BoardPlace::Shared }
    }

    fn way(&self, at: &MessageRef, used: u32) -> Option<Way> {
        if !at.ephemeral {
            return Some(Way::Update);
        }
        let url = self.response_url.clone()?;
        Some(screens::respond(url, self.door.now(), used))
    }

    /// Says why it did not happen; faults of Slack go up.
    pub(super) async fn ended(&self, done: Result<(), FlowError>) -> Result<(), SlackError> {
        match done {
            Ok(()) => Ok(()),
            Err(FlowError::App(error)) => self.refuse(error).await,
            Err(FlowError::Slack(error)) => Err(error),
        }
    }

    pub(super) async fn refuse(&self, error: AppError) -> Result<(), SlackError> {
        self.answer(&render::sentence(&spoken(error))).await
    }
}
