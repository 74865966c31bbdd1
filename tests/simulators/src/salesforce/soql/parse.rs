//! Reads a query. As strict as Salesforce: AND and OR mix only with parentheses.

mod conditions;

use super::lex::Kind;
use super::query::{FieldSet, Function, Item, Key, Literal, Order, Path, Query, Select, Sum};
use super::spot::Source;
use crate::salesforce::fail::{Fail, Outcome};

/// Parentheses deeper than this are refused, so that no query can exhaust the stack.
const DEEPEST: usize = 64;
/// Words that end a list and so cannot be names.
const RESERVED: [&str; 12] =
    ["SELECT", "FROM", "WHERE", "ORDER", "BY", "LIMIT", "OFFSET", "AND", "OR", "NOT", "LIKE", "IN"];

/// Reads a query, or says where it is wrong (MALFORMED_QUERY).
pub fn parse(text: &str) -> Outcome<Query> {
    let mut parser = Parser { source: Source::new(text), at: 0, depth: 0 };
    let query = parser.query()?;
    match parser.kind() {
        Kind::End => Ok(query),
        _ => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    source: Source<'a>,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn query(&mut self) -> Outcome<Query> {
        self.expect("SELECT")?;
        let select = self.select()?;
        self.expect("FROM")?;
        let from = self.name()?;
        let filter = if self.accept("WHERE") { Some(self.condition()?) } else { None };
        let group = if self.is("GROUP") { self.group()? } else { Vec::new() };
        let order = if self.accept("ORDER") { self.order()? } else { Vec::new() };
        let limit = if self.accept("LIMIT") { Some(self.count()?) } else { None };
        let offset = if self.accept("OFFSET") { Some(self.count()?) } else { None };
        Ok(Query { select, from, filter, group, order, limit, offset })
    }

    fn select(&mut self) -> Outcome<Select> {
        if self.is("COUNT") && self.source.word(self.at + 1) == "(" && self.source.word(self.at + 2) == ")" {
            self.at += 3;
            return Ok(Select::Count);
        }
        let mut items = vec![self.item()?];
        while self.accept(",") {
            items.push(self.item()?);
        }
        Ok(Select::Items(items))
    }

    fn item(&mut self) -> Outcome<Item> {
        if self.is("(") && self.source.word(self.at + 1).eq_ignore_ascii_case("SELECT") {
            return self.nested().map(|query| Item::Children(Box::new(query)));
        }
        if let Some(sum) = self.sum()? {
            let named = *self.kind() == Kind::Word && !self.is("FROM");
            let alias = if named { self.name()?.parts.pop() } else { None };
            return Ok(Item::Sum(sum, alias));
        }
        if self.is("FIELDS") && self.source.word(self.at + 1) == "(" {
            self.at += 2;
            let word = self.name()?;
            let set = FieldSet::ALL.iter().find(|(_, name)| word.parts[0].eq_ignore_ascii_case(name));
            let (set, _) = set.ok_or_else(|| self.source.unexpected(word.token))?;
            return self.expect(")").map(|()| Item::Set(*set, word));
        }
        self.path().map(Item::Field)
    }

    /// `COUNT(Id)`, if that is what comes.
    fn sum(&mut self) -> Outcome<Option<Sum>> {
        let function = Function::ALL.iter().find(|(_, name)| self.is(name));
        let Some((function, _)) = function.filter(|_| self.source.word(self.at + 1) == "(") else { return Ok(None) };
        self.at += 2;
        let path = self.path()?;
        self.expect(")").map(|()| Some(Sum { function: *function, path }))
    }

    /// A query in parentheses.
    fn nested(&mut self) -> Outcome<Query> {
        self.deeper()?;
        self.expect("(")?;
        let query = self.query()?;
        self.depth -= 1;
        self.expect(")").map(|()| query)
    }

    fn group(&mut self) -> Outcome<Vec<Path>> {
        self.at += 1;
        self.expect("BY")?;
        let mut paths = vec![self.path()?];
        while self.accept(",") {
            paths.push(self.path()?);
        }
        Ok(paths)
    }

    fn deeper(&mut self) -> Outcome<()> {
        self.depth += 1;
        if self.depth <= DEEPEST {
            return Ok(());
        }
        let message = "Query is either selecting too many fields or the filter conditions are too complicated.";
        Err(self.source.fail("QUERY_TOO_COMPLICATED", self.at, message))
    }

    fn order(&mut self) -> Outcome<Vec<Order>> {
        self.expect("BY")?;
        let mut parts = Vec::new();
        loop {
            let key = match self.sum()? {
                Some(sum) => Key::Sum(sum),
                None => Key::Path(self.path()?),
            };
            let descending = !self.accept("ASC") && self.accept("DESC");
            let nulls_last = self.accept("NULLS") && {
                let last = self.is("LAST");
                if !last && !self.is("FIRST") {
                    return Err(self.unexpected());
                }
                self.at += 1;
                last
            };
            parts.push(Order { key, descending, nulls_last });
            if !self.accept(",") {
                return Ok(parts);
            }
        }
    }

    fn count(&mut self) -> Outcome<u32> {
        let count = match self.kind() {
            Kind::Literal(Literal::Number(digits)) => digits.parse().map_err(|_| self.unexpected())?,
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(count)
    }

    fn path(&mut self) -> Outcome<Path> {
        let mut path = self.name()?;
        while self.accept(".") {
            path.parts.append(&mut self.name()?.parts);
        }
        Ok(path)
    }

    fn name(&mut self) -> Outcome<Path> {
        let word = self.source.word(self.at);
        if *self.kind() != Kind::Word || RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word)) {
            return Err(self.unexpected());
        }
        let path = Path { parts: vec![word.to_owned()], token: self.at };
        self.at += 1;
        Ok(path)
    }

    fn kind(&self) -> &Kind {
        self.source.tokens.get(self.at).map_or(&Kind::End, |token| &token.kind)
    }

    fn is(&self, word: &str) -> bool {
        matches!(self.kind(), Kind::Word | Kind::Sign) && self.source.word(self.at).eq_ignore_ascii_case(word)
    }

    fn accept(&mut self, word: &str) -> bool {
        let found = self.is(word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) -> Outcome<()> {
        if self.accept(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> Fail {
        self.source.unexpected(self.at)
    }
}
