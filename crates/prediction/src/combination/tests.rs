use proptest::prelude::*;

use super::*;
use crate::backtest::{Evidence, Split};
use crate::unrest::Unrest;

fn score(model: ModelId, error: f64, mase: Option<f64>) -> ModelScore {
    ModelScore {
        model,
        mae: error,
        rmse: error,
        medae: error,
        r2: None,
        evs: None,
        mape: None,
        smape: error,
        mase,
        coverage_80: 0.8,
        coverage_95: 0.95,
        coverage_by_step: Vec::new(),
        msis_95: None,
        fit_time: Duration::ZERO,
    }
}

/// Scores beside that of the last value among them.
fn beside_naive(scores: Vec<ModelScore>) -> Vec<(ModelScore, Option<ModelScore>)> {
    let naive = scores.iter().find(|score| score.model == ModelId::Naive).cloned();
    scores.into_iter().map(|score| (score, naive.clone())).collect()
}

fn order(scores: Vec<ModelScore>, weights: &MetricWeights) -> Vec<ModelId> {
    rate(beside_naive(scores), weights).into_iter().map(|rated| rated.score.model).collect()
}

#[test]
fn a_baseline_goes_before_a_regressor_that_is_only_as_good() {
    let scores = vec![
        score(ModelId::Naive, 2.0, Some(2.0)),
        score(ModelId::Ridge, 1.0, Some(1.0)),
        score(ModelId::Drift, 1.0, Some(1.0)),
    ];
    assert_eq!(order(scores, &MetricWeights::default()), [ModelId::Drift, ModelId::Ridge, ModelId::Naive]);
}

#[test]
fn undefined_measures_leave_the_mean_absolute_error_to_decide() {
    let scores = vec![score(ModelId::Naive, 2.0, None), score(ModelId::Ridge, 1.0, None)];
    let weights = MetricWeights::new(vec![(Metric::Mase, 1.0), (Metric::Mape, 1.0)]).unwrap();
    assert_eq!(order(scores, &weights), [ModelId::Ridge, ModelId::Naive]);
}

#[test]
fn nothing_beats_a_perfect_last_value() {
    let scores = vec![score(ModelId::Ridge, 1e-9, Some(1e-9)), score(ModelId::Naive, 0.0, Some(0.0))];
    assert_eq!(order(scores, &MetricWeights::default()), [ModelId::Naive, ModelId::Ridge]);
}

fn members(shares: &[(ModelId, f64)]) -> Vec<Member> {
    shares.iter().map(|(model, weight)| Member { model: *model, weight: *weight }).collect()
}

fn models(members: &[Member]) -> Vec<ModelId> {
    members.iter().map(|member| member.model).collect()
}

fn share(members: &[Member], model: ModelId) -> f64 {
    members.iter().find(|member| member.model == model).map_or(0.0, |member| member.weight)
}

fn total(members: &[Member]) -> f64 {
    members.iter().map(|member| member.weight).sum()
}

fn rated(errors: &[(ModelId, f64)]) -> Vec<Rated> {
    let mut scores = vec![score(ModelId::Naive, 1.0, Some(1.0))];
    scores.extend(errors.iter().map(|(model, error)| score(*model, *error, Some(*error))));
    rate(beside_naive(scores), &MetricWeights::default())
}

#[test]
fn shares_fall_with_the_cube_of_the_error() {
    let mixed = mixture(&rated(&[(ModelId::Ridge, 0.5), (ModelId::Theta, 0.4)]));
    assert_eq!(models(&mixed), [ModelId::Theta, ModelId::Ridge, ModelId::Naive]);
    assert!((total(&mixed) - 1.0).abs() < 1e-12);
    let ratio = share(&mixed, ModelId::Ridge) / share(&mixed, ModelId::Naive);
    assert!((ratio - 8.0).abs() < 1e-9, "{ratio}");
}

