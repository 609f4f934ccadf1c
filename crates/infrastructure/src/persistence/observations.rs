//! Observations of a company's accounts.
//!
//! Invariant: whoever writes observations locks their account first, and reads what is known only then. So they come
//! one after the other, also where each statement of a transaction sees what was committed before it.

use std::collections::BTreeMap;

use atalaya_application::AppError;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::repositories::{ObservationReader, ObservationWriter, SummaryWriter as _, TimeSpan};
use atalaya_domain::account::Account;
use atalaya_domain::forecast::ReadingTimes;
use atalaya_domain::id::{AccountId, CompanyId};
use atalaya_domain::observation::{Compared, Observation, UploadOutcome, compare};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use diesel::dsl::auto_type;
use diesel::prelude::*;

use super::accounts::one_more;
use super::error::Expecting;
use super::own::{Own, own};
use super::rows::{EARLIEST, LATEST, ObservationRow, count, loaded, stored, stored_bound};
use super::schema::{accounts, observations};
use super::store::Tenant;
use super::upsert::upsert_observations;

/// A span whose both ends are named: from inclusive, until exclusive.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    from: NaiveDateTime,
    until: NaiveDateTime,
}

impl From<TimeSpan> for Bounds {
    fn from(span: TimeSpan) -> Self {
        Self { from: span.from.map_or(EARLIEST, stored_bound), until: span.until.map_or(LATEST, stored_bound) }
    }
}

/// Between which times an account's observations lie, and how many there are.
pub(super) struct Extent {
    pub(super) first: DateTime<Utc>,
    pub(super) last: DateTime<Utc>,
    pub(super) readings: u64,
}

/// The account's observations within bounds.
#[auto_type(no_type_alias)]
fn within(company: CompanyId, account: AccountId, bounds: Bounds) -> _ {
    let account: i64 = account.get();
    let from: NaiveDateTime = bounds.from;
    let until: NaiveDateTime = bounds.until;
    let observed: Own<observations::table> = own::<observations::table>(company);
    observed
        .filter(observations::account_id.eq(account))
        .filter(observations::observed_at.ge(from))
        .filter(observations::observed_at.lt(until))
}

impl Tenant<'_, '_> {
    /// Observations beside what is stored at their times.
    fn compared(&mut self, account: &Account, observations: &[Observation]) -> Result<Vec<Compared>, AppError> {
        // As they are stored: of two at one time the later one counts.
        let at = |observation: &Observation| stored(observation.at);
        let incoming: BTreeMap<_, _> = observations.iter().map(|row| (at(row), *row)).collect();
        let (Some((&first, _)), Some((&last, _))) = (incoming.first_key_value(), incoming.last_key_value()) else {
            return Ok(Vec::new());
        };
        let bounds = Bounds { from: first, until: last + TimeDelta::microseconds(1) };
        let known = into_domain(self.observed(account, bounds, i64::MAX)?)?;
        let incoming: Vec<Observation> =
            incoming.into_iter().map(|(at, row)| Observation { at: loaded(at), ..row }).collect();
        Ok(compare(&incoming, &known))
    }

    fn observed(&mut self, account: &Account, bounds: Bounds, limit: i64) -> Result<Vec<ObservationRow>, AppError> {
        within(self.scope.company(), account.id, bounds)
            .order(observations::observed_at)
            .limit(limit)
            .select(ObservationRow::as_select())
            .load(self.conn())
            .or_fault()
    }

