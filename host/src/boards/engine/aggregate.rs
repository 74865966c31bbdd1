//! Columns made of the records at the far end of a relationship: counts, sums, the first or the largest value, for every near row
//! in one pass over row numbers.

use super::bits::Bits;
use super::column::{Codes, Column, Data, Lists};
use super::ints::Ints;
use super::link::{EdgeKey, Link, NO_ROW, starts};
use super::order::Packed;
use super::table::Table;
use super::texts::TextsBuilder;
use crate::domain::{Aggregate, Cardinality, FieldType};
use std::borrow::Cow;
use std::sync::Arc;

/// Which far records count for which near rows.
#[derive(Debug)]
pub struct Pairs {
    /// From the side on which each row leads to at most one.
    link: Arc<Link>,
    from_far: bool,
    matching: Bits,
    near_rows: usize,
}

impl Pairs {
    /// The far records that match, by the rows of `near`.
    pub fn new(near: &Table, edge: &EdgeKey, far: &Table, matching: Bits) -> Self {
        let from_far = edge.cardinality == Cardinality::ToMany;
        let link = match from_far {
            true => far.link_once(&edge.flipped(), near),
            false => near.link_once(edge, far),
        };
        Self { link, from_far, matching, near_rows: near.rows() }
    }

    /// Visits each near row with each far row that counts for it; the far rows of a near row in the order of their keys.
    fn each(&self, mut visit: impl FnMut(usize, usize)) {
        let leads = self.link.leads();
        if !self.from_far {
            let counts = |far: &u32| *far != NO_ROW && self.matching.get(*far as usize);
            return leads
                .iter()
                .enumerate()
                .filter(|(_, far)| counts(far))
                .for_each(|(near, far)| visit(near, *far as usize));
        }
        for far in self.matching.ones() {
            if let Some(near) = leads.get(far as usize).filter(|near| **near != NO_ROW) {
                visit(*near as usize, far as usize);
            }
        }
    }

    fn all(&self) -> Bits {
        Bits::filled(self.near_rows, true)
    }

    fn none(&self) -> Bits {
        Bits::filled(self.near_rows, false)
    }

    /// How many there are.
    pub fn count(&self) -> Column {
        let mut counts = vec![0; self.near_rows];
        self.each(|near, _| counts[near] += 1);
        Column { kind: FieldType::Integer, known: self.all(), data: Data::Int(Ints::new(&counts, &self.all())) }
    }

    /// The aggregate of a far column; none when the column does not hold what this aggregate takes. Without a record that counts,
    /// sums are zero, `any` is false, `all` is true, lists are empty, and everything else is unknown. Unknown values are passed
    /// over by `first`, `min`, `max` and `list`; they leave a sum unknown, and `any` and `all` where no other value decides.
    pub fn of(&self, aggregate: Aggregate, values: &Column) -> Option<Column> {
        match (aggregate, &values.data) {
            (Aggregate::Count, _) => Some(self.count()),
            (Aggregate::First, _) => gather(values, &self.firsts(values)),
            (Aggregate::Min | Aggregate::Max, Data::Lists(_)) => None,
            (Aggregate::Min, _) => gather(values, &self.extremes(values, false)),
            (Aggregate::Max, _) => gather(values, &self.extremes(values, true)),
            (Aggregate::Sum, Data::Int(numbers)) => Some(self.sum(values, numbers)),
            (Aggregate::Sum, Data::Float(numbers)) => Some(self.float_sum(values, numbers)),
            (Aggregate::Any, Data::Bool(bits)) => Some(self.quantified(values, bits, true)),
            (Aggregate::All, Data::Bool(bits)) => Some(self.quantified(values, bits, false)),
            (Aggregate::List, _) => self.list(values),
            (Aggregate::Sum | Aggregate::Any | Aggregate::All, _) => None,
        }
    }

    fn firsts(&self, values: &Column) -> Vec<u32> {
        let mut chosen = vec![NO_ROW; self.near_rows];
        self.each(|near, far| {
            if chosen[near] == NO_ROW && values.known.get(far) {
                chosen[near] = far as u32;
            }
        });
        chosen
    }

