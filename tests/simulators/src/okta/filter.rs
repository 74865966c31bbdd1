//! Filter expressions: `status eq "ACTIVE" and (lastUpdated gt "..." or id eq "...")`, of the attributes that an address allows.

use super::answer::Answer;

/// A filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Is { attribute: String, op: Op, value: String },
}

/// How an attribute is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Eq,
    Gt,
    Ge,
    Lt,
    Le,
}

/// Attributes that may be compared, and whether with more than `eq`.
pub type Allowed = &'static [(&'static str, bool)];

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
}

impl Filter {
    /// Reads an expression; a refusal is Okta's own.
    pub fn parse(text: &str, allowed: Allowed) -> Result<Self, Answer> {
        let refusal = || Answer::refusal(400, "E0000031", "Invalid search criteria.", &[]);
        let tokens = tokens(text).ok_or_else(refusal)?;
        let mut rest = tokens.as_slice();
        let filter = any(&mut rest, allowed).filter(|_| rest.is_empty());
        filter.ok_or_else(refusal)
    }

    /// Whether a record matches; moments are compared as texts, which all have one form.
    pub fn matches(&self, attribute: &dyn Fn(&str) -> Option<String>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(attribute)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(attribute)),
            Self::Is { attribute: name, op, value } => attribute(name).is_some_and(|found| match op {
                Op::Eq => found == *value,
                Op::Gt => found > *value,
                Op::Ge => found >= *value,
                Op::Lt => found < *value,
                Op::Le => found <= *value,
            }),
        }
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let (mut found, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '(' | ')' => {
                found.push(if first == '(' { Token::Open } else { Token::Close });
                &rest[1..]
            }
            '"' => {
                let (text, after) = rest[1..].split_once('"')?;
                found.push(Token::Text(text.to_owned()));
                after
            }
            _ => {
                let end = rest.find([' ', '(', ')', '"']).unwrap_or(rest.len());
                found.push(Token::Word(rest[..end].to_owned()));
                &rest[end..]
            }
        }
        .trim_start();
    }
    Some(found)
}

fn any(rest: &mut &[Token], allowed: Allowed) -> Option<Filter> {
    joined(rest, "or", |rest| joined(rest, "and", |rest| one(rest, allowed), Filter::And), Filter::Or)
}

fn joined(
    rest: &mut &[Token],
    word: &str,
    part: impl Fn(&mut &[Token]) -> Option<Filter>,
    join: fn(Vec<Filter>) -> Filter,
) -> Option<Filter> {
    let mut parts = vec![part(rest)?];
    while let Some((Token::Word(found), after)) = rest.split_first()
        && found.eq_ignore_ascii_case(word)
    {
        *rest = after;
        parts.push(part(rest)?);
    }
    if parts.len() == 1 { parts.pop() } else { Some(join(parts)) }
}

fn one(rest: &mut &[Token], allowed: Allowed) -> Option<Filter> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    if *first == Token::Open {
        let inner = any(rest, allowed)?;
        let (close, after) = rest.split_first()?;
        *rest = after;
        return (*close == Token::Close).then_some(inner);
    }
    let [Token::Word(op), Token::Text(value), after @ ..] = *rest else { return None };
    *rest = after;
    let Token::Word(attribute) = first else { return None };
    let op = match op.to_ascii_lowercase().as_str() {
        "eq" => Op::Eq,
        "gt" => Op::Gt,
        "ge" => Op::Ge,
        "lt" => Op::Lt,
        "le" => Op::Le,
        _ => return None,
    };
    let fits = allowed.iter().any(|(name, more)| name == attribute && (op == Op::Eq || *more));
    fits.then(|| Filter::Is { attribute: attribute.clone(), op, value: value.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: Allowed = &[("status", false), ("lastUpdated", true)];

    #[test]
    fn and_binds_closer_than_or() {
        let filter = Filter::parse(r#"status eq "A" and lastUpdated gt "1" OR (status eq "B")"#, ALLOWED).unwrap();
        for (status, updated, matches) in [("A", "2", true), ("A", "0", false), ("B", "0", true), ("C", "2", false)] {
            let found = filter.matches(&|name| Some(if name == "status" { status } else { updated }.to_owned()));
            assert_eq!(found, matches, "{status} {updated}");
        }
    }

    #[test]
    fn what_is_not_allowed_is_refused() {
        for text in [
            "",
            "status",
            r#"status eq A"#,
            r#"status gt "A""#,
            r#"name eq "A""#,
            r#"(status eq "A""#,
            r#"status eq "A" status eq "B""#,
            r#"status eq "A"#,
            r#"not status eq "A""#,
        ] {
            assert_eq!(Filter::parse(text, ALLOWED).unwrap_err().status, 400, "{text}");
        }
    }
}
