//! Companies, for those who operate the platform.

use atalaya_application::error::Conflict;
use atalaya_application::page::{Creation, Page, PageRequest};
use atalaya_application::ports::identity::CompanyStore;
use atalaya_application::ports::memory::Change;
use atalaya_application::{AppError, Precondition};
use atalaya_domain::access::PlatformScope;
use atalaya_domain::audit::AuditEvent;
use atalaya_domain::company::{Company, CompanyChange, NewCompany};
use atalaya_domain::id::CompanyId;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::accounts::one_more;
use super::company_names::claim_name;
use super::connection::{AnyConnection, on_either};
use super::database::Database;
use super::drawn_id::with_drawn_id;
use super::error::Expecting;
use super::reach::Reach;
use super::rows::{CompanyRow, behind, stored};
use super::schema::companies;
use super::sessions::end_of_company;

fn by_id(conn: &mut AnyConnection, id: CompanyId) -> Result<Option<Company>, AppError> {
    let found: Option<CompanyRow> =
        companies::table.find(id.get()).select(CompanyRow::as_select()).first(conn).optional().or_fault()?;
    found.map(CompanyRow::into_domain).transpose()
}

impl CompanyStore for Database {
    fn insert(&self, _: &PlatformScope, company: &NewCompany, audit: &AuditEvent) -> Result<Company, AppError> {
        self.transaction(Reach::Platform, |tx| {
            tx.audit(audit)?;
            let id = with_drawn_id(tx, CompanyId::drawn, |conn, id| {
                on_either!(conn, |conn| diesel::insert_into(companies::table)
                    .values((
                        companies::id.eq(id.get()),
                        companies::name.eq(company.name.as_str()),
                        companies::time_zone.eq(company.time_zone.name()),
                        companies::active.eq(true),
                        companies::created_at.eq(stored(audit.at)),
                    ))
                    .on_conflict(companies::id)
                    .do_nothing()
                    .execute(conn))
                .or_conflict(Conflict::CompanyExists)
            })?;
            claim_name(tx.conn, id, &company.name)?;
            by_id(tx.conn, id)?.ok_or_else(|| AppError::internal("a company that was stored is not there"))
        })
    }

    fn find(&self, _: &PlatformScope, id: CompanyId) -> Result<Option<Company>, AppError> {
        self.snapshot(Reach::Platform, |tx| by_id(tx.conn, id))
    }

    fn by_name(&self, _: &PlatformScope, name: &str) -> Result<Option<Company>, AppError> {
        let found: Option<CompanyRow> = self.snapshot(Reach::Platform, |tx| {
            let named = companies::table.filter(companies::name.eq(name)).select(CompanyRow::as_select());
            named.first(tx.conn).optional().or_fault()
        })?;
        found.map(CompanyRow::into_domain).transpose()
    }

    fn page(
        &self,
        _: &PlatformScope,
        request: &PageRequest<Creation<CompanyId>>,
    ) -> Result<Page<Company, Creation<CompanyId>>, AppError> {
        let rows: Vec<CompanyRow> = self.snapshot(Reach::Platform, |tx| {
            let (at, id) = behind(request.after, CompanyId::get);
            companies::table
                .filter(companies::created_at.gt(at).or(companies::created_at.eq(at).and(companies::id.gt(id))))
                .order((companies::created_at, companies::id))
                .limit(one_more(request)?)
                .select(CompanyRow::as_select())
                .load(tx.conn)
                .or_fault()
        })?;
        let companies = rows.into_iter().map(CompanyRow::into_domain).collect::<Result<_, _>>()?;
        Ok(Page::from_rows(companies, request, |company: &Company| Creation { at: company.created_at, id: company.id }))
    }

    fn change(
        &self,
        _: &PlatformScope,
        id: CompanyId,
        change: &CompanyChange,
        expected: Precondition<'_, Company>,
        at: DateTime<Utc>,
        audit: &dyn Fn(&Company) -> Vec<AuditEvent>,
    ) -> Result<Option<Company>, AppError> {
        self.transaction(Reach::Platform, |tx| {
            let Some(mut company) = by_id(tx.conn, id)? else { return Ok(None) };
            expected(&company)?;
            let (told, ends_sessions) = (audit(&company), change.ends_sessions(&company));
            let renamed = change.name.as_ref().is_some_and(|name| *name != company.name);
            company.name = change.name.clone().unwrap_or(company.name);
            company.time_zone = change.time_zone.unwrap_or(company.time_zone);
            company.active = change.active.unwrap_or(company.active);
            diesel::update(companies::table.find(id.get()))
                .set((
                    companies::name.eq(company.name.as_str()),
                    companies::time_zone.eq(company.time_zone.name()),
                    companies::active.eq(company.active),
                ))
                .execute(tx.conn)
                .or_conflict(Conflict::CompanyExists)?;
            if renamed {
                claim_name(tx.conn, id, &company.name)?;
            }
            if ends_sessions {
                end_of_company(tx, id, at)?;
            }
            tx.changed(Change::Company(id));
            told.iter().try_for_each(|event| tx.audit(event))?;
            Ok(Some(company))
        })
    }
}
