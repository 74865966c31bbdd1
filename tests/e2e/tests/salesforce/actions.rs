//! Every family of actions of the Salesforce guest against the simulated org: planned, run, seen in the org and in the rows that come
//! back, and taken back.

use super::*;
use serde_json::Value as Json;

const POST: &str = "POST /services/data/*/composite/sobjects";
const DELETE: &str = "DELETE /services/data/*/composite/sobjects";

/// What was planned and what became of it.
struct Done {
    plans: Vec<TargetPlan>,
    result: RunResult,
}

impl Done {
    fn kinds(&self) -> Vec<TargetOutcomeKind> {
        self.result.outcomes.iter().map(|outcome| outcome.kind).collect()
    }

    fn all_done(self) -> Self {
        assert!(self.kinds().iter().all(|kind| *kind == TargetOutcomeKind::Done), "{:?}", self.result.outcomes);
        self
    }

    fn puts(&self, object: &str) -> usize {
        let is = |change: &&Change| matches!(change, Change::Put { object: of, .. } if of.as_str() == object);
        self.result.changes.iter().filter(is).count()
    }

    fn deletes(&self, object: &str) -> usize {
        let is = |change: &&Change| matches!(change, Change::Delete { object: of, .. } if of.as_str() == object);
        self.result.changes.iter().filter(is).count()
    }
}

impl Stage {
    async fn act(&self, action: &str, inputs: Json, keys: &[&str]) -> Done {
        self.act_on(action, inputs, keys.iter().map(|key| ((*key).to_owned(), Map::new())).collect()).await
    }

    async fn act_on(&self, action: &str, inputs: Json, targets: Vec<(String, Map<String, Json>)>) -> Done {
        let call = Call {
            action: action.into(),
            inputs: inputs.as_object().cloned().unwrap(),
            targets: targets.iter().map(|(key, record)| Target { key: key.clone(), record: record.clone() }).collect(),
        };
        let plans = self.guest.prepare(&self.access, call).await.unwrap().targets;
        assert!(plans.iter().all(|plan| plan.blockers.is_empty()), "{action}: {plans:?}");
        let mut call = run_call(action, inputs, &plans);
        for (target, (_, record)) in call.targets.iter_mut().zip(&targets) {
            target.record.clone_from(record);
        }
        let result = self.guest.run(&self.access, call, &self.shape().await).await.unwrap();
        Done { plans, result }
    }

    /// Takes back what one target's outcome says.
    async fn undo(&self, done: &Done, place: usize) -> Done {
        let undo = done.result.outcomes[place].undo.clone().unwrap();
        let key = done.result.outcomes[place].key.clone();
        self.act(undo.action.as_str(), Json::Object(undo.inputs), &[&key]).await.all_done()
    }

    async fn shape(&self) -> Vec<(ObjectName, Vec<Field>)> {
        let report = self.check().await;
        let described = &self.guest.description().objects;
        let fields = |object: &weft::domain::ObjectType| {
            (object.name.clone(), access_to(&report, object.name.as_str()).fields(&object.fields))
        };
        described.iter().map(fields).collect()
    }

    fn ids(&self, soql: &str) -> Vec<String> {
        let rows = self.org.query(soql).unwrap();
        rows.iter().map(|row| row["Id"].as_str().unwrap().to_owned()).collect()
    }

    fn count(&self, soql: &str) -> usize {
        self.org.query(soql).unwrap().len()
    }

    fn is_frozen(&self, user: &str) -> bool {
        self.count(&format!("SELECT Id FROM UserLogin WHERE UserId = '{user}' AND IsFrozen = true")) == 1
    }

    /// A permission set of the org's own that needs no licence.
    fn set(&self) -> String {
        let soql = "SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = false AND PermissionSetGroupId = null AND LicenseId = null AND IsCustom = true";
        self.ids(soql)[0].clone()
    }
}

