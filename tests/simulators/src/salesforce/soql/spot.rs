//! Error texts of SOQL: the part of the query around the mistake, a caret under it, row and column, and the message.

use super::lex::{Kind, Token, tokens};
use crate::salesforce::fail::Fail;

/// A query text with its tokens.
#[derive(Debug)]
pub struct Source<'a> {
    pub text: &'a str,
    pub tokens: Vec<Token>,
}

impl<'a> Source<'a> {
    /// Cuts the text.
    pub fn new(text: &'a str) -> Source<'a> {
        Source { text, tokens: tokens(text) }
    }

    /// The text of a token.
    pub fn word(&self, token: usize) -> &'a str {
        self.tokens.get(token).map_or("", |found| &self.text[found.start..found.end])
    }

    /// A refusal that points at a token.
    pub fn fail(&self, code: &'static str, token: usize, message: &str) -> Fail {
        let last = self.tokens.len() - 1;
        let token = token.min(last);
        let at = self.tokens[token].start;
        let row_start = self.text[..at].rfind('\n').map_or(0, |line| line + 1);
        let row_end = self.text[at..].find('\n').map_or(self.text.len(), |line| at + line);
        let from = self.tokens[token.saturating_sub(1)].start.max(row_start);
        let to = self.tokens[(token + 1).min(last)].end.min(row_end).max(at);
        let row = self.text[..at].matches('\n').count() + 1;
        let column = self.text[row_start..at].chars().count() + 1;
        let caret = " ".repeat(self.text[from..at].chars().count());
        let shown = &self.text[from..to];
        Fail::bad(code, format!("\n{shown}\n{caret}^\nERROR at Row:{row}:Column:{column}\n{message}"))
    }

    /// The refusal of a token that cannot stand where it does.
    pub fn unexpected(&self, token: usize) -> Fail {
        let message = match self.tokens.get(token).map(|found| &found.kind) {
            Some(Kind::Bad(reason)) if *reason != "unexpected token" => (*reason).to_owned(),
            Some(Kind::End) | None => "unexpected token: '<EOF>'".to_owned(),
            _ => format!("unexpected token: '{}'", self.word(token)),
        };
        self.fail("MALFORMED_QUERY", token, &message)
    }
}
