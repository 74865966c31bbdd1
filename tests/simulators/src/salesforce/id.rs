//! Salesforce record ids: prefix, pod and number, as 15 case-sensitive characters plus a 3-character checksum.

use super::schema::Object;
use std::fmt;

/// Digits in ASCII order, so that ids sort as texts the way they sort as numbers.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECKSUM: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
/// Numbers start here so that ids look like those of an org with a past.
const FIRST: u64 = 3_100_000;

/// The 15 characters that identify a record; ids compare by these.
pub type Key = [u8; 15];

/// An id of a record of this org.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    pub object: Object,
    pub pod: [u8; 2],
    pub number: u32,
}

impl Id {
    /// The 15-character form.
    pub fn key(&self) -> Key {
        let mut key = *b"000000000000000";
        key[..3].copy_from_slice(self.object.prefix().as_bytes());
        key[3..5].copy_from_slice(&self.pod);
        let mut rest = u64::from(self.number) + FIRST;
        for place in (6..15).rev() {
            key[place] = DIGITS[(rest % 62) as usize];
            rest /= 62;
        }
        key
    }

    /// The 18-character form.
    pub fn text(&self) -> [u8; 18] {
        let key = self.key();
        let mut text = [0; 18];
        text[..15].copy_from_slice(&key);
        text[15..].copy_from_slice(&checksum(&key));
        text
    }

    /// The 15-character form as text, as Salesforce's error messages print ids.
    pub fn short(&self) -> String {
        String::from_utf8_lossy(&self.key()).into_owned()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&String::from_utf8_lossy(&self.text()))
    }
}

/// Reads a 15- or 18-character id; `None` when it is not one (wrong length, character or checksum).
pub fn parse_key(text: &str) -> Option<Key> {
    let bytes = text.as_bytes();
    if !(bytes.len() == 15 || bytes.len() == 18) || !bytes.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let mut key = [0; 15];
    key.copy_from_slice(&bytes[..15]);
    (bytes.len() == 15 || bytes[15..] == checksum(&key)).then_some(key)
}

/// The object an id belongs to, by its prefix.
pub fn object_of(key: &Key) -> Option<Object> {
    Object::all().find(|object| object.has_ids() && object.prefix().as_bytes() == &key[..3])
}

/// The id a key stands for in the org with this pod; `None` when it was made elsewhere.
pub fn resolve(key: &Key, pod: [u8; 2]) -> Option<Id> {
    let object = object_of(key)?;
    if key[3..5] != pod || key[5] != b'0' {
        return None;
    }
    let mut number: u64 = 0;
    for digit in &key[6..] {
        number = number * 62 + DIGITS.iter().position(|known| known == digit)? as u64;
    }
    let number = u32::try_from(number.checked_sub(FIRST)?).ok()?;
    Some(Id { object, pod, number })
}

/// Two characters that tell the ids of one seed's org from those of another.
pub fn pod_of(seed: u64) -> [u8; 2] {
    [b"DEFGHIJKLMNPQRSTUVWX"[(seed % 20) as usize], DIGITS[(seed / 20 % 62) as usize]]
}

fn checksum(key: &Key) -> [u8; 3] {
    let mut out = [0; 3];
    for (block, letter) in out.iter_mut().enumerate() {
        let bits = (0..5).filter(|&bit| key[block * 5 + bit].is_ascii_uppercase()).map(|bit| 1 << bit).sum::<usize>();
        *letter = CHECKSUM[bits];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_documented_one() {
        assert_eq!(checksum(b"001A0000006Vm9r"), *b"IAC");
        assert_eq!(parse_key("001A0000006Vm9rIAC"), Some(*b"001A0000006Vm9r"));
        assert_eq!(parse_key("001A0000006Vm9rIAD"), None);
        assert_eq!(parse_key("001A0000006Vm9"), None);
        assert_eq!(parse_key("001A0000006Vm9-"), None);
    }

    #[test]
    fn ids_survive_their_text_and_sort_by_number() {
        let pod = pod_of(7);
        let mut last = *b"000000000000000";
        for number in [0, 1, 61, 62, 3843, 999_999, u32::MAX] {
            let id = Id { object: Object::User, pod, number };
            let key = parse_key(&id.to_string()).unwrap();
            assert_eq!(resolve(&key, pod), Some(id));
            assert_eq!(resolve(&key, pod_of(8)), None);
            assert!(key > last);
            last = key;
        }
    }
}