#[tokio::test]
async fn a_permission_set_is_given_to_many_at_once_and_taken_back() {
    let stage = Stage::small().await;
    let (set, people) = (stage.set(), stage.people());
    let keys: Vec<&str> = people.iter().map(String::as_str).collect();
    let inputs = json!({ "permission-set": set });
    let soql = format!(
        "SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = '{set}' AND PermissionSetGroupId = null"
    );
    let before = stage.count(&soql);
    let given = stage.act("assign-permission-set", inputs.clone(), &keys).await;
    let new = given.kinds().iter().filter(|kind| **kind == TargetOutcomeKind::Done).count();
    assert!(new > 10, "{new}");
    assert_eq!(stage.org.calls(POST), 1, "one call for all of them");
    assert_eq!(stage.count(&soql), before + new);
    assert_eq!(given.puts("PermissionSetAssignment"), people.len(), "those who had it are told, too");
    let again = stage.act("assign-permission-set", inputs.clone(), &keys).await;
    assert!(
        again.plans.iter().all(|plan| plan.already)
            && again.kinds().iter().all(|kind| *kind == TargetOutcomeKind::Already)
    );

    let taken = stage.act("remove-permission-set", inputs, &keys).await.all_done();
    assert_eq!(taken.deletes("PermissionSetAssignment"), people.len());
    assert_eq!(stage.org.calls(DELETE), people.len().div_ceil(49), "in batches under fifty");
    stage.undo(&taken, 0).await;
    assert_eq!(stage.count(&format!("{soql} AND AssigneeId = '{}'", people[0])), 1);
    stage.end().await;
}

#[tokio::test]
async fn an_end_is_set_changed_and_given_back() {
    let stage = Stage::small().await;
    let (set, person) = (stage.set(), stage.people()[0].clone());
    stage.act("remove-permission-set", json!({ "permission-set": set }), &[&person]).await;
    let soql = format!(
        "SELECT Id, ExpirationDate FROM PermissionSetAssignment WHERE PermissionSetId = '{set}' AND AssigneeId = '{person}'"
    );
    let ends = || stage.org.query(&soql).unwrap()[0]["ExpirationDate"].as_str().map(|text| text[..19].to_owned());
    let until = json!({ "permission-set": set, "expires": "2099-12-31" });
    stage.act("assign-permission-set", until, &[&person]).await.all_done();
    assert_eq!(ends().as_deref(), Some("2099-12-31T23:59:59"));
    let for_good = stage.act("assign-permission-set", json!({ "permission-set": set }), &[&person]).await.all_done();
    assert_eq!(ends(), None);
    stage.undo(&for_good, 0).await;
    assert_eq!(ends().as_deref(), Some("2099-12-31T23:59:59"));
    stage.end().await;
}

#[tokio::test]
async fn the_seat_that_comes_with_a_set_is_told_and_freed() {
    let stage = Stage::small().await;
    let sets = stage
        .org
        .query("SELECT Id, LicenseId FROM PermissionSet WHERE IsOwnedByProfile = false AND LicenseId != null")
        .unwrap();
    let free = |license: &str| {
        let soql = format!(
            "SELECT Id, TotalLicenses, UsedLicenses FROM PermissionSetLicense WHERE Id = '{license}' AND Status = 'Active'"
        );
        let rows = stage.org.query(&soql).unwrap();
        rows.first().is_some_and(|row| row["TotalLicenses"].as_i64() > row["UsedLicenses"].as_i64())
    };
    let (set, license) = sets
        .iter()
        .map(|row| (row["Id"].as_str().unwrap(), row["LicenseId"].as_str().unwrap()))
        .find(|(_, license)| license.starts_with("0PL") && free(license))
        .expect("a set with a permission set licence that has seats");
    let seats = |person: &str| {
        stage.count(&format!("SELECT Id FROM PermissionSetLicenseAssign WHERE AssigneeId = '{person}' AND PermissionSetLicenseId = '{license}'"))
    };
    let person = stage.people().into_iter().find(|person| seats(person) == 0).unwrap();
    let given = stage.act("assign-permission-set", json!({ "permission-set": set }), &[&person]).await.all_done();
    assert_eq!((seats(&person), given.puts("LicenseAssignment"), given.puts("License")), (1, 1, 1));

    let needed = stage.prepare("remove-license", json!({ "licence": license }), &[&person]).await.unwrap();
    assert!(needed[0].blockers[0].contains("need this licence"), "{:?}", needed[0]);
    let kept = stage.prepare("remove-permission-set", json!({ "permission-set": set }), &[&person]).await.unwrap();
    assert!(kept[0].warnings[0].contains("Choose to free it as well"), "{:?}", kept[0]);
    let freed = json!({ "permission-set": set, "free-licence": true });
    let freed = stage.act("remove-permission-set", freed, &[&person]).await.all_done();
    assert_eq!((seats(&person), freed.deletes("LicenseAssignment"), freed.puts("License")), (0, 1, 1));

    let seat = stage.act("assign-license", json!({ "licence": license }), &[&person]).await.all_done();
    assert_eq!(seats(&person), 1);
    stage.undo(&seat, 0).await;
    assert_eq!(seats(&person), 0);
    stage.end().await;
}

