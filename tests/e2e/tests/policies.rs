//! Approval policies: an admin says in Slack whose approval an action needs, or turns it off; requests follow, to the tool.

use crate::action::{ask, card, somebody};
use crate::screen::{connected, ended, view_words, words};
use serde_json::Value;
use std::collections::BTreeMap;
use weft_demo::{ADA, CHANNEL, GRACE, LINUS, World, WorldOptions};
use weft_simulators::salesforce::OrgOptions;
use weft_simulators::slack::{Gesture, Message, Person, Submitted, View};

const ACTION: &str = "Deactivate user";

/// Ada's Home, and the menu of Salesforce's tile in it.
async fn menu_of(world: &World) -> anyhow::Result<(Person, (View, String))> {
    let ada = world.slack.user(ADA);
    ada.open_home().await;
    let home = ada.wait_for_home(|view| view_words(view).contains("Approval policies…")).await?;
    let blocks = home.view["blocks"].as_array().cloned().unwrap_or_default();
    let place = blocks.iter().find_map(|block| block["block_id"].as_str().filter(|id| id.starts_with("connection/")));
    let menu = format!("{}/more", place.unwrap_or_default());
    Ok((ada, (home, menu)))
}

/// The window about the approval policies of Salesforce, for its default or for an action.
async fn window(world: &World, action: Option<&str>) -> anyhow::Result<(Person, View)> {
    let (ada, (home, menu)) = menu_of(world).await?;
    ada.choose(&home, &menu, "Approval policies…").await?;
    let mut modal = ada.wait_for_modal(|view| view_words(view).contains("Whose approval an action needs")).await?;
    if let Some(action) = action {
        ada.choose(&modal, "policy-of", action).await?;
        modal = ada.wait_for_modal(|view| view_words(view).contains("Has a policy of its own")).await?;
    }
    Ok((ada, modal))
}

/// The element of a field, by its block.
fn element(modal: &View, field: &str) -> String {
    let blocks = modal.view["blocks"].as_array().cloned().unwrap_or_default();
    let mut ids = blocks.iter().filter_map(|block| block["block_id"].as_str());
    let block = ids.find(|id| id.starts_with(&format!("policy/{field}/"))).unwrap_or_default().to_owned();
    format!("{block}/value")
}

async fn save(ada: &Person, words: &str) -> anyhow::Result<()> {
    anyhow::ensure!(ada.submit().await? == Submitted::Updated, "the policy is taken");
    ada.wait_for_modal(|view| view_words(view).contains(words)).await?;
    ada.close_all().await
}

/// What is wrong, whichever block it stands at.
fn errors(answer: Submitted) -> Vec<String> {
    match answer {
        Submitted::Errors(errors) => BTreeMap::into_values(errors).collect(),
        other => vec![format!("{other:?}")],
    }
}

fn active(world: &World, key: &str) -> anyhow::Result<Value> {
    world.salesforce.org().field(key, "IsActive")
}

async fn deactivated(world: &World, key: &str) -> anyhow::Result<()> {
    world.slack.wait_for("the org to change", |_| (active(world, key).ok()? == false).then_some(())).await
}

