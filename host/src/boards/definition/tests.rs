//! Definitions as text, held against schemas, and in terms of the engine.

use super::compile::compile;
use super::*;
use crate::boards::engine::{Test, Total};
use crate::boards::fixtures::{catalog, description, directory};
use crate::boards::words::{filter_words, sort_words};
use crate::domain::{Choice, Field, FieldType, ObjectRef};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::collections::HashMap;

fn clock() -> Clock {
    // 23:30 on the 24th in New York is the 25th already in UTC.
    Clock { now: "2026-11-25T04:30:00Z".parse().unwrap(), zone: TimeZone::get("America/New_York").unwrap() }
}

fn checked(definition: &Definition) -> Result<Checked, String> {
    Checked::new(definition, &"c1".into(), &Schema::of([&catalog(description())]), &clock())
}

fn user() -> ObjectRef {
    ObjectRef { connection: "c1".into(), object: "User".into() }
}

const IDLE: &str = r#"
version = 1
object = "User"
columns = ["Name", "role.Name", { path = "profile.license.Name", title = "Seat" }, { path = "role.users", show = "count" }]
sort = [{ path = "LastLogin", descending = true }, "Name"]

[filter]
all = [
    { path = "IsActive", op = "is", value = true },
    { any = [{ path = "LastLogin", op = "more-than-days-ago", value = 90 }, { path = "LastLogin", op = "is-unknown" }] },
    { path = "role.Name", op = "is-not", value = "CEO", or_unknown = true },
]
"#;

#[test]
fn toml_and_json_say_the_same() {
    let definition = Definition::parse(IDLE).unwrap();
    assert_eq!(Definition::parse(&definition.to_toml().unwrap()).unwrap(), definition);
    assert_eq!(Definition::parse(&serde_json::to_string(&definition).unwrap()).unwrap(), definition);
}

#[test]
fn a_definition_is_said_in_words() {
    let checked = checked(&Definition::parse(IDLE).unwrap()).unwrap();
    assert_eq!(checked.broken, Vec::<String>::new());
    assert_eq!(
        filter_words(&checked.filter),
        "Active is yes and (Last login is more than 90 days ago or Last login is unknown) and \
         (Role › Name is not “CEO” or is unknown)"
    );
    assert_eq!(sort_words(&checked.sort), "Last login (latest first), Name (A to Z)");
    let titles: Vec<&str> = checked.columns.iter().map(|column| column.title.as_str()).collect();
    assert_eq!(titles, ["Name", "Role › Name", "Seat", "Role › Users with this role"]);
}

