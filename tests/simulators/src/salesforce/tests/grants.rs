//! The ways in without a person, the refusals of OAuth, and the 401s a new session does not help against.

use super::{Lab, OrgOptions};
use crate::salesforce::Fault;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value as Json, json};

/// Keys made for this test alone.
const KEY: &str = include_str!("keys/app.pem");
const PUBLIC_KEY: &str = include_str!("keys/app.pub.pem");
const OTHER_KEY: &str = include_str!("keys/other.pem");
const BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

async fn lab() -> Lab {
    Lab::start(OrgOptions { users: 120, jwt_public_key: Some(PUBLIC_KEY.into()), ..OrgOptions::default() }).await
}

/// Claims that are good, but for what is replaced.
fn claims(lab: &Lab, replaced: &Json) -> Json {
    let mut claims = json!({
        "iss": "weft-local-client",
        "sub": "integration@acme.example",
        "aud": lab.server.url(),
        "exp": jiff::Timestamp::now().as_second() + 170,
    });
    for (name, value) in replaced.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn signed(claims: &Json, key: &str) -> String {
    encode(&Header::new(Algorithm::RS256), claims, &EncodingKey::from_rsa_pem(key.as_bytes()).unwrap()).unwrap()
}

impl Lab {
    async fn post(&self, url: &str, form: &[(&str, &str)]) -> (u16, String) {
        let response = self.http.post(url).form(form).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn bearer(&self, assertion: &str) -> (u16, Json) {
        let url = format!("{}/services/oauth2/token", self.server.url());
        let (status, body) = self.post(&url, &[("grant_type", BEARER), ("assertion", assertion)]).await;
        (status, serde_json::from_str(&body).unwrap())
    }
}

#[tokio::test]
async fn a_signed_assertion_becomes_a_session_of_its_subject() {
    let lab = lab().await;
    let worded = claims(&lab, &json!({ "exp": (jiff::Timestamp::now().as_second() + 60).to_string() }));
    assert_eq!(lab.bearer(&signed(&worded, KEY)).await.0, 200);
    for audience in [lab.server.url(), "https://login.salesforce.com", "https://test.salesforce.com/"] {
        let (status, body) = lab.bearer(&signed(&claims(&lab, &json!({ "aud": audience })), KEY)).await;
        assert_eq!((status, body["refresh_token"].as_str()), (200, None), "{body}");
        let token = body["access_token"].as_str().unwrap();
        let url = format!("{}/services/data/v67.0/limits", lab.server.url());
        assert_eq!(lab.http.get(url).bearer_auth(token).send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn bad_assertions_are_refused_each_in_its_words() {
    let lab = lab().await;
    let now = jiff::Timestamp::now().as_second();
    let refusals = [
        (json!({ "iss": "somebody" }), KEY, "invalid_client_id", "client identifier invalid"),
        (json!({ "aud": "https://evil.example" }), KEY, "invalid_grant", "audience is invalid"),
        (json!({ "exp": now - 1 }), KEY, "invalid_grant", "invalid assertion"),
        (json!({ "exp": now + 3600 }), KEY, "invalid_grant", "invalid assertion"),
        (json!({ "sub": "nobody@acme.example" }), KEY, "invalid_grant", "user hasn't approved this consumer"),
        (json!({}), OTHER_KEY, "invalid_grant", "invalid assertion"),
    ];
    for (replaced, key, error, description) in refusals {
        let (status, body) = lab.bearer(&signed(&claims(&lab, &replaced), key)).await;
        assert_eq!((status, body), (400, json!({ "error": error, "error_description": description })), "{replaced}");
    }
    assert_eq!(lab.bearer("nonsense").await.1["error_description"], "invalid assertion");
    let unsigned = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ3ZWZ0LWxvY2FsLWNsaWVudCJ9.";
    assert_eq!(lab.bearer(unsigned).await.1["error_description"], "invalid assertion");
    lab.org.settings(|settings| settings.jwt_users = Some(vec!["somebody.else@acme.example".into()]));
    let good = signed(&claims(&lab, &json!({})), KEY);
    assert_eq!(lab.bearer(&good).await.1["error_description"], "user hasn't approved this consumer");
    let without = Lab::small().await;
    let other = signed(&claims(&without, &json!({})), KEY);
    assert_eq!(without.bearer(&other).await.1["error_description"], "invalid assertion", "no key is registered");
}

#[tokio::test]
async fn client_credentials_need_the_orgs_own_host() {
    let lab = Lab::small().await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "weft-local-client"),
        ("client_secret", "weft-local-secret"),
    ];
    let url = format!("{}/services/oauth2/token", lab.server.url());
    assert_eq!(lab.post(&url, &form).await.0, 200);
    let header = lab.http.post(&url).basic_auth("weft-local-client", Some("weft-local-secret")).form(&form[..1]);
    assert_eq!(header.send().await.unwrap().status(), 200);
    let (status, body) = lab.post(&url.replace("127.0.0.1", "localhost"), &form).await;
    assert!(status == 400 && body.contains("request not supported on this domain"), "{body}");
}

#[tokio::test]
async fn an_app_that_is_not_installed_gets_nowhere() {
    let lab = lab().await;
    lab.org.settings(|settings| settings.app_installed = false);
    let address = format!(
        "{}/services/oauth2/authorize?response_type=code&client_id=weft-local-client&redirect_uri=http://127.0.0.1:9/",
        lab.server.url()
    );
    let page = lab.http.get(address).send().await.unwrap();
    assert_eq!(page.status(), 400);
    assert!(page.text().await.unwrap().contains("app must be installed into org"));
    let (_, body) = lab.bearer(&signed(&claims(&lab, &json!({})), KEY)).await;
    assert_eq!(body, json!({ "error": "invalid_client", "error_description": "app must be installed into org" }));
}

#[tokio::test]
async fn revocation_refuses_in_a_form_or_in_json() {
    let lab = Lab::small().await;
    let url = format!("{}/services/oauth2/revoke", lab.server.url());
    let unknown = lab.post(&url, &[("token", "nothing")]).await;
    assert_eq!(unknown, (400, "error=invalid_token&error_description=invalid+token".into()));
    let wrong = lab.post(&url, &[("token", "eyJhbGciOiJub25lIn0.e30.")]).await;
    assert_eq!(wrong.1, "error=unsupported_token_type&error_description=this+token+type+is+not+supported");
    lab.org.settings(|settings| settings.revoke_answers_json = true);
    let (_, body) = lab.post(&url, &[("token", "nothing")]).await;
    assert_eq!(serde_json::from_str::<Json>(&body).unwrap()["error"], "invalid_token");
}

#[tokio::test]
async fn some_sessions_are_no_use_however_new() {
    let lab = Lab::small().await;
    for (fault, code, message) in [
        (Fault::NOT_FOR_REST, "INVALID_SESSION_ID", "This session is not valid for use with the REST API"),
        (Fault::APP_NOT_ATTACHED, "INVALID_SESSION_ID", "Connected app is not attached to Agent"),
        (Fault::BROKEN_JWT, "INVALID_AUTH_HEADER", "INVALID_JWT_FORMAT"),
    ] {
        lab.org.fault("GET /services/data/**", fault);
        let (status, body) = lab.call("GET", "/limits", None).await;
        assert_eq!((status, &body[0]["errorCode"], &body[0]["message"]), (401, &json!(code), &json!(message)));
    }
    let fault = Fault::RefuseToken { error: "invalid_grant", description: "ip restricted" };
    lab.org.fault("POST /services/oauth2/token", fault);
    let url = format!("{}/services/oauth2/token", lab.server.url());
    let (status, body) = lab.post(&url, &[("grant_type", "refresh_token")]).await;
    assert_eq!((status, body.contains("ip restricted")), (400, true));
    assert_eq!(lab.org.faults_left(), 0);
}
