//! The rules of the queue over plain data: which job may be claimed, in which order, under which fence. The engines keep what it says.

use super::{Claim, Job, JobKind};
use crate::domain::{Millis, WorkspaceId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How long a finished job's id is remembered, so that its redelivery is known. Slack redelivers for an hour; people retry for a day.
pub(super) const REMEMBERED_MS: Millis = 48 * 3600 * 1000;

/// A job's id in its workspace.
pub(super) type JobRef = (WorkspaceId, String);

/// What the queue knows of an unfinished job; its payload lies elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub of: JobRef,
    pub kind: JobKind,
    pub lane: Option<String>,
    pub due: Millis,
    /// How often it was claimed.
    pub fence: u64,
    pub leased_until: Option<Millis>,
}

impl Entry {
    /// A job that nobody claimed yet.
    pub fn new(tenant: &WorkspaceId, job: &Job) -> Self {
        let of = (tenant.clone(), job.id.clone());
        Self { of, kind: job.kind, lane: job.lane.clone(), due: job.due, fence: 0, leased_until: None }
    }

    /// From when on it can be claimed, if its lane allows.
    fn wakes(&self) -> Millis {
        self.leased_until.unwrap_or(self.due)
    }

    fn lane(&self) -> Option<(WorkspaceId, String)> {
        self.lane.clone().map(|lane| (self.of.0.clone(), lane))
    }
}

/// All unfinished jobs, and the ids of those finished lately.
#[derive(Default)]
pub(super) struct Backlog {
    /// By the order they came.
    entries: BTreeMap<u64, Entry>,
    numbers: HashMap<JobRef, u64>,
    wakes: BTreeMap<JobKind, BTreeSet<(Millis, u64)>>,
    lanes: HashMap<(WorkspaceId, String), BTreeSet<u64>>,
    finished: HashMap<JobRef, Millis>,
    forgettable: BTreeSet<(Millis, JobRef)>,
    last: u64,
}

impl Backlog {
    /// The number the next job gets.
    pub fn next_number(&self) -> u64 {
        self.last + 1
    }

    /// Whether a job of this id waits, runs, or was finished lately.
    pub fn knows(&self, of: &JobRef, now: Millis) -> bool {
        self.numbers.contains_key(of) || self.finished.get(of).is_some_and(|at| now - at < REMEMBERED_MS)
    }

    /// Adds a job under its number.
    pub fn insert(&mut self, number: u64, entry: Entry) {
        self.last = self.last.max(number);
        self.numbers.insert(entry.of.clone(), number);
        self.wakes.entry(entry.kind).or_default().insert((entry.wakes(), number));
        if let Some(lane) = entry.lane() {
            self.lanes.entry(lane).or_default().insert(number);
        }
        self.entries.insert(number, entry);
    }

    /// The numbers of up to `n` jobs of these kinds that can be claimed now, the longest due first.
    pub fn claimable(&self, kinds: &[JobKind], n: usize, now: Millis) -> Vec<u64> {
        let mut due: Vec<(Millis, u64)> = kinds
            .iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter_map(|kind| self.wakes.get(kind))
            .flat_map(|wakes| wakes.range(..=(now, u64::MAX)).filter(|(_, number)| self.leads(*number)).take(n))
            .copied()
            .collect();
        due.sort_unstable();
        due.truncate(n);
        due.into_iter().map(|(_, number)| number).collect()
    }

    /// Whether it is the first of its lane.
    fn leads(&self, number: u64) -> bool {
        let lane = self.entries.get(&number).and_then(Entry::lane);
        lane.and_then(|lane| self.lanes.get(&lane)).is_none_or(|jobs| jobs.first() == Some(&number))
    }

    /// The entry under this number.
    pub fn entry(&self, number: u64) -> Option<&Entry> {
        self.entries.get(&number)
    }

    /// The number of the job of this id, unless somebody has it in hand.
    pub fn waiting(&self, of: &JobRef, now: Millis) -> Option<u64> {
        let number = *self.numbers.get(of)?;
        let is_held = self.entries.get(&number)?.leased_until.is_some_and(|until| until > now);
        (!is_held).then_some(number)
    }

    /// The number of the claimed job, if the claim is the latest of it.
    pub fn held(&self, claim: &Claim) -> Option<u64> {
        let number = *self.numbers.get(&(claim.tenant.clone(), claim.job.id.clone()))?;
        (self.entries.get(&number)?.fence == claim.fence).then_some(number)
    }

    /// Changes an entry in place.
    pub fn change(&mut self, number: u64, change: impl FnOnce(&mut Entry)) {
        if let Some(mut entry) = self.remove(number) {
            change(&mut entry);
            self.insert(number, entry);
        }
    }

    /// Ends a job, and remembers its id.
    pub fn finish(&mut self, number: u64, now: Millis) {
        if let Some(entry) = self.remove(number) {
            self.remember(entry.of, now);
        }
    }

    /// Knows this id as finished.
    pub fn remember(&mut self, of: JobRef, at: Millis) {
        self.finished.insert(of.clone(), at);
        self.forgettable.insert((at, of));
    }

    /// Forgets and names up to `n` finished jobs whose time is over.
    pub fn forget(&mut self, n: usize, now: Millis) -> Vec<JobRef> {
        let over = |at: &Millis| now - at >= REMEMBERED_MS;
        let old: Vec<_> = self.forgettable.iter().take_while(|(at, _)| over(at)).take(n).cloned().collect();
        old.into_iter()
            .filter(|(at, of)| {
                self.forgettable.remove(&(*at, of.clone()));
                // The id may have come and been finished again since.
                self.finished.get(of) == Some(at) && self.finished.remove(of).is_some()
            })
            .map(|(_, of)| of)
            .collect()
    }

    fn remove(&mut self, number: u64) -> Option<Entry> {
        let entry = self.entries.remove(&number)?;
        self.numbers.remove(&entry.of);
        if let Some(wakes) = self.wakes.get_mut(&entry.kind) {
            wakes.remove(&(entry.wakes(), number));
        }
        if let Some(lane) = entry.lane()
            && let Some(jobs) = self.lanes.get_mut(&lane)
        {
            jobs.remove(&number);
            if jobs.is_empty() {
                self.lanes.remove(&lane);
            }
        }
        Some(entry)
    }

    /// The first moment after `now` at which a job can be claimed that cannot be now.
    pub fn next_wake(&self, now: Millis) -> Option<Millis> {
        self.wakes.values().filter_map(|wakes| wakes.range((now + 1, 0)..).next()).map(|(at, _)| *at).min()
    }

    /// How many unfinished jobs of each kind.
    pub fn pending(&self) -> Vec<(JobKind, usize)> {
        self.wakes.iter().filter(|(_, jobs)| !jobs.is_empty()).map(|(kind, jobs)| (*kind, jobs.len())).collect()
    }

    /// The workspaces with unfinished jobs.
    pub fn tenants(&self) -> BTreeSet<WorkspaceId> {
        self.entries.values().map(|entry| entry.of.0.clone()).collect()
    }
}
