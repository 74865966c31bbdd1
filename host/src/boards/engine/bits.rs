//! Bitmaps over the rows of a table, and the three-valued truth that is made of two of them.

/// One bit a row. Bits past the end are always zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// `len` rows, all the same.
    pub fn filled(len: usize, bit: bool) -> Self {
        let mut bits = Self { words: vec![if bit { u64::MAX } else { 0 }; len.div_ceil(64)], len };
        bits.trim();
        bits
    }

    /// `len` rows, each as the function says. Built a word at a time.
    pub fn from_fn(len: usize, bit: impl Fn(usize) -> bool) -> Self {
        let word = |start: usize| {
            (start..(start + 64).min(len)).enumerate().fold(0, |word, (at, row)| word | (u64::from(bit(row)) << at))
        };
        Self { words: (0..len.div_ceil(64)).map(|index| word(index * 64)).collect(), len }
    }

    /// One bit a value, in order. Faster than [`Bits::from_fn`] for columns: no bounds to check.
    pub fn from_values<T: Copy>(values: &[T], bit: impl Fn(T) -> bool) -> Self {
        let word =
            |chunk: &[T]| chunk.iter().enumerate().fold(0, |word, (at, value)| word | (u64::from(bit(*value)) << at));
        Self { words: values.chunks(64).map(word).collect(), len: values.len() }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the row's bit is set.
    pub fn get(&self, row: usize) -> bool {
        self.get_or(row, false)
    }

    /// The row's bit; `other` past the end, more than a word beyond it.
    pub fn get_or(&self, row: usize, other: bool) -> bool {
        self.words.get(row / 64).map_or(other, |word| (word >> (row % 64)) & 1 == 1)
    }

    /// Whether no bit is set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Sets the row's bit. A row past the end is ignored.
    pub fn set(&mut self, row: usize) {
        if row < self.len {
            self.words[row / 64] |= 1 << (row % 64);
        }
    }

    /// Adds a row at the end.
    pub fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        self.len += 1;
        if bit {
            self.set(self.len - 1);
        }
    }

    /// How many bits are set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Rows set in both. The other must be as long.
    pub fn and(mut self, other: &Self) -> Self {
        self.merge(other, |a, b| a & b);
        self
    }

    /// Rows set in either. The other must be as long.
    pub fn or(mut self, other: &Self) -> Self {
        self.merge(other, |a, b| a | b);
        self
    }

    /// Rows set here and not in the other, which must be as long.
    pub fn and_not(mut self, other: &Self) -> Self {
        self.merge(other, |a, b| a & !b);
        self
    }

    /// Visits the rows whose bit is set, in order: faster than [`Bits::ones`] where most are.
    pub fn each(&self, mut visit: impl FnMut(usize)) {
        for (index, word) in self.words.iter().enumerate() {
            let mut left = *word;
            if left == u64::MAX {
                (index * 64..index * 64 + 64).for_each(&mut visit);
                continue;
            }
            while left != 0 {
                visit(index * 64 + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }

    /// The rows whose bit is set, in order.
    pub fn ones(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let at = left.trailing_zeros();
                    left &= left - 1;
                    (index * 64) as u32 + at
                })
            })
        })
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.words.len() * 8
    }

    fn merge(&mut self, other: &Self, join: impl Fn(u64, u64) -> u64) {
        debug_assert_eq!(self.len, other.len);
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a = join(*a, *b));
    }

    fn trim(&mut self) {
        if let Some(last) = self.words.last_mut()
            && !self.len.is_multiple_of(64)
        {
            *last &= (1 << (self.len % 64)) - 1;
        }
    }
}

/// What a test says of each row: yes, no, or unknown. `yes` is always within `known`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Rows for which it holds.
    pub yes: Bits,
    /// Rows for which it is known whether it holds.
    pub known: Bits,
}

impl Truth {
    /// The same answer for each of `len` rows.
    pub fn constant(len: usize, yes: bool) -> Self {
        Self { yes: Bits::filled(len, yes), known: Bits::filled(len, true) }
    }

    /// Each row as the function says of its value: bit 0 for yes, bit 1 for known.
    pub fn from_states<T: Copy>(values: &[T], state: impl Fn(T) -> u8) -> Self {
        let words = values.chunks(64).map(|chunk| {
            chunk.iter().enumerate().fold((0, 0), |(yes, known), (at, value)| {
                let state = u64::from(state(*value));
                (yes | ((state & 1) << at), known | ((state >> 1) << at))
            })
        });
        let (yes, known) = words.unzip();
        Self { yes: Bits { words: yes, len: values.len() }, known: Bits { words: known, len: values.len() } }
    }

    /// Nothing is known of any of `len` rows.
    pub fn unknown(len: usize) -> Self {
        Self { yes: Bits::filled(len, false), known: Bits::filled(len, false) }
    }

    /// The row's state as [`Truth::from_states`] takes it.
    pub fn state(&self, row: usize) -> u8 {
        u8::from(self.yes.get(row)) | (u8::from(self.known.get(row)) << 1)
    }

    /// Yes where the bit is set and the row is known, no where it is known only.
    pub fn within(yes: Bits, known: &Bits) -> Self {
        Self { yes: yes.and(known), known: known.clone() }
    }

    /// The rows of which it is known that it holds, or that it does not.
    pub fn of(self, wanted: bool) -> Bits {
        if wanted { self.yes } else { self.known.and_not(&self.yes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_past_the_end_stay_zero() {
        for len in [0, 1, 63, 64, 65, 130] {
            let all = Bits::filled(len, true);
            assert_eq!(all.count(), len);
            assert_eq!(all.ones().collect::<Vec<_>>(), (0..len as u32).collect::<Vec<_>>());
            let some = Bits::from_fn(len, |row| row < 64 || row % 3 == 0);
            let mut visited = Vec::new();
            some.each(|row| visited.push(row as u32));
            assert_eq!(visited, some.ones().collect::<Vec<_>>());
            assert_eq!(Truth::constant(len, false).of(false), all);
            assert!(Bits::filled(len, false).is_empty() && all.is_empty() == (len == 0));
            assert!(all.get_or(len + 64, true) && !all.get_or(len + 64, false));
        }
    }
}
