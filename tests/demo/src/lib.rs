//! One world: a simulated Slack workspace, simulated Salesforce and Okta orgs of one company, and the real host between them. The demo
//! opens it in a browser, stories and benchmarks drive it.

mod directory;
mod people;

use anyhow::{Context, ensure};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::{collections::BTreeMap, path::Path};
use weft::{
    app::{self, Running},
    config::{
        ActionConfig, BoardConfig, Config, DataConfig, EgressConfig, IntegrationConfig, LogConfig, PeopleConfig,
        PluginConfig, ServerConfig, SlackConfig, SyncConfig,
    },
};
use weft_simulators::{
    okta::{Okta, OktaOptions},
    salesforce::{OrgOptions, Salesforce},
    slack::{Message, Slack, SlackOptions},
};

/// The owner, who is an admin.
pub const ADA: &str = "U0ADA";
/// An admin.
pub const GRACE: &str = "U0GRACE";
/// A member.
pub const LINUS: &str = "U0LINUS";
/// Where they meet.
pub const CHANNEL: &str = "it-admins";

const CLIENT_ID: &str = "weft-demo-app";
const CLIENT_SECRET: &str = "weft-demo-secret";

/// How large and where.
#[derive(Clone, Debug)]
pub struct WorldOptions {
    /// Users of the Salesforce org.
    pub users: u32,
    /// Port of the Slack page; 0 picks a free one.
    pub slack_port: u16,
    /// Requests a second that Slack's limits allow are kept as Slack keeps them.
    pub rate_limits: bool,
}

impl Default for WorldOptions {
    fn default() -> Self {
        Self { users: 300, slack_port: 0, rate_limits: true }
    }
}

/// The world. Stop it with [`World::stop`].
pub struct World {
    pub slack: Slack,
    pub salesforce: Salesforce,
    pub okta: Okta,
    pub config: Config,
    host: Option<Running>,
}

impl World {
    /// Starts simulators and host; the host's data lies in `dir`.
    pub async fn start(options: &WorldOptions, dir: &Path) -> anyhow::Result<Self> {
        Self::start_with(options, dir, OrgOptions::default(), |_| {}).await
    }

    /// As [`World::start`], with an org of these options, and a configuration that `configure` has changed. The app, the size and the
    /// callback of the org are the world's.
    pub async fn start_with(
        options: &WorldOptions,
        dir: &Path,
        org: OrgOptions,
        configure: impl FnOnce(&mut Config),
    ) -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let salesforce = Salesforce::start(OrgOptions {
            users: options.users,
            client_id: CLIENT_ID.into(),
            client_secret: Some(CLIENT_SECRET.into()),
            redirect_uris: vec![format!("{address}/connect/callback")],
            ..org
        })
        .await
        .context("the simulated Salesforce")?;
        let callback = format!("{address}/connect/callback");
        let company = people::of(&salesforce.org())?;
        let okta = OktaOptions { people: company, redirect_uris: vec![callback], ..OktaOptions::default() };
        let okta = Okta::start(okta).await.context("the simulated Okta")?;
        let slack = Slack::start(slack_options(options)).await.context("the simulated Slack")?;
        directory::settle(&slack, &salesforce.org())?;
        let mut config = config(&slack, &salesforce, &okta, &address, dir)?;
        configure(&mut config);
        let host = app::start(config.clone(), listener).await.context("the host")?;
        slack.connect(&address);
        Ok(Self { slack, salesforce, okta, config, host: Some(host) })
    }

    /// Stops the host and starts it again over the same data, at the same address.
    pub async fn restart_host(&mut self) -> anyhow::Result<()> {
        if let Some(host) = self.host.take() {
            let address = host.address();
            host.stop().await;
            let listener = tokio::net::TcpListener::bind(address).await?;
            self.host = Some(app::start(self.config.clone(), listener).await?);
        }
        Ok(())
    }

    /// Connects Salesforce as this person would: the command, the link, "Allow" in the browser.
    pub async fn connect_salesforce(&self, person: &str) -> anyhow::Result<()> {
        let link = self.connect_link(person).await?;
        self.allow(&link).await?;
        self.slack.user(person).close_all().await
    }

    /// Connects the workspace's own directory as this person would: the command, and no more. Answers what the modal says.
    pub async fn connect_slack_directory(&self, person: &str) -> anyhow::Result<String> {
        let person = self.slack.user(person);
        person.command("/weft", "connect slack-directory", CHANNEL).await?;
        let modal = person.wait_for_modal(|view| !view.view.to_string().contains("Preparing")).await?;
        person.close_all().await?;
        Ok(modal.view.to_string())
    }

    /// Connects Okta in the same way.
    pub async fn connect_okta(&self, person: &str) -> anyhow::Result<()> {
        let link = self.link_to(person, "okta").await?;
        self.follow(&link, |address| self.okta.org().allow(address)).await?;
        self.slack.user(person).close_all().await
    }

    /// The link to connect Salesforce that this person gets in Slack.
    pub async fn connect_link(&self, person: &str) -> anyhow::Result<String> {
        self.link_to(person, "salesforce").await
    }

    /// The link to connect a tool that this person gets in Slack.
    pub async fn link_to(&self, person: &str, tool: &str) -> anyhow::Result<String> {
        let person = self.slack.user(person);
        person.command("/weft", &format!("connect {tool}"), CHANNEL).await?;
        let modal = person.wait_for_modal(|view| link(&view.view.to_string()).is_some()).await?;
        link(&modal.view.to_string()).context("the modal has a link")
    }

    /// Waits until the person who connected is told that all is fetched.
    pub async fn synced(&self, person: &str) -> anyhow::Result<Message> {
        let person = self.slack.user(person);
        self.slack
            .wait_for("the connection to be fetched", |_| {
                let messages = person.direct_messages();
                messages
                    .into_iter()
                    .find(|message| serde_json::json!(message.blocks).to_string().contains("\\nConnected"))
            })
            .await
    }

    /// "Sync now", on the message about the connection.
    pub async fn sync(&self, person: &str) -> anyhow::Result<()> {
        let message = self.synced(person).await?;
        self.slack.user(person).click(&message, "Sync now").await.map(drop)
    }

    /// A signed payload to `/slack/interactions`, as Slack would send it for somebody else's click. Answers the status.
    pub async fn interact(&self, payload: &serde_json::Value) -> anyhow::Result<u16> {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish();
        let url = self.config.server.public_url.join("slack/interactions")?;
        let stamp = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
        let request = reqwest::Client::new()
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", stamp.to_string())
            .header("x-slack-signature", sign(stamp, &body)?);
        Ok(request.body(body).send().await?.status().as_u16())
    }

    /// Follows a connect link as a browser does, and allows what Salesforce asks.
    pub async fn allow(&self, link: &str) -> anyhow::Result<String> {
        self.follow(link, |address| self.salesforce.org().allow(address, None)).await
    }

    /// Follows a connect link as a browser does; at the tool, `press` answers the question on the page of this address, and says where
    /// the browser is sent.
    pub async fn follow(
        &self,
        link: &str,
        press: impl FnOnce(&str) -> anyhow::Result<String>,
    ) -> anyhow::Result<String> {
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let (cookie, form) = open(&browser, link).await?;
        let begun = browser.post(link).header("cookie", &cookie).form(&form).send().await?;
        let back = press(&header(&begun, "location")?)?;
        let done = browser.get(back).header("cookie", cookie).send().await?;
        let status = done.status();
        let page = done.text().await?;
        ensure!(status.is_success(), "the callback answered {status}: {page}");
        Ok(page)
    }

    /// Stops everything; what the host has in hand it finishes first.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(host) = self.host.take() {
            host.stop().await;
        }
        self.slack.shutdown().await;
        self.okta.shutdown().await?;
        self.salesforce.shutdown().await
    }
}

