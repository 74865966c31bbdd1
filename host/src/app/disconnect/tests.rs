//! Every step of disconnecting in a process that dies at it, before the write and right after it: the next process finishes, nothing is
//! left and nothing is done twice.

use super::Disconnects;
use crate::{
    actions::{ActionSettings, Actions},
    app::bridge,
    boards::{Board, BoardSettings, Boards, Definition, Saying},
    config::Config,
    connections::{Answered, Begun, Connection, Connections, Findings, Status, Users},
    domain::{Actor, AppError, ConnectionId, Millis, RecordRef, Role, UserId, WorkspaceId},
    people::People,
    plugins::{EgressSettings, HostPort, Integration, PluginSettings, Plugins, Report},
    store::{
        AuditRecord, Claim, Clock, Entity, JobKind, Store, WriteSet, audit_is_whole,
        mortal::{Death, Mortal},
        seal::{KeySource, Sealer},
    },
    sync::Syncs,
};
use secrecy::{SecretBox, SecretString};
use serde_json::Value as Json;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use weft_simulators::salesforce::{Fault, OrgOptions, Salesforce};

const START: Millis = 1_795_510_800_000;
const CALLBACK: &str = "http://127.0.0.1:8080/connect/callback";
/// Everything that is stored of a connection, or of what hangs on it, besides the audit log.
const KINDS: [&str; 15] = [
    "approval-policies",
    "board",
    "board-draft",
    "connect-attempt",
    "connection",
    "connection-permissions",
    "deleted-template",
    "disconnection",
    "findings-head",
    "findings-part",
    "lost-boards",
    "people-list",
    "person-link",
    "secret",
    "sync-run",
];

fn workspace() -> WorkspaceId {
    "T1".into()
}

fn admin() -> Actor {
    Actor { workspace: workspace(), user: "U1".into(), role: Role::Owner }
}

/// What is the same for all processes: the tool, the compiled integration, the key, and what a check finds.
struct Lab {
    salesforce: Salesforce,
    integration: Integration,
    config: Arc<Config>,
    sealer: Sealer,
    report: Option<Report>,
    _dir: tempfile::TempDir,
}

impl Lab {
    async fn new() -> Self {
        let options = OrgOptions { users: 50, redirect_uris: vec![CALLBACK.into()], ..OrgOptions::default() };
        let (id, secret) = (options.client_id.clone(), options.client_secret.clone());
        let salesforce = Salesforce::start(options).await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        let secret = secret.map(|secret| format!("client_secret = \"{secret}\"\n")).unwrap_or_default();
        let text = format!(
            "[slack]\nsigning_secret = \"s\"\nbot_token = \"xoxb-1\"\n[people]\nowner = \"U1\"\nadmins = [\"U2\"]\n[data]\ndir = {:?}\n\
             [integrations.salesforce]\nclient_id = \"{id}\"\n{secret}[integrations.salesforce.settings]\nlogin_url = \"{}\"\n",
            dir.path().join("data"),
            salesforce.url()
        );
        std::fs::write(dir.path().join("weft.toml"), text).unwrap();
        let config = Arc::new(Config::read(&dir.path().join("weft.toml")).unwrap());
        let key = SecretString::from("00".repeat(32));
        let sealer = Sealer::open_or_create(&KeySource::Given(&key), dir.path()).unwrap();
        let integration = load(&salesforce, dir.path()).await;
        let mut lab = Self { salesforce, integration, config, sealer, report: None, _dir: dir };
        let store = Store::memory();
        let house = lab.house(store, Clock::fixed(START));
        let id = house.connect(&lab).await;
        let resolved = house.connections.resolve(&workspace(), &id).await.unwrap();
        lab.report = Some(resolved.check().await.unwrap());
        lab.salesforce.org().revoke_grants();
        lab
    }

