//! The process dies at every durable step, before it and right after it. Whatever survives is resumed by a new process.

use super::world::{World, admin, asks, note};
use crate::{
    actions::{Decision, RequestState, TargetState},
    domain::{AppError, ConnectionId, Millis, ObjectName, WorkspaceId},
    store::{
        AuditRecord, Claim, CommitError, ControlStore, EntityKey, FlipError, JobKind, Lease, Manifest, ObjectRef,
        SegmentHash, SegmentStore, Store, StoreError, Versioned, WorkQueue, WriteSet,
    },
};
use async_trait::async_trait;
use bytes::Bytes;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use weft_simulators::notes::Options;

/// When the process dies, seen from its writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    /// The write is not done.
    Before,
    /// The write is done, and the process does not hear of it.
    After,
}

/// A store whose process dies at its nth write: that write and all later ones fail.
struct Mortal {
    inner: Store,
    left: AtomicI64,
    death: Death,
}

impl Mortal {
    fn store(inner: &Store, left: i64, death: Death) -> (Store, Arc<Self>) {
        let mortal = Arc::new(Self { inner: inner.clone(), left: AtomicI64::new(left), death });
        let mut store = inner.clone();
        store.segments = mortal.clone();
        store.control = mortal.clone();
        store.queue = mortal.clone();
        (store, mortal)
    }

    fn is_dead(&self) -> bool {
        self.left.load(Ordering::SeqCst) < 0
    }

    /// Does a write, if the process lives that long.
    async fn write<T, E: From<StoreError>>(&self, write: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let dead = || E::from(StoreError::Io("the process is dead".to_owned()));
        match self.left.fetch_sub(1, Ordering::SeqCst) {
            left if left > 0 => write.await,
            0 if self.death == Death::After => {
                write.await?;
                Err(dead())
            }
            _ => Err(dead()),
        }
    }
}

#[async_trait]
impl ControlStore for Mortal {
    async fn load_raw(&self, tenant: &WorkspaceId, key: &EntityKey) -> Result<Option<Versioned<Vec<u8>>>, StoreError> {
        self.inner.control.load_raw(tenant, key).await
    }

    async fn list_raw(
        &self,
        tenant: &WorkspaceId,
        kind: &'static str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Versioned<Vec<u8>>)>, StoreError> {
        self.inner.control.list_raw(tenant, kind, after, limit).await
    }

    async fn commit(&self, tenant: &WorkspaceId, write: WriteSet) -> Result<(), CommitError> {
        self.write(self.inner.control.commit(tenant, write)).await
    }

    async fn audit(&self, tenant: &WorkspaceId, after: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        self.inner.control.audit(tenant, after, limit).await
    }

    async fn audit_last(&self, tenant: &WorkspaceId) -> Result<Option<AuditRecord>, StoreError> {
        self.inner.control.audit_last(tenant).await
    }

    async fn tenants(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.inner.control.tenants().await
    }
}

#[async_trait]
impl WorkQueue for Mortal {
    async fn claim(&self, kinds: &[JobKind], n: usize, lease: Lease) -> Result<Vec<Claim>, StoreError> {
        self.inner.queue.claim(kinds, n, lease).await
    }

    async fn renew(&self, claim: &Claim, lease: Lease) -> Result<bool, StoreError> {
        self.inner.queue.renew(claim, lease).await
    }

    async fn finish(&self, claim: &Claim, write: WriteSet) -> Result<(), CommitError> {
        self.write(self.inner.queue.finish(claim, write)).await
    }

    async fn release(&self, claim: &Claim, due: Millis) -> Result<(), StoreError> {
        self.write(self.inner.queue.release(claim, due)).await
    }

    async fn wait(&self) {
        self.inner.queue.wait().await;
    }

    async fn pending(&self) -> Result<Vec<(JobKind, usize)>, StoreError> {
        self.inner.queue.pending().await
    }
}

#[async_trait]
impl SegmentStore for Mortal {
    async fn put(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        segments: Vec<Bytes>,
    ) -> Result<Vec<SegmentHash>, StoreError> {
        self.write(self.inner.segments.put(tenant, of, segments)).await
    }

    async fn get(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        hashes: &[SegmentHash],
    ) -> Result<Vec<Bytes>, StoreError> {
        self.inner.segments.get(tenant, of, hashes).await
    }

    async fn manifest(&self, tenant: &WorkspaceId, object: &ObjectRef) -> Result<Option<Manifest>, StoreError> {
        self.inner.segments.manifest(tenant, object).await
    }

    async fn manifests(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
    ) -> Result<Vec<(ObjectName, Manifest)>, StoreError> {
        self.inner.segments.manifests(tenant, of).await
    }

    async fn flip(
        &self,
        tenant: &WorkspaceId,
        object: &ObjectRef,
        expect: u64,
        new: Manifest,
    ) -> Result<(), FlipError> {
        self.write(self.inner.segments.flip(tenant, object, expect, new)).await
    }

    async fn previous(&self, tenant: &WorkspaceId, object: &ObjectRef) -> Result<Option<Manifest>, StoreError> {
        self.inner.segments.previous(tenant, object).await
    }

    async fn note(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        name: &str,
        value: Option<Bytes>,
    ) -> Result<(), StoreError> {
        self.write(self.inner.segments.note(tenant, of, name, value)).await
    }

    async fn read_note(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        name: &str,
    ) -> Result<Option<Bytes>, StoreError> {
        self.inner.segments.read_note(tenant, of, name).await
    }

    async fn sweep(&self, tenant: &WorkspaceId, of: &ConnectionId) -> Result<u64, StoreError> {
        self.inner.segments.sweep(tenant, of).await
    }

