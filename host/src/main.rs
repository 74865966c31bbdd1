//! The one binary: `weft serve`, and what an operator needs beside it.

mod cli;

use anyhow::Context;
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
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
    /// The audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Copies what cannot be fetched again into a new directory, also while Weft runs.
    Backup {
        /// The new directory.
        to: PathBuf,
    },
    /// Fills an empty data directory from a backup. Weft must not run on it.
    Restore {
        /// The backup.
        from: PathBuf,
    },
    /// Looks at what Weft needs to run, and says what to do where something is missing.
    Doctor,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Looks through the whole log and names the first record that is not as it was written. Changes nothing.
    Verify(cli::Verify),
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let config = || read(&arguments.config);
    let is_well = match &arguments.command {
        Command::CheckConfig => {
            config()?;
            println!("The configuration is usable.");
            true
        }
        Command::Serve => serve(config()?).await.map(|()| true)?,
        Command::Audit(AuditCommand::Verify(what)) => cli::verify(what, || Ok(config()?.data.dir))?,
        Command::Backup { to } => cli::backup(&config()?, to).await?,
        Command::Restore { from } => cli::restore(&config()?, from)?,
        Command::Doctor => cli::doctor(&config()?).await?,
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(path: &Path) -> anyhow::Result<Config> {
    Config::read(path).with_context(|| format!("reading {}", path.display()))
}

async fn serve(config: Config) -> anyhow::Result<()> {
    log::start(&config.log)?;
    let listen = config.server.listen;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("listening on {listen} (is another Weft running?)"))?;
    let running = app::start(config, listener).await?;
    println!("Weft listens on {}", running.address());
    stop_signal().await?;
    running.stop().await;
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
