//! What the middleware, the extractors and the handlers know of a request besides what it says itself.

use std::cell::Cell;

use actix_web::{HttpMessage, HttpRequest, web};
use atalaya_domain::caller::Origin;
use atalaya_texts::Language;

use crate::http::client_address::{ClientAddress, client_address};
use crate::http::quotas::Allowance;
use crate::http::state::HttpState;

/// What the edge and the layers inside share about a request. One entry for both, because a second one would
/// cost an allocation.
pub(crate) struct Notes {
    /// The request's id: the client's own where it sent a sound one.
    pub(crate) id: String,
    /// Whether it came as HEAD: it is routed as GET, and logged as what it was.
    pub(crate) only_head: bool,
    /// What is left to its user or company, where that runs low. Boxed, because mostly there is none.
    pub(crate) allowance: Cell<Option<Box<Allowance>>>,
    /// In which language the answer's texts are, where it has some.
    pub(crate) language: Cell<Option<Language>>,
}

/// What is known of the client's address.
pub(crate) fn address_of(request: &HttpRequest) -> Option<ClientAddress> {
    let http = request.app_data::<web::Data<HttpState>>()?;
    client_address(request, &http.edge.settings.trusted_proxy)
}

/// The id that the log knows a request by.
pub(crate) fn id_of(request: &HttpRequest) -> String {
    request.extensions().get::<Notes>().map(|notes| notes.id.clone()).unwrap_or_default()
}

/// Where a request comes from, as the audit log records it.
pub(crate) fn origin_of(request: &HttpRequest) -> Origin {
    let address = address_of(request).and_then(|address| address.client);
    Origin { address, request_id: request.extensions().get::<Notes>().map(|notes| notes.id.clone()) }
}

/// Keeps what is left, for the headers of the answer.
pub(crate) fn keep_allowance(request: &HttpRequest, allowance: Allowance) {
    if let Some(notes) = request.extensions().get::<Notes>() {
        notes.allowance.set(Some(Box::new(allowance)));
    }
}
