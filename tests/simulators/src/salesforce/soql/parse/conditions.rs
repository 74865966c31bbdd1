//! Reads conditions and the values in them.

use super::super::dates::Span;
use super::super::lex::Kind;
use super::super::query::{Filter, Literal, Operator};
use super::Parser;
use crate::salesforce::fail::Outcome;

impl Parser<'_> {
    /// What stands behind WHERE.
    pub(super) fn condition(&mut self) -> Outcome<Filter> {
        let first = self.term()?;
        for (word, build) in [("AND", Filter::And as fn(Vec<Filter>) -> Filter), ("OR", Filter::Or)] {
            if self.is(word) {
                let mut parts = vec![first];
                while self.accept(word) {
                    parts.push(self.term()?);
                }
                return Ok(build(parts));
            }
        }
        Ok(first)
    }

    fn term(&mut self) -> Outcome<Filter> {
        self.deeper()?;
        let term = if self.accept("NOT") {
            Ok(Filter::Not(Box::new(self.term()?)))
        } else if self.accept("(") {
            let inner = self.condition()?;
            self.expect(")").map(|()| inner)
        } else {
            self.comparison()
        };
        self.depth -= 1;
        term
    }

    fn comparison(&mut self) -> Outcome<Filter> {
        let path = self.path()?;
        let negated = self.is("NOT");
        if negated {
            self.at += 1;
        }
        if self.accept("IN") {
            if self.is("(") && self.source.word(self.at + 1).eq_ignore_ascii_case("SELECT") {
                let query = Box::new(self.nested()?);
                return Ok(Filter::Within { path, negated, query });
            }
            return self.list().map(|values| Filter::In { path, negated, values });
        }
        if negated {
            return Err(self.unexpected());
        }
        let operator = match self.source.word(self.at) {
            "=" => Operator::Equal,
            "!=" | "<>" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            word if word.eq_ignore_ascii_case("LIKE") => Operator::Like,
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(Filter::Compare { path, operator, value: self.literal()? })
    }

    fn list(&mut self) -> Outcome<Vec<Literal>> {
        self.expect("(")?;
        let mut values = vec![self.literal()?];
        while self.accept(",") {
            values.push(self.literal()?);
        }
        self.expect(")")?;
        Ok(values)
    }

    fn literal(&mut self) -> Outcome<Literal> {
        let value = match self.kind() {
            Kind::Literal(value) => value.clone(),
            Kind::Word if self.is("null") => Literal::Null,
            Kind::Word if self.is("true") => Literal::Bool(true),
            Kind::Word if self.is("false") => Literal::Bool(false),
            Kind::Word => return self.span(),
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(value)
    }

    /// `TODAY`, `LAST_N_DAYS:30`.
    fn span(&mut self) -> Outcome<Literal> {
        let (mut span, counted) = Span::named(self.source.word(self.at)).ok_or_else(|| self.unexpected())?;
        self.at += 1;
        if counted {
            self.expect(":")?;
            span.count = Some(self.count()?);
        }
        Ok(Literal::Span(span))
    }
}
