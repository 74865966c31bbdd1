//! What the person wants: the second and last reading of a payload, into one enum with one `match` behind it.

use super::command::Command;
use super::draft_fields;
use super::inbound::{BlockAction, Chosen, Inbound, SharedFile, View};
use super::meta::{FormMeta, Meta, field};
use super::policy_fields;
use super::press::Press;
use super::render;
use crate::actions::{EnteredPolicy, PolicyOf};
use crate::boards::{Change, Entered, NewSharing, Right};
use crate::connections::Users;
use crate::domain::{ActionName, BoardId, ConnectionId, ObjectRef, RecordRef, RequestId, UserId};
use serde_json::{Map, Value as Json};

/// A wish.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// A slash command.
    Command(Command),
    /// A button.
    Press(Press),
    /// A row of a board was chosen, to look at or to act on.
    ChooseRow {
        /// The board.
        board: BoardId,
        /// The row's key.
        key: String,
    },
    /// An action was chosen.
    ChooseAction {
        /// Through which connection.
        connection: ConnectionId,
        /// Which.
        action: ActionName,
        /// The board it was chosen from.
        board: Option<BoardId>,
        /// The row it was chosen for.
        row: Option<RecordRef>,
    },
    /// A form was filled in.
    SubmitForm(FilledForm),
    /// A plan was looked at and is to be sent.
    SendRequest {
        /// The prepared request.
        request: RequestId,
        /// The plan as shown.
        fingerprint: String,
        /// Why it is wanted.
        reason: Option<String>,
        /// What was typed where the preview asks for a word.
        typed: Option<String>,
    },
    /// A no, with its reason.
    DenyRequest {
        /// The request.
        request: RequestId,
        /// The plan as seen.
        fingerprint: String,
        /// Why not.
        reason: Option<String>,
    },
    /// A draft was changed, by what was entered and perhaps by a button.
    ChangeDraft {
        /// Which.
        draft: String,
        /// What stands in the window.
        entered: Entered,
        /// What the button says.
        change: Change,
    },
    /// A draft is to become a board.
    SaveDraft {
        /// Which.
        draft: String,
        /// What stands in the window.
        entered: Entered,
    },
    /// A text is to become a draft.
    ReadText {
        /// Which draft.
        draft: String,
        /// The window in which it is built.
        builder: String,
        /// The definition.
        text: String,
    },
    /// A board gets another name.
    RenameBoard {
        /// Which.
        board: BoardId,
        /// The name.
        name: String,
    },
    /// A board is to go.
    DeleteBoard {
        /// Which.
        board: BoardId,
    },
    /// A board is shared so and not otherwise.
    ShareBoard {
        /// Which.
        board: BoardId,
        /// With whom.
        sharing: NewSharing,
        /// Where it is posted as well.
        channel: Option<String>,
    },
    /// From now on these people may use a connection.
    Permit {
        /// Which.
        connection: ConnectionId,
        /// Who.
        users: Users,
    },
    /// What the window about approval policies is about from now on.
    ChoosePolicy {
        /// Which connection.
        connection: ConnectionId,
        /// Which action; none for the connection's default.
        action: Option<ActionName>,
    },
    /// From now on these approvals are needed.
    SavePolicy {
        /// For what.
        of: PolicyOf,
        /// The policy as entered.
        entered: EnteredPolicy,
    },
    /// Rows of a board are looked for.
    SearchBoard {
        /// Which.
        board: BoardId,
        /// By these words.
        words: String,
    },
    /// Records of the audit log are looked for.
    SearchAudit {
        /// The window that shows what is found.
        below: String,
        /// What is looked for.
        search: String,
    },
    /// The App Home is looked at.
    OpenHome,
    /// A file is to be a people list.
    GiveList(SharedFile),
    /// The app was removed.
    Uninstalled,
    /// Nothing that we offer: dropped with this line in the log.
    Nothing(String),
}

