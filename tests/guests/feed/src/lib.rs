//! An integration that leaves everything to its tool: which records there are, what may be read, and how a request fails. With it the tests
//! of fetching bring about whatever a real tool may do.

use serde::Deserialize;
use weft_integration::prelude::*;

/// The integration.
pub struct Feed;

/// What the tool says of one object.
#[derive(Deserialize)]
struct Found {
    object: String,
    access: String,
    hidden: Vec<String>,
    /// Names of fields beyond the description, and whether they are numbers.
    extra: Vec<(String, bool)>,
    permission: Option<String>,
    estimate: Option<u32>,
}

#[derive(Deserialize)]
struct Check {
    name: String,
    objects: Vec<Found>,
}

/// Why the tool refuses a request, in the words of the WIT package.
#[derive(Deserialize)]
struct Refusal {
    class: String,
    code: String,
    message: String,
    retry_after_ms: Option<u32>,
}

impl Integration for Feed {
    fn describe() -> Description {
        let objects = [object("Entry").ordered(), archived(object("Event").ordered()), archived(object("Loose"))];
        Description::new(objects, [], [])
    }

    fn check(_config: &str) -> Result<Report, Error> {
        let check: Check = answered(http::get("/check").send()?)?.json()?;
        Ok(Report::new(Account::new("feed-1", check.name), check.objects.into_iter().map(access), []))
    }

    fn fetch(_config: &str, request: FetchRequest) -> Result<Page, Error> {
        let after: Option<String> = cursor::decode(request.after.as_deref())?;
        let mut asked = http::get("/records").segment(&request.object);
        let hints = request.ext.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in hints.chain(after.as_deref().map(|after| ("after", after))) {
            asked = asked.query(name, value);
        }
        let response = answered(asked.send()?)?;
        let next: Option<String> = response.lookup("/next")?;
        let (total, incomplete) = (response.lookup("/total")?, response.lookup::<String>("/incomplete")?);
        let ext = incomplete.map(|sentence| ("incomplete".to_owned(), sentence)).into_iter().collect();
        Ok(Page { total, ext, ..Page::passthrough(response, "/records", next.as_ref())? })
    }

    fn prepare(_config: &str, _call: Call) -> Result<Plan, Error> {
        Err(no_actions())
    }

    fn run(_config: &str, _call: RunCall) -> Result<RunResult, Error> {
        Err(no_actions())
    }

    fn verify(_config: &str, _call: RunCall) -> Result<Verification, Error> {
        Err(no_actions())
    }
}

fn object(name: &str) -> ObjectType {
    ObjectType::new(name, name, name).identified_by("id", "name").with_fields([
        Field::new("id", "Id", FieldType::Text),
        Field::new("name", "Name", FieldType::Text).shown(),
        Field::new("seats", "Seats", FieldType::Integer).shown(),
        Field::new("at", "At", FieldType::Timestamp).shown(),
    ])
}

fn archived(mut object: ObjectType) -> ObjectType {
    object.ext = [("archive-by", "at"), ("archive-days", "30")].map(|(name, value)| (name.into(), value.into())).into();
    object
}

fn access(found: Found) -> ObjectAccess {
    let access = match found.access.as_str() {
        "full" => Access::Full,
        "own-rows" => Access::OwnRows,
        "none" => Access::None,
        _ => Access::Absent,
    };
    let field = |(name, is_number): (String, bool)| {
        Field::new(&name, &name, if is_number { FieldType::Integer } else { FieldType::Text })
    };
    ObjectAccess {
        access,
        hidden: found.hidden,
        extra: found.extra.into_iter().map(field).collect(),
        permission: found.permission,
        estimate: found.estimate,
        ..ObjectAccess::full(&found.object)
    }
}

fn answered(response: Response) -> Result<Response, Error> {
    if response.status == 200 {
        return Ok(response);
    }
    let refusal: Refusal = response.json()?;
    let class = match refusal.class.as_str() {
        "retry" => ErrorClass::Retry,
        "throttled" => ErrorClass::Throttled,
        "exhausted" => ErrorClass::Exhausted,
        "reauthorize" => ErrorClass::Reauthorize,
        "forbidden" => ErrorClass::Forbidden,
        "cursor-expired" => ErrorClass::CursorExpired,
        _ => ErrorClass::Bug,
    };
    Err(Error::new(class, refusal.code, refusal.message).after(refusal.retry_after_ms))
}

fn no_actions() -> Error {
    Error::bug("no-actions", "This integration changes nothing.")
}

weft_integration::export!(Feed);
