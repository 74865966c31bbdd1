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
[auth.machine]
kind = "oauth2-client"
stands_for = "default"
token = "{login_url}/token"
not_expired = ["not allowed here"]
[settings.base_url]
title = "Address"
kind = "origin"
default = "https://a.notes.example"
[[sign_in_errors]]
contains = "No User"
say = "Name a user."
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
fn an_entry_that_stands_for_another_is_a_way_and_no_slot() {
    let manifest = Manifest::parse(GOOD).unwrap();
    assert!(manifest.auth("machine").is_none());
    assert_eq!(manifest.ways("default").map(|(name, _)| name).collect::<Vec<_>>(), ["default", "machine"]);
    assert_eq!(manifest.ways("upload").count(), 1);
    assert_eq!(manifest.sign_in_error("invalid_grant: no user enabled"), Some("Name a user."));
    assert_eq!(manifest.sign_in_error("invalid_grant"), None);
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
        ("stands_for = \"default\"", "stands_for = \"machine\"", "`auth.machine.stands_for` is `machine`"),
        ("stands_for = \"default\"", "stands_for = \"nobody\"", "`auth.machine.stands_for` is `nobody`"),
        ("\"not allowed here\"", "\"\"", "`auth.machine.not_expired` holds an empty text"),
        ("[settings.base_url]", "[settings.BaseUrl]", "`settings.BaseUrl` is no name"),
        ("https://a.notes.example", "a.notes.example", "which it would not take"),
        ("kind = \"origin\"", "kind = \"number\"", "which it would not take"),
        ("kind = \"origin\"", "kind = \"origin\"\nother = \"Own\"", "there are none"),
    ];
    for (from, to, wanted) in table {
        assert!(GOOD.contains(from), "{from}");
        let error = Manifest::parse(&GOOD.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(wanted), "{to}: {error}");
    }
}

#[test]
fn records_in_a_file_need_no_address_and_allow_none() {
    let good = "id = \"list\"\nname = \"List\"\nversion = \"1\"\nwit = \"0.1\"\nlicense = \"MIT\"\n[auth.default]\nkind = \"file\"\n";
    assert!(Manifest::parse(good).unwrap().is_of_file());
    for more in [
        "[http]\nbase = \"https://a.example\"",
        "[[actions.x.write]]\nmethod = \"GET\"\npath = \"/\"",
        "[auth.more]\nkind = \"bearer\"",
    ] {
        let refused = Manifest::parse(&format!("{good}{more}\n")).unwrap_err().0;
        assert!(refused.contains("in a file"), "{refused}");
    }
    let without = good.replace("kind = \"file\"", "kind = \"none\"");
    assert!(Manifest::parse(&without).unwrap_err().0.contains("`http.base`"));
}
