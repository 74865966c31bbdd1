//! weft-simulators

pub mod salesforce;
