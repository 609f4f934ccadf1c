//! Accounts of a company.

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Forbidden, Resource};
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::repositories::{AccountReader, AccountSummary, AccountWriter, SummaryWriter as _};
use atalaya_application::ports::trash::Trashed;
use atalaya_domain::access::AccountReach;
use atalaya_domain::account::{Account, AccountChange, AccountHandle, NewAccount, Platform};
use atalaya_domain::company::Company;
use atalaya_domain::id::{AccountId, CompanyId, UserId};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use diesel::dsl::auto_type;
use diesel::prelude::*;

use super::error::Expecting;
use super::own::{Own, deleted, own, serving_versions};
use super::rows::{AccountRow, CompanyRow, columns, count, loaded, stored};
use super::schema::{account_summaries, accounts, companies, model_versions, observations, user_accounts};
use super::store::Tenant;
use super::upsert::lock_account;

/// Observations of a deleted account that one transaction deletes.
const OBSERVATIONS_AT_ONCE: i64 = 10_000;

/// Ids of the accounts assigned to a user of the company.
#[auto_type(no_type_alias)]
pub(super) fn assigned_to(company: CompanyId, user: UserId) -> _ {
    let user: i64 = user.get();
    let assignments: Own<user_accounts::table> = own::<user_accounts::table>(company);
    assignments.filter(user_accounts::user_id.eq(user)).select(user_accounts::account_id)
}

impl Tenant<'_, '_> {
    /// Accounts within reach whose handle comes after `after`, at most `limit`, by handle; where `only` is given, only
    /// those.
    fn summaries(
        &mut self,
        after: &str,
        limit: i64,
        only: Option<&[AccountHandle]>,
    ) -> Result<Vec<AccountSummary>, AppError> {
        let mut query = self
            .own::<accounts::table>()
            .left_join(serving_versions())
            .filter(accounts::handle.gt(after))
            .order(accounts::handle)
            .limit(limit)
            .select((
                AccountRow::as_select(),
                accounts::observation_count,
                accounts::newest_observation_at,
                model_versions::version.nullable(),
            ))
            .into_boxed();
        if let Some(only) = only {
            let handles: Vec<&str> = only.iter().map(AccountHandle::as_str).collect();
            query = query.filter(accounts::handle.eq_any(handles));
        }
        if let AccountReach::AssignedTo(user) = self.scope.reach() {
            query = query.filter(accounts::id.eq_any(assigned_to(self.scope.company(), user)));
        }
        let rows: Vec<(AccountRow, i64, Option<NaiveDateTime>, Option<i32>)> = query.load(self.conn()).or_fault()?;
        let summary =
            |(account, observations, newest, version): (AccountRow, i64, Option<NaiveDateTime>, Option<i32>)| {
                Ok(AccountSummary {
                    account: account.into_domain()?,
                    observations: count("accounts.observation_count", observations)?,
                    data_until: newest.map(loaded),
                    has_model: version.is_some(),
                })
            };
        rows.into_iter().map(summary).collect()
    }

    /// Locks an account whose observations are written, and fails where it was deleted since it was found.
    pub(super) fn hold(&mut self, account: &Account) -> Result<(), AppError> {
        let company = self.scope.company();
        let is_there = lock_account(self.conn(), company, account.id).or_fault()?;
        if is_there { Ok(()) } else { Err(AppError::Forbidden(Forbidden::Account)) }
    }

    /// The same without a lock, for a training, which shall not wait for a long upload.
    pub(super) fn demand(&mut self, account: &Account) -> Result<(), AppError> {
        let found: Option<i64> = self
            .own::<accounts::table>()
            .filter(accounts::id.eq(account.id.get()))
            .select(accounts::id)
            .first(self.conn())
            .optional()
            .or_fault()?;
        found.map(drop).ok_or(AppError::Forbidden(Forbidden::Account))
    }
}

impl AccountReader for Tenant<'_, '_> {
    fn company(&mut self) -> Result<Company, AppError> {
        let own = self.own::<companies::table>().select(CompanyRow::as_select());
        own.first(self.conn()).optional().or_fault()?.ok_or(AppError::NotFound(Resource::Company))?.into_domain()
    }

