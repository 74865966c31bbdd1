//! What an operator does at the command line, beside letting Weft run. Each command answers whether all is well: that is the exit code.

mod audit;
mod backup;
mod doctor;

pub use audit::{Verify, verify};
pub use backup::{backup, restore};
pub use doctor::doctor;
