//! The Salesforce guest through the real plugin host against the simulated org: what it fetches, plans, changes and admits.

use crate::sessions::Sessions;
use secrecy::SecretBox;
use serde_json::{Map, json};
use std::path::Path;
use std::sync::Arc;
use weft::domain::{
    Call, Change, ConnectionId, ErrorClass, Fault, Field, ObjectName, RunCall, RunResult, RunTarget, Target,
    TargetOutcomeKind, TargetPlan, Value, VerdictKind, WorkspaceId,
};
use weft::plugins::{
    Access, AccessLevel, EgressSettings, FetchRequest, Integration, ObjectAccess, Page, PluginSettings, Plugins, Report,
};
use weft_simulators::salesforce::{Fault as Trouble, Object, Org, OrgOptions, Permission, Permissions, Salesforce};

mod actions;
mod reading;

const PATCH: &str = "PATCH /services/data/*/composite/sobjects";

/// The guest, connected to an org of its own.
struct Stage {
    guest: Integration,
    server: Salesforce,
    org: Org,
    access: Access,
}

impl Stage {
    async fn new(options: OrgOptions) -> Self {
        let server = Salesforce::start(options).await.unwrap();
        let place = server.url().trim_start_matches("http://").parse().unwrap();
        let plugins = Plugins::start(PluginSettings {
            cache_dir: Path::new(env!("CARGO_TARGET_TMPDIR")).join("guest-code"),
            cache_key: SecretBox::new(Box::new([7; 32])),
            max_instances: 4,
            egress: EgressSettings { allow_private: vec![place], ..EgressSettings::default() },
        })
        .unwrap();
        let (_, component) = weft_bundled::BUNDLED.iter().find(|(id, _)| *id == "salesforce").unwrap();
        let guest = plugins.load(component.to_vec()).await.unwrap();
        let org = server.org();
        let sessions = org.clone();
        let credentials = Sessions::new(server.url(), move || sessions.open_session(None).unwrap());
        let access = Access {
            workspace: WorkspaceId::from("T1"),
            connection: ConnectionId::from("c1"),
            config: "{}".into(),
            credentials: Arc::new(credentials),
        };
        Self { guest, server, org, access }
    }

    async fn small() -> Self {
        Self::new(OrgOptions { users: 120, ..OrgOptions::default() }).await
    }

    async fn check(&self) -> Report {
        self.guest.check(&self.access).await.unwrap()
    }

    async fn fields(&self, object: &str) -> Vec<Field> {
        let found = access_to(&self.check().await, object);
        found.fields(&self.guest.description().object(&object.into()).unwrap().fields)
    }

    async fn page(
        &self,
        object: &str,
        fields: &[Field],
        after: Option<Vec<u8>>,
        page_size: u32,
    ) -> Result<Page, Fault> {
        let request = FetchRequest {
            object: object.into(),
            fields: fields.to_vec(),
            key: "Id".into(),
            after,
            keys: Vec::new(),
            page_size,
            since: None,
            estimate: None,
        };
        self.guest.fetch(&self.access, request).await
    }

    async fn prepare(&self, action: &str, inputs: serde_json::Value, keys: &[&str]) -> Result<Vec<TargetPlan>, Fault> {
        let target = |key: &&str| Target { key: (*key).to_owned(), record: Map::new() };
        let call = Call {
            action: action.into(),
            inputs: inputs.as_object().cloned().unwrap(),
            targets: keys.iter().map(target).collect(),
        };
        Ok(self.guest.prepare(&self.access, call).await?.targets)
    }

    async fn run(&self, call: RunCall) -> RunResult {
        let shape: [(ObjectName, Vec<Field>); 1] = [("User".into(), self.fields("User").await)];
        self.guest.run(&self.access, call, &shape).await.unwrap()
    }

    /// Active users that nothing speaks against.
    fn people(&self) -> Vec<String> {
        let special: Vec<String> = self
            .org
            .hierarchy_users()
            .into_iter()
            .chain(self.org.default_case_owner())
            .chain(self.org.workflow_user())
            .collect();
        let soql = "SELECT Id FROM User WHERE IsActive = true AND Profile.Name = 'Sales User' AND UserRoleId != null ORDER BY Id";
        let rows = self.org.query(soql).unwrap();
        let ids = rows.iter().filter_map(|row| row["Id"].as_str().map(str::to_owned));
        ids.filter(|id| !special.contains(id)).collect()
    }

    async fn end(self) {
        assert!(self.org.unexpected().is_empty(), "no client should call {:?}", self.org.unexpected());
        assert_eq!(self.org.faults_left(), 0, "trouble that nobody met");
        self.server.shutdown().await.unwrap();
    }
}