/// A form as sent: texts and keys, checked by the action's inputs later.
#[derive(Clone, Debug, PartialEq)]
pub struct FilledForm {
    /// Which action.
    pub form: FormMeta,
    /// By input name.
    pub inputs: Map<String, Json>,
    /// Keys of the records it is for.
    pub targets: Vec<String>,
    /// All rows of the board are meant, and those records are left out; none where the form does not ask.
    pub all: Option<bool>,
}

impl Intent {
    /// Reads it from what came in.
    pub fn of(what: &Inbound) -> Self {
        match what {
            Inbound::Command(command) => Self::Command(Command::parse(&command.name, &command.text)),
            Inbound::Action(action) => of_action(action),
            Inbound::Submission(view) => of_submission(view),
            Inbound::HomeOpened => Self::OpenHome,
            // In a channel it is meant for the people there.
            Inbound::FileShared(shared) if shared.channel.starts_with('D') => Self::GiveList(shared.clone()),
            Inbound::FileShared(_) => Self::Nothing("a file in a channel".to_owned()),
            Inbound::Uninstalled => Self::Uninstalled,
            Inbound::Closed(_) => Self::Nothing("a closed modal".to_owned()),
            Inbound::Suggestion(_) | Inbound::Challenge(_) => {
                Self::Nothing("a question answered at the door".to_owned())
            }
            Inbound::Other(kind) => Self::Nothing(kind.clone()),
        }
    }
}

fn of_action(action: &BlockAction) -> Intent {
    let chosen = action.chosen.one().unwrap_or_default();
    let found = match action.action.as_str() {
        field::ROW | field::LOOK => choose_row(action, chosen),
        field::ACCOUNT => choose_account(action, chosen),
        field::ACTION => choose_action(action, chosen),
        policy_fields::OF => choose_policy(action, chosen),
        id => pressed(action, Press::read(id, chosen)),
    };
    found.unwrap_or_else(|| Intent::Nothing(format!("the element {:.64}", action.action)))
}

/// A button; in the window in which a board is built every other element changes the draft.
fn pressed(action: &BlockAction, press: Option<Press>) -> Option<Intent> {
    let entered = || action.view.as_ref().map(draft_fields::entered).unwrap_or_default();
    match press {
        Some(Press::ChangeDraft { draft, change }) => Some(Intent::ChangeDraft { draft, entered: entered(), change }),
        Some(press) => Some(Intent::Press(press)),
        None => match Meta::read(&action.view.as_ref()?.metadata) {
            Meta::Builder { draft } => Some(Intent::ChangeDraft { draft, entered: entered(), change: Change::None }),
            _ => None,
        },
    }
}

fn choose_row(action: &BlockAction, key: &str) -> Option<Intent> {
    let board = field::row_board(&action.block)?;
    (!key.is_empty()).then(|| Intent::ChooseRow { board, key: key.to_owned() })
}

fn choose_account(action: &BlockAction, key: &str) -> Option<Intent> {
    let ObjectRef { connection, object } = field::account_object(&action.block)?;
    let other = RecordRef { connection, object, key: key.to_owned() };
    (!key.is_empty()).then_some(Intent::Press(Press::SamePerson { other }))
}

fn choose_action(action: &BlockAction, chosen: &str) -> Option<Intent> {
    let (connection, name) = chosen.split_once('/')?;
    let (board, row) = match Meta::read(&action.view.as_ref()?.metadata) {
        Meta::Menu { board, row } => (board, row),
        _ => return None,
    };
    Some(Intent::ChooseAction { connection: connection.into(), action: name.into(), board, row })
}

fn choose_policy(action: &BlockAction, chosen: &str) -> Option<Intent> {
    let Meta::Policies(of) = Meta::read(&action.view.as_ref()?.metadata) else { return None };
    let action = (chosen != policy_fields::DEFAULT).then(|| ActionName::from(chosen));
    (!chosen.is_empty()).then_some(Intent::ChoosePolicy { connection: of.connection, action })
}

