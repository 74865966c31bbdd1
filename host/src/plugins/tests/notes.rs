//! The tiny guest, through every call, against its tool.

use super::*;
use crate::domain::{
    Call, Change, ErrorClass, Field, FieldType, ObjectName, RunCall, RunTarget, Target, TargetOutcomeKind, Value,
    VerdictKind,
};
use axum::http::{Method as HttpMethod, StatusCode};
use serde_json::{Map, json};
use weft_simulators::notes::{self, Fault as ToolFault, Notes};

struct Scene {
    _host: TestHost,
    tool: Notes,
    integration: Integration,
    access: Access,
    tokens: Arc<Tokens>,
}

impl Scene {
    async fn open(count: usize, tokens: &[&str]) -> Self {
        let tool = notes::start(notes::Options { notes: count, ..notes::Options::default() }).await.unwrap();
        let host = TestHost::start(&[tool.url().strip_prefix("http://").unwrap()]);
        let integration = host.plugins.load(weft_bundled::TEST_GUEST.to_vec()).await.unwrap();
        let tokens = Tokens::new(&tool.url(), tokens);
        Self { _host: host, tool, integration, access: tokens.access("{}"), tokens }
    }

    async fn good(count: usize) -> Self {
        Self::open(count, &["notes-token"]).await
    }

    fn fields(&self) -> Vec<Field> {
        self.integration.description().objects[0].fields.clone()
    }

    async fn fetch(&self, after: Option<Vec<u8>>, keys: &[&str]) -> Result<Page, Fault> {
        let request = FetchRequest {
            object: "Note".into(),
            fields: self.fields(),
            key: "id".into(),
            after,
            keys: keys.iter().map(|&key| key.to_owned()).collect(),
            page_size: 10,
            since: None,
            estimate: None,
        };
        self.integration.fetch(&self.access, request).await
    }

    fn shapes(&self) -> Vec<(ObjectName, Vec<Field>)> {
        vec![("Note".into(), self.fields())]
    }

    async fn plan(&self, keys: &[&str]) -> RunCall {
        let target = |&key: &&str| Target { key: key.to_owned(), record: Map::new() };
        let inputs = json!({"comment": "as agreed"}).as_object().unwrap().clone();
        let call =
            Call { action: "finish-note".into(), inputs: inputs.clone(), targets: keys.iter().map(target).collect() };
        let plan = self.integration.prepare(&self.access, call).await.unwrap();
        let target = |plan: crate::domain::TargetPlan| RunTarget {
            idempotency_key: format!("key-{}", plan.key),
            key: plan.key,
            record: Map::new(),
            before: plan.before,
        };
        RunCall {
            action: "finish-note".into(),
            inputs,
            targets: plan.targets.into_iter().map(target).collect(),
            attempt: 1,
        }
    }

    fn writes(&self) -> usize {
        self.tool.journal().iter().filter(|entry| entry.method == "PATCH").count()
    }
}

#[tokio::test]
async fn all_pages_are_fetched_and_read() {
    let scene = Scene::good(25).await;
    let report = scene.integration.check(&scene.access).await.unwrap();
    assert_eq!((report.account.name.as_str(), report.objects[0].estimate), ("Notes", Some(25)));
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = scene.fetch(after, &[]).await.unwrap();
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let keys: Vec<_> = rows.iter().map(|row| row.key.to_string()).collect();
    assert_eq!(keys, (1..=25).map(|number| format!("n{number:05}")).collect::<Vec<_>>());
    assert_eq!(rows[4].values[..3], ["n00005".into(), "Note 5".into(), Value::Bool(true)]);
    assert!(matches!(rows[4].values[3], Value::Time(1_795_478_400_000_000)));
    let some = scene.fetch(None, &["n00003", "n99999", "n00001"]).await.unwrap();
    assert_eq!(some.rows.iter().map(|row| &*row.key).collect::<Vec<_>>(), ["n00003", "n00001"]);
}

