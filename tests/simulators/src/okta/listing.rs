//! Pages of a listing: a limit with a ceiling, a cursor that only the org understands, and where it goes on in `Link` headers.

use super::answer::{Answer, invalid};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;
use url::form_urlencoded;

/// A request to a listing.
pub struct Asked<'a> {
    /// Of the org, without a slash at the end.
    pub url: &'a str,
    pub path: &'a str,
    pub query: &'a [(String, String)],
    /// Cursors of another epoch are forgotten.
    pub epoch: u32,
    /// A ceiling for all pages.
    pub page_rows: usize,
}

impl Asked<'_> {
    /// A parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// A refusal where there is a parameter that the address does not know: Okta ignores it, a test should not.
    pub fn only(&self, known: &[&str]) -> Result<(), Answer> {
        match self.query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(invalid(name, &format!("{name}: this address has no such parameter")).unexpected()),
            None => Ok(()),
        }
    }

    /// A page of records, each with the place it has in the order of the listing.
    pub fn page<T>(
        &self,
        usual: usize,
        most: usize,
        records: impl Iterator<Item = (String, T)>,
        json: impl Fn(T) -> Json,
    ) -> Result<Answer, Answer> {
        let limit = match self.get("limit").map(str::parse::<usize>) {
            None => usual,
            Some(Ok(limit)) if (1..=most).contains(&limit) => limit,
            Some(_) => return Err(invalid("limit", &format!("limit: The limit must be between 1 and {most}."))),
        };
        let after = self.get("after").map(|text| self.place(text)).transpose()?;
        let limit = limit.min(self.page_rows);
        let mut page: Vec<(String, T)> =
            records.filter(|(place, _)| after.as_ref().is_none_or(|after| place > after)).take(limit + 1).collect();
        let goes_on = page.len() > limit;
        page.truncate(limit);
        let last = page.last().map(|(place, _)| place.clone()).filter(|_| goes_on);
        let records: Vec<Json> = page.into_iter().map(|(_, record)| json(record)).collect();
        let answer = Answer::json(200, &Json::Array(records)).with("link", self.link(self.get("after"), "self"));
        Ok(match last {
            Some(last) => {
                let cursor = URL_SAFE_NO_PAD.encode(format!("{}|{last}", self.epoch));
                answer.with("link", self.link(Some(&cursor), "next"))
            }
            None => answer,
        })
    }

    fn place(&self, cursor: &str) -> Result<String, Answer> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let place = bytes.as_deref().and_then(|text| text.strip_prefix(&format!("{}|", self.epoch)));
        place.map(str::to_owned).ok_or_else(|| invalid("after", "after: The cursor is invalid."))
    }

    fn link(&self, after: Option<&str>, rel: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.iter().filter(|(name, _)| name != "after"));
        if let Some(after) = after {
            query.append_pair("after", after);
        }
        format!("<{}{}?{}>; rel=\"{rel}\"", self.url, self.path, query.finish())
    }
}
