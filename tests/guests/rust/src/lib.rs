//! The smallest complete integration: notes that can be finished. The same guest exists in JavaScript and Python beside this one, and all
//! three must behave alike.

mod finish;
mod note;

use note::Note;
use weft_integration::prelude::*;

/// What the tool gives on one page at most.
const MAX_PAGE: u32 = 100;

/// The integration.
pub struct Notes;

impl Integration for Notes {
    fn describe() -> Description {
        Description::new([note::object()], [finish::action()], [])
    }

    fn check(_config: &str) -> Result<Report, Error> {
        let me: note::Me = http::get("/me").send()?.success()?.json()?;
        Ok(Report::new(
            Account::new(me.id, me.name),
            [ObjectAccess { estimate: Some(me.notes), ..ObjectAccess::full("Note") }],
            [ActionAccess::allowed("finish-note")],
        ))
    }

    fn fetch(_config: &str, request: FetchRequest) -> Result<Page, Error> {
        if request.object != "Note" {
            return Err(Error::bug("no-such-object", format!("This integration has no object `{}`.", request.object)));
        }
        if !request.keys.is_empty() {
            let found = note::read(&request.keys).into_iter().filter_map(Result::transpose);
            return Page::of_records::<Note, ()>(&found.collect::<Result<Vec<_>, _>>()?, None);
        }
        let after: Option<String> = cursor::decode(request.after.as_deref())?;
        let response = http::get("/notes")
            .query("after", after.as_deref().unwrap_or_default())
            .query("limit", &request.page_size.clamp(1, MAX_PAGE).to_string())
            .send()?
            .success()?;
        let next: Option<String> = response.lookup("/next")?;
        Page::passthrough(response, "/notes", next.as_ref())
    }

    fn prepare(_config: &str, call: Call) -> Result<Plan, Error> {
        finish::prepare(&call)
    }

    fn run(_config: &str, call: RunCall) -> Result<RunResult, Error> {
        finish::run(&call)
    }

    fn verify(_config: &str, call: RunCall) -> Result<Verification, Error> {
        finish::verify(&call)
    }
}

weft_integration::export!(Notes);
