//! What Salesforce says of every object that records are read from: how it describes it, and how many rows there are.

use crate::describe::{Describe, Described};
use crate::reading::{Reading, Source};
use crate::{api, objects, soql};
use std::collections::HashMap;
use weft_integration::prelude::*;

/// The answers, by the source's name.
#[derive(Default)]
pub struct Sources {
    /// The descriptions that could be read.
    pub described: Described,
    /// Objects that cannot be described, and why.
    undescribed: HashMap<&'static str, Error>,
    /// How many rows, or why they cannot be counted, by query.
    counts: HashMap<String, Result<u32, Error>>,
}

impl Sources {
    /// Asks for all of them, side by side.
    pub fn read() -> Result<Self, Error> {
        let sources: Vec<Source> = objects::readings().flat_map(Reading::sources).collect();
        let mut found = Self::default();
        found.describe(&sources)?;
        found.count(&sources);
        Ok(found)
    }

    fn describe(&mut self, sources: &[Source]) -> Result<(), Error> {
        let mut names: Vec<_> = sources.iter().filter(|source| !source.tooling).map(|source| source.object).collect();
        names.sort_unstable();
        names.dedup();
        let requests: Vec<_> = names.iter().map(|name| api::describe(name)).collect();
        for (name, response) in names.into_iter().zip(http::all(&requests)) {
            match response.and_then(api::success).and_then(|response| response.json::<Describe>()) {
                Ok(describe) => drop(self.described.insert(name.to_owned(), describe)),
                Err(error) if ends_check(&error) => return Err(error),
                Err(error) => drop(self.undescribed.insert(name, error)),
            }
        }
        Ok(())
    }

    fn count(&mut self, sources: &[Source]) {
        let queries: Vec<String> = sources.iter().map(soql::count).collect();
        let request = |(source, soql): (&Source, &String)| match source.tooling {
            true => api::tooling_query(soql),
            false => api::query(soql),
        };
        let requests: Vec<_> = sources.iter().zip(&queries).map(request).collect();
        let total = |response: Response| {
            api::success(response)?
                .lookup("/totalSize")?
                .ok_or_else(|| Error::bug("count", "Salesforce did not say how many records there are."))
        };
        let answers = http::all(&requests).into_iter().map(|response| response.and_then(total));
        self.counts = queries.into_iter().zip(answers).collect();
    }

    /// Why rows of a source cannot be read; none when they can, or when it is not known.
    pub fn refusal(&self, source: &Source) -> Option<&Error> {
        let uncounted = || self.counts.get(&soql::count(source))?.as_ref().err().filter(|error| !ends_check(error));
        self.undescribed.get(source.object).or_else(uncounted)
    }

    /// How many rows there are, if Salesforce counted them in time.
    pub fn rows(&self, source: &Source) -> Option<u32> {
        self.counts.get(&soql::count(source))?.as_ref().ok().copied()
    }
}

/// What is not about one object: there is no sense in a report then.
pub fn ends_check(error: &Error) -> bool {
    !matches!(error.class, ErrorClass::Forbidden | ErrorClass::NotFound | ErrorClass::InvalidInput)
}

#[cfg(test)]
impl Sources {
    /// An object with these columns.
    pub fn with_object(mut self, name: &str, columns: &[&str]) -> Self {
        let field = |name: &&str| serde_json::json!({ "name": name, "label": name, "type": "string" });
        let fields: Vec<_> = columns.iter().map(field).collect();
        let describe = serde_json::from_value(serde_json::json!({ "fields": fields })).unwrap();
        self.described.insert(name.to_owned(), describe);
        self
    }

    /// A source with so many rows, or none that can be counted.
    pub fn with_rows(mut self, source: &Source, rows: Result<u32, Error>) -> Self {
        self.counts.insert(soql::count(source), rows);
        self
    }

    /// An object that cannot be described.
    pub fn without(mut self, name: &'static str, error: Error) -> Self {
        self.undescribed.insert(name, error);
        self
    }
}
