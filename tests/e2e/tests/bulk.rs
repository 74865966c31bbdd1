//! An action on all rows of a board but some: chosen in the form, looked through page by page, approved, run.

use crate::screen::{connected, ended, open_board, view_words, words};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use weft_demo::{ADA, GRACE, World, WorldOptions};
use weft_simulators::slack::{Message, Submitted, View};

const BOARD: &str = "Never logged in";

/// The form of an action, opened from the board.
async fn form(world: &World, board: &Message, action: &str) -> anyhow::Result<View> {
    let ada = world.slack.user(ADA);
    ada.click(board, "Actions…").await?;
    let menu = ada.wait_for_modal(|view| view_words(view).contains("What do you want to do?")).await?;
    ada.choose(&menu, "choose-action", action).await?;
    ada.wait_for_modal(|view| view_words(view).contains("On which users?")).await
}

/// What stands in this column of the board's message.
fn column(board: &Message, title: &str) -> Vec<String> {
    let table = board.blocks.iter().find(|block| block["type"] == "data_table").cloned().unwrap_or_default();
    let rows = table["rows"].as_array().cloned().unwrap_or_default();
    let text = |cell: &Value| cell["text"].as_str().unwrap_or_default().to_owned();
    let titles = rows[0].as_array().into_iter().flatten();
    let at = titles.map(text).position(|found| found == title).expect("the column is shown");
    rows.iter().skip(1).map(|row| text(&row[at])).collect()
}

/// The user names of those who are frozen.
fn frozen(world: &World) -> anyhow::Result<BTreeSet<String>> {
    let org = world.salesforce.org();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let users = org.query("SELECT Id, Username FROM User")?;
    let named: BTreeMap<String, String> = users.iter().map(|user| (text(user, "Id"), text(user, "Username"))).collect();
    let rows = org.query("SELECT UserId FROM UserLogin WHERE IsFrozen = true")?;
    Ok(rows.iter().filter_map(|row| named.get(&text(row, "UserId")).cloned()).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_rows_of_a_board_but_one_are_frozen() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions { users: 900, ..WorldOptions::default() }).await?;
    let board = open_board(&world, ADA, BOARD).await?;
    let (rows, before) = (column(&board, "Username"), frozen(&world)?);
    assert!(rows.len() > 51, "more than a page of a preview: {}", rows.len());
    let ada = world.slack.user(ADA);
    form(&world, &board, "Freeze user").await?;
    assert!(matches!(ada.submit().await?, Submitted::Errors(_)), "nobody was chosen");
    ada.pick("On which users?", &format!("All {} rows of the board, except those chosen below", rows.len())).await?;
    ada.pick("Users", &column(&board, "Name")[0]).await?;
    assert!(matches!(ada.submit().await?, Submitted::Updated | Submitted::Closed), "the form is taken");

    let preview = ada.wait_for_modal(|view| view_words(view).contains("You are about to ask for")).await?;
    let said = view_words(&preview);
    assert!(said.contains(&format!("All {} rows of “{BOARD}”, except 1", rows.len())), "{said}");
    assert!(said.contains(&format!("Records 1–50 of {}", rows.len() - 1)), "{said}");
    ada.type_into("Reason", "They never came").await?;
    ada.click(&preview, "Next records").await?;
    let next = ada.wait_for_modal(|view| view_words(view).contains("Records 51–")).await?;
    assert!(json!(next.values).to_string().contains("They never came"), "what was typed stays");
    ada.submit().await?;
    ada.wait_for_modal(|view| view_words(view).contains("Nothing is changed until somebody approves it")).await?;
    assert_eq!(frozen(&world)?, before, "nothing happens before the decision");

    let grace = world.slack.user(GRACE);
    let card = |message: &Message| words(message).contains("Approval needed");
    let card = world.slack.wait_for("a card", |_| grace.direct_messages().into_iter().find(card)).await?;
    assert!(words(&card).contains("except 1") && words(&card).contains("They never came"), "{}", words(&card));
    grace.click(&card, "Approve: Freeze user").await?;
    let done = |message: &Message| message.ts == card.ts && words(message).contains("Done");
    world.slack.wait_for("the end", |_| grace.direct_messages().into_iter().find(done)).await?;
    let wanted: BTreeSet<String> = rows.iter().skip(1).chain(&before).cloned().collect();
    assert_eq!(frozen(&world)?, wanted, "all of them but the first, and nobody else");
    ended(world).await
}
