//! Pausing, resuming and disconnecting a tool, from the click in Slack to the last trace at the tool and in the store.

use crate::access::{ask_to_suspend, build, heard, hears, late_click, permit, value, world};
use crate::screen::{connected, ended, open_board, view_words, words};
use serde_json::Value;
use weft_demo::{ADA, CHANNEL, GRACE, LINUS, World, WorldOptions};
use weft_simulators::salesforce::Fault;
use weft_simulators::slack::{Message, Submitted, View};

const OKTA: &str = "acme.okta.com";
const QUERY: &str = "GET /services/data/*/query";
const REVOKE: &str = "POST /services/oauth2/revoke";

/// The Home of this person, once it says this.
async fn home(world: &World, person: &str, part: &str) -> anyhow::Result<View> {
    let person = world.slack.user(person);
    person.open_home().await;
    person.wait_for_home(|view| view_words(view).contains(part)).await
}

/// The titles of the tiles, and the menus of those that have one.
fn tiles(home: &View) -> Vec<(String, Option<String>)> {
    let blocks = home.view["blocks"].as_array().cloned().unwrap_or_default();
    let after = blocks.iter().position(|block| block["text"]["text"] == "Connections").unwrap_or(blocks.len());
    let title = |block: &Value| {
        let text = block["text"]["text"].as_str()?.strip_prefix('*')?;
        Some(text.split_once("*\n")?.0.to_owned())
    };
    let tile = |at: usize, block: &Value| {
        let buttons = blocks.get(at + 1).and_then(|next| next["block_id"].as_str());
        let menu = buttons.filter(|id| id.starts_with("connection/")).map(|id| format!("{id}/more"));
        Some((title(block)?, menu))
    };
    blocks.iter().enumerate().skip(after).filter_map(|(at, block)| tile(at, block)).collect()
}

/// This person chooses something in the menu of a tile.
async fn choose(world: &World, person: &str, title: &str, option: &str) -> anyhow::Result<()> {
    let home = home(world, person, title).await?;
    let (_, menu) = tiles(&home).into_iter().find(|(known, _)| known == title).unwrap_or_default();
    world.slack.user(person).choose(&home, &menu.unwrap_or_default(), option).await.map(drop)
}

/// What Salesforce's tile is called.
async fn salesforce(world: &World) -> anyhow::Result<String> {
    let home = home(world, ADA, "Connections").await?;
    Ok(tiles(&home).into_iter().map(|(title, _)| title).find(|title| title != OKTA).unwrap_or_default())
}

/// Types the name and sends it.
async fn confirm(world: &World, person: &str, title: &str) -> anyhow::Result<()> {
    let person = world.slack.user(person);
    person.wait_for_modal(|view| view_words(view).contains("This cannot be undone")).await?;
    person.type_into("connection-name", title).await?;
    anyhow::ensure!(person.submit().await? == Submitted::Updated, "it is taken");
    person.wait_for_modal(|view| view_words(view).contains("is being disconnected")).await?;
    person.close_all().await
}

