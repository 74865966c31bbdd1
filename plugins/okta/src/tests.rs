//! The description as a whole: everything it refers to is there, and nothing is promised that Okta does not keep.

use super::*;
use std::collections::HashSet;

#[test]
fn what_the_description_refers_to_is_there() {
    let description = Okta::describe();
    for object in &description.objects {
        let names: HashSet<&str> = object.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names.len(), object.fields.len(), "{}: names are unique", object.name);
        for name in [&object.key, &object.primary].into_iter().chain(&object.label) {
            assert!(names.contains(name.as_str()), "{}.{name}", object.name);
        }
        for edge in &object.relationships {
            let far = description.objects.iter().find(|far| far.name == edge.object).expect("the far object");
            assert!(names.contains(edge.local.as_str()) && far.fields.iter().any(|field| field.name == edge.remote));
            assert!(edge.inverse.is_some(), "{}.{}", object.name, edge.name);
        }
        for derived in &object.derived {
            assert!(!names.contains(derived.name.as_str()), "{}.{}: one name, one meaning", object.name, derived.name);
            let through =
                description.objects.iter().flat_map(|far| far.relationships.iter().map(move |edge| (far, edge)));
            let far = through.into_iter().find(|(_, edge)| {
                edge.object == object.name && edge.inverse.as_ref().is_some_and(|(name, _)| *name == derived.through)
            });
            assert!(derived.needs.contains(&far.expect("an inverse").0.name), "{}.{}", object.name, derived.name);
        }
        assert!(object.identities.iter().all(|key| names.contains(key.field.as_str())));
        // Okta promises no order of ids.
        assert!(!object.ordered, "{}", object.name);
    }
}

#[test]
fn users_are_known_elsewhere_by_the_words_that_others_use() {
    let description = Okta::describe();
    let user = description.objects.iter().find(|object| object.name == "User").expect("users");
    let kinds: Vec<_> =
        user.identities.iter().map(|key| (key.kind.as_str(), key.field.as_str(), key.normalizer)).collect();
    assert_eq!(
        kinds,
        [
            ("email", "email", Normalizer::Email),
            ("username", "login", Normalizer::Folded),
            ("employee-number", "employeeNumber", Normalizer::Folded),
        ]
    );
}

#[test]
fn the_manifest_has_a_write_rule_for_every_action_and_a_scope_for_every_need() {
    let manifest = include_str!("../manifest.toml");
    for action in Okta::describe().actions {
        assert!(manifest.contains(&format!("[[actions.{}.write]]", action.name)), "{}", action.name);
    }
    for declared in objects::ALL {
        assert!(manifest.contains(&format!("\"{}\"", declared.need.scope)), "{}", declared.object);
    }
}
