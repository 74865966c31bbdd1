//! Every object of the Salesforce guest against the simulated org: whole, in order, in bulk and page by page, and what is said when
//! something may not be read.

use super::*;
use std::collections::BTreeSet;
use weft::domain::Row;

const QUERY: &str = "GET /services/data/*/query";
const JOBS: &str = "POST /services/data/*/jobs/query";
const JOB: &str = "GET /services/data/*/jobs/query/*";
const RESULTS: &str = "GET /services/data/*/jobs/query/*/results";
const END: &str = "DELETE /services/data/*/jobs/query/*";

/// Everything that the pages of a fetch gave.
#[derive(Default)]
struct Fetched {
    rows: Vec<Row>,
    incomplete: BTreeSet<String>,
}

impl Fetched {
    fn keys(&self) -> Vec<&str> {
        self.rows.iter().map(|row| &*row.key).collect()
    }

    fn is_in_order(&self) -> bool {
        self.rows.is_sorted_by(|left, right| left.key < right.key)
    }
}

impl Stage {
    /// All pages, as the host fetches them: what asks to wait is asked again.
    async fn fetch(&self, object: &str, fields: &[Field], hints: &FetchRequest) -> Result<Fetched, Fault> {
        let key = self.guest.description().object(&object.into()).unwrap().key.clone();
        let mut request = FetchRequest { object: object.into(), fields: fields.to_vec(), key, ..hints.clone() };
        let mut fetched = Fetched::default();
        loop {
            match self.guest.fetch(&self.access, request.clone()).await {
                Ok(page) => {
                    fetched.rows.extend(page.rows);
                    fetched.incomplete.extend(page.incomplete);
                    request.after = page.next;
                }
                Err(fault) if fault.code == "bulk-job" => continue,
                Err(fault) => return Err(fault),
            }
            if request.after.is_none() {
                return Ok(fetched);
            }
        }
    }

    async fn whole(&self, object: &str) -> Fetched {
        self.fetch(object, &self.fields(object).await, &hints(None)).await.unwrap()
    }

    fn forbid(&self, missing: &[Permission]) {
        let held = missing.iter().fold(Permissions::ALL, |held, permission| held.without(*permission));
        self.org.set_permissions(&self.org.integration_user(), held).unwrap();
    }
}

fn hints(estimate: Option<u32>) -> FetchRequest {
    FetchRequest {
        object: "".into(),
        fields: Vec::new(),
        key: String::new(),
        after: None,
        keys: Vec::new(),
        page_size: 2000,
        since: None,
        estimate,
    }
}

fn refuse(code: &'static str) -> Trouble {
    Trouble::Refuse { status: 400, code, message: "as a test wants it" }
}

fn at(fields: &[Field], name: &str) -> usize {
    fields.iter().position(|field| field.name == name).unwrap_or_else(|| panic!("{name}"))
}

#[tokio::test]
async fn every_object_comes_whole_and_in_the_order_it_promises() {
    let stage = Stage::new(OrgOptions { users: 300, page_rows: 170, ..OrgOptions::default() }).await;
    let report = stage.check().await;
    for object in &stage.guest.description().objects {
        let found = access_to(&report, object.name.as_str());
        assert_eq!(found.access, AccessLevel::Full, "{}: {:?}", object.name, found.permission);
        assert!(found.hidden.is_empty(), "{}: {:?}", object.name, found.hidden);
        let fetched = stage.whole(object.name.as_str()).await;
        assert_eq!(Some(fetched.rows.len() as u32), found.estimate, "{}", object.name);
        assert!(!fetched.rows.is_empty(), "{}", object.name);
        assert!(fetched.incomplete.is_empty(), "{}: {:?}", object.name, fetched.incomplete);
        assert!(!object.ordered || fetched.is_in_order(), "{}", object.name);
        let keys: BTreeSet<&str> = fetched.keys().into_iter().collect();
        assert_eq!(keys.len(), fetched.rows.len(), "{}: each once", object.name);
    }
    stage.end().await;
}

