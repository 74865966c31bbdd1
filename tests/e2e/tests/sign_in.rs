//! The ways to sign in, and what the connect page makes of wrong answers, refusals and lost renewals.

use crate::screen::{connected, ended, words};
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};
use axum::{Json, Router, http::StatusCode, routing::post};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    path::Path,
    sync::{Arc, Mutex},
};
use weft::config::Config;
use weft_demo::{ADA, GRACE, World, WorldOptions, filled_in, open};
use weft_simulators::salesforce::{Fault as Trouble, OrgOptions};
use weft_simulators::slack::Message;

const TOKEN: &str = "POST /services/oauth2/token";
const QUERY: &str = "GET /services/data/*/query";

/// A browser on the connect page.
struct Browser {
    http: reqwest::Client,
    link: String,
    cookie: String,
    form: Vec<(String, String)>,
}

/// What the page said.
struct Page {
    status: u16,
    location: Option<String>,
    text: String,
}

impl Browser {
    async fn open(world: &World) -> anyhow::Result<Self> {
        let link = world.connect_link(GRACE).await?;
        world.slack.user(GRACE).close_all().await?;
        let http = reqwest::Client::builder().redirect(Policy::none()).build()?;
        let (cookie, form) = open(&http, &link).await?;
        Ok(Self { http, link, cookie, form })
    }

    /// Sends the form, with this address typed as the login host.
    async fn send_host(&mut self, host: &str) -> anyhow::Result<Page> {
        for (name, value) in &mut self.form {
            match name.as_str() {
                "s.login_url" => value.clear(),
                "own.login_url" => *value = host.to_owned(),
                _ => {}
            }
        }
        self.send().await
    }

    async fn send(&self) -> anyhow::Result<Page> {
        self.page(self.http.post(&self.link).form(&self.form)).await
    }

    async fn get(&self, address: &str) -> anyhow::Result<Page> {
        self.page(self.http.get(address)).await
    }

    async fn page(&self, request: reqwest::RequestBuilder) -> anyhow::Result<Page> {
        let answer = request.header("cookie", &self.cookie).send().await?;
        let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        Ok(Page { status: answer.status().as_u16(), location, text: answer.text().await? })
    }
}

/// Waits until this person is told something with these words.
async fn told(world: &World, person: &str, part: &str) -> anyhow::Result<Message> {
    let person = world.slack.user(person);
    world
        .slack
        .wait_for("the person to be told", |_| {
            person.direct_messages().into_iter().find(|message| words(message).contains(part))
        })
        .await
}

fn by_client(config: &mut Config) {
    config.integrations.get_mut("salesforce").unwrap().sign_in = Some("client-credentials".into());
}

