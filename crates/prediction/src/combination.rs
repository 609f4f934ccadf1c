//! Which models serve, and with what shares.
//!
//! A weighted mean of different simple models beats each of them almost everywhere (Bates & Granger 1969; Makridakis et
//! al. 2020). Shares fall with the cube of a model's backtest error, and poor models are dropped. Models of one kind
//! err alike, so that many of them are no more evidence than one: what a kind has is divided by the number of its
//! models. Then the mixture has to show that it is worth more than a cautious forecast: the mean of the last value,
//! drift and dynamic theta, which is hard to beat where a series wanders. The share of the mixture that is trusted
//! grows from nothing to all as its advantage grows from 5 to 15 %. Where the history reaches the same season of
//! earlier years, the advantage there counts for more than that over the recent windows: what is learnt in November may
//! fail in December.
//!
//! What is mixed in the end and loses to the last value over these windows is not served. The last value is, or its
//! mean with the mixture that loses least to it, where that does not lose.
//!
//! A model that loses to the last value by a little is not turned away: its errors are often not those of the others,
//! and with that rule the mixture was worse on four of five sets (docs/forecasting.md).
//!
//! The error is the caller's mixture of measures, each divided by its value for the last-value baseline, so that
//! measures of different units mix; R² enters as 1 − R². A measure that the data leave undefined is left out, for every
//! model alike. Where none remains, as for a history that never moves, the mean absolute error decides.

use std::cmp::Ordering;
use std::time::Duration;

use atalaya_domain::forecast::{Member, Metric, MetricWeights, ModelId, ModelScore};

use crate::backtest::{Backtested, Design, Pair};
use crate::numeric::{count, mean};
use crate::score::loss;

#[cfg(test)]
mod tests;

/// Shares fall with this power of the error.
const POWER: i32 = 3;
/// Models with more than this many times the least error are dropped.
const POOR: f64 = 3.0;
/// What a mixture is shrunk towards, in equal shares.
const CAUTIOUS: [ModelId; 3] = [ModelId::Naive, ModelId::Drift, ModelId::DynamicTheta];
/// Shares of what loses to the last value that are tried beside it.
pub(crate) const BESIDE_LAST_VALUE: [f64; 3] = [0.75, 0.5, 0.25];
/// The advantage over the cautious forecast up to which a mixture is not trusted at all: choosing among many models
/// finds some advantage anywhere.
const DOUBTFUL: f64 = 0.05;
/// The advantage from which it is trusted wholly.
const CONVINCING: f64 = 0.15;
/// The weight of the same season of earlier years in that advantage, where there is any.
const SEASON: f64 = 0.7;
/// Shares below this are not worth a fit.
const NEGLIGIBLE: f64 = 0.01;
/// Errors below this share of the last value's are all as good as none.
const PERFECT: f64 = 1e-9;

/// A model's score and its error by the caller's measures, relative to the last value's.
#[derive(Debug, Clone)]
pub(crate) struct Rated {
    pub(crate) score: ModelScore,
    pub(crate) error: f64,
}

/// Rates models, best first, and baselines before others where they are as good. Each score comes with that of the last
/// value on the same origins: a model is judged by the origins that it can do.
pub(crate) fn rate(scores: Vec<(ModelScore, Option<ModelScore>)>, weights: &MetricWeights) -> Vec<Rated> {
    let mut rated: Vec<Rated> = scores
        .into_iter()
        .map(|(score, reference)| Rated { error: criterion(&score, reference.as_ref(), weights), score })
        .collect();
    sort(&mut rated);
    rated
}

/// Rates one more score against the last value of `others`.
pub(crate) fn rate_among(score: ModelScore, others: &[Rated], weights: &MetricWeights) -> Rated {
    let reference = others.iter().find(|rated| rated.score.model == ModelId::Naive).map(|rated| &rated.score);
    Rated { error: criterion(&score, reference, weights), score }
}

/// Sorts best first; of equals, the simpler one, which [`ModelId`] lists first.
pub(crate) fn sort(rated: &mut [Rated]) {
    rated.sort_by(|a, b| match a.error.total_cmp(&b.error) {
        Ordering::Equal => a.score.model.cmp(&b.score.model),
        order => order,
    });
}

