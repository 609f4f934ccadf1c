//! The OpenAPI document as it is served, and what is read out of it. `openapi` makes it.

use std::sync::OnceLock;

use actix_web::web::Bytes;
use atalaya_domain::access::Permission;
use serde_json::Value;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use crate::http::kept_words::{KeptWords, ShownWords};

/// The extension that names an operation's permission.
pub const PERMISSION: &str = "x-permission";

/// The document, ready to serve.
pub struct Documentation {
    document: OpenApi,
    /// Written when it is first asked for: most processes are never asked, and a start would wait for it.
    json: OnceLock<Bytes>,
}

impl Documentation {
    pub(crate) fn new(document: OpenApi) -> Self {
        Self { document, json: OnceLock::new() }
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &OpenApi {
        &self.document
    }

    /// The document as pretty JSON with a final line break: the very bytes of docs/openapi.json.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn json(&self) -> Result<&Bytes, serde_json::Error> {
        if let Some(written) = self.json.get() {
            return Ok(written);
        }
        let mut value = serde_json::to_value(&self.document)?;
        order_extensions(&mut value);
        let mut json = serde_json::to_vec_pretty(&value)?;
        json.push(b'\n');
        Ok(self.json.get_or_init(|| Bytes::from(json)))
    }
}

/// Puts extensions last and in the order of their names: otherwise their order is another one in each process.
fn order_extensions(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<String> = members.keys().filter(|name| name.starts_with("x-")).cloned().collect();
            names.sort_unstable();
            for name in names {
                if let Some(extension) = members.shift_remove(&name) {
                    members.insert(name, extension);
                }
            }
            members.values_mut().for_each(order_extensions);
        }
        Value::Array(items) => items.iter_mut().for_each(order_extensions),
        _ => {}
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
