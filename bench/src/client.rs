//! A client of the API on one kept connection.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::header;

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
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let mut response = request.call()?;
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
        let mut request = self.agent.post(format!("{}{path}", self.base));
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let mut response = request.send_json(body)?;
        Ok((response.status().as_u16(), response.body_mut().read_json()?))
    }

    /// The JSON of a POST that has to succeed.
    pub(crate) fn create(&self, path: &str, body: &Value) -> Outcome<Value> {
        match self.post(path, body)? {
            (200 | 201, answer) => Ok(answer),
            (status, answer) => Err(format!("POST {path} answered {status}: {answer}").into()),
        }
    }
}
