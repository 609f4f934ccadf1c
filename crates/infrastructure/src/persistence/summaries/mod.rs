//! Summaries of accounts: what an overview needs of each, kept by whoever writes what it is made of.
//!
//! A row has two halves. Whoever writes observations, or moves the days of an account, keeps the latest days in the
//! same transaction; whoever lets another version answer keeps what that version says. Each half names what it was made
//! of, so that one which is missing or no longer true is seen.

mod record;

use atalaya_application::AppError;
use atalaya_application::ports::repositories::{
    AccountReader as _, ActiveVersion, StoredSummary, SummaryReader, SummaryWriter,
};
use atalaya_domain::access::AccountReach;
use atalaya_domain::account::Account;
use atalaya_domain::forecast::LocalDays;
use atalaya_domain::id::ModelVersion;
use atalaya_domain::overview::{Close, KEPT_DAYS, Outlook, Recent};
use chrono::{Days, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use diesel::prelude::*;

use self::record::{read_outlook, read_recent, write_outlook, write_recent};
use super::accounts::assigned_to;
use super::error::Expecting;
use super::observations::Extent;
use super::own::{serving_versions, summaries_of_accounts};
use super::rows::{AccountRow, count, grid, loaded, stored};
use super::schema::{account_summaries, accounts, model_versions};
use super::store::Tenant;
use super::summary_rows::{OutlookRow, RecentRow};
use super::upsert::{upsert_outlook, upsert_recent};

/// The version that answers.
type ActiveRow = (i32, NaiveDateTime, NaiveDateTime, String);

/// A row of the list.
type ListedRow = (AccountRow, i64, Option<NaiveDateTime>, Option<ActiveRow>, Option<RecentRow>, Option<OutlookRow>);

fn active_version((version, trained_at, data_until, spacing): ActiveRow) -> Result<ActiveVersion, AppError> {
    Ok(ActiveVersion {
        version: ModelVersion::new(version),
        trained_at: loaded(trained_at),
        data_until: loaded(data_until),
        grid: grid(&spacing)?,
    })
}

/// A row with what it was made of compared with what is there.
fn summary(row: ListedRow, zone: Tz) -> Result<StoredSummary, AppError> {
    let (account, observations, newest, active, recent, outlook) = row;
    let account = account.into_domain()?;
    let zone = account.time_zone.unwrap_or(zone);
    let is_true = |row: &RecentRow| {
        let made_of = (row.observation_count, row.newest_observation_at, row.time_zone.as_deref());
        made_of == (Some(observations), newest, Some(zone.name()))
    };
    let kept = recent.filter(is_true).and_then(|row| read_recent(&row.recent?, zone));
    let active = active.map(active_version).transpose()?;
    let outlook = outlook.and_then(|row| Some((ModelVersion::new(row.model_version?), read_outlook(&row.outlook?)?)));
    let recent = match kept {
        None if observations == 0 => Some(Recent::new(LocalDays::of(&[], zone), Vec::new())),
        kept => kept,
    };
    let observations = count("accounts.observation_count", observations)?;
    Ok(StoredSummary { account, recent, observations, data_until: newest.map(loaded), active, outlook })
}

impl Tenant<'_, '_> {
    /// The latest days of an account with an observation. `extent` is where its observations lie.
    fn latest_days(&mut self, account: &Account, zone: Tz, extent: Option<&Extent>) -> Result<Recent, AppError> {
        let mut days = LocalDays::of(&[], zone);
        let Some(extent) = extent else { return Ok(Recent::new(days, Vec::new())) };
        let (first, last) = (days.date(extent.first), days.date(extent.last));
        let mut length = KEPT_DAYS as u64;
        // Whoever uploads waits, so no more is looked at than has to be: twice as much while there are too few days.
        loop {
            let from = last.checked_sub_days(Days::new(length)).unwrap_or(first).max(first);
            // Only readings shortly before midnight may be of another day than the calendar's. Where the latest days
            // have none, the others need not be counted: of ten years of days that takes longer than all else.
            if !days.is_scheduled() && self.around_midnight(account, zone, from, last)?.0 > 0 {
                days = LocalDays::counted(self.reading_times_within(account, zone, extent)?, zone);
            }
            let closes = self.closes(account, days, from, days.date(extent.last))?;
            if closes.len() >= KEPT_DAYS || from <= first {
                return Ok(Recent::new(days, closes));
            }
            length = length.saturating_mul(2);
        }
    }

    fn closes(
        &mut self,
        account: &Account,
        days: LocalDays,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<Close>, AppError> {
        let closings = self.closing_readings(account, &days.starts(first, last))?;
        Ok(closings.iter().map(|closing| Close { date: days.date(closing.at), followers: closing.followers }).collect())
    }

    /// What is kept of the version that answered.
    fn earlier_outlook(&mut self, account: &Account) -> Result<Outlook, AppError> {
        let kept: Option<Option<Vec<u8>>> = self
            .own::<account_summaries::table>()
            .filter(account_summaries::account_id.eq(account.id.get()))
            .select(account_summaries::outlook)
            .first(self.conn())
            .optional()
            .or_fault()?;
        Ok(kept.flatten().and_then(|bytes| read_outlook(&bytes)).unwrap_or_default())
    }

    /// Forgets what versions said that are deleted: no later one follows it.
    pub(super) fn forget_outlook(&mut self, account: &Account) -> Result<(), AppError> {
        diesel::update(self.own::<account_summaries::table>())
            .filter(account_summaries::account_id.eq(account.id.get()))
            .set((account_summaries::model_version.eq(None::<i32>), account_summaries::outlook.eq(None::<Vec<u8>>)))
            .execute(self.conn())
            .or_fault()?;
        Ok(())
    }
}

impl SummaryReader for Tenant<'_, '_> {
    fn all(&mut self) -> Result<Vec<StoredSummary>, AppError> {
        let zone = self.company()?.time_zone;
        let version =
            (model_versions::version, model_versions::trained_at, model_versions::data_until, model_versions::grid);
        let mut query = self
            .own::<accounts::table>()
            .left_join(serving_versions())
            .left_join(summaries_of_accounts())
            .order(accounts::handle)
            .select((
                AccountRow::as_select(),
                accounts::observation_count,
                accounts::newest_observation_at,
                version.nullable(),
                Option::<RecentRow>::as_select(),
                Option::<OutlookRow>::as_select(),
            ))
            .into_boxed();
        if let AccountReach::AssignedTo(user) = self.scope.reach() {
            query = query.filter(accounts::id.eq_any(assigned_to(self.scope.company(), user)));
        }
        let rows: Vec<ListedRow> = query.load(self.conn()).or_fault()?;
        rows.into_iter().map(|row| summary(row, zone)).collect()
    }
}

impl SummaryWriter for Tenant<'_, '_> {
    fn refresh(&mut self, account: &Account) -> Result<(), AppError> {
        let zone = match account.time_zone {
            Some(zone) => zone,
            None => self.company()?.time_zone,
        };
        let extent = self.extent(account)?;
        let recent = self.latest_days(account, zone, extent.as_ref())?;
        let number = extent.as_ref().map_or(0, |extent| extent.readings);
        let row = RecentRow {
            company_id: self.company_id(),
            account_id: account.id.get(),
            time_zone: Some(zone.name().to_owned()),
            observation_count: Some(i64::try_from(number).map_err(AppError::internal)?),
            newest_observation_at: extent.map(|extent| stored(extent.last)),
            recent: Some(write_recent(&recent)?),
        };
        upsert_recent(self.conn(), &row).or_fault()
    }

    fn keep_outlook(&mut self, account: &Account, version: ModelVersion, outlook: &Outlook) -> Result<(), AppError> {
        let earlier = self.earlier_outlook(account)?;
        let row = OutlookRow {
            company_id: self.company_id(),
            account_id: account.id.get(),
            model_version: Some(version.get()),
            outlook: Some(write_outlook(&outlook.clone().following(&earlier))?),
        };
        upsert_outlook(self.conn(), &row).or_fault()
    }
}
