//! The first-party integrations, compiled by this crate's build script and embedded as packed components (with their manifests).

pub mod section;

/// Each with its id.
pub const BUNDLED: &[(&str, &[u8])] = &[
    ("okta", include_bytes!(concat!(env!("OUT_DIR"), "/okta.wasm"))),
    ("people-list", include_bytes!(concat!(env!("OUT_DIR"), "/people-list.wasm"))),
    ("salesforce", include_bytes!(concat!(env!("OUT_DIR"), "/salesforce.wasm"))),
    ("slack-directory", include_bytes!(concat!(env!("OUT_DIR"), "/slack-directory.wasm"))),
];

/// The tiny guest of `tests/guests/rust`, packed: what the host's own tests load.
pub const TEST_GUEST: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/notes.wasm"));

/// The guest of `tests/guests/feed`, packed: its tool decides everything, for tests of fetching.
pub const FEED_GUEST: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/feed.wasm"));

#[cfg(test)]
mod tests {
    use super::*;

    /// A component's preamble: magic, version 13, layer 1.
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn every_guest_is_a_component_that_ends_in_its_manifest() {
        let all = BUNDLED.iter().copied().chain([("notes", TEST_GUEST), ("feed", FEED_GUEST)]);
        for (id, component) in all {
            assert!(component.starts_with(COMPONENT), "{id} is not a component");
            let tail = String::from_utf8_lossy(&component[component.len().saturating_sub(16 << 10)..]).into_owned();
            let (_, manifest) = tail.rsplit_once(section::MANIFEST_SECTION).expect("a manifest section");
            assert!(manifest.contains(&format!("id = \"{id}\"")), "{id} carries another manifest");
        }
    }

    #[test]
    fn lengths_over_127_take_more_bytes() {
        let packed = section::append_manifest(b"", &"x".repeat(300));
        // 1 + 13 + 300 = 314 = 0xBA 0x02.
        assert_eq!(packed[..4], [0, 0xBA, 0x02, 13]);
        assert_eq!(packed.len(), 3 + 314);
    }
}
