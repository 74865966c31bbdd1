//! What wasmtime makes of `wit/0.1`.

#![allow(missing_docs, clippy::all, clippy::too_many_lines, unused_qualifications)]

wasmtime::component::bindgen!({
    path: "../wit/0.1",
    world: "integration",
    imports: {
        "weft:integration/http.send": async | trappable,
        "weft:integration/http.send-all": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    with: { "weft:integration/http.body": super::host::Body },
});
