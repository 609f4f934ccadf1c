//! Why a forecast is what it is: which inputs its regressors lean on, and the first forecast in plain parts.

use atalaya_domain::forecast::{Explanation, Feature, Member};

use crate::importance::importances;
use crate::models::{FittedModel, FittedRegressor, State};
use crate::numeric::{count, mean, tail};
use crate::response::Response;
use crate::run::{Run, Served};

/// Weeks over which the effect of a weekday is averaged.
const WEEKS: usize = 8;

type Fits = [(Member, FittedModel)];

fn regressors(members: &Fits) -> impl Iterator<Item = (f64, &FittedRegressor)> {
    members.iter().filter_map(|(member, fitted)| Some((member.weight, fitted.regressor()?)))
}

/// The inputs, most important first: permutation importance, averaged over the regressors that serve by their shares.
/// One that has no finite answer to shuffled inputs has no say.
pub(crate) fn features(run: &Run<'_>, members: &Fits) -> Vec<Feature> {
    // Soon after a long gap there are no inputs to speak of, and no regressor serves.
    let rows = run.material.rows.as_ref().filter(|(set, _)| run.state.changes.len() >= set.depth());
    let Some((set, table)) = rows else { return Vec::new() };
    let names = set.names();
    let mut importance = vec![0.0; names.len()];
    for (weight, regressor) in regressors(members) {
        let gains = importances(regressor, table, run.series().last()).unwrap_or_default();
        for (sum, gain) in importance.iter_mut().zip(gains) {
            *sum += weight * gain;
        }
    }
    let latest = set.first_inputs(&run.state);
    let mut features: Vec<Feature> = names
        .into_iter()
        .zip(importance)
        .zip(latest)
        .map(|((name, importance), latest)| Feature { name, importance, latest })
        .collect();
    features.sort_by(|a, b| b.importance.total_cmp(&a.importance));
    features
}

/// The forecast of the first date in parts: of the next day, or of the last hour of the day of the next hour.
pub(crate) fn explanation(run: &Run<'_>, served: &Served, response: Option<&Response>) -> Explanation {
    let state = &run.state;
    let date = state.timeline.date(state.origin + 1);
    let steps = state.timeline.end_of(date).map_or(1, |end| end.saturating_sub(state.origin).max(1));
    let forecast = served.path.get(steps - 1).copied().unwrap_or(state.level);
    let trend = mean(tail(&state.changes, State::RECENT)) * count(steps);
    let weekday = weekday_effect(run);
    let against_none = |response: &Response| response.moved_by(0.0, steps).last().map_or(0.0, |moved| -moved);
    let activity = response.map_or(0.0, against_none);
    Explanation {
        date,
        last_value: state.level,
        trend,
        weekday,
        activity,
        correction: forecast - state.level - trend - weekday - activity,
    }
}

/// How the mean change of the coming weekday differs from the mean change of all, over the latest weeks of a daily
/// series.
fn weekday_effect(run: &Run<'_>) -> f64 {
    let series = run.series();
    let timeline = series.timeline();
    if timeline.season() != 7 || series.len() < 3 * 7 {
        return 0.0;
    }
    let coming = timeline.moment(series.len()).weekday;
    let recent = || series.len().saturating_sub(WEEKS * 7)..series.len();
    let all: Vec<f64> = recent().filter_map(|index| series.change(index)).collect();
    let same: Vec<f64> = recent()
        .filter(|index| timeline.moment(*index).weekday == coming)
        .filter_map(|index| series.change(index))
        .collect();
    if same.is_empty() { 0.0 } else { mean(&same) - mean(&all) }
}
