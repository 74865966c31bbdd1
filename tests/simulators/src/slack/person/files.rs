//! Files that people give to the app.

use std::sync::Arc;

use crate::slack::World;
use crate::slack::api::{Draft, NewMessage, file_shared};
use crate::slack::deliver;
use crate::slack::state::{Author, File};

/// Uploads a file into the direct message with the app, and tells the app of it.
pub(in crate::slack) async fn drop_file(
    world: &Arc<World>,
    user: &str,
    name: &str,
    bytes: &[u8],
) -> anyhow::Result<String> {
    let (id, event) = world.write(|state| {
        anyhow::ensure!(state.user(user).is_some(), "there is no person {user}");
        let channel = state.open_im(user);
        let id = format!("F{:06}", state.next());
        let files = vec![id.clone()];
        let author = Author::User(user.into());
        let new = NewMessage {
            channel: channel.clone(),
            author,
            draft: Draft::default(),
            thread_ts: None,
            visible_to: None,
            files,
        };
        let message = new.store(state, world.clock.micros());
        let file = File {
            id: id.clone(),
            name: name.into(),
            title: name.into(),
            length: bytes.len(),
            ticket: String::new(),
            bytes: Some(bytes.to_vec()),
            complete: true,
            owner: Some(user.into()),
            shares: vec![(channel.clone(), message.ts.clone())],
        };
        state.files.insert(id.clone(), file);
        let event = file_shared(&id, user, &channel, &message.ts);
        Ok((id, event))
    })?;
    deliver::event(world, event).await;
    Ok(id)
}
