//! The audit log as people meet it: an admin searches and exports it, a member may not, and what was exported can be checked outside.

use crate::screen::{connected, ended, view_words, words};
use std::io::BufReader;
use weft::store::{ExportedRecord, verify_exported_audit};
use weft_demo::{ADA, CHANNEL, GRACE, LINUS, World, WorldOptions};
use weft_simulators::slack::{Message, View};

/// A window of the log with this in it.
async fn log(world: &World, person: &str, search: &str, part: &str) -> anyhow::Result<View> {
    let person = world.slack.user(person);
    person.command("/weft", &format!("audit {search}"), CHANNEL).await?;
    person.wait_for_modal(|view| view_words(view).contains(part)).await
}

/// The file of this kind in Grace's messages.
async fn file(world: &World, ending: &str) -> anyhow::Result<String> {
    let grace = world.slack.user(GRACE);
    let find = || {
        let files: Vec<String> =
            grace.direct_messages().into_iter().flat_map(|message: Message| message.files).collect();
        files.into_iter().filter_map(|file| world.slack.file_bytes(&file)).find(|bytes| match ending {
            "csv" => bytes.starts_with("\u{feff}seq,".as_bytes()),
            _ => bytes.starts_with(b"{\"workspace\""),
        })
    };
    let bytes = world.slack.wait_for("the exported file", |_| find()).await?;
    Ok(String::from_utf8(bytes)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_finds_who_did_what_and_takes_the_log_away() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (ada, grace) = (world.slack.user(ADA), world.slack.user(GRACE));
    ada.command("/boards", "All users", CHANNEL).await?;
    let board = ada.wait_for_message(CHANNEL, |message| words(message).starts_with("All users")).await?;
    ada.click(&board, "Export").await?;
    world
        .slack
        .wait_for("the board's file", |_| ada.direct_messages().into_iter().find(|message| !message.files.is_empty()))
        .await?;

    // By the name of a person, that only Slack knows, and by kind.
    let found = log(&world, GRACE, "ada board.exported", "exported a board").await?;
    assert!(!view_words(&found).contains("connected a tool"));
    grace.close_all().await?;
    let view = log(&world, GRACE, "connection.connected", "connected a tool").await?;
    grace.click(&view, "Details").await?;
    grace.wait_for_modal(|view| view_words(view).contains("Kind: ")).await?;
    grace.close().await?;
    grace.click(&view, "Show all").await?;
    let view = grace.wait_for_modal(|view| view_words(view).contains("exported a board")).await?;
    grace.click(&view, "Search…").await?;
    grace.wait_for_modal(|view| view_words(view).contains("From this day on")).await?;
    grace.type_into("Words", "ada").await?;
    grace.pick("Kind", "Connections").await?;
    grace.submit().await?;
    let found =
        grace.wait_for_modal(|view| view_words(view).contains("What is found for “ada kind:connection.”")).await?;
    assert!(view_words(&found).contains("connected a tool") && !view_words(&found).contains("exported a board"));

    grace.click(&found, "Export as JSON lines").await?;
    grace.wait_for_modal(|view| view_words(view).contains("The file is in your messages")).await?;
    let lines = file(&world, "jsonl").await?;
    let heads = verify_exported_audit(BufReader::new(lines.as_bytes()), &[])?;
    let records: Vec<ExportedRecord> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert_eq!(heads.values().next().map(|head| head.seq), Some(records.len() as u64));
    let last = records.last().map(|record| (record.event.what.as_str(), record.event.actor.as_ref()));
    assert!(matches!(last, Some(("audit.exported", Some(actor))) if actor.user.as_str() == GRACE));
    grace.close().await?;
    grace.click(&found, "Export as CSV").await?;
    grace.wait_for_modal(|view| view_words(view).contains("The file is in your messages")).await?;
    let csv = file(&world, "csv").await?;
    assert_eq!(csv.lines().count(), records.len() + 2, "a header, and the second export");
    grace.close_all().await?;

    // The Home leads there as well; for a member there is nothing.
    grace.open_home().await;
    let home = grace.wait_for_home(|view| view_words(view).contains("Administration")).await?;
    grace.click(&home, "Audit log").await?;
    grace.wait_for_modal(|view| view_words(view).contains("exported the audit log")).await?;
    log(&world, LINUS, "", "Only admins and the owner read the audit log").await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_follows_the_log() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let follow = |config: &mut weft::config::Config| config.slack.audit_channel = Some("C0ADMINS".into());
    let world = World::start_with(&WorldOptions::default(), dir.path(), Default::default(), follow).await?;
    world.connect_salesforce(ADA).await?;
    let told = |message: &Message| words(message).contains("connected a tool") && message.visible_to.is_none();
    let message = world.slack.user(GRACE).wait_for_message(CHANNEL, told).await?;
    assert!(words(&message).contains("Ada"), "{}", words(&message));
    assert!(!words(&message).contains("<@"), "nobody is notified");
    world.synced(ADA).await?;
    ended(world).await
}