#[tokio::test]
async fn a_user_licence_goes_with_the_profile() {
    let stage = Stage::small().await;
    let person = stage.people()[0].clone();
    let now = stage
        .org
        .query(&format!("SELECT Id, ProfileId, Profile.UserLicenseId FROM User WHERE Id = '{person}'"))
        .unwrap();
    let former = now[0]["Profile"]["UserLicenseId"].as_str().unwrap().to_owned();
    let profiles = stage.org.query("SELECT Id, UserLicenseId, UserLicense.Name, UserType FROM Profile").unwrap();
    let other = profiles.iter().find(|profile| {
        profile["UserLicenseId"] != former.as_str()
            && profile["UserType"] == "Standard"
            && profile["UserLicense"]["Name"] == "Salesforce Platform"
    });
    let other = other.unwrap_or_else(|| panic!("a profile of another licence: {profiles:?}"));
    let inputs = json!({ "licence": other["UserLicenseId"], "profile": other["Id"] });
    let done = stage.act("assign-license", inputs, &[&person]).await.all_done();
    assert_eq!(stage.org.field(&person, "ProfileId").unwrap(), other["Id"]);
    assert_eq!((done.puts("User"), done.puts("License"), done.puts("LicenseAssignment")), (1, 2, 1));
    stage.undo(&done, 0).await;
    assert_eq!(stage.org.field(&person, "ProfileId").unwrap(), now[0]["ProfileId"]);
    let wrong = stage.prepare("assign-license", json!({ "licence": former, "profile": other["Id"] }), &[&person]).await;
    assert_eq!(wrong.unwrap_err().code, "profile");
    stage.end().await;
}

#[tokio::test]
async fn groups_of_permission_sets_are_made_given_and_deleted() {
    let stage = Stage::small().await;
    let (set, person) = (stage.set(), stage.people()[0].clone());
    let wish = json!({ "name": "Night shift", "permission-sets": [set] });
    let made = stage.act("create-permission-set-group", wish.clone(), &[""]).await.all_done();
    assert_eq!((made.puts("PermissionSetGroup"), made.puts("PermissionSetGroupComponent")), (1, 1));
    let group = stage.ids("SELECT Id FROM PermissionSetGroup WHERE DeveloperName = 'Night_shift'")[0].clone();
    assert!(stage.act("create-permission-set-group", wish, &[""]).await.plans[0].already);

    stage.act("assign-permission-set-group", json!({ "group": group }), &[&person]).await.all_done();
    let through = stage.prepare("remove-permission-set", json!({ "permission-set": set }), &[&person]).await.unwrap();
    assert!(through[0].warnings.iter().any(|warning| warning.contains("Night shift")), "{:?}", through[0]);
    let gone = stage.act("delete-permission-set-group", json!({}), &[&group]).await.all_done();
    assert!(gone.plans[0].steps[0].contains("from 1 user"), "{:?}", gone.plans[0]);
    assert_eq!((gone.deletes("PermissionSetAssignment"), gone.deletes("PermissionSetGroup")), (1, 1));
    assert_eq!(gone.deletes("PermissionSetGroupComponent"), 1);
    assert!(stage.prepare("delete-permission-set-group", json!({}), &[&group]).await.unwrap()[0].already);
    stage.end().await;
}

#[tokio::test]
async fn a_permission_set_is_made_once_and_deleted_from_everybody() {
    let stage = Stage::small().await;
    let people = stage.people();
    stage.org.fault("POST /services/data/*/sobjects/PermissionSet", Trouble::LostResponse);
    let wish = json!({ "name": "C1 Access", "description": "For C1" });
    let made = stage.act("create-permission-set", wish, &[""]).await.all_done();
    assert_eq!(made.puts("PermissionSet"), 1);
    let sets = stage.ids("SELECT Id FROM PermissionSet WHERE Name = 'C1_Access'");
    assert_eq!(
        (sets.len(), stage.org.calls("POST /services/data/*/sobjects/PermissionSet")),
        (1, 1),
        "never sent twice"
    );
    let taken = stage
        .prepare("create-permission-set", json!({ "name": "Other", "api-name": "C1_Access" }), &[""])
        .await
        .unwrap();
    assert!(taken[0].blockers[0].contains("C1_Access is taken"), "{:?}", taken[0]);

    let keys: Vec<&str> = people.iter().take(60).map(String::as_str).collect();
    stage.act("assign-permission-set", json!({ "permission-set": sets[0] }), &keys).await.all_done();
    let gone = stage.act("delete-permission-set", json!({}), &[&sets[0]]).await.all_done();
    assert_eq!((gone.deletes("PermissionSetAssignment"), gone.deletes("PermissionSet")), (keys.len(), 1));
    assert_eq!(stage.count("SELECT Id FROM PermissionSet WHERE Name = 'C1_Access'"), 0);
    stage.end().await;
}

