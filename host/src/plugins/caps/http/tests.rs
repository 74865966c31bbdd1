//! The session against a small server: what reaches the wire, and what comes back of it.

use super::*;
use crate::domain::{ErrorClass, Fault};
use crate::plugins::access::{Access, Applied, Credentials};
use crate::plugins::caps::clock::Clock;
use crate::plugins::caps::log::{CallLog, Facts};
use crate::plugins::grants::{Grants, Operator};
use crate::plugins::manifest::Manifest;
use async_trait::async_trait;
use axum::Router;
use axum::extract::{Request as Incoming, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response as Outgoing};
use secrecy::SecretString;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

const MANIFEST: &str = r#"
id = "tool"
name = "Tool"
version = "1"
wit = "0.1"
license = "MIT"
[http]
base = "{url}"
hosts = ["*.tool.example"]
[[http.read]]
method = "GET"
path = "/api/**"
[[http.read]]
method = "POST"
path = "/api/search"
[[actions.change.write]]
method = "PUT"
path = "/api/things/*"
[auth.default]
kind = "api-key"
header = "x-key"
[auth.session]
kind = "oauth2-client"
token = "https://login.tool.example/token"
not_expired = ["is not valid for use"]
[limits]
response_mib = 1
call_seconds = 30
requests_per_second = 1000
"#;

/// What a request looked like when it arrived.
#[derive(Clone, Debug)]
struct Seen {
    line: String,
    headers: header::HeaderMap,
}

type Journal = Arc<Mutex<Vec<Seen>>>;

struct Server {
    address: String,
    journal: Journal,
}

impl Server {
    async fn start(answer: impl Fn(&Seen, usize) -> Outgoing + Clone + Send + Sync + 'static) -> Self {
        let journal = Journal::default();
        let handler = move |State(journal): State<Journal>, request: Incoming| {
            let answer = answer.clone();
            async move {
                let seen = Seen {
                    line: format!("{} {}", request.method(), request.uri()),
                    headers: request.headers().clone(),
                };
                let mut journal = journal.lock().unwrap();
                journal.push(seen.clone());
                answer(&seen, journal.len())
            }
        };
        let router = Router::new().fallback(handler).with_state(Arc::clone(&journal));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, journal }
    }

    fn lines(&self) -> Vec<String> {
        self.journal.lock().unwrap().iter().map(|seen| seen.line.clone()).collect()
    }

    fn header(&self, request: usize, name: &str) -> Option<String> {
        let journal = self.journal.lock().unwrap();
        journal[request].headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }
}

struct Key {
    base: Url,
    renewals: Arc<AtomicU32>,
}

#[async_trait]
impl Credentials for Key {
    async fn apply(&self, slot: &str) -> Result<Applied, Fault> {
        assert!(["default", "session"].contains(&slot));
        let secret = |text: &str| SecretString::from(text.to_owned());
        let (headers, query) = (vec![("x-key".into(), secret("key-of-ours"))], vec![("sig".into(), secret("a b"))]);
        Ok(Applied { headers, query, generation: 0 })
    }

