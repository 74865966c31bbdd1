//! Boards whose rows are grouped.

use super::*;

async fn groups(world: &World, rest: &str) -> GroupsView {
    let definition = format!(r#"{{ "object": "User", "columns": ["Name"], {rest} }}"#);
    let view = world.open(&world.create("Board", &definition).await, &page(0, 3)).await;
    view.groups.unwrap()
}

fn group(title: Option<&str>, rows: usize, totals: &[Option<f64>]) -> GroupView {
    GroupView { title: title.map(Into::into), rows, totals: totals.to_vec() }
}

#[tokio::test]
async fn rows_are_grouped_by_what_they_lead_to_and_totalled() {
    let world = World::new(40).await;
    let found = groups(
        &world,
        r#""filter": { "path": "IsActive", "op": "is", "value": true },
           "group": { "by": "role.Name", "totals": [{ "of": "sum", "path": "Age" }, { "of": "max", "path": "Age" }] }"#,
    )
    .await;
    assert_eq!(
        (found.by.as_str(), found.totals.as_slice()),
        ("Role › Name", ["Sum of Age".to_owned(), "Largest of Age".to_owned()].as_slice())
    );
    // Of the numbers below 40 without a factor 3: those with a factor 7 have no role, odd ones are in Sales.
    assert_eq!(
        found.groups,
        [
            group(Some("CEO"), 11, &[Some(212.0), Some(38.0)]),
            group(Some("Sales"), 11, &[Some(211.0), Some(37.0)]),
            group(None, 4, &[Some(84.0), Some(35.0)]),
        ]
    );
    assert_eq!(found.left_out, (0, 0));
}

#[tokio::test]
async fn dates_are_grouped_by_period_and_numbers_in_their_order() {
    let world = World::new(40).await;
    let found = groups(&world, r#""group": { "by": "LastLogin", "chart": "line" }"#).await;
    assert_eq!(found.groups, [group(Some("1970-01"), 32, &[]), group(None, 8, &[])]);
    let found =
        groups(&world, r#""group": { "by": "Age" }, "filter": { "path": "Age", "op": "less-than", "value": 3 }"#).await;
    assert_eq!(found.groups, [group(Some("0"), 1, &[]), group(Some("1"), 1, &[]), group(Some("2"), 1, &[])]);
    let found = groups(&world, r#""group": { "by": "IsActive", "chart": "pie" }"#).await;
    assert_eq!(found.groups, [group(Some("yes"), 26, &[]), group(Some("no"), 14, &[])]);
}

#[tokio::test]
async fn of_many_groups_the_largest_are_shown_and_the_rest_is_counted() {
    let world = World::new(300).await;
    let found = groups(&world, r#""group": { "by": "Username" }"#).await;
    assert_eq!((found.groups.len(), found.left_out), (100, (200, 200)));
}

#[tokio::test]
async fn what_cannot_be_grouped_is_said() {
    let world = World::new(3).await;
    for (rest, why) in [
        (r#""by": "About""#, "no single short value"),
        (r#""by": "role.users.Name""#, "leads to several records"),
        (r#""by": "role""#, "names a record"),
        (r#""by": "Name", "period": "day""#, "is no date"),
        (r#""by": "Name", "totals": [{ "of": "sum", "path": "Name" }]"#, "is no number"),
        (r#""by": "Nmae""#, "User has no field `Nmae`"),
    ] {
        let mut definition =
            Definition::parse(&format!(r#"{{ "object": "User", "columns": ["Name"], "group": {{ {rest} }} }}"#))
                .unwrap();
        definition.connection = Some(connection());
        let refused = world.boards.create(&ada(), NewBoard { name: "Board".into(), definition }).await;
        assert!(refusal(refused).contains(why), "{rest}");
    }
}
