//! Who sent a query, and the proofs that their fields ask for.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpRequest;
use actix_web::http::Method;
use async_graphql::dataloader::{DataLoader, HashMapCache};
use async_graphql::{Context, ID};
use atalaya_application::UseCases;
use atalaya_application::error::{AppError, AuthFailure, ValueKind, Violation};
use atalaya_application::ports::quotas::Charge;
use atalaya_domain::access::{Actor, TenantScope};
use atalaya_domain::caller::{Caller, Origin};
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::{Access, Authorized, Mandate, Permit, ReadAccounts};
use atalaya_domain::session::Agent;
use atalaya_texts::Language;

use crate::api::auth::login::agent;
use crate::graphql::loader::ReadableAccounts;
use crate::graphql::refusal::Refusal;
use crate::http::admission::{Needs, charge, require};
use crate::http::client_address::ClientAddress;
use crate::http::notes::{address_of, origin_of};
use crate::http::problem::Problem;
use crate::http::quotas::Allowance;
use crate::http::state::HttpState;

/// Cost that one charge pays for; the first is paid by the root fields, each by the group of its own permission.
const COST_PER_CHARGE: usize = 100;

/// The most accounts that are opened at once: their models are in memory together.
const MOST_OPENED: usize = 100;

/// The accounts of one request, each opened once.
pub(crate) type Accounts = DataLoader<ReadableAccounts, HashMapCache>;

/// Who sent a query. Somebody without a token may ask for what is open to everybody.
pub(crate) struct QueryContext {
    actor: Option<Arc<Actor>>,
    origin: Origin,
    /// Of the client, for the limit of logins.
    pub(crate) address: Option<ClientAddress>,
    /// The client's program.
    pub(crate) agent: Option<Agent>,
    /// `POST`, or `GET` for a hash or a socket.
    pub(crate) method: Method,
    /// Of the reader.
    pub(crate) language: Language,
    /// What the program can do.
    pub(crate) use_cases: Arc<UseCases>,
    /// Quotas, limits, settings.
    pub(crate) http: HttpState,
    /// Opens accounts for reading, many at once. Whoever may read none has one that opens none.
    accounts: Accounts,
    allowance: Mutex<Option<Allowance>>,
}

impl QueryContext {
    /// Of a request whose token was verified, where it has one.
    pub(crate) fn new(
        request: &HttpRequest,
        actor: Option<Arc<Actor>>,
        language: Language,
        (use_cases, http): (Arc<UseCases>, HttpState),
    ) -> Self {
        let by = actor.as_ref().and_then(|actor| actor.access().ok());
        let loader = ReadableAccounts { by, forecasts: Arc::clone(&use_cases.forecasts) };
        Self {
            actor,
            origin: origin_of(request),
            address: address_of(request),
            agent: agent(request),
            method: request.method().clone(),
            language,
            use_cases,
            http,
            accounts: DataLoader::with_cache(loader, actix_web::rt::spawn, HashMapCache::default())
                .max_batch_size(MOST_OPENED),
            allowance: Mutex::default(),
        }
    }

