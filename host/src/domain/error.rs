//! Two kinds of error: what an integration or its tool answers, and what a person hears from Weft.

use serde::{Deserialize, Serialize};

/// What the host must do next. The same cases as `types.error-class` of the WIT package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorClass {
    /// A passing fault: try again later.
    Retry,
    /// Too fast: try again after the time named.
    Throttled,
    /// The tool's allowance is used up: keep what there is, resume much later.
    Exhausted,
    /// A person must authorize the connection again.
    Reauthorize,
    /// A permission is missing: report it, go on with the rest.
    Forbidden,
    /// An input is wrong; the code names it.
    InvalidInput,
    /// It does not exist (any more).
    NotFound,
    /// It changed since it was prepared.
    Conflict,
    /// Fetch the object from its start.
    CursorExpired,
    /// A write may have happened.
    Unknown,
    /// A fault in the integration, or a request the host refused.
    Bug,
}

/// A failed call of an integration: traps, time-outs and refusals of the host included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{class:?} {code}: {message}")]
pub struct Fault {
    /// What to do about it.
    pub class: ErrorClass,
    /// Short and stable.
    pub code: String,
    /// For the person: what happened, what was not done, what to do next.
    pub message: String,
    /// For [`ErrorClass::Throttled`] and [`ErrorClass::Exhausted`], in milliseconds.
    pub retry_after_ms: Option<u32>,
    /// For the log of the integration's author.
    pub detail: Option<String>,
}

impl Fault {
    /// A fault without detail.
    pub fn new(class: ErrorClass, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { class, code: code.into(), message: message.into(), retry_after_ms: None, detail: None }
    }
}

/// What a use case answers when it does not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Said to the person as it stands: what happened, what was not done, what to do next.
    #[error("{0}")]
    Refused(String),
    /// Said at the fields of a form: `(input name, sentence)`.
    #[error("{} input(s) refused", .0.len())]
    Inputs(Vec<(String, String)>),
    /// Logged whole where it is handled; the person hears a reference only.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

impl AppError {
    /// A refusal with this sentence.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self::Refused(sentence.into())
    }
}

/// The result of a use case.
pub type Outcome<T> = Result<T, AppError>;

/// A short reference that ties what a person hears to one line in the log.
pub fn reference() -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    id.get(..8).unwrap_or(&id).to_uppercase()
}