fn count(world: &World, person: &str, part: &str) -> usize {
    let heard = world.slack.user(person).direct_messages();
    heard.iter().filter(|message| words(message).contains(part)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_tool_is_left_alone_and_boards_say_so() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions { users: 3_000, rate_limits: false, ..Default::default() }).await?;
    let title = salesforce(&world).await?;
    let message = world.synced(ADA).await?;
    let sync = value(&message, "Sync now")?;
    // In the middle of a fetch.
    let gate = world.salesforce.org().hold(QUERY);
    world.sync(ADA).await?;
    gate.arrived(1).await;
    choose(&world, GRACE, &title, "Pause").await?;
    home(&world, ADA, "paused by <@U0GRACE> on").await?;
    gate.open();
    let board = open_board(&world, ADA, "All users").await?;
    assert!(words(&board).contains("paused by <@U0GRACE> on"), "{}", words(&board));
    assert!(
        words(&board).contains("of 3000") || words(&board).contains("3000"),
        "the last good data: {}",
        words(&board)
    );
    // A fetch and an action that somebody clicked before they saw it.
    late_click(&world, ADA, &message, "press.sync", &sync).await?;
    hears(&world, ADA, "is paused, so nothing was fetched").await?;
    let ada = world.slack.user(ADA);
    ada.command("/weft", "run", CHANNEL).await?;
    let menu = ada.wait_for_modal(|view| !view_words(view).contains("…")).await?;
    assert!(!menu.view.to_string().contains("Deactivate user"), "no action of it is offered");
    ada.close_all().await?;
    // A member has no such menu, and a forged click does nothing.
    let linus = home(&world, LINUS, "Paused").await?;
    assert!(!linus.view.to_string().contains("Disconnect…"), "{}", view_words(&linus));
    let resume = sync.replace("\"sync\"", "\"resume\"");
    late_click(&world, LINUS, &message, "press.resume", &resume).await?;
    hears(&world, LINUS, "Only admins pause, resume and disconnect tools: <@U0ADA>, <@U0GRACE>").await?;
    home(&world, ADA, "paused by <@U0GRACE> on").await?;

    choose(&world, GRACE, &title, "Resume").await?;
    world.synced(ADA).await?;
    let fresh = |message: &Message| message.ts == board.ts && !words(message).contains("paused by");
    world.slack.user(ADA).click(&board, "Refresh").await?;
    world.slack.wait_for("the board without the pause", |_| heard(&world, ADA, fresh)).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_open_while_the_tool_is_paused_is_refused() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let title = salesforce(&world).await?;
    let ada = world.slack.user(ADA);
    ada.command("/weft", "run", CHANNEL).await?;
    let menu = ada.wait_for_modal(|view| view_words(view).contains("What do you want to do?")).await?;
    choose(&world, GRACE, &title, "Pause").await?;
    home(&world, GRACE, "paused by <@U0GRACE> on").await?;
    ada.choose(&menu, "choose-action", "Deactivate user").await?;
    let said =
        ada.wait_for_modal(|view| view_words(view).contains("is paused by <@U0GRACE>, so nothing was done")).await?;
    assert!(view_words(&said).contains("until an admin resumes it"), "{}", view_words(&said));
    ada.close_all().await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disconnected_tool_leaves_nothing_and_comes_back_from_nothing() -> anyhow::Result<()> {
    let (mut world, _dir) = world().await?;
    let board = build(&world, LINUS, "Linus's").await?;
    world.slack.user(LINUS).click(&board, "Post here").await?;
    let posted = |message: &Message| message.visible_to.is_none() && words(message).lines().next() == Some("Linus's");
    let posted = world.slack.user(LINUS).wait_for_message(CHANNEL, posted).await?;
    ask_to_suspend(&world, LINUS).await?;
    let card = hears(&world, GRACE, "Approval needed").await?;
    assert_eq!(world.okta.org().grants(), 1);

    choose(&world, GRACE, OKTA, "Disconnect…").await?;
    let grace = world.slack.user(GRACE);
    let modal = grace.wait_for_modal(|view| view_words(view).contains("This cannot be undone")).await?;
    let says = view_words(&modal);
    for part in ["• Linus's of <@U0LINUS>", " of <@U0ADA>", "• Suspend user on 1 record, asked for by <@U0LINUS>"] {
        assert!(says.contains(part), "{part} is not in {says}");
    }
    assert!(
        says.contains("Okta is told to end what it granted to Weft") && !says.contains("Idle paid seats"),
        "{says}"
    );
    grace.type_into("connection-name", "okta").await?;
    let Submitted::Errors(errors) = grace.submit().await? else { panic!("it is refused at the field") };
    assert!(errors["connection-name"].contains("it is called “acme.okta.com”. Nothing was done."), "{errors:?}");
    confirm(&world, GRACE, OKTA).await?;

    hears(&world, GRACE, "“acme.okta.com” is disconnected, as you asked. Okta has ended what it granted").await?;
    let told = hears(&world, ADA, "“acme.okta.com” is disconnected, as <@U0GRACE> asked.").await?;
    assert!(words(&told).contains("boards that used it are deleted as well"), "{}", words(&told));
    hears(&world, LINUS, "disconnected “acme.okta.com”. 1 board of yours used it").await?;
    assert_eq!(world.okta.org().grants(), 0);
    let covered = |message: &Message| message.ts == posted.ts && words(message).contains("<@U0GRACE> disconnected");
    let covered = world.slack.user(ADA).wait_for_message(CHANNEL, covered).await?;
    assert!(!words(&covered).contains("@acme"), "no row is left on the screen: {}", words(&covered));
    grace.click(&card, "Approve: Suspend user").await.ok();
    let card_says = |message: &Message| message.ts == card.ts && words(message).contains("topped");
    world.slack.wait_for("the card to say so", |_| heard(&world, GRACE, card_says)).await?;
    let left = home(&world, ADA, "Idle paid seats").await?;
    assert!(!view_words(&left).contains(OKTA) && !view_words(&left).contains("Linus's"), "{}", view_words(&left));

    world.restart_host().await?;
    let left = home(&world, ADA, "Idle paid seats").await?;
    assert!(!view_words(&left).contains(OKTA), "{}", view_words(&left));
    assert_eq!(count(&world, LINUS, "board of yours used it"), 1, "told once");
    // Boards of other tools work, and Okta can be connected anew.
    open_board(&world, ADA, "All users").await?;
    world.connect_okta(ADA).await?;
    let again = home(&world, ADA, &format!("*{OKTA}*\nConnected")).await?;
    assert!(view_words(&again).contains("Suspended in Okta") && !view_words(&again).contains("Linus's"));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_in_the_middle_goes_on_and_a_lost_answer_is_no_reason_to_stay() -> anyhow::Result<()> {
    let (mut world, _dir) = connected(WorldOptions { rate_limits: false, ..Default::default() }).await?;
    let title = salesforce(&world).await?;
    // The tool ends the grant, and its answer is lost; the host is stopped before it asks again.
    world.salesforce.org().fault(REVOKE, Fault::LostResponse);
    choose(&world, ADA, &title, "Disconnect…").await?;
    confirm(&world, ADA, &title).await?;
    home(&world, GRACE, "Disconnecting").await?;
    world.slack.wait_for("the grant to end", |_| (world.salesforce.org().grants() == 0).then_some(())).await?;
    world.restart_host().await?;
    hears(&world, ADA, "is disconnected, as you asked. Salesforce has ended what it granted to Weft.").await?;
    assert!(world.salesforce.org().calls(REVOKE) >= 2, "it was asked again");
    let gone = home(&world, ADA, "No tool is connected yet").await?;
    assert!(view_words(&gone).contains("No boards yet"), "{}", view_words(&gone));
    assert_eq!(count(&world, ADA, "is disconnected, as you asked"), 1, "told once");

    world.connect_salesforce(ADA).await?;
    world.synced(ADA).await?;
    assert!(words(&open_board(&world, ADA, "All users").await?).contains("300"));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connecting_again_keeps_boards_and_permissions() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    build(&world, LINUS, "Linus's").await?;
    permit(&world, Some(&[LINUS])).await?;
    let boards = |home: &View| view_words(home).lines().filter(|line| line.contains('*')).count();
    let before = boards(&home(&world, ADA, "for 1 person and admins").await?);
    // An admin of Okta ends the grant; the next fetch finds out.
    world.okta.org().revoke_grants();
    let is_okta = |message: &Message| words(message).contains("*acme.okta.com*");
    let told = world.slack.wait_for("the message about Okta", |_| heard(&world, ADA, is_okta)).await?;
    world.slack.user(ADA).click(&told, "Sync now").await?;
    let broken = home(&world, ADA, "Needs reauthorization").await?;
    world.slack.user(ADA).click(&broken, "Connect again").await?;
    let link = |view: &View| {
        let text = view.view.to_string();
        let from = text.find("http://127.0.0.1")?;
        text.get(from..)?.split('"').next().map(str::to_owned)
    };
    let modal = world.slack.user(ADA).wait_for_modal(|view| link(view).is_some()).await?;
    world.follow(&link(&modal).unwrap_or_default(), |address| world.okta.org().allow(address)).await?;
    world.slack.user(ADA).close_all().await?;
    let again = home(&world, ADA, &format!("*{OKTA}*\nConnected")).await?;
    assert!(view_words(&again).contains("for 1 person and admins"), "{}", view_words(&again));
    assert_eq!(boards(&again), before, "{}", view_words(&again));
    assert!(words(&open_board(&world, LINUS, "Linus's").await?).contains("300"));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_people_list_goes_with_its_file_and_the_directory_keeps_the_bot_token() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions { rate_limits: false, ..Default::default() }, dir.path()).await?;
    let ada = world.slack.user(ADA);
    let files = || -> usize {
        let folders = std::fs::read_dir(dir.path().join("data/lists")).into_iter().flatten().flatten();
        folders.map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().count()).sum()
    };
    for round in 1..=2 {
        ada.drop_file("staff.csv", format!("Name;E-Mail\nAda {round};ada@example.com\n").as_bytes()).await?;
        let asked = hears(&world, ADA, "There is no people list yet").await?;
        ada.click(&asked, "Use this list").await?;
        let list = home(&world, ADA, "*People list*\nConnected").await?;
        assert!(view_words(&list).contains("Everybody on the people list") && files() == 1);
        choose(&world, ADA, "People list", "Disconnect…").await?;
        let modal = ada.wait_for_modal(|view| view_words(view).contains("This cannot be undone")).await?;
        assert!(view_words(&modal).contains("no tool behind it, only the file you gave"), "{}", view_words(&modal));
        confirm(&world, ADA, "People list").await?;
        home(&world, ADA, "No tool is connected yet").await?;
        assert_eq!(files(), 0, "round {round}");
    }
    let said = world.connect_slack_directory(ADA).await?;
    assert!(said.contains("is connected to"), "{said}");
    let directory = home(&world, ADA, "\nConnected").await?;
    let title = tiles(&directory).into_iter().next().unwrap_or_default().0;
    choose(&world, ADA, &title, "Disconnect…").await?;
    confirm(&world, ADA, &title).await?;
    let told = hears(&world, ADA, &format!("“{title}” is disconnected, as you asked.")).await?;
    assert!(words(&told).contains("Weft keeps its bot token"), "{}", words(&told));
    ended(world).await
}
