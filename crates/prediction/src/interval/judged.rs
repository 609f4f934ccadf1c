//! Intervals judged on points that had no part in making them.

use atalaya_domain::forecast::{Interval, Level, StepCoverage};

use super::{Calibration, Stepwise};
use crate::backtest::{Design, Pair};
use crate::doubt::Doubt;
use crate::numeric::{count, stored};

/// Errors of one origin beside the intervals that they are held against.
struct Judging<'a> {
    pairs: &'a [Pair],
    calibration: Calibration,
    doubt: Doubt,
}

/// How intervals held.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    /// Shares of points inside, 0 to 1.
    pub(crate) coverage_80: f64,
    pub(crate) coverage_95: f64,
    /// The same by how many steps ahead the points were.
    pub(crate) by_step: Vec<StepCoverage>,
    /// The mean interval score of the 95 % interval (Gneiting & Raftery 2007), in the unit of the values.
    pub(crate) score_95: f64,
}

impl Held {
    /// From points: how many steps ahead each was, its distance from the forecast as a function of nothing but the two
    /// intervals, whether the 80 % and the 95 % interval held it, and the score of the latter.
    pub(crate) fn of(points: &[(usize, bool, bool, f64)]) -> Self {
        let share =
            |of: fn(&(usize, bool, bool, f64)) -> f64| points.iter().map(of).sum::<f64>() / count(points.len().max(1));
        Self {
            coverage_80: share(|point| f64::from(u8::from(point.1))),
            coverage_95: share(|point| f64::from(u8::from(point.2))),
            by_step: StepCoverage::of(points.iter().map(|point| (stored(point.0), point.1, point.2))),
            score_95: share(|point| point.3),
        }
    }
}

/// Intervals and the points that they are held against.
pub(crate) struct Judged<'a>(Vec<Judging<'a>>);

impl<'a> Judged<'a> {
    /// From pairs with what was known without them.
    pub(crate) fn new(splits: impl Iterator<Item = (&'a [Pair], Calibration, Doubt)>) -> Self {
        Self(splits.map(|(pairs, calibration, doubt)| Judging { pairs, calibration, doubt }).collect())
    }

    /// Each origin's pairs, in the order of their splits, held against intervals from the residuals of the others.
    pub(crate) fn leave_one_out(pairs: &'a [Pair], design: &Design) -> Self {
        let judging = pairs.chunk_by(|a, b| a.split == b.split).map(|own| {
            let number = own.first().map_or(0, |pair| pair.split);
            let others: Vec<Pair> = pairs.iter().filter(|pair| pair.split != number).copied().collect();
            let calibration =
                Calibration::Stepwise(Stepwise::new(&others, &design.unrest, design.evidence.without_one()));
            Judging { pairs: own, calibration, doubt: design.unrest.at_split(number) }
        });
        Self(judging.collect())
    }

    /// How the intervals held.
    pub(crate) fn held(&self) -> Held {
        let points: Vec<(usize, bool, bool, f64)> = self.0.iter().flat_map(Judging::points).collect();
        Held::of(&points)
    }
}

impl Judging<'_> {
    fn points(&self) -> impl Iterator<Item = (usize, bool, bool, f64)> {
        self.pairs.iter().map(|pair| {
            let [inner, outer] = Level::DEFAULTS.map(|level| {
                let radius = self.calibration.radius(level.probability(), pair.step, self.doubt);
                Interval { level, lower: -radius, upper: radius }
            });
            (pair.step, inner.contains(pair.size()), outer.contains(pair.size()), outer.score(pair.size()))
        })
    }
}
