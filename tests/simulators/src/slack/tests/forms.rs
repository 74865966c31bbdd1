//! Forms in modals: what is typed, what is sent, and what Slack does with the answer.

use super::app::Reply;
use super::*;

fn input(id: &str, label: &str, element: Value) -> Value {
    json!({ "type": "input", "block_id": id, "label": plain(label), "element": element })
}

fn text_field(id: &str, label: &str) -> Value {
    input(id, label, json!({ "type": "plain_text_input", "action_id": "text" }))
}

/// Opens a modal for Ada.
async fn open(slack: &Slack, app: &App, view: Value) -> Person {
    let ada = slack.user("U0ADA");
    ada.command("/weft", "", "general").await.unwrap();
    let trigger_id = app.last().form("trigger_id").unwrap();
    let answer = app.call("views.open", json!({ "trigger_id": trigger_id, "view": view })).await;
    assert_eq!(answer["ok"], true, "{answer}");
    ada
}

#[tokio::test]
async fn what_was_typed_is_submitted_and_an_empty_answer_closes() {
    let (slack, app) = workspace().await;
    let mut view = modal(json!([
        text_field("reason", "Reason"),
        input(
            "risk",
            "Risk",
            json!({ "type": "radio_buttons", "action_id": "risk",
            "options": [{ "text": plain("Low"), "value": "low" }, { "text": plain("High"), "value": "high" }] })
        ),
        input("when", "When", json!({ "type": "datepicker", "action_id": "when" })),
    ]));
    view["private_metadata"] = json!("request 7");
    let ada = open(&slack, &app, view).await;
    ada.type_into("Reason", "Left the company").await.unwrap();
    ada.pick("Risk", "High").await.unwrap();
    ada.act(&ada.modal().unwrap(), "When", Gesture::Date("2026-12-01".into())).await.unwrap();
    assert_eq!(app.received().len(), 1, "inputs are silent without dispatch_action");
    assert_eq!(ada.submit().await.unwrap(), Submitted::Closed);
    assert!(ada.modal().is_none());
    let payload = app.last().json();
    assert_eq!(
        (&payload["type"], &payload["view"]["private_metadata"]),
        (&json!("view_submission"), &json!("request 7"))
    );
    assert_eq!(payload["view"]["callback_id"], "form");
    let values = &payload["view"]["state"]["values"];
    assert_eq!(values["reason"]["text"], json!({ "type": "plain_text_input", "value": "Left the company" }));
    assert_eq!(values["risk"]["risk"]["selected_option"]["value"], "high");
    assert_eq!(values["when"]["when"]["selected_date"], "2026-12-01");
}

#[tokio::test]
async fn a_required_field_holds_the_form_back() {
    let (slack, app) = workspace().await;
    let number = json!({ "type": "number_input", "action_id": "n", "is_decimal_allowed": false, "max_value": "5" });
    let mut optional = text_field("note", "Note");
    optional["optional"] = json!(true);
    let ada =
        open(&slack, &app, modal(json!([text_field("reason", "Reason"), optional, input("n", "Seats", number)]))).await;
    let Submitted::Incomplete(missing) = ada.submit().await.unwrap() else { panic!("sent") };
    assert_eq!(missing.keys().collect::<Vec<_>>(), ["n", "reason"]);
    ada.type_into("Reason", "x").await.unwrap();
    ada.type_into("Seats", "7").await.unwrap();
    let Submitted::Incomplete(missing) = ada.submit().await.unwrap() else { panic!("sent") };
    assert_eq!(missing["n"], "Must be at most 5.");
    assert_eq!(app.received().len(), 1);
    ada.type_into("Seats", "5").await.unwrap();
    assert_eq!(ada.submit().await.unwrap(), Submitted::Closed);
}

#[tokio::test]
async fn errors_stand_below_their_fields() {
    let (slack, app) = workspace().await;
    let ada = open(&slack, &app, modal(json!([section("Heading"), text_field("reason", "Reason")]))).await;
    ada.type_into("Reason", "x").await.unwrap();
    app.reply([Reply::Json(json!({ "response_action": "errors", "errors": { "reason": "Say more." } }))]);
    let Submitted::Errors(errors) = ada.submit().await.unwrap() else { panic!("no errors") };
    assert_eq!(errors["reason"], "Say more.");
    assert_eq!(ada.modal().unwrap().errors["reason"], "Say more.");
    app.reply([Reply::Json(json!({ "response_action": "errors", "errors": { "nowhere": "x" } }))]);
    assert_eq!(ada.submit().await.unwrap(), Submitted::Failed("We had some trouble connecting. Try again?".into()));
    assert_eq!(rules(&slack), ["bad_submission_answer"]);
}

