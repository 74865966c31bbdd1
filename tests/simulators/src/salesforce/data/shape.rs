//! What the seeded org looks like: who the special people are, and the facts of person number `index`, computed on demand.

use super::names::PersonName;
use crate::salesforce::schema::Permissions;
use crate::salesforce::time::DAY;

/// The user the connection runs as.
pub const INTEGRATION: u32 = 0;
/// The default owner of cases.
pub const CASE_OWNER: u32 = 1;
/// The default workflow user.
pub const WORKFLOW_USER: u32 = 2;
/// Salesforce's own "Automated Process" user, which has no profile.
pub const AUTOMATED: u32 = 3;
const FIRST_ADMIN: u32 = 4;
/// Users that stand in the hierarchy field `Backup_Approver__c` of others.
pub const APPROVERS: u32 = 3;
/// Fewer people than this cannot hold the special ones.
pub const SMALLEST: u32 = 20;

/// The profile `System Administrator`.
pub const ADMIN_PROFILE: u32 = 0;
/// The profile of integration users.
pub const INTEGRATION_PROFILE: u32 = 10;
/// Profiles: name, licence, user type.
pub const PROFILES: [(&str, u32, &str); 11] = [
    ("System Administrator", 0, "Standard"),
    ("Standard User", 0, "Standard"),
    ("Sales User", 0, "Standard"),
    ("Marketing User", 0, "Standard"),
    ("Service Agent", 0, "Standard"),
    ("Read Only", 0, "Standard"),
    ("Standard Platform User", 1, "Standard"),
    ("Field Technician", 1, "Standard"),
    ("Identity User", 2, "Standard"),
    ("Chatter Free User", 3, "CsnOnly"),
    ("Minimum Access - API Only Integrations", 4, "Standard"),
];
/// Licences: name, definition key.
pub const LICENSES: [(&str, &str); 5] = [
    ("Salesforce", "SFDC"),
    ("Salesforce Platform", "AUL"),
    ("Identity", "PID_Identity"),
    ("Chatter Free", "PID_CHATTER"),
    ("Salesforce Integration", "PID_SALESFORCE_INTEGRATION_USER"),
];

/// The numbers an org grows from.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub seed: u64,
    pub users: u32,
    pub roles: u32,
    pub admins: u32,
    /// About how many, those for the sets of profiles included.
    pub permission_set_assignments: u32,
    /// About how many, failed ones come on top.
    pub logins: u32,
    pub oauth_tokens: u32,
    pub pod: [u8; 2],
    /// The moment the org was started: seeded dates lie before it. Milliseconds, on a whole day.
    pub today: i64,
}

impl Shape {
    /// The administrators, by index.
    pub fn admins(&self) -> std::ops::Range<u32> {
        FIRST_ADMIN..FIRST_ADMIN + self.admins
    }

    /// The users that are values of the hierarchy field, by index.
    pub fn approvers(&self) -> std::ops::Range<u32> {
        self.admins().end..self.admins().end + APPROVERS
    }
}

/// What a profile gives.
pub fn permissions_of(profile: u32) -> Permissions {
    match profile {
        ADMIN_PROFILE => Permissions::ALL,
        // Identity and Chatter people only look.
        8 | 9 => Permissions::NONE,
        _ => Permissions::ORDINARY,
    }
}

/// Everything that follows from the seed for one person.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub name: PersonName,
    pub active: bool,
    pub profile: Option<u32>,
    pub role: Option<u32>,
    pub manager: Option<u32>,
    pub approver: Option<u32>,
    pub department: usize,
    pub title: usize,
    pub region: usize,
    pub created: i64,
    pub last_login: Option<i64>,
    pub failed_logins: i64,
    pub frozen: bool,
    pub locked: bool,
    /// Place in the kinds of employment: most are employees.
    pub employment: usize,
    /// Days since 1970, for who is not an employee.
    pub contract_end: Option<i64>,
}

