//! The System Log: 90 days of it, oldest first, a thousand events on a page at most.

use super::Call;
use crate::okta::answer::{Answer, invalid};
use crate::okta::filter::{Allowed, Filter};
use crate::okta::listing::Asked;
use crate::okta::org::lock;
use crate::okta::state::Event;
use crate::okta::time::{self, DAY};

const FILTERED: Allowed = &[("eventType", false), ("uuid", false), ("actor.id", false), ("outcome.result", false)];

fn attribute(event: &Event, name: &str) -> Option<String> {
    match name {
        "eventType" => Some("user.session.start".into()),
        "uuid" => Some(event.uuid.clone()),
        "actor.id" => Some(event.user.clone()),
        "outcome.result" => Some(if event.reason.is_none() { "SUCCESS" } else { "FAILURE" }.into()),
        _ => None,
    }
}

/// `GET /api/v1/logs`.
pub fn list(call: &Call<'_>) -> Result<Answer, Answer> {
    let asked = call.asked();
    asked.only(&["since", "until", "filter", "limit", "after", "sortOrder"])?;
    if asked.get("sortOrder").is_some_and(|order| order != "ASCENDING") {
        return Err(invalid("sortOrder", "sortOrder: only ASCENDING is simulated").unexpected());
    }
    let filter = asked.get("filter").map(|text| Filter::parse(text, FILTERED)).transpose()?;
    let now = time::now();
    let until = moment(&asked, "until")?.unwrap_or(now);
    // Without a start, a week; and never more than there is.
    let since = moment(&asked, "since")?.unwrap_or(until - 7 * DAY).max(now - 90 * DAY);
    let state = lock(&call.org.state);
    let wanted = |event: &&Event| {
        (since..until).contains(&event.published)
            && filter.as_ref().is_none_or(|filter| filter.matches(&|name| attribute(event, name)))
    };
    let events = state.events.iter().filter(|(_, event)| wanted(event)).map(|(place, event)| (place.clone(), event));
    asked.page(100, 1_000, events, Event::json)
}

fn moment(asked: &Asked<'_>, name: &str) -> Result<Option<i64>, Answer> {
    let wrong = || invalid(name, &format!("{name}: must be an ISO 8601 timestamp"));
    asked.get(name).map(|text| time::parse(text).ok_or_else(wrong)).transpose()
}
