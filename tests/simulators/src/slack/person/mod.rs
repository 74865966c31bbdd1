//! A person of the workspace: what they do, and what they see.

mod act;
mod commands;
mod files;
mod find;
mod forms;
mod values;

use serde_json::Value;

use super::Slack;
use super::deliver::{Delivered, EventOutcome};
use super::state::{Message, View};
pub use act::Place;
pub(super) use act::{act, suggest};
pub(super) use commands::{command, open_home, say, shortcut};
pub(super) use files::drop_file;
pub use forms::Submitted;
pub(super) use forms::{close, submit};
pub use values::Gesture;
pub(super) use values::initial_values;

/// A handle that acts as one person. Names of elements are action ids, `block_id/action_id`, button words or labels.
#[derive(Clone)]
pub struct Person {
    slack: Slack,
    id: String,
}

impl Person {
    pub(super) fn new(slack: Slack, id: &str) -> Person {
        Person { slack, id: id.into() }
    }

    /// The person's user id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Runs a slash command with its text in a channel (id or name) the person is in.
    pub async fn command(&self, command_name: &str, text: &str, channel: &str) -> anyhow::Result<Delivered> {
        command(&self.slack.world, &self.id, command_name, text, channel).await
    }

    /// Writes a message.
    pub fn say(&self, channel: &str, text: &str) -> anyhow::Result<()> {
        say(&self.slack.world, &self.id, channel, text)
    }

    /// Drops a file into the direct message with the app: it appears there, and the app gets `file_shared`. Answers its id.
    pub async fn drop_file(&self, name: &str, bytes: &[u8]) -> anyhow::Result<String> {
        drop_file(&self.slack.world, &self.id, name, bytes).await
    }

    /// Does something to an element of a message, modal or Home.
    pub async fn act(&self, place: impl Into<Place>, name: &str, gesture: Gesture) -> anyhow::Result<Delivered> {
        let place = place.into();
        let (block, action) = act::named(&self.slack.world, &self.id, &place, name)?;
        act(&self.slack.world, &self.id, &place, (&block, &action), &gesture).await
    }

    /// Clicks a button; a confirmation dialog is confirmed.
    pub async fn click(&self, place: impl Into<Place>, name: &str) -> anyhow::Result<Delivered> {
        self.act(place, name, Gesture::Press).await
    }

    /// Chooses an option by its words or value. In an external select its words are typed first.
    pub async fn choose(&self, place: impl Into<Place>, name: &str, option: &str) -> anyhow::Result<Delivered> {
        let place = place.into();
        let value = self.option_value(&place, name, option).await?;
        let many = self.is_many(&place, name)?;
        let gesture = if many { Gesture::ChooseMany(vec![value]) } else { Gesture::Choose(value) };
        self.act(&place, name, gesture).await
    }

    fn is_many(&self, place: &Place, name: &str) -> anyhow::Result<bool> {
        let blocks = self.blocks(place)?;
        let kind = find::by_name(&blocks, name)?.kind().to_owned();
        Ok(kind.starts_with("multi_") || kind == "checkboxes")
    }

    fn blocks(&self, place: &Place) -> anyhow::Result<Vec<Value>> {
        self.slack.world.read(|state| Ok(act::Standing::at(state, &self.id, place)?.blocks()))
    }

    async fn option_value(&self, place: &Place, name: &str, option: &str) -> anyhow::Result<String> {
        let blocks = self.blocks(place)?;
        let found = find::by_name(&blocks, name)?;
        let offered = match found.kind().ends_with("external_select") {
            true => self.suggest(place, name, option).await?,
            false => Vec::new(),
        };
        let options = find::options(found.element, &offered);
        let called = |one: &&Value| one["value"] == option || one["text"]["text"] == option;
        match options.iter().find(called).and_then(|one| one["value"].as_str()) {
            Some(value) => Ok(value.to_owned()),
            None if options.is_empty() && found.kind().ends_with("_select") => Ok(option.to_owned()),
            None => anyhow::bail!("`{name}` has no option `{option}`: {options:?}"),
        }
    }

