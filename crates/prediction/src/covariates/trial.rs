//! Whether changes are forecast better by those who know a column.
//!
//! Rolling origins over the last three fifths of the history: effects are estimated from what was known four weeks
//! before at most, and each change is forecast from the day before it, with what was known then. The forecast without
//! the column is nested in the one with it, so that what counts is how the error of the one goes with what the other
//! adds (Clark & West 2007), and the squared error has to be smaller besides.

use atalaya_domain::forecast::CovariateVerdict;

use super::columns::{Column, Origin};
use super::effect::effects;
use crate::numeric::{count, mean, median, tail};
use crate::series::Series;

/// Steps before the first origin are this share of all (in fifths).
const TRAINED_FIFTHS: usize = 2;
/// The latest steps that are tested.
const MOST_TESTED: usize = 365;
/// Steps from one estimate to the next.
const SPACING: usize = 28;
/// Changes that tell what is usual, and of these the latest, whose mean it is.
const USUAL: usize = 56;
const LATE: usize = 28;
const WEEK: usize = 7;
/// By how many standard errors what a column adds has to go with the error of those who do not know it: by chance it
/// does in about two of a hundred.
const SURE: f64 = 2.0;
/// What a column adds on a day, as a share of the most that it adds on any, from which it stood out.
const STANDS_OUT: f64 = 0.3;
/// Days on which a column stood out without which nothing is said.
const DAYS_AT_LEAST: usize = 3;
/// Errors count as this many robust deviations at most, besides what the column adds.
const FAR: f64 = 4.0;
const MEDIAN_OF_NORMAL: f64 = 1.482_6;

/// What a trial found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tried {
    pub(crate) verdict: CovariateVerdict,
    /// Days on which the column stood out.
    pub(crate) days: usize,
    /// The mean absolute error on these days without the column, and with it.
    pub(crate) error_without: f64,
    pub(crate) error_with: f64,
}

/// Tries a column beside those that are kept already.
pub(crate) fn tried(series: &Series, kept: &[&Column], column: &Column) -> Tried {
    judged(&forecasts(series, kept, column))
}

/// A change as its forecast without the column missed it, and what the column adds to that forecast.
#[derive(Debug, Clone, Copy)]
struct Missed {
    by: f64,
    added: f64,
}

fn judged(missed: &[Missed]) -> Tried {
    let sizes: Vec<f64> = missed.iter().map(|missed| missed.by.abs()).collect();
    let deviation = MEDIAN_OF_NORMAL * median(&sizes);
    let most = missed.iter().map(|missed| missed.added.abs()).fold(0.0, f64::max);
    let stands_out = |missed: &&Missed| most > 0.0 && missed.added.abs() >= STANDS_OUT * most;
    let days: Vec<&Missed> = missed.iter().filter(stands_out).collect();
    let error = |of: &dyn Fn(&Missed) -> f64| mean(&days.iter().map(|missed| of(missed).abs()).collect::<Vec<_>>());
    let tried = |verdict| Tried {
        verdict,
        days: days.len(),
        error_without: error(&|missed| missed.by),
        error_with: error(&|missed| missed.by - missed.added),
    };
    if days.len() < DAYS_AT_LEAST {
        return tried(CovariateVerdict::FewDays);
    }
    let held = |missed: &Missed| {
        let most = FAR * deviation + missed.added.abs();
        if deviation > 0.0 { missed.by.clamp(-most, most) } else { missed.by }
    };
    let along: f64 = missed.iter().map(|missed| held(missed) * missed.added).sum();
    let size: f64 = missed.iter().map(|missed| missed.added * missed.added).sum();
    let is_sure = along >= SURE * deviation * size.sqrt();
    let gained = 2.0 * along - size;
    tried(if gained > 0.0 && is_sure { CovariateVerdict::Kept } else { CovariateVerdict::NoGain })
}

