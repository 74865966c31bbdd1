//! HTTP of one call: resolves, asks the grants, adds credentials, waits its turn, sends, follows redirects, tries reads again,
//! and renews credentials once.

use super::backoff;
use super::egress::Egress;
use super::exchange::{self, Answer, Failure};
use super::gate::Gate;
use super::request::{self, Draft, Request, refused};
use crate::domain::{ActionName, ErrorClass, Fault};
use crate::plugins::access::{Access, Applied};
use crate::plugins::caps::clock::Clock;
use crate::plugins::caps::log::CallLog;
use crate::plugins::grants::{Grant, Grants, Permit, Phase};
use crate::plugins::manifest::{Auth, Manifest, Method};
use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use url::Url;

/// Requests of one call: ten pages of 200 targets each would need fewer.
const MAX_REQUESTS: u32 = 2_000;
/// Redirects of one read.
const MAX_REDIRECTS: u32 = 5;
/// One request, when neither the guest nor the call says less.
const REQUEST_TIME: Duration = Duration::from_secs(60);
/// Of a 401's body, looked at for words that mean something else than an expired session: refusals are short.
const MAX_SEARCHED: usize = 64 << 10;
/// Kept back from the call's time, so that the guest can still report after a request ran out of it.
const ANSWER_MARGIN: Duration = Duration::from_millis(500);
/// Bodies one call may hold at the same time, as a multiple of the largest one.
const HELD_BODIES: usize = 4;

/// During which call the requests are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallPhase {
    /// Checking, fetching, preparing, verifying.
    Reading,
    /// Running this action.
    Running(ActionName),
}

/// What a session is made of.
pub struct SessionSettings {
    /// The pools.
    pub egress: Arc<Egress>,
    /// The rules.
    pub grants: Arc<Grants>,
    /// The integration.
    pub manifest: Arc<Manifest>,
    /// The connection and its gate; none while describing, when nothing may be sent.
    pub connection: Option<(Access, Arc<Gate>)>,
    /// The rules that apply.
    pub phase: CallPhase,
    /// What is left of the call.
    pub clock: Clock,
    /// Where secrets are taken out.
    pub log: Arc<CallLog>,
}

/// HTTP of one call.
pub struct Session {
    settings: SessionSettings,
    requests: AtomicU32,
    writes: AtomicU32,
    held: Arc<AtomicUsize>,
}

/// An answer as a guest gets it.
pub struct Response {
    /// Any status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
    /// Accounts for the body until it is dropped.
    pub held: Held,
}

impl Session {
    /// A session that has sent nothing.
    pub fn new(settings: SessionSettings) -> Self {
        Self { settings, requests: AtomicU32::new(0), writes: AtomicU32::new(0), held: Arc::default() }
    }

    /// Whether any request under a write rule was sent.
    pub fn has_written(&self) -> bool {
        self.writes.load(Ordering::Acquire) > 0
    }

    /// Sends one request.
    pub async fn send(&self, request: Request) -> Result<Response, Fault> {
        let Some((access, gate)) = &self.settings.connection else {
            return Err(refused("no-connection", "there is no connection while an integration describes itself"));
        };
        if self.requests.fetch_add(1, Ordering::Relaxed) >= MAX_REQUESTS {
            return Err(refused("too-many-requests", format!("one call may send {MAX_REQUESTS}")));
        }
        let manifest = &self.settings.manifest;
        let draft = Draft::new(request, &request::credential_headers(manifest), manifest)?;
        let answer = self.deliver(access, gate, &draft).await?;
        Ok(Response {
            status: answer.status,
            headers: exchange::visible(&answer.headers),
            body: answer.body,
            held: answer.held,
        })
    }

    /// Sends several side by side; the gate keeps their number in bounds.
    pub async fn send_all(&self, requests: Vec<Request>) -> Vec<Result<Response, Fault>> {
        let allowed = requests.len() <= super::MAX_TOGETHER;
        let one = async |request| match allowed {
            true => self.send(request).await,
            false => {
                Err(refused("too-many-together", format!("`send-all` takes at most {} requests", super::MAX_TOGETHER)))
            }
        };
        futures::future::join_all(requests.into_iter().map(one)).await
    }

