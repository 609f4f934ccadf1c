//! One run over one series: every model backtested, the best combined, fitted on the whole history, and let forecast.

use std::cell::Cell;

use atalaya_application::ports::forecaster::{TrainingError, TrainingObserver};
use atalaya_domain::forecast::{Grid, Member, MetricWeights, ModelId, ModelScore};

use crate::backtest::{Backtested, Design, Pair, Stopped, backtest};
use crate::combination::{
    BESIDE_LAST_VALUE, Rated, blended, cautious, combined, matched_error, mixture, rate, rate_among, relative, shrunk,
    sort, trust, weighed,
};
use crate::covariates::{View, Views};
use crate::features::FeatureSet;
use crate::interval::{Calibration, Judged};
use crate::models::{FittedModel, Material, ModelError, Past, State};
use crate::numeric::stored;
use crate::score::score;
use crate::series::Series;

/// Points below which nothing but the recent drift serves (of hours the last value), with intervals that follow from
/// its changes: windows to choose by would be too few.
const FEW_POINTS: usize = 40;

/// What a run compares, and how it chooses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice<'a> {
    /// Models besides the baselines; empty means all.
    pub(crate) models: &'a [ModelId],
    /// How models are ranked.
    pub(crate) weights: &'a MetricWeights,
}

impl Choice<'_> {
    /// The baselines and the models asked for, each once.
    fn candidates(&self) -> impl Iterator<Item = ModelId> {
        let wanted = |model: &ModelId| self.models.is_empty() || self.models.contains(model);
        ModelId::choices().filter(move |model| model.is_baseline() || wanted(model))
    }

    /// Whether one model was asked for, to serve alone.
    fn single(&self) -> bool {
        self.models.iter().filter(|model| !model.is_baseline()).count() == 1
    }
}

/// What a run works with, fixed before the first fit.
pub(crate) struct Run<'a> {
    pub(crate) design: Design,
    pub(crate) material: Material<'a>,
    pub(crate) state: State,
    /// The series as it was observed; where no covariate enters, what the material has.
    pub(crate) observed: &'a Series,
}

/// The backtests of a run, and the models that could not be compared.
#[derive(Default)]
pub(crate) struct Compared {
    /// Steps of the whole run, as its observer counts them.
    pub(crate) total: u32,
    pub(crate) results: Vec<Backtested>,
    pub(crate) failures: Vec<(ModelId, String)>,
}

/// What is to serve.
pub(crate) struct Chosen {
    /// Heaviest first; at least one.
    pub(crate) members: Vec<Member>,
    /// The best baseline.
    pub(crate) baseline: ModelId,
    /// The backtest of the members together.
    pub(crate) backtested: Backtested,
    /// Every model's score, best first, that of the combination among them.
    pub(crate) scores: Vec<ModelScore>,
    /// Whether nothing was found that is worth more than a baseline or the cautious forecast.
    pub(crate) unconvinced: bool,
    pub(crate) calibration: Calibration,
}

/// The members, fitted on the whole history, and what they forecast.
pub(crate) struct Served {
    /// Heaviest first.
    pub(crate) members: Vec<(Member, FittedModel)>,
    pub(crate) path: Vec<f64>,
    pub(crate) baseline_path: Vec<f64>,
    /// Whether none of the chosen members could be fitted on the whole history, and others serve in their place.
    pub(crate) is_stand_in: bool,
}

/// Fitted members with their shares, and what they forecast together.
type Together = (Vec<(Member, FittedModel)>, Vec<f64>);

impl<'a> Run<'a> {
    /// A run over a series by a design.
    pub(crate) fn new(series: &'a Series, design: Design) -> Self {
        let features = FeatureSet::choose(series, design.earliest());
        let material = Material::new(series, features.as_ref());
        Self { design, material, state: State::at(series, series.last()), observed: series }
    }

    /// The same where covariates enter: each origin sees the series without what they had brought until then.
    pub(crate) fn with_covariates(series: &'a Series, design: Design, views: &'a Views) -> Self {
        let features = FeatureSet::choose(series, design.earliest()).map(|set| set.with_covariates(&views.names));
        let seen = |view: &'a View| Material::seen(view, features.as_ref());
        let material = Material { at_splits: views.at_splits.iter().map(seen).collect(), ..seen(&views.at_end) };
        let state = material.state(series.last());
        Self { design, material, state, observed: series }
    }

