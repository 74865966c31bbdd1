//! What a file would change, in words for the person who gave it.

use super::{
    layout::{Layout, Oddities},
    people::{Counts, Difference},
    text::Encoding,
};

/// A file that was read to its end.
pub(super) struct Read {
    pub length: u64,
    pub layout: Layout,
    pub oddities: Oddities,
    pub counts: Counts,
    /// None where there is nothing to compare with.
    pub difference: Option<Difference>,
}

/// What a person sees before they say yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPreview {
    /// Names the file in a yes or no.
    pub file: String,
    /// As its owner called it.
    pub name: String,
    pub people: u64,
    /// Title and type of each column.
    pub columns: Vec<(String, String)>,
    /// How it differs from the list in use; none for the first.
    pub difference: Option<Difference>,
    /// What is odd about it, a sentence each.
    pub notes: Vec<String>,
}

impl ListPreview {
    pub(super) fn new(file: &str, name: &str, read: &Read) -> Self {
        let columns = read.layout.columns.iter().map(|column| (column.title.clone(), column.kind.word().to_owned()));
        Self {
            file: file.to_owned(),
            name: name.to_owned(),
            people: read.counts.people,
            columns: columns.collect(),
            difference: read.difference.clone(),
            notes: notes(read),
        }
    }
}

fn notes(read: &Read) -> Vec<String> {
    let Read { layout, oddities, counts, .. } = read;
    let some = |count: u64, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 row {one}")),
        _ => Some(format!("{count} rows {many}")),
    };
    let named = |titles: &[String]| titles.iter().map(|title| format!("\"{title}\"")).collect::<Vec<_>>().join(", ");
    let same = (!oddities.same_headers.is_empty()).then(|| {
        format!(
            "Several columns have the same header ({}): they are told apart by a number.",
            named(&oddities.same_headers)
        )
    });
    let unnamed =
        (oddities.unnamed > 0).then(|| "Columns without a header are called by their place: \"Column 3\".".to_owned());
    let by_look = oddities.email_by_look.as_ref().map(|title| {
        format!("No header says \"Email\"; the cells of \"{title}\" look like addresses, so they are taken for them.")
    });
    let encoding = (layout.encoding == Encoding::Windows1252).then(|| {
        "The file is not UTF-8, so its letters are read as Windows-1252. Look whether names with accents are right."
            .to_owned()
    });
    let ragged = some(
        oddities.ragged,
        "has another number of cells than the first line: what is missing is unknown, what is too much is left out.",
        "have another number of cells than the first line: what is missing is unknown, what is too much is left out.",
    );
    let nobody =
        some(counts.nobody, "has no email address and is left out.", "have no email address and are left out.");
    let repeated = some(
        counts.repeated,
        "repeats an email address of a row before: it is kept, and boards show several matches.",
        "repeat an email address of a row before: they are kept, and boards show several matches.",
    );
    [by_look, encoding, same, unnamed, nobody, repeated, ragged].into_iter().flatten().collect()
}