fn of_submission(view: &View) -> Intent {
    match Meta::read(&view.metadata) {
        Meta::Form(form) => Intent::SubmitForm(filled(form, view)),
        Meta::Preview { request, fingerprint } => {
            let typed = view.values.contains_key(field::CONFIRMATION).then(|| text_in(view, field::CONFIRMATION));
            Intent::SendRequest { request, fingerprint, reason: reason(view), typed }
        }
        Meta::Deny { request, fingerprint } => Intent::DenyRequest { request, fingerprint, reason: reason(view) },
        Meta::Builder { draft } => Intent::SaveDraft { draft, entered: draft_fields::entered(view) },
        Meta::DraftText { draft, builder } => {
            Intent::ReadText { draft, builder, text: text_in(view, draft_fields::TEXT) }
        }
        Meta::Rename { board } => Intent::RenameBoard { board, name: text_in(view, field::NAME) },
        Meta::Delete { board } => Intent::DeleteBoard { board },
        Meta::Share { board } => share(board, view),
        Meta::Permissions { connection } => Intent::Permit { connection, users: chosen_users(view) },
        Meta::Policies(of) => Intent::SavePolicy { of, entered: policy_fields::entered(view) },
        Meta::Search { board } => Intent::SearchBoard { board, words: text_in(view, field::WORDS) },
        Meta::AuditSearch { below } => Intent::SearchAudit { below, search: audit_search(view) },
        Meta::Menu { .. } | Meta::Plain => Intent::Nothing("a modal with nothing to send".to_owned()),
    }
}

/// What was filled in, as it would have been typed.
fn audit_search(view: &View) -> String {
    let fields =
        [(field::WORDS, ""), (field::PEOPLE, "@"), (field::KIND, ""), (field::FROM, "from:"), (field::UNTIL, "until:")];
    let filled = fields.map(|(block, sign)| (sign, text_in(view, block)));
    let said = filled.iter().filter(|(_, text)| !text.trim().is_empty()).map(|(sign, text)| format!("{sign}{text}"));
    said.collect::<Vec<_>>().join(" ")
}

fn share(board: BoardId, view: &View) -> Intent {
    let people = |block: &str| chosen_in(view, block).map(Chosen::all).unwrap_or_default();
    let users = |block: &str| people(block).into_iter().map(UserId).collect();
    let everyone = match text_in(view, field::EVERYONE).as_str() {
        "viewer" => Some(Right::Viewer),
        "editor" => Some(Right::Editor),
        _ => None,
    };
    let sharing = NewSharing { viewers: users(field::VIEWERS), editors: users(field::EDITORS), everyone };
    Intent::ShareBoard { board, sharing, channel: people(field::CHANNEL).into_iter().next() }
}

/// People count where they are meant: what was chosen before everyone was meant stays in the window.
fn chosen_users(view: &View) -> Users {
    if text_in(view, field::WHO) != render::ONLY {
        return Users::Everyone;
    }
    let people = chosen_in(view, field::PEOPLE).map(Chosen::all).unwrap_or_default();
    Users::Only(people.into_iter().map(UserId).collect())
}

fn chosen_in<'a>(view: &'a View, block: &str) -> Option<&'a Chosen> {
    view.values.get(block)?.values().next()
}

fn text_in(view: &View, block: &str) -> String {
    chosen_in(view, block).and_then(Chosen::one).unwrap_or_default().to_owned()
}

fn filled(form: FormMeta, view: &View) -> FilledForm {
    let mut inputs = Map::new();
    let (mut targets, mut all) = (Vec::new(), None);
    for (block, fields) in &view.values {
        let Some(chosen) = fields.values().next() else { continue };
        if block == field::TARGETS {
            targets = chosen.all();
        } else if block == field::SCOPE {
            all = Some(chosen.one() == Some(field::ALL_ROWS));
        } else if let Some(name) = field::input_name(block)
            && let Some(value) = json_of(chosen)
        {
            inputs.insert(name.to_owned(), value);
        }
    }
    FilledForm { form, inputs, targets, all }
}

fn json_of(chosen: &Chosen) -> Option<Json> {
    match chosen {
        Chosen::Nothing => None,
        Chosen::One(text) => Some(Json::from(text.as_str())),
        Chosen::Many(texts) => Some(Json::from(texts.clone())),
    }
}