/// Opens a connect link as a browser does: its cookie, and what the form has filled in.
pub async fn open(browser: &reqwest::Client, link: &str) -> anyhow::Result<(String, Vec<(String, String)>)> {
    let opened = browser.get(link).send().await?;
    let cookie = header(&opened, "set-cookie")?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    Ok((cookie, filled_in(&opened.text().await?)))
}

/// The fields of a form that a browser would send back untouched.
pub fn filled_in(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let value = tag.split_once(&format!("{name}=\""))?.1.split('"').next()?;
        Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    };
    let tags = page.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
    let sent = tags.filter(|tag| !tag.contains("type=\"radio\"") || tag.contains(" checked"));
    sent.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))).collect()
}

/// Slack's signature of a body.
pub fn sign(stamp: u64, body: &str) -> anyhow::Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SlackOptions::default().signing_secret.as_bytes())?;
    mac.update(format!("v0:{stamp}:{body}").as_bytes());
    Ok(format!("v0={}", hex::encode(mac.finalize().into_bytes())))
}

fn header(response: &reqwest::Response, name: &str) -> anyhow::Result<String> {
    let value = response.headers().get(name).with_context(|| format!("{} without {name}", response.status()))?;
    Ok(value.to_str()?.to_owned())
}

/// The connect link inside a view.
fn link(view: &str) -> Option<String> {
    let start = view.find("http://127.0.0.1")?;
    let rest = view.get(start..)?;
    let link = rest.split('"').next()?;
    link.contains("/connect/").then(|| link.to_owned())
}

fn slack_options(options: &WorldOptions) -> SlackOptions {
    let mut slack = SlackOptions { port: options.slack_port, ..Default::default() };
    slack.switches.rate_limits = options.rate_limits;
    slack
}

fn config(slack: &Slack, salesforce: &Salesforce, okta: &Okta, address: &str, dir: &Path) -> anyhow::Result<Config> {
    let options = SlackOptions::default();
    let place = |url: &str| url.trim_start_matches("http://").split('/').next().unwrap_or_default().to_owned();
    let app = |id: &str, secret: &str, setting: &str, url: &str| IntegrationConfig {
        client_id: Some(id.into()),
        client_secret: Some(secret.to_owned().into()),
        settings: BTreeMap::from([(setting.to_owned(), url.to_owned())]),
        ..Default::default()
    };
    let okta_app = OktaOptions::default();
    Ok(Config {
        server: ServerConfig { public_url: address.parse()?, ..Default::default() },
        data: DataConfig { dir: dir.join("data"), key_file: dir.join("weft.key"), key: None },
        slack: SlackConfig {
            signing_secret: options.signing_secret.into(),
            previous_signing_secret: None,
            bot_token: options.bot_token.into(),
            approvals_channel: None,
            audit_channel: None,
            api_url: slack.api_url().parse()?,
        },
        people: PeopleConfig { owner: ADA.into(), admins: vec![GRACE.into()] },
        integrations: BTreeMap::from([
            ("salesforce".into(), app(CLIENT_ID, CLIENT_SECRET, "login_url", salesforce.url())),
            ("okta".into(), app(&okta_app.client_id, &okta_app.client_secret, "org_url", okta.url())),
        ]),
        egress: EgressConfig {
            allow_private: vec![place(salesforce.url()), place(okta.url()), place(&slack.api_url())],
        },
        plugins: PluginConfig::default(),
        sync: SyncConfig::default(),
        boards: BoardConfig::default(),
        actions: ActionConfig::default(),
        log: LogConfig::default(),
    })
}
