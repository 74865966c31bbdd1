//! The Slack directory: users, user groups and their members of the workspace where Weft is installed, to correlate other tools with.

mod api;
mod check;
mod errors;
mod fetch;
mod objects;
mod templates;

use weft_integration::prelude::*;

/// The integration.
pub struct SlackDirectory;

impl Integration for SlackDirectory {
    fn describe() -> Description {
        Description::new(objects::all(), [], templates::all())
    }

    fn check(_config: &str) -> Result<Report, Error> {
        check::check()
    }

    fn fetch(_config: &str, request: FetchRequest) -> Result<Page, Error> {
        fetch::fetch(&request)
    }
}

weft_integration::export!(SlackDirectory);
