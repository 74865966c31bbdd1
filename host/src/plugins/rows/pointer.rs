//! RFC 6901 JSON pointers, and walking to the value they name while the text is parsed once.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::cell::Cell;
use std::fmt;

/// The longest pointer in tokens: deeper than any record.
const MAX_TOKENS: usize = 32;

/// The tokens of a pointer, unescaped; none when the text is no pointer.
pub fn parse(pointer: &str) -> Option<Vec<Box<str>>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    let tokens: Option<Vec<_>> = pointer.strip_prefix('/')?.split('/').map(unescape).collect();
    tokens.filter(|tokens| tokens.len() <= MAX_TOKENS)
}

fn unescape(token: &str) -> Option<Box<str>> {
    let mut rest = token;
    while let Some(at) = rest.find('~') {
        rest = rest[at + 1..].strip_prefix(['0', '1'])?;
    }
    Some(token.replace("~1", "/").replace("~0", "~").into())
}

/// A place in an array: digits without a leading zero (RFC 6901, 4).
pub fn index(token: &str) -> Option<usize> {
    let plain = token == "0" || token.starts_with(|first: char| matches!(first, '1'..='9'));
    token.parse().ok().filter(|_| plain)
}

/// Takes a JSON key and answers whether it is the one wanted, without allocating.
struct IsKey<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for IsKey<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsKey<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

/// Walks along `path` and hands the value at its end to `seed`. Answers none when the path leads nowhere; the whole text is
/// read all the same, so that a cut-off text is noticed.
pub struct Walk<'p, S> {
    /// What is left of the way.
    pub path: &'p [Box<str>],
    /// What takes the value.
    pub seed: S,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Walk<'_, S> {
    type Value = Option<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.path.is_empty() {
            self.seed.deserialize(deserializer).map(Some)
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Walk<'_, S> {
    type Value = Option<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut seed, mut found) = (Some(self.seed), None);
        while let Some(wanted) = map.next_key_seed(IsKey(&self.path[0]))? {
            match seed.take_if(|_| wanted) {
                Some(seed) => found = map.next_value_seed(Walk { path: &self.path[1..], seed })?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let wanted = index(&self.path[0]);
        let (mut seed, mut found, mut at) = (Some(self.seed), None, 0);
        loop {
            if let Some(seed) = seed.take_if(|_| wanted == Some(at)) {
                match seq.next_element_seed(Walk { path: &self.path[1..], seed })? {
                    Some(value) => found = value,
                    None => return Ok(None),
                }
            } else if seq.next_element::<IgnoredAny>()?.is_none() {
                return Ok(found);
            }
            at += 1;
        }
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// Takes the text of a value, and ends the reading.
struct Stop<'c, 't>(&'c Cell<Option<&'t str>>);

impl<'t> DeserializeSeed<'t> for Stop<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.set(Some(<&RawValue>::deserialize(deserializer)?.get()));
        Err(D::Error::custom("found"))
    }
}

/// The text of the value at a pointer. Fails when the text is not JSON as far as it was read: not behind the value, since what leads on
/// to the next page stands before a thousand records.
pub fn lookup<'t>(json: &'t [u8], path: &[Box<str>]) -> serde_json::Result<Option<&'t str>> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let found = Cell::new(None);
    match (Walk { path, seed: Stop(&found) }.deserialize(&mut deserializer), found.get()) {
        (_, Some(found)) => Ok(Some(found)),
        (Ok(_), None) => deserializer.end().map(|()| None),
        (Err(error), None) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    fn find(document: &Json, pointer: &str) -> Option<Json> {
        let text = document.to_string();
        lookup(text.as_bytes(), &parse(pointer).unwrap()).unwrap().map(|raw| serde_json::from_str(raw).unwrap())
    }

    #[test]
    fn pointers_lead_where_rfc_6901_says() {
        let document = json!({"foo": ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, "deep": {"er": null}});
        for pointer in ["", "/foo", "/foo/0", "/foo/2", "/", "/a~1b", "/m~0n", "/deep/er", "/deep/er/x", "/none"] {
            assert_eq!(find(&document, pointer), document.pointer(pointer).cloned(), "{pointer}");
        }
        assert!(parse("foo").is_none() && parse("/a~2").is_none() && parse("/a~").is_none());
        let cut = br#"{"a":1,"b":[2,"#;
        let at = |pointer: &str| lookup(cut, &parse(pointer).unwrap());
        assert_eq!((at("/a").unwrap(), at("/b/0").unwrap()), (Some("1"), Some("2")));
        assert!(at("/b").is_err() && at("/b/1").is_err() && at("/c").is_err());
    }

    fn document() -> impl Strategy<Value = Json> {
        let leaf =
            prop_oneof![Just(Json::Null), any::<i32>().prop_map(Json::from), "[a-c~/é\"]{0,3}".prop_map(Json::from)];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::btree_map("[a-c~/]{0,2}", inner, 0..4)
                    .prop_map(|map| Json::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json(document in document(), pointer in "(/[a-c0-2]{0,2}|/~[01]){0,4}") {
            prop_assert_eq!(find(&document, &pointer), document.pointer(&pointer).cloned());
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}", pointer in "\\PC{0,12}") {
            if let Some(path) = parse(&pointer) { let _ = lookup(text.as_bytes(), &path); }
        }
    }
}
