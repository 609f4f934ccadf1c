//! Who asks, as an argument of a handler: its type says what the operation needs. It is the one place that does.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{Error, FromRequest, HttpRequest, web};
use atalaya_application::UseCases;
use atalaya_application::error::AppError;
use atalaya_application::ports::quotas::{Charge, Charged};
use atalaya_domain::access::{Actor, TenantScope};
use atalaya_domain::caller::Caller;
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::{Access, Authorized, ManageCompanies, Mandate, Permit, ReadInstallation};
use futures_util::future::{Either, LocalBoxFuture};

use crate::http::admission::{Needs, charge, require};
use crate::http::bearer::bearer;
use crate::http::blocking;
use crate::http::description::{Describe, Description, SharedRefusal};
use crate::http::notes::{keep_allowance, origin_of};
use crate::http::problem::{Kind, Problem};
use crate::http::quotas::QuotaPolicies;
use crate::http::state::HttpState;

/// Somebody whose token was verified and whose role has the permission `P`. Extracted before the body is looked at, so
/// that nobody learns from a validation message what they may not ask.
pub(crate) struct Permitted<P> {
    actor: Arc<Actor>,
    request: HttpRequest,
    permission: PhantomData<P>,
}

impl<P> Permitted<P> {
    /// The actor, to take along to another thread.
    pub(crate) fn actor(&self) -> Arc<Actor> {
        Arc::clone(&self.actor)
    }

    /// The actor in this request, for what leaves a trace in the audit log.
    pub(crate) fn caller(&self) -> Caller {
        Caller::new(self.actor(), origin_of(&self.request))
    }
}

impl<P: Needs> Permitted<P> {
    /// What the operation needs, before it is known where.
    ///
    /// # Errors
    /// None: the role was asked before.
    pub(crate) fn authorized(&self) -> Result<Authorized<P::Permit>, AppError> {
        Ok(self.caller().authorized()?)
    }
}

impl<P: Needs<Permit: Permit<Scope = TenantScope>>> Permitted<P> {
    /// What the operation needs, in the actor's own company, for what leaves no entry in the audit log.
    ///
    /// # Errors
    /// `CompanyMissing` for a superadmin.
    pub(crate) fn access(&self) -> Result<Access<P::Permit>, AppError> {
        Ok(self.actor.access()?)
    }

    /// What the route needs, in the actor's own company.
    ///
    /// # Errors
    /// `CompanyMissing` for a superadmin.
    pub(crate) fn mandate(&self) -> Result<Mandate<P::Permit>, AppError> {
        Ok(self.caller().mandate()?)
    }

    /// What the route needs, in the company that the request names, or in the actor's own.
    ///
    /// # Errors
    /// `Forbidden` in another company; `CompanyMissing` where a superadmin names none.
    pub(crate) fn mandate_in(&self, company: Option<CompanyId>) -> Result<Mandate<P::Permit>, AppError> {
        Ok(self.caller().mandate_in(company)?)
    }
}

impl Permitted<ManageCompanies> {
    /// What the route needs: the platform.
    pub(crate) fn platform_mandate(&self) -> Result<Mandate<ManageCompanies>, AppError> {
        Ok(self.caller().platform_mandate()?)
    }
}

impl Permitted<ReadInstallation> {
    /// What the route needs: the platform.
    pub(crate) fn platform_access(&self) -> Result<Access<ReadInstallation>, AppError> {
        Ok(self.actor.platform_access()?)
    }
}

impl<P> Deref for Permitted<P> {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}

impl<P: Needs> Describe for Permitted<P> {
    fn describe(description: &mut Description) {
        description.permission = Some(P::DEMAND.permission);
        description.refusals.extend([SharedRefusal::UNAUTHENTICATED, SharedRefusal::FORBIDDEN]);
        if !description.is_read {
            description.refusals.insert(SharedRefusal::CONFLICT);
        }
    }
}

impl<P: Needs> FromRequest for Permitted<P> {
    type Error = Problem;
    type Future = Admission<P>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let remembered = bearer(request).and_then(|token| {
            let use_cases = part::<UseCases>(request)?;
            Ok((token, use_cases.sessions.recall(token)?, use_cases))
        });
        match remembered {
            Ok((_, Some(actor), _)) => admit(request, actor),
            Ok((token, None, use_cases)) => {
                let (request, token, use_cases) = (request.clone(), token.to_owned(), use_cases.clone().into_inner());
                Either::Right(Box::pin(async move {
                    let actor = blocking::call(move || use_cases.sessions.authenticate(&token)).await?;
                    admit(&request, actor).await
                }))
            }
            Err(problem) => Either::Left(ready(Err(problem))),
        }
    }
}

