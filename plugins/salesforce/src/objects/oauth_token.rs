//! OAuth tokens: which app may act as which user. The tokens themselves are never read, except the one that only deletes.

use super::{text, time, to_one};
use crate::reading::{Reading, Shape, Source};
use weft_integration::prelude::*;

pub const READING: Reading = Reading {
    object: "OauthToken",
    shape: Shape::Tokens(Source::of("OauthToken", "CustomizeApplication")),
    all_rows: &["CustomizeApplication"],
    bulk: false,
};

pub fn object_type() -> ObjectType {
    ObjectType::new("OauthToken", "OAuth token", "OAuth tokens")
        .identified_by("Key", "AppName")
        .help("An app that may act as a user, without asking again.")
        .with_fields([
            text("Key", "Key").help("A fingerprint; Salesforce gives its tokens no id."),
            text("AppName", "App").shown(),
            text("AppMenuItemId", "App menu item id"),
            text("UserId", "User id").shown(),
            time("CreatedDate", "Granted").shown(),
            time("LastUsedDate", "Last used").shown().help("Empty for a token that was never used."),
            Field::new("UseCount", "Times used", FieldType::Integer).shown(),
        ])
        .with_relationships([to_one("user", "User", "User", "UserId").seen_back_as("oauthTokens", "OAuth tokens")])
}