#[tokio::test]
async fn kinds_of_licence_are_one_object_and_hold_together() {
    let stage = Stage::small().await;
    let (fields, licences) = (stage.fields("License").await, stage.whole("License").await);
    let texts = |fetched: &Fetched, fields: &[Field], name: &str| -> BTreeSet<String> {
        let at = at(fields, name);
        fetched.rows.iter().filter_map(|row| row.values[at].as_text().map(str::to_owned)).collect()
    };
    assert_eq!(texts(&licences, &fields, "Kind"), ["package", "permission-set", "user"].map(str::to_owned).into());
    let (of, assignments) = (stage.fields("LicenseAssignment").await, stage.whole("LicenseAssignment").await);
    let known: BTreeSet<String> = licences.keys().into_iter().map(str::to_owned).collect();
    let held = texts(&assignments, &of, "LicenseId");
    assert!(!held.is_empty() && held.is_subset(&known), "{:?}", held.difference(&known));
    let (total, used, free) = (at(&fields, "Total"), at(&fields, "Used"), at(&fields, "Available"));
    for row in &licences.rows {
        match (&row.values[total], &row.values[used], &row.values[free]) {
            (Value::Int(total), Value::Int(used), Value::Int(free)) => assert_eq!(*free, (total - used).max(0)),
            (Value::Null, Value::Int(_), Value::Null) => {}
            other => panic!("{other:?}"),
        }
    }
    stage.end().await;
}

#[tokio::test]
async fn groups_packages_and_tokens_have_names_versions_and_no_secrets() {
    let stage = Stage::new(OrgOptions { oauth_tokens: Some(3_100), ..OrgOptions::default() }).await;
    let (fields, groups) = (stage.fields("Group").await, stage.whole("Group").await);
    assert!(groups.rows.iter().all(|row| row.values[at(&fields, "DisplayName")].as_text().is_some()));
    let (fields, packages) = (stage.fields("Package").await, stage.whole("Package").await);
    let versions = packages.rows.iter().filter_map(|row| row.values[at(&fields, "Version")].as_text());
    assert!(versions.clone().count() > 0 && versions.clone().all(|version| version.split('.').count() == 3));

    let tokens = stage.whole("OauthToken").await;
    assert_eq!(tokens.rows.len(), stage.org.count("SELECT COUNT() FROM OauthToken").unwrap());
    assert!(tokens.rows.len() > 2_500 && tokens.incomplete.is_empty());
    assert!(tokens.keys().iter().all(|key| key.len() == 64));
    let secrets = stage.org.query("SELECT DeleteToken FROM OauthToken LIMIT 50").unwrap();
    let text = format!("{:?}", tokens.rows);
    assert!(secrets.iter().all(|row| !text.contains(row["DeleteToken"].as_str().unwrap())));
    // One token by its key.
    let request = FetchRequest {
        object: "OauthToken".into(),
        fields: stage.fields("OauthToken").await,
        key: "Key".into(),
        keys: vec![tokens.rows[3_000].key.to_string()],
        ..hints(None)
    };
    let page = stage.guest.fetch(&stage.access, request).await.unwrap();
    assert_eq!(page.rows, [tokens.rows[3_000].clone()]);
    stage.end().await;
}

#[tokio::test]
async fn a_bulk_job_gives_the_same_rows_as_pages() {
    let mut stage = Stage::new(OrgOptions { users: 400, ..OrgOptions::default() }).await;
    stage.access.config = r#"{"bulk_threshold":"300"}"#.into();
    for (jobs, object) in ["User", "PermissionSetAssignment", "UserLogin", "LoginHistory"].into_iter().enumerate() {
        let fields = stage.fields(object).await;
        let pages = stage.fetch(object, &fields, &hints(None)).await.unwrap();
        let count = u32::try_from(pages.rows.len()).unwrap();
        assert!(count >= 300, "{object}: {count}");
        let bulk = stage.fetch(object, &fields, &hints(Some(count))).await.unwrap();
        assert_eq!(bulk.rows, pages.rows, "{object}");
        assert_eq!(stage.org.calls(JOBS), jobs + 1, "{object}");
        assert_eq!(stage.org.calls(END), jobs + 1, "{object}: the job is tidied away");
    }
    stage.end().await;
}

#[tokio::test]
async fn what_salesforce_refuses_in_bulk_comes_page_by_page() {
    let mut stage = Stage::new(OrgOptions { users: 400, bulk_login_history: false, ..OrgOptions::default() }).await;
    stage.access.config = r#"{"bulk_threshold":"300"}"#.into();
    let large = hints(Some(1_000));
    for (object, pattern, code) in [
        ("User", JOBS, "INVALIDENTITY"),
        ("User", JOBS, "LIMIT_EXCEEDED"),
        ("User", JOB, "NOT_FOUND"),
        ("UserLogin", RESULTS, "API_ERROR"),
    ] {
        let pages = stage.whole(object).await;
        stage.org.fault(pattern, refuse(code));
        let fields = stage.fields(object).await;
        let fetched = stage.fetch(object, &fields, &large).await.unwrap();
        assert_eq!(fetched.rows, pages.rows, "{object}: {code}");
        assert_eq!(stage.org.faults_left(), 0, "{object}: {code}");
    }
    let (pages, fields) = (stage.whole("LoginHistory").await, stage.fields("LoginHistory").await);
    assert_eq!(stage.fetch("LoginHistory", &fields, &large).await.unwrap().rows, pages.rows);
    stage.end().await;
}

