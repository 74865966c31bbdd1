//! Drafts: what was entered is kept, what no longer fits goes, and a definition comes back as it was.

use super::condition::{read, shape};
use super::settle::Facts;
use super::*;
use crate::boards::definition::{Definition, Filter, MAX_CONDITIONS, Operand};
use crate::boards::offered::PathFacts;
use crate::domain::{Choice, Field, FieldType, ObjectRef};
use proptest::prelude::*;

fn facts() -> Facts {
    let choices = vec![Choice { value: "s".into(), title: "Standard".into() }];
    let fields = [
        ("Name", FieldType::Text, false),
        ("Age", FieldType::Integer, false),
        ("At", FieldType::Timestamp, false),
        ("Active", FieldType::Boolean, false),
        ("Kind", FieldType::Choice, false),
        ("roles.Name", FieldType::Text, true),
    ];
    let one = |(path, kind, is_many): (&str, FieldType, bool)| {
        let choices = if kind == FieldType::Choice { choices.clone() } else { Vec::new() };
        let field = Some(Field { choices, ..Field::plain(path, kind) });
        (path.to_owned(), Ok(PathFacts { title: path.into(), field, is_many }))
    };
    let counted = Ok(PathFacts { title: "roles".into(), field: None, is_many: true });
    fields.into_iter().map(one).chain([("roles".to_owned(), counted)]).collect()
}

fn draft() -> Draft {
    let mut draft = Draft::new("U1".into(), 0);
    draft.enter(Entered { base: Some(("c1".into(), "User".into())), ..Entered::default() });
    draft
}

fn with_condition(path: &str) -> Draft {
    let mut draft = draft();
    draft.change(Change::AddCondition(None)).unwrap();
    draft.enter(entered(&draft, |one| one.path = Some(path.into())));
    draft.settle(&facts());
    draft
}

fn entered(draft: &Draft, set: impl Fn(&mut EnteredCondition)) -> Entered {
    let condition = &draft.conditions[0];
    let mut one = EnteredCondition { id: condition.id, turn: condition.turn, ..EnteredCondition::default() };
    set(&mut one);
    Entered { turn: draft.turn, conditions: vec![one], ..Entered::default() }
}

#[test]
fn groups_are_chosen_changed_and_taken_away() {
    use crate::boards::definition::{Chart, Group, Period, TotalOf};
    use crate::boards::engine::Total;
    let mut draft = draft();
    let enter = |draft: &mut Draft, group: EnteredGroup| {
        draft.enter(Entered { turn: draft.turn, group: Some(group), ..Entered::default() });
        draft.settle(&facts());
    };
    let by = |path: &str| EnteredGroup { by: Some(GroupBy::Field(path.into())), ..EnteredGroup::default() };
    enter(&mut draft, EnteredGroup { totals: Some(Vec::new()), ..EnteredGroup::default() });
    assert_eq!(draft.group, None, "nothing was chosen to group by");
    enter(&mut draft, by("At"));
    let group = Group { by: "At".into(), period: None, totals: Vec::new(), chart: None };
    assert_eq!(draft.group.as_ref(), Some(&group));
    // What the window shows where nothing is said changes nothing.
    let shown = EnteredGroup { period: Some(Period::Month), chart: Some(Chart::Bar), ..by("At") };
    enter(&mut draft, shown.clone());
    assert_eq!(draft.group.as_ref(), Some(&group));
    let sum = TotalOf { of: Total::Sum, path: "Age".into() };
    let chosen =
        EnteredGroup { period: Some(Period::Week), chart: Some(Chart::None), totals: Some(vec![sum.clone()]), ..shown };
    enter(&mut draft, chosen);
    let with = Group { period: Some(Period::Week), totals: vec![sum], chart: Some(Chart::None), ..group };
    assert_eq!(draft.group.as_ref(), Some(&with));
    assert_eq!(draft.so_far().unwrap().group, Some(with.clone()));
    assert!(draft.paths().contains(&"At".to_owned()) && draft.paths().contains(&"Age".to_owned()));
    draft.enter(Entered { turn: draft.turn, ..Entered::default() });
    draft.enter(Entered { turn: draft.turn + 1, group: Some(by("Kind")), ..Entered::default() });
    assert_eq!(draft.group.as_ref(), Some(&with), "what was entered for another text is forgotten");
    // Another field has periods of its own, or none; the totals stay.
    enter(&mut draft, EnteredGroup { period: Some(Period::Day), ..by("Name") });
    assert_eq!(draft.group, Some(Group { by: "Name".into(), period: None, ..with }));
    enter(&mut draft, EnteredGroup { by: Some(GroupBy::Nothing), ..EnteredGroup::default() });
    assert_eq!(draft.group, None);
}

