//! Rate limits: tiers per method, one message a second per channel, and 429s a test asks for.

use std::collections::HashMap;
use std::time::Duration;

/// Messages a channel takes at once before the one-per-second limit bites.
const MESSAGE_BURST: f64 = 5.0;

/// A limit that refills steadily up to its burst.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Duration,
}

/// A 429 that is to be given to the next calls of a method.
#[derive(Clone, Debug)]
struct Injected {
    method: String,
    times: u32,
    retry_after: u64,
}

/// Buckets of every (method, channel), and injected refusals.
#[derive(Default)]
pub struct Rates {
    buckets: HashMap<String, Bucket>,
    injected: Vec<Injected>,
}

impl Rates {
    /// Makes the next `times` calls of `method` answer 429.
    pub fn inject(&mut self, method: &str, times: u32, retry_after: u64) {
        self.injected.push(Injected { method: method.into(), times, retry_after });
    }

    /// Takes an injected refusal for this method: seconds to wait.
    pub fn injected(&mut self, method: &str) -> Option<u64> {
        let found = self.injected.iter_mut().find(|one| one.method == method && one.times > 0)?;
        found.times -= 1;
        Some(found.retry_after)
    }

    /// Counts one call; an error is the seconds to wait.
    pub fn take(&mut self, method: &str, channel: Option<&str>, now: Duration) -> Result<(), u64> {
        let (per_minute, burst) = limit_of(method);
        let key = match channel {
            Some(channel) if method == "chat.postMessage" => format!("{method} {channel}"),
            _ => method.to_owned(),
        };
        self.bucket(&key, per_minute / 60.0, burst, now)
    }

    /// Counts one post to a response_url.
    pub fn take_response_url(&mut self, id: &str, now: Duration) -> Result<(), u64> {
        self.bucket(&format!("response_url {id}"), 1.0, MESSAGE_BURST, now)
    }

    fn bucket(&mut self, key: &str, per_second: f64, burst: f64, now: Duration) -> Result<(), u64> {
        let bucket = self.buckets.entry(key.to_owned()).or_insert(Bucket { left: burst, at: now });
        let passed = now.saturating_sub(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * per_second).min(burst);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(((1.0 - bucket.left) / per_second).ceil().max(1.0) as u64);
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

/// Calls a minute and the burst of a method: the tiers of Slack's documentation.
fn limit_of(method: &str) -> (f64, f64) {
    match method {
        "chat.postMessage" => (60.0, MESSAGE_BURST),
        "auth.test" => (600.0, 100.0),
        "users.list" | "conversations.list" | "usergroups.list" | "usergroups.users.list" => (20.0, 20.0),
        "chat.update"
        | "chat.delete"
        | "conversations.open"
        | "conversations.info"
        | "users.lookupByEmail"
        | "apps.connections.open" => (50.0, 50.0),
        _ => (100.0, 100.0),
    }
}
