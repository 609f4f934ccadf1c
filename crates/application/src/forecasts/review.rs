//! What past forecasts were worth: against what was observed since they were made.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use atalaya_domain::access::TenantScope;
use atalaya_domain::calendar::{end_of_day, start_of_day};
use atalaya_domain::forecast::{AccuracyReview, Anomaly, Basis, Level, Outcome, closing_values};
use atalaya_domain::id::ModelVersion;
use atalaya_domain::observation::Followers;
use chrono::{Days, NaiveDate};

use super::loading::opened;
use super::service::ForecastService;
use super::{AccuracyAnswer, AnomaliesAnswer, AnomalyQuery, ReadableAccount};
use crate::error::{AppError, Conflict, Resource, Violation};
use crate::ports::forecaster::TrainedModel;
use crate::ports::memory::{AccountSnapshot, ServingModel};
use crate::ports::repositories::{StoredModel, TimeSpan};
use crate::ports::store::ReadView;

/// Versions that are reviewed, the newest ones.
const MOST_VERSIONS: usize = 50;
/// Days that are searched for anomalies unless the caller names others.
const USUAL_DAYS: u64 = 90;
/// Days that are searched for anomalies at most.
const MOST_DAYS: i64 = 400;

/// A version that can say what it forecast.
struct Reviewed {
    version: ModelVersion,
    last_date: NaiveDate,
    model: Arc<dyn TrainedModel>,
}

impl ForecastService {
    pub(super) fn review_accuracy(
        &self,
        scope: &TenantScope,
        snapshot: &AccountSnapshot,
        only: Option<ModelVersion>,
    ) -> Result<AccuracyAnswer, AppError> {
        let (reviewed, days) = self.store.query(scope, |view| {
            let reviewed = match only {
                Some(version) => vec![self.one(view, scope, snapshot, version)?],
                None => self.kept(view, scope, snapshot)?,
            };
            let first = reviewed.iter().filter_map(|reviewed| reviewed.last_date.succ_opt()).min();
            let days = match first {
                Some(first) => days_observed(view, snapshot, first, NaiveDate::MAX)?,
                None => BTreeMap::new(),
            };
            Ok((reviewed, days))
        })?;
        let outcomes: Vec<(ModelVersion, Outcome)> = reviewed
            .iter()
            .flat_map(|reviewed| outcomes(reviewed, &days).map(|outcome| (reviewed.version, outcome)))
            .collect();
        let mut versions: Vec<ModelVersion> = outcomes.iter().map(|(version, _)| *version).collect();
        versions.dedup();
        Ok(AccuracyAnswer {
            versions,
            observations_until: snapshot.newest_observation,
            review: outcomes.into_iter().map(|(_, outcome)| outcome).collect::<AccuracyReview>(),
        })
    }

    pub(super) fn find_anomalies(
        &self,
        scope: &TenantScope,
        account: &ReadableAccount,
        query: &AnomalyQuery,
    ) -> Result<AnomaliesAnswer, AppError> {
        let (snapshot, serving) = (account.snapshot(), account.serving()?);
        let newest = snapshot.newest_observation.map(|at| at.with_timezone(&snapshot.time_zone).date_naive());
        let span = span(query, newest.unwrap_or(serving.model.report().last_date))?;
        let (kept, days) = self.store.query(scope, |view| {
            let days = days_observed(view, snapshot, *span.start(), *span.end())?;
            Ok((self.kept(view, scope, snapshot)?, days))
        })?;
        let mut answer = AnomaliesAnswer { span: span.clone(), checked: 0, anomalies: Vec::new() };
        for (date, actual) in days.range(span) {
            if let Some(Checked(found)) = check(&kept, serving, *date, *actual, query.level) {
                answer.checked += 1;
                answer.anomalies.extend(found);
            }
        }
        Ok(answer)
    }

    fn one(
        &self,
        view: &mut dyn ReadView,
        scope: &TenantScope,
        snapshot: &AccountSnapshot,
        version: ModelVersion,
    ) -> Result<Reviewed, AppError> {
        let stored = view.models().find(&snapshot.account, version)?;
        self.reviewed(scope, snapshot, &stored.ok_or(AppError::NotFound(Resource::ModelVersion))?)
    }

    /// The kept versions that can be opened, newest first.
    fn kept(
        &self,
        view: &mut dyn ReadView,
        scope: &TenantScope,
        snapshot: &AccountSnapshot,
    ) -> Result<Vec<Reviewed>, AppError> {
        let stored = view.models().kept(&snapshot.account, MOST_VERSIONS)?;
        let reviewed = stored.iter().filter_map(|stored| match self.reviewed(scope, snapshot, stored) {
            Err(AppError::Conflict(Conflict::ModelDamaged)) => None,
            reviewed => Some(reviewed),
        });
        reviewed.collect()
    }

