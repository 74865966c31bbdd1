//! The logins of the last half year: twelve bytes each, made when first asked for, in the order of their times.

use super::links::share;
use super::shape::{AUTOMATED, Facts, INTEGRATION, Shape, mix};
use crate::salesforce::time::DAY;

/// How far back the org remembers: six months.
pub const DAYS: i64 = 180;
/// Logins the seed gives one user at most.
const MOST: u32 = 400;
/// People who have forgotten their password fail this often.
const FORGETFUL: u32 = 12;
/// Kinds that succeed, by a browser or a phone.
const INTERACTIVE: u8 = 4;

/// One login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Login {
    /// Seconds since 1970.
    pub at: u32,
    pub user: u32,
    /// Place in `KINDS`.
    pub kind: u8,
}

/// What one kind of login looks like.
#[derive(Debug)]
pub struct Kind {
    pub login_type: &'static str,
    pub application: &'static str,
    pub browser: &'static str,
    pub platform: &'static str,
    pub api_type: &'static str,
    pub api_version: &'static str,
    pub status: &'static str,
}

const fn kind(
    login_type: &'static str,
    application: &'static str,
    seen: (&'static str, &'static str),
    api: (&'static str, &'static str),
    status: &'static str,
) -> Kind {
    Kind { login_type, application, browser: seen.0, platform: seen.1, api_type: api.0, api_version: api.1, status }
}

const NO_API: (&str, &str) = ("N/A", "N/A");
const WINDOWS: (&str, &str) = ("Chrome 141", "Windows 11");
const MAC: (&str, &str) = ("Safari 26", "Mac OSX");
const JAVA: (&str, &str) = ("Java (Salesforce.com)", "Unknown");

/// Kinds of logins: the first `INTERACTIVE` by people who look at a page, then by programs, then those that failed.
pub const KINDS: [Kind; 10] = [
    kind("Application", "Browser", WINDOWS, NO_API, "Success"),
    kind("SAML Sfdc Initiated SSO", "Browser", MAC, NO_API, "Success"),
    kind("SAML Idp Initiated SSO", "Browser", WINDOWS, NO_API, "Success"),
    kind("Remote Access 2.0", "Salesforce for iOS", ("Mobile Safari", "iPhone"), NO_API, "Success"),
    kind("Other Apex API", "Acme Reporting", JAVA, ("SOAP Partner", "64.0"), "Success"),
    kind("Partner Product", "Dataloader Partner", JAVA, ("SOAP Partner", "65.0"), "Success"),
    kind("Application", "Browser", WINDOWS, NO_API, "Invalid Password"),
    kind("Application", "Browser", MAC, NO_API, "Password Lockout"),
    kind("Application", "Browser", WINDOWS, NO_API, "User is Frozen"),
    kind("Other Apex API", "Acme Reporting", JAVA, ("SOAP Partner", "64.0"), "Restricted IP"),
];
const PROGRAM: u8 = 4;
const WRONG_PASSWORD: u8 = 6;
const LOCKED: u8 = 7;
const FROZEN: u8 = 8;

/// All logins of the seed.
pub fn of(shape: &Shape) -> Vec<Login> {
    let start = shape.today - DAY * DAYS;
    let seen = |facts: &Facts| facts.last_login.filter(|at| *at >= start);
    let regulars = (0..shape.users).filter(|index| seen(&Facts::of(shape, *index)).is_some()).count() as u32;
    let mut logins = Vec::with_capacity(shape.logins as usize + shape.users as usize);
    let mut place = 0;
    for index in 0..shape.users {
        let facts = Facts::of(shape, index);
        if let Some(last) = seen(&facts) {
            let count = share(shape.logins, regulars, place, MOST, shape.seed).max(u32::from(shape.logins > 0));
            place += 1;
            successes(shape, index, last, facts.created.max(start), count, &mut logins);
        }
        if shape.logins > 0 && index != AUTOMATED {
            failures(shape, index, &facts, &mut logins);
        }
    }
    logins.sort_unstable();
    logins
}

/// The latest at the moment the user's record names, the others before it.
fn successes(shape: &Shape, index: u32, last: i64, first: i64, count: u32, out: &mut Vec<Login>) {
    let room = ((last - first) / 1000).max(1) as u64;
    for number in 0..count {
        let draw = mix(shape.seed ^ (u64::from(index) << 24) ^ u64::from(number));
        let at = if number == 0 { last } else { last - (draw % room) as i64 * 1000 };
        let kind = match (draw >> 40) % 10 {
            _ if index == INTEGRATION => PROGRAM,
            0..8 => (draw >> 48) as u8 % INTERACTIVE,
            other => PROGRAM + (other as u8 - 8),
        };
        out.push(Login { at: (at / 1000) as u32, user: index, kind });
    }
}

fn failures(shape: &Shape, index: u32, facts: &Facts, out: &mut Vec<Login>) {
    let draw = mix(shape.seed ^ (u64::from(index) << 28));
    let forgetful = draw.is_multiple_of(41);
    let count = if forgetful { FORGETFUL } else { facts.failed_logins as u32 };
    for number in 0..count {
        let minutes = (draw >> 16) % (9 * 1440) + u64::from(number) * 3;
        let at = shape.today - minutes as i64 * 60_000;
        let kind = match number {
            0..5 if facts.frozen => FROZEN,
            0..5 => WRONG_PASSWORD,
            _ => LOCKED,
        };
        out.push(Login { at: (at / 1000) as u32, user: index, kind });
    }
}
