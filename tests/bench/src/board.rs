//! Boards at a million users: role and licence joined, two filters, a sort, a page of fifty and the count, beside a hand-written
//! program that keeps the same records as structs and joins them when asked.

use anyhow::Context;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use weft::boards::{Ask, BoardSettings, Boards, ConnectionCatalog, Definition, NewBoard};
use weft::domain::{
    Actor, Cardinality, ConnectionId, Description, Field, FieldType, Normalizer, ObjectType, Relationship, Role, Row,
    Value, WorkspaceId,
};
use weft::store::rows::Packer;
use weft::store::{Manifest, ObjectRef, Store};

const ROLES: u64 = 5000;
const PROFILES: u64 = 200;
const LICENSES: u64 = 40;
/// Boards asked once each, so that every figure is a first page and none comes from a cache.
const QUESTIONS: usize = 100;
/// 2026-11-24T00:00:00Z: the last day anybody in the data logged in.
const LAST_DAY: u64 = 20_781;

/// Measures and prints. The columns must be at most 300 MB and the 99th percentile at most 20 ms at a million users.
pub fn run() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_current_thread().build()?.block_on(measure(1_000_000))
}

async fn measure(users: u64) -> anyhow::Result<()> {
    let (workspace, connection): (WorkspaceId, ConnectionId) = ("T1".into(), "c1".into());
    let store = Store::memory();
    fill(&store, &workspace, &connection, users).await?;
    let boards = Boards::new(store, BoardSettings::default(), Arc::new(|_, _, _| Ok(())));
    let description = description();
    let catalog = ConnectionCatalog {
        connection: connection.clone(),
        integration: "bench".into(),
        title: "Bench".into(),
        connected_by: "U1".into(),
        description,
    };
    boards.catalog().set_schema(&workspace, catalog);
    let actor = Actor { workspace: workspace.clone(), user: "U1".into(), role: Role::Member };
    let mut ids = Vec::new();
    let started = Instant::now();
    for question in 0..QUESTIONS {
        let definition = Definition { connection: Some(connection.clone()), ..definition(question)? };
        ids.push(boards.create(&actor, NewBoard { name: format!("Board {question}"), definition }).await?);
    }
    let page = Ask { offset: 0, limit: 50, search: None };
    // Resolves the relationships, once for all boards.
    boards.open(&actor, &ids[0], &page).await?;
    println!("boards: {users} users in columns and joined in {:.1} s", started.elapsed().as_secs_f64());
    let mut ours = Vec::new();
    for id in &ids[1..] {
        let started = Instant::now();
        let view = boards.open(&actor, id, &page).await?;
        ours.push(started.elapsed());
        anyhow::ensure!(view.rows.len() == 50, "a page has {} rows", view.rows.len());
    }
    let mut next = Vec::new();
    for offset in (50..1000).step_by(50) {
        let started = Instant::now();
        boards.open(&actor, &ids[1], &Ask { offset, ..page.clone() }).await?;
        next.push(started.elapsed());
    }
    // All of ours before the peer: what it frees would be tidied up by the allocator during our first page after it.
    let later = (at(&mut next, 50), at(&mut next, 99));
    let peers = peer(users, &boards, &actor, &ids).await?;
    println!("  first page of a board: p50 {} p99 {}", at(&mut ours, 50), at(&mut ours, 99));
    println!(
        "  hand-written structs and hash joins: p50 {}, {:.1}x ours",
        at(&mut peers.clone(), 50),
        ratio(&peers, &ours)
    );
    println!("  columns and relationships: {} MB", boards.resident_bytes() / 1_000_000);
    println!("  a later page: p50 {} p99 {}", later.0, later.1);
    suggest(&boards, &actor, &connection).await
}

async fn suggest(boards: &Boards, actor: &Actor, connection: &ConnectionId) -> anyhow::Result<()> {
    let object = "User".into();
    // Ranks the names, once.
    boards.suggest(actor, connection, &object, "", 20).await?;
    let mut times = Vec::new();
    for number in 0..QUESTIONS {
        let started = Instant::now();
        let found = boards.suggest(actor, connection, &object, &format!("{}", 4000 + number * 37), 20).await?;
        times.push(started.elapsed());
        anyhow::ensure!(!found.is_empty(), "nothing suggested");
    }
    println!("  suggestions as one types: p50 {} p99 {}", at(&mut times, 50), at(&mut times, 99));
    Ok(())
}

