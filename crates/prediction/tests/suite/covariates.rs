//! Covariates: effects that were planted are found, none are made up, and nothing leaks into the past.

use atalaya_application::ports::forecaster::{Covariate, CovariateValue, Forecaster, Trained, TrainingPlan};
use atalaya_domain::forecast::{CovariateVerdict, KnownSince, Level, ModelId, ModelScore};
use atalaya_domain::observation::Observation;
use atalaya_prediction::{SmartForecaster, deterministic_checksum};
use chrono::{DateTime, Duration, Utc};

use crate::fixtures::{begin, busy_account, channel, daily, day, hourly, noise, normals, plan, plan_of, train};

const DAYS: usize = 400;
/// The deviation of what days bring.
const DEVIATION: f64 = 40.0;
/// What days bring more or less, from the first weekday of the history on.
const WEEK: [f64; 7] = [40.0, 20.0, 0.0, -10.0, -20.0, -30.0, 0.0];

/// A random walk with a drift of 60 a day and a week, and what some days bring besides.
fn history(seed: u64, brought: impl Fn(usize) -> f64) -> Vec<Observation> {
    let mut level = 100_000.0;
    let days = normals(seed).take(DAYS).zip(0..).zip(WEEK.into_iter().cycle());
    daily(days.map(|((normal, number), week)| {
        level += 60.0 + week + DEVIATION * normal + brought(number);
        level
    }))
}

/// Between 8 and 12 different days, none of them the first.
fn some_days(seed: u64) -> Vec<usize> {
    let wanted = 8 + usize::try_from(seed % 5).unwrap();
    let mut days: Vec<usize> = Vec::new();
    for number in noise(seed.wrapping_mul(31).wrapping_add(7)) {
        let number = whole((number + 0.5) * 399.0) + 1;
        if number < DAYS && !days.contains(&number) {
            days.push(number);
        }
        if days.len() == wanted {
            break;
        }
    }
    days.sort_unstable();
    days
}

fn whole(value: f64) -> usize {
    (0..DAYS).take_while(|number| f64::from(u32::try_from(*number).unwrap()) < value.floor()).count()
}

fn noon(number: usize) -> DateTime<Utc> {
    begin() + Duration::days(number.try_into().unwrap())
}

/// A flag on days, each known so many days before it.
fn campaigns(days: &[usize], known_before: i64) -> Covariate {
    let value = |number: &usize| CovariateValue {
        day: day((*number).try_into().unwrap()),
        value: 1.0,
        known_since: noon(*number) - Duration::days(known_before),
    };
    let values = days.iter().map(value).collect();
    Covariate { name: "campaigns".into(), lag_days: 0, zero_without: true, values, basis: KnownSince::Recorded }
}

fn with(covariates: Vec<Covariate>, models: &[ModelId]) -> TrainingPlan {
    TrainingPlan { covariates, ..plan_of(models) }
}

/// Few models, as the many take long.
const FEW: [ModelId; 3] = [ModelId::DynamicTheta, ModelId::Ridge, ModelId::Mstl];

fn is_kept(trained: &Trained) -> bool {
    trained.model.report().covariates.iter().any(|outcome| outcome.verdict == CovariateVerdict::Kept)
}

/// What was measured on histories.
#[derive(Debug, Default)]
struct Tally {
    events: usize,
    /// Events whose interval leaves out 0.
    found: usize,
    /// Events whose interval holds what was planted.
    held: usize,
    /// Histories in which an event was found, and in which the covariate was kept.
    any: usize,
    kept: usize,
}

