//! The custom section that carries the manifest inside the component.

/// The name of the section.
pub const SECTION: &str = "weft:manifest";

/// The id of a custom section in the binary format.
const CUSTOM: u8 = 0;

/// The component with the manifest appended to it. Custom sections may stand anywhere, so the end is as good as any place.
pub fn pack(component: &[u8], manifest: &str) -> Vec<u8> {
    let mut content = Vec::with_capacity(SECTION.len() + manifest.len() + 1);
    leb128(SECTION.len(), &mut content);
    content.extend_from_slice(SECTION.as_bytes());
    content.extend_from_slice(manifest.as_bytes());
    let mut packed = Vec::with_capacity(component.len() + content.len() + 6);
    packed.extend_from_slice(component);
    packed.push(CUSTOM);
    leb128(content.len(), &mut packed);
    packed.extend_from_slice(&content);
    packed
}

fn leb128(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or(0));
}
