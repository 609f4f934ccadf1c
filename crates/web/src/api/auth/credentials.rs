//! Bodies with a password or a refresh token.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::TryFutureExt;
use futures_util::future::MapOk;

use crate::http::description::{Describe, Description, SharedRefusal};

/// What a body proves its sender by, and so how it may be refused.
pub(crate) trait Proof {
    /// The statuses.
    const REFUSALS: &[SharedRefusal];
}

/// A username and a password.
pub(crate) struct Password;

impl Proof for Password {
    const REFUSALS: &[SharedRefusal] = &[SharedRefusal::UNAUTHENTICATED];
}

/// A refresh token, in place of which a browser sends a cookie. Only some pages may have it do so.
pub(crate) struct RefreshToken;

impl Proof for RefreshToken {
    const REFUSALS: &[SharedRefusal] = &[SharedRefusal::UNAUTHENTICATED, SharedRefusal::FORBIDDEN];
}

/// A body that its sender proves something by.
pub(crate) struct Credentials<P, B>(pub(crate) B, pub(crate) PhantomData<P>);

impl<P: Proof, B: Describe> Describe for Credentials<P, B> {
    fn describe(description: &mut Description) {
        B::describe(description);
        description.refusals.extend(P::REFUSALS);
    }
}

impl<P, B: FromRequest> FromRequest for Credentials<P, B> {
    type Error = B::Error;
    type Future = MapOk<B::Future, fn(B) -> Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        B::from_request(request, payload).map_ok(|body| Self(body, PhantomData))
    }
}
