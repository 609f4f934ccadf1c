//! What a version keeps of its covariates.

use atalaya_domain::forecast::{
    CovariateOutcome, CovariateShare, CovariateVerdict, EventEffect, EventShare, Explanation, KnownSince, ModelScore,
    TrainingReport,
};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::record::LoneScore;

/// The normal quantile of a 95 % interval.
const AT_95: f64 = 1.959_964;

/// The values of a kept covariate after the history, and what a unit of them brings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Coming {
    pub(crate) name: String,
    /// Followers that a unit brings.
    pub(crate) unit: f64,
    /// The standard error of that.
    pub(crate) error: f64,
    /// The least and the largest value that the history has seen.
    pub(crate) seen: (f64, f64),
    /// One a step after the history.
    pub(crate) values: Vec<f64>,
    /// How many of these are known.
    pub(crate) known: u32,
}

/// What a version answers of its covariates.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct CovariateAnswers {
    pub(crate) events: Vec<EventEffect>,
    /// Those that are kept.
    pub(crate) coming: Vec<Coming>,
}

/// What a run found of the covariates that were asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Asked {
    pub(crate) outcomes: Vec<CovariateOutcome>,
    /// The score of what would serve without those that are kept.
    pub(crate) without: Option<ModelScore>,
    pub(crate) answers: CovariateAnswers,
}

impl Coming {
    fn known(&self) -> usize {
        usize::try_from(self.known).unwrap_or(usize::MAX)
    }

    /// Followers that its first steps bring.
    fn brings(&self, steps: usize) -> f64 {
        self.unit * self.values.iter().take(steps).sum::<f64>()
    }

    fn share(&self, steps: usize, date: &dyn Fn(usize) -> NaiveDate) -> CovariateShare {
        let margin = |value: f64| AT_95 * self.error * value.abs();
        let event = |(step, value): (usize, &f64)| EventShare {
            date: date(step),
            value: *value,
            effect: self.unit * value,
            margin: margin(*value),
        };
        let known = self.values.iter().take(steps.min(self.known())).zip(1..);
        CovariateShare {
            covariate: self.name.clone(),
            effect: self.brings(steps),
            margin: margin(self.values.iter().take(steps).sum()),
            events: known.filter(|(value, _)| **value != 0.0).map(|(value, step)| event((step, value))).collect(),
            assumed_from: (self.known() < steps).then(|| date(self.known() + 1)),
        }
    }
}

impl CovariateAnswers {
    /// About how many bytes they take in memory.
    pub(crate) fn bytes(&self) -> usize {
        let coming = |coming: &Coming| size_of::<Coming>() + size_of_val(coming.values.as_slice());
        size_of_val(self.events.as_slice()) + self.coming.iter().map(coming).sum::<usize>()
    }

    /// Followers that all covariates bring in the first `steps` steps after the history.
    pub(crate) fn brings(&self, steps: usize) -> f64 {
        self.coming.iter().map(|coming| coming.brings(steps)).sum()
    }

    /// What each brings until then; `date` is that of a step after the history.
    pub(crate) fn shares(&self, steps: usize, date: &dyn Fn(usize) -> NaiveDate) -> Vec<CovariateShare> {
        self.coming.iter().map(|coming| coming.share(steps, date)).collect()
    }

    /// The same where covariates hold these values, or the nearest that were seen, on all days of which nothing is
    /// known, and which values those are. `None` where none of them is kept.
    pub(crate) fn supposing(&self, values: &[(String, f64)]) -> Option<(Self, Vec<(String, f64)>)> {
        let mut supposed = self.clone();
        let mut used = Vec::new();
        for coming in &mut supposed.coming {
            let Some((name, value)) = values.iter().find(|(name, _)| *name == coming.name) else { continue };
            let value = value.max(coming.seen.0).min(coming.seen.1);
            let known = coming.known();
            for later in coming.values.iter_mut().skip(known) {
                *later = value;
            }
            coming.known = u32::try_from(coming.values.len()).unwrap_or(u32::MAX);
            used.push((name.clone(), value));
        }
        (!used.is_empty()).then_some((supposed, used))
    }
}