/// [`Guarded`] where a token is sent, and nobody where none is: for what strangers may do as well, and others in
/// another way. A token that is none is refused all the same.
pub(crate) struct MaybeGuarded<P, T>(pub(crate) Option<Permitted<P>>, pub(crate) T);

impl<P, T: Describe> Describe for MaybeGuarded<P, T> {
    fn describe(description: &mut Description) {
        T::describe(description);
        description.refusals.extend([
            SharedRefusal::UNAUTHENTICATED,
            SharedRefusal::FORBIDDEN,
            SharedRefusal::CONFLICT,
        ]);
    }
}

impl<P: Needs, T: FromRequest + 'static> FromRequest for MaybeGuarded<P, T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let claimed = request.headers().contains_key(header::AUTHORIZATION);
        let actor = claimed.then(|| Permitted::from_request(request, &mut Payload::None));
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let actor = match actor {
                Some(admission) => Some(admission.await?),
                None => None,
            };
            let rest = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(actor, rest))
        })
    }
}

/// [`Permitted`] first, then what else the handler reads of the request. actix would extract two arguments at the
/// same time: a body that cannot be read could then be answered before the token that is none, and strangers could make
/// the server read bodies.
pub(crate) struct Guarded<P, T>(pub(crate) Permitted<P>, pub(crate) T);

impl<P: Needs, T: Describe> Describe for Guarded<P, T> {
    fn describe(description: &mut Description) {
        <(Permitted<P>, T)>::describe(description);
    }
}

impl<P: Needs, T: FromRequest + 'static> FromRequest for Guarded<P, T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let actor = Permitted::from_request(request, &mut Payload::None);
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let actor = actor.await?;
            let rest = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(actor, rest))
        })
    }
}

/// Whom the token of a request stands for, charged nothing and asked for nothing yet: for what finds out by itself what
/// a request needs.
///
/// # Errors
/// 401 without a token, or for one that stands for nobody.
pub(crate) async fn authenticated(request: &HttpRequest) -> Result<Arc<Actor>, Problem> {
    let token = bearer(request)?;
    let use_cases = part::<UseCases>(request)?;
    let actor = if let Some(actor) = use_cases.sessions.recall(token)? {
        actor
    } else {
        let (use_cases, token) = (use_cases.clone().into_inner(), token.to_owned());
        blocking::call(move || use_cases.sessions.authenticate(&token)).await?
    };
    note_actor(&actor);
    Ok(actor)
}

/// Tells the log who asks.
fn note_actor(actor: &Actor) {
    let span = tracing::Span::current();
    span.record("user.id", actor.user().get());
    if let Some(company) = actor.company() {
        span.record("company.id", company.get());
    }
}

/// A part of the application's data.
pub(crate) fn part<T: 'static>(request: &HttpRequest) -> Result<&web::Data<T>, Problem> {
    let missing = || AppError::internal("the application was built without a part").into();
    request.app_data().ok_or_else(missing)
}

/// At once where nothing is waited for: that is every request whose token is remembered and whose quotas are counted
/// here.
type Admission<P> =
    Either<Ready<Result<Permitted<P>, Problem>>, LocalBoxFuture<'static, Result<Permitted<P>, Problem>>>;

/// Charges the request, then asks whether its caller may have it done.
fn admit<P: Needs>(request: &HttpRequest, actor: Arc<Actor>) -> Admission<P> {
    note_actor(&actor);
    let quotas = match part::<HttpState>(request) {
        Ok(http) => &http.quotas,
        Err(problem) => return Either::Left(ready(Err(problem))),
    };
    match charge(quotas, &actor, P::DEMAND) {
        Charge::Now(charged) => Either::Left(ready(settle(request, quotas, actor, charged))),
        Charge::Later(charge) => {
            let (request, quotas) = (request.clone(), Arc::clone(quotas));
            Either::Right(Box::pin(async move { settle(&request, &quotas, actor, charge.await) }))
        }
    }
}

/// Ends what [`admit`] began, once the charge is known.
fn settle<P: Needs>(
    request: &HttpRequest,
    quotas: &QuotaPolicies,
    actor: Arc<Actor>,
    charged: Charged,
) -> Result<Permitted<P>, Problem> {
    if let Some(allowance) = quotas.allowance(charged)? {
        keep_allowance(request, allowance);
    }
    require(&actor, P::DEMAND)?;
    Ok(Permitted { actor, request: request.clone(), permission: PhantomData })
}

/// A query string whose parameters are all optional texts: what they mean is checked after who may ask.
pub(crate) fn query_config() -> web::QueryConfig {
    web::QueryConfig::default().error_handler(|_, _| Problem::Http(Kind::UNREADABLE_QUERY).into())
}
