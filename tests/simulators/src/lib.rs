//! weft-simulators
