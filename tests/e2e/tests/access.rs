//! Who may use a connection: an admin says it in Slack, and whoever loses one has nothing of it any more, wherever they are at that moment.

use crate::screen::{click_of, ended, open_board, view_words, words};
use serde_json::{Value, json};
use tempfile::TempDir;
use weft_demo::{ADA, CHANNEL, GRACE, LINUS, World, WorldOptions};
use weft_simulators::slack::{Gesture, Message, Person, Submitted, View};

const BOTH: &str = "object = \"User\"\ncolumns = [\"Username\", \"@okta/User.status\"]\nsort = [\"Username\"]\n";

/// A world with Salesforce and Okta, both fetched.
async fn world() -> anyhow::Result<(World, TempDir)> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions { rate_limits: false, ..Default::default() }, dir.path()).await?;
    world.connect_salesforce(ADA).await?;
    world.synced(ADA).await?;
    world.connect_okta(ADA).await?;
    let is_there =
        |message: &Message| words(message).contains("*acme.okta.com*") && words(message).contains("\nConnected");
    world.slack.wait_for("Okta to be fetched", |_| heard(&world, ADA, is_there)).await?;
    Ok((world, dir))
}

/// The newest message that a person sees anywhere, of this kind.
fn heard(world: &World, person: &str, is_it: impl Fn(&Message) -> bool) -> Option<Message> {
    let person = world.slack.user(person);
    person.messages(CHANNEL).into_iter().chain(person.direct_messages()).rev().find(is_it)
}

async fn hears(world: &World, person: &str, part: &str) -> anyhow::Result<Message> {
    let said = |message: &Message| words(message).contains(part);
    world.slack.wait_for(&format!("{person} to hear “{part}”"), |_| heard(world, person, said)).await
}

/// The menu of Okta's tile.
fn menu(home: &View) -> String {
    let blocks = home.view["blocks"].as_array().cloned().unwrap_or_default();
    let is_okta =
        |block: &Value| block["text"]["text"].as_str().is_some_and(|text| text.starts_with("*acme.okta.com*"));
    let at = blocks.iter().position(is_okta).unwrap_or_default();
    format!("{}/more", blocks[at + 1]["block_id"].as_str().unwrap_or_default())
}

/// Ada says that only these people may use Okta; none for everyone.
async fn permit(world: &World, people: Option<&[&str]>) -> anyhow::Result<()> {
    let ada = world.slack.user(ADA);
    ada.open_home().await;
    let home = ada.wait_for_home(|view| view_words(view).contains("acme.okta.com")).await?;
    ada.choose(&home, &menu(&home), "Manage permissions…").await?;
    let modal = ada.wait_for_modal(|view| view_words(view).contains("Who may use it?")).await?;
    ada.pick("who", if people.is_some() { "Only these people" } else { "Everyone in the workspace" }).await?;
    let chosen = people.unwrap_or_default().iter().map(|one| (*one).to_owned()).collect();
    ada.act(&modal, "people/value", Gesture::ChooseMany(chosen)).await?;
    assert_eq!(ada.submit().await?, Submitted::Updated);
    ada.wait_for_modal(|view| view_words(view).contains("from now on")).await?;
    ada.close_all().await
}

/// A board of this person over both tools, made from text.
async fn build(world: &World, person: &str, name: &str) -> anyhow::Result<Message> {
    let (person, modal) = begin(world, person).await?;
    person.type_into("draft-name", name).await?;
    read_text(&person, &modal, BOTH).await?;
    person.wait_for_modal(|view| view_words(view).contains("Username (A to Z)")).await?;
    assert_eq!(person.submit().await?, Submitted::Updated);
    let made = person.wait_for_message(CHANNEL, |message| words(message).lines().next() == Some(name)).await?;
    person.close_all().await?;
    Ok(made)
}

