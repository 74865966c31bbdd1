//! What the org answers, and its refusals: `{errorCode, errorSummary, errorLink, errorId, errorCauses}`.

use serde_json::{Value as Json, json};

/// Status, body and headers.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub body: String,
    pub headers: Vec<(&'static str, String)>,
    /// The path, the method or a parameter does not exist: no client should have asked.
    pub unexpected: bool,
}

impl Answer {
    /// JSON.
    pub fn json(status: u16, body: &Json) -> Self {
        Self { status, content_type: "application/json", body: body.to_string(), ..Self::default() }
    }

    /// No body.
    pub fn empty(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// A page for people.
    pub fn html(status: u16, body: String) -> Self {
        Self { status, content_type: "text/html;charset=UTF-8", body, ..Self::default() }
    }

    /// Sends the browser elsewhere.
    pub fn redirect(to: &str) -> Self {
        Self::empty(302).with("location", to)
    }

    /// A refusal of the API.
    pub fn refusal(status: u16, code: &str, summary: &str, causes: &[&str]) -> Self {
        let causes: Vec<Json> = causes.iter().map(|cause| json!({ "errorSummary": cause })).collect();
        Self::json(
            status,
            &json!({
                "errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": format!("oae{code}"), "errorCauses": causes,
            }),
        )
    }

    /// A refusal of the authorization server.
    pub fn oauth(status: u16, error: &str, description: &str) -> Self {
        Self::json(status, &json!({ "error": error, "error_description": description }))
    }

    /// The same with one header more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same, and no client should have asked.
    #[must_use]
    pub fn unexpected(self) -> Self {
        Self { unexpected: true, ..self }
    }
}

/// 404 of a record.
pub fn not_found(id: &str, kind: &str) -> Answer {
    Answer::refusal(404, "E0000007", &format!("Not found: Resource not found: {id} ({kind})"), &[])
}

/// 400 of a request that breaks a rule.
pub fn invalid(operation: &str, cause: &str) -> Answer {
    Answer::refusal(400, "E0000001", &format!("Api validation failed: {operation}"), &[cause])
}

/// 403 of an account or an app that may not.
pub fn denied() -> Answer {
    Answer::refusal(403, "E0000006", "You do not have permission to perform the requested action", &[])
}
