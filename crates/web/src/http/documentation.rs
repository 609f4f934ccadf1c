//! The OpenAPI document as it is served, and what is read out of it. `openapi` makes it.

use actix_web::web::Bytes;
use atalaya_domain::access::Permission;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use crate::http::kept_words::{KeptWords, ShownWords};

/// The extension that names an operation's permission.
pub const PERMISSION: &str = "x-permission";

/// The document, ready to serve.
pub struct Documentation {
    document: OpenApi,
    json: Bytes,
}

impl Documentation {
    pub(crate) fn new(document: OpenApi) -> Result<Self, serde_json::Error> {
        let mut json = serde_json::to_vec_pretty(&document)?;
        json.push(b'\n');
        Ok(Self { document, json: Bytes::from(json) })
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &OpenApi {
        &self.document
    }

    /// The document as pretty JSON with a final line break: the very bytes of docs/openapi.json.
    #[must_use]
    pub fn json(&self) -> &Bytes {
        &self.json
    }
}

/// The permission that an operation needs.
pub(crate) fn permission(operation: &Operation) -> Option<Permission> {
    let word = operation.extensions.as_ref()?.get(PERMISSION)?.as_str()?;
    Permission::ALL.into_iter().find(|permission| permission.as_str() == word)
}

/// The words that an operation's failures keep.
pub(crate) fn kept_words(operation: &Operation) -> Option<ShownWords> {
    operation.extensions.as_ref()?.get(KeptWords::EXTENSION).and_then(ShownWords::read)
}
