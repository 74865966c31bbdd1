//! Data to render, for tests.

use super::render::{AccessView, LastLook, SeenObject, Sight, Tile};
use crate::actions::{Decided, Known, Offered, RequestState, RequestView, Tally, TargetState, TargetView};
use crate::boards::{
    BoardSummary, BoardView, Chart, ColumnView, GroupView, GroupsView, Right, RowView, SourceAge, Via,
};
use crate::connections::{Farewell, PermissionsView, Users};
use crate::domain::{
    Action, Choice, Effect, FieldType, Input, InputType, Millis, Paused, RecordRef, Reversal, UserId, Value,
};

/// 2026-11-24 09:00 UTC.
pub const NOW: Millis = 1_795_510_800_000;

/// A board with this many rows of `total`.
pub fn board(rows: usize, total: usize) -> BoardView {
    let column = |title: &str, kind, unit: Option<&str>| ColumnView {
        title: title.into(),
        kind,
        unit: unit.map(str::to_owned),
        is_primary: title == "Username",
    };
    BoardView {
        id: "b1".into(),
        name: "Idle users".into(),
        columns: vec![
            column("Username", FieldType::Text, None),
            column("Role", FieldType::Text, None),
            column("Logins", FieldType::Integer, None),
            column("Cost", FieldType::Number, Some("EUR")),
            column("Last login", FieldType::Timestamp, None),
            column("Active", FieldType::Boolean, None),
        ],
        rows: (0..rows).map(row).collect(),
        total,
        offset: 0,
        personal: None,
        search: String::new(),
        groups: None,
        sources: vec![SourceAge {
            connection: "c1".into(),
            title: "Acme".into(),
            fetched_at: Some(NOW),
            problem: None,
            paused: None,
        }],
        filter_words: "Active is yes and Last login is more than 90 days ago".into(),
        sort_words: "by Last login".into(),
        base: "User".into(),
        connection: "c1".into(),
        can_edit: true,
        broken: Vec::new(),
    }
}

/// The same board in so many groups by role, the last of them unknown.
pub fn grouped_board(chart: Chart, count: usize, totals: &[&str]) -> BoardView {
    let group = |number: usize| GroupView {
        title: (number + 1 < count).then(|| format!("Role of the long-named people {number}")),
        rows: 100 - number,
        totals: totals.iter().map(|_| (!number.is_multiple_of(3)).then_some(number as f64 * 1.5)).collect(),
    };
    let groups = GroupsView {
        by: "Role › Name".into(),
        totals: totals.iter().map(|total| (*total).to_owned()).collect(),
        chart,
        groups: (0..count).map(group).collect(),
        left_out: (3, 7),
    };
    BoardView { groups: Some(groups), ..board(2, 2000) }
}

fn row(number: usize) -> RowView {
    let name = format!("user{number}@acme.example");
    let last = if number.is_multiple_of(3) { Value::Null } else { Value::Time(1_780_000_000_000_000) };
    RowView {
        record: RecordRef { connection: "c1".into(), object: "User".into(), key: format!("005{number:015}") },
        title: name.clone(),
        cells: vec![
            name.as_str().into(),
            "Sales_*Rep*".into(),
            Value::Int(number as i64),
            Value::Float(0.5),
            last,
            Value::Bool(true),
        ],
    }
}

/// An action with an input of every kind.
pub fn action() -> Action {
    let kinds = [
        ("subject", InputType::Text, None),
        ("note", InputType::LongText, None),
        ("seats", InputType::Number, None),
        ("notify", InputType::Boolean, None),
        ("from", InputType::Date, None),
        ("mode", InputType::Choice, None),
        ("role", InputType::Reference, Some("UserRole")),
        ("groups", InputType::References, Some("Group")),
    ];
    Action {
        name: "assign-role".into(),
        title: "Assign role".into(),
        help: "Gives each user this role.".into(),
        object: Some("User".into()),
        inputs: kinds.iter().map(|(name, kind, object)| input(name, *kind, *object)).collect(),
        effect: Effect::Change,
        reversal: Reversal::Lossy,
        inverse: Some("remove-role".into()),
        idempotent: true,
        batch: 1,
        touches: vec!["User".into()],
    }
}

fn input(name: &str, kind: InputType, object: Option<&str>) -> Input {
    let choices = match kind {
        InputType::Choice => vec![
            Choice { value: "fast".into(), title: "Fast".into() },
            Choice { value: "safe".into(), title: "Safe".into() },
        ],
        _ => Vec::new(),
    };
    Input {
        name: name.into(),
        title: format!("The {name}"),
        help: Some(format!("What {name} is for.")),
        kind,
        required: name == "role",
        object: object.map(Into::into),
        choices,
        default: (name == "mode").then(|| "\"safe\"".into()),
        max: None,
    }
}

