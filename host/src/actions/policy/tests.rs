//! The rules in words, who is asked, who counts; and what was stored before there were so many rules.

use super::*;
use crate::domain::Role;

fn users(ids: &[&str]) -> Vec<UserId> {
    ids.iter().map(|id| UserId::from(*id)).collect()
}

fn named(needed: u32, ids: &[&str]) -> Policy {
    Policy {
        approval: Approval::of(needed),
        approvers: users(ids),
        only_named: true,
        ..ActionSettings::default().policy()
    }
}

#[test]
fn each_policy_in_words() {
    let base = ActionSettings::default().policy();
    let rows = [
        (base.clone(), "Needs the approval of an admin or the owner other than the requester. Waits 72 hours."),
        (
            Policy { self_approval: true, expiry: HOUR, ..base.clone() },
            "Needs the approval of an admin or the owner; the requester counts. Waits 1 hour.",
        ),
        (
            Policy { approvers: users(&["U1"]), ..base.clone() },
            "Needs the approval of an admin, the owner or a named approver other than the requester. Waits 72 hours.",
        ),
        (Policy { approval: Approval::None, ..base.clone() }, "Needs no approval."),
        (
            Policy { approval: Approval::None, reason: true, fallback: Some("U9".into()), ..base.clone() },
            "Needs no approval. A reason is required.",
        ),
        (
            Policy { approval: Approval::Several(2), ..base.clone() },
            "Needs the approval of 2 of the admins and the owner other than the requester. Waits 72 hours.",
        ),
        (named(1, &["U1"]), "Needs the approval of <@U1> other than the requester. Waits 72 hours."),
        (named(1, &["U1", "U2"]), "Needs the approval of <@U1> or <@U2> other than the requester. Waits 72 hours."),
        (
            Policy { reason: true, fallback: Some("U9".into()), ..named(2, &["U1", "U2", "U3"]) },
            "Needs the approval of 2 of <@U1>, <@U2> and <@U3> other than the requester. Waits 72 hours. After 24 hours <@U9> is asked \
             as well. A reason is required.",
        ),
        (
            Policy { typed_confirmation: true, ..named(3, &["U1", "U2", "U3", "U4", "U5", "U6", "U7"]) },
            "Needs the approval of 3 of <@U1>, <@U2>, <@U3>, <@U4>, <@U5> and 2 more other than the requester. Waits 72 hours. Where \
             nobody else could approve, it can be confirmed by typing a word.",
        ),
    ];
    for (policy, words) in rows {
        assert_eq!(policy.words(), words);
    }
}

#[test]
fn who_is_asked_and_who_counts() {
    let admins = users(&["U-owner", "U-admin"]);
    let both = Policy { approvers: users(&["U1", "U-admin"]), ..ActionSettings::default().policy() };
    let only = named(1, &["U1", "U2"]);
    let mine = Policy { self_approval: true, ..only.clone() };
    let rows: [(&Policy, &str, &[&str]); 5] = [
        (&both, "U9", &["U-admin", "U-owner", "U1"]),
        (&both, "U-admin", &["U-owner", "U1"]),
        (&only, "U9", &["U1", "U2"]),
        (&only, "U2", &["U1"]),
        (&mine, "U2", &["U1", "U2"]),
    ];
    for (policy, requester, expected) in rows {
        assert_eq!(policy.asked(&admins, &requester.into()), users(expected), "{requester} under {policy:?}");
    }
    let actor = |user: &str, role| Actor { workspace: "T1".into(), user: user.into(), role };
    let later = Policy { fallback: Some("U9".into()), ..only.clone() };
    let rows = [
        (&both, actor("U-any", Role::Admin), false, true),
        (&both, actor("U1", Role::Member), false, true),
        (&both, actor("U2", Role::Member), false, false),
        (&only, actor("U-any", Role::Owner), false, false),
        (&only, actor("U2", Role::Member), false, true),
        (&later, actor("U9", Role::Member), false, false),
        (&later, actor("U9", Role::Member), true, true),
        (&only, actor("U9", Role::Member), true, false),
    ];
    for (policy, actor, is_escalated, expected) in rows {
        assert_eq!(policy.counts(&actor, is_escalated), expected, "{actor:?}, {is_escalated} under {policy:?}");
    }
}

/// The fingerprint of a request is over these bytes: one that was approved before must still be what was approved.
#[test]
fn a_policy_stored_before_reads_and_writes_the_same_bytes() {
    let stored =
        r#"{"approval":"one","approvers":["U1"],"self_approval":false,"expiry":259200000,"reminder":86400000}"#;
    let read: Policy = serde_json::from_str(stored).unwrap();
    assert_eq!(read, Policy { approvers: users(&["U1"]), ..ActionSettings::default().policy() });
    assert_eq!(serde_json::to_string(&read).unwrap(), stored);
    let several = serde_json::to_string(&named(2, &["U1", "U2"])).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&several).unwrap(), named(2, &["U1", "U2"]));
}