/// Histories whose campaigns brought as much as `planted`, each announced a month before.
fn tally(histories: u64, planted: f64) -> Tally {
    let mut tally = Tally::default();
    for seed in 0..histories {
        let days = some_days(seed);
        let history = history(seed + 1_000, |number| if days.contains(&number) { planted } else { 0.0 });
        let trained = train(&history, &with(vec![campaigns(&days, 30)], &FEW));
        let events = trained.model.events();
        let found = events.iter().filter(|event| event.is_found()).count();
        tally.events += events.len();
        tally.found += found;
        tally.held += events.iter().filter(|event| event.lower <= planted && planted <= event.upper).count();
        tally.any += usize::from(found > 0);
        tally.kept += usize::from(is_kept(&trained));
    }
    tally
}

#[test]
fn effects_of_three_deviations_are_found_and_held_by_their_intervals() {
    for planted in [3.0 * DEVIATION, -3.0 * DEVIATION] {
        let tally = tally(15, planted);
        assert!(tally.found * 10 >= tally.events * 9 && tally.held * 10 >= tally.events * 9, "{tally:?}");
        assert!(tally.events > 15 * 8 && tally.kept >= 13, "{tally:?}");
    }
}

#[test]
fn where_nothing_was_planted_hardly_anything_is_found_and_nothing_kept() {
    let tally = tally(40, 0.0);
    assert!(tally.any * 20 <= 40 && tally.found * 20 <= tally.events, "{tally:?}");
    assert!(tally.kept <= 1, "{tally:?}");
}

/// Campaigns until the end of the history and beyond, and a history that followed them.
fn announced() -> (Vec<Observation>, Vec<usize>) {
    let days: Vec<usize> = (20..DAYS + 40).step_by(26).collect();
    let history = history(5, |number| if days.contains(&number) { 200.0 } else { 0.0 });
    (history, days)
}

#[test]
fn a_campaign_to_come_raises_the_forecast_from_its_day_on() {
    let (history, days) = announced();
    let trained = train(&history, &with(vec![campaigns(&days, 30)], &FEW));
    let report = trained.model.report();
    assert!(is_kept(&trained), "{:?}", report.covariates);
    let unit = report.covariates[0].effect;
    assert!((150.0..250.0).contains(&unit), "{unit}");
    let coming = day((*days.iter().find(|number| **number >= DAYS).unwrap()).try_into().unwrap());
    let mean = |ahead: i64| trained.model.predict(coming + Duration::days(ahead), &[]).unwrap().mean;
    assert!(mean(0) - mean(-1) > 100.0 + mean(-1) - mean(-2), "{} {} {}", mean(-2), mean(-1), mean(0));
    let shares = |ahead: i64| trained.model.shares(coming + Duration::days(ahead)).unwrap();
    assert!(shares(-1)[0].events.is_empty() && shares(-1)[0].effect == 0.0);
    let share = &shares(0)[0];
    assert_eq!((share.covariate.as_str(), share.events.len(), share.assumed_from), ("campaigns", 1, None));
    assert_eq!((share.events[0].date, share.events[0].effect.to_bits()), (coming, unit.to_bits()));
    assert!(share.margin > 0.0 && share.margin < unit);
}

#[test]
fn after_the_last_announcement_what_is_usual_is_assumed_and_said() {
    let (history, days) = announced();
    let trained = train(&history, &with(vec![campaigns(&days, 30)], &FEW));
    let last = day((*days.last().unwrap()).try_into().unwrap());
    assert_eq!(trained.model.shares(last).unwrap()[0].assumed_from, None);
    let share = trained.model.shares(last + Duration::days(20)).unwrap().remove(0);
    assert_eq!(share.assumed_from, Some(last + Duration::days(1)));
    let known: f64 = share.events.iter().map(|event| event.effect).sum();
    assert!(share.effect > known && share.effect < known + 2.0 * 200.0, "{share:?}");
    let supposing = |value: f64| trained.model.supposing(&[("campaigns".into(), value)]).unwrap();
    let none = supposing(0.0);
    assert_eq!(none.used, [("campaigns".to_owned(), 0.0)]);
    let there = last + Duration::days(20);
    let usual = trained.model.predict(there, &[]).unwrap().mean;
    let moved = usual - none.model.predict(there, &[]).unwrap().mean;
    assert!((moved - (share.effect - known)).abs() < 1e-6, "{moved}");
    assert_eq!(none.model.shares(there).unwrap()[0].assumed_from, None);
    // Nobody has seen two a day.
    assert_eq!(supposing(2.0).used[0].1.to_bits(), 1.0_f64.to_bits());
    assert!(trained.model.supposing(&[("others".into(), 1.0)]).is_none());
}

