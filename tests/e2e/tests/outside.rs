//! Programs of others that check what we made: installed once into `target`, and run to their end.

use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;

/// An installation downloads some 20 MB.
const INSTALL_LIMIT: Duration = Duration::from_secs(240);

/// A folder beside this crate's, under `tests`.
pub fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// Where something is installed.
pub fn installed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/clients").join(name)
}

/// Runs a program to its end; its output if it succeeds, all it said if not.
pub async fn run(command: &mut Command, limit: Duration) -> anyhow::Result<String> {
    let shown = format!("{:?} {:?}", command.as_std().get_program(), command.as_std().get_args());
    let running = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = timeout(limit, running).await.with_context(|| format!("{shown} took more than {limit:?}"))??;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        bail!("{shown} failed:\n{}{}", text(&output.stdout), text(&output.stderr));
    }
    Ok(text(&output.stdout))
}

/// Installs what a list names, unless that was done; a stamp holds the list that was installed last.
pub async fn install(folder: &Path, list: &Path, steps: Vec<Command>) -> anyhow::Result<()> {
    let (stamp, wanted) = (folder.join("stamp"), std::fs::read_to_string(list)?);
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == wanted) {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    for mut step in steps {
        run(&mut step, INSTALL_LIMIT).await?;
    }
    std::fs::write(stamp, wanted)?;
    Ok(())
}

/// Node.js with the packages that a `package.json` names. Tests run side by side: the first one installs, the others wait.
pub async fn node(folder: &Path, list: &Path) -> anyhow::Result<Command> {
    std::fs::create_dir_all(folder)?;
    let lock = std::fs::File::create(folder.join("lock"))?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await??;
    let mut fill = Command::new("npm");
    fill.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder);
    std::fs::copy(list, folder.join("package.json"))?;
    install(folder, list, vec![fill]).await?;
    drop(lock);
    Ok(Command::new("node"))
}

/// What was made ready, unless this machine cannot have it.
pub fn or_skipped<T>(what: &str, ready: anyhow::Result<T>) -> Option<T> {
    ready.map_err(|error| eprintln!("SKIPPED: nothing was checked with {what}: {error:#}")).ok()
}
