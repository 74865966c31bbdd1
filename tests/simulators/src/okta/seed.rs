//! The org as it is at first: most people of the company, and the disorder of a company that has grown.

use super::options::{OktaOptions, Person};
use super::state::{App, Assignment, Event, Group, State, User};
use super::time::DAY;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Who authorizes apps: an administrator without another place in the company.
pub const ADMIN: &str = "okta.admin@acme.example";

const COUNTRIES: [&str; 4] = ["Germany", "United States", "Japan", "United Kingdom"];

/// An id as Okta's are: a prefix and 17 letters and digits.
pub fn id(seed: u64, prefix: &str, number: u64) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let hash = hash(seed, prefix, number);
    let letters = hash.iter().take(17).map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
    prefix.chars().chain(letters).collect()
}

fn hash(seed: u64, what: &str, number: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(what.as_bytes());
    hash.update(number.to_le_bytes());
    hash.finalize().into()
}

/// A number below `below` that follows from the seed.
fn dice(seed: u64, what: &str, number: usize, below: i64) -> i64 {
    let hash = hash(seed, what, number as u64);
    i64::from(u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]])) % below
}

/// The org of these people.
pub fn state(options: &OktaOptions, now: i64) -> State {
    let mut seeder = Seeder {
        seed: options.seed,
        now,
        state: State::default(),
        everyone: BTreeSet::new(),
        departments: BTreeMap::new(),
    };
    seeder.admin();
    options
        .people
        .iter()
        .enumerate()
        .filter(|(index, _)| index % 12 != 5)
        .for_each(|(index, person)| seeder.person(index, person));
    (0..options.people.len() / 20 + 2).for_each(|number| seeder.contractor(number));
    seeder.groups();
    seeder.apps();
    seeder.state
}

struct Seeder {
    seed: u64,
    now: i64,
    state: State,
    everyone: BTreeSet<String>,
    departments: BTreeMap<String, BTreeSet<String>>,
}

impl Seeder {
    fn admin(&mut self) {
        let profile = json!({ "login": ADMIN, "email": ADMIN, "firstName": "Olga", "lastName": "Keeper" });
        self.add(0, profile, "ACTIVE", 1_000, Some(1));
    }

    /// Every twelfth person of the other tool has no account; of the rest some are deactivated there only here, write their e-mail
    /// another way, or have a second account with the same e-mail.
    fn person(&mut self, index: usize, person: &Person) {
        let status = match index % 40 {
            3 | 17 | 29 => "DEPROVISIONED",
            7 => "SUSPENDED",
            11 => "STAGED",
            13 => "PROVISIONED",
            19 => "LOCKED_OUT",
            23 => "PASSWORD_EXPIRED",
            31 => "RECOVERY",
            _ => "ACTIVE",
        };
        let email = if index % 9 == 4 { capitalized(&person.email) } else { person.email.clone() };
        let mut profile = json!({
            "login": person.email.to_lowercase(), "email": email, "firstName": person.first, "lastName": person.last,
            "employeeNumber": person.employee_number, "department": person.department, "title": person.title, "organization": "Acme",
            "displayName": null, "mobilePhone": null, "secondEmail": null, "countryCode": (["DE", "US", "JP", "GB"][index % 4]),
            "badge": 1000 + index, "office": (["BER", "NYC", "TYO", "LON"][index % 4]),
        });
        if index % 7 == 2 {
            profile["contractEnd"] = "2027-06-30".into();
        }
        let never = matches!(status, "STAGED" | "PROVISIONED") || index % 14 == 6;
        let age = 40 + dice(self.seed, "age", index, 1_400);
        let idle = (!never).then(|| dice(self.seed, "idle", index, 200).min(age - 1));
        let id = self.add(index + 1, profile, status, age, idle);
        self.departments.entry(person.department.clone()).or_default().insert(id);
        if index % 50 == 1 {
            let login = format!("adm.{}", person.email.to_lowercase());
            let second = json!({ "login": login, "email": person.email, "firstName": person.first, "lastName": person.last, "userType": "Admin account" });
            self.add(1_000_000 + index, second, "ACTIVE", age, Some(3));
        }
    }

