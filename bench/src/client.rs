//! A client of the API on one kept connection.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::header;
use ureq::http::request::{Builder, Request};

use crate::Outcome;

/// No answer that is measured here takes so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// A client on a connection of its own: threads do not share one.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    authorization: Option<String>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into();
        Self { agent, base: format!("http://{address}"), authorization: None }
    }

    /// A client that sends `token` with every request.
    pub(crate) fn with_token(address: SocketAddr, token: &str) -> Self {
        Self { authorization: Some(format!("Bearer {token}")), ..Self::new(address) }
    }

    /// The status and the text of a GET.
    pub(crate) fn get(&self, path: &str) -> Outcome<(u16, String)> {
        let mut response = self.agent.run(self.request("GET", path).body(())?)?;
        Ok((response.status().as_u16(), response.body_mut().read_to_string()?))
    }

    /// The text of a GET that has to succeed.
    pub(crate) fn read(&self, path: &str) -> Outcome<String> {
        match self.get(path)? {
            (200, text) => Ok(text),
            (status, text) => Err(format!("GET {path} answered {status}: {text}").into()),
        }
    }

    /// The status and the JSON of a POST.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Outcome<(u16, Value)> {
        self.send("POST", path, body)
    }

    /// Uploads CSV, which has to succeed.
    pub(crate) fn upload(&self, path: &str, csv: &str) -> Outcome<()> {
        let request = self.request("POST", path).header(header::CONTENT_TYPE, "text/csv");
        let mut response = self.agent.run(request.body(csv.to_owned())?)?;
        if response.status() == 200 { Ok(()) } else { Err(response.body_mut().read_to_string()?.into()) }
    }

    /// The JSON of a POST that has to succeed.
    pub(crate) fn create(&self, path: &str, body: &Value) -> Outcome<Value> {
        self.change("POST", path, body)
    }

    /// The JSON of a request that has to succeed; `null` where the answer has no body.
    pub(crate) fn change(&self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        match self.send(method, path, body)? {
            (200 | 201 | 204, answer) => Ok(answer),
            (status, answer) => Err(format!("{method} {path} answered {status}: {answer}").into()),
        }
    }

    /// The status and the JSON of a request. A 503 that does not say when to come back is an error: whoever is refused
    /// for want of room has to be told (RFC 9110, 10.2.3).
    fn send(&self, method: &str, path: &str, body: &Value) -> Outcome<(u16, Value)> {
        self.send_bytes(method, path, "application/json", body.to_string().into_bytes())
    }

    /// The status and the JSON of a POST of a form.
    pub(crate) fn send_form(&self, path: &str, media: &str, form: Vec<u8>) -> Outcome<(u16, Value)> {
        self.send_bytes("POST", path, media, form)
    }

    fn send_bytes(&self, method: &str, path: &str, media: &str, body: Vec<u8>) -> Outcome<(u16, Value)> {
        let request = self.request(method, path).header(header::CONTENT_TYPE, media);
        let mut response = self.agent.run(request.body(body)?)?;
        let status = response.status().as_u16();
        let told =
            response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
        if status == 503 && told.is_none_or(|seconds| seconds == 0) {
            return Err(format!("a 503 of {method} {path} has no Retry-After").into());
        }
        let text = response.body_mut().read_to_string()?;
        Ok((status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? }))
    }

    fn request(&self, method: &str, path: &str) -> Builder {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        match &self.authorization {
            Some(authorization) => request.header(header::AUTHORIZATION, authorization),
            None => request,
        }
    }
}