fn at(times: &mut [Duration], percent: usize) -> String {
    times.sort_unstable();
    let time = times[(times.len() * percent / 100).min(times.len() - 1)];
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn ratio(peers: &[Duration], ours: &[Duration]) -> f64 {
    let mean = |times: &[Duration]| times.iter().sum::<Duration>().as_secs_f64() / times.len() as f64;
    mean(peers) / mean(ours)
}

fn definition(question: usize) -> anyhow::Result<Definition> {
    let text = format!(
        r#"{{ "object": "User", "columns": ["Name", "Username", "role.Name", "profile.license.Name", "LastLoginDate"],
             "filter": {{ "all": [{{ "path": "IsActive", "op": "is", "value": true }},
                                 {{ "path": "profile.license.Name", "op": "any-of", "value": ["License {}", "License {}"] }}] }},
             "sort": [{{ "path": "LastLoginDate", "descending": {} }}] }}"#,
        question % LICENSES as usize,
        question / 3 % LICENSES as usize + LICENSES as usize,
        question.is_multiple_of(2)
    );
    Definition::parse(&text).map_err(anyhow::Error::msg)
}

/// A user's facts from its number alone: spread, and the same in each run.
struct User {
    name: String,
    username: String,
    active: bool,
    last_login: Option<i64>,
    role: u64,
    profile: u64,
}

fn user(number: u64) -> User {
    let spread = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    User {
        name: format!("Person {} {}", spread % 7919, number),
        username: format!("person.{number}@corp{}.example.com", spread % 97),
        active: !spread.is_multiple_of(5),
        last_login: (!spread.is_multiple_of(11))
            .then(|| (LAST_DAY - spread % 900) as i64 * 86_400_000_000 + spread as i64 % 86_400_000_000),
        role: spread / 7 % ROLES,
        profile: spread / 13 % PROFILES,
    }
}

fn id(prefix: &str, number: u64) -> String {
    format!("{prefix}{number:012}")
}

fn user_row(number: u64) -> Row {
    let user = user(number);
    let key = id("005", number);
    let text = |text: &str| Value::from(text);
    let values = vec![
        text(&key),
        text(&user.name),
        text(&user.username),
        text(&user.username),
        Value::Bool(user.active),
        user.last_login.map_or(Value::Null, Value::Time),
        Value::Time((LAST_DAY - 1000 - number % 2000) as i64 * 86_400_000_000),
        text(["Sales", "Support", "Engineering", "Finance"][(number % 4) as usize]),
        text(&format!("Title {}", number % 300)),
        text(["en_US", "de_DE", "fr_FR"][(number % 3) as usize]),
        text(["Europe/Berlin", "America/New_York"][(number % 2) as usize]),
        Value::Int(number as i64 % 1000),
        text(&id("00E", user.role)),
        text(&id("00e", user.profile)),
    ];
    Row { key: key.into(), values }
}

fn named_row(prefix: &str, name: &str, number: u64, more: Option<String>) -> Row {
    let key = id(prefix, number);
    let mut values = vec![Value::from(key.as_str()), Value::from(format!("{name} {number}").as_str())];
    values.extend(more.map(|more| Value::from(more.as_str())));
    Row { key: key.into(), values }
}

fn description() -> Description {
    use FieldType::{Boolean, Integer, Text, Timestamp};
    let named = [("Id", Text), ("Name", Text)];
    let user = [
        ("Username", Text),
        ("Email", Text),
        ("IsActive", Boolean),
        ("LastLoginDate", Timestamp),
        ("CreatedDate", Timestamp),
        ("Department", Text),
        ("Title", Text),
        ("LocaleSidKey", Text),
        ("TimeZoneSidKey", Text),
        ("LoginCount", Integer),
        ("UserRoleId", Text),
        ("ProfileId", Text),
    ];
    let objects = vec![
        object(
            "User",
            &[&named[..], &user[..]].concat(),
            vec![to_one("role", "UserRole", "UserRoleId"), to_one("profile", "Profile", "ProfileId")],
        ),
        object("UserRole", &named, Vec::new()),
        object(
            "Profile",
            &[&named[..], &[("UserLicenseId", Text)]].concat(),
            vec![to_one("license", "UserLicense", "UserLicenseId")],
        ),
        object("UserLicense", &named, Vec::new()),
    ];
    Description { objects, ..Description::default() }
}

