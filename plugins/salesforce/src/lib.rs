//! weft-salesforce
