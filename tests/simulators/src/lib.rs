//! weft-simulators
pub mod slack;
