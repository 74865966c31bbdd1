//! The assertion by which a client says that a user lets it in (RFC 7523): signed with RS256, good for two and a half minutes.

use crate::domain::Millis;
use anyhow::{Context, ensure};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use std::{io::Read, path::Path};
use zeroize::Zeroizing;

/// A private key in PEM is some 3 KiB; more is another file.
const MAX_KEY_FILE: u64 = 64 << 10;
/// Services take at most three minutes (Salesforce), and clocks differ a little.
const LIFE_SECONDS: i64 = 150;

/// The private key of an app. Wiped from memory when dropped, and not shown by `Debug`.
#[derive(Clone, Debug)]
pub struct SigningKey(EncodingKey);

/// What the assertion says.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
}

impl SigningKey {
    /// Reads a PEM file and tries the key. The error says what is wrong with the file, and nothing of what is in it.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let shown = file.display();
        let mut pem = Zeroizing::new(Vec::new());
        let opened = std::fs::File::open(file).with_context(|| format!("the private key {shown} cannot be read"))?;
        let read = opened.take(MAX_KEY_FILE + 1).read_to_end(&mut pem);
        read.with_context(|| format!("the private key {shown} cannot be read"))?;
        ensure!(pem.len() as u64 <= MAX_KEY_FILE, "{shown} is too large to be a private key");
        let key = EncodingKey::from_rsa_pem(&pem).map(Self);
        let key = key.ok().with_context(|| {
            format!("{shown} holds no RSA private key in PEM (`-----BEGIN PRIVATE KEY-----`, without a passphrase)")
        })?;
        ensure!(
            key.sign("", "", "", 0).is_ok(),
            "{shown} holds an RSA key that cannot sign: it takes one of 2048 bits or more"
        );
        Ok(key)
    }

    /// The assertion, from now on. Fails only where the library does.
    pub fn sign(&self, issuer: &str, subject: &str, audience: &str, now: Millis) -> anyhow::Result<Zeroizing<String>> {
        let claims = Claims { iss: issuer, sub: subject, aud: audience, exp: now / 1000 + LIFE_SECONDS };
        Ok(Zeroizing::new(jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.0)?))
    }
}
