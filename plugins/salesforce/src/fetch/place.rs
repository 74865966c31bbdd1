//! How far the answer to a query goes, read off its head: the records stay with the host.

use super::incomplete;
use weft_integration::prelude::*;

/// What the head of an answer says about how far it goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Place {
    /// All records of the query are here: so many.
    Whole(u32),
    /// Salesforce cut the page short after so many, as it does with wide rows.
    Cut(u32),
}

impl Place {
    /// Of this answer.
    pub fn of(response: &Response) -> Result<Self, Error> {
        match response.lookup("/done")? {
            Some(true) => response.lookup("/totalSize")?.map(Self::Whole).ok_or_else(incomplete),
            // Not done, and no next page named, is no end: taking it for one would lose records in silence.
            Some(false) => {
                let next: Option<String> = response.lookup("/nextRecordsUrl")?;
                next.as_deref().and_then(offset).filter(|count| *count > 0).map(Self::Cut).ok_or_else(incomplete)
            }
            None => Err(incomplete()),
        }
    }

    /// Where the last record stands, if there may be more behind it than the `rows` that were asked for.
    pub fn last(&self, rows: u32) -> Option<u32> {
        match *self {
            Self::Whole(count) => (count > 0 && count >= rows).then(|| count - 1),
            Self::Cut(count) => Some(count - 1),
        }
    }
}

/// The last key of a page behind which there may be more.
pub fn last_key(response: &Response, rows: u32) -> Result<Option<String>, Error> {
    let Some(last) = Place::of(response)?.last(rows) else { return Ok(None) };
    let key: Option<String> = response.lookup(&format!("/records/{last}/Id"))?;
    key.map(Some).ok_or_else(incomplete)
}

/// The `2000` of `/services/data/v67.0/query/0r8xx000-2000`.
fn offset(next: &str) -> Option<u32> {
    next.rsplit_once('-')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_goes_on_where_it_was_full_or_cut_short() {
        for (place, last) in [
            (Place::Whole(2000), Some(1999)),
            (Place::Whole(1999), None),
            (Place::Whole(0), None),
            (Place::Cut(700), Some(699)),
        ] {
            assert_eq!(place.last(2000), last, "{place:?}");
        }
    }

    #[test]
    fn the_next_address_tells_where_a_page_was_cut() {
        assert_eq!(offset("/services/data/v67.0/query/0r8xx3d5k-700"), Some(700));
        assert_eq!(offset("/services/data/v67.0/query/0r8xx3d5k"), None);
    }
}
