//! Building boards in Slack: chosen step by step, changed, kept as text, and nothing entered is lost on the way.

use crate::screen::{connected, ended, view_words, words};
use weft_demo::{ADA, CHANNEL, World, WorldOptions};
use weft_simulators::slack::{Gesture, Message, Person, Submitted, View};

/// Opens the window and chooses users. Answers the window with its first preview.
async fn begin(world: &World) -> anyhow::Result<(Person, View)> {
    let ada = world.slack.user(ADA);
    ada.command("/weft", "new", CHANNEL).await?;
    ada.wait_for_modal(|view| view_words(view).contains("What does the board list?")).await?;
    ada.pick("draft-object", "Users").await?;
    let modal = ada.wait_for_modal(|view| view_words(view).contains("300 rows")).await?;
    Ok((ada, modal))
}

/// Adds a condition on a field; answers the window that asks for the rest.
async fn condition(ada: &Person, modal: &View, path: &str, question: &str) -> anyhow::Result<View> {
    ada.click(modal, "Add condition").await?;
    let shown = ada.wait_for_modal(|view| open_condition(view).is_some()).await?;
    let block = open_condition(&shown).unwrap_or_default();
    ada.choose(modal, &format!("{block}/draft-path"), path).await?;
    ada.wait_for_modal(|view| view_words(view).contains(question)).await
}

/// The block of a condition whose field is not chosen yet.
fn open_condition(view: &View) -> Option<String> {
    let is_open = |block: &&serde_json::Value| {
        let field = &block["elements"][0];
        field["action_id"] == "draft-path" && field.get("initial_option").is_none()
    };
    let block = view.view["blocks"].as_array()?.iter().find(is_open)?;
    block["block_id"].as_str().map(str::to_owned)
}

/// A role that somebody has, and how many have it.
fn role(world: &World) -> anyhow::Result<(String, usize)> {
    let org = world.salesforce.org();
    let user = org.query("SELECT UserRoleId FROM User WHERE UserRoleId != null LIMIT 1")?;
    let id = user[0]["UserRoleId"].as_str().unwrap_or_default().to_owned();
    let name = org.field(&id, "Name")?.as_str().unwrap_or_default().to_owned();
    let count = org.query(&format!("SELECT Id FROM User WHERE UserRoleId = '{id}'"))?.len();
    Ok((name, count))
}

/// The board as it stands in the channel, opened by its maker.
async fn built(world: &World, ada: &Person, name: &str) -> anyhow::Result<Message> {
    let found = ada.wait_for_message(CHANNEL, |message| words(message).lines().next() == Some(name)).await?;
    assert!(found.visible_to.is_some(), "a new board is its maker's alone: {}", world.slack.url());
    Ok(found)
}

