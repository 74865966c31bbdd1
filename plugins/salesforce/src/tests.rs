//! The description as a whole: everything it refers to is there.

use super::*;
use std::collections::HashSet;

#[test]
fn what_the_description_refers_to_is_there() {
    let description = Salesforce::describe();
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
            let far = far(&description, &object.name, &derived.through).expect("an edge or an inverse");
            if let Some(field) = &derived.field {
                assert!(leads_to_a_field(&description, &far, field), "{}.{}", object.name, derived.name);
            }
            let filter: serde_json::Value = derived
                .where_
                .as_deref()
                .map_or_else(Default::default, |text| serde_json::from_str(text).expect("JSON"));
            for path in paths(&filter) {
                assert!(leads_to_a_field(&description, &far, &path), "{}.{}: {path}", object.name, derived.name);
            }
            assert!(derived.needs.contains(&far), "{}.{}", object.name, derived.name);
            assert!(derived.needs.iter().all(|needed| description.objects.iter().any(|found| found.name == *needed)));
        }
        assert!(object.identities.iter().all(|key| names.contains(key.field.as_str())));
        assert!(object.ordered || object.name == "OauthToken", "{}", object.name);
    }
}

#[test]
fn inverse_names_are_unique_at_the_far_object() {
    let description = Salesforce::describe();
    let own = description
        .objects
        .iter()
        .flat_map(|of| of.relationships.iter().map(|edge| (of.name.clone(), edge.name.clone())));
    let mut seen: HashSet<(String, String)> = own.collect();
    for edge in description.objects.iter().flat_map(|object| &object.relationships) {
        let (name, _) = edge.inverse.clone().expect("an inverse");
        assert!(seen.insert((edge.object.clone(), name.clone())), "{}.{name}", edge.object);
    }
}

#[test]
fn templates_name_fields_and_edges_that_exist() {
    let description = Salesforce::describe();
    for template in &description.templates {
        let definition: serde_json::Value = serde_json::from_str(&template.definition).expect("JSON");
        let object = definition["object"].as_str().expect("an object");
        let columns = definition["columns"].as_array().expect("columns");
        let columns = columns.iter().map(|column| column.as_str().or_else(|| column["path"].as_str()).expect("a path"));
        let sorts =
            definition["sort"].as_array().into_iter().flatten().map(|sort| sort["path"].as_str().expect("a path"));
        let filters = paths(&definition["filter"]);
        // What other tools call their fields is held against them where all are at hand: in the stories.
        let all = columns.chain(sorts).chain(filters.iter().map(String::as_str));
        for path in all.filter(|path| !path.starts_with('@')) {
            assert!(leads_to_a_field(&description, object, path), "{}: {path}", template.name);
        }
        assert!(depth(&definition["filter"]) <= 2, "{}: groups are two deep at most", template.name);
        for path in filters.into_iter().filter(|path| !path.starts_with('@')) {
            assert!(!is_to_many(&description, object, &path), "{}: {path} leads to several records", template.name);
        }
    }
}

/// The paths that a filter of the board language names.
fn paths(filter: &serde_json::Value) -> Vec<String> {
    let inner = ["all", "any"].into_iter().filter_map(|group| filter[group].as_array()).flatten();
    inner.flat_map(paths).chain(filter["path"].as_str().map(str::to_owned)).collect()
}

/// How deep the groups of a filter are.
fn depth(filter: &serde_json::Value) -> usize {
    let groups = ["all", "any"].into_iter().filter_map(|group| filter[group].as_array());
    groups.map(|parts| 1 + parts.iter().map(depth).max().unwrap_or_default()).max().unwrap_or_default()
}

/// The object at the far end of an edge, or of one seen from its far end.
fn far(description: &Description, object: &str, edge: &str) -> Option<String> {
    let edges =
        |of: &ObjectType| of.relationships.iter().map(|edge| (of.name.clone(), edge.clone())).collect::<Vec<_>>();
    description.objects.iter().flat_map(edges).find_map(|(of, found)| {
        let inverse = found.inverse.as_ref().is_some_and(|(name, _)| name == edge);
        match (of == object && found.name == edge, found.object == object && inverse) {
            (true, _) => Some(found.object),
            (_, true) => Some(of),
            _ => None,
        }
    })
}

fn is_to_many(description: &Description, object: &str, path: &str) -> bool {
    let Some((edge, rest)) = path.split_once('.') else { return false };
    let own = description.objects.iter().find(|found| found.name == object).expect("the object");
    let far = far(description, object, edge).expect("an edge");
    !own.relationships.iter().any(|found| found.name == edge) || is_to_many(description, &far, rest)
}

fn leads_to_a_field(description: &Description, object: &str, path: &str) -> bool {
    let own = description.objects.iter().find(|found| found.name == object).expect("the object");
    match path.split_once('.') {
        None => {
            own.fields.iter().any(|field| field.name == path)
                || own.derived.iter().any(|field| field.name == path)
                || far(description, object, path).is_some()
        }
        Some((edge, rest)) => {
            far(description, object, edge).is_some_and(|far| leads_to_a_field(description, &far, rest))
        }
    }
}
