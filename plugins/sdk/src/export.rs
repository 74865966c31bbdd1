//! The macro that turns a type into the exports of a component.

/// Exports a type that implements [`Integration`](crate::Integration) as this component's integration. Once per crate.
///
/// Only a wasm build has exports, so the same crate links natively for its unit tests.
#[macro_export]
macro_rules! export {
    ($integration:ty) => {
        const _: fn() -> $crate::prelude::Description = <$integration as $crate::Integration>::describe;

        #[cfg(target_family = "wasm")]
        const _: () = {
            use $crate::Integration as _;
            use $crate::bindings::exports::weft::integration::{actions, source};

            type Error = $crate::prelude::Error;

            struct Exported;

            impl source::Guest for Exported {
                fn describe() -> source::Description {
                    <$integration>::describe()
                }

                fn check(config: String) -> Result<source::Report, Error> {
                    <$integration>::check(&config)
                }

                fn fetch(config: String, request: source::FetchRequest) -> Result<source::Page, Error> {
                    <$integration>::fetch(&config, request)
                }
            }

            impl actions::Guest for Exported {
                fn prepare(config: String, call: actions::Call) -> Result<actions::Plan, Error> {
                    <$integration>::prepare(&config, call)
                }

                fn run(config: String, call: actions::RunCall) -> Result<actions::RunResult, Error> {
                    <$integration>::run(&config, call)
                }

                fn verify(config: String, call: actions::RunCall) -> Result<actions::Verification, Error> {
                    <$integration>::verify(&config, call)
                }
            }

    $crate::bindings::export_world!(Exported with_types_in $crate::bindings);
        };
    };
}
