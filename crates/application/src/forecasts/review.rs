//! What past forecasts were worth: against what was observed since they were made.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use atalaya_domain::access::TenantScope;
use atalaya_domain::calendar::{end_of_day, start_of_day};
use atalaya_domain::forecast::{AccuracyReview, Anomaly, Basis, Level, Outcome, closing_values};
use atalaya_domain::id::ModelVersion;
use atalaya_domain::observation::Followers;
use chrono::NaiveDate;

use super::service::ForecastService;
use super::{AccuracyAnswer, AnomaliesAnswer, AnomalyQuery, ReadableAccount, SelectedVersions};
use crate::date_span::recent_dates;
use crate::error::{AppError, Resource};
use crate::ports::forecaster::TrainedModel;
use crate::ports::memory::{AccountSnapshot, ServingModel};
use crate::ports::repositories::{StoredModel, TimeSpan, TrainingRun};
use crate::ports::store::ReadView;

/// Versions that one answer opens at most: as many as a search has days, each of which needs one.
const MOST_VERSIONS: usize = 400;
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

/// A version that is kept, by what its run tells.
#[derive(Clone, Copy)]
struct Kept {
    version: ModelVersion,
    /// The date of the last observation that it was trained on.
    data_until: NaiveDate,
}

impl Kept {
    /// The kept versions, newest first.
    fn all(view: &mut dyn ReadView, snapshot: &AccountSnapshot) -> Result<Vec<Self>, AppError> {
        let kept = |run: &TrainingRun| Self { version: run.version, data_until: data_until(run, snapshot) };
        Ok(view.models().kept(&snapshot.account)?.iter().map(kept).collect())
    }
}