    /// A process over this store.
    fn house(&self, store: Store, clock: Clock) -> House {
        let (config, people) = (self.config.clone(), People::new(self.config.people.clone()));
        let integrations = [self.integration.clone()];
        let connections =
            Connections::new(store.clone(), clock.clone(), self.sealer.clone(), integrations, config.clone()).unwrap();
        let may_use = bridge::may_use(&connections, &people);
        let boards = Boards::new(store.clone(), BoardSettings::default(), may_use.clone());
        let watcher = Arc::new(bridge::BoardWatcher { boards: boards.clone() });
        let syncs = Syncs::new(store.clone(), clock.clone(), connections.clone(), config.sync.clone(), watcher);
        let office = bridge::Bridge { connections: connections.clone(), people: people.clone(), may_use };
        let shown = boards.clone();
        let actions = Actions::new(
            store.clone(),
            clock.clone(),
            Arc::new(office),
            ActionSettings::default(),
            Arc::new(move |workspace, connection| shown.refresh(workspace, connection)),
        );
        let (connections_, syncs_, boards_) = (connections.clone(), syncs.clone(), boards.clone());
        let disconnects = Disconnects { store: store.clone(), clock, people, connections, syncs, boards, actions };
        House { store, connections: connections_, syncs: syncs_, boards: boards_, disconnects }
    }
}

async fn load(salesforce: &Salesforce, dir: &std::path::Path) -> Integration {
    let url = salesforce.url().parse().unwrap();
    let plugins = Plugins::start(PluginSettings {
        cache_dir: dir.join("compiled"),
        cache_key: SecretBox::new(Box::new([7; 32])),
        max_instances: 4,
        egress: EgressSettings { allow_private: vec![HostPort::of(&url).unwrap()], ..EgressSettings::default() },
    });
    let (_, component) = weft_bundled::BUNDLED.iter().find(|(id, _)| *id == "salesforce").unwrap();
    plugins.unwrap().load(component.to_vec()).await.unwrap()
}

/// A process.
struct House {
    store: Store,
    connections: Connections,
    syncs: Syncs,
    boards: Boards,
    disconnects: Disconnects,
}

impl House {
    /// Connects the org as a browser does.
    async fn connect(&self, lab: &Lab) -> ConnectionId {
        let begun = self.connections.start_connect(&admin(), &"salesforce".into(), None).await.unwrap();
        let Begun::Browser(link) = begun else { panic!("it goes to the browser") };
        let ticket = link.path_segments().unwrap().next_back().unwrap().to_owned();
        let opened = self.connections.open_connect(&workspace(), &ticket, None).await.unwrap();
        let answers = opened.form.questions.into_iter().map(|question| (question.name, question.answer)).collect();
        let (cookie, token) = (opened.cookie.as_str(), opened.form.token);
        let answered = self.connections.answer_connect(&workspace(), &ticket, Some(cookie), &token, &answers).await;
        let authorize = match answered.unwrap() {
            Answered::Redirect(authorize) => authorize,
            Answered::Again(form) => panic!("the page asks again: {:?}", form.problem),
            Answered::Connected(name) => panic!("nobody was asked: {name}"),
        };
        let back = url::Url::parse(&lab.salesforce.org().allow(authorize.as_str(), None).unwrap()).unwrap();
        let query: BTreeMap<_, _> = back.query_pairs().into_owned().collect();
        self.connections.finish_connect(&query["state"], &query["code"], Some(cookie)).await.unwrap();
        let known = self.connections.list(&workspace()).await.unwrap();
        known.into_iter().find(|one| one.integration.as_str() == "salesforce").unwrap().id
    }

