//! Authorization code with PKCE, rotation, client credentials, revocation, identity.

use super::{Lab, OrgOptions};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use url::Url;

const CALLBACK: &str = "http://127.0.0.1:9/callback";
const VERIFIER: &str = "correct-horse-battery-staple-correct-horse-battery";

impl Lab {
    fn authorize_url(&self) -> Url {
        let mut url = Url::parse(&format!("{}/services/oauth2/authorize", self.server.url())).unwrap();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", "weft-local-client"),
            ("redirect_uri", CALLBACK),
            ("scope", "api refresh_token id"),
            ("state", "s t&te"),
            ("code_challenge", URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER)).as_str()),
            ("code_challenge_method", "S256"),
        ]);
        url
    }

    fn code(&self) -> String {
        let target = Url::parse(&self.org.allow(self.authorize_url().as_str(), None).unwrap()).unwrap();
        target.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }

    async fn token(&self, form: &[(&str, &str)]) -> (u16, Json) {
        let mut all = vec![("client_id", "weft-local-client"), ("client_secret", "weft-local-secret")];
        all.retain(|(name, _)| !form.iter().any(|(given, _)| given == name));
        all.extend_from_slice(form);
        let url = format!("{}/services/oauth2/token", self.server.url());
        let response = self.http.post(url).form(&all).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    async fn redeem(&self, code: &str, verifier: &str) -> (u16, Json) {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", verifier),
        ];
        self.token(&form).await
    }

    async fn refresh(&self, token: &str) -> (u16, Json) {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn status_with(&self, token: &str) -> u16 {
        let url = format!("{}/services/data/v67.0/limits", self.server.url());
        self.http.get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
    }
}

fn text<'a>(body: &'a Json, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}"))
}

#[tokio::test]
async fn a_person_allows_and_the_code_becomes_a_session() {
    let lab = Lab::small().await;
    let page = lab.http.get(lab.authorize_url()).send().await.unwrap().text().await.unwrap();
    assert!(
        page.contains("value=\"allow\"") && page.contains("value=\"deny\"") && page.contains("s t&amp;te"),
        "{page}"
    );

    // The form the page shows, pressed by a browser.
    let mut form: Vec<(String, String)> = lab.authorize_url().query_pairs().into_owned().collect();
    form.push(("decision".into(), "allow".into()));
    form.push(("user".into(), "integration@acme.example".into()));
    let url = format!("{}/services/oauth2/authorize", lab.server.url());
    let response = lab.http.post(url).form(&form).send().await.unwrap();
    assert_eq!(response.status(), 302);
    let target = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    let pairs: Vec<_> = target.query_pairs().into_owned().collect();
    assert!(target.as_str().starts_with(CALLBACK) && pairs[1] == ("state".into(), "s t&te".into()), "{target}");

    let (status, body) = lab.redeem(&pairs[0].1, VERIFIER).await;
    assert_eq!(status, 200);
    let mut members: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    let expected =
        ["access_token", "id", "instance_url", "issued_at", "refresh_token", "scope", "signature", "token_type"];
    assert_eq!(members, expected);
    assert_eq!((text(&body, "instance_url"), text(&body, "token_type")), (lab.server.url(), "Bearer"));
    assert!(text(&body, "access_token").starts_with(&format!("{}!", &lab.org.organization()[..15])));

    let identity = lab.http.get(text(&body, "id")).bearer_auth(text(&body, "access_token")).send().await.unwrap();
    let identity: Json = identity.json().await.unwrap();
    assert_eq!(text(&identity, "user_id"), lab.org.integration_user());
    let info =
        lab.http.get(format!("{}/services/oauth2/userinfo", lab.server.url())).bearer_auth(text(&body, "access_token"));
    let info: Json = info.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (text(&info, "organization_id"), text(&info, "preferred_username")),
        (&*lab.org.organization(), "integration@acme.example")
    );
    let stranger = lab.http.get(text(&body, "id")).send().await.unwrap();
    assert_eq!((stranger.status().as_u16(), stranger.text().await.unwrap().as_str()), (403, "Bad_OAuth_Token"));
    lab.server.shutdown().await.unwrap();
}

#[tokio::test]
async fn denial_and_wrong_requests_are_told_to_whom_they_concern() {
    let lab = Lab::small().await;
    let denied = lab.org.deny(lab.authorize_url().as_str()).unwrap();
    assert!(denied.contains("error=access_denied") && denied.contains("state=s+t%26te"), "{denied}");
    for (name, value, told) in [
        ("client_id", "other", "invalid_client_id"),
        ("redirect_uri", "https://evil.example/", "redirect_uri_mismatch"),
        ("code_challenge", "", "missing+required+code+challenge"),
        ("code_challenge_method", "plain", "must+be+S256"),
        ("response_type", "token", "unsupported_response_type"),
    ] {
        let pairs: Vec<_> = lab.authorize_url().query_pairs().into_owned().collect();
        let mut url = lab.authorize_url();
        url.query_pairs_mut()
            .clear()
            .extend_pairs(pairs.iter().map(|(known, old)| (known.as_str(), if known == name { value } else { old })));
        let answer = lab.http.get(url).send().await.unwrap();
        let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        let shown = location.unwrap_or(answer.text().await.unwrap());
        assert!(shown.contains(told), "{name}: {shown}");
    }
}

