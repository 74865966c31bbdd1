//! The threads guests run on. They compute inside a poll, and the rest of the host must not wait for that.

use std::future::Future;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// A runtime of its own that can be dropped anywhere.
pub struct GuestRuntime(Option<Runtime>);

impl GuestRuntime {
    /// As many threads as there are cores.
    pub fn start() -> std::io::Result<Self> {
        Builder::new_multi_thread().thread_name("guests").enable_all().build().map(|runtime| Self(Some(runtime)))
    }

    /// Runs a task there.
    pub fn spawn<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        let runtime = self.0.as_ref().expect("taken only when dropped");
        runtime.spawn(task)
    }
}

impl Drop for GuestRuntime {
    fn drop(&mut self) {
        // Dropping a runtime waits for its threads, which is refused inside another runtime.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