#[test]
fn the_question_follows_the_field() {
    let cases = [
        ("Name", Operator::Contains, Shape::Text, None),
        ("Age", Operator::AtLeast, Shape::Number, None),
        ("At", Operator::MoreThanDaysAgo, Shape::Days, None),
        ("Active", Operator::Is, Shape::YesNo, None),
        ("Kind", Operator::AnyOf, Shape::Choices, None),
        ("roles.Name", Operator::Contains, Shape::Text, Some(Match::Any)),
        ("roles", Operator::AtLeast, Shape::Number, Some(Match::Count)),
    ];
    for (path, op, shape, matches) in cases {
        let draft = with_condition(path);
        let condition = &draft.conditions[0];
        assert_eq!((condition.op, condition.shape, condition.matches), (Some(op), shape, matches), "{path}");
    }
}

#[test]
fn an_answer_stays_as_long_as_the_question_takes_one_of_its_kind() {
    let mut draft = with_condition("Name");
    draft.enter(entered(&draft, |one| one.values = Some((Shape::Text, vec!["Ada".into()]))));
    draft.enter(entered(&draft, |one| one.op = Some(Operator::StartsWith)));
    draft.settle(&facts());
    assert_eq!(draft.conditions[0].entered, ["Ada"]);
    draft.enter(entered(&draft, |one| one.op = Some(Operator::IsEmpty)));
    draft.settle(&facts());
    assert!(draft.conditions[0].entered.is_empty());
    // What was entered before the field changed is not taken for the new one.
    let late = entered(&draft, |one| one.values = Some((Shape::Text, vec!["late".into()])));
    draft.enter(entered(&draft, |one| one.path = Some("Age".into())));
    draft.settle(&facts());
    draft.enter(late);
    assert!(draft.conditions[0].entered.is_empty());
    assert_eq!(draft.conditions[0].turn, 2);
}

#[test]
fn another_object_begins_anew_and_what_came_late_is_passed_over() {
    let mut draft = with_condition("Name");
    let late = Entered { turn: draft.turn, columns: Some(vec![("Name".into(), None)]), ..Entered::default() };
    draft.enter(Entered { base: Some(("c1".into(), "Role".into())), name: Some("Roles".into()), ..late.clone() });
    assert!(draft.conditions.is_empty() && draft.columns.is_empty());
    assert_eq!(draft.name, "Roles");
    draft.enter(late);
    assert!(draft.columns.is_empty());
}

#[test]
fn conditions_and_groups_have_an_end() {
    let mut draft = draft();
    for _ in 0..MAX_GROUPS {
        draft.change(Change::AddGroup).unwrap();
    }
    assert!(draft.change(Change::AddGroup).unwrap_err().contains("at most 5 groups"));
    for _ in MAX_GROUPS..MAX_CONDITIONS {
        draft.change(Change::AddCondition(None)).unwrap();
    }
    assert!(draft.change(Change::AddCondition(None)).unwrap_err().contains("at most 20 conditions"));
    assert_eq!((draft.groups.len(), draft.conditions.len()), (MAX_GROUPS, MAX_CONDITIONS));
    let group = draft.groups[0].id;
    draft.change(Change::RemoveGroup(group)).unwrap();
    assert_eq!((draft.groups.len(), draft.conditions.len()), (MAX_GROUPS - 1, MAX_CONDITIONS - 1));
}

#[test]
fn what_is_missing_is_said_at_its_place() {
    assert_eq!(Draft::new("U1".into(), 0).problems()[0].0, "object");
    let mut draft = with_condition("Age");
    draft.enter(entered(&draft, |one| one.values = Some((Shape::Number, vec!["many".into()]))));
    let places: Vec<(String, String)> = draft.problems();
    assert_eq!(places[0], ("fields".into(), "Choose at least one field.".into()));
    assert_eq!(places[1], ("condition/1".into(), "Enter a number, such as 12 or 0.5.".into()));
    draft.columns = vec![Column { path: "Name".into(), title: None, show: None }; 21];
    assert!(draft.problems()[0].1.contains("at most 20 fields"));
    assert_eq!(draft.so_far().unwrap().filter, None, "the preview leaves out what is not complete");
}

