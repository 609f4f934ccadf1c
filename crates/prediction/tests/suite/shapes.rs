//! Histories of every shape: no panic, no number that is not one, no negative follower.

use atalaya_application::ports::forecaster::{Trained, TrainedModel, TrainingError};
use atalaya_domain::forecast::{Level, ModelId, TrainingReport};
use atalaya_domain::observation::{Followers, Observation};
use chrono::Duration;
use proptest::prelude::*;

use crate::fixtures::{begin, daily, hourly, observation, plan, train, try_train, walk};

#[expect(clippy::cast_precision_loss, reason = "Followers::MAX is below 2^53")]
const MOST: f64 = Followers::MAX as f64;

/// Trains with every model and looks at every answer.
fn assert_sound(history: &[Observation]) -> Trained {
    let trained = train(history, &plan());
    let model = &trained.model;
    let report = model.report();
    for score in &report.scores {
        assert!(score.mae.is_finite() && score.rmse.is_finite() && score.smape.is_finite(), "{score:?}");
        assert!([score.r2, score.evs, score.mape, score.mase].into_iter().flatten().all(f64::is_finite), "{score:?}");
        assert!((0.0..=1.0).contains(&score.coverage_80) && (0.0..=1.0).contains(&score.coverage_95));
    }
    assert_every_model_is_accounted_for(report);
    assert_intervals_widen(trained.model.as_ref());
    let levels = [1, 50, 80, 95, 99].map(|percent| Level::new(percent).unwrap());
    let mut date = report.data_from.with_timezone(&crate::fixtures::LIMA).date_naive();
    while date <= model.last_reachable() {
        let forecast = model.predict(date, &levels).unwrap();
        assert!((0.0..=MOST).contains(&forecast.mean) && (0.0..=MOST).contains(&forecast.baseline), "{forecast:?}");
        for interval in &forecast.intervals {
            assert!(0.0 <= interval.lower && interval.lower <= forecast.mean, "{forecast:?}");
            assert!(forecast.mean <= interval.upper && interval.upper <= MOST, "{forecast:?}");
            assert!(interval.lower < interval.upper, "{forecast:?}");
        }
        date += Duration::days(1);
    }
    trained
}

/// Every model has a score or a reason why it has none; the combination has a score where there is one.
fn assert_every_model_is_accounted_for(report: &TrainingReport) {
    let scored = report.scores.iter().map(|score| score.model);
    let mut models: Vec<ModelId> = scored.chain(report.failures.iter().map(|(model, _)| *model)).collect();
    models.sort();
    let is_there = |model: &ModelId| *model != ModelId::Combination || report.members.len() > 1;
    assert_eq!(models, ModelId::ALL.iter().copied().filter(is_there).collect::<Vec<_>>());
}

/// Intervals of a higher level hold those of a lower one, and both ends move away from the point with the horizon, as
/// far as there are such numbers of followers.
fn assert_intervals_widen(model: &dyn TrainedModel) {
    let levels = [20, 50, 80, 95, 99].map(|percent| Level::new(percent).unwrap());
    let (mut below, mut above) = ([0.0; 5], [0.0; 5]);
    let last = model.report().last_date;
    let mut date = last + Duration::days(1);
    while date <= model.last_reachable() {
        let forecast = model.predict(date, &levels).unwrap();
        assert!(forecast.intervals.is_sorted_by(|a, b| a.lower >= b.lower && a.upper <= b.upper), "{forecast:?}");
        let rounding = 1e-12 * forecast.mean.max(1.0);
        for (interval, (below, above)) in forecast.intervals.iter().zip(below.iter_mut().zip(&mut above)) {
            let (down, up) = (forecast.mean - interval.lower, interval.upper - forecast.mean);
            assert!(interval.lower == 0.0 || down >= *below - rounding, "{forecast:?}");
            assert!(interval.upper == MOST || up >= *above - rounding, "{forecast:?}");
            // What is cut off at zero or at the most says nothing about the next.
            (*below, *above) = (below.max(down), above.max(up));
        }
        date += Duration::days(1);
    }
}

#[test]
fn a_constant_history_goes_on_as_it_was() {
    let trained = train(&daily(vec![1_234.0; 100]), &plan());
    let report = trained.model.report();
    assert_eq!(report.served, ModelId::Naive);
    assert!(report.scores.iter().all(|score| score.mase.is_none() && score.mae == 0.0));
    let forecast = trained.model.predict(trained.model.last_reachable(), &Level::DEFAULTS).unwrap();
    assert_eq!(forecast.whole_mean().get(), 1_234);
    assert_sound(&daily(vec![1_234.0; 100]));
}

#[test]
fn plain_shapes_are_sound() {
    assert_sound(&daily(vec![0.0; 60]));
    assert_sound(&daily((0..200).map(|day| 1e6 - 5_000.0 * f64::from(day))));
    assert_sound(&daily((0..200).map(|day| 100.0 + 10.0 * f64::from(day % 7))));
    assert_sound(&daily((0..200).map(|day| f64::from(day / 100) * MOST)));
    assert_sound(&daily((0..120).map(|day| 1.3_f64.powi(day))));
    assert_sound(&daily((0..120).map(|day| MOST * 0.8_f64.powi(day))));
    assert_sound(&hourly((0..72).map(|hour| 50.0 + f64::from(hour % 24))));
}