impl Facts {
    /// The facts of the person at `index`.
    pub fn of(shape: &Shape, index: u32) -> Facts {
        let first = mix(shape.seed ^ (u64::from(index) << 20));
        let second = mix(first);
        let third = mix(second ^ 1);
        let regular = index >= shape.approvers().end;
        let employment = if regular { [0, 0, 0, 0, 0, 0, 0, 1, 1, 2][(third % 10) as usize] } else { 0 };
        let department = (first % 8) as usize;
        let active = !regular || (first >> 8) % 100 >= 12;
        let created = shape.today - DAY * (31 + (second % 2400) as i64) - ((second >> 16) % 86_400) as i64 * 1000;
        Facts {
            name: PersonName::of(shape.seed, index),
            active,
            profile: profile_of(shape, index, (first >> 16) % 100),
            role: (index != INTEGRATION && index != AUTOMATED)
                .then(|| role_of(shape, department, first >> 24))
                .flatten(),
            manager: manager_of(shape, index, (first >> 32) % 100),
            approver: (regular && (first >> 40).is_multiple_of(16))
                .then(|| shape.approvers().start + (second >> 8) as u32 % APPROVERS),
            department,
            title: ((first >> 48) % 4) as usize,
            region: ((first >> 52) % 4) as usize,
            created,
            last_login: last_login(shape, regular, active, created, mix(second)),
            failed_logins: if (second >> 40).is_multiple_of(11) { ((second >> 44) % 6) as i64 } else { 0 },
            frozen: regular && active && (second >> 48).is_multiple_of(60),
            locked: regular && (second >> 54).is_multiple_of(90),
            employment,
            contract_end: (employment > 0).then(|| shape.today / DAY - 60 + ((third >> 16) % 420) as i64),
        }
    }
}

fn profile_of(shape: &Shape, index: u32, percent: u64) -> Option<u32> {
    match index {
        INTEGRATION => return Some(INTEGRATION_PROFILE),
        AUTOMATED => return None,
        index if shape.admins().contains(&index) => return Some(ADMIN_PROFILE),
        _ => {}
    }
    Some(match percent {
        0..20 => 1,
        20..42 => 2,
        42..50 => 3,
        50..60 => 4,
        60..64 => 5,
        64..78 => 6,
        78..87 => 7,
        87..92 => 8,
        _ => 9,
    })
}

/// Roles of a department are every eighth from `1 + department` on; few people stand high.
fn role_of(shape: &Shape, department: usize, draw: u64) -> Option<u32> {
    if draw.is_multiple_of(17) || shape.roles < 2 {
        return None;
    }
    let first = 1 + department as u32;
    if first >= shape.roles {
        return Some(1 + (draw as u32 >> 4) % (shape.roles - 1));
    }
    let levels = (shape.roles - first).div_ceil(8);
    let level = match (draw >> 8) % 100 {
        0 => 0,
        1..=4 => 1.min(levels - 1),
        _ => levels.saturating_sub(1 + (draw >> 16) as u32 % levels.saturating_sub(2).max(1)),
    };
    Some(first + 8 * level)
}

/// Eight people report to one; every thirtieth or so has no manager entered.
fn manager_of(shape: &Shape, index: u32, percent: u64) -> Option<u32> {
    let top = shape.admins().start;
    (index > top && percent >= 3).then(|| top + (index - top - 1) / 8)
}

fn last_login(shape: &Shape, regular: bool, active: bool, created: i64, draw: u64) -> Option<i64> {
    let kind = draw % 100;
    if regular && kind < 9 {
        return None;
    }
    let days = match kind {
        _ if !regular => 0,
        _ if !active => 100 + (draw >> 8) % 500,
        9..70 => (draw >> 8) % 30,
        70..85 => 30 + (draw >> 8) % 60,
        _ => 91 + (draw >> 8) % 400,
    };
    let at = shape.today - DAY * days as i64 - ((draw >> 24) % 86_400) as i64 * 1000;
    Some(at.max(created + 3_600_000))
}

/// SplitMix64: every bit of the answer depends on every bit of the question.
pub fn mix(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
