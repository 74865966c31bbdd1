//! Texts of one length that are the same at both ends, as the ids of a tool are: only what differs is kept.

use super::fold::fold;
use super::heap::Heap;
use std::borrow::Cow;

/// Stands for an empty text among the others.
const NOTHING: char = '\0';

/// Texts by number.
#[derive(Debug)]
pub struct Even {
    before: String,
    after: String,
    /// Bytes of each text between the two; at least one.
    width: usize,
    middles: String,
}

impl Even {
    /// These texts, when they are so. Empty ones may be among them: they stand where a value is not known.
    pub fn new(heap: &Heap) -> Option<Self> {
        let first = heap.iter().find(|text| !text.is_empty())?;
        if !heap.text().is_ascii() || heap.text().contains(NOTHING) {
            return None;
        }
        let (mut before, mut after) = (first.len() - 1, first.len() - 1);
        for text in heap.iter().filter(|text| !text.is_empty()) {
            if text.len() != first.len() {
                return None;
            }
            before = same(text.bytes().zip(first.bytes()), before);
            after = same(text.bytes().rev().zip(first.bytes().rev()), after);
        }
        after = after.min(first.len() - 1 - before);
        let width = first.len() - before - after;
        let mut middles = String::with_capacity(heap.len() * width);
        for text in heap.iter() {
            match text.get(before..before + width) {
                Some(middle) => middles.push_str(middle),
                None => middles.extend(std::iter::repeat_n(NOTHING, width)),
            }
        }
        let (before, after) = (first[..before].to_owned(), first[before + width..].to_owned());
        Some(Self { before, after, width, middles })
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.middles.len() / self.width
    }

    /// The text of this number; empty past the end.
    pub fn get(&self, index: usize) -> Cow<'_, str> {
        let start = index.saturating_mul(self.width);
        match self.middles.get(start..start.saturating_add(self.width)) {
            Some(middle) if !middle.starts_with(NOTHING) => Cow::Owned([&self.before, middle, &self.after].concat()),
            _ => Cow::Borrowed(""),
        }
    }

    /// Whether the text of this number is this one, without making it.
    pub fn is(&self, index: usize, text: &str) -> bool {
        let start = index.saturating_mul(self.width);
        let Some(middle) = self.middles.get(start..start.saturating_add(self.width)) else { return text.is_empty() };
        let rest = text.strip_prefix(&*self.before).and_then(|rest| rest.strip_suffix(&*self.after));
        if middle.starts_with(NOTHING) { text.is_empty() } else { rest == Some(middle) }
    }

    /// The same texts, folded.
    pub fn folded(&self) -> Heap {
        let mut heap =
            Heap::with_capacity(self.len(), self.len() * (self.before.len() + self.width + self.after.len()));
        for index in 0..self.len() {
            heap.push_or_cut(&fold(&self.get(index)));
        }
        heap
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.middles.len()
    }
}

/// How many of the first pairs are the same, up to a number.
fn same(pairs: impl Iterator<Item = (u8, u8)>, most: usize) -> usize {
    pairs.take(most).take_while(|(a, b)| a == b).count()
}
