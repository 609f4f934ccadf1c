//! [`Observations`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::Permission;
use atalaya_domain::audit::AuditAction;
use atalaya_domain::observation::{ImplausibleTime, Observation, UploadOutcome, check_time};
use chrono::{DateTime, Utc};

use super::{Observations, RowPlace, UploadRow};
use crate::accounts::OwnedAccount;
use crate::error::{AppError, Violation};
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
        RowPlace::Line(line) => Violation::new("hora", code).at(line, "hora"),
        RowPlace::Index(index) => Violation::new(format!("observations[{index}].hora"), code),
    }
}

/// The rows in order of time. A time that comes twice is a mistake of whoever made the upload, even with equal values: it
/// is said, because the next file may carry two different ones.
fn distinct(rows: &[UploadRow], now: DateTime<Utc>) -> Result<Vec<Observation>, AppError> {
    let mut violations: Vec<Violation> = rows
        .iter()
        .filter_map(|row| match check_time(row.observation.at, now) {
            Err(ImplausibleTime::TooFarAhead) => Some(violation(row.place, "too_far_ahead")),
            Err(ImplausibleTime::TooOld) => Some(violation(row.place, "too_old")),
            Ok(()) => None,
        })
        .take(Violation::MOST)
        .collect();
    // The sort keeps the order of rows of one time, so that it is the later one that is named.
    let mut ordered: Vec<&UploadRow> = rows.iter().collect();
    ordered.sort_by_key(|row| row.observation.at);
    let repeated = ordered.windows(2).filter_map(|pair| match pair {
        [first, second] if first.observation.at == second.observation.at => Some(second.place),
        _ => None,
    });
    violations.extend(repeated.map(|place| violation(place, "duplicate_time")).take(Violation::MOST));
    if violations.is_empty() {
        Ok(ordered.into_iter().map(|row| row.observation).collect())
    } else {
        Err(AppError::Invalid(violations))
    }
}

impl Observations for ObservationService {
    fn record(
        &self,
        owned: &OwnedAccount,
        rows: &[UploadRow],
        receipt: &dyn Receipt<UploadOutcome>,
    ) -> Result<UploadOutcome, AppError> {
        owned.requires(Permission::WriteObservations)?;
        let now = self.clock.now();
        let observations = distinct(rows, now)?;
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

    fn list(
        &self,
        owned: &OwnedAccount,
        span: TimeSpan,
        request: &PageRequest<DateTime<Utc>>,
    ) -> Result<Page<Observation, DateTime<Utc>>, AppError> {
        owned.requires(Permission::ReadForecasts)?;
        self.store.query_apart(&owned.scope, |view| view.observations().page(&owned.account, span, request))
    }

    fn export(&self, owned: &OwnedAccount, span: TimeSpan, sink: &mut Sink<'_, Observation>) -> Result<(), AppError> {
        owned.requires(Permission::ReadForecasts)?;
        let mut export = Export::default();
        self.store.read_long(&owned.scope, &mut |view| {
            let observations = view.observations();
            export.run(|request| observations.page(&owned.account, span, request), sink)
        })
    }

    fn delete(&self, owned: &OwnedAccount, span: TimeSpan) -> Result<u64, AppError> {
        owned.requires(Permission::DeleteObservations)?;
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
