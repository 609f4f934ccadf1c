//! What a run finds of the covariates that it was asked to use, from the first trial to what is kept with the version.

use atalaya_application::ports::forecaster::Covariate;
use atalaya_domain::forecast::{CovariateOutcome, CovariateVerdict, EventEffect, KnownSince};
use chrono_tz::Tz;

use super::columns::{Column, Columns, Origin};
use super::effect::effects;
use super::events::{Measured, measured};
use super::stored::{Asked, Coming, CovariateAnswers};
use super::trial::{Tried, tried};
use super::view::{View, Views};
use crate::calendar::Timeline;
use crate::numeric::stored;
use crate::series::Series;

/// The covariates of a run, each with what its trial found, in the order in which they were asked for.
pub(crate) struct Findings {
    columns: Columns,
    /// Names of covariates that could not be laid on the grid, and since when they are known.
    of_hours: Vec<(String, KnownSince)>,
    tried: Vec<Tried>,
}

impl Findings {
    /// Tries covariates on a series, each beside those that were kept before it.
    pub(crate) fn of(series: &Series, covariates: &[Covariate], zone: Tz) -> Self {
        let columns = Columns::lay(covariates, series.timeline(), zone);
        let is_daily = matches!(series.timeline(), Timeline::Daily { .. });
        let of_hours =
            if is_daily { Vec::new() } else { covariates.iter().map(|each| (each.name.clone(), each.basis)).collect() };
        let mut kept: Vec<&Column> = Vec::new();
        let mut all = Vec::new();
        for column in &columns.0 {
            let found = tried(series, &kept, column);
            if found.verdict == CovariateVerdict::Kept {
                kept.push(column);
            }
            all.push(found);
        }
        Self { of_hours, tried: all, columns }
    }

    /// The columns that make forecasts of changes better.
    pub(crate) fn kept(&self) -> Vec<&Column> {
        let is_kept = |(_, tried): &(&Column, &Tried)| tried.verdict == CovariateVerdict::Kept;
        self.columns.0.iter().zip(&self.tried).filter(is_kept).map(|(column, _)| column).collect()
    }

    /// Over the test windows forecasts are worse with what was kept: none serves.
    pub(crate) fn none_serves(&mut self) {
        for tried in self.tried.iter_mut().filter(|tried| tried.verdict == CovariateVerdict::Kept) {
            tried.verdict = CovariateVerdict::WorseForecasts;
        }
    }

    /// What is kept with the version; `views` are those of the run that serves, if covariates enter it.
    pub(crate) fn finish(&self, series: &Series, views: Option<&Views>, steps: usize) -> Asked {
        let now = Origin::now(series.last());
        let past: Vec<Vec<f64>> = self.columns.0.iter().map(|column| column.known(now, series.last()).values).collect();
        let outcomes = self.columns.0.iter().zip(&self.tried).zip(&past);
        let outcome = |((column, tried), past): ((&Column, &Tried), &Vec<f64>)| {
            // One that is not kept is estimated by itself; one that is, beside the others that are.
            let place = views.and_then(|views| views.names.iter().position(|name| *name == column.name));
            let beside = views.zip(place).and_then(|(views, place)| views.at_end.effects.get(place).copied());
            let effect =
                beside.or_else(|| effects(series, series.last(), &[past]).first().copied()).unwrap_or_default();
            CovariateOutcome {
                name: column.name.clone(),
                basis: column.basis,
                verdict: tried.verdict,
                effect: effect.drawn,
                error: effect.error,
                days: stored(tried.days),
                error_without: tried.error_without,
                error_with: tried.error_with,
            }
        };
        let of_hours = self.of_hours.iter().map(|(name, basis)| CovariateOutcome {
            name: name.clone(),
            basis: *basis,
            verdict: CovariateVerdict::HourlyGrid,
            effect: 0.0,
            error: 0.0,
            days: 0,
            error_without: 0.0,
            error_with: 0.0,
        });
        let coming = views.map(|views| coming(&views.at_end, &views.names, series.last(), steps));
        let answers = CovariateAnswers { events: self.events(series, &past), coming: coming.unwrap_or_default() };
        Asked { outcomes: outcomes.map(outcome).chain(of_hours).collect(), without: None, answers }
    }

    fn events(&self, series: &Series, past: &[Vec<f64>]) -> Vec<EventEffect> {
        let event = |event: Measured| {
            let Measured { value, expected, observed, effect, lower, upper, .. } = event;
            let covariate = self.columns.0.get(event.column)?.name.clone();
            let date = series.timeline().date(event.index);
            Some(EventEffect { covariate, date, value, expected, observed, effect, lower, upper })
        };
        let mut events: Vec<EventEffect> = measured(series, past).into_iter().filter_map(event).collect();
        events.sort_by_key(|event| event.date);
        events
    }
}

/// What the columns of a view hold after the history.
fn coming(view: &View, names: &[String], last: usize, steps: usize) -> Vec<Coming> {
    let column =
        |((name, values), (effect, assumed_from)): ((&String, &Vec<f64>), (&super::effect::Effect, &usize))| {
            let past = values.get(..=last).unwrap_or(values);
            let seen = past
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(*value), most.max(*value)));
            Coming {
                name: name.clone(),
                unit: effect.drawn,
                error: effect.error,
                seen,
                values: values.iter().skip(last + 1).take(steps).copied().collect(),
                known: stored(assumed_from.saturating_sub(last + 1)),
            }
        };
    let effects = view.effects.iter().zip(&view.assumed_from);
    names.iter().zip(view.ahead.columns()).zip(effects).map(column).collect()
}