    /// A connection with something of everything that hangs on one, beside another one that must stay.
    async fn furnish(&self, lab: &Lab) -> ConnectionId {
        let id = self.connect(lab).await;
        let control = &self.store.control;
        Findings::new(id.clone(), START, lab.report.clone().unwrap()).save(&self.store, &workspace()).await.unwrap();
        let resolved = self.connections.resolve(&workspace(), &id).await.unwrap();
        self.boards.catalog().set_schema(&workspace(), bridge::catalog(&resolved));
        self.boards.install_templates(&workspace()).await.unwrap();
        let gone = self.boards.list(&admin()).await.unwrap()[0].id.clone();
        self.boards.delete(&admin(), &gone).await.unwrap();
        let kept = self.boards.list(&admin()).await.unwrap()[0].id.clone();
        self.boards.begin_draft(&admin(), Some(&kept), None).await.unwrap();
        self.connections.permit(&admin(), &id, Users::Only([UserId::from("U2")].into())).await.unwrap();
        self.connections.start_connect(&admin(), &"salesforce".into(), Some(id.clone())).await.unwrap();
        self.store.segments.put(&workspace(), &id, vec![b"rows".to_vec().into()]).await.unwrap();
        self.store.segments.note(&workspace(), &id, "stage/User", Some(b"here".to_vec().into())).await.unwrap();
        let found = control.load::<Connection>(&workspace(), id.as_str()).await.unwrap().unwrap();
        let waits = Connection { next_sync: Some(START + 86_400_000), ..found.value };
        let waiting =
            WriteSet::default().update(found.version, &waits).enqueue(waits.sync_job(START + 86_400_000, true));
        control.commit(&workspace(), waiting).await.unwrap();
        let other = Connection { id: "other".into(), title: "Other".into(), ..waits };
        let mut write = WriteSet::default().create(&other);
        for (number, owner) in ["U7", "U7", "U8"].iter().enumerate() {
            write = write.create(&board(&format!("mine-{number}"), &id, None, owner));
        }
        // One of another tool that looks into this one, and one that does not.
        write =
            write.create(&board("joined", &other.id, Some(&id), "U8")).create(&board("stays", &other.id, None, "U8"));
        for of in [&id, &other.id] {
            write = write.put(&saying(of));
        }
        control.commit(&workspace(), write).await.unwrap();
        id
    }

    /// Does what is due, as the workers do, until nothing is or the process is dead.
    async fn work(&self, queue: &Store, mortal: Option<&Mortal>) {
        while mortal.is_none_or(|mortal| !mortal.is_dead()) {
            let kinds = [JobKind::Disconnect, JobKind::Sync];
            let Some(claim) = queue.queue.claim(&kinds, 1, super::LEASE).await.unwrap().pop() else { return };
            let done = self.one(&claim).await;
            assert!(done.is_ok() || mortal.is_some_and(Mortal::is_dead), "{done:?}");
        }
    }

    async fn one(&self, claim: &Claim) -> anyhow::Result<()> {
        match claim.job.kind {
            JobKind::Disconnect => self.disconnects.work(claim).await,
            _ => self.syncs.work(claim).await,
        }
    }

    async fn audit(&self) -> Vec<AuditRecord> {
        let records = self.store.control.audit(&workspace(), 0, 10_000).await.unwrap();
        assert!(audit_is_whole(&workspace(), &records));
        records
    }

    /// What people are to be told in a sentence, by job: each job once.
    async fn told(&self) -> BTreeMap<String, Json> {
        let mut told = BTreeMap::new();
        while let Some(claim) = self.store.queue.claim(&[JobKind::Notify], 1, super::LEASE).await.unwrap().pop() {
            let payload: Json = serde_json::from_slice(&claim.job.payload).unwrap();
            self.store.queue.finish(&claim, WriteSet::default()).await.unwrap();
            if payload.get("sentence").is_some() {
                told.insert(claim.job.id, payload);
            }
        }
        told
    }

    /// Everything that is stored in these kinds and speaks of a connection.
    async fn left_of(&self, id: &ConnectionId) -> Vec<String> {
        let mut left = Vec::new();
        for kind in KINDS {
            for (name, raw) in self.store.control.list_raw(&workspace(), kind, None, 1_000).await.unwrap() {
                let text = String::from_utf8_lossy(&raw.value).into_owned();
                if name.contains(id.as_str()) || text.contains(id.as_str()) || kind == "deleted-template" {
                    left.push(format!("{kind} {name}: {text}"));
                }
            }
        }
        left
    }
}

/// What somebody said of a record of this connection.
fn saying(of: &ConnectionId) -> Saying {
    let record = |connection: &ConnectionId| RecordRef {
        connection: connection.clone(),
        object: "User".into(),
        key: "1".into(),
    };
    Saying { a: record(of), b: record(&"third".into()), same: true, by: "U1".into(), at: START }
}

fn board(name: &str, connection: &ConnectionId, joined: Option<&ConnectionId>, owner: &str) -> Board {
    let column = if joined.is_some() { "@salesforce/User.Username" } else { "Name" };
    let mut definition = Definition::parse(&format!("object = \"User\"\ncolumns = [\"{column}\"]\n")).unwrap();
    definition.connection = Some(connection.clone());
    definition.connections.extend(joined.map(|joined| ("salesforce".to_owned(), joined.clone())));
    Board {
        id: name.into(),
        name: name.to_owned(),
        connection: connection.clone(),
        owner: owner.into(),
        shared_with: Vec::new(),
        everyone: None,
        template: None,
        definition,
        created_at: START,
    }
}

