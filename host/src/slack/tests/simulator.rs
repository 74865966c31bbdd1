//! Every surface we render, given to the Slack simulator: its Block Kit rules are written apart from our limits.

use super::*;
use crate::slack::inbound::Inbound;
use crate::slack::render::tests::{messages, views};
use weft_simulators::slack::{Slack, SlackOptions, Switches, Team};

pub(super) async fn simulator() -> Slack {
    let options = SlackOptions::default();
    Slack::start(SlackOptions {
        team: Team { id: "T1".into(), ..options.team.clone() },
        bot_token: "xoxb-1".into(),
        signing_secret: SECRET.into(),
        switches: Switches { rate_limits: false, ..Switches::default() },
        ..options
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn slack_takes_every_surface() {
    let simulator = simulator().await;
    let api = Url::parse(&simulator.api_url()).unwrap();
    let house = House::on(SlackApi::default(), api, Clock::system(), None).await;
    simulator.connect(house.url.as_str());
    let session = house.door.session(&"T1".into()).unwrap();
    let ada = simulator.user("U0ADA");
    // Several conversations, since posting is limited to one message a second in each.
    let mut channels = vec!["C0GENERAL".to_owned(), "C0ADMINS".to_owned()];
    for user in ["U0ADA", "U0GRACE", "U0LINUS", "U0MARGARET"] {
        channels.push(session.direct_channel(&user.into()).await.unwrap());
    }
    for ((name, message), channel) in messages().into_iter().zip(channels.iter().cycle()) {
        session.post(channel, None, &message).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for (name, view) in views() {
        if view["type"] == "home" {
            session.publish_home(&"U0ADA".into(), &view).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            continue;
        }
        let delivered = ada.command("/weft", "help", "general").await.unwrap();
        assert_eq!((delivered.status, delivered.problem), (200, None));
        let Inbound::Command(command) = house.first_in_inbox().await.what else { panic!("{name}") };
        let opened = session.open_view(&command.trigger.unwrap(), &view).await;
        opened.unwrap_or_else(|error| panic!("{name}: {error}"));
        ada.close_all().await.unwrap();
    }
    assert!(simulator.unexpected().is_empty(), "{:?}", simulator.unexpected());
    assert!(simulator.violations().is_empty(), "{:?}", simulator.violations());
    simulator.shutdown().await;
}