#[tokio::test]
async fn codes_and_clients_are_checked() {
    let lab = Lab::small().await;
    let (status, body) = lab.redeem(&lab.code(), "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong").await;
    assert_eq!((status, text(&body, "error")), (400, "invalid_request"));
    let form = [("grant_type", "authorization_code"), ("code", &lab.code()), ("redirect_uri", CALLBACK)];
    assert_eq!(text(&lab.token(&form).await.1, "error"), "invalid_grant");
    let code = lab.code();
    assert_eq!(lab.redeem(&code, VERIFIER).await.0, 200);
    assert_eq!(text(&lab.redeem(&code, VERIFIER).await.1, "error"), "invalid_grant", "a code works once");
    let form = [("grant_type", "authorization_code"), ("code", &lab.code()), ("redirect_uri", "http://127.0.0.1:9/x")];
    assert_eq!(text(&lab.token(&form).await.1, "error"), "redirect_uri_mismatch");
    assert_eq!(text(&lab.token(&[("client_id", "x")]).await.1, "error"), "invalid_client_id");
    assert_eq!(text(&lab.token(&[("client_secret", "x")]).await.1, "error"), "invalid_client");
    assert_eq!(text(&lab.token(&[("grant_type", "password")]).await.1, "error"), "unsupported_grant_type");
}

#[tokio::test]
async fn a_replayed_refresh_token_ends_the_grant() {
    let lab = Lab::small().await;
    let (_, first) = lab.redeem(&lab.code(), VERIFIER).await;
    let (status, second) = lab.refresh(text(&first, "refresh_token")).await;
    assert_eq!(status, 200);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(lab.status_with(text(&second, "access_token")).await, 200);

    let (status, replay) = lab.refresh(text(&first, "refresh_token")).await;
    assert_eq!((status, text(&replay, "error_description")), (400, "expired access/refresh token"));
    assert_eq!(lab.status_with(text(&second, "access_token")).await, 401);
    assert_eq!(lab.refresh(text(&second, "refresh_token")).await.0, 400);
}

#[tokio::test]
async fn without_rotation_the_refresh_token_stays() {
    let lab = Lab::start(OrgOptions { users: 50, rotate_refresh_tokens: false, ..OrgOptions::default() }).await;
    let (_, first) = lab.redeem(&lab.code(), VERIFIER).await;
    for _ in 0..2 {
        let (status, body) = lab.refresh(text(&first, "refresh_token")).await;
        assert_eq!((status, body.get("refresh_token")), (200, None));
    }
}

#[tokio::test]
async fn the_sixth_approval_of_a_user_ends_the_first() {
    let lab = Lab::small().await;
    let mut tokens = Vec::new();
    for _ in 0..6 {
        tokens.push(text(&lab.redeem(&lab.code(), VERIFIER).await.1, "refresh_token").to_owned());
    }
    assert_eq!(lab.refresh(&tokens[0]).await.0, 400);
    assert_eq!(lab.refresh(&tokens[1]).await.0, 200);
}

#[tokio::test]
async fn revoking_ends_a_session_or_a_grant() {
    let lab = Lab::small().await;
    let (_, body) = lab.redeem(&lab.code(), VERIFIER).await;
    let revoke = async |token: &str| {
        let url = format!("{}/services/oauth2/revoke", lab.server.url());
        lab.http.post(url).form(&[("token", token)]).send().await.unwrap()
    };
    assert_eq!(revoke(text(&body, "access_token")).await.status(), 200);
    assert_eq!(lab.status_with(text(&body, "access_token")).await, 401);
    let (_, next) = lab.refresh(text(&body, "refresh_token")).await;
    assert_eq!(revoke(text(&next, "refresh_token")).await.status(), 200);
    assert_eq!(lab.status_with(text(&next, "access_token")).await, 401);
    let again = revoke(text(&next, "refresh_token")).await;
    assert_eq!(again.status(), 400);
    assert!(again.text().await.unwrap().starts_with("error=invalid_token"));
}

#[tokio::test]
async fn a_token_is_revoked_by_a_form_and_by_nothing_else() {
    let lab = Lab::small().await;
    let (_, issued) = lab.redeem(&lab.code(), VERIFIER).await;
    let token = text(&issued, "refresh_token");
    let url = format!("{}/services/oauth2/revoke", lab.server.url());
    assert_eq!(lab.org.grants(), 1);
    let as_json = lab.http.post(&url).json(&serde_json::json!({ "token": token })).send().await.unwrap();
    let in_address = lab.http.post(format!("{url}?token={token}")).send().await.unwrap();
    assert_eq!((as_json.status().as_u16(), in_address.status().as_u16(), lab.org.grants()), (415, 415, 1));
    let sent = lab.http.post(&url).form(&[("token", token)]).send().await.unwrap();
    assert_eq!((sent.status().as_u16(), lab.org.grants()), (200, 0));
}