/// What is said at the fields.
fn refused(submitted: Submitted) -> anyhow::Result<std::collections::BTreeMap<String, String>> {
    match submitted {
        Submitted::Errors(errors) => Ok(errors),
        other => anyhow::bail!("it was not refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_with_a_filter_on_a_related_field_is_built_and_edited() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (name, count) = role(&world)?;
    let (ada, modal) = begin(&world).await?;
    // Typed and not sent: only the window holds it until it is saved.
    ada.type_into("draft-name", "One role 🧑‍💼 צוות").await?;
    let fields = ada.suggest(&modal, "draft-fields", "role name").await?;
    let field = fields.iter().find(|option| option["value"] == ":role.Name").expect("the role's name is offered");
    assert!(field["description"]["text"].as_str().unwrap_or_default().starts_with("e.g. "), "{field}");
    let chosen = vec![":Username".to_owned(), ":role.Name".to_owned()];
    ada.act(&modal, "draft-fields", Gesture::ChooseMany(chosen)).await?;

    condition(&ada, &modal, "role.Name", "Role › Name contains").await?;
    ada.pick("How", "is").await?;
    ada.wait_for_modal(|view| view_words(view).contains("Role › Name is")).await?;
    ada.type_into("Role › Name is", &name).await?;
    let counted = if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
    ada.wait_for_modal(|view| view_words(view).contains(&format!("*{counted}*"))).await?;
    assert_eq!(ada.submit().await?, Submitted::Updated);
    let board = built(&world, &ada, "One role 🧑‍💼 צוות").await?;
    assert!(words(&board).contains(&format!("Role › Name is “{name}”")), "{}", words(&board));
    ada.close_all().await?;

    ada.click(&board, "Filter…").await?;
    let modal = ada.wait_for_modal(|view| view_words(view).contains("Edit board")).await?;
    condition(&ada, &modal, "IsActive", "Active is").await?;
    ada.pick("Yes or no", "Yes").await?;
    ada.wait_for_modal(|view| view_words(view).contains("Active is yes")).await?;
    assert_eq!(ada.submit().await?, Submitted::Updated);
    ada.wait_for_message(CHANNEL, |message| message.ts == board.ts && words(message).contains("and Active is yes"))
        .await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_grouped_in_the_window_and_not_any_more() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (ada, modal) = begin(&world).await?;
    ada.type_into("draft-name", "By role").await?;
    ada.choose(&modal, "draft-group-by", "role.Name").await?;
    ada.wait_for_modal(|view| view_words(view).contains("groups* by Role › Name.")).await?;
    ada.pick("Chart", "No chart").await?;
    let totals = ada.suggest(&modal, "draft-totals", "average").await?;
    let total = totals.first().and_then(|option| option["value"].as_str()).expect("a number is there to be totalled");
    ada.act(&modal, "draft-totals", Gesture::ChooseMany(vec![total.to_owned()])).await?;
    ada.wait_for_modal(|view| view_words(view).contains("*, Average of ")).await?;
    assert_eq!(ada.submit().await?, Submitted::Updated);
    let board = built(&world, &ada, "By role").await?;
    let shown = words(&board);
    assert!(shown.contains("groups* by Role › Name.") && shown.contains("*, Average of "), "{shown}");
    ada.close_all().await?;

    ada.click(&board, "Columns…").await?;
    let modal = ada.wait_for_modal(|view| view_words(view).contains("What to show per group")).await?;
    assert!(view_words(&modal).contains("Average of "), "{}", view_words(&modal));
    ada.choose(&modal, "draft-group-by", "No grouping").await?;
    ada.wait_for_modal(|view| !view_words(view).contains("What to show per group")).await?;
    assert_eq!(ada.submit().await?, Submitted::Updated);
    ada.wait_for_message(CHANNEL, |message| message.ts == board.ts && !words(message).contains("groups* by")).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clicks_faster_than_the_window_lose_nothing() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (ada, modal) = begin(&world).await?;
    ada.type_into("draft-name", "Quick").await?;
    let click = || ada.click(&modal, "Add condition");
    let (first, second, third) = tokio::join!(click(), click(), click());
    for one in [first, second, third] {
        assert_eq!(one?.status, 200);
    }
    let shown = ada.wait_for_modal(|view| view_words(view).matches("Choose a field").count() == 3).await?;
    assert_eq!(shown.values["draft-name"]["value"]["value"], "Quick");
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_said_at_its_field() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (ada, modal) = begin(&world).await?;
    ada.type_into("draft-name", "   x   ").await?;
    condition(&ada, &modal, "LastLoginDate", "is more than … days ago").await?;
    ada.type_into("Last login is more than … days ago", "-4").await?;
    let errors = refused(ada.submit().await?)?;
    assert!(errors.values().any(|error| error == "Enter a whole number of days, 0 or more."), "{errors:?}");
    ada.type_into("Last login is more than … days ago", "90").await?;
    ada.click(&modal, "Add condition").await?;
    ada.wait_for_modal(|view| view_words(view).matches("Choose a field").count() == 2).await?;
    let errors = refused(ada.submit().await?)?;
    assert!(errors.values().any(|error| error == "Choose a field, or remove the condition."), "{errors:?}");
    for _ in 2..20 {
        ada.click(&modal, "Add condition").await?;
    }
    ada.wait_for_modal(|view| view_words(view).matches("Choose a field").count() == 20).await?;
    ada.click(&modal, "Add condition").await?;
    ada.wait_for_modal(|view| view_words(view).contains("at most 20 conditions")).await?;
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_is_read_from_text() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (ada, modal) = begin(&world).await?;
    ada.type_into("draft-name", "From text").await?;
    ada.click(&modal, "As text…").await?;
    ada.wait_for_modal(|view| view_words(view).contains("Definition")).await?;
    assert_eq!(ada.modals().len(), 2, "above the window");
    ada.type_into("Definition", "object = ").await?;
    let errors = refused(ada.submit().await?)?;
    assert!(errors["draft-text"].contains("cannot be read"), "{errors:?}");
    let text = "object = \"User\"\ncolumns = [\"Name\", \"profile.license.Name\"]\n\
        [filter]\nany = [{ path = \"IsActive\", op = \"is\", value = false }, { path = \"role.users\", match = \"count\", op = \"at-least\", value = 2 }]\n";
    ada.type_into("Definition", text).await?;
    assert_eq!(ada.submit().await?, Submitted::Closed);
    let shown = ada.wait_for_modal(|view| view_words(view).contains("number of Role › Users with this role")).await?;
    assert!(view_words(&shown).contains("any of these"));
    assert_eq!(ada.submit().await?, Submitted::Updated);
    let board = built(&world, &ada, "From text").await?;
    ada.close_all().await?;
    ada.choose(&board, "more", "As text…").await?;
    let text = ada.wait_for_modal(|view| view_words(view).contains("Board as text")).await?;
    assert!(text.view.to_string().contains("profile.license.Name"), "{}", text.view);
    ada.click(&text, "Send me the file").await?;
    let is_file = |message: &Message| !message.files.is_empty();
    let sent = world.slack.wait_for("the file", |_| ada.direct_messages().into_iter().find(is_file)).await?;
    let bytes = world.slack.file_bytes(&sent.files[0]).unwrap_or_default();
    assert!(String::from_utf8(bytes)?.contains("op = \"at-least\""));
    ended(world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_is_renamed_copied_searched_and_deleted() -> anyhow::Result<()> {
    let (world, _dir) = connected(WorldOptions::default()).await?;
    let (ada, _) = begin(&world).await?;
    ada.type_into("draft-name", "First").await?;
    ada.submit().await?;
    let board = built(&world, &ada, "First").await?;
    ada.close_all().await?;

    ada.choose(&board, "more", "Duplicate").await?;
    built(&world, &ada, "Copy of First").await?;
    ada.choose(&board, "more", "Rename…").await?;
    ada.wait_for_modal(|view| view_words(view).contains("Rename")).await?;
    ada.type_into("name", "Second").await?;
    ada.submit().await?;
    let is_it = |message: &Message, name: &str| message.ts == board.ts && words(message).lines().next() == Some(name);
    let board = ada.wait_for_message(CHANNEL, |message| is_it(message, "Second")).await?;
    ada.close_all().await?;

    ada.choose(&board, "more", "Search…").await?;
    ada.wait_for_modal(|view| view_words(view).contains("Search board")).await?;
    ada.type_into("words", "no such person").await?;
    ada.submit().await?;
    let none = |message: &Message| words(message).contains("with “no such person”");
    world.slack.wait_for("what was found", |_| ada.direct_messages().into_iter().find(none)).await?;
    ada.close_all().await?;

    ada.choose(&board, "more", "Delete…").await?;
    ada.wait_for_modal(|view| view_words(view).contains("Delete “Second” for good?")).await?;
    ada.submit().await?;
    ada.wait_for_message(CHANNEL, |message| is_it(message, "This board was deleted.")).await?;
    ada.close_all().await?;
    ada.command("/boards", "Second", CHANNEL).await?;
    ada.wait_for_message(CHANNEL, |message| words(message).contains("No board is called “Second”")).await?;

    // A ready-made board that was deleted comes back from the gallery.
    ada.command("/weft", "templates", CHANNEL).await?;
    ada.wait_for_modal(|view| view_words(view).contains("Idle paid seats")).await?;
    ended(world).await
}
