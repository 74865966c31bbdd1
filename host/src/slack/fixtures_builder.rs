//! Drafts and what surrounds them, for tests of rendering.

use crate::boards::{
    Change, Chart, Column, Draft, DraftCondition, Drafted, GalleryEntry, Group, Match, OfferedObject, Operator,
    PathFacts, Period, Right, Shape, Share, Sharing, Show, Sort, Total, TotalOf,
};
use crate::domain::{Choice, Field, FieldType};
use std::collections::HashMap;

/// Objects of two connections.
pub fn objects() -> Vec<OfferedObject> {
    let one = |connection: &str, title: &str, object: &str, plural: &str| OfferedObject {
        connection: connection.into(),
        connection_title: title.into(),
        object: object.into(),
        plural: plural.into(),
        help: (object == "User").then(|| "People who can log in".into()),
    };
    vec![
        one("c1", "Acme", "User", "Users"),
        one("c1", "Acme", "UserRole", "Roles"),
        one("c2", "People <list>", "Person", "People 👩‍💻"),
    ]
}

/// Fields of every kind, over a path to one and a path to several, and one that is gone.
fn facts() -> HashMap<String, Result<PathFacts, String>> {
    let choices = vec![
        Choice { value: "std".into(), title: "Standard".into() },
        Choice { value: "ext".into(), title: "Extérieur".into() },
    ];
    let kinds = [
        ("Name", "Name", FieldType::Text, false),
        ("Age", "Age", FieldType::Integer, false),
        ("LastLogin", "Last login", FieldType::Timestamp, false),
        ("IsActive", "Active", FieldType::Boolean, false),
        ("Kind", "Kind", FieldType::Choice, false),
        ("role.Name", "Role › שם", FieldType::Text, false),
        ("groups.Name", "Groups › Name", FieldType::Text, true),
    ];
    let one = |(path, title, kind, is_many): (&str, &str, FieldType, bool)| {
        let choices = if kind == FieldType::Choice { choices.clone() } else { Vec::new() };
        let field = Some(Field { choices, ..Field::plain(path, kind) });
        (path.to_owned(), Ok(PathFacts { title: title.into(), field, is_many }))
    };
    let counted = PathFacts { title: "Number of Groups".into(), field: None, is_many: true };
    let mut facts: HashMap<_, _> = kinds.into_iter().map(one).collect();
    facts.insert("groups".into(), Ok(counted));
    facts.insert("Gone".into(), Err("User has no field `Gone`.".into()));
    facts
}

/// Nothing is chosen yet.
pub fn empty() -> Drafted {
    Drafted { draft: named("d1", "U1"), facts: HashMap::new(), refused: None }
}

fn named(id: &str, owner: &str) -> Draft {
    Draft { id: id.into(), ..Draft::new(owner.into(), 0) }
}

/// An object, a field and nothing else.
pub fn begun() -> Drafted {
    let mut drafted = empty();
    drafted.draft.base = Some(("c1".into(), "User".into()));
    drafted.draft.columns = vec![Column { path: "Name".into(), title: None, show: None }];
    drafted.facts = facts();
    drafted
}

