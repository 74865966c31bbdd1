//! Addresses in a manifest with `{members}` in them: the connection's settings, or members of the token response.

use std::collections::BTreeMap;
use url::Url;

/// The address with every `{member}` filled in, or the sentence that says what is missing.
pub fn fill(template: &str, members: &BTreeMap<String, String>) -> Result<Url, String> {
    let mut address = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        let (name, after) = tail.split_once('}').ok_or_else(|| format!("`{template}` has a `{{` without `}}`"))?;
        let value =
            members.get(name).ok_or_else(|| format!("`{name}` is not known, so `{template}` has no address"))?;
        address.push_str(before);
        address.push_str(value.trim_end_matches('/'));
        rest = after;
    }
    address.push_str(rest);
    Url::parse(&address).map_err(|error| format!("`{address}` is not an address: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members() -> BTreeMap<String, String> {
        BTreeMap::from([("login_url".into(), "https://login.example/".into())])
    }

    #[test]
    fn members_are_filled_in_without_a_double_slash() {
        let url = fill("{login_url}/services/oauth2/token", &members()).map(String::from);
        assert_eq!(url, Ok("https://login.example/services/oauth2/token".into()));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            fill("{instance_url}", &members()),
            Err("`instance_url` is not known, so `{instance_url}` has no address".into())
        );
        assert!(fill("{login_url/x", &members()).is_err());
    }
}
