//! The Okta integration: users, groups, applications and sign-ins of an org, and actions on users.
//!
//! Facts about Okta's API that comments here cite as "spec" are from Okta's published OpenAPI documents, release 2026.06.3
//! (`okta/okta-management-openapi-spec`, `management` and `oauth`).

mod actions;
mod api;
mod check;
mod errors;
mod fetch;
mod objects;
mod pace;
mod templates;

use weft_integration::prelude::*;

/// The integration.
pub struct Okta;

impl Integration for Okta {
    fn describe() -> Description {
        Description::new(objects::all(), actions::all(), templates::all())
    }

    fn check(_config: &str) -> Result<Report, Error> {
        check::check()
    }

    fn fetch(_config: &str, request: FetchRequest) -> Result<Page, Error> {
        fetch::fetch(&request)
    }

    fn prepare(_config: &str, call: Call) -> Result<Plan, Error> {
        actions::prepare(&call)
    }

    fn run(_config: &str, call: RunCall) -> Result<RunResult, Error> {
        actions::run(&call)
    }

    fn verify(_config: &str, call: RunCall) -> Result<Verification, Error> {
        actions::verify(&call)
    }
}

weft_integration::export!(Okta);

#[cfg(test)]
mod tests;
