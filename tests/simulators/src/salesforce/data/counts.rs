//! Counts that business rules need: seats of licences, people of a role, and groups that are calculated anew.

use super::row::Row;
use super::shape::PROFILES;
use super::{Data, Value};
use crate::salesforce::schema::{F, Object};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How often the status of a group is read as each of these before it is calculated anew.
const STEPS: [&str; 3] = ["Outdated", "Updating", "Updating"];

impl Data {
    /// Seats in use of a licence. Those of a user licence are active users whose profile belongs to it; the others are held by rows,
    /// whether their user is active or not.
    pub fn used(&self, object: Object, license: u32) -> u32 {
        let rows = match object {
            Object::PermissionSetLicense => Object::PermissionSetLicenseAssign,
            Object::PackageLicense => Object::UserPackageLicense,
            _ => {
                return (0..PROFILES.len() as u32)
                    .filter(|profile| PROFILES[*profile as usize].1 == license)
                    .map(|profile| self.active_with(profile))
                    .sum();
            }
        };
        let seeded = self.seeded.links(&self.shape, rows).leading_to(license);
        seeded.saturating_add_signed(self.changes.seats.get(&(object, license)).copied().unwrap_or(0))
    }

    /// Active users with a profile.
    pub fn active_with(&self, profile: u32) -> u32 {
        self.changes.active.get(&profile).copied().unwrap_or(0)
    }

    /// Users, active or not, with a role.
    pub fn holders_of(&self, role: u32) -> u32 {
        self.changes.holders.get(&role).copied().unwrap_or(0)
    }

    /// Notes that a row which holds a licence came or goes.
    pub(super) fn count_seat(&mut self, object: Object, number: u32, by: i32) {
        let key = match object {
            Object::PermissionSetLicenseAssign => F::PermissionSetLicenseId,
            Object::UserPackageLicense => F::PackageLicenseId,
            _ => return,
        };
        let license = self.row(object, number).and_then(|row| row.get(key).id());
        if let Some(license) = license {
            *self.changes.seats.entry((license.object, license.number)).or_default() += by;
        }
    }

    /// Begins to calculate a group of permission sets anew: its status says so for the next few reads.
    pub fn recalculate(&mut self, group: u32) {
        self.changes.recalculating.insert(group, Arc::new(AtomicU32::new(0)));
        self.set(Object::PermissionSetGroup, group, vec![(F::Status, Value::text("Updated"))]);
    }

    /// What the status of a group that is calculated anew is at this read.
    pub(super) fn status_of_group(&self, object: Object, group: u32) -> Option<Value<'static>> {
        if object != Object::PermissionSetGroup {
            return None;
        }
        let reads = self.changes.recalculating.get(&group)?.fetch_add(1, Ordering::Relaxed);
        STEPS.get(reads as usize).map(|status| Value::text(status))
    }

    /// Adds a user to the counts, or takes it out of them, as the user stands now.
    pub(super) fn recount(&mut self, number: u32, by: i32) {
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

    pub(super) fn count(&mut self, active: bool, profile: Option<u32>, role: Option<u32>, by: i32) {
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