    async fn renew(&self, _: &str, _: u64) -> Result<(), Fault> {
        self.renewals.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn base_url(&self) -> Url {
        self.base.clone()
    }
}

struct Scene {
    session: Session,
    renewals: Arc<AtomicU32>,
    log: Arc<CallLog>,
}

fn scene(base: &str, private: &[&str], phase: CallPhase, seconds: u64) -> Scene {
    let manifest = Arc::new(Manifest::parse(MANIFEST).unwrap());
    let allow_private = private.iter().map(|text| text.parse().unwrap()).collect();
    let grants = Arc::new(Grants::new(&manifest, Operator { allow_private, only_hosts: Vec::new() }));
    let facts =
        Facts { connection: None, integration: "tool".into(), digest: "0".into(), call: "1".into(), function: "fetch" };
    let log = Arc::new(CallLog::new(facts));
    let renewals = Arc::<AtomicU32>::default();
    let access = Access {
        workspace: "T1".into(),
        connection: "c1".into(),
        config: "{}".into(),
        credentials: Arc::new(Key { base: base.parse().unwrap(), renewals: Arc::clone(&renewals) }),
    };
    let gate = Arc::new(Gate::new(&manifest.limits));
    let session = Session::new(SessionSettings {
        egress: Arc::new(Egress::new("weft/test").unwrap()),
        grants,
        manifest,
        connection: Some((access, gate)),
        phase,
        clock: Clock::new(Instant::now() + Duration::from_secs(seconds)),
        log: Arc::clone(&log),
    });
    Scene { session, renewals, log }
}

fn reading(server: &Server) -> Scene {
    scene(&format!("http://{}", server.address), &[&server.address], CallPhase::Reading, 30)
}

fn changing(server: &Server) -> Scene {
    scene(&format!("http://{}", server.address), &[&server.address], CallPhase::Running("change".into()), 30)
}

fn request(method: &str, url: &str) -> Request {
    Request { method: method.into(), url: url.into(), ..Request::default() }
}

#[tokio::test]
async fn the_host_adds_credentials_and_hides_what_is_its_own() {
    let server =
        Server::start(|_, _| ([(header::SET_COOKIE, "session=1"), (header::ETAG, "7")], "hello").into_response()).await;
    let Scene { session, log, .. } = reading(&server);
    let headers = vec![("Accept".to_owned(), "text/plain".to_owned())];
    let response = session.send(Request { headers, ..request("GET", "/api/x?q=1#part") }).await.unwrap();
    assert_eq!((response.status, &response.body[..]), (200, &b"hello"[..]));
    assert!(
        response.headers.iter().all(|(name, _)| name != "set-cookie")
            && response.headers.contains(&("etag".into(), "7".into()))
    );
    assert_eq!(server.lines(), ["GET /api/x?q=1&sig=a+b"]);
    assert_eq!(server.header(0, "x-key").as_deref(), Some("key-of-ours"));
    assert_eq!(server.header(0, "user-agent").as_deref(), Some("weft/test"));
    assert_eq!(server.header(0, "accept").as_deref(), Some("text/plain"));
    log.guest(crate::plugins::caps::log::Level::Info, "the tool echoed key-of-ours", &[]);
    assert_eq!(log.tail(), ["the tool echoed [hidden]"]);

    let bare = session.send(Request { auth: Some("none".into()), ..request("GET", "/api/x") }).await.unwrap();
    assert_eq!((bare.status, server.header(1, "x-key")), (200, None));
}

#[tokio::test]
async fn headers_of_the_host_cannot_be_set() {
    let server = Server::start(|_, _| "no".into_response()).await;
    let session = reading(&server).session;
    let names = [
        "Authorization",
        "cookie",
        "HOST",
        "Proxy-Authorization",
        "content-length",
        "Transfer-Encoding",
        "X-Key",
        "x-http-method-override",
        "connection",
        "a b",
        "a\r\nb",
        "",
    ];
    for name in names {
        let headers = vec![(name.to_owned(), "1".to_owned())];
        let fault = session.send(Request { headers, ..request("GET", "/api/x") }).await.err().unwrap();
        assert_eq!(fault.class, ErrorClass::Bug, "{name}");
    }
    for value in ["a\r\nb: c", "a\nb", "a\0b"] {
        let headers = vec![("x-note".to_owned(), value.to_owned())];
        assert!(session.send(Request { headers, ..request("GET", "/api/x") }).await.is_err(), "{value:?}");
    }
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn a_redirect_to_another_place_is_followed_without_credentials() {
    let second = Server::start(|_, _| "there".into_response()).await;
    let location = format!("http://{}/api/there", second.address);
    let first =
        Server::start(move |_, _| (StatusCode::FOUND, [(header::LOCATION, location.clone())]).into_response()).await;
    let base = format!("http://{}", first.address);
    let session = scene(&base, &[&first.address, &second.address], CallPhase::Reading, 30).session;
    assert_eq!(&session.send(request("GET", "/api/here")).await.unwrap().body[..], b"there");
    assert_eq!((second.lines(), second.header(0, "x-key")), (vec!["GET /api/there".to_owned()], None));

    // The same address, not opened by the operator on that port.
    let session = scene(&base, &[&first.address], CallPhase::Reading, 30).session;
    let fault = session.send(request("GET", "/api/here")).await.err().unwrap();
    assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::Bug, "private-address"));
}

