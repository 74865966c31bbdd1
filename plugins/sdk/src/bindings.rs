//! The types and functions of `weft:integration@0.1`, generated from `wit/0.1`. Authors take them from [`crate::prelude`].

#![allow(missing_docs, clippy::all, unused_qualifications)]

wit_bindgen::generate!({
    path: "../../wit/0.1",
    world: "integration",
    pub_export_macro: true,
    export_macro_name: "export_world",
    default_bindings_module: "weft_integration::bindings",
    additional_derives: [PartialEq],
    // These hold a body that stays with the host.
    additional_derives_ignore: ["response", "body", "passthrough", "page-data", "page"],
});
