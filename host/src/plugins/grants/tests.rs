//! Who may send what where.

use super::*;
use proptest::prelude::*;

const MANIFEST: &str = r#"
id = "notes"
name = "Notes"
version = "1"
wit = "0.1"
license = "MIT"
[http]
base = "{base}"
hosts = ["*.my.notes.example", "login.notes.example"]
[[http.read]]
method = "GET"
path = "/data/**"
[[http.read]]
method = "POST"
path = "/search"
[[actions.finish.write]]
method = "PATCH"
path = "/data/*/notes/*"
"#;

fn grants(private: &[&str], only: &[&str]) -> Grants {
    let operator = Operator {
        allow_private: private.iter().map(|text| text.parse().unwrap()).collect(),
        only_hosts: only.iter().map(|&text| text.to_owned()).collect(),
    };
    Grants::new(&Manifest::parse(MANIFEST).unwrap(), operator)
}

fn ask(grants: &Grants, base: &str, method: Method, url: &str, phase: Phase<'_>) -> Result<Permit, &'static str> {
    let url = Url::parse(url).unwrap();
    grants
        .check(&Url::parse(base).unwrap(), method, &url, phase)
        .map(|grant| grant.permit)
        .map_err(|refusal| refusal.code())
}

#[test]
fn places_need_both_keys() {
    let base = "https://acme.my.notes.example/";
    let table = [
        (base, "https://acme.my.notes.example/data/1", Ok(Permit::Read)),
        (base, "https://other.my.notes.example/data/1", Ok(Permit::Read)),
        (base, "https://login.notes.example/data/1", Ok(Permit::Read)),
        (base, "https://my.notes.example/data/1", Err("host-not-in-manifest")),
        (base, "https://evilmy.notes.example/data/1", Err("host-not-in-manifest")),
        (base, "https://login.notes.example.evil.example/data/1", Err("host-not-in-manifest")),
        (base, "https://169.254.169.254/data/1", Err("host-not-in-manifest")),
        (base, "http://acme.my.notes.example/data/1", Err("plain-http")),
        (base, "https://acme.my.notes.example:8443/data/1", Err("port-not-allowed")),
        (base, "https://user@acme.my.notes.example/data/1", Err("url-refused")),
        (base, "ftp://acme.my.notes.example/data/1", Err("url-refused")),
        ("https://tool.example:8443/", "https://tool.example:8443/data/1", Ok(Permit::Read)),
        ("https://10.0.0.8/", "https://10.0.0.8/data/1", Err("private-address")),
        ("https://[::ffff:7f00:1]/", "https://[::ffff:127.0.0.1]/data/1", Err("private-address")),
        ("http://127.0.0.1:4001/", "http://127.0.0.1:4001/data/1", Ok(Permit::Read)),
        ("http://127.0.0.1:4001/", "http://127.0.0.1:4002/data/1", Err("private-address")),
        ("http://127.0.0.1:4001/", "http://127.1:4001/data/1", Ok(Permit::Read)),
        (base, "http://127.0.0.1:4001/data/1", Err("host-not-in-manifest")),
    ];
    let grants = grants(&["127.0.0.1:4001"], &[]);
    for (base, url, wanted) in table {
        assert_eq!(ask(&grants, base, Method::Get, url, Phase::Reading), wanted, "{url}");
    }
}

#[test]
fn the_operator_can_narrow_the_hosts() {
    let grants = grants(&[], &["acme.my.notes.example"]);
    let base = "https://acme.my.notes.example/";
    let get = |url| ask(&grants, base, Method::Get, url, Phase::Reading);
    assert_eq!(get("https://acme.my.notes.example/data/1"), Ok(Permit::Read));
    assert_eq!(get("https://other.my.notes.example/data/1"), Err("host-not-granted"));
}

#[test]
fn writes_need_the_running_action() {
    let (finish, other) = (ActionName::from("finish"), ActionName::from("other"));
    let grants = grants(&[], &[]);
    let table = [
        (Method::Patch, "/data/1/notes/7", Phase::Running(&finish), Ok(Permit::Write)),
        (Method::Patch, "/data/1/notes/7", Phase::Running(&other), Err("no-write-rule")),
        (Method::Patch, "/data/1/notes/7", Phase::Reading, Err("no-read-rule")),
        (Method::Patch, "/data/1/notes/7/8", Phase::Running(&finish), Err("no-write-rule")),
        (Method::Patch, "/data/1/notes/", Phase::Running(&finish), Err("no-write-rule")),
        (Method::Delete, "/data/1/notes/7", Phase::Running(&finish), Err("no-write-rule")),
        (Method::Get, "/data/1/notes/7", Phase::Running(&finish), Ok(Permit::Read)),
        (Method::Post, "/search?q=1", Phase::Reading, Ok(Permit::Read)),
        (Method::Post, "/search?q=1&_HttpMethod=DELETE", Phase::Reading, Err("url-refused")),
        (Method::Post, "/searching", Phase::Reading, Err("no-read-rule")),
        (Method::Get, "/data", Phase::Reading, Ok(Permit::Read)),
        (Method::Get, "/data/../admin", Phase::Reading, Err("no-read-rule")),
        (Method::Get, "/data/%2e%2e/admin", Phase::Reading, Err("no-read-rule")),
        (Method::Get, "/data/..;/admin", Phase::Reading, Err("url-refused")),
        (Method::Get, "/data/%252e%252e/admin", Phase::Reading, Err("url-refused")),
        (Method::Get, "/data/a%2Fb", Phase::Reading, Err("url-refused")),
        (Method::Get, "/data//b", Phase::Reading, Err("url-refused")),
        (Method::Get, "/%64ata/b", Phase::Reading, Ok(Permit::Read)),
        (Method::Get, "/data/a%0d%0ab", Phase::Reading, Err("url-refused")),
    ];
    for (method, path, phase, wanted) in table {
        let url = format!("https://acme.my.notes.example{path}");
        assert_eq!(ask(&grants, "https://acme.my.notes.example", method, &url, phase), wanted, "{method:?} {path}");
    }
}

#[test]
fn a_refusal_names_the_missing_key() {
    let grants = grants(&[], &[]);
    let url = Url::parse("https://evil.example/data/1").unwrap();
    let refusal = grants
        .check(&Url::parse("https://a.my.notes.example").unwrap(), Method::Get, &url, Phase::Reading)
        .unwrap_err();
    assert_eq!(refusal.to_string(), "the manifest does not name the host `evil.example`: add it to `http.hosts`");
}

proptest! {
    #[test]
    fn a_path_rule_never_lets_another_prefix_through(path in "[a-z/.%;2eEfF\\\\]{0,24}") {
        let grants = grants(&[], &[]);
        if let Ok(url) = Url::parse(&format!("https://a.my.notes.example/{path}")) {
            let allowed = grants.check(&url, Method::Get, &url, Phase::Reading).is_ok();
            let decoded = percent_encoding::percent_decode_str(url.path()).decode_utf8_lossy().into_owned();
            prop_assert!(!allowed || ((decoded == "/data" || decoded.starts_with("/data/")) && !decoded.contains("/../")), "{}", url);
        }
    }

    #[test]
    fn host_patterns_never_panic_and_need_the_dot(host in "[a-z.]{0,20}") {
        if host_matches("*.my.notes.example", &host) {
            prop_assert!(host.ends_with(".my.notes.example") && host.len() > ".my.notes.example".len());
        }
    }
}