#[tokio::test]
async fn update_push_and_clear() {
    let (slack, app) = workspace().await;
    let form = || modal(json!([text_field("reason", "Reason")]));
    let ada = open(&slack, &app, form()).await;
    ada.type_into("Reason", "kept").await.unwrap();
    let update = json!({ "response_action": "update", "view": modal(json!([text_field("reason", "Why")])) });
    let push = json!({ "response_action": "push", "view": modal(json!([section("Sure?")])) });
    let clear = json!({ "response_action": "clear" });
    let too_long = json!({ "response_action": "update", "view": modal(json!([section("")])) });
    app.reply([update, push.clone(), push.clone(), push, too_long, clear].map(Reply::Json));
    assert_eq!(ada.submit().await.unwrap(), Submitted::Updated);
    assert_eq!(ada.modal().unwrap().values["reason"]["text"]["value"], "kept", "same ids keep what was typed");
    assert_eq!(ada.submit().await.unwrap(), Submitted::Pushed);
    assert_eq!(ada.submit().await.unwrap(), Submitted::Pushed);
    assert!(matches!(ada.submit().await.unwrap(), Submitted::Failed(_)), "a fourth modal");
    assert!(matches!(ada.submit().await.unwrap(), Submitted::Failed(_)), "a view Slack refuses");
    assert_eq!(ada.modals().len(), 3);
    assert_eq!(ada.submit().await.unwrap(), Submitted::Cleared);
    assert!(ada.modals().is_empty());
}

#[tokio::test]
async fn a_late_submission_keeps_the_modal_with_a_banner() {
    let (slack, app) = workspace().await;
    let ada = open(&slack, &app, modal(json!([section("Sure?")]))).await;
    app.reply([Reply::Hang]);
    let submitting = tokio::spawn({
        let ada = ada.clone();
        async move { ada.submit().await }
    });
    app.wait_for(2).await;
    slack.advance(THREE_SECONDS);
    assert!(matches!(submitting.await.unwrap().unwrap(), Submitted::Failed(_)));
    assert_eq!(ada.modal().unwrap().problem.as_deref(), Some("We had some trouble connecting. Try again?"));
    slack.advance(Duration::from_secs(600));
    assert_eq!(app.received().len(), 2, "interactions are not retried");
}

#[tokio::test]
async fn closing_is_told_to_apps_that_asked_without_what_was_typed() {
    let (slack, app) = workspace().await;
    let mut view = modal(json!([text_field("reason", "Reason")]));
    view["notify_on_close"] = json!(true);
    let ada = open(&slack, &app, view).await;
    ada.type_into("Reason", "a draft").await.unwrap();
    ada.close().await.unwrap();
    let payload = app.last().json();
    assert_eq!((&payload["type"], &payload["is_cleared"]), (&json!("view_closed"), &json!(false)));
    assert!(!payload.to_string().contains("a draft"));
    let ada = open(&slack, &app, modal(json!([section("x")]))).await;
    ada.close().await.unwrap();
    assert_eq!(app.received().len(), 3, "command, view_closed, command");
}

