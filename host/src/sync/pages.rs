//! One page after the other, patiently: who waits for long lets other objects go first, and who is told to stop stops.

use super::object::ObjectError;
use crate::{
    domain::{ErrorClass, Fault},
    plugins::{FetchRequest, Unread},
    store::StoreError,
    sync::object::ObjectFetch,
};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

/// Attempts at one page before the object is given up until the next fetch.
const PAGE_ATTEMPTS: u32 = 5;
/// An integration that says "wait" for longer than this is left alone until the next fetch.
const MAX_WAIT: Duration = Duration::from_secs(120);
/// When a tool that is throttled does not say for how long.
const THROTTLED_WAIT: Duration = Duration::from_secs(5);
/// The code of a throttled page whose job at the tool is not finished: waiting for it is no failed attempt.
const TOOL_JOB: &str = "bulk-job";
/// How long one page waits for such a job in all. Salesforce gives up a bulk query after ten minutes and tries it again a few times.
const MAX_JOB_WAIT: Duration = Duration::from_secs(30 * 60);
/// A job is not asked for more often than this, and not more rarely.
const JOB_WAITS: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(60));

/// A place among the objects that are fetched side by side.
pub(super) struct Turn<'a> {
    turns: &'a Semaphore,
    held: Mutex<Option<SemaphorePermit<'a>>>,
}

impl<'a> Turn<'a> {
    /// Not taken yet.
    pub fn new(turns: &'a Semaphore) -> Self {
        Self { turns, held: Mutex::default() }
    }

    /// Waits until there is room.
    pub async fn take(&self) {
        // Never closed: an error would only mean that nobody is counted any more.
        let permit = self.turns.acquire().await.ok();
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = permit;
    }

    /// Makes room for another object.
    pub fn leave(&self) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// What to do about a page that was not given.
#[derive(Debug, PartialEq, Eq)]
enum Then {
    /// Ask again after this long.
    Wait(Duration),
    /// The same, and another object goes first.
    StandAside(Duration),
    GiveUp,
}

/// How often and how long one page was waited for.
#[derive(Debug, Default)]
struct Patience {
    attempts: u32,
    waited_for_job: Duration,
}

impl Patience {
    fn after(&mut self, fault: &Fault) -> Then {
        let told = fault.retry_after_ms.map_or(THROTTLED_WAIT, |wait| Duration::from_millis(wait.into()));
        let wait = match fault.class {
            ErrorClass::Throttled if fault.code == TOOL_JOB => {
                let wait = told.clamp(JOB_WAITS.0, JOB_WAITS.1);
                self.waited_for_job += wait;
                return if self.waited_for_job > MAX_JOB_WAIT { Then::GiveUp } else { Then::StandAside(wait) };
            }
            ErrorClass::Throttled => told,
            ErrorClass::Retry => Duration::from_millis(500 << self.attempts),
            _ => return Then::GiveUp,
        };
        self.attempts += 1;
        if self.attempts == PAGE_ATTEMPTS || wait > MAX_WAIT { Then::GiveUp } else { Then::Wait(wait) }
    }
}

impl ObjectFetch<'_> {
    /// One page, its records not read yet: the host has retried what takes seconds already.
    pub(super) async fn ask(&self, request: &FetchRequest) -> Result<Unread, ObjectError> {
        let mut patience = Patience::default();
        loop {
            if self.stop.is_cancelled() {
                return Err(ObjectError::Stopped);
            }
            match self.resolved.ask(request.clone()).await {
                Ok(unread) => return Ok(unread),
                Err(fault) => self.wait(&mut patience, fault).await?,
            }
        }
    }

    /// The next page, where there is one.
    pub(super) async fn ahead(&self, request: Option<&FetchRequest>) -> Result<Option<Unread>, ObjectError> {
        match request {
            Some(request) => self.ask(request).await.map(Some),
            None => Ok(None),
        }
    }

    /// What `read` makes of a page, on a thread that may be busy. A page that cannot be read is asked for again.
    pub(super) async fn page<T: Send + 'static>(
        &self,
        request: &FetchRequest,
        mut unread: Unread,
        read: impl Fn(Unread) -> Result<T, Fault> + Clone + Send + 'static,
    ) -> Result<T, ObjectError> {
        let mut patience = Patience::default();
        loop {
            let read = read.clone();
            match tokio::task::spawn_blocking(move || read(unread)).await {
                Ok(Ok(page)) => return Ok(page),
                Ok(Err(fault)) => self.wait(&mut patience, fault).await?,
                Err(error) => return Err(StoreError::Io(error.to_string()).into()),
            }
            unread = self.ask(request).await?;
        }
    }

    async fn wait(&self, patience: &mut Patience, fault: Fault) -> Result<(), ObjectError> {
        match patience.after(&fault) {
            Then::Wait(wait) => pause(wait, self.stop).await,
            Then::StandAside(wait) => {
                self.turn.leave();
                pause(wait, self.stop).await;
                self.turn.take().await;
            }
            Then::GiveUp => return Err(fault.into()),
        }
        Ok(())
    }
}

async fn pause(wait: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = stop.cancelled() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(class: ErrorClass, code: &str, retry_after_ms: Option<u32>) -> Fault {
        Fault { retry_after_ms, ..Fault::new(class, code, "No.") }
    }

    #[test]
    fn a_passing_fault_is_waited_for_five_times_at_most() {
        let mut patience = Patience::default();
        let waits: Vec<Then> = (0..5).map(|_| patience.after(&fault(ErrorClass::Retry, "late", None))).collect();
        let wait = |ms| Then::Wait(Duration::from_millis(ms));
        assert_eq!(waits, [wait(500), wait(1_000), wait(2_000), wait(4_000), Then::GiveUp]);
        let long = fault(ErrorClass::Throttled, "limit", Some(121_000));
        assert_eq!(Patience::default().after(&long), Then::GiveUp);
        assert_eq!(Patience::default().after(&fault(ErrorClass::Forbidden, "no", None)), Then::GiveUp);
    }

    #[test]
    fn a_job_at_the_tool_is_waited_for_half_an_hour_without_a_failed_attempt() {
        let mut patience = Patience::default();
        let running = fault(ErrorClass::Throttled, "bulk-job", Some(10_000));
        for _ in 0..180 {
            assert_eq!(patience.after(&running), Then::StandAside(Duration::from_secs(10)));
        }
        assert_eq!((patience.after(&running), patience.attempts), (Then::GiveUp, 0));
        let hasty = fault(ErrorClass::Throttled, "bulk-job", Some(0));
        assert_eq!(Patience::default().after(&hasty), Then::StandAside(Duration::from_millis(200)));
        let slow = fault(ErrorClass::Throttled, "bulk-job", Some(3_600_000));
        assert_eq!(Patience::default().after(&slow), Then::StandAside(Duration::from_secs(60)));
    }
}
