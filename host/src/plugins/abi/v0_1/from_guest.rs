//! What guests of this version answer, as domain types. Texts are cut to a length that fits on a screen.

use super::bindings::exports::weft::integration::{actions, source};
use super::bindings::weft::integration::{schema, types};
use crate::domain::{self, ErrorClass, Fault, FieldType, TargetOutcomeKind, VerdictKind};
use crate::plugins::abi::{CallState, RawChange, RawPage, RawRecords, RawRun, RawVerification};
use crate::plugins::access::{AccessLevel, Account, ActionAccess, ObjectAccess, Report};
use crate::plugins::rows::Layout;
use std::collections::HashMap;

/// The longest sentence for a person, in bytes.
const MAX_SENTENCE: usize = 2 << 10;

fn sentence(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(MAX_SENTENCE));
    text
}

fn sentences(texts: Vec<String>) -> Vec<String> {
    texts.into_iter().map(sentence).collect()
}

fn all<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(Into::into).collect()
}

macro_rules! same_cases {
    ($($from:ty => $to:ty { $($case:ident),+ })+) => {$(
        impl From<$from> for $to {
            fn from(case: $from) -> Self {
                type Source = $from;
                match case { $(Source::$case => Self::$case),+ }
            }
        }
    )+};
}

same_cases! {
    types::ErrorClass => ErrorClass {
        Retry, Throttled, Exhausted, Reauthorize, Forbidden, InvalidInput, NotFound, Conflict, CursorExpired, Unknown, Bug
    }
    schema::FieldType => FieldType { Text, LongText, Integer, Number, Boolean, Date, Timestamp, Choice, List }
    schema::Cardinality => domain::Cardinality { ToOne, ToMany }
    schema::Normalizer => domain::Normalizer { Exact, Folded, Email, SalesforceId }
    schema::Aggregate => domain::Aggregate { Count, First, Min, Max, Sum, Any, All, List }
    schema::InputType => domain::InputType { Text, LongText, Number, Boolean, Date, Choice, Reference, References }
    schema::Effect => domain::Effect { Change, Destructive }
    schema::Reversal => domain::Reversal { Lossless, Lossy, None }
    source::Access => AccessLevel { Full, OwnRows, None, Absent }
    actions::OutcomeKind => TargetOutcomeKind { Done, Already, Failed, Changed, Unknown }
    actions::VerdictKind => VerdictKind { Done, NotDone, Unknown }
}

impl From<types::Error> for Fault {
    fn from(error: types::Error) -> Self {
        Self {
            class: error.class.into(),
            code: sentence(error.code),
            message: sentence(error.message),
            retry_after_ms: error.retry_after_ms,
            detail: error.detail.map(sentence),
        }
    }
}

impl From<source::Description> for domain::Description {
    fn from(description: source::Description) -> Self {
        Self {
            objects: all(description.objects),
            actions: all(description.actions),
            templates: all(description.templates),
        }
    }
}

/// The value of the member of this name.
fn member<'a>(ext: &'a [(String, String)], name: &str) -> Option<&'a str> {
    ext.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The texts by field that a member holds as a JSON object.
fn texts(ext: &[(String, String)], name: &str) -> wasmtime::Result<HashMap<String, String>> {
    let Some(text) = member(ext, name) else { return Ok(HashMap::new()) };
    serde_json::from_str(text).map_err(|_| wasmtime::format_err!("the page's `{name}` are no JSON object of texts"))
}

/// A number of days that cannot be read is 0, which the check of the description refuses.
fn archive(ext: &[(String, String)]) -> Option<domain::Archive> {
    let by = member(ext, "archive-by")?.to_owned();
    let days = member(ext, "archive-days").and_then(|days| days.parse().ok()).unwrap_or_default();
    Some(domain::Archive { by, days })
}

