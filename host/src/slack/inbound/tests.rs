//! Payloads of every kind, also odd ones, and the promise that no body at all makes the parser fall over.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn interaction(payload: Json) -> Envelope {
    let body =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish();
    parse_interaction(body.as_bytes()).unwrap()
}

#[test]
fn a_slash_command_keeps_its_ids() {
    let body = "command=%2Fweft&text=board+Idle&team_id=T1&enterprise_id=E1&user_id=W7&channel_id=C1&trigger_id=1.2.a&response_url=https%3A%2F%2Fhooks.slack.com%2Fx";
    let envelope = parse_command(body.as_bytes()).unwrap();
    assert_eq!((envelope.workspace.as_str(), envelope.user.unwrap().0.as_str()), ("T1", "W7"));
    assert_eq!(envelope.dedup, "command/1.2.a");
    let Inbound::Command(command) = envelope.what else { panic!("{:?}", envelope.what) };
    assert_eq!((command.name.as_str(), command.text.as_str()), ("/weft", "board Idle"));
    assert_eq!(command.response_url.as_deref(), Some("https://hooks.slack.com/x"));
}

#[test]
fn the_tenant_of_an_organisation_wide_install_is_the_organisation() {
    let cases = [
        (json!({"id": "T1"}), json!(null), json!(false), "T1"),
        (json!({"id": "T1"}), json!({"id": "E1"}), json!(false), "T1"),
        (json!({"id": "T1"}), json!({"id": "E1"}), json!(true), "E1"),
        (json!(null), json!({"id": "E1"}), json!(true), "E1"),
        (json!(null), json!({"id": "E1"}), json!(null), "E1"),
        (json!("T1"), json!(null), json!("yes"), "T9"),
    ];
    for (team, enterprise, organisation, expected) in cases {
        let payload = json!({"type": "block_actions", "team": team, "enterprise": enterprise,
            "is_enterprise_install": organisation, "user": {"id": "U1", "team_id": "T9"}, "actions": [{"action_id": "a"}]});
        assert_eq!(interaction(payload).workspace.as_str(), expected);
    }
}

#[test]
fn a_click_in_a_message_knows_the_message() {
    let envelope = interaction(json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"},
        "trigger_id": "t", "response_url": "https://hooks.slack.com/r",
        "container": {"type": "message", "channel_id": "C1", "message_ts": "17.1", "is_ephemeral": true},
        "message": {"blocks": [{"type": "from the future"}], "metadata": {"event_payload": {"n": 1}}},
        "actions": [{"type": "button", "action_id": "a", "block_id": "b", "value": "v", "action_ts": "17.2"}]}));
    let Inbound::Action(action) = envelope.what else { panic!() };
    assert_eq!(action.message, Some(MessageRef { channel: "C1".into(), ts: "17.1".into(), ephemeral: true }));
    assert_eq!((action.action.as_str(), action.chosen), ("a", Chosen::One("v".into())));
    assert_eq!(envelope.dedup, "block_actions/t");
}

#[test]
fn a_click_without_a_trigger_is_named_by_its_moment() {
    let envelope = interaction(json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"},
        "actions": [{"action_id": "a", "action_ts": "17.2"}]}));
    assert_eq!(envelope.dedup, "block_actions/17.2/U1/a");
}

#[test]
fn a_form_keeps_state_hash_and_metadata() {
    let envelope = interaction(
        json!({"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "t",
        "view": {"id": "V1", "hash": "h", "root_view_id": "V0", "callback_id": "form", "private_metadata": "{}", "external_id": "",
            "state": {"values": {
                "text": {"value": {"type": "plain_text_input", "value": "hello"}},
                "empty": {"value": {"type": "plain_text_input", "value": null}},
                "date": {"value": {"type": "datepicker", "selected_date": "2026-11-24"}},
                "one": {"value": {"type": "external_select", "selected_option": {"value": "k1"}}},
                "none": {"value": {"type": "static_select", "selected_option": null}},
                "many": {"value": {"type": "multi_external_select", "selected_options": [{"value": "k1"}, {"value": "k2"}]}},
                "user": {"value": {"type": "users_select", "selected_user": "U2"}},
                "box": {"value": {"type": "checkboxes", "selected_options": []}}}}}}),
    );
    let Inbound::Submission(view) = envelope.what else { panic!() };
    assert_eq!((view.id.as_str(), view.hash.as_deref(), view.root.as_deref()), ("V1", Some("h"), Some("V0")));
    let found: Vec<_> = view.values.iter().map(|(block, fields)| (block.as_str(), fields["value"].clone())).collect();
    let one = |text: &str| Chosen::One(text.into());
    assert_eq!(
        found,
        [
            ("box", Chosen::Many(vec![])),
            ("date", one("2026-11-24")),
            ("empty", Chosen::Nothing),
            ("many", Chosen::Many(vec!["k1".into(), "k2".into()])),
            ("none", Chosen::Nothing),
            ("one", one("k1")),
            ("text", one("hello")),
            ("user", one("U2")),
        ]
    );
}

