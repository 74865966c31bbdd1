//! Whether a user is kept from logging in although active.

use super::{flag, id, object, text, time, to_one};
use crate::reading::{Reading, Source};
use weft_integration::prelude::*;

pub const READING: Reading = Reading::rows("UserLogin", Source::of("UserLogin", "ManageUsers")).in_bulk();

pub fn object_type() -> ObjectType {
    object("UserLogin", "Login state", "Login states", "UserId")
        .help("A frozen user cannot log in and still takes a seat of their licence.")
        .with_fields([
            id(),
            text("UserId", "User id").shown(),
            flag("IsFrozen", "Frozen").shown(),
            flag("IsPasswordLocked", "Password locked").shown(),
            time("LastModifiedDate", "Last modified"),
        ])
        .with_relationships([to_one("user", "User", "User", "UserId").seen_back_as("login", "Login state")])
}
