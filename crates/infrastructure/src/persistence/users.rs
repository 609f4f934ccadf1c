//! Users of a company.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_application::AppError;
use atalaya_application::error::Resource;
use atalaya_application::page::{Creation, Page, PageRequest};
use atalaya_application::ports::identity::NewUser;
use atalaya_application::ports::memory::Change;
use atalaya_application::ports::repositories::{UserReader, UserWriter};
use atalaya_application::ports::trash::Trashed;
use atalaya_domain::access::Role;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::id::UserId;
use atalaya_domain::user::{Email, Member, User, UserChange};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::accounts::one_more;
use super::directory::insert_user;
use super::error::Expecting;
use super::own::{assigned_accounts, deleted};
use super::rows::{UserRow, behind, count, handle, loaded, stored};
use super::schema::{accounts, user_accounts, users};
use super::sessions::end_others;
use super::store::Tenant;

impl Tenant<'_, '_> {
    /// Handles of the accounts assigned to each of the users, in alphabetical order.
    fn assigned_handles(&mut self, members: &[i64]) -> Result<BTreeMap<i64, Vec<AccountHandle>>, AppError> {
        let rows: Vec<(i64, String)> = self
            .own::<user_accounts::table>()
            .inner_join(assigned_accounts())
            .filter(user_accounts::user_id.eq_any(members))
            .order(accounts::handle)
            .select((user_accounts::user_id, accounts::handle))
            .load(self.conn())
            .or_fault()?;
        let mut handles: BTreeMap<i64, Vec<AccountHandle>> = BTreeMap::new();
        for (user, text) in rows {
            handles.entry(user).or_default().push(handle(&text)?);
        }
        Ok(handles)
    }

    fn members(&mut self, rows: Vec<UserRow>) -> Result<Vec<Member>, AppError> {
        let users = rows.into_iter().map(UserRow::into_domain).collect::<Result<Vec<User>, _>>()?;
        let ids: Vec<i64> = users.iter().map(|user| user.id.get()).collect();
        let mut handles = self.assigned_handles(&ids)?;
        let member = |user: User| Member { accounts: handles.remove(&user.id.get()).unwrap_or_default(), user };
        Ok(users.into_iter().map(member).collect())
    }

    /// Every account of the company, by handle.
    fn ids_by_handle(&mut self) -> Result<BTreeMap<String, i64>, AppError> {
        let own = self.own::<accounts::table>().select((accounts::handle, accounts::id));
        let rows: Vec<(String, i64)> = own.load(self.conn()).or_fault()?;
        Ok(rows.into_iter().collect())
    }

    /// Those assigned to a user, deleted ones too: what is taken away does not come back with a restored account.
    fn assigned_ids(&mut self, user: UserId) -> Result<BTreeSet<i64>, AppError> {
        let ids: Vec<i64> = self
            .own::<user_accounts::table>()
            .filter(user_accounts::user_id.eq(user.get()))
            .select(user_accounts::account_id)
            .load(self.conn())
            .or_fault()?;
        Ok(ids.into_iter().collect())
    }

    fn give(&mut self, user: UserId, account: i64) -> Result<(), AppError> {
        diesel::insert_into(user_accounts::table)
            .values((
                user_accounts::company_id.eq(self.company_id()),
                user_accounts::user_id.eq(user.get()),
                user_accounts::account_id.eq(account),
            ))
            .execute(self.conn())
            .or_fault()?;
        Ok(())
    }

    fn take(&mut self, user: UserId, account: i64) -> Result<(), AppError> {
        diesel::delete(self.own::<user_accounts::table>())
            .filter(user_accounts::user_id.eq(user.get()))
            .filter(user_accounts::account_id.eq(account))
            .execute(self.conn())
            .or_fault()?;
        Ok(())
    }
}

impl UserReader for Tenant<'_, '_> {
    fn find(&mut self, id: UserId) -> Result<Option<Member>, AppError> {
        let rows: Vec<UserRow> = self
            .own::<users::table>()
            .filter(users::id.eq(id.get()))
            .select(UserRow::as_select())
            .load(self.conn())
            .or_fault()?;
        Ok(self.members(rows)?.pop())
    }

    fn page(&mut self, request: &PageRequest<Creation<UserId>>) -> Result<Page<Member, Creation<UserId>>, AppError> {
        let (at, id) = behind(request.after, UserId::get);
        let rows: Vec<UserRow> = self
            .own::<users::table>()
            .filter(users::created_at.gt(at).or(users::created_at.eq(at).and(users::id.gt(id))))
            .order((users::created_at, users::id))
            .limit(one_more(request)?)
            .select(UserRow::as_select())
            .load(self.conn())
            .or_fault()?;
        Ok(Page::from_rows(self.members(rows)?, request, |member| Creation {
            at: member.user.created_at,
            id: member.user.id,
        }))
    }

