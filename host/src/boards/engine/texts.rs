//! Many texts in little memory, with what is made of them on first need: folded copies, search, ranks.

use super::bits::Bits;
use super::even::Even;
use super::heap::Heap;
use memchr::memmem;
use std::borrow::Cow;
use std::sync::OnceLock;

/// Fewer texts are kept as they are: nothing to gain.
const MANY: usize = 4096;

/// Texts by number.
#[derive(Debug)]
pub struct Texts {
    kept: Kept,
    /// Of plain texts; none where folding changes nothing.
    folded: OnceLock<Option<Heap>>,
    /// Of even texts.
    folded_even: OnceLock<Heap>,
    ranks: OnceLock<Vec<u32>>,
}

/// How texts are kept.
#[derive(Debug)]
enum Kept {
    /// As they are.
    Plain(Heap),
    /// Folded, with the places of their capital letters.
    Lowered(Heap, Bits),
    /// What differs between them.
    Even(Even),
}

impl Texts {
    fn new(kept: Kept) -> Self {
        Self { kept, folded: OnceLock::new(), folded_even: OnceLock::new(), ranks: OnceLock::new() }
    }

    /// How many.
    pub fn len(&self) -> usize {
        match &self.kept {
            Kept::Plain(heap) | Kept::Lowered(heap, _) => heap.len(),
            Kept::Even(even) => even.len(),
        }
    }

    /// The text of this number; empty past the end.
    pub fn get(&self, index: usize) -> Cow<'_, str> {
        match &self.kept {
            Kept::Plain(heap) => Cow::Borrowed(heap.get(index)),
            Kept::Lowered(heap, capitals) => heap.with_capitals(index, capitals),
            Kept::Even(even) => even.get(index),
        }
    }

    /// The text of this number, folded where it is kept so: for who folds it in any case.
    pub fn get_to_fold(&self, index: usize) -> Cow<'_, str> {
        match &self.kept {
            Kept::Lowered(heap, _) => Cow::Borrowed(heap.get(index)),
            _ => self.get(index),
        }
    }

    /// The text of this number is this one. False as well where that cannot be told without making the text.
    pub fn is_kept_as(&self, index: usize, text: &str) -> bool {
        match &self.kept {
            Kept::Plain(heap) => heap.get(index) == text,
            Kept::Lowered(..) => false,
            Kept::Even(even) => even.is(index, text),
        }
    }

    /// All, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Cow<'_, str>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The number of this text in texts that ascend.
    pub fn find_sorted(&self, text: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.get(middle).as_ref().cmp(text) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The same texts, folded.
    pub fn folded(&self) -> &Heap {
        match &self.kept {
            Kept::Lowered(heap, _) => heap,
            Kept::Plain(heap) => self.folded.get_or_init(|| heap.folded()).as_ref().unwrap_or(heap),
            Kept::Even(even) => self.folded_even.get_or_init(|| even.folded()),
        }
    }

    /// The numbers of the texts in which the folded needle occurs, ascending. An empty needle is in every text.
    pub fn containing(&self, needle: &str, mut found: impl FnMut(usize)) {
        let folded = self.folded();
        if needle.is_empty() {
            return (0..self.len()).for_each(found);
        }
        let finder = memmem::Finder::new(needle.as_bytes());
        let (heap, ends) = (folded.text().as_bytes(), folded.ends());
        let (mut from, mut index) = (0, 0);
        while let Some(at) = finder.find(&heap[from..]).map(|at| at + from) {
            index += ends[index..].partition_point(|end| *end as usize <= at);
            let end = ends[index] as usize;
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
        self.ranks.get_or_init(|| rank(self.folded()))
    }

    /// Whether the ranks are there already.
    pub fn is_ranked(&self) -> bool {
        self.ranks.get().is_some()
    }

    /// Bytes held, folded copy and ranks included.
    pub fn bytes(&self) -> usize {
        let kept = match &self.kept {
            Kept::Plain(heap) => heap.bytes(),
            Kept::Lowered(heap, capitals) => heap.bytes() + capitals.bytes(),
            Kept::Even(even) => even.bytes(),
        };
        let folded = self.folded.get().and_then(Option::as_ref).or(self.folded_even.get()).map_or(0, Heap::bytes);
        kept + folded + self.ranks.get().map_or(0, |ranks| ranks.len() * 4)
    }
}

fn rank(folded: &Heap) -> Vec<u32> {
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
    heap: Heap,
}

impl TextsBuilder {
    /// Room for this many.
    pub fn with_capacity(count: usize) -> Self {
        Self { heap: Heap::with_capacity(count, 0) }
    }

    /// Adds a text.
    pub fn push(&mut self, text: &str) -> Result<(), TextsFull> {
        self.heap.push(text)
    }

    /// Adds a text, or an empty one where there is no room.
    pub(super) fn push_or_cut(&mut self, text: &str) {
        self.heap.push_or_cut(text);
    }

    /// The texts, in the least memory.
    pub fn finish(mut self) -> Texts {
        self.heap.shrink();
        Texts::new(kept(self.heap))
    }
}

fn kept(heap: Heap) -> Kept {
    if heap.len() < MANY {
        return Kept::Plain(heap);
    }
    match Even::new(&heap) {
        Some(even) => Kept::Even(even),
        None => heap.lowered().map_or_else(Kept::Plain, |(heap, capitals)| Kept::Lowered(heap, capitals)),
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

    /// Texts as they are kept when they are many, which these tests would be too slow with.
    fn all_kinds(all: &[&str]) -> Vec<Texts> {
        let heap = || {
            let mut heap = Heap::default();
            all.iter().for_each(|text| heap.push(text).unwrap());
            heap
        };
        let lowered = heap().lowered().ok().map(|(heap, capitals)| Kept::Lowered(heap, capitals));
        let kept = [Some(Kept::Plain(heap())), lowered, Even::new(&heap()).map(Kept::Even)];
        kept.into_iter().flatten().map(Texts::new).collect()
    }

    #[test]
    fn however_they_are_kept_they_are_the_same() {
        let cases: [(&[&str], usize); 8] = [
            (&["005xAAA", "005yAAA", "", "005ZAAA"], 3),
            (&["Ada", "bob", "", "Äda", "EVE\u{1F600}"], 1),
            (&["Ada", "zoë", "", "EVE\u{1F600}"], 2),
            (&["aa", "ab"], 2),
            (&["a\0", "ab"], 1),
            (&["same", "same"], 2),
            (&["", ""], 1),
            (&["οδος", "B"], 1),
        ];
        for (all, kinds) in cases {
            let kept = all_kinds(all);
            assert_eq!(kept.len(), kinds, "{all:?}");
            for texts in kept {
                assert!(texts.iter().eq(all.iter().copied()), "{texts:?}");
                assert!(texts.folded().iter().eq(all.iter().map(|text| super::super::fold::fold(text))), "{texts:?}");
                assert_eq!(texts.get(all.len()), "");
                let is_kept_as = |text: &'static str| (0..all.len()).any(|index| texts.is_kept_as(index, text));
                let is_lowered = matches!(texts.kept, Kept::Lowered(..));
                assert!(all.iter().all(|text| is_kept_as(text) != is_lowered) && !is_kept_as("005xBAA"), "{texts:?}");
                let folded = |index| super::super::fold::fold(&texts.get_to_fold(index)).into_owned();
                assert!((0..all.len()).all(|index| folded(index) == texts.folded().get(index)), "{texts:?}");
                assert_eq!(containing(&texts, "a"), containing(&self::texts(all), "a"));
                assert_eq!(texts.ranks(), self::texts(all).ranks());
            }
        }
    }
}