impl ForecastService {
    pub(super) fn review_accuracy(
        &self,
        scope: &TenantScope,
        snapshot: &AccountSnapshot,
        only: Option<ModelVersion>,
    ) -> Result<AccuracyAnswer, AppError> {
        let (stored, selected, days) = self.store.query_apart(scope, |view| {
            let (stored, selected) = match only {
                Some(version) => {
                    let stored = view.models().find(&snapshot.account, version)?;
                    (vec![stored.ok_or(AppError::NotFound(Resource::ModelVersion))?], None)
                }
                None => to_review(view, snapshot)?,
            };
            let days = match stored.iter().map(|stored| data_until(&stored.run, snapshot)).min() {
                Some(first) => days_observed(view, snapshot, first, NaiveDate::MAX)?,
                None => BTreeMap::new(),
            };
            Ok((stored, selected, days))
        })?;
        let reviewed = match (only, stored.as_slice()) {
            (Some(_), [stored]) => vec![self.reviewed(scope, snapshot, stored)?],
            (_, stored) => self.usable(scope, snapshot, stored)?,
        };
        let outcomes: Vec<(ModelVersion, Outcome)> = reviewed
            .iter()
            .flat_map(|reviewed| outcomes(reviewed, &days).map(|outcome| (reviewed.version, outcome)))
            .collect();
        let mut versions: Vec<ModelVersion> = outcomes.iter().map(|(version, _)| *version).collect();
        versions.dedup();
        Ok(AccuracyAnswer {
            versions,
            selected,
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
        let newest = newest_date(snapshot).unwrap_or(serving.model.report().last_date);
        let span = span(query, newest)?;
        let (kept, days) = self.store.query_apart(scope, |view| {
            let days = days_observed(view, snapshot, *span.start(), *span.end())?;
            Ok((Kept::all(view, snapshot)?, days))
        })?;
        let reviewed = self.newest_before(scope, snapshot, kept, &days)?;
        let mut answer = AnomaliesAnswer { span: span.clone(), checked: 0, anomalies: Vec::new() };
        for (date, actual) in days.range(span) {
            if let Some(Checked(found)) = check(&reviewed, serving, *date, *actual, query.level) {
                answer.checked += 1;
                answer.anomalies.extend(found);
            }
        }
        Ok(answer)
    }

    /// For each of `days` the newest version whose data end before it, newest first. Where one cannot be opened, the
    /// one before it is tried.
    fn newest_before(
        &self,
        scope: &TenantScope,
        snapshot: &AccountSnapshot,
        mut kept: Vec<Kept>,
        days: &BTreeMap<NaiveDate, Followers>,
    ) -> Result<Vec<Reviewed>, AppError> {
        let (mut reviewed, mut tried, mut depth) = (Vec::new(), BTreeSet::new(), 1);
        loop {
            let mut needed = needed(&kept, &tried, days, depth);
            needed.truncate(MOST_VERSIONS.saturating_sub(tried.len()));
            if needed.is_empty() {
                break;
            }
            let stored = self.store.query_apart(scope, |view| view.models().find_all(&snapshot.account, &needed))?;
            let usable = self.usable(scope, snapshot, &stored)?;
            kept.retain(|kept| {
                let is_usable = usable.iter().any(|usable| usable.version == kept.version);
                is_usable || !needed.contains(&kept.version)
            });
            tried.extend(needed);
            reviewed.extend(usable);
            // Where one cannot be opened, such as after a change of the format, the ones before it hardly can.
            depth *= 2;
        }
        reviewed.sort_unstable_by_key(|reviewed| Reverse(reviewed.version));
        Ok(reviewed)
    }

    /// Those of the versions that can be opened.
    fn usable(
        &self,
        scope: &TenantScope,
        snapshot: &AccountSnapshot,
        stored: &[StoredModel],
    ) -> Result<Vec<Reviewed>, AppError> {
        let reviewed = stored.iter().filter_map(|stored| match self.reviewed(scope, snapshot, stored) {
            Err(AppError::Conflict(_)) => None,
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
        let model = self.artifacts.open(scope, snapshot.account.id, stored)?;
        Ok(Reviewed { version: stored.run.version, last_date: model.report().last_date, model })
    }
}

/// The local date of the last observation that a version was trained on.
fn data_until(run: &TrainingRun, snapshot: &AccountSnapshot) -> NaiveDate {
    run.facts.data_until.with_timezone(&snapshot.time_zone).date_naive()
}

/// The local date of the newest observation.
fn newest_date(snapshot: &AccountSnapshot) -> Option<NaiveDate> {
    snapshot.newest_observation.map(|at| at.with_timezone(&snapshot.time_zone).date_naive())
}

/// The kept versions after whose data something was observed, newest first; of too many a selection, and how large it
/// is.
fn to_review(
    view: &mut dyn ReadView,
    snapshot: &AccountSnapshot,
) -> Result<(Vec<StoredModel>, Option<SelectedVersions>), AppError> {
    let mut kept = Kept::all(view, snapshot)?;
    kept.retain(|kept| newest_date(snapshot).is_some_and(|newest| kept.data_until < newest));
    let chosen: Vec<ModelVersion> = spread(&kept, MOST_VERSIONS).map(|kept| kept.version).collect();
    let selected = SelectedVersions { reviewed: chosen.len(), kept: kept.len() };
    let stored = view.models().find_all(&snapshot.account, &chosen)?;
    Ok((stored, (chosen.len() < kept.len()).then_some(selected)))
}

/// At most `most` of the items, at least two: spread evenly, the first and the last among them.
fn spread<T>(items: &[T], most: usize) -> impl Iterator<Item = &T> {
    let (chosen, last) = (items.len().min(most), items.len().saturating_sub(1));
    (0..chosen).filter_map(move |index| items.get(index * last / chosen.saturating_sub(1).max(1)))
}

/// For each of `days` the `depth` newest versions whose data end before it, as far as they are newer than each that was
/// tried and kept; each version once.
fn needed(
    kept: &[Kept],
    tried: &BTreeSet<ModelVersion>,
    days: &BTreeMap<NaiveDate, Followers>,
    depth: usize,
) -> Vec<ModelVersion> {
    let newest = |date: &NaiveDate| {
        let earlier = kept.iter().filter(|kept| kept.data_until < *date).map(|kept| kept.version);
        earlier.take(depth).take_while(|version| !tried.contains(version)).collect::<Vec<_>>()
    };
    let mut versions: Vec<ModelVersion> = days.keys().flat_map(newest).collect();
    versions.sort_unstable();
    versions.dedup();
    versions
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
    reviewed: &[Reviewed],
    serving: &ServingModel,
    date: NaiveDate,
    actual: Followers,
    level: Level,
) -> Option<Checked> {
    let earlier = reviewed.iter().filter(|reviewed| reviewed.last_date < date);
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
    recent_dates(query.from, query.to, newest, USUAL_DAYS, MOST_DAYS)
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
    fn a_selection_of_versions_is_even_and_has_both_ends() {
        let chosen = |count: usize| spread(&(0..count).collect::<Vec<_>>(), 4).copied().collect::<Vec<_>>();
        assert_eq!((chosen(0), chosen(1), chosen(4)), (vec![], vec![0], vec![0, 1, 2, 3]));
        assert_eq!((chosen(5), chosen(10)), (vec![0, 1, 2, 4], vec![0, 3, 6, 9]));
    }

    #[test]
    fn each_date_needs_the_newest_version_whose_data_end_before_it() {
        let kept = [(4, "2026-08-09"), (3, "2026-08-05"), (2, "2026-08-05"), (1, "2026-08-01")]
            .map(|(version, until)| Kept { version: ModelVersion::new(version), data_until: date(until) });
        let versions = |dates: &[&str], tried: &[i32], depth| {
            let days = dates.iter().map(|text| (date(text), Followers::new(1).unwrap())).collect();
            let tried = tried.iter().copied().map(ModelVersion::new).collect();
            needed(&kept, &tried, &days, depth).into_iter().map(ModelVersion::get).collect::<Vec<_>>()
        };
        let needed = |dates| versions(dates, &[], 1);
        assert_eq!(needed(&["2026-08-01"]), [0; 0]);
        assert_eq!(needed(&["2026-08-02", "2026-08-05"]), [1]);
        assert_eq!(needed(&["2026-08-05", "2026-08-06", "2026-08-09", "2026-08-10"]), [1, 3, 4]);
        assert_eq!(versions(&["2026-08-06", "2026-08-10"], &[4], 2), [2, 3], "4 was opened and serves its date");
        assert_eq!(versions(&["2026-08-10"], &[2], 4), [3, 4], "what 2 comes before is not asked again");
    }

    #[test]
    fn a_span_ends_after_it_begins_and_within_400_days() {
        assert!(asked(Some("2026-08-22"), Some("2026-08-21")).is_err());
        assert!(asked(Some("2025-01-01"), Some("2026-02-04")).is_ok());
        assert!(asked(Some("2025-01-01"), Some("2026-02-05")).is_err());
    }
}
