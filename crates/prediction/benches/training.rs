//! What a training run, opening an artifact, answering a date and fitting a forest cost.

mod material;

use std::hint::black_box;
use std::time::Duration;

use atalaya_application::ports::forecaster::Forecaster;
use atalaya_domain::forecast::{Level, Period};
use atalaya_prediction::SmartForecaster;
use chrono::Days;
use criterion::Criterion;
use material::{FURTHEST, TREES, TRIED, company, forecast_series, forest, friedman, history, matrix, total_of, train};

/// The account that is trained on.
const SEED: u64 = 7;

fn main() {
    let few = Criterion::default().sample_size(10).warm_up_time(Duration::from_millis(500));
    let mut criterion = few.measurement_time(Duration::from_secs(4)).configure_from_args();
    training(&mut criterion);
    answering(&mut criterion);
    joint_answers(&mut criterion);
    forests(&mut criterion);
    criterion.final_summary();
}

fn training(criterion: &mut Criterion) {
    for days in [1_000, 1_095] {
        let history = history(days, SEED);
        criterion.bench_function(&format!("train on {days} days, all models"), |bench| {
            bench.iter(|| train(black_box(&history)).is_ok());
        });
    }
    criterion.bench_function("train on a series of 20000 points, all models", |bench| {
        bench.iter(|| forecast_series(black_box(20_000)).is_ok());
    });
}

fn answering(criterion: &mut Criterion) {
    let Ok(trained) = train(&history(1_000, SEED)) else { return };
    let forecaster = SmartForecaster::new();
    let date = trained.model.report().last_date + Days::new(30);
    criterion.bench_function("open an artifact", |bench| {
        bench.iter(|| forecaster.open(black_box(&trained.artifact)).is_ok());
    });
    criterion.bench_function("predict a date from a stored model", |bench| {
        bench.iter(|| {
            let model = forecaster.open(black_box(&trained.artifact));
            model.is_ok_and(|model| model.predict(black_box(date), &Level::DEFAULTS).is_ok())
        });
    });
    criterion.bench_function("predict a date from memory", |bench| {
        bench.iter(|| trained.model.predict(black_box(date), &Level::DEFAULTS));
    });
}

/// Answers from sample paths, which are made for each anew.
fn joint_answers(criterion: &mut Criterion) {
    let Ok(company) = company() else { return };
    let Some(model) = company.first() else { return };
    let until = model.report().last_date + FURTHEST;
    criterion.bench_function("a goal that is never reached, over 365 days", |bench| {
        bench.iter(|| model.goal(black_box(1e9), Some(until)).is_ok());
    });
    criterion.bench_function("sums and growth of the weeks of 90 days", |bench| {
        bench.iter(|| model.periods(black_box(until), Period::Week, &Level::DEFAULTS).is_ok());
    });
    criterion.bench_function("100 accounts together, 90 days ahead", |bench| {
        bench.iter(|| total_of(&company, black_box(until)).is_ok());
    });
}

fn forests(criterion: &mut Criterion) {
    for rows in [1_000, 10_000] {
        let (x, y) = friedman(rows);
        let Ok(x) = matrix(&x) else { continue };
        for tried in TRIED {
            let name = format!("fit a forest to {rows} rows, {TREES} trees, {tried} inputs a split");
            criterion.bench_function(&name, |bench| bench.iter(|| forest(black_box(&x), &y, tried).is_ok()));
        }
    }
}