/// A condition of every shape, two groups, two sort keys.
pub fn full() -> Drafted {
    let mut drafted = begun();
    let draft = &mut drafted.draft;
    draft.name = "Idle 🌙 users".into();
    draft.columns.push(Column { path: "role.Name".into(), title: Some("Role".into()), show: None });
    draft.columns.push(Column { path: "groups".into(), title: None, show: Some(Show::Count) });
    draft.columns.push(Column { path: "Gone".into(), title: None, show: None });
    draft.sort =
        vec![Sort { path: "LastLogin".into(), descending: true }, Sort { path: "role.Name".into(), descending: false }];
    draft.group = Some(group("LastLogin", Some(Period::Week), &[(Total::Sum, "Age"), (Total::Max, "Gone")]));
    type Asked<'a> = (&'a str, Option<Match>, Operator, Shape, &'a [&'a str]);
    let asked: [Asked<'_>; 11] = [
        ("Name", None, Operator::Contains, Shape::Text, &["Ada"]),
        ("Name", None, Operator::AnyOf, Shape::Lines, &["Ada", "Grace"]),
        ("Age", None, Operator::Between, Shape::Numbers, &["1", "2.5"]),
        ("Age", None, Operator::AtLeast, Shape::Number, &[]),
        ("LastLogin", None, Operator::MoreThanDaysAgo, Shape::Days, &["90"]),
        ("LastLogin", None, Operator::Between, Shape::DaySpan, &["2026-01-01", "2026-11-24T08:00:00Z"]),
        ("IsActive", None, Operator::Is, Shape::YesNo, &["true"]),
        ("Kind", None, Operator::AnyOf, Shape::Choices, &["std"]),
        ("Kind", None, Operator::IsEmpty, Shape::Nothing, &[]),
        ("groups.Name", Some(Match::None), Operator::StartsWith, Shape::Text, &["A"]),
        ("groups", Some(Match::Count), Operator::AtLeast, Shape::Number, &["2"]),
    ];
    for (path, matches, op, shape, entered) in asked {
        draft.change(Change::AddCondition(None)).unwrap();
        set(draft.conditions.last_mut().unwrap(), path, matches, op, shape, entered);
    }
    draft.conditions[4].or_unknown = true;
    for path in ["Kind", "Gone"] {
        draft.change(Change::AddGroup).unwrap();
        set(draft.conditions.last_mut().unwrap(), path, None, Operator::Is, Shape::Choice, &["ext"]);
    }
    draft.change(Change::AddCondition(None)).unwrap();
    drafted
}

fn set(
    condition: &mut DraftCondition,
    path: &str,
    matches: Option<Match>,
    op: Operator,
    shape: Shape,
    entered: &[&str],
) {
    condition.path = Some(path.into());
    condition.matches = matches;
    condition.op = Some(op);
    condition.shape = shape;
    condition.entered = entered.iter().map(|text| (*text).to_owned()).collect();
}

fn group(by: &str, period: Option<Period>, totals: &[(Total, &str)]) -> Group {
    let total = |(of, path): &(Total, &str)| TotalOf { of: *of, path: (*path).to_owned() };
    Group { by: by.into(), period, totals: totals.iter().map(total).collect(), chart: Some(Chart::Line) }
}

/// A board with groups by a field that is gone, without totals.
pub fn grouped_by_what_is_gone() -> Drafted {
    let mut drafted = begun();
    drafted.draft.group = Some(group("Gone", None, &[]));
    drafted
}

/// As much as there can be: 20 conditions with two values each, in five groups, four sort keys, 20 columns, groups with four totals.
pub fn largest() -> Drafted {
    let mut drafted = begun();
    let draft = &mut drafted.draft;
    draft.columns = vec![Column { path: "role.Name".into(), title: None, show: None }; 20];
    for _ in 0..crate::boards::MAX_GROUPS {
        draft.change(Change::AddGroup).unwrap();
    }
    while draft.change(Change::AddCondition(None)).is_ok() {}
    for condition in &mut draft.conditions {
        set(condition, "Age", None, Operator::Between, Shape::Numbers, &["1", "2"]);
    }
    draft.sort = vec![Sort { path: "Name".into(), descending: false }; 4];
    draft.group = Some(group("Gone", None, &[(Total::Sum, "Age"); 4]));
    drafted
}

/// Shared with somebody as each, and with everyone.
pub fn sharing() -> Sharing {
    Sharing {
        name: "Idle *users*".into(),
        owner: "U1".into(),
        people: vec![
            Share { user: "U2".into(), right: Right::Editor },
            Share { user: "U3".into(), right: Right::Viewer },
        ],
        everyone: Some(Right::Viewer),
    }
}

/// Templates of two connections, one of them with its board.
pub fn gallery() -> Vec<GalleryEntry> {
    let one = |connection: &str, template: &str, is_there: bool| GalleryEntry {
        connection: connection.into(),
        connection_title: format!("Acme {connection}"),
        template: template.into(),
        title: format!("Board *{template}*"),
        help: "Seats that are paid for\nand not used.".into(),
        board: is_there.then(|| "b1".into()),
    };
    vec![one("c1", "idle", true), one("c1", "never", false), one("c2", "leavers", false)]
}
