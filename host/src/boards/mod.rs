//! Boards: what people see of their tools. A definition says which records and fields; the engine answers from memory.

pub mod engine;