#[test]
fn answers_are_read_by_their_kind() {
    let text = |text: &str| Operand::Text(text.into());
    type Case<'a> = (Shape, &'a [&'a str], Result<Option<Operand>, &'a str>);
    let cases: &[Case<'_>] = &[
        (Shape::Nothing, &[], Ok(None)),
        (Shape::Text, &[" Ada "], Ok(Some(text("Ada")))),
        (Shape::Text, &["  "], Err("Enter a text.")),
        (Shape::Number, &["12"], Ok(Some(Operand::Int(12)))),
        (Shape::Number, &["0,5"], Ok(Some(Operand::Float(0.5)))),
        (Shape::Number, &["inf"], Err("Enter a number, such as 12 or 0.5.")),
        (Shape::Days, &["90"], Ok(Some(Operand::Int(90)))),
        (Shape::Days, &["-1"], Err("Enter a whole number of days, 0 or more.")),
        (Shape::Day, &["2026-11-24"], Ok(Some(text("2026-11-24")))),
        (Shape::Day, &["soon"], Err("Enter a day as 2026-11-24.")),
        (Shape::YesNo, &["false"], Ok(Some(Operand::Bool(false)))),
        (Shape::Lines, &["a\n\n b "], Ok(Some(Operand::List(vec![text("a"), text("b")])))),
        (Shape::Choices, &["a", "b"], Ok(Some(Operand::List(vec![text("a"), text("b")])))),
        (Shape::Choices, &[], Err("Choose at least one.")),
        (Shape::Numbers, &["1", "2"], Ok(Some(Operand::List(vec![Operand::Int(1), Operand::Int(2)])))),
        (Shape::DaySpan, &["2026-01-01"], Err("Choose the first and the last day.")),
    ];
    for (shape, typed, expected) in cases {
        let typed: Vec<String> = typed.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(read(*shape, &typed), expected.clone().map_err(str::to_owned), "{shape:?} {typed:?}");
    }
}

#[test]
fn every_question_that_is_offered_is_one_the_engine_takes() {
    use crate::boards::definition::{Checked, Clock, Schema};
    let description = crate::boards::fixtures::description();
    let catalog = crate::boards::fixtures::catalog(description.clone());
    let schema = Schema::of([&catalog]);
    let user = ObjectRef { connection: "c1".into(), object: "User".into() };
    let clock = Clock { now: jiff::Timestamp::UNIX_EPOCH, zone: jiff::tz::TimeZone::UTC };
    for path in ["Name", "IsActive", "LastLogin", "Age"] {
        let field = description.objects[0].field(path);
        for op in operators(field) {
            let typed = match shape(*op, field) {
                Shape::Number | Shape::Days => vec!["1".to_owned()],
                Shape::Numbers => vec!["1".to_owned(), "2".to_owned()],
                Shape::Day => vec!["2026-11-24".to_owned()],
                Shape::DaySpan => vec!["2026-11-24".to_owned(), "2026-11-25".to_owned()],
                Shape::YesNo => vec!["true".to_owned()],
                _ => vec!["x".to_owned()],
            };
            let value = read(shape(*op, field), &typed).unwrap();
            let condition = crate::boards::definition::Condition {
                path: path.into(),
                matches: None,
                op: *op,
                value,
                or_unknown: false,
            };
            let checked = Checked::filter(&Filter::Is(condition), &user, &schema, &clock);
            assert!(checked.is_ok(), "{path} {op:?}: {checked:?}");
        }
    }
}

fn condition() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r#"{"path": "Name", "op": "is", "value": "Ada"}"#.to_owned()),
        Just(r#"{"path": "Name", "op": "any-of", "value": ["a", "b"], "or_unknown": true}"#.to_owned()),
        Just(r#"{"path": "Age", "op": "between", "value": [1, 2]}"#.to_owned()),
        Just(r#"{"path": "At", "op": "more-than-days-ago", "value": 90}"#.to_owned()),
        Just(r#"{"path": "At", "op": "is-unknown"}"#.to_owned()),
        Just(r#"{"path": "Active", "op": "is-not", "value": true}"#.to_owned()),
        Just(r#"{"path": "roles.Name", "match": "none", "op": "contains", "value": "x"}"#.to_owned()),
        Just(r#"{"path": "roles", "match": "count", "op": "at-least", "value": 2}"#.to_owned()),
    ]
}

fn group() -> impl Strategy<Value = String> {
    (any::<bool>(), prop::collection::vec(condition(), 2..4))
        .prop_map(|(all, parts)| format!(r#"{{"{}": [{}]}}"#, if all { "all" } else { "any" }, parts.join(", ")))
}

proptest! {
    /// A draft holds every filter that there can be; only the order of conditions before groups is its own.
    #[test]
    fn a_definition_comes_back_as_it_was(
        all in any::<bool>(),
        conditions in prop::collection::vec(condition(), 0..4),
        groups in prop::collection::vec(group(), 2..4),
    ) {
        let parts: Vec<String> = conditions.into_iter().chain(groups).collect();
        let kind = if all { "all" } else { "any" };
        let text = format!(
            r#"{{"connection": "c1", "object": "User", "columns": ["Name", {{"path": "roles", "show": "count"}}],
                "sort": [{{"path": "Age", "descending": true}}], "connections": {{"okta": "c2"}},
                "group": {{"by": "Name"}}, "filter": {{"{kind}": [{}]}}}}"#,
            parts.join(", ")
        );
        let definition = Definition::parse(&text).unwrap();
        let mut draft = Draft::new("U1".into(), 0);
        draft.take_over(&definition);
        draft.settle(&facts());
        prop_assert_eq!(draft.problems(), vec![]);
        prop_assert_eq!(draft.so_far().unwrap(), definition);
    }
}
