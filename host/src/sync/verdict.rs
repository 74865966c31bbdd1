//! Whether what was fetched takes the place of what is stored: less than before is not always the truth.

use crate::domain::Millis;

/// An object with more rows than this does not lose half of them between two fetches without a reason.
const LARGE: u64 = 1_000;

/// What is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    pub rows: u64,
    pub own_rows: bool,
    pub fetched_at: Millis,
}

/// What was fetched.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct After {
    pub rows: u64,
    /// The credentials see the rows of their own account only.
    pub own_rows: bool,
    /// The tool did not let us read all, and the object says so.
    pub is_incomplete: bool,
    /// How many there are, as the tool itself counts.
    pub counted: Option<u64>,
}

/// Why what was fetched must not replace what is stored, as a sentence without an end about what to do; none when it may.
pub(super) fn objection(plural: &str, before: Option<Before>, after: After) -> Option<String> {
    let before = before.filter(|before| before.rows > 0)?;
    let Before { rows, .. } = before;
    let date = day(before.fetched_at);
    if after.own_rows && !before.own_rows {
        return Some(format!(
            "The connected account may now read only its own {plural}, so the {rows} records as of {date} were kept."
        ));
    }
    let agrees = after.counted.is_some_and(|counted| counted.abs_diff(after.rows) <= after.rows / 10);
    if after.rows == 0 && !(agrees && rows <= LARGE && !after.own_rows) {
        return Some(format!(
            "{plural} came back empty although {rows} were there before: the last good data was kept."
        ));
    }
    if rows > LARGE && after.rows * 2 < rows && !after.is_incomplete && !agrees {
        let counted = match after.counted {
            Some(counted) => format!("while the tool counts {counted}"),
            None => "and the tool does not say how many there are".to_owned(),
        };
        return Some(format!(
            "Only {} of {rows} {plural} came back, {counted}: the data as of {date} was kept. Fetch again; if it stays so, look at the permissions of the connected account.",
            after.rows
        ));
    }
    None
}

fn day(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH).strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_than_before_needs_a_reason() {
        let full = |rows| Some(Before { rows, own_rows: false, fetched_at: 0 });
        let own = |rows| Some(Before { rows, own_rows: true, fetched_at: 0 });
        let after = |rows, counted| After { rows, counted, ..After::default() };
        let table = [
            (None, after(0, None), true),
            (full(0), after(0, None), true),
            (full(5000), after(4000, None), true),
            (full(5000), after(2000, Some(2000)), true),
            (full(5000), after(2000, Some(2100)), true),
            (full(5000), after(2000, Some(5000)), false),
            (full(5000), after(2000, None), false),
            (full(900), after(2, None), true),
            // Whoever lost the right to see them counts none as well.
            (full(5000), after(0, Some(0)), false),
            (full(900), after(0, None), false),
            (full(900), after(0, Some(0)), true),
            (full(10), After { own_rows: true, ..after(10, Some(10)) }, false),
            (own(5000), After { own_rows: true, ..after(4000, Some(4000)) }, true),
            (own(10), after(4000, Some(4000)), true),
            (full(5000), After { is_incomplete: true, ..after(2000, Some(5000)) }, true),
        ];
        for (before, after, replaces) in table {
            let said = objection("Users", before, after);
            assert_eq!(said.is_none(), replaces, "{before:?} {after:?}: {said:?}");
        }
    }
}
