//! Everything an integration usually names.

pub use crate::bindings::exports::weft::integration::actions::{
    Call, ChangedRecord, DeletedRecord, Outcome, OutcomeKind, Plan, RunCall, RunResult, RunTarget, Target, TargetPlan,
    Undo, Verdict, VerdictKind, Verification,
};
pub use crate::bindings::exports::weft::integration::source::{
    Access, Account, ActionAccess, Description, FetchRequest, ObjectAccess, Page, PageData, Report,
};
pub use crate::bindings::weft::integration::clock::{now_ms, remaining_ms};
pub use crate::bindings::weft::integration::http::{Body, Request, Response};
pub use crate::bindings::weft::integration::log::Level;
pub use crate::bindings::weft::integration::schema::{
    Action, Aggregate, BoardTemplate, Cardinality, Choice, DerivedField, Effect, Field, FieldType, IdentityKey, Input,
    InputType, Normalizer, ObjectType, Relationship, Reversal,
};
pub use crate::bindings::weft::integration::types::{Error, ErrorClass};
pub use crate::log::log;
pub use crate::{Integration, cursor, http};
