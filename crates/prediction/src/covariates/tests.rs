use atalaya_application::ports::forecaster::{Covariate, CovariateValue};
use chrono::{Duration, NaiveDate};

use super::columns::{Column, Columns, Origin};
use super::view::Views;
use crate::backtest::{Design, backtest};
use crate::models::Material;
use crate::run::Run;
use crate::series::Series;
use crate::testing::{daily, rhythm};
use atalaya_domain::forecast::{KnownSince, ModelId};

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 1).unwrap()
}

/// A value of a day, known since another, both counted from the first.
fn value(day: i64, known: i64, value: f64) -> CovariateValue {
    let known_since = (first() + Duration::days(known)).and_hms_opt(15, 0, 0).unwrap().and_utc();
    CovariateValue { day: first() + Duration::days(day), value, known_since }
}

fn columns(series: &Series, lag_days: u8, zero_without: bool, values: Vec<CovariateValue>) -> Columns {
    let basis = KnownSince::Recorded;
    let covariate = Covariate { name: "campaigns".into(), lag_days, zero_without, values, basis };
    Columns::lay(&[covariate], series.timeline(), chrono_tz::UTC)
}

fn known(columns: &Columns, origin: Origin, end: usize) -> (Vec<f64>, usize) {
    let known = columns.0[0].known(origin, end);
    (known.values, known.assumed_from)
}

#[test]
fn an_origin_knows_what_was_known_by_the_end_of_its_day() {
    let series = daily(&rhythm(40));
    let columns = columns(&series, 0, true, vec![value(5, 8, 1.0), value(13, 9, 1.0), value(13, 10, 3.0)]);
    let at = |origin: usize, index: usize| known(&columns, Origin::past(origin), 20).0[index];
    assert_eq!((at(7, 5), at(8, 5)), (0.0, 1.0), "what is written down later is not in the past of before");
    assert_eq!((at(8, 13), at(9, 13), at(10, 13)), (0.0, 1.0, 3.0), "what is corrected is known as it was");
    assert_eq!(known(&columns, Origin::past(8), 20).1, 9, "tomorrow is unknown where nothing is announced");
    assert_eq!(known(&columns, Origin::past(9), 20).1, 14, "until the last announcement the plan is known");
    assert_eq!(known(&columns, Origin::now(4), 20).0[4..6], [0.0, 1.0]);
}

#[test]
fn a_lag_tells_so_many_days_ahead() {
    let series = daily(&rhythm(40));
    let columns = columns(&series, 3, true, vec![value(10, 10, 1.0)]);
    let (values, assumed_from) = known(&columns, Origin::past(10), 20);
    assert_eq!((values[10], values[13], assumed_from), (0.0, 1.0, 14));
}

#[test]
fn a_day_without_a_number_is_as_its_weekday_usually_is() {
    let series = daily(&rhythm(40));
    let values = (0..21).map(|day| value(day, day, if day % 7 == 2 { 70.0 } else { 7.0 })).collect();
    let (values, assumed_from) = known(&columns(&series, 0, false, values), Origin::past(20), 27);
    assert_eq!((values[22], values[23], values[24], assumed_from), (7.0, 70.0, 7.0, 21));
}

#[test]
fn a_record_that_is_made_after_its_date_changes_no_earlier_origin() {
    let series = daily(&rhythm(300));
    let announced: Vec<CovariateValue> = (10..300).step_by(17).map(|day| value(day, day - 10, 1.0)).collect();
    let late = value(100, 280, 5.0);
    let mut with_late = announced.clone();
    with_late.push(late);
    let (one, other) = (columns(&series, 0, true, announced), columns(&series, 0, true, with_late));
    let design = Design::new(&series, None);
    let views = |columns: &Columns| {
        let columns: Vec<&Column> = columns.0.iter().collect();
        Views::new(&series, &design, &columns, 30)
    };
    let (one, other) = (views(&one), views(&other));
    let run = |views| Run::with_covariates(&series, design.clone(), views).material;
    let forecasts = |material: &Material<'_>, model| backtest(model, material, &design, &|| true).unwrap().splits;
    let earlier = design.splits.iter().filter(|split| split.origin < 280).count();
    assert!(earlier > 10 && earlier < design.splits.len());
    for (number, (one, other)) in one.at_splits.iter().zip(&other.at_splits).enumerate() {
        assert_eq!(one.ahead == other.ahead, number < earlier, "{number}");
    }
    let (one, other) = (run(&one), run(&other));
    for model in [ModelId::Naive, ModelId::DynamicTheta, ModelId::Mstl, ModelId::Ridge, ModelId::RandomForest] {
        let (one, other) = (forecasts(&one, model), forecasts(&other, model));
        assert_eq!(one[..earlier], other[..earlier], "{model}");
    }
}

#[test]
fn a_series_without_what_was_brought_ends_where_it_did() {
    let series = daily(&rhythm(200));
    let columns = columns(&series, 0, true, (30..200).step_by(30).map(|day| value(day, day - 9, 1.0)).collect());
    let columns: Vec<&Column> = columns.0.iter().collect();
    let views = Views::new(&series, &Design::new(&series, None), &columns, 10);
    assert_eq!(views.at_end.series.value(199), series.value(199));
    let brought = views.at_end.ahead.brought(100, 199);
    let raised = views.at_end.series.value(100).unwrap() - series.value(100).unwrap();
    assert!((raised - brought).abs() < 1e-9 && (views.at_end.series.taken_out(100) + brought).abs() < 1e-9);
}