fn run_call(action: &str, inputs: serde_json::Value, plans: &[TargetPlan]) -> RunCall {
    let target = |plan: &TargetPlan| RunTarget {
        key: plan.key.clone(),
        record: Map::new(),
        before: plan.before.clone(),
        idempotency_key: format!("request-{}", plan.key),
    };
    let inputs = inputs.as_object().cloned().unwrap();
    RunCall { action: action.into(), inputs, targets: plans.iter().map(target).collect(), attempt: 1 }
}

fn access_to(report: &Report, object: &str) -> ObjectAccess {
    report.objects.iter().find(|found| found.object.as_str() == object).cloned().unwrap()
}

fn value(result: &RunResult, fields: &[Field], key: &str, field: &str) -> Value {
    let place = fields.iter().position(|found| found.name == field).unwrap();
    let of = |change: &Change| match change {
        Change::Put { row, .. } if &*row.key == key => row.values.get(place).cloned(),
        _ => None,
    };
    result.changes.iter().find_map(of).unwrap()
}

#[tokio::test]
async fn every_object_is_fetched_once_although_each_page_needs_a_new_session() {
    let stage = Stage::new(OrgOptions { users: 700, page_rows: 90, ..OrgOptions::default() }).await;
    let report = stage.check().await;
    for object in ["User", "UserRole", "Profile", "License", "Group", "PermissionSetAssignment"] {
        let fields = stage.fields(object).await;
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            stage.org.expire_sessions();
            let page = stage.page(object, &fields, after, 200).await.unwrap();
            rows.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(u32::try_from(rows.len()).ok(), access_to(&report, object).estimate, "{object}");
        assert!(rows.is_sorted_by(|left, right| left.key < right.key), "{object}: in the order of the key, each once");
    }
    stage.end().await;
}

#[tokio::test]
async fn joined_columns_and_custom_fields_arrive_as_values() {
    let stage = Stage::small().await;
    let fields = stage.fields("User").await;
    let page = stage.page("User", &fields, None, 2000).await.unwrap();
    let at = |name: &str| fields.iter().position(|field| field.name == name).unwrap();
    let person = &stage.people()[0];
    let row = page.rows.iter().find(|row| &*row.key == person).unwrap();
    assert_eq!(row.values[at("ProfileName")], "Sales User".into());
    assert!(row.values[at("UserLicenseId")].as_text().unwrap().starts_with("100"));
    assert!(row.values[at("RoleName")].as_text().is_some());
    assert!(matches!(row.values[at("CreatedDate")], Value::Time(_)));
    assert_eq!(row.values[at("IsActive")], Value::Bool(true));
    assert!(fields.iter().any(|field| field.name == "Backup_Approver__c"));
    stage.end().await;
}

#[tokio::test]
async fn a_check_names_what_is_hidden_and_which_permission_shows_it() {
    let stage = Stage::small().await;
    let report = stage.check().await;
    assert_eq!(report.account.user, Some(stage.org.integration_user()));
    assert!(report.actions.iter().all(|found| found.allowed));
    assert_eq!(access_to(&report, "User").estimate, Some(stage.org.count("SELECT COUNT() FROM User").unwrap() as u32));

    let user = stage.org.integration_user();
    let poor = Permissions::ALL
        .without(Permission::ViewRoles)
        .without(Permission::ManageUsers)
        .without(Permission::ManageInternalUsers);
    stage.org.set_permissions(&user, poor).unwrap();
    stage.org.hide_field(&user, Object::User, "EmployeeNumber").unwrap();
    let report = stage.check().await;
    let roles = access_to(&report, "UserRole");
    assert_eq!(roles.access, AccessLevel::None);
    assert!(roles.permission.unwrap().contains("View Roles and Role Hierarchy"));
    let users = access_to(&report, "User");
    for hidden in ["EmployeeNumber", "NumberOfFailedLogins"] {
        assert!(users.hidden.iter().any(|name| name == hidden), "{hidden}: {:?}", users.hidden);
    }
    let action = |name: &str| report.actions.iter().find(|found| found.action.as_str() == name).unwrap();
    for (name, permission) in [
        ("deactivate-user", "Manage Internal Users"),
        ("assign-role", "Manage Internal Users"),
        ("freeze-user", "Manage Users"),
        ("add-group-member", "Manage Users"),
    ] {
        assert!(!action(name).allowed && action(name).permission.as_deref().unwrap().contains(permission), "{name}");
    }
    assert!(action("assign-permission-set").allowed && action("create-permission-set").allowed);
    // What is left can be fetched.
    let fields = stage.fields("User").await;
    assert!(!stage.page("User", &fields, None, 2000).await.unwrap().rows.is_empty());
    let declared = stage.guest.description().object(&"User".into()).unwrap().fields.clone();
    let fault = stage.page("User", &declared, None, 2000).await.unwrap_err();
    assert_eq!(fault.class, ErrorClass::Forbidden, "{fault:?}");
    stage.end().await;
}

