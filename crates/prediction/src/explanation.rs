//! Why a forecast is what it is: which inputs its regressors lean on, and the first forecast in plain parts.

use atalaya_domain::forecast::{Explanation, Feature, Member};
use serde::{Deserialize, Serialize};

use crate::calendar::Timeline;
use crate::covariates::with_share;
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
    let coming = state.timeline.moment(run.series().len()).weekday;
    let weekday = weekday_effects(run).map_or(0.0, |effects| effect_of(&effects, coming));
    let against_none = |response: &Response| response.moved_by(0.0, steps).last().map_or(0.0, |moved| -moved);
    let activity = response.map_or(0.0, against_none);
    let share = state.ahead.as_ref().map_or(0.0, |ahead| ahead.brought(state.origin, state.origin + steps));
    let explanation = Explanation {
        date,
        last_value: state.level,
        trend,
        weekday,
        activity,
        covariates: 0.0,
        correction: forecast - state.level - trend - weekday - activity,
    };
    with_share(explanation, share)
}

/// How the mean change of each weekday differs from the mean change of all, from Monday on, over the latest weeks of a
/// daily series; `None` where weekdays do not matter.
fn weekday_effects(run: &Run<'_>) -> Option<[f64; 7]> {
    let series = run.series();
    let timeline = series.timeline();
    if timeline.season() != 7 || series.len() < 3 * 7 {
        return None;
    }
    let recent = || series.len().saturating_sub(WEEKS * 7)..series.len();
    let all: Vec<f64> = recent().filter_map(|index| series.change(index)).collect();
    let effect = |weekday: u32| {
        let same: Vec<f64> = recent()
            .filter(|index| timeline.moment(*index).weekday == weekday)
            .filter_map(|index| series.change(index))
            .collect();
        if same.is_empty() { 0.0 } else { mean(&same) - mean(&all) }
    };
    Some([0, 1, 2, 3, 4, 5, 6].map(effect))
}

fn effect_of(effects: &[f64; 7], weekday: u32) -> f64 {
    usize::try_from(weekday).ok().and_then(|weekday| effects.get(weekday)).copied().unwrap_or_default()
}

/// What the forecasts of later dates are explained by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reasons {
    /// Followers that the recent mean change adds in each step.
    trend: f64,
    /// What each weekday usually adds to that, from Monday on.
    weekdays: Option<[f64; 7]>,
    /// Followers that the assumed posts of a step bring against none in that step, in the next one, and so on.
    posts: Vec<f64>,
}

impl Reasons {
    /// Those of a run.
    pub(crate) fn of(run: &Run<'_>, response: Option<&Response>) -> Self {
        Self {
            trend: mean(tail(&run.state.changes, State::RECENT)),
            weekdays: weekday_effects(run),
            posts: response.map(Response::usual_effects).unwrap_or_default(),
        }
    }

    /// A forecast in parts, `steps` steps after `origin`, whose last value is that of the first explanation.
    pub(crate) fn explain(
        &self,
        first: &Explanation,
        forecast: f64,
        timeline: Timeline,
        (origin, steps): (usize, usize),
    ) -> Explanation {
        let trend = self.trend * count(steps);
        let weekday_of = |effects: &[f64; 7]| {
            let step = |step: usize| effect_of(effects, timeline.moment(origin + step).weekday);
            (1..=steps).map(step).sum::<f64>()
        };
        let weekday = self.weekdays.as_ref().map_or(0.0, weekday_of);
        let brought = |step: usize| self.posts.iter().take(step).sum::<f64>();
        let activity = (1..=steps).map(brought).sum::<f64>();
        let last_value = first.last_value;
        Explanation {
            date: timeline.date(origin + steps),
            last_value,
            trend,
            weekday,
            activity,
            covariates: 0.0,
            correction: forecast - last_value - trend - weekday - activity,
        }
    }
}
