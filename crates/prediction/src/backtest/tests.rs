use super::*;
use crate::features::FeatureSet;
use crate::testing::{daily, rhythm};

/// A rhythm of which the last `replaced` days go differently.
fn otherwise(days: usize, replaced: usize) -> Vec<Option<f64>> {
    let mut values = rhythm(days);
    for (late, value) in values[days - replaced..].iter_mut().enumerate() {
        let size = count(late % 5) * 17.0 - 20.0;
        *value = value.map(|value| value + size);
    }
    values
}

fn material<'a>(series: &'a Series, design: &Design) -> Material<'a> {
    let features = FeatureSet::choose(series, design.earliest());
    Material::new(series, features.as_ref())
}

fn origins(design: &Design, matched: bool) -> Vec<usize> {
    design.splits.iter().filter(|split| split.matched == matched).map(|split| split.origin).collect()
}

#[test]
fn no_model_knows_what_comes_after_an_origin() {
    let days = 240;
    for replaced in [14, 56] {
        let (plain, other) = (daily(&rhythm(days)), daily(&otherwise(days, replaced)));
        assert!(plain.irregularities() == other.irregularities());
        let design = Design::new(&plain, None);
        assert_eq!(design.splits, Design::new(&other, None).splits);
        let (plain, other) = (material(&plain, &design), material(&other, &design));
        let known = design.splits.iter().filter(|split| split.origin < days - replaced).count();
        assert!(known > 0);
        for model in ModelId::choices() {
            let forecasts = |material: &Material<'_>| -> Vec<u64> {
                let backtested = backtest(model, material, &design, &|| true).unwrap();
                backtested.splits[..known].iter().flatten().map(|pair| pair.forecast.to_bits()).collect()
            };
            assert_eq!(forecasts(&plain), forecasts(&other), "{model}");
        }
    }
}

#[test]
fn every_model_is_tested_on_the_same_points() {
    let mut values = rhythm(400);
    values[350..354].fill(None);
    let series = daily(&values);
    let design = Design::new(&series, None);
    let material = material(&series, &design);
    let expected: Vec<(usize, usize, usize)> = design
        .recent()
        .flat_map(|(number, split)| split.targets.iter().map(move |index| (number, *index, index - split.origin)))
        .collect();
    assert_eq!(expected.len(), design.pairs());
    for model in ModelId::choices() {
        let pairs = backtest(model, &material, &design, &|| true).unwrap().recent(&design);
        let points: Vec<_> = pairs.iter().map(|pair| (pair.split, pair.index, pair.step)).collect();
        assert_eq!(points, expected, "{model}");
        assert!(pairs.iter().all(|pair| Some(pair.truth) == series.value(pair.index)));
    }
}

#[test]
fn three_years_are_tested_lately_and_at_the_same_season_of_earlier_years() {
    let design = Design::new(&daily(&rhythm(1_095)), None);
    // Two weeks before the last of 1,095 days, then every week before that.
    let lately: Vec<usize> = (0..16).rev().map(|back| 1_094 - 14 - 7 * back).collect();
    assert_eq!(origins(&design, false), lately);
    assert_eq!(origins(&design, true), [1_094 - 735, 1_094 - 728, 1_094 - 371, 1_094 - 364]);
    assert!(
        design.splits.iter().all(|split| split.targets == (split.origin + 1..=split.origin + 14).collect::<Vec<_>>())
    );
    assert!(design.splits.is_sorted_by_key(|split| split.origin));
    assert_eq!((design.origins(), design.pairs(), design.earliest()), (16, 16 * 14, lately[0]));
    // 15 half windows and one whole.
    assert!((design.evidence.independent - 8.5).abs() < 1e-12);
    assert!((design.evidence.freedom() - 15.0).abs() < 1e-12, "they overlap by half");
}

#[test]
fn where_there_are_no_earlier_years_none_are_tested() {
    for days in [60, 200, 400, 900] {
        let design = Design::new(&daily(&rhythm(days)), None);
        assert!(origins(&design, true).is_empty(), "{days} days");
        assert!(design.origins() > 5);
    }
}

