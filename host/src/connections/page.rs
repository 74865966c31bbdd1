//! What the connect page shows, as plain data: the questions with their answers and mistakes.

use super::settings::Mistakes;
use crate::plugins::Setting;
use std::collections::BTreeMap;
use url::Url;

/// The form of the connect page.
pub struct ConnectForm {
    /// As people call the tool.
    pub integration: String,
    /// What happens when it is sent, in a sentence.
    pub explanation: String,
    /// The label of its button.
    pub button: String,
    pub questions: Vec<Question>,
    /// What is wrong beyond single answers.
    pub problem: Option<String>,
    /// To be sent back as it is.
    pub token: String,
}

/// One question of the form.
pub struct Question {
    pub name: String,
    pub setting: Setting,
    pub answer: String,
    /// What is wrong with the answer.
    pub mistake: Option<String>,
}

/// The link was opened.
pub struct Opened {
    pub form: ConnectForm,
    /// The cookie that binds the browser: set again with each answer, so that it lives as long as the link.
    pub cookie: String,
}

/// What follows from a form.
pub enum Answered {
    /// A person must allow it there.
    Redirect(Url),
    /// Something is wrong: the same form with the mistakes.
    Again(Box<ConnectForm>),
    /// Done: the name of what was connected.
    Connected(String),
}

/// The questions with these answers.
pub fn questions(
    asked: &BTreeMap<String, Setting>,
    answers: &BTreeMap<String, String>,
    mistakes: &Mistakes,
) -> Vec<Question> {
    let question = |(name, setting): (&String, &Setting)| Question {
        name: name.clone(),
        setting: setting.clone(),
        answer: answers.get(name).cloned().unwrap_or_default(),
        mistake: mistakes.iter().find(|(at, _)| at == name).map(|(_, sentence)| sentence.clone()),
    };
    asked.iter().map(question).collect()
}
