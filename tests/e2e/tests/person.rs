//! Who is who across tools, as an admin says it in the window of a row, over Okta and Salesforce with real guests.

use crate::screen::{ended, open_board, view_words};
use serde_json::Value;
use tempfile::TempDir;
use weft_demo::{ADA, GRACE, World, WorldOptions};
use weft_simulators::slack::{Gesture, Person, View};

/// A member of the workspace without a role in Weft.
const LINUS: &str = "U0LINUS";
const BOARD: &str = "All Okta users";

/// A world in which Okta and Salesforce are connected and fetched, each by somebody else: both are told when theirs is.
async fn connected() -> anyhow::Result<(World, TempDir)> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions { users: 120, ..WorldOptions::default() }, dir.path()).await?;
    world.connect_okta(ADA).await?;
    world.synced(ADA).await?;
    world.connect_salesforce(GRACE).await?;
    world.synced(GRACE).await?;
    Ok((world, dir))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn name(user: &Value) -> String {
    format!("{} {}", text(&user["profile"]["firstName"]), text(&user["profile"]["lastName"]))
}

/// The names of Okta users whose e-mail address somebody in Salesforce has, or nobody has. Each name is there once.
fn called(world: &World, is_there: bool) -> anyhow::Result<Vec<String>> {
    let there = world.salesforce.org().query("SELECT Email, Username, FederationIdentifier FROM User")?;
    let has = |row: &Value, user: &Value| {
        let keys = [&user["profile"]["email"], &user["profile"]["login"]].map(|key| text(key).to_lowercase());
        ["Email", "Username", "FederationIdentifier"]
            .iter()
            .any(|field| keys.contains(&text(&row[field]).to_lowercase()))
    };
    let users = world.okta.org().users();
    let is_alone = |user: &&Value| users.iter().filter(|other| name(other) == name(user)).count() == 1;
    let fits = |user: &&Value| there.iter().any(|row| has(row, user)) == is_there;
    Ok(users.iter().filter(is_alone).filter(fits).map(name).collect())
}

/// This person opens the window of a row.
async fn look(world: &World, person: &str, row: &str) -> anyhow::Result<(Person, View)> {
    let board = open_board(world, person, BOARD).await?;
    let select = if person == ADA { "choose-row" } else { "look-at-row" };
    let person = world.slack.user(person);
    person.choose(&board, select, row).await?;
    let mut view = person.wait_for_modal(|view| view_words(view).contains("In other tools")).await?;
    if view_words(&view).contains("takes a moment") {
        person.click(&view, "Look it up").await?;
        view = person.wait_for_modal(|view| view_words(view).contains("User in ")).await?;
    }
    Ok((person, view))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_links_two_accounts_and_takes_it_back() -> anyhow::Result<()> {
    let (world, _dir) = connected().await?;
    let row = called(&world, false)?.first().cloned().ok_or_else(|| anyhow::anyhow!("everybody is in Salesforce"))?;
    let (ada, window) = look(&world, ADA, &row).await?;
    assert!(view_words(&window).contains("No match (same e-mail address"), "{}", view_words(&window));
    let account =
        world.salesforce.org().query("SELECT Id, Name, Email FROM User WHERE IsActive = true LIMIT 1")?.remove(0);
    let email = text(&account["Email"]);
    let offered = ada.suggest(&window, "choose-account", &email).await?;
    let option =
        offered.iter().find(|option| option["value"] == account["Id"]).expect("it is found by its e-mail address");
    assert_eq!(option["description"]["text"], account["Email"]);
    ada.act(&window, "choose-account", Gesture::Choose(text(&account["Id"]))).await?;
    let linked = ada.wait_for_modal(|view| view_words(view).contains("linked by an admin")).await?;
    let words = view_words(&linked);
    assert!(words.contains(&format!("({email}) · linked by an admin")), "{words}");
    assert!(words.contains(&format!("Said by <@{ADA}>")), "{words}");
    ada.click(&linked, "Take back").await?;
    ada.wait_for_modal(|view| view_words(view).contains("No match (same e-mail address")).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_only_look_sees_the_match_and_only_admins_say_otherwise() -> anyhow::Result<()> {
    let (world, _dir) = connected().await?;
    let row = called(&world, true)?.first().cloned().ok_or_else(|| anyhow::anyhow!("nobody is in Salesforce"))?;
    let (_, window) = look(&world, LINUS, &row).await?;
    let words = view_words(&window);
    assert!(words.contains("· same ") && words.contains("Only an admin may say who is who."), "{words}");
    assert!(!words.contains("Not the same person"), "{words}");
    let (grace, window) = look(&world, GRACE, &row).await?;
    grace.click(&window, "Not the same person").await?;
    let apart = grace.wait_for_modal(|view| view_words(view).contains("Take back")).await?;
    assert!(view_words(&apart).contains("No match ("), "{}", view_words(&apart));
    ended(world).await
}
