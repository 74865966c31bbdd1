//! Path rules, matched on the decoded path. A path that two servers could read differently is refused rather than guessed.

use percent_encoding::percent_decode_str;
use url::Url;

/// One path rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Exactly(String),
    One,
    Rest,
}

impl Pattern {
    /// The pattern of a rule that the manifest check has let through.
    pub fn new(path: &str) -> Self {
        let part = |segment: &str| match segment {
            "*" => Part::One,
            "**" => Part::Rest,
            other => Part::Exactly(other.to_owned()),
        };
        Self(path.trim_start_matches('/').split('/').map(part).collect())
    }

    /// Whether the path fits. `*` is one segment that is not empty, `**` is any rest, the empty one too.
    pub fn matches(&self, path: &Segments) -> bool {
        let mut segments = path.0.iter();
        for part in &self.0 {
            let fits = match (part, segments.next()) {
                (Part::Rest, _) => return true,
                (Part::One, Some(segment)) => !segment.is_empty(),
                (Part::Exactly(wanted), Some(segment)) => wanted == segment,
                (_, None) => false,
            };
            if !fits {
                return false;
            }
        }
        segments.next().is_none()
    }
}

/// The decoded segments of a URL's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segments(Vec<String>);

impl Segments {
    /// Decodes once; refuses what could mean something else to the server.
    pub fn of(url: &Url) -> Result<Self, &'static str> {
        let Some(raw) = url.path_segments() else { return Err("it has no path") };
        let segments: Vec<_> = raw.map(decode).collect::<Result<_, _>>()?;
        match segments.split_last() {
            Some((_, before)) if before.iter().any(String::is_empty) => Err("its path has an empty segment"),
            _ => Ok(Self(segments)),
        }
    }
}

fn decode(raw: &str) -> Result<String, &'static str> {
    let decoded = percent_decode_str(raw).decode_utf8().map_err(|_| "its path is not UTF-8")?;
    if decoded.contains(['/', '\\']) || decoded.chars().any(char::is_control) {
        return Err("its path has an encoded slash or a control character");
    }
    // Some servers cut parameters off at `;` before they resolve dots.
    if matches!(decoded.split(';').next(), Some("." | "..")) {
        return Err("its path has a dot segment");
    }
    let lower = decoded.to_ascii_lowercase();
    if ["%2e", "%2f", "%5c", "%00"].iter().any(|twice| lower.contains(twice)) {
        return Err("its path is encoded twice");
    }
    Ok(decoded.into_owned())
}