    fn find(&mut self, handle: &AccountHandle) -> Result<Option<Account>, AppError> {
        let mut query = self
            .own::<accounts::table>()
            .filter(accounts::handle.eq(handle.as_str()))
            .select(AccountRow::as_select())
            .into_boxed();
        if let AccountReach::AssignedTo(user) = self.scope.reach() {
            query = query.filter(accounts::id.eq_any(assigned_to(self.scope.company(), user)));
        }
        query.first(self.conn()).optional().or_fault()?.map(AccountRow::into_domain).transpose()
    }

    fn find_all(&mut self, handles: &[AccountHandle]) -> Result<Vec<AccountSummary>, AppError> {
        self.summaries("", i64::MAX, Some(handles))
    }

    fn page(&mut self, request: &PageRequest<AccountHandle>) -> Result<Page<AccountSummary, AccountHandle>, AppError> {
        let after = request.after.as_ref().map_or("", AccountHandle::as_str);
        let rows = self.summaries(after, one_more(request)?, None)?;
        Ok(Page::from_rows(rows, request, |summary| summary.account.handle.clone()))
    }

    fn all(&mut self) -> Result<Vec<AccountSummary>, AppError> {
        self.summaries("", i64::MAX, None)
    }

    fn count(&mut self) -> Result<u64, AppError> {
        let mut query = self.own::<accounts::table>().count().into_boxed();
        if let AccountReach::AssignedTo(user) = self.scope.reach() {
            query = query.filter(accounts::id.eq_any(assigned_to(self.scope.company(), user)));
        }
        let number: i64 = query.first(self.conn()).or_fault()?;
        count("accounts", number)
    }

    fn trash(&mut self, since: DateTime<Utc>) -> Result<Vec<Trashed<Account>>, AppError> {
        let rows: Vec<(AccountRow, NaiveDateTime)> = deleted::<accounts::table>(self.scope.company())
            .filter(accounts::deleted_at.assume_not_null().ge(stored(since)))
            .order((accounts::deleted_at.desc(), accounts::id.desc()))
            .select((AccountRow::as_select(), accounts::deleted_at.assume_not_null()))
            .load(self.conn())
            .or_fault()?;
        let trashed =
            |(row, at): (AccountRow, NaiveDateTime)| Ok(Trashed { item: row.into_domain()?, deleted_at: loaded(at) });
        rows.into_iter().map(trashed).collect()
    }

    fn assignments(&mut self, accounts: &[AccountId]) -> Result<Vec<(AccountId, UserId)>, AppError> {
        let accounts: Vec<i64> = accounts.iter().map(|account| account.get()).collect();
        let rows: Vec<(i64, i64)> = self
            .own::<user_accounts::table>()
            .filter(user_accounts::account_id.eq_any(accounts))
            .order((user_accounts::account_id, user_accounts::user_id))
            .select((user_accounts::account_id, user_accounts::user_id))
            .load(self.conn())
            .or_fault()?;
        Ok(rows.into_iter().map(|(account, user)| (AccountId::new(account), UserId::new(user))).collect())
    }
}

impl AccountWriter for Tenant<'_, '_> {
    fn insert(&mut self, account: &NewAccount, at: DateTime<Utc>) -> Result<Account, AppError> {
        let row: AccountRow = diesel::insert_into(accounts::table)
            .values((
                accounts::company_id.eq(self.company_id()),
                accounts::handle.eq(account.handle.as_str()),
                accounts::name.eq(account.name.as_str()),
                accounts::platform.eq(account.platform.as_ref().map(Platform::as_str)),
                accounts::time_zone.eq(account.time_zone.map(Tz::name)),
                accounts::registered_at.eq(stored(at)),
            ))
            .returning(columns::<AccountRow>())
            .get_result(self.conn())
            .or_conflict(Conflict::AccountExists)?;
        self.account_changed(account.handle.clone());
        row.into_domain()
    }

