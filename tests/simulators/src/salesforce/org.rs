//! The org's state, and the handle by which tests look at it and change it.

use super::access::Access;
use super::api::{Cursors, Jobs};
use super::change::{Change, id_in};
use super::data::Data;
use super::data::shape::{INTEGRATION, SMALLEST, Shape};
use super::faults::{Fault, Faults, Gate};
use super::id::{self, Id};
use super::journal::{Entry, Journal};
use super::oauth::{self, Auth, Params};
use super::options::OrgOptions;
use super::schema::{F, Object, Permissions};
use super::soql;
use super::sync::{lock, read, write};
use super::time::{Clock, DAY};
use super::value::Value;
use anyhow::{Context, anyhow, bail};
use serde_json::Value as Json;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

/// Permission set assignments of a user, the one of the profile included, unless the options say how many there are.
const ASSIGNMENTS_EACH: u32 = 3;
/// Logins of a user in half a year, likewise.
const LOGINS_EACH: u32 = 5;
/// One user in so many let an app act for it.
const USERS_A_TOKEN: u32 = 2;

/// Everything behind the server. Locks are taken in this order, and left in any: `writing`, `auth`, `data`, the rest.
pub struct Inner {
    pub options: OrgOptions,
    pub url: String,
    pub clock: Arc<Clock>,
    /// Held for a whole call that writes, so that a transaction can be rolled back.
    pub writing: Mutex<()>,
    pub auth: Mutex<Auth>,
    pub data: RwLock<Data>,
    pub cursors: Mutex<Cursors>,
    pub jobs: Mutex<Jobs>,
    pub settings: Mutex<Settings>,
    pub faults: Faults,
    pub journal: Journal,
}

/// What a test can turn while the org runs.
#[derive(Debug)]
pub struct Settings {
    pub daily_requests: u64,
    pub requests_used: u64,
    pub session_requests: Option<u64>,
    pub session_lifetime: Option<Duration>,
    /// Off: API_DISABLED_FOR_ORG.
    pub api_enabled: bool,
    /// User names for whom an administrator approved the app's JWT bearer flow; `None`: every active user's.
    pub jwt_users: Option<Vec<String>>,
    /// Off: "app must be installed into org", for every flow.
    pub app_installed: bool,
    /// Whether the revoke endpoint refuses in JSON instead of a form. Nobody has said when Salesforce does.
    pub revoke_answers_json: bool,
    /// How often a Bulk job is seen in progress before it is complete.
    pub bulk_polls: u32,
    /// What the next Bulk job fails with.
    pub bulk_failure: Option<String>,
    /// Bulk query jobs in 24 hours.
    pub daily_bulk_jobs: u64,
    pub bulk_jobs_used: u64,
    hidden: HashMap<u32, Arc<BTreeSet<(Object, F)>>>,
}

impl Inner {
    pub(super) fn new(options: OrgOptions, url: String) -> Inner {
        let clock = Arc::new(Clock::new(options.now));
        let users = options.users.max(SMALLEST + options.admins);
        let shape = Shape {
            seed: options.seed,
            users,
            roles: options.roles.max(1),
            admins: options.admins.max(1),
            permission_set_assignments: options.permission_set_assignments.unwrap_or(users * ASSIGNMENTS_EACH),
            logins: options.logins.unwrap_or(users * LOGINS_EACH),
            oauth_tokens: options.oauth_tokens.unwrap_or(users / USERS_A_TOKEN),
            pod: id::pod_of(options.seed),
            today: clock.now().div_euclid(DAY) * DAY,
        };
        let settings = Settings {
            daily_requests: options.daily_requests,
            requests_used: 0,
            session_requests: options.session_requests,
            session_lifetime: options.session_lifetime,
            api_enabled: true,
            jwt_users: None,
            app_installed: true,
            revoke_answers_json: false,
            bulk_polls: 1,
            bulk_failure: None,
            daily_bulk_jobs: 10_000,
            bulk_jobs_used: 0,
            hidden: HashMap::new(),
        };
        let mut data = Data::new(shape, Arc::clone(&clock));
        data.permissions.insert(INTEGRATION, options.permissions);
        Inner {
            url,
            clock,
            writing: Mutex::new(()),
            auth: Mutex::new(Auth::new(options.seed)),
            data: RwLock::new(data),
            cursors: Mutex::default(),
            jobs: Mutex::default(),
            settings: Mutex::new(settings),
            faults: Faults::default(),
            journal: Journal::default(),
            options,
        }
    }

