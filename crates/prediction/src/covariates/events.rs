//! What each past event brought.
//!
//! An event is a day on which a column that is zero on most days is not. Its change is compared with the one that was
//! to be expected without it: the mean of the days before it on which there was no event, and what their weekdays show.
//! The same expectation on days without an event says how far it is off by chance, at 95 %. Events of one column are
//! alike as far as their differences agree: each is drawn towards what a unit of the column brings on average, with
//! intervals that know how that was found (Morris 1983).

use super::trial::Usual;
use crate::numeric::{count, deviation};
use crate::series::Series;

/// Days without an event, before a day, that tell what to expect of it, and the fewest that do.
const BEFORE: usize = 56;
const BEFORE_AT_LEAST: usize = 21;
/// Days without an event whose expectation is compared with what came, at least.
const COMPARED_AT_LEAST: usize = 20;
/// The share of days up to which a column that is not zero has events.
const RARE: f64 = 0.5;
/// The normal quantile of a 95 % interval.
const AT_95: f64 = 1.959_964;
/// Events from which they are told to be alike.
const ALIKE_FROM: usize = 5;
/// The most events of a column that are kept: the latest.
const MOST: usize = 500;

/// A measured event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measured {
    /// Which column.
    pub(crate) column: usize,
    pub(crate) index: usize,
    pub(crate) value: f64,
    pub(crate) expected: f64,
    pub(crate) observed: f64,
    pub(crate) effect: f64,
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

/// The events of columns, each given by grid index over the history; those of one column after another.
pub(crate) fn measured(series: &Series, columns: &[Vec<f64>]) -> Vec<Measured> {
    let quiet: Vec<usize> = (0..series.len()).filter(|index| is_quiet(columns, *index)).collect();
    let quiet: Vec<usize> = quiet.into_iter().filter(|index| series.change(*index).is_some()).collect();
    let Some(chance) = chance(series, &quiet) else { return Vec::new() };
    let of_column = |(number, column): (usize, &Vec<f64>)| {
        let mut events: Vec<Measured> = (1..series.len())
            .filter_map(|index| raw(series, &quiet, (number, index), column.get(index).copied()?))
            .collect();
        drawn(&mut events, chance);
        events.split_off(events.len().saturating_sub(MOST))
    };
    columns.iter().enumerate().filter(|(_, column)| is_rare(column)).flat_map(of_column).collect()
}

/// Whether a column is zero on most days, and not on all.
fn is_rare(column: &[f64]) -> bool {
    let events = column.iter().filter(|value| **value != 0.0).count();
    events > 0 && count(events) <= RARE * count(column.len())
}

/// Whether no column with events has one on a day.
fn is_quiet(columns: &[Vec<f64>], index: usize) -> bool {
    columns.iter().filter(|column| is_rare(column)).all(|column| column.get(index).is_none_or(|value| *value == 0.0))
}

/// The change to be expected of a day, from the quiet days before it.
fn expected(series: &Series, quiet: &[usize], index: usize) -> Option<f64> {
    let before = quiet.get(..quiet.partition_point(|other| *other < index))?;
    let before = before.get(before.len().saturating_sub(BEFORE)..)?;
    if before.len() < BEFORE_AT_LEAST {
        return None;
    }
    let changes: Vec<f64> = before.iter().filter_map(|index| series.change(*index)).collect();
    let usual = Usual::of(before, &changes);
    let rest: Vec<f64> = before.iter().zip(&changes).map(|(index, change)| change - usual.at(*index)).collect();
    Some(usual.drawn(before.len(), deviation(&rest)).at(index))
}

/// By how much expectations of quiet days are off, as the deviation of a normal number that is off as far 95 times in a
/// hundred.
fn chance(series: &Series, quiet: &[usize]) -> Option<f64> {
    let off = |index: &usize| Some((series.change(*index)? - expected(series, quiet, *index)?).abs());
    let mut sizes: Vec<f64> = quiet.iter().filter_map(off).collect();
    if sizes.len() < COMPARED_AT_LEAST {
        return None;
    }
    sizes.sort_by(f64::total_cmp);
    // One more than there are, as the day to come is one of them.
    let place = (19 * (sizes.len() + 1)).div_ceil(20).min(sizes.len());
    sizes.get(place - 1).map(|size| size / AT_95)
}

fn raw(series: &Series, quiet: &[usize], (column, index): (usize, usize), value: f64) -> Option<Measured> {
    if value == 0.0 {
        return None;
    }
    // A jump that was taken out of the history is what the event brought.
    let observed = series.change(index)? + series.taken_out(index) - series.taken_out(index - 1);
    let expected = expected(series, quiet, index)?;
    let effect = observed - expected;
    Some(Measured { column, index, value, expected, observed, effect, lower: effect, upper: effect })
}

/// Draws events towards what they have in common, and gives them intervals.
fn drawn(events: &mut [Measured], chance: f64) {
    let size: f64 = events.iter().map(|event| event.value * event.value).sum();
    let unit = events.iter().map(|event| event.value * event.effect).sum::<f64>() / size;
    let variance = chance * chance;
    let squares: f64 = events.iter().map(|event| (event.effect - unit * event.value).powi(2)).sum();
    let number = count(events.len());
    let alike = if events.len() < ALIKE_FROM {
        0.0
    } else if squares > 0.0 {
        ((number - 3.0) * variance / squares).min((number - 3.0) / (number - 1.0))
    } else {
        (number - 3.0) / (number - 1.0)
    };
    for event in events {
        let common = unit * event.value;
        let beside = event.effect - common;
        let of_common = alike * variance * event.value * event.value / size;
        let of_alike = if alike > 0.0 { 2.0 / (number - 3.0) * (alike * beside).powi(2) } else { 0.0 };
        let margin = AT_95 * (variance * (1.0 - alike) + of_common + of_alike).sqrt();
        event.effect = (1.0 - alike) * event.effect + alike * common;
        (event.lower, event.upper) = (event.effect - margin, event.effect + margin);
    }
}
