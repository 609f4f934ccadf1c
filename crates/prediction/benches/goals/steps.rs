//! Whether intervals hold at each step: on the sets, and on generated series of five kinds.

use std::ops::RangeInclusive;

use chrono::{Duration, NaiveDateTime};

use crate::Outcome;
use crate::scores::{Points, Window, average, score_all};

/// Steps whose coverage is printed and judged, besides the last one.
const STEPS: [usize; 6] = [1, 2, 3, 5, 7, 14];
/// Series of each kind.
const SERIES: u64 = 150;
/// The furthest step of the generated series.
const HORIZON: usize = 28;

/// What the coverage of the 80 % and of the 95 % interval must be at every step, in percent.
type Bars = [RangeInclusive<f64>; 2];
/// Of each generated kind.
const EACH_KIND: Bars = [70.0..=90.0, 90.0..=99.0];
/// Of the sets that were there first, on average.
const SETS_TOGETHER: Bars = [72.0..=88.0, 91.0..=98.0];

/// Coverage of both intervals at each of the steps, in percent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BySteps(Vec<(usize, [f64; 2])>);

impl BySteps {
    /// Of windows that are equally long.
    pub(crate) fn of(windows: &[Window]) -> Self {
        let last = windows.iter().map(|window| window.held.len()).max().unwrap_or_default();
        let mut steps: Vec<usize> = STEPS.into_iter().filter(|step| *step < last).collect();
        steps.push(last);
        let share = |step: usize, place: usize| {
            let held = windows.iter().filter_map(|window| window.held.get(step - 1)?.get(place));
            100.0 * average(&held.map(|held| f64::from(u8::from(*held))).collect::<Vec<_>>())
        };
        Self(steps.into_iter().filter(|step| *step > 0).map(|step| (step, [share(step, 0), share(step, 1)])).collect())
    }

    /// The mean over several, step by step: the last steps count as one.
    fn mean(all: &[Self]) -> Self {
        let steps = all.iter().map(|one| one.0.len()).max().unwrap_or_default();
        let at = |place: usize| {
            let of_place: Vec<(usize, [f64; 2])> = all.iter().filter_map(|one| one.0.get(place).copied()).collect();
            let of = |level: usize| {
                average(&of_place.iter().filter_map(|(_, shares)| shares.get(level).copied()).collect::<Vec<_>>())
            };
            (of_place.iter().map(|(step, _)| *step).max().unwrap_or_default(), [of(0), of(1)])
        };
        Self((0..steps).map(at).collect())
    }

    /// Prints both levels; says whether every step keeps to the bars.
    fn print(&self, name: &str, bars: Option<&Bars>) -> bool {
        let row = |place: usize| {
            let share =
                |(_, shares): &(usize, [f64; 2])| format!("{:>6.1}", shares.get(place).copied().unwrap_or_default());
            self.0.iter().map(share).collect::<String>()
        };
        let holds = bars.is_none_or(|bars| {
            let within = |shares: &[f64; 2]| bars.iter().zip(shares).all(|(bar, share)| bar.contains(share));
            self.0.iter().all(|(_, shares)| within(shares))
        });
        let verdict = if holds { "" } else { "  MISSED" };
        println!("{name:<14} 80: {}   95: {}{verdict}", row(0), row(1));
        holds
    }
}

/// Prints the coverage by step of sets, and of the judged ones together; says whether these keep to the bars.
pub(crate) fn judge_sets(sets: &[(&str, bool, BySteps)]) -> bool {
    println!("\nCoverage by step (1, 2, 3, 5, 7, 14 and the last), percent:");
    for (name, _, steps) in sets {
        steps.print(name, None);
    }
    let judged: Vec<BySteps> =
        sets.iter().filter(|(_, judged, _)| *judged).map(|(_, _, steps)| steps.clone()).collect();
    judged.is_empty() || BySteps::mean(&judged).print("old sets, mean", Some(&SETS_TOGETHER))
}

