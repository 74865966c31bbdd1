//! Times, and how they are printed: beside each what it is to be.

use crate::percentile;
use std::time::Duration;

/// Times of the same thing done again and again.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<f64>);

impl Times {
    /// One more.
    pub fn push(&mut self, time: Duration) {
        self.push_milliseconds(time.as_secs_f64() * 1000.0);
    }

    /// One more that somebody else measured.
    pub fn push_milliseconds(&mut self, time: f64) {
        let at = self.0.partition_point(|other| *other <= time);
        self.0.insert(at, time);
    }

    /// In milliseconds; 0.5 for the median.
    pub fn at(&self, share: f64) -> f64 {
        percentile(&self.0, share).unwrap_or_default()
    }

    /// A line with the percentiles, and the target of the 99th in milliseconds.
    pub fn print(&self, title: &str, target: Option<f64>) {
        let target = target.map_or_else(String::new, |target| format!("   (target of p99: {target:.0} ms)"));
        println!("board    {title:<34} p50 {:>6.1} ms   p99 {:>6.1} ms{target}", self.at(0.5), self.at(0.99));
    }
}