impl From<schema::ObjectType> for domain::ObjectType {
    fn from(object: schema::ObjectType) -> Self {
        Self {
            archive: archive(&object.ext),
            name: domain::ObjectName(object.name),
            title: object.title,
            plural: object.plural,
            help: object.help,
            key: object.key,
            primary: object.primary,
            label: object.label,
            fields: all(object.fields),
            derived: all(object.derived),
            relationships: all(object.relationships),
            identities: all(object.identities),
            ordered: object.ordered,
            link: object.link,
        }
    }
}

impl From<schema::Field> for domain::Field {
    fn from(field: schema::Field) -> Self {
        Self {
            name: field.name,
            title: field.title,
            help: field.help,
            kind: field.type_.into(),
            unit: field.unit,
            pointer: field.pointer,
            format: field.format,
            choices: all(field.choices),
            sealed: field.sealed,
            default: field.default,
        }
    }
}

impl From<schema::Choice> for domain::Choice {
    fn from(choice: schema::Choice) -> Self {
        Self { value: choice.value, title: choice.title }
    }
}

impl From<schema::DerivedField> for domain::DerivedField {
    fn from(field: schema::DerivedField) -> Self {
        Self {
            name: field.name,
            title: field.title,
            help: field.help,
            through: field.through,
            aggregate: field.aggregate.into(),
            field: field.field,
            filter: field.where_,
            needs: field.needs.into_iter().map(domain::ObjectName).collect(),
        }
    }
}

impl From<schema::Relationship> for domain::Relationship {
    fn from(edge: schema::Relationship) -> Self {
        Self {
            name: edge.name,
            title: edge.title,
            cardinality: edge.cardinality.into(),
            object: domain::ObjectName(edge.object),
            local: edge.local,
            remote: edge.remote,
            normalizer: edge.normalizer.into(),
            inverse: edge.inverse,
        }
    }
}

impl From<schema::IdentityKey> for domain::IdentityKey {
    fn from(key: schema::IdentityKey) -> Self {
        Self { kind: key.kind, field: key.field, normalizer: key.normalizer.into() }
    }
}

impl From<schema::BoardTemplate> for domain::BoardTemplate {
    fn from(template: schema::BoardTemplate) -> Self {
        Self {
            name: template.name,
            title: template.title,
            help: sentence(template.help),
            definition: template.definition,
        }
    }
}

impl From<schema::Action> for domain::Action {
    fn from(action: schema::Action) -> Self {
        Self {
            name: domain::ActionName(action.name),
            title: action.title,
            help: sentence(action.help),
            object: action.object.map(domain::ObjectName),
            inputs: all(action.inputs),
            effect: action.effect.into(),
            reversal: action.reversal.into(),
            inverse: action.inverse.map(domain::ActionName),
            idempotent: action.idempotent,
            batch: action.batch,
            touches: action.touches.into_iter().map(domain::ObjectName).collect(),
        }
    }
}

impl From<schema::Input> for domain::Input {
    fn from(input: schema::Input) -> Self {
        Self {
            name: input.name,
            title: input.title,
            help: input.help,
            kind: input.type_.into(),
            required: input.required,
            object: input.object.map(domain::ObjectName),
            choices: all(input.choices),
            default: input.default,
            max: input.max,
        }
    }
}

impl From<source::Report> for Report {
    fn from(report: source::Report) -> Self {
        let object = |object: source::ObjectAccess| ObjectAccess {
            object: domain::ObjectName(object.object),
            access: object.access.into(),
            hidden: object.hidden,
            extra: all(object.extra),
            permission: object.permission.map(sentence),
            estimate: object.estimate,
        };
        let action = |action: source::ActionAccess| ActionAccess {
            action: domain::ActionName(action.action),
            allowed: action.allowed,
            permission: action.permission.map(sentence),
        };
        Self {
            account: Account { id: report.account.id, name: report.account.name, user: report.account.user },
            objects: report.objects.into_iter().map(object).collect(),
            actions: report.actions.into_iter().map(action).collect(),
        }
    }
}

