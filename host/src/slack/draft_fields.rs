//! Names of the blocks and elements in which a board is built, and the reading of what stands in them. A name changes when what was
//! entered under it must be forgotten, and stays otherwise: Slack keeps what a person typed under the same name.

use super::inbound::{Chosen, View};
use crate::boards::{
    Chart, Draft, DraftCondition, Entered, EnteredCondition, EnteredGroup, GroupBy, Match, Operator, Period, Shape,
    Show, Sort, Total, TotalOf,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The block of the select over objects.
pub const OBJECT: &str = "draft-object";
/// The block of the name.
pub const NAME: &str = "draft-name";
/// The only element of an input block.
pub const VALUE: &str = "value";
/// The select over fields to show.
pub const FIELDS: &str = "draft-fields";
/// The select that says whether all or any must hold.
pub const ANY: &str = "draft-any";
/// The select over fields to ask of.
pub const PATH: &str = "draft-path";
/// The select that says which of several records are meant.
pub const MATCHES: &str = "draft-matches";
/// The check box that takes in the unknown.
pub const UNKNOWN: &str = "draft-unknown";
/// The select over fields to sort by.
pub const SORT: &str = "draft-sort";
/// The select over directions.
pub const DIRECTION: &str = "draft-direction";
/// The text of a definition.
pub const TEXT: &str = "draft-text";
/// Chosen in a sort select to sort by nothing.
pub const NO_SORT: &str = "-";

/// The select over fields to group by.
pub const GROUP_BY: &str = "draft-group-by";
/// The select over lengths of periods.
pub const PERIOD: &str = "draft-period";
/// The select over charts.
pub const CHART: &str = "draft-chart";
/// The select over totals of groups.
pub const TOTALS: &str = "draft-totals";
/// Chosen in the select over fields to group by to group by nothing.
pub const NO_GROUPS: &str = "-";

const OP: &str = "draft-op";
const BLOCK: &str = "draft:";

/// What a block is for. Written into its id, and read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Place {
    Fields,
    All,
    Group(u32),
    Condition(u32, u32),
    Value(u32, u32, Shape, u8),
    Sort(usize, String),
    Groups(String),
    Totals,
}

fn block(turn: u32, place: &Place) -> String {
    let place = serde_json::to_string(place).unwrap_or_default();
    format!("{BLOCK}{turn}:{place}")
}

fn read_block(id: &str) -> Option<(u32, Place)> {
    let (turn, place) = id.strip_prefix(BLOCK)?.split_once(':')?;
    Some((turn.parse().ok()?, serde_json::from_str(place).ok()?))
}

/// The block of the fields to show.
pub fn fields_block(draft: &Draft) -> String {
    block(draft.turn, &Place::Fields)
}

/// The block that says whether all or any must hold.
pub fn all_block(draft: &Draft) -> String {
    block(draft.turn, &Place::All)
}

/// The same for a group.
pub fn group_block(draft: &Draft, group: u32) -> String {
    block(draft.turn, &Place::Group(group))
}

/// The block of a condition.
pub fn condition_block(draft: &Draft, condition: &DraftCondition) -> String {
    block(draft.turn, &Place::Condition(condition.id, condition.turn))
}

/// The block of what a condition is compared with; `at` is 1 for the second value of a span.
pub fn value_block(draft: &Draft, condition: &DraftCondition, at: u8) -> String {
    block(draft.turn, &Place::Value(condition.id, condition.turn, condition.shape, at))
}

/// The block of a sort key. Another key at its place is another block.
pub fn sort_block(draft: &Draft, at: usize) -> String {
    let path = draft.sort.get(at).map_or("", |sort| sort.path.as_str());
    let digest = blake3::hash(path.as_bytes()).to_hex()[..8].to_owned();
    block(draft.turn, &Place::Sort(at, digest))
}

/// The block of what groups have in common. Another field is another block.
pub fn groups_block(draft: &Draft) -> String {
    let path = draft.group.as_ref().map_or("", |group| group.by.as_str());
    let digest = blake3::hash(path.as_bytes()).to_hex()[..8].to_owned();
    block(draft.turn, &Place::Groups(digest))
}

/// The block of what is shown of each group.
pub fn totals_block(draft: &Draft) -> String {
    block(draft.turn, &Place::Totals)
}

/// A total as an option's value.
pub fn total_value(of: Total, path: &str) -> String {
    format!("{}:{path}", word(&of))
}

/// Reads [`total_value`] back.
fn total_of(value: &str) -> Option<TotalOf> {
    let (of, path) = value.split_once(':')?;
    Some(TotalOf { of: case(of)?, path: path.to_owned() })
}

/// The select over these operators: another list is another select.
pub fn op_action(operators: &[Operator]) -> String {
    let words: Vec<String> = operators.iter().map(word).collect();
    format!("{OP}/{}", &blake3::hash(words.join(" ").as_bytes()).to_hex()[..8])
}