#[test]
fn what_is_not_known_is_a_value() {
    let of = |payload: Json| match interaction(payload).what {
        Inbound::Other(kind) => kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(of(json!({"type": "workflow_step_edit", "team": {"id": "T1"}})), "workflow_step_edit");
    assert_eq!(of(json!({"team": {"id": "T1"}})), "untyped");
    let event =
        parse_event(br#"{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"pin_added"}}"#);
    assert_eq!(event.unwrap().what, Inbound::Other("pin_added".into()));
}

#[test]
fn events() {
    let of = |body: Json| parse_event(body.to_string().as_bytes()).unwrap();
    let home = of(json!({"type": "event_callback", "team_id": "T1", "event_id": "Ev1",
        "authorizations": [{"enterprise_id": "E1", "is_enterprise_install": true}],
        "event": {"type": "app_home_opened", "user": "U1", "tab": "home"}}));
    assert_eq!((home.workspace.as_str(), home.dedup.as_str(), home.what), ("E1", "event/Ev1", Inbound::HomeOpened));
    let messages = of(json!({"team_id": "T1", "event": {"type": "app_home_opened", "user": "U1", "tab": "messages"}}));
    assert_eq!(messages.what, Inbound::Other("app_home_opened".into()));
    let shared = json!({"type": "file_shared", "user_id": "U1", "file_id": "F1", "channel_id": "D1"});
    let shared = of(json!({"team_id": "T1", "event_id": "Ev2", "event": shared}));
    let file = SharedFile { file: "F1".into(), channel: "D1".into() };
    assert_eq!((shared.what, shared.user), (Inbound::FileShared(file), Some("U1".into())));
    let gone = of(json!({"team_id": "T1", "event": {"type": "tokens_revoked"}}));
    assert_eq!((gone.what, gone.user), (Inbound::Uninstalled, None));
    assert_eq!(of(json!({"type": "url_verification", "challenge": "c"})).what, Inbound::Challenge("c".into()));
}

#[test]
fn nothing_without_a_workspace() {
    assert!(matches!(parse_event(b"{}"), Err(Unreadable::NoWorkspace)));
    assert!(matches!(parse_command(b"command=%2Fweft"), Err(Unreadable::NoWorkspace)));
    assert!(matches!(parse_interaction(b"payload=%7B"), Err(Unreadable::NotJson)));
    assert!(matches!(parse_interaction(b"other=1"), Err(Unreadable::NoPayload)));
}

/// JSON of any shape, with the names that the parser looks for.
fn any_json() -> impl Strategy<Value = Json> {
    let names = prop::sample::select(vec![
        "type",
        "team",
        "user",
        "id",
        "actions",
        "view",
        "state",
        "values",
        "selected_option",
        "selected_options",
        "value",
        "container",
        "enterprise",
        "event",
        "authorizations",
        "block_actions",
        "view_submission",
        "private_metadata",
    ]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        ".{0,8}".prop_map(Json::from),
        names.clone().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((names.clone(), inner), 0..6)
                .prop_map(|members| members.into_iter().map(|(name, json)| (name.to_owned(), json)).collect::<Json>()),
        ]
    })
}

proptest! {
    #[test]
    fn bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse_command(&body);
        let _ = parse_interaction(&body);
        let _ = parse_event(&body);
        is_ssl_check(&body);
    }

    #[test]
    fn json_of_any_shape_never_panics_and_survives_the_inbox(json in any_json()) {
        let text = json.to_string();
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &text).finish();
        for envelope in [parse_interaction(body.as_bytes()), parse_event(text.as_bytes())].into_iter().flatten() {
            let kept = serde_json::to_vec(&envelope).unwrap();
            prop_assert_eq!(serde_json::from_slice::<Envelope>(&kept).unwrap(), envelope);
        }
    }
}