/// Takes the page, and its body out of the guest's hands.
pub fn page(state: &mut CallState, page: source::Page) -> wasmtime::Result<RawPage> {
    let records = match page.data {
        source::PageData::Ndjson(lines) => RawRecords::Ndjson(lines),
        source::PageData::Passthrough(passthrough) => {
            RawRecords::Passthrough { body: state.table.delete(passthrough.body)?.bytes, records: passthrough.records }
        }
    };
    let incomplete = member(&page.ext, "incomplete").map(|text| sentence(text.to_owned()));
    let layout = Layout { pointers: texts(&page.ext, "pointers")?, values: texts(&page.ext, "values")? };
    Ok(RawPage { records, next: page.next, total: page.total, incomplete, layout })
}

fn undo(undo: actions::Undo) -> Result<domain::Undo, Fault> {
    let inputs = serde_json::from_str(&undo.inputs).map_err(|_| {
        Fault::new(
            ErrorClass::Bug,
            "undo-inputs",
            "The integration named inputs for taking it back that are no JSON object.",
        )
    })?;
    Ok(domain::Undo { action: domain::ActionName(undo.action), inputs, loses: sentences(undo.loses), target: None })
}

impl TryFrom<actions::Plan> for domain::Plan {
    type Error = Fault;

    fn try_from(plan: actions::Plan) -> Result<Self, Fault> {
        let target = |target: actions::TargetPlan| -> Result<_, Fault> {
            Ok(domain::TargetPlan {
                key: target.key,
                title: sentence(target.title),
                steps: sentences(target.steps),
                warnings: sentences(target.warnings),
                blockers: sentences(target.blockers),
                already: target.already,
                before: target.before,
                undo: target.undo.map(undo).transpose()?,
            })
        };
        let targets = plan.targets.into_iter().map(target).collect::<Result<_, _>>()?;
        Ok(Self { targets, warnings: sentences(plan.warnings) })
    }
}

impl From<actions::RunResult> for RawRun {
    fn from(result: actions::RunResult) -> Self {
        let outcome = |outcome: actions::Outcome| {
            let target = undo_target(outcome.ext);
            domain::TargetOutcome {
                key: outcome.key,
                kind: outcome.kind.into(),
                message: sentence(outcome.message),
                error: outcome.error.map(Into::into),
                // It has happened: an undo that cannot be read is no undo, and no reason to lose the outcome.
                undo: outcome.undo.and_then(|inverse| Some(domain::Undo { target, ..undo(inverse).ok()? })),
            }
        };
        Self {
            outcomes: result.outcomes.into_iter().map(outcome).collect(),
            changes: changes(result.changed, result.deleted),
        }
    }
}

impl From<actions::Verification> for RawVerification {
    fn from(verification: actions::Verification) -> Self {
        let verdict = |verdict: actions::Verdict| domain::Verdict {
            key: verdict.key,
            kind: verdict.kind.into(),
            message: sentence(verdict.message),
            repeatable: verdict.repeatable,
            undo_target: undo_target(verdict.ext),
        };
        Self {
            verdicts: verification.verdicts.into_iter().map(verdict).collect(),
            changes: changes(verification.changed, verification.deleted),
        }
    }
}

fn undo_target(ext: Vec<(String, String)>) -> Option<String> {
    ext.into_iter().find(|(name, _)| name == "undo-target").map(|(_, key)| key)
}

fn changes(changed: Vec<actions::ChangedRecord>, deleted: Vec<actions::DeletedRecord>) -> Vec<RawChange> {
    let put = |record: actions::ChangedRecord| RawChange::Put {
        object: domain::ObjectName(record.object),
        record: record.record,
    };
    let delete = |record: actions::DeletedRecord| RawChange::Delete {
        object: domain::ObjectName(record.object),
        key: record.key,
    };
    changed.into_iter().map(put).chain(deleted.into_iter().map(delete)).collect()
}
