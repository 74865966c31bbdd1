//! Statuses and memberships change by Okta's rules, with what follows.

use super::Lab;
use crate::okta::{Fault, Role};

#[tokio::test]
async fn a_status_leads_only_where_okta_lets_it() {
    let lab = Lab::small().await;
    let go = async |user: &str, operation: &str| {
        lab.call("POST", &format!("/api/v1/users/{user}/lifecycle/{operation}")).await
    };
    let user = lab.with_status("ACTIVE");
    assert_eq!(go(&user, "suspend").await.status, 200);
    let twice = go(&user, "suspend").await;
    assert_eq!((twice.status, twice.code()), (400, "E0000001"));
    assert_eq!(twice.json["errorCauses"][0]["errorSummary"], "Cannot suspend a user that is not active");
    assert_eq!(go(&user, "unsuspend").await.status, 200);
    assert_eq!(
        go(&user, "unsuspend").await.json["errorCauses"][0]["errorSummary"],
        "Cannot unsuspend a user that is not suspended"
    );
    assert_eq!(go(&user, "activate").await.code(), "E0000016");
    for status in ["STAGED", "LOCKED_OUT", "DEPROVISIONED"] {
        assert_eq!(go(&lab.with_status(status), "suspend").await.status, 400, "{status}");
    }
    lab.org.settings(|settings| settings.role = Role::ReadOnly);
    assert_eq!(go(&user, "suspend").await.code(), "E0000006");
}

#[tokio::test]
async fn deactivation_takes_applications_and_leaves_groups() {
    let lab = Lab::small().await;
    let users = lab.org.users();
    let user =
        users.iter().find(|user| user["status"] == "ACTIVE" && user["profile"]["department"] == "Sales").unwrap();
    let user = user["id"].as_str().unwrap();
    let sales = lab.org.group("Sales").unwrap();
    assert!(lab.org.apps_of(user).contains(&"Salesforce".to_owned()));
    assert_eq!(lab.call("POST", &format!("/api/v1/users/{user}/lifecycle/deactivate")).await.status, 200);
    assert!(lab.org.apps_of(user).is_empty() && lab.org.is_member(&sales, user));
    assert_eq!(lab.get(&format!("/api/v1/users/{user}")).await.json["passwordChanged"], serde_json::Value::Null);
    assert_eq!(lab.call("POST", &format!("/api/v1/users/{user}/lifecycle/activate?sendEmail=true")).await.status, 200);
    assert_eq!(lab.get(&format!("/api/v1/users/{user}")).await.json["status"], "PROVISIONED");
    assert!(lab.org.apps_of(user).contains(&"Salesforce".to_owned()), "what groups give comes back");
}

#[tokio::test]
async fn a_slow_transition_shows_where_it_leads() {
    let lab = Lab::small().await;
    lab.org.slow_transitions(true);
    let user = lab.with_status("ACTIVE");
    assert_eq!(lab.call("POST", &format!("/api/v1/users/{user}/lifecycle/deactivate")).await.status, 200);
    let shown = lab.get(&format!("/api/v1/users/{user}")).await.json;
    assert_eq!((&shown["status"], &shown["transitioningToStatus"]), (&"ACTIVE".into(), &"DEPROVISIONED".into()));
    lab.org.slow_transitions(false);
    assert_eq!(lab.get(&format!("/api/v1/users/{user}")).await.json["status"], "DEPROVISIONED");
}

#[tokio::test]
async fn only_groups_of_okta_take_members() {
    let lab = Lab::small().await;
    let (user, phoenix) = (lab.with_status("ACTIVE"), lab.org.group("Project Phoenix").unwrap());
    let path = format!("/api/v1/groups/{phoenix}/users/{user}");
    for _ in 0..2 {
        assert_eq!(lab.call("PUT", &path).await.status, 204);
    }
    assert!(lab.org.is_member(&phoenix, &user));
    assert_eq!(lab.call("DELETE", &path).await.status, 204);
    assert!(!lab.org.is_member(&phoenix, &user));
    for name in ["Everyone", "CORP\\Domain Users"] {
        let group = lab.org.group(name).unwrap();
        assert_eq!(lab.call("PUT", &format!("/api/v1/groups/{group}/users/{user}")).await.code(), "E0000006", "{name}");
    }
}

#[tokio::test]
async fn what_a_group_gives_comes_and_goes_with_it() {
    let lab = Lab::small().await;
    let users = lab.org.users();
    let user =
        users.iter().find(|user| user["status"] == "ACTIVE" && user["profile"]["department"] == "Finance").unwrap();
    let user = user["id"].as_str().unwrap();
    let sales = lab.org.group("Sales").unwrap();
    let path = format!("/api/v1/groups/{sales}/users/{user}");
    lab.call("PUT", &path).await;
    assert!(lab.org.apps_of(user).contains(&"Salesforce".to_owned()));
    lab.call("DELETE", &path).await;
    assert!(!lab.org.apps_of(user).contains(&"Salesforce".to_owned()));
}

#[tokio::test]
async fn an_answer_is_lost_after_the_work() {
    let lab = Lab::small().await;
    let user = lab.with_status("ACTIVE");
    let path = format!("/api/v1/users/{user}/lifecycle/suspend");
    lab.org.fault(&format!("POST {path}"), Fault::LostResponse);
    let lost = lab.http.post(format!("{}{path}", lab.server.url())).bearer_auth(&lab.token).send().await;
    assert!(lost.is_err());
    assert_eq!(lab.get(&format!("/api/v1/users/{user}")).await.json["status"], "SUSPENDED");
}

#[tokio::test]
async fn sessions_are_cleared_and_the_page_shows_who_is_there() {
    let lab = Lab::small().await;
    let user = lab.with_status("ACTIVE");
    lab.org.sign_in(&user);
    assert_eq!(lab.call("DELETE", &format!("/api/v1/users/{user}/sessions?oauthTokens=true")).await.status, 204);
    assert_eq!(lab.org.sessions_of(&user), 0);
    let page = lab.http.get(format!("{}/?q=suspended", lab.server.url())).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("<td>SUSPENDED</td>") && !page.contains("<td>ACTIVE</td>"), "{page}");
}
