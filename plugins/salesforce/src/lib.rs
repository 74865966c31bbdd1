//! The Salesforce integration: users, roles, profiles and licences of an org, and actions on users.

mod actions;
mod api;
mod budget;
mod check;
mod describe;
mod errors;
mod fetch;
mod id;
mod objects;
mod permissions;
mod reading;
mod record;
mod settings;
mod soql;
mod templates;

use weft_integration::prelude::*;

/// The integration.
pub struct Salesforce;

impl Integration for Salesforce {
    fn describe() -> Description {
        Description::new(objects::all(), actions::all(), templates::all())
    }

    fn check(config: &str) -> Result<Report, Error> {
        settings::Settings::parse(config)?;
        check::check()
    }

    fn fetch(config: &str, request: FetchRequest) -> Result<Page, Error> {
        fetch::fetch(config, &request)
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

weft_integration::export!(Salesforce);

#[cfg(test)]
mod tests;
