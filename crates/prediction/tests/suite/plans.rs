//! What a plan asks for, and how a run is watched and stopped.

use std::sync::Mutex;

use atalaya_application::ports::forecaster::{Forecaster, History, TrainingError, TrainingObserver};
use atalaya_domain::forecast::{ModelId, TrainingReport, Warning};
use atalaya_prediction::SmartForecaster;

use crate::fixtures::{LIMA, busy_account, channel, daily, hourly, plan, plan_of, train, walk, wandering};

const BASELINES: [ModelId; 4] = [ModelId::Naive, ModelId::Drift, ModelId::RecentDrift, ModelId::SeasonalNaive];

fn compared(report: &TrainingReport) -> Vec<ModelId> {
    let mut compared: Vec<ModelId> = report.scores.iter().map(|score| score.model).collect();
    compared.sort();
    compared
}

#[test]
fn baselines_are_compared_even_where_the_plan_names_other_models() {
    let trained = train(&wandering(200, 3), &plan_of(&[ModelId::Ridge]));
    let mut expected = BASELINES.to_vec();
    expected.push(ModelId::Ridge);
    assert_eq!(compared(trained.model.report()), expected);
}

#[test]
fn a_plan_of_one_model_serves_that_model_or_a_baseline_alone() {
    for (history, model) in [
        (busy_account(300), ModelId::Ridge),
        (busy_account(300), ModelId::DynamicTheta),
        (wandering(200, 3), ModelId::LevelForest),
        (wandering(200, 4), ModelId::Ridge),
    ] {
        let trained = train(&history, &plan_of(&[model]));
        let report = trained.model.report();
        assert_eq!(report.members.len(), 1);
        assert!(report.served == model || report.served.is_baseline(), "{} for {model}", report.served);
        assert_eq!(report.served, report.scores[0].model);
        assert!(report.score_of(ModelId::Combination).is_none());
    }
    let busy = train(&busy_account(300), &plan_of(&[ModelId::Ridge]));
    assert_eq!(busy.model.report().served, ModelId::Ridge);
}

#[test]
fn a_plan_of_several_models_combines_none_but_these_and_the_cautious_ones() {
    for named in [[ModelId::Ridge, ModelId::RandomForest], [ModelId::Theta, ModelId::DynamicTheta]] {
        for history in [busy_account(300), wandering(200, 5)] {
            let trained = train(&history, &plan_of(&named));
            let report = trained.model.report();
            let allowed = |model: ModelId| named.contains(&model) || model.is_baseline();
            assert!(report.members.iter().all(|member| allowed(member.model)), "{:?}", report.members);
            let mut expected = [&BASELINES[..], &named].concat();
            expected.extend((report.members.len() > 1).then_some(ModelId::Combination));
            assert_eq!(compared(report), expected);
        }
    }
}

#[test]
fn the_last_value_belongs_to_the_cautious_forecast() {
    let mut cautious = 0;
    for seed in 20..32 {
        let trained = train(&daily(walk(200, seed, 50_000.0, 10.0, 60.0)), &plan());
        let report = trained.model.report();
        if report.warnings.contains(&Warning::BaselineServes) {
            let naive = report.members.iter().find(|member| member.model == ModelId::Naive);
            assert!(naive.is_some_and(|naive| naive.weight > 0.3), "{seed}: {:?}", report.members);
            cautious += usize::from(report.members.len() > 1);
        }
    }
    assert!(cautious > 1, "{cautious}");
}

#[test]
fn what_is_served_never_loses_to_the_last_value_in_its_own_backtest() {
    let drifting =
        (0..12).map(|seed| daily(walk(120, seed, 5_000.0, [0.0, 2.0, 8.0][usize::try_from(seed % 3).unwrap()], 20.0)));
    let hours = (0..6).map(|seed| hourly(walk(84, 100 + seed, 300_000.0, 0.3, 2.0)));
    for history in drifting.chain(hours) {
        let trained = train(&history, &plan());
        let report = trained.model.report();
        let naive = report.score_of(ModelId::Naive).unwrap().mae;
        let served = report.served_score().unwrap().mae;
        assert!(served <= naive * (1.0 + 1e-9), "{served} {naive}: {:?}", report.members);
    }
}

#[test]
fn a_plan_of_baselines_compares_nothing_else() {
    let trained = train(&wandering(200, 6), &plan_of(&[ModelId::Drift]));
    let report = trained.model.report();
    assert!(report.members.iter().all(|member| member.model.is_baseline()));
    assert!(compared(report).iter().all(|model| model.is_baseline() || *model == ModelId::Combination));
}

#[test]
fn shares_add_up_to_one_and_the_heaviest_names_the_version() {
    for history in [channel(), busy_account(400), wandering(200, 7)] {
        let trained = train(&history, &plan());
        let report = trained.model.report();
        let total: f64 = report.members.iter().map(|member| member.weight).sum();
        assert!((total - 1.0).abs() < 1e-9, "{:?}", report.members);
        assert!(report.members.is_sorted_by(|a, b| a.weight >= b.weight));
        assert!(report.members.iter().all(|member| member.weight > 0.0));
        assert_eq!(report.served, report.members[0].model);
        let mut models: Vec<ModelId> = report.members.iter().map(|member| member.model).collect();
        models.sort();
        models.dedup();
        assert_eq!(models.len(), report.members.len());
    }
}

#[derive(Default)]
struct Watcher {
    seen: Mutex<Vec<(u32, u32)>>,
    patience: Option<usize>,
}

impl TrainingObserver for Watcher {
    fn progress(&self, done: u32, total: u32) {
        self.seen.lock().unwrap().push((done, total));
    }

    fn cancelled(&self) -> bool {
        self.patience.is_some_and(|patience| self.seen.lock().unwrap().len() > patience)
    }
}

#[test]
fn progress_rises_to_its_total() {
    let watcher = Watcher::default();
    let history = channel();
    SmartForecaster::new().train(History { observations: &history, time_zone: LIMA }, &plan(), &watcher).unwrap();
    let seen = watcher.seen.into_inner().unwrap();
    let (done, total) = *seen.last().unwrap();
    assert_eq!(done, total);
    assert!(seen.is_sorted() && seen.iter().all(|(_, each)| *each == total));
}

#[test]
fn a_cancelled_run_stops_between_fits() {
    let history = channel();
    for patience in [0, 5, 60, 150, 200] {
        let watcher = Watcher { patience: Some(patience), ..Watcher::default() };
        let observed = History { observations: &history, time_zone: LIMA };
        let stopped = SmartForecaster::new().train(observed, &plan(), &watcher);
        assert!(matches!(stopped, Err(TrainingError::Cancelled)), "{patience}");
        let seen = watcher.seen.into_inner().unwrap();
        assert_eq!(seen.len(), patience + 1);
        assert!(seen.is_sorted() && seen.iter().all(|(done, total)| done < total));
    }
}
