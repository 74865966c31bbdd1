//! A guest that does its worst: each call ends with the right fault, and the next call works.

use super::*;
use crate::domain::ErrorClass;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;

/// A tool with an open part, traps for the careless, and a door it must never be asked to open.
async fn tool() -> String {
    let to = |place: &'static str| get(move || async move { (StatusCode::FOUND, [(header::LOCATION, place)]) });
    let router = Router::new()
        .route("/open/ok", get(async || "{}"))
        .route("/open/big", get(async || vec![b'x'; (1 << 20) + 1]))
        .route("/open/to-metadata", to("http://169.254.169.254/open/latest"))
        .route("/open/to-elsewhere", to("https://elsewhere.example/open/ok"))
        .route("/open/to-closed", to("/closed"))
        .route("/open/to-itself", to("/open/to-itself"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address.to_string()
}

struct Scene {
    host: TestHost,
    integration: Integration,
    tokens: Arc<Tokens>,
    address: String,
}

impl Scene {
    async fn open() -> Self {
        let address = tool().await;
        let host = TestHost::start(&[&address]);
        let integration = host.plugins.load(hostile()).await.unwrap();
        let tokens = Tokens::new(&format!("http://{address}"), &["secret-token"]);
        Self { host, integration, tokens, address }
    }

    async fn call(&self, config: &str) -> Result<Report, Fault> {
        self.integration.check(&self.tokens.access(config)).await
    }

    /// The fault of a call, after which a good call must work.
    async fn fault(&self, config: &str) -> Fault {
        let fault = self.call(config).await.expect_err(config);
        self.call("s/open/ok").await.expect("the host is unharmed");
        fault
    }
}

#[tokio::test]
async fn what_runs_wild_is_stopped() {
    let scene = Scene::open().await;
    for (config, code) in [
        ("l", "cpu-limit"),
        ("m", "memory-limit"),
        ("r", "stack-overflow"),
        ("p", "panic"),
        ("b", "refused"),
        ("h/open/ok", "too-many-requests"),
    ] {
        let fault = scene.fault(config).await;
        assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::Bug, code), "{config}: {fault:?}");
    }
}

#[tokio::test]
async fn a_trap_brings_backtrace_and_last_lines_to_the_author() {
    let scene = Scene::open().await;
    let fault = scene.fault("p: the last words").await;
    let detail = fault.detail.unwrap();
    assert!(detail.contains("wasm backtrace") && detail.ends_with("p: the last words"), "{detail}");
    assert!(fault.message.contains("`hostile` stopped itself") && fault.message.contains("Nothing was changed"));
}

#[tokio::test]
async fn a_flood_of_lines_does_no_harm() {
    Scene::open().await.call("g").await.unwrap();
}

#[tokio::test]
async fn the_wall_clock_ends_a_call_whatever_the_cpu_budget() {
    let address = tool().await;
    let host = TestHost::start(&[&address]);
    let manifest =
        HOSTILE_MANIFEST.replace("call_seconds = 20", "call_seconds = 1").replace("cpu_seconds = 1", "cpu_seconds = 9");
    let integration = host.plugins.load(pack(&component(include_str!("hostile.wat")), &manifest)).await.unwrap();
    let fault = integration.check(&Tokens::new(&format!("http://{address}"), &["t"]).access("l")).await.unwrap_err();
    assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::Retry, "deadline"));
}

#[tokio::test]
async fn requests_that_were_not_granted_are_refused_by_name() {
    let scene = Scene::open().await;
    let table = [
        ("shttps://off-list.example/open/ok", "host-not-in-manifest", "`off-list.example`: add it to `http.hosts`"),
        ("shttp://169.254.169.254/open/ok", "host-not-in-manifest", "169.254.169.254"),
        ("s/open/to-metadata", "host-not-in-manifest", "169.254.169.254"),
        ("s/open/to-elsewhere", "host-not-in-manifest", "elsewhere.example"),
        ("s/open/to-closed", "no-read-rule", "GET /closed"),
        ("s/open/to-itself", "redirects", "more than 5"),
        ("s/closed", "no-read-rule", "GET /closed"),
        ("w/open/ok", "no-read-rule", "PATCH /open/ok"),
        ("a/open/ok", "header-reserved", "`authorization` is set by the host"),
        ("i/open/ok", "headers", "`x-note` holds characters that are not allowed"),
        ("s/open/big", "response-too-large", "1048576 bytes"),
        ("s//open/ok", "url-refused", "one `/`"),
        ("s/open/a b", "url-refused", "spaces"),
    ];
    for (config, code, words) in table {
        let fault = scene.fault(config).await;
        assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::Bug, code), "{config}");
        assert!(fault.message.contains(words), "{config}: {}", fault.message);
    }
}

#[tokio::test]
async fn a_private_place_needs_the_operator_whatever_it_is_called() {
    let scene = Scene::open().await;
    let port = scene.address.rsplit(':').next().unwrap();
    // The base is on a name that leads to the loopback, which only the look-up shows.
    let table = [
        (format!("https://localhost:{port}"), "private-address"),
        (format!("http://localhost:{port}"), "plain-http"),
        ("https://[::1]".to_owned(), "private-address"),
        ("https://0x7f.1".to_owned(), "private-address"),
    ];
    for (base, code) in table {
        let access = Tokens::new(&base, &["t"]).access("s/open/ok");
        let fault = scene.integration.check(&access).await.unwrap_err();
        assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::Bug, code), "{base}: {fault:?}");
    }
}

#[tokio::test]
async fn when_the_caller_goes_away_its_place_is_free_again() {
    let scene = Scene::open().await;
    for _ in 0..8 {
        // More calls than there are places, each given up while the guest computes.
        let call = scene.call("l");
        assert!(tokio::time::timeout(std::time::Duration::from_millis(20), call).await.is_err());
    }
    scene.call("s/open/ok").await.unwrap();
    drop(scene.host);
}

#[tokio::test]
async fn a_panic_of_the_host_ends_one_call_only() {
    let scene = Scene::open().await;
    // Credentials without any token panic when they are asked for one.
    let broken = Tokens::new(&format!("http://{}", scene.address), &[]);
    let fault = scene.integration.check(&broken.access("s/open/ok")).await.expect_err("the call is lost");
    assert_eq!(fault.class, ErrorClass::Bug, "{fault}");
    scene.call("s/open/ok").await.expect("the host is unharmed");
}
