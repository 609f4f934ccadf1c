//! The job that empties the trash: of accounts, users and tables.

use std::sync::Arc;

use atalaya_domain::access::{Operator, TenantScope};
use atalaya_domain::audit::{AuditAction, AuditEvent};
use atalaya_domain::id::CompanyId;
use atalaya_domain::job::JobKind;
use atalaya_domain::mandate::{Attribution, DefineTables};
use atalaya_domain::tables::{Entity, Field};
use chrono::{DateTime, TimeDelta, Utc};

use super::HeldLease;
use super::companies::for_every_company;
use super::handler::{JobError, JobHandler};
use crate::error::AppError;
use crate::ports::jobs::ClaimedJob;
use crate::ports::platform::PlatformStore;
use crate::ports::runtime::Clock;
use crate::ports::store::{Store, UnitOfWork};
use crate::ports::trash::{Expired, Removed, TRASH_KEPT};

/// Deletes what lies longer than thirty days in the trash of every company, some in each transaction, until it is told
/// to stop. The next run goes on where one stopped.
pub struct EmptyTrashHandler {
    /// The companies.
    pub platform: Arc<dyn PlatformStore>,
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl JobHandler for EmptyTrashHandler {
    fn kind(&self) -> JobKind {
        JobKind::EmptyTrash
    }

    fn every(&self) -> Option<TimeDelta> {
        Some(TimeDelta::days(1))
    }

    fn run(&self, _: &ClaimedJob, lease: &HeldLease<'_>) -> Result<(), JobError> {
        let before = self.clock.now() - TRASH_KEPT;
        Ok(for_every_company(self.platform.as_ref(), |company| self.trash(company.id, before, lease).empty())?)
    }
}

impl EmptyTrashHandler {
    fn trash<'h>(&'h self, company: CompanyId, before: DateTime<Utc>, lease: &'h HeldLease<'h>) -> Trash<'h> {
        let scope = Operator::at_the_machine().mandate::<DefineTables>(company).scope();
        Trash { handler: self, scope, company, before, lease }
    }
}

/// The trash of a company.
struct Trash<'h> {
    handler: &'h EmptyTrashHandler,
    scope: TenantScope,
    company: CompanyId,
    before: DateTime<Utc>,
    lease: &'h HeldLease<'h>,
}

impl Trash<'_> {
    fn empty(&self) -> Result<(), AppError> {
        self.empty_accounts()?;
        self.empty_users()?;
        self.empty_tables()
    }

    fn empty_accounts(&self) -> Result<(), AppError> {
        while let Some(account) = self.step(|unit| unit.accounts().expired(self.before))? {
            let some = |unit: &mut dyn UnitOfWork| {
                let is_something_left = unit.accounts().purge(&account)?;
                if !is_something_left {
                    self.tell(unit, AuditAction::AccountPurged, account.handle.as_str().to_owned())?;
                }
                Ok(is_something_left)
            };
            while self.step(some)? {}
        }
        Ok(())
    }

    fn empty_users(&self) -> Result<(), AppError> {
        while let Some(user) = self.step(|unit| unit.users().expired(self.before))? {
            self.step(|unit| unit.users().purge(&user))?;
            self.lease.check()?;
            let told = self.event(AuditAction::UserPurged, user.username.as_str().to_owned());
            self.handler.platform.transaction(|unit| {
                unit.users().purge(user.id, self.before)?;
                unit.audit(&told)
            })?;
        }
        Ok(())
    }

    fn empty_tables(&self) -> Result<(), AppError> {
        while let Some(expired) = self.step(|unit| unit.trash().expired(self.before))? {
            match expired {
                Expired::Entity(entity) => self.purge_entity(&entity)?,
                Expired::Records(entity) => self.purge_records(&entity)?,
                Expired::Field(entity, field) => {
                    self.remove_values(&entity, &field)?;
                    let target = format!("{}.{}", entity.name.as_str(), field.name.as_str());
                    self.step(|unit| {
                        unit.trash().purge_field(entity.id, field.number)?;
                        self.tell(unit, AuditAction::FieldPurged, target.clone())
                    })?;
                }
                // Nobody saw it, so there is nothing to tell.
                Expired::Hidden(entity, field) => {
                    self.remove_values(&entity, &field)?;
                    self.step(|unit| unit.trash().purge_field(entity.id, field.number))?;
                }
            }
        }
        Ok(())
    }

    /// One transaction.
    fn step<T>(&self, work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, AppError>) -> Result<T, AppError> {
        self.lease.check()?;
        self.handler.store.transaction(&self.scope, work)
    }

    fn event(&self, action: AuditAction, target: String) -> AuditEvent {
        Attribution::system().event(action, Some(self.company), self.handler.clock.now()).on(target)
    }

    fn tell(&self, unit: &mut dyn UnitOfWork, action: AuditAction, target: String) -> Result<(), AppError> {
        unit.audit(&self.event(action, target))
    }

    fn tell_records(&self, unit: &mut dyn UnitOfWork, entity: &Entity, count: u64) -> Result<(), AppError> {
        self.tell(unit, AuditAction::RecordsPurged, format!("{}: {count}", entity.name.as_str()))
    }

    fn purge_records(&self, entity: &Entity) -> Result<(), AppError> {
        let some = |unit: &mut dyn UnitOfWork| {
            let count = unit.trash().purge_records(entity.id, self.before)?;
            if count > 0 {
                self.tell_records(unit, entity, count)?;
            }
            Ok(count)
        };
        while self.step(some)? > 0 {}
        Ok(())
    }

    fn remove_values(&self, entity: &Entity, field: &Field) -> Result<(), AppError> {
        let mut open = Some(Removed::NOTHING);
        while let Some(removed) = open {
            open = self.step(|unit| unit.trash().remove_values(entity.id, field.number, removed))?;
        }
        Ok(())
    }

    fn purge_entity(&self, entity: &Entity) -> Result<(), AppError> {
        let some = |unit: &mut dyn UnitOfWork| {
            let count = unit.trash().purge_entity(entity.id)?;
            match count {
                Some(count) => self.tell_records(unit, entity, count)?,
                None => self.tell(unit, AuditAction::EntityPurged, entity.name.as_str().to_owned())?,
            }
            Ok(count)
        };
        while self.step(some)?.is_some() {}
        Ok(())
    }
}
