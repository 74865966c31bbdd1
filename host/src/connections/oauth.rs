//! OAuth 2 as the manifest of an integration describes it: the authorize address, the code for a grant, and a renewed
//! grant. RFC 6749 and 7636.

use super::template::fill;
use crate::{
    domain::{ErrorClass, Fault},
    plugins::{Auth, Integration},
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields,
    EndpointNotSet, EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardRevocableToken, StandardTokenIntrospectionResponse,
    StandardTokenResponse, TokenResponse, TokenUrl,
    basic::{BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenType},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::{collections::BTreeMap, pin::Pin, time::Duration};
use url::Url;

/// A token endpoint answers at once or not at all.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(20);
/// A token response is a few KiB; more is not one.
const MAX_TOKEN_RESPONSE: usize = 256 << 10;

#[derive(Debug, Serialize, Deserialize)]
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
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// The app registered at the tool.
#[derive(Clone, Debug)]
pub struct App {
    pub client_id: String,
    /// None for a public client, which must not send one.
    pub client_secret: Option<SecretString>,
    /// Registered there, and the same in both halves of the flow.
    pub redirect: Url,
}

/// What the tool granted.
pub struct Grant {
    pub access: SecretString,
    /// None when the tool gives none, or keeps the one it gave.
    pub refresh: Option<SecretString>,
    /// The texts among the other members of the answer (`instance_url`).
    pub members: BTreeMap<String, String>,
}

/// The flow of one integration with one app.
pub struct Flow {
    client: Client,
    scopes: Vec<String>,
    http: Login,
}

impl Flow {
    /// Fails with a sentence when the integration has no such flow, or an address of it cannot be used.
    pub fn new(integration: &Integration, app: &App, settings: &BTreeMap<String, String>) -> Result<Self, String> {
        let manifest = integration.manifest();
        let Some(Auth::Oauth2Code { authorize, token, scopes, .. }) = manifest.auth("default") else {
            return Err(format!("{} cannot be connected through a browser.", manifest.name));
        };
        let token = fill(token, settings)?;
        let http = integration.login_client(&token).map_err(|fault| fault.message)?;
        let mut client = oauth2::Client::new(ClientId::new(app.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(fill(authorize, settings)?))
            .set_token_uri(TokenUrl::from_url(token))
            .set_redirect_uri(RedirectUrl::from_url(app.redirect.clone()))
            // Salesforce reads the client's credentials from the body only.
            .set_auth_type(AuthType::RequestBody);
        if let Some(secret) = &app.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        Ok(Self { client, scopes: scopes.clone(), http: Login(http) })
    }

    /// Where to send the browser, and the verifier to keep until it comes back.
    pub fn authorize(&self, state: String) -> (Url, PkceCodeVerifier) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, _) = self
            .client
            .authorize_url(|| CsrfToken::new(state))
            .add_scopes(self.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        (url, verifier)
    }

    /// The grant for the code that the browser brought.
    pub async fn exchange(&self, code: String, verifier: String) -> Result<Grant, Fault> {
        self.client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&self.http)
            .await
            .map(grant)
            .map_err(fault)
    }

    /// A new grant for a refresh token. Tools that rotate answer with a new one and end the old one: store before use.
    pub async fn renew(&self, refresh: &SecretString) -> Result<Grant, Fault> {
        self.client
            .exchange_refresh_token(&RefreshToken::new(refresh.expose_secret().to_owned()))
            .request_async(&self.http)
            .await
            .map(grant)
            .map_err(fault)
    }
}

/// The HTTP client of a login, with its limits.
struct Login(reqwest::Client);

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
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable_tool)? {
        if body.len() + chunk.len() > MAX_TOKEN_RESPONSE {
            return Err(Fault::new(
                ErrorClass::Retry,
                "token-response",
                "The tool's login answered with something else.",
            ));
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

fn unreachable_tool(error: reqwest::Error) -> Fault {
    let mut fault =
        Fault::new(ErrorClass::Retry, "unreachable", "The tool's login cannot be reached. Try again in a minute.");
    fault.detail = Some(error.without_url().to_string());
    fault
}

fn fault(error: RequestTokenError<Fault, BasicErrorResponse>) -> Fault {
    match error {
        RequestTokenError::Request(fault) => fault,
        RequestTokenError::ServerResponse(answer) => refused(&answer),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Fault::new(
            ErrorClass::Retry,
            "token-response",
            "The tool's login answered with something that is not a grant.",
        ),
    }
}

fn refused(answer: &BasicErrorResponse) -> Fault {
    let said = answer.error_description().map_or_else(String::new, |text| format!(" It said: {text}."));
    let (class, sentence) = match answer.error() {
        BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => (
            ErrorClass::Forbidden,
            "The tool does not accept Weft's client id or secret. Check them in the configuration.",
        ),
        BasicErrorResponseType::InvalidScope => (
            ErrorClass::Forbidden,
            "The app at the tool does not allow a scope Weft needs. Add it there and connect again.",
        ),
        _ => (ErrorClass::Reauthorize, "The tool no longer accepts this grant. Connect it again."),
    };
    Fault::new(class, answer.error().as_ref(), format!("{sentence}{said}"))
}
