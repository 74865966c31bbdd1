//! Lines for the integration's author.

use crate::bindings::weft::integration::log::{Level, log as send};

/// Writes one line with fields. Never secrets, never personal data.
pub fn log(level: Level, message: &str, fields: &[(&str, &str)]) {
    let fields: Vec<(String, String)> = fields.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    send(level, message, &fields);
}