#[test]
fn models_of_one_kind_have_together_what_one_of_them_had() {
    let forests = [ModelId::DecisionTree, ModelId::RandomForest, ModelId::ExtraTrees, ModelId::GradientBoosting];
    let errors = forests.iter().chain([&ModelId::Ridge]).map(|model| (*model, 0.3));
    let mixed = mixture(&rated(&errors.collect::<Vec<_>>()));
    let of_forests: f64 = forests.iter().map(|model| share(&mixed, *model)).sum();
    assert!((of_forests - share(&mixed, ModelId::Ridge)).abs() < 1e-12, "{mixed:?}");
}

#[test]
fn models_with_over_three_times_the_least_error_are_dropped() {
    let mixed = mixture(&rated(&[(ModelId::Ridge, 0.3), (ModelId::Theta, 0.89), (ModelId::Holt, 0.91)]));
    assert_eq!(models(&mixed), [ModelId::Ridge, ModelId::Theta]);
}

#[test]
fn where_one_model_is_perfect_no_other_has_a_share() {
    let mixed = mixture(&rated(&[(ModelId::SeasonalNaive, 0.0), (ModelId::Ridge, 0.01)]));
    assert_eq!(models(&mixed), [ModelId::SeasonalNaive]);
}

#[test]
fn a_combination_is_no_member_of_itself() {
    let mixed = mixture(&rated(&[(ModelId::Combination, 0.1), (ModelId::Ridge, 0.3)]));
    assert!(!models(&mixed).contains(&ModelId::Combination));
}

#[test]
fn trust_grows_from_five_to_fifteen_per_cent_of_advantage() {
    for (error, trusted) in [(1.2, 0.0), (1.0, 0.0), (0.95, 0.0), (0.9, 0.5), (0.85, 1.0), (0.2, 1.0)] {
        assert!((trust(error, None) - trusted).abs() < 1e-9, "{error}: {}", trust(error, None));
    }
    assert!(trust(f64::MAX, None).abs() < f64::EPSILON);
}

#[test]
fn the_same_season_of_earlier_years_counts_seven_tenths() {
    // 0.3 of 0.8 and 0.7 of 0.95 is 0.905.
    assert!((trust(0.8, Some(0.95)) - 0.45).abs() < 1e-9);
    assert!(trust(0.8, Some(1.1)).abs() < f64::EPSILON);
    assert!((trust(1.0, Some(0.7)) - 1.0).abs() < 1e-9);
}

#[test]
fn what_is_not_trusted_goes_to_the_cautious_forecast() {
    let mixed = members(&[(ModelId::Ridge, 0.6), (ModelId::Naive, 0.4)]);
    let safe = members(&[(ModelId::Naive, 0.5), (ModelId::Drift, 0.5)]);
    let shares = shrunk(&mixed, &safe, 0.5);
    assert_eq!(models(&shares), [ModelId::Naive, ModelId::Ridge, ModelId::Drift]);
    for (model, expected) in [(ModelId::Naive, 0.45), (ModelId::Ridge, 0.3), (ModelId::Drift, 0.25)] {
        assert!((share(&shares, model) - expected).abs() < 1e-12, "{shares:?}");
    }
    assert_eq!(shrunk(&mixed, &safe, 0.0), safe);
    assert_eq!(shrunk(&mixed, &safe, 1.0), mixed);
}

#[test]
fn the_cautious_forecast_is_made_of_what_could_be_compared() {
    let of = |models: &[ModelId]| {
        let result = |model: &ModelId| Backtested { model: *model, splits: Vec::new(), fit_time: Duration::ZERO };
        cautious(&models.iter().map(result).collect::<Vec<_>>())
    };
    assert_eq!(
        of(&[ModelId::Naive, ModelId::Drift, ModelId::Ridge]),
        members(&[(ModelId::Naive, 0.5), (ModelId::Drift, 0.5)])
    );
    let third = 1.0 / 3.0;
    assert_eq!(
        of(&[ModelId::Naive, ModelId::Drift, ModelId::DynamicTheta]),
        members(&[(ModelId::Naive, third), (ModelId::Drift, third), (ModelId::DynamicTheta, third)])
    );
}

