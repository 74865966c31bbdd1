//! Two tools of a large organisation as records by their numbers: spread, and the same in each run.

use weft::domain::{Row, Value};

/// Of the first tool, and of the second.
pub const USERS: u64 = 1_000_000;
const ROLES: u64 = 5_000;
const PROFILES: u64 = 200;
pub const LICENSES: u64 = 40;
const PERMISSION_SETS: u64 = 400;
const ASSIGNMENTS: u64 = 3 * USERS;
const LOGINS: u64 = 5 * USERS;
/// 2026-11-24T00:00:00Z in seconds: the last moment at which anybody in the data logged in.
const LAST_LOGIN: u64 = 20_781 * 86_400;
/// Logins are of the last 200 days, accounts of the four years before.
const LOGIN_SECONDS: u64 = 200 * 86_400;
const ACCOUNT_SECONDS: u64 = 4 * 365 * 86_400;

/// The objects of the first tool, and how many records each has.
pub const FIRST: [(&str, u64); 7] = [
    ("User", USERS),
    ("Role", ROLES),
    ("Profile", PROFILES),
    ("License", LICENSES),
    ("PermissionSet", PERMISSION_SETS),
    ("Assignment", ASSIGNMENTS),
    ("Login", LOGINS),
];
/// Those of the second.
pub const SECOND: [(&str, u64); 1] = [("Person", USERS)];

/// A record of an object, its values in the order of `schema`.
pub fn row(object: &str, number: u64) -> Row {
    match object {
        "User" => user(number),
        "Role" => named("00E", "Role", number, None),
        "Profile" => named("00e", "Profile", number, Some(id("100", number % LICENSES))),
        "License" => named("100", "License", number, None),
        "PermissionSet" => named("0PS", "Permission Set", number, None),
        "Assignment" => assignment(number),
        "Login" => login(number),
        _ => person(number),
    }
}

/// A number that looks like chance; `of` keeps those of one record apart.
fn chance(number: u64, of: u64) -> u64 {
    let mixed = (number ^ (of << 56)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// As Salesforce's: 18 characters that begin with those of the object.
fn id(prefix: &str, number: u64) -> String {
    format!("{prefix}{number:012}AAA")
}

fn text(text: impl AsRef<str>) -> Value {
    Value::from(text.as_ref())
}

fn moment(seconds: u64) -> Value {
    Value::Time(seconds as i64 * 1_000_000)
}

fn row_of(key: &str, values: Vec<Value>) -> Row {
    Row { key: key.into(), values: [vec![text(key)], values].concat() }
}

fn named(prefix: &str, name: &str, number: u64, more: Option<String>) -> Row {
    row_of(&id(prefix, number), [Some(format!("{name} {number}")), more].into_iter().flatten().map(text).collect())
}

fn user(number: u64) -> Row {
    let at = |of, count| chance(number, of) % count;
    let (given, family, domain) = (at(1, 3_000), at(2, 20_000), at(3, 50));
    // One in fifty has no role.
    let role = if at(4, 50) == 0 { Value::Null } else { text(id("00E", at(5, ROLES))) };
    let values = vec![
        text(format!("Given{given} Family{family}")),
        text(format!("u{number}@corp{domain}.example.com")),
        text(email(number)),
        Value::Bool(at(6, 100) < 85),
        text(format!("Department {}", at(7, 300))),
        text(format!("Title {}", at(8, 5_000))),
        text(format!("Type {}", at(9, 8))),
        text(format!("Country {}", at(10, 120))),
        text(format!("City {}", at(11, 4_000))),
        moment(LAST_LOGIN - LOGIN_SECONDS - at(12, ACCOUNT_SECONDS)),
        Value::Int(at(13, 300) as i64),
        role,
        text(id("00e", at(14, PROFILES))),
    ];
    row_of(&id("005", number), values)
}

fn email(user: u64) -> String {
    let (given, family, domain) = (chance(user, 1) % 3_000, chance(user, 2) % 20_000, chance(user, 3) % 50);
    format!("Given{given}.Family{family}.{user}@Corp{domain}.example.com")
}

fn assignment(number: u64) -> Row {
    let (user, set) = (chance(number, 20) % USERS, chance(number, 21) % PERMISSION_SETS);
    row_of(&id("0Pa", number), vec![text(id("005", user)), text(id("0PS", set))])
}

fn login(number: u64) -> Row {
    let user = chance(number, 30) % USERS;
    let success = chance(number, 31) % 100 < 97;
    let at = LAST_LOGIN - chance(number, 32) % LOGIN_SECONDS;
    let status = if success { "Success" } else { "Invalid Password" };
    row_of(&id("0Ya", number), vec![text(id("005", user)), moment(at), text(status)])
}

/// The second tool knows the same people in another order, writes every third address in capitals, and has one in fifty of its own.
fn person(number: u64) -> Row {
    let user = number * 611_953 % USERS;
    let mail = match number {
        own if own.is_multiple_of(50) => format!("guest{own}@partner.example.com"),
        loud if loud.is_multiple_of(3) => email(user).to_uppercase(),
        _ => email(user),
    };
    let status = match chance(number, 40) % 100 {
        0..90 => "Active",
        90..97 => "Suspended",
        _ => "Staged",
    };
    let department = format!("Unit {}", chance(number, 41) % 200);
    row_of(&format!("00u{number:017}"), vec![text(mail), text(status), text(department)])
}
