//! What may explain followers besides their own past: columns of days that were made elsewhere.
//!
//! `columns` lie on the grid of a series and answer what an origin knew of each step: a value counts from the day on
//! which it became known, whatever day it speaks of. `effect` estimates what a unit of each column brings, `trial` says
//! whether changes are forecast better with a column than without, a [`View`] is a series without what columns brought
//! until an origin, beside what they bring after it, and `events` measures what each past event brought. [`Findings`]
//! hold them together for one run.

mod columns;
mod effect;
mod events;
mod findings;
mod stored;
#[cfg(test)]
mod tests;
mod trial;
mod view;

pub(crate) use findings::Findings;
pub(crate) use stored::{Asked, CovariateAnswers, CovariateRecord, with_share};
pub(crate) use view::{Ahead, View, Views};
