//! The preflight: who the connection is, and what its user may read and do.

use crate::describe::{self, Describe, Described};
use crate::permissions::Permissions;
use crate::{actions, api, id, objects};
use serde::Deserialize;
use weft_integration::prelude::*;

/// Asks Salesforce for all of it. Only a login that no longer works at all is an error.
pub fn check() -> Result<Report, Error> {
    let user = api::user_info()?;
    let objects = objects::all();
    let answers = read_descriptions(&objects);
    let counts = read_counts(&objects);
    if let Some(error) = answers.iter().filter_map(|answer| answer.as_ref().err()).find(|error| ends_check(error)) {
        return Err(error.clone());
    }
    let mut described = Described::new();
    let mut refusals = Vec::new();
    for (object, answer) in objects.iter().zip(answers) {
        match answer {
            Ok(describe) => drop(described.insert(object.name.clone(), describe)),
            Err(error) => refusals.push((object.name.clone(), error)),
        }
    }
    let found = objects.iter().zip(counts).map(|(object, count)| {
        let refusal = refusals.iter().find(|(name, _)| *name == object.name).map(|(_, error)| error);
        access(object, &described, refusal, &count)
    });
    Ok(Report::new(account(&user), found, actions::access(&described, &Permissions::read().unwrap_or_default())))
}

fn read_descriptions(objects: &[ObjectType]) -> Vec<Result<Describe, Error>> {
    let requests: Vec<_> = objects.iter().map(|object| api::describe(&object.name)).collect();
    http::all(&requests).into_iter().map(|response| api::success(response?)?.json()).collect()
}

fn read_counts(objects: &[ObjectType]) -> Vec<Result<u32, Error>> {
    let requests: Vec<_> = objects.iter().map(|object| api::query(&crate::soql::count(&object.name))).collect();
    let total = |response: Response| {
        api::success(response)?
            .lookup("/totalSize")?
            .ok_or_else(|| Error::bug("count", "Salesforce did not say how many records there are."))
    };
    http::all(&requests).into_iter().map(|response| total(response?)).collect()
}

/// What is not about one object: there is no sense in a report then.
fn ends_check(error: &Error) -> bool {
    !matches!(error.class, ErrorClass::Forbidden | ErrorClass::NotFound | ErrorClass::InvalidInput)
}

/// The findings for one object.
fn access(
    object: &ObjectType,
    described: &Described,
    refusal: Option<&Error>,
    count: &Result<u32, Error>,
) -> ObjectAccess {
    let name = object.name.as_str();
    let permission = objects::permission(name);
    let Some(describe) = described.get(name) else {
        let says = refusal.map(|error| error.message.as_str()).unwrap_or_default();
        let sentence =
            format!("Grant \"{permission}\" to the connected user, or the org does not have this object. {says}");
        return ObjectAccess::limited(name, Access::None, sentence.trim());
    };
    let hidden = describe::hidden(object, described);
    let mut found = ObjectAccess { extra: describe::extra(describe), ..ObjectAccess::full(name) };
    match count {
        Ok(count) => found.estimate = Some(*count),
        Err(error) if ends_check(error) => {}
        Err(error) => {
            found.access = Access::None;
            found.permission = Some(format!("Grant \"{permission}\" to the connected user. {}", error.message));
        }
    }
    if found.permission.is_none() && !hidden.is_empty() {
        found.permission =
            Some(format!("Not readable for the connected user: {}.{}", hidden.join(", "), remedy(&hidden)));
    }
    ObjectAccess { hidden, ..found }
}

/// Which permission shows the hidden fields, where one is known.
fn remedy(hidden: &[String]) -> &'static str {
    if hidden.iter().any(|name| name == "NumberOfFailedLogins") {
        " Failed logins need \"Manage Users\"; other fields need read access in a profile or permission set."
    } else {
        " Grant read access to them in a profile or permission set."
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Organization {
    name: String,
    is_sandbox: Option<bool>,
}

/// The org by its name; by its id alone where the name cannot be read.
fn account(user: &api::UserInfo) -> Account {
    let soql = "SELECT Name,IsSandbox FROM Organization LIMIT 1";
    let name = match api::read::<Organization>(soql).ok().and_then(|mut found| found.pop()) {
        Some(Organization { name, is_sandbox: Some(true) }) => format!("{name} (sandbox)"),
        Some(Organization { name, .. }) => name,
        None => format!("Salesforce org {}", user.organization_id),
    };
    // Records carry long ids; what is compared with them must be one, too.
    let own_user = id::normalize(&user.user_id).unwrap_or_else(|| user.user_id.clone());
    Account::new(&user.organization_id, name).acting_as(own_user)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn described(columns: &[&str]) -> Described {
        let fields: Vec<_> =
            columns.iter().map(|name| json!({ "name": name, "label": name, "type": "string" })).collect();
        [("UserRole".to_owned(), serde_json::from_value(json!({ "fields": fields })).unwrap())].into()
    }

    fn forbidden() -> Error {
        Error::new(ErrorClass::Forbidden, "INVALID_TYPE", "sObject type 'UserRole' is not supported.")
    }

    #[test]
    fn an_object_that_cannot_be_described_names_the_permission() {
        let role = objects::find("UserRole").unwrap();
        let found = access(&role, &Described::new(), Some(&forbidden()), &Err(forbidden()));
        assert_eq!(found.access, Access::None);
        assert!(found.permission.unwrap().contains("\"View Roles and Role Hierarchy\""));
    }

    #[test]
    fn hidden_fields_are_named_and_the_rest_is_read() {
        let role = objects::find("UserRole").unwrap();
        let found = access(&role, &described(&["Id", "Name"]), None, &Ok(7));
        assert_eq!((found.access, found.estimate), (Access::Full, Some(7)));
        assert!(found.hidden.contains(&"DeveloperName".to_owned()));
        assert!(found.permission.unwrap().contains("DeveloperName"));
    }

    #[test]
    fn a_count_that_is_late_does_not_take_the_object_away() {
        let role = objects::find("UserRole").unwrap();
        let all: Vec<String> = role.fields.iter().map(|field| field.name.clone()).collect();
        let described = described(&all.iter().map(String::as_str).collect::<Vec<_>>());
        let late = Err(Error::new(ErrorClass::Retry, "QUERY_TIMEOUT", "late"));
        let found = access(&role, &described, None, &late);
        assert_eq!((found.access, found.estimate, found.permission), (Access::Full, None, None));
    }
}
