//! Ending a grant at the tool that gave it (RFC 7009). A token that is not valid any more is what was wanted.

use super::{
    oauth::{Grant, Login},
    refused,
    sign_in::SignIn,
    template::fill,
};
use crate::{
    domain::{ErrorClass, Fault},
    plugins::{Auth, Integration, Manifest},
};
use oauth2::AsyncHttpClient;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use url::{Url, form_urlencoded};

/// The tool's revocation endpoint.
pub(super) struct End {
    url: Url,
    http: Login,
    /// Where the endpoint asks who wants it.
    client: Option<(String, Option<SecretString>)>,
}

impl End {
    /// None where the manifest names no such endpoint for this way to sign in. Fails with a sentence when it cannot be asked.
    pub fn new(
        integration: &Integration,
        way: &str,
        sign_in: Option<&SignIn>,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Self>, String> {
        let manifest = integration.manifest();
        let Some(Auth::Oauth2Code { revoke: Some(template), revoke_as_client, .. }) = manifest.auth.get(way) else {
            return Ok(None);
        };
        let client = match (revoke_as_client, sign_in) {
            (false, _) => None,
            (true, Some(app)) => Some((app.client_id.clone(), app.client_secret.clone())),
            (true, None) => return Err(format!("The configuration no longer names an app of {}.", manifest.name)),
        };
        let url = fill(template, settings)?;
        let http = Login(integration.login_client(&url).map_err(|fault| fault.message)?);
        Ok(Some(Self { url, http, client }))
    }

    /// Ends the whole grant where there is a refresh token, else the session.
    pub async fn ask(&self, manifest: &Manifest, grant: &Grant) -> Result<(), Fault> {
        let request = oauth2::http::Request::post(self.url.as_str())
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(self.form(grant).into_bytes());
        let request = request.map_err(|error| Fault {
            detail: Some(error.to_string()),
            ..Fault::new(ErrorClass::Bug, "revoke", "The request to end the grant could not be made.")
        })?;
        let answer = self.http.call(request).await?;
        if answer.status().is_success() {
            return Ok(());
        }
        match said(answer.body()) {
            Some((error, _)) if error == "invalid_token" => Ok(()),
            Some((error, description)) => Err(refused::fault(manifest, &error, description.as_deref())),
            None => {
                let sentence = format!("{} answered {} when it was asked to.", manifest.name, answer.status().as_u16());
                Err(Fault::new(ErrorClass::Forbidden, "revoke", sentence))
            }
        }
    }

    fn form(&self, grant: &Grant) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", grant.refresh.as_ref().unwrap_or(&grant.access).expose_secret());
        if let Some((id, secret)) = &self.client {
            form.append_pair("client_id", id);
            if let Some(secret) = secret {
                form.append_pair("client_secret", secret.expose_secret());
            }
        }
        form.finish()
    }
}

/// The code of a refusal and its description. The RFC has them in JSON; Salesforce answers with a form.
fn said(body: &[u8]) -> Option<(String, Option<String>)> {
    let found: BTreeMap<String, String> = match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(json) => {
            let members = json.as_object()?.iter();
            members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
        }
        Err(_) => form_urlencoded::parse(body).into_owned().collect(),
    };
    Some((found.get("error")?.clone(), found.get("error_description").cloned()))
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn a_refusal_is_read_from_json_and_from_a_form() {
        let invalid = Some(("invalid_token".to_owned(), Some("invalid token".to_owned())));
        let rows = [
            (r#"{"error":"invalid_token","error_description":"invalid token"}"#, invalid.clone()),
            ("error=invalid_token&error_description=invalid+token", invalid),
            (r#"{"error":"invalid_client"}"#, Some(("invalid_client".to_owned(), None))),
            ("<html>no</html>", None),
            ("[]", None),
            ("", None),
        ];
        for (body, expected) in rows {
            assert_eq!(said(body.as_bytes()), expected, "{body}");
        }
    }
}
