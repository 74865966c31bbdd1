//! The one binary: `weft serve`, and what an operator needs beside it.

use anyhow::Context;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use weft::{app, config::Config, log};

/// See and change your SaaS tools from Slack.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// The configuration file.
    #[arg(long, default_value = "weft.toml", env = "WEFT_CONFIG")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs Weft until it is told to stop.
    Serve,
    /// Says whether the configuration is usable.
    CheckConfig,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let config = Config::read(&arguments.config).with_context(|| format!("reading {}", arguments.config.display()))?;
    match arguments.command {
        Command::CheckConfig => println!("The configuration is usable."),
        Command::Serve => {
            log::start(&config.log)?;
            let listen = config.server.listen;
            let listener = tokio::net::TcpListener::bind(listen)
                .await
                .with_context(|| format!("listening on {listen} (is another Weft running?)"))?;
            let running = app::start(config, listener).await?;
            println!("Weft listens on {}", running.address());
            stop_signal().await?;
            running.stop().await;
        }
    }
    Ok(())
}

/// Ctrl-C, or what a service manager sends.
async fn stop_signal() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        signal = tokio::signal::ctrl_c() => signal?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
