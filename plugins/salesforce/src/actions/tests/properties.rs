//! What holds for whatever comes in.

use super::*;
use crate::actions::operation::holds;
use crate::actions::write::answers;
use proptest::prelude::*;

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<u32>().prop_map(|number| json!(number)),
        "[a-z]{0,8}".prop_map(Json::String),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let names = prop_oneof!["success", "errors", "id", "message", "statusCode", "compositeResponse", "[a-z]{1,6}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::Array),
            prop::collection::btree_map(names, inner, 0..5).prop_map(|members| json!(members)),
        ]
    })
}

proptest! {
    #[test]
    fn every_change_has_an_answer_whatever_salesforce_says(body in json(), status in 100u16..600, count in 1usize..5) {
        let changes: Vec<Write> = (0..count).map(|_| Write::update("User", &long(ADA), json!({}))).collect();
        prop_assert_eq!(answers(&changes.iter().collect::<Vec<_>>(), status, body.to_string().as_bytes()).len(), count);
        for alone in [Write::revoke("f00d", "x"), Write::create("Group", json!({})).alone(), Write::delete("Group", &long(GROUP)).alone()] {
            prop_assert_eq!(answers(&[&alone], status, body.to_string().as_bytes()).len(), 1);
        }
    }

    #[test]
    fn every_change_is_in_exactly_one_request(kinds in prop::collection::vec(0u8..5, 1..300)) {
        let write = |kind: &u8| match kind {
            0 => Write::update("User", &long(ADA), json!({})),
            1 => Write::create("GroupMember", json!({})),
            2 => Write::delete("GroupMember", "0111"),
            3 => Write::delete("PermissionSetAssignment", "0Pa1"),
            _ => Write::revoke("f00d", "x"),
        };
        let writes: Vec<Write> = kinds.iter().map(write).collect();
        let mut places: Vec<usize> =
            parcels(&writes.iter().collect::<Vec<_>>()).unwrap().into_iter().flat_map(|parcel| parcel.places).collect();
        places.sort_unstable();
        prop_assert_eq!(places, (0..writes.len()).collect::<Vec<_>>());
    }

    #[test]
    fn a_state_holds_as_itself(state in json()) {
        prop_assert!(holds(&state, &state));
    }

    #[test]
    fn names_for_programs_keep_the_rules_or_are_refused(name in "\\PC{0,90}") {
        let wish = inputs(json!({ "name": "x" }));
        if let Ok(made) = wish.api_name("api-name", &name) {
            prop_assert!(made.len() <= 80 && !made.contains("__") && !made.ends_with('_'));
            prop_assert!(made.starts_with(|letter: char| letter.is_ascii_alphabetic()));
            prop_assert_eq!(inputs(json!({ "api-name": made.clone() })).api_name("api-name", "").unwrap(), made);
        }
    }
}