#[tokio::test]
async fn credentials_are_renewed_once_and_not_for_what_no_renewal_helps() {
    for (body, requests, renewals) in [
        (r#"[{"message":"Session expired or invalid"}]"#, 2, 1),
        (r#"[{"message":"This session is not valid for use with the REST API"}]"#, 1, 0),
        ("", 2, 1),
    ] {
        let server = Server::start(move |_, _| (StatusCode::UNAUTHORIZED, body).into_response()).await;
        let scene = reading(&server);
        let asked = Request { auth: Some("session".into()), ..request("GET", "/api/x") };
        let answer = scene.session.send(asked).await.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (401, body.as_bytes()), "the guest hears it");
        assert_eq!((server.lines().len(), scene.renewals.load(Ordering::SeqCst)), (requests, renewals), "{body}");
    }
}

#[tokio::test]
async fn a_bomb_of_zeros_is_cut_off() {
    let bomb = {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![0; 64 << 20]).unwrap();
        encoder.finish().unwrap()
    };
    assert!(bomb.len() < 1 << 20);
    let server = Server::start(move |seen, _| {
        let body = if seen.line.contains("small") { Vec::new() } else { bomb.clone() };
        ([(header::CONTENT_ENCODING, "gzip")], body).into_response()
    })
    .await;
    let fault = reading(&server).session.send(request("GET", "/api/bomb")).await.err().unwrap();
    assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::Bug, "response-too-large"));
}

#[tokio::test]
async fn only_reads_are_tried_again_and_the_last_answer_is_given() {
    let server =
        Server::start(|_, _| (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "0")]).into_response()).await;
    assert_eq!(reading(&server).session.send(request("GET", "/api/x")).await.unwrap().status, 503);
    assert_eq!(server.lines().len(), 5);
    assert_eq!(changing(&server).session.send(request("PUT", "/api/things/1")).await.unwrap().status, 503);
    assert_eq!(reading(&server).session.send(request("POST", "/api/search")).await.unwrap().status, 503);
    assert_eq!(server.lines().len(), 7);
}

#[tokio::test]
async fn a_wait_longer_than_the_call_is_not_waited() {
    let server =
        Server::start(|_, _| (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "3600")]).into_response()).await;
    let response = reading(&server).session.send(request("GET", "/api/x")).await.unwrap();
    assert!(response.status == 429 && response.headers.contains(&("retry-after".into(), "3600".into())));
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn what_was_never_sent_may_be_tried_again_and_what_was_lost_is_unknown() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let session = scene(&format!("http://{nobody}"), &[&nobody], CallPhase::Running("change".into()), 30).session;
    let fault = session.send(request("PUT", "/api/things/1")).await.err().unwrap();
    assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::Retry, "unreachable"));

    let lost =
        || axum::body::Body::from_stream(futures::stream::iter([Err::<bytes::Bytes, _>(std::io::Error::other("cut"))]));
    let server = Server::start(move |_, _| lost().into_response()).await;
    let session = changing(&server).session;
    let fault = session.send(request("PUT", "/api/things/1")).await.err().unwrap();
    assert_eq!((fault.class, session.has_written(), server.lines().len()), (ErrorClass::Unknown, true, 1));
    let session = reading(&server).session;
    let fault = session.send(request("POST", "/api/search")).await.err().unwrap();
    assert_eq!((fault.class, session.has_written()), (ErrorClass::Retry, false));
}

#[tokio::test]
async fn a_slow_answer_ends_at_the_guests_own_limit() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    // Accepted by the kernel, never answered.
    let session = scene(&format!("http://{address}"), &[&address], CallPhase::Running("change".into()), 30).session;
    let timeout = Some(Duration::from_millis(50));
    let fault = session.send(Request { timeout, ..request("PUT", "/api/things/1") }).await.err().unwrap();
    assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::Unknown, "answer-lost"));
}

#[tokio::test]
async fn several_are_sent_together_in_order_and_not_too_many() {
    let server = Server::start(|seen, _| seen.line.clone().into_response()).await;
    let session = reading(&server).session;
    let answers = session.send_all((0..16).map(|number| request("GET", &format!("/api/{number}"))).collect()).await;
    for (number, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer.unwrap().body, format!("GET /api/{number}?sig=a+b"));
    }
    let refused = session.send_all((0..17).map(|_| request("GET", "/api/1")).collect()).await;
    assert!(refused.len() == 17 && refused.iter().all(Result::is_err));
}
