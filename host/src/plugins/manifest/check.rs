//! What a manifest must keep to. Each refusal names the key and says what is allowed.

use super::{Auth, HttpRules, Limits, Manifest, ManifestError, Rule, Setting, SettingKind, workspace};
use url::Url;

/// Hosts one integration may name: a tool has a handful.
const MAX_HOSTS: usize = 32;
/// Rules in one list.
const MAX_RULES: usize = 256;
/// Settings one page may ask for.
const MAX_SETTINGS: usize = 20;
/// Texts of one list about refusals.
const MAX_TEXTS: usize = 64;
/// Actions one integration may have.
const MAX_ACTIONS: usize = 200;

/// Checks what the types cannot say.
pub fn check(manifest: &Manifest) -> Result<(), ManifestError> {
    names(manifest)?;
    hosts(&manifest.http.hosts)?;
    base(manifest)?;
    rules("http.read", &manifest.http.read)?;
    at_most("actions", manifest.actions.len(), MAX_ACTIONS)?;
    for (name, action) in &manifest.actions {
        rules(&format!("actions.{name}.write"), &action.write)?;
    }
    for (slot, auth) in &manifest.auth {
        auth_scheme(slot, auth)?;
        stands_for(manifest, slot, auth)?;
    }
    workspace::check(manifest).map_err(ManifestError)?;
    at_most("sign_in_errors", manifest.sign_in_errors.len(), MAX_TEXTS)?;
    at_most("settings", manifest.settings.len(), MAX_SETTINGS)?;
    for (name, one) in &manifest.settings {
        setting(name, one)?;
    }
    limits(&manifest.limits)
}

fn refuse<T>(sentence: impl Into<String>) -> Result<T, ManifestError> {
    Err(ManifestError(sentence.into()))
}

fn at_most(key: &str, count: usize, limit: usize) -> Result<(), ManifestError> {
    if count > limit { refuse(format!("`{key}` has {count} entries; at most {limit} are allowed")) } else { Ok(()) }
}

fn is_slug(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

fn names(manifest: &Manifest) -> Result<(), ManifestError> {
    if !is_slug(manifest.id.as_str()) {
        return refuse(format!("`id` is `{}`; it takes 1 to 64 of a-z, 0-9 and -", manifest.id));
    }
    if let Some(name) = manifest.actions.keys().find(|name| !is_slug(name.as_str())) {
        return refuse(format!("the action `{name}` is no name; it takes 1 to 64 of a-z, 0-9 and -"));
    }
    for (key, text) in [("name", &manifest.name), ("version", &manifest.version), ("license", &manifest.license)] {
        if text.trim().is_empty() || text.chars().count() > 100 || text.chars().any(char::is_control) {
            return refuse(format!("`{key}` must be one line of 1 to 100 characters"));
        }
    }
    let number = |text: &str| text.parse::<u16>().is_ok();
    match manifest.wit.split_once('.') {
        Some((major, minor)) if number(major) && number(minor) => Ok(()),
        _ => refuse(format!("`wit` is `{}`; it takes two numbers such as `0.1`", manifest.wit)),
    }
}

fn hosts(hosts: &[String]) -> Result<(), ManifestError> {
    at_most("http.hosts", hosts.len(), MAX_HOSTS)?;
    for host in hosts {
        let name = host.strip_prefix("*.").unwrap_or(host);
        let labels = name.split('.').count();
        let label = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        if !name.split('.').all(label) || labels < 2 {
            return refuse(format!(
                "`http.hosts` holds `{host}`; a host is a lower-case name with a dot, without scheme, port or path, and may start with `*.`"
            ));
        }
        // An address is not a name: it would skip the check after the look-up.
        if name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit())) {
            return refuse(format!("`http.hosts` holds the address `{host}`; only names are allowed"));
        }
    }
    Ok(())
}

fn base(manifest: &Manifest) -> Result<(), ManifestError> {
    let base = &manifest.http.base;
    if manifest.is_of_file() {
        let goes = manifest.http != HttpRules::default() || !manifest.actions.is_empty() || manifest.auth.len() > 1;
        return match goes {
            true => refuse(
                "`auth` says that the records are in a file: there is no other `auth`, no `http` and no `actions` then",
            ),
            false => Ok(()),
        };
    }
    let member = base.strip_prefix('{').and_then(|rest| rest.split('}').next());
    match member {
        Some(member) if manifest.http.hosts.is_empty() && !manifest.settings.contains_key(member) => refuse(format!(
            "`http.base` takes its host from the tool's own answer (`{base}`): `http.hosts` must say which hosts that may be"
        )),
        Some(_) => Ok(()),
        None if base.starts_with("https://") => Ok(()),
        None => refuse(format!(
            "`http.base` is `{base}`; it starts with https:// or is a template such as `{{instance_url}}`"
        )),
    }
}

