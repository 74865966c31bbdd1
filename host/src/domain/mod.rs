//! Plain data that every module shares: ids, values, schemas, plans, errors. Names nothing else.

mod error;
mod id;
mod paused;
mod permission;
mod plan;
mod record;
mod schema;
pub mod spreadsheet;
mod value;

pub use error::{AppError, ErrorClass, Fault, Outcome, reference};
pub use id::{
    ActionName, Actor, BoardId, ConnectionId, IntegrationId, ObjectName, ObjectRef, RecordRef, RequestId, Role, UserId,
    WorkspaceId,
};
pub use paused::Paused;
pub use permission::{MayUse, NoAccess};
pub use plan::{
    Call, Plan, RunCall, RunResult, RunTarget, Target, TargetOutcome, TargetOutcomeKind, TargetPlan, Undo, Verdict,
    VerdictKind, Verification,
};
pub use record::{BorrowedRow, Change, Row};
pub use schema::{
    Action, Aggregate, Archive, BoardTemplate, Cardinality, Choice, DerivedField, Description, Effect, Field,
    FieldType, IdentityKey, Input, InputType, Normalizer, ObjectType, Relationship, Reversal,
};
pub use value::Value;

/// Milliseconds since 1970-01-01T00:00:00Z: the one clock reading that is stored.
pub type Millis = i64;
