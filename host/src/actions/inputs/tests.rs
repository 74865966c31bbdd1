//! Inputs as people type them.

use super::*;
use crate::domain::{ActionName, Choice, Effect, Reversal};
use serde_json::json;

fn input(name: &str, kind: InputType) -> Input {
    Input {
        name: name.to_owned(),
        title: format!("The {name}"),
        help: None,
        kind,
        required: false,
        object: None,
        choices: Vec::new(),
        default: None,
        max: None,
    }
}

fn action(inputs: Vec<Input>) -> Action {
    Action {
        name: ActionName::from("do-it"),
        title: "Do it".to_owned(),
        help: String::new(),
        object: None,
        inputs,
        effect: Effect::Change,
        reversal: Reversal::None,
        inverse: None,
        idempotent: true,
        batch: 1,
        touches: Vec::new(),
    }
}

fn check(input: Input, given: Json) -> Result<Json, String> {
    let name = input.name.clone();
    let given = Map::from_iter([(name.clone(), given)]);
    match validate(&action(vec![input]), &given) {
        Ok(typed) => Ok(typed.get(&name).cloned().unwrap_or_default()),
        Err(AppError::Inputs(wrong)) => {
            assert_eq!(wrong[0].0, name);
            Err(wrong[0].1.clone())
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn each_type_is_read_and_refused() {
    use InputType as T;
    let choices = |mut input: Input| {
        input.choices = vec![Choice { value: "a".to_owned(), title: "Ah".to_owned() }];
        input
    };
    let table = [
        (input("text", T::Text), json!("  hello "), Ok(json!("hello"))),
        (input("text", T::Text), json!("two\nlines"), Err("Enter a single line.")),
        (input("text", T::Text), json!(5), Err("Enter a text.")),
        (input("text", T::LongText), json!("two\nlines"), Ok(json!("two\nlines"))),
        (input("text", T::LongText), json!("bell\u{7}"), Err("Remove the control characters.")),
        (input("number", T::Number), json!(" 12 "), Ok(json!(12))),
        (input("number", T::Number), json!("0.5"), Ok(json!(0.5))),
        (input("number", T::Number), json!(-3), Ok(json!(-3))),
        (input("number", T::Number), json!("1e400"), Err("Enter a number, such as 12 or 0.5.")),
        (input("number", T::Number), json!("NaN"), Err("Enter a number, such as 12 or 0.5.")),
        (input("number", T::Number), json!(1e17), Err("Enter a smaller number.")),
        (input("yes", T::Boolean), json!("Yes"), Ok(json!(true))),
        (input("yes", T::Boolean), json!(false), Ok(json!(false))),
        (input("yes", T::Boolean), json!("maybe"), Err("Choose yes or no.")),
        (input("day", T::Date), json!("2026-11-24"), Ok(json!("2026-11-24"))),
        (input("day", T::Date), json!("2026-02-30"), Err("Enter a day, such as 2026-11-24.")),
        (choices(input("one", T::Choice)), json!("a"), Ok(json!("a"))),
        (choices(input("one", T::Choice)), json!("b"), Err("Choose one of the list.")),
        (input("role", T::Reference), json!("00E1"), Ok(json!("00E1"))),
        (input("role", T::Reference), json!(["00E1"]), Err("Choose a record of the list.")),
        (input("roles", T::References), json!(["b", "a", "b"]), Ok(json!(["b", "a"]))),
        (input("roles", T::References), json!("a"), Ok(json!(["a"]))),
    ];
    for (input, given, wanted) in table {
        let what = format!("{:?} given {given}", input.kind);
        assert_eq!(check(input, given), wanted.map_err(str::to_owned), "{what}");
    }
}

#[test]
fn limits_are_the_actions_or_ours() {
    let text = Input { max: Some(3), ..input("text", InputType::Text) };
    assert_eq!(check(text.clone(), json!("äöü")), Ok(json!("äöü")));
    assert_eq!(check(text, json!("äöüß")), Err("Enter at most 3 characters; these are 4.".to_owned()));
    let roles = Input { max: Some(1), ..input("roles", InputType::References) };
    assert_eq!(check(roles, json!(["a", "b"])), Err("Choose at most 1; these are 2.".to_owned()));
    assert!(check(input("text", InputType::LongText), json!("x".repeat(MAX_TEXT + 1))).is_err());
    assert!(check(input("role", InputType::Reference), json!("x".repeat(MAX_KEY + 1))).is_err());
}

#[test]
fn what_is_missing_is_asked_for_or_filled_in() {
    let needed = Input { required: true, ..input("text", InputType::Text) };
    assert_eq!(check(needed.clone(), json!("  ")), Err("The text is needed.".to_owned()));
    assert_eq!(check(needed.clone(), json!(null)), Err("The text is needed.".to_owned()));
    let filled = Input { default: Some("\"as usual\"".to_owned()), ..needed };
    assert_eq!(check(filled, json!("")), Ok(json!("as usual")));
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let needed = Input { required: true, ..input("text", InputType::Text) };
    let given = Map::from_iter([("day".to_owned(), json!("soon")), ("other".to_owned(), json!(1))]);
    let Err(AppError::Inputs(wrong)) = validate(&action(vec![needed, input("day", InputType::Date)]), &given) else {
        panic!("it is refused")
    };
    let names: Vec<&str> = wrong.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["text", "day", "other"]);
}

#[test]
fn people_read_titles_not_keys() {
    let mut one = input("one", InputType::Choice);
    one.choices = vec![Choice { value: "a".to_owned(), title: "Ah".to_owned() }];
    assert_eq!(shown(&one, &json!("a"), str::to_owned), "Ah");
    assert_eq!(shown(&input("yes", InputType::Boolean), &json!(true), str::to_owned), "Yes");
    let roles = input("roles", InputType::References);
    assert_eq!(shown(&roles, &json!(["a", "b"]), str::to_uppercase), "A, B");
    assert_eq!(shown(&input("n", InputType::Number), &json!(0.5), str::to_owned), "0.5");
}
