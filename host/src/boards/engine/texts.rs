//! Many texts in one allocation, with what is made of them on first need: folded copies, search, ranks.

use super::fold::fold;
use memchr::memmem;
use std::borrow::Cow;
use std::sync::OnceLock;

/// Texts by number, behind each other in one heap.
#[derive(Debug, Default)]
pub struct Texts {
    heap: String,
    /// Where each text ends. At most 4 GiB: see [`TextsBuilder::push`].
    ends: Vec<u32>,
    folded: OnceLock<Option<Box<Texts>>>,
    ranks: OnceLock<Vec<u32>>,
}

impl Texts {
    /// How many.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of this number; empty past the end.
    pub fn get(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).copied().unwrap_or(0) as usize };
        let end = self.ends.get(index).map_or(start, |end| *end as usize);
        &self.heap[start..end]
    }

    /// All, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The number of this text in texts that ascend.
    pub fn find_sorted(&self, text: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.get(middle).cmp(text) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The same texts, folded. Kept apart only where folding changes anything.
    pub fn folded(&self) -> &Texts {
        self.folded.get_or_init(|| self.fold_all()).as_deref().unwrap_or(self)
    }

    /// The numbers of the texts in which the folded needle occurs, ascending. An empty needle is in every text.
    pub fn containing(&self, needle: &str, mut found: impl FnMut(usize)) {
        let folded = self.folded();
        if needle.is_empty() {
            return (0..self.len()).for_each(found);
        }
        let finder = memmem::Finder::new(needle.as_bytes());
        let heap = folded.heap.as_bytes();
        let (mut from, mut index) = (0, 0);
        while let Some(at) = finder.find(&heap[from..]).map(|at| at + from) {
            index += folded.ends[index..].partition_point(|end| *end as usize <= at);
            let end = folded.ends[index] as usize;
            if at + needle.len() <= end {
                found(index);
                from = end;
            } else {
                // The hit runs over the border of two texts: no text holds it, but the next byte may start a real one.
                from = at + 1;
            }
        }
    }

    /// For each text its place in Unicode order of the folded texts; equal ones share a place.
    pub fn ranks(&self) -> &[u32] {
        self.ranks.get_or_init(|| self.rank_all())
    }

    /// Whether the ranks are there already.
    pub fn is_ranked(&self) -> bool {
        self.ranks.get().is_some()
    }

    /// Bytes held, folded copy and ranks included.
    pub fn bytes(&self) -> usize {
        let folded = self.folded.get().and_then(Option::as_deref).map_or(0, Self::bytes);
        let ranks = self.ranks.get().map_or(0, |ranks| ranks.len() * 4);
        self.heap.len() + self.ends.len() * 4 + folded + ranks
    }

    fn fold_all(&self) -> Option<Box<Texts>> {
        let changes = self.iter().any(|text| matches!(fold(text), Cow::Owned(folded) if folded != text));
        changes.then(|| {
            let mut builder = TextsBuilder::with_capacity(self.len());
            builder.texts.heap.reserve(self.heap.len());
            self.iter().for_each(|text| builder.push_or_cut(&fold(text)));
            Box::new(builder.finish())
        })
    }

    fn rank_all(&self) -> Vec<u32> {
        let folded = self.folded();
        let mut order: Vec<(u64, u32)> =
            (0..folded.len()).map(|index| (first_bytes(folded.get(index)), index as u32)).collect();
        let text = |entry: &(u64, u32)| folded.get(entry.1 as usize);
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| text(a).cmp(text(b))));
        let mut ranks = vec![0; folded.len()];
        let mut rank = 0;
        for (place, entry) in order.iter().enumerate() {
            let is_new = place > 0 && (order[place - 1].0 != entry.0 || text(&order[place - 1]) != text(entry));
            rank += u32::from(is_new);
            ranks[entry.1 as usize] = rank;
        }
        ranks
    }
}

/// The first eight bytes as a number that sorts as they do.
fn first_bytes(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let len = text.len().min(8);
    bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
    u64::from_be_bytes(bytes)
}

/// The texts of a column are over 4 GiB.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the texts of one field are over 4 GiB")]
pub struct TextsFull;

/// Texts as they come.
#[derive(Debug, Default)]
pub struct TextsBuilder {
    texts: Texts,
}

impl TextsBuilder {
    /// Room for this many.
    pub fn with_capacity(count: usize) -> Self {
        Self { texts: Texts { ends: Vec::with_capacity(count), ..Texts::default() } }
    }

    /// Adds a text.
    pub fn push(&mut self, text: &str) -> Result<(), TextsFull> {
        let end = u32::try_from(self.texts.heap.len() + text.len()).map_err(|_| TextsFull)?;
        self.texts.heap.push_str(text);
        self.texts.ends.push(end);
        Ok(())
    }

    /// Adds a text, or an empty one where there is no room: folded copies may be longer than what they are made of.
    pub(super) fn push_or_cut(&mut self, text: &str) {
        if self.push(text).is_err() {
            self.texts.ends.push(self.texts.heap.len() as u32);
        }
    }

    /// The texts, at their final size.
    pub fn finish(mut self) -> Texts {
        self.texts.heap.shrink_to_fit();
        self.texts.ends.shrink_to_fit();
        self.texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Texts {
        let mut builder = TextsBuilder::default();
        all.iter().for_each(|text| builder.push(text).unwrap());
        builder.finish()
    }

    fn containing(texts: &Texts, needle: &str) -> Vec<usize> {
        let mut found = Vec::new();
        texts.containing(needle, |index| found.push(index));
        found
    }

    #[test]
    fn search_stays_within_a_text() {
        let texts = texts(&["abab", "", "BAB", "ab", "aab", "Ünab"]);
        assert_eq!(containing(&texts, "bab"), [0, 2]);
        assert_eq!(containing(&texts, "aba"), [0]);
        assert_eq!(containing(&texts, "ab"), [0, 2, 3, 4, 5]);
        assert_eq!(containing(&texts, "ün"), [5]);
        assert_eq!(containing(&texts, ""), [0, 1, 2, 3, 4, 5]);
        assert_eq!(containing(&texts, "bb"), Vec::<usize>::new());
    }

    #[test]
    fn ranks_follow_the_folded_texts() {
        let texts = texts(&["beta", "Alpha", "alpha", "", "Ωmega", "alphabet soup", "alphabet"]);
        assert_eq!(texts.ranks(), [4, 1, 1, 0, 5, 3, 2]);
        assert_eq!(texts.get(9), "");
    }
}
