//! The Slack directory: connected without a browser, fetched by pages, and what the bot token lacks is said.

use crate::screen::{ended, open_board, view_words, words};
use tempfile::TempDir;
use weft_demo::{ADA, CHANNEL, LINUS, World, WorldOptions};
use weft_simulators::slack::{Group, User};

async fn world() -> anyhow::Result<(World, TempDir)> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions { rate_limits: false, ..Default::default() }, dir.path()).await?;
    Ok((world, dir))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_connects_the_directory_by_a_command_alone() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    let said = world.connect_slack_directory(ADA).await?;
    assert!(said.contains("Slack directory is connected to Acme (Slack)"), "{said}");
    world.synced(ADA).await?;

    let left = open_board(&world, ADA, "Deactivated in Slack").await?;
    assert!(words(&left).contains("12 rows"), "each tenth of 120 is gone:\n{}", words(&left));
    assert!(words(&left).contains("Acme (Slack) as of"), "{}", words(&left));
    let board = open_board(&world, ADA, "Slack guests").await?;
    assert!(words(&board).contains("6 rows") && words(&board).contains("Noor Haddad"), "{}", words(&board));
    let board = open_board(&world, ADA, "User groups without members").await?;
    assert!(words(&board).contains("On call"), "{}", words(&board));
    assert!(!words(&board).contains("Events 2024"), "a disabled group is none:\n{}", words(&board));
    let active = world.salesforce.org().query("SELECT Email FROM User WHERE IsActive = true")?;
    let works_on = active.iter().filter_map(|row| row["Email"].as_str()).any(|email| words(&left).contains(email));
    assert!(works_on, "somebody left Slack who works on in Salesforce, under the same address:\n{}", words(&left));
    let asked = world.slack.calls("users.list");
    assert!(asked.iter().all(|call| call.get("token").is_none()), "{asked:?}");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_directory_comes_by_pages() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    for number in 0..1_500 {
        let (id, name) = (format!("U5{number:05}"), format!("person{number}"));
        world.slack.add_user(User { deleted: true, ..User::new(&id, &name, &format!("Person {number}")) });
    }
    let ids: Vec<String> = (0..1_500).map(|number| format!("U5{number:05}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    world.slack.add_group(Group::new("S5ALL", "everyone", "Everyone", &ids));
    world.connect_slack_directory(ADA).await?;
    world.synced(ADA).await?;
    let board = open_board(&world, ADA, "Deactivated in Slack").await?;
    assert!(words(&board).contains("of 1512"), "{}", words(&board));
    let pages = world.slack.calls("users.list").into_iter().filter(|call| call["limit"] == "200").count();
    assert_eq!(pages, 9, "1,631 users, 200 a page");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_slack_holds_back_is_waited_for() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    world.connect_slack_directory(ADA).await?;
    world.synced(ADA).await?;
    world.slack.refuse("users.list", 1, 1);
    world.slack.refuse("usergroups.list", 1, 1);
    world.sync(ADA).await?;
    let before = world.slack.calls("usergroups.list").len();
    world
        .slack
        .wait_for("the second fetch", |slack| (slack.calls("usergroups.list").len() >= before + 3).then_some(()))
        .await?;
    world.synced(ADA).await?;
    let board = open_board(&world, ADA, "Slack guests").await?;
    assert!(words(&board).contains("6 rows"), "{}", words(&board));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_scopes_are_named_when_it_is_connected() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    world.slack.drop_scope("users:read.email");
    world.slack.drop_scope("usergroups:read");
    let said = world.connect_slack_directory(ADA).await?;
    for part in ["is connected", "`users:read.email`", "by email", "`usergroups:read`", "install the app again"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    world.synced(ADA).await?;
    let board = open_board(&world, ADA, "Slack guests").await?;
    assert!(words(&board).contains("6 rows"), "users are there all the same:\n{}", words(&board));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_connected_that_sees_nothing() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    for scope in ["users:read", "users:read.email", "usergroups:read"] {
        world.slack.drop_scope(scope);
    }
    let said = world.connect_slack_directory(ADA).await?;
    for part in ["`users:read`", "`usergroups:read`", "Nothing was connected"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    let ada = world.slack.user(ADA);
    ada.open_home().await;
    let home = ada.wait_for_home(|_| true).await?;
    assert!(!view_words(&home).contains("Connected"), "{}", view_words(&home));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_without_user_groups_is_no_fault() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    world.slack.switch(|switches| switches.user_groups = false);
    let said = world.connect_slack_directory(ADA).await?;
    assert!(said.contains("is connected") && said.contains("paid plans"), "{said}");
    world.synced(ADA).await?;
    let board = open_board(&world, ADA, "Deactivated in Slack").await?;
    assert!(words(&board).contains("12 rows"), "{}", words(&board));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_connect_nothing_and_a_second_time_makes_no_second_connection() -> anyhow::Result<()> {
    let (world, _dir) = world().await?;
    let linus = world.slack.user(LINUS);
    linus.command("/weft", "connect slack-directory", CHANNEL).await?;
    linus.wait_for_modal(|view| view_words(view).contains("Only admins connect tools")).await?;
    assert!(world.slack.calls("users.list").is_empty(), "nothing was asked for");

    world.connect_slack_directory(ADA).await?;
    world.synced(ADA).await?;
    world.connect_slack_directory(ADA).await?;
    let ada = world.slack.user(ADA);
    ada.open_home().await;
    let home = ada.wait_for_home(|view| view_words(view).contains("Acme (Slack)")).await?;
    assert_eq!(view_words(&home).matches("*Acme (Slack)*").count(), 1, "{}", view_words(&home));
    ended(world).await
}
