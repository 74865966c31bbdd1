//! Who stands in the workspace's directory beside those who use the demo: some of the people of the Salesforce org under the same
//! address, guests whom Salesforce does not know, and groups of them. They are in no channel, so the page does not show them.

use anyhow::Context;
use weft_simulators::{
    salesforce::Org,
    slack::{Group, Slack, User},
};

/// People of the org who are in Slack as well.
const SHARED: usize = 120;
/// Each so many of them is deactivated in Slack: some of those are active in Salesforce still.
const GONE_EACH: usize = 10;
/// Guests from outside.
const GUESTS: [(&str, &str); 6] = [
    ("noor", "Noor Haddad"),
    ("jonas", "Jonas Weber"),
    ("mei", "Mei Tanaka"),
    ("oscar", "Oscar Lund"),
    ("priya", "Priya Nair"),
    ("tomas", "Tomas Novak"),
];

/// Fills the directory.
pub(crate) fn settle(slack: &Slack, org: &Org) -> anyhow::Result<()> {
    let people = org.query("SELECT Name, Email, Title FROM User WHERE UserType = 'Standard' ORDER BY Id LIMIT 2000")?;
    let step = (people.len() / SHARED).max(1);
    let mut ids = Vec::new();
    for (number, person) in people.iter().step_by(step).take(SHARED).enumerate() {
        let text = |field: &str| person[field].as_str().map(str::to_owned).with_context(|| format!("no {field}"));
        let email = text("Email")?;
        let handle = email.split('@').next().unwrap_or_default().to_owned();
        let id = format!("U1{number:04}");
        slack.add_user(User {
            email,
            title: person["Title"].as_str().unwrap_or_default().to_owned(),
            deleted: number % GONE_EACH == GONE_EACH - 1,
            ..User::new(&id, &handle, &text("Name")?)
        });
        ids.push(id);
    }
    for (number, (handle, name)) in GUESTS.into_iter().enumerate() {
        let guest = User::new(&format!("U2{number:04}"), handle, name).titled("Contractor");
        let email = format!("{handle}@partner.example");
        slack.add_user(User { email, is_restricted: true, is_ultra_restricted: number % 2 == 1, ..guest });
    }
    let members =
        |from: usize, each: usize| ids.iter().skip(from).step_by(each).map(String::as_str).collect::<Vec<_>>();
    slack.add_group(Group::new("S1SALES", "sales", "Sales", &members(0, 4)));
    slack.add_group(Group::new("S1SUPPORT", "support", "Support", &members(1, 7)));
    slack.add_group(Group::new("S1ONCALL", "on-call", "On call", &[]));
    slack.add_group(Group { disabled: Some(1_720_000_000), ..Group::new("S1EVENTS", "events", "Events 2024", &[]) });
    Ok(())
}
