//! The people list: a file dropped to the bot is shown as what it would change, taken by an admin's click, and replaced by a newer one.

use crate::screen::{ended, view_words, words};
use tempfile::TempDir;
use weft_demo::{ADA, CHANNEL, LINUS, World, WorldOptions};
use weft_simulators::slack::Message;

async fn world() -> anyhow::Result<(World, TempDir)> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions { rate_limits: false, ..Default::default() }, dir.path()).await?;
    Ok((world, dir))
}

/// Drops a file, and answers the message that says this of it.
async fn dropped(world: &World, person: &str, name: &str, bytes: &[u8], part: &str) -> anyhow::Result<Message> {
    let person = world.slack.user(person);
    person.drop_file(name, bytes).await?;
    world
        .slack
        .wait_for(&format!("an answer with {part}"), |_| {
            person.direct_messages().into_iter().rev().find(|message| words(message).contains(part))
        })
        .await
}

/// Waits until all is stored, opens the board, and answers the message that has this in it.
async fn board_with(world: &World, part: &str) -> anyhow::Result<String> {
    let ada = world.slack.user(ADA);
    world
        .slack
        .wait_for("the list to be stored", |_| {
            ada.direct_messages().into_iter().find(|message| words(message).contains("Connected"))
        })
        .await?;
    ada.command("/boards", BOARD, CHANNEL).await?;
    let board =
        ada.wait_for_message(CHANNEL, |message| words(message).starts_with(BOARD) && words(message).contains(part));
    Ok(words(&board.await?))
}

const BOARD: &str = "Everybody on the people list";

const FIRST: &str = "Name;E-Mail;Start;Seats\n\
    Ada Lovelace;ada@example.com;2020-11-24;3\n\
    Grace Hopper;grace@example.com;2021-02-01;\n\
    Linus Berg;linus@example.com;2022-05-05;1\n";

const SECOND: &str = "Name,E-Mail,Start,Site\n\
    Ada King,ada@example.com,2020-11-24,London\n\
    Linus Berg,linus@example.com,2022-05-05,Oslo\n\
    Margaret Hale,margaret@example.com,2024-01-15,Milton\n\
    Nobody,,2024-01-15,Milton\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_becomes_people_and_a_newer_one_takes_its_place() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    let ada = world.slack.user(ADA);
    let asked = dropped(&world, ADA, "staff.csv", FIRST.as_bytes(), "3 people").await?;
    for part in ["There is no people list yet", "Start (date)", "Seats (whole number)"] {
        assert!(words(&asked).contains(part), "{part} is not in {}", words(&asked));
    }
    ada.click(&asked, "Use this list").await?;
    world
        .slack
        .wait_for("the question to be answered", |_| {
            ada.direct_messages()
                .into_iter()
                .find(|message| words(message).contains("is the people list now: 3 people"))
        })
        .await?;
    let board = board_with(&world, "3 rows").await?;
    assert!(board.contains("grace@example.com") && board.contains("People list as of"), "{board}");

    let asked = dropped(&world, ADA, "staff-2.csv", SECOND.as_bytes(), "1 new, 1 gone, 1 changed").await?;
    for part in ["3 people", "New columns:* Site", "Columns that go:* Seats", "1 row has no email address"] {
        assert!(words(&asked).contains(part), "{part} is not in {}", words(&asked));
    }
    ada.click(&asked, "Replace the list").await?;
    world
        .slack
        .wait_for("the newer file to be stored", |_| {
            let messages = ada.direct_messages();
            messages.into_iter().find(|message| words(message).contains("Person 1 new, 1 changed, 1 gone"))
        })
        .await?;
    let board = board_with(&world, "margaret@example.com").await?;
    assert!(board.contains("3 rows") && !board.contains("grace@example.com"), "{board}");
    ada.open_home().await;
    let home = ada.wait_for_home(|view| view_words(view).contains("People list")).await?;
    assert_eq!(view_words(&home).matches("*People list*").count(), 1, "one connection: {}", view_words(&home));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_forgotten_or_overtaken_before_it_is_taken() -> anyhow::Result<()> {
    let (world, dir) = world().await?;
    let ada = world.slack.user(ADA);
    let first = dropped(&world, ADA, "a.csv", FIRST.as_bytes(), "3 people").await?;
    let second = dropped(&world, ADA, "b.csv", b"email\nx@example.com\n", "1 person").await?;
    ada.click(&first, "Use this list").await?;
    world
        .slack
        .wait_for("a refusal", |_| {
            ada.direct_messages().into_iter().find(|message| words(message).contains("followed by a newer one"))
        })
        .await?;
    ada.click(&second, "Forget the file").await?;
    world
        .slack
        .wait_for("the end", |_| {
            ada.direct_messages().into_iter().find(|message| words(message).contains("has forgotten it"))
        })
        .await?;
    let folder = dir.path().join("data/lists/T0ACME");
    assert_eq!(std::fs::read_dir(folder)?.count(), 0, "nothing of it lies on disk");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_files_and_strangers_get_a_plain_answer() -> anyhow::Result<()> {
    let (world, dir) = world().await?;
    let table: [(&str, &[u8], &str); 6] = [
        ("empty.csv", b"", "The file is empty"),
        ("phones.csv", b"name,phone\nAda,1\n", "No column holds email addresses"),
        ("book.xlsx", b"PK\x03\x04...", "Excel workbook"),
        ("wide.csv", b"\xff\xfee\0m", "cut off on the way"),
        ("cat.png", b"\x89PNG", "I only take CSV files"),
        ("nobody.csv", b"email,name\n-,Ada\n", "there is nobody in it"),
    ];
    for (name, bytes, part) in table {
        dropped(&world, ADA, name, bytes, part).await?;
    }
    dropped(&world, LINUS, "staff.csv", FIRST.as_bytes(), "Only admins give Weft a people list").await?;
    world.slack.drop_scope("files:read");
    dropped(&world, ADA, "staff.csv", FIRST.as_bytes(), "needs the scope `files:read`").await?;
    let left = std::fs::read_dir(dir.path().join("data/lists/T0ACME"))?.count();
    assert_eq!(left, 0, "nothing of them lies on disk");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_survives_a_restart_and_its_file_lies_there_sealed() -> anyhow::Result<()> {
    let (mut world, dir) = world().await?;
    let ada = world.slack.user(ADA);
    let asked = dropped(&world, ADA, "staff.csv", FIRST.as_bytes(), "3 people").await?;
    world.restart_host().await?;
    ada.click(&asked, "Use this list").await?;
    board_with(&world, "3 rows").await?;
    let files: Vec<_> = std::fs::read_dir(dir.path().join("data/lists/T0ACME"))?.collect::<Result<_, _>>()?;
    assert_eq!(files.len(), 1);
    let raw = std::fs::read(files[0].path())?;
    assert!(!raw.windows(7).any(|some| some == b"example"), "no address lies there in the clear");
    ended(world).await
}
