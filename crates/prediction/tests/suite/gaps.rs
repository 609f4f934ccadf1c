//! Histories with holes: there is always an answer, and what is known on both sides of a hole is used.

use atalaya_application::ports::forecaster::{TrainingError, Unobserved};
use atalaya_domain::forecast::{Level, Warning};
use atalaya_domain::observation::Observation;
use atalaya_prediction::{Sequence, SequenceForecast, SmartForecaster};
use chrono::{Duration, Months, NaiveDateTime, TimeDelta};
use proptest::prelude::*;

use crate::fixtures::{channel, normals, observation, plan, train, walk};
use crate::sequences::{forecast, start};

/// How a made-up history moves.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Zero,
    Walk,
    Season,
    Steps,
    Spikes,
}

/// How far its readings are apart.
#[derive(Debug, Clone, Copy)]
enum Every {
    Hour,
    Day,
    Week,
    Month,
}

impl Every {
    fn at(self, number: u32) -> NaiveDateTime {
        match self {
            Self::Hour => start() + TimeDelta::hours(number.into()),
            Self::Day => start() + TimeDelta::days(number.into()),
            Self::Week => start() + TimeDelta::weeks(number.into()),
            Self::Month => start() + Months::new(number),
        }
    }
}

fn value(kind: Kind, season: u32, number: u32, normal: f64) -> f64 {
    let number_f = f64::from(number);
    let value = match kind {
        Kind::Zero => 0.0,
        Kind::Walk => 5_000.0 + 3.0 * number_f + 40.0 * normal,
        Kind::Season => 1_000.0 + 2.0 * number_f + if number.is_multiple_of(season) { 100.0 } else { 0.0 },
        Kind::Steps => 700.0 + 500.0 * f64::from(number / 31),
        Kind::Spikes => 900.0 + number_f + normal + if number % 29 == 11 { 4_000.0 } else { 0.0 },
    };
    value.round().max(0.0)
}

/// A history with one gap, `before` readings before it and `after` behind it.
#[derive(Debug, Clone, Copy)]
struct Holed {
    kind: Kind,
    every: Every,
    season: u32,
    before: u32,
    missing: u32,
    after: u32,
    seed: u64,
}

impl Holed {
    fn any() -> impl Strategy<Value = Self> {
        let kinds = [Kind::Zero, Kind::Walk, Kind::Season, Kind::Steps, Kind::Spikes];
        let steps = [Every::Hour, Every::Day, Every::Day, Every::Week, Every::Month];
        let shape = (1_u32..=60, prop_oneof![1_u32..10, 1_u32..90], prop_oneof![1_u32..10, 1_u32..60]);
        (prop::sample::select(kinds.to_vec()), prop::sample::select(steps.to_vec()), 2_u32..31, shape, any::<u64>())
            .prop_filter_map("eight readings", |(kind, every, season, (missing, before, after), seed)| {
                let holed = Self { kind, every, season, before, missing, after, seed };
                (before + after >= 8).then_some(holed)
            })
    }

    fn points(self) -> Vec<(NaiveDateTime, f64)> {
        (0..self.before + self.missing + self.after)
            .zip(normals(self.seed))
            .filter(|(number, _)| *number < self.before || *number >= self.before + self.missing)
            .map(|(number, normal)| (self.every.at(number), value(self.kind, self.season, number, normal)))
            .collect()
    }
}

