//! SOQL: what is read comes back as it was, whatever is typed is answered, and mistakes are pointed at.

use super::dates::Span;
use super::query::{FieldSet, Filter, Function, Item, Key, Literal, Operator, Order, Path, Query, Select, Sum};
use super::text::unescape;
use super::{Scope, parse, plan, run};
use crate::salesforce::access::Access;
use crate::salesforce::data::Data;
use crate::salesforce::data::shape::Shape;
use crate::salesforce::id::pod_of;
use crate::salesforce::schema::{Object, Permissions};
use crate::salesforce::time::Clock;
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

fn names() -> impl Strategy<Value = Path> {
    let name = prop_oneof![
        Just("Id"),
        Just("Name"),
        Just("Profile"),
        Just("UserLicense"),
        Just("Backup_Approver__c"),
        Just("x9_")
    ];
    prop::collection::vec(name, 1..4)
        .prop_map(|parts| Path { parts: parts.into_iter().map(str::to_owned).collect(), token: 0 })
}

fn literals() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<i32>().prop_map(|number| Literal::Number(number.to_string())),
        any::<u16>().prop_map(|number| Literal::Number(format!("{number}.25"))),
        "[^'\\\\]{0,12}".prop_map(Literal::Text),
        prop_oneof![Just("O\\'Brien"), Just("50\\%"), Just("a\\\\b"), Just("\\u00e9")]
            .prop_map(|raw| Literal::Text(raw.into())),
        (-60_000_000_000_i64..4_000_000_000_000).prop_map(Literal::Time),
        Just(Literal::Date("2026-01-31".into())),
        Just(Literal::Span(Span::named("TODAY").unwrap().0)),
        any::<u32>().prop_map(|count| {
            let (mut span, _) = Span::named("LAST_N_DAYS").unwrap();
            span.count = Some(count);
            Literal::Span(span)
        }),
    ]
}

