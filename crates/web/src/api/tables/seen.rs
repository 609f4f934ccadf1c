//! What whoever changes a record saw of it: `If-Match`, or its revision in the body. An entity type may demand it.

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest};
use atalaya_application::AppError;
use atalaya_application::tables::FoundRecord;
use futures_util::future::LocalBoxFuture;

use super::record_view::RecordView;
use super::values::RecordForm;
use crate::http::description::{Describe, Description, SharedRefusal};
use crate::http::respond::{Conditional, IfMatch};

/// What a handler reads of a request that changes a record, and the state that its author saw.
pub(crate) struct Seeing<T>(pub(crate) T, pub(crate) Seen);

/// The state of a record that the author of a request saw, where they say so.
pub(crate) struct Seen(IfMatch);

impl Seen {
    /// Compares a record with what was seen, as its own GET shows it; nothing, where that is not said. `*` says that
    /// there is a record, and nothing of what was seen.
    pub(crate) fn check(&self, form: RecordForm) -> Option<impl Fn(&FoundRecord) -> Result<(), AppError>> {
        let Self(if_match) = self;
        let check = move |current: &FoundRecord| if_match.check(&RecordView::found(current, form)?);
        if_match.names_a_state().then_some(check)
    }
}

impl<T: Describe> Describe for Seeing<T> {
    fn describe(description: &mut Description) {
        Conditional::<T>::describe(description);
        description.refusals.insert(SharedRefusal::UNCONDITIONAL);
    }
}

impl<T: FromRequest + 'static> FromRequest for Seeing<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = Conditional::<T>::from_request(request, payload);
        Box::pin(async move {
            let Conditional(read, if_match) = read.await?;
            Ok(Self(read, Seen(if_match)))
        })
    }
}

/// What a handler reads of a request whose body says what its author saw.
pub(crate) struct SeenInBody<T>(pub(crate) T);

impl<T: Describe> Describe for SeenInBody<T> {
    fn describe(description: &mut Description) {
        T::describe(description);
        description.refusals.extend([SharedRefusal::CHANGED, SharedRefusal::UNCONDITIONAL]);
    }
}

impl<T: FromRequest + 'static> FromRequest for SeenInBody<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = T::from_request(request, payload);
        Box::pin(async move { read.await.map(Self).map_err(Into::into) })
    }
}