fn object(name: &str, fields: &[(&str, FieldType)], relationships: Vec<Relationship>) -> ObjectType {
    let field = |(name, kind): &(&str, FieldType)| Field {
        name: (*name).into(),
        title: (*name).into(),
        help: None,
        kind: *kind,
        unit: None,
        pointer: format!("/{name}"),
        format: None,
        choices: Vec::new(),
        sealed: false,
        default: false,
    };
    ObjectType {
        name: name.into(),
        title: name.into(),
        plural: format!("{name}s"),
        help: None,
        key: "Id".into(),
        primary: "Name".into(),
        label: None,
        fields: fields.iter().map(field).collect(),
        derived: Vec::new(),
        relationships,
        identities: Vec::new(),
        ordered: true,
        link: None,
        archive: None,
    }
}

fn to_one(name: &str, object: &str, local: &str) -> Relationship {
    Relationship {
        name: name.into(),
        title: name.into(),
        cardinality: Cardinality::ToOne,
        object: object.into(),
        local: local.into(),
        remote: "Id".into(),
        normalizer: Normalizer::SalesforceId,
        inverse: None,
    }
}

async fn fill(store: &Store, workspace: &WorkspaceId, connection: &ConnectionId, users: u64) -> anyhow::Result<()> {
    let license = |number| Some(id("100", number % LICENSES));
    // Twice as many licences as are in use, so that a filter can name some that nobody has.
    put(store, workspace, connection, "UserLicense", (0..2 * LICENSES).map(|n| named_row("100", "License", n, None)))
        .await?;
    put(store, workspace, connection, "Profile", (0..PROFILES).map(|n| named_row("00e", "Profile", n, license(n))))
        .await?;
    put(store, workspace, connection, "UserRole", (0..ROLES).map(|n| named_row("00E", "Role", n, None))).await?;
    put(store, workspace, connection, "User", (0..users).map(user_row)).await
}

async fn put(
    store: &Store,
    workspace: &WorkspaceId,
    connection: &ConnectionId,
    object: &str,
    rows: impl Iterator<Item = Row>,
) -> anyhow::Result<()> {
    let mut packer = Packer::new(&[])?;
    let mut infos = Vec::new();
    let mut count = 0;
    let mut packed = Vec::new();
    for row in rows {
        packer.push(&row)?;
        count += 1;
        packed.extend(packer.take());
    }
    packed.extend(packer.finish()?);
    for part in packed.chunks(64) {
        store.segments.put(workspace, connection, part.iter().map(|packed| packed.bytes.clone()).collect()).await?;
        infos.extend(part.iter().map(|packed| packed.info.clone()));
    }
    let fields = description().object(&object.into()).context("no such object")?.fields.clone();
    let manifest = Manifest { generation: 1, fields, fetched_at: 0, rows: count, own_rows: false, segments: infos };
    let object = ObjectRef { connection: connection.clone(), object: object.into() };
    Ok(store.segments.flip(workspace, &object, 0, manifest).await?)
}

/// The same question to structs in memory, as a program written for it would: hash maps for the joins, a sort of what matches.
/// Its total must be ours.
async fn peer(
    users: u64,
    boards: &Boards,
    actor: &Actor,
    ids: &[weft::domain::BoardId],
) -> anyhow::Result<Vec<Duration>> {
    let people: Vec<User> = (0..users).map(user).collect();
    let profiles: HashMap<u64, u64> = (0..PROFILES).map(|number| (number, number % LICENSES)).collect();
    let licenses: HashMap<u64, String> =
        (0..2 * LICENSES).map(|number| (number, format!("License {number}"))).collect();
    let roles: HashMap<u64, String> = (0..ROLES).map(|number| (number, format!("Role {number}"))).collect();
    let mut times = Vec::new();
    for (question, id) in ids.iter().enumerate().skip(1).step_by(5) {
        let wanted = format!("License {}", question % LICENSES as usize);
        let started = Instant::now();
        let license = |user: &User| licenses.get(profiles.get(&user.profile)?);
        let mut found: Vec<&User> =
            people.iter().filter(|user| user.active && license(user) == Some(&wanted)).collect();
        match question.is_multiple_of(2) {
            true => found.sort_by_key(|user| std::cmp::Reverse(user.last_login)),
            false => found.sort_by_key(|user| (user.last_login.is_none(), user.last_login)),
        }
        let page: Vec<_> =
            found.iter().take(50).map(|user| (&user.name, &user.username, roles.get(&user.role))).collect();
        times.push(started.elapsed());
        let view = boards.open(actor, id, &Ask { offset: 0, limit: 50, search: None }).await?;
        anyhow::ensure!(view.total == found.len() && page.len() == 50, "{} and {} match", view.total, found.len());
    }
    Ok(times)
}