    fn trash(&mut self, since: DateTime<Utc>) -> Result<Vec<Trashed<Member>>, AppError> {
        let rows: Vec<(UserRow, NaiveDateTime)> = deleted::<users::table>(self.scope.company())
            .filter(users::deleted_at.assume_not_null().ge(stored(since)))
            .order((users::deleted_at.desc(), users::id.desc()))
            .select((UserRow::as_select(), users::deleted_at.assume_not_null()))
            .load(self.conn())
            .or_fault()?;
        let (rows, times): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let trashed = |(item, at)| Trashed { item, deleted_at: loaded(at) };
        Ok(self.members(rows)?.into_iter().zip(times).map(trashed).collect())
    }

    fn active_admins(&mut self) -> Result<u64, AppError> {
        let number: i64 = self
            .own::<users::table>()
            .filter(users::role.eq(Role::Admin.as_str()))
            .filter(users::active)
            .count()
            .get_result(self.conn())
            .or_fault()?;
        count("users", number)
    }
}

impl UserWriter for Tenant<'_, '_> {
    fn insert(&mut self, user: &NewUser, at: DateTime<Utc>) -> Result<User, AppError> {
        let company = self.scope.company();
        insert_user(self.transaction(), Some(company), user, at)
    }

    fn change(&mut self, user: &User, change: &UserChange, void_tokens: bool) -> Result<(), AppError> {
        let email = change.email.as_ref().or(user.email.as_ref());
        let found = diesel::update(self.own::<users::table>())
            .filter(users::id.eq(user.id.get()))
            .set((
                users::role.eq(change.role.unwrap_or(user.role).as_str()),
                users::active.eq(change.active.unwrap_or(user.active)),
                users::email.eq(email.map(Email::as_str)),
                users::version.eq(users::version + i64::from(void_tokens)),
                users::must_change_password.eq(user.must_change_password || change.demand_password_change),
            ))
            .execute(self.conn())
            .or_fault()?;
        if found == 0 {
            return Err(AppError::NotFound(Resource::User));
        }
        self.changed(Change::User(user.id));
        Ok(())
    }

    fn end_sessions(&mut self, user: &User, at: DateTime<Utc>) -> Result<(), AppError> {
        if user.company != Some(self.scope.company()) {
            return Err(AppError::NotFound(Resource::User));
        }
        end_others(self.transaction(), user.id, None, at)
    }

    fn assign(&mut self, user: &User, handles: &[AccountHandle]) -> Result<Vec<AccountHandle>, AppError> {
        let known = self.ids_by_handle()?;
        let (found, unknown): (Vec<_>, Vec<_>) = handles.iter().partition(|handle| known.contains_key(handle.as_str()));
        if !unknown.is_empty() {
            return Ok(unknown.into_iter().cloned().collect());
        }
        let wanted: BTreeSet<i64> = found.iter().filter_map(|handle| known.get(handle.as_str())).copied().collect();
        let present = self.assigned_ids(user.id)?;
        for account in wanted.difference(&present) {
            self.give(user.id, *account)?;
        }
        for account in present.difference(&wanted) {
            self.take(user.id, *account)?;
        }
        let touched: BTreeSet<i64> = wanted.symmetric_difference(&present).copied().collect();
        for (text, _) in known.iter().filter(|(_, id)| touched.contains(id)) {
            self.account_changed(handle(text)?);
        }
        if !touched.is_empty() {
            self.changed(Change::User(user.id));
        }
        Ok(Vec::new())
    }

    fn delete(&mut self, user: &User, at: DateTime<Utc>) -> Result<(), AppError> {
        let deleted = diesel::update(self.own::<users::table>())
            .filter(users::id.eq(user.id.get()))
            .set((users::deleted_at.eq(stored(at)), users::version.eq(users::version + 1)))
            .execute(self.conn())
            .or_fault()?;
        if deleted == 0 {
            return Err(AppError::NotFound(Resource::User));
        }
        self.changed(Change::User(user.id));
        self.end_sessions(user, at)
    }

    fn restore(&mut self, user: UserId, since: DateTime<Utc>) -> Result<Member, AppError> {
        let restored = diesel::update(deleted::<users::table>(self.scope.company()))
            .filter(users::id.eq(user.get()))
            .filter(users::deleted_at.assume_not_null().ge(stored(since)))
            .set(users::deleted_at.eq(None::<NaiveDateTime>))
            .execute(self.conn())
            .or_fault()?;
        self.changed(Change::User(user));
        let member = if restored > 0 { UserReader::find(self, user)? } else { None };
        member.ok_or(AppError::NotFound(Resource::User))
    }

    fn expired(&mut self, before: DateTime<Utc>) -> Result<Option<User>, AppError> {
        let row: Option<UserRow> = deleted::<users::table>(self.scope.company())
            .filter(users::deleted_at.assume_not_null().lt(stored(before)))
            .order(users::id)
            .select(UserRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        row.map(UserRow::into_domain).transpose()
    }

    fn purge(&mut self, user: &User) -> Result<(), AppError> {
        diesel::delete(self.own::<user_accounts::table>())
            .filter(user_accounts::user_id.eq(user.id.get()))
            .execute(self.conn())
            .or_fault()
            .map(drop)
    }
}
