//! Exports: the whole board as a file where the board is seen, compared with the tool itself.

use crate::screen::{connected, ended, open_board, view_words, words};
use std::collections::BTreeMap;
use weft_demo::{ADA, CHANNEL, World, WorldOptions};
use weft_simulators::slack::Message;

/// The titles of a file's columns, and its rows by the first of them.
type Table = (Vec<String>, BTreeMap<String, Vec<String>>);

fn rows(world: &World, file: &str) -> anyhow::Result<Table> {
    let bytes = world.slack.file_bytes(file).ok_or_else(|| anyhow::anyhow!("no file {file}"))?;
    let text = String::from_utf8(bytes)?;
    let text = text.strip_prefix('\u{feff}').ok_or_else(|| anyhow::anyhow!("no mark of UTF-8"))?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers()?.iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| {
        let row: Vec<String> = row?.iter().map(str::to_owned).collect();
        Ok((row[0].clone(), row))
    });
    Ok((header, rows.collect::<anyhow::Result<_>>()?))
}

/// A board of all users with what an export must get right.
async fn board(world: &World) -> anyhow::Result<Message> {
    let ada = world.slack.user(ADA);
    ada.command("/weft", "new", CHANNEL).await?;
    ada.wait_for_modal(|view| view_words(view).contains("What does the board list?")).await?;
    ada.pick("draft-object", "Users").await?;
    let modal = ada.wait_for_modal(|view| view_words(view).contains("300 rows")).await?;
    ada.type_into("draft-name", "Everybody").await?;
    ada.click(&modal, "As text…").await?;
    ada.wait_for_modal(|view| view_words(view).contains("Definition")).await?;
    let text = "object = \"User\"\ncolumns = [\"Username\", \"Name\", \"IsActive\", \"role.Name\", \"LastLoginDate\"]\nsort = [\"Name\"]\n";
    ada.type_into("Definition", text).await?;
    ada.submit().await?;
    ada.wait_for_modal(|view| view_words(view).contains("Name (A to Z)")).await?;
    ada.submit().await?;
    let made = ada.wait_for_message(CHANNEL, |message| words(message).lines().next() == Some("Everybody")).await?;
    ada.close_all().await?;
    Ok(made)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_holds_what_the_org_holds() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let org = world.salesforce.org();
    let evil = org.query("SELECT Id FROM User ORDER BY Id LIMIT 1")?[0]["Id"].as_str().unwrap_or_default().to_owned();
    org.change(&evil, &serde_json::json!({"LastName": "=cmd|' /C calc'!A0", "FirstName": null}))?;
    world.sync(ADA).await?;
    let board = board(&world).await?;
    let ada = world.slack.user(ADA);
    ada.click(&board, "Export").await?;
    let is_file = |message: &Message| !message.files.is_empty();
    let sent = world.slack.wait_for("the file", |_| ada.direct_messages().into_iter().find(is_file)).await?;
    assert!(sent.text.contains("Everybody: 300 rows"), "{}", sent.text);
    let (header, exported) = rows(&world, &sent.files[0])?;
    assert_eq!(header, ["Username", "Name", "Active", "Role › Name", "Last login"]);
    let live = org.query("SELECT Username, Name, IsActive, UserRole.Name FROM User")?;
    assert_eq!(exported.len(), live.len());
    for user in live {
        let row = &exported[user["Username"].as_str().unwrap_or_default()];
        let name = user["Name"].as_str().unwrap_or_default();
        let shown = if name.starts_with('=') { format!("'{name}") } else { name.to_owned() };
        let role = user["UserRole"]["Name"].as_str().unwrap_or_default();
        assert_eq!((row[1].as_str(), row[3].as_str()), (shown.as_str(), role));
        assert_eq!(row[2], user["IsActive"].to_string());
    }
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_channel_s_message_the_file_goes_into_its_thread() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let board = open_board(&world, ADA, "All users").await?;
    let ada = world.slack.user(ADA);
    ada.click(&board, "Post here").await?;
    let posted = ada
        .wait_for_message(CHANNEL, |message| {
            message.visible_to.is_none() && words(message).lines().next() == Some("All users")
        })
        .await?;
    ada.click(&posted, "Export").await?;
    let sent = ada.wait_for_message(CHANNEL, |message| !message.files.is_empty()).await?;
    assert_eq!(sent.thread_ts.as_deref(), Some(posted.ts.as_str()));
    assert_eq!(rows(&world, &sent.files[0])?.1.len(), 300);
    ended(world).await
}
