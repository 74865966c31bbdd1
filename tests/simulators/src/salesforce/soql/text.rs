//! What a string literal means: compared as a whole, or as a pattern of LIKE.

/// One place of a LIKE pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wild {
    Any,
    One,
    Letter(char),
}

/// Greedy matching with one point to come back to: linear in practice, never exponential.
pub fn like(text: &[char], pattern: &[Wild]) -> bool {
    let (mut at, mut place, mut back) = (0, 0, None);
    while at < text.len() {
        match pattern.get(place) {
            Some(Wild::Any) => {
                back = Some((at, place));
                place += 1;
            }
            Some(Wild::One) => (at, place) = (at + 1, place + 1),
            Some(Wild::Letter(letter)) if *letter == text[at] => (at, place) = (at + 1, place + 1),
            _ => match back {
                Some((start, any)) => {
                    back = Some((start + 1, any));
                    (at, place) = (start + 1, any + 1);
                }
                None => return false,
            },
        }
    }
    pattern[place..].iter().all(|rest| *rest == Wild::Any)
}

/// The text a string literal means where it is compared as a whole.
pub fn unescape(raw: &str) -> String {
    letters(raw).into_iter().map(|(letter, _)| letter).collect()
}

/// The places of a LIKE pattern.
pub fn pattern_of(raw: &str) -> Vec<Wild> {
    let mut pattern = Vec::new();
    for (letter, escaped) in letters(raw) {
        match letter {
            '%' if !escaped => pattern.push(Wild::Any),
            '_' if !escaped => pattern.push(Wild::One),
            letter => pattern.extend(letter.to_lowercase().map(Wild::Letter)),
        }
    }
    pattern
}

/// The letters of a literal, and whether each was written with a backslash.
fn letters(raw: &str) -> Vec<(char, bool)> {
    let mut found = Vec::new();
    let mut rest = raw.chars();
    while let Some(letter) = rest.next() {
        if letter != '\\' {
            found.push((letter, false));
            continue;
        }
        let meant = match rest.next() {
            Some('n' | 'N') => '\n',
            Some('r' | 'R') => '\r',
            Some('t' | 'T') => '\t',
            Some('b' | 'B') => '\u{8}',
            Some('f' | 'F') => '\u{c}',
            Some('u') => {
                let digits: String = rest.by_ref().take(4).collect();
                u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
            }
            Some(other) => other,
            None => '\\',
        };
        found.push((meant, true));
    }
    found
}
