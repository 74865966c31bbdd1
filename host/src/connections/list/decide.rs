//! Yes or no to a file that waits.

use super::{
    admins_only,
    store::{PENDING, PENDING_LIFE_MS, Pending, PeopleList},
};
use crate::{
    connections::{Connections, kept::LetIn},
    domain::{Actor, AppError, ConnectionId, Outcome},
    plugins::DEFAULT_SLOT,
    store::{AuditEvent, Entity, Expect, WriteSet},
};
use std::collections::BTreeMap;
use url::Url;

impl Connections {
    /// Yes: the file takes the place of the one before, and is stored. Answers what was begun.
    pub async fn take_list(&self, actor: &Actor, file: &str) -> Outcome<String> {
        admins_only(actor)?;
        let _turn = self.inner.receiving.lock().await;
        let (pending, gone) = self.pending(actor, file).await?;
        let (integration, current) = self.list_in_use(&actor.workspace).await?;
        if current.as_ref().map(|list| &list.file) != pending.against.as_ref() {
            return Err(AppError::refused(
                "Another file was taken since, so this preview is wrong now. Nothing was changed. Drop the file again.",
            ));
        }
        let list = pending.list;
        let let_in = LetIn {
            actor,
            integration: &integration,
            connection: current.map(|list| list.connection),
            way: DEFAULT_SLOT,
            base_url: Url::parse("weft:people-list").map_err(anyhow::Error::from)?,
            settings: &BTreeMap::new(),
        };
        let said = format!("\"{}\" is the people list now: {} people. Weft is storing them.", list.name, list.people);
        let taken = AuditEvent {
            actor: Some(actor.clone()),
            what: "list.taken".into(),
            about: vec![("file".into(), list.file.clone())],
            detail: format!("Took a file of {} people as the people list", list.people),
        };
        let put = |id: &ConnectionId, write: WriteSet| Ok(write.put(&PeopleList { connection: id.clone(), ..list }));
        self.keep_connection(let_in, put, gone.audit(taken)).await?;
        self.sweep_lists(&actor.workspace).await;
        Ok(said)
    }

    /// No: the file is forgotten.
    pub async fn drop_list(&self, actor: &Actor, file: &str) -> Outcome<String> {
        admins_only(actor)?;
        let _turn = self.inner.receiving.lock().await;
        let (pending, gone) = self.pending(actor, file).await?;
        self.inner.store.control.commit(&actor.workspace, gone).await.map_err(anyhow::Error::from)?;
        self.sweep_lists(&actor.workspace).await;
        Ok(format!("\"{}\" was not taken, and Weft has forgotten it.", pending.list.name))
    }

    /// The file that waits, and what takes it away.
    async fn pending(&self, actor: &Actor, file: &str) -> Outcome<(Pending, WriteSet)> {
        let found = self.inner.store.control.load::<Pending>(&actor.workspace, PENDING).await;
        let found = found.map_err(anyhow::Error::from)?.filter(|found| {
            found.value.list.file == file && self.inner.clock.now() - found.value.at <= PENDING_LIFE_MS
        });
        let found = found.ok_or_else(|| {
            AppError::refused(
                "This file was decided already, took more than a day, or was followed by a newer one. Nothing was changed. Drop it again.",
            )
        })?;
        let mut gone = WriteSet::default().delete::<Pending>(PENDING.to_owned());
        gone.expect.push((found.value.key(), Expect::Version(found.version)));
        Ok((found.value, gone))
    }
}
