//! weft-e2e

pub mod store_workload;