#[test]
fn earlier_years_are_not_scored() {
    let series = daily(&rhythm(1_095));
    let design = Design::new(&series, None);
    let backtested = backtest(ModelId::Mstl, &material(&series, &design), &design, &|| true).unwrap();
    assert_eq!(backtested.splits.len(), design.splits.len());
    assert_eq!(backtested.recent(&design).len(), design.pairs());
    assert!(backtested.recent(&design).iter().all(|pair| !design.splits[pair.split].matched));
}

#[test]
fn a_model_is_judged_by_the_origins_that_it_can_do() {
    // Twenty-one days before a decomposition by weekday has two weeks: the first origins have fewer.
    let series = daily(&rhythm(24));
    let design = Design::new(&series, None);
    let backtested = backtest(ModelId::Mstl, &material(&series, &design), &design, &|| true).unwrap();
    assert!(!backtested.is_complete(&design) && backtested.splits[0].is_empty());
    let naive = backtest(ModelId::Naive, &material(&series, &design), &design, &|| true).unwrap();
    assert!(naive.is_complete(&design));
    let points = |pairs: Vec<Pair>| pairs.iter().map(|pair| (pair.split, pair.index)).collect::<Vec<_>>();
    let compared = naive.where_done(&backtested);
    assert_eq!(points(compared.recent(&design)), points(backtested.recent(&design)));
}

#[test]
fn a_model_that_can_do_hardly_any_origin_is_left_out_and_says_why() {
    let series = daily(&rhythm(15));
    let design = Design::new(&series, None);
    let refused = backtest(ModelId::Mstl, &material(&series, &design), &design, &|| true);
    assert_eq!(refused.err(), Some(Stopped::Model(ModelError::LessThanTwoSeasons)));
}

#[test]
fn where_windows_hold_hardly_a_point_each_is_forecast_from_the_one_before() {
    let monthly: Vec<Option<f64>> = (0..400).map(|day| (day % 57 == 0).then(|| count(day))).collect();
    let design = Design::new(&daily(&monthly), Some(1));
    let splits: Vec<(usize, Vec<usize>)> =
        design.splits.iter().map(|split| (split.origin, split.targets.clone())).collect();
    let expected: Vec<(usize, Vec<usize>)> = (1..7).map(|number| (57 * number, vec![57 * (number + 1)])).collect();
    assert_eq!(splits, expected);
    assert_eq!(design.evidence, Evidence::apart(6));
    assert!((design.evidence.freedom() - 5.0).abs() < 1e-12, "no two overlap");
}

#[test]
fn a_window_given_by_the_caller_bounds_how_far_is_tested() {
    let design = Design::new(&daily(&rhythm(300)), Some(3));
    assert!(design.splits.iter().all(|split| split.targets.len() == 3));
    assert_eq!(design.splits.last().map(|split| split.origin), Some(296));
}

#[test]
fn windows_side_by_side_do_not_overlap() {
    let design = Design::side_by_side(&daily(&rhythm(200)), 10, 4);
    assert_eq!(origins(&design, false), [159, 169, 179, 189]);
    assert_eq!(design.evidence, Evidence::apart(4));
    assert!((Evidence::apart(1).freedom() - 1.0).abs() < 1e-12);
}

#[test]
fn a_window_side_by_side_has_eight_points_before_it_however_long_it_is() {
    let first = |series: &Series, window| {
        Design::side_by_side(series, window, 50).splits.first().map(|split| (split.origin, split.targets.len()))
    };
    for window in [1, 5, 30] {
        assert_eq!(first(&daily(&rhythm(8 + window)), window), Some((7, window)));
        assert_eq!(first(&daily(&rhythm(8 + 3 * window)), window), Some((7, window)));
    }
    assert_eq!(first(&daily(&rhythm(37)), 30), None);
    let mut gaps = rhythm(30);
    gaps[1..14].fill(None);
    assert_eq!(first(&daily(&gaps), 5), Some((24, 5)), "steps without a value are no points");
}

#[test]
fn a_run_that_is_stopped_fits_no_more() {
    let series = daily(&rhythm(200));
    let design = Design::new(&series, None);
    let material = material(&series, &design);
    let asked = std::cell::Cell::new(0);
    let stopped = backtest(ModelId::Theta, &material, &design, &|| {
        asked.set(asked.get() + 1);
        asked.get() < 4
    });
    assert_eq!(stopped.err(), Some(Stopped::Cancelled));
    assert_eq!(asked.get(), 4);
}
