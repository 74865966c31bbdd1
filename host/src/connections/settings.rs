//! The answers to a manifest's settings: judged before anything is sent anywhere, each refusal at its question.

use crate::plugins::{Integration, Manifest, Refusal, Setting, SettingKind, host_matches};
use std::collections::BTreeMap;
use url::Url;

/// The longest answer: an address, or a line.
const MAX_ANSWER: usize = 500;

/// What is wrong with answers: name of the setting, sentence.
pub type Mistakes = Vec<(String, String)>;

/// What a question starts with: what the configuration says, else the manifest's default.
pub fn prefilled(manifest: &Manifest, configured: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let answer = |(name, setting): (&String, &Setting)| {
        let value = configured.get(name).cloned().or_else(|| setting.default.clone())?;
        Some((name.clone(), value))
    };
    manifest.settings.iter().filter_map(answer).collect()
}

/// The answers as they are kept, or everything that is wrong with them. Answers to nothing that is asked are refused.
pub fn check(
    integration: &Integration,
    answers: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Mistakes> {
    let manifest = integration.manifest();
    let (mut kept, mut mistakes) = (BTreeMap::new(), Mistakes::new());
    for (name, setting) in &manifest.settings {
        match answer(integration, setting, answers.get(name).map_or("", String::as_str)) {
            Ok(value) => drop(kept.insert(name.clone(), value)),
            Err(sentence) => mistakes.push((name.clone(), sentence)),
        }
    }
    let unknown = answers.keys().filter(|name| !manifest.settings.contains_key(*name));
    mistakes.extend(unknown.map(|name| (name.clone(), format!("{} has no such setting.", manifest.name))));
    if mistakes.is_empty() { Ok(kept) } else { Err(mistakes) }
}

fn answer(integration: &Integration, setting: &Setting, given: &str) -> Result<String, String> {
    let given = given.trim();
    if given.is_empty() {
        return Err("This is needed.".to_owned());
    }
    if given.chars().count() > MAX_ANSWER || given.chars().any(char::is_control) {
        return Err(format!("One line of at most {MAX_ANSWER} characters, please."));
    }
    let value = match setting.kind {
        SettingKind::Text => given.to_owned(),
        SettingKind::Number => number(setting, given)?,
        SettingKind::Origin => origin(integration, setting, given)?,
    };
    let is_choice = setting.choices.iter().any(|choice| choice.value == value);
    if setting.choices.is_empty() || setting.other.is_some() || is_choice {
        return Ok(value);
    }
    let choices: Vec<&str> = setting.choices.iter().map(|choice| choice.value.as_str()).collect();
    Err(format!("It takes one of: {}.", choices.join(", ")))
}

fn number(setting: &Setting, given: &str) -> Result<String, String> {
    let (min, max) = (setting.min, setting.max);
    match given.parse::<u64>() {
        Ok(number) if (min..=max).contains(&number) => Ok(number.to_string()),
        _ if max == u64::MAX => Err(format!("A whole number from {min} on, please.")),
        _ => Err(format!("A whole number from {min} to {max}, please.")),
    }
}

/// An address without anything but scheme, host and port. People may leave the scheme out.
fn origin(integration: &Integration, setting: &Setting, given: &str) -> Result<String, String> {
    let whole = if given.contains("://") { given.to_owned() } else { format!("https://{given}") };
    let url = Url::parse(&whole).ok().filter(Url::has_host);
    let url = url.ok_or_else(|| "This is no address. It looks like https://name.example.com.".to_owned())?;
    let host = url.host_str().unwrap_or_default();
    if let Some(refused) = setting.refuse.iter().find(|refused| host_matches(&refused.host, host)) {
        return Err(refused.say.clone());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("An address without user name and password, please.".to_owned());
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "Only the host, please, without what comes after it: {}.",
            url.origin().ascii_serialization()
        ));
    }
    let manifest = integration.manifest();
    // Without a list the person names the host of their own tool: it becomes the base URL, which counts as asked for.
    match integration.check_address(&url) {
        Err(Refusal::HostNotAsked(_)) if manifest.http.hosts.is_empty() && url.scheme() == "https" => {}
        Err(refusal) => return Err(place(manifest, &refusal)),
        Ok(()) => {}
    }
    Ok(url.origin().ascii_serialization())
}

/// Why an address is not gone to, for the person who gave it.
fn place(manifest: &Manifest, refusal: &Refusal) -> String {
    match refusal {
        Refusal::HostNotAsked(host) => {
            format!("`{host}` is not a host of {}. It takes {}.", manifest.name, manifest.http.hosts.join(", "))
        }
        Refusal::HostNotGranted(host) => format!("The operator of Weft does not allow the host `{host}`."),
        Refusal::Private(host) => format!("`{host}` is not a public address."),
        Refusal::PlainHttp(_) => {
            "The address must begin with https://: over http:// others could read along.".to_owned()
        }
        Refusal::Port(port) => format!("The port {port} is not used: leave it out."),
        Refusal::Url(_) | Refusal::NoReadRule { .. } | Refusal::NoWriteRule { .. } => {
            "This address cannot be used. It looks like https://name.example.com.".to_owned()
        }
    }
}
