//! Somebody who talks HTTP to the app, and what they hear.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;

/// The media type of every error body.
pub const PROBLEM: &str = "application/problem+json";

/// An HTTP client that knows no proxy and gives up in time.
#[must_use]
pub fn http() -> reqwest::blocking::Client {
    reqwest::blocking::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_mins(1))
        .build()
        .expect("an HTTP client")
}

/// Somebody with or without a token.
#[derive(Clone)]
pub struct Client {
    http: reqwest::blocking::Client,
    base: String,
    headers: Vec<(String, String)>,
}

impl Client {
    /// A client of the server at `base`, such as `http://127.0.0.1:8000`.
    #[must_use]
    pub fn new(http: reqwest::blocking::Client, base: impl Into<String>) -> Self {
        Self { http, base: base.into(), headers: Vec::new() }
    }

    /// The same client with one more header on every request.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same client with another token.
    #[must_use]
    pub fn bearing(self, token: &str) -> Self {
        self.with("authorization", format!("Bearer {token}"))
    }

    /// The same client, reading English.
    #[must_use]
    pub fn english(self) -> Self {
        self.with("accept-language", "en")
    }

    /// The token that the client sends.
    #[must_use]
    pub fn token(&self) -> &str {
        let header = self.headers.iter().find(|(name, _)| name == "authorization");
        header.and_then(|(_, value)| value.strip_prefix("Bearer ")).expect("this client has a token")
    }

    /// The origin of a page that the server itself serves.
    #[must_use]
    pub fn own_origin(&self) -> String {
        self.base.clone()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    /// Asks without a body.
    #[must_use]
    pub fn ask(&self, method: Method, path: &str) -> Reply {
        Reply::of(self.request(method, path))
    }

    /// `GET`.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path)
    }

    /// `DELETE`.
    #[must_use]
    pub fn delete(&self, path: &str) -> Reply {
        self.ask(Method::DELETE, path)
    }

