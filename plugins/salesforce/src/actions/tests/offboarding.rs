//! Delete user, step by step, and tokens.

use super::*;
use crate::actions::belongings::Belongings;
use crate::actions::delete_user::{DeleteUser, Facts};
use crate::actions::operation::holds;
use crate::actions::revoke_oauth_token::{self, RevokeOauthToken};
use crate::actions::ties::Ties;
use crate::actions::tokens::Token;
use crate::actions::write::Change;

fn token(app: &str, secret: Json, user: &str) -> Token {
    row(json!({ "AppName": app, "UserId": long(user), "DeleteToken": secret }))
}

fn belongings() -> Belongings {
    let theirs = |more: Json| {
        let mut record = json!({ "AssigneeId": long(ADA), "UserOrGroupId": long(ADA), "UsersId": long(ADA) });
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        record
    };
    Belongings {
        tokens: vec![
            token("Mailer", json!("secret"), ADA),
            token("Old", Json::Null, ADA),
            token("Mailer", json!("hers"), EVE),
        ],
        sessions: rows(&[theirs(json!({ "Id": "0Ak1" }))]),
        assignments: rows(&[theirs(
            json!({ "Id": "0Pa1", "PermissionSet": { "Label": "Reports" }, "PermissionSetGroup": null }),
        )]),
        licenses: rows(&[
            json!({ "Id": "2LA1", "AssigneeId": long(ADA), "PermissionSetLicenseId": long(SET_LICENSE), "PermissionSetLicense": { "MasterLabel": "Analytics" } }),
            json!({ "Id": "0511", "UserId": long(ADA), "PackageLicenseId": long(PACKAGE), "PackageLicense": { "NamespacePrefix": "acme" } }),
        ]),
        memberships: rows(&[theirs(json!({ "Id": "0111", "GroupId": long(GROUP), "Group": { "Name": "Finance" } }))]),
        unread: Vec::new(),
    }
}

fn facts(change: Json, frozen: bool, belongings: Belongings) -> Facts {
    let updateable = ["FirstName", "LastName", "Username", "Email"].map(str::to_owned).into();
    Facts {
        users: vec![user(ADA, change)],
        ties: Ties { own_user: long(OWN), other_admins: Some(1), updateable, ..Ties::default() },
        logins: rows(&[json!({ "Id": "0YwD00000000001", "UserId": long(ADA), "IsFrozen": frozen })]),
        belongings,
    }
}

fn delete(anonymise: bool) -> DeleteUser {
    DeleteUser::of(&inputs(json!({ "anonymise": anonymise }))).unwrap()
}

#[test]
fn access_goes_first_then_seats_then_the_user() {
    let standing = stand(&delete(true), ADA, &facts(json!({}), false, belongings()));
    let objects: Vec<&str> = writes(&standing).iter().map(|write| write.object).collect();
    assert_eq!(
        objects,
        [
            "UserLogin",
            "OauthToken",
            "AuthSession",
            "PermissionSetAssignment",
            "PermissionSetLicenseAssign",
            "UserPackageLicense",
            "GroupMember",
            "User",
            "User"
        ]
    );
    permitted("delete-user", &writes(&standing));
    let optional: Vec<bool> = standing.steps.iter().map(|step| step.kind == StepKind::Optional).collect();
    assert_eq!(optional, [true, true, true, true, true, true, false, false]);
    assert!(standing.undo.is_none(), "what is anonymised is not undone");
    let undo = stand(&delete(false), ADA, &facts(json!({}), false, belongings())).undo.unwrap();
    assert_eq!((undo.action.as_str(), undo.inputs.as_str()), ("reactivate-user", r#"{"unfreeze":true}"#));
    assert_eq!(
        undo.loses,
        [
            "Permission sets and groups: Reports.",
            "Licences: Analytics, acme.",
            "Group memberships: Finance.",
            "1 OAuth token: the user has to allow these apps again.",
        ]
    );
}

#[test]
fn it_goes_on_where_it_stood() {
    let start = stand(&delete(false), ADA, &facts(json!({}), false, belongings()));
    let half = Belongings { tokens: Vec::new(), sessions: Vec::new(), assignments: Vec::new(), ..belongings() };
    let rest = stand(&delete(false), ADA, &facts(json!({}), true, half));
    assert_eq!(rest.steps.len(), 3);
    assert!(holds(&start.before, &rest.before));
    let inactive = || json!({ "IsActive": false });
    let over = stand(&delete(false), ADA, &facts(inactive(), true, Belongings::default()));
    assert!(over.is_made() && over.blockers.is_empty());
    let named = json!({ "IsActive": false, "Username": "005d0000001adaa@anonymised.invalid" });
    assert!(stand(&delete(true), ADA, &facts(named, true, Belongings::default())).is_made());
    // Somebody who is inactive already still gives up what they hold, and is not reactivated by an undo that nobody asked for.
    let holding = stand(&delete(false), ADA, &facts(inactive(), false, belongings()));
    assert!(!holding.is_made() && writes(&holding).iter().all(|write| write.object != "User"));
    assert!(holding.undo.is_none());
}

#[test]
fn the_own_user_and_the_last_admin_stay() {
    let own = Facts { ties: Ties { own_user: long(ADA), ..Ties::default() }, ..facts(json!({}), false, belongings()) };
    assert_eq!(stand(&delete(false), ADA, &own).blockers, ["Weft itself is connected as this user."]);
    let last = Ties { other_admins: Some(0), target_admins: vec![long(ADA)], ..Ties::default() };
    let last = Facts { ties: last, ..facts(json!({}), false, belongings()) };
    assert_eq!(stand(&delete(false), ADA, &last).blockers.len(), 1);
}

#[test]
fn anonymising_sends_only_what_may_be_changed() {
    let standing = stand(&delete(true), ADA, &facts(json!({ "IsActive": false }), true, Belongings::default()));
    let [Write { change: Change::Update(_, fields), .. }] = &writes(&standing)[..] else { panic!("one change") };
    let names: Vec<&String> = fields.as_object().unwrap().keys().collect();
    assert_eq!(names, ["Email", "FirstName", "LastName", "Username"]);
    assert!(fields["Username"].as_str().unwrap().ends_with("@anonymised.invalid"));
}

#[test]
fn what_is_not_seen_is_told() {
    let unseen = Belongings { unread: vec!["OAuth tokens"], ..Belongings::default() };
    let standing = stand(&delete(false), ADA, &facts(json!({}), true, unseen));
    assert!(standing.warnings.iter().any(|warning| warning.contains("OAuth tokens of others")));
}

#[test]
fn a_token_is_found_by_its_fingerprint_and_never_the_own_users() {
    let tokens = || vec![token("Mailer", json!("secret"), ADA), token("Weft", json!("own"), OWN)];
    let keys: Vec<String> = tokens().iter().filter_map(Token::key).collect();
    let users = vec![user(ADA, json!({}))];
    let whose = users[0].title();
    let facts = revoke_oauth_token::Facts { tokens: tokens(), users, own_user: OWN.into() };
    let standing = RevokeOauthToken.stand(&keys[0], &facts).unwrap();
    assert_eq!(standing.title, format!("Mailer for {whose}"));
    assert_eq!(writes(&standing), [Write::revoke(&keys[0], "secret")]);
    assert!(standing.undo.is_none() && standing.blockers.is_empty());
    assert!(!standing.before.to_string().contains("secret"));
    permitted("revoke-oauth-token", &writes(&standing));
    assert_eq!(RevokeOauthToken.stand(&keys[1], &facts).unwrap().blockers.len(), 1);
    assert!(RevokeOauthToken.stand("f00d", &facts).is_none());
}
