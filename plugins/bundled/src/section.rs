//! The custom section that carries an integration's manifest, written by hand so that the build script needs no encoder.

/// The name of the section. The host reads it without running any code of the component.
pub const MANIFEST_SECTION: &str = "weft:manifest";

/// The component with the manifest (TOML text) as a custom section at its end. Custom sections change nothing else in a component.
pub fn append_manifest(component: &[u8], manifest: &str) -> Vec<u8> {
    let mut content = Vec::with_capacity(manifest.len() + MANIFEST_SECTION.len() + 5);
    write_length(MANIFEST_SECTION.len(), &mut content);
    content.extend_from_slice(MANIFEST_SECTION.as_bytes());
    content.extend_from_slice(manifest.as_bytes());

    let mut packed = Vec::with_capacity(component.len() + content.len() + 6);
    packed.extend_from_slice(component);
    packed.push(0);
    write_length(content.len(), &mut packed);
    packed.extend_from_slice(&content);
    packed
}

/// Unsigned LEB128.
fn write_length(mut length: usize, into: &mut Vec<u8>) {
    while length >= 0x80 {
        into.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    into.push(length as u8);
}