#[test]
fn texts_that_cannot_be_read_are_refused_with_the_place() {
    for (text, part) in [
        ("", "object"),
        ("{", "cannot be read"),
        (r#"{"object":"User","columns":["Name"],"colour":1}"#, "colour"),
        (r#"{"version":2,"object":"User","columns":["Name"]}"#, "version 2"),
        (
            r#"{"object":"User","columns":["Name"],"filter":{"path":"Name","op":"sounds-like","value":"x"}}"#,
            "`sounds-like`",
        ),
        (r#"{"object":"User","columns":["Name"],"filter":{"path":"Name"}}"#, "has no `op`"),
        (r#"{"object":"User","columns":["Name"],"filter":{"op":"is","value":"a"}}"#, "either `all`"),
        (r#"{"object":"User","columns":["Name"],"filter":{"all":[],"any":[]}}"#, "either `all`"),
        (r#"{"object":"User","columns":["Name"],"filter":{"all":[],"match":"any"}}"#, "either `all`"),
        (
            r#"{"object":"User","columns":["Name"],"filter":{"path":"role.users.Age","match":"most","op":"is","value":1}}"#,
            "`most`",
        ),
    ] {
        let error = Definition::parse(text).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
}

#[test]
fn what_does_not_fit_is_named_and_left_out() {
    let text = r#"{
        "object": "User",
        "columns": ["Name", "Nmae", "role.boss.Name", "Token", "role"],
        "sort": ["users.Name", "role.Name", "About", "role.users.Name"],
        "filter": { "all": [
            { "path": "Age", "op": "less-than", "value": "x" },
            { "any": [{ "path": "gone.Name", "op": "is", "value": "x" }] },
            { "all": [{ "any": [{ "all": [] }] }] },
            { "path": "About", "op": "contains", "value": "x" },
            { "path": "role.users.Name", "op": "is", "value": "x" },
            { "path": "role.Name", "match": "any", "op": "is", "value": "x" },
            { "path": "role.users", "match": "any", "op": "is", "value": "x" },
            { "path": "role.users", "match": "count", "op": "is", "value": "x" },
            { "path": "IsActive", "op": "is", "value": true }
        ] }
    }"#;
    let checked = checked(&Definition::parse(text).unwrap()).unwrap();
    assert_eq!(
        checked.broken,
        [
            "Column User has no field `Nmae`.",
            "Column `role.boss.Name`: Role has no relationship `boss`.",
            "Column `Token` of User is secret and is never shown.",
            "Column `role` names records, not a field of theirs.",
            "Filter: `Age` is compared with a number.",
            "Filter `gone.Name`: User has no relationship `gone`.",
            "Filter: groups are at most 2 deep.",
            "Filter: `About` is a long text, which is shown but not filtered.",
            "Filter: `role.users.Name` leads to several records: `match` says whether `any`, `all` or `none` of them \
             must match, or their `count`.",
            "Filter: `role.Name` leads to one record, for which there is no `match`.",
            "Filter: `role.users` names records, not a field of theirs.",
            "Filter: `role.users` with `count` is compared with a number.",
            "Sort `users.Name`: User has no relationship `users`.",
            "Sort: `About` is a long text, which cannot be sorted.",
            "Sort: `role.users.Name` leads to several records, which have no one place in an order.",
        ]
    );
    assert_eq!((checked.columns.len(), checked.sort.len()), (1, 1));
    assert_eq!(filter_words(&checked.filter), "Active is yes");
}

#[test]
fn a_path_is_walked_both_ways_and_not_for_ever() {
    let catalog = catalog(description());
    let schema = Schema::of([&catalog]);
    let path = |path: &str| schema.path(&user(), path);
    assert!(path("role.users.Name").unwrap().is_many());
    assert!(!path("profile.license.Name").unwrap().is_many());
    assert!(path("role.users.role.users.Name").is_ok());
    assert!(path("role.users.role.users.role.Name").unwrap_err().contains("more than 4"));
    for nonsense in ["", ".", "role.", ".Name", "role..Name"] {
        assert!(path(nonsense).is_err(), "{nonsense:?}");
    }
}

#[test]
fn a_path_crosses_to_tools_that_have_a_key_in_common() {
    let (org, other, mut second) = (catalog(description()), directory("d1"), directory("d2"));
    let mut schema = Schema::of([&org, &other]);
    let title = |schema: &Schema<'_>, path: &str| schema.path(&user(), path).map(|path| path.title());
    assert_eq!(title(&schema, "@directory/Account.Status").unwrap(), "Account in Directory d1 › Status");
    assert_eq!(
        title(&schema, "role.users.@d1/Account.team.Name").unwrap(),
        "Role › Users with this role › Account in Directory d1 › Team › Name"
    );
    let matched = schema.path(&user(), "@directory/Account.@match").unwrap().field.unwrap();
    let choices: Vec<&str> = matched.choices.iter().map(|choice| choice.value.as_str()).collect();
    assert_eq!(choices, ["none", "several", "linked", "email", "username"]);
    assert_eq!(
        schema.crossings(&user()).iter().map(|edge| edge.name.as_str()).collect::<Vec<_>>(),
        ["@directory/Account"]
    );
    for (path, why) in [
        ("@okta/User.Name", "No connection is called `okta`"),
        ("@directory/Team.Name", "no identity key in common"),
        ("@directory/Thing.Name", "no object `Thing`"),
        ("@c1/User.Name", "connection it starts from"),
        ("@match", "follows a step"),
        ("role.@match", "follows a step"),
        ("@", "No connection is called ``"),
    ] {
        let said = schema.path(&user(), path).unwrap_err();
        assert!(said.contains(why), "{path}: {said}");
    }
    second.title = "Second".into();
    schema.catalogs.push(&second);
    assert!(title(&schema, "@directory/Account.Status").unwrap_err().contains("several connections"));
    schema.aliases.insert("directory".into(), "d2".into());
    assert_eq!(title(&schema, "@directory/Account.Status").unwrap(), "Account in Second › Status");
    schema.aliases.insert("directory".into(), "gone".into());
    assert!(title(&schema, "@directory/Account.Status").unwrap_err().contains("not there (any more)"));
}

#[test]
fn fields_the_connection_may_not_read_are_told_from_those_that_are_not_there() {
    let catalog = catalog(description());
    let fetched = HashMap::from([(
        user(),
        vec![Field::plain("Name", FieldType::Text), Field::plain("Extra__c", FieldType::Text)],
    )]);
    let schema = Schema { fetched, ..Schema::of([&catalog]) };
    assert!(schema.path(&user(), "Extra__c").is_ok());
    assert!(schema.path(&user(), "Age").unwrap_err().contains("may not read"));
    assert!(schema.path(&user(), "Nope").unwrap_err().contains("no field"));
}

/// `None`: refused.
fn compiled(kind: FieldType, condition: &str) -> Option<(Test, bool)> {
    let filter: Filter = serde_json::from_str(condition).unwrap();
    let Filter::Is(condition) = filter else { panic!("a group") };
    let mut field = Field::plain("f", kind);
    field.choices = vec![Choice { value: "S".into(), title: "Standard".into() }];
    compile(&field, &condition, &clock()).ok().map(|compiled| (compiled.test, compiled.negated))
}

/// A kind of field, a condition on it, and what becomes of it: see [`compiled`].
type Case<'a> = (FieldType, &'a str, Option<(Test, bool)>);

fn assert_compiled(cases: &[Case<'_>]) {
    for (kind, condition, expected) in cases {
        assert_eq!(&compiled(*kind, condition), expected, "{kind:?} {condition}");
    }
}

#[test]
fn text_and_boolean_operators_ask_the_engine_what_they_mean() {
    use FieldType::*;
    let text = |text: &str| Test::TextIs(vec![text.to_owned()]);
    assert_compiled(&[
        (Text, r#"{"path":"f","op":"is","value":"Ada"}"#, Some((text("ada"), false))),
        (Text, r#"{"path":"f","op":"is-not","value":"Ada"}"#, Some((text("ada"), true))),
        (Text, r#"{"path":"f","op":"contains","value":"A"}"#, Some((Test::TextContains("a".into()), false))),
        (Text, r#"{"path":"f","op":"does-not-contain","value":"A"}"#, Some((Test::TextContains("a".into()), true))),
        (Text, r#"{"path":"f","op":"starts-with","value":"A"}"#, Some((Test::TextStarts("a".into()), false))),
        (
            Text,
            r#"{"path":"f","op":"any-of","value":["A","b"]}"#,
            Some((Test::TextIs(vec!["a".into(), "b".into()]), false)),
        ),
        (Text, r#"{"path":"f","op":"none-of","value":["A"]}"#, Some((text("a"), true))),
        (Text, r#"{"path":"f","op":"is","value":1}"#, None),
        (Text, r#"{"path":"f","op":"any-of","value":"A"}"#, None),
        (Text, r#"{"path":"f","op":"less-than","value":"A"}"#, None),
        (Choice, r#"{"path":"f","op":"is","value":"standard"}"#, Some((text("s"), false))),
        (List, r#"{"path":"f","op":"any-of","value":["A"]}"#, Some((text("a"), false))),
        (Text, r#"{"path":"f","op":"is-empty"}"#, Some((Test::Empty, false))),
        (Text, r#"{"path":"f","op":"is-not-empty"}"#, Some((Test::Empty, true))),
        (Text, r#"{"path":"f","op":"is-empty","value":true}"#, None),
        (Number, r#"{"path":"f","op":"is-known"}"#, Some((Test::Known, false))),
        (Number, r#"{"path":"f","op":"is-unknown"}"#, Some((Test::Known, true))),
        (Boolean, r#"{"path":"f","op":"is","value":false}"#, Some((Test::Bool(false), false))),
        (Boolean, r#"{"path":"f","op":"is-not","value":false}"#, Some((Test::Bool(false), true))),
        (Boolean, r#"{"path":"f","op":"is","value":"no"}"#, None),
    ]);
}

#[test]
fn number_operators_ask_the_engine_what_they_mean() {
    use FieldType::*;
    assert_compiled(&[
        (Integer, r#"{"path":"f","op":"is","value":3}"#, Some((Test::Int(3, 3), false))),
        (Integer, r#"{"path":"f","op":"less-than","value":3}"#, Some((Test::Int(i64::MIN, 2), false))),
        (Integer, r#"{"path":"f","op":"less-than","value":2.5}"#, Some((Test::Int(i64::MIN, 2), false))),
        (Integer, r#"{"path":"f","op":"at-most","value":2.5}"#, Some((Test::Int(i64::MIN, 2), false))),
        (Integer, r#"{"path":"f","op":"greater-than","value":3}"#, Some((Test::Int(4, i64::MAX), false))),
        (Integer, r#"{"path":"f","op":"greater-than","value":-2.5}"#, Some((Test::Int(-2, i64::MAX), false))),
        (Integer, r#"{"path":"f","op":"at-least","value":3}"#, Some((Test::Int(3, i64::MAX), false))),
        (Integer, r#"{"path":"f","op":"between","value":[1,5]}"#, Some((Test::Int(1, 5), false))),
        (Integer, r#"{"path":"f","op":"between","value":[1]}"#, None),
        (Integer, r#"{"path":"f","op":"contains","value":1}"#, None),
        (Number, r#"{"path":"f","op":"at-most","value":2}"#, Some((Test::Float(f64::NEG_INFINITY, 2.0), false))),
        (
            Number,
            r#"{"path":"f","op":"less-than","value":2}"#,
            Some((Test::Float(f64::NEG_INFINITY, 2_f64.next_down()), false)),
        ),
    ]);
}

#[test]
fn date_operators_ask_the_engine_what_they_mean() {
    use FieldType::*;
    assert_compiled(&[
        // Days since 1970: the 24th of November 2026 is day 20,781.
        (Date, r#"{"path":"f","op":"is","value":"2026-11-24"}"#, Some((Test::Int(20_781, 20_781), false))),
        (Date, r#"{"path":"f","op":"before","value":"2026-11-24"}"#, Some((Test::Int(i64::MIN, 20_780), false))),
        (Date, r#"{"path":"f","op":"after","value":"2026-11-24"}"#, Some((Test::Int(20_782, i64::MAX), false))),
        (Date, r#"{"path":"f","op":"more-than-days-ago","value":1}"#, Some((Test::Int(i64::MIN, 20_779), false))),
        (Date, r#"{"path":"f","op":"less-than-days-ago","value":2}"#, Some((Test::Int(20_780, 20_781), false))),
        (Date, r#"{"path":"f","op":"in-next-days","value":7}"#, Some((Test::Int(20_781, 20_788), false))),
        (Date, r#"{"path":"f","op":"in-next-days","value":-7}"#, None),
        (Date, r#"{"path":"f","op":"is","value":"tomorrow"}"#, None),
        // The day in New York: from 05:00 UTC to 05:00 UTC.
        (Timestamp, r#"{"path":"f","op":"is","value":"2026-11-24"}"#, Some((day_in_new_york(20_781, 20_781), false))),
        (
            Timestamp,
            r#"{"path":"f","op":"between","value":["2026-11-23","2026-11-24"]}"#,
            Some((day_in_new_york(20_780, 20_781), false)),
        ),
        (
            Timestamp,
            r#"{"path":"f","op":"less-than-days-ago","value":2}"#,
            Some((day_in_new_york(20_780, 20_781), false)),
        ),
        (
            Timestamp,
            r#"{"path":"f","op":"at-least","value":"1970-01-01T00:00:01Z"}"#,
            Some((Test::Int(1_000_000, i64::MAX), false)),
        ),
        (
            Timestamp,
            r#"{"path":"f","op":"after","value":"1970-01-01T00:00:01Z"}"#,
            Some((Test::Int(1_000_001, i64::MAX), false)),
        ),
        (LongText, r#"{"path":"f","op":"contains","value":"x"}"#, None),
        (LongText, r#"{"path":"f","op":"is-empty"}"#, None),
    ]);
}

fn day_in_new_york(first: i64, last: i64) -> Test {
    let micros = |day: i64| (day * 24 + 5) * 3_600_000_000;
    Test::Int(micros(first), micros(last + 1) - 1)
}

fn some_operand() -> impl Strategy<Value = Operand> {
    let one = prop_oneof![
        any::<bool>().prop_map(Operand::Bool),
        any::<i64>().prop_map(Operand::Int),
        // JSON keeps about 15 digits of a number; people write fewer.
        (-40_000..40_000_i32).prop_map(|quarters| Operand::Float(f64::from(quarters) / 4.0)),
        ".{0,8}".prop_map(Operand::Text),
    ];
    prop_oneof![3 => one.clone(), 1 => prop::collection::vec(one, 0..3).prop_map(Operand::List)]
}

fn some_filter() -> impl Strategy<Value = Filter> {
    let with = [Operator::Is, Operator::IsNot, Operator::Between, Operator::MoreThanDaysAgo, Operator::AnyOf];
    let without = [Operator::IsEmpty, Operator::IsNotEmpty, Operator::IsKnown, Operator::IsUnknown];
    let op = prop_oneof![
        (prop::sample::select(with.to_vec()), some_operand().prop_map(Some)),
        (prop::sample::select(without.to_vec()), Just(None)),
    ];
    let path = prop_oneof!["[a-zA-Z.@/]{1,9}", Just("role.users.Age".to_owned()), Just("role.users".to_owned())];
    let matches = prop::option::of(prop::sample::select(vec![Match::Any, Match::All, Match::None, Match::Count]));
    let leaf = (path, matches, op, any::<bool>()).prop_map(|(path, matches, (op, value), or_unknown)| {
        Filter::Is(Condition { path, matches, op, value, or_unknown })
    });
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::All),
            prop::collection::vec(inner, 0..3).prop_map(Filter::Any),
        ]
    })
}

fn some_group() -> impl Strategy<Value = Group> {
    let path = || prop_oneof!["[a-zA-Z.@/]{1,9}", Just("role.Name".to_owned()), Just("Age".to_owned())];
    let period = prop::option::of(prop::sample::select(vec![Period::Day, Period::Month]));
    let total = path().prop_map(|path| TotalOf { of: Total::Average, path });
    let chart = prop::option::of(prop::sample::select(vec![Chart::Pie, Chart::None]));
    (path(), period, prop::collection::vec(total, 0..3), chart).prop_map(|(by, period, totals, chart)| Group {
        by,
        period,
        totals,
        chart,
    })
}

proptest! {
    #[test]
    fn every_definition_survives_both_texts(
        filter in prop::option::of(some_filter()),
        columns in prop::collection::vec((".{1,9}", prop::option::of(".{0,9}"), prop::option::of(Just(Show::Max))), 0..4),
        sort in prop::collection::vec((".{1,9}", any::<bool>()), 0..3),
        group in prop::option::of(some_group()),
        connections in prop::collection::btree_map(".{0,6}", ".{0,6}".prop_map(|id| id.as_str().into()), 0..3),
    ) {
        let columns = columns.into_iter().map(|(path, title, show)| Column { path, title, show }).collect();
        let sort = sort.into_iter().map(|(path, descending)| Sort { path, descending }).collect();
        let connection = Some("c1".into());
        let definition = Definition { version: 1, connection, connections, object: "User".into(), columns, sort, filter, group };
        prop_assert_eq!(&Definition::parse(&definition.to_toml().unwrap()).unwrap(), &definition);
        prop_assert_eq!(&Definition::parse(&serde_json::to_string(&definition).unwrap()).unwrap(), &definition);
        // Holding it against a schema and saying it in words never panics, whatever it holds.
        if let Ok(checked) = checked(&definition) {
            filter_words(&checked.filter);
        }
    }

    #[test]
    fn reading_never_panics(text in ".{0,200}", json in any::<bool>()) {
        let text = if json { format!("{{{text}") } else { text };
        let _ = Definition::parse(&text);
    }
}
