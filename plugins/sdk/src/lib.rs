//! What an author of a Weft integration in Rust needs: one trait to implement, one macro to export it, and short ways to speak HTTP,
//! page, describe objects and plan actions. The only place where WIT bindings for guests are made.
//!
//! ```
//! use weft_integration::prelude::*;
//!
//! struct Pets;
//!
//! impl Integration for Pets {
//!     fn describe() -> Description {
//!         let pet = ObjectType::new("Pet", "Pet", "Pets").identified_by("id", "name").with_fields([
//!             Field::new("id", "Id", FieldType::Text),
//!             Field::new("name", "Name", FieldType::Text).shown(),
//!         ]);
//!         Description::new([pet], [], [])
//!     }
//!
//!     fn check(_config: &str) -> Result<Report, Error> {
//!         let account: serde_json::Value = http::get("/me").send()?.success()?.json()?;
//!         Ok(Report::new(Account::new(account["id"].to_string(), "Pet shop"), [ObjectAccess::full("Pet")], []))
//!     }
//!
//!     fn fetch(_config: &str, request: FetchRequest) -> Result<Page, Error> {
//!         let after: Option<String> = cursor::decode(request.after.as_deref())?;
//!         let response = http::get("/pets").query("after", after.as_deref().unwrap_or("")).send()?.success()?;
//!         let next: Option<String> = response.lookup("/next")?;
//!         Page::passthrough(response, "/pets", next.as_ref())
//!     }
//! }
//!
//! weft_integration::export!(Pets);
//! ```

mod actions;
pub mod bindings;
pub mod board;
pub mod cursor;
mod error;
mod export;
pub mod http;
mod integration;
mod log;
pub mod prelude;
mod schema;
mod source;

pub use integration::Integration;
