//! What a tool's login said, in words: the manifest's own where it has some, else those of RFC 6749.

use crate::{
    domain::{ErrorClass, Fault},
    plugins::Manifest,
};

/// Of a tool's own words, shown: its descriptions are one sentence.
const MAX_SAID: usize = 300;

/// Codes of RFC 6749 (4.1.2.1, 5.2) and of tools that add to them, and what they mean.
const MEANINGS: [(&str, &str); 11] = [
    ("access_denied", "It was not allowed there."),
    ("invalid_client", "It does not accept Weft's client id or secret: compare them with the app there."),
    ("invalid_client_id", "It does not know Weft's client id: compare it with the app there."),
    ("unauthorized_client", "The app there does not allow this way to sign in, or not for this client id."),
    ("unsupported_grant_type", "The app there does not allow this way to sign in: enable it there."),
    ("unsupported_response_type", "The app there does not allow this way to sign in: enable it there."),
    ("invalid_scope", "The app there does not allow a scope that Weft needs: add it there."),
    ("redirect_uri_mismatch", "The callback address of the app there is not Weft's: compare the two."),
    ("invalid_grant", "It does not accept the credentials any more, or not from here."),
    ("invalid_request", "It does not take the request as it was sent: check the settings of the app there."),
    ("server_error", "Its login failed. Try again in a minute."),
];

/// Codes of a failure that passes.
const PASSING: [&str; 3] = ["server_error", "temporarily_unavailable", "slow_down"];

/// Why the tool refused, as sentences that leave open what was not done: the caller knows.
pub fn sentence(manifest: &Manifest, code: &str, description: Option<&str>) -> String {
    let said = format!("{code}: {}", description.unwrap_or_default());
    let meaning = MEANINGS.iter().find(|(known, _)| *known == code).map(|(_, meaning)| *meaning);
    let meaning = manifest.sign_in_error(&said).or(meaning).unwrap_or("It gave a reason that Weft does not know.");
    let quoted = description.filter(|text| !text.trim().is_empty()).unwrap_or(code);
    format!("{} refused. {meaning} It said: “{}”.", manifest.name, one_line(quoted))
}

/// The refusal of a token endpoint. What does not pass needs a person: trying again would not help.
pub fn fault(manifest: &Manifest, code: &str, description: Option<&str>) -> Fault {
    let class = if PASSING.contains(&code) { ErrorClass::Retry } else { ErrorClass::Reauthorize };
    Fault::new(class, one_line(code), sentence(manifest, code, description))
}

fn one_line(text: &str) -> String {
    let kept = text.trim().chars().take(MAX_SAID).map(|char| if char.is_control() { ' ' } else { char });
    kept.collect::<String>().trim_end_matches('.').to_owned()
}
