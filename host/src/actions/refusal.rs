//! Why a step of a request is refused, each as a sentence for the person who tried.

use super::machine::{Cancelled, Decided, RequestState};
use crate::domain::{AppError, Millis, UserId};

/// A step that does not happen. Nothing was changed by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The preview was not sent yet.
    #[error("This request was not sent for approval yet, so there is nothing to decide.")]
    NotSent,
    /// It was sent before.
    #[error("This request was sent already. Nothing was sent twice.")]
    SentBefore,
    /// A second click.
    #[error("{}", already(.0))]
    AlreadyDecided(Decided),
    /// A second click of somebody whose yes counts already.
    #[error("You approved this at {}: {given} of {needed} approvals are given. Nothing was counted twice.", clock(*.at))]
    ApprovedBefore {
        /// When.
        at: Millis,
        /// How many said yes.
        given: usize,
        /// How many must.
        needed: usize,
    },
    /// A requester who is not alone, or whom the policy does not let confirm.
    #[error(
        "You cannot confirm this alone: somebody else can approve it, or its approval policy does not allow that. Nothing was sent; prepare it again."
    )]
    NotAlone,
    /// No fallback approver, or asked before.
    #[error("Nobody else is to be asked about this request.")]
    NobodyElse,
    /// A late click.
    #[error("This request expired at {}; nothing was run. Ask <@{requester}> to request it again.", clock(*.at))]
    Expired {
        /// When.
        at: Millis,
        /// Who may ask again.
        requester: UserId,
    },
    /// A preview that is too old to be sent.
    #[error("This preview is too old: what it shows was read before {}. Prepare it again; nothing was sent.", clock(*.0))]
    Stale(Millis),
    /// The request was taken back.
    #[error("<@{0}> withdrew this request; nothing was run.")]
    Withdrawn(UserId),
    /// The request was stopped.
    #[error("This request was stopped; what had not run by then will not run. Request it again if it is still wanted.")]
    Stopped,
    /// The plan is another one than the person saw.
    #[error(
        "What you decided on is not what this request holds now. Nothing was decided; open the request again and look at its plan."
    )]
    Changed,
    /// A stranger's click.
    #[error("Only {0} may decide this request. Nothing was decided.")]
    Stranger(String),
    /// Four eyes.
    #[error("You cannot decide your own request: somebody else must look at it. You can withdraw it.")]
    OwnRequest,
    /// Somebody else's request.
    #[error("Only <@{0}>, who made this request, may do that. Nothing was changed.")]
    NotYours(UserId),
    /// What only two kinds of people may do.
    #[error("Only <@{0}>, who made this request, or an admin may do that. Nothing was changed.")]
    NotYoursNorAdmins(UserId),
    /// The rest was cancelled.
    #[error("<@{}> cancelled the rest of this request at {}; what had not begun by then does not run.", .0.by, clock(.0.at))]
    Cancelled(Cancelled),
    /// It runs.
    #[error("This request is running already; what has begun cannot be taken back here. Wait for its results.")]
    Running,
    /// It is over.
    #[error("This request is over: {}. Nothing was changed.", .0.words())]
    Over(RequestState),
    /// Not approved: the runner may not touch it.
    #[error("This request is not approved, so nothing of it may run.")]
    NotApproved,
    /// Another runner has it.
    #[error("Another runner has taken this request over.")]
    TakenOver,
    /// A timer that came before its hour.
    #[error("This request expires later, at {}.", clock(*.0))]
    NotYet(Millis),
    /// Targets without an outcome.
    #[error("Some targets of this request have no outcome yet.")]
    Unfinished,
    /// A target that is not in a state for this.
    #[error("This target is not in a state for that.")]
    WrongTargetState,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

fn already(decided: &Decided) -> String {
    let verb = match (decided.approve, decided.self_confirmed) {
        (true, true) => "confirmed",
        (true, false) => "approved",
        (false, _) => "denied",
    };
    format!("Already {verb} by <@{}> at {}.", decided.by, clock(decided.at))
}

/// A moment, to the minute, in UTC.
pub fn clock(at: Millis) -> String {
    match jiff::Timestamp::from_millisecond(at) {
        Ok(moment) => moment.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => "an unknown time".to_owned(),
    }
}
