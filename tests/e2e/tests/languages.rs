//! The tiny guest in Rust, JavaScript and Python, through the real plugin host against the notes tool: the proof that the WIT package suits
//! every language. The three behave alike, so each walks the same story.

use async_trait::async_trait;
use secrecy::{SecretBox, SecretString};
use serde_json::{Map, Value as Json, json};
use std::path::Path;
use std::sync::Arc;
use url::Url;
use weft::domain::{
    Call, Change, ConnectionId, ErrorClass, Fault, Field, ObjectName, Row, RunCall, RunTarget, Target, TargetOutcome,
    TargetOutcomeKind, TargetPlan, Value, VerdictKind, WorkspaceId,
};
use weft::plugins::{
    Access, Applied, Credentials, EgressSettings, FetchRequest, Integration, Page, PluginSettings, Plugins,
};
use weft_simulators::notes::{self, Notes};

#[tokio::test]
async fn rust() {
    story("rust").await;
}

#[tokio::test]
async fn javascript() {
    story("js").await;
}

#[tokio::test]
async fn python() {
    story("python").await;
}

async fn story(language: &str) {
    let stage = Stage::new(language).await;
    stage.is_described_like_the_others().await;
    stage.checks().await;
    stage.fetches_every_note_once().await;
    stage.fetches_by_key().await;
    stage.reports_a_refused_token().await;
    stage.finishes_notes().await;
    stage.verifies_a_lost_answer().await;
    stage.refuses_a_wrong_input().await;
    stage.tool.shutdown().await.unwrap();
}

/// A loaded guest, connected to a notes tool of its own.
struct Stage {
    guest: Integration,
    plugins: Plugins,
    tool: Notes,
    access: Access,
}

impl Stage {
    async fn new(language: &str) -> Self {
        let tool = notes::start(notes::Options::default()).await.unwrap();
        let place = tool.url().trim_start_matches("http://").parse().unwrap();
        let plugins = Plugins::start(PluginSettings {
            // Kept between runs: compiling the Python guest takes a quarter of a minute.
            cache_dir: Path::new(env!("CARGO_TARGET_TMPDIR")).join("guest-code"),
            cache_key: SecretBox::new(Box::new([7; 32])),
            max_instances: 4,
            egress: EgressSettings { allow_private: vec![place], ..EgressSettings::default() },
        })
        .unwrap();
        let guest = plugins.load(component(language)).await.unwrap();
        let access = access(&tool, "notes-token");
        Self { guest, plugins, tool, access }
    }

    async fn is_described_like_the_others(&self) {
        let reference = self.plugins.load(weft_bundled::TEST_GUEST.to_vec()).await.unwrap();
        assert_eq!(self.guest.manifest(), reference.manifest());
        assert_eq!(self.guest.description(), reference.description());
    }

    async fn checks(&self) {
        let report = self.guest.check(&self.access).await.unwrap();
        assert_eq!((report.account.id.as_str(), report.account.name.as_str()), ("acct-1", "Notes"));
        assert_eq!(report.objects[0].estimate, Some(25));
        assert!(report.actions[0].allowed);
    }

    async fn fetches_every_note_once(&self) {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            // Each page is a fresh instance: the cursor alone carries the place.
            let page = self.fetch(after, &[]).await.unwrap();
            rows.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(rows.len(), 25);
        assert!(rows.is_sorted_by(|left, right| left.key < right.key));
        let updated = Value::Time(1_795_478_400_000_000);
        assert_eq!(rows[4].values, ["n00005".into(), "Note 5".into(), Value::Bool(true), updated]);
    }

    async fn fetches_by_key(&self) {
        let page = self.fetch(None, &["n00003", "n99999", "n00001"]).await.unwrap();
        let keys: Vec<&str> = page.rows.iter().map(|row| &*row.key).collect();
        assert_eq!((keys, page.next), (vec!["n00003", "n00001"], None));
    }

    async fn reports_a_refused_token(&self) {
        let stranger = access(&self.tool, "no such token");
        let fault = self.guest.check(&stranger).await.unwrap_err();
        assert_eq!(fault.class, ErrorClass::Reauthorize, "{fault:?}");
    }

    async fn finishes_notes(&self) {
        let keys = ["n00001", "n00005", "n99999", "n00002"];
        let plans = self.prepare(&keys).await;
        assert_eq!(plans[0].steps, ["Mark the note as done."]);
        assert_eq!((plans[0].title.as_str(), plans[1].already), ("Note 1", true));
        assert_eq!(plans[2].blockers, ["There is no such note any more."]);

        self.tool.retitle("n00002", "Another note");
        let comment = json!({ "comment": "Ünïcode ✓" });
        let call = run_call(&plans, &comment);
        let result = self.guest.run(&self.access, call, &self.fields()).await.unwrap();
        use TargetOutcomeKind::{Already, Changed, Done};
        assert_eq!(kinds(&result.outcomes), [Done, Already, Changed, Changed], "{:?}", result.outcomes);
        let note = self.tool.note("n00001").unwrap();
        assert_eq!((note.done, note.comment.as_deref()), (true, Some("Ünïcode ✓")));
        assert!(!self.tool.note("n00002").unwrap().done);
        assert_eq!(values_of(&result.changes, "n00001")[2], Value::Bool(true));
        assert_eq!(values_of(&result.changes, "n00002")[1], "Another note".into());
    }

