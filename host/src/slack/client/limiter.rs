//! How often a method may be called: a bucket a (workspace, method, channel), and a pause when Slack asks for one.

use crate::domain::WorkspaceId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Keys remembered before those long idle are forgotten.
const KEYS: usize = 10_000;

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Limits are a workspace's.
    pub workspace: WorkspaceId,
    /// The method.
    pub method: &'static str,
    /// The channel for methods limited a channel; empty for others.
    pub channel: String,
}

/// A steady rate and how many calls may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    interval: Duration,
    burst: u32,
}

/// Slack's tiers, per minute; the special rate of posting; each with a burst far below what a minute allows.
pub fn rate(method: &str) -> Rate {
    let (per_minute, burst) = match method {
        "chat.postMessage" | "response_url" => (60, 4),
        "views.open" | "views.update" | "views.push" | "views.publish" | "chat.postEphemeral" | "users.info" => {
            (100, 20)
        }
        "chat.update" | "conversations.open" => (50, 10),
        _ => (20, 5),
    };
    Rate { interval: Duration::from_secs(60) / per_minute, burst }
}

/// Whether calls of this method are counted a channel.
pub fn per_channel(method: &str) -> bool {
    matches!(method, "chat.postMessage" | "response_url")
}

/// The buckets.
#[derive(Debug, Default)]
pub struct Limiter {
    /// When a bucket is full again: each call moves it on by the interval.
    full_at: Mutex<HashMap<Key, Instant>>,
}

impl Limiter {
    /// Waits until this call may go out.
    pub async fn wait(&self, key: &Key) {
        let at = self.reserve(key, Instant::now());
        tokio::time::sleep_until(at).await;
    }

    /// Slack answered 429: nothing of this key for so long.
    pub fn pause(&self, key: &Key, pause: Duration) {
        let rate = rate(key.method);
        let until = Instant::now() + pause + rate.interval * (rate.burst.saturating_sub(1));
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = full_at.entry(key.clone()).or_insert(until);
        *entry = (*entry).max(until);
    }

    fn reserve(&self, key: &Key, now: Instant) -> Instant {
        let rate = rate(key.method);
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= KEYS {
            full_at.retain(|_, at| *at > now);
        }
        let entry = full_at.entry(key.clone()).or_insert(now);
        let next = (*entry).max(now) + rate.interval;
        *entry = next;
        // With `burst` calls in hand, a call goes out as soon as the bucket is at most that many intervals ahead.
        next.checked_sub(rate.interval * rate.burst).map_or(now, |at| at.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(method: &'static str, channel: &str) -> Key {
        Key { workspace: "T1".into(), method, channel: channel.into() }
    }

    async fn waited(limiter: &Limiter, key: &Key) -> Duration {
        let before = Instant::now();
        limiter.wait(key).await;
        before.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_the_rest_keeps_the_rate() {
        let limiter = Limiter::default();
        for _ in 0..4 {
            assert_eq!(waited(&limiter, &key("chat.postMessage", "C1")).await, Duration::ZERO);
        }
        assert_eq!(waited(&limiter, &key("chat.postMessage", "C1")).await.as_millis(), 1_000);
        assert_eq!(waited(&limiter, &key("chat.postMessage", "C1")).await.as_millis(), 1_000);
        assert_eq!(waited(&limiter, &key("chat.postMessage", "C2")).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_kept_whole() {
        let limiter = Limiter::default();
        limiter.pause(&key("chat.update", ""), Duration::from_secs(7));
        let waited = waited(&limiter, &key("chat.update", "")).await;
        assert!(waited >= Duration::from_secs(7) && waited < Duration::from_secs(10), "{waited:?}");
    }
}
