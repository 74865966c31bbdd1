//! Keys, places and the canary.

use super::{KeyError, KeySource, Sealer, Unsealable, place};
use secrecy::SecretString;
use tempfile::TempDir;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const OTHER_KEY: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn given(key: &str, dir: &TempDir) -> Result<Sealer, KeyError> {
    Sealer::open_or_create(&KeySource::Given(&SecretString::from(key)), dir.path())
}

#[test]
fn opens_only_at_its_place_and_unchanged() {
    let dir = TempDir::new().unwrap();
    let sealer = given(KEY, &dir).unwrap();
    let here = place(&["T1", "c1", "default"]);
    let sealed = sealer.seal(&here, b"token");
    assert_eq!(*sealer.open(&here, &sealed).unwrap(), b"token");
    assert_ne!(sealed, sealer.seal(&here, b"token"), "each has its own nonce");
    for elsewhere in [&["T1", "c1", "other"][..], &["T1c1", "", "default"], &["T1", "c1", "default", ""]] {
        assert_eq!(sealer.open(&place(elsewhere), &sealed), Err(Unsealable));
    }
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert_eq!(sealer.open(&here, &changed), Err(Unsealable));
        assert_eq!(sealer.open(&here, &sealed[..at]), Err(Unsealable));
    }
}

#[test]
fn another_key_is_noticed_at_start() {
    let dir = TempDir::new().unwrap();
    given(&format!("{KEY}\n"), &dir).unwrap();
    given(KEY, &dir).unwrap();
    let error = given(OTHER_KEY, &dir).err().unwrap();
    assert!(matches!(error, KeyError::Wrong(_)), "{error}");
    assert!(!error.to_string().contains("ff01"));
    for malformed in ["", "00", &KEY[1..], "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"] {
        assert!(matches!(given(malformed, &dir), Err(KeyError::Malformed)));
    }
}

#[test]
fn a_key_file_is_made_once_and_for_its_owner_only() {
    let (dir, keys) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let path = keys.path().join("weft.key");
    let open = || Sealer::open_or_create(&KeySource::File(&path), dir.path());
    let sealed = open().unwrap().seal(b"here", b"token");
    assert_eq!(*open().unwrap().open(b"here", &sealed).unwrap(), b"token");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(open(), Err(KeyError::Missing(_))));
    assert!(!path.exists(), "no new key in place of a lost one");
}
