//! What Slack refuses: every number the simulator checks, in one table of its own.
//!
//! Never shared with the host. The host has its own table, and the two meet only over HTTP, so a wrong number on
//! either side shows up as a refused message in a test.

/// Blocks in one message.
pub const MESSAGE_BLOCKS: usize = 50;
/// Blocks in one modal or Home view.
pub const VIEW_BLOCKS: usize = 100;
/// Serialised size of a view in bytes.
pub const VIEW_BYTES: usize = 250 * 1024;
/// Characters of a message's top-level `text`; Slack cuts off what is beyond.
pub const MESSAGE_TEXT: usize = 40_000;
/// Attachments in one message.
pub const ATTACHMENTS: usize = 100;

/// Characters of a text object where nothing narrower is said.
pub const TEXT: usize = 3000;
/// Section fields: how many.
pub const SECTION_FIELDS: usize = 10;
/// Section fields: characters of each.
pub const SECTION_FIELD: usize = 2000;
/// Characters of a header.
pub const HEADER: usize = 150;
/// Elements of a context block.
pub const CONTEXT_ELEMENTS: usize = 10;
/// Elements of an actions block.
pub const ACTIONS_ELEMENTS: usize = 25;
/// Elements of a context_actions block.
pub const CONTEXT_ACTIONS_ELEMENTS: usize = 5;
/// Characters of `block_id`, `action_id`, `callback_id` and `external_id`.
pub const ID: usize = 255;

/// Characters of a button's label.
pub const BUTTON_TEXT: usize = 75;
/// Characters of a button's value.
pub const BUTTON_VALUE: usize = 2000;
/// Characters of a button's accessibility label.
pub const ACCESSIBILITY_LABEL: usize = 75;
/// Characters of a URL.
pub const URL: usize = 3000;
/// Characters of an option's label and of its description.
pub const OPTION_TEXT: usize = 75;
/// Characters of an option's value.
pub const OPTION_VALUE: usize = 150;
/// Options of a select, and options of one group.
pub const SELECT_OPTIONS: usize = 100;
/// Groups of a select.
pub const OPTION_GROUPS: usize = 100;
/// Options of an overflow menu.
pub const OVERFLOW_OPTIONS: usize = 5;
/// Options of radio buttons and of checkboxes.
pub const CHOICE_OPTIONS: usize = 10;
/// Characters of a placeholder.
pub const PLACEHOLDER: usize = 150;

/// Characters of a confirmation dialog's title.
pub const CONFIRM_TITLE: usize = 100;
/// Characters of a confirmation dialog's text.
pub const CONFIRM_TEXT: usize = 300;
/// Characters of a confirmation dialog's buttons.
pub const CONFIRM_BUTTON: usize = 30;

/// Characters of an input's label and of its hint.
pub const INPUT_LABEL: usize = 2000;
/// Characters a plain_text_input takes.
pub const INPUT_VALUE: usize = 3000;
/// Files a file_input takes.
pub const INPUT_FILES: usize = 10;

/// Characters of an image's alt_text and of its title.
pub const ALT_TEXT: usize = 2000;
/// Characters of a video's title.
pub const VIDEO_TITLE: usize = 200;
/// Characters of all markdown blocks of one message together.
pub const MARKDOWN: usize = 12_000;
/// Characters of an alert.
pub const ALERT: usize = 200;

/// Characters of a view's title, submit and close.
pub const VIEW_TITLE: usize = 24;
/// Characters of `private_metadata`.
pub const PRIVATE_METADATA: usize = 3000;
/// Modals one person can have on top of each other.
pub const VIEW_STACK: usize = 3;

/// Rows of a table, header included.
pub const TABLE_ROWS: usize = 100;
/// Cells of a table's row, and its column settings.
pub const TABLE_COLUMNS: usize = 20;
/// Characters of all tables of one message together.
pub const TABLE_CHARACTERS: usize = 10_000;
/// Least rows of a data_table: a header and one row.
pub const DATA_TABLE_MIN_ROWS: usize = 2;
/// Most rows of a data_table, header included.
pub const DATA_TABLE_ROWS: usize = 201;
/// Columns of a data_table.
pub const DATA_TABLE_COLUMNS: usize = 20;
/// Characters of all data_tables of one message together.
pub const DATA_TABLE_CHARACTERS: usize = 20_000;
/// Largest `page_size` of a data_table.
pub const DATA_TABLE_PAGE: i64 = 100;

/// Child blocks of a container.
pub const CONTAINER_CHILDREN: usize = 10;
/// Characters of a title of a container or a card.
pub const CARD_TITLE: usize = 150;
/// Characters of a card's body.
pub const CARD_BODY: usize = 200;
/// Buttons of a card.
pub const CARD_BUTTONS: usize = 3;
/// Cards of a carousel.
pub const CAROUSEL_CARDS: usize = 10;
/// Tasks of a plan.
pub const PLAN_TASKS: usize = 50;
/// Charts in one message.
pub const CHARTS: usize = 2;
/// Characters of a chart's title and of its axis labels.
pub const CHART_TITLE: usize = 50;
/// Segments of a pie, series of another chart.
pub const CHART_SERIES: usize = 12;
/// Points of a series.
pub const CHART_POINTS: usize = 20;
/// Characters of a chart's labels, names and categories.
pub const CHART_LABEL: usize = 20;

/// Seconds an app has to answer a delivery, and seconds a trigger id lives.
pub const ANSWER_SECONDS: u64 = 3;
/// Times a response_url may be used.
pub const RESPONSE_URL_USES: u32 = 5;
/// Seconds a response_url lives.
pub const RESPONSE_URL_SECONDS: u64 = 30 * 60;
/// Socket Mode connections of one app.
pub const SOCKETS: usize = 10;
/// Bytes of one uploaded file; Slack takes 1 GB, a test never needs more than this.
pub const FILE_BYTES: usize = 32 << 20;
