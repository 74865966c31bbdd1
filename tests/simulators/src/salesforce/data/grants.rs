//! Which permission sets and groups of sets the seed gives a user.

use super::links::share;
use super::shape::{AUTOMATED, Facts, INTEGRATION, PROFILES, Shape, mix};
use super::tables::{ORDINARY_SETS, SETS};

/// Marks the code of a group of sets.
const GROUP: u32 = 1 << 16;
/// Steps through the pool so that nobody is given the same twice.
const STEP: u32 = 4;
/// The licence of users who may hold the set that is tied to it.
const PLATFORM: u32 = 1;
/// Grants a user can be given at most: all of the pool.
pub const POOL: u32 = 12;

/// What an assignment gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// The permission set of this number.
    Set(u32),
    /// The permission set group of this number.
    Group(u32),
}

impl Grant {
    /// As one number.
    pub fn code(self) -> u32 {
        match self {
            Grant::Set(set) => set,
            Grant::Group(group) => GROUP | group,
        }
    }

    /// The inverse of `code`.
    pub fn from_code(code: u32) -> Grant {
        if code & GROUP == 0 { Grant::Set(code) } else { Grant::Group(code & !GROUP) }
    }

    /// The permission set licence its holder needs.
    pub fn license(self) -> Option<u32> {
        match self {
            Grant::Set(set) => SETS.get(set.checked_sub(PROFILES.len() as u32)? as usize)?.set_license,
            Grant::Group(_) => None,
        }
    }
}

/// The grants of the person at `index`, no two alike.
pub fn of(shape: &Shape, index: u32, facts: &Facts) -> impl Iterator<Item = Grant> + use<> {
    // The two without a place in the count come first among the people.
    let special = matches!(index, INTEGRATION | AUTOMATED);
    let extra = shape.permission_set_assignments.saturating_sub(shape.users);
    let count = if special { 0 } else { share(extra, shape.users, index, POOL, shape.seed) };
    let first = mix(shape.seed ^ u64::from(index)) as u32;
    let platform = facts.profile.is_some_and(|profile| PROFILES[profile as usize].1 == PLATFORM);
    (0..count).map(move |slot| pooled((first % POOL + slot * STEP + slot / 3) % POOL, platform))
}

/// Sets an admin made, groups, and last the sets that ask for a licence.
fn pooled(place: u32, platform: bool) -> Grant {
    let sets = PROFILES.len() as u32;
    let ordinary = ORDINARY_SETS;
    match place {
        place if place < ordinary => Grant::Set(sets + place),
        // The managed set and the one of the analytics licence.
        place if place < ordinary + 2 => Grant::Set(sets + place),
        // The one of the planning licence, or for people of the platform licence theirs.
        place if place == ordinary + 2 => Grant::Set(sets + place + u32::from(platform)),
        place => Grant::Group(place - ordinary - 3),
    }
}