fn stands_for(manifest: &Manifest, name: &str, auth: &Auth) -> Result<(), ManifestError> {
    at_most(&format!("auth.{name}.not_expired"), auth.not_expired().len(), MAX_TEXTS)?;
    if auth.not_expired().iter().any(|text| text.trim().is_empty()) {
        return refuse(format!("`auth.{name}.not_expired` holds an empty text, which is in every answer"));
    }
    match auth.stands_for() {
        Some(slot) if slot == name || manifest.auth(slot).is_none() => refuse(format!(
            "`auth.{name}.stands_for` is `{slot}`; it names another entry of `auth`, one that stands for none itself"
        )),
        _ => Ok(()),
    }
}

fn setting(name: &str, setting: &Setting) -> Result<(), ManifestError> {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !(1..=64).contains(&name.len()) || !name.bytes().all(word) {
        return refuse(format!("`settings.{name}` is no name; it takes 1 to 64 of a-z, 0-9 and _"));
    }
    at_most(&format!("settings.{name}.choices"), setting.choices.len(), MAX_TEXTS)?;
    if setting.other.is_some() && setting.choices.is_empty() {
        return refuse(format!("`settings.{name}.other` stands beside choices, and there are none"));
    }
    let answers = setting.default.iter().chain(setting.choices.iter().map(|choice| &choice.value));
    for answer in answers {
        let fits = match setting.kind {
            SettingKind::Text => true,
            SettingKind::Origin => Url::parse(answer).is_ok_and(|url| url.host().is_some()),
            SettingKind::Number => answer.parse().is_ok_and(|number| (setting.min..=setting.max).contains(&number)),
        };
        if !fits {
            return refuse(format!("`settings.{name}` has the default or choice `{answer}`, which it would not take"));
        }
    }
    Ok(())
}

fn rules(key: &str, rules: &[Rule]) -> Result<(), ManifestError> {
    at_most(key, rules.len(), MAX_RULES)?;
    for Rule { path, .. } in rules {
        let Some(rest) = path.strip_prefix('/') else {
            return refuse(format!("`{key}` holds the path `{path}`; a path starts with `/`"));
        };
        let segments: Vec<&str> = rest.split('/').collect();
        let last = segments.len() - 1;
        let good = |(at, segment): (usize, &&str)| match *segment {
            "*" => true,
            "**" => at == last,
            "" => at == last,
            "." | ".." => false,
            other => !other.contains(['*', '?', '#', '%', '\\']),
        };
        if !segments.iter().enumerate().all(good) {
            return refuse(format!(
                "`{key}` holds the path `{path}`; `*` stands for one whole segment, `**` only at the end, and segments are written decoded, without ? and #"
            ));
        }
    }
    Ok(())
}

fn auth_scheme(slot: &str, auth: &Auth) -> Result<(), ManifestError> {
    if slot == "none" || !is_slug(slot) {
        return refuse(format!(
            "`auth.{slot}` is no name for an entry; use `default` or a name of a-z, 0-9 and -, but not `none`"
        ));
    }
    match auth {
        Auth::ApiKey { header: Some(_), query: Some(_), .. } | Auth::ApiKey { header: None, query: None, .. } => {
            refuse(format!("`auth.{slot}` needs exactly one of `header` and `query`"))
        }
        Auth::ApiKey { header: Some(name), .. }
            if reqwest::header::HeaderName::from_bytes(name.as_bytes()).is_err() =>
        {
            refuse(format!("`auth.{slot}.header` is `{name}`, which is no header name"))
        }
        _ => Ok(()),
    }
}

/// The ceilings of the host: one integration must leave room for the others, and a call must end while somebody still waits.
fn limits(limits: &Limits) -> Result<(), ManifestError> {
    let ceilings = [
        ("memory_mib", limits.memory_mib, 256),
        ("call_seconds", limits.call_seconds, 600),
        ("cpu_seconds", limits.cpu_seconds, 60),
        ("response_mib", limits.response_mib, 64),
        ("requests_per_second", limits.requests_per_second, 1_000),
        ("concurrent_requests", limits.concurrent_requests, 64),
    ];
    for (key, asked, ceiling) in ceilings {
        if !(1..=ceiling).contains(&asked) {
            return refuse(format!("`limits.{key}` is {asked}; it takes 1 to {ceiling}"));
        }
    }
    Ok(())
}
