//! Goals, sums and totals: they agree with the forecasts of single dates, and are the same every time.

use atalaya_application::ports::forecaster::{Forecaster, TrainedModel};
use atalaya_domain::forecast::{GoalForecast, Level, ModelId, OutOfReach, Period, Spread};
use atalaya_prediction::SmartForecaster;
use chrono::Duration;

use crate::fixtures::{account, daily, hourly, normals, plan, plan_of, train, walk};

fn width(spread: &Spread, place: usize) -> f64 {
    spread.intervals[place].upper - spread.intervals[place].lower
}

/// A level with noise around it.
fn noisy(days: usize, seed: u64) -> Vec<f64> {
    (0..).zip(normals(seed).take(days)).map(|(day, normal)| 5_000.0 + 8.0 * f64::from(day) + 12.0 * normal).collect()
}

#[test]
fn growth_until_a_date_is_spread_as_the_interval_of_that_date() {
    for values in [account(200, 3), noisy(200, 4), walk(200, 5, 20_000.0, 20.0, 15.0)] {
        let trained = train(&daily(values), &plan());
        let report = trained.model.report();
        let last = report.explanation.last_value;
        for ahead in [1, 2, 3, 7, 14, 30, 90] {
            let date = report.last_date + Duration::days(ahead);
            let point = trained.model.predict(date, &Level::DEFAULTS).unwrap();
            let total = trained.model.periods(date, Period::Total, &Level::DEFAULTS).unwrap();
            let [total] = total.as_slice() else { panic!("one total") };
            assert!((total.net_growth.mean - (point.mean - last)).abs() < 1e-6, "{ahead} days ahead");
            for (sampled, said) in total.net_growth.intervals.iter().zip(&point.intervals) {
                let half = (said.upper - said.lower) / 2.0;
                let apart = (sampled.lower + last - said.lower).abs().max((sampled.upper + last - said.upper).abs());
                assert!(apart < 0.12 * half, "{ahead} days ahead: {sampled:?}, {said:?}");
            }
        }
    }
}

#[test]
fn periods_join_without_a_gap_and_their_means_add_up() {
    let trained = train(&daily(account(200, 6)), &plan());
    let (model, last_date) = (&trained.model, trained.model.report().last_date);
    let until = last_date + Duration::days(75);
    for period in [Period::Week, Period::Month, Period::Total] {
        let found = model.periods(until, period, &Level::DEFAULTS).unwrap();
        assert_eq!((found[0].from, found.last().unwrap().until), (last_date + Duration::days(1), until));
        assert!(found.windows(2).all(|pair| pair[1].from == pair[0].until + Duration::days(1)));
        assert_eq!(found.iter().map(|one| one.days).sum::<u32>(), 75);
        let means: f64 = (1..=75).map(|day| model.predict(last_date + Duration::days(day), &[]).unwrap().mean).sum();
        assert!((found.iter().map(|one| one.sum.mean).sum::<f64>() / means - 1.0).abs() < 1e-12);
        for one in &found {
            let spreads = [&one.sum, &one.net_growth];
            assert!(
                spreads.iter().all(|spread| spread.intervals.iter().all(|interval| interval.contains(spread.mean)))
            );
            assert!(spreads.iter().all(|spread| width(spread, 0) < width(spread, 1)), "{one:?}");
        }
    }
}

#[test]
fn errors_that_add_up_spread_a_sum_more_than_those_that_do_not() {
    let relative = |values: Vec<f64>| {
        let trained = train(&daily(values), &plan());
        let until = trained.model.report().last_date + Duration::days(14);
        let total = trained.model.periods(until, Period::Total, &Level::DEFAULTS).unwrap();
        // Of 14 days: 14 times the last day's width if all errors are one, nearly a quarter of it if none knows
        // another.
        width(&total[0].sum, 0) / width(&total[0].net_growth, 0)
    };
    let (noise, wander) = (relative(noisy(300, 7)), relative(walk(300, 8, 50_000.0, 20.0, 15.0)));
    assert!((3.0..7.5).contains(&noise), "{noise}");
    assert!((7.0..11.0).contains(&wander), "{wander}");
}