/// A login of its own making: it answers what it is told to, one after the other, and keeps what it was sent.
struct Login {
    address: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Login {
    async fn start(answers: Vec<(StatusCode, Value)>) -> anyhow::Result<Self> {
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let (journal, queue) = (seen.clone(), Arc::new(Mutex::new(VecDeque::from(answers))));
        let token = post(move |body: String| {
            journal.lock().unwrap().push(body);
            let (status, answer) = queue.lock().unwrap().pop_front().unwrap();
            async move { (status, Json(answer)) }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let app = Router::new().route("/services/oauth2/token", token);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { address, seen })
    }

    fn configure(&self, config: &mut Config) {
        config.egress.allow_private.push(self.address.trim_start_matches("http://").to_owned());
        let settings = &mut config.integrations.get_mut("salesforce").unwrap().settings;
        settings.insert("login_url".into(), self.address.clone());
    }
}

fn grant(instance: &str, refresh: Option<&str>) -> (StatusCode, Value) {
    let mut grant = json!({"access_token": "00D!AQ", "token_type": "Bearer", "instance_url": instance});
    if let Some(token) = refresh {
        grant["refresh_token"] = json!(token);
    }
    (StatusCode::OK, grant)
}

fn refusal(code: &str, description: &str) -> (StatusCode, Value) {
    (StatusCode::BAD_REQUEST, json!({"error": code, "error_description": description}))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_credentials_connect_at_once_and_ask_again_when_the_session_is_over() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::start_with(&WorldOptions::default(), dir.path(), OrgOptions::default(), by_client).await?;
    let page = Browser::open(&world).await?.send().await?;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("Salesforce is connected"), "{}", page.text);
    world.synced(GRACE).await?;

    let grants = world.salesforce.org().calls(TOKEN);
    world.salesforce.org().expire_sessions();
    world.sync(GRACE).await?;
    world.slack.wait_for("a new grant", |_| (world.salesforce.org().calls(TOKEN) > grants).then_some(())).await?;
    world.synced(GRACE).await?;
    assert_eq!(world.salesforce.org().calls(TOKEN), grants + 1, "one grant for all who waited");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_is_not_let_in_says_why_and_the_form_can_be_sent_again() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let org = OrgOptions { client_credentials: false, ..OrgOptions::default() };
    let world = World::start_with(&WorldOptions::default(), dir.path(), org, by_client).await?;
    let browser = Browser::open(&world).await?;
    for _ in 0..2 {
        let page = browser.send().await?;
        assert_eq!(page.status, 422);
        assert!(page.text.contains("choose the user under “Run As”"), "{}", page.text);
        assert!(page.text.contains("Nothing was connected"), "{}", page.text);
        assert!(filled_in(&page.text).contains(&("own.login_url".into(), world.salesforce.url().into())));
    }
    told(&world, GRACE, "choose the user under “Run As”").await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_is_told_in_words() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let wrong = |config: &mut Config| {
        by_client(config);
        config.integrations.get_mut("salesforce").unwrap().client_secret = Some("guessed".to_owned().into());
    };
    let world = World::start_with(&WorldOptions::default(), dir.path(), OrgOptions::default(), wrong).await?;
    let page = Browser::open(&world).await?.send().await?;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("does not accept Weft's client id or secret"), "{}", page.text);
    assert!(!page.text.contains("guessed"));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_leads_elsewhere_is_refused_at_its_field() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions::default(), dir.path()).await?;
    let mut browser = Browser::open(&world).await?;
    let table = [
        ("https://evil.example", "is not a host of Salesforce"),
        ("https://example.lightning.force.com", "Give the My Domain host"),
        ("https://login.salesforce.com.evil.example", "is not a host of Salesforce"),
        ("https://login.salesforce.com@evil.example", "without user name and password"),
        ("https://me:secret@example.my.salesforce.com", "without user name and password"),
        ("https://example.my.salesforce.com/setup", "Only the host, please"),
        ("https://example.my.salesforce.com?x=1", "Only the host, please"),
        ("https://example.my.salesforce.com:8443", "The port 8443 is not used"),
        ("http://example.my.salesforce.com", "must begin with https://"),
        ("https://127.0.0.1", "is not a host of Salesforce"),
        ("javascript://x", "This address cannot be used"),
        ("not an address", "This is no address"),
        ("", "This is needed"),
    ];
    for (typed, wanted) in table {
        let page = browser.send_host(typed).await?;
        assert_eq!(page.status, 422, "{typed}");
        assert!(page.text.contains(wanted), "{typed}: {}", page.text);
        assert!(filled_in(&page.text).contains(&("own.login_url".into(), typed.into())), "{typed} is kept");
    }
    assert_eq!(world.salesforce.org().calls(TOKEN), 0);
    let page = browser.send_host("example.my.salesforce.com").await?;
    let location = page.location.unwrap();
    assert!(location.starts_with("https://example.my.salesforce.com/services/oauth2/authorize?"), "{location}");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_tool_refuses_is_told_on_the_page_and_in_slack() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions::default(), dir.path()).await?;
    let callback = world.config.server.public_url.join("connect/callback")?;
    let table = [
        ("access_denied", "end-user denied authorization", "It was denied there"),
        ("invalid_client", "app must be installed into org", "Create the external client app in the org you connect"),
        ("OAUTH_APPROVAL_ERROR_GENERIC", "An unexpected error", "Approve Uninstalled Connected Apps"),
        ("strange_error", "<b>bold</b>", "&lt;b&gt;bold"),
    ];
    for (code, description, wanted) in table {
        let browser = Browser::open(&world).await?;
        let authorize = browser.send().await?.location.unwrap();
        let state =
            url::Url::parse(&authorize)?.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let mut back = callback.clone();
        back.query_pairs_mut()
            .append_pair("error", code)
            .append_pair("error_description", description)
            .append_pair("state", &state);
        let page = browser.get(back.as_str()).await?;
        assert_eq!(page.status, 400);
        assert!(page.text.contains(wanted), "{code}: {}", page.text);
        assert!(page.text.contains("Nothing was connected"), "{code}: {}", page.text);
        assert_eq!(browser.get(back.as_str()).await?.status, 400, "a state works once");
    }
    told(&world, GRACE, "Create the external client app in the org you connect").await?;
    let mut unknown = callback.clone();
    unknown.query_pairs_mut().append_pair("error", "x").append_pair("error_description", "Call 555-0199");
    let page = Browser::open(&world).await?.get(unknown.as_str()).await?;
    assert!(page.status == 400 && !page.text.contains("555"), "words of nobody knows who are not shown");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_names_a_foreign_host_is_not_used() -> anyhow::Result<()> {
    let login = Login::start(vec![grant("https://evil.example", None)]).await?;
    let dir = tempfile::tempdir()?;
    let configure = |config: &mut Config| {
        by_client(config);
        login.configure(config);
    };
    let world = World::start_with(&WorldOptions::default(), dir.path(), OrgOptions::default(), configure).await?;
    let page = Browser::open(&world).await?.send().await?;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("`evil.example` as the place of its API"), "{}", page.text);
    let sent = login.seen.lock().unwrap().join("\n");
    assert!(sent.contains("grant_type=client_credentials") && sent.contains("client_secret="), "in the body: {sent}");
    ended(world).await
}

