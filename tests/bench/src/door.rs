//! Slash commands at 16 connections, from the signed request to 200 with the inbox row durable; the wait for durability apart.

use crate::percentile;
use anyhow::ensure;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use weft_demo::{ADA, World, WorldOptions};

const CONNECTIONS: usize = 16;
const REQUESTS: usize = 6_000;

pub async fn run() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions::default(), dir.path()).await?;
    let url = world.config.server.public_url.join("slack/commands")?;
    let metrics = world.config.server.public_url.join("metrics")?;
    let begun = Instant::now();
    let senders = (0..CONNECTIONS).map(|sender| tokio::spawn(send(url.to_string(), sender)));
    let mut times = Vec::with_capacity(REQUESTS);
    for sender in senders.collect::<Vec<_>>() {
        times.extend(sender.await??);
    }
    let seconds = begun.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |share| percentile(&times, share).unwrap_or_default();
    println!(
        "door     slash command to 200        {:.0} requests/s   p50 {:?}   p99 {:?}",
        times.len() as f64 / seconds,
        at(0.5),
        at(0.99)
    );
    let text = reqwest::get(metrics).await?.text().await?;
    for line in text.lines().filter(|line| line.contains("durable") && !line.starts_with('#')) {
        println!("door     {line}");
    }
    world.stop().await
}

async fn send(url: String, sender: usize) -> anyhow::Result<Vec<Duration>> {
    let client = reqwest::Client::builder().pool_max_idle_per_host(1).build()?;
    let mut times = Vec::with_capacity(REQUESTS / CONNECTIONS);
    for number in 0..REQUESTS / CONNECTIONS {
        let body = format!(
            "token=x&team_id=T0ACME&channel_id=C0ADMINS&user_id={ADA}&command=%2Fweft&text=help&api_app_id=A0WEFT\
             &trigger_id={sender}.{number}&response_url=http%3A%2F%2F127.0.0.1%3A9%2Fnobody"
        );
        let stamp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let signature = weft_demo::sign(stamp, &body)?;
        let begun = Instant::now();
        let answer = client
            .post(&url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", stamp.to_string())
            .header("x-slack-signature", signature)
            .body(body)
            .send()
            .await?;
        times.push(begun.elapsed());
        ensure!(answer.status().is_success(), "the door answered {}", answer.status());
    }
    Ok(times)
}
