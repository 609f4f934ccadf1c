//! Problem documents for what is no request yet. The HTTP server below refuses a head that it cannot read by a bare
//! status, before anything of this crate hears of it; here that answer gets the body and the headers of every other
//! refusal.
//!
//! Not here: HTTP/2, where such a fault ends the stream or the connection without a status (RFC 9113, 5.4).

use std::io::Write as _;

use actix_web::http::StatusCode;
use atalaya_texts::Language;
use chrono::SecondsFormat;

use crate::http::context::{Edge, REQUEST_ID};
use crate::http::problem::Problem;
use crate::http::problem_body::{framework_kind, problem_body};

/// How the head of an answer ends that has no body.
const END: &[u8] = b"\r\n\r\n";
/// What the HTTP server below answers so: a head that breaks the rules, one that does not come, and one that is too
/// large.
const STATUSES: [StatusCode; 3] =
    [StatusCode::BAD_REQUEST, StatusCode::REQUEST_TIMEOUT, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE];

impl Edge {
    /// What is to be sent in place of `written`, where that is the bare answer of the HTTP server below; the connection
    /// ends after it. The language of the reader is not known.
    #[must_use]
    pub fn in_place_of_bare_refusal(&self, written: &[u8]) -> Option<Vec<u8>> {
        let status = bare_refusal(written)?;
        let id = self.ids.next();
        let language = Language::default();
        let mut problem = problem_body(&Problem::Http(framework_kind(status)), language, "/", &id);
        problem.timestamp = self.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = serde_json::to_vec(&problem).ok()?;
        tracing::debug!(event = "unread_request", request.id = id, status = status.as_u16(), "no request was read");
        let mut answer = format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-language: \
             {language}\r\ncontent-length: {length}\r\ncache-control: no-store\r\n{REQUEST_ID}: {id}\r\n",
            language = language.tag(),
            length = body.len(),
        )
        .into_bytes();
        for (name, value) in self.headers() {
            write!(answer, "{name}: ").ok()?;
            answer.extend_from_slice(value.as_bytes());
            answer.extend_from_slice(b"\r\n");
        }
        answer.extend_from_slice(b"\r\n");
        answer.extend_from_slice(&body);
        Some(answer)
    }
}

/// The status of a bare answer. An answer with a request id was made by this crate and is left as it is.
fn bare_refusal(written: &[u8]) -> Option<StatusCode> {
    let rest = written.strip_prefix(b"HTTP/1.1 ")?;
    let status = StatusCode::from_bytes(rest.get(..3)?).ok().filter(|status| STATUSES.contains(status))?;
    let head = std::str::from_utf8(rest.strip_suffix(END)?).ok()?.to_ascii_lowercase();
    let has = |name: &str| head.lines().any(|line| line.split(':').next() == Some(name));
    let is_bare = !head.contains("\r\n\r\n") && head.lines().any(|line| line == "content-length: 0");
    (is_bare && !has(REQUEST_ID.as_str())).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_that_did_not_pass_here_is_bare() {
        let bare = "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\ndate: now\r\n\r\n";
        assert_eq!(bare_refusal(bare.as_bytes()), Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        for other in [
            "",
            "HTTP/1.1 ",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n",
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nX-Request-Id: 5\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n",
        ] {
            assert_eq!(bare_refusal(other.as_bytes()), None, "{other}");
        }
    }
}