#[tokio::test]
async fn a_session_that_is_over_is_renewed_wherever_a_call_begins() {
    let stage = Stage::small().await;
    let person = stage.people()[0].clone();
    stage.org.expire_sessions();
    assert_eq!(stage.check().await.account.id, stage.org.organization());
    stage.org.expire_sessions();
    let plans = stage.prepare("deactivate-user", json!({}), &[&person]).await.unwrap();
    let fields = stage.fields("User").await;
    stage.org.expire_sessions();
    let call = run_call("deactivate-user", json!({}), &plans);
    let shape: [(ObjectName, Vec<Field>); 1] = [("User".into(), fields)];
    let result = stage.guest.run(&stage.access, call, &shape).await.unwrap();
    assert_eq!(result.outcomes[0].kind, TargetOutcomeKind::Done, "{:?}", result.outcomes);
    stage.end().await;
}

#[tokio::test]
async fn a_user_is_deactivated_and_taken_back() {
    let stage = Stage::small().await;
    let people = stage.people();
    let keys = [people[0].as_str(), people[1].as_str()];
    let plans = stage.prepare("deactivate-user", json!({}), &keys).await.unwrap();
    assert!(plans.iter().all(|plan| plan.blockers.is_empty() && !plan.already && plan.steps.len() == 3), "{plans:?}");
    // Somebody else is faster with the second one.
    stage.org.change(&people[1], &json!({ "Username": "renamed@acme.example" })).unwrap();

    let fields = stage.fields("User").await;
    let result = stage.run(run_call("deactivate-user", json!({}), &plans)).await;
    let kinds: Vec<_> = result.outcomes.iter().map(|outcome| outcome.kind).collect();
    assert_eq!(kinds, [TargetOutcomeKind::Done, TargetOutcomeKind::Changed], "{:?}", result.outcomes);
    assert_eq!(stage.org.field(&people[0], "IsActive").unwrap(), false);
    assert_eq!(stage.org.field(&people[1], "IsActive").unwrap(), true);
    assert_eq!(value(&result, &fields, &people[0], "IsActive"), Value::Bool(false));
    assert_eq!(value(&result, &fields, &people[0], "ProfileName"), "Sales User".into());

    let undo = result.outcomes[0].undo.clone().unwrap();
    let inputs = serde_json::Value::Object(undo.inputs);
    let plans = stage.prepare(undo.action.as_str(), inputs.clone(), &keys[..1]).await.unwrap();
    let result = stage.run(run_call(undo.action.as_str(), inputs, &plans)).await;
    assert_eq!(result.outcomes[0].kind, TargetOutcomeKind::Done, "{:?}", result.outcomes);
    assert_eq!(stage.org.field(&people[0], "IsActive").unwrap(), true);
    assert_eq!(stage.org.calls(PATCH), 2);
    stage.end().await;
}

#[tokio::test]
async fn roles_are_assigned_removed_and_taken_back() {
    let stage = Stage::small().await;
    let person = stage.people()[0].clone();
    let before = stage.org.field(&person, "UserRoleId").unwrap();
    let roles = stage.org.query("SELECT Id, Name FROM UserRole WHERE PortalType = 'None' ORDER BY Id").unwrap();
    let other = roles.iter().find(|role| role["Id"] != before).unwrap();
    let steps = [
        ("assign-role", json!({ "role": other["Id"] }), other["Id"].clone()),
        ("remove-role", json!({}), serde_json::Value::Null),
    ];
    for (action, inputs, after) in steps {
        let plans = stage.prepare(action, inputs.clone(), &[&person]).await.unwrap();
        let result = stage.run(run_call(action, inputs, &plans)).await;
        assert_eq!(result.outcomes[0].kind, TargetOutcomeKind::Done, "{:?}", result.outcomes);
        assert_eq!(stage.org.field(&person, "UserRoleId").unwrap(), after, "{action}");
        let undo = result.outcomes[0].undo.clone().unwrap();
        let inputs = serde_json::Value::Object(undo.inputs);
        let plans = stage.prepare(undo.action.as_str(), inputs.clone(), &[&person]).await.unwrap();
        stage.run(run_call(undo.action.as_str(), inputs, &plans)).await;
        assert_eq!(stage.org.field(&person, "UserRoleId").unwrap(), before, "undo of {action}");
    }
    let fault = stage.prepare("assign-role", json!({ "role": person }), &[&person]).await.unwrap_err();
    assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::InvalidInput, "role"));
    stage.end().await;
}