/// A case of an enum as an option's value.
pub fn word<T: Serialize>(case: &T) -> String {
    serde_json::to_value(case).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

fn case<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(word.into()).ok()
}

/// A path with what is shown of it, as an option's value.
pub fn field_value(path: &str, show: Option<Show>) -> String {
    match show {
        Some(show) => format!("{}:{path}", word(&show)),
        None => format!(":{path}"),
    }
}

/// Reads [`field_value`] back.
pub fn field_of(value: &str) -> Option<(String, Option<Show>)> {
    let (show, path) = value.split_once(':')?;
    Some((path.to_owned(), if show.is_empty() { None } else { Some(case(show)?) }))
}

/// What stands in the window.
pub fn entered(view: &View) -> Entered {
    let mut entered = Entered::default();
    let mut conditions: BTreeMap<u32, EnteredCondition> = BTreeMap::new();
    let mut sort: BTreeMap<usize, Sort> = BTreeMap::new();
    for (id, elements) in &view.values {
        let one = |action: &str| elements.get(action).and_then(Chosen::one).map(str::to_owned);
        let Some((turn, place)) = read_block(id) else {
            match id.as_str() {
                NAME => entered.name = Some(one(VALUE).unwrap_or_default()),
                OBJECT => entered.base = one(VALUE).and_then(|value| base(&value)),
                _ => {}
            }
            continue;
        };
        entered.turn = turn;
        match place {
            Place::Fields => {
                let chosen = elements.get(FIELDS).map(Chosen::all);
                entered.columns = chosen.map(|all| all.iter().filter_map(|value| field_of(value)).collect());
            }
            Place::All => entered.any = one(ANY).map(|any| any == "any"),
            Place::Group(group) => entered.groups.extend(one(ANY).map(|any| (group, any == "any"))),
            Place::Condition(id, turn) => read_condition(conditions.entry(id).or_default(), (id, turn), elements),
            Place::Value(id, turn, shape, at) => {
                let condition = conditions.entry(id).or_default();
                (condition.id, condition.turn) = (id, turn);
                read_value(condition, shape, at, elements);
            }
            Place::Sort(at, _) => {
                if let Some(path) = one(SORT).filter(|path| path != NO_SORT) {
                    sort.insert(at, Sort { path, descending: one(DIRECTION).is_some_and(|word| word == "descending") });
                }
            }
            Place::Groups(_) => read_group(entered.group.get_or_insert_default(), elements),
            Place::Totals => {
                let chosen = elements.get(TOTALS).map(Chosen::all);
                let totals = chosen.map(|all| all.iter().filter_map(|value| total_of(value)).collect());
                entered.group.get_or_insert_default().totals = totals;
            }
        }
    }
    entered.conditions = conditions.into_values().collect();
    entered.sort = view.values.keys().any(|id| is_sort(id)).then(|| sort.into_values().collect());
    entered
}

fn is_sort(block: &str) -> bool {
    matches!(read_block(block), Some((_, Place::Sort(..))))
}

fn base(value: &str) -> Option<(crate::domain::ConnectionId, crate::domain::ObjectName)> {
    value.split_once('/').map(|(connection, object)| (connection.into(), object.into()))
}

fn read_condition(condition: &mut EnteredCondition, (id, turn): (u32, u32), elements: &BTreeMap<String, Chosen>) {
    (condition.id, condition.turn) = (id, turn);
    let one = |action: &str| elements.get(action).and_then(Chosen::one);
    condition.path = one(PATH).map(str::to_owned);
    condition.matches = one(MATCHES).and_then(case::<Match>);
    let op = elements.iter().find(|(action, _)| action.starts_with(OP)).and_then(|(_, chosen)| chosen.one());
    condition.op = op.and_then(case::<Operator>);
    condition.or_unknown = elements.get(UNKNOWN).map(|chosen| !chosen.all().is_empty());
}

fn read_group(group: &mut EnteredGroup, elements: &BTreeMap<String, Chosen>) {
    let one = |action: &str| elements.get(action).and_then(Chosen::one);
    group.by = one(GROUP_BY).map(|path| match path {
        NO_GROUPS => GroupBy::Nothing,
        path => GroupBy::Field(path.to_owned()),
    });
    group.period = one(PERIOD).and_then(case::<Period>);
    group.chart = one(CHART).and_then(case::<Chart>);
}

/// The second value of a span comes after the first, since the blocks are read in the order of their names.
fn read_value(condition: &mut EnteredCondition, shape: Shape, at: u8, elements: &BTreeMap<String, Chosen>) {
    let values = elements.get(VALUE).map(Chosen::all).unwrap_or_default();
    match &mut condition.values {
        Some((known, before)) if *known == shape && at > 0 => before.extend(values),
        known => *known = Some((shape, values)),
    }
}

