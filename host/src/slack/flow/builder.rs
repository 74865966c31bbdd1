//! Building boards: the window, each change in it, its text, and saving it.

use super::screens::{self, Shown};
use super::visit::{Visit, spoken};
use crate::boards::{Change, Drafted, Entered, Saved};
use crate::domain::{AppError, BoardId, ConnectionId, Outcome};
use crate::slack::SlackError;
use crate::slack::block::AlertLevel;
use crate::slack::limits;
use crate::slack::press::Part;
use crate::slack::render::{self, Builder, PREVIEW_ROWS, Preview};
use serde_json::Value as Json;
use std::time::Duration;

/// A preview that takes longer comes after the fields: nobody waits for a count to choose the next one.
const PREVIEW_WAIT: Duration = Duration::from_millis(700);

impl Visit {
    pub(super) async fn new_board(&self) -> Result<(), SlackError> {
        let work = async {
            let place = self.channel.clone();
            let drafted = self.door.boards().begin_draft(&self.actor, None, place).await?;
            self.whole(&drafted, None, None).await
        };
        self.in_modal("Looking up what there is…", work).await
    }

    pub(super) async fn edit_board(&self, board: &BoardId, part: Part) -> Result<(), SlackError> {
        let work = async {
            let drafted = self.door.boards().begin_draft(&self.actor, Some(board), self.channel.clone()).await?;
            self.whole(&drafted, None, Some(part)).await
        };
        let shown = self.in_modal("Looking up the board…", work).await;
        self.touch_board(board).await;
        shown
    }

    /// Takes in what was entered and shows the window again.
    pub(super) async fn change_draft(&self, draft: &str, entered: &Entered, change: Change) -> Result<(), SlackError> {
        let Some(view) = &self.modal else { return Ok(()) };
        match self.door.boards().change_draft(&self.actor, draft, entered, change).await {
            Ok(drafted) => self.show_draft(&view.id, view.hash.as_deref(), drafted).await,
            Err(error) => self.not_taken(draft, error).await,
        }
    }

    /// What was typed since stays: Slack keeps it under the same names. Where the window was changed meanwhile, what the draft holds
    /// now is shown, since it holds all of it.
    async fn show_draft(&self, view: &str, hash: Option<&str>, drafted: Drafted) -> Result<(), SlackError> {
        let (rows, mut waiting) = (drafted.clone(), None);
        let mut preview = Box::pin(self.draft_preview(&rows));
        let shown = match tokio::time::timeout(PREVIEW_WAIT, &mut preview).await {
            Ok(shown) => shown,
            Err(_) => {
                waiting = Some(preview);
                Preview::Counting
            }
        };
        let modal = self.window(&drafted, &shown, None, None);
        let drafted = match self.session.update_view(view, hash, &modal).await {
            Err(SlackError::HashConflict) => {
                let now = self.door.boards().draft(&self.actor, &drafted.draft.id).await.unwrap_or(drafted);
                let modal = self.window(&now, &shown, None, None);
                gone_is_fine(self.session.update_view(view, None, &modal).await)?;
                now
            }
            updated => {
                gone_is_fine(updated)?;
                drafted
            }
        };
        if let Some(preview) = waiting {
            let modal = self.window(&drafted, &preview.await, None, None);
            gone_is_fine(self.session.update_view(view, None, &modal).await)?;
        }
        Ok(())
    }

    /// The window with its preview.
    async fn whole(&self, drafted: &Drafted, alert: Option<&str>, part: Option<Part>) -> Outcome<Json> {
        let preview = self.draft_preview(drafted).await;
        Ok(self.window(drafted, &preview, alert, part))
    }

    fn window(&self, drafted: &Drafted, preview: &Preview, alert: Option<&str>, part: Option<Part>) -> Json {
        let objects = self.door.boards().objects(&self.actor);
        render::builder(&Builder { drafted, objects: &objects, preview, alert, part })
    }

    async fn draft_preview(&self, drafted: &Drafted) -> Preview {
        match self.door.boards().preview_draft(&self.actor, &drafted.draft, PREVIEW_ROWS).await {
            Ok(Some(view)) => Preview::Shown(Box::new(view)),
            Ok(None) => Preview::Nothing,
            Err(error) => Preview::Refused(spoken(error)),
        }
    }

    /// The text of what stands in the window, above it.
    pub(super) async fn draft_text(&self, draft: &str) -> Result<(), SlackError> {
        let (Some(view), Some(trigger)) = (&self.modal, &self.trigger) else { return Ok(()) };
        let entered = crate::slack::draft_fields::entered(view);
        let kept = self.door.boards().change_draft(&self.actor, draft, &entered, Change::None).await;
        let text = kept.and_then(|drafted| text_of(&drafted));
        let modal = match text {
            Ok(text) if text.chars().count() <= limits::INPUT_TEXT => render::draft_text(draft, &view.id, &text),
            Ok(_) => render::text_too_long(),
            Err(error) => render::said("Board as text", AlertLevel::Error, &spoken(error)),
        };
        match self.session.push_view(trigger, &modal).await {
            Err(SlackError::Expired(_) | SlackError::NotFound(_)) => Ok(()),
            pushed => pushed.map(drop),
        }
    }