#[tokio::test]
async fn client_credentials_run_as_the_integration_user() {
    let lab = Lab::small().await;
    let (status, body) = lab.token(&[("grant_type", "client_credentials")]).await;
    assert_eq!((status, body.get("refresh_token")), (200, None));
    assert!(text(&body, "id").ends_with(&lab.org.integration_user()));
    let lab = Lab::start(OrgOptions { users: 50, client_credentials: false, ..OrgOptions::default() }).await;
    let (_, body) = lab.token(&[("grant_type", "client_credentials")]).await;
    assert_eq!(text(&body, "error_description"), "no client credentials user enabled");
}

#[tokio::test]
async fn who_is_deactivated_or_frozen_gets_no_session() {
    let lab = Lab::small().await;
    let user = lab.ordinary_user();
    let name = lab.org.field(&user, "Username").unwrap();
    let allow = || lab.org.allow(lab.authorize_url().as_str(), name.as_str()).unwrap();
    let code = |target: String| Url::parse(&target).unwrap().query_pairs().next().unwrap().1.into_owned();
    let (_, body) = lab.redeem(&code(allow()), VERIFIER).await;
    lab.org.change(&user, &serde_json::json!({ "IsActive": false })).unwrap();
    assert_eq!(lab.status_with(text(&body, "access_token")).await, 401);
    assert_eq!(text(&lab.refresh(text(&body, "refresh_token")).await.1, "error"), "invalid_grant");
    lab.org.change(&user, &serde_json::json!({ "IsActive": true })).unwrap();
    let login = lab.ids(&format!("SELECT Id FROM UserLogin WHERE UserId = '{user}'")).remove(0);
    lab.org.change(&login, &serde_json::json!({ "IsFrozen": true })).unwrap();
    assert_eq!(text(&lab.redeem(&code(allow()), VERIFIER).await.1, "error_description"), "authentication failure");
}

#[tokio::test]
async fn sessions_end_after_their_calls_or_their_time() {
    let options = OrgOptions { users: 50, session_requests: Some(2), ..OrgOptions::default() };
    let lab = Lab::start(options).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(lab.status_with(&lab.token).await);
    }
    assert_eq!(seen, [200, 200, 401, 401]);
    lab.org.settings(|settings| {
        settings.session_requests = None;
        settings.session_lifetime = Some(std::time::Duration::from_secs(3600));
    });
    let token = lab.org.open_session(None).unwrap();
    assert_eq!(lab.status_with(&token).await, 200);
    lab.org.settings(|settings| settings.session_lifetime = Some(std::time::Duration::ZERO));
    assert_eq!(lab.status_with(&token).await, 401);
    lab.org.settings(|settings| settings.session_lifetime = None);
    let token = lab.org.open_session(None).unwrap();
    lab.org.expire_sessions();
    assert_eq!(lab.status_with(&token).await, 401);
}

#[tokio::test]
async fn an_approval_is_a_row_of_oauth_token_until_it_is_revoked() {
    let lab = Lab::small().await;
    let rows = || {
        lab.org
            .query("SELECT AppName, UserId, UseCount, DeleteToken, AccessToken FROM OauthToken WHERE AppName = 'Weft'")
            .unwrap()
    };
    assert_eq!(rows().len(), 0);
    let (_, issued) = lab.redeem(&lab.code(), VERIFIER).await;
    let row = rows().remove(0);
    assert_eq!((text(&row, "UserId"), &row["UseCount"]), (lab.org.integration_user().as_str(), &Json::from(1)));
    assert_eq!(row["AccessToken"], issued["refresh_token"]);
    let (_, fresh) = lab.refresh(text(&issued, "refresh_token")).await;
    let again = rows().remove(0);
    assert_eq!((rows().len(), &again["UseCount"], &again["AccessToken"]), (1, &Json::from(2), &fresh["refresh_token"]));
    assert_eq!(again["DeleteToken"], row["DeleteToken"]);
    let revoke = async |token: &str| {
        let url = format!("{}/services/oauth2/revoke", lab.server.url());
        lab.http.post(url).form(&[("token", token)]).send().await.unwrap().status().as_u16()
    };
    assert_eq!(lab.status_with(text(&fresh, "access_token")).await, 200);
    assert_eq!(revoke(text(&row, "DeleteToken")).await, 200);
    assert_eq!((rows().len(), lab.status_with(text(&fresh, "access_token")).await), (0, 401));
    assert_eq!(lab.refresh(text(&fresh, "refresh_token")).await.0, 400);
    assert_eq!(revoke(text(&row, "DeleteToken")).await, 400, "it is gone");
    let seeded = lab.org.query("SELECT DeleteToken FROM OauthToken").unwrap();
    assert_eq!(revoke(text(&seeded[0], "DeleteToken")).await, 200);
    assert_eq!(lab.org.count("SELECT COUNT() FROM OauthToken").unwrap(), seeded.len() - 1);
    for _ in 0..7 {
        lab.redeem(&lab.code(), VERIFIER).await;
    }
    assert_eq!(rows().len(), 5, "the next approval revokes the oldest");
}
