//! The door as Slack meets it: signed HTTP in, calls of the Web API out, over a store in memory.

mod audit;
mod boards;
mod builder;
mod cards;
mod connections;
mod disconnect;
mod http;
mod odd;
mod permissions;
mod person;
mod policies;
mod simulator;

use super::inbound::Envelope;
use super::render::{AccessView, Tile};
use super::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, Verifier, sign};
use super::{Client, Directory, Door, Parts, router};
use crate::actions::{ActionSettings, Actions, Connected, Connector, Known};
use crate::boards::{BoardSettings, Boards};
use crate::connections::{Begun, Farewell, ListPreview, PermissionsView, Users};
use crate::domain::{
    Actor, AppError, ConnectionId, IntegrationId, MayUse, Millis, NoAccess, Outcome, Paused, Role, UserId, WorkspaceId,
};
use crate::slack::block::Style;
use crate::slack::press::Press;
use crate::store::{Clock, Job, JobKind, Store, WriteSet};
use async_trait::async_trait;
use axum::Json as Body;
use axum::extract::{Query, State};
use axum::routing::{get, post};
use bytes::Bytes;
use futures::{TryStreamExt, stream::BoxStream};
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

/// 2026-11-24 09:00 UTC.
const NOW: Millis = 1_795_510_800_000;
const SECRET: &str = "shhh";

/// People, connections and fetching of a workspace T1 where U2 is the owner.
struct Town {
    approvals: Option<String>,
    tile: Mutex<Tile>,
    /// Who may not use its connection.
    barred: Arc<Mutex<Vec<UserId>>>,
    /// Its connection is gone.
    is_gone: AtomicBool,
}

fn admins_only(actor: &Actor) -> Outcome<()> {
    if actor.is_admin() { Ok(()) } else { Err(AppError::refused("Only admins do that. Nothing was done.")) }
}

fn may_use(barred: &Arc<Mutex<Vec<UserId>>>) -> MayUse {
    let barred = barred.clone();
    Arc::new(move |_, user, _| match barred.lock().unwrap().contains(user) {
        true => Err(NoAccess { user: user.clone(), title: "Acme".into(), givers: vec!["U2".into()] }),
        false => Ok(()),
    })
}

#[async_trait]
impl Directory for Town {
    fn token(&self, workspace: &WorkspaceId) -> Option<SecretString> {
        (workspace.as_str() == "T1").then(|| "xoxb-1".into())
    }

    fn actor(&self, workspace: &WorkspaceId, user: &UserId) -> Actor {
        let role = if user.as_str() == "U2" { Role::Owner } else { Role::Member };
        Actor { workspace: workspace.clone(), user: user.clone(), role }
    }

    fn approvals_channel(&self, _: &WorkspaceId) -> Option<String> {
        self.approvals.clone()
    }

    fn integrations(&self) -> Vec<(IntegrationId, String)> {
        vec![("salesforce".into(), "Salesforce".into())]
    }

    async fn tiles(&self, _: &Actor) -> Outcome<Vec<Tile>> {
        Ok(vec![self.tile.lock().unwrap().clone()])
    }

    async fn told_tile(&self, _: &WorkspaceId, _: &ConnectionId) -> Outcome<Option<Tile>> {
        let tile = self.tile.lock().unwrap().clone();
        Ok((!self.is_gone.load(Ordering::SeqCst)).then_some(tile))
    }

    async fn permissions(&self, _: &Actor, _: &ConnectionId) -> Outcome<PermissionsView> {
        Ok(super::fixtures::permissions(&["U1"]))
    }

    async fn permit(&self, _: &Actor, _: &ConnectionId, users: Users) -> Outcome<PermissionsView> {
        Ok(PermissionsView { users, ..super::fixtures::permissions(&[]) })
    }

    async fn connect(&self, actor: &Actor, _: &IntegrationId, _: Option<ConnectionId>) -> Outcome<Begun> {
        if !actor.is_admin() {
            return Err(AppError::refused("Only admins connect tools."));
        }
        Ok(Begun::Browser(Url::parse("https://weft.example/connect/T1/ticket").map_err(anyhow::Error::from)?))
    }

    async fn access(&self, _: &Actor, _: &ConnectionId) -> Outcome<AccessView> {
        Ok(super::fixtures::access())
    }

    async fn receive_list(
        &self,
        _: &Actor,
        name: &str,
        _: u64,
        body: BoxStream<'_, anyhow::Result<Bytes>>,
    ) -> Outcome<ListPreview> {
        let pieces: Vec<Bytes> = body.try_collect().await?;
        Ok(super::fixtures::list(name, &pieces.concat()))
    }

