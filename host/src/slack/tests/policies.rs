//! Approval policies, as an admin edits them.