/// A design of splits at origins 10, 20, 30, the first of an earlier year, each with two targets.
fn design() -> Design {
    let split = |origin: usize| Split { origin, targets: vec![origin + 1, origin + 2], matched: origin == 10 };
    Design { splits: [10, 20, 30].map(split).into(), evidence: Evidence::apart(2), unrest: Unrest::default() }
}

/// What a model gave that is off by `error` everywhere, and nothing in the splits of earlier years where it is late.
fn result(model: ModelId, error: f64, late: bool) -> Backtested {
    let pairs = |(number, split): (usize, &Split)| -> Vec<Pair> {
        let targets = split.targets.iter().filter(|_| !(late && split.matched));
        let pair = |index: &usize| Pair {
            split: number,
            index: *index,
            step: index - split.origin,
            forecast: 100.0 + error,
            truth: 100.0,
        };
        targets.map(pair).collect()
    };
    Backtested { model, splits: design().splits.iter().enumerate().map(pairs).collect(), fit_time: Duration::ZERO }
}

#[test]
fn where_a_member_gave_nothing_the_others_share_its_weight() {
    let results =
        [result(ModelId::Naive, 8.0, false), result(ModelId::Drift, -4.0, false), result(ModelId::Mstl, 20.0, true)];
    let shares = members(&[(ModelId::Mstl, 0.5), (ModelId::Naive, 0.25), (ModelId::Drift, 0.25)]);
    let together = combined(&shares, &results, &design());
    let errors =
        |split: usize| -> Vec<f64> { together.splits[split].iter().map(|pair| pair.forecast - pair.truth).collect() };
    assert_eq!(together.model, ModelId::Combination);
    assert_eq!((errors(0), errors(1), errors(2)), (vec![2.0; 2], vec![11.0; 2], vec![11.0; 2]));
    let points: Vec<usize> = together.splits.iter().flatten().map(|pair| pair.index).collect();
    assert_eq!(points, [11, 12, 21, 22, 31, 32]);
}

#[test]
fn the_mean_of_equal_forecasts_is_that_forecast() {
    let results = [ModelId::Naive, ModelId::Drift, ModelId::Ses].map(|model| result(model, 0.1, false));
    let third = 1.0 / 3.0;
    let shares = members(&[(ModelId::Naive, third), (ModelId::Drift, third), (ModelId::Ses, third)]);
    let together = combined(&shares, &results, &design());
    assert!(together.splits.iter().flatten().all(|pair| pair.forecast.to_bits() == 100.1_f64.to_bits()));
}

#[test]
fn earlier_years_are_compared_where_both_have_them() {
    let (good, bad) = (result(ModelId::Ridge, 2.0, false), result(ModelId::Naive, 8.0, false));
    assert_eq!(matched_error(&good, &bad, &design()), Some(0.25));
    let late = result(ModelId::Mstl, 2.0, true);
    assert_eq!(matched_error(&late, &bad, &design()), None);
    assert_eq!(matched_error(&bad, &late, &design()), None);
}

proptest! {
    #[test]
    fn shares_add_up_to_one_and_none_is_negligible(
        errors in prop::collection::vec(0.0..3.0_f64, 18), trusted in 0.0..=1.0_f64,
    ) {
        let others = ModelId::ALL.iter().skip(1).copied().filter(|model| *model != ModelId::Combination);
        let mixed = mixture(&rated(&others.zip(errors).collect::<Vec<_>>()));
        let results = CAUTIOUS.map(|model| result(model, 1.0, false));
        let shares = shrunk(&mixed, &cautious(&results), trusted);
        prop_assert!((total(&shares) - 1.0).abs() < 1e-9);
        prop_assert!(shares.iter().all(|member| member.weight >= NEGLIGIBLE));
        prop_assert!(shares.is_sorted_by(|a, b| a.weight >= b.weight));
    }
}