    /// The rights of a user, as they are now.
    pub fn access(&self, user: u32) -> Access {
        let permissions = read(&self.data).permissions_of(user);
        let settings = lock(&self.settings);
        Access { user, permissions, hidden: settings.hidden.get(&user).cloned().unwrap_or_default() }
    }
}

/// A handle to a running org: look at it, change it behind the connection's back, ask for trouble.
#[derive(Clone)]
pub struct Org(pub(super) Arc<Inner>);

impl Org {
    /// What a query answers to an administrator: the records as the API would send them, all pages in one. Not journaled, not counted.
    pub fn query(&self, soql: &str) -> anyhow::Result<Vec<Json>> {
        let data = read(&self.0.data);
        let (plan, found) = self.found(&data, soql)?;
        if let Some(grouping) = &plan.grouping {
            let groups = soql::groups(&data, &plan, grouping, &found).map_err(|fail| anyhow!(fail.message))?;
            return groups.iter().map(|group| Ok(serde_json::from_slice(group)?)).collect();
        }
        let columns = plan.columns.context("COUNT() has no records: use Org::count")?;
        let mut records = Vec::new();
        for row in found.page(0, usize::MAX).into_iter().filter_map(|number| data.row(plan.object, number)) {
            let mut out = Vec::new();
            soql::write_record(&mut out, "/services/data/v67.0", &row, &columns);
            records.push(serde_json::from_slice(&out)?);
        }
        Ok(records)
    }

    /// How many records a query finds, as an administrator would see it.
    pub fn count(&self, soql: &str) -> anyhow::Result<usize> {
        let data = read(&self.0.data);
        Ok(self.found(&data, soql)?.1.len())
    }

    fn found(&self, data: &Data, text: &str) -> anyhow::Result<(soql::Plan, soql::Found)> {
        let access = Access { user: data.shape.admins().start, permissions: Permissions::ALL, hidden: Arc::default() };
        let scope = soql::Scope {
            data,
            access: &access,
            version: super::api::NEWEST_VERSION,
            now: self.0.clock.now(),
            tooling: false,
        };
        let query = soql::parse(text).map_err(|fail| anyhow!(fail.message))?;
        let plan = soql::plan(text, &query, &scope).map_err(|fail| anyhow!(fail.message))?;
        let found = soql::run(data, &plan);
        Ok((plan, found))
    }

    /// One field of one record, by the id of the record; null when it is empty.
    pub fn field(&self, id: &str, field: &str) -> anyhow::Result<Json> {
        let (object, id) = self.find(id)?;
        let field = object.field(field).with_context(|| format!("{} has no field {field}", object.name()))?;
        let data = read(&self.0.data);
        let row = data.row(object, id.number).context("the record was deleted")?;
        let mut out = Vec::new();
        row.get(field.key).write(&mut out);
        Ok(serde_json::from_slice(&out)?)
    }

    /// Changes a record as an administrator in Salesforce's own pages would; its rules hold.
    pub fn change(&self, id: &str, fields: &Json) -> anyhow::Result<()> {
        let _writing = lock(&self.0.writing);
        let (object, id) = self.find(id)?;
        let body = fields.as_object().context("the fields to change must be an object")?;
        let mut data = write(&self.0.data);
        let access = Access { user: data.shape.admins().start, permissions: Permissions::ALL, hidden: Arc::default() };
        let mut change = Change { data: &mut data, access: &access, now: self.0.clock.stamp() };
        change.update(object, id.number, body).map_err(|fail| anyhow!("{}: {}", fail.code, fail.message))
    }

