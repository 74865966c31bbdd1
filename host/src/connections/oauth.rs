//! OAuth 2 as the manifest of an integration describes it: the authorize address, and grants for a code, for a refresh token, for
//! the client itself, and for a signed assertion. RFC 6749, 7636 and 7523.

use super::{
    jwt::SigningKey,
    refused,
    sign_in::{SignIn, Signer},
    template::fill,
};
use crate::{
    domain::{ErrorClass, Fault, Millis},
    plugins::{Audience, Auth, Integration, host_matches},
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields,
    EndpointNotSet, EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardRevocableToken, StandardTokenIntrospectionResponse,
    StandardTokenResponse, TokenResponse, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenType},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::{collections::BTreeMap, pin::Pin, time::Duration};
use url::{Url, form_urlencoded};

/// A token endpoint answers at once or not at all.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(20);
/// A token response is a few KiB; more is not one.
const MAX_TOKEN_RESPONSE: usize = 256 << 10;
/// The code of a fault where the tool may have granted something and Weft did not hear what.
pub const ANSWER_LOST: &str = "answer-lost";
/// RFC 7523, 2.1.
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Members {
    #[serde(flatten)]
    all: Map<String, Json>,
}
impl ExtraTokenFields for Members {}

type Tokens = StandardTokenResponse<Members, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Tokens,
    StandardTokenIntrospectionResponse<EmptyExtraTokenFields, BasicTokenType>,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;
type Answer<T> = Result<T, RequestTokenError<Fault, BasicErrorResponse>>;

/// What the tool granted.
pub struct Grant {
    pub access: SecretString,
    /// None when the tool gives none, or keeps the one it gave.
    pub refresh: Option<SecretString>,
    /// The texts among the other members of the answer (`instance_url`).
    pub members: BTreeMap<String, String>,
}

impl Grant {
    /// This grant after a renewal: what the tool did not say again stays.
    pub fn renewed(self, newer: Self) -> Self {
        let mut members = self.members;
        members.extend(newer.members);
        Self { access: newer.access, refresh: newer.refresh.or(self.refresh), members }
    }
}

/// Who lets Weft in.
enum Way {
    /// A person, in the browser.
    Person { authorize: Url, rotates: bool },
    /// The app itself.
    Client,
    /// Whoever holds the key.
    Assertion { client_id: String, key: SigningKey, username: String, audience: String },
}

/// The flow of one integration with one app.
pub struct Flow {
    integration: Integration,
    way: Way,
    client: Client,
    token: Url,
    scopes: Vec<Scope>,
    http: Login,
}

impl Flow {
    /// Fails with a sentence when the integration has no such flow, or an address of it cannot be used. `redirect` is registered
    /// at the tool, and the same in both halves of the flow with a browser.
    pub fn new(
        integration: &Integration,
        sign_in: &SignIn,
        redirect: Url,
        settings: &BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let manifest = integration.manifest();
        let entry = manifest.auth.get(&sign_in.way);
        let Some(
            Auth::Oauth2Code { token, scopes, .. }
            | Auth::Oauth2Client { token, scopes, .. }
            | Auth::Oauth2Jwt { token, scopes, .. },
        ) = entry
        else {
            return Err(format!("{} has no sign-in `{}` (any more).", manifest.name, sign_in.way));
        };
        let token = fill(token, settings)?;
        let way = way(entry, sign_in, &token, settings)?;
        let mut client = oauth2::Client::new(ClientId::new(sign_in.client_id.clone()))
            .set_token_uri(TokenUrl::from_url(token.clone()))
            .set_redirect_uri(RedirectUrl::from_url(redirect))
            // Salesforce reads the client's credentials from the body only.
            .set_auth_type(AuthType::RequestBody);
        if let Some(secret) = &sign_in.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        Ok(Self {
            http: Login(integration.login_client(&token).map_err(|fault| fault.message)?),
            scopes: scopes.iter().cloned().map(Scope::new).collect(),
            integration: integration.clone(),
            way,
            client,
            token,
        })
    }

    /// Where to send the browser, and the verifier to keep until it comes back. None where nobody has to allow anything.
    pub fn authorize(&self, state: String) -> Option<(Url, PkceCodeVerifier)> {
        let Way::Person { authorize, .. } = &self.way else { return None };
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client.clone().set_auth_uri(AuthUrl::from_url(authorize.clone()));
        let asked = client.authorize_url(|| CsrfToken::new(state)).add_scopes(self.scopes.iter().cloned());
        let (url, _) = asked.set_pkce_challenge(challenge).url();
        Some((url, verifier))
    }

    /// Whether a grant is only worth something once a refresh was seen to work.
    pub fn rotates(&self) -> bool {
        matches!(self.way, Way::Person { rotates: true, .. })
    }

    /// The grant for the code that the browser brought.
    pub async fn exchange(&self, code: String, verifier: String) -> Result<Grant, Fault> {
        let asked = self.client.exchange_code(AuthorizationCode::new(code));
        self.granted(asked.set_pkce_verifier(PkceCodeVerifier::new(verifier)).request_async(&self.http).await)
    }

    /// A new grant: for a refresh token where a person allowed it, else as the first one. Tools that rotate answer with a new
    /// refresh token and end the old one: store before use.
    pub async fn grant(&self, refresh: Option<&SecretString>, now: Millis) -> Result<Grant, Fault> {
        match &self.way {
            Way::Person { .. } => {
                let refresh = refresh.ok_or_else(|| self.without_refresh())?;
                let refresh = RefreshToken::new(refresh.expose_secret().to_owned());
                self.granted(self.client.exchange_refresh_token(&refresh).request_async(&self.http).await)
            }
            Way::Client => {
                let asked = self.client.exchange_client_credentials().add_scopes(self.scopes.iter().cloned());
                self.granted(asked.request_async(&self.http).await)
            }
            Way::Assertion { client_id, key, username, audience } => {
                let assertion = key.sign(client_id, username, audience, now);
                let assertion = assertion.map_err(|error| Fault {
                    detail: Some(error.to_string()),
                    ..Fault::new(ErrorClass::Reauthorize, "assertion", "Weft could not sign with its private key.")
                })?;
                self.granted(self.assert(&assertion).await)
            }
        }
    }

