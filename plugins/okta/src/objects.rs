//! The objects, as data: one file each says what its records are and where Okta lists them.

mod application;
mod application_assignment;
mod group;
mod group_member;
mod login;
mod user;

use serde_json::Value as Json;
use weft_integration::prelude::*;

pub use application_assignment::record as assignment_record;
pub use group_member::record_of as membership_record;
pub use login::{EVENT, KEPT_BY_OKTA_DAYS};
pub use user::{status_title, title as user_title};

/// An object, how it is read, and what it needs in Okta.
pub struct Declared {
    pub object: &'static str,
    pub describe: fn() -> ObjectType,
    pub shape: Shape,
    pub need: Need,
}

/// What must be granted in Okta to read something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The scope of the app.
    pub scope: &'static str,
    /// What an admin role must let the connected account view.
    pub view: &'static str,
}

impl Need {
    /// What to grant, for the administrator of the org.
    pub fn sentence(&self) -> String {
        let Self { scope, view } = self;
        format!(
            "Grant the scope \"{scope}\" to the app (Applications → the app → Okta API Scopes), give the connected account an admin role \
             that may view {view}, such as Read-only Administrator, then connect again."
        )
    }
}

/// How the records of an object are read.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// One listing gives them as they are.
    Whole(Listing),
    /// For each record of a listing there is one of its own.
    Each(Each),
    /// Sign-ins in the System Log.
    Logins,
}

/// A listing of Okta's.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    pub path: &'static str,
    /// Besides the limit.
    pub query: &'static [(&'static str, &'static str)],
    /// Records on a page: the most that Okta recommends or takes.
    pub limit: u32,
    /// What is added to each record, where Okta's own is not enough.
    pub finish: Option<fn(&mut Json)>,
}

impl Listing {
    /// The first page, of at most so many records.
    pub fn first(&self, limit: u32) -> Request {
        let request = http::get(self.path).query("limit", &limit.to_string());
        self.query.iter().fold(request, |request, (name, text)| request.query(name, text))
    }

    /// A record of it as it is fetched.
    pub fn finished(&self, mut record: Json) -> Json {
        if let Some(finish) = self.finish {
            finish(&mut record);
        }
        record
    }

    /// One record of it.
    pub fn one(&self, id: &str) -> Request {
        http::get(self.path).segment(id)
    }
}

/// What stands below each record of a listing.
#[derive(Clone, Copy, Debug)]
pub struct Each {
    pub of: Listing,
    /// How people call the records of the listing.
    pub parents: &'static str,
    /// Below a record: `users`.
    pub tail: &'static str,
    pub limit: u32,
    /// The record that is made of the parent's id and what is listed there; none of what has no id.
    pub record: fn(&str, &Json) -> Option<Json>,
}

impl Each {
    /// The first page below a record.
    pub fn first(&self, parent: &str) -> Request {
        self.of.one(parent).segment(self.tail).query("limit", &self.limit.to_string())
    }
}

/// All objects, those that others refer to first.
pub const ALL: &[Declared] = &[
    user::DECLARED,
    group::DECLARED,
    group_member::DECLARED,
    application::DECLARED,
    application_assignment::DECLARED,
    login::DECLARED,
];

/// The descriptions of all objects.
pub fn all() -> Vec<ObjectType> {
    ALL.iter().map(|declared| (declared.describe)()).collect()
}

/// The object of this name.
pub fn find(name: &str) -> Result<&'static Declared, Error> {
    ALL.iter()
        .find(|declared| declared.object == name)
        .ok_or_else(|| Error::bug("no-such-object", format!("This integration has no object `{name}`.")))
}

fn id() -> Field {
    text("id", "Id")
}

fn text(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::Text)
}

fn time(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::Timestamp)
}

fn choice(name: &str, title: &str, choices: &[(&str, &str)]) -> Field {
    Field::new(name, title, FieldType::Choice).with_choices(choices)
}

/// How many records stand at the far end of an edge; unknown when they are not fetched.
fn count(name: &str, title: &str, through: &str, needs: &str) -> DerivedField {
    DerivedField::new(name, title, through, Aggregate::Count).needing(&[needs])
}
