//! What Slack takes, in one table: builders cut to it, and the check before sending holds everything against it once more.
//! The numbers are those of Slack's documentation and of tests against real workspaces; they count characters, not bytes.

/// Blocks of a message.
pub const MESSAGE_BLOCKS: usize = 50;
/// Blocks of a modal or of the App Home.
pub const VIEW_BLOCKS: usize = 100;
/// JSON of a view; Slack says 250 KB.
pub const VIEW_BYTES: usize = 250_000;
/// The text beside the blocks: notification, search, screen reader. Slack cuts at 40,000; people stop reading long before.
pub const MESSAGE_TEXT: usize = 4_000;
/// Text of a section, and of any text object.
pub const TEXT: usize = 3_000;
/// Text of a header block.
pub const HEADER: usize = 150;
/// Elements of a context block.
pub const CONTEXT_ELEMENTS: usize = 10;
/// Elements of an actions block.
pub const ACTION_ELEMENTS: usize = 25;
/// Text of a button.
pub const BUTTON_TEXT: usize = 75;
/// Value of a button.
pub const BUTTON_VALUE: usize = 2_000;
/// Address of a link button.
pub const URL: usize = 3_000;
/// Text, and description, of an option.
pub const OPTION_TEXT: usize = 75;
/// Value of an option.
pub const OPTION_VALUE: usize = 150;
/// Options of a select, or of one group of it.
pub const OPTIONS: usize = 100;
/// Groups of a select.
pub const OPTION_GROUPS: usize = 100;
/// Label of a group.
pub const GROUP_LABEL: usize = 75;
/// Options of an overflow menu.
pub const OVERFLOW_OPTIONS: usize = 5;
/// Placeholder of an input.
pub const PLACEHOLDER: usize = 150;
/// Label and hint of an input block.
pub const LABEL: usize = 2_000;
/// Longest text a person may type.
pub const INPUT_TEXT: usize = 3_000;
/// Title, submit and close of a modal.
pub const VIEW_TITLE: usize = 24;
/// What a view carries for us.
pub const PRIVATE_METADATA: usize = 3_000;
/// Title of a chart.
pub const CHART_TITLE: usize = 50;
/// Name of a series, of a category, of a segment.
pub const CHART_LABEL: usize = 20;
/// Points of a series.
pub const CHART_POINTS: usize = 20;
/// Segments of a pie.
pub const CHART_SEGMENTS: usize = 12;
/// Text of an alert block.
pub const ALERT: usize = 200;
/// Confirm dialog: title.
pub const CONFIRM_TITLE: usize = 100;
/// Confirm dialog: text.
pub const CONFIRM_TEXT: usize = 300;
/// Confirm dialog: its buttons.
pub const CONFIRM_BUTTON: usize = 30;
/// block_id, action_id, callback_id, external_id.
pub const ID: usize = 255;
/// A line of error under an input. Not documented; this much is readable.
pub const INPUT_ERROR: usize = 300;

/// A kind of table block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableLimits {
    /// Rows without the header.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Characters of all cells together.
    pub characters: usize,
}

/// `data_table`: 201 rows with the header, 20,000 characters a table and a message.
pub const DATA_TABLE: TableLimits = TableLimits { rows: 200, columns: 20, characters: 20_000 };
/// `table`: 100 rows with the header, 10,000 characters a table and a message.
pub const TABLE: TableLimits = TableLimits { rows: 99, columns: 20, characters: 10_000 };
/// The section list: a block a row, and a handful left for title, controls and notes.
pub const SECTION_LIST: TableLimits = TableLimits { rows: 30, columns: 6, characters: 20_000 };
/// Plain text: what fits into one text object.
pub const PLAIN_TEXT: TableLimits = TableLimits { rows: 30, columns: 6, characters: TEXT };

/// Longest cell: more than this is not read in a table, and takes the room of other rows.
pub const CELL: usize = 200;

/// The text, cut visibly when it is too long. Never empty: Slack refuses an empty text.
pub fn cut(text: &str, limit: usize) -> String {
    let text = if text.trim().is_empty() { "–" } else { text };
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn cuts_by_characters_and_says_so() {
        for (text, limit, expected) in
            [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("", 3, "–"), ("  ", 3, "–"), ("äöüß", 3, "äö…")]
        {
            assert_eq!(cut(text, limit), expected);
        }
    }
}