#[test]
fn an_exploding_history_does_not_explode_the_forecast() {
    let history = daily((0..200).map(|day| 1_000.0 * 1.05_f64.powi(day)));
    let trained = train(&history, &plan());
    let last = history.last().unwrap().followers.as_f64();
    let fastest = last - history[history.len() - 2].followers.as_f64();
    let report = trained.model.report();
    for ahead in 1..=90_i32 {
        let forecast = trained.model.predict(report.last_date + Duration::days(ahead.into()), &[]).unwrap();
        assert!(forecast.mean <= last + 1.5 * fastest * f64::from(ahead) + 1.0, "{ahead} days ahead: {forecast:?}");
    }
}

/// What a year of days may look like that holds no surprise.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Zero,
    Constant,
    Linear(f64),
    Weekly(f64, [f64; 7]),
    Exploding,
}

impl Shape {
    fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            Just(Self::Zero),
            Just(Self::Constant),
            (1_u16..500).prop_map(|slope| Self::Linear(slope.into())),
            (20_u16..200, prop::array::uniform7(0_u16..300))
                .prop_map(|(slope, bumps)| Self::Weekly(slope.into(), bumps.map(f64::from))),
            Just(Self::Exploding),
        ]
    }

    /// The value so many days after `start`.
    fn after(self, start: f64, days: usize) -> f64 {
        let number = i32::try_from(days).unwrap();
        match self {
            Self::Zero => 0.0,
            Self::Constant => start,
            Self::Linear(slope) => start + slope * f64::from(number),
            Self::Weekly(slope, bumps) => {
                let gained: f64 = bumps.iter().cycle().take(days).sum();
                start + slope * f64::from(number) + gained
            }
            Self::Exploding => start.max(1.0) * 1.05_f64.powi(number),
        }
    }
}

/// Checks a year of a shape after `known` days of something else, and that it goes on as a shape should.
fn assert_goes_on(known: &[f64], shape: Shape) {
    let start = known.last().copied().unwrap_or(2_000.0);
    let year = (1..=365).map(|days| shape.after(start, days));
    let history = daily(known.iter().copied().chain(year));
    let trained = assert_sound(&history);
    let last = trained.model.report().last_date;
    for ahead in 1..=14_usize {
        let date = last + Duration::days(i64::try_from(ahead).unwrap());
        let mean = trained.model.predict(date, &[]).unwrap().mean;
        let truth = shape.after(start, 365 + ahead);
        let tolerance = match shape {
            // A model that would go below zero is as right as one that stays there, in every backtest.
            Shape::Zero => 0.001 * start,
            Shape::Constant => 0.5,
            Shape::Linear(_) => 0.01 * truth,
            Shape::Weekly(..) => 1.0,
            Shape::Exploding => truth,
        };
        assert!((mean - truth).abs() <= tolerance, "{ahead} days ahead: {mean}, {truth} goes on {shape:?}");
    }
}

/// Found by the property below: a history whose end is too thin for the seasonal baseline, which was the best one
/// before.
#[test]
fn a_baseline_that_the_end_of_the_history_does_not_allow_is_left_out() {
    let minutes = [146, 1_748, 11_465, 17_685, 20_475, 21_618, 27_986, 36_368, 43_946, 59_707];
    let history: Vec<Observation> = minutes
        .into_iter()
        .map(|minute| {
            observation(begin() + Duration::minutes(minute), 900.0 + f64::from(u8::try_from(minute % 50).unwrap()))
        })
        .collect();
    assert!(try_train(&history, &plan()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 40, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn a_year_of_a_plain_shape_goes_on(shape in Shape::any()) {
        assert_goes_on(&[], shape);
    }

    #[test]
    fn a_year_of_a_plain_shape_goes_on_whatever_was_before(shape in Shape::any(), seed: u64, days in 1_usize..120) {
        assert_goes_on(&walk(days, seed, 5_000.0, 10.0, 60.0), shape);
    }

    #[test]
    fn any_daily_history_is_sound(values in prop::collection::vec(prop_oneof![0.0..1e3, 1e3..1e7, 0.0..MOST], 8..120)) {
        assert_sound(&daily(values));
    }

    #[test]
    fn any_walk_with_gaps_is_sound(
        steps in prop::collection::vec((1_i64..4, -500.0..600.0), 8..150),
        level in 0.0..1e6,
        posts in any::<bool>(),
    ) {
        let (mut at, mut level, mut total) = (begin(), level, 0);
        let history: Vec<Observation> = steps
            .into_iter()
            .map(|(days, change): (i64, f64)| {
                at += Duration::days(days);
                level += change;
                total += u64::from(change > 0.0);
                let posts = posts.then(|| Followers::new(total).unwrap());
                Observation { posts, ..observation(at, level) }
            })
            .collect();
        assert_sound(&history);
    }

    #[test]
    fn any_times_give_a_model_or_say_what_is_missing(mut minutes in prop::collection::vec(0_i64..60_000, 0..200)) {
        minutes.sort_unstable();
        minutes.dedup();
        let history: Vec<Observation> =
            minutes.into_iter().map(|minute| observation(begin() + Duration::minutes(minute), 900.0 + f64::from(u8::try_from(minute % 50).unwrap()))).collect();
        match try_train(&history, &plan()) {
            Ok(_) => drop(assert_sound(&history)),
            Err(TrainingError::InsufficientData { found, needed }) => prop_assert!(found < needed),
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}
