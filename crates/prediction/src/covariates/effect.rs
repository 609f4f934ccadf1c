//! What a unit of each column brings.
//!
//! Least squares of changes on the columns, after the mean of the steps around and that of the weekday were taken out
//! of both (Frisch & Waugh 1933), errors beyond 2.5 robust deviations cut off (Huber 1973), each effect shrunk by its
//! standard error (James & Stein 1961). Nothing after the origin is looked at.

use crate::numeric::{count, mean, median};
use crate::series::Series;

/// The latest rows that are fitted on.
const MOST_ROWS: usize = 1_095;
/// Rows without which nothing is estimated: a month.
const ROWS_AT_LEAST: usize = 28;
/// Steps on each side that the slow trend is the mean of.
const WINDOW: usize = 14;
const WEEK: usize = 7;
/// What is left of a column, as a share of its squares, below which it is nothing but trend, weekday or other columns.
const INDEPENDENT: f64 = 1e-6;
const ROUNDS: usize = 4;
const FAR: f64 = 2.5;
const MEDIAN_OF_NORMAL: f64 = 1.482_6;

/// What a unit of a column brings.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Effect {
    /// Followers, drawn towards none by the standard error; 0 where nothing can be told.
    pub(crate) drawn: f64,
    /// The standard error of what was estimated before that.
    pub(crate) error: f64,
}

/// The effects of columns on the changes of a series up to an origin, in their order.
pub(crate) fn effects(series: &Series, origin: usize, columns: &[&[f64]]) -> Vec<Effect> {
    let rows = Rows::of(series, origin);
    estimate(&rows, columns).unwrap_or_else(|| vec![Effect::default(); columns.len()])
}

fn estimate(rows: &Rows, columns: &[&[f64]]) -> Option<Vec<Effect>> {
    if rows.indices.len() < ROWS_AT_LEAST + columns.len() {
        return None;
    }
    let columns: Vec<Vec<f64>> = columns.iter().map(|column| rows.remainder(&rows.at(column))).collect();
    let directions: Vec<Vec<f64>> = (0..columns.len()).map(|place| apart(&columns, place)).collect();
    let spent = WEEK + rows.indices.len() / (2 * WINDOW + 1) + columns.len();
    let freedom = count(rows.indices.len().saturating_sub(spent).max(1));
    let mut observed = rows.changes.clone();
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let changes = rows.remainder(&observed);
        let slopes: Vec<f64> = directions.iter().map(|direction| slope(direction, &changes)).collect();
        let mut errors = changes;
        for (slope, column) in slopes.iter().zip(&columns) {
            for (error, value) in errors.iter_mut().zip(column) {
                *error -= slope * value;
            }
        }
        let deviation = (dot(&errors, &errors) / freedom).sqrt();
        let of_slope = |(slope, direction): (&f64, &Vec<f64>)| {
            let size = dot(direction, direction);
            if size > 0.0 { shrunk(*slope, deviation / size.sqrt()) } else { Effect::default() }
        };
        found = slopes.iter().zip(&directions).map(of_slope).collect();
        let most = FAR * MEDIAN_OF_NORMAL * median(&errors.iter().map(|error| error.abs()).collect::<Vec<_>>());
        for (change, error) in observed.iter_mut().zip(errors) {
            *change -= error - error.clamp(-most, most);
        }
    }
    found.iter().all(|effect| effect.drawn.is_finite() && effect.error.is_finite()).then_some(found)
}

/// An estimate drawn towards none by its standard error.
fn shrunk(slope: f64, error: f64) -> Effect {
    let ratio = if slope == 0.0 { f64::INFINITY } else { (error / slope).powi(2) };
    Effect { drawn: slope * (1.0 - ratio).max(0.0), error }
}

/// What a column has beside all the others; nothing where it depends on them.
fn apart(columns: &[Vec<f64>], place: usize) -> Vec<f64> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let others = columns.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, column)| column);
    for column in others.chain(columns.get(place)) {
        let mut rest = column.clone();
        for direction in &basis {
            let share = slope(direction, column);
            for (value, other) in rest.iter_mut().zip(direction) {
                *value -= share * other;
            }
        }
        if dot(&rest, &rest) <= INDEPENDENT * dot(column, column) {
            rest = vec![0.0; column.len()];
        }
        basis.push(rest);
    }
    basis.pop().unwrap_or_default()
}

fn slope(direction: &[f64], values: &[f64]) -> f64 {
    let size = dot(direction, direction);
    if size > 0.0 { dot(direction, values) / size } else { 0.0 }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// The observed changes up to an origin.
struct Rows {
    indices: Vec<usize>,
    changes: Vec<f64>,
    /// For each row the rows around it: from, and until before.
    around: Vec<(usize, usize)>,
}

impl Rows {
    fn of(series: &Series, origin: usize) -> Self {
        let observed: Vec<(usize, f64)> =
            (0..=origin).filter_map(|index| Some((index, series.change(index)?))).collect();
        let latest = observed.get(observed.len().saturating_sub(MOST_ROWS)..).unwrap_or_default();
        let (indices, changes): (Vec<usize>, Vec<f64>) = latest.iter().copied().unzip();
        let span = |index: &usize| {
            let from = indices.partition_point(|other| other + WINDOW < *index);
            (from, indices.partition_point(|other| *other <= index + WINDOW))
        };
        Self { around: indices.iter().map(span).collect(), indices, changes }
    }

    /// A column by grid index, at the rows.
    fn at(&self, column: &[f64]) -> Vec<f64> {
        self.indices.iter().map(|index| column.get(*index).copied().unwrap_or_default()).collect()
    }

    /// A column of the rows without its slow trend and its weekdays.
    fn remainder(&self, column: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0];
        let mut sum = 0.0;
        sums.extend(column.iter().map(|value| {
            sum += value;
            sum
        }));
        let around = |(from, until): &(usize, usize)| {
            let total = sums.get(*until).zip(sums.get(*from)).map_or(0.0, |(until, from)| until - from);
            total / count((until - from).max(1))
        };
        let level: Vec<f64> = column.iter().zip(&self.around).map(|(value, span)| value - around(span)).collect();
        let weekday = |day: usize| {
            let same = level.iter().zip(&self.indices).filter(|(_, index)| *index % WEEK == day);
            mean(&same.map(|(value, _)| *value).collect::<Vec<_>>())
        };
        let weekdays: Vec<f64> = (0..WEEK).map(weekday).collect();
        let usual = |index: &usize| weekdays.get(index % WEEK).copied().unwrap_or_default();
        level.iter().zip(&self.indices).map(|(value, index)| value - usual(index)).collect()
    }
}
