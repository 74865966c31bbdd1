//! The walk goes on whatever one listing does.

use super::*;
use crate::objects::{self, Shape};
use serde_json::json;

fn each() -> Each {
    match objects::find("GroupMember").unwrap().shape {
        Shape::Each(each) => each,
        _ => unreachable!("members are listed by group"),
    }
}

fn place(id: &str) -> Place {
    Place::new(id.to_owned())
}

fn error(class: ErrorClass) -> Error {
    Error::new(class, "E", "No.")
}

fn users(ids: &[&str]) -> Vec<Json> {
    ids.iter().map(|id| json!({ "id": id })).collect()
}

#[test]
fn a_listing_goes_on_before_the_next_begins() {
    let mut walk = Walk { queue: [place("00g3")].into(), ..Walk::default() };
    let listed = vec![
        (place("00g1"), Ok((users(&["00u1", "00u2"]), Some("/more".to_owned())))),
        (place("00g2"), Ok((users(&["00u1"]), None))),
    ];
    let records = walk.take(&each(), listed).unwrap();
    let keys: Vec<&str> = records.iter().filter_map(|record| record["id"].as_str()).collect();
    assert_eq!(keys, ["00g1:00u1", "00g1:00u2", "00g2:00u1"]);
    assert_eq!(walk.queue.front(), Some(&Place { next: Some("/more".into()), ..place("00g1") }));
    assert_eq!(walk.queue.len(), 2);
}

#[test]
fn one_broken_group_is_told_and_stops_no_other() {
    let mut walk = Walk { parents: Parents::End, ..Walk::default() };
    let listed = vec![
        (place("00g1"), Err(error(ErrorClass::Forbidden))),
        (place("00g2"), Ok((users(&["00u1"]), None))),
        (place("00g3"), Err(error(ErrorClass::NotFound))),
    ];
    let records = walk.take(&each(), listed).unwrap();
    let page = walk.turn(&each(), &records).unwrap();
    assert!(page.next.is_none());
    let (_, sentence) = page.ext.iter().find(|(name, _)| name == "incomplete").unwrap();
    assert!(sentence.starts_with("1 of the groups could not be looked into"), "{sentence}");
    assert!(sentence.contains("00g1: No."), "{sentence}");
}

#[test]
fn what_may_pass_is_tried_again_and_then_told() {
    let mut walk = Walk::default();
    let late = || vec![(place("00g1"), Err(error(ErrorClass::Retry)))];
    walk.take(&each(), late()).unwrap();
    assert_eq!((walk.queue.len(), walk.broken), (1, 0));
    let again = walk.queue.drain(..).map(|place| (place, Err(error(ErrorClass::Retry)))).collect();
    walk.take(&each(), again).unwrap();
    assert_eq!((walk.queue.len(), walk.broken), (0, 1));
}

#[test]
fn a_place_that_okta_forgot_is_begun_again() {
    let mut walk = Walk::default();
    let lost = Place { next: Some("/more".into()), ..place("00g1") };
    walk.take(&each(), vec![(lost, Err(error(ErrorClass::InvalidInput)))]).unwrap();
    assert_eq!(walk.queue, [Place { tries: 1, ..place("00g1") }]);
}

#[test]
fn what_is_about_all_of_them_stops_the_page() {
    for class in [ErrorClass::Throttled, ErrorClass::Reauthorize] {
        let listed = vec![(place("00g1"), Ok((Vec::new(), None))), (place("00g2"), Err(error(class)))];
        assert_eq!(Walk::default().take(&each(), listed).unwrap_err().class, class);
    }
    let outage = ["00g1", "00g2"].map(|id| (place(id), Err(error(ErrorClass::Retry)))).into();
    assert_eq!(Walk::default().take(&each(), outage).unwrap_err().class, ErrorClass::Retry);
}

#[test]
fn the_widest_walk_fits_into_a_cursor() {
    let id = "00ub0oNGTSWTBKOLGLNR".to_owned();
    let next = format!("/api/v1/groups/{id}/users?after={}&limit=200", "x".repeat(200));
    let mut walk =
        Walk { parents: Parents::At(next.clone()), broken: u32::MAX, resume_at: Some(1.8e12), ..Walk::default() };
    walk.first_broken = Some((id.clone(), "é".repeat(MAX_REASON)));
    walk.queue.extend((0..SIDE_BY_SIDE).map(|_| Place { id: id.clone(), next: Some(next.clone()), tries: 1 }));
    walk.queue.extend((SIDE_BY_SIDE..each().of.limit as usize).map(|_| Place::new(id.clone())));
    assert!(cursor::encode(&walk).is_ok());
}