#[test]
fn the_parts_add_up_with_covariates_among_them() {
    let (history, days) = announced();
    let trained = train(&history, &with(vec![campaigns(&days, 30)], &FEW));
    let supposed = trained.model.supposing(&[("campaigns".into(), 1.0)]).unwrap().model;
    for model in [&trained.model, &supposed] {
        let mut date = model.report().explanation.date;
        while date <= model.last_reachable() {
            let explanation = model.explain(date).unwrap().unwrap();
            let forecast = model.predict(date, &[]).unwrap().mean;
            assert!((explanation.prediction() - forecast).abs() <= 1e-9 * forecast, "{date}");
            let shares: f64 = model.shares(date).unwrap().iter().map(|share| share.effect).sum();
            assert!((explanation.covariates - shares).abs() < 1e-6);
            date += Duration::days(1);
        }
    }
}

#[test]
fn what_was_known_only_afterwards_proves_nothing_and_changes_no_forecast() {
    let (history, days) = announced();
    let plain = train(&history, &with(Vec::new(), &FEW));
    // Somebody imports the campaigns of the past today.
    let past: Vec<usize> = days.into_iter().filter(|number| *number < DAYS).collect();
    let mut imported = campaigns(&past, 0);
    for value in &mut imported.values {
        value.known_since = noon(DAYS);
    }
    let trained = train(&history, &with(vec![imported], &FEW));
    let outcome = &trained.model.report().covariates[0];
    assert_eq!((outcome.verdict, outcome.days), (CovariateVerdict::FewDays, 0));
    assert!(trained.model.report().without_covariates.is_none());
    let mut date = day(0);
    while date <= plain.model.last_reachable() {
        let answers = |trained: &Trained| trained.model.predict(date, &Level::DEFAULTS).unwrap();
        assert_eq!(answers(&trained), answers(&plain));
        date += Duration::days(1);
    }
    // What they brought is measured all the same.
    let found = trained.model.events().iter().filter(|event| event.is_found()).count();
    assert!(found * 10 >= trained.model.events().len() * 9, "{found}");
}

#[test]
fn a_comparison_says_how_much_worse_it_is_without() {
    let (history, days) = announced();
    let trained = train(&history, &with(vec![campaigns(&days, 30)], &FEW));
    let report = trained.model.report();
    let without = report.without_covariates.as_ref().unwrap();
    assert!(report.served_score().unwrap().mae < without.mae);
    let plain = train(&history, &with(Vec::new(), &FEW));
    assert_eq!(plain.model.report().served_score().unwrap().mae.to_bits(), without.mae.to_bits());
    let outcome = &report.covariates[0];
    assert!(outcome.days >= 3 && outcome.error_with < outcome.error_without, "{outcome:?}");
}