    fn find(&self, text: &str) -> anyhow::Result<(Object, Id)> {
        let key = id::parse_key(text).with_context(|| format!("{text} is not an id"))?;
        let object = id::object_of(&key).with_context(|| format!("{text} is an id of an unknown object"))?;
        let id = id_in(&read(&self.0.data), object, text).map_err(|fail| anyhow!(fail.message))?;
        Ok((object, id.with_context(|| format!("there is no record {text}"))?))
    }

    /// Number of a user by id.
    fn user(&self, id: &str) -> anyhow::Result<u32> {
        match self.find(id)? {
            (Object::User, id) => Ok(id.number),
            _ => bail!("{id} is not a user"),
        }
    }

    fn user_id(&self, number: u32) -> String {
        read(&self.0.data).id(Object::User, number).to_string()
    }

    /// Id of the organization.
    pub fn organization(&self) -> String {
        read(&self.0.data).id(Object::Organization, 0).to_string()
    }

    /// Id of the user the connection runs as unless somebody else allows it.
    pub fn integration_user(&self) -> String {
        self.user_id(INTEGRATION)
    }

    /// Ids of the seeded administrators.
    pub fn admins(&self) -> Vec<String> {
        let admins = read(&self.0.data).shape.admins();
        admins.map(|number| self.user_id(number)).collect()
    }

    /// Ids of users who stand in the hierarchy field of others and so cannot be deactivated.
    pub fn hierarchy_users(&self) -> Vec<String> {
        let approvers = read(&self.0.data).shape.approvers();
        approvers.map(|number| self.user_id(number)).collect()
    }

    /// Id of the default owner of cases, who cannot be deactivated.
    pub fn default_case_owner(&self) -> Option<String> {
        let owner = read(&self.0.data).default_case_owner;
        owner.map(|number| self.user_id(number))
    }

    /// Makes somebody else the default owner of cases, or nobody.
    pub fn set_default_case_owner(&self, user: Option<&str>) -> anyhow::Result<()> {
        let number = user.map(|id| self.user(id)).transpose()?;
        write(&self.0.data).default_case_owner = number;
        Ok(())
    }

    /// Id of the default workflow user, who cannot be deactivated.
    pub fn workflow_user(&self) -> Option<String> {
        let user = read(&self.0.data).workflow_user;
        user.map(|number| self.user_id(number))
    }

    /// How many seats a licence has: a user licence by its name, one for permission sets by its label, one of a package by its namespace.
    pub fn set_total_licenses(&self, license: &str, total: i64) -> anyhow::Result<()> {
        let _writing = lock(&self.0.writing);
        let mut data = write(&self.0.data);
        let kinds = [
            (Object::UserLicense, F::Name, F::TotalLicenses),
            (Object::PermissionSetLicense, F::MasterLabel, F::TotalLicenses),
            (Object::PackageLicense, F::NamespacePrefix, F::AllowedLicenses),
        ];
        let found = kinds.into_iter().find_map(|(object, name, total)| {
            let row = data.rows(object).find(|row| row.get(name).shown() == license)?;
            Some((object, row.number, total))
        });
        let (object, number, key) = found.with_context(|| format!("there is no licence {license}"))?;
        data.set(object, number, vec![(key, Value::Int(total))]);
        Ok(())
    }

    /// What a user may do from now on.
    pub fn set_permissions(&self, user: &str, permissions: Permissions) -> anyhow::Result<()> {
        let number = self.user(user)?;
        write(&self.0.data).permissions.insert(number, permissions);
        Ok(())
    }

