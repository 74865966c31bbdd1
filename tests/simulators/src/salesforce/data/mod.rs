//! The rows of the org. Users are computed from the seed; only what was changed or created is stored.

pub mod names;
mod row;
pub mod shape;
mod tables;

pub use row::Row;

use super::id::Id;
use super::schema::{F, Object};
use super::value::Value;
use shape::{Facts, PROFILES, Shape, mix};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Fields of one record.
pub type Cells = Vec<(F, Value<'static>)>;

const OBJECTS: usize = Object::ALL.len();

/// The rows, and the counts that business rules need.
#[derive(Debug)]
pub struct Data {
    pub shape: Shape,
    /// Cannot be deactivated while it is.
    pub default_case_owner: Option<u32>,
    /// Cannot be deactivated while it is.
    pub workflow_user: Option<u32>,
    changes: Changes,
}

/// All that differs from the seed. Small, so that a transaction can keep a copy to roll back to.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    tables: [BTreeMap<u32, Cells>; OBJECTS],
    /// The number the next created record gets.
    next: [u32; OBJECTS],
    /// Seeded rows that were deleted (stored rows just leave their table).
    gone: BTreeSet<(Object, u32)>,
    /// Active users by profile.
    active: HashMap<u32, u32>,
    /// Users, active or not, by role.
    holders: HashMap<u32, u32>,
    /// User names of people who have one that is not their seeded one.
    usernames: HashMap<String, u32>,
}

impl Data {
    /// A fresh org.
    pub fn new(shape: Shape) -> Data {
        let mut data = Data {
            shape,
            default_case_owner: Some(shape::CASE_OWNER),
            workflow_user: Some(shape::WORKFLOW_USER),
            changes: Changes::default(),
        };
        for index in 0..shape.users {
            let facts = Facts::of(&shape, index);
            data.count(facts.active, facts.profile, facts.role, 1);
        }
        data.changes.next[Object::User as usize] = shape.users;
        data.changes.next[Object::PermissionSetAssignment as usize] = data.seeded_assignments();
        data.changes.gone.insert((Object::PermissionSetAssignment, shape::AUTOMATED));
        tables::fill(&mut data);
        data
    }

    /// The id of a record.
    pub fn id(&self, object: Object, number: u32) -> Id {
        Id { object, pod: self.shape.pod, number }
    }

    /// One past the highest number a record of the object has or had.
    pub fn span(&self, object: Object) -> u32 {
        let counted = if object == Object::UserLogin { Object::User } else { object };
        self.changes.next[counted as usize]
    }

    /// Whether every number below the span is a record: then ranges need no looking.
    pub fn is_dense(&self, object: Object) -> bool {
        matches!(object, Object::User | Object::UserLogin)
    }