    /// Tries until there is an answer to give, or no sense in trying again.
    async fn deliver(&self, access: &Access, gate: &Gate, draft: &Draft) -> Result<Answer, Fault> {
        let (mut retries, mut renewed) = (0, false);
        loop {
            let applied = self.credentials(access, draft).await?;
            let attempt = self.attempt(access, gate, draft, applied.as_ref()).await?;
            let wait = match (&attempt, &draft.slot, &applied) {
                (Ok(answer), Some(slot), Some(applied)) if !renewed && self.is_expired(slot, answer) => {
                    access.credentials.renew(slot, applied.generation).await?;
                    renewed = true;
                    continue;
                }
                (Ok(answer), ..) if backoff::is_passing(answer.status) => {
                    self.after_refusal(gate, draft, answer, retries)
                }
                (Err((failure, _)), ..) if failure.is_passing() => self.wait(draft, retries, None),
                _ => None,
            };
            match (wait, attempt) {
                (Some(wait), _) => tokio::time::sleep(wait).await,
                (None, Ok(answer)) => return Ok(answer),
                (None, Err((failure, permit))) => return Err(failure.fault(permit, self.body_limit())),
            }
            retries += 1;
        }
    }

    /// Whether new credentials may help: the tool says 401, and none of the words that mean something else.
    fn is_expired(&self, slot: &str, answer: &Answer) -> bool {
        let searched = answer.body.get(..MAX_SEARCHED).unwrap_or(&answer.body);
        let says = |text: &String| memchr::memmem::find(searched, text.as_bytes()).is_some();
        let lasting = self.settings.manifest.auth(slot).map(Auth::not_expired).unwrap_or_default();
        answer.status == 401 && !lasting.iter().any(says)
    }

    fn wait(&self, draft: &Draft, retries: u32, asked: Option<Duration>) -> Option<Duration> {
        let is_read = draft.method == Method::Get;
        is_read.then(|| backoff::wait(retries, asked, self.remaining(), backoff::dice()))?
    }

    fn after_refusal(&self, gate: &Gate, draft: &Draft, answer: &Answer, retries: u32) -> Option<Duration> {
        let header = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let asked = header.and_then(|value| backoff::retry_after(value, SystemTime::now()));
        if let Some(asked) = asked.filter(|_| answer.status == 429) {
            gate.pause(asked);
        }
        self.wait(draft, retries, asked)
    }

    async fn credentials(&self, access: &Access, draft: &Draft) -> Result<Option<Applied>, Fault> {
        let Some(slot) = &draft.slot else { return Ok(None) };
        let applied = access.credentials.apply(slot).await?;
        for (_, secret) in applied.headers.iter().chain(&applied.query) {
            self.settings.log.hide(secret);
            // What follows a scheme (`Bearer ...`) is the secret itself.
            if let Some((_, token)) = secret.expose_secret().split_once(' ') {
                self.settings.log.hide(&SecretString::from(token));
            }
        }
        Ok(Some(applied))
    }

    /// One attempt with its redirects. The outer error ends everything; the inner one may pass.
    async fn attempt(
        &self,
        access: &Access,
        gate: &Gate,
        draft: &Draft,
        applied: Option<&Applied>,
    ) -> Result<Result<Answer, (Failure, Permit)>, Fault> {
        let base = access.credentials.base_url();
        let first = draft.resolve(&base)?;
        let mut url = first.clone();
        for _ in 0..=MAX_REDIRECTS {
            let grant = self.grant(&base, draft.method, &url)?;
            let same_place = url.origin() == first.origin();
            let answer = match self.exchange(gate, draft, &url, applied.filter(|_| same_place), grant).await? {
                Ok(answer) => answer,
                Err(failure) => return Ok(Err((failure, grant.permit))),
            };
            match redirect(draft.method, &url, &answer) {
                Some(next) => url = next,
                None => return Ok(Ok(answer)),
            }
        }
        Err(refused("redirects", format!("the tool redirected more than {MAX_REDIRECTS} times")))
    }