    async fn assert(&self, assertion: &str) -> Answer<Tokens> {
        let request = oauth2::http::Request::post(self.token.as_str())
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(self.assertion_form(assertion).into_bytes());
        let request = request.map_err(|error| RequestTokenError::Other(error.to_string()))?;
        let answer = self.http.call(request).await.map_err(RequestTokenError::Request)?;
        let unread = |error: serde_json::Error| RequestTokenError::Other(error.to_string());
        match answer.status().is_success() {
            true => serde_json::from_slice(answer.body()).map_err(unread),
            false => Err(RequestTokenError::ServerResponse(serde_json::from_slice(answer.body()).map_err(unread)?)),
        }
    }

    fn assertion_form(&self, assertion: &str) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", JWT_BEARER).append_pair("assertion", assertion);
        if !self.scopes.is_empty() {
            let scopes: Vec<&str> = self.scopes.iter().map(|scope| scope.as_str()).collect();
            form.append_pair("scope", &scopes.join(" "));
        }
        form.finish()
    }

    fn granted(&self, answer: Answer<Tokens>) -> Result<Grant, Fault> {
        answer.map(grant).map_err(|error| match error {
            RequestTokenError::Request(fault) => fault,
            RequestTokenError::ServerResponse(said) => {
                let description = said.error_description().map(String::as_str);
                refused::fault(self.integration.manifest(), said.error().as_ref(), description)
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                lost("The tool's login answered with something that is neither a grant nor a refusal. Try again in a minute.")
            }
        })
    }

    fn without_refresh(&self) -> Fault {
        let sentence = format!("{} gave Weft nothing to renew the session with.", self.integration.manifest().name);
        Fault::new(ErrorClass::Reauthorize, "no-refresh-token", sentence)
    }
}

fn way(
    entry: Option<&Auth>,
    sign_in: &SignIn,
    token: &Url,
    settings: &BTreeMap<String, String>,
) -> Result<Way, String> {
    match (entry, &sign_in.signer) {
        (Some(Auth::Oauth2Code { authorize, rotates, .. }), _) => {
            Ok(Way::Person { authorize: fill(authorize, settings)?, rotates: *rotates })
        }
        (Some(Auth::Oauth2Jwt { audience, audiences, .. }), Some(Signer { key, username, audience: own })) => {
            let audience = own.as_deref().unwrap_or_else(|| audience_at(token, audiences, audience)).to_owned();
            let (client_id, key, username) = (sign_in.client_id.clone(), key.clone(), username.clone());
            Ok(Way::Assertion { client_id, key, username, audience })
        }
        (Some(Auth::Oauth2Jwt { .. }), None) => Err(format!("The sign-in `{}` has no key to sign with.", sign_in.way)),
        _ => Ok(Way::Client),
    }
}

fn audience_at<'a>(token: &Url, audiences: &'a [Audience], usual: &'a str) -> &'a str {
    let host = token.host_str().unwrap_or_default();
    audiences.iter().find(|one| host_matches(&one.host, host)).map_or(usual, |one| one.audience.as_str())
}

/// The HTTP client of a login, with its limits.
pub(super) struct Login(pub(super) reqwest::Client);

impl<'a> AsyncHttpClient<'a> for Login {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Fault>> + Send + 'a>>;

    fn call(&'a self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let sent = reqwest::Request::try_from(request).map(|mut request| {
                *request.timeout_mut() = Some(TOKEN_TIMEOUT);
                self.0.execute(request)
            });
            read(sent.map_err(unreachable_tool)?.await.map_err(unreachable_tool)?).await
        })
    }
}

async fn read(mut response: reqwest::Response) -> Result<HttpResponse, Fault> {
    let status = response.status();
    if status.as_u16() == 429 {
        let sentence = "The tool's login is asked too often just now. Try again in a minute.";
        return Err(Fault::new(ErrorClass::Throttled, "login-throttled", sentence));
    }
    if status.is_server_error() {
        return Err(lost(&format!("The tool's login is not available just now ({status}). Try again in a minute.")));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable_tool)? {
        if body.len() + chunk.len() > MAX_TOKEN_RESPONSE {
            return Err(lost("The tool's login answered with something far too long. Try again in a minute."));
        }
        body.extend_from_slice(&chunk);
    }
    let mut answer = HttpResponse::new(body);
    *answer.status_mut() = response.status();
    *answer.headers_mut() = std::mem::take(response.headers_mut());
    Ok(answer)
}

fn grant(tokens: Tokens) -> Grant {
    Grant {
        access: tokens.access_token().secret().clone().into(),
        refresh: tokens.refresh_token().map(|token| token.secret().clone().into()),
        members: tokens
            .extra_fields()
            .all
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
    }
}

/// What never left is tried again by whoever asked; what left may have changed something there.
fn unreachable_tool(error: reqwest::Error) -> Fault {
    let sentence = "The tool's login cannot be reached. Try again in a minute.";
    let mut fault = match error.is_connect() || error.is_builder() {
        true => Fault::new(ErrorClass::Retry, "unreachable", sentence),
        false => lost(sentence),
    };
    fault.detail = Some(error.without_url().to_string());
    fault
}

fn lost(sentence: &str) -> Fault {
    Fault::new(ErrorClass::Retry, ANSWER_LOST, sentence)
}
