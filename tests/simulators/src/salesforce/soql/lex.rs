//! Cuts a query into tokens.

use super::query::Literal;
use crate::salesforce::time;

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    Literal(Literal),
    /// `=`, `!=`, `<>`, `<`, `<=`, `>`, `>=`, `(`, `)`, `,`, `.`, `:`
    Sign,
    /// Something no query can hold; the message says what.
    Bad(&'static str),
    End,
}

/// A token and where it stands in the text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// All tokens, the last of which is `End`. A `Bad` token ends the reading too.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (kind, length) = token(&text[at..], first);
        let bad = matches!(kind, Kind::Bad(_));
        found.push(Token { kind, start: at, end: at + length });
        at += length;
        if bad {
            break;
        }
    }
    found.push(Token { kind: Kind::End, start: text.len(), end: text.len() });
    found
}

fn token(rest: &str, first: char) -> (Kind, usize) {
    match first {
        '\'' => quoted(rest),
        'a'..='z' | 'A'..='Z' | '_' => {
            let length = span(rest, |letter| letter.is_ascii_alphanumeric() || letter == '_');
            (Kind::Word, length)
        }
        '0'..='9' | '-' | '+' => {
            let length = 1 + span(&rest[1..], |letter| letter.is_ascii_alphanumeric() || ".:+-".contains(letter));
            (number(&rest[..length]), length)
        }
        '(' | ')' | ',' | '.' | '=' | ':' => (Kind::Sign, 1),
        '<' if rest[1..].starts_with(['=', '>']) => (Kind::Sign, 2),
        '>' | '!' if rest[1..].starts_with('=') => (Kind::Sign, 2),
        '<' | '>' => (Kind::Sign, 1),
        other => (Kind::Bad("unexpected token"), other.len_utf8()),
    }
}

fn span(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !wanted(letter)).unwrap_or(text.len())
}

fn number(text: &str) -> Kind {
    let bytes = text.as_bytes();
    let is_date = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
    if text.contains(':') {
        return time::parse(text).map_or(Kind::Bad("invalid date"), |at| Kind::Literal(Literal::Time(at)));
    }
    if is_date {
        return Kind::Literal(Literal::Date(text.to_owned()));
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = digits.starts_with(|letter: char| letter.is_ascii_digit())
        && digits.chars().all(|letter| letter.is_ascii_digit() || letter == '.')
        && digits.parse::<f64>().is_ok();
    if plain { Kind::Literal(Literal::Number(text.to_owned())) } else { Kind::Bad("unexpected token") }
}

/// A string: escapes are checked here and read later.
fn quoted(rest: &str) -> (Kind, usize) {
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' => return (Kind::Literal(Literal::Text(rest[1..at].to_owned())), at + 1),
            '\\' => match letters.next() {
                Some((
                    _,
                    'n' | 'N' | 'r' | 'R' | 't' | 'T' | 'b' | 'B' | 'f' | 'F' | '"' | '\'' | '\\' | '_' | '%',
                )) => {}
                Some((_, 'u'))
                    if letters.by_ref().take(4).filter(|(_, digit)| digit.is_ascii_hexdigit()).count() == 4 => {}
                _ => return (Kind::Bad("Illegal escape sequence in string"), rest.len()),
            },
            _ => {}
        }
    }
    (Kind::Bad("unterminated string literal"), rest.len())
}
