//! What a forecast starts from: the series as it is known at an origin, and nothing after it.

use std::sync::Arc;

use atalaya_domain::observation::Followers;
use serde::{Deserialize, Serialize};

use crate::calendar::Timeline;
use crate::covariates::Ahead;
use crate::features::recent_activity;
use crate::numeric::{count, tail};
use crate::series::{Activity, Series};

/// Steps beyond a season that the inputs around it reach.
pub(crate) const SEASON_MARGIN: usize = 2;

/// The largest size of a forecast of anything else: beyond what a series may hold, and far from the ends of a float.
const MOST_OF_ANYTHING: f64 = 1e16;

/// The most followers that a forecast may reach.
#[expect(clippy::cast_precision_loss, reason = "Followers::MAX is below 2^53")]
const MOST_FOLLOWERS: f64 = Followers::MAX as f64;

/// A series as it is known at one of its observed points.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) timeline: Timeline,
    /// Grid index of the origin.
    pub(crate) origin: usize,
    /// Followers at the origin.
    pub(crate) level: f64,
    /// Mean change a step from the first point to the origin.
    pub(crate) mean_change: f64,
    /// The latest changes, gaps bridged, the most recent last.
    pub(crate) changes: Vec<f64>,
    /// Where fewer than half of the latest steps were observed, the pace from reading to reading, the most recent last,
    /// in followers a step, and over how many steps; else empty. A stored state of before goes on by its changes.
    #[serde(skip)]
    pub(crate) paces: Vec<(f64, usize)>,
    /// Posts in the latest steps; empty where activity is not recorded.
    pub(crate) posts: Vec<f64>,
    /// Posts assumed for each step to come.
    pub(crate) posts_ahead: f64,
    /// Between which values forecasts stay.
    pub(crate) bounds: Bounds,
    /// What covariates bring from the origin on; `None` where none enters. No state with any is stored.
    #[serde(skip)]
    pub(crate) ahead: Option<Arc<Ahead>>,
}

impl State {
    /// The longest window of any feature, in steps.
    pub(crate) const RECENT: usize = 28;

    /// The state at the last observed point at or before `index`.
    pub(crate) fn at(series: &Series, index: usize) -> Self {
        let origin = series.observed_until(index).unwrap_or_default();
        let level = series.value(origin).unwrap_or_default();
        let first = series.value(0).unwrap_or(level);
        // The season that models look back over, and the steps around it.
        let memory = Self::RECENT.max(series.timeline().season() + SEASON_MARGIN);
        let known = |values: &[f64], most: usize| tail(values.get(..=origin).unwrap_or_default(), most).to_vec();
        // What precedes a very long gap may be forgotten.
        let steps = series.bridged_values(origin).len().saturating_sub(1);
        let posts = series.activity().map(Activity::posts).unwrap_or_default();
        Self {
            timeline: series.timeline(),
            origin,
            level,
            mean_change: if origin == 0 { 0.0 } else { (level - first) / count(origin) },
            changes: known(series.bridged_changes(), memory.min(steps)),
            paces: paces(series, origin),
            posts: known(posts, memory.min(origin)),
            // On the level of today, an account that lost many at once had fewer than none long ago.
            bounds: if series.taken_out(origin) > 0.0 { series.bounds().below_zero_too() } else { series.bounds() },
            ahead: None,
            posts_ahead: recent_activity(posts.get(..=origin).unwrap_or_default()),
        }
    }
}

/// From reading to reading, of the latest of them up to an origin, where these are sparse.
fn paces(series: &Series, origin: usize) -> Vec<(f64, usize)> {
    let recent = origin.saturating_sub(State::RECENT)..=origin;
    let is_dense = 2 * recent.clone().filter(|index| series.value(*index).is_some()).count() > recent.count();
    if is_dense {
        return Vec::new();
    }
    let readings = (0..=origin).rev().filter_map(|index| Some((index, series.value(index)?)));
    let latest: Vec<(usize, f64)> = readings.take(State::RECENT + 1).collect();
    let pace = |pair: &[(usize, f64)]| match pair {
        [(after, new), (before, old)] => Some(((new - old) / count(after - before), after - before)),
        _ => None,
    };
    latest.windows(2).rev().filter_map(pace).collect()
}

/// Between which values a forecast stays.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bounds {
    low: f64,
    high: f64,
}

impl Bounds {
    /// Followers are none at least, and no more than a number of them can be.
    pub(crate) const FOLLOWERS: Self = Self { low: 0.0, high: MOST_FOLLOWERS };

    /// Those of a series of anything: it falls below zero only if it ever has.
    pub(crate) fn of(values: &[Option<f64>]) -> Self {
        let falls = values.iter().flatten().any(|value| *value < 0.0);
        Self { low: if falls { -MOST_OF_ANYTHING } else { 0.0 }, high: MOST_OF_ANYTHING }
    }

    /// The same, below zero as well.
    pub(crate) fn below_zero_too(self) -> Self {
        Self { low: -self.high, ..self }
    }

    /// The nearest value that is possible.
    pub(crate) fn hold(self, value: f64) -> f64 {
        value.clamp(self.low, self.high)
    }
}
