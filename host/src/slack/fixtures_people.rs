//! What records are in other tools, for tests of rendering.

use super::fixtures::NOW;
use crate::boards::{Account, Found, MatchView, SaidView};
use crate::domain::{ObjectRef, RecordRef};

/// The row whose window it is.
pub fn record() -> RecordRef {
    RecordRef { connection: "c1".into(), object: "User".into(), key: "005".into() }
}

/// An account of Okta.
pub fn account(number: usize) -> Account {
    let record = RecordRef { connection: "c2".into(), object: "User".into(), key: format!("00u{number}") };
    Account { record, title: format!("Ada *Lovelace* {number}"), detail: format!("ada_{number}@acme.example") }
}

/// What an admin said of the row and an account.
pub fn said(number: usize, same: bool, is_there: bool) -> SaidView {
    let account = account(number);
    let other = account.record.clone();
    SaidView { other, account: is_there.then_some(account), same, by: "U2".into(), at: NOW }
}

/// One object of another tool in which this was found.
pub fn object(connection: &str, found: Found, said: Vec<SaidView>) -> MatchView {
    MatchView {
        title: format!("User in <{connection}>"),
        object: ObjectRef { connection: connection.into(), object: "User".into() },
        found,
        keys: vec!["same e-mail address".into(), "same user name".into()],
        said,
    }
}

/// Everything that can be found.
pub fn all() -> Vec<MatchView> {
    let how = || "same e-mail address".to_owned();
    let several = Found::Several { how: how(), accounts: (1..=3).map(account).collect(), total: 5 };
    vec![
        object("Okta", Found::One { how: how(), account: account(1) }, vec![said(2, false, true)]),
        object("HR", Found::One { how: "linked by an admin".into(), account: account(3) }, vec![said(3, true, true)]),
        object("Slack", several, Vec::new()),
        object("List", Found::Nothing, vec![said(4, true, false)]),
        object("Wiki", Found::NoKey, Vec::new()),
        object("Desk", Found::Unread, Vec::new()),
    ]
}

/// As much as there can be, of more objects than are shown.
pub fn most() -> Vec<MatchView> {
    let several =
        || Found::Several { how: "same e-mail address".into(), accounts: (1..=3).map(account).collect(), total: 900 };
    let said = || (1..=9).map(|number| said(number, false, true)).collect();
    (0..12).map(|number| object(&format!("c{number}"), several(), said())).collect()
}