    fn last_observed(&mut self, account: &Account, bounds: Bounds) -> Result<Option<ObservationRow>, AppError> {
        within(self.scope.company(), account.id, bounds)
            .order(observations::observed_at.desc())
            .select(ObservationRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()
    }

    /// Between which times the account's observations lie, and how many there are; `None` for none.
    pub(super) fn extent(&mut self, account: &Account) -> Result<Option<Extent>, AppError> {
        let company = self.scope.company();
        let first: Option<NaiveDateTime> = within(company, account.id, TimeSpan::default().into())
            .order(observations::observed_at)
            .select(observations::observed_at)
            .first(self.conn())
            .optional()
            .or_fault()?;
        let totals: Option<(i64, Option<NaiveDateTime>)> = self
            .own::<accounts::table>()
            .filter(accounts::id.eq(account.id.get()))
            .select((accounts::observation_count, accounts::newest_observation_at))
            .first(self.conn())
            .optional()
            .or_fault()?;
        let Some((first, (number, Some(last)))) = first.zip(totals) else { return Ok(None) };
        let readings = count("accounts.observation_count", number)?;
        Ok(Some(Extent { first: loaded(first), last: loaded(last), readings }))
    }

    /// Brings the account's running totals and its summary in line after `added` observations came (or, below zero,
    /// went).
    fn recount(&mut self, account: &Account, added: i64) -> Result<(), AppError> {
        let newest = self.last_observed(account, TimeSpan::default().into())?.map(|row| row.observed_at);
        diesel::update(self.own::<accounts::table>())
            .filter(accounts::id.eq(account.id.get()))
            .set((
                accounts::observation_count.eq(accounts::observation_count + added),
                accounts::newest_observation_at.eq(newest),
            ))
            .execute(self.conn())
            .or_fault()?;
        self.refresh(account)?;
        self.account_changed(account.handle.clone());
        Ok(())
    }
}

fn into_domain(rows: Vec<ObservationRow>) -> Result<Vec<Observation>, AppError> {
    rows.into_iter().map(ObservationRow::into_domain).collect()
}

impl ObservationReader for Tenant<'_, '_> {
    fn page(
        &mut self,
        account: &Account,
        span: TimeSpan,
        request: &PageRequest<DateTime<Utc>>,
    ) -> Result<Page<Observation, DateTime<Utc>>, AppError> {
        let mut bounds = Bounds::from(span);
        if let Some(after) = request.after {
            bounds.from = bounds.from.max(stored(after) + TimeDelta::microseconds(1));
        }
        let rows = self.observed(account, bounds, one_more(request)?)?;
        Ok(Page::from_rows(into_domain(rows)?, request, |observation| observation.at))
    }

    fn all(&mut self, account: &Account) -> Result<Vec<Observation>, AppError> {
        self.observed(account, TimeSpan::default().into(), i64::MAX).and_then(into_domain)
    }

    fn within(&mut self, account: &Account, span: TimeSpan) -> Result<Vec<Observation>, AppError> {
        self.observed(account, span.into(), i64::MAX).and_then(into_domain)
    }

    fn last(&mut self, account: &Account, span: TimeSpan) -> Result<Option<Observation>, AppError> {
        self.last_observed(account, span.into())?.map(ObservationRow::into_domain).transpose()
    }

    fn reading_times(&mut self, account: &Account, zone: Tz) -> Result<ReadingTimes, AppError> {
        let Some(extent) = self.extent(account)? else { return Ok(ReadingTimes::default()) };
        self.reading_times_within(account, zone, &extent)
    }

    fn closings(&mut self, account: &Account, starts: &[DateTime<Utc>]) -> Result<Vec<Observation>, AppError> {
        self.closing_readings(account, starts)
    }
}

impl ObservationWriter for Tenant<'_, '_> {
    fn upsert(&mut self, account: &Account, observations: &[Observation]) -> Result<UploadOutcome, AppError> {
        let company = self.scope.company();
        self.hold(account)?;
        let compared = self.compared(account, observations)?;
        let outcome = UploadOutcome::of(&compared);
        let news = compared.iter().filter(|row| row.is_news());
        let changed: Vec<ObservationRow> =
            news.map(|row| ObservationRow::new(company, account.id, &row.incoming)).collect::<Result<_, _>>()?;
        if !changed.is_empty() {
            upsert_observations(self.conn(), company, account.id, &changed).or_fault()?;
            self.recount(account, i64::try_from(outcome.inserted).map_err(AppError::internal)?)?;
        }
        Ok(outcome)
    }

    fn delete(&mut self, account: &Account, span: TimeSpan) -> Result<u64, AppError> {
        let company = self.scope.company();
        self.hold(account)?;
        let deleted = diesel::delete(within(company, account.id, span.into())).execute(self.conn()).or_fault()?;
        if deleted > 0 {
            self.recount(account, -i64::try_from(deleted).map_err(AppError::internal)?)?;
        }
        u64::try_from(deleted).map_err(AppError::internal)
    }
}
