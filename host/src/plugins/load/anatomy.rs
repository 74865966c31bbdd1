//! What a component is made of, read without compiling it: validity, imports, exports, manifest.

use super::LoadError;
use crate::plugins::abi::PACKAGE;
use crate::plugins::manifest::{MAX_BYTES, SECTION};
use wasmparser::{Encoding, Parser, Payload, Validator};

/// WASI interfaces that the standard libraries of guest languages import. They are linked so that they give nothing: no
/// files, no environment, no arguments, no input; output goes to the log.
const ALLOWED: [&str; 4] = ["wasi:cli/", "wasi:io/", "wasi:clocks/", "wasi:random/"];

/// What the host does not give, and what to do instead.
const REFUSED: [(&str, &str); 4] = [
    ("wasi:sockets/", "the host gives no sockets; send requests through `weft:integration/http`"),
    ("wasi:http/", "the host has its own HTTP, which adds the credentials; use `weft:integration/http`"),
    ("wasi:filesystem/", "the host gives no files; build without file access (Rust: no std::fs; Python: --stub-wasi)"),
    (
        "",
        "the host does not give this; an integration may import weft:integration and wasi:cli, wasi:io, wasi:clocks, wasi:random",
    ),
];

/// What was found.
#[derive(Debug, Default)]
pub struct Anatomy {
    /// The text of the manifest.
    pub manifest: Option<String>,
    /// The version of the WIT package in its exports (`0.1`).
    pub spoken: String,
    /// Whether it exports actions.
    pub has_actions: bool,
}

/// Reads and validates all of it.
pub fn examine(wasm: &[u8]) -> Result<Anatomy, LoadError> {
    if !wasm.starts_with(b"\0asm") {
        return Err(LoadError::NotAComponent("it does not start like a WebAssembly file".to_owned()));
    }
    if Parser::is_core_wasm(wasm) {
        let sentence = "it is a core module; build for wasm32-wasip2, or wrap it with `wasm-tools component new`";
        return Err(LoadError::NotAComponent(sentence.to_owned()));
    }
    // The parser trusts nothing, but it is faster to refuse the whole before looking at parts.
    Validator::new().validate_all(wasm).map_err(|error| LoadError::Invalid(error.to_string()))?;
    let mut anatomy = Anatomy::default();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(|error| LoadError::Invalid(error.to_string()))?;
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            payload if depth == 0 => anatomy.outer(payload)?,
            _ => {}
        }
    }
    if anatomy.spoken.is_empty() {
        let sentence = "it exports no `weft:integration/source`; is it an integration?";
        return Err(LoadError::Interface(sentence.to_owned()));
    }
    Ok(anatomy)
}

impl Anatomy {
    /// Takes in one part of the outermost component.
    fn outer(&mut self, payload: Payload<'_>) -> Result<(), LoadError> {
        let damaged = |error: wasmparser::BinaryReaderError| LoadError::Invalid(error.to_string());
        match payload {
            Payload::Version { encoding: Encoding::Module, .. } => {
                Err(LoadError::NotAComponent("it is a core module".to_owned()))
            }
            Payload::ComponentImportSection(imports) => {
                imports.into_iter().try_for_each(|import| allow(import.map_err(damaged)?.name.name))
            }
            Payload::ComponentExportSection(exports) => {
                exports.into_iter().try_for_each(|export| self.export(export.map_err(damaged)?.name.name))
            }
            Payload::CustomSection(section) if section.name() == SECTION => self.take_manifest(section.data()),
            _ => Ok(()),
        }
    }

    fn export(&mut self, name: &str) -> Result<(), LoadError> {
        let Some((interface, version)) = name.strip_prefix(PACKAGE).and_then(|rest| rest.split_once('@')) else {
            return Ok(());
        };
        let mut numbers = version.split('.');
        let minor = [numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()].join(".");
        if !self.spoken.is_empty() && self.spoken != minor {
            let sentence = format!(
                "it exports interfaces of weft:integration {} and {minor}; one version is allowed",
                self.spoken
            );
            return Err(LoadError::Version(sentence));
        }
        self.has_actions |= interface == "actions";
        if interface == "source" || !self.spoken.is_empty() || interface == "actions" {
            self.spoken = minor;
        }
        Ok(())
    }

    fn take_manifest(&mut self, data: &[u8]) -> Result<(), LoadError> {
        if self.manifest.is_some() {
            return Err(LoadError::Manifest("there are two of them".to_owned()));
        }
        if data.len() > MAX_BYTES {
            return Err(LoadError::Manifest(format!("it is longer than {MAX_BYTES} bytes")));
        }
        let text = std::str::from_utf8(data).map_err(|_| LoadError::Manifest("it is not UTF-8".to_owned()))?;
        self.manifest = Some(text.to_owned());
        Ok(())
    }
}

fn allow(name: &str) -> Result<(), LoadError> {
    if name.starts_with(PACKAGE) || ALLOWED.iter().any(|allowed| name.starts_with(allowed)) {
        return Ok(());
    }
    let sentence = REFUSED.iter().find(|(prefix, _)| name.starts_with(prefix)).map_or("", |(_, sentence)| sentence);
    Err(LoadError::Import { name: name.to_owned(), sentence })
}