/// A copy of a card, once it says this.
async fn says(world: &World, person: &str, at: &Message, part: &str) -> anyhow::Result<String> {
    let person = world.slack.user(person);
    let copy = |_: &_| {
        let found = person.direct_messages().into_iter().find(|message| message.ts == at.ts)?;
        words(&found).contains(part).then(|| words(&found))
    };
    world.slack.wait_for(&format!("the card to say “{part}”"), copy).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_named_people_approve_what_an_admin_wanted_two_for() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (ada, modal) = window(&world, Some(ACTION)).await?;
    ada.pick(&element(&modal, "stands"), "Has a policy of its own").await?;
    ada.pick(&element(&modal, "needed"), "3 people").await?;
    ada.pick(&element(&modal, "who"), "Only the people below").await?;
    let named = Gesture::ChooseMany(vec![GRACE.to_owned(), LINUS.to_owned()]);
    ada.act(&modal, &element(&modal, "people"), named).await?;
    let wrong = "Only 2 people are named, so 3 approvals could never come together.";
    assert_eq!(errors(ada.submit().await?), [wrong]);
    ada.pick(&element(&modal, "needed"), "2 people").await?;
    save(&ada, "Needs the approval of 2 of <@U0GRACE> and <@U0LINUS>").await?;

    let (key, name) = somebody(&world)?;
    ask(&world, ACTION, &name).await?;
    let form = ada.wait_for_modal(|view| view_words(view).contains("Preview")).await?;
    assert!(
        view_words(&form).contains("Needs the approval of 2 of <@U0GRACE> and <@U0LINUS>"),
        "{}",
        view_words(&form)
    );
    ada.submit().await?;
    let preview = ada.wait_for_modal(|view| view_words(view).contains("Send request")).await?;
    assert!(view_words(&preview).contains("Needs the approval of 2 of"), "{}", view_words(&preview));
    assert!(matches!(ada.submit().await?, Submitted::Incomplete(_)), "it removes access: a reason is asked for");
    ada.type_into("reason/value", "Left on Friday").await?;
    ada.submit().await?;
    ada.wait_for_modal(|view| view_words(view).contains("Nothing is changed until 2 people approve it")).await?;
    ada.close_all().await?;

    let (hers, his) = (card(&world, GRACE).await?, card(&world, LINUS).await?);
    world.slack.user(GRACE).click(&hers, &format!("Approve: {ACTION}")).await?;
    says(&world, LINUS, &his, "1 of 2 approved: <@U0GRACE>").await?;
    let own = says(&world, GRACE, &hers, "You approved this").await?;
    assert!(!own.contains("Approve:") && own.contains("Deny…"), "{own}");
    assert_eq!(active(&world, &key)?, true, "one of two is not enough");
    world.slack.user(LINUS).click(&his, &format!("Approve: {ACTION}")).await?;
    deactivated(&world, &key).await?;
    says(&world, GRACE, &hers, "Done").await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_that_is_off_is_in_no_list_and_approved_by_nobody() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (key, name) = somebody(&world)?;
    ask(&world, ACTION, &name).await?;
    let ada = world.slack.user(ADA);
    ada.submit().await?;
    crate::action::send(&world).await?;
    let waiting = card(&world, GRACE).await?;

    let (ada, modal) = window(&world, Some(ACTION)).await?;
    ada.pick(&element(&modal, "stands"), "Is off: nobody can ask for it").await?;
    save(&ada, "Off: nobody can ask for it. Requests for it that are not done do not run.").await?;
    ada.command("/weft", "run", CHANNEL).await?;
    let menu = ada.wait_for_modal(|view| view_words(view).contains("What do you want to do?")).await?;
    assert!(!menu.view.to_string().contains(ACTION) && menu.view.to_string().contains("Freeze user"));
    ada.close_all().await?;
    let (ada, (home, menu)) = menu_of(&world).await?;
    ada.choose(&home, &menu, "What Weft may do").await?;
    ada.wait_for_modal(|view| view_words(view).contains("Turned off by an admin: Deactivate user")).await?;
    ada.close_all().await?;
    let grace = world.slack.user(GRACE);
    grace.click(&waiting, &format!("Approve: {ACTION}")).await?;
    let refused = |message: &Message| words(message).contains("An admin turned it off for this connection");
    world.slack.wait_for("a plain answer", |_| grace.direct_messages().into_iter().find(refused)).await?;
    assert_eq!(active(&world, &key)?, true);

    let (ada, modal) = window(&world, Some(ACTION)).await?;
    ada.pick(&element(&modal, "stands"), "Follows the default of the connection").await?;
    save(&ada, "Needs the approval of an admin or the owner").await?;
    grace.click(&waiting, &format!("Approve: {ACTION}")).await?;
    deactivated(&world, &key).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_admin_types_a_word_once_the_policy_lets_them() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let alone = |config: &mut weft::config::Config| config.people.admins.clear();
    let world = World::start_with(&WorldOptions::default(), dir.path(), OrgOptions::default(), alone).await?;
    world.connect_salesforce(ADA).await?;
    world.synced(ADA).await?;
    let (key, name) = somebody(&world)?;
    ask(&world, ACTION, &name).await?;
    let ada = world.slack.user(ADA);
    ada.submit().await?;
    ada.wait_for_modal(|view| view_words(view).contains("This cannot be sent: nobody but you could approve it"))
        .await?;
    ada.close_all().await?;

    let (ada, modal) = window(&world, None).await?;
    ada.pick(&element(&modal, "stands"), "A policy of its own").await?;
    ada.act(&modal, &element(&modal, "options"), Gesture::ChooseMany(vec!["confirm".to_owned()])).await?;
    save(&ada, "Where nobody else could approve, it can be confirmed by typing a word.").await?;

    ask(&world, ACTION, &name).await?;
    ada.submit().await?;
    ada.wait_for_modal(|view| view_words(view).contains("Confirm and run")).await?;
    ada.type_into("reason/value", "Left on Friday").await?;
    ada.type_into("confirmation/value", "yes").await?;
    assert_eq!(errors(ada.submit().await?), ["Type CONFIRM to run it without another approver."]);
    assert_eq!(active(&world, &key)?, true);
    ada.type_into("confirmation/value", "CONFIRM").await?;
    ada.submit().await?;
    ada.wait_for_modal(|view| view_words(view).contains("Confirmed. It runs now.")).await?;
    ada.close_all().await?;
    deactivated(&world, &key).await?;
    let told = |message: &Message| words(message).contains("Confirmed by <@U0ADA> alone");
    world.slack.wait_for("the card to say so", |_| ada.direct_messages().into_iter().find(told)).await?;
    ended(world).await
}
