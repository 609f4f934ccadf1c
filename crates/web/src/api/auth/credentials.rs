//! Bodies with a password or a refresh token.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use crate::http::description::{Describe, Description, SharedRefusal};

/// A body with a username and a password.
pub(crate) struct Credentials<B>(pub(crate) B);

/// A body with a refresh token, in place of which a browser sends a cookie. Only some pages may have it do so.
pub(crate) struct RefreshCredentials<B>(pub(crate) B);

impl<B: Describe> Describe for Credentials<B> {
    fn describe(description: &mut Description) {
        B::describe(description);
        description.refusals.insert(SharedRefusal::UNAUTHENTICATED);
    }
}

impl<B: Describe> Describe for RefreshCredentials<B> {
    fn describe(description: &mut Description) {
        B::describe(description);
        description.refusals.extend([SharedRefusal::UNAUTHENTICATED, SharedRefusal::FORBIDDEN]);
    }
}

impl<B: FromRequest + 'static> FromRequest for Credentials<B> {
    type Error = B::Error;
    type Future = LocalBoxFuture<'static, Result<Self, B::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = B::from_request(request, payload);
        Box::pin(async move { body.await.map(Self) })
    }
}

impl<B: FromRequest + 'static> FromRequest for RefreshCredentials<B> {
    type Error = B::Error;
    type Future = LocalBoxFuture<'static, Result<Self, B::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = B::from_request(request, payload);
        Box::pin(async move { body.await.map(Self) })
    }
}