/// A file in PEM format.
fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der))
}

/// Signs in as this user, with the key from a file of this directory.
fn by_key(config: &mut Config, dir: &Path, pair: &KeyPair, user: &str) -> anyhow::Result<()> {
    let file = dir.join("key.pem");
    std::fs::write(&file, pem("PRIVATE KEY", AsDer::<Pkcs8V1Der<'_>>::as_der(pair)?.as_ref()))?;
    let app = config.integrations.get_mut("salesforce").unwrap();
    app.sign_in = Some("jwt-bearer".into());
    app.client_secret = None;
    app.username = Some(user.into());
    app.private_key_file = Some(file);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assertion_names_the_user_and_salesforces_own_audience() -> anyhow::Result<()> {
    let (pair, dir) = (KeyPair::generate(KeySize::Rsa2048)?, tempfile::tempdir()?);
    let login = Login::start(vec![refusal("invalid_grant", "user hasn't approved this consumer")]).await?;
    let configure = |config: &mut Config| {
        login.configure(config);
        by_key(config, dir.path(), &pair, "weft@example.com").unwrap();
    };
    let world = World::start_with(&WorldOptions::default(), dir.path(), OrgOptions::default(), configure).await?;
    assert_eq!(Browser::open(&world).await?.send().await?.status, 422);
    let body = login.seen.lock().unwrap().remove(0);
    let form: HashMap<_, _> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let (message, signature) = form["assertion"].rsplit_once('.').unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    public.verify(message.as_bytes(), &BASE64_URL_SAFE_NO_PAD.decode(signature)?)?;
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(message.split_once('.').unwrap().1)?)?;
    let wanted = (&json!("weft@example.com"), &json!("https://login.salesforce.com"));
    assert_eq!((&claims["sub"], &claims["aud"]), wanted);
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_assertion_connects_at_once_and_another_is_signed_when_the_session_is_over() -> anyhow::Result<()> {
    let (pair, dir) = (KeyPair::generate(KeySize::Rsa2048)?, tempfile::tempdir()?);
    let public = pem("PUBLIC KEY", AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key())?.as_ref());
    let options = OrgOptions { jwt_public_key: Some(public), ..OrgOptions::default() };
    let configure = |config: &mut Config| by_key(config, dir.path(), &pair, "integration@acme.example").unwrap();
    let world = World::start_with(&WorldOptions::default(), dir.path(), options, configure).await?;
    let org = world.salesforce.org();
    let browser = Browser::open(&world).await?;
    org.settings(|settings| settings.jwt_users = Some(Vec::new()));
    let page = browser.send().await?;
    assert!(page.status == 422 && page.text.contains("Admin approved users are pre-authorized"), "{}", page.text);

    org.settings(|settings| settings.jwt_users = None);
    let page = browser.send().await?;
    assert!(page.status == 200 && page.text.contains("Salesforce is connected"), "{}", page.text);
    world.synced(GRACE).await?;
    let grants = org.calls(TOKEN);
    org.expire_sessions();
    world.sync(GRACE).await?;
    world.slack.wait_for("another assertion", |_| (org.calls(TOKEN) > grants).then_some(())).await?;
    world.synced(GRACE).await?;
    assert_eq!(org.calls(TOKEN), grants + 1, "one assertion for all who waited");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_401_that_a_new_session_does_not_help_against_is_told_and_asks_for_none() -> anyhow::Result<()> {
    for trouble in [Trouble::NOT_FOR_REST, Trouble::APP_NOT_ATTACHED] {
        let (world, _dir) = connected(WorldOptions::default()).await?;
        let org = world.salesforce.org();
        let grants = org.calls(TOKEN);
        org.fault_times(QUERY, 100, trouble.clone());
        world.sync(ADA).await?;
        told(&world, ADA, "its session may not use the REST API").await?;
        assert_eq!(org.calls(TOKEN), grants, "no new session is asked for");
        ended(world).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_cannot_be_renewed_is_not_connected() -> anyhow::Result<()> {
    let expired = refusal("invalid_grant", "expired access/refresh token");
    for (answers, wanted) in [
        (vec![grant("https://a.my.salesforce.com", Some("first")), expired], "Look at the refresh token policy"),
        (vec![grant("https://a.my.salesforce.com", None)], "gave Weft nothing to renew the session with"),
    ] {
        let login = Login::start(answers).await?;
        let dir = tempfile::tempdir()?;
        let configure = |config: &mut Config| login.configure(config);
        let world = World::start_with(&WorldOptions::default(), dir.path(), OrgOptions::default(), configure).await?;
        let browser = Browser::open(&world).await?;
        let authorize = browser.send().await?.location.unwrap();
        let state =
            url::Url::parse(&authorize)?.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let mut back = world.config.server.public_url.join("connect/callback")?;
        back.query_pairs_mut().append_pair("code", "c").append_pair("state", &state);
        let page = browser.get(back.as_str()).await?;
        assert_eq!(page.status, 400);
        assert!(page.text.contains(wanted), "{}", page.text);
        told(&world, GRACE, wanted).await?;
        ended(world).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_renewal_is_asked_for_once_more_and_a_dead_one_needs_a_person() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let org = OrgOptions { rotate_refresh_tokens: false, ..OrgOptions::default() };
    let world = World::start_with(&WorldOptions::default(), dir.path(), org, |_| {}).await?;
    world.connect_salesforce(ADA).await?;
    world.synced(ADA).await?;
    let grants = world.salesforce.org().calls(TOKEN);
    world.salesforce.org().fault(TOKEN, Trouble::LostResponse);
    world.salesforce.org().expire_sessions();
    world.sync(ADA).await?;
    world.slack.wait_for("two asked", |_| (world.salesforce.org().calls(TOKEN) >= grants + 2).then_some(())).await?;
    world.synced(ADA).await?;
    ended(world).await?;

    let (world, _dir) = connected(WorldOptions::default()).await?;
    let grants = world.salesforce.org().calls(TOKEN);
    world.salesforce.org().fault(TOKEN, Trouble::LostResponse);
    world.salesforce.org().expire_sessions();
    world.sync(ADA).await?;
    let message = told(&world, ADA, "Needs reauthorization").await?;
    assert!(words(&message).contains("was lost on the way"), "{}", words(&message));
    assert!(words(&message).contains("Connect it again"), "{}", words(&message));
    assert_eq!(world.salesforce.org().calls(TOKEN), grants + 2, "never a third time");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_of_another_way_needs_a_person() -> anyhow::Result<()> {
    let (mut world, _dir) = connected(WorldOptions::default()).await?;
    by_client(&mut world.config);
    world.restart_host().await?;
    world.sync(ADA).await?;
    let message = told(&world, ADA, "Needs reauthorization").await?;
    assert!(words(&message).contains("signs in by `default`"), "{}", words(&message));
    ended(world).await
}
