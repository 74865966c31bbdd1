//! `weft:integration@0.1`: the bindings, and calls through them.

mod bindings;
mod from_guest;
mod host;
mod to_guest;

use super::{Answer, CallState, Guest, RawPage, RawRun, RawVerification};
use crate::domain::{Call, Description, Plan, RunCall};
use crate::plugins::access::{FetchRequest, Report};
use async_trait::async_trait;
use bindings::exports::weft::integration::{actions, source};
use wasmtime::component::{Component, HasSelf, InstancePre, Linker};
use wasmtime::{Engine, Store};

/// A component joined to the host. One of world `source-only` has no actions.
pub struct Linked {
    instance: InstancePre<CallState>,
    source: source::GuestIndices,
    actions: Option<actions::GuestIndices>,
}

impl Linked {
    /// Checks imports and exports by type.
    pub fn new(engine: &Engine, component: &Component) -> wasmtime::Result<Self> {
        let mut linker = Linker::<CallState>::new(engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        bindings::Integration::add_to_linker::<_, HasSelf<CallState>>(&mut linker, |state| state)?;
        let instance = linker.instantiate_pre(component)?;
        let has_actions = component.get_export_index(None, "weft:integration/actions@0.1.0").is_some();
        Ok(Self {
            source: source::GuestIndices::new(&instance)?,
            actions: if has_actions { Some(actions::GuestIndices::new(&instance)?) } else { None },
            instance,
        })
    }

    async fn source(&self, store: &mut Store<CallState>) -> wasmtime::Result<source::Guest> {
        let instance = self.instance.instantiate_async(&mut *store).await?;
        self.source.load(store, &instance)
    }

    async fn actions(&self, store: &mut Store<CallState>) -> wasmtime::Result<actions::Guest> {
        let indices = self.actions.as_ref().ok_or_else(|| wasmtime::Error::msg("it exports no actions"))?;
        let instance = self.instance.instantiate_async(&mut *store).await?;
        indices.load(store, &instance)
    }
}

#[async_trait]
impl Guest for Linked {
    async fn describe(&self, store: &mut Store<CallState>) -> Answer<Description> {
        let source = self.source(store).await?;
        Ok(Ok(source.call_describe(store).await?.into()))
    }

    async fn check(&self, store: &mut Store<CallState>, config: String) -> Answer<Report> {
        let source = self.source(store).await?;
        Ok(source.call_check(store, &config).await?.map(Into::into).map_err(Into::into))
    }

    async fn fetch(&self, store: &mut Store<CallState>, config: String, request: &FetchRequest) -> Answer<RawPage> {
        let source = self.source(store).await?;
        match source.call_fetch(&mut *store, &config, &request.into()).await? {
            Ok(page) => from_guest::page(store.data_mut(), page).map(Ok),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn prepare(&self, store: &mut Store<CallState>, config: String, call: &Call) -> Answer<Plan> {
        let actions = self.actions(store).await?;
        Ok(actions.call_prepare(store, &config, &call.into()).await?.map_err(Into::into).and_then(TryInto::try_into))
    }

    async fn run(&self, store: &mut Store<CallState>, config: String, call: &RunCall) -> Answer<RawRun> {
        let actions = self.actions(store).await?;
        Ok(actions.call_run(store, &config, &call.into()).await?.map(Into::into).map_err(Into::into))
    }

    async fn verify(&self, store: &mut Store<CallState>, config: String, call: &RunCall) -> Answer<RawVerification> {
        let actions = self.actions(store).await?;
        Ok(actions.call_verify(store, &config, &call.into()).await?.map(Into::into).map_err(Into::into))
    }
}