    /// Types into an external select: the options the app offers, groups flattened.
    pub async fn suggest(&self, place: impl Into<Place>, name: &str, typed: &str) -> anyhow::Result<Vec<Value>> {
        let place = place.into();
        let (block, action) = act::named(&self.slack.world, &self.id, &place, name)?;
        let body = suggest(&self.slack.world, &self.id, &place, (&block, &action), typed).await?;
        let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
        let grouped = list(&body, "option_groups").into_iter().flat_map(|group| list(&group, "options"));
        Ok(list(&body, "options").into_iter().chain(grouped).collect())
    }

    fn front(&self) -> anyhow::Result<Place> {
        let modal = self.modal().ok_or_else(|| anyhow::anyhow!("{} has no modal open", self.id))?;
        Ok(Place::from(&modal))
    }

    /// Types into a field of the modal in front.
    pub async fn type_into(&self, label: &str, text: &str) -> anyhow::Result<Delivered> {
        self.act(self.front()?, label, Gesture::Text(text.into())).await
    }

    /// Chooses in a field of the modal in front.
    pub async fn pick(&self, label: &str, option: &str) -> anyhow::Result<Delivered> {
        self.choose(self.front()?, label, option).await
    }

    /// Submits the modal in front.
    pub async fn submit(&self) -> anyhow::Result<Submitted> {
        submit(&self.slack.world, &self.id).await
    }

    /// Closes the modal in front.
    pub async fn close(&self) -> anyhow::Result<()> {
        close(&self.slack.world, &self.id, false).await
    }

    /// Closes every modal.
    pub async fn close_all(&self) -> anyhow::Result<()> {
        close(&self.slack.world, &self.id, true).await
    }

    /// Opens the app's Home tab.
    pub async fn open_home(&self) -> EventOutcome {
        open_home(&self.slack.world, &self.id, "home").await
    }

    /// Opens the app's Messages tab.
    pub async fn open_messages(&self) -> EventOutcome {
        open_home(&self.slack.world, &self.id, "messages").await
    }

    /// Runs a shortcut, on a message if one is given.
    pub async fn shortcut(&self, callback_id: &str, on: Option<&Message>) -> anyhow::Result<Delivered> {
        shortcut(&self.slack.world, &self.id, callback_id, on.map(Place::from).as_ref()).await
    }

    /// What the person sees in a channel (id or name), oldest first; others' ephemeral messages are not among it.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.slack.world.read(|state| {
            let id = state.channel(channel).map_or_else(|| channel.to_owned(), |found| found.id.clone());
            state.seen_by(&self.id, &id)
        })
    }

    /// What the app and the person wrote in their direct message.
    pub fn direct_messages(&self) -> Vec<Message> {
        self.slack.world.read(|state| {
            let channel = state.im(&self.id);
            channel.map(|channel| state.seen_by(&self.id, &channel.id)).unwrap_or_default()
        })
    }

    /// The modal in front.
    pub fn modal(&self) -> Option<View> {
        self.slack.world.read(|state| state.top_view(&self.id).cloned())
    }

    /// Every open modal, the lowest first.
    pub fn modals(&self) -> Vec<View> {
        self.slack.world.read(|state| {
            let stack = state.stacks.get(&self.id).into_iter().flatten();
            stack.filter_map(|id| state.views.get(id).cloned()).collect()
        })
    }

    /// The app's Home as this person sees it.
    pub fn home(&self) -> Option<View> {
        self.slack.world.read(|state| state.views.get(state.homes.get(&self.id)?).cloned())
    }

    /// Waits for a message in a channel that this person sees and `is_it` accepts.
    pub async fn wait_for_message(&self, channel: &str, is_it: impl Fn(&Message) -> bool) -> anyhow::Result<Message> {
        let what = format!("a message to {} in {channel}", self.id);
        self.slack.wait_for(&what, |_| self.messages(channel).into_iter().find(|message| is_it(message))).await
    }

    /// Waits for a modal in front of this person that `is_it` accepts.
    pub async fn wait_for_modal(&self, is_it: impl Fn(&View) -> bool) -> anyhow::Result<View> {
        let what = format!("a modal in front of {}", self.id);
        self.slack.wait_for(&what, |_| self.modal().filter(|view| is_it(view))).await
    }

    /// Waits until the Home is one that `is_it` accepts.
    pub async fn wait_for_home(&self, is_it: impl Fn(&View) -> bool) -> anyhow::Result<View> {
        let what = format!("the Home of {}", self.id);
        self.slack.wait_for(&what, |_| self.home().filter(|view| is_it(view))).await
    }
}