    /// The record of this number, unless there never was one or it was deleted.
    pub fn row(&self, object: Object, number: u32) -> Option<Row<'_>> {
        self.exists(object, number).then(|| Row::new(self, object, number))
    }

    /// Whether the record exists.
    pub fn exists(&self, object: Object, number: u32) -> bool {
        number < self.span(object)
            && match object {
                Object::User | Object::UserLogin => true,
                Object::PermissionSetAssignment if number < self.seeded_assignments() => {
                    !self.changes.gone.contains(&(object, number))
                }
                _ => self.changes.tables[object as usize].contains_key(&number),
            }
    }

    /// Whether the number was a record once and is no more.
    pub fn is_deleted(&self, object: Object, number: u32) -> bool {
        number < self.span(object) && !self.exists(object, number)
    }

    /// Every record of an object, in the order of ids.
    pub fn rows(&self, object: Object) -> impl Iterator<Item = Row<'_>> {
        (0..self.span(object)).filter_map(move |number| self.row(object, number))
    }

    /// The records of an object that were created or changed.
    pub fn changed(&self, object: Object) -> impl Iterator<Item = Row<'_>> {
        self.changes.tables[object as usize].keys().filter_map(move |number| self.row(object, *number))
    }

    /// The assignments of permission sets of a user, by number.
    pub fn assignments_of(&self, user: u32) -> Vec<u32> {
        let object = Object::PermissionSetAssignment;
        let wanted = self.id(Object::User, user);
        let second = (user < self.shape.users && user.is_multiple_of(2)).then_some(self.shape.users + user / 2);
        let seeded = (user < self.shape.users)
            .then_some(user)
            .into_iter()
            .chain(second)
            .filter(|number| *number < self.seeded_assignments());
        let mut numbers: Vec<u32> = seeded.filter(|number| self.exists(object, *number)).collect();
        let made = self.changed(object).filter(|row| row.number >= self.seeded_assignments());
        numbers.extend(made.filter(|row| row.get(F::AssigneeId).id() == Some(wanted)).map(|row| row.number));
        numbers
    }

    /// Seats in use of a licence: active users whose profile belongs to it.
    pub fn used(&self, license: u32) -> u32 {
        let counted = |profile: &u32| self.changes.active.get(profile).copied().unwrap_or(0);
        (0..PROFILES.len() as u32)
            .filter(|profile| PROFILES[*profile as usize].1 == license)
            .map(|profile| counted(&profile))
            .sum()
    }

    /// Active users with a profile.
    pub fn active_with(&self, profile: u32) -> u32 {
        self.changes.active.get(&profile).copied().unwrap_or(0)
    }

    /// Users, active or not, with a role.
    pub fn holders_of(&self, role: u32) -> u32 {
        self.changes.holders.get(&role).copied().unwrap_or(0)
    }

    /// Who has this user name now.
    pub fn user_named(&self, username: &str) -> Option<u32> {
        if let Some(user) = self.changes.usernames.get(&username.to_lowercase()) {
            return Some(*user);
        }
        let special = [shape::INTEGRATION, shape::AUTOMATED];
        let seeded = names::index_of(self.shape.seed, username)
            .filter(|index| *index < self.shape.users && !special.contains(index));
        seeded.into_iter().chain(special).find(|&index| {
            self.row(Object::User, index).is_some_and(
                |row| matches!(row.get(F::Username), Value::Text(name) if name.eq_ignore_ascii_case(username)),
            )
        })
    }

    /// Assignments of permission sets that follow from the seed.
    pub fn seeded_assignments(&self) -> u32 {
        self.shape.users + self.shape.users / 2
    }

    /// The ordinary permission set the seed gives a user.
    pub fn ordinary_set(&self, user: u32) -> u32 {
        PROFILES.len() as u32 + (mix(self.shape.seed ^ u64::from(user)) % tables::ORDINARY_SETS.len() as u64) as u32
    }

    /// Adds a record and answers its number.
    pub fn insert(&mut self, object: Object, cells: Cells) -> u32 {
        let number = self.changes.next[object as usize];
        self.changes.next[object as usize] += 1;
        self.changes.tables[object as usize].insert(number, cells);
        if object == Object::User {
            self.recount(number, 1);
        }
        number
    }

    /// Sets fields of a record that exists.
    pub fn set(&mut self, object: Object, number: u32, cells: Cells) {
        if object == Object::User {
            self.recount(number, -1);
        }
        let kept = self.changes.tables[object as usize].entry(number).or_default();
        for (key, value) in cells {
            match kept.iter_mut().find(|(known, _)| *known == key) {
                Some(cell) => cell.1 = value,
                None => kept.push((key, value)),
            }
        }
        if object == Object::User {
            self.recount(number, 1);
        }
    }

    /// Takes a record away.
    pub fn remove(&mut self, object: Object, number: u32) {
        self.changes.tables[object as usize].remove(&number);
        self.changes.gone.insert((object, number));
    }

    /// A copy to roll back to.
    pub fn checkpoint(&self) -> Changes {
        self.changes.clone()
    }

    /// Undoes all that happened since the copy was taken.
    pub fn roll_back(&mut self, to: Changes) {
        self.changes = to;
    }

    fn cells(&self, object: Object, number: u32) -> Option<&Cells> {
        self.changes.tables[object as usize].get(&number)
    }

    /// Adds a user to the counts, or takes it out of them, as the user stands now.
    fn recount(&mut self, number: u32, by: i32) {
        let row = Row::new(self, Object::User, number);
        let reference = |key: F| row.get(key).id().map(|id| id.number);
        let (active, profile, role) =
            (row.get(F::IsActive).is_true(), reference(F::ProfileId), reference(F::UserRoleId));
        let username = row.get(F::Username).shown().to_lowercase();
        if by < 0 {
            self.changes.usernames.remove(&username);
        } else {
            self.changes.usernames.insert(username, number);
        }
        self.count(active, profile, role, by);
    }

    fn count(&mut self, active: bool, profile: Option<u32>, role: Option<u32>, by: i32) {
        if let (true, Some(profile)) = (active, profile) {
            let seats = self.changes.active.entry(profile).or_default();
            *seats = seats.saturating_add_signed(by);
        }
        if let Some(role) = role {
            let holders = self.changes.holders.entry(role).or_default();
            *holders = holders.saturating_add_signed(by);
        }
    }
}