fn filters() -> impl Strategy<Value = Filter> {
    use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Like, NotEqual};
    let operator = prop_oneof![
        Just(Equal),
        Just(NotEqual),
        Just(Less),
        Just(LessOrEqual),
        Just(Greater),
        Just(GreaterOrEqual),
        Just(Like)
    ];
    let leaf = prop_oneof![
        (names(), operator, literals()).prop_map(|(path, operator, value)| Filter::Compare { path, operator, value }),
        (names(), any::<bool>(), prop::collection::vec(literals(), 1..4))
            .prop_map(|(path, negated, values)| Filter::In { path, negated, values }),
        (names(), any::<bool>(), names(), names()).prop_map(|(path, negated, field, from)| {
            let from = Path { parts: from.parts[..1].to_vec(), token: 0 };
            let select = Select::Items(vec![Item::Field(field)]);
            let query = Query { select, from, filter: None, group: vec![], order: vec![], limit: None, offset: None };
            Filter::Within { path, negated, query: Box::new(query) }
        }),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn sums() -> impl Strategy<Value = Sum> {
    let function = prop::sample::select(Function::ALL.map(|(function, _)| function).to_vec());
    (function, names()).prop_map(|(function, path)| Sum { function, path })
}

fn items() -> impl Strategy<Value = Item> {
    let set = prop::sample::select(FieldSet::ALL.to_vec())
        .prop_map(|(set, name)| Item::Set(set, Path { parts: vec![name.to_owned()], token: 0 }));
    let sum = (sums(), prop::option::of(Just("total".to_owned()))).prop_map(|(sum, alias)| Item::Sum(sum, alias));
    prop_oneof![4 => names().prop_map(Item::Field), 1 => set, 1 => sum]
}

fn queries() -> impl Strategy<Value = Query> {
    let select = prop_oneof![Just(Select::Count), prop::collection::vec(items(), 1..5).prop_map(Select::Items)];
    let key = prop_oneof![names().prop_map(Key::Path), sums().prop_map(Key::Sum)];
    let order = (key, any::<bool>(), any::<bool>()).prop_map(|(key, descending, nulls_last)| Order {
        key,
        descending,
        nulls_last,
    });
    let from = Just(Path { parts: vec!["User".into()], token: 0 });
    let limits = (prop::option::of(any::<u32>()), prop::option::of(any::<u32>()));
    let group = prop::collection::vec(names(), 0..3);
    (select, from, prop::option::of(filters()), group, prop::collection::vec(order, 0..3), limits).prop_map(
        |(select, from, filter, group, order, (limit, offset))| Query {
            select,
            from,
            filter,
            group,
            order,
            limit,
            offset,
        },
    )
}

proptest! {
    #[test]
    fn a_printed_query_reads_back_as_itself(query in queries()) {
        let text = query.to_string();
        let read = parse(&text);
        prop_assert_eq!(read.as_ref().map_err(|fail| fail.message.clone()), Ok(&query), "{}", text);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_mangled_query_makes_the_reader_panic(query in queries(), cut in any::<prop::sample::Index>(), extra in "[ '\\\\().,=<>!a-z0-9é-]{0,6}") {
        let text = query.to_string();
        let mut at = cut.index(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let _ = parse(&format!("{}{extra}{}", &text[..at], &text[at..]));
        let _ = parse(&text[..at]);
    }
}

#[test]
fn mistakes_are_pointed_at() {
    let table = [
        ("SELECT Id FORM User", "\nId FORM User\n   ^\nERROR at Row:1:Column:11\nunexpected token: 'FORM'"),
        ("SELECT Id FROM", "\nFROM\n    ^\nERROR at Row:1:Column:15\nunexpected token: '<EOF>'"),
        ("SELECT Id, FROM User", "\n, FROM User\n  ^\nERROR at Row:1:Column:12\nunexpected token: 'FROM'"),
        (
            "SELECT Id FROM User WHERE a = 1 AND b = 2 OR c = 3",
            "\n2 OR c\n  ^\nERROR at Row:1:Column:43\nunexpected token: 'OR'",
        ),
        ("SELECT Id\nFROM User LIMIT x", "\nLIMIT x\n      ^\nERROR at Row:2:Column:17\nunexpected token: 'x'"),
        ("SELECT Id FROM User WHERE Name = 'a", "\n= 'a\n  ^\nERROR at Row:1:Column:34\nunterminated string literal"),
    ];
    for (text, message) in table {
        let fail = parse(text).unwrap_err();
        assert_eq!((fail.code.as_ref(), fail.message.as_str()), ("MALFORMED_QUERY", message));
    }
}

#[test]
fn parentheses_cannot_exhaust_the_stack() {
    let deep = format!("SELECT Id FROM User WHERE {}a = 1", "(".repeat(10_000));
    assert_eq!(parse(&deep).unwrap_err().code, "QUERY_TOO_COMPLICATED");
    let long = format!("SELECT Id FROM User WHERE {}a = 1", "NOT ".repeat(10_000));
    assert_eq!(parse(&long).unwrap_err().code, "QUERY_TOO_COMPLICATED");
}

#[test]
fn escapes_mean_what_salesforce_says() {
    assert_eq!(unescape("O\\'Brien \\\\ \\u00e9 \\n"), "O'Brien \\ é \n");
}

static ORG: LazyLock<Data> = LazyLock::new(|| {
    let today = 20_000 * 86_400_000;
    let clock = Arc::new(Clock::new(Some(today)));
    let (permission_set_assignments, logins, oauth_tokens) = (180, 300, 30);
    let pod = pod_of(5);
    Data::new(
        Shape {
            seed: 5,
            users: 60,
            roles: 12,
            admins: 2,
            permission_set_assignments,
            logins,
            oauth_tokens,
            pod,
            today,
        },
        clock,
    )
});

/// Records found by a query, by number.
fn found(text: &str) -> Vec<u32> {
    let access = Access { user: 4, permissions: Permissions::ALL, hidden: Arc::default() };
    let scope = Scope { data: &ORG, access: &access, version: 67, now: 20_000 * 86_400_000, tooling: false };
    let plan = plan(text, &parse(text).unwrap(), &scope).unwrap();
    run(&ORG, &plan).page(0, usize::MAX)
}

/// An id of a user of the org, of one it never had, or of something else altogether; short or long.
fn ids() -> impl Strategy<Value = String> {
    let ours = (0_u32..80, any::<bool>()).prop_map(|(number, short)| {
        let id = ORG.id(Object::User, number);
        if short { id.short() } else { id.to_string() }
    });
    prop_oneof![4 => ours, 1 => Just("000000000000000".to_owned()), 1 => Just("zzzzzzzzzzzzzzz".to_owned())]
}

fn conditions(key: &'static str, other: &'static str) -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let one = prop_oneof![
        (sign, ids()).prop_map(move |(sign, id)| format!("{key} {sign} '{id}'")),
        prop::collection::vec(ids(), 1..5).prop_map(move |ids| format!("{key} IN ('{}')", ids.join("','"))),
        prop::collection::vec(ids(), 1..5).prop_map(move |ids| format!("{key} NOT IN ('{}')", ids.join("','"))),
        Just(other.to_owned()),
    ];
    prop::collection::vec(one, 1..4).prop_map(|parts| parts.join(" AND "))
}

proptest! {
    /// What is looked up by key is what a search of every record finds: NOT (NOT ..) hides the keys from the planner.
    #[test]
    fn looking_up_finds_what_searching_finds(
        (from, condition) in prop_oneof![
            conditions("Id", "IsActive = true").prop_map(|condition| ("User", condition)),
            conditions("Id", "Username = 'integration@acme.example'").prop_map(|condition| ("User", condition)),
            conditions("UserId", "IsFrozen = false").prop_map(|condition| ("UserLogin", condition)),
            conditions("AssigneeId", "IsActive = true").prop_map(|condition| ("PermissionSetAssignment", condition)),
        ],
        order in prop::sample::select(vec!["", " ORDER BY Id", " ORDER BY Id DESC", " ORDER BY Id NULLS LAST"]),
        limit in prop_oneof![Just(String::new()), (0_u32..70, 0_u32..70).prop_map(|(limit, offset)| format!(" LIMIT {limit} OFFSET {offset}"))],
    ) {
        let looked_up = found(&format!("SELECT Id FROM {from} WHERE {condition}{order}{limit}"));
        let searched = found(&format!("SELECT Id FROM {from} WHERE NOT (NOT ({condition})){order}{limit}"));
        prop_assert_eq!(looked_up, searched);
    }
}
