//! People lists: a CSV file that an admin gives to Weft becomes the object `Person` of one connection. The file is kept sealed, what it
//! would change is shown first, and only a yes puts it in the place of the one before.

mod cell;
mod decide;
mod layout;
mod lines;
mod people;
mod preview;
mod receive;
mod sealed;
mod source;
mod store;
#[cfg(test)]
mod tests;
mod text;

pub use people::Difference;
pub use preview::ListPreview;
pub use source::ListSource;

use super::{Connection, Connections};
use crate::{
    domain::{Actor, AppError, ConnectionId, ErrorClass, Fault, IntegrationId, Outcome, WorkspaceId},
    plugins::{Applied, Credentials},
    store::WriteSet,
};
use async_trait::async_trait;
use std::{io, path::PathBuf, sync::Arc};
use store::{PENDING, Pending, PeopleList};
use url::Url;

/// Bytes of a file: half a million people with what a company knows of each.
pub const MAX_FILE_BYTES: u64 = 200 << 20;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// A sentence for the person who gave it.
    #[error("{0}")]
    Refused(String),
    /// The machine.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Problem {
    fn refused(sentence: &str) -> Self {
        Self::Refused(sentence.to_owned())
    }
}

impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Refused(sentence) => Self::Refused(format!("{sentence} Nothing was changed.")),
            Problem::Io(error) => Self::Fault(error.into()),
        }
    }
}

/// A list has no credentials, and its integration sends nothing.
struct NoCredentials(Url);

#[async_trait]
impl Credentials for NoCredentials {
    async fn apply(&self, _slot: &str) -> Result<Applied, Fault> {
        Ok(Applied::default())
    }

    async fn renew(&self, _slot: &str, _generation: u64) -> Result<(), Fault> {
        Err(Fault::new(ErrorClass::Bug, "no-credentials", "A people list has nothing to renew. Drop the file again."))
    }

    fn base_url(&self) -> Url {
        self.0.clone()
    }
}

impl Connections {
    /// What to do to connect a list, for a person who asks for it by name.
    pub(super) fn how_to_give_a_list(&self) -> String {
        "Drop a CSV file into your direct messages with Weft: the first line names the columns, and one of them holds email addresses. You see what it would change before anything does.".to_owned()
    }

    pub(super) fn list_credentials(&self, connection: &Connection) -> Arc<dyn Credentials> {
        Arc::new(NoCredentials(connection.base_url.clone()))
    }

    /// The file of a connection; none when it is not one of a list.
    pub(super) async fn list_source(&self, workspace: &WorkspaceId, of: &Connection) -> Outcome<Option<ListSource>> {
        if !self.integration(&of.integration)?.manifest().is_of_file() {
            return Ok(None);
        }
        let found = self.inner.store.control.load::<PeopleList>(workspace, of.id.as_str()).await;
        let list = found.map_err(anyhow::Error::from)?.map(|found| found.value);
        Ok(list.map(|list| ListSource { list, dir: self.lists_dir(workspace), sealer: self.inner.sealer.clone() }))
    }

    fn lists_dir(&self, workspace: &WorkspaceId) -> PathBuf {
        // A workspace's id is Slack's; what else it may hold cannot lead elsewhere.
        let plain: String = workspace.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
        self.inner.config.data.dir.join("lists").join(plain)
    }

    /// The integration of lists, and the workspace's list.
    async fn list_in_use(&self, workspace: &WorkspaceId) -> Outcome<(IntegrationId, Option<PeopleList>)> {
        let installed = self.installed().find(|(_, one)| one.manifest().is_of_file());
        let (id, _) = installed.ok_or_else(|| AppError::refused("This Weft takes no lists. Nothing was done."))?;
        let connections = self.list(workspace).await.map_err(anyhow::Error::from)?;
        let Some(connection) = connections.into_iter().find(|one| &one.integration == id) else {
            return Ok((id.clone(), None));
        };
        let found = self.inner.store.control.load::<PeopleList>(workspace, connection.id.as_str()).await;
        Ok((id.clone(), found.map_err(anyhow::Error::from)?.map(|found| found.value)))
    }

    /// The connection goes, and its file with it.
    pub(super) async fn erase_list(&self, workspace: &WorkspaceId, of: &ConnectionId) -> Outcome<()> {
        let _turn = self.inner.receiving.lock().await;
        let write = WriteSet::default().delete::<PeopleList>(of.0.clone());
        self.inner.store.control.commit(workspace, write).await.map_err(anyhow::Error::from)?;
        // Also where nothing was deleted now: whoever did it may have died before the file was gone.
        if self.installed().any(|(_, one)| one.manifest().is_of_file()) {
            self.sweep_lists(workspace).await;
        }
        Ok(())
    }

    /// Removes files that are neither in use nor waiting. What cannot be removed now is removed the next time.
    async fn sweep_lists(&self, workspace: &WorkspaceId) {
        let swept = async {
            let waiting = self.inner.store.control.load::<Pending>(workspace, PENDING).await?;
            let (_, current) = self.list_in_use(workspace).await?;
            let keep: Vec<String> =
                waiting.map(|found| found.value.list).into_iter().chain(current).map(|list| list.file).collect();
            let dir = self.lists_dir(workspace);
            tokio::task::spawn_blocking(move || sealed::sweep(&dir, &keep)).await??;
            anyhow::Ok(())
        };
        if let Err(error) = swept.await {
            tracing::warn!(%error, "files of people lists are not swept");
        }
    }
}

fn admins_only(actor: &Actor) -> Outcome<()> {
    match actor.is_admin() {
        true => Ok(()),
        false => Err(AppError::refused("Only admins give Weft a people list. The file was not read. Ask one of them.")),
    }
}