#[tokio::test]
async fn a_role_is_made_and_deleted_with_users_and_children_moved() {
    let stage = Stage::small().await;
    let people = stage.people();
    let parent = stage.org.field(&people[0], "UserRoleId").unwrap().as_str().unwrap().to_owned();
    stage.act("create-user-role", json!({ "name": "Night Sales", "parent": parent }), &[""]).await.all_done();
    let role = stage.ids("SELECT Id FROM UserRole WHERE DeveloperName = 'Night_Sales'")[0].clone();
    stage.act("create-user-role", json!({ "name": "Night East", "parent": role }), &[""]).await.all_done();
    stage.act("assign-role", json!({ "role": role }), &[&people[0], &people[1]]).await.all_done();

    let stuck = stage.prepare("delete-user-role", json!({}), &[&role]).await.unwrap();
    assert!(stuck[0].blockers[0].contains("2 users with this role"), "{:?}", stuck[0]);
    let gone = stage.act("delete-user-role", json!({ "move-to": parent }), &[&role]).await.all_done();
    assert_eq!(stage.org.field(&people[0], "UserRoleId").unwrap(), parent.as_str());
    let child = stage.org.query("SELECT Id, ParentRoleId FROM UserRole WHERE DeveloperName = 'Night_East'").unwrap();
    assert_eq!(child[0]["ParentRoleId"], parent.as_str());
    assert_eq!((gone.puts("User"), gone.puts("UserRole"), gone.deletes("UserRole")), (2, 1, 1));
    stage.end().await;
}

#[tokio::test]
async fn groups_are_made_with_members_joined_left_and_deleted() {
    let stage = Stage::small().await;
    let people = stage.people();
    let made =
        stage.act("create-user-group", json!({ "name": "Night desk", "members": [people[0]] }), &[""]).await.all_done();
    assert_eq!((made.puts("Group"), made.puts("GroupMember")), (1, 1));
    let group = stage.ids("SELECT Id FROM Group WHERE DeveloperName = 'Night_desk'")[0].clone();
    let members = || stage.count(&format!("SELECT Id FROM GroupMember WHERE GroupId = '{group}'"));
    let inputs = json!({ "group": group });
    let joined = stage.act("add-group-member", inputs.clone(), &[&people[0], &people[1], &people[2]]).await;
    assert_eq!(joined.kinds(), [TargetOutcomeKind::Already, TargetOutcomeKind::Done, TargetOutcomeKind::Done]);
    assert_eq!(members(), 3);
    let left = stage.act("remove-group-member", inputs, &[&people[1]]).await.all_done();
    assert_eq!((members(), left.deletes("GroupMember")), (2, 1));
    stage.undo(&left, 0).await;
    assert_eq!(members(), 3);
    let gone = stage.act("delete-user-group", json!({}), &[&group]).await.all_done();
    assert_eq!((gone.deletes("Group"), gone.deletes("GroupMember")), (1, 3));
    stage.end().await;
}

#[tokio::test]
async fn a_token_is_ended_by_its_fingerprint_and_the_own_users_never() {
    let stage = Stage::small().await;
    let fields = stage.fields("OauthToken").await;
    let request = FetchRequest {
        object: "OauthToken".into(),
        fields: fields.clone(),
        key: "Key".into(),
        after: None,
        keys: Vec::new(),
        page_size: 0,
        since: None,
        estimate: None,
    };
    let rows = stage.guest.fetch(&stage.access, request).await.unwrap().rows;
    let place = fields.iter().position(|field| field.name == "UserId").unwrap();
    let own = stage.org.integration_user();
    let token = rows.iter().find(|row| row.values[place] != own.as_str().into()).unwrap();
    let Value::Text(user) = &token.values[place] else { panic!("a user") };
    let record = json!({ "UserId": user.to_string() }).as_object().cloned().unwrap();
    let tokens = || stage.count("SELECT AppName FROM OauthToken");
    let before = tokens();
    let target = vec![(token.key.to_string(), record)];
    let done = stage.act_on("revoke-oauth-token", json!({}), target.clone()).await.all_done();
    assert_eq!((tokens(), done.deletes("OauthToken")), (before - 1, 1));
    assert!(done.result.outcomes[0].undo.is_none());
    let name = stage.org.query(&format!("SELECT Name FROM User WHERE Id = '{user}'")).unwrap()[0]["Name"].clone();
    assert!(done.plans[0].title.contains(name.as_str().unwrap()), "whose it is: {}", done.plans[0].title);
    let again = stage.act_on("revoke-oauth-token", json!({}), target).await;
    assert!(again.plans[0].already);
    stage.end().await;
}

