//! Socket Mode, spoken by hand over a TCP connection.

use base64::Engine as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

/// The app's end of one connection.
struct Line(TcpStream);

impl Line {
    async fn open(slack: &Slack, app: &App) -> Line {
        let answer =
            app.response("apps.connections.open", "xapp-simulated", json!({})).await.json::<Value>().await.unwrap();
        let url = answer["url"].as_str().unwrap().to_owned();
        let line = Line::upgrade(slack, &url).await;
        assert!(line.1.starts_with("HTTP/1.1 101"), "{}", line.1);
        let mut line = Line(line.0);
        assert_eq!(line.read().await["type"], "hello");
        line
    }

    async fn upgrade(slack: &Slack, url: &str) -> (TcpStream, String) {
        let authority = slack.url().trim_start_matches("http://");
        let path = url.split_once(authority).unwrap().1;
        let mut stream = TcpStream::connect(authority).await.unwrap();
        let key = base64::engine::general_purpose::STANDARD.encode([7; 16]);
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {authority}\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        (stream, String::from_utf8(head).unwrap())
    }

    async fn read(&mut self) -> Value {
        let first = self.0.read_u8().await.unwrap();
        assert_eq!(first & 0x0f, 1, "a text frame");
        let length = match self.0.read_u8().await.unwrap() {
            126 => usize::from(self.0.read_u16().await.unwrap()),
            short => usize::from(short),
        };
        let mut text = vec![0; length];
        self.0.read_exact(&mut text).await.unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    /// Sends a short text frame, masked with zeros.
    async fn write(&mut self, value: Value) {
        let text = value.to_string();
        let mut frame = vec![0x81];
        match u8::try_from(text.len()) {
            Ok(length) if length < 126 => frame.push(0x80 | length),
            _ => {
                frame.push(0x80 | 126);
                frame.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).await.unwrap();
    }
}

#[tokio::test]
async fn commands_go_over_the_socket_and_are_answered_there() {
    let (slack, app) = workspace().await;
    slack.set_request_urls(RequestUrls::default());
    let mut line = Line::open(&slack, &app).await;
    let ada = slack.user("U0ADA");
    let running = tokio::spawn({
        let ada = ada.clone();
        async move { ada.command("/boards", "", "general").await }
    });
    let envelope = line.read().await;
    assert_eq!((&envelope["type"], &envelope["payload"]["command"]), (&json!("slash_commands"), &json!("/boards")));
    assert_eq!(envelope["accepts_response_payload"], true);
    line.write(json!({ "envelope_id": envelope["envelope_id"], "payload": { "text": "Boards" } })).await;
    assert!(running.await.unwrap().unwrap().is_ok());
    assert_eq!(ada.messages("general")[0].text, "Boards");
}

#[tokio::test]
async fn an_event_without_acknowledgement_is_sent_again() {
    let (slack, app) = workspace().await;
    slack.set_request_urls(RequestUrls::default());
    let mut line = Line::open(&slack, &app).await;
    let opening = tokio::spawn({
        let ada = slack.user("U0ADA");
        async move { ada.open_home().await }
    });
    let first = line.read().await;
    slack.advance(THREE_SECONDS);
    assert_eq!(opening.await.unwrap().first.problem.as_deref(), Some("operation_timeout"));
    let again = line.read().await;
    assert_eq!((&again["retry_attempt"], &again["retry_reason"]), (&json!(1), &json!("http_timeout")));
    assert_eq!(first["payload"]["event_id"], again["payload"]["event_id"]);
    line.write(json!({ "envelope_id": again["envelope_id"] })).await;
}

#[tokio::test]
async fn tickets_work_once_and_disconnects_are_announced() {
    let (slack, app) = workspace().await;
    let answer =
        app.response("apps.connections.open", "xapp-simulated", json!({})).await.json::<Value>().await.unwrap();
    let url = answer["url"].as_str().unwrap();
    let (_first, head) = Line::upgrade(&slack, url).await;
    assert!(head.starts_with("HTTP/1.1 101"));
    let (_second, head) = Line::upgrade(&slack, url).await;
    assert!(head.starts_with("HTTP/1.1 403"));
    let mut line = Line::open(&slack, &app).await;
    slack.disconnect_sockets("warning");
    assert_eq!(line.read().await["reason"], "warning");
    slack.shutdown().await;
}
