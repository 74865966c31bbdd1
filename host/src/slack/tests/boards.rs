//! Boards on real data: asked for by command, paged, drawn again when the data changes, down the ladder when Slack refuses.

use super::*;
use crate::boards::{ConnectionCatalog, Definition, NewBoard};
use crate::domain::{Description, Field, FieldType, ObjectType, Row, Value};
use crate::store::rows::Packer;
use crate::store::{Manifest, ObjectRef, SegmentInfo};

fn field(name: &str) -> Field {
    Field { default: true, ..Field::plain(name, FieldType::Text) }
}

pub(super) fn user() -> ObjectType {
    ObjectType {
        name: "User".into(),
        title: "User".into(),
        plural: "Users".into(),
        help: None,
        key: "Id".into(),
        primary: "Name".into(),
        label: None,
        fields: vec![field("Id"), field("Name"), Field::plain("Age", FieldType::Integer)],
        derived: Vec::new(),
        relationships: Vec::new(),
        identities: Vec::new(),
        ordered: true,
        link: None,
        archive: None,
    }
}

pub(super) fn catalog() -> ConnectionCatalog {
    ConnectionCatalog {
        connection: "c1".into(),
        integration: "salesforce".into(),
        title: "Acme".into(),
        connected_by: "U1".into(),
        description: Description { objects: vec![user()], ..Description::default() },
    }
}

/// Stores the records of the only object of a tool, and says so to the boards.
pub(super) async fn store(house: &House, catalog: ConnectionCatalog, rows: &[Row], generation: u64) {
    let workspace = WorkspaceId::from("T1");
    let described = catalog.description.objects[0].clone();
    let object = ObjectRef { connection: catalog.connection.clone(), object: described.name };
    house.door.boards().catalog().set_schema(&workspace, catalog);
    let mut packer = Packer::new(&[]).unwrap();
    rows.iter().for_each(|row| packer.push(row).unwrap());
    let packed = packer.finish().unwrap();
    let bytes = packed.iter().map(|one| one.bytes.clone()).collect();
    house.store.segments.put(&workspace, &object.connection, bytes).await.unwrap();
    let segments: Vec<SegmentInfo> = packed.into_iter().map(|one| one.info).collect();
    let fields = described.fields;
    let manifest = Manifest { generation, fields, fetched_at: NOW, rows: rows.len() as u64, own_rows: false, segments };
    house.store.segments.flip(&workspace, &object, generation - 1, manifest).await.unwrap();
    house.door.boards().refresh(&workspace, &object.connection).await.unwrap();
}

impl House {
    /// Stores users with these names and says so to the boards.
    async fn store_users(&self, generation: u64, names: &[String]) {
        let row = |(number, name): (usize, &String)| {
            let key = format!("{number:05}");
            let values = vec![Value::from(key.as_str()), Value::from(name.as_str()), Value::Int(number as i64)];
            Row { key: key.into(), values }
        };
        let rows: Vec<Row> = names.iter().enumerate().map(row).collect();
        store(self, catalog(), &rows, generation).await;
    }

    /// A board "Everyone" of U1 over these users. Answers its id.
    pub(super) async fn board(&self, names: &[String]) -> String {
        let workspace = WorkspaceId::from("T1");
        self.store_users(1, names).await;
        let actor = self.door.directory().actor(&workspace, &"U1".into());
        let definition = r#"{"connection": "c1", "object": "User", "columns": ["Name"]}"#;
        let board = NewBoard { name: "Everyone".into(), definition: Definition::parse(definition).unwrap() };
        self.door.boards().create(&actor, board).await.unwrap().0
    }

    /// A click of U1 on a button in an ephemeral message.
    async fn press(&self, press: Press, trigger: &str) {
        let button = press.button("x", Style::Plain);
        self.interaction(
            &json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": trigger,
            "response_url": self.api.join("/response/2").unwrap(),
            "container": {"channel_id": "C1", "message_ts": "17.9", "is_ephemeral": true},
            "actions": [{"action_id": button["action_id"], "block_id": "x", "value": button["value"]}]}),
        )
        .await;
        self.work().await;
    }
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("Person {number}")).collect()
}

