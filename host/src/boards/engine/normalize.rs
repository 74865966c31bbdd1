//! How two key texts are made equal before they are compared.

use super::fold::fold;
use crate::domain::Normalizer;
use std::borrow::Cow;

/// The text as it is compared, or none when there is nothing to compare: empty texts name nobody.
pub fn normalize(how: Normalizer, text: &str) -> Option<Cow<'_, str>> {
    let normal = match how {
        Normalizer::Exact => Cow::Borrowed(text),
        Normalizer::Folded => fold(text.trim()),
        Normalizer::Email => email(text),
        Normalizer::SalesforceId => salesforce_id(text.trim()),
    };
    (!normal.is_empty()).then_some(normal)
}

/// The same of a text that may be owned: it is not copied where it is normal already.
pub fn normalized(how: Normalizer, text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let text = match text {
        Cow::Borrowed(text) => return normalize(how, text),
        Cow::Owned(text) => text,
    };
    let changed = match normalize(how, &text)? {
        Cow::Borrowed(normal) if normal.len() == text.len() => None,
        normal => Some(normal.into_owned()),
    };
    Some(Cow::Owned(changed.unwrap_or(text)))
}

/// `Ada <mailto:Ada@Example.com>` is `ada@example.com`.
fn email(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let bare = match (text.rfind('<'), text.ends_with('>')) {
        (Some(open), true) => text[open + 1..text.len() - 1].trim(),
        _ => text,
    };
    match fold(bare) {
        Cow::Borrowed(folded) => Cow::Borrowed(folded.strip_prefix("mailto:").unwrap_or(folded).trim_start()),
        Cow::Owned(folded) => match folded.strip_prefix("mailto:") {
            Some(address) => Cow::Owned(address.trim_start().to_owned()),
            None => Cow::Owned(folded),
        },
    }
}

/// 15 characters that differ in case become 18 that do not need it: each of three letters tells which of five are upper case.
fn salesforce_id(text: &str) -> Cow<'_, str> {
    if text.len() != 15 || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Cow::Borrowed(text);
    }
    let check = text.as_bytes().chunks(5).map(|five| {
        let upper =
            five.iter().enumerate().fold(0, |bits, (at, byte)| bits | (u8::from(byte.is_ascii_uppercase()) << at));
        char::from(if upper < 26 { b'A' + upper } else { b'0' + upper - 26 })
    });
    Cow::Owned(text.chars().chain(check).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_normalizer_makes_equal_what_people_take_for_equal() {
        use Normalizer::*;
        for (how, text, normal) in [
            (Exact, " Ada ", Some(" Ada ")),
            (Exact, "", None),
            (Folded, " ÅDA ", Some("åda")),
            (Folded, "  ", None),
            (Email, "Ada L. <Ada@Example.com>", Some("ada@example.com")),
            (Email, "mailto:Ada@Example.com", Some("ada@example.com")),
            (Email, "<MAILTO: ada@example.com >", Some("ada@example.com")),
            (Email, "ada@example.com", Some("ada@example.com")),
            (Email, " <> ", None),
            (SalesforceId, "001D000000IRt53", Some("001D000000IRt53IAD")),
            (SalesforceId, "001D000000IRt53IAD", Some("001D000000IRt53IAD")),
            (SalesforceId, "00530000000abcd", Some("00530000000abcdAAA")),
            (SalesforceId, "ZZZZZZZZZZZZZZZ", Some("ZZZZZZZZZZZZZZZ555")),
            (SalesforceId, "short", Some("short")),
        ] {
            assert_eq!(normalize(how, text).as_deref(), normal, "{how:?} {text:?}");
        }
    }
}
