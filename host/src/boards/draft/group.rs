//! How the rows of a draft are grouped: what was chosen, and the totals that can be.

use super::Draft;
use super::settle::Facts;
use crate::boards::definition::{Chart, Group, Period, TotalOf};
use crate::boards::engine::{Total, fold};
use crate::boards::groups::total_words;
use crate::boards::offered::{OfferedField, Purpose};
use crate::boards::service::Boards;
use crate::domain::{Actor, ConnectionId, Field, FieldType, ObjectName, Outcome};

/// The total that is likeliest meant comes first.
const TOTALS: [Total; 4] = [Total::Sum, Total::Average, Total::Min, Total::Max];
/// Fewer letters of `sum` or `average` may as well begin a field's name.
const TOTAL_LETTERS: usize = 3;

/// By what rows are to be grouped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// By nothing.
    Nothing,
    /// By the field that this path leads to.
    Field(String),
}

/// What was chosen for the groups; what is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnteredGroup {
    /// By what.
    pub by: Option<GroupBy>,
    /// Of a date.
    pub period: Option<Period>,
    /// How they are drawn.
    pub chart: Option<Chart>,
    /// All totals.
    pub totals: Option<Vec<TotalOf>>,
}

impl Draft {
    /// Takes in what was chosen. Another field keeps the totals and the chart; how long periods are is asked anew.
    pub(super) fn enter_group(&mut self, entered: EnteredGroup) {
        match entered.by {
            Some(GroupBy::Nothing) => self.group = None,
            Some(GroupBy::Field(by)) if self.group.as_ref().is_none_or(|group| group.by != by) => {
                let before = self.group.take().map(|before| (before.totals, before.chart));
                let (totals, chart) = before.unwrap_or_default();
                self.group = Some(Group { by, period: None, totals, chart });
            }
            _ => {}
        }
        let Some(group) = &mut self.group else { return };
        choose(&mut group.period, entered.period);
        choose(&mut group.chart, entered.chart);
        group.totals = entered.totals.unwrap_or_else(|| std::mem::take(&mut group.totals));
    }

    /// Only dates have periods.
    pub(super) fn settle_group(&mut self, facts: &Facts) {
        let Some(group) = &mut self.group else { return };
        if let Some(Ok(found)) = facts.get(&group.by)
            && !found.field.as_ref().is_some_and(is_date)
        {
            group.period = None;
        }
    }
}

/// What is meant where nothing is said stays unsaid: the definition is then as it was.
fn choose<T: Copy + Default + PartialEq>(known: &mut Option<T>, entered: Option<T>) {
    *known = match entered {
        Some(entered) if entered != known.unwrap_or_default() => Some(entered),
        _ => *known,
    };
}

/// Whether values of the field are put into periods.
pub fn is_date(field: &Field) -> bool {
    matches!(field.kind, FieldType::Date | FieldType::Timestamp)
}

impl Boards {
    /// Totals of the numbers that can be joined with the object: those whose way or title holds all of the words, each as sum, average,
    /// smallest and largest unless a word says which; nearest first, at most `limit`.
    pub async fn totals(
        &self,
        actor: &Actor,
        connection: &ConnectionId,
        object: &ObjectName,
        words: &str,
        limit: usize,
    ) -> Outcome<Vec<(Total, OfferedField)>> {
        let (kinds, rest) = asked(words);
        let fields = |words: String, kinds: usize| async move {
            self.fields(actor, connection, object, &words, Purpose::Total, limit / kinds).await
        };
        let mut found = (fields(rest, kinds.len()).await?, kinds);
        if found.0.is_empty() {
            found = (fields(words.to_owned(), TOTALS.len()).await?, TOTALS.to_vec());
        }
        let (fields, kinds) = found;
        let each = |field: OfferedField| kinds.iter().map(|kind| (*kind, field.clone())).collect::<Vec<_>>();
        Ok(fields.into_iter().flat_map(each).collect())
    }
}

/// The totals that the words name, all when they name none, and the other words.
fn asked(words: &str) -> (Vec<Total>, String) {
    let named = |total: &Total, word: &str| {
        word.chars().count() >= TOTAL_LETTERS && fold(total_words(*total)).starts_with(fold(word).as_ref())
    };
    let is_total = |word: &&str| TOTALS.iter().any(|total| named(total, word));
    let (of_totals, others): (Vec<&str>, Vec<&str>) = words.split_whitespace().partition(is_total);
    if of_totals.is_empty() {
        return (TOTALS.to_vec(), words.to_owned());
    }
    let kinds = TOTALS.into_iter().filter(|total| of_totals.iter().any(|word| named(total, word))).collect();
    (kinds, others.into_iter().filter(|word| *word != "of").collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_which_total_is_meant() {
        let cases: [(&str, &[Total], &str); 6] = [
            ("", &TOTALS, ""),
            ("age", &TOTALS, "age"),
            ("Sum of age", &[Total::Sum], "age"),
            ("sma lar seats", &[Total::Min, Total::Max], "seats"),
            ("su", &TOTALS, "su"),
            ("AVERAGE", &[Total::Average], ""),
        ];
        for (words, kinds, rest) in cases {
            assert_eq!(asked(words), (kinds.to_vec(), rest.to_owned()), "{words}");
        }
    }
}
