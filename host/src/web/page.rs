//! The few pages a person sees outside Slack.

/// The tool is connected.
pub fn done(name: &str) -> String {
    page(
        &format!("{name} is connected"),
        "Weft is fetching its objects now. You can close this page and go back to Slack: the App Home shows how far it is.",
    )
}

/// It did not work.
pub fn problem(sentence: &str) -> String {
    page("Not connected", sentence)
}

fn page(title: &str, text: &str) -> String {
    let (title, text) = (escape(title), escape(text));
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title} · Weft</title><style>body{{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:34rem;padding:0 1.5rem;\
         color:#1d1c1d;background:#fff}}h1{{font-size:1.6rem;margin:0 0 .5rem}}</style><main><h1>{title}</h1><p>{text}</p></main></html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_tool_says_is_text() {
        assert!(super::problem("<script>").contains("&lt;script&gt;"));
    }
}