    /// The one that a field is answered for.
    ///
    /// # Errors
    /// `Internal`, never in practice: each request brings one.
    pub(crate) fn of<'a>(context: &Context<'a>) -> Result<&'a Arc<Self>, Refusal> {
        let missing = || Refusal::from(AppError::internal("a query was executed for nobody"));
        context.data_opt::<Arc<Self>>().ok_or_else(missing)
    }

    /// Somebody with a token.
    ///
    /// # Errors
    /// `AUTHENTICATION_REQUIRED`.
    pub(crate) fn actor(&self) -> Result<&Arc<Actor>, AppError> {
        self.actor.as_ref().ok_or(AppError::Unauthenticated(AuthFailure::TokenMissing))
    }

    /// From where.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Charges a root field as its own operation would be, and proves that the caller's role allows it.
    ///
    /// # Errors
    /// 401 without a token, 429 over a quota, 403 by the role.
    pub(crate) async fn permitted<P: Needs>(&self) -> Result<Granted<P>, Refusal> {
        self.pay_as::<P>(self.actor()?).await?;
        self.granted()
    }

    /// The same for a field within another one: it is paid by what the whole query costs.
    ///
    /// # Errors
    /// 401 without a token, 403 by the role.
    pub(crate) fn granted<P: Needs>(&self) -> Result<Granted<P>, Refusal> {
        let actor = self.actor()?;
        require(actor, P::DEMAND)?;
        Ok(Granted { caller: Caller::new(Arc::clone(actor), self.origin.clone()), permission: PhantomData })
    }

    /// Charges what a query costs beyond what its root fields pay.
    ///
    /// # Errors
    /// 429.
    pub(crate) async fn pay(&self, cost: usize) -> Result<(), Problem> {
        for _ in 1..cost.div_ceil(COST_PER_CHARGE) {
            self.pay_for_a_read().await?;
        }
        Ok(())
    }

    /// Charges as reads are charged, whatever the role allows; also a query of which nothing was executed, for which no
    /// root field has paid. Requests without a token are limited by address.
    ///
    /// # Errors
    /// 429.
    pub(crate) async fn pay_for_a_read(&self) -> Result<(), Problem> {
        match &self.actor {
            Some(actor) => self.pay_as::<ReadAccounts>(actor).await,
            None => Ok(()),
        }
    }

    async fn pay_as<P: Needs>(&self, actor: &Actor) -> Result<(), Problem> {
        let charged = match charge(&self.http.quotas, actor, P::DEMAND) {
            Charge::Now(charged) => charged,
            Charge::Later(charge) => charge.await,
        };
        if let Some(allowance) = self.http.quotas.allowance(charged)? {
            *self.allowance.lock().unwrap_or_else(PoisonError::into_inner) = Some(allowance);
        }
        Ok(())
    }

    /// What is left of a quota that runs low, after the last charge.
    pub(crate) fn take_allowance(&self) -> Option<Allowance> {
        self.allowance.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The accounts of this request.
    pub(crate) fn accounts(&self) -> &Accounts {
        &self.accounts
    }
}

/// Somebody whose role has the permission `P`: what a resource of `api` gets as `Permitted`.
pub(crate) struct Granted<P> {
    caller: Caller,
    permission: PhantomData<P>,
}

impl<P> Deref for Granted<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<P: Needs> Granted<P> {
    /// What the field needs, before it is known where.
    ///
    /// # Errors
    /// None: the role was asked before.
    pub(crate) fn authorized(&self) -> Result<Authorized<P::Permit>, Refusal> {
        Ok(self.caller.clone().authorized()?)
    }
}

impl<P: Needs<Permit: Permit<Scope = TenantScope>>> Granted<P> {
    /// What the field needs, in the caller's own company, for what leaves no entry in the audit log.
    ///
    /// # Errors
    /// `CompanyMissing` for a superadmin.
    pub(crate) fn access(&self) -> Result<Access<P::Permit>, Refusal> {
        Ok(self.caller.access()?)
    }

    /// What the field needs, in the company that is named, or in the caller's own.
    ///
    /// # Errors
    /// `Forbidden` in another company; `CompanyMissing` where a superadmin names none.
    pub(crate) fn mandate_in(&self, company: Option<CompanyId>) -> Result<Mandate<P::Permit>, Refusal> {
        Ok(self.caller.mandate_in(company)?)
    }
}

/// A company that a query names.
///
/// # Errors
/// `VALIDATION_FAILED` for what is no id.
pub(crate) fn named_company(id: Option<&ID>) -> Result<Option<CompanyId>, Refusal> {
    let parsed = id.map(|id| id.parse().map(CompanyId::new)).transpose();
    parsed.map_err(|_| vec![Violation::wrong_type("company", ValueKind::WholeNumber)].into())
}