fn kinds(call: &Json) -> Vec<&str> {
    call["blocks"].as_array().unwrap().iter().map(|block| block["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_board_opens_by_its_name() {
    let house = House::new().await;
    house.board(&names(3)).await;
    house.command("/boards", "everyone").await;
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["response/1"]);
    let table = calls[0].1["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "data_table").unwrap();
    assert_eq!(table["rows"].as_array().unwrap().len(), 4);
    assert!(calls[0].1["text"].as_str().unwrap().contains("Person 0"));
}

#[tokio::test]
async fn the_list_offers_to_open_and_a_name_that_is_none_says_so() {
    let house = House::new().await;
    house.board(&names(1)).await;
    house.command("/boards", "").await;
    house.command("/boards", "nothing like it").await;
    house.work().await;
    let calls = house.slack.take();
    assert!(calls.iter().any(|(_, call)| call["text"] == "Boards: Everyone"), "{calls:?}");
    assert!(calls.iter().any(|(_, call)| call["text"].as_str().unwrap().contains("No board is called")), "{calls:?}");
}

#[tokio::test]
async fn refused_blocks_lead_down_the_ladder_and_the_rung_is_remembered() {
    let house = House::new().await;
    house.board(&names(3)).await;
    house.slack.refused.lock().unwrap().extend(["data_table", "table"]);
    house.command("/boards", "everyone").await;
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(calls.len(), 3);
    assert!(kinds(&calls[0].1).contains(&"data_table") && kinds(&calls[1].1).contains(&"table"));
    assert!(kinds(&calls[2].1).iter().filter(|kind| **kind == "section").count() == 3);
    house.command("/boards", "Everyone").await;
    house.work().await;
    assert_eq!(house.slack.take().len(), 1, "remembered");
    house.clock.advance(Duration::from_secs(25 * 60 * 60));
    house.command("/boards", "EVERYONE").await;
    house.work().await;
    assert_eq!(house.slack.take().len(), 3, "tried again after a day");
}

#[tokio::test]
async fn a_private_board_pages_in_place_and_is_drawn_again_when_its_data_changes() {
    let house = House::new().await;
    let board = house.board(&names(450)).await;
    house
        .press(Press::ShowBoard { board: board.as_str().into(), offset: 200, search: None, personal: None }, "t1")
        .await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["response/2"]);
    assert_eq!(calls[0].1["replace_original"], true);
    assert!(calls[0].1["text"].as_str().unwrap().contains("201–400 of 450"));

    let drawn = |house: &House| {
        let calls = house.slack.take();
        calls.into_iter().filter(|(method, _)| method == "response/2").collect::<Vec<_>>()
    };
    house.notice().await;
    assert!(drawn(&house).is_empty(), "nothing changed");
    let mut changed = names(450);
    changed[210] = "Somebody else".into();
    house.store_users(2, &changed).await;
    house.notice().await;
    let redrawn = drawn(&house);
    assert_eq!(redrawn.len(), 1);
    assert!(redrawn[0].1["blocks"].to_string().contains("Somebody else"));

    house.clock.advance(Duration::from_secs(31 * 60));
    house.store_users(3, &names(450)).await;
    house.notice().await;
    assert!(drawn(&house).is_empty(), "the response address has ended");
}

#[tokio::test]
async fn a_shared_board_is_a_message_that_is_updated() {
    let house = House::new().await;
    let board = house.board(&names(3)).await;
    house.press(Press::ShareBoard { board: board.as_str().into(), offset: 0 }, "t1").await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["chat.postMessage"]);
    assert_eq!(calls[0].1["channel"], "C1");
    house.store_users(2, &names(4)).await;
    house.notice().await;
    let calls = house.slack.take();
    let update = calls.iter().find(|(method, _)| method == "chat.update").unwrap();
    assert!(update.1["text"].as_str().unwrap().contains("of 4"));
}

#[tokio::test]
async fn options_of_the_row_select_are_the_board_s_rows() {
    let house = House::new().await;
    let board = house.board(&names(150)).await;
    let ask = |words: &str| {
        json!({"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": "U1"}, "action_id": "choose-row",
            "block_id": format!("row/{board}/n1"), "value": words})
    };
    let all: Json = house.interaction(&ask("")).await.json().await.unwrap();
    assert_eq!(all["options"].as_array().unwrap().len(), 100);
    let one: Json = house.interaction(&ask("person 149")).await.json().await.unwrap();
    assert_eq!(one["options"][0]["value"], "00149");
    let stranger = json!({"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": "U9"}, "action_id": "choose-row",
        "block_id": format!("row/{board}/n1"), "value": ""});
    let none: Json = house.interaction(&stranger).await.json().await.unwrap();
    assert_eq!(none["options"], json!([]), "the board is U1's own");
}

#[tokio::test]
async fn choosing_a_row_opens_a_window_at_once() {
    let house = House::new().await;
    let board = house.board(&names(3)).await;
    house
        .interaction(&json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "t1",
            "response_url": house.api.join("/response/2").unwrap(),
            "container": {"channel_id": "C1", "message_ts": "17.9", "is_ephemeral": true},
            "actions": [{"action_id": "choose-row", "block_id": format!("row/{board}/n1"),
                "selected_option": {"value": "00001"}}]}))
        .await;
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["views.open", "views.update"]);
    assert!(calls[1].1["view"].to_string().contains("Person 1"), "{}", calls[1].1);
}
