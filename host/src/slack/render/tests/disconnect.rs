//! A connection that is paused, that is on its way out, and what stands where it was.

use super::super::*;
use crate::connections::Gone;
use crate::slack::client::Message;
use crate::slack::fixtures;
use serde_json::Value as Json;

pub fn messages() -> Vec<(&'static str, Message)> {
    let gone = Gone { connection: "c1".into(), title: "Acme *Corp*".into(), by: "U2".into() };
    let mut paused = fixtures::board(1, 1);
    paused.sources[0].paused = fixtures::paused_tile().paused;
    vec![
        ("connection_paused", connection_message(&fixtures::paused_tile())),
        ("connection_leaving", connection_message(&fixtures::leaving_tile())),
        ("board_paused", board(&paused, Rung::Table, BoardPlace::Private, "n1")),
        ("board_gone", board_gone(&gone)),
        ("disconnected", disconnected(&gone)),
    ]
}

pub fn views() -> Vec<(&'static str, Json)> {
    vec![
        ("disconnect", disconnect(&"c1".into(), &fixtures::farewell(14, 7))),
        ("disconnect_what_is_used_once", disconnect(&"c1".into(), &fixtures::farewell(1, 1))),
        ("disconnect_what_nobody_uses", disconnect(&"c1".into(), &fixtures::farewell(0, 0))),
    ]
}
