//! Rows that tie a user to something and follow from the seed: made once, when first asked for, eight bytes each.

use super::grants;
use super::shape::{AUTOMATED, Facts, INTEGRATION, INTEGRATION_PROFILE, Shape, mix};
use super::tables::{INTEGRATION_LICENSE, REGULAR_GROUPS};
use crate::salesforce::schema::Object;
use crate::salesforce::time::DAY;
use std::collections::HashMap;

/// Most tokens the seed gives a user of all apps together.
const MOST_TOKENS: u32 = 12;
/// Who logged in within so many days has not logged out.
const SESSION_DAYS: i64 = 3;
/// Apps people allowed to act for them.
pub const APPS: [&str; 6] = [
    "Salesforce for iOS",
    "Salesforce for Android",
    "Dataloader Partner",
    "Sales Email Sync",
    "Acme Reporting",
    "Workbench",
];

/// A user, and the number of what it is tied to.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub user: u32,
    pub to: u32,
}

/// The links of one object, in the order of users.
#[derive(Debug, Default)]
pub struct Links {
    rows: Vec<Link>,
    /// How many lead to each number.
    counts: HashMap<u32, u32>,
}

impl Links {
    /// The links the seed gives for an object; none for one that is stored row by row.
    pub fn of(shape: &Shape, object: Object) -> Links {
        let mut rows = Vec::new();
        for index in (0..shape.users).filter(|index| *index != AUTOMATED) {
            let facts = Facts::of(shape, index);
            let mut tie = |to: u32| rows.push(Link { user: index, to });
            match object {
                Object::PermissionSetAssignment => {
                    grants::of(shape, index, &facts).for_each(|grant| tie(grant.code()));
                }
                Object::PermissionSetLicenseAssign => set_licenses(shape, index, &facts, &mut tie),
                Object::UserPackageLicense => package_licenses(shape, index, &mut tie),
                Object::GroupMember => groups(shape, index, &facts, &mut tie),
                Object::OauthToken => tokens(shape, index, &mut tie),
                Object::AuthSession => {
                    let recent = facts.last_login.is_some_and(|at| at >= shape.today - DAY * SESSION_DAYS);
                    if facts.active && recent {
                        tie(0);
                    }
                }
                _ => return Links::default(),
            }
        }
        let mut counts = HashMap::new();
        rows.iter().for_each(|link| *counts.entry(link.to).or_default() += 1);
        Links { rows, counts }
    }

    /// How many there are.
    pub fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// The link of this place.
    pub fn get(&self, place: u32) -> Option<Link> {
        self.rows.get(place as usize).copied()
    }

    /// The places of a user's links.
    pub fn of_user(&self, user: u32) -> std::ops::Range<u32> {
        let first = self.rows.partition_point(|link| link.user < user);
        let after = self.rows.partition_point(|link| link.user <= user);
        first as u32..after as u32
    }

    /// How many lead to a number.
    pub fn leading_to(&self, to: u32) -> u32 {
        self.counts.get(&to).copied().unwrap_or(0)
    }
}

/// A user holds the licences its permission sets need, and some people hold one they do not use.
fn set_licenses(shape: &Shape, index: u32, facts: &Facts, tie: &mut impl FnMut(u32)) {
    if facts.profile == Some(INTEGRATION_PROFILE) {
        tie(INTEGRATION_LICENSE);
    }
    let draw = mix(shape.seed ^ (u64::from(index) << 8));
    let mut held: Vec<u32> = grants::of(shape, index, facts).filter_map(grants::Grant::license).collect();
    if index != INTEGRATION && draw.is_multiple_of(40) {
        held.push(0);
    }
    if index != INTEGRATION && (draw >> 16).is_multiple_of(50) {
        held.push(2);
    }
    held.sort_unstable();
    held.dedup();
    held.into_iter().for_each(tie);
}

/// Package 0 is used by many, 1 by few, 2 is on trial with the first of the regular people.
fn package_licenses(shape: &Shape, index: u32, tie: &mut impl FnMut(u32)) {
    let draw = mix(shape.seed ^ (u64::from(index) << 12));
    if index == INTEGRATION {
        return;
    }
    if draw.is_multiple_of(20) {
        tie(0);
    }
    if (draw >> 16).is_multiple_of(150) {
        tie(1);
    }
    if (shape.approvers().end..shape.approvers().end + 5).contains(&index) {
        tie(2);
    }
}

/// About every fifth person is in a group or two; who left was not taken out.
fn groups(shape: &Shape, index: u32, facts: &Facts, tie: &mut impl FnMut(u32)) {
    let draw = mix(shape.seed ^ (u64::from(index) << 16));
    if index == INTEGRATION || draw % 100 >= 22 {
        return;
    }
    let first = (facts.department as u32 + (draw >> 8) as u32 % 2) % REGULAR_GROUPS;
    tie(first);
    if (draw >> 16).is_multiple_of(4) {
        tie((first + 1) % REGULAR_GROUPS);
    }
}

/// App in the low byte, and which of the user's approvals of that app above it.
fn tokens(shape: &Shape, index: u32, tie: &mut impl FnMut(u32)) {
    let people = shape.users - 2;
    let Some(place) = index.checked_sub(1).map(|place| if index > AUTOMATED { place - 1 } else { place }) else {
        return;
    };
    let first = mix(shape.seed ^ (u64::from(index) << 4)) as u32 % APPS.len() as u32;
    for number in 0..share(shape.oauth_tokens, people, place, MOST_TOKENS, shape.seed) {
        let app = (first + number) % APPS.len() as u32;
        tie(app | (number / APPS.len() as u32) << 8);
    }
}

/// How many of `total` go to one of `parties`: even parties pass some on to the odd one after them, so that not all have the same.
pub fn share(total: u32, parties: u32, party: u32, most: u32, seed: u64) -> u32 {
    let even = |party: u32| {
        let upto = |count: u32| u64::from(count) * u64::from(total) / u64::from(parties.max(1));
        (upto(party + 1) - upto(party)).min(u64::from(most)) as u32
    };
    let giver = party & !1;
    if giver + 1 >= parties {
        return even(party);
    }
    let passed = even(giver).min(mix(seed ^ u64::from(giver) << 3) as u32 % 3).min(most - even(giver + 1));
    if party == giver { even(giver) - passed } else { even(party) + passed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_add_up_to_the_total(total in 0_u32..5000, parties in 1_u32..900, seed: u64) {
            let most = total.div_ceil(parties) + 1;
            let sum: u32 = (0..parties).map(|party| share(total, parties, party, most, seed)).sum();
            prop_assert_eq!(sum, total);
        }
    }
}
