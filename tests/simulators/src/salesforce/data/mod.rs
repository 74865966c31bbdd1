//! The rows of the org. Users are computed from the seed; only what was changed or created is stored.

mod counts;
mod deleted;
mod grants;
mod links;
mod logins;
pub mod names;
mod person;
mod row;
mod seeded;
pub mod shape;
mod tables;
mod tokens;
mod values;

pub use row::Row;
pub use tables::{groups_of_role, hidden_set};

use super::id::Id;
use super::schema::{F, Object, Permissions};
use super::time::Clock;
use super::value::Value;
use links::Link;
use logins::Login;
use seeded::Seeded;
use shape::{ADMIN_PROFILE, Facts, Shape};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// Fields of one record.
pub type Cells = Vec<(F, Value<'static>)>;

/// The rows, and the counts that business rules need.
#[derive(Debug)]
pub struct Data {
    pub shape: Shape,
    pub clock: Arc<Clock>,
    /// What users may do, where it is not what their profile gives.
    pub permissions: HashMap<u32, Permissions>,
    /// Cannot be deactivated while it is.
    pub default_case_owner: Option<u32>,
    /// Cannot be deactivated while it is.
    pub workflow_user: Option<u32>,
    seeded: Seeded,
    changes: Changes,
}

/// All that differs from the seed. Small, so that a transaction can keep a copy to roll back to.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    tables: [BTreeMap<u32, Cells>; Object::COUNT],
    /// How many records were made beside those of the seed.
    made: [u32; Object::COUNT],
    /// Seeded rows that were deleted (stored rows just leave their table).
    gone: BTreeSet<(Object, u32)>,
    deletions: Vec<deleted::Deletion>,
    /// Active users by profile.
    active: HashMap<u32, u32>,
    /// Users, active or not, by role.
    holders: HashMap<u32, u32>,
    /// Licences of permission sets and packages that were assigned since the start, less those that were taken away.
    seats: HashMap<(Object, u32), i32>,
    /// Groups of permission sets that are calculated anew, with how often somebody looked.
    recalculating: BTreeMap<u32, Arc<AtomicU32>>,
    /// Tokens the org's own OAuth gave, by grant.
    granted: BTreeMap<usize, u32>,
    /// User names of people who have one that is not their seeded one.
    usernames: HashMap<String, u32>,
}

impl Data {
    /// A fresh org.
    pub fn new(shape: Shape, clock: Arc<Clock>) -> Data {
        let mut data = Data {
            shape,
            clock,
            permissions: HashMap::new(),
            seeded: Seeded::default(),
            default_case_owner: Some(shape::CASE_OWNER),
            workflow_user: Some(shape::WORKFLOW_USER),
            changes: Changes::default(),
        };
        for index in 0..shape.users {
            let facts = Facts::of(&shape, index);
            data.count(facts.active, facts.profile, facts.role, 1);
        }
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
        let counted = match object {
            Object::UserLogin | Object::UserPermissionAccess => Object::User,
            object => object,
        };
        self.seeded(counted) + self.changes.made[counted as usize]
    }

    /// How many rows of an object follow from the seed: their numbers are the lowest.
    pub fn seeded(&self, object: Object) -> u32 {
        self.seeded.count(&self.shape, object)
    }

    /// Whether every number below the span is a record: then ranges need no looking.
    pub fn is_dense(&self, object: Object) -> bool {
        matches!(object, Object::User | Object::UserLogin | Object::LoginHistory)
    }

    /// The record of this number, unless there never was one or it was deleted.
    pub fn row(&self, object: Object, number: u32) -> Option<Row<'_>> {
        self.exists(object, number).then(|| Row::new(self, object, number))
    }

    /// Whether the record exists.
    pub fn exists(&self, object: Object, number: u32) -> bool {
        number < self.span(object)
            && match object {
                Object::User | Object::UserLogin | Object::UserPermissionAccess | Object::LoginHistory => true,
                object if number < self.seeded(object) => !self.changes.gone.contains(&(object, number)),
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

    /// The records that are a user's own, where the object has an owner field, by number.
    pub fn rows_of(&self, object: Object, user: u32) -> Vec<u32> {
        let mut numbers = self.seeded.rows_of(&self.shape, object, user);
        numbers.retain(|number| self.exists(object, *number));
        if let Some(key) = object.owner_field() {
            let wanted = self.id(Object::User, user);
            let made = self.changed(object).filter(|row| row.number >= self.seeded(object));
            numbers.extend(made.filter(|row| row.get(key).id() == Some(wanted)).map(|row| row.number));
        }
        numbers
    }

    /// A tie of the seed, where the row is one.
    fn link(&self, object: Object, number: u32) -> Option<Link> {
        let first = if object == Object::PermissionSetAssignment { self.shape.users } else { 0 };
        self.seeded.links(&self.shape, object).get(number.checked_sub(first)?)
    }

    fn login(&self, number: u32) -> Option<Login> {
        self.seeded.logins(&self.shape).get(number as usize).copied()
    }

    /// How many logins lie before a moment, which is the number of the first one that does not.
    pub fn logins_before(&self, at: i64) -> u32 {
        self.seeded.logins(&self.shape).partition_point(|login| i64::from(login.at) * 1000 < at) as u32
    }

    /// What a user may do.
    pub fn permissions_of(&self, user: u32) -> Permissions {
        let profile = self.row(Object::User, user).and_then(|row| row.get(F::ProfileId).id());
        let admin = profile.is_some_and(|profile| profile.number == ADMIN_PROFILE);
        let usual = if admin { Permissions::ALL } else { Permissions::ORDINARY };
        self.permissions.get(&user).copied().unwrap_or(usual)
    }

    /// The set that the profile of a user owns; null for who has no profile.
    fn profile_set(&self, user: u32) -> Value<'static> {
        let profile = self.row(Object::User, user).and_then(|row| row.get(F::ProfileId).id());
        profile.map_or(Value::Null, |profile| Value::Id(self.id(Object::PermissionSet, profile.number)))
    }

    /// The hidden set that a group of permission sets owns.
    pub fn set_of_group(&self, group: u32) -> Option<u32> {
        let group = Value::Id(self.id(Object::PermissionSetGroup, group));
        let sets = self.changes.tables[Object::PermissionSet as usize].iter();
        let owned = |cells: &Cells| cells.iter().any(|(key, value)| *key == F::PermissionSetGroupId && *value == group);
        sets.filter(|(_, cells)| owned(cells)).map(|(number, _)| *number).next()
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

    /// Adds a record and answers its number.
    pub fn insert(&mut self, object: Object, cells: Cells) -> u32 {
        let number = self.seeded(object) + self.changes.made[object as usize];
        self.changes.made[object as usize] += 1;
        self.changes.tables[object as usize].insert(number, cells);
        self.count_seat(object, number, 1);
        if object == Object::User {
            self.recount(number, 1);
        }
        number
    }

    /// The number the first record of an object gets.
    fn begin_at(&mut self, object: Object, number: u32) {
        self.changes.made[object as usize] = number;
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
        self.count_seat(object, number, -1);
        self.changes.tables[object as usize].remove(&number);
        self.changes.gone.insert((object, number));
        self.note_deletion(object, number);
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
}