    async fn take_list(&self, _: &Actor, file: &str) -> Outcome<String> {
        Ok(format!("{file} is the people list now."))
    }

    async fn drop_list(&self, _: &Actor, file: &str) -> Outcome<String> {
        Ok(format!("{file} is forgotten."))
    }

    async fn sync(&self, _: &Actor, _: &ConnectionId) -> Outcome<()> {
        Ok(())
    }

    async fn pause(&self, actor: &Actor, _: &ConnectionId) -> Outcome<()> {
        admins_only(actor)?;
        let mut tile = self.tile.lock().unwrap();
        (tile.status, tile.paused) = ("Paused".into(), Some(Paused { by: actor.user.clone(), at: NOW }));
        Ok(())
    }

    async fn resume(&self, actor: &Actor, _: &ConnectionId) -> Outcome<()> {
        admins_only(actor)?;
        let mut tile = self.tile.lock().unwrap();
        (tile.status, tile.paused) = ("Syncing".into(), None);
        Ok(())
    }

    async fn farewell(&self, actor: &Actor, _: &ConnectionId) -> Outcome<Farewell> {
        admins_only(actor)?;
        Ok(super::fixtures::farewell(0, 0).farewell)
    }

    async fn disconnect(&self, actor: &Actor, _: &ConnectionId, typed: &str) -> Outcome<String> {
        let known = self.farewell(actor, &"c1".into()).await?.title;
        if known != typed {
            return Err(AppError::refused("This is not its name."));
        }
        let mut tile = self.tile.lock().unwrap();
        (tile.status, tile.is_leaving) = ("Disconnecting".into(), true);
        Ok(known)
    }
}

#[async_trait]
impl Connector for Town {
    fn use_of(&self, _: &WorkspaceId, user: &UserId, _: &ConnectionId) -> Result<(), NoAccess> {
        (may_use(&self.barred))(&"T1".into(), user, &"c1".into())
    }

    async fn connect(&self, _: &WorkspaceId, _: &ConnectionId) -> Outcome<Connected> {
        Err(AppError::refused("This connection is not there."))
    }

    async fn known(&self, _: &WorkspaceId, _: &ConnectionId) -> Outcome<Known> {
        Ok(super::fixtures::known())
    }
}

/// A Web API that answers well, unless told otherwise, and keeps every call.
#[derive(Clone, Default)]
struct SlackApi {
    calls: Arc<Mutex<Vec<(String, Json)>>>,
    /// Block types that this workspace refuses.
    refused: Arc<Mutex<Vec<&'static str>>>,
    /// The next call of this method is answered with this error.
    failing: Arc<Mutex<Vec<(&'static str, &'static str)>>>,
}

impl SlackApi {
    async fn start(&self) -> Url {
        let app = axum::Router::new()
            .route("/api/users.info", get(Self::user))
            .route("/{*rest}", post(Self::answer))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/api", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        url
    }

    /// Everybody is called after their id.
    async fn user(Query(asked): Query<BTreeMap<String, String>>) -> Body<Json> {
        Body(json!({"ok": true, "user": {"real_name": format!("Person {}", asked["user"])}}))
    }