#[test]
fn a_version_with_covariates_is_read_back_as_it_was() {
    let (history, days) = announced();
    let noise =
        Covariate { name: "others".into(), lag_days: 2, basis: KnownSince::Declared, ..campaigns(&some_days(3), 30) };
    let trained = train(&history, &with(vec![campaigns(&days, 30), noise.clone()], &FEW));
    let reopened = SmartForecaster::new().open(&trained.artifact).unwrap();
    let report = trained.model.report();
    assert_eq!(reopened.report().covariates, report.covariates);
    assert_eq!(reopened.report().explanation, report.explanation);
    let mae = |score: &ModelScore| (score.mae.to_bits(), score.coverage_by_step.clone());
    assert_eq!(reopened.report().without_covariates.as_ref().map(mae), report.without_covariates.as_ref().map(mae));
    assert_eq!(reopened.events(), trained.model.events());
    assert!(reopened.events().iter().any(|event| event.covariate == "others"));
    let date = report.last_date + Duration::days(30);
    assert_eq!(reopened.predict(date, &Level::DEFAULTS), trained.model.predict(date, &Level::DEFAULTS));
    assert_eq!(reopened.explain(date), trained.model.explain(date));
    assert_eq!(reopened.shares(date), trained.model.shares(date));
    assert_eq!(trained.artifact[8], 6);
    let bases: Vec<KnownSince> = reopened.report().covariates.iter().map(|outcome| outcome.basis).collect();
    assert_eq!(bases, [KnownSince::Recorded, KnownSince::Declared]);
    let again = train(&history, &with(vec![campaigns(&days, 30), noise], &FEW));
    assert_eq!(deterministic_checksum(&again.artifact), deterministic_checksum(&trained.artifact));
}

#[test]
fn a_lag_counts_from_the_day_of_the_value() {
    let days: Vec<usize> = (20..DAYS).step_by(26).collect();
    let history = history(6, |number| if number > 3 && days.contains(&(number - 3)) { 200.0 } else { 0.0 });
    let effect = |lag_days: u8| {
        let covariate = Covariate { lag_days, ..campaigns(&days, 30) };
        train(&history, &with(vec![covariate], &[ModelId::Theta])).model.report().covariates[0].effect
    };
    assert!((150.0..250.0).contains(&effect(3)), "{}", effect(3));
    assert!(effect(0).abs() < 50.0 && effect(7).abs() < 50.0);
}

#[test]
fn a_number_of_every_day_is_a_covariate_without_events() {
    let spent: Vec<f64> = noise(8).take(DAYS).map(|noise| 100.0 * (noise + 0.5)).collect();
    let history = history(9, |number| 2.0 * spent[number]);
    let value = |(number, value): (usize, &f64)| CovariateValue {
        day: day(number.try_into().unwrap()),
        value: *value,
        known_since: noon(number) - Duration::days(20),
    };
    let values = spent.iter().enumerate().map(value).collect();
    let covariate =
        Covariate { name: "spend".into(), lag_days: 0, zero_without: false, values, basis: KnownSince::Declared };
    let trained = train(&history, &with(vec![covariate], &FEW));
    let outcome = &trained.model.report().covariates[0];
    assert!(outcome.is_kept() && (outcome.effect - 2.0).abs() < 0.4, "{outcome:?}");
    assert!(trained.model.events().is_empty());
}

#[test]
fn hours_have_no_covariates() {
    let history = hourly((0..90).map(|hour| 900.0 + f64::from(hour * hour % 13)));
    let trained = train(&history, &with(vec![campaigns(&[1, 2], 5)], &FEW));
    assert_eq!(trained.model.report().covariates[0].verdict, CovariateVerdict::HourlyGrid);
    assert!(trained.model.shares(trained.model.report().explanation.date).unwrap().is_empty());
}

#[test]
fn without_covariates_the_bytes_are_those_of_before() {
    for history in [channel(), busy_account(200)] {
        let trained = train(&history, &plan());
        assert_eq!(trained.artifact[8], 5);
        let reopened = SmartForecaster::new().open(&trained.artifact).unwrap();
        assert!(reopened.report().covariates.is_empty() && reopened.events().is_empty());
        assert_eq!(reopened.report(), trained.model.report());
    }
    // Written by the program before it knew covariates, from the same history and plan.
    let before = include_bytes!("../data/version_of_format_5.model");
    let trained = train(&channel(), &plan());
    assert_eq!(deterministic_checksum(&trained.artifact), deterministic_checksum(before));
}
