//! weft-integration