/// What a generated series is made of.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A trend, a bump on two weekdays, and noise around them.
    TrendAndWeek,
    /// A random walk with drift.
    Walk,
    /// Sums of Poisson counts whose rate has a weekly rhythm.
    Counts,
    /// A random walk with drift whose steps scatter three times as much on the last 20 days and those to come.
    Restless,
    /// By the hour: a rhythm of the day, and noise around it.
    Hourly,
}

const KINDS: [(&str, Kind); 5] = [
    ("trend and week", Kind::TrendAndWeek),
    ("random walk", Kind::Walk),
    ("counts", Kind::Counts),
    ("restless", Kind::Restless),
    ("hourly", Kind::Hourly),
];

/// Forecasts 150 generated series of each kind; prints the coverage by step, and says whether every kind keeps to the
/// bars.
pub(crate) fn judge_kinds() -> Outcome<bool> {
    println!("\nCoverage by step (1, 2, 3, 5, 7, 14, 28) of {SERIES} generated series of each kind, percent:");
    let mut all_hold = true;
    for (name, kind) in KINDS {
        let windows: Vec<(Points, Vec<f64>)> = (0..SERIES).map(|seed| kind.window(seed)).collect::<Outcome<_>>()?;
        all_hold &= BySteps::of(&score_all(&windows)).print(name, Some(&EACH_KIND));
    }
    Ok(all_hold)
}

impl Kind {
    /// A series' past and the values after it.
    fn window(self, seed: u64) -> Outcome<(Points, Vec<f64>)> {
        let (points, apart) = match self {
            Self::Hourly => (400, Duration::hours(1)),
            _ => (200, Duration::days(1)),
        };
        let mut values = self.values(points, seed);
        let ahead = values.split_off(points);
        let begin: NaiveDateTime = "2024-01-01T00:00:00".parse()?;
        let dated = values.into_iter().scan(begin, |at, value| {
            let point = (*at, value);
            *at += apart;
            Some(point)
        });
        Ok((dated.collect(), ahead))
    }

    fn values(self, points: usize, seed: u64) -> Vec<f64> {
        let mut draw = Draw::new(seed);
        let mut level = 5_000.0;
        let mut value = |index: usize| {
            let time = f64::from(u32::try_from(index).unwrap_or_default());
            let turn = |period: f64| (std::f64::consts::TAU * time / period).sin();
            match self {
                Self::TrendAndWeek => {
                    5_000.0 + 8.0 * time + if index % 7 < 2 { 30.0 } else { 0.0 } + 12.0 * draw.normal()
                }
                Self::Walk => {
                    level += 20.0 + 15.0 * draw.normal();
                    level
                }
                Self::Counts => {
                    level += draw.poisson(20.0 * (1.0 + 0.5 * turn(7.0)));
                    level
                }
                Self::Restless => {
                    level += 20.0 + 15.0 * draw.normal() * if index + 20 < points { 1.0 } else { 3.0 };
                    level
                }
                Self::Hourly => 5_000.0 + 100.0 * turn(24.0) + 10.0 * draw.normal(),
            }
        };
        (0..points + HORIZON).map(&mut value).collect()
    }
}

/// Random numbers, the same ones for a seed (`SplitMix64`).
struct Draw(u64);

impl Draw {
    /// Numbers that have nothing to do with those of another seed: the state of each begins at a place of its own, as
    /// seeds that lie side by side would draw the same numbers some places apart.
    fn new(seed: u64) -> Self {
        let mut places = Self(seed ^ 0x5851_f42d_4c95_7f2d);
        places.next();
        Self(places.next() ^ seed.rotate_left(32))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn uniform(&mut self) -> f64 {
        let high = u32::try_from(self.next() >> 32).unwrap_or_default();
        (f64::from(high) + 0.5) / (f64::from(u32::MAX) + 1.0)
    }

    /// Box & Muller 1958.
    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Knuth's way, for small rates.
    fn poisson(&mut self, rate: f64) -> f64 {
        let (mut count, mut product) = (0.0, self.uniform());
        while product > (-rate).exp() {
            count += 1.0;
            product *= self.uniform();
        }
        count
    }
}
