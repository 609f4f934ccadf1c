//! Whether posts matter: rolling origins, as those of the models are, with posts known and changes not.

use super::Rows;
use crate::numeric::{count, deviation, mean, tail};

/// Rows before the first origin are this share of all (in fifths).
const TRAINED_FIFTHS: usize = 2;
/// The latest rows that are tested.
const MOST_TESTED: usize = 365;
/// Seasons from one origin to the next.
const SEASONS_APART: usize = 4;
/// Seasons that are tested at least.
const SEASONS_AT_LEAST: usize = 2;
/// Seasons that tell what is usual at an origin.
const USUAL_SEASONS: usize = 4;
/// By how many standard errors the mean gain has to be above zero: by chance it is in about two of a hundred accounts.
const SURE: f64 = 2.0;

/// Whether changes are forecast better by those who know the posts, by more than chance explains (Diebold & Mariano
/// 1995, on absolute errors).
pub(super) fn posts_matter(rows: &Rows) -> bool {
    let gains = gains(rows);
    let error = deviation(&gains) / count(gains.len().max(1)).sqrt();
    let gain = mean(&gains);
    gains.len() >= SEASONS_AT_LEAST * rows.season && gain > 0.0 && gain >= SURE * error
}

/// By how much smaller the absolute error of each tested change is with posts than without.
fn gains(rows: &Rows) -> Vec<f64> {
    let spacing = SEASONS_APART * rows.season.max(1);
    let first = (rows.len() * TRAINED_FIFTHS / 5).max(rows.len().saturating_sub(MOST_TESTED));
    let blocks = (first..rows.len()).step_by(spacing);
    blocks.flat_map(|origin| of_block(rows, origin, (origin + spacing).min(rows.len()))).collect()
}

/// Of the rows from an origin on; nothing is gained where the past tells no effect.
fn of_block(rows: &Rows, origin: usize, until: usize) -> Vec<f64> {
    let Some(effects) = rows.part(0, origin).fit() else { return vec![0.0; until - origin] };
    let past = rows.part(origin.saturating_sub(2 * USUAL_SEASONS * rows.season), origin);
    let block = rows.part(origin, until);
    let unusual = |past_column: &[f64], column: &[f64]| {
        let usual = usual(&past, past_column);
        let at = |place: &usize| usual.get(*place).copied().unwrap_or_default();
        column.iter().zip(&block.places).map(|(value, place)| value - at(place)).collect::<Vec<f64>>()
    };
    let without = unusual(&past.changes, &block.changes);
    let mut with = without.clone();
    for (effect, (past_column, column)) in effects.iter().zip(past.posts.iter().zip(&block.posts)) {
        for (error, posts) in with.iter_mut().zip(unusual(past_column, column)) {
            *error -= effect * posts;
        }
    }
    without.iter().zip(&with).map(|(without, with)| without.abs() - with.abs()).collect()
}

/// What is usual at each place of the season: the mean of late, with the rhythm of the past.
fn usual(past: &Rows, column: &[f64]) -> Vec<f64> {
    let late = mean(tail(column, USUAL_SEASONS * past.season));
    let all = mean(column);
    past.rhythm(column).into_iter().map(|at| late + at - all).collect()
}
