//! What an integration may do with the workspace's own bot token. That token may post and upload, and Slack takes GET for all of it, so
//! the path decides: only methods that read, only at Slack.

use super::{Auth, DEFAULT_SLOT, Manifest, Method, Rule};

/// The member of `http.base` that the host fills in from its configuration.
pub const SLACK_API: &str = "slack_api";

/// Where a bot token is good.
const HOSTS: [&str; 2] = ["slack.com", "slack-gov.com"];

/// Methods of the Web API that tell who is there and change nothing.
const METHODS: [&str; 6] =
    ["auth.test", "team.info", "users.info", "users.list", "users.lookupByEmail", "usergroups.list"];

/// Checks a manifest that signs in with the workspace's token; any other passes.
pub fn check(manifest: &Manifest) -> Result<(), String> {
    if !manifest.is_of_workspace() {
        return Ok(());
    }
    let is_alone = manifest.auth.len() == 1 && manifest.auth(DEFAULT_SLOT) == Some(&Auth::Workspace);
    if !is_alone {
        return Err("`auth` signs in as the workspace: that is `auth.default`, and the only entry".to_owned());
    }
    if manifest.http.base != format!("{{{SLACK_API}}}") {
        return Err(format!(
            "`http.base` is `{}`; the workspace's token goes to `{{{SLACK_API}}}` only",
            manifest.http.base
        ));
    }
    if let Some(host) = manifest.http.hosts.iter().find(|host| !HOSTS.contains(&host.as_str())) {
        return Err(format!("`http.hosts` holds `{host}`; the workspace's token goes to {} only", HOSTS.join(" and ")));
    }
    if let Some((name, _)) = manifest.actions.iter().find(|(_, action)| !action.write.is_empty()) {
        return Err(format!("`actions.{name}.write` is not empty; nothing is written with the workspace's token"));
    }
    match manifest.http.read.iter().find(|rule| !reads(rule)) {
        Some(rule) => Err(format!(
            "`http.read` holds {} {}; with the workspace's token it takes GET of /api/ and one of {}",
            rule.method.as_str(),
            rule.path,
            METHODS.join(", ")
        )),
        None => Ok(()),
    }
}

fn reads(rule: &Rule) -> bool {
    let method = rule.path.strip_prefix("/api/");
    rule.method == Method::Get && method.is_some_and(|method| METHODS.contains(&method))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
id = "people"
name = "People"
version = "1"
wit = "0.1"
license = "MIT"
[http]
base = "{slack_api}"
hosts = ["slack.com"]
[[http.read]]
method = "GET"
path = "/api/users.list"
[auth.default]
kind = "workspace"
"#;

    #[test]
    fn the_token_reads_people_at_slack_and_nothing_else() {
        assert!(Manifest::parse(GOOD).is_ok());
        let table = [
            ("/api/users.list", "/api/chat.postMessage", "it takes GET of /api/"),
            ("/api/users.list", "/api/*", "it takes GET of /api/"),
            ("/api/users.list", "/api/**", "it takes GET of /api/"),
            ("/api/users.list", "/users.list", "it takes GET of /api/"),
            (r#"method = "GET""#, r#"method = "POST""#, "it takes GET of /api/"),
            (r#""slack.com""#, r#""slack.com", "evil.example""#, "holds `evil.example`"),
            (r#""slack.com""#, r#""*.slack.com""#, "holds `*.slack.com`"),
            ("{slack_api}", "https://evil.example", "goes to `{slack_api}` only"),
            ("[auth.default]", "[auth.more]\nkind = \"bearer\"\n[auth.default]", "the only entry"),
            ("[auth.default]", "[auth.other]", "the only entry"),
            (
                "[auth.default]",
                "[[actions.say.write]]\nmethod = \"POST\"\npath = \"/api/users.list\"\n[auth.default]",
                "nothing is written",
            ),
        ];
        for (from, to, part) in table {
            let refused = Manifest::parse(&GOOD.replace(from, to)).unwrap_err().0;
            assert!(refused.contains(part), "{to}: {refused}");
        }
    }
}