    fn contractor(&mut self, number: usize) {
        let login = format!("contractor{number}@contractors.example");
        let profile = json!({ "login": login, "email": login, "firstName": "Contractor", "lastName": format!("No. {number}"), "userType": "Contractor" });
        self.add(2_000_000 + number, profile, "ACTIVE", 100, Some(dice(self.seed, "contractor", number, 90)));
    }

    /// `age` and `idle` in days; `idle` is none of who never signed in.
    fn add(&mut self, number: usize, profile: Json, status: &'static str, age: i64, idle: Option<i64>) -> String {
        let id = id(self.seed, "00u", number as u64);
        let created = self.now - age * DAY;
        let last_login = idle.map(|days| self.now - days * DAY - dice(self.seed, "hour", number, DAY / 4));
        let profile = match profile {
            Json::Object(profile) => profile,
            _ => Map::new(),
        };
        let changed = last_login.unwrap_or(created);
        let user = User {
            id: id.clone(),
            status,
            becoming: None,
            profile,
            created,
            activated: (status != "STAGED").then_some(created),
            status_changed: (status != "STAGED").then_some(changed),
            last_login,
            last_updated: changed,
            password_changed: (!matches!(status, "STAGED" | "PROVISIONED" | "DEPROVISIONED")).then_some(created),
            provider: if number % 5 == 2 { "ACTIVE_DIRECTORY" } else { "OKTA" },
            sessions: u32::from(status == "ACTIVE" && last_login.is_some()),
        };
        self.sign_ins(number, &user);
        self.everyone.insert(id.clone());
        self.state.users.insert(id.clone(), user);
        id
    }

    /// As far back as the log goes: the last one, some before it, and failed ones of every sixth.
    fn sign_ins(&mut self, number: usize, user: &User) {
        let Some(last) = user.last_login else { return };
        for turn in 0..4_i64 {
            let published = last - turn * (5 * DAY + dice(self.seed, "turn", number, DAY));
            if published < self.now - 90 * DAY || published < user.created {
                break;
            }
            let reason = (number.is_multiple_of(6) && turn == 1).then_some("INVALID_CREDENTIALS");
            self.state.log(event(user, self.seed, number as u64 * 8 + turn.unsigned_abs(), published, reason));
        }
    }

    fn group(&mut self, number: u64, name: &str, kind: &'static str, members: BTreeSet<String>) -> String {
        let id = id(self.seed, "00g", number);
        let created = self.now - 900 * DAY;
        let description = (kind == "OKTA_GROUP").then(|| format!("{name}, managed in Okta"));
        let group = Group {
            id: id.clone(),
            name: name.into(),
            description,
            kind,
            source: None,
            created,
            members_changed: created + 100 * DAY,
            members,
        };
        self.state.groups.insert(id.clone(), group);
        id
    }

    fn groups(&mut self) {
        let third = |users: &BTreeSet<String>| users.iter().step_by(3).cloned().collect();
        let everyone = self.everyone.clone();
        self.group(0, "Everyone", "BUILT_IN", everyone.clone());
        self.group(1, "VPN", "OKTA_GROUP", third(&everyone));
        for (number, name) in ["Project Phoenix", "Legacy Wiki editors", "Interns 2019"].into_iter().enumerate() {
            self.group(2 + number as u64, name, "OKTA_GROUP", BTreeSet::new());
        }
        for (number, (department, members)) in std::mem::take(&mut self.departments).into_iter().enumerate() {
            self.group(10 + number as u64, &department, "OKTA_GROUP", members);
        }
        let directory = self.group(5, "CORP\\Domain Users", "APP_GROUP", third(&everyone));
        if let Some(group) = self.state.groups.get_mut(&directory) {
            group.source = Some(id(self.seed, "0oa", 0));
        }
    }

