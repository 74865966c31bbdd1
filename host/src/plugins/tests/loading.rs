//! What is loaded, what is refused with which sentence, and the cache.

use super::*;

async fn refusal(host: &TestHost, wasm: Vec<u8>) -> String {
    let error = host.plugins.load(wasm).await.unwrap_err().to_string();
    assert!(host.plugins.load(hostile()).await.is_ok(), "the host is unharmed");
    error
}

/// A component that imports an empty instance of this name and is else the hostile one, packed.
fn importing(name: &str) -> Vec<u8> {
    let text = format!(r#"(component (import "{name}" (instance)))"#);
    pack(&wat::parse_str(text).unwrap(), HOSTILE_MANIFEST)
}

#[tokio::test]
async fn what_is_no_integration_is_refused_with_a_sentence() {
    let host = TestHost::start(&[]);
    let good = component(include_str!("hostile.wat"));
    let other_version = HOSTILE_MANIFEST.replace("wit = \"0.1\"", "wit = \"0.2\"");
    let unknown_action = format!("{HOSTILE_MANIFEST}\n[[actions.no-such.write]]\nmethod = \"PUT\"\npath = \"/x\"\n");
    let table = [
        (b"#!/bin/sh".to_vec(), "it is not a WebAssembly component"),
        (Vec::new(), "it is not a WebAssembly component"),
        (wat::parse_str("(module)").unwrap(), "it is a core module; build for wasm32-wasip2"),
        (hostile()[..hostile().len() / 2].to_vec(), "it is damaged"),
        (good.clone(), "it has no manifest"),
        (pack(&good, "id = 3"), "its manifest is refused"),
        (pack(&good, &other_version), "its manifest says `wit = \"0.2\"`, and its exports are of 0.1"),
        (pack(&hostile(), HOSTILE_MANIFEST), "there are two of them"),
        (pack(&good, &unknown_action), "write rules for the action `no-such`, which is not described"),
        (pack(&wat::parse_str("(component)").unwrap(), HOSTILE_MANIFEST), "it exports no `weft:integration/source`"),
        (
            importing("wasi:sockets/tcp@0.2.0"),
            "it imports `wasi:sockets/tcp@0.2.0`: the host gives no sockets; send requests through",
        ),
        (importing("wasi:http/types@0.2.0"), "the host has its own HTTP"),
        (importing("wasi:filesystem/types@0.2.0"), "the host gives no files"),
        (importing("acme:spy/eye"), "it imports `acme:spy/eye`: the host does not give this"),
    ];
    for (wasm, words) in table {
        let sentence = refusal(&host, wasm).await;
        assert!(sentence.contains(words), "{sentence}");
    }
}

#[tokio::test]
async fn no_cut_and_no_flipped_byte_harms_the_host() {
    let host = TestHost::start(&[]);
    let good = hostile();
    for at in (8..good.len()).step_by(good.len() / 40) {
        let mut flipped = good.clone();
        flipped[at] ^= 0x55;
        // Some bytes are texts that may be anything: loading must only never panic.
        let _ = (host.plugins.load(flipped).await, host.plugins.load(good[..at].to_vec()).await);
    }
    assert!(host.plugins.load(good).await.is_ok());
}

#[tokio::test]
async fn a_manifest_that_asks_for_too_little_memory_fails_while_describing() {
    let host = TestHost::start(&[]);
    let greedy = include_str!("hostile.wat").replace("(export \"memory\") 2)", "(export \"memory\") 200)");
    let sentence = refusal(&host, pack(&component(&greedy), HOSTILE_MANIFEST)).await;
    assert!(sentence.contains("it failed while describing itself") && sentence.contains("more memory"), "{sentence}");
    let huge = include_str!("hostile.wat").replace("(export \"memory\") 2)", "(export \"memory\") 5000)");
    let sentence = refusal(&host, pack(&component(&huge), HOSTILE_MANIFEST)).await;
    assert!(sentence.contains("memory"), "{sentence}");
}

#[tokio::test]
async fn the_second_load_comes_from_the_cache_and_a_forged_file_does_not() {
    let mut host = TestHost::start(&[]);
    assert!(!host.plugins.load(hostile()).await.unwrap().is_from_cache());
    assert!(host.plugins.load(hostile()).await.unwrap().is_from_cache());

    host.restart([7; 32]);
    assert!(host.plugins.load(hostile()).await.unwrap().is_from_cache(), "after a restart too");

    let file = host.cached_files().pop().unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    assert!(!host.plugins.load(hostile()).await.unwrap().is_from_cache(), "a changed file is not used");

    host.restart([8; 32]);
    assert!(!host.plugins.load(hostile()).await.unwrap().is_from_cache(), "nor one made under another key");

    std::fs::write(host.cached_files().pop().unwrap(), b"short").unwrap();
    assert!(!host.plugins.load(hostile()).await.unwrap().is_from_cache());
    assert_eq!(host.cached_files().len(), 1, "nothing is left over");
}

#[tokio::test]
async fn many_loads_at_once_compile_once() {
    let host = TestHost::start(&[]);
    let loads = (0..8).map(|_| host.plugins.load(hostile()));
    let compiled =
        futures::future::join_all(loads).await.into_iter().filter(|load| !load.as_ref().unwrap().is_from_cache());
    assert_eq!(compiled.count(), 1);
}
