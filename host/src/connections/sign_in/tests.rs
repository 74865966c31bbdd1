//! What the configuration of an integration may say, and what an assertion holds.

use super::*;
use crate::connections::jwt::SigningKey;
use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use std::{io::Write, path::PathBuf};

const MANIFEST: &str = r#"
id = "tool"
name = "Tool"
version = "1"
wit = "0.1"
license = "MIT"
[http]
base = "https://tool.example"
[auth.default]
kind = "oauth2-code"
authorize = "https://tool.example/authorize"
token = "https://tool.example/token"
[auth.client]
kind = "oauth2-client"
stands_for = "default"
token = "https://tool.example/token"
[auth.key]
kind = "oauth2-jwt"
stands_for = "default"
token = "https://tool.example/token"
audience = "https://tool.example"
[auth.upload]
kind = "bearer"
"#;

fn pem(label: &str, der: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der)).unwrap();
    file
}

fn key() -> (KeyPair, tempfile::NamedTempFile) {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let file = pem("PRIVATE KEY", AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key).unwrap().as_ref());
    (key, file)
}

/// An entry of the configuration: the way, and which keys it has.
fn entry(way: Option<&str>, keys: &[&str], file: PathBuf) -> IntegrationConfig {
    let given = |key: &str, value: &str| keys.contains(&key).then(|| value.to_owned());
    IntegrationConfig {
        sign_in: way.map(str::to_owned),
        client_id: given("client_id", "app"),
        client_secret: given("client_secret", "secret").map(Into::into),
        username: given("username", "weft@tool.example"),
        private_key_file: keys.contains(&"private_key_file").then_some(file),
        audience: given("audience", "https://other.example"),
        ..IntegrationConfig::default()
    }
}

#[test]
fn each_way_takes_its_own_keys_and_says_what_is_wrong() {
    let manifest = Manifest::parse(MANIFEST).unwrap();
    let (_, file) = key();
    let table: [(Option<&str>, &[&str], Option<&str>); 13] = [
        (None, &["client_id"], None),
        (None, &["client_id", "client_secret"], None),
        (Some("client"), &["client_id", "client_secret"], None),
        (Some("key"), &["client_id", "username", "private_key_file"], None),
        (Some("key"), &["client_id", "username", "private_key_file", "audience"], None),
        (None, &["client_secret"], Some("it needs `client_id`")),
        (None, &["client_id", "username"], Some("`username` is not used then")),
        (Some("client"), &["client_id"], Some("it needs `client_secret`")),
        (Some("key"), &["client_id", "private_key_file"], Some("it needs `username`")),
        (Some("key"), &["client_id", "username"], Some("it needs `private_key_file`")),
        (
            Some("key"),
            &["client_id", "client_secret", "username", "private_key_file"],
            Some("`client_secret` is not used"),
        ),
        (Some("upload"), &["client_id"], Some("takes \"client\", \"default\", \"key\"")),
        (Some("password"), &["client_id"], Some("sign_in is \"password\"")),
    ];
    for (way, keys, wanted) in table {
        let found = sign_in(&manifest, &entry(way, keys, file.path().to_owned()));
        match wanted {
            None => assert_eq!(found.unwrap().unwrap().way, way.unwrap_or("default"), "{keys:?}"),
            Some(wanted) => {
                let error = format!("{:#}", found.unwrap_err());
                assert!(error.starts_with("integrations.tool") && error.contains(wanted), "{keys:?}: {error}");
            }
        }
    }
}

#[test]
fn an_integration_without_an_app_takes_no_keys_of_one() {
    let manifest = Manifest::parse(&MANIFEST.replace("kind = \"bearer\"", "kind = \"basic\"").replace(
        "kind = \"oauth2-code\"\nauthorize = \"https://tool.example/authorize\"\ntoken = \"https://tool.example/token\"",
        "kind = \"bearer\"",
    ));
    let manifest = manifest.unwrap();
    assert!(sign_in(&manifest, &IntegrationConfig::default()).unwrap().is_none());
    let error = sign_in(&manifest, &entry(None, &["client_id"], PathBuf::new())).unwrap_err().to_string();
    assert!(error.contains("needs no app at the tool"), "{error}");
}

#[test]
fn a_key_that_cannot_sign_stops_the_start_without_showing_itself() {
    let elsewhere = PathBuf::from("/nowhere/key.pem");
    let error = format!("{:#}", SigningKey::read(&elsewhere).unwrap_err());
    assert!(error.contains("/nowhere/key.pem cannot be read"), "{error}");
    let (_, good) = key();
    let whole = std::fs::read_to_string(good.path()).unwrap();
    for text in ["", "secret", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n", &whole[..400]] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let error = format!("{:#}", SigningKey::read(file.path()).unwrap_err());
        assert!(error.contains("holds no RSA private key") || error.contains("cannot sign"), "{error}");
        assert!(!error.contains("c2VjcmV0"), "{error}");
    }
    assert!(!format!("{:?}", SigningKey::read(good.path()).unwrap()).contains("MII"));
}

#[test]
fn an_assertion_says_who_whom_and_for_less_than_three_minutes() {
    let (pair, file) = key();
    let now = 1_800_000_000_000;
    let signed = SigningKey::read(file.path()).unwrap().sign("app", "weft@tool.example", "https://tool.example", now);
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_audience(&["https://tool.example"]);
    rules.set_issuer(&["app"]);
    rules.validate_exp = false;
    let public = DecodingKey::from_rsa_der(pair.public_key().as_ref());
    let claims = jsonwebtoken::decode::<serde_json::Value>(&*signed.unwrap(), &public, &rules).unwrap().claims;
    assert_eq!(claims["sub"], "weft@tool.example");
    let life = claims["exp"].as_i64().unwrap() - now / 1000;
    assert!((60..=180).contains(&life), "{life}");
}