    /// `POST` of JSON.
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, "application/json", body.to_string())
    }

    /// `PUT` of JSON.
    #[must_use]
    pub fn put(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::PUT, path, "application/json", body.to_string())
    }

    /// `PATCH` of JSON.
    #[must_use]
    pub fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::PATCH, path, "application/json", body.to_string())
    }

    /// `POST` of a CSV file.
    #[must_use]
    pub fn post_csv(&self, path: &str, csv: impl Into<Vec<u8>>) -> Reply {
        self.send(Method::POST, path, "text/csv", csv)
    }

    /// Any body.
    #[must_use]
    pub fn send(&self, method: Method, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        Reply::of(self.request(method, path).header(CONTENT_TYPE, content_type).body(body.into()))
    }

    /// `GET` of a stream of events. The connection is closed when it is dropped.
    #[must_use]
    pub fn follow(&self, path: &str) -> EventStream {
        let response = self.request(Method::GET, path).send().expect("the server answers");
        assert_eq!(response.status().as_u16(), 200, "{}", response.text().unwrap_or_default());
        EventStream { headers: response.headers().clone(), lines: BufReader::new(response) }
    }

    /// Any request, with a body of some media type where there is one.
    ///
    /// # Errors
    /// Of the connection.
    pub fn try_send(&self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> reqwest::Result<Reply> {
        let request = self.request(method, path);
        let request = match body {
            Some((media, body)) => request.header(CONTENT_TYPE, media).body(body),
            None => request,
        };
        Reply::read(request.send()?)
    }

    /// A request whose connection may fail under it.
    ///
    /// # Errors
    /// Of the connection.
    pub fn try_post(&self, path: &str, body: &Value) -> reqwest::Result<Reply> {
        let request = self.request(Method::POST, path).header(CONTENT_TYPE, "application/json");
        Reply::read(request.body(body.to_string()).send()?)
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The body as JSON; `null` when it is none.
    pub json: Value,
}

const EVENT_STREAM: &str = "text/event-stream";

/// A stream up to the empty line that ends its first event.
fn first_event(response: reqwest::blocking::Response) -> Vec<u8> {
    let lines = BufReader::new(response).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n").into_bytes()
}

impl Reply {
    fn of(request: RequestBuilder) -> Self {
        request.send().and_then(Self::read).expect("the server answers")
    }

    fn read(response: reqwest::blocking::Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let is_stream = headers.get(CONTENT_TYPE).is_some_and(|kind| kind == EVENT_STREAM);
        // A stream of events may have no end.
        let bytes = if is_stream { first_event(response) } else { response.bytes()?.to_vec() };
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Self { status, headers, bytes, json })
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header's value; empty when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a readable header"))
    }

    /// The body of an answer of that status.
    #[must_use]
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{}", self.text());
        &self.json
    }

    /// The body of an error of that status and code, in the shape that every error has.
    #[must_use]
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> &Value {
        let body = self.expect(status);
        assert_eq!(self.header("content-type"), PROBLEM, "{}", self.text());
        assert_eq!(body.get("error_code").and_then(Value::as_str), Some(code), "{}", self.text());
        assert_eq!(body.get("status").and_then(Value::as_u64), Some(u64::from(status)));
        let kind = format!("/problems/{}", code.to_ascii_lowercase().replace('_', "-"));
        assert_eq!(body.get("type").and_then(Value::as_str), Some(kind.as_str()));
        for field in ["title", "detail", "instance", "timestamp", "request_id"] {
            let text = body.get(field).and_then(Value::as_str).unwrap_or_default();
            assert!(!text.is_empty(), "{field} is missing in {}", self.text());
            assert!(!text.contains("%{"), "{field} has a hole in {}", self.text());
        }
        let timestamp = body.get("timestamp").and_then(Value::as_str).unwrap_or_default();
        assert!(chrono::DateTime::parse_from_rfc3339(timestamp).is_ok(), "{timestamp} is no time");
        assert_eq!(body.get("request_id").and_then(Value::as_str), Some(self.header("x-request-id")));
        body
    }

    /// The broken rules of a 422, as `field: code`.
    #[must_use]
    #[track_caller]
    pub fn broken_rules(&self) -> Vec<String> {
        self.rules_of(422, "VALIDATION_FAILED")
    }

    /// The broken rules that a problem of that status and code names, as `field: code`.
    #[must_use]
    pub fn rules_of(&self, status: u16, code: &str) -> Vec<String> {
        let errors = self.problem(status, code).get("errors").and_then(Value::as_array);
        let text = |error: &Value, field: &str| error.get(field).and_then(Value::as_str).map(str::to_owned);
        let rule = |error: &Value| Some(format!("{}: {}", text(error, "field")?, text(error, "code")?));
        errors.expect("a list of broken rules").iter().map(|error| rule(error).expect("a field and a code")).collect()
    }

    /// The keys of a JSON object, sorted.
    #[must_use]
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> =
            self.json.as_object().into_iter().flat_map(|object| object.keys()).map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    /// What tells two refusals apart, without what differs from request to request: id, time, path, the connection, and
    /// a list whose order means nothing.
    #[must_use]
    pub fn redacted(&self) -> (u16, Vec<(String, String)>, Value) {
        let mut body = self.json.clone();
        if let Some(object) = body.as_object_mut() {
            for field in ["request_id", "timestamp", "instance"] {
                object.remove(field);
            }
        }
        let differs = [
            "x-request-id",
            "date",
            "content-length",
            "connection",
            "access-control-expose-headers",
            "ratelimit",
            "ratelimit-policy",
        ];
        let headers = self.headers.iter().filter(|(name, _)| !differs.contains(&name.as_str()));
        let mut headers: Vec<_> = headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        headers.sort();
        (self.status, headers, body)
    }
}

/// One server-sent event (WHATWG HTML, 9.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// Its name; empty for what is none, such as a comment.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its data, as JSON.
    pub data: Value,
    /// Lines that belong to no event: comments, `retry`.
    pub rest: Vec<String>,
}

/// An answer of events that goes on.
pub struct EventStream {
    /// The headers.
    pub headers: HeaderMap,
    lines: BufReader<reqwest::blocking::Response>,
}

impl Iterator for EventStream {
    type Item = Event;

    /// Waits for the next block of lines. `None` at the end of the stream.
    fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).expect("the stream ends in peace") == 0 {
                assert_eq!(event, Event::default(), "the stream ended within an event");
                return None;
            }
            let line = line.strip_suffix('\n').expect("a whole line");
            match line.split_once(": ") {
                _ if line.is_empty() => return Some(event),
                Some(("event", name)) => name.clone_into(&mut event.name),
                Some(("id", id)) => id.clone_into(&mut event.id),
                Some(("data", data)) => event.data = serde_json::from_str(data).expect("data in JSON"),
                _ => event.rest.push(line.to_owned()),
            }
        }
    }
}