fn assert_sound(forecast: &SequenceForecast, horizon: usize) {
    assert_eq!(forecast.points.len(), horizon);
    for point in &forecast.points {
        assert!(point.mean.is_finite());
        let [inner, outer] = point.intervals.as_slice() else { panic!("two levels were asked for") };
        let ends = [outer.lower, inner.lower, point.mean, inner.upper, outer.upper];
        assert!(ends.is_sorted() && ends.iter().all(|end| end.is_finite()), "{point:?}");
        assert!(inner.lower < inner.upper, "{point:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 60, ..ProptestConfig::with_cases(32) })]

    #[test]
    fn every_history_of_eight_readings_is_forecast_whatever_is_missing(holed in Holed::any(), horizon in 1_usize..30) {
        // Times too few and too uneven to tell a step by are the business of the grid.
        if let Ok(sequence) = Sequence::new(&holed.points()) {
            assert_sound(&forecast(&sequence, horizon), horizon);
        }
    }

    #[test]
    fn every_account_of_eight_days_is_trained_whatever_is_missing(holed in Holed::any()) {
        let daily = Holed { every: Every::Day, ..holed };
        let history: Vec<Observation> =
            daily.points().into_iter().map(|(at, value)| observation(at.and_utc(), value)).collect();
        let trained = train(&history, &plan());
        let last = trained.model.report().last_date;
        for ahead in [1, 2, 7, 14, 90] {
            let answer = trained.model.predict(last + Duration::days(ahead), &Level::DEFAULTS).unwrap();
            let ends = [answer.intervals[0].lower, answer.mean, answer.intervals[0].upper];
            prop_assert!(ends.is_sorted() && ends.iter().all(|end| end.is_finite()), "{answer:?}");
        }
    }

    #[test]
    fn every_history_with_a_window_is_backtested_whatever_is_missing(holed in Holed::any()) {
        if let Ok(sequence) = Sequence::new(&holed.points()) {
            match SmartForecaster::new().backtest(&sequence, 7, 3, &Unobserved) {
                Ok(scores) => prop_assert!(scores.iter().all(|score| score.mae.is_finite())),
                Err(TrainingError::InsufficientData { .. }) => {}
                Err(error) => prop_assert!(false, "{error}"),
            }
        }
    }
}

/// A peak every seventh day on a slow trend with noise, `missing` days of which ended 40 days before the end.
fn peaks(missing: u32) -> (Vec<(NaiveDateTime, f64)>, Vec<f64>) {
    let days = 300_u32;
    let value = |(day, normal): (u32, f64)| {
        1_300.0 + f64::from(day) + 5.0 * normal + if day.is_multiple_of(7) { 100.0 } else { 0.0 }
    };
    let all: Vec<f64> = (0..days + 14).zip(normals(3)).map(value).collect();
    let known = (0..days).filter(|day| *day < days - 40 - missing || *day >= days - 40);
    let points = known.map(|day| (Every::Day.at(day), all[usize::try_from(day).unwrap()])).collect();
    (points, all[300..].to_vec())
}

fn mean_error(forecast: &SequenceForecast, truth: &[f64]) -> f64 {
    let off: f64 = forecast.points.iter().zip(truth).map(|(point, truth)| (point.mean - truth).abs()).sum();
    off / f64::from(u8::try_from(truth.len()).unwrap())
}

#[test]
fn a_gap_of_eight_days_costs_the_weekly_cycle_no_more_than_one_of_seven() {
    let error = |missing| {
        let (points, truth) = peaks(missing);
        mean_error(&forecast(&Sequence::new(&points).unwrap(), 14), &truth)
    };
    let (of_seven, of_eight) = (error(7), error(8));
    assert!(of_seven < 8.0 && of_eight < 1.3 * of_seven, "{of_seven}, {of_eight}");
}

#[test]
fn three_days_after_a_gap_the_week_goes_on() {
    let value = |day: u32| 1_000.0 + 2.0 * f64::from(day) + if day.is_multiple_of(7) { 100.0 } else { 0.0 };
    let known = (0..71).filter(|day| !(60..68).contains(day));
    let points: Vec<(NaiveDateTime, f64)> = known.map(|day| (Every::Day.at(day), value(day))).collect();
    let forecast = forecast(&Sequence::new(&points).unwrap(), 14);
    assert_sound(&forecast, 14);
    assert!(forecast.warnings.contains(&Warning::LongGap));
    let truth: Vec<f64> = (71..85).map(value).collect();
    assert!(mean_error(&forecast, &truth) < 5.0, "{forecast:?}");
}

/// The channel until its 116th day, `missing` days before the last of which are not known, and the 14 days after it.
fn channel_with_gap(missing: usize) -> (Vec<(NaiveDateTime, f64)>, Vec<f64>) {
    let all: Vec<(NaiveDateTime, f64)> =
        channel().iter().map(|reading| (reading.at.naive_utc(), reading.followers.as_f64())).collect();
    let known = all[..116].iter().enumerate().filter(|(day, _)| !(115 - missing..115).contains(day));
    (known.map(|(_, point)| *point).collect(), all[116..].iter().map(|(_, value)| *value).collect())
}

#[test]
fn one_reading_after_eight_silent_days_tells_the_slope_as_after_seven() {
    for missing in [7, 8, 9, 20] {
        let (points, truth) = channel_with_gap(missing);
        let forecast = forecast(&Sequence::new(&points).unwrap(), 14);
        let off = mean_error(&forecast, &truth);
        assert!(off < 350.0, "{missing} days missing: {off} off, {:?}", forecast.points);
    }
}

#[test]
fn a_reading_every_nine_days_is_no_flat_account() {
    let history: Vec<Observation> = walk(60, 5, 5_000.0, 180.0, 12.0)
        .into_iter()
        .zip(0..)
        .map(|(value, number)| observation(start().and_utc() + Duration::days(9 * number), value))
        .collect();
    for readings in [10, 25, 45, 60] {
        let trained = train(&history[..readings], &plan());
        let last = history[readings - 1].followers.as_f64();
        let ahead = trained.model.report().last_date + Duration::days(14);
        let gained = trained.model.predict(ahead, &[]).unwrap().mean - last;
        assert!((220.0..340.0).contains(&gained), "{readings} readings: {gained} in 14 days");
    }
}