/// Nothing of it is left, everything of the other is, and nothing was done twice.
async fn check_gone(lab: &Lab, house: &House, id: &ConnectionId, boards: usize, when: &str) {
    assert_eq!(house.left_of(id).await, Vec::<String>::new(), "{when}");
    assert!(house.store.segments.read_note(&workspace(), id, "stage/User").await.unwrap().is_none(), "{when}");
    assert!(
        house.store.segments.get(&workspace(), id, &[crate::store::segment_hash(b"rows")]).await.is_err(),
        "{when}"
    );
    assert!(house.boards.catalog().get(&workspace(), id).is_none() && house.boards.bytes_of(&workspace(), id) == 0);
    assert!(house.connections.load(&workspace(), id).await.is_err(), "{when}");
    assert!(house.boards.exists(&workspace(), &"stays".into()).await.unwrap(), "{when}");
    let link = saying(&"other".into()).key();
    assert!(house.store.control.load_raw(&workspace(), &link).await.unwrap().is_some(), "{when}");
    assert_eq!(lab.salesforce.org().grants(), 0, "{when}");
    let pending = house.store.queue.pending().await.unwrap();
    assert!(pending.iter().all(|(kind, _)| *kind == JobKind::Notify), "{when}: {pending:?}");

    let audit = house.audit().await;
    let of = |what: &str| audit.iter().filter(|record| record.event.what == what).count();
    for what in ["connection.disconnecting", "connection.revoked", "connection.disconnected"] {
        assert_eq!(of(what), 1, "{when}: {what}");
    }
    assert_eq!(of("board.deleted"), boards + 1, "{when}: each board once, and one by hand before");
    let told = house.told().await;
    let sentences = |user: &str| {
        let of_user = told.values().filter(|payload| payload["user"] == user);
        of_user.map(|payload| payload["sentence"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mine = sentences("U7");
    assert_eq!(mine.len(), 1, "{when}: {mine:?}");
    assert!(mine[0].contains("2 boards of yours") && mine[0].contains("“mine-0”, “mine-1”"), "{when}: {}", mine[0]);
    let joined = sentences("U8");
    assert!(joined.len() == 1 && joined[0].contains("“joined”, “mine-2”"), "{when}: {joined:?}");
    // Who did it owns the boards of templates, and hears the end.
    let done = sentences("U1");
    assert_eq!(done.len(), 2, "{when}: {done:?}");
    let end = format!("{boards} boards that used it are deleted as well");
    assert!(done.iter().any(|sentence| sentence.contains(&end)), "{when}: {done:?}");
}

#[tokio::test]
async fn a_crash_at_any_durable_step_loses_nothing_and_repeats_nothing() {
    let lab = Lab::new().await;
    for death in [Death::Before, Death::After] {
        let (mut survived, mut writes) = (false, 0);
        while !survived {
            let when = format!("death {death:?} write {writes}");
            let clock = Clock::fixed(START);
            let store = Store::memory_at(clock.clone());
            let first = lab.house(store.clone(), clock.clone());
            let id = first.furnish(&lab).await;
            let boards = first.boards.using(&workspace(), &id).await.unwrap().len();
            assert!(boards > 10, "templates and others: {boards}");
            let title = first.connections.load(&workspace(), &id).await.unwrap().value.title;
            drop(first);

            let (dying, mortal) = Mortal::store(&store, writes, death);
            let house = lab.house(dying, clock.clone());
            super::super::recall(&workspace(), &house.connections, &house.boards).await.unwrap();
            let begun = house.disconnects.begin(&admin(), &id, &title).await;
            house.work(&store, Some(&mortal)).await;
            survived = !mortal.is_dead();
            drop(house);

            // The process is started again, and what it had in hand is free.
            clock.advance(Duration::from_secs(11 * 60));
            let house = lab.house(store.clone(), clock.clone());
            super::super::recall(&workspace(), &house.connections, &house.boards).await.unwrap();
            if begun.is_err() && house.connections.load(&workspace(), &id).await.is_ok() {
                // The person saw an error and tries again.
                house.disconnects.begin(&admin(), &id, &title).await.unwrap();
            }
            house.work(&store, None).await;
            check_gone(&lab, &house, &id, boards, &when).await;
            writes += 1;
        }
        assert!(writes > 20, "only {writes} durable steps");
    }
}

#[tokio::test]
async fn a_tool_that_does_not_end_the_grant_is_left_all_the_same() {
    let lab = Lab::new().await;
    let down = Fault::Status { status: 503, retry_after: None };
    let refused = Fault::RefuseToken { error: "invalid_client", description: "invalid client credentials" };
    for (fault, times, said) in [(down, 20, "Its login did not answer."), (refused, 1, "invalid client credentials")] {
        let clock = Clock::fixed(START);
        let store = Store::memory_at(clock.clone());
        let house = lab.house(store.clone(), clock.clone());
        let id = house.furnish(&lab).await;
        let title = house.connections.load(&workspace(), &id).await.unwrap().value.title;
        lab.salesforce.org().fault_times("POST /services/oauth2/revoke", times, fault);
        house.disconnects.begin(&admin(), &id, &title).await.unwrap();
        for _ in 0..10 {
            house.work(&store, None).await;
            clock.advance(Duration::from_secs(60));
        }
        assert_eq!(house.left_of(&id).await, Vec::<String>::new());
        let audit = house.audit().await;
        let of = |what: &str| audit.iter().filter(|record| record.event.what == what).count();
        assert_eq!((of("connection.not-revoked"), of("connection.revoked"), of("connection.disconnected")), (1, 0, 1));
        let told = house.told().await;
        let end = told.values().find_map(|payload| {
            payload["sentence"].as_str().filter(|sentence| sentence.contains("is disconnected, as you asked"))
        });
        let end = end.unwrap();
        assert!(
            end.contains("that may still stand: remove Weft from its connected apps there") && end.contains(said),
            "{end}"
        );
        lab.salesforce.org().clear_faults();
        lab.salesforce.org().revoke_grants();
    }
}

#[tokio::test]
async fn a_wrong_name_and_a_member_do_nothing_and_a_second_wish_is_the_first() {
    let lab = Lab::new().await;
    let clock = Clock::fixed(START);
    let store = Store::memory_at(clock.clone());
    let house = lab.house(store.clone(), clock.clone());
    let id = house.furnish(&lab).await;
    let title = house.connections.load(&workspace(), &id).await.unwrap().value.title;
    let member = Actor { role: Role::Member, user: "U9".into(), ..admin() };
    let refusals = [
        (house.disconnects.begin(&admin(), &id, "acme").await, "is not the name of this connection"),
        (
            house.disconnects.begin(&member, &id, &title).await,
            "Only admins pause, resume and disconnect tools: <@U1>, <@U2>.",
        ),
    ];
    for (outcome, expected) in refusals {
        let Err(AppError::Refused(sentence)) = outcome else { panic!("it is refused: {outcome:?}") };
        assert!(sentence.contains(expected) && sentence.contains("Nothing was done."), "{sentence}");
    }
    assert!(house.connections.load(&workspace(), &id).await.unwrap().value.status != Status::Disconnecting);
    house.disconnects.begin(&admin(), &id, &format!(" {title} ")).await.unwrap();
    house.disconnects.begin(&admin(), &id, &title).await.unwrap();
    // Nothing else can be done with it any more.
    for outcome in [house.connections.pause(&admin(), &id).await, house.connections.resume(&admin(), &id).await] {
        assert!(outcome.unwrap_err().to_string().contains("is being disconnected"));
    }
    assert!(house.syncs.request(&admin(), &id).await.unwrap_err().to_string().contains("nothing was fetched"));
    let again = house.connections.start_connect(&admin(), &"salesforce".into(), Some(id.clone())).await;
    assert!(again.unwrap_err().to_string().contains("is being disconnected"));
    house.work(&store, None).await;
    let audit = house.audit().await;
    assert_eq!(audit.iter().filter(|record| record.event.what == "connection.disconnecting").count(), 1);
    // And it can be connected anew.
    let fresh = house.connect(&lab).await;
    assert_ne!(fresh, id);
}
