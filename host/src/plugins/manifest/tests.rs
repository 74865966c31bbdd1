//! What a manifest may say.

use super::*;

const GOOD: &str = r#"
id = "notes"
name = "Notes"
version = "0.1.0"
wit = "0.1"
license = "Apache-2.0"
[http]
base = "{base_url}"
hosts = ["*.notes.example", "login.notes.example"]
[[http.read]]
method = "GET"
path = "/notes/**"
[[actions.finish-note.write]]
method = "PATCH"
path = "/notes/*"
[auth.default]
kind = "oauth2-code"
authorize = "{login_url}/authorize"
token = "{login_url}/token"
scopes = ["api"]
[auth.upload]
kind = "api-key"
header = "x-api-key"
[auth.old]
kind = "basic"
[limits]
memory_mib = 32
"#;

#[test]
fn a_good_manifest_is_read_whole() {
    let manifest = Manifest::parse(GOOD).unwrap();
    assert_eq!(manifest.http.read, [Rule { method: Method::Get, path: "/notes/**".into() }]);
    assert_eq!(manifest.actions[&ActionName::from("finish-note")].write[0].method, Method::Patch);
    assert!(matches!(manifest.auth("default"), Some(Auth::Oauth2Code { pkce: true, rotates: false, .. })));
    assert_eq!((manifest.limits.memory_mib, manifest.limits.call_seconds), (32, 60));
}

#[test]
fn each_mistake_is_named() {
    let table = [
        ("id = \"notes\"", "id = \"Notes!\"", "`id` is `Notes!`"),
        ("wit = \"0.1\"", "wit = \"one\"", "`wit` is `one`"),
        ("license = \"Apache-2.0\"", "", "license"),
        ("license = \"Apache-2.0\"", "license = \"Apache-2.0\"\nhosts = []", "unknown field `hosts`"),
        ("\"{base_url}\"", "\"http://notes.example\"", "`http.base`"),
        ("*.notes.example", "*", "`http.hosts` holds `*`"),
        ("*.notes.example", "https://notes.example", "without scheme"),
        ("*.notes.example", "*.example", "with a dot"),
        ("*.notes.example", "10.0.0.1", "the address `10.0.0.1`"),
        ("\"GET\"", "\"TRACE\"", "TRACE"),
        ("/notes/**", "/**/notes", "only at the end"),
        ("/notes/**", "notes", "starts with `/`"),
        ("/notes/**", "/notes/a*", "one whole segment"),
        ("/notes/**", "/notes/../x", "one whole segment"),
        ("kind = \"basic\"", "kind = \"kerberos\"", "kerberos"),
        ("header = \"x-api-key\"", "", "exactly one of"),
        ("memory_mib = 32", "memory_mib = 4096", "`limits.memory_mib` is 4096; it takes 1 to 256"),
        ("memory_mib = 32", "cpu_seconds = 0", "`limits.cpu_seconds` is 0"),
        ("[auth.old]", "[auth.none]", "`auth.none`"),
    ];
    for (from, to, wanted) in table {
        assert!(GOOD.contains(from), "{from}");
        let error = Manifest::parse(&GOOD.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(wanted), "{to}: {error}");
    }
}
