//! weft-bundled