    async fn forget(&self, tenant: &WorkspaceId, of: &ConnectionId) -> Result<(), StoreError> {
        self.write(self.inner.segments.forget(tenant, of)).await
    }
}

#[tokio::test]
async fn a_crash_at_any_durable_step_of_a_run_loses_nothing_and_repeats_nothing() {
    let world = World::with(Options { notes: 1_000, ..Options::default() }).await;
    for death in [Death::Before, Death::After] {
        let mut survived = false;
        let mut steps = 0;
        while !survived {
            let numbers = fresh::<TARGETS>(&world);
            let request = world.approved(&numbers).await;
            survived = run_until_death(&world, steps, death).await;
            world.work_after(Duration::from_secs(61)).await;
            let when = format!("death {death:?} write {steps}");
            let view = world.actions().view(&asks(), &request.id).await.unwrap();
            assert_eq!(view.state, RequestState::Done, "{when}");
            for number in numbers {
                let effects = world.effects().iter().filter(|done| **done == note(number)).count();
                assert_eq!(effects, 1, "{when}: note {number}");
                assert!(world.stored_done(number).await, "{when}: the row of note {number} is not patched");
            }
            steps += 1;
        }
        assert!(steps > 12, "a run of two calls has only {steps} durable steps");
    }
    world.audit().await;
    let jobs = world.store.queue.pending().await.unwrap();
    assert!(jobs.iter().all(|(kind, _)| *kind != JobKind::Run), "{jobs:?}");
}

/// The action takes ten in a call: two calls.
const TARGETS: usize = 11;

/// Notes that are not done and that no request touched.
fn fresh<const COUNT: usize>(world: &World) -> [usize; COUNT] {
    let mut open = (1..=1_000).filter(|number| world.notes.note(&note(*number)).is_some_and(|note| !note.done));
    std::array::from_fn(|_| open.next().unwrap())
}

/// Runs the next job in a process that dies after this many writes. Whether it lived to the end.
async fn run_until_death(world: &World, writes: i64, death: Death) -> bool {
    let (store, mortal) = Mortal::store(&world.store, writes, death);
    let claim = world.store.queue.claim(&[JobKind::Run], 1, Duration::from_secs(60)).await.unwrap().pop().unwrap();
    let _ = world.actions_over(store).work(&claim).await;
    !mortal.is_dead()
}

#[tokio::test]
async fn a_crash_at_any_durable_step_of_a_decision_leaves_it_made_or_not_made() {
    let world = World::with(Options { notes: 60, ..Options::default() }).await;
    for death in [Death::Before, Death::After] {
        let [number] = fresh(&world);
        let sent = world.sent(&[number]).await;
        let (store, _) = Mortal::store(&world.store, 0, death);
        let answer = world.actions_over(store).decide(&admin(), &sent.id, &sent.fingerprint, Decision::Approve).await;
        assert!(answer.is_err());
        let again = world.actions().decide(&admin(), &sent.id, &sent.fingerprint, Decision::Approve).await;
        assert_eq!(again.is_ok(), death == Death::Before, "{death:?}");
        world.work().await;
        assert_eq!(world.effects().iter().filter(|done| **done == note(number)).count(), 1);
    }
}

#[tokio::test]
async fn two_runners_of_one_request_do_nothing_twice() {
    let world = World::new().await;
    let request = world.approved(&[1, 2, 3]).await;
    let old: Claim = world.claim().await.unwrap();
    world.clock.advance(Duration::from_secs(61));
    let new = world.claim().await.unwrap();
    assert!(new.fence > old.fence);
    let (first, second) = (world.actions(), world.actions());
    let (first, second) = tokio::join!(first.work(&new), second.work(&old));
    first.unwrap();
    second.unwrap();
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!(view.state, RequestState::Done);
    assert!(view.targets.iter().all(|target| target.state == TargetState::Done));
    assert_eq!(world.effects(), [note(1), note(2), note(3)]);
}

#[tokio::test]
async fn what_was_begun_waits_for_a_connection_that_a_person_must_repair() {
    let world = World::new().await;
    let request = world.approved(&[1]).await;
    // The intent is the second write of a run, after the claim.
    assert!(!run_until_death(&world, 1, Death::After).await);
    assert_eq!(world.writes(), 0);
    let broken = Err(AppError::refused("Connect it again."));
    let repaired = std::mem::replace(&mut *world.office.0.lock().unwrap(), broken);
    world.work_after(Duration::from_secs(61)).await;
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!(view.targets[0].state, TargetState::Started { attempt: 1 });

    *world.office.0.lock().unwrap() = repaired;
    world.work_after(Duration::from_secs(30 * 60)).await;
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!((view.state, world.effects()), (RequestState::Done, vec![note(1)]));
}

#[tokio::test]
async fn what_can_never_be_looked_up_needs_a_person() {
    let world = World::with(Options { notes: 20, ..Options::default() }).await;
    let begun = fresh::<TARGETS>(&world);
    let request = world.approved(&begun).await;
    assert!(!run_until_death(&world, 1, Death::After).await);
    *world.office.0.lock().unwrap() = Err(AppError::refused("Connect it again."));
    for _ in 0..10 {
        world.work_after(Duration::from_secs(3_600)).await;
    }
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!(view.state, RequestState::NeedsPerson);
    let states: Vec<TargetState> = view.targets.iter().map(|target| target.state).collect();
    assert!(states[..10].iter().all(|state| *state == TargetState::Unknown), "{states:?}");
    assert_eq!(states[10..], [TargetState::Failed], "the second call was never begun");
    let message = "It may have happened, and it could not be looked up. Connect it again.";
    assert_eq!(view.targets[0].message.as_deref(), Some(message));
    assert_eq!(world.writes(), 0, "it is never run again in silence");
}
