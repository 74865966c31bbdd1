//! The operator's door: a socket in the data directory for what only the running Weft can do, since it alone has the data open. Whoever
//! may read the data directory may use it; one line of JSON goes in, one comes back.

use crate::store::{AuditEvent, Store, WriteSet};
use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::sync::CancellationToken;

/// In the data directory.
const SOCKET: &str = "operator.sock";
/// An order is a path and a few words.
const ORDER_BYTES: u64 = 16 << 10;
/// An order is one line, written at once.
const ORDER_WITHIN: Duration = Duration::from_secs(5);

/// What is asked of the running Weft.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Copy what cannot be fetched again into this new directory, named from the root.
    Backup {
        /// The directory.
        to: PathBuf,
    },
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Done,
    Refused(String),
}

/// Opens the door. What a process that was killed left there is replaced: the data directory is ours.
pub(super) fn open(data_dir: &Path) -> anyhow::Result<UnixListener> {
    let path = data_dir.join(SOCKET);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => bail!("{} is in the way: {error}", path.display()),
        _ => {}
    }
    let listener = UnixListener::bind(&path).with_context(|| format!("listening on {}", path.display()))?;
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&path, private).with_context(|| format!("closing {} to others", path.display()))?;
    Ok(listener)
}

/// Takes orders one after the other until told to stop.
pub(super) async fn serve(listener: UnixListener, data_dir: PathBuf, store: Store, stop: CancellationToken) {
    loop {
        let taken = tokio::select! {
            taken = listener.accept() => taken,
            () = stop.cancelled() => break,
        };
        match taken {
            Ok((stream, _)) => {
                if let Err(error) = answer(stream, &store).await {
                    tracing::warn!(error = format!("{error:#}"), "An operator's order came to nothing");
                }
            }
            Err(error) => {
                tracing::error!(%error, "The operator's door is closed until the next start");
                break;
            }
        }
    }
    drop(fs::remove_file(data_dir.join(SOCKET)));
}

async fn answer(mut stream: UnixStream, store: &Store) -> anyhow::Result<()> {
    let mut line = String::new();
    let mut limited = BufReader::new((&mut stream).take(ORDER_BYTES));
    tokio::time::timeout(ORDER_WITHIN, limited.read_line(&mut line)).await.context("no order came")??;
    let done = match serde_json::from_str(&line).context("an order that this Weft does not know") {
        Ok(Order::Backup { to }) => backup(store, &to).await,
        Err(error) => Err(error),
    };
    let answer = match done {
        Ok(()) => Answer::Done,
        Err(error) => Answer::Refused(format!("{error:#}")),
    };
    stream.write_all(format!("{}\n", serde_json::to_string(&answer)?).as_bytes()).await?;
    Ok(())
}

/// Backs the store up into this new directory; the log of each workspace says so, also in the backup.
pub async fn backup(store: &Store, to: &Path) -> anyhow::Result<()> {
    ensure!(to.is_absolute(), "{} does not begin at the root", to.display());
    ensure!(!to.exists(), "{} exists already; name a new directory for the backup", to.display());
    for workspace in store.control.tenants().await? {
        let event = AuditEvent {
            actor: None,
            what: "backup.begun".to_owned(),
            about: Vec::new(),
            detail: format!("by an operator, into {}", to.display()),
        };
        store.control.commit(&workspace, WriteSet::default().audit(event)).await?;
    }
    Ok(store.backup(to).await?)
}

/// Gives an order to the Weft that runs on this data directory, and waits for its end.
pub async fn ask(data_dir: &Path, order: &Order) -> anyhow::Result<()> {
    let path = data_dir.join(SOCKET);
    let mut stream = UnixStream::connect(&path).await.with_context(|| {
        format!("Weft is running, but it does not answer at {}; nothing was done. Is it an older Weft?", path.display())
    })?;
    stream.write_all(format!("{}\n", serde_json::to_string(order)?).as_bytes()).await?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await?;
    match serde_json::from_str(&line).context("Weft ended before it had answered; nothing can be said of the order")? {
        Answer::Done => Ok(()),
        Answer::Refused(why) => bail!(why),
    }
}
