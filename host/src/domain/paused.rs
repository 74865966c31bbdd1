//! A connection that a person stopped fetching.

use super::{Millis, UserId};
use serde::{Deserialize, Serialize};

/// Who paused a connection, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Millis,
}
