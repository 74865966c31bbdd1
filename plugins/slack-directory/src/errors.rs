//! What Slack's error strings ask of the host. They come with HTTP 200; lists of them stand with each method of the Web API.

use weft_integration::prelude::*;

/// `ok: false`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// Slack's error string.
    pub code: String,
    /// For `missing_scope`: what it takes, any of them, joined with commas.
    pub needed: Option<String>,
}

/// Error strings that mean the same, and what they mean.
type Meaning = (&'static [&'static str], ErrorClass, &'static str);

const MEANINGS: &[Meaning] = &[
    (
        &["not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired"],
        ErrorClass::Reauthorize,
        "Slack no longer accepts Weft's bot token. Install the app again in Slack, set `slack.bot_token` to its token and restart Weft.",
    ),
    (
        &["not_allowed_token_type", "two_factor_setup_required"],
        ErrorClass::Reauthorize,
        "Slack does not take this kind of token: `slack.bot_token` must be the Bot User OAuth Token of the app (xoxb-...).",
    ),
    (&["missing_scope", "no_permission"], ErrorClass::Forbidden, "Weft's app in Slack lacks a scope."),
    (
        &["plan_upgrade_required", "paid_teams_only"],
        ErrorClass::NotFound,
        "This workspace has no user groups: they belong to Slack's paid plans.",
    ),
    (
        &["access_denied", "ekm_access_denied", "enterprise_is_restricted", "org_login_required", "accesslimited"],
        ErrorClass::Forbidden,
        "The rules of this Slack workspace or organisation do not let Weft's app read it. Ask an owner of the workspace.",
    ),
    (
        &["missing_argument", "team_access_not_granted", "invalid_team", "team_not_found"],
        ErrorClass::Forbidden,
        "Weft's app is installed for a whole Slack organisation, and this reads one workspace: install the app in the workspace.",
    ),
    (&["ratelimited", "rate_limited"], ErrorClass::Throttled, "Slack asks to slow down. It is tried again later."),
    (
        &["invalid_cursor"],
        ErrorClass::CursorExpired,
        "Slack no longer knows the place where fetching stopped. Fetching starts again from the beginning.",
    ),
    (
        &["fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"],
        ErrorClass::Retry,
        "Slack is not able to answer at the moment. It is tried again later.",
    ),
    (&["limit_required"], ErrorClass::Retry, "Slack could not give so many users at once. It is tried again later."),
];

/// The error for a refusal.
pub fn error(refusal: &Refusal) -> Error {
    let Refusal { code, needed } = refusal;
    let Some((_, class, sentence)) = MEANINGS.iter().find(|(codes, _, _)| codes.contains(&code.as_str())) else {
        let shown: String = code.chars().filter(|letter| letter.is_ascii_graphic()).take(60).collect();
        return Error::bug(
            code.as_str(),
            format!("Slack refused with `{shown}`, which this integration does not know."),
        );
    };
    match needed {
        Some(needed) => Error::new(*class, code.as_str(), missing(needed)),
        None => Error::new(*class, code.as_str(), *sentence),
    }
}

/// Which scopes to add, and how.
pub fn missing(scopes: &str) -> String {
    let named: Vec<String> = scopes.split(',').map(|scope| format!("`{}`", scope.trim())).collect();
    format!(
        "Weft's app in Slack lacks the scope {}. Add it under OAuth & Permissions and install the app again.",
        named.join(" or ")
    )
}

/// Statuses that are no answer of the Web API.
pub fn of_status(status: u16, retry_after_ms: Option<u32>) -> Option<Error> {
    let (class, sentence) = match status {
        200..=299 => return None,
        429 => (ErrorClass::Throttled, "Slack asks to slow down. It is tried again later."),
        408 | 500..=599 => (ErrorClass::Retry, "Slack is not able to answer at the moment. It is tried again later."),
        _ => return Some(not_the_web_api()),
    };
    Some(Error::new(class, format!("http-{status}"), sentence).after(retry_after_ms))
}

/// Something else answered.
pub fn not_the_web_api() -> Error {
    Error::bug("unexpected-answer", "The address in `slack.api_url` gave an answer that is none of Slack's Web API.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_strings_say_what_to_do_next() {
        let table = [
            ("invalid_auth", ErrorClass::Reauthorize),
            ("token_revoked", ErrorClass::Reauthorize),
            ("not_allowed_token_type", ErrorClass::Reauthorize),
            ("plan_upgrade_required", ErrorClass::NotFound),
            ("ekm_access_denied", ErrorClass::Forbidden),
            ("missing_argument", ErrorClass::Forbidden),
            ("ratelimited", ErrorClass::Throttled),
            ("invalid_cursor", ErrorClass::CursorExpired),
            ("internal_error", ErrorClass::Retry),
            ("invalid_arguments", ErrorClass::Bug),
            ("", ErrorClass::Bug),
        ];
        for (code, class) in table {
            assert_eq!(error(&Refusal { code: code.into(), needed: None }).class, class, "{code}");
        }
    }

    #[test]
    fn no_error_string_has_two_meanings() {
        let mut codes: Vec<&str> = MEANINGS.iter().flat_map(|(codes, _, _)| *codes).copied().collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }

    #[test]
    fn a_missing_scope_is_named() {
        let error = error(&Refusal { code: "missing_scope".into(), needed: Some("users:read".into()) });
        assert!(error.message.contains("`users:read`") && error.message.contains("install the app again"), "{error:?}");
        assert_eq!(error.class, ErrorClass::Forbidden);
        assert!(missing("channels:read,groups:read").contains("`channels:read` or `groups:read`"));
    }

    #[test]
    fn statuses_that_are_no_answer() {
        assert_eq!(of_status(200, None), None);
        let throttled = of_status(429, Some(30_000)).unwrap();
        assert_eq!((throttled.class, throttled.retry_after_ms), (ErrorClass::Throttled, Some(30_000)));
        assert_eq!(of_status(503, None).unwrap().class, ErrorClass::Retry);
        assert_eq!(of_status(404, None).unwrap().class, ErrorClass::Bug);
    }
}