#[tokio::test]
async fn dispatch_action_tells_the_app_with_the_whole_form() {
    let (slack, app) = workspace().await;
    let mut object = input(
        "object",
        "Object",
        json!({ "type": "static_select", "action_id": "object",
        "options": [{ "text": plain("User"), "value": "user" }] }),
    );
    object["dispatch_action"] = json!(true);
    let ada = open(&slack, &app, modal(json!([text_field("name", "Name"), object]))).await;
    ada.type_into("Name", "Idle seats").await.unwrap();
    ada.pick("Object", "User").await.unwrap();
    let payload = app.last().json();
    assert_eq!(payload["container"]["view_id"], json!(ada.modal().unwrap().id));
    assert_eq!(payload["view"]["hash"], json!(ada.modal().unwrap().hash));
    assert_eq!(payload["view"]["state"]["values"]["name"]["text"]["value"], "Idle seats");
    assert_eq!(payload["actions"][0]["selected_option"]["value"], "user");
    let kept = modal(json!([text_field("name", "Name"), text_field("other", "Other")]));
    app.call("views.update", json!({ "view_id": ada.modal().unwrap().id, "view": kept })).await;
    assert_eq!(ada.modal().unwrap().values["name"]["text"]["value"], "Idle seats");
    let renamed = modal(json!([text_field("name2", "Name")]));
    app.call("views.update", json!({ "view_id": ada.modal().unwrap().id, "view": renamed })).await;
    assert_eq!(ada.modal().unwrap().values["name2"]["text"]["value"], Value::Null, "new ids start empty");
}

#[tokio::test]
async fn external_selects_ask_the_app() {
    let (slack, app) = workspace().await;
    let select = |kind: &str, least: u64| json!({ "type": kind, "action_id": "who", "min_query_length": least });
    let view = modal(json!([
        input("who", "Who", select("external_select", 2)),
        input("all", "All", select("multi_external_select", 0))
    ]));
    let ada = open(&slack, &app, view).await;
    let place = Place::from(&ada.modal().unwrap());
    assert!(ada.suggest(&place, "Who", "a").await.unwrap().is_empty());
    assert_eq!(app.received().len(), 1, "too short to ask");
    let ann = json!({ "text": plain("Ann"), "value": "005A" });
    app.reply([Reply::Json(json!({ "options": [ann] })), Reply::Json(json!({ "options": [ann] }))]);
    ada.pick("Who", "Ann").await.unwrap();
    let payload = app.last().json();
    assert_eq!((&payload["type"], &payload["value"]), (&json!("block_suggestion"), &json!("Ann")));
    assert_eq!((&payload["block_id"], &payload["action_id"]), (&json!("who"), &json!("who")));
    assert_eq!(payload["view"]["id"], json!(ada.modal().unwrap().id));
    ada.choose(&place, "all/who", "Ann").await.unwrap();
    assert!(ada.act(&place, "who/who", Gesture::Choose("005B".into())).await.is_err(), "never offered");
    ada.submit().await.unwrap();
    let values = app.last().json()["view"]["state"]["values"].clone();
    assert_eq!(values["who"]["who"]["selected_option"], ann);
    assert_eq!(values["all"]["who"]["selected_options"], json!([ann]));
}

#[tokio::test]
async fn options_slack_would_not_take_are_a_violation() {
    let (slack, app) = workspace().await;
    let select = json!({ "type": "external_select", "action_id": "who", "min_query_length": 0 });
    let ada = open(&slack, &app, modal(json!([input("who", "Who", select)]))).await;
    let place = Place::from(&ada.modal().unwrap());
    let option = json!({ "text": plain("x"), "value": "x" });
    let long = json!({ "text": plain(&"x".repeat(76)), "value": "x" });
    let groups = json!([{ "label": plain("People"), "options": [option, option] }]);
    let answers = [
        json!({ "options": vec![option.clone(); 101] }),
        json!({ "options": [long] }),
        json!({}),
        json!({ "option_groups": groups }),
    ];
    app.reply(answers.map(Reply::Json));
    for count in [0, 0, 0, 2] {
        assert_eq!(ada.suggest(&place, "Who", "x").await.unwrap().len(), count);
    }
    assert_eq!(rules(&slack), ["bad_options"; 3]);
}

#[tokio::test]
async fn shortcuts_work_everywhere_and_on_messages() {
    let (slack, app) = workspace().await;
    let ada = slack.user("U0ADA");
    ada.shortcut("open_boards", None).await.unwrap();
    let payload = app.last().json();
    assert_eq!((&payload["type"], &payload["callback_id"]), (&json!("shortcut"), &json!("open_boards")));
    ada.say("general", "Can you remove her?").unwrap();
    ada.shortcut("act", Some(&ada.messages("general")[0])).await.unwrap();
    let payload = app.last().json();
    assert_eq!(
        (&payload["type"], &payload["message"]["text"]),
        (&json!("message_action"), &json!("Can you remove her?"))
    );
}
