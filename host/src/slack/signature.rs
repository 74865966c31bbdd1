//! Whether a request comes from Slack: HMAC-SHA256 over the raw body, compared in constant time, inside a window of five minutes.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The header with the time of signing, in seconds.
pub const TIMESTAMP_HEADER: &str = "x-slack-request-timestamp";
/// The header with the signature, `v0=` and hex.
pub const SIGNATURE_HEADER: &str = "x-slack-signature";
/// Slack's own advice. It bounds a replay; the dedup key of the inbox ends it.
const WINDOW_SECONDS: i64 = 300;

/// Why a request is not believed. Both are answered with 401; neither says more to the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No signature, or one that none of our secrets makes.
    #[error("the signature is missing or wrong")]
    Signature,
    /// Signed more than five minutes before or after now.
    #[error("the signature is outside the window of five minutes")]
    Window,
}

/// Signing secrets. More than one while a secret is being rotated: the new one and the one before.
#[derive(Clone, Debug)]
pub struct Verifier {
    secrets: Vec<SecretString>,
}

impl Verifier {
    /// A verifier that believes any of these secrets. With none it believes nobody.
    pub fn new(secrets: Vec<SecretString>) -> Self {
        Self { secrets }
    }

    /// Whether `signature` was made over `timestamp` and `body` by one of the secrets, around `now_seconds`.
    pub fn verify(&self, timestamp: &str, signature: &str, body: &[u8], now_seconds: i64) -> Result<(), Refusal> {
        let signed_at: i64 = timestamp.parse().map_err(|_| Refusal::Signature)?;
        let given = signature.strip_prefix("v0=").and_then(|text| hex::decode(text).ok()).ok_or(Refusal::Signature)?;
        // Every secret is tried, so that the time spent does not tell which one fits.
        let fits = self.secrets.iter().fold(false, |found, secret| found | is_made_by(secret, timestamp, body, &given));
        if !fits {
            return Err(Refusal::Signature);
        }
        if now_seconds.abs_diff(signed_at) > WINDOW_SECONDS.unsigned_abs() {
            return Err(Refusal::Window);
        }
        Ok(())
    }
}

fn is_made_by(secret: &SecretString, timestamp: &str, body: &[u8], given: &[u8]) -> bool {
    mac(secret, timestamp, body).verify_slice(given).is_ok()
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn mac(secret: &SecretString, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("HMAC takes any key");
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    mac
}

#[cfg(test)]
pub(super) fn sign(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let tag = mac(&SecretString::from(secret), &timestamp.to_string(), body).finalize().into_bytes();
    format!("v0={}", hex::encode(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn verifier(secrets: &[&str]) -> Verifier {
        Verifier::new(secrets.iter().map(|secret| SecretString::from(*secret)).collect())
    }

    /// The example of Slack's documentation of request signing.
    #[test]
    fn agrees_with_the_published_example() {
        let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
        let verifier = verifier(&["8f742231b10e8888abcd99yyyzzz85a5"]);
        assert_eq!(verifier.verify("1531420618", signature, body, 1_531_420_618), Ok(()));
    }

    #[test]
    fn table() {
        let body = b"payload=%7B%7D";
        let good = sign("new", NOW, body);
        let older = sign("old", NOW, body);
        type Case<'a> = (&'a str, &'a [&'a str], i64, &'a str, &'a [u8], Result<(), Refusal>);
        let cases: [Case<'_>; 9] = [
            ("good", &["new"], NOW, &good, body, Ok(())),
            ("rotated", &["new", "old"], NOW, &older, body, Ok(())),
            ("five minutes late", &["new"], NOW + 300, &good, body, Ok(())),
            ("later than that", &["new"], NOW + 301, &good, body, Err(Refusal::Window)),
            ("from the future", &["new"], NOW - 301, &good, body, Err(Refusal::Window)),
            ("other secret", &["other"], NOW, &good, body, Err(Refusal::Signature)),
            ("no secret", &[], NOW, &good, body, Err(Refusal::Signature)),
            ("other body", &["new"], NOW, &good, b"payload=%7B%7E", Err(Refusal::Signature)),
            ("not hex", &["new"], NOW, "v0=zz", body, Err(Refusal::Signature)),
        ];
        for (name, secrets, now, signature, body, expected) in cases {
            let found = verifier(secrets).verify(&NOW.to_string(), signature, body, now);
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn extreme_timestamps_are_refused_not_overflowed() {
        let body = b"x";
        for timestamp in [i64::MIN, i64::MAX] {
            let found = verifier(&["s"]).verify(&timestamp.to_string(), &sign("s", timestamp, body), body, NOW);
            assert_eq!(found, Err(Refusal::Window));
        }
    }
}
