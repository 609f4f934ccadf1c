//! What holds for every model alike.

use super::*;
use crate::calendar::Timeline;
use crate::features::FeatureSet;
use crate::series::Series;
use crate::testing::rhythm;
use atalaya_domain::forecast::ModelId;

fn path(model: atalaya_domain::forecast::ModelId, values: &[Option<f64>]) -> Vec<f64> {
    let first = chrono::NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
    let series = &Series::regular(Timeline::Daily { first }, values);
    let material = Material::new(series, FeatureSet::choose(series, 60).as_ref());
    let state = State::at(series, series.last());
    let past = Past { state: &state, values: series.bridged_values(series.last()) };
    FittedModel::fit(model, &material, series.last()).unwrap().forecast(past, 28).unwrap()
}

/// The mean size of the changes of [`rhythm`] is about 50: a thousandth of a follower is rounding.
const ROUNDING: f64 = 1e-3;

#[test]
fn no_model_depends_on_the_unit_or_the_zero_of_a_series() {
    let values = rhythm(250);
    for model in ModelId::choices() {
        let plain = path(model, &values);
        for (unit, zero) in [(1_000.0, 0.0), (0.037, 0.0), (1.0, 123_456.7), (1.0, -9_000_000.0)] {
            let moved: Vec<Option<f64>> = values.iter().map(|value| value.map(|value| value * unit + zero)).collect();
            let back = path(model, &moved).into_iter().map(|value| (value - zero) / unit);
            let apart = plain.iter().zip(back).map(|(plain, back)| (plain - back).abs()).fold(0.0, f64::max);
            assert!(apart < ROUNDING, "{model} in units of {unit} from {zero}: {apart}");
        }
    }
}

#[test]
fn no_model_changes_its_mind() {
    let values = rhythm(250);
    for model in ModelId::choices() {
        let bits = |path: Vec<f64>| path.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(path(model, &values)), bits(path(model, &values)), "{model}");
    }
}