/// The action as offered by a connection.
pub fn offered() -> Offered {
    Offered {
        connection: "c1".into(),
        connection_title: "Acme".into(),
        action: action(),
        targets: Some("Users".into()),
        fits: true,
        policy: "Needs the approval of <@U2> or <@W3> other than the requester. Waits 72 hours.".into(),
    }
}

/// The connection of that action.
pub fn known() -> Known {
    let remove =
        Action { name: "remove-role".into(), title: "Remove role".into(), effect: Effect::Destructive, ..action() };
    Known { title: "Acme".into(), actions: vec![action(), remove], admins: vec!["U2".into(), "W3".into()] }
}

/// A request on three records, one of them blocked, in this state.
pub fn request(state: RequestState) -> RequestView {
    let decided = !matches!(
        state,
        RequestState::Prepared | RequestState::Waiting | RequestState::Withdrawn | RequestState::Expired
    );
    let targets: Vec<TargetView> =
        ["Ada Lovelace", "Grace Hopper", "Default Case Owner"].iter().map(|title| target(title, state)).collect();
    RequestView {
        id: "r1".into(),
        state,
        fingerprint: "f".repeat(64),
        requester: "U1".into(),
        reason: Some("They moved to <Sales>\n& need it".into()),
        connection: "c1".into(),
        connection_title: "Acme".into(),
        action: Action { inputs: Vec::new(), ..action() },
        inputs: vec![("Role".into(), "Sales Rep".into())],
        warnings: vec!["Two of them are on leave".into()],
        target_count: targets.len(),
        tally: Some(Tally::of(targets.iter().map(|target| target.state))),
        targets,
        policy: "Needs the approval of an admin or the owner other than the requester. Waits 72 hours.".into(),
        approvers: vec!["U2".into(), "W3".into()],
        only_named: false,
        needed: 1,
        approvals: Vec::new(),
        also_asked: None,
        needs_reason: false,
        can_confirm: false,
        decision: decided.then(|| Decided {
            reason: (state == RequestState::Denied).then(|| "Not during the freeze".into()),
            ..said("U2", state != RequestState::Denied)
        }),
        cancelled: None,
        prepared_at: NOW,
        requested_at: (state != RequestState::Prepared).then_some(NOW),
        expires_at: NOW + 72 * 3_600_000,
        ended_at: state.is_final().then_some(NOW + 120_000),
        undo: Reversal::Lossy,
        loses: vec!["Open approvals of the old role.".into()],
        can_undo: state == RequestState::PartlyDone,
        can_retry: state == RequestState::PartlyDone,
        chosen: None,
        undo_of: None,
        board: Some("b1".into()),
        version: 3,
    }
}

/// A yes or no of this person.
pub fn said(user: &str, approve: bool) -> Decided {
    Decided { by: user.into(), at: NOW + 60_000, approve, reason: None, self_confirmed: false }
}

fn target(title: &str, state: RequestState) -> TargetView {
    let blocked = title == "Default Case Owner";
    let now = match (blocked, state) {
        (true, _) => TargetState::Skipped,
        (_, RequestState::PartlyDone) if title == "Grace Hopper" => TargetState::Failed,
        (_, RequestState::Done | RequestState::PartlyDone) => TargetState::Done,
        _ => TargetState::Queued { attempts: 0 },
    };
    TargetView {
        object: Some("User".into()),
        key: format!("key of {title}"),
        title: title.into(),
        steps: vec!["Set the role to Sales Rep".into()],
        warnings: Vec::new(),
        blockers: if blocked { vec!["Is the default case owner".into()] } else { Vec::new() },
        already: false,
        state: now,
        message: (now == TargetState::Failed).then(|| "The role is full".into()),
        can_undo: now == TargetState::Done,
    }
}