#[tokio::test]
async fn users_are_frozen_unfrozen_and_reactivated() {
    let stage = Stage::small().await;
    let person = stage.people()[0].clone();
    let frozen = || stage.is_frozen(&person);
    let done = stage.act("freeze-user", json!({}), &[&person]).await.all_done();
    assert_eq!((frozen(), done.puts("UserLogin")), (true, 1));
    let inactive = stage.act("deactivate-user", json!({}), &[&person]).await.all_done();
    assert_eq!((inactive.puts("User"), inactive.deletes("LicenseAssignment"), inactive.puts("License")), (1, 1, 1));
    let back = stage.act("reactivate-user", json!({ "unfreeze": true }), &[&person]).await.all_done();
    assert_eq!((frozen(), back.puts("LicenseAssignment"), back.puts("UserLogin")), (false, 1, 1));
    stage.end().await;
}

#[tokio::test]
async fn who_cannot_be_deactivated_is_frozen_instead_and_the_reason_is_told() {
    let stage = Stage::small().await;
    let people = stage.people();
    let (owner, other) = (people[0].as_str(), people[1].as_str());
    stage.org.set_default_case_owner(Some(owner)).unwrap();
    let done = stage.act("deactivate-user", json!({}), &[owner, other]).await;
    assert_eq!(done.kinds(), [TargetOutcomeKind::Failed, TargetOutcomeKind::Done]);
    let told = &done.result.outcomes[0].message;
    assert!(told.contains("frozen instead") && told.contains("the default owner of cases"), "{told}");
    assert_eq!((stage.is_frozen(owner), stage.is_frozen(other)), (true, false));
    assert_eq!((done.puts("User"), done.puts("UserLogin")), (2, 1), "boards show it at once");
    stage.end().await;
}

#[tokio::test]
async fn a_deleted_user_has_nothing_left_and_goes_on_after_trouble() {
    let stage = Stage::small().await;
    let (set, person) = (stage.set(), stage.people()[0].clone());
    stage.act("assign-permission-set", json!({ "permission-set": set }), &[&person]).await;
    stage.org.open_session(Some(&person)).unwrap();
    let call = json!({ "anonymise": true });
    let plans = stage.prepare("delete-user", call.clone(), &[&person]).await.unwrap();
    assert!(plans[0].blockers.is_empty() && plans[0].undo.is_none(), "{:?}", plans[0]);
    // The first change that takes something away is refused by a limit: what was done stays done, and the next attempt goes on.
    stage.org.fault(
        DELETE,
        Trouble::Refuse { status: 403, code: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded." },
    );
    let shape = stage.shape().await;
    let run = |attempt: u32| RunCall { attempt, ..run_call("delete-user", call.clone(), &plans) };
    let first = stage.guest.run(&stage.access, run(1), &shape).await.unwrap();
    assert_eq!(first.outcomes[0].kind, TargetOutcomeKind::Failed, "{:?}", first.outcomes);
    let looked = stage.guest.verify(&stage.access, run(1), &shape).await.unwrap();
    assert_eq!(
        (looked.verdicts[0].kind, looked.verdicts[0].repeatable),
        (VerdictKind::NotDone, true),
        "{:?}",
        looked.verdicts
    );
    let second = stage.guest.run(&stage.access, run(2), &shape).await.unwrap();
    assert_eq!(second.outcomes[0].kind, TargetOutcomeKind::Done, "{:?}", second.outcomes);

    assert_eq!(stage.org.field(&person, "IsActive").unwrap(), false);
    assert!(stage.org.field(&person, "Username").unwrap().as_str().unwrap().ends_with("@anonymised.invalid"));
    for (object, column, more) in [
        ("PermissionSetAssignment", "AssigneeId", " AND PermissionSet.IsOwnedByProfile = false"),
        ("PermissionSetLicenseAssign", "AssigneeId", ""),
        ("UserPackageLicense", "UserId", ""),
        ("GroupMember", "UserOrGroupId", ""),
        ("AuthSession", "UsersId", ""),
    ] {
        assert_eq!(stage.count(&format!("SELECT Id FROM {object} WHERE {column} = '{person}'{more}")), 0, "{object}");
    }
    assert_eq!(stage.count(&format!("SELECT AppName FROM OauthToken WHERE UserId = '{person}'")), 0);
    let looked = stage.guest.verify(&stage.access, run(2), &shape).await.unwrap();
    assert_eq!(looked.verdicts[0].kind, VerdictKind::Done, "{:?}", looked.verdicts);
    stage.end().await;
}