/// Models that err alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Last value, drifts and last season.
    Baseline,
    /// Exponential smoothing, of which theta is a form (Hyndman & Billah 2003).
    Smoothing,
    Decomposition,
    /// Linear in the inputs.
    Linear,
    /// Answers with what followed similar inputs: trees, neighbours, kernels.
    Local,
    Level,
}

impl Kind {
    fn of(model: ModelId) -> Self {
        match model {
            ModelId::Naive | ModelId::Drift | ModelId::RecentDrift | ModelId::SeasonalNaive => Self::Baseline,
            ModelId::Ses
            | ModelId::Ets
            | ModelId::Holt
            | ModelId::DampedHolt
            | ModelId::Theta
            | ModelId::OptimisedTheta
            | ModelId::DynamicTheta => Self::Smoothing,
            ModelId::Mstl => Self::Decomposition,
            ModelId::Linear | ModelId::Ridge | ModelId::Lasso => Self::Linear,
            ModelId::DecisionTree
            | ModelId::RandomForest
            | ModelId::ExtraTrees
            | ModelId::KNearest
            | ModelId::SupportVector
            | ModelId::GradientBoosting => Self::Local,
            ModelId::LevelForest | ModelId::Combination => Self::Level,
        }
    }
}

/// The mixture by error and kind.
pub(crate) fn mixture(rated: &[Rated]) -> Vec<Member> {
    let least = rated.first().map_or(f64::INFINITY, |best| best.error);
    let limit = (POOR * least).max(PERFECT);
    // Of those that were never wrong, the simplest kind knows as much as all.
    let perfect = rated.iter().filter(|rated| rated.error <= PERFECT).map(|rated| rated.score.model);
    let simplest = perfect.filter(|model| *model != ModelId::Combination).min().map(Kind::of);
    let is_good = |rated: &&Rated| {
        let model = rated.score.model;
        let is_of_kind = simplest.is_none_or(|kind| Kind::of(model) == kind);
        rated.error <= limit && model != ModelId::Combination && is_of_kind
    };
    let good: Vec<&Rated> = rated.iter().filter(is_good).collect();
    let alike =
        |model: ModelId| count(good.iter().filter(|other| Kind::of(other.score.model) == Kind::of(model)).count());
    let share = |rated: &&Rated| {
        let model = rated.score.model;
        Member { model, weight: rated.error.max(PERFECT).powi(-POWER) / alike(model) }
    };
    normalised(good.iter().map(share).collect())
}

/// The cautious forecast, of those of its models that could be compared.
pub(crate) fn cautious(results: &[Backtested]) -> Vec<Member> {
    let compared = |model: &ModelId| results.iter().any(|result| result.model == *model);
    normalised(CAUTIOUS.into_iter().filter(compared).map(|model| Member { model, weight: 1.0 }).collect())
}

/// A relative error over the recent windows, and over those of the same season of earlier years where there are any.
pub(crate) fn weighed(recent: f64, earlier: Option<f64>) -> f64 {
    earlier.map_or(recent, |earlier| (1.0 - SEASON) * recent + SEASON * earlier)
}

/// How much of a mixture is trusted, 0 to 1, from its error over that of the cautious forecast: over the recent
/// windows, and over those of the same season of earlier years.
pub(crate) fn trust(recent: f64, earlier: Option<f64>) -> f64 {
    let error = weighed(recent, earlier);
    ((1.0 - DOUBTFUL - error) / (CONVINCING - DOUBTFUL)).clamp(0.0, 1.0)
}

/// A mixture of which `trust` is kept and the rest goes to `cautious`; heaviest first, without negligible shares.
pub(crate) fn shrunk(mixture: &[Member], cautious: &[Member], trust: f64) -> Vec<Member> {
    let mut members = blended(mixture, cautious, trust);
    members.retain(|member| member.weight >= NEGLIGIBLE);
    normalised(members)
}

/// A share of some members, and the rest of others; heaviest first.
pub(crate) fn blended(some: &[Member], others: &[Member], share: f64) -> Vec<Member> {
    let scaled = |members: &[Member], by: f64| {
        members.iter().map(|member| Member { weight: by * member.weight, ..*member }).collect::<Vec<_>>()
    };
    let mut members = scaled(some, share);
    for added in scaled(others, 1.0 - share) {
        match members.iter_mut().find(|member| member.model == added.model) {
            Some(member) => member.weight += added.weight,
            None => members.push(added),
        }
    }
    normalised(members)
}

