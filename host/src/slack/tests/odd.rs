//! Values as they are in people's tools: every surface of a board stays within what Slack takes, on each rung of the ladder.

use super::boards::{catalog, store};
use super::simulator::simulator;
use super::*;
use crate::boards::{Ask, Definition, NewBoard};
use crate::domain::{Row, Value};
use weft_simulators::slack::Slack;

/// Of a text that is read, and of one that nobody writes but some export contains.
const LONG: usize = 10_000;

fn odd_names() -> Vec<String> {
    let names = [
        "👩‍👩‍👧‍👦 Family 🏳️‍🌈",
        "محمد بن سلمان",
        "\u{202e}drawkcab\u{202c} רחל",
        "<!channel> <@U0ADA> *bold* _it_ ~no~ `code` & <https://x.example|x>",
        "=HYPERLINK(\"https://x.example\")",
        "line\nbreak\ttab\u{0}nul",
        "   ",
        "",
        "e\u{301}\u{301}\u{301}\u{301}",
    ];
    names.into_iter().map(str::to_owned).chain([LONG, LONG / 2].map(|count| "ö".repeat(count))).collect()
}

/// Users whose name is odd and whose age nobody knows.
fn rows(names: &[String]) -> Vec<Row> {
    let row = |(number, name): (usize, &String)| {
        let key = format!("{number:05}");
        Row { key: key.as_str().into(), values: vec![key.as_str().into(), name.as_str().into(), Value::Null] }
    };
    names.iter().enumerate().map(row).collect()
}

struct Odd {
    house: House,
    simulator: Slack,
}

impl Odd {
    async fn new(rows: &[Row]) -> Self {
        let simulator = simulator().await;
        let api = Url::parse(&simulator.api_url()).unwrap();
        let house = House::on(SlackApi::default(), api, Clock::system(), None).await;
        simulator.connect(house.url.as_str());
        store(&house, catalog(), rows, 1).await;
        Self { house, simulator }
    }

    async fn board(&self, name: &str, definition: &str) {
        let actor = self.house.door.directory().actor(&"T1".into(), &"U0ADA".into());
        let board = NewBoard { name: name.into(), definition: Definition::parse(definition).unwrap() };
        self.house.door.boards().create(&actor, board).await.unwrap();
    }

    /// Opens a board by its name and gives the message that stands in the channel.
    async fn open(&self, name: &str) -> Json {
        let ada = self.simulator.user("U0ADA");
        let before = ada.messages("general").len();
        ada.command("/boards", name, "general").await.unwrap();
        self.house.work().await;
        let messages = ada.messages("general");
        assert_eq!(messages.len(), before + 1, "{:?}", self.simulator.violations());
        json!(messages.last().unwrap().blocks)
    }

    async fn end(self) {
        assert!(self.simulator.violations().is_empty(), "{:?}", self.simulator.violations());
        assert!(self.simulator.unexpected().is_empty(), "{:?}", self.simulator.unexpected());
        self.simulator.shutdown().await;
    }
}

#[tokio::test]
async fn odd_texts_are_shown_on_every_rung_and_mean_nothing_to_slack() {
    let odd = Odd::new(&rows(&odd_names())).await;
    odd.board("Odd", r#"{"connection": "c1", "object": "User", "columns": ["Name", "Age"]}"#).await;
    let rich = odd.open("Odd").await.to_string();
    assert!(rich.contains("محمد بن سلمان") && rich.contains("👩‍👩‍👧‍👦 Family"), "{rich}");
    odd.simulator.switch(|switches| switches.new_blocks = false);
    let plain = odd.open("Odd").await.to_string();
    assert!(plain.contains("محمد بن سلمان"), "{plain}");
    assert!(!plain.contains("<!channel>") && !plain.contains("<@U0ADA>"), "nobody is called by a name: {plain}");
    odd.end().await;
}

#[tokio::test]
async fn no_rows_and_no_values_are_said_in_words() {
    let odd = Odd::new(&rows(&["Ada".to_owned()])).await;
    odd.board(
        "Ages",
        r#"{"connection": "c1", "object": "User", "columns": ["Age"], "sort": [{"path": "Age", "descending": true}]}"#,
    )
    .await;
    odd.board("Nobody", r#"{"connection": "c1", "object": "User", "columns": ["Name"], "filter": {"path": "Age", "op": "is-not-empty"}}"#)
        .await;
    let ages = odd.open("Ages").await.to_string();
    assert!(ages.contains("1 row"), "{ages}");
    let nobody = odd.open("Nobody").await.to_string();
    assert!(nobody.contains("No rows match this board's filter."), "{nobody}");
    odd.end().await;
}

#[tokio::test]
async fn an_object_without_records_is_an_empty_board_and_not_an_error() {
    let odd = Odd::new(&[]).await;
    odd.board("Empty", r#"{"connection": "c1", "object": "User", "columns": ["Name"]}"#).await;
    let empty = odd.open("Empty").await.to_string();
    assert!(empty.contains("There are no records"), "{empty}");
    odd.end().await;
}

#[tokio::test]
async fn ten_thousand_names_are_searched_and_a_hundred_offered() {
    let names: Vec<String> = (0..10_000).map(|number| format!("Person {number}")).collect();
    let odd = Odd::new(&rows(&names)).await;
    odd.board("Many", r#"{"connection": "c1", "object": "User", "columns": ["Name"]}"#).await;
    let actor = odd.house.door.directory().actor(&"T1".into(), &"U0ADA".into());
    let board = odd.house.door.boards().list(&actor).await.unwrap().remove(0).id;
    let ask = |words: &str| {
        json!({"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": "U0ADA"}, "action_id": "choose-row",
            "block_id": format!("row/{board}/n1"), "value": words})
    };
    let all: Json = odd.house.interaction(&ask("")).await.json().await.unwrap();
    assert_eq!(all["options"].as_array().unwrap().len(), 100, "as many as Slack takes");
    let one: Json = odd.house.interaction(&ask("person 9999")).await.json().await.unwrap();
    assert_eq!(one["options"].as_array().unwrap().len(), 1);
    let none: Json = odd.house.interaction(&ask("\u{202e}👩‍👩‍👧‍👦")).await.json().await.unwrap();
    assert_eq!(none["options"], json!([]));
    let page =
        odd.house.door.boards().open(&actor, &board, &Ask { offset: 9_999, limit: 200, search: None }).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (1, 10_000));
    odd.end().await;
}
