//! One loaded integration and its calls.

use super::abi::{CallState, Guest, RawRun, RawVerification};
use super::access::{Access, FetchRequest, Page, Report};
use super::answers::{self, Shapes, Unread};
use super::caps::http::{CallPhase, Gate};
use super::grants::{Grants, Operator, Refusal};
use super::load::{self, LoadError, Loaded};
use super::manifest::Manifest;
use super::rows::Shape;
use super::runner::{Asked, CallSpec, Callee, Finished, Runner};
use crate::domain::{
    Call, ConnectionId, Description, ErrorClass, Fault, Field, ObjectName, Plan, RunCall, RunResult, Verification,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;
use wasmtime::Store;

/// Keys of one fetch; the WIT package promises it.
const MAX_KEYS: usize = 200;
/// Gates kept for connections without a running call.
const MAX_GATES: usize = 1_000;

/// A loaded integration. Cheap to clone.
#[derive(Clone)]
pub struct Integration {
    inner: Arc<Inner>,
}

struct Inner {
    runner: Arc<Runner>,
    callee: Callee,
    description: Description,
    cached: bool,
    code_time: Duration,
    gates: Mutex<HashMap<ConnectionId, Arc<Gate>>>,
}

impl std::fmt::Debug for Integration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Integration({} {})", self.manifest().id, self.digest())
    }
}

impl Integration {
    /// Asks a loaded component to describe itself, and checks what it says.
    pub(super) async fn new(runner: Arc<Runner>, loaded: Loaded, operator: Operator) -> Result<Self, LoadError> {
        let callee = Callee {
            grants: Arc::new(Grants::new(&loaded.manifest, operator)),
            manifest: Arc::new(loaded.manifest),
            guest: loaded.guest,
            digest: loaded.digest.into(),
        };
        let description = describe(&runner, &callee).await.map_err(LoadError::Describe)?;
        load::check_description(&description, &callee.manifest, loaded.has_actions).map_err(LoadError::Description)?;
        let (cached, code_time, gates) = (loaded.cached, loaded.code_time, Mutex::default());
        Ok(Self { inner: Arc::new(Inner { runner, callee, description, cached, code_time, gates }) })
    }

    /// What it asks for.
    pub fn manifest(&self) -> &Manifest {
        &self.inner.callee.manifest
    }

    /// What it offers.
    pub fn description(&self) -> &Description {
        &self.inner.description
    }

    /// The SHA-256 of the component, in hex.
    pub fn digest(&self) -> &str {
        &self.inner.callee.digest
    }

    /// Whether its machine code came from the cache.
    pub fn is_from_cache(&self) -> bool {
        self.inner.cached
    }

    /// How long it took to get its machine code: a cache hit, or compiling.
    pub fn code_time(&self) -> Duration {
        self.inner.code_time
    }

    /// Asks a fresh instance for its description again: the price of a call without any work.
    pub async fn describe(&self) -> Result<Description, Fault> {
        describe(&self.inner.runner, &self.inner.callee).await
    }

    /// The client for a login address of the manifest, under the same rules of place as the guest's requests.
    pub fn login_client(&self, url: &Url) -> Result<reqwest::Client, Fault> {
        let refused = |refusal: Refusal| {
            Fault::new(ErrorClass::Bug, refusal.code(), format!("The login address is refused: {refusal}."))
        };
        let private = self.inner.callee.grants.check_login(url).map_err(refused)?;
        Ok(self.inner.runner.egress.client(private).clone())
    }

    /// Whether the host may log in at, or keep a base URL at, this address: see [`Grants::check_login`].
    pub fn check_address(&self, url: &Url) -> Result<(), Refusal> {
        self.inner.callee.grants.check_login(url).map(drop)
    }

    /// What these credentials may do.
    pub async fn check(&self, access: &Access) -> Result<Report, Fault> {
        let config = access.config.clone();
        self.call(
            access,
            "check",
            CallPhase::Reading,
            |guest, store| Box::pin(async move { guest.check(store, config).await }),
            |report, _| Ok(report),
        )
        .await
    }

    /// One page, its records read by the host.
    pub async fn fetch(&self, access: &Access, request: FetchRequest) -> Result<Page, Fault> {
        self.ask(access, request).await?.read()
    }

    /// One page, its records not read yet.
    pub async fn ask(&self, access: &Access, request: FetchRequest) -> Result<Unread, Fault> {
        if request.keys.len() > MAX_KEYS {
            let sentence =
                format!("One fetch reads at most {MAX_KEYS} records by key; {} were asked for.", request.keys.len());
            return Err(Fault::new(ErrorClass::InvalidInput, "keys", sentence));
        }
        let (config, request) = (access.config.clone(), Arc::new(request));
        let asked = Arc::clone(&request);
        self.call(
            access,
            "fetch",
            CallPhase::Reading,
            move |guest, store| Box::pin(async move { guest.fetch(store, config, &asked).await }),
            move |page, finished| Unread::new(page, &request, finished),
        )
        .await
    }