#[tokio::test]
async fn what_salesforce_would_refuse_is_said_before_or_in_its_own_words() {
    let stage = Stage::small().await;
    let own = stage.org.integration_user();
    let approver = stage.org.hierarchy_users()[0].clone();
    let owner = stage.people()[0].clone();
    stage.org.set_default_case_owner(Some(&owner)).unwrap();
    let plans =
        stage.prepare("deactivate-user", json!({}), &[&own, &approver, &owner, "005000000000000"]).await.unwrap();
    assert_eq!(plans[0].blockers, ["Weft itself is connected as this user."]);
    assert!(plans[1].warnings[0].contains("Backup Approver"), "{:?}", plans[1]);
    assert_eq!(plans[3].blockers, ["Salesforce has no such user any more."]);

    let result = stage.run(run_call("deactivate-user", json!({}), &plans[1..3])).await;
    let texts: Vec<&str> = result.outcomes.iter().map(|outcome| outcome.message.as_str()).collect();
    assert!(result.outcomes.iter().all(|outcome| outcome.kind == TargetOutcomeKind::Failed));
    assert!(texts[0].contains("Cannot inactivate user that is the value of a hierarchy field"), "{texts:?}");
    assert!(texts[1].contains("the default owner of cases"), "{texts:?}");
    stage.end().await;
}

#[tokio::test]
async fn a_lost_answer_is_read_back_and_a_write_is_never_sent_twice() {
    let stage = Stage::small().await;
    let people = stage.people();
    let plans = stage.prepare("deactivate-user", json!({}), &[&people[0], &people[1]]).await.unwrap();
    let call = |at: usize| run_call("deactivate-user", json!({}), &plans[at..=at]);

    stage.org.fault(PATCH, Trouble::LostResponse);
    assert_eq!(stage.run(call(0)).await.outcomes[0].kind, TargetOutcomeKind::Done, "the record tells");
    assert_eq!(stage.org.calls(PATCH), 1);

    stage.org.fault(PATCH, Trouble::Reset);
    assert_eq!(stage.run(call(1)).await.outcomes[0].kind, TargetOutcomeKind::Unknown);
    let shape: [(ObjectName, Vec<Field>); 1] = [("User".into(), stage.fields("User").await)];
    for (at, kind, repeatable) in [(0, VerdictKind::Done, false), (1, VerdictKind::NotDone, true)] {
        let found = stage.guest.verify(&stage.access, call(at), &shape).await.unwrap();
        assert_eq!((found.verdicts[0].kind, found.verdicts[0].repeatable), (kind, repeatable));
    }
    let again = stage.run(call(0)).await;
    assert_eq!(again.outcomes[0].kind, TargetOutcomeKind::Already);
    assert_eq!(stage.org.calls(PATCH), 2, "one PATCH for each target");
    stage.end().await;
}

#[tokio::test]
async fn limits_stop_a_run_and_tell_how_long() {
    let stage = Stage::small().await;
    let people = stage.people();
    let plans = stage.prepare("deactivate-user", json!({}), &[&people[0], &people[1]]).await.unwrap();
    let refuse = |code, message, status| Trouble::Refuse { status, code, message };
    // Locked twice, then free: it is tried again within the call.
    for _ in 0..2 {
        stage.org.fault(PATCH, refuse("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", 400));
    }
    let result = stage.run(run_call("deactivate-user", json!({}), &plans[..1])).await;
    assert_eq!(result.outcomes[0].kind, TargetOutcomeKind::Done, "{:?}", result.outcomes);
    assert_eq!(stage.org.calls(PATCH), 3);

    stage.org.fault(PATCH, refuse("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403));
    let result = stage.run(run_call("deactivate-user", json!({}), &plans)).await;
    let kinds: Vec<_> = result.outcomes.iter().map(|outcome| outcome.kind).collect();
    assert_eq!(kinds, [TargetOutcomeKind::Already, TargetOutcomeKind::Failed]);
    assert_eq!(result.outcomes[1].error.as_ref().unwrap().class, ErrorClass::Exhausted);
    assert_eq!(stage.org.calls(PATCH), 4, "nothing is sent after the answer that stops all");
    stage.end().await;
}
