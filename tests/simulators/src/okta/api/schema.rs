//! The schema of users' profiles: Okta's own attributes, and those that this org added.

use super::Call;
use crate::okta::answer::Answer;
use serde_json::json;

/// `GET /api/v1/meta/schemas/user/default`.
pub fn user(call: &Call<'_>) -> Result<Answer, Answer> {
    call.asked().only(&[])?;
    let office = |value: &str, title: &str| json!({ "const": value, "title": title });
    Ok(Answer::json(
        200,
        &json!({
            "id": format!("{}/meta/schemas/user/default", call.org.url), "$schema": "http://json-schema.org/draft-04/schema#",
            "name": "user", "title": "Default Okta user", "type": "object",
            "definitions": {
                "base": { "id": "#base", "type": "object", "properties": {
                    "login": { "title": "Username", "type": "string", "required": true },
                    "email": { "title": "Primary email", "type": "string", "required": true, "format": "email" },
                    "firstName": { "title": "First name", "type": "string" }, "lastName": { "title": "Last name", "type": "string" },
                } },
                "custom": { "id": "#custom", "type": "object", "properties": {
                    "badge": { "title": "Badge number", "type": "integer", "description": "As printed on the badge." },
                    "office": { "title": "Office", "type": "string", "enum": ["BER", "NYC", "TYO", "LON"], "oneOf": [
                        office("BER", "Berlin"), office("NYC", "New York"), office("TYO", "Tokyo"), office("LON", "London"),
                    ] },
                    "contractEnd": { "title": "Contract end", "type": "string", "format": "date" },
                } },
            },
        }),
    ))
}
