//! One call of a guest: a place, a fresh instance, budgets, and a fault for whatever goes wrong outside the guest's own answer.

mod admission;
mod fault;
mod output;
mod runtime;

pub use admission::Admission;
pub use runtime::GuestRuntime;

use super::abi::{Answer, CallState, Guest};
use super::access::Access;
use super::caps::clock::Clock;
use super::caps::http::{CallPhase, Egress, Gate, Session, SessionSettings};
use super::caps::log::{CallLog, Facts};
use super::engine::{Limiter, TICK};
use super::grants::Grants;
use super::manifest::Manifest;
use crate::domain::Fault;
use fault::Ended;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;
use wasmtime::{Engine, Store, UpdateDeadline};

/// Bytes a guest hands to the host in one host call, and answers in one call.
const HOSTCALL_FUEL: usize = 32 << 20;
/// Component handles of one instance.
const MAX_HANDLES: usize = 10_000;

/// What runs guests.
pub struct Runner {
    pub engine: Engine,
    pub runtime: GuestRuntime,
    pub admission: Arc<Admission>,
    pub egress: Arc<Egress>,
}

/// Whose code is called.
#[derive(Clone)]
pub struct Callee {
    pub manifest: Arc<Manifest>,
    pub grants: Arc<Grants>,
    pub guest: Arc<dyn Guest>,
    pub digest: Arc<str>,
}

/// What is called, for whom.
pub struct CallSpec {
    /// The function, for the log.
    pub function: &'static str,
    /// The rules that apply.
    pub phase: CallPhase,
    /// None while describing.
    pub connection: Option<(Access, Arc<Gate>)>,
}

/// The future of a call of a guest.
pub type Asked<'a, T> = BoxFuture<'a, Answer<T>>;

impl Runner {
    /// Calls a guest: `ask` is the call, `finish` works on its answer after the instance is gone. Both run on the guests' own
    /// threads. When the caller goes away, so does the call.
    pub async fn call<A, R, F, T>(&self, callee: &Callee, spec: CallSpec, ask: A, finish: F) -> Result<T, Fault>
    where
        A: for<'a> FnOnce(&'a dyn Guest, &'a mut Store<CallState>) -> Asked<'a, R> + Send + 'static,
        F: FnOnce(R, &Finished) -> Result<T, Fault> + Send + 'static,
        R: Send + 'static,
        T: Send + 'static,
    {
        let workspace = spec.connection.as_ref().map(|(access, _)| access.workspace.clone());
        let place = self.admission.enter(workspace.as_ref()).await?;
        let limits = &callee.manifest.limits;
        let deadline = Instant::now() + Duration::from_secs(limits.call_seconds.into());
        let (log, session) = self.capabilities(callee, spec, deadline);
        let (engine, guest) = (self.engine.clone(), Arc::clone(&callee.guest));
        let limiter = limiter(callee, deadline);
        let finished = Finished { log: Arc::clone(&log), session: Arc::clone(&session) };
        let task = {
            let (log, session) = (Arc::clone(&log), Arc::clone(&session));
            async move {
                let mut store = store(&engine, limiter, session, log, Clock::new(deadline))?;
                // The outermost clock. Only dropping the store really ends a call.
                let answer = tokio::time::timeout_at(deadline, ask(&*guest, &mut store)).await;
                let peak = store.data().limiter.peak();
                drop((store, place));
                tracing::trace!(call = finished.log.facts().call, peak, "call of a guest ended");
                match answer {
                    Err(_) => Err(Ended::Late),
                    Ok(Err(error)) => Err(Ended::Trapped(error)),
                    Ok(Ok(said)) => Ok(said.and_then(|said| finish(said, &finished))),
                }
            }
        };
        // A task of its own: a panic in a host function ends this call and nothing else.
        let ended = match AbortOnDropHandle::new(self.runtime.spawn(task)).await {
            Ok(Ok(answer)) => return answer,
            Ok(Err(ended)) => ended,
            Err(error) => Ended::Panicked(error),
        };
        Err(fault::explain(ended, &log, session.has_written()))
    }

    fn capabilities(&self, callee: &Callee, spec: CallSpec, deadline: Instant) -> (Arc<CallLog>, Arc<Session>) {
        let connection = spec.connection.as_ref();
        let log = Arc::new(CallLog::new(Facts {
            connection: connection.map(|(access, _)| (access.workspace.clone(), access.connection.clone())),
            integration: callee.manifest.id.clone(),
            digest: callee.digest[..12].to_owned(),
            call: uuid::Uuid::now_v7().simple().to_string(),
            function: spec.function,
        }));
        let session = Session::new(SessionSettings {
            egress: Arc::clone(&self.egress),
            grants: Arc::clone(&callee.grants),
            manifest: Arc::clone(&callee.manifest),
            connection: spec.connection,
            phase: spec.phase,
            clock: Clock::new(deadline),
            log: Arc::clone(&log),
        });
        (log, Arc::new(session))
    }
}

/// What is left of a call after its instance is gone.
pub struct Finished {
    /// The log, for what the host finds in the answer.
    pub log: Arc<CallLog>,
    session: Arc<Session>,
}

impl Finished {
    /// Whether any change was sent to the tool.
    pub fn has_written(&self) -> bool {
        self.session.has_written()
    }
}

fn limiter(callee: &Callee, deadline: Instant) -> Limiter {
    let limits = &callee.manifest.limits;
    let ticks = Duration::from_secs(limits.cpu_seconds.into()).as_millis() / TICK.as_millis();
    Limiter::new((limits.memory_mib as usize) << 20, u64::try_from(ticks).unwrap_or(u64::MAX), deadline)
}

fn store(
    engine: &Engine,
    limiter: Limiter,
    session: Arc<Session>,
    log: Arc<CallLog>,
    clock: Clock,
) -> Result<Store<CallState>, Ended> {
    let wasi = output::deny_all(&log);
    let mut store =
        Store::try_new(engine, CallState::new(limiter, session, log, clock, wasi)).map_err(Ended::Trapped)?;
    store.limiter(|state| &mut state.limiter);
    store.set_hostcall_fuel(HOSTCALL_FUEL);
    store.set_max_component_handles(MAX_HANDLES);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|mut context| match context.data_mut().limiter.tick() {
        // Yielding lets the outer clock and the other guests have their turn.
        Ok(()) => Ok(UpdateDeadline::Yield(1)),
        Err(overrun) => Err(wasmtime::Error::new(overrun)),
    });
    Ok(store)
}