    pub(crate) fn series(&self) -> &'a Series {
        self.material.series
    }

    /// Whether the history is too short to choose by.
    pub(crate) fn is_short(&self) -> bool {
        self.series().observed() < FEW_POINTS
    }

    /// Backtests every candidate.
    pub(crate) fn compare(
        &self,
        choice: Choice<'_>,
        observer: &dyn TrainingObserver,
    ) -> Result<Compared, TrainingError> {
        let (models, too_young): (Vec<ModelId>, Vec<ModelId>) =
            choice.candidates().partition(|model| model.is_baseline() || !self.is_short());
        let fits = self.design.splits.len();
        let total = stored(models.len() * fits + 1);
        let mut compared = Compared { total, results: Vec::new(), failures: Vec::new() };
        for model in too_young {
            compared.fail(model, &ModelError::TooFewPoints { points: self.series().observed(), needed: FEW_POINTS });
        }
        for (number, model) in models.into_iter().enumerate() {
            let done = Cell::new(number * fits);
            let proceed = || {
                observer.progress(stored(done.get()), total);
                done.set(done.get() + 1);
                !observer.cancelled()
            };
            match backtest(model, &self.material, &self.design, &proceed) {
                Ok(result) => compared.results.push(result),
                Err(Stopped::Cancelled) => return Err(TrainingError::Cancelled),
                Err(Stopped::Model(error)) => compared.fail(model, &error),
            }
        }
        observer.progress(total - 1, total);
        if observer.cancelled() { Err(TrainingError::Cancelled) } else { Ok(compared) }
    }

    /// Rates the candidates, weighs them, and sets the intervals of the outcome.
    pub(crate) fn choose(&self, compared: &Compared, choice: Choice<'_>) -> Result<Chosen, TrainingError> {
        let scale = self.observed.naive_error();
        let rated = rate(self.scores(compared), choice.weights);
        // One that has no forecast at the end of the history is none to show beside what serves.
        let ends =
            |model: ModelId| model.is_baseline() && self.together(&alone(model), 1, &mut Compared::default()).is_some();
        let baseline = rated.iter().find(|rated| ends(rated.score.model));
        let baseline = baseline.ok_or_else(|| failed(&"no baseline could be compared"))?;
        let (members, unconvinced) = self.members(&rated, baseline, compared, choice);
        let backtested = combined(&members, &compared.results, &self.design);
        let calibration = self.calibration(&backtested.recent(&self.design));
        let baseline = baseline.score.model;
        let mut all = rated;
        if let (Calibration::Walk(_), Some(served)) =
            (&calibration, all.iter_mut().find(|rated| is_served(rated, &members)))
        {
            self.judge_walk(&mut served.score, &backtested);
        }
        if members.len() > 1 {
            all.push(rate_among(score(&backtested, &self.design, scale), &all, choice.weights));
        }
        sort(&mut all);
        let scores = all.into_iter().map(|rated| rated.score).collect();
        Ok(Chosen { members, baseline, backtested, scores, unconvinced, calibration })
    }

    /// The score of each model, with that of the last value on the same origins.
    fn scores(&self, compared: &Compared) -> Vec<(ModelScore, Option<ModelScore>)> {
        let of = |result: &Backtested| score(result, &self.design, self.observed.naive_error());
        let naive = compared.results.iter().find(|result| result.model == ModelId::Naive);
        let whole = naive.map(of);
        let reference = |result: &Backtested| match naive {
            Some(naive) if !result.is_complete(&self.design) => Some(of(&naive.where_done(result))),
            _ => whole.clone(),
        };
        compared.results.iter().map(|result| (of(result), reference(result))).collect()
    }

    /// Judges the intervals of a walk as they would have been made at each origin.
    fn judge_walk(&self, score: &mut ModelScore, served: &Backtested) {
        let series = self.series();
        let judged = Judged::new(self.design.recent().filter_map(|(number, split)| {
            Some((
                served.splits.get(number)?.as_slice(),
                Calibration::walk(&series.changes_until(split.origin).collect::<Vec<_>>()),
                self.design.unrest.at_split(number),
            ))
        }));
        let held = judged.held();
        (score.coverage_80, score.coverage_95) = (held.coverage_80, held.coverage_95);
        score.coverage_by_step = held.by_step;
        score.msis_95 = self.observed.naive_error().map(|scale| held.score_95 / scale);
    }

    /// What serves, and whether that is for want of anything convincing.
    fn members(
        &self,
        rated: &[Rated],
        baseline: &Rated,
        compared: &Compared,
        choice: Choice<'_>,
    ) -> (Vec<Member>, bool) {
        let alone = |model: ModelId| (alone(model), model.is_baseline());
        if self.is_short() {
            // The drift of less than two days of hours is that of their time of day.
            let is_hourly = self.series().timeline().grid() == Grid::Hourly;
            return alone(if is_hourly { ModelId::Naive } else { ModelId::RecentDrift });
        }
        // Nothing can beat a last value that was never wrong, and what only equals it (a loss that is cut off at zero)
        // knows no better.
        if rated.iter().any(|rated| rated.score.model == ModelId::Naive && rated.score.mae <= 0.0) {
            return alone(ModelId::Naive);
        }
        if choice.single() {
            return alone(rated.first().unwrap_or(baseline).score.model);
        }
        let scale = self.observed.naive_error();
        let (mixed, cautious) = (mixture(rated), cautious(&compared.results));
        let of_mixture = combined(&mixed, &compared.results, &self.design);
        let of_cautious = combined(&cautious, &compared.results, &self.design);
        let error = |result: &Backtested| rate_among(score(result, &self.design, scale), rated, choice.weights).error;
        let recent = relative(error(&of_mixture), error(&of_cautious));
        let trusted = trust(recent, matched_error(&of_mixture, &of_cautious, &self.design));
        let members = self.beside_last_value(shrunk(&mixed, &cautious, trusted), &error, compared);
        let unconvinced = trusted <= 0.0 || members.iter().all(|member| member.model.is_baseline());
        (members, unconvinced)
    }

    /// What loses to the last value over its own windows is not served, whatever else speaks for it: of the last value
    /// and its means with what loses, that is which has the least error.
    fn beside_last_value(
        &self,
        members: Vec<Member>,
        error: &dyn Fn(&Backtested) -> f64,
        compared: &Compared,
    ) -> Vec<Member> {
        let last_value = alone(ModelId::Naive);
        let backtested = |members: &[Member]| combined(members, &compared.results, &self.design);
        let of_naive = backtested(&last_value);
        let relative_error = |members: &[Member]| {
            let own = backtested(members);
            weighed(relative(error(&own), error(&of_naive)), matched_error(&own, &of_naive, &self.design))
        };
        if relative_error(&members) <= 1.0 {
            return members;
        }
        let mixed = BESIDE_LAST_VALUE.map(|share| blended(&members, &last_value, share));
        let mut best = (1.0, last_value);
        for members in mixed {
            let error = relative_error(&members);
            if error < best.0 {
                best = (error, members);
            }
        }
        best.1
    }

    fn calibration(&self, pairs: &[Pair]) -> Calibration {
        if self.is_short() {
            let changes: Vec<f64> = self.series().changes_until(self.series().last()).collect();
            // Where no two days follow one another, what windows there are must do.
            if changes.len() > 1 {
                return Calibration::walk(&changes);
            }
        }
        Calibration::stepwise(pairs, &self.design)
    }

    /// Fits the members on the whole history. One that fails leaves its weight to the others; where none is left, the
    /// cautious forecast serves, else the best baseline, else the last value.
    pub(crate) fn serve(
        &self,
        chosen: &Chosen,
        steps: usize,
        compared: &mut Compared,
    ) -> Result<Served, TrainingError> {
        let next_best = [cautious(&compared.results), alone(chosen.baseline), alone(ModelId::Naive)];
        let mut served = self.together(&chosen.members, steps, compared);
        let is_stand_in = served.is_none();
        for members in &next_best {
            served = served.or_else(|| self.together(members, steps, compared));
        }
        let (members, mut path) = served.ok_or_else(|| failed(&"not even the last value could be forecast"))?;
        let [_, best, last_value] = &next_best;
        let baseline = self.together(best, steps, compared).or_else(|| self.together(last_value, steps, compared));
        let mut baseline_path = baseline.map_or_else(|| path.clone(), |(_, path)| path);
        let surprise = self.series().surprise(&path);
        let moved = |path: &mut [f64]| {
            let next = path.first().copied().unwrap_or_default();
            let doubted = self.series().jump().map_or(0.0, |jump| jump.correction(next));
            for value in path {
                *value = self.series().bounds().hold(*value + surprise + doubted);
            }
        };
        moved(&mut path);
        moved(&mut baseline_path);
        Ok(Served { members, path, baseline_path, is_stand_in })
    }

    /// The members that can be fitted on the whole history, with their shares of one, and what they forecast together.
    fn together(&self, members: &[Member], steps: usize, compared: &mut Compared) -> Option<Together> {
        let past = Past { state: &self.state, values: self.series().bridged_values(self.series().last()) };
        let mut fitted_members = Vec::new();
        let mut path = vec![0.0; steps];
        let mut total = 0.0;
        for member in members {
            let fitted = FittedModel::fit(member.model, &self.material, self.series().last())
                .and_then(|fitted| fitted.forecast(past, steps).map(|ahead| (fitted, ahead)));
            match fitted {
                Ok((fitted, ahead)) => {
                    for (sum, value) in path.iter_mut().zip(ahead) {
                        *sum += member.weight * value;
                    }
                    total += member.weight;
                    fitted_members.push((*member, fitted));
                }
                Err(error) => compared.fail(member.model, &error),
            }
        }
        for value in &mut path {
            *value = self.series().bounds().hold(*value / total);
        }
        for (member, _) in &mut fitted_members {
            member.weight /= total;
        }
        (!fitted_members.is_empty()).then_some((fitted_members, path))
    }
}

/// One model with all of the weight.
pub(crate) fn alone(model: ModelId) -> Vec<Member> {
    vec![Member { model, weight: 1.0 }]
}

/// Whether a model serves alone.
fn is_served(rated: &Rated, members: &[Member]) -> bool {
    matches!(members, [only] if only.model == rated.score.model)
}

impl Compared {
    fn fail(&mut self, model: ModelId, error: &ModelError) {
        tracing::debug!(%model, %error, "model left out");
        if !self.failures.iter().any(|(failed, _)| *failed == model) {
            self.failures.push((model, error.to_string()));
        }
    }
}

/// A fault of the program.
pub(crate) fn failed(error: &dyn std::fmt::Display) -> TrainingError {
    TrainingError::Failed(error.to_string())
}
