//! Which ids a condition leaves, so that a key lookup or a keyset page touches only the records it is about.

use super::filter::Test;
use super::plan::Route;
use super::query::Operator;
use crate::salesforce::data::Data;
use crate::salesforce::id::Key;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// Which records can be meant: a range of numbers, or a few chosen ones.
#[derive(Debug)]
pub struct Bounds {
    pub low: u32,
    pub high: u32,
    pub picks: Option<Vec<u32>>,
}

impl Bounds {
    /// Every record of an object.
    pub fn all(data: &Data, object: Object) -> Bounds {
        Bounds { low: 0, high: data.span(object), picks: None }
    }

    /// Takes from a condition what can be said about ids, and leaves the rest to be tested record by record.
    pub fn absorb(&mut self, data: &Data, object: Object, test: Test) -> Option<Test> {
        if let Test::And(parts) = test {
            let mut rest: Vec<Test> = parts.into_iter().filter_map(|part| self.absorb(data, object, part)).collect();
            return if rest.len() > 1 { Some(Test::And(rest)) } else { rest.pop() };
        }
        let numbered = |route: &Route| match object {
            _ if route.is(F::Id) && object.has_ids() => Some(object),
            Object::UserLogin if route.is(F::UserId) => Some(Object::User),
            _ => None,
        };
        match &test {
            Test::Compare { route, operator, value: Value::Time(at) }
                if object == Object::LoginHistory && route.is(F::LoginTime) && operator.is_order() =>
            {
                self.cut_times(data, *operator, *at);
                None
            }
            Test::Key { route, operator, key } => {
                let Some(target) = numbered(route) else { return Some(test) };
                self.cut(data, target, *operator, key);
                None
            }
            Test::Compare { route, operator: Operator::Equal, value } => match numbered(route) {
                Some(target) => self.pick(target, std::slice::from_ref(value)),
                None if object == Object::User && route.is(F::Username) => {
                    self.choose(data.user_named(&value.shown()).into_iter().collect())
                }
                None if object.owner_field().is_some_and(|key| route.is(key)) => {
                    match value.id().filter(|id| id.object == Object::User) {
                        Some(user) => self.choose(data.rows_of(object, user.number)),
                        None => Some(test),
                    }
                }
                None => Some(test),
            },
            Test::In { route, negated: false, values } if numbered(route).is_some() => {
                let target = numbered(route).unwrap_or(object);
                self.pick(target, values)
            }
            Test::Member { route, negated: false, ids } if numbered(route).is_some() => {
                let target = numbered(route).unwrap_or(object);
                self.choose(ids.iter().filter(|id| id.object == target).map(|id| id.number).collect())
            }
            _ => Some(test),
        }
    }

    fn cut(&mut self, data: &Data, target: Object, operator: Operator, key: &Key) {
        let first_at = |inclusive: bool| {
            let (mut low, mut high) = (0, data.span(target));
            while low < high {
                let middle = low + (high - low) / 2;
                let order = data.id(target, middle).key().cmp(key);
                if order.is_gt() || (inclusive && order.is_eq()) { high = middle } else { low = middle + 1 }
            }
            low
        };
        match operator {
            Operator::Greater => self.low = self.low.max(first_at(false)),
            Operator::GreaterOrEqual => self.low = self.low.max(first_at(true)),
            Operator::Less => self.high = self.high.min(first_at(true)),
            _ => self.high = self.high.min(first_at(false)),
        }
    }

    /// Logins are numbered in the order of their times.
    fn cut_times(&mut self, data: &Data, operator: Operator, at: i64) {
        match operator {
            Operator::Greater => self.low = self.low.max(data.logins_before(at + 1)),
            Operator::GreaterOrEqual => self.low = self.low.max(data.logins_before(at)),
            Operator::Less => self.high = self.high.min(data.logins_before(at)),
            _ => self.high = self.high.min(data.logins_before(at + 1)),
        }
    }

    fn pick(&mut self, target: Object, values: &[Value<'_>]) -> Option<Test> {
        self.choose(
            values
                .iter()
                .filter_map(Value::id)
                .filter(|id| id.object.prefix() == target.prefix())
                .map(|id| id.number)
                .collect(),
        )
    }

    /// Only these can be meant; nothing is left to test.
    pub fn choose(&mut self, mut numbers: Vec<u32>) -> Option<Test> {
        numbers.sort_unstable();
        numbers.dedup();
        if let Some(before) = &self.picks {
            numbers.retain(|number| before.binary_search(number).is_ok());
        }
        self.picks = Some(numbers);
        None
    }
}
