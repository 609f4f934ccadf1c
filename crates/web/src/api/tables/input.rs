//! Bodies with values of records. They are read from the text as it came, because a number that passed through a binary
//! fraction is another number.

use std::borrow::Cow;
use std::collections::BTreeMap;

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use atalaya_application::error::{ValueKind, Violation};
use atalaya_domain::tables::{Draft, Input, Keys};
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::http::body::json_bytes;
use crate::http::description::{Describe, Description};
use crate::http::problem::Problem;

/// A JSON body as it came: it can be read, and what it means is not known yet.
pub(crate) struct WrittenJson(Bytes);

impl Describe for WrittenJson {
    fn describe(description: &mut Description) {
        crate::http::body::describe_body(description);
    }
}

impl FromRequest for WrittenJson {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = json_bytes(&request, payload).await?;
            // Reads everything and converts nothing.
            serde_json::from_slice::<&RawValue>(&bytes).map_err(|error| unreadable(&error))?;
            Ok(Self(bytes))
        })
    }
}

fn unreadable(error: &serde_json::Error) -> Problem {
    Problem::Json { line: error.line(), column: error.column() }
}

#[derive(Deserialize)]
struct WithData<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

impl WrittenJson {
    /// The body as it was sent.
    pub(crate) fn bytes(&self) -> Bytes {
        self.0.clone()
    }

    /// The values in `data`.
    ///
    /// # Errors
    /// 422 where it is missing, or no object.
    pub(crate) fn draft(&self, keys: Keys) -> Result<Draft<'_>, Problem> {
        let not_an_object = |field: &str| Problem::from(vec![Violation::wrong_type(field, ValueKind::Object)]);
        if !is_object(&self.0) {
            return Err(not_an_object("body"));
        }
        let body: WithData<'_> = serde_json::from_slice(&self.0).map_err(|error| unreadable(&error))?;
        let data = body.data.ok_or_else(|| Problem::from(vec![Violation::new("data", "missing")]))?;
        if !data.get().starts_with('{') {
            return Err(not_an_object("data"));
        }
        Ok(Draft { keys, inputs: inputs(data)? })
    }

    /// The body as a `T` without values of records.
    ///
    /// # Errors
    /// 422 where it is none.
    pub(crate) fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Problem> {
        if !is_object(&self.0) {
            return Err(vec![Violation::wrong_type("body", ValueKind::Object)].into());
        }
        let mut reader = serde_json::Deserializer::from_slice(&self.0);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| crate::http::body::wrong_shape(&error))
    }
}

/// An object within a body as a `T`; serde alone would also read a list as one, member by member.
pub(crate) fn object<'a, T: Deserialize<'a>>(text: &'a RawValue) -> Option<T> {
    text.get().starts_with('{').then(|| serde_json::from_str(text.get()).ok()).flatten()
}

fn is_object(bytes: &[u8]) -> bool {
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

/// What an object says for each of its keys.
pub(crate) fn inputs(object: &RawValue) -> Result<BTreeMap<String, Input<'_>>, Problem> {
    let members: BTreeMap<String, &RawValue> =
        serde_json::from_str(object.get()).map_err(|error| unreadable(&error))?;
    members.into_iter().map(|(key, value)| Ok((key, input(value)?))).collect()
}

/// What was sent for one field.
pub(crate) fn input(value: &RawValue) -> Result<Input<'_>, Problem> {
    let text = value.get();
    Ok(match text.as_bytes().first() {
        Some(b'n') => Input::Null,
        Some(b't') => Input::Boolean(true),
        Some(b'f') => Input::Boolean(false),
        Some(b'"') => {
            let text: String = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
            Input::Text(Cow::Owned(text))
        }
        Some(b'{' | b'[') => Input::Json(text),
        _ => Input::Number(text),
    })
}