/// A forecast in parts with so many followers of it in the part of the covariates, taken from the correction.
pub(crate) fn with_share(explanation: Explanation, share: f64) -> Explanation {
    let moved = share - explanation.covariates;
    Explanation { covariates: share, correction: explanation.correction - moved, ..explanation }
}

/// All of that as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CovariateRecord {
    outcomes: Vec<OutcomeRecord>,
    without: Option<LoneScore>,
    events: Vec<EventRecord>,
    coming: Vec<Coming>,
    /// What the covariates add to the forecast of the first date.
    first_share: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct OutcomeRecord {
    name: String,
    basis: String,
    verdict: String,
    effect: f64,
    error: f64,
    days: u32,
    error_without: f64,
    error_with: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct EventRecord {
    /// Which of the outcomes' covariates.
    covariate: u32,
    days_from_ce: i32,
    value: f64,
    expected: f64,
    observed: f64,
    effect: f64,
    lower: f64,
    upper: f64,
}

impl CovariateRecord {
    /// `None` where no covariate was asked for.
    pub(crate) fn of(report: &TrainingReport, answers: &CovariateAnswers) -> Option<Self> {
        if report.covariates.is_empty() {
            return None;
        }
        let place = |name: &str| report.covariates.iter().zip(0..).find(|(outcome, _)| outcome.name == name);
        let event = |event: &EventEffect| {
            let EventEffect { value, expected, observed, effect, lower, upper, .. } = *event;
            let days_from_ce = event.date.num_days_from_ce();
            let covariate = place(&event.covariate)?.1;
            Some(EventRecord { covariate, days_from_ce, value, expected, observed, effect, lower, upper })
        };
        Some(Self {
            outcomes: report.covariates.iter().map(OutcomeRecord::from).collect(),
            without: report.without_covariates.as_ref().map(LoneScore::from),
            events: answers.events.iter().filter_map(event).collect(),
            coming: answers.coming.clone(),
            first_share: report.explanation.covariates,
        })
    }

    /// Gives a report what was found; `None` where a word or a date is none that this program knows.
    pub(crate) fn restore(self, report: &mut TrainingReport) -> Option<CovariateAnswers> {
        report.covariates = self.outcomes.into_iter().map(OutcomeRecord::restore).collect::<Option<_>>()?;
        report.without_covariates = match self.without {
            Some(score) => Some(score.restore()?),
            None => None,
        };
        // The stored correction is what is left beside this share.
        report.explanation.covariates = self.first_share;
        let event = |event: EventRecord| {
            let EventRecord { value, expected, observed, effect, lower, upper, .. } = event;
            let covariate = report.covariates.get(usize::try_from(event.covariate).ok()?)?.name.clone();
            let date = NaiveDate::from_num_days_from_ce_opt(event.days_from_ce)?;
            Some(EventEffect { covariate, date, value, expected, observed, effect, lower, upper })
        };
        let events = self.events.into_iter().map(event).collect::<Option<_>>()?;
        Some(CovariateAnswers { events, coming: self.coming })
    }
}

impl From<&CovariateOutcome> for OutcomeRecord {
    fn from(outcome: &CovariateOutcome) -> Self {
        let CovariateOutcome { effect, error, days, error_without, error_with, .. } = *outcome;
        let (name, basis, verdict) = (outcome.name.clone(), outcome.basis.code().into(), outcome.verdict.code().into());
        Self { name, basis, verdict, effect, error, days, error_without, error_with }
    }
}

impl OutcomeRecord {
    fn restore(self) -> Option<CovariateOutcome> {
        let Self { name, basis, verdict, effect, error, days, error_without, error_with } = self;
        let basis = KnownSince::ALL.into_iter().find(|known| known.code() == basis)?;
        let verdict = CovariateVerdict::ALL.into_iter().find(|known| known.code() == verdict)?;
        Some(CovariateOutcome { name, basis, verdict, effect, error, days, error_without, error_with })
    }
}