/// The window in which a board is built, with Salesforce's users chosen.
async fn begin(world: &World, person: &str) -> anyhow::Result<(Person, View)> {
    let person = world.slack.user(person);
    person.command("/weft", "new", CHANNEL).await?;
    person.wait_for_modal(|view| view_words(view).contains("What does the board list?")).await?;
    person.pick("draft-object", "Users").await?;
    let modal = person.wait_for_modal(|view| view_words(view).contains("*300 rows*")).await?;
    Ok((person, modal))
}

async fn read_text(person: &Person, modal: &View, text: &str) -> anyhow::Result<()> {
    person.click(modal, "As text…").await?;
    let shown = person.wait_for_modal(|view| view_words(view).contains("Definition")).await?;
    // Both tools have users: the text says whose are meant.
    let blocks = shown.view["blocks"].as_array().cloned().unwrap_or_default();
    let before = blocks.iter().find_map(|block| block["element"]["initial_value"].as_str().map(str::to_owned));
    let before = before.unwrap_or_default();
    let connection = before.lines().find(|line| line.starts_with("connection")).unwrap_or_default();
    person.type_into("Definition", &format!("{connection}\n{text}")).await?;
    anyhow::ensure!(person.submit().await? == Submitted::Closed, "the text is taken");
    Ok(())
}

/// Gives a board to others as editors.
async fn share(world: &World, owner: &str, board: &Message, people: &[&str]) -> anyhow::Result<()> {
    let person = world.slack.user(owner);
    person.click(board, "Share…").await?;
    let modal = person.wait_for_modal(|view| view_words(view).contains("Who may change it?")).await?;
    let chosen = people.iter().map(|one| (*one).to_owned()).collect();
    person.act(&modal, "editors/value", Gesture::ChooseMany(chosen)).await?;
    assert_eq!(person.submit().await?, Submitted::Updated);
    person.wait_for_modal(|view| view_words(view).contains("It is shared as you said")).await?;
    person.close_all().await
}

/// The value of a button of the message.
fn value(message: &Message, text: &str) -> anyhow::Result<String> {
    let elements = message.blocks.iter().filter_map(|block| block["elements"].as_array()).flatten();
    let button = elements.into_iter().find(|element| element["text"]["text"] == text);
    let value = button.and_then(|button| button["value"].as_str());
    value.map(str::to_owned).ok_or_else(|| anyhow::anyhow!("no {text} on {}", words(message)))
}