fn forecasts(series: &Series, kept: &[&Column], column: &Column) -> Vec<Missed> {
    let first = (series.len() * TRAINED_FIFTHS / 5).max(series.len().saturating_sub(MOST_TESTED)).max(1);
    let blocks = (first..series.len()).step_by(SPACING);
    blocks.flat_map(|begin| of_block(series, kept, column, begin)).collect()
}

/// The changes of some steps, with effects from before the first of them.
fn of_block(series: &Series, kept: &[&Column], column: &Column, begin: usize) -> Vec<Missed> {
    let origin = begin - 1;
    let all: Vec<&Column> = kept.iter().copied().chain([column]).collect();
    let known: Vec<Vec<f64>> = all.iter().map(|column| column.known(Origin::past(origin), origin).values).collect();
    let known: Vec<&[f64]> = known.iter().map(Vec::as_slice).collect();
    let with: Vec<f64> = effects(series, origin, &known).iter().map(|effect| effect.drawn).collect();
    let kept_known = known.get(..kept.len()).unwrap_or_default();
    let without: Vec<f64> = effects(series, origin, kept_known).iter().map(|effect| effect.drawn).collect();
    let past: Vec<usize> = (0..=origin).filter(|index| series.change(*index).is_some()).collect();
    let past = past.get(past.len().saturating_sub(USUAL)..).unwrap_or_default();
    let changes: Vec<f64> = past.iter().filter_map(|index| series.change(*index)).collect();
    let usual_change = Usual::of(past, &changes);
    let usual: Vec<Usual> = known
        .iter()
        .map(|column| Usual::of(past, &past.iter().filter_map(|at| column.get(*at).copied()).collect::<Vec<_>>()))
        .collect();
    let missed = |index: usize| {
        let change = series.change(index)?;
        let unusual = |(column, usual): (&&Column, &Usual)| {
            let known = column.known(Origin::past(index - 1), index);
            let value = known.values.last().copied().filter(|_| index < known.assumed_from);
            value.map_or(0.0, |value| value - usual.at(index))
        };
        let unusual: Vec<f64> = all.iter().zip(&usual).map(unusual).collect();
        let brought = |effects: &[f64]| effects.iter().zip(&unusual).map(|(effect, value)| effect * value).sum::<f64>();
        let of_others = brought(&without);
        Some(Missed { by: change - usual_change.at(index) - of_others, added: brought(&with) - of_others })
    };
    (begin..(begin + SPACING).min(series.len())).filter_map(missed).collect()
}

/// What is usual on each weekday: the mean of late, with the rhythm of the weeks before.
pub(super) struct Usual {
    late: f64,
    weekdays: Vec<f64>,
}

impl Usual {
    /// From values at indices.
    pub(super) fn of(indices: &[usize], values: &[f64]) -> Self {
        let all = mean(values);
        let weekday = |day: usize| {
            let same: Vec<f64> =
                indices.iter().zip(values).filter(|(index, _)| *index % WEEK == day).map(|(_, value)| *value).collect();
            if same.is_empty() { 0.0 } else { mean(&same) - all }
        };
        Self { late: mean(tail(values, LATE)), weekdays: (0..WEEK).map(weekday).collect() }
    }

    /// At an index.
    pub(super) fn at(&self, index: usize) -> f64 {
        self.late + self.weekdays.get(index % WEEK).copied().unwrap_or_default()
    }

    /// The same with weekdays that differ by no more than chance explains drawn towards none, where each value differs
    /// from what is usual by so much.
    pub(super) fn drawn(mut self, values: usize, deviation: f64) -> Self {
        let of_each = count(values) / count(WEEK);
        let squares: f64 = self.weekdays.iter().map(|effect| effect * effect).sum();
        let by_chance = count(WEEK - 1) * deviation * deviation / of_each.max(1.0);
        let share = if squares > 0.0 { (1.0 - by_chance / squares).max(0.0) } else { 0.0 };
        for effect in &mut self.weekdays {
            *effect *= share;
        }
        self
    }
}
