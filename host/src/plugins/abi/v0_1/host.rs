//! The imports of a guest, answered by the capabilities. What the host refuses is an error value for the guest, never a trap.

use super::bindings::weft::integration::{clock, http, log, types};
use crate::domain::{ErrorClass, Fault};
use crate::plugins::abi::CallState;
use crate::plugins::caps;
use crate::plugins::caps::http::Held;
use crate::plugins::engine::TICK;
use crate::plugins::rows::pointer;
use bytes::{Buf, Bytes};
use std::time::Duration;
use tokio::time::Instant;
use wasmtime::component::Resource;

/// A response body that stays with the host.
pub struct Body {
    /// All of it.
    pub bytes: Bytes,
    rest: Bytes,
    _held: Held,
}

fn bug(code: &str, message: impl Into<String>) -> types::Error {
    Fault::new(ErrorClass::Bug, code, message).into()
}

impl types::Host for CallState {}
impl super::bindings::weft::integration::schema::Host for CallState {}

impl http::Host for CallState {
    async fn send(&mut self, request: http::Request) -> wasmtime::Result<Result<http::Response, types::Error>> {
        let start = Instant::now();
        let answer = self.http.send(request.into()).await;
        self.waited_since(start);
        self.hand_over(answer)
    }

    async fn send_all(
        &mut self,
        requests: Vec<http::Request>,
    ) -> wasmtime::Result<Vec<Result<http::Response, types::Error>>> {
        let start = Instant::now();
        let answers = self.http.send_all(requests.into_iter().map(Into::into).collect()).await;
        self.waited_since(start);
        answers.into_iter().map(|answer| self.hand_over(answer)).collect()
    }
}

impl CallState {
    fn waited_since(&mut self, start: Instant) {
        if start.elapsed() > TICK {
            self.limiter.waited();
        }
    }

    fn hand_over(
        &mut self,
        answer: Result<caps::http::Response, Fault>,
    ) -> wasmtime::Result<Result<http::Response, types::Error>> {
        let response = match answer {
            Ok(response) => response,
            Err(fault) => return Ok(Err(fault.into())),
        };
        let body = Body { rest: response.body.clone(), bytes: response.body, _held: response.held };
        let Ok(body) = self.table.push(body) else {
            return Ok(Err(bug("too-many-bodies", "The integration holds too many response bodies at once.")));
        };
        Ok(Ok(http::Response { status: response.status, headers: response.headers, body, ext: Vec::new() }))
    }
}

impl http::HostBody for CallState {
    fn read(&mut self, body: Resource<Body>, max: u32) -> wasmtime::Result<Result<Vec<u8>, types::Error>> {
        let rest = &mut self.table.get_mut(&body)?.rest;
        let count = rest.len().min(max as usize);
        Ok(Ok(rest.copy_to_bytes(count).to_vec()))
    }

    fn read_to_end(&mut self, body: Resource<Body>, limit: u32) -> wasmtime::Result<Result<Vec<u8>, types::Error>> {
        let rest = &mut self.table.get_mut(&body)?.rest;
        if rest.len() > limit as usize {
            let message = format!("The body has {} more bytes, and the integration allowed {limit}.", rest.len());
            return Ok(Err(bug("body-too-large", message)));
        }
        Ok(Ok(std::mem::take(rest).to_vec()))
    }

    fn lookup(&mut self, body: Resource<Body>, at: String) -> wasmtime::Result<Result<Option<String>, types::Error>> {
        let bytes = &self.table.get(&body)?.bytes;
        let Some(path) = pointer::parse(&at) else {
            return Ok(Err(bug("pointer", "The integration looked up something that is no JSON pointer.")));
        };
        let not_json = |_| Fault::new(ErrorClass::Retry, "not-json", "The tool's answer is not JSON.").into();
        Ok(pointer::lookup(bytes, &path).map(|value| value.map(str::to_owned)).map_err(not_json))
    }

    fn drop(&mut self, body: Resource<Body>) -> wasmtime::Result<()> {
        self.table.delete(body)?;
        Ok(())
    }
}

impl log::Host for CallState {
    fn log(&mut self, level: log::Level, message: String, fields: Vec<(String, String)>) -> wasmtime::Result<()> {
        let level = match level {
            log::Level::Trace => caps::log::Level::Trace,
            log::Level::Debug => caps::log::Level::Debug,
            log::Level::Info => caps::log::Level::Info,
            log::Level::Warn => caps::log::Level::Warn,
            log::Level::Error => caps::log::Level::Error,
        };
        self.log.guest(level, &message, &fields);
        Ok(())
    }
}

impl clock::Host for CallState {
    fn now_ms(&mut self) -> wasmtime::Result<f64> {
        Ok(self.clock.now_ms())
    }

    fn remaining_ms(&mut self) -> wasmtime::Result<u32> {
        Ok(self.clock.remaining_ms())
    }
}

impl From<http::Request> for caps::http::Request {
    fn from(request: http::Request) -> Self {
        Self {
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: request.body,
            timeout: request.timeout_ms.map(|millis| Duration::from_millis(millis.into())),
            auth: request.auth,
        }
    }
}