    async fn answer(State(slack): State<Self>, uri: axum::http::Uri, Body(body): Body<Json>) -> Body<Json> {
        let method = uri.path().trim_start_matches("/api/").trim_start_matches('/').to_owned();
        let number = {
            let mut calls = slack.calls.lock().unwrap();
            calls.push((method.clone(), body.clone()));
            calls.len()
        };
        let mut failing = slack.failing.lock().unwrap();
        if let Some(at) = failing.iter().position(|(failing, _)| *failing == method) {
            return Body(json!({"ok": false, "error": failing.remove(at).1}));
        }
        let refused = slack.refused.lock().unwrap();
        if refused.iter().any(|kind| body["blocks"].to_string().contains(&format!(r#""type":"{kind}""#))) {
            return Body(json!({"ok": false, "error": "invalid_blocks"}));
        }
        let channel = format!("D{}", body["users"].as_str().unwrap_or_default());
        let id = format!("V{number}");
        Body(json!({"ok": true, "ts": format!("17.{number}"), "channel": {"id": channel}, "view": {"id": id}}))
    }

    fn take(&self) -> Vec<(String, Json)> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    fn methods(calls: &[(String, Json)]) -> Vec<&str> {
        calls.iter().map(|(method, _)| method.as_str()).collect()
    }
}

/// A door on a port, its store, and the Slack behind it.
struct House {
    door: Door,
    store: Store,
    clock: Clock,
    slack: SlackApi,
    town: Arc<Town>,
    api: Url,
    url: Url,
    http: reqwest::Client,
}

impl House {
    async fn new() -> Self {
        Self::with_approvals(None).await
    }

    async fn with_approvals(approvals: Option<&str>) -> Self {
        let slack = SlackApi::default();
        let api = slack.start().await;
        Self::on(slack, api, Clock::fixed(NOW), approvals).await
    }

    async fn on(slack: SlackApi, api: Url, clock: Clock, approvals: Option<&str>) -> Self {
        let store = Store::memory_at(clock.clone());
        let tile = Mutex::new(Tile { is_fetching: false, ..super::fixtures::tile(true) });
        let town = Arc::new(Town {
            approvals: approvals.map(str::to_owned),
            tile,
            barred: Arc::default(),
            is_gone: AtomicBool::default(),
        });
        let boards = Boards::new(store.clone(), BoardSettings::default(), may_use(&town.barred));
        let told: crate::actions::OnChanged = Arc::new(|_, _| tokio::spawn(async {}));
        let actions = Actions::new(store.clone(), clock.clone(), town.clone(), ActionSettings::default(), told);
        let door = Door::new(Parts {
            store: store.clone(),
            clock: clock.clone(),
            verifier: Verifier::new(vec![SecretString::from(SECRET)]),
            client: Client::new(&api).unwrap(),
            boards,
            actions,
            audit: crate::audit::Audit::new(store.clone(), clock.clone(), jiff::tz::TimeZone::UTC),
            directory: town.clone(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let app = router(door.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { door, store, clock, slack, town, api, url, http: reqwest::Client::new() }
    }

    /// Sends a body, signed now.
    async fn send(&self, path: &str, body: &str) -> reqwest::Response {
        let now = self.clock.now() / 1000;
        self.send_signed(path, body, &now.to_string(), &sign(SECRET, now, body.as_bytes())).await
    }

    async fn send_signed(&self, path: &str, body: &str, timestamp: &str, signature: &str) -> reqwest::Response {
        let request = self.http.post(self.url.join(path).unwrap()).body(body.to_owned());
        request.header(TIMESTAMP_HEADER, timestamp).header(SIGNATURE_HEADER, signature).send().await.unwrap()
    }

    /// Types a slash command as U1.
    async fn command(&self, name: &str, text: &str) -> reqwest::Response {
        let response = self.api.join("/response/1").unwrap();
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("command", name),
                ("text", text),
                ("team_id", "T1"),
                ("user_id", "U1"),
                ("channel_id", "C1"),
            ])
            .extend_pairs([("trigger_id", text), ("response_url", response.as_str())])
            .finish();
        self.send("/slack/commands", &body).await
    }

    async fn interaction(&self, payload: &Json) -> reqwest::Response {
        let text = payload.to_string();
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &text).finish();
        self.send("/slack/interactions", &body).await
    }

    /// A click on a button of ours, in a message or window that `place` tells of; then all it leads to.
    async fn pressed(&self, user: &str, press: Press, place: &Json) {
        let button = press.button("x", Style::Plain);
        let trigger = format!("t{}", self.clock.now());
        let mut payload = json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": user}, "trigger_id": trigger,
            "actions": [{"action_id": button["action_id"], "block_id": "x", "value": button["value"]}]});
        payload.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        self.interaction(&payload).await;
        self.work().await;
    }

    /// Tells that the connection changed, as a fetch does when it ends.
    async fn notice(&self) {
        let job = Job {
            id: format!("notify/{}", self.clock.now()),
            kind: JobKind::Notify,
            lane: None,
            due: self.clock.now(),
            payload: br#"{"connection":"c1"}"#.to_vec(),
        };
        self.store.control.commit(&"T1".into(), WriteSet::default().enqueue(job)).await.unwrap();
        self.work().await;
    }

    /// What waits in the inbox.
    async fn inbox(&self) -> usize {
        let pending = self.store.queue.pending().await.unwrap();
        pending.iter().filter(|(kind, _)| *kind == JobKind::Inbox).map(|(_, count)| count).sum()
    }

    /// Works off what is due, as the host's worker does.
    async fn work(&self) {
        self.clock.advance(Duration::from_secs(1));
        let kinds = [JobKind::Inbox, JobKind::Notify];
        loop {
            let claims = self.store.queue.claim(&kinds, 10, Duration::from_secs(60)).await.unwrap();
            if claims.is_empty() {
                return;
            }
            for claim in claims {
                self.door.work(&claim).await.unwrap();
            }
        }
    }

    /// The payload of the first job in the inbox, without taking it for good.
    async fn first_in_inbox(&self) -> Envelope {
        let claims = self.store.queue.claim(&[JobKind::Inbox], 1, Duration::from_secs(60)).await.unwrap();
        serde_json::from_slice(&claims[0].job.payload).unwrap()
    }
}
