//! The preflight: which org and whose account the connection is, and what that account may read.

mod schema;

use crate::objects::{self, Declared, Listing, Need, Shape};
use crate::{actions, api, errors};
use serde::Deserialize;
use weft_integration::prelude::*;

/// Asks Okta for all of it. Only a login that no longer works at all is an error.
pub fn check() -> Result<Report, Error> {
    let probes: Vec<Request> = objects::ALL.iter().map(probe).collect();
    let mut found = Vec::new();
    for (declared, answer) in objects::ALL.iter().zip(http::all(&probes)) {
        found.push(finding(declared, answer.and_then(api::success).map(drop))?);
    }
    add_profile(&mut found)?;
    let readable = |object: &str| found.iter().any(|one| one.object == object && one.access == Access::Full);
    let actions = actions::access(readable);
    Ok(Report::new(account()?, found, actions))
}

/// The smallest question that tells whether an object may be read. What is listed for each of others is as open as these.
fn probe(declared: &Declared) -> Request {
    match &declared.shape {
        Shape::Whole(listing) | Shape::Each(objects::Each { of: listing, .. }) => {
            Listing { query: &[], ..*listing }.first(1)
        }
        Shape::Logins => http::get("/api/v1/logs").query("limit", "1"),
    }
}

fn finding(declared: &Declared, answer: Result<(), Error>) -> Result<ObjectAccess, Error> {
    match answer {
        Ok(()) => Ok(ObjectAccess::full(declared.object)),
        Err(error) if errors::is_refusal(&error) => Ok(refused(declared.object, &declared.need)),
        Err(error) => Err(error),
    }
}

fn refused(object: &str, need: &Need) -> ObjectAccess {
    ObjectAccess::limited(object, Access::None, need.sentence())
}

/// The org's own attributes of users. Without the right to see them there are none, and nothing else is missing.
fn add_profile(found: &mut [ObjectAccess]) -> Result<(), Error> {
    let extra = match api::success(schema::request().send()?).and_then(|response| response.json()) {
        Ok(schema) => schema::extra(&schema),
        Err(error) if errors::is_refusal(&error) => {
            log(Level::Info, "the org's own user attributes are not known", &[("code", &error.code)]);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    found.iter_mut().filter(|one| one.object == "User").for_each(|one| one.extra.clone_from(&extra));
    Ok(())
}

#[derive(Deserialize)]
struct Org {
    id: String,
    #[serde(rename = "_links", default)]
    links: Links,
}

#[derive(Default, Deserialize)]
struct Links {
    organization: Option<Href>,
}

#[derive(Deserialize)]
struct Href {
    href: String,
}

/// The org by the host name that its admins know; anybody may ask for it (spec, `/.well-known/okta-organization`).
fn account() -> Result<Account, Error> {
    let org: Org = api::success(http::get("/.well-known/okta-organization").send()?)?.json()?;
    let account = Account::new(&org.id, org.name());
    Ok(match actions::own_id()? {
        Some(own) => account.acting_as(own),
        None => account,
    })
}

impl Org {
    fn name(&self) -> String {
        let href = self.links.organization.as_ref().map(|link| link.href.as_str()).unwrap_or_default();
        let host = href.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
        host.filter(|host| !host.is_empty()).map_or_else(|| format!("Okta org {}", self.id), str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_org_is_called_as_its_admins_call_it() {
        let org = |json: &str| serde_json::from_str::<Org>(json).unwrap().name();
        assert_eq!(org(r#"{"id":"00o1","_links":{"organization":{"href":"https://acme.okta.com"}}}"#), "acme.okta.com");
        assert_eq!(org(r#"{"id":"00o1"}"#), "Okta org 00o1");
    }

    #[test]
    fn what_is_refused_names_the_scope_and_the_role() {
        let declared = objects::find("Application").unwrap();
        let refusal = Error::new(ErrorClass::Forbidden, "E0000006", "No.");
        let found = finding(declared, Err(refusal)).unwrap();
        assert_eq!(found.access, Access::None);
        let permission = found.permission.unwrap();
        assert!(
            permission.contains("\"okta.apps.read\"") && permission.contains("Read-only Administrator"),
            "{permission}"
        );
        assert!(finding(declared, Err(Error::new(ErrorClass::Retry, "late", "Later."))).is_err());
    }
}