    /// The text was taken on: the window below shows it.
    pub(super) async fn read_text(&self, draft: &str, builder: &str, text: &str) -> Result<(), SlackError> {
        match self.door.boards().read_into_draft(&self.actor, draft, text).await {
            Ok(drafted) => self.show_draft(builder, None, drafted).await,
            Err(error) => {
                let said = render::said("Board as text", AlertLevel::Error, &spoken(error));
                gone_is_fine(self.session.update_view(builder, None, &said).await)
            }
        }
    }

    pub(super) async fn save_draft(&self, draft: &str, entered: &Entered) -> Result<(), SlackError> {
        let is_personal = self.door.boards().draft(&self.actor, draft).await.is_ok_and(|known| known.draft.personal);
        if is_personal {
            return self.filtered(draft, entered).await;
        }
        match self.door.boards().save_draft(&self.actor, draft, entered).await {
            Ok(saved) => self.saved(draft, &saved).await,
            Err(error) => self.not_taken(draft, error).await,
        }
    }

    /// The window again, with what is wrong: nothing of what was entered is lost.
    async fn not_taken(&self, draft: &str, error: AppError) -> Result<(), SlackError> {
        let why = match error {
            AppError::Refused(why) => why,
            AppError::Inputs(wrong) => wrong.into_iter().map(|(_, sentence)| sentence).collect::<Vec<_>>().join(" "),
            error => return self.in_modal("Build a board", async { Err(error) }).await,
        };
        let work = async {
            let drafted = self.door.boards().draft(&self.actor, draft).await?;
            self.whole(&drafted, Some(&why), None).await
        };
        self.in_modal("Build a board", work).await
    }

    /// A new board is opened where it was asked for; one that is on screen is drawn again.
    async fn saved(&self, draft: &str, saved: &Saved) -> Result<(), SlackError> {
        let said = if saved.is_new { "The board is there. Only you see it until you share it." } else { "Saved." };
        self.in_modal("Saving…", async {
            Ok(render::said(&limits::cut(&saved.name, limits::VIEW_TITLE), AlertLevel::Success, said))
        })
        .await?;
        if !saved.is_new {
            let drawn = screens::redraw_board(&self.door, &self.actor.workspace, &saved.board).await;
            return self.ended(drawn).await;
        }
        let place = self.door.boards().draft(&self.actor, draft).await.ok().and_then(|drafted| drafted.draft.place);
        self.open_board_in(place.as_deref(), Shown::first_rows(&saved.board)).await
    }

    pub(super) async fn filter_for_me(&self, board: &BoardId) -> Result<(), SlackError> {
        let work = async {
            let boards = self.door.boards();
            let drafted = boards.begin_personal_filter(&self.actor, board, self.channel.clone()).await?;
            self.whole(&drafted, None, Some(Part::Filter)).await
        };
        self.ask("Looking up the board…", board, work).await
    }

    /// The board through the person's own filter, for them alone.
    async fn filtered(&self, draft: &str, entered: &Entered) -> Result<(), SlackError> {
        let kept = match self.door.boards().keep_personal_filter(&self.actor, draft, entered).await {
            Ok(kept) => kept.draft,
            Err(error) => return self.not_taken(draft, error).await,
        };
        let Some((board, _)) = kept.board else { return Ok(()) };
        let said = "Only you see what is found, and the board stays as it is.";
        self.in_modal("Filtering…", async { Ok(render::said("Filter for me", AlertLevel::Success, said)) }).await?;
        let shown = Shown { personal: Some(kept.id), ..Shown::first_rows(&board) };
        self.open_board_in(kept.place.as_deref(), shown).await
    }

    pub(super) async fn gallery(&self) -> Result<(), SlackError> {
        let work = async {
            let entries = self.door.boards().gallery(&self.actor).await?;
            Ok(render::gallery(&entries, self.actor.is_admin()))
        };
        self.in_modal("Looking up what there is…", work).await
    }

    pub(super) async fn use_template(&self, connection: &ConnectionId, template: &str) -> Result<(), SlackError> {
        let own = self.fresh_board();
        match self.door.boards().use_template(&self.actor, connection, template, own).await {
            Ok(board) => {
                self.gallery().await?;
                self.open_board(&board).await
            }
            Err(error) => self.in_modal("Ready-made boards", async { Err(error) }).await,
        }
    }
}

/// Closed meanwhile: nobody looks.
fn gone_is_fine(updated: Result<(), SlackError>) -> Result<(), SlackError> {
    match updated {
        Err(SlackError::NotFound(_)) => Ok(()),
        other => other,
    }
}

fn text_of(drafted: &Drafted) -> Outcome<String> {
    let definition = drafted.draft.so_far();
    let definition = definition.ok_or_else(|| AppError::refused("Choose what the board lists first."))?;
    definition.to_toml().map_err(|error| AppError::Fault(error.into()))
}