fn normalised(mut members: Vec<Member>) -> Vec<Member> {
    let total: f64 = members.iter().map(|member| member.weight).sum();
    for member in &mut members {
        member.weight /= total;
    }
    members.sort_by(|a, b| match b.weight.total_cmp(&a.weight) {
        Ordering::Equal => a.model.cmp(&b.model),
        order => order,
    });
    members
}

/// The backtest of a weighted mean. In a split in which some member gave nothing, the others share its weight; where
/// none gave anything, the last value stands in, as it would have served.
pub(crate) fn combined(members: &[Member], results: &[Backtested], design: &Design) -> Backtested {
    let found: Vec<(f64, &Backtested)> = members
        .iter()
        .filter_map(|member| Some((member.weight, results.iter().find(|result| result.model == member.model)?)))
        .collect();
    let naive = results.iter().find(|result| result.model == ModelId::Naive);
    let split = |number: usize| {
        let present: Vec<(f64, &[Pair])> = found
            .iter()
            .filter_map(|(weight, result)| Some((*weight, result.splits.get(number)?.as_slice())))
            .filter(|(_, pairs)| !pairs.is_empty())
            .collect();
        let last_value = || naive.and_then(|naive| Some(vec![(1.0, naive.splits.get(number)?.as_slice())]));
        let present = if present.is_empty() { last_value().unwrap_or_default() } else { present };
        let total: f64 = present.iter().map(|(weight, _)| weight).sum();
        let first = present.first().map(|(_, pairs)| *pairs).unwrap_or_default();
        let mean_at = |place: usize, pair: &Pair| {
            // As a distance from the first, so that the mean of equal forecasts is that forecast, to the last digit.
            let beside = |pairs: &[Pair]| Some(pairs.get(place)?.forecast - pair.forecast);
            let weighted = present.iter().filter_map(|(weight, pairs)| Some(weight * beside(pairs)?));
            Pair { forecast: pair.forecast + weighted.sum::<f64>() / total, ..*pair }
        };
        first.iter().enumerate().map(|(place, pair)| mean_at(place, pair)).collect()
    };
    Backtested {
        model: ModelId::Combination,
        splits: (0..design.splits.len()).map(split).collect(),
        fit_time: found.iter().map(|(_, result)| result.fit_time).sum::<Duration>(),
    }
}

/// The mean absolute error over the splits of earlier years that both have, one over the other; `None` where there are
/// none.
pub(crate) fn matched_error(of: &Backtested, over: &Backtested, design: &Design) -> Option<f64> {
    let sizes = |result: &Backtested, other: &Backtested| -> Vec<f64> {
        let splits = design.splits.iter().zip(result.splits.iter().zip(&other.splits));
        splits
            .filter(|(split, (own, other))| split.matched && !own.is_empty() && !other.is_empty())
            .flat_map(|(_, (own, _))| own.iter().map(Pair::size))
            .collect()
    };
    let (own, reference) = (sizes(of, over), sizes(over, of));
    if own.is_empty() { None } else { Some(relative(mean(&own), mean(&reference))) }
}

fn criterion(score: &ModelScore, reference: Option<&ModelScore>, weights: &MetricWeights) -> f64 {
    let terms = weights.as_slice().iter().filter(|(_, weight)| *weight > 0.0).filter_map(|(metric, weight)| {
        let own = loss(score, *metric)?;
        let naive = reference.map_or(Some(1.0), |naive| loss(naive, *metric))?;
        Some((weight, relative(own, naive)))
    });
    let (total, weight) = terms.fold((0.0, 0.0), |(sum, mass), (weight, term)| (sum + weight * term, mass + weight));
    if weight > 0.0 { total / weight } else { loss(score, Metric::Mae).unwrap_or(f64::INFINITY) }
}

/// A measure relative to the baseline's; against a perfect baseline, as good is 1 and anything else is hopeless.
pub(crate) fn relative(own: f64, naive: f64) -> f64 {
    if naive > 0.0 {
        own / naive
    } else if own <= 0.0 {
        1.0
    } else {
        f64::MAX
    }
}
