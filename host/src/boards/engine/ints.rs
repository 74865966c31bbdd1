//! Whole numbers in as few bytes as they need: how many steps each is above the smallest.

use super::bits::Bits;

/// Whole numbers by row.
#[derive(Debug)]
pub struct Ints {
    least: i64,
    /// Divides the distance of each from the smallest: timestamps are often whole seconds. At least 1.
    step: u64,
    steps: Steps,
}

#[derive(Debug)]
enum Steps {
    Narrow(Vec<u8>),
    Middle(Vec<u16>),
    Wide(Vec<u32>),
    Full(Vec<u64>),
}

impl Ints {
    /// These numbers. Where the value is not known, whatever stands there is not kept.
    pub fn new(numbers: &[i64], known: &Bits) -> Self {
        let values = || known.ones().map(|row| numbers[row as usize]);
        let (least, most) = (values().min().unwrap_or(0), values().max().unwrap_or(0));
        let above = |number: i64| number.wrapping_sub(least).cast_unsigned();
        let step = values().fold(0, |step, number| common_divisor(step, above(number))).max(1);
        let steps = |row: usize| if known.get(row) { above(numbers[row]) / step } else { 0 };
        let rows = 0..numbers.len();
        let steps = match above(most) / step {
            0..=0xFF => Steps::Narrow(rows.map(|row| steps(row) as u8).collect()),
            0x100..=0xFFFF => Steps::Middle(rows.map(|row| steps(row) as u16).collect()),
            0x1_0000..=0xFFFF_FFFF => Steps::Wide(rows.map(|row| steps(row) as u32).collect()),
            _ => Steps::Full(rows.map(steps).collect()),
        };
        Self { least, step, steps }
    }

    /// The number at a row.
    pub fn get(&self, row: usize) -> i64 {
        let steps = match &self.steps {
            Steps::Narrow(steps) => u64::from(steps[row]),
            Steps::Middle(steps) => u64::from(steps[row]),
            Steps::Wide(steps) => u64::from(steps[row]),
            Steps::Full(steps) => steps[row],
        };
        self.least.wrapping_add(steps.wrapping_mul(self.step).cast_signed())
    }

    /// The rows whose number is within, bounds included.
    pub fn within(&self, low: i64, high: i64) -> Bits {
        let above = |bound: i64| i128::from(bound) - i128::from(self.least);
        let step = i128::from(self.step);
        let last = above(high).div_euclid(step);
        if last < 0 || low > high {
            return Bits::filled(self.len(), false);
        }
        let first = u64::try_from((above(low) + step - 1).div_euclid(step).max(0)).unwrap_or(u64::MAX);
        let last = u64::try_from(last).unwrap_or(u64::MAX);
        let is_within = |steps: u64| first <= steps && steps <= last;
        match &self.steps {
            Steps::Narrow(all) => Bits::from_values(all, |steps| is_within(u64::from(steps))),
            Steps::Middle(all) => Bits::from_values(all, |steps| is_within(u64::from(steps))),
            Steps::Wide(all) => Bits::from_values(all, |steps| is_within(u64::from(steps))),
            Steps::Full(all) => Bits::from_values(all, is_within),
        }
    }

    fn len(&self) -> usize {
        match &self.steps {
            Steps::Narrow(steps) => steps.len(),
            Steps::Middle(steps) => steps.len(),
            Steps::Wide(steps) => steps.len(),
            Steps::Full(steps) => steps.len(),
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        match &self.steps {
            Steps::Narrow(steps) => steps.len(),
            Steps::Middle(steps) => steps.len() * 2,
            Steps::Wide(steps) => steps.len() * 4,
            Steps::Full(steps) => steps.len() * 8,
        }
    }
}

/// Of nothing and a number, the number.
fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while a != 0 {
        (a, b) = (b % a, a);
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_of_every_width_come_back_and_are_found(
            rows in prop::collection::vec((any::<bool>(), -300_i64..300), 0..80),
            shape in prop_oneof![
                Just((0, 1)), Just((7, 1)), Just((-5, 1_000)), Just((1, 1_000_000)), Just((1_700_000_000_000_000, 1_000_000)),
                Just((0, i64::MAX / 300)), Just((i64::MIN + 400_000, 1_000)),
            ],
            bounds in (any::<i64>(), -301_i64..301, -301_i64..301),
        ) {
            let number = |steps: i64| i64::wrapping_add(shape.0, steps.wrapping_mul(shape.1));
            let numbers: Vec<i64> = rows.iter().map(|(_, steps)| number(*steps)).collect();
            let known = Bits::from_fn(rows.len(), |row| rows[row].0);
            let ints = Ints::new(&numbers, &known);
            for (low, high) in [(number(bounds.1), number(bounds.2)), (bounds.0, number(bounds.2)), (i64::MIN, i64::MAX)] {
                let found = ints.within(low, high);
                for row in known.ones().map(|row| row as usize) {
                    prop_assert_eq!(ints.get(row), numbers[row]);
                    prop_assert_eq!(found.get(row), low <= numbers[row] && numbers[row] <= high);
                }
            }
        }
    }
}
