//! [`Observations`] on the ports.

use std::sync::Arc;

use atalaya_domain::audit::AuditAction;
use atalaya_domain::calendar::{end_of_day, start_of_day};
use atalaya_domain::forecast::{LocalDays, ReadingTimes};
use atalaya_domain::mandate::{DeleteObservations, ReadForecasts, WriteObservations};
use atalaya_domain::observation::{Observation, UploadOutcome, changed_closes, compare, largest_change};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Batch, DailyAnswer, DayQuery, InvalidRows, Judged, Observations, Trial};
use crate::accounts::OwnedAccount;
use crate::error::AppError;
use crate::export::{Export, Sink};
use crate::page::{Page, PageRequest};
use crate::ports::repositories::TimeSpan;
use crate::ports::runtime::Clock;
use crate::ports::store::Store;
use crate::receipt::Receipt;

/// [`Observations`] on the ports.
pub struct ObservationService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The whole days that observations are of, where the account's clocks end them; wide enough for readings around
/// midnight, which may be of the next day.
fn days_of(observations: &[Observation], zone: Tz) -> Option<TimeSpan> {
    let (first, last) = observations.first().zip(observations.last())?;
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let from = start_of_day(day(first.at), zone).unwrap_or(first.at);
    let latest = last.at.checked_add_signed(ReadingTimes::JITTER).unwrap_or(last.at);
    Some(TimeSpan { from: from.checked_sub_signed(ReadingTimes::JITTER), until: end_of_day(day(latest), zone) })
}

impl Observations for ObservationService {
    fn judge(&self, batch: Batch, invalid: InvalidRows) -> Judged {
        Judged::at(self.clock.now(), batch, invalid)
    }

    fn record(
        &self,
        owned: &OwnedAccount<WriteObservations>,
        judged: &Judged,
        receipt: &dyn Receipt<UploadOutcome>,
    ) -> Result<UploadOutcome, AppError> {
        let (observations, skipped, now) = (judged.to_store()?, judged.skipped(), self.clock.now());
        let outcome = self.store.long_transaction(&owned.scope, |unit| {
            let outcome = unit.observations().upsert(&owned.account, observations)?;
            receipt.keep(unit, &outcome)?;
            let (inserted, updated) = (outcome.inserted, outcome.updated);
            if inserted + updated > 0 {
                let left_out = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
                let handle = owned.account.handle.as_str();
                let target = format!("{handle}: {inserted} inserted, {updated} updated{left_out}");
                unit.audit(&owned.event(AuditAction::ObservationsRecorded, now).on(target))?;
            }
            Ok(outcome)
        })?;
        tracing::info!(
            event = "observations_recorded",
            account.id = owned.account.id.get(),
            company.id = owned.scope.company().get(),
            inserted = outcome.inserted,
            updated = outcome.updated,
            skipped,
            "observations were recorded"
        );
        Ok(outcome)
    }

    fn try_out(&self, owned: &OwnedAccount<WriteObservations>, judged: &Judged) -> Result<Trial, AppError> {
        let (observations, zone) = (judged.observations.as_slice(), owned.time_zone());
        let Some(days) = days_of(observations, zone) else { return Ok(Trial::default()) };
        let (times, known) = self.store.query_apart(&owned.scope, |view| {
            let stored = view.observations();
            Ok((stored.reading_times(&owned.account, zone)?, stored.within(&owned.account, days)?))
        })?;
        let compared = compare(observations, &known);
        // The days that the account has once it is stored: those that it is shown by then.
        let new = compared.iter().filter(|row| row.stored.is_none()).map(|row| row.incoming);
        let local_days = LocalDays::counted(times.and(ReadingTimes::around_midnight(new, zone)), zone);
        let mut days = changed_closes(&compared, &known, |at| local_days.date(at));
        days.drain(..days.len().saturating_sub(Trial::MOST_DAYS));
        Ok(Trial {
            outcome: UploadOutcome::of(&compared),
            span: observations.first().zip(observations.last()).map(|(first, last)| (first.at, last.at)),
            days,
            largest_change: largest_change(&compared),
        })
    }

    fn list(
        &self,
        owned: &OwnedAccount<ReadForecasts>,
        span: TimeSpan,
        request: &PageRequest<DateTime<Utc>>,
    ) -> Result<Page<Observation, DateTime<Utc>>, AppError> {
        self.store.query_apart(&owned.scope, |view| view.observations().page(&owned.account, span, request))
    }

    fn daily(&self, owned: &OwnedAccount<ReadForecasts>, query: DayQuery) -> Result<DailyAnswer, AppError> {
        self.days_of(owned, query)
    }

    fn export(
        &self,
        owned: &OwnedAccount<ReadForecasts>,
        span: TimeSpan,
        sink: &mut Sink<'_, Observation>,
    ) -> Result<(), AppError> {
        let mut export = Export::default();
        self.store.read_long(&owned.scope, &mut |view| {
            let observations = view.observations();
            export.run(|request| observations.page(&owned.account, span, request), sink)
        })
    }

    fn delete(&self, owned: &OwnedAccount<DeleteObservations>, span: TimeSpan) -> Result<u64, AppError> {
        let audit = owned.event(AuditAction::ObservationsDeleted, self.clock.now());
        let deleted = self.store.long_transaction(&owned.scope, |unit| {
            let deleted = unit.observations().delete(&owned.account, span)?;
            unit.audit(&audit)?;
            Ok(deleted)
        })?;
        tracing::info!(
            event = "observations_deleted",
            account.id = owned.account.id.get(),
            company.id = owned.scope.company().get(),
            deleted,
            "observations were deleted"
        );
        Ok(deleted)
    }
}