    /// The plan for a call. Nothing is changed.
    pub async fn prepare(&self, access: &Access, call: Call) -> Result<Plan, Fault> {
        let (config, action) = (access.config.clone(), call.action.clone());
        let keys: Vec<String> = call.targets.iter().map(|target| target.key.clone()).collect();
        self.call(access, "prepare", CallPhase::Reading, move |guest, store| {
            Box::pin(async move { guest.prepare(store, config, &call).await })
        }, move |plan, _| {
            let answered = plan.targets.iter().map(|target| &target.key);
            // A plan that is not about what was asked would be approved for something else.
            if answered.eq(&keys) { Ok(plan) } else {
                Err(Fault::new(ErrorClass::Bug, "plan-targets", format!("The integration planned `{action}` for other records than it was asked; nothing was changed.")))
            }
        }).await
    }

    /// Does it, under this action's write rules. `fields` are those each object was last fetched with: changed records come in
    /// their order.
    pub async fn run(
        &self,
        access: &Access,
        call: RunCall,
        fields: &[(ObjectName, Vec<Field>)],
    ) -> Result<RunResult, Fault> {
        let (config, shapes, phase) =
            (access.config.clone(), self.shapes(fields)?, CallPhase::Running(call.action.clone()));
        let keys: Vec<String> = call.targets.iter().map(|target| target.key.clone()).collect();
        self.call(
            access,
            "run",
            phase,
            move |guest, store| Box::pin(async move { guest.run(store, config, &call).await }),
            move |RawRun { outcomes, changes }, finished| {
                let outcomes = answers::in_order(
                    keys,
                    outcomes,
                    |outcome| &outcome.key,
                    |key| answers::unsaid(key, finished.has_written()),
                );
                Ok(RunResult { outcomes, changes: answers::changes(changes, &shapes, finished) })
            },
        )
        .await
    }

    /// Whether a run happened whose outcome was lost. Nothing is changed.
    pub async fn verify(
        &self,
        access: &Access,
        call: RunCall,
        fields: &[(ObjectName, Vec<Field>)],
    ) -> Result<Verification, Fault> {
        let (config, shapes) = (access.config.clone(), self.shapes(fields)?);
        let keys: Vec<String> = call.targets.iter().map(|target| target.key.clone()).collect();
        self.call(
            access,
            "verify",
            CallPhase::Reading,
            move |guest, store| Box::pin(async move { guest.verify(store, config, &call).await }),
            move |RawVerification { verdicts, changes }, finished| {
                let verdicts = answers::in_order(keys, verdicts, |verdict| &verdict.key, answers::undecided);
                Ok(Verification { verdicts, changes: answers::changes(changes, &shapes, finished) })
            },
        )
        .await
    }
}

impl Integration {
    async fn call<A, R, F, T>(
        &self,
        access: &Access,
        function: &'static str,
        phase: CallPhase,
        ask: A,
        finish: F,
    ) -> Result<T, Fault>
    where
        A: for<'a> FnOnce(&'a dyn Guest, &'a mut Store<CallState>) -> Asked<'a, R> + Send + 'static,
        F: FnOnce(R, &Finished) -> Result<T, Fault> + Send + 'static,
        R: Send + 'static,
        T: Send + 'static,
    {
        let gate = self.gate(&access.connection);
        let spec = CallSpec { function, phase, connection: Some((access.clone(), gate)) };
        self.inner.runner.call(&self.inner.callee, spec, ask, finish).await
    }

    fn gate(&self, connection: &ConnectionId) -> Arc<Gate> {
        let mut gates = self.inner.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if gates.len() > MAX_GATES {
            gates.retain(|_, gate| Arc::strong_count(gate) > 1);
        }
        Arc::clone(gates.entry(connection.clone()).or_insert_with(|| Arc::new(Gate::new(&self.manifest().limits))))
    }

    fn shapes(&self, fields: &[(ObjectName, Vec<Field>)]) -> Result<Shapes, Fault> {
        let shape = |(object, fields): &(ObjectName, Vec<Field>)| {
            let described = self.inner.description.object(object);
            let key = described.map(|described| described.key.as_str()).unwrap_or_default();
            let shape = Shape::new(fields, key);
            shape.map(|shape| (object.clone(), shape)).map_err(|error| answers::unreadable_fields(object, &error))
        };
        fields.iter().map(shape).collect()
    }
}

async fn describe(runner: &Runner, callee: &Callee) -> Result<Description, Fault> {
    let spec = CallSpec { function: "describe", phase: CallPhase::Reading, connection: None };
    runner.call(callee, spec, |guest, store| guest.describe(store), |description, _| Ok(description)).await
}
