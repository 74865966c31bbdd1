//! weft-guest-rust
