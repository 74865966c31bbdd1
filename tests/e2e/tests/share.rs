//! Sharing boards: with a person who may look, into a channel that stays up to date, and what strangers hear.

use crate::screen::{click_of, connected, ended, open_board, view_words, words};
use serde_json::{Value, json};
use weft_demo::{ADA, CHANNEL, LINUS, World, WorldOptions};
use weft_simulators::slack::{Message, Submitted};

/// Ada's own copy of the board of all users.
async fn own_board(world: &World) -> anyhow::Result<Message> {
    let shared = open_board(world, ADA, "All users").await?;
    let ada = world.slack.user(ADA);
    ada.choose(&shared, "more", "Duplicate").await?;
    ada.wait_for_message(CHANNEL, |message| words(message).lines().next() == Some("Copy of All users")).await
}

/// The value of a button of the message, or of an option of its menu.
fn value(message: &Message, text: &str) -> Option<String> {
    fn find(json: &Value, text: &str) -> Option<String> {
        match json {
            Value::Object(members) if members.get("text").and_then(|label| label["text"].as_str()) == Some(text) => {
                members.get("value")?.as_str().map(str::to_owned)
            }
            Value::Object(members) => members.values().find_map(|member| find(member, text)),
            Value::Array(items) => items.iter().find_map(|item| find(item, text)),
            _ => None,
        }
    }
    find(&Value::from(message.blocks.clone()), text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_looks_and_cannot_change() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let board = own_board(&world).await?;
    let (ada, linus) = (world.slack.user(ADA), world.slack.user(LINUS));
    linus.command("/boards", "Copy of All users", CHANNEL).await?;
    linus.wait_for_message(CHANNEL, |message| words(message).contains("No board is called")).await?;

    ada.click(&board, "Share…").await?;
    ada.wait_for_modal(|view| view_words(view).contains("Who may look at it?")).await?;
    ada.pick("viewers", LINUS).await?;
    assert_eq!(ada.submit().await?, Submitted::Updated);
    let told = |message: &Message| words(message).contains("shared the board *Copy of All users* with you");
    let told = world.slack.wait_for("Linus to be told", |_| linus.direct_messages().into_iter().find(told)).await?;
    linus.click(&told, "Open").await?;
    let is_board = |message: &Message| words(message).lines().next() == Some("Copy of All users");
    let seen = world
        .slack
        .wait_for("Linus to see it", |_| {
            let seen = linus.direct_messages().into_iter().chain(linus.messages(CHANNEL));
            seen.into_iter().find(is_board)
        })
        .await?;
    let offered = words(&seen);
    for word in ["Filter…", "Columns…", "Export", "Share…", "Actions…", "Delete…"] {
        assert!(!offered.lines().any(|line| line == word), "{word} is not for viewers:\n{offered}");
    }
    linus.command("/boards", "", CHANNEL).await?;
    linus.wait_for_message(CHANNEL, |message| words(message).contains("Shared with you")).await?;

    // What a viewer filters is for them alone.
    linus.click(&seen, "Filter for me…").await?;
    let modal = linus.wait_for_modal(|view| view_words(view).contains("Filter for me")).await?;
    linus.click(&modal, "Add condition").await?;
    linus.wait_for_modal(|view| view_words(view).contains("Choose a field")).await?;
    linus.choose(&modal, "draft-path", "IsActive").await?;
    linus.wait_for_modal(|view| view_words(view).contains("Active is")).await?;
    linus.pick("Yes or no", "No").await?;
    assert_eq!(linus.submit().await?, Submitted::Updated);
    let filtered = |message: &Message| words(message).contains("filtered for you alone");
    world
        .slack
        .wait_for("the filtered board", |_| {
            linus.direct_messages().into_iter().chain(linus.messages(CHANNEL)).find(filtered)
        })
        .await?;
    linus.close_all().await?;

    // The right is asked for at the click, not where the button was drawn.
    let files = world.slack.calls("files.getUploadURLExternal").len();
    for (action, text) in [("press.export-board", "Export"), ("press.duplicate-board", "Duplicate")] {
        let value = value(&board, text).ok_or_else(|| anyhow::anyhow!("no {text} on {}", words(&board)))?;
        assert_eq!(world.interact(&click_of(LINUS, &seen, action, &value)).await?, 200);
        let refused = |message: &&Message| words(message).contains("You may view this board, not change it");
        world
            .slack
            .wait_for("a plain answer", |_| {
                let heard = linus.direct_messages().into_iter().chain(linus.messages(CHANNEL)).collect::<Vec<_>>();
                (heard.iter().filter(refused).count() >= 1).then_some(())
            })
            .await?;
    }
    assert_eq!(world.slack.calls("files.getUploadURLExternal").len(), files, "nothing was exported");

    // Taken back, it is gone for Linus.
    ada.close_all().await?;
    ada.click(&board, "Share…").await?;
    let modal = ada.wait_for_modal(|view| view_words(view).contains("Who may look at it?")).await?;
    ada.act(&modal, "viewers/value", weft_simulators::slack::Gesture::ChooseMany(Vec::new())).await?;
    ada.submit().await?;
    ada.wait_for_modal(|view| view_words(view).contains("It is shared as you said")).await?;
    linus.click(&seen, "Refresh").await?;
    let gone = |message: &Message| words(message).contains("it is not shared with you");
    world
        .slack
        .wait_for("a plain answer", |_| linus.direct_messages().into_iter().chain(linus.messages(CHANNEL)).find(gone))
        .await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_in_a_channel_follows_what_is_fetched() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let board = open_board(&world, ADA, "Inactive users").await?;
    let (ada, linus) = (world.slack.user(ADA), world.slack.user(LINUS));
    ada.click(&board, "Share…").await?;
    ada.wait_for_modal(|view| view_words(view).contains("Post it to a channel")).await?;
    ada.pick("channel", "C0ADMINS").await?;
    assert_eq!(ada.submit().await?, Submitted::Updated);
    let posted = linus
        .wait_for_message(CHANNEL, |message| {
            message.visible_to.is_none() && words(message).lines().next() == Some("Inactive users")
        })
        .await?;
    let org = world.salesforce.org();
    let special: Vec<String> = org.admins().into_iter().chain(org.default_case_owner()).collect();
    let rows = org.query("SELECT Id, Username FROM User WHERE IsActive = true ORDER BY Id")?;
    let row = rows.iter().rev().find(|row| !special.iter().any(|id| row["Id"] == id.as_str())).expect("somebody");
    let (key, name) = (row["Id"].as_str().unwrap_or_default(), row["Username"].as_str().unwrap_or_default());
    org.change(key, &json!({"IsActive": false}))?;
    assert!(!words(&posted).contains(name));
    world.sync(ADA).await?;
    linus.wait_for_message(CHANNEL, |message| message.ts == posted.ts && words(message).contains(name)).await?;
    ended(world).await
}
