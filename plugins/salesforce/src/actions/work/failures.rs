//! Several things that went wrong for one target, as one.

use weft_integration::prelude::*;

/// One sentence behind the other.
pub fn join(left: &str, right: &str) -> String {
    if left.is_empty() { right.to_owned() } else { format!("{left} {right}") }
}

/// Which of several errors decides what the host does next: what waiting or a person cures comes first.
pub fn urgency(class: ErrorClass) -> u8 {
    match class {
        ErrorClass::Unknown => 0,
        ErrorClass::Reauthorize => 1,
        ErrorClass::Exhausted => 2,
        ErrorClass::Throttled => 3,
        ErrorClass::Retry => 4,
        _ => 5,
    }
}

/// What makes every further step of the target senseless.
pub fn ends_target(error: &Error) -> bool {
    urgency(error.class) < 4 || error.class == ErrorClass::Bug
}

/// Errors with the same words are told once, with how many there were.
pub fn together(errors: Vec<Error>) -> Vec<Error> {
    let mut told: Vec<(Error, usize)> = Vec::new();
    for error in errors {
        match told.iter_mut().find(|(known, _)| known.message == error.message) {
            Some((_, count)) => *count += 1,
            None => told.push((error, 1)),
        }
    }
    told.into_iter()
        .map(|(error, count)| match count {
            1 => error,
            _ => Error { message: format!("{} ({count} times)", error.message), ..error },
        })
        .collect()
}