    fn change(&mut self, account: &Account, change: &AccountChange) -> Result<Account, AppError> {
        let mut changed = AccountReader::find(self, &account.handle)?.ok_or(AppError::Forbidden(Forbidden::Account))?;
        changed.name = change.name.clone().unwrap_or(changed.name);
        changed.platform = change.platform.clone().or(changed.platform);
        changed.time_zone = change.time_zone.or(changed.time_zone);
        diesel::update(self.own::<accounts::table>())
            .filter(accounts::id.eq(changed.id.get()))
            .set((
                accounts::name.eq(changed.name.as_str()),
                accounts::platform.eq(changed.platform.as_ref().map(Platform::as_str)),
                accounts::time_zone.eq(changed.time_zone.map(Tz::name)),
            ))
            .execute(self.conn())
            .or_fault()?;
        if changed.time_zone != account.time_zone {
            self.refresh(&changed)?;
        }
        self.account_changed(changed.handle.clone());
        Ok(changed)
    }

    fn delete(&mut self, account: &Account, at: DateTime<Utc>) -> Result<(), AppError> {
        let deleted = diesel::update(self.own::<accounts::table>())
            .filter(accounts::id.eq(account.id.get()))
            .set(accounts::deleted_at.eq(stored(at)))
            .execute(self.conn())
            .or_fault()?;
        if deleted == 0 {
            return Err(AppError::Forbidden(Forbidden::Account));
        }
        self.account_changed(account.handle.clone());
        Ok(())
    }

    fn restore(&mut self, handle: &AccountHandle, since: DateTime<Utc>) -> Result<Account, AppError> {
        let restored = diesel::update(deleted::<accounts::table>(self.scope.company()))
            .filter(accounts::handle.eq(handle.as_str()))
            .filter(accounts::deleted_at.assume_not_null().ge(stored(since)))
            .set(accounts::deleted_at.eq(None::<NaiveDateTime>))
            .execute(self.conn())
            .or_fault()?;
        let account = if restored > 0 { AccountReader::find(self, handle)? } else { None };
        let account = account.ok_or(AppError::Forbidden(Forbidden::Account))?;
        // What a day or a week changed is counted from the newest observation and from now.
        self.refresh(&account)?;
        self.account_changed(account.handle.clone());
        Ok(account)
    }

    fn expired(&mut self, before: DateTime<Utc>) -> Result<Option<Account>, AppError> {
        let row: Option<AccountRow> = deleted::<accounts::table>(self.scope.company())
            .filter(accounts::deleted_at.assume_not_null().lt(stored(before)))
            .order(accounts::id)
            .select(AccountRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        row.map(AccountRow::into_domain).transpose()
    }

    fn purge(&mut self, account: &Account) -> Result<bool, AppError> {
        let id = account.id.get();
        let of_account = || own::<observations::table>(self.scope.company()).filter(observations::account_id.eq(id));
        let (oldest, all) = (of_account().order(observations::observed_at), of_account());
        let end: Option<NaiveDateTime> = oldest
            .select(observations::observed_at)
            .offset(OBSERVATIONS_AT_ONCE)
            .first(self.conn())
            .optional()
            .or_fault()?;
        if let Some(end) = end {
            diesel::delete(all.filter(observations::observed_at.lt(end))).execute(self.conn()).or_fault()?;
            return Ok(true);
        }
        diesel::delete(all).execute(self.conn()).or_fault()?;
        let versions = self.own::<model_versions::table>().filter(model_versions::account_id.eq(id));
        diesel::delete(versions).execute(self.conn()).or_fault()?;
        let summary = self.own::<account_summaries::table>().filter(account_summaries::account_id.eq(id));
        diesel::delete(summary).execute(self.conn()).or_fault()?;
        let assignments = self.own::<user_accounts::table>().filter(user_accounts::account_id.eq(id));
        diesel::delete(assignments).execute(self.conn()).or_fault()?;
        let account = deleted::<accounts::table>(self.scope.company()).filter(accounts::id.eq(id));
        diesel::delete(account).execute(self.conn()).or_fault()?;
        Ok(false)
    }
}

/// How many rows to ask for: one more than the page holds, to know whether there are more.
pub(super) fn one_more<K>(request: &PageRequest<K>) -> Result<i64, AppError> {
    i64::try_from(request.limit().saturating_add(1)).map_err(AppError::internal)
}