    /// Hides a field from a user (field-level security).
    pub fn hide_field(&self, user: &str, object: Object, field: &str) -> anyhow::Result<()> {
        let number = self.user(user)?;
        let field = object.field(field).with_context(|| format!("{} has no field {field}", object.name()))?;
        let mut settings = lock(&self.0.settings);
        Arc::make_mut(settings.hidden.entry(number).or_default()).insert((object, field.key));
        Ok(())
    }

    /// An access token of a user, without the OAuth dance; `None`: of the integration user.
    pub fn open_session(&self, user: Option<&str>) -> anyhow::Result<String> {
        let number = user.map_or(Ok(INTEGRATION), |id| self.user(id))?;
        let organization = self.organization();
        Ok(lock(&self.0.auth).add_session(&organization, number, None))
    }

    /// Presses "Allow" on the authorization page at `address` and answers where it leads: the callback with its code. `user` is a user name.
    pub fn allow(&self, address: &str, user: Option<&str>) -> anyhow::Result<String> {
        self.press(address, "allow", user)
    }

    /// Presses "Deny".
    pub fn deny(&self, address: &str) -> anyhow::Result<String> {
        self.press(address, "deny", None)
    }

    fn press(&self, address: &str, decision: &str, user: Option<&str>) -> anyhow::Result<String> {
        let mut address = url::Url::parse(address)?;
        address.query_pairs_mut().append_pair("decision", decision);
        if let Some(user) = user {
            address.query_pairs_mut().append_pair("user", user);
        }
        let answer = oauth::decide(&self.0, &Params::parse(address.query().unwrap_or_default().as_bytes()));
        let location = answer.headers.iter().find(|(name, _)| *name == "location").map(|(_, to)| to.clone());
        location.with_context(|| String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// Ends every session: the next call of each gets 401, a refresh works.
    pub fn expire_sessions(&self) {
        lock(&self.0.auth).end_sessions();
    }

    /// Ends every grant: refreshing gets invalid_grant.
    pub fn revoke_grants(&self) {
        let mut auth = lock(&self.0.auth);
        auth.end_grants();
        self.0.show_grants(&auth, None, None);
    }

    /// How many grants of apps still stand.
    pub fn grants(&self) -> usize {
        lock(&self.0.auth).grants()
    }

    /// Turns what can be turned while the org runs.
    pub fn settings<T>(&self, turn: impl FnOnce(&mut Settings) -> T) -> T {
        turn(&mut lock(&self.0.settings))
    }

    /// Queues trouble for the next call that matches: `GET /services/data/*/query`, `* /services/**`.
    pub fn fault(&self, pattern: &str, fault: Fault) {
        self.0.faults.add(pattern, fault, 1);
    }

    /// Queues trouble for the next `times` calls that match.
    pub fn fault_times(&self, pattern: &str, times: u32, fault: Fault) {
        self.0.faults.add(pattern, fault, times);
    }

    /// Holds the next call that matches until the gate is opened.
    pub fn hold(&self, pattern: &str) -> Gate {
        let gate = Gate::new();
        self.0.faults.add(pattern, Fault::Hold(gate.clone()), 1);
        gate
    }

    /// How many queued faults nobody has met: a test should end with none.
    pub fn faults_left(&self) -> u32 {
        self.0.faults.left()
    }

    /// Forgets queued faults and opens every gate.
    pub fn clear_faults(&self) {
        self.0.faults.clear();
    }

    /// Every call so far, oldest first.
    pub fn journal(&self) -> Vec<Entry> {
        self.0.journal.entries()
    }

    /// The same as JSON lines.
    pub fn journal_lines(&self) -> String {
        self.0.journal.lines()
    }

    /// How many calls matched a pattern.
    pub fn calls(&self, pattern: &str) -> usize {
        self.0.journal.count(pattern)
    }

    /// Calls of paths or methods that do not exist: a test should end with none.
    pub fn unexpected(&self) -> Vec<Entry> {
        self.journal().into_iter().filter(|entry| entry.unexpected).collect()
    }
}
