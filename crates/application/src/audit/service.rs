//! [`Audit`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::Actor;
use atalaya_domain::audit::{AuditActor, AuditEntry, AuditEvent, Refusal, SignedHead};
use atalaya_domain::caller::Origin;
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::{Authorized, ReadAudit};
use chrono_tz::Tz;

use super::verification::follow;
use super::{Audit, ChainScope, ReadableChain, Verification};
use crate::error::AppError;
use crate::export::{Export, Sink};
use crate::page::PageRequest;
use crate::ports::audit::{AuditFilter, AuditLog, AuditPage, AuditReader, AuditSeal};
use crate::ports::platform::PlatformStore;
use crate::ports::runtime::Clock;
use crate::ports::store::Store;

/// [`Audit`] on the ports.
pub struct AuditService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The platform's chain.
    pub platform: Arc<dyn PlatformStore>,
    /// Hears of refusals.
    pub log: Arc<dyn AuditLog>,
    /// The keys of the chains.
    pub seal: Arc<dyn AuditSeal>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why a chain is not followed to its end.
enum Stopped {
    /// That was asked for.
    Told,
    /// It could not be read.
    Failed(AppError),
}

impl From<AppError> for Stopped {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl AuditService {
    fn read<T>(
        &self,
        chain: &ReadableChain,
        mut work: impl FnMut(&mut dyn AuditReader) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        match &chain.scope {
            ChainScope::Company(scope) => self.store.query_apart(scope, |view| work(view.audit())),
            ChainScope::Platform(scope) => self.platform.query(|view| work(view.audit(scope))),
        }
    }
}

impl Audit for AuditService {
    fn refused(&self, actor: Option<&Actor>, refusal: Refusal, what: String, origin: Origin) {
        let by = actor.map_or(AuditActor::Anonymous, AuditActor::of);
        let company = actor.and_then(Actor::company);
        let event = AuditEvent::new(refusal.action(), by, company, origin, self.clock.now());
        self.log.refused(event.on(what).ended(refusal.outcome()));
    }

    fn open(&self, by: &Authorized<ReadAudit>, company: Option<CompanyId>) -> Result<ReadableChain, AppError> {
        let caller = by.caller();
        if caller.company().is_none() && company.is_none() {
            return Ok(ReadableChain { scope: ChainScope::Platform(caller.authorize_platform()?), time_zone: Tz::UTC });
        }
        let scope = by.access_in(company)?.scope();
        let company = self.store.query(&scope, |view| view.accounts().company())?;
        Ok(ReadableChain { scope: ChainScope::Company(scope), time_zone: company.time_zone })
    }

    fn list(
        &self,
        chain: &ReadableChain,
        filter: &AuditFilter,
        request: &PageRequest<i64>,
    ) -> Result<AuditPage, AppError> {
        self.read(chain, |reader| reader.page(filter, request))
    }

    fn export(
        &self,
        chain: &ReadableChain,
        filter: &AuditFilter,
        sink: &mut Sink<'_, AuditEntry>,
    ) -> Result<(), AppError> {
        let mut export = Export::default();
        let mut work = |reader: &mut dyn AuditReader| export.run(|request| reader.page(filter, request), sink);
        match &chain.scope {
            ChainScope::Company(scope) => self.store.read_long(scope, &mut |view| work(view.audit())),
            ChainScope::Platform(scope) => self.platform.read(&mut |view| work(view.audit(scope))),
        }
    }

    fn head(&self, chain: &ReadableChain) -> Result<SignedHead, AppError> {
        let now = self.clock.now();
        self.read(chain, |reader| reader.signed_head(now))
    }

    fn verify(&self, chain: &ReadableChain, goes_on: &dyn Fn() -> bool) -> Result<Option<Verification>, AppError> {
        let last = PageRequest::new(None, 1);
        let (stored, newest) = self.read(chain, |reader| {
            Ok((reader.stored_head()?, reader.page(&AuditFilter::default(), &last)?.items.pop()))
        })?;
        // A snapshot for each piece: one for a chain of millions would keep the database from tidying up meanwhile.
        let read = |after| {
            if goes_on() { Ok(self.read(chain, |reader| reader.entries_after(after))?) } else { Err(Stopped::Told) }
        };
        match follow(chain.chain(), self.seal.as_ref(), stored, &[], read) {
            Ok(verdict) => Ok(Some(Verification { verdict, newest: newest.map(|entry| (entry.seq, entry.at())) })),
            Err(Stopped::Told) => Ok(None),
            Err(Stopped::Failed(error)) => Err(error),
        }
    }
}
