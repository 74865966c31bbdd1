//! The org authorization server: PKCE, scopes of the app, and refresh tokens that rotate.

use super::Lab;
use crate::okta::OktaOptions;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use url::Url;

const BACK: &str = "http://127.0.0.1:9/connect/callback";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-x";

fn authorize(lab: &Lab, change: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let usual = [
        ("client_id", "0oaweftdemo"),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "okta.users.read offline_access"),
        ("state", "s1"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let mut url = Url::parse(&format!("{}/oauth2/v1/authorize", lab.server.url())).unwrap();
    for (name, usual) in usual {
        let text = change.iter().find(|(known, _)| *known == name).map_or(usual, |(_, text)| text);
        if !text.is_empty() {
            url.query_pairs_mut().append_pair(name, text);
        }
    }
    url.into()
}

fn came_back(address: &str, name: &str) -> Option<String> {
    let url = Url::parse(address).unwrap();
    url.query_pairs().find(|(known, _)| known == name).map(|(_, text)| text.into_owned())
}

async fn token(lab: &Lab, form: &[(&str, &str)]) -> (u16, Json) {
    let secret = [("client_id", "0oaweftdemo"), ("client_secret", "okta-demo-secret")];
    let missing = secret.iter().filter(|(name, _)| !form.iter().any(|(known, _)| known == name));
    let form: Vec<(&str, &str)> = form.iter().chain(missing).copied().collect();
    let response = lab.http.post(format!("{}/oauth2/v1/token", lab.server.url())).form(&form).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn redeem(lab: &Lab, code: &str, verifier: &str) -> (u16, Json) {
    let form =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK), ("code_verifier", verifier)];
    token(lab, &form).await
}

async fn refresh(lab: &Lab, token_text: &str) -> (u16, Json) {
    token(lab, &[("grant_type", "refresh_token"), ("refresh_token", token_text)]).await
}

#[tokio::test]
async fn a_code_is_redeemed_once_by_whoever_began() {
    let lab = Lab::small().await;
    let page = lab.http.get(authorize(&lab, &[])).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Allow access") && page.contains("okta.users.read"), "{page}");
    let code = || came_back(&lab.org.allow(&authorize(&lab, &[])).unwrap(), "code").unwrap();
    assert_eq!(redeem(&lab, &code(), "another").await.1["error_description"], "PKCE verification failed.");
    let code = code();
    let (status, granted) = redeem(&lab, &code, VERIFIER).await;
    assert_eq!((status, granted["expires_in"].as_u64()), (200, Some(3600)));
    assert_eq!(granted["scope"], "okta.users.read offline_access");
    assert_eq!(redeem(&lab, &code, VERIFIER).await.1["error"], "invalid_grant");
    let wrong = [("grant_type", "refresh_token"), ("client_secret", "guessed")];
    let (status, refused) = token(&lab, &wrong).await;
    assert_eq!((status, &refused["error"]), (401, &"invalid_client".into()));
}

#[tokio::test]
async fn a_refresh_token_that_is_used_twice_ends_the_grant() {
    let mut lab = Lab::small().await;
    let code = came_back(&lab.org.allow(&authorize(&lab, &[])).unwrap(), "code").unwrap();
    let granted = redeem(&lab, &code, VERIFIER).await.1;
    let first = granted["refresh_token"].as_str().unwrap().to_owned();
    let (status, renewed) = refresh(&lab, &first).await;
    assert_eq!(status, 200);
    assert_ne!(renewed["refresh_token"], granted["refresh_token"]);
    lab.token = renewed["access_token"].as_str().unwrap().to_owned();
    assert_eq!(lab.get("/api/v1/users/me").await.status, 200);
    let replayed = refresh(&lab, &first).await.1;
    assert_eq!(replayed["error_description"], "The refresh token is invalid or expired.");
    assert_eq!(refresh(&lab, renewed["refresh_token"].as_str().unwrap()).await.0, 400);
    assert_eq!(lab.get("/api/v1/users/me").await.code(), "E0000011");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_to_whom_it_may_be() {
    let lab =
        Lab::start(OktaOptions { redirect_uris: vec![BACK.into()], refresh_tokens: false, ..OktaOptions::default() })
            .await;
    for (change, error) in [
        (("scope", "okta.users.read okta.policies.manage"), "invalid_scope"),
        (("scope", "okta.users.read offline_access"), "invalid_scope"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("state", ""), "invalid_request"),
    ] {
        let scope = if change.0 == "scope" { change } else { ("scope", "okta.users.read") };
        let back = lab.org.allow(&authorize(&lab, &[change, scope])).unwrap();
        assert_eq!(came_back(&back, "error").as_deref(), Some(error), "{change:?}");
    }
    assert_eq!(
        came_back(&lab.org.deny(&authorize(&lab, &[("scope", "okta.users.read")])).unwrap(), "error").as_deref(),
        Some("access_denied")
    );
    for change in [("client_id", "0oaother"), ("redirect_uri", "https://evil.example/")] {
        assert!(lab.org.allow(&authorize(&lab, &[change])).is_err(), "{change:?} is told to the person only");
    }
}