/// A connection that needs attention, or one that is being fetched.
pub fn tile(well: bool) -> Tile {
    Tile {
        id: if well { "c1".into() } else { "c2".into() },
        integration: "salesforce".into(),
        title: "Acme".into(),
        connected_by: "U1".into(),
        status: if well { "Syncing".into() } else { "Needs reauthorization".into() },
        problem: (!well).then(|| "Salesforce no longer accepts the login. <@U1> can connect it again.".into()),
        progress: if well { vec!["User: 1200 of 5000 rows".into(), "Role: done, 40 rows".into()] } else { Vec::new() },
        news: Vec::new(),
        is_fetching: well,
        is_leaving: false,
        paused: None,
        fetched_at: Some(NOW),
        next_fetch: (!well).then_some(NOW + 24 * 3_600_000),
        can_reconnect: !well,
        lacks: (!well).then(|| "1 object, 1 action".into()),
        users: Some(if well { Users::Everyone } else { permissions(&["U1", "U7"]).users }),
        barred: None,
    }
}

/// A connection that somebody paused.
pub fn paused_tile() -> Tile {
    let paused = Some(Paused { by: "U2".into(), at: NOW });
    Tile { status: "Paused".into(), is_fetching: false, progress: Vec::new(), paused, ..tile(true) }
}

/// A connection that is being disconnected.
pub fn leaving_tile() -> Tile {
    Tile { status: "Disconnecting".into(), is_leaving: true, ..tile(false) }
}

/// What disconnecting would end: so many boards and requests.
pub fn farewell(boards: usize, requests: usize) -> LastLook {
    LastLook {
        farewell: Farewell {
            title: "Acme *Corp*".into(),
            grant: "Salesforce is told to end what it granted to Weft.".into(),
        },
        boards: (1..=boards).map(|number| (format!("Board <{number}>"), UserId::from("U1"))).collect(),
        requests: (1..=requests).map(|number| (format!("Assign role {number}"), number, UserId::from("U7"))).collect(),
    }
}

/// As a person sees it who may not use the connection.
pub fn barred_tile() -> Tile {
    Tile::barred("c3".into(), "okta".into(), "Okta *2*", "You may not use “Okta *2*”. <@U2> can give you access.")
}

/// A connection that these people may use.
pub fn permissions(people: &[&str]) -> PermissionsView {
    PermissionsView {
        title: "Acme".into(),
        connected_by: "U1".into(),
        users: Users::Only(people.iter().map(|user| UserId::from(*user)).collect()),
    }
}

/// Credentials that lack something of everything.
pub fn access() -> AccessView {
    let object = |name: &str, sight, hidden: &[&str], permission: Option<&str>| SeenObject {
        name: name.into(),
        sight,
        rows: 1_200,
        hidden: hidden.iter().map(|field| (*field).to_owned()).collect(),
        permission: permission.map(str::to_owned),
    };
    AccessView {
        title: "Acme".into(),
        checked_at: Some(NOW),
        objects: vec![
            object("Users", Sight::Whole, &["EmployeeNumber"], Some("Grant read access to them in a profile.")),
            object("Profiles", Sight::Whole, &[], None),
            object("Logins", Sight::OwnRows, &[], Some("Grant \"Manage Users\" to the connected user.")),
            object("Roles", Sight::Nothing, &[], Some("Grant \"View Roles and Role Hierarchy\".")),
            object("Queues", Sight::Absent, &[], None),
        ],
        allowed: vec!["Assign role".into(), "Freeze user".into()],
        denied: vec![
            ("Assign licence".into(), Some("Grant \"Manage Internal Users\".".into())),
            ("Other".into(), None),
        ],
    }
}

/// Boards in a list.
pub fn summaries(count: usize) -> Vec<BoardSummary> {
    let one = |number: usize| BoardSummary {
        id: format!("b{number}").as_str().into(),
        name: format!("Board {number}"),
        object: "User".into(),
        plural: "Users".into(),
        connection: "c1".into(),
        connection_title: "Acme".into(),
        owner: "U1".into(),
        right: Right::Viewer,
        via: if number == 1 { Via::Shared } else { Via::Everyone },
        is_disabled: number == 2,
    };
    (1..=count).map(one).collect()
}

/// A file that would change a people list.
pub fn list(name: &str, bytes: &[u8]) -> crate::connections::ListPreview {
    let difference = crate::connections::ListDifference {
        added: 12,
        removed: 3,
        changed: 1,
        columns_added: vec!["Site".into()],
        columns_removed: vec!["Team <x>".into()],
        columns_retyped: vec!["Seats (text instead of whole number)".into()],
    };
    crate::connections::ListPreview {
        file: "f1".into(),
        name: name.to_owned(),
        people: bytes.len() as u64,
        columns: vec![("Email".into(), "text".into()), ("Start".into(), "date".into())],
        difference: Some(difference),
        notes: vec!["2 rows have no email address and are left out.".into()],
    }
}