    fn apps(&mut self) {
        const PUSH: &[&str] = &["PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION"];
        self.app(
            0,
            "active_directory",
            "corp.acme.example",
            "ACTIVE",
            "SECURE_PASSWORD_STORE",
            &["IMPORT_NEW_USERS"],
            &[],
        );
        self.app(1, "salesforce", "Salesforce", "ACTIVE", "SAML_2_0", PUSH, &["Sales", "Customer Support"]);
        self.app(2, "slack", "Slack", "ACTIVE", "SAML_2_0", PUSH, &["Everyone"]);
        self.app(3, "githubcloud", "GitHub", "ACTIVE", "SAML_2_0", &[], &["Engineering", "VPN"]);
        self.app(4, "bookmark", "Canteen menu", "ACTIVE", "BOOKMARK", &[], &[]);
        self.app(5, "oidc_client", "Expense Tracker", "ACTIVE", "OPENID_CONNECT", &[], &[]);
        self.app(6, "oidc_client", "Old CRM", "ACTIVE", "OPENID_CONNECT", &[], &["Interns 2019"]);
        self.app(7, "template_saml_2_0", "Legacy Wiki", "INACTIVE", "SAML_2_0", &[], &["Legacy Wiki editors"]);
        // Some have one directly.
        let menu = id(self.seed, "0oa", 4);
        let direct: Vec<String> = self.alive().step_by(7).collect();
        if let Some(app) = self.state.apps.get_mut(&menu) {
            let created = self.now - 60 * DAY;
            app.assigned.extend(direct.into_iter().map(|user| (user, Assignment { scope: "USER", created })));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a row of the table above")]
    fn app(
        &mut self,
        number: u64,
        name: &'static str,
        label: &str,
        status: &'static str,
        sign_on: &'static str,
        features: &'static [&'static str],
        groups: &[&str],
    ) {
        let id = id(self.seed, "0oa", number);
        let created = self.now - 800 * DAY;
        let given: Vec<&Group> =
            self.state.groups.values().filter(|group| groups.contains(&group.name.as_str())).collect();
        let members: BTreeSet<&String> = given.iter().flat_map(|group| &group.members).collect();
        let alive = self.alive().filter(|user| members.contains(user));
        let app = App {
            id: id.clone(),
            name,
            label: label.into(),
            status,
            sign_on,
            features,
            created,
            groups: given.iter().map(|group| group.id.clone()).collect(),
            assigned: alive.map(|user| (user, Assignment { scope: "GROUP", created })).collect(),
        };
        self.state.apps.insert(id, app);
    }

    fn alive(&self) -> impl Iterator<Item = String> + '_ {
        self.state.users.values().filter(|user| user.status != "DEPROVISIONED").map(|user| user.id.clone())
    }
}

/// A sign-in of a user.
pub fn event(user: &User, seed: u64, number: u64, published: i64, reason: Option<&'static str>) -> Event {
    let hash = hash(seed, "event", number);
    let hex = hex::encode(&hash[..16]);
    Event {
        uuid: format!("{}-{}-11ef-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..28]),
        published,
        user: user.id.clone(),
        login: user.text("login").to_owned(),
        name: format!("{} {}", user.text("firstName"), user.text("lastName")),
        reason,
        ip: format!("198.51.100.{}", hash[16]),
        country: COUNTRIES[usize::from(hash[17]) % COUNTRIES.len()],
    }
}

/// `Ada.Byron@Acme.Example`.
fn capitalized(email: &str) -> String {
    let mut begins = true;
    let letter = |letter: char| {
        let written = if begins { letter.to_ascii_uppercase() } else { letter };
        begins = matches!(letter, '.' | '@');
        written
    };
    email.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_org_with_its_disorder() {
        let options = OktaOptions::default();
        let (one, other) = (state(&options, 1_800_000_000_000), state(&options, 1_800_000_000_000));
        assert_eq!(one.users.keys().collect::<Vec<_>>(), other.users.keys().collect::<Vec<_>>());
        let users: Vec<&User> = one.users.values().collect();
        let emails: Vec<&str> = users.iter().map(|user| user.text("email")).collect();
        let known = |person: &Person| emails.iter().any(|email| email.eq_ignore_ascii_case(&person.email));
        assert!(options.people.iter().any(|person| !known(person)), "somebody is only elsewhere");
        assert!(users.iter().any(|user| user.status == "DEPROVISIONED"));
        assert!(emails.iter().any(|email| email.chars().any(char::is_uppercase)));
        assert!(
            emails.iter().any(|email| emails.iter().filter(|other| *other == email).count() == 2),
            "one e-mail, two accounts"
        );
        assert!(one.groups.values().any(|group| group.kind == "OKTA_GROUP" && group.members.is_empty()));
        assert!(one.apps.values().any(|app| app.status == "ACTIVE" && app.assigned.is_empty()));
        assert!(one.events.values().any(|event| event.reason.is_some()));
        assert_eq!(capitalized("ada.byron@acme.example"), "Ada.Byron@Acme.Example");
    }
}
