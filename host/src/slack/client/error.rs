//! What Slack answers when it does not do what was asked: a variant a reaction.

use slack_morphism::errors::SlackClientError;
use std::time::Duration;

/// A call that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlackError {
    /// Render it more simply. The pointers say where Slack stumbled.
    #[error("Slack refused the blocks: {}", .pointers.join("; "))]
    InvalidBlocks {
        /// Slack's own words, with JSON pointers.
        pointers: Vec<String>,
    },
    /// Later, after this time.
    #[error("Slack asks to wait {} s", .after.as_secs())]
    RateLimited {
        /// As Slack said.
        after: Duration,
    },
    /// The three seconds of the trigger, or the uses of the response address, are over: the person must click again.
    #[error("too late for Slack: {0}")]
    Expired(String),
    /// The message, view or channel is not there (any more), or the bot may not see it: forget the address.
    #[error("not found by Slack: {0}")]
    NotFound(String),
    /// The view changed meanwhile: read again or leave it.
    #[error("the view changed meanwhile")]
    HashConflict,
    /// The app was removed from the workspace or its token is not valid.
    #[error("Slack does not accept the workspace's token: {0}")]
    Unauthorized(String),
    /// Nothing, garbage or a 5xx came back: it may or may not have happened.
    #[error("Slack could not be reached: {0}")]
    Unavailable(String),
    /// A fault of ours or of the app's settings.
    #[error("Slack refused: {0}")]
    Fatal(String),
}

/// What Slack's documentation gives for a missing Retry-After.
const DEFAULT_PAUSE: Duration = Duration::from_secs(1);

impl SlackError {
    /// Reads slack-morphism's error. Bodies are not kept: they repeat what people typed.
    pub(super) fn read(error: SlackClientError) -> Self {
        match error {
            SlackClientError::ApiError(error) => Self::of_code(&error.code, error.errors.unwrap_or_default()),
            SlackClientError::RateLimitError(error) => {
                Self::RateLimited { after: error.retry_after.unwrap_or(DEFAULT_PAUSE) }
            }
            SlackClientError::HttpError(error) => {
                Self::of_status(error.status_code.as_u16(), &error.http_response_body.unwrap_or_default())
            }
            SlackClientError::ProtocolError(_) => Self::Unavailable("the answer was not JSON".to_owned()),
            SlackClientError::HttpProtocolError(_) | SlackClientError::EndOfStream(_) => {
                Self::Unavailable("the connection failed".to_owned())
            }
            SlackClientError::SystemError(_) | SlackClientError::SocketModeProtocolError(_) => {
                Self::Unavailable("the connection failed".to_owned())
            }
        }
    }

    fn of_code(code: &str, pointers: Vec<String>) -> Self {
        match code {
            "invalid_blocks" | "invalid_blocks_format" | "invalid_attachments" => Self::InvalidBlocks { pointers },
            // With blocks in it, a view is refused as a whole under these names, pointers beside them.
            "invalid_arguments" if pointers.iter().any(|pointer| pointer.contains("json-pointer:/view/blocks")) => {
                Self::InvalidBlocks { pointers }
            }
            "ratelimited" | "rate_limited" => Self::RateLimited { after: DEFAULT_PAUSE },
            "expired_trigger_id"
            | "exchanged_trigger_id"
            | "invalid_trigger_id"
            | "trigger_expired"
            | "expired_url"
            | "used_url" => Self::Expired(code.to_owned()),
            "message_not_found"
            | "not_found"
            | "view_not_found"
            | "channel_not_found"
            | "cant_update_message"
            | "not_in_channel"
            | "is_archived"
            | "user_not_in_channel"
            | "user_not_found" => Self::NotFound(code.to_owned()),
            "hash_conflict" => Self::HashConflict,
            "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired" => {
                Self::Unauthorized(code.to_owned())
            }
            "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" => {
                Self::Unavailable(code.to_owned())
            }
            _ => Self::Fatal(if pointers.is_empty() {
                code.to_owned()
            } else {
                format!("{code} ({})", pointers.join("; "))
            }),
        }
    }

    /// A response address answers with a status and a word in the body.
    fn of_status(status: u16, body: &str) -> Self {
        match status {
            _ if body.contains("invalid_blocks") => Self::InvalidBlocks { pointers: Vec::new() },
            404 | 410 => Self::Expired(format!("status {status}")),
            500.. => Self::Unavailable(format!("status {status}")),
            _ if body.contains("expired_url") || body.contains("used_url") => Self::Expired(format!("status {status}")),
            _ => Self::Fatal(format!("status {status}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_its_reaction() {
        let of = |code| SlackError::of_code(code, vec![]);
        assert!(matches!(of("invalid_blocks"), SlackError::InvalidBlocks { .. }));
        assert!(matches!(of("expired_trigger_id"), SlackError::Expired(_)));
        assert!(matches!(of("message_not_found"), SlackError::NotFound(_)));
        assert!(matches!(of("token_revoked"), SlackError::Unauthorized(_)));
        assert!(matches!(of("internal_error"), SlackError::Unavailable(_)));
        assert_eq!(of("hash_conflict"), SlackError::HashConflict);
        assert_eq!(of("missing_scope"), SlackError::Fatal("missing_scope".into()));
    }

    #[test]
    fn response_addresses_speak_in_statuses() {
        assert!(matches!(SlackError::of_status(404, "used_url"), SlackError::Expired(_)));
        assert!(matches!(SlackError::of_status(400, "invalid_blocks"), SlackError::InvalidBlocks { .. }));
        assert!(matches!(SlackError::of_status(503, ""), SlackError::Unavailable(_)));
    }
}