/// The block where what is wrong is shown, by the place that a draft names; none when no input of the window is it.
pub fn block_of(view: &View, place: &str) -> Option<String> {
    let is_value_of =
        |id: &str, condition: u32| matches!(read_block(id), Some((_, Place::Value(of, ..))) if of == condition);
    let condition = place.strip_prefix("condition/").and_then(|id| id.parse::<u32>().ok());
    let is_it = |id: &str| match (place, condition) {
        (_, Some(condition)) => is_value_of(id, condition),
        ("name", _) => id == NAME,
        ("object", _) => id == OBJECT,
        ("fields", _) => matches!(read_block(id), Some((_, Place::Fields))),
        _ => false,
    };
    let first = view.values.keys().find(|id| is_it(id)).cloned();
    first
        .or_else(|| view.values.keys().find(|id| [NAME, OBJECT].contains(&id.as_str())).cloned())
        .or_else(|| view.values.keys().find(|id| matches!(read_block(id), Some((_, Place::Fields)))).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn view(values: &[(String, &str, Chosen)]) -> View {
        let mut view = View::default();
        for (block, action, chosen) in values {
            view.values.entry(block.clone()).or_default().insert((*action).to_owned(), chosen.clone());
        }
        view
    }

    fn one(text: &str) -> Chosen {
        Chosen::One(text.into())
    }

    #[test]
    fn what_stands_in_the_window_is_read_back() {
        let mut draft = Draft::new("U1".into(), 0);
        draft.turn = 3;
        draft.change(crate::boards::Change::AddGroup).unwrap();
        draft.conditions[0].turn = 2;
        draft.conditions[0].shape = Shape::Numbers;
        let condition = &draft.conditions[0];
        let op = op_action(&[Operator::Between]);
        let found = entered(&view(&[
            (OBJECT.into(), VALUE, one("c1/User")),
            (NAME.into(), VALUE, Chosen::Nothing),
            (fields_block(&draft), FIELDS, Chosen::Many(vec![":role.Name".into(), "count:role.users".into()])),
            (all_block(&draft), ANY, one("any")),
            (group_block(&draft, draft.groups[0].id), ANY, one("all")),
            (condition_block(&draft, condition), PATH, one("Age")),
            (condition_block(&draft, condition), &op, one("between")),
            (condition_block(&draft, condition), UNKNOWN, Chosen::Many(vec!["unknown".into()])),
            (value_block(&draft, condition, 0), VALUE, one("1")),
            (value_block(&draft, condition, 1), VALUE, one("2")),
            (sort_block(&draft, 0), SORT, one("Name")),
            (sort_block(&draft, 0), DIRECTION, one("descending")),
            (sort_block(&draft, 1), SORT, one(NO_SORT)),
            (groups_block(&draft), GROUP_BY, one("Created")),
            (groups_block(&draft), PERIOD, one("week")),
            (groups_block(&draft), CHART, one("none")),
            (totals_block(&draft), TOTALS, Chosen::Many(vec![total_value(Total::Average, "role.Age"), "odd".into()])),
        ]));
        let expected = Entered {
            base: Some(("c1".into(), "User".into())),
            name: Some(String::new()),
            turn: 3,
            columns: Some(vec![("role.Name".into(), None), ("role.users".into(), Some(Show::Count))]),
            any: Some(true),
            conditions: vec![EnteredCondition {
                id: condition.id,
                turn: 2,
                path: Some("Age".into()),
                matches: None,
                op: Some(Operator::Between),
                or_unknown: Some(true),
                values: Some((Shape::Numbers, vec!["1".into(), "2".into()])),
            }],
            groups: vec![(draft.groups[0].id, false)],
            sort: Some(vec![Sort { path: "Name".into(), descending: true }]),
            group: Some(EnteredGroup {
                by: Some(GroupBy::Field("Created".into())),
                period: Some(Period::Week),
                chart: Some(Chart::None),
                totals: Some(vec![TotalOf { of: Total::Average, path: "role.Age".into() }]),
            }),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn a_wrong_value_is_shown_at_its_input() {
        let mut draft = Draft::new("U1".into(), 0);
        draft.change(crate::boards::Change::AddCondition(None)).unwrap();
        draft.conditions[0].shape = Shape::Text;
        let value = value_block(&draft, &draft.conditions[0], 0);
        let shown = view(&[(NAME.into(), VALUE, Chosen::Nothing), (value.clone(), VALUE, Chosen::Nothing)]);
        assert_eq!(block_of(&shown, "condition/1"), Some(value));
        assert_eq!(block_of(&shown, "condition/9"), Some(NAME.into()));
        assert_eq!(block_of(&shown, "name"), Some(NAME.into()));
    }

    proptest! {
        #[test]
        fn never_panics(block in ".{0,40}", action in ".{0,20}", text in ".{0,40}") {
            entered(&view(&[(block, action.as_str(), one(&text)), (format!("draft:0:{text}"), PATH, one(&text))]));
        }

        #[test]
        fn a_field_comes_back(path in "[A-Za-z@/._:]{1,60}", shown in any::<bool>()) {
            let show = shown.then_some(Show::Max);
            prop_assert_eq!(field_of(&field_value(&path, show)), Some((path, show)));
        }
    }
}
