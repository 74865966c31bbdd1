//! Domain types as guests of this version take them.

use super::bindings::exports::weft::integration::{actions, source};
use super::bindings::weft::integration::{schema, types};
use crate::domain::{self, ErrorClass, Fault, FieldType};
use crate::plugins::access::FetchRequest;
use serde_json::{Map, Value as Json};

fn json(map: &Map<String, Json>) -> String {
    let text = serde_json::to_string(map);
    text.expect("a map with text keys has a JSON text")
}

impl From<&FetchRequest> for source::FetchRequest {
    fn from(request: &FetchRequest) -> Self {
        Self {
            object: request.object.0.clone(),
            fields: request.fields.iter().map(Into::into).collect(),
            after: request.after.clone(),
            keys: request.keys.clone(),
            page_size: request.page_size,
            ext: hints(request),
        }
    }
}

fn hints(request: &FetchRequest) -> Vec<(String, String)> {
    let moment = |micros| jiff::Timestamp::from_microsecond(micros).ok();
    let since = request.since.and_then(moment).map(|moment| ("since".to_owned(), moment.to_string()));
    let estimate = request.estimate.map(|count| ("estimate".to_owned(), count.to_string()));
    since.into_iter().chain(estimate).collect()
}

impl From<&domain::Field> for schema::Field {
    fn from(field: &domain::Field) -> Self {
        let choice =
            |choice: &domain::Choice| schema::Choice { value: choice.value.clone(), title: choice.title.clone() };
        Self {
            name: field.name.clone(),
            title: field.title.clone(),
            help: field.help.clone(),
            type_: field.kind.into(),
            unit: field.unit.clone(),
            pointer: field.pointer.clone(),
            format: field.format.clone(),
            choices: field.choices.iter().map(choice).collect(),
            sealed: field.sealed,
            default: field.default,
            ext: Vec::new(),
        }
    }
}

impl From<FieldType> for schema::FieldType {
    fn from(kind: FieldType) -> Self {
        match kind {
            FieldType::Text => Self::Text,
            FieldType::LongText => Self::LongText,
            FieldType::Integer => Self::Integer,
            FieldType::Number => Self::Number,
            FieldType::Boolean => Self::Boolean,
            FieldType::Date => Self::Date,
            FieldType::Timestamp => Self::Timestamp,
            FieldType::Choice => Self::Choice,
            FieldType::List => Self::List,
        }
    }
}

impl From<&domain::Call> for actions::Call {
    fn from(call: &domain::Call) -> Self {
        let target = |target: &domain::Target| actions::Target {
            key: target.key.clone(),
            record: json(&target.record),
            ext: Vec::new(),
        };
        Self {
            action: call.action.0.clone(),
            inputs: json(&call.inputs),
            targets: call.targets.iter().map(target).collect(),
            ext: Vec::new(),
        }
    }
}

impl From<&domain::RunCall> for actions::RunCall {
    fn from(call: &domain::RunCall) -> Self {
        let target = |target: &domain::RunTarget| actions::RunTarget {
            key: target.key.clone(),
            record: json(&target.record),
            before: target.before.clone(),
            idempotency_key: target.idempotency_key.clone(),
            ext: Vec::new(),
        };
        Self {
            action: call.action.0.clone(),
            inputs: json(&call.inputs),
            targets: call.targets.iter().map(target).collect(),
            attempt: call.attempt,
            ext: Vec::new(),
        }
    }
}

impl From<Fault> for types::Error {
    fn from(fault: Fault) -> Self {
        Self {
            class: fault.class.into(),
            code: fault.code,
            message: fault.message,
            retry_after_ms: fault.retry_after_ms,
            detail: fault.detail.map(|text| Json::String(text).to_string()),
            ext: Vec::new(),
        }
    }
}

impl From<ErrorClass> for types::ErrorClass {
    fn from(class: ErrorClass) -> Self {
        match class {
            ErrorClass::Retry => Self::Retry,
            ErrorClass::Throttled => Self::Throttled,
            ErrorClass::Exhausted => Self::Exhausted,
            ErrorClass::Reauthorize => Self::Reauthorize,
            ErrorClass::Forbidden => Self::Forbidden,
            ErrorClass::InvalidInput => Self::InvalidInput,
            ErrorClass::NotFound => Self::NotFound,
            ErrorClass::Conflict => Self::Conflict,
            ErrorClass::CursorExpired => Self::CursorExpired,
            ErrorClass::Unknown => Self::Unknown,
            ErrorClass::Bug => Self::Bug,
        }
    }
}
