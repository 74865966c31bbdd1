//! Actions on all rows of a board: the form that offers them, and many records page by page.

use super::super::*;
use crate::actions::{RequestState, RequestView};
use crate::slack::fixtures;
use serde_json::Value as Json;

fn whole(rows: usize, all: bool) -> FormState {
    let whole = WholeBoard { rows, most: 500, all };
    let mut state = FormState { board: Some("b1".into()), whole: Some(whole), ..FormState::default() };
    state.titles.insert("005".into(), "Ada Lovelace".into());
    state
}

/// A request for so many records of a board.
fn many(state: RequestState, count: usize) -> RequestView {
    let mut view = fixtures::request(state);
    let one = view.targets[0].clone();
    let number = |at: usize| crate::actions::TargetView { title: format!("User {at}"), ..one.clone() };
    view.targets = (1..=count).map(number).collect();
    view.target_count = count;
    view.chosen = Some("All 121 rows of “Idle <seats>”, except 1".into());
    view
}

/// The windows.
pub fn views() -> Vec<(&'static str, Json)> {
    let mut excepted = whole(121, true);
    excepted.targets = vec!["005".into()];
    let prepared = many(RequestState::Prepared, 120);
    vec![
        ("form_of_a_board", form(&fixtures::offered(), &whole(121, false))),
        ("form_of_a_whole_board", form(&fixtures::offered(), &excepted)),
        ("form_of_a_board_too_large", form(&fixtures::offered(), &whole(501, false))),
        ("details_page_3_of_3", details(&many(RequestState::Waiting, 120), May::default(), 100)),
        ("preview_page_2_of_3", preview(&prepared, 50)),
    ]
}

#[test]
fn pages_hold_each_record_once_wherever_they_are_asked_to_begin() {
    let text = |from: usize| preview(&many(RequestState::Prepared, 120), from).to_string();
    for (from, first, last) in [(0, 1, 50), (49, 1, 50), (50, 51, 100), (100, 101, 120), (9_999, 101, 120)] {
        let page = text(from);
        assert!(page.contains(&format!("Records {first}–{last} of 120")), "{from}");
        let shown = (1..=120).filter(|at| page.contains(&format!("*User {at}*"))).collect::<Vec<_>>();
        assert_eq!(shown, (first..=last).collect::<Vec<_>>(), "{from}");
    }
    assert!(!preview(&many(RequestState::Prepared, 50), 0).to_string().contains("Next records"));
}