#[tokio::test]
async fn logins_that_take_too_long_are_asked_for_in_shorter_spans_and_stay_in_order() {
    let stage = Stage::new(OrgOptions { users: 120, page_rows: 60, ..OrgOptions::default() }).await;
    let (fields, all) = (stage.fields("LoginHistory").await, stage.whole("LoginHistory").await);
    stage.org.fault_times(QUERY, 7, refuse("QUERY_TIMEOUT"));
    let slow = stage.fetch("LoginHistory", &fields, &hints(None)).await.unwrap();
    assert_eq!(slow.rows, all.rows);

    // From the newest but one on, with the overlap of a day.
    let time = at(&fields, "LoginTime");
    let mut times: Vec<i64> = all.rows.iter().map(|row| micros(&row.values[time])).collect();
    times.sort_unstable();
    let since = times[times.len() - 2];
    let new = stage.fetch("LoginHistory", &fields, &FetchRequest { since: Some(since), ..hints(None) }).await.unwrap();
    let day = 86_400_000_000;
    let expected: Vec<Row> = all
        .rows
        .iter()
        .filter(|row| micros(&row.values[time]) >= (since - day) / 1_000_000 * 1_000_000)
        .cloned()
        .collect();
    assert!(new.rows.len() < all.rows.len());
    assert_eq!(new.rows, expected);
    stage.end().await;
}

fn micros(value: &Value) -> i64 {
    match value {
        Value::Time(micros) => *micros,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_may_not_be_read_is_named_and_the_rest_is_read() {
    let stage = Stage::small().await;
    stage.forbid(&[
        Permission::ManageUsers,
        Permission::MonitorLoginHistory,
        Permission::CustomizeApplication,
        Permission::InstallPackaging,
        Permission::ManagePackageLicenses,
    ]);
    let report = stage.check().await;
    for (object, level, permission) in [
        ("LoginHistory", AccessLevel::OwnRows, "\"Manage Users\" or \"Monitor Login History\""),
        ("OauthToken", AccessLevel::OwnRows, "\"Customize Application\""),
        ("UserLogin", AccessLevel::None, "\"Manage Users\""),
        ("Package", AccessLevel::Full, "\"Download AppExchange Packages\""),
    ] {
        let found = access_to(&report, object);
        assert_eq!(found.access, level, "{object}: {:?}", found.permission);
        assert!(found.permission.as_ref().unwrap().contains(permission), "{object}: {:?}", found.permission);
    }
    let packages = stage.whole("Package").await;
    assert!(packages.incomplete.iter().any(|gap| gap.contains("installed packages")), "{:?}", packages.incomplete);
    let logins = stage.fields("UserLogin").await;
    let fault = stage.fetch("UserLogin", &logins, &hints(None)).await.err().unwrap();
    assert_eq!(fault.class, ErrorClass::Forbidden);
    assert!(fault.message.contains("\"Manage Users\""), "{}", fault.message);
    stage.end().await;
}

#[tokio::test]
async fn fetching_stops_at_its_share_of_the_daily_requests() {
    let mut stage = Stage::new(OrgOptions { users: 100, daily_requests: 200, ..OrgOptions::default() }).await;
    let fields = stage.fields("User").await;
    stage.access.config = r#"{"api_budget_percent":"10"}"#.into();
    let fault = stage.fetch("User", &fields, &hints(None)).await.err().unwrap();
    assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::Exhausted, "api-budget"));
    assert!(fault.message.contains("of the 200 API requests"), "{}", fault.message);
    // Live records, on which actions rest, are read all the same.
    let keys = vec![stage.people()[0].clone()];
    let request = FetchRequest { object: "User".into(), fields, key: "Id".into(), keys, ..hints(None) };
    assert_eq!(stage.guest.fetch(&stage.access, request).await.unwrap().rows.len(), 1);
    stage.end().await;
}
