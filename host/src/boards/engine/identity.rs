//! Joins across tools: rows of two tables that stand for the same person or thing, found by the keys both sides have, and by what an
//! admin said of two records.

use super::bits::Bits;
use super::column::{Codes, Column, Data};
use super::key_index::{KeyIndex, key_at};
use super::link::{KeyPair, NO_ROW};
use super::table::Table;
use super::texts::{Texts, TextsBuilder};
use crate::domain::FieldType;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What [`Matches::how`] says of a row that has keys and no match.
pub const MATCH_NONE: &str = "none";
/// Several far rows have the first key that matches: none of them is picked.
pub const MATCH_SEVERAL: &str = "several";
/// An admin linked the two.
pub const MATCH_PERSON: &str = "linked";

/// Codes of [`Matches::how`]; those of keys follow.
const NONE: u8 = 0;
const SEVERAL: u8 = 1;
const PERSON: u8 = 2;
const FIRST_KEY: u8 = 3;
/// No key to match by: nothing is known.
const NO_KEY: u8 = u8::MAX;

/// How rows of two tables are recognized as the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Tried in this order; the first that finds something decides. At most 200.
    pub keys: Vec<SharedKey>,
    /// What an admin said.
    pub persons: Arc<PersonLinks>,
}

/// A kind of key that both sides have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SharedKey {
    /// Of the key (`email`).
    pub kind: String,
    /// The fields compared.
    pub pair: KeyPair,
}

/// Pairs of keys, near and far, of which an admin said that they are the same, or are not.
#[derive(Clone, Debug, Default)]
pub struct PersonLinks {
    pub(super) linked: HashMap<String, Vec<String>>,
    apart: HashSet<(String, String)>,
    fingerprint: [u8; 32],
}

impl PersonLinks {
    /// From all pairs, each with whether the two are the same.
    pub fn new(pairs: impl IntoIterator<Item = (String, String, bool)>) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort();
        let mut hasher = blake3::Hasher::new();
        let mut all = Self::default();
        for (near, far, same) in pairs {
            for part in [near.as_bytes(), far.as_bytes(), &[u8::from(same)]] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
            match same {
                true => all.linked.entry(near).or_default().push(far),
                false => _ = all.apart.insert((near, far)),
            }
        }
        all.fingerprint = *hasher.finalize().as_bytes();
        all
    }

    /// An admin said of these two that they are not the same.
    pub(super) fn are_apart(&self, near: &str, far: &str) -> bool {
        self.apart.contains(&(near.to_owned(), far.to_owned()))
    }
}

// By fingerprint: these are compared for every page of a board.
impl PartialEq for PersonLinks {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl Eq for PersonLinks {}

impl Hash for PersonLinks {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fingerprint.hash(state);
    }
}

/// How each near row was matched.
#[derive(Debug)]
pub struct Matches {
    /// The kind of key, [`MATCH_PERSON`], [`MATCH_SEVERAL`] or [`MATCH_NONE`]; unknown for rows without a key.
    pub how: Arc<Column>,
    /// Rows of which it is not known where they lead: without a key, or with several matches.
    pub unclear: Bits,
}

impl Matches {
    fn new(identity: &Identity, how: &[u8]) -> Self {
        let mut texts = TextsBuilder::with_capacity(identity.keys.len() + FIRST_KEY as usize);
        let kinds = identity.keys.iter().map(|key| key.kind.as_str());
        [MATCH_NONE, MATCH_SEVERAL, MATCH_PERSON].into_iter().chain(kinds).for_each(|text| texts.push_or_cut(text));
        let texts: Arc<Texts> = Arc::new(texts.finish());
        let codes = Codes::Narrow(how.iter().map(|code| if *code == NO_KEY { NONE } else { *code }).collect());
        let known = Bits::from_values(how, |code| code != NO_KEY);
        let unclear = Bits::from_values(how, |code| code == NO_KEY || code == SEVERAL);
        let how = Column { kind: FieldType::Choice, known, data: Data::Dictionary(texts, codes) };
        Self { how: Arc::new(how), unclear }
    }

    /// Several far rows match this near row.
    pub fn is_several(&self, row: u32) -> bool {
        self.how.known.get(row as usize) && self.unclear.get(row as usize)
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.how.bytes() + self.unclear.bytes()
    }
}

