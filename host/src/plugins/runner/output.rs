//! WASI for the standard libraries of guest languages: it gives nothing, and what a guest prints goes to its log.

use crate::plugins::caps::log::{CallLog, Level};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder};

/// Random bytes in one request.
const MAX_RANDOM: u64 = 64 << 10;
/// Bytes taken in one write.
const MAX_WRITE: usize = 64 << 10;
/// A line without end is cut here; the log cuts it again.
const MAX_LINE: usize = 4 << 10;

/// No files, environment, arguments, input or network; output to the log.
pub fn deny_all(log: &Arc<CallLog>) -> WasiCtx {
    let stream = |level| Lines { log: Arc::clone(log), level, line: Arc::default() };
    WasiCtxBuilder::new().stdout(stream(Level::Debug)).stderr(stream(Level::Warn)).max_random_size(MAX_RANDOM).build()
}

/// An output that becomes lines of the log.
#[derive(Clone)]
struct Lines {
    log: Arc<CallLog>,
    level: Level,
    line: Arc<Mutex<Vec<u8>>>,
}

impl Lines {
    fn take(&self, bytes: &[u8]) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            line.extend_from_slice(&part[..part.len().min(MAX_LINE)]);
            if part.ends_with(b"\n") || line.len() >= MAX_LINE {
                self.log.guest(self.level, String::from_utf8_lossy(&line).trim_end(), &[]);
                line.clear();
            }
        }
    }
}

impl IsTerminal for Lines {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Lines {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        // Only WASI 0.3 asks for it, and that is not linked.
        Box::new(tokio::io::sink())
    }
}

#[async_trait]
impl Pollable for Lines {
    async fn ready(&mut self) {}
}

impl OutputStream for Lines {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MAX_WRITE)
    }
}
