//! Cursors: a place in a listing as a typed value. It is kept by the host and may come back hours later to a fresh instance under a new
//! login, so it must not hold anything that dies with a session.

use crate::bindings::weft::integration::types::{Error, ErrorClass};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The host refuses longer ones.
pub const MAX_CURSOR_BYTES: usize = 4096;

/// The bytes to hand to the host.
pub fn encode<T: Serialize>(place: &T) -> Result<Vec<u8>, Error> {
    let bytes = serde_json::to_vec(place).map_err(|error| {
        Error::bug("cursor", "The integration could not write down where it stopped.").with_detail(error.to_string())
    })?;
    if bytes.len() > MAX_CURSOR_BYTES {
        return Err(Error::bug("cursor", "The place where the integration stopped is too long to keep."));
    }
    Ok(bytes)
}

/// The place in these bytes; none at the start of a listing. A cursor of another version asks to start again.
pub fn decode<T: DeserializeOwned>(bytes: Option<&[u8]>) -> Result<Option<T>, Error> {
    let Some(bytes) = bytes else { return Ok(None) };
    serde_json::from_slice(bytes).map(Some).map_err(|error| {
        Error::new(
            ErrorClass::CursorExpired,
            "cursor",
            "The place where fetching stopped is no longer understood. Fetching starts again from the beginning.",
        )
        .with_detail(error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_was() {
        let bytes = encode(&("005A", 7)).unwrap();
        assert_eq!(decode::<(String, u32)>(Some(&bytes)).unwrap(), Some(("005A".to_owned(), 7)));
        assert_eq!(decode::<String>(None).unwrap(), None);
    }

    #[test]
    fn a_foreign_cursor_asks_to_start_again() {
        assert_eq!(decode::<u32>(Some(b"\"x\"")).unwrap_err().class, ErrorClass::CursorExpired);
    }

    #[test]
    fn a_cursor_that_the_host_would_refuse_is_a_bug() {
        assert_eq!(encode(&"x".repeat(MAX_CURSOR_BYTES)).unwrap_err().class, ErrorClass::Bug);
    }
}
