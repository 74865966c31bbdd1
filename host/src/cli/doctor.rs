//! `weft doctor`: looks at what Weft needs to run, and says of each thing how it is and what to do. Changes nothing that lasts.

use std::path::Path;
use std::time::{Duration, SystemTime};
use weft::app;
use weft::config::Config;
use weft::slack::{Client, TokenHealth};
use weft::store::seal::{KeySource, Sealer};
use weft::store::{Condition, condition};

/// Less room than this is soon used up by one large fetch.
const LITTLE_ROOM: u64 = 2 << 30;
/// Less room than this does not hold the databases' own files.
const NO_ROOM: u64 = 200 << 20;
/// Slack's signatures count for five minutes; a clock that is off by less is worth a look.
const CLOCK_MAY_DIFFER: Duration = Duration::from_secs(30);
const CLOCK_IS_WRONG: Duration = Duration::from_secs(5 * 60);

/// How a thing is.
enum Finding {
    Well(String),
    /// Weft runs; this is worth a look.
    Look(String),
    /// Weft does not run, or not as it should, until this is put right.
    Wrong(String),
}

use Finding::{Look, Well, Wrong};

/// Whether nothing is wrong.
pub async fn doctor(config: &Config) -> anyhow::Result<bool> {
    let mut found = vec![("configuration", Well("usable".to_owned())), ("address", address(config))];
    let condition = condition(&config.data.dir);
    let is_running = matches!(condition, Ok(Condition::InUse));
    found.push(("data directory", directory(config, condition)));
    found.push(("disk", disk(&config.data.dir)));
    found.push(("key", key(config)));
    found.extend(slack(config).await);
    found.push(("integrations", integrations(config).await));
    if !is_running {
        found.push(("listening", listening(config).await));
    }
    let mut is_well = true;
    for (what, finding) in found {
        let (sign, said) = match finding {
            Well(said) => ("ok   ", said),
            Look(said) => ("look ", said),
            Wrong(said) => {
                is_well = false;
                ("WRONG", said)
            }
        };
        println!("{sign} {what}: {said}");
    }
    Ok(is_well)
}

fn address(config: &Config) -> Finding {
    let url = &config.server.public_url;
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match url.scheme() {
        "https" => Well(format!("browsers and Slack reach Weft at {url}")),
        _ if is_here => Look(format!("{url} is this machine: Slack cannot reach it. Set server.public_url")),
        _ => Look(format!("{url} is not encrypted: Slack wants https. Set server.public_url, and a proxy in front")),
    }
}

fn directory(config: &Config, condition: Result<Condition, weft::store::OpenError>) -> Finding {
    let dir = config.data.dir.display();
    match condition {
        Ok(Condition::Missing) => Look(format!("{dir} is not there yet; the first start makes it")),
        Ok(Condition::Free) => Well(format!("{dir} can be written, and no Weft uses it")),
        Ok(Condition::InUse) => Well(format!("{dir} is used by a Weft that runs")),
        Err(error) => Wrong(error.to_string()),
    }
}

/// Of the place where the data directory is, or will be.
fn disk(dir: &Path) -> Finding {
    let Ok(dir) = std::path::absolute(dir) else { return Look("its path cannot be made out".to_owned()) };
    let Some(place) = dir.ancestors().find(|place| place.exists()) else {
        return Look("the place of the data directory cannot be found".to_owned());
    };
    match fs4::available_space(place) {
        Err(error) => Look(format!("how much room there is cannot be told: {error}")),
        Ok(bytes) => {
            let said = format!("{} MiB free at {}", bytes >> 20, place.display());
            match bytes {
                0..NO_ROOM => Wrong(format!("{said}: too little. Make room")),
                NO_ROOM..LITTLE_ROOM => Look(format!("{said}: one large fetch may need more")),
                _ => Well(said),
            }
        }
    }
}

fn key(config: &Config) -> Finding {
    let (source, named) = match &config.data.key {
        Some(key) => (KeySource::Given(key), "data.key".to_owned()),
        None => (KeySource::File(&config.data.key_file), config.data.key_file.display().to_string()),
    };
    match Sealer::fits(&source, &config.data.dir) {
        Ok(true) => match open_to_others(config) {
            true => Look(format!("{named} opens the stored secrets, but others can read the file: chmod 600")),
            false => Well(format!("{named} opens the stored secrets")),
        },
        Ok(false) => {
            Look(format!("no secret is stored yet; the first start uses {named}, and makes the file if it is missing"))
        }
        Err(error) => Wrong(error.to_string()),
    }
}

fn open_to_others(config: &Config) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let is_file = config.data.key.is_none();
    let mode = std::fs::metadata(&config.data.key_file).map(|found| found.permissions().mode());
    is_file && mode.is_ok_and(|mode| mode & 0o077 != 0)
}

async fn slack(config: &Config) -> Vec<(&'static str, Finding)> {
    let client = match Client::new(&config.slack.api_url) {
        Ok(client) => client,
        Err(error) => return vec![("Slack", Wrong(format!("{error:#}")))],
    };
    match client.health(&config.slack.bot_token).await {
        Ok(health) => {
            let said = Well(format!("the bot token is that of {}", health.workspace));
            vec![("Slack", said), ("scopes", scopes(&health)), ("clock", clock(&health))]
        }
        Err(error) => vec![("Slack", Wrong(format!("{error}. Is slack.bot_token that of an installed app?")))],
    }
}

fn scopes(health: &TokenHealth) -> Finding {
    match health.missing.as_deref() {
        Some([]) => Well("the app has all it needs".to_owned()),
        Some(missing) => Wrong(format!(
            "the app lacks {}. Add them at api.slack.com/apps under OAuth & Permissions, and install it again",
            missing.join(", ")
        )),
        None => Look("Slack did not say which scopes the app has".to_owned()),
    }
}

fn clock(health: &TokenHealth) -> Finding {
    let Some(there) = health.now else { return Look("Slack did not say what time it is".to_owned()) };
    let here = SystemTime::now();
    let off = here.duration_since(there).or_else(|_| there.duration_since(here)).unwrap_or_default();
    let said = format!("{} s from Slack's", off.as_secs());
    match off {
        off if off >= CLOCK_IS_WRONG => Wrong(format!("{said}: whatever Slack sends is refused. Set the clock")),
        off if off >= CLOCK_MAY_DIFFER => Look(format!("{said}: set the clock")),
        _ => Well(said),
    }
}

async fn integrations(config: &Config) -> Finding {
    match app::check_integrations(config).await {
        Ok(names) => Well(format!("{} can be loaded and signed in to", names.join(", "))),
        Err(error) => Wrong(format!("{error:#}")),
    }
}

async fn listening(config: &Config) -> Finding {
    let listen = config.server.listen;
    match tokio::net::TcpListener::bind(listen).await {
        Ok(_) => Well(format!("{listen} is free")),
        Err(error) => Wrong(format!("{listen} cannot be listened on: {error}. Set server.listen")),
    }
}
