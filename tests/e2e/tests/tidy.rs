//! Rules about the code, as tests: which module may name which, whose library is whose, and how long a file may be.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file this long is two files.
const MAX_LINES: usize = 500;

/// Top-level modules of the host, and what each may name besides itself. `main`, `lib` and `app` wire everything.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &[]),
    ("store", &["domain"]),
    ("plugins", &["domain"]),
    ("people", &["domain", "config"]),
    ("connections", &["domain", "config", "store", "plugins"]),
    ("sync", &["domain", "config", "store", "plugins", "connections"]),
    ("boards", &["domain", "store"]),
    ("actions", &["domain", "store", "plugins"]),
    ("audit", &["domain", "store"]),
    // The inbox and the addresses of messages are the door's own, so it names the store.
    ("slack", &["domain", "store", "people", "connections", "sync", "boards", "actions", "audit"]),
    ("web", &["domain", "connections"]),
];

/// A library and the one place that names it.
const LIBRARIES: &[(&str, &str)] = &[
    ("sled", "host/src/store"),
    ("wasmtime", "host/src/plugins"),
    ("wasmparser", "host/src/plugins"),
    ("slack_morphism", "host/src/slack"),
    ("oauth2", "host/src/connections"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if entry.is_dir() && !["target", "node_modules"].contains(&name.as_str()) && !name.starts_with('.') {
                folders.push(entry);
            } else if name.ends_with(".rs") {
                found.push(entry);
            }
        }
    }
    found.sort();
    found
}

fn check(rule: impl Fn(&str, &str) -> Vec<String>) {
    let root = root();
    let broken: Vec<String> = sources(&root)
        .iter()
        .flat_map(|path| {
            let name = path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned();
            rule(&name, &fs::read_to_string(path).expect("text"))
        })
        .collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    check(|name, text| match text.starts_with("//!") {
        true => vec![],
        false => vec![format!("{name}: the first line is not a `//!` that says what the file is for")],
    });
}

#[test]
fn no_file_is_longer_than_its_reader_is_patient() {
    check(|name, text| match text.lines().count() {
        0..=MAX_LINES => vec![],
        lines => vec![format!("{name}: {lines} lines, over {MAX_LINES}: make it two files")],
    });
}

#[test]
fn arrows_point_one_way() {
    check(|name, text| {
        let Some(rest) = name.strip_prefix("host/src/") else { return vec![] };
        let module = rest.split(['/', '.']).next().unwrap_or_default();
        let Some((_, allowed)) = ARROWS.iter().find(|(of, _)| *of == module) else { return vec![] };
        ARROWS
            .iter()
            .map(|(other, _)| *other)
            .filter(|other| *other != module && !allowed.contains(other))
            .filter(|other| names_module(text, other))
            .map(|other| format!("{name}: `{module}` may not name `{other}`"))
            .collect()
    });
}

/// `crate::other`, or `other` inside a `use crate::{...}` group.
fn names_module(text: &str, other: &str) -> bool {
    let direct = format!("crate::{other}");
    let named = text
        .match_indices(&direct)
        .any(|(at, _)| !text[at + direct.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_'));
    named || text.split("use crate::{").skip(1).any(|group| in_group(group, other))
}

fn in_group(group: &str, other: &str) -> bool {
    let mut depth = 0;
    let mut item = String::new();
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return first_name(&item) == other,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if first_name(&item) == other {
                    return true;
                }
                item.clear();
            }
            _ if depth == 0 => item.push(letter),
            _ => {}
        }
    }
    false
}

fn first_name(item: &str) -> &str {
    item.trim().split("::").next().unwrap_or_default().trim()
}

#[test]
fn each_library_has_one_door() {
    check(|name, text| {
        if !name.starts_with("host/src/") {
            return vec![];
        }
        LIBRARIES
            .iter()
            .filter(|(library, home)| {
                !name.starts_with(home)
                    && (text.contains(&format!("use {library}")) || text.contains(&format!(" {library}::")))
            })
            .map(|(library, home)| format!("{name}: only {home} names {library}"))
            .collect()
    });
}

#[test]
fn tests_wait_for_events_not_for_time() {
    check(|name, text| {
        let is_test = name.starts_with("tests/") || name.ends_with("tests.rs");
        let sleeps = is_test && !name.ends_with("tidy.rs") && text.contains("sleep(");
        let ignores = !name.ends_with("tidy.rs") && text.contains("#[ignore");
        let mut broken = Vec::new();
        if sleeps {
            broken.push(format!("{name}: a test sleeps"));
        }
        if ignores {
            broken.push(format!("{name}: a test is ignored"));
        }
        broken
    });
}

#[test]
fn the_group_parser_sees_modules_only() {
    assert!(names_module("use crate::{config::Config, store::{Store, seal}};", "store"));
    assert!(!names_module("use crate::{domain::{store, Row}};", "store"));
    assert!(names_module("let x = crate::store::now();", "store"));
    assert!(!names_module("crate::storehouse::now()", "store"));
}
