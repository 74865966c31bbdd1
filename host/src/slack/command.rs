//! What a slash command asks for. Parsed once, here; unknown words are a value too, answered with examples.

/// A slash command, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// What can be typed.
    Help,
    /// Whether Weft is well: connections, data age, what waits.
    Status,
    /// Connect an integration; none named: show which there are.
    Connect(Option<String>),
    /// The connections.
    Connections,
    /// The boards.
    Boards,
    /// Build a board.
    New,
    /// The ready-made boards.
    Templates,
    /// Open the board of this name.
    Board(String),
    /// Choose an action.
    Run,
    /// My requests, and those that wait for me.
    Requests,
    /// Read the audit log: what is looked for in it, empty for all.
    Audit(String),
    /// Halt all queued and running work of the workspace.
    Stop,
    /// None of the above: as typed, cut short.
    Unknown(String),
}

/// Longest name that is looked for: board names are shorter.
const NAME_LIMIT: usize = 200;

impl Command {
    /// Reads `/weft ...` and `/boards ...`. `name` is the command with its slash; a renamed command counts as `/weft`.
    pub fn parse(name: &str, text: &str) -> Self {
        let text = text.trim();
        if name.eq_ignore_ascii_case("/boards") { Self::of_boards(text) } else { Self::of_weft(text) }
    }

    fn of_boards(text: &str) -> Self {
        let (first, rest) = split(text);
        match (first.to_lowercase().as_str(), rest) {
            ("" | "list", "") => Self::Boards,
            ("help", "") => Self::Help,
            ("new", "") => Self::New,
            ("templates", "") => Self::Templates,
            ("open", rest) if !rest.is_empty() => Self::Board(board_name(rest)),
            _ => Self::Board(board_name(text)),
        }
    }

    fn of_weft(text: &str) -> Self {
        let (first, rest) = split(text);
        match (first.to_lowercase().as_str(), rest) {
            ("" | "help", "") => Self::Help,
            ("status", "") => Self::Status,
            ("connect", "") => Self::Connect(None),
            ("connect", integration) => Self::Connect(Some(cut_name(&integration.to_lowercase()))),
            ("connections", "") => Self::Connections,
            ("boards", "") | ("board", "") => Self::Boards,
            ("board" | "boards" | "open", name) if !name.is_empty() => Self::Board(board_name(name)),
            ("new", "") | ("new", "board") => Self::New,
            ("templates", "") => Self::Templates,
            ("run", "") => Self::Run,
            ("requests", "") => Self::Requests,
            ("audit", search) => Self::Audit(cut_name(search)),
            ("stop", "") => Self::Stop,
            _ => Self::Unknown(cut_name(text)),
        }
    }
}

fn split(text: &str) -> (&str, &str) {
    text.split_once(char::is_whitespace).map_or((text, ""), |(first, rest)| (first, rest.trim()))
}

/// A board's name may stand in quotes, also in the curly ones that phones type.
fn board_name(text: &str) -> String {
    cut_name(text.trim_matches(|c| matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '„')).trim())
}

fn cut_name(text: &str) -> String {
    text.chars().take(NAME_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn table() {
        use Command::*;
        let cases: [(&str, &str, Command); 28] = [
            ("/weft", "", Help),
            ("/weft", "  HELP ", Help),
            ("/weft", "status", Status),
            ("/weft", "connect", Connect(None)),
            ("/weft", "connect Salesforce", Connect(Some("salesforce".into()))),
            ("/weft", "connections", Connections),
            ("/weft", "boards", Boards),
            ("/weft", "board", Boards),
            ("/weft", "board Idle licences", Board("Idle licences".into())),
            ("/weft", "open “Idle licences”", Board("Idle licences".into())),
            ("/weft", "new", New),
            ("/weft", "templates", Templates),
            ("/boards", "new", New),
            ("/boards", "new joiners", Board("new joiners".into())),
            ("/weft", "run", Run),
            ("/weft", "requests", Requests),
            ("/weft", "audit", Audit(String::new())),
            ("/weft", "audit  Request.approved  ada ", Audit("Request.approved  ada".into())),
            ("/weft", "stop", Stop),
            ("/weft", "stop everything", Unknown("stop everything".into())),
            ("/weft", "open", Unknown("open".into())),
            ("/weft", "brew coffee", Unknown("brew coffee".into())),
            ("/weft-dev", "status", Status),
            ("/boards", "", Boards),
            ("/boards", "list", Boards),
            ("/boards", "Idle licences", Board("Idle licences".into())),
            ("/boards", "open \"Idle\"", Board("Idle".into())),
            ("/boards", "open", Board("open".into())),
        ];
        for (name, text, expected) in cases {
            assert_eq!(Command::parse(name, text), expected, "{name} {text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(name in ".{0,20}", text in ".{0,300}") {
            Command::parse(&name, &text);
        }
    }
}
