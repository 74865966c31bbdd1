//! What all actions that make something share: the API name is looked up first, so that nothing is made twice.

use super::operation::Standing;
use serde_json::json;

/// What is to be made.
pub struct Wish<'a> {
    /// How people call such a thing.
    pub words: &'static str,
    pub name: &'a str,
    pub api_name: &'a str,
}

/// What has the API name already.
pub struct Taken<'a> {
    pub id: &'a str,
    pub name: &'a str,
    /// It is what is to be made.
    pub same: bool,
}

/// Where the wish stands, before its steps are added; the flag says whether it still has to be made.
pub fn stand(wish: &Wish<'_>, taken: Option<Taken<'_>>) -> (Standing, bool) {
    let Wish { words, name, api_name } = wish;
    let made = format!("The {words} {name} is there.");
    let other = taken.as_ref().filter(|taken| !taken.same);
    // What an attempt before has made is no change: only something else under the name is.
    let before = json!({ "ApiName": api_name, "Other": other.map(|taken| taken.id) });
    let mut standing = Standing::new(*name, before, made);
    match taken {
        None => (standing, true),
        Some(taken) => {
            standing.record = Some(taken.id.to_owned());
            if !taken.same {
                let named = taken.name;
                standing.blocker(format!(
                    "The API name {api_name} is taken by another {words}, {named}. Choose another one."
                ));
            }
            (standing, false)
        }
    }
}

/// `A, B, C and 4 more`.
pub fn some_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 5;
    let names: Vec<&str> = names.into_iter().collect();
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// `1 user`, `3 users`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_shortened_and_numbers_agree() {
        assert_eq!(some_of(["A", "B"]), "A, B");
        assert_eq!(some_of(["A", "B", "C", "D", "E", "F"]), "A, B, C, D, E and 1 more");
        assert_eq!((count(1, "user", "users"), count(0, "user", "users")), ("1 user".into(), "0 users".into()));
    }
}