    /// The far row with the smallest known value, or the largest; of equal ones the first.
    fn extremes(&self, values: &Column, largest: bool) -> Vec<u32> {
        let packed = Packed::new(values, largest);
        let mut chosen = vec![NO_ROW; self.near_rows];
        let mut best = vec![u64::MAX; self.near_rows];
        self.each(|near, far| {
            // The unknown packs to the largest number and so is never below another.
            let key = packed.at(far);
            if key < best[near] {
                best[near] = key;
                chosen[near] = far as u32;
            }
        });
        chosen
    }

    fn sum(&self, values: &Column, numbers: &Ints) -> Column {
        let (mut sums, mut unknown) = (vec![0_i64; self.near_rows], self.none());
        self.each(|near, far| match sums[near].checked_add(numbers.get(far)) {
            Some(sum) if values.known.get(far) => sums[near] = sum,
            _ => unknown.set(near),
        });
        let known = self.all().and_not(&unknown);
        Column { kind: values.kind, data: Data::Int(Ints::new(&sums, &known)), known }
    }

    fn float_sum(&self, values: &Column, numbers: &[f64]) -> Column {
        let (mut sums, mut unknown) = (vec![0.0; self.near_rows], self.none());
        self.each(|near, far| {
            sums[near] += numbers[far];
            if !values.known.get(far) || !sums[near].is_finite() {
                unknown.set(near);
            }
        });
        Column { kind: values.kind, known: self.all().and_not(&unknown), data: Data::Float(sums) }
    }

    /// One value that is `decisive` decides; without one, an unknown value leaves the answer unknown.
    fn quantified(&self, values: &Column, bits: &Bits, decisive: bool) -> Column {
        let (mut decided, mut unknown) = (self.none(), self.none());
        self.each(|near, far| match values.known.get(far) {
            true if bits.get(far) == decisive => decided.set(near),
            true => {}
            false => unknown.set(near),
        });
        let known = self.all().and_not(&unknown.and_not(&decided));
        let yes = if decisive { decided } else { self.all().and_not(&decided) };
        Column { kind: FieldType::Boolean, known, data: Data::Bool(yes) }
    }

    /// The known texts of each near row. They stay numbered as they are in the far column.
    fn list(&self, values: &Column) -> Option<Column> {
        let texts = match &values.data {
            Data::Dictionary(texts, _) | Data::Heap(texts) => texts.clone(),
            _ => return None,
        };
        let code = |far: usize| match &values.data {
            Data::Dictionary(_, codes) => codes.get(far) as u32,
            _ => far as u32,
        };
        let mut ends = vec![0_u32; self.near_rows];
        self.each(|near, far| ends[near] += u32::from(values.known.get(far)));
        let mut codes = vec![0; starts(&mut ends) as usize];
        self.each(|near, far| {
            if values.known.get(far) {
                codes[ends[near] as usize] = code(far);
                ends[near] += 1;
            }
        });
        Some(Column {
            kind: FieldType::List,
            known: self.all(),
            data: Data::Lists(Lists { values: texts, ends, codes }),
        })
    }
}

/// The values of a column at these rows, in this order; unknown where there is no row. None when the texts are too many.
fn gather(values: &Column, rows: &[u32]) -> Option<Column> {
    let row = |at: &u32| (*at != NO_ROW).then_some(*at as usize);
    let known = Bits::from_values(rows, |at| row(&at).is_some_and(|at| values.known.get(at)));
    let data = match &values.data {
        Data::Bool(bits) => Data::Bool(Bits::from_values(rows, |at| row(&at).is_some_and(|at| bits.get(at)))),
        Data::Int(numbers) => {
            let numbers: Vec<i64> = rows.iter().map(|at| row(at).map_or(0, |at| numbers.get(at))).collect();
            Data::Int(Ints::new(&numbers, &known))
        }
        Data::Float(numbers) => Data::Float(rows.iter().map(|at| row(at).map_or(0.0, |at| numbers[at])).collect()),
        Data::Dictionary(texts, codes) => {
            let codes = rows.iter().map(|at| row(at).map_or(0, |at| codes.get(at) as u32)).collect();
            Data::Dictionary(texts.clone(), Codes::new(codes, texts.len()))
        }
        Data::Heap(texts) => {
            let mut gathered = TextsBuilder::with_capacity(rows.len());
            rows.iter()
                .try_for_each(|at| gathered.push(&row(at).map_or(Cow::Borrowed(""), |at| texts.get(at))))
                .ok()?;
            Data::Heap(Arc::new(gathered.finish()))
        }
        Data::Lists(_) => return None,
    };
    Some(Column { kind: values.kind, known, data })
}
