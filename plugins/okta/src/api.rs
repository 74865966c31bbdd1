//! Okta's REST API: what an answer is, where a listing goes on, and ids in addresses.

use crate::errors;
use crate::pace::Rate;
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// Okta's ids are 20 letters and digits; more is no id.
const MAX_ID: usize = 64;

/// This response if it is a success, else what Okta says is wrong.
pub fn success(response: Response) -> Result<Response, Error> {
    if response.is_success() {
        return Ok(response);
    }
    let wait = Rate::of(&response).map(|rate| rate.wait_ms(now_ms()));
    let body = response.bytes().unwrap_or_default();
    Err(errors::of_answer(response.status, &body, response.retry_after_ms().or(wait)))
}

/// The records of a listing that is read whole in one answer.
pub fn list(response: &Response) -> Result<Vec<Json>, Error> {
    response.json()
}

/// One record, or none where Okta has no such one (any more).
pub fn one(answer: Result<Response, Error>) -> Result<Option<Json>, Error> {
    match answer.and_then(success) {
        Ok(response) => response.json().map(Some),
        Err(error) if error.class == ErrorClass::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where a listing goes on, as a path with query. Okta gives an absolute address in a `Link` header with `rel="next"`, to be followed
/// as it is (spec: "Treat the link as an opaque value"); its host is the one that was asked.
pub fn next(response: &Response) -> Option<String> {
    let links = response.headers.iter().filter(|(name, _)| name == "link").map(|(_, text)| text.as_str());
    links.flat_map(|text| text.split(", ")).find_map(next_of)
}

/// `<https://example.okta.com/api/v1/users?after=x&limit=200>; rel="next"` as `/api/v1/users?after=x&limit=200`.
fn next_of(link: &str) -> Option<String> {
    let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
    if !parameters.split(';').any(|one| matches!(one.trim(), "rel=\"next\"" | "rel=next")) {
        return None;
    }
    let (_, after_scheme) = address.split_once("://")?;
    after_scheme.find('/').map(|at| after_scheme[at..].to_owned())
}

/// Whether a text can be an id of Okta's: what is none leads nowhere and is not asked for.
pub fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The two ids of a key such as `00g1:00u2`.
pub fn pair(key: &str) -> Option<(&str, &str)> {
    key.split_once(':').filter(|(left, right)| is_id(left) && is_id(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_where_the_link_says() {
        let next = r#"<https://acme.okta.com/api/v1/users?after=200u%3D&limit=2>; rel="next""#;
        assert_eq!(next_of(next).as_deref(), Some("/api/v1/users?after=200u%3D&limit=2"));
        assert_eq!(next_of(r#"<https://acme.okta.com/api/v1/users?limit=2>; rel="self""#), None);
        assert_eq!(next_of("<http://127.0.0.1:1/a>; title=\"x\"; rel=next").as_deref(), Some("/a"));
        for wrong in [
            "",
            "https://acme.okta.com/a; rel=\"next\"",
            "<nowhere>; rel=\"next\"",
            "<https://acme.okta.com>; rel=\"next\"",
        ] {
            assert_eq!(next_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_cannot_lead_elsewhere() {
        assert!(
            is_id("00ub0oNGTSWTBKOLGLNR") && !is_id("") && !is_id("../x") && !is_id("a b") && !is_id(&"x".repeat(65))
        );
        assert_eq!(pair("00g1:00u2"), Some(("00g1", "00u2")));
        assert_eq!((pair("00g1"), pair("00g1:"), pair("00g1:a/b")), (None, None, None));
    }
}
