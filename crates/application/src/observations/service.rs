//! [`Observations`] on the ports.

use std::sync::Arc;

use atalaya_domain::audit::AuditAction;
use atalaya_domain::mandate::{DeleteObservations, ReadForecasts, WriteObservations};
use atalaya_domain::observation::{ImplausibleTime, Observation, UploadOutcome, check_time};
use chrono::{DateTime, Utc};

use super::{DailyAnswer, DayQuery, Observations, RowPlace, Trial, UploadRow};
use crate::accounts::OwnedAccount;
use crate::error::{AppError, Field, Violation};
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

fn violation(place: RowPlace, code: &'static str) -> Violation {
    match place {
        RowPlace::Line(line) => Violation::new(Field::ReadingTime(None), code).on_line(line),
        RowPlace::Index(index) => Violation::new(Field::ReadingTime(Some(index)), code),
    }
}

/// The sound rows in order of time, and every rule that the others break. A time that comes twice is a mistake of
/// whoever made the upload, even with equal values: it is said, because the next file may carry two different ones.
fn validated(rows: &[UploadRow], now: DateTime<Utc>) -> (Vec<Observation>, Vec<Violation>) {
    let mut violations = Vec::new();
    let mut ordered: Vec<&UploadRow> = Vec::with_capacity(rows.len());
    for row in rows {
        match check_time(row.observation.at, now) {
            Err(ImplausibleTime::TooFarAhead) => violations.push(violation(row.place, "too_far_ahead")),
            Err(ImplausibleTime::TooOld) => violations.push(violation(row.place, "too_old")),
            Ok(()) => ordered.push(row),
        }
    }
    // The sort keeps the order of rows of one time, so that it is the later one that is named.
    ordered.sort_by_key(|row| row.observation.at);
    let mut observations: Vec<Observation> = Vec::with_capacity(ordered.len());
    for row in ordered {
        if observations.last().is_some_and(|before| before.at == row.observation.at) {
            violations.push(violation(row.place, "duplicate_time"));
        } else {
            observations.push(row.observation);
        }
    }
    (observations, violations)
}

impl Observations for ObservationService {
    fn record(
        &self,
        owned: &OwnedAccount<WriteObservations>,
        rows: &[UploadRow],
        receipt: &dyn Receipt<UploadOutcome>,
    ) -> Result<UploadOutcome, AppError> {
        let now = self.clock.now();
        let (observations, mut violations) = validated(rows, now);
        if !violations.is_empty() {
            violations.truncate(Violation::MOST);
            return Err(AppError::Invalid(violations));
        }
        let outcome = self.store.long_transaction(&owned.scope, |unit| {
            let outcome = unit.observations().upsert(&owned.account, &observations)?;
            receipt.keep(unit, &outcome)?;
            let (inserted, updated) = (outcome.inserted, outcome.updated);
            if inserted + updated > 0 {
                let target = format!("{}: {inserted} inserted, {updated} updated", owned.account.handle.as_str());
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
            "observations were recorded"
        );
        Ok(outcome)
    }

    fn try_out(&self, owned: &OwnedAccount<WriteObservations>, rows: &[UploadRow]) -> Result<Trial, AppError> {
        let (observations, violations) = validated(rows, self.clock.now());
        let outcome =
            self.store.query_apart(&owned.scope, |view| view.observations().compare(&owned.account, &observations))?;
        let span = observations.first().zip(observations.last()).map(|(first, last)| (first.at, last.at));
        Ok(Trial { outcome, violations, span })
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
