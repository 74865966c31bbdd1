//! The Okta guest through the real plugin host against an org of its own.

use crate::sessions::Sessions;
use secrecy::SecretBox;
use serde_json::Map;
use std::path::Path;
use std::sync::Arc;
use weft::domain::{
    Call, ConnectionId, Fault, Field, ObjectName, Row, RunCall, RunResult, RunTarget, Target, TargetPlan, WorkspaceId,
};
use weft::plugins::{
    Access, EgressSettings, FetchRequest, Integration, ObjectAccess, Page, PluginSettings, Plugins, Report,
};
use weft_simulators::okta::{Okta, OktaOptions, Org, SCOPES};

/// The guest, connected.
pub struct Stage {
    pub guest: Integration,
    pub org: Org,
    pub access: Access,
    server: Okta,
}

/// All pages of an object.
#[derive(Default)]
pub struct Fetched {
    pub rows: Vec<Row>,
    pub pages: usize,
    pub incomplete: Option<String>,
}

impl Stage {
    pub async fn new(options: OktaOptions) -> Self {
        Self::with_scopes(options, SCOPES).await
    }

    /// With a login that was granted these scopes only.
    pub async fn with_scopes(options: OktaOptions, scopes: &[&str]) -> Self {
        let server = Okta::start(options).await.unwrap();
        let place = server.url().trim_start_matches("http://").parse().unwrap();
        let plugins = Plugins::start(PluginSettings {
            cache_dir: Path::new(env!("CARGO_TARGET_TMPDIR")).join("guest-code"),
            cache_key: SecretBox::new(Box::new([7; 32])),
            max_instances: 4,
            egress: EgressSettings { allow_private: vec![place], ..EgressSettings::default() },
        })
        .unwrap();
        let (_, component) = weft_bundled::BUNDLED.iter().find(|(id, _)| *id == "okta").unwrap();
        let guest = plugins.load(component.to_vec()).await.unwrap();
        let org = server.org();
        let (admin, scopes) = (org.clone(), scopes.iter().map(|&scope| scope.to_owned()).collect::<Vec<_>>());
        let open = move || admin.session(&scopes.iter().map(String::as_str).collect::<Vec<_>>());
        let sessions = Sessions::new(server.url(), open);
        let access = Access {
            workspace: WorkspaceId::from("T1"),
            connection: ConnectionId::from("c1"),
            config: "{}".into(),
            credentials: Arc::new(sessions),
        };
        Self { guest, org, access, server }
    }

    pub async fn small() -> Self {
        Self::new(OktaOptions::default()).await
    }

    pub async fn check(&self) -> Report {
        self.guest.check(&self.access).await.unwrap()
    }

    pub async fn access_to(&self, object: &str) -> ObjectAccess {
        self.check().await.objects.iter().find(|found| found.object.as_str() == object).cloned().unwrap()
    }

    pub async fn fields(&self, object: &str) -> Vec<Field> {
        self.access_to(object).await.fields(&self.declared(object))
    }

    /// The fields of the description: no request is made for them.
    pub fn declared(&self, object: &str) -> Vec<Field> {
        self.guest.description().object(&object.into()).unwrap().fields.clone()
    }

    pub async fn page(&self, object: &str, fields: &[Field], after: Option<Vec<u8>>) -> Result<Page, Fault> {
        let key = self.guest.description().object(&object.into()).unwrap().key.clone();
        let request = FetchRequest {
            object: object.into(),
            fields: fields.to_vec(),
            key,
            after,
            keys: Vec::new(),
            page_size: 2_000,
            since: None,
            estimate: None,
        };
        self.guest.fetch(&self.access, request).await
    }

    /// All pages; `between` is called before each.
    pub async fn all(&self, object: &str, between: impl Fn(&Org)) -> Result<Fetched, Fault> {
        let fields = self.declared(object);
        let (mut fetched, mut after) = (Fetched::default(), None);
        loop {
            between(&self.org);
            let page = self.page(object, &fields, after).await?;
            fetched.rows.extend(page.rows);
            fetched.pages += 1;
            fetched.incomplete = page.incomplete.or(fetched.incomplete);
            after = page.next;
            if after.is_none() {
                return Ok(fetched);
            }
        }
    }

    pub async fn prepare(
        &self,
        action: &str,
        inputs: serde_json::Value,
        keys: &[&str],
    ) -> Result<Vec<TargetPlan>, Fault> {
        let target = |key: &&str| Target { key: (*key).to_owned(), record: Map::new() };
        let call = Call {
            action: action.into(),
            inputs: inputs.as_object().cloned().unwrap(),
            targets: keys.iter().map(target).collect(),
        };
        Ok(self.guest.prepare(&self.access, call).await?.targets)
    }

    pub async fn run(&self, call: RunCall) -> RunResult {
        let shapes = ["User", "GroupMember", "Group", "ApplicationAssignment"];
        let shape: Vec<(ObjectName, Vec<Field>)> =
            shapes.iter().map(|object| ((*object).into(), self.declared(object))).collect();
        self.guest.run(&self.access, call, &shape).await.unwrap()
    }

    /// The ids of users with this status.
    pub fn with_status(&self, status: &str) -> Vec<String> {
        let users = self.org.users();
        let fits = users.iter().filter(|user| user["status"] == status && user["profile"]["department"].is_string());
        fits.filter_map(|user| user["id"].as_str().map(str::to_owned)).collect()
    }

    pub fn status(&self, id: &str) -> String {
        let users = self.org.users();
        users
            .iter()
            .find(|user| user["id"] == id)
            .and_then(|user| user["status"].as_str())
            .unwrap_or_default()
            .to_owned()
    }

    pub async fn end(self) {
        assert!(self.org.unexpected().is_empty(), "no client should call {:?}", self.org.unexpected());
        assert_eq!(self.org.faults_left(), 0, "trouble that nobody met");
        self.server.shutdown().await.unwrap();
    }
}

/// What runs of these plans.
pub fn run_call(action: &str, inputs: serde_json::Value, plans: &[TargetPlan]) -> RunCall {
    let target = |plan: &TargetPlan| RunTarget {
        key: plan.key.clone(),
        record: Map::new(),
        before: plan.before.clone(),
        idempotency_key: format!("request-{}", plan.key),
    };
    let inputs = inputs.as_object().cloned().unwrap();
    RunCall { action: action.into(), inputs, targets: plans.iter().map(target).collect(), attempt: 1 }
}
