//! Companies, for those who operate the platform.

use atalaya_application::AppError;
use atalaya_application::error::Conflict;
use atalaya_application::page::{Creation, Page, PageRequest};
use atalaya_application::ports::identity::{CompanyReader, CompanyWriter};
use atalaya_application::ports::memory::Change;
use atalaya_domain::company::{Company, CompanyChange, NewCompany};
use atalaya_domain::id::CompanyId;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::accounts::one_more;
use super::company_names::claim_name;
use super::connection::{AnyConnection, on_either};
use super::drawn_id::with_drawn_id;
use super::error::Expecting;
use super::platform::Platform;
use super::rows::{CompanyRow, behind, count, stored};
use super::schema::companies;

fn by_id(conn: &mut AnyConnection, id: CompanyId) -> Result<Option<Company>, AppError> {
    let found: Option<CompanyRow> =
        companies::table.find(id.get()).select(CompanyRow::as_select()).first(conn).optional().or_fault()?;
    found.map(CompanyRow::into_domain).transpose()
}

impl CompanyReader for Platform<'_, '_> {
    fn find(&mut self, id: CompanyId) -> Result<Option<Company>, AppError> {
        by_id(self.conn(), id)
    }

    fn by_name(&mut self, name: &str) -> Result<Option<Company>, AppError> {
        let named = companies::table.filter(companies::name.eq(name)).select(CompanyRow::as_select());
        let found: Option<CompanyRow> = named.first(self.conn()).optional().or_fault()?;
        found.map(CompanyRow::into_domain).transpose()
    }

    fn page(
        &mut self,
        request: &PageRequest<Creation<CompanyId>>,
    ) -> Result<Page<Company, Creation<CompanyId>>, AppError> {
        let (at, id) = behind(request.after, CompanyId::get);
        let rows: Vec<CompanyRow> = companies::table
            .filter(companies::created_at.gt(at).or(companies::created_at.eq(at).and(companies::id.gt(id))))
            .order((companies::created_at, companies::id))
            .limit(one_more(request)?)
            .select(CompanyRow::as_select())
            .load(self.conn())
            .or_fault()?;
        let companies = rows.into_iter().map(CompanyRow::into_domain).collect::<Result<_, _>>()?;
        Ok(Page::from_rows(companies, request, |company: &Company| Creation { at: company.created_at, id: company.id }))
    }

    fn count(&mut self) -> Result<u64, AppError> {
        count("companies", companies::table.count().get_result(self.conn()).or_fault()?)
    }
}

impl CompanyWriter for Platform<'_, '_> {
    fn insert(&mut self, company: &NewCompany, at: DateTime<Utc>) -> Result<Company, AppError> {
        let id = with_drawn_id(self.tx, CompanyId::drawn, |conn, id| {
            on_either!(conn, |conn| diesel::insert_into(companies::table)
                .values((
                    companies::id.eq(id.get()),
                    companies::name.eq(company.name.as_str()),
                    companies::time_zone.eq(company.time_zone.name()),
                    companies::active.eq(true),
                    companies::created_at.eq(stored(at)),
                ))
                .on_conflict(companies::id)
                .do_nothing()
                .execute(conn))
            .or_conflict(Conflict::CompanyExists)
        })?;
        claim_name(self.conn(), id, &company.name)?;
        by_id(self.conn(), id)?.ok_or_else(|| AppError::internal("a company that was stored is not there"))
    }

    fn change(&mut self, company: &Company, change: &CompanyChange) -> Result<Company, AppError> {
        let after = Company {
            name: change.name.clone().unwrap_or_else(|| company.name.clone()),
            time_zone: change.time_zone.unwrap_or(company.time_zone),
            active: change.active.unwrap_or(company.active),
            ..company.clone()
        };
        diesel::update(companies::table.find(company.id.get()))
            .set((
                companies::name.eq(after.name.as_str()),
                companies::time_zone.eq(after.time_zone.name()),
                companies::active.eq(after.active),
            ))
            .execute(self.conn())
            .or_conflict(Conflict::CompanyExists)?;
        if after.name != company.name {
            claim_name(self.conn(), after.id, &after.name)?;
        }
        self.tx.changed(Change::Company(after.id));
        Ok(after)
    }
}