fn reason(view: &View) -> Option<String> {
    chosen_in(view, field::REASON)?.one().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slack::block::Style;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn action(id: &str, block: &str, chosen: &str, metadata: &str) -> Inbound {
        Inbound::Action(BlockAction {
            action: id.into(),
            block: block.into(),
            chosen: Chosen::One(chosen.into()),
            trigger: None,
            response_url: None,
            message: None,
            view: Some(View { metadata: metadata.into(), ..View::default() }),
        })
    }

    fn view(meta: &Meta, values: &[(&str, Chosen)]) -> Inbound {
        let field = |chosen: &Chosen| BTreeMap::from([(field::VALUE.to_owned(), chosen.clone())]);
        let values = values.iter().map(|(block, chosen)| ((*block).to_owned(), field(chosen))).collect();
        Inbound::Submission(View { metadata: meta.write(), values, ..View::default() })
    }

    #[test]
    fn rows_actions_and_buttons() {
        let block = field::row_block(&"b1".into(), "n7");
        assert_eq!(
            Intent::of(&action(field::ROW, &block, "k/1", "")),
            Intent::ChooseRow { board: "b1".into(), key: "k/1".into() }
        );
        let accounts = ObjectRef { connection: "c2".into(), object: "User".into() };
        let other = RecordRef { connection: "c2".into(), object: "User".into(), key: "k/1".into() };
        assert_eq!(
            Intent::of(&action(field::ACCOUNT, &field::account_block(&accounts, "n7"), "k/1", "")),
            Intent::Press(Press::SamePerson { other })
        );
        let meta = Meta::Menu { board: Some("b1".into()), row: None };
        assert_eq!(
            Intent::of(&action(field::ACTION, "x", "c1/deactivate-user", &meta.write())),
            Intent::ChooseAction {
                connection: "c1".into(),
                action: "deactivate-user".into(),
                board: Some("b1".into()),
                row: None
            }
        );
        let button = Press::ListBoards.button("Boards", Style::Plain);
        let press = action(button["action_id"].as_str().unwrap(), "x", button["value"].as_str().unwrap(), "");
        assert_eq!(Intent::of(&press), Intent::Press(Press::ListBoards));
        assert!(matches!(Intent::of(&action("other", "x", "y", "")), Intent::Nothing(_)));
    }

    #[test]
    fn a_form_is_read_by_its_block_names() {
        let form =
            FormMeta { connection: "c".into(), action: "assign-role".into(), object: Some("User".into()), board: None };
        let sent = view(
            &Meta::Form(form.clone()),
            &[
                ("targets", Chosen::Many(vec!["k1".into(), "k2".into()])),
                ("input/role", Chosen::One("r1".into())),
                ("input/note", Chosen::Nothing),
                ("other", Chosen::One("x".into())),
            ],
        );
        let inputs = Map::from_iter([("role".to_owned(), Json::from("r1"))]);
        let expected = FilledForm { form, inputs, targets: vec!["k1".into(), "k2".into()], all: None };
        assert_eq!(Intent::of(&sent), Intent::SubmitForm(expected));
    }

    #[test]
    fn a_blank_reason_is_none() {
        let meta = Meta::Deny { request: "r".into(), fingerprint: "f".into() };
        for (typed, expected) in [("  ", None), (" too late ", Some("too late".to_owned()))] {
            let intent = Intent::of(&view(&meta, &[("reason", Chosen::One(typed.into()))]));
            assert_eq!(intent, Intent::DenyRequest { request: "r".into(), fingerprint: "f".into(), reason: expected });
        }
    }

    proptest! {
        #[test]
        fn never_panics(id in ".{0,40}", block in ".{0,40}", chosen in ".{0,80}", metadata in ".{0,80}") {
            Intent::of(&action(&id, &block, &chosen, &metadata));
            Intent::of(&Inbound::Submission(View { metadata, ..View::default() }));
        }
    }
}
