//! The row numbers of boards that were looked at, so that the next page costs its cells only.

use super::engine::{Answer, Query};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Rows picked at once: the first twenty pages of fifty.
const FIRST_ROWS: usize = 1000;
/// Row numbers kept over all boards: 16 MiB.
const MAX_KEPT_ROWS: usize = 4 << 20;
/// Boards kept, however few rows each has.
const MAX_KEPT: usize = 512;

/// Names a question to the tables of one moment.
pub type PageKey = [u8; 32];

#[derive(Default)]
struct Kept {
    answers: HashMap<PageKey, (u64, Arc<Answer>)>,
    uses: u64,
}

/// The answers kept.
#[derive(Default)]
pub struct Pages {
    kept: Mutex<Kept>,
}

impl Pages {
    /// An answer with the first `needed` rows, or with all when there are fewer.
    pub fn answer(&self, key: PageKey, query: &Query, needed: usize) -> Arc<Answer> {
        if let Some(answer) = self.find(&key)
            && answer.rows.len() >= needed.min(answer.total)
        {
            return answer;
        }
        let answer = Arc::new(query.answer(needed.checked_next_power_of_two().unwrap_or(needed).max(FIRST_ROWS)));
        self.keep(key, answer.clone());
        answer
    }

    fn find(&self, key: &PageKey) -> Option<Arc<Answer>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let now = kept.uses;
        let (used, answer) = kept.answers.get_mut(key)?;
        *used = now;
        Some(answer.clone())
    }

    fn keep(&self, key: PageKey, answer: Arc<Answer>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = kept.uses;
        kept.answers.insert(key, (now, answer));
        loop {
            let rows: usize = kept.answers.values().map(|(_, answer)| answer.rows.len()).sum();
            if kept.answers.len() <= 1 || (rows <= MAX_KEPT_ROWS && kept.answers.len() <= MAX_KEPT) {
                return;
            }
            let oldest = kept.answers.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| *key);
            oldest.map(|oldest| kept.answers.remove(&oldest));
        }
    }
}
