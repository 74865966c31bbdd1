//! Texts behind each other in one allocation.

use super::bits::Bits;
use super::fold::fold;
use super::texts::TextsFull;
use std::borrow::Cow;

/// Texts by number.
#[derive(Debug, Default)]
pub struct Heap {
    text: String,
    /// Where each ends. At most 4 GiB: see [`Heap::push`].
    ends: Vec<u32>,
}

impl Heap {
    /// Room for this many texts of so many bytes together.
    pub fn with_capacity(count: usize, bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ends: Vec::with_capacity(count) }
    }

    /// Adds a text.
    pub fn push(&mut self, text: &str) -> Result<(), TextsFull> {
        let end = u32::try_from(self.text.len() + text.len()).map_err(|_| TextsFull)?;
        self.text.push_str(text);
        self.ends.push(end);
        Ok(())
    }

    /// Adds a text, or an empty one where there is no room: folded copies may be longer than what they are made of.
    pub fn push_or_cut(&mut self, text: &str) {
        if self.push(text).is_err() {
            self.ends.push(self.text.len() as u32);
        }
    }

    /// Gives back the room that was not used.
    pub fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// How many texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// All of them behind each other.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where each ends.
    pub fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// The text of this number; empty past the end.
    pub fn get(&self, index: usize) -> &str {
        &self.text[self.range(index)]
    }

    /// Where it stands.
    fn range(&self, index: usize) -> std::ops::Range<usize> {
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).copied().unwrap_or(0) as usize };
        start..self.ends.get(index).map_or(start, |end| *end as usize)
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * 4
    }

    /// The same texts folded; none where folding changes nothing.
    pub fn folded(&self) -> Option<Self> {
        let changes = self.iter().any(|text| matches!(fold(text), Cow::Owned(folded) if folded != text));
        changes.then(|| {
            let mut all = Self::with_capacity(self.len(), self.text.len());
            self.iter().for_each(|text| all.push_or_cut(&fold(text)));
            all.shrink();
            all
        })
    }

    /// The same texts folded and where their capital letters were, when nothing else is lost by that and something is gained.
    pub fn lowered(mut self) -> Result<(Self, Bits), Self> {
        let is_kept = |letter: char| letter.is_ascii() || fold(letter.encode_utf8(&mut [0; 4])).chars().eq([letter]);
        if !self.text.bytes().any(|byte| byte.is_ascii_uppercase()) || !self.text.chars().all(is_kept) {
            return Err(self);
        }
        let capitals = Bits::from_values(self.text.as_bytes(), |byte| byte.is_ascii_uppercase());
        self.text.make_ascii_lowercase();
        Ok((self, capitals))
    }

    /// The text of this number with the capital letters that were taken from it.
    pub fn with_capitals(&self, index: usize, capitals: &Bits) -> Cow<'_, str> {
        let range = self.range(index);
        let text = &self.text[range.clone()];
        if !range.clone().any(|at| capitals.get(at)) {
            return Cow::Borrowed(text);
        }
        let letter = |(at, letter)| if capitals.get(at) { u8::to_ascii_uppercase(letter) } else { *letter };
        let bytes = range.clone().zip(text.as_bytes()).map(letter).collect();
        String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
    }
}