    async fn verifies_a_lost_answer(&self) {
        let plans = self.prepare(&["n00003", "n00004"]).await;
        self.tool.fail_next("PATCH".parse().unwrap(), "/notes/n00003", notes::Fault::LoseAnswer);
        let result = self.guest.run(&self.access, run_call(&plans[..1], &json!({})), &self.fields()).await.unwrap();
        assert_eq!(kinds(&result.outcomes), [TargetOutcomeKind::Unknown]);
        assert_eq!(result.outcomes[0].error.as_ref().map(|fault| fault.class), Some(ErrorClass::Unknown));

        let call = run_call(&plans, &json!({}));
        let found = self.guest.verify(&self.access, call, &self.fields()).await.unwrap();
        let verdicts: Vec<_> = found.verdicts.iter().map(|verdict| (verdict.kind, verdict.repeatable)).collect();
        assert_eq!(verdicts, [(VerdictKind::Done, false), (VerdictKind::NotDone, true)]);
        assert_eq!(values_of(&found.changes, "n00003")[2], Value::Bool(true));
    }

    async fn refuses_a_wrong_input(&self) {
        let fault = self.guest.prepare(&self.access, call(&["n00004"], &json!({ "comment": 5 }))).await.unwrap_err();
        assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::InvalidInput, "comment"), "{fault:?}");
    }

    async fn fetch(&self, after: Option<Vec<u8>>, keys: &[&str]) -> Result<Page, Fault> {
        let request = FetchRequest {
            object: "Note".into(),
            fields: self.note_fields(),
            key: "id".into(),
            after,
            keys: keys.iter().map(|&key| key.to_owned()).collect(),
            page_size: 10,
            since: None,
            estimate: None,
        };
        self.guest.fetch(&self.access, request).await
    }

    async fn prepare(&self, keys: &[&str]) -> Vec<TargetPlan> {
        self.guest.prepare(&self.access, call(keys, &json!({}))).await.unwrap().targets
    }

    fn note_fields(&self) -> Vec<Field> {
        self.guest.description().objects[0].fields.clone()
    }

    fn fields(&self) -> [(ObjectName, Vec<Field>); 1] {
        [("Note".into(), self.note_fields())]
    }
}

fn component(language: &str) -> Vec<u8> {
    let file = format!("../guests/corpus/notes-{language}.wasm.zst");
    let packed = std::fs::File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    zstd::decode_all(packed).unwrap()
}

fn object(json: &Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

fn call(keys: &[&str], inputs: &Json) -> Call {
    let target = |key: &&str| Target { key: (*key).to_owned(), record: Map::new() };
    Call { action: "finish-note".into(), inputs: object(inputs), targets: keys.iter().map(target).collect() }
}

fn run_call(plans: &[TargetPlan], inputs: &Json) -> RunCall {
    let target = |plan: &TargetPlan| RunTarget {
        key: plan.key.clone(),
        record: Map::new(),
        before: plan.before.clone(),
        idempotency_key: format!("request-{}", plan.key),
    };
    RunCall {
        action: "finish-note".into(),
        inputs: object(inputs),
        targets: plans.iter().map(target).collect(),
        attempt: 1,
    }
}

fn kinds(outcomes: &[TargetOutcome]) -> Vec<TargetOutcomeKind> {
    outcomes.iter().map(|outcome| outcome.kind).collect()
}

fn values_of(changes: &[Change], key: &str) -> Vec<Value> {
    let of = |change: &Change| match change {
        Change::Put { row: Row { key: found, values }, .. } if &**found == key => Some(values.clone()),
        _ => None,
    };
    changes.iter().find_map(of).unwrap()
}

fn access(tool: &Notes, token: &str) -> Access {
    let credentials = Bearer { url: tool.url().parse().unwrap(), token: token.to_owned() };
    Access {
        workspace: WorkspaceId::from("T1"),
        connection: ConnectionId::from("c1"),
        config: "{}".into(),
        credentials: Arc::new(credentials),
    }
}

/// A pasted token, as the manifest's `kind = "bearer"` asks for.
struct Bearer {
    url: Url,
    token: String,
}

#[async_trait]
impl Credentials for Bearer {
    async fn apply(&self, _slot: &str) -> Result<Applied, Fault> {
        let header = ("authorization".to_owned(), SecretString::from(format!("Bearer {}", self.token)));
        Ok(Applied { headers: vec![header], ..Applied::default() })
    }

    async fn renew(&self, _slot: &str, _generation: u64) -> Result<(), Fault> {
        Err(Fault::new(ErrorClass::Reauthorize, "no-renewal", "A pasted token cannot be renewed."))
    }

    fn base_url(&self) -> Url {
        self.url.clone()
    }
}