    fn grant(&self, base: &Url, method: Method, url: &Url) -> Result<Grant, Fault> {
        let phase = match &self.settings.phase {
            CallPhase::Reading => Phase::Reading,
            CallPhase::Running(action) => Phase::Running(action),
        };
        self.settings.grants.check(base, method, url, phase).map_err(|refusal| refused(refusal.code(), &refusal))
    }

    async fn exchange(
        &self,
        gate: &Gate,
        draft: &Draft,
        url: &Url,
        applied: Option<&Applied>,
        grant: Grant,
    ) -> Result<Result<Answer, Failure>, Fault> {
        let builder = self.build(draft, url, applied, grant)?;
        let Ok(_turn) = tokio::time::timeout(self.remaining(), gate.enter()).await else {
            return Ok(Err(Failure::NotSent("no turn before the call's time was over".to_owned())));
        };
        let limit = draft.timeout.unwrap_or(REQUEST_TIME).min(REQUEST_TIME).min(self.remaining());
        if limit.is_zero() {
            return Ok(Err(Failure::NotSent("no time is left in this call".to_owned())));
        }
        if grant.permit == Permit::Write {
            self.writes.fetch_add(1, Ordering::Release);
        }
        let exchange = async {
            let response = builder.send().await.map_err(Failure::of)?;
            exchange::read(response, self.body_limit(), Held::new(&self.held, HELD_BODIES * self.body_limit())).await
        };
        let answer = tokio::time::timeout(limit, exchange).await;
        let answer = answer.unwrap_or_else(|_| Err(Failure::Lost(format!("no answer within {limit:?}"))));
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        let facts = self.settings.log.facts();
        tracing::debug!(
            call = facts.call,
            method = draft.method.as_str(),
            host = url.host_str(),
            status,
            "request to the tool"
        );
        Ok(answer)
    }

    fn build(
        &self,
        draft: &Draft,
        url: &Url,
        applied: Option<&Applied>,
        grant: Grant,
    ) -> Result<reqwest::RequestBuilder, Fault> {
        let mut url = url.clone();
        let mut headers = draft.headers.clone();
        if let Some(applied) = applied {
            add_credentials(applied, &mut url, &mut headers)?;
        }
        let method = reqwest::Method::from_bytes(draft.method.as_str().as_bytes())
            .map_err(|_| refused("method", "its method cannot be sent"))?;
        let builder = self.settings.egress.client(grant.private).request(method, url).headers(headers);
        Ok(match &draft.body {
            Some(body) => builder.body(body.clone()),
            None => builder,
        })
    }

    fn remaining(&self) -> Duration {
        self.settings.clock.remaining().saturating_sub(ANSWER_MARGIN)
    }

    fn body_limit(&self) -> usize {
        (self.settings.manifest.limits.response_mib as usize) << 20
    }
}

fn add_credentials(applied: &Applied, url: &mut Url, headers: &mut HeaderMap) -> Result<(), Fault> {
    let bad =
        || Fault::new(ErrorClass::Reauthorize, "credentials", "The stored credentials cannot be sent; connect again.");
    for (name, value) in &applied.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| bad())?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    for (name, value) in &applied.query {
        url.query_pairs_mut().append_pair(name, value.expose_secret());
    }
    Ok(())
}

/// Where an answer sends a read; none when it is no redirect, or not for a read.
fn redirect(method: Method, url: &Url, answer: &Answer) -> Option<Url> {
    let follows = method == Method::Get && matches!(answer.status, 301 | 302 | 303 | 307 | 308);
    let location = answer.headers.get(LOCATION).filter(|_| follows)?.to_str().ok()?;
    let mut next = url.join(location).ok()?;
    next.set_fragment(None);
    Some(next)
}

/// Bytes of bodies that a call holds; gives them back when dropped.
pub struct Held {
    total: Arc<AtomicUsize>,
    limit: usize,
    own: usize,
}

impl Held {
    fn new(total: &Arc<AtomicUsize>, limit: usize) -> Self {
        Self { total: Arc::clone(total), limit, own: 0 }
    }

    /// Takes more; false when the call then holds too much.
    pub fn grow(&mut self, more: usize) -> bool {
        self.own += more;
        self.total.fetch_add(more, Ordering::Relaxed) + more <= self.limit
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.total.fetch_sub(self.own, Ordering::Relaxed);
    }
}