#[test]
fn a_goal_is_reached_later_the_surer_one_wants_to_be() {
    let trained = train(&daily(walk(300, 9, 50_000.0, 20.0, 60.0)), &plan());
    let (model, report) = (&trained.model, trained.model.report());
    let target = report.explanation.last_value + 600.0;
    let goal = model.goal(target, None).unwrap();
    let [early, middle, late] = goal.dates.map(Option::unwrap);
    assert!(report.last_date < early && early < middle && middle < late, "{goal:?}");
    assert_eq!((goal.by, goal.until), (None, model.last_reachable()));
    let chances: Vec<f64> = [5, 15, 30, 60, 90]
        .map(|days| {
            let date = report.last_date + Duration::days(days);
            let chance = model.goal(target, Some(date)).unwrap().by.unwrap();
            assert!((chance.pace_needed - 600.0 / f64::from(i32::try_from(days).unwrap())).abs() < 1e-9);
            chance.probability
        })
        .to_vec();
    assert!(chances.is_sorted() && chances[0] < 0.3 && chances[4] > 0.7, "{chances:?}");
    let at_middle = model.goal(target, Some(middle)).unwrap().by.unwrap();
    assert!((0.5..0.6).contains(&at_middle.probability), "{at_middle:?}");
}

#[test]
fn a_goal_that_is_reached_already_and_one_that_never_is_say_so() {
    let trained = train(&daily(account(200, 10)), &plan_of(&[ModelId::Drift]));
    let last = trained.model.report().explanation.last_value;
    let reached = trained.model.goal(last, Some(trained.model.last_reachable())).unwrap();
    assert_eq!(reached.dates, [Some(trained.model.report().last_date); 3]);
    assert!((reached.by.unwrap().probability - 1.0).abs() < 1e-12 && reached.by.unwrap().pace_needed == 0.0);
    assert_eq!(trained.model.goal(1e12, None).unwrap().dates, [None; 3]);
    let in_history = OutOfReach::InHistory { last: trained.model.report().last_date };
    assert_eq!(trained.model.goal(1e9, Some(trained.model.report().last_date)).unwrap_err(), in_history);
    let beyond = trained.model.last_reachable() + Duration::days(1);
    assert!(trained.model.periods(beyond, Period::Week, &[]).is_err() && trained.model.outlook(beyond).is_err());
}

#[test]
fn sample_paths_are_the_same_every_time_and_after_the_version_was_stored() {
    let trained = train(&daily(account(150, 11)), &plan());
    let opened = SmartForecaster::new().open(&trained.artifact).unwrap();
    let until = trained.model.last_reachable();
    let answers = |model: &dyn TrainedModel| -> (GoalForecast, _, _) {
        let goal = model.goal(model.report().explanation.last_value + 300.0, Some(until)).unwrap();
        (goal, model.periods(until, Period::Week, &Level::DEFAULTS).unwrap(), model.outlook(until).unwrap())
    };
    assert_eq!(answers(trained.model.as_ref()), answers(opened.as_ref()));
    assert_eq!(answers(opened.as_ref()), answers(opened.as_ref()));
}

#[test]
fn an_hourly_account_has_periods_of_days() {
    let values = normals(12)
        .take(400)
        .enumerate()
        .map(|(hour, normal)| 5_000.0 + f64::from(u32::try_from(hour).unwrap()) + 10.0 * normal);
    let trained = train(&hourly(values), &plan());
    let until = trained.model.report().last_date + Duration::days(10);
    let found = trained.model.periods(until, Period::Total, &Level::DEFAULTS).unwrap();
    assert_eq!(found[0].days, 10);
}

#[test]
fn together_the_means_add_up_and_what_accounts_have_in_common_widens_the_sum() {
    let shared: Vec<f64> = normals(13).take(200).collect();
    let forecaster = SmartForecaster::new();
    let together = |common: f64| {
        let outlooks: Vec<_> = (0..10)
            .map(|seed| {
                let mut level = 20_000.0;
                let values: Vec<f64> = normals(100 + seed)
                    .zip(&shared)
                    .map(|(own, shared)| {
                        level += 10.0 + 20.0 * (common * shared + (1.0 - common * common).sqrt() * own);
                        level
                    })
                    .collect();
                let trained = train(&daily(values), &plan_of(&[ModelId::Drift]));
                trained.model.outlook(trained.model.report().last_date + Duration::days(14)).unwrap()
            })
            .collect();
        let means: f64 = outlooks.iter().map(|outlook| outlook.mean).sum();
        let found = forecaster.together(&outlooks, &Level::DEFAULTS);
        assert!((found.total.mean - means).abs() < 1e-6);
        assert_eq!(found, forecaster.together(&outlooks, &Level::DEFAULTS));
        (found.correlation, width(&found.total, 0))
    };
    let (alone, narrow) = together(0.0);
    let (joint, wide) = together(0.95);
    assert!(alone < 0.2 && joint > 0.5, "{alone}, {joint}");
    assert!(wide > 1.8 * narrow, "{narrow}, {wide}");
    let none = forecaster.together(&[], &Level::DEFAULTS);
    assert_eq!((none.total.mean, none.correlation), (0.0, 0.0));
}