    fn reviewed(
        &self,
        scope: &TenantScope,
        snapshot: &AccountSnapshot,
        stored: &StoredModel,
    ) -> Result<Reviewed, AppError> {
        let model = opened(self.forecaster.as_ref(), scope, snapshot.account.id, stored)?;
        Ok(Reviewed { version: stored.run.version, last_date: model.report().last_date, model })
    }
}

/// What was observed last on each date from `first` to `last`, in one read.
fn days_observed(
    view: &mut dyn ReadView,
    snapshot: &AccountSnapshot,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<BTreeMap<NaiveDate, Followers>, AppError> {
    let zone = snapshot.time_zone;
    let span = TimeSpan { from: start_of_day(first, zone), until: end_of_day(last, zone) };
    Ok(closing_values(&view.observations().within(&snapshot.account, span)?, zone))
}

/// What a version had forecast of the dates after its data.
fn outcomes(reviewed: &Reviewed, days: &BTreeMap<NaiveDate, Followers>) -> impl Iterator<Item = Outcome> {
    let after = reviewed.last_date.succ_opt().unwrap_or(NaiveDate::MAX);
    let reachable = after..=reviewed.model.last_reachable().max(after);
    days.range(reachable).filter_map(|(date, actual)| {
        let forecast = reviewed.model.predict(*date, &Outcome::LEVELS).ok()?;
        Outcome::new(&forecast, *actual)
    })
}

/// A date of which something was forecast before it, with what is odd about it.
struct Checked(Option<Anomaly>);

/// Holds one observed value against what was forecast before it; `None` where nothing was.
fn check(
    kept: &[Reviewed],
    serving: &ServingModel,
    date: NaiveDate,
    actual: Followers,
    level: Level,
) -> Option<Checked> {
    let earlier = kept.iter().filter(|reviewed| reviewed.last_date < date);
    let forecast = earlier
        .filter_map(|reviewed| Some((reviewed.version, reviewed.model.predict(date, &[level]).ok()?)))
        .find(|(_, forecast)| forecast.basis == Basis::Forecast);
    let (version, forecast) = forecast.or_else(|| {
        let forecast = serving.model.predict(date, &[level]).ok()?;
        (forecast.basis == Basis::Backtest).then_some((serving.version, forecast))
    })?;
    Some(Checked(Anomaly::find(version, &forecast, actual)))
}

fn span(query: &AnomalyQuery, newest: NaiveDate) -> Result<RangeInclusive<NaiveDate>, AppError> {
    let to = query.to.unwrap_or_else(|| query.from.map_or(newest, |from| newest.max(from)));
    let usual = to.checked_sub_days(Days::new(USUAL_DAYS - 1)).unwrap_or(NaiveDate::MIN);
    let from = query.from.unwrap_or(usual);
    let days = to.signed_duration_since(from).num_days() + 1;
    match days {
        ..1 => Err(AppError::invalid("from", "after_to")),
        1..=MOST_DAYS => Ok(from..=to),
        _ => Err(AppError::Invalid(vec![Violation::new("from", "span_too_long").with("max", &MOST_DAYS)])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn asked(from: Option<&str>, to: Option<&str>) -> Result<(String, String), AppError> {
        let [from, to] = [from, to].map(|bound| bound.map(date));
        let span = span(&AnomalyQuery { from, to, level: Level::DEFAULTS[1] }, date("2026-08-22"))?;
        Ok((span.start().to_string(), span.end().to_string()))
    }

    #[test]
    fn ninety_days_until_the_newest_are_searched_unless_told() {
        let bounds = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(asked(None, None).unwrap(), bounds("2026-05-25", "2026-08-22"));
        assert_eq!(asked(Some("2026-08-20"), None).unwrap(), bounds("2026-08-20", "2026-08-22"));
        assert_eq!(asked(Some("2026-08-30"), None).unwrap(), bounds("2026-08-30", "2026-08-30"));
        assert_eq!(asked(None, Some("2026-03-31")).unwrap(), bounds("2026-01-01", "2026-03-31"));
    }

    #[test]
    fn a_span_ends_after_it_begins_and_within_400_days() {
        assert!(asked(Some("2026-08-22"), Some("2026-08-21")).is_err());
        assert!(asked(Some("2025-01-01"), Some("2026-02-04")).is_ok());
        assert!(asked(Some("2025-01-01"), Some("2026-02-05")).is_err());
    }
}