#[tokio::test]
async fn an_action_is_prepared_run_and_verified() {
    let scene = Scene::good(6).await;
    let call = scene.plan(&["n00001", "n00005", "n99999"]).await;
    assert_eq!(scene.writes(), 0);
    let result = scene.integration.run(&scene.access, call.clone(), &scene.shapes()).await.unwrap();
    let kinds: Vec<_> = result.outcomes.iter().map(|outcome| outcome.kind).collect();
    assert_eq!(kinds, [TargetOutcomeKind::Done, TargetOutcomeKind::Already, TargetOutcomeKind::Changed]);
    assert_eq!(scene.writes(), 1);
    assert_eq!(scene.tool.note("n00001").unwrap().comment.as_deref(), Some("as agreed"));
    let Change::Put { object, row } = &result.changes[0] else { panic!("{:?}", result.changes) };
    assert_eq!((object.as_str(), &*row.key, &row.values[2]), ("Note", "n00001", &Value::Bool(true)));
    let verification = scene.integration.verify(&scene.access, call, &scene.shapes()).await.unwrap();
    let verdicts: Vec<_> = verification.verdicts.iter().map(|verdict| verdict.kind).collect();
    assert_eq!(verdicts, [VerdictKind::Done, VerdictKind::Done, VerdictKind::Unknown]);
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_unknown_and_never_sent_again() {
    let scene = Scene::good(3).await;
    let call = scene.plan(&["n00001"]).await;
    scene.tool.fail_next(HttpMethod::PATCH, "/notes/n00001", ToolFault::LoseAnswer);
    let result = scene.integration.run(&scene.access, call.clone(), &scene.shapes()).await.unwrap();
    assert_eq!(result.outcomes[0].error.as_ref().unwrap().class, ErrorClass::Unknown, "{:?}", result.outcomes);
    assert_eq!(scene.writes(), 1);
    let verification = scene.integration.verify(&scene.access, call, &scene.shapes()).await.unwrap();
    assert_eq!(verification.verdicts[0].kind, VerdictKind::Done);
}

#[tokio::test]
async fn reads_are_tried_again() {
    let scene = Scene::good(3).await;
    for fault in [
        ToolFault::Status(StatusCode::SERVICE_UNAVAILABLE, None),
        ToolFault::Status(StatusCode::TOO_MANY_REQUESTS, Some(0)),
        ToolFault::LoseAnswer,
    ] {
        scene.tool.fail_next(HttpMethod::GET, "/notes", fault);
    }
    assert_eq!(scene.fetch(None, &[]).await.unwrap().rows.len(), 3);
    assert_eq!(scene.tool.journal().len(), 4);
}

#[tokio::test]
async fn a_page_that_is_no_json_is_a_passing_fault() {
    let scene = Scene::good(3).await;
    for fault in [ToolFault::Html, ToolFault::Truncated] {
        scene.tool.fail_next(HttpMethod::GET, "/notes", fault);
        assert_eq!(scene.fetch(None, &[]).await.unwrap_err().class, ErrorClass::Retry);
    }
}

#[tokio::test]
async fn an_expired_login_is_renewed_once_and_the_request_replayed_even_a_write() {
    let scene = Scene::open(3, &["old-token-1", "notes-token"]).await;
    assert_eq!(scene.fetch(None, &[]).await.unwrap().rows.len(), 3);
    assert_eq!(scene.tokens.generation.load(Ordering::SeqCst), 1);
    let over = Tokens::new(&scene.tool.url(), &["old-token-1"]).access("{}");
    assert_eq!(scene.integration.check(&over).await.unwrap_err().class, ErrorClass::Reauthorize);

    let call = scene.plan(&["n00001"]).await;
    scene.tool.fail_next(HttpMethod::PATCH, "/notes/n00001", ToolFault::Status(StatusCode::UNAUTHORIZED, None));
    let renewing = Tokens::new(&scene.tool.url(), &["notes-token", "notes-token"]).access("{}");
    let result = scene.integration.run(&renewing, call, &scene.shapes()).await.unwrap();
    assert_eq!(result.outcomes[0].kind, TargetOutcomeKind::Done);
}

#[tokio::test]
async fn a_field_of_another_type_is_unknown_and_no_failure() {
    let scene = Scene::good(2).await;
    let mut fields = scene.fields();
    fields[1].kind = FieldType::Timestamp;
    let request = FetchRequest {
        object: "Note".into(),
        fields,
        key: "id".into(),
        after: None,
        keys: Vec::new(),
        page_size: 10,
        since: None,
        estimate: None,
    };
    let page = scene.integration.fetch(&scene.access, request).await.unwrap();
    assert_eq!(page.rows[0].values[1], Value::Null);
}