/// A click on a button as it was drawn before, perhaps not there any more.
async fn late_click(world: &World, person: &str, at: &Message, action: &str, value: &str) -> anyhow::Result<()> {
    anyhow::ensure!(world.interact(&click_of(person, at, action, value)).await? == 200, "it is taken");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_loses_a_board_in_the_middle_of_it_and_gets_it_back() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    let board = build(&world, ADA, "Both tools").await?;
    share(&world, ADA, &board, &[LINUS]).await?;
    let linus = world.slack.user(LINUS);
    let told = hears(&world, LINUS, "shared the board *Both tools* with you").await?;
    linus.click(&told, "Open").await?;
    let is_board = |message: &Message| words(message).lines().next() == Some("Both tools");
    let seen = world.slack.wait_for("the board", |_| heard(&world, LINUS, is_board)).await?;
    // From the first click on it is kept up to date.
    linus.click(&seen, "Refresh").await?;
    let again = |message: &Message| message.ts == seen.ts && message.blocks != seen.blocks;
    let seen = world.slack.wait_for("the board again", |_| heard(&world, LINUS, again)).await?;
    let (next, export) = (value(&seen, "Next rows")?, value(&seen, "Export")?);

    permit(&world, Some(&[])).await?;
    let covered = hears(&world, LINUS, "This board is not there for you").await?;
    assert_eq!(covered.ts, seen.ts, "in place of the board");
    let sentence = "You may not use “acme.okta.com”. <@U0ADA> or <@U0GRACE> can give you access.";
    assert!(words(&covered).contains(sentence), "{}", words(&covered));
    // What was drawn before answers plainly: paging, exporting.
    let refusals = || {
        let heard = linus.direct_messages().into_iter().chain(linus.messages(CHANNEL));
        heard.filter(|one| words(one).contains("not there for you")).count()
    };
    let before = (refusals(), world.slack.calls("files.getUploadURLExternal").len());
    late_click(&world, LINUS, &seen, "press.show-board.200", &next).await?;
    late_click(&world, LINUS, &seen, "press.export-board", &export).await?;
    world.slack.wait_for("two plain answers", |_| (refusals() >= before.0 + 2).then_some(())).await?;
    assert_eq!(world.slack.calls("files.getUploadURLExternal").len(), before.1, "nothing was exported");
    // Not listed, not found, and its tool is a sentence in the Home.
    linus.command("/boards", "Both tools", CHANNEL).await?;
    hears(&world, LINUS, "No board is called “Both tools”").await?;
    linus.open_home().await;
    let home = linus.wait_for_home(|view| view_words(view).contains(sentence)).await?;
    assert!(!view_words(&home).contains("Both tools") && !view_words(&home).contains("Suspended in Okta"));
    // Ada goes on.
    assert!(words(&open_board(&world, ADA, "Both tools").await?).contains("300"));

    permit(&world, None).await?;
    let back = |message: &Message| message.ts == seen.ts && is_board(message);
    world.slack.wait_for("the board to be back", |_| heard(&world, LINUS, back)).await?;
    linus.wait_for_home(|view| view_words(view).contains("Both tools")).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_in_a_channel_is_covered_while_its_owner_may_not_use_a_tool() -> anyhow::Result<()> {
    let (mut world, _dir) = world().await?;
    let board = build(&world, LINUS, "Linus's").await?;
    share(&world, LINUS, &board, &[GRACE]).await?;
    let linus = world.slack.user(LINUS);
    linus.click(&board, "Post here").await?;
    let posted = |message: &Message| message.visible_to.is_none() && words(message).lines().next() == Some("Linus's");
    let posted = linus.wait_for_message(CHANNEL, posted).await?;

    // Slack holds edits back when it happens, and the host is restarted meanwhile.
    world.slack.refuse("chat.update", 3, 1);
    permit(&world, Some(&[GRACE])).await?;
    world.restart_host().await?;
    let said = "This board is not shown for now: <@U0LINUS> may not use “acme.okta.com” any more.";
    let covered = |message: &Message| message.ts == posted.ts && words(message).contains(said);
    world.slack.user(ADA).wait_for_message(CHANNEL, covered).await?;
    let told = hears(&world, LINUS, "Until then these boards of yours are disabled for everybody: “Linus's”").await?;
    open_disabled(&world).await?;

    permit(&world, None).await?;
    let back = |message: &Message| message.ts == posted.ts && words(message).lines().next() == Some("Linus's");
    linus.wait_for_message(CHANNEL, back).await?;
    let again = hears(&world, LINUS, "You may use “acme.okta.com” again").await?;
    assert_eq!(again.ts, told.ts, "the same message says so");
    let disabled =
        linus.direct_messages().iter().filter(|one| words(one).contains("are disabled for everybody")).count();
    assert_eq!(disabled, 0, "told once, and then not any more");
    ended(world).await
}

/// Grace, who may use both tools, opens what Linus shared with her.
async fn open_disabled(world: &World) -> anyhow::Result<()> {
    let grace = world.slack.user(GRACE);
    grace.command("/boards", "Linus's", CHANNEL).await?;
    let said = hears(world, GRACE, "The board “Linus's” is disabled").await?;
    anyhow::ensure!(words(&said).contains("its owner <@U0LINUS> may not use “acme.okta.com” any more"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_is_open_stops_at_the_tool_that_was_lost() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    let (linus, modal) = begin(&world, LINUS).await?;
    let offered = linus.suggest(&modal, "draft-fields", "okta").await?;
    assert!(!offered.is_empty(), "fields of Okta can be joined");

    permit(&world, Some(&[])).await?;
    assert!(linus.suggest(&modal, "draft-fields", "okta").await?.is_empty(), "no field of it is offered any more");
    linus.type_into("draft-name", "Mine").await?;
    read_text(&linus, &modal, BOTH).await?;
    let said = "You may not use “acme.okta.com”: an admin can give you access.";
    let shown = linus.wait_for_modal(|view| view_words(view).contains(said)).await?;
    assert!(!view_words(&shown).contains("ACTIVE"), "no value of it is shown:\n{}", view_words(&shown));
    linus.submit().await?;
    linus
        .wait_for_modal(|view| view_words(view).contains("The board was not saved") && view_words(view).contains(said))
        .await?;
    linus.close_all().await?;
    linus.command("/weft", "templates", CHANNEL).await?;
    let gallery = linus.wait_for_modal(|view| view_words(view).contains("Idle paid seats")).await?;
    assert!(!view_words(&gallery).contains("Suspended in Okta"), "{}", view_words(&gallery));
    linus.close_all().await?;

    // Who is no admin reads who is.
    linus.open_home().await;
    let home = linus.wait_for_home(|view| view_words(view).contains("Manage permissions…")).await?;
    let blocks = home.view["blocks"].as_array().cloned().unwrap_or_default();
    let place = blocks.iter().find_map(|block| block["block_id"].as_str().filter(|id| id.starts_with("connection/")));
    linus.choose(&home, &format!("{}/more", place.unwrap_or_default()), "Manage permissions…").await?;
    linus.wait_for_modal(|view| view_words(view).contains("Only admins say who may use")).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approver_cannot_approve_for_who_lost_the_tool() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    let linus = world.slack.user(LINUS);
    linus.command("/weft", "run", CHANNEL).await?;
    let menu = linus.wait_for_modal(|view| view_words(view).contains("What do you want to do?")).await?;
    linus.choose(&menu, "choose-action", "Suspend user").await?;
    let form = linus.wait_for_modal(|view| view_words(view).contains("Preview")).await?;
    let found = linus.suggest(&form, "targets", "a").await?;
    let users = world.okta.org().users();
    let is_plain = |option: &&Value| {
        let user = users.iter().find(|user| user["id"] == option["value"]);
        user.is_some_and(|user| user["status"] == "ACTIVE" && user["credentials"]["provider"]["type"] == "OKTA")
    };
    let target = found.iter().find(is_plain).and_then(|option| option["value"].as_str()).unwrap_or_default().to_owned();
    linus.act(&form, "targets", Gesture::ChooseMany(vec![target.clone()])).await?;
    linus.submit().await?;
    linus.wait_for_modal(|view| view_words(view).contains("Send request")).await?;
    linus.type_into("reason/value", "Left on Friday").await?;
    linus.submit().await?;
    linus.wait_for_modal(|view| view_words(view).contains("Nothing is changed until somebody approves it")).await?;
    linus.close_all().await?;
    let card = hears(&world, GRACE, "Approval needed").await?;

    permit(&world, Some(&[])).await?;
    let grace = world.slack.user(GRACE);
    grace.click(&card, "Approve: Suspend user").await?;
    hears(&world, GRACE, "<@U0LINUS> may not use “acme.okta.com”").await?;
    linus.command("/weft", "run", CHANNEL).await?;
    let menu = linus.wait_for_modal(|view| view_words(view).contains("What do you want to do?")).await?;
    assert!(!menu.view.to_string().contains("Suspend user"), "it is not offered any more");
    linus.close_all().await?;
    let user = world.okta.org().users().into_iter().find(|user| user["id"] == target.as_str());
    assert_eq!(user.map(|user| user["status"].clone()), Some(json!("ACTIVE")), "nothing was changed");

    permit(&world, None).await?;
    grace.click(&card, "Approve: Suspend user").await?;
    let suspended = |_: &_| {
        world.okta.org().users().into_iter().find(|one| one["id"] == target.as_str() && one["status"] == "SUSPENDED")
    };
    world.slack.wait_for("the org to change", suspended).await?;
    ended(world).await
}