impl Identity {
    /// For each near row the far row that is the same, and how it was matched.
    pub fn resolve(&self, near: &Table, far: &Table) -> (Vec<u32>, Matches) {
        let mut matching = Matching { rows: vec![NO_ROW; near.rows()], how: vec![NO_KEY; near.rows()] };
        for (number, key) in self.keys.iter().enumerate() {
            if let (Some(local), Some(remote)) = (near.column_of(&key.pair.local), far.column_of(&key.pair.remote)) {
                matching.by_key(FIRST_KEY + number as u8, local, remote, far.rows(), &key.pair);
            }
        }
        self.apply_apart(near, far, &mut matching);
        for (near_key, far_keys) in &self.persons.linked {
            let found: Vec<u32> = far_keys.iter().filter_map(|key| far.row_of(key)).collect();
            if let (Some(row), Some(first)) = (near.row_of(near_key), found.first()) {
                let code = if found.len() > 1 { SEVERAL } else { PERSON };
                matching.set(row as usize, *first, code);
            }
        }
        let matches = Matches::new(self, &matching.how);
        (matching.rows, matches)
    }

    /// Rows that an admin held apart are matched anew without those they are not. They are few: each far column is read once for
    /// all of them.
    fn apply_apart(&self, near: &Table, far: &Table, matching: &mut Matching) {
        let apart: HashSet<u32> = self.persons.apart.iter().filter_map(|(key, _)| near.row_of(key)).collect();
        for row in &apart {
            let had_key = matching.how[*row as usize] != NO_KEY;
            matching.set(*row as usize, NO_ROW, if had_key { NONE } else { NO_KEY });
        }
        for (number, key) in self.keys.iter().enumerate() {
            let columns = near.column_of(&key.pair.local).zip(far.column_of(&key.pair.remote));
            let Some((local, remote)) = columns.filter(|_| !apart.is_empty()) else { continue };
            let open = apart.iter().filter(|row| matching.how[**row as usize] == NONE);
            let mut wanted: HashMap<String, Vec<u32>> = HashMap::new();
            for row in open {
                if let Some(key) = key_at(local, *row as usize, key.pair.normalizer) {
                    wanted.entry(key.into_owned()).or_default().push(*row);
                }
            }
            for candidate in 0..far.rows() {
                let key = key_at(remote, candidate, key.pair.normalizer);
                let Some(rows) = key.and_then(|key| wanted.get(key.as_ref())) else { continue };
                for row in rows {
                    let (near_key, far_key) = (near.keys().get(*row as usize), far.keys().get(candidate));
                    if !self.persons.are_apart(&near_key, &far_key) {
                        matching.add(*row as usize, candidate as u32, FIRST_KEY + number as u8);
                    }
                }
            }
        }
    }
}

struct Matching {
    rows: Vec<u32>,
    how: Vec<u8>,
}

impl Matching {
    /// Near rows without a match so far look for one by this key.
    fn by_key(&mut self, code: u8, local: &Column, remote: &Column, far_rows: usize, pair: &KeyPair) {
        let index = KeyIndex::new(remote, far_rows, pair.normalizer);
        let how = &mut self.how;
        let keys = (0..self.rows.len()).map(|row| {
            let is_open = how[row] == NO_KEY || how[row] == NONE;
            let key = if is_open { key_at(local, row, pair.normalizer) } else { None };
            if key.is_some() {
                how[row] = NONE;
            }
            key
        });
        let found = index.find(keys, self.rows.len());
        for (row, far) in found.into_iter().enumerate().filter(|(_, far)| *far != NO_ROW) {
            self.set(row, far, if index.is_shared(far) { SEVERAL } else { code });
        }
    }

    /// Of several matches none is picked.
    fn set(&mut self, near: usize, far: u32, code: u8) {
        self.how[near] = code;
        self.rows[near] = if code == SEVERAL { NO_ROW } else { far };
    }

    fn add(&mut self, near: usize, far: u32, code: u8) {
        match self.how[near] {
            NONE => self.set(near, far, code),
            _ => self.set(near, NO_ROW, SEVERAL),
        }
    }
}
