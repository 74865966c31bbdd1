//! Taking a file in: written sealed as it comes, read through once, compared with the one in use, and kept until somebody decides.

use super::{
    ListPreview, MAX_FILE_BYTES, Problem, admins_only, layout, people,
    preview::Read,
    sealed::{SealedReader, SealedWriter},
    store::{Pending, PeopleList},
    text::Intake,
};
use crate::{
    connections::Connections,
    domain::{Actor, Outcome, WorkspaceId},
    store::WriteSet,
};
use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};

/// Characters of a file's name that are kept.
const MAX_NAME: usize = 120;

impl Connections {
    /// Takes a file in, and answers what it would change. `size` is what Slack says of it, in bytes.
    pub async fn receive_list(
        &self,
        actor: &Actor,
        name: &str,
        size: u64,
        body: BoxStream<'_, anyhow::Result<Bytes>>,
    ) -> Outcome<ListPreview> {
        admins_only(actor)?;
        if size > MAX_FILE_BYTES {
            return Err(too_large().into());
        }
        // One at a time: what lies half written would be swept by another.
        let _turn = self.inner.receiving.lock().await;
        let workspace = &actor.workspace;
        let (_, current) = self.list_in_use(workspace).await?;
        let file = uuid::Uuid::now_v7().simple().to_string();
        let taken = self.take_in(workspace, &file, body).await;
        let read = match taken {
            Ok(length) => self.read_through(workspace, &file, length, current.clone()).await,
            Err(error) => Err(error),
        };
        let preview = match read {
            Ok(read) => self.keep_pending(actor, &file, name, current.map(|list| list.file), read).await,
            Err(error) => Err(error),
        };
        self.sweep_lists(workspace).await;
        preview
    }

    /// Writes the file, sealed. Answers its length.
    async fn take_in(
        &self,
        workspace: &WorkspaceId,
        file: &str,
        mut body: BoxStream<'_, anyhow::Result<Bytes>>,
    ) -> Outcome<u64> {
        let (send, mut received) = tokio::sync::mpsc::channel::<Bytes>(4);
        let (dir, id, sealer) = (self.lists_dir(workspace), file.to_owned(), self.inner.sealer.clone());
        let writing = tokio::task::spawn_blocking(move || -> Result<u64, Problem> {
            let (mut writer, mut intake) = (SealedWriter::create(&dir, &id, &sealer)?, Intake::default());
            let (mut ready, mut came) = (Vec::new(), 0);
            while let Some(bytes) = received.blocking_recv() {
                came += bytes.len() as u64;
                if came > MAX_FILE_BYTES {
                    return Err(too_large());
                }
                intake.take(&bytes, &mut ready)?;
                writer.write(&ready)?;
                ready.clear();
            }
            intake.end(&mut ready)?;
            writer.write(&ready)?;
            Ok(writer.finish()?)
        });
        while let Some(bytes) = body.next().await {
            // Closed: the writer ended, and says why.
            if send.send(bytes?).await.is_err() {
                break;
            }
        }
        drop(send);
        Ok(writing.await.map_err(anyhow::Error::from)??)
    }

    /// Reads the whole file: how it is read, what is odd, and how it differs from the one in use.
    async fn read_through(
        &self,
        workspace: &WorkspaceId,
        file: &str,
        length: u64,
        current: Option<PeopleList>,
    ) -> Outcome<Read> {
        let (dir, id, sealer) = (self.lists_dir(workspace), file.to_owned(), self.inner.sealer.clone());
        let reading = tokio::task::spawn_blocking(move || -> Result<Read, Problem> {
            let open = || SealedReader::open(&dir, &id, length, &sealer);
            let (layout, oddities) = layout::scan(open()?)?;
            let before = current.and_then(|list| {
                // A file that is lost or damaged cannot be compared with, and must not stand in the way of a newer one.
                Some((SealedReader::open(&dir, &list.file, list.length, &sealer).ok()?, list.layout))
            });
            let compared = match before {
                Some((old, old_layout)) => people::compare((old, &old_layout), (open()?, &layout)).ok(),
                None => None,
            };
            let (counts, difference) = match compared {
                Some((counts, difference)) => (counts, Some(difference)),
                None => (people::count(open()?, &layout)?, None),
            };
            if counts.people == 0 {
                return Err(Problem::refused("No row of the file has an email address, so there is nobody in it."));
            }
            Ok(Read { length, layout, oddities, counts, difference })
        });
        Ok(reading.await.map_err(anyhow::Error::from)??)
    }

    /// Keeps it until somebody says yes.
    async fn keep_pending(
        &self,
        actor: &Actor,
        file: &str,
        name: &str,
        against: Option<String>,
        read: Read,
    ) -> Outcome<ListPreview> {
        let name: String = name.chars().filter(|letter| !letter.is_control()).take(MAX_NAME).collect();
        let preview = ListPreview::new(file, &name, &read);
        let list = PeopleList {
            connection: "".into(),
            file: file.to_owned(),
            length: read.length,
            name,
            layout: read.layout,
            people: read.counts.people,
        };
        let pending = Pending { list, against, by: actor.user.clone(), at: self.inner.clock.now() };
        let write = WriteSet::default().put(&pending);
        self.inner.store.control.commit(&actor.workspace, write).await.map_err(anyhow::Error::from)?;
        Ok(preview)
    }
}

fn too_large() -> Problem {
    Problem::Refused(format!(
        "The file is larger than {} MiB, the most that a people list may have.",
        MAX_FILE_BYTES >> 20
    ))
}
