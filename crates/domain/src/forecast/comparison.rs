//! The compared models against one another and in what serves.

use super::{ModelId, ModelScore, TrainingReport};

impl TrainingReport {
    /// A model's share in what serves, 0 to 1: 0 for one that is no member, the combination as a whole included.
    #[must_use]
    pub fn weight_of(&self, model: ModelId) -> f64 {
        self.members.iter().find(|member| member.model == model).map_or(0.0, |member| member.weight)
    }

    /// Overall weighted average (Makridakis et al. 2020): the mean of sMAPE and MASE, each relative to that of the last
    /// value; below 1 is better than repeating it. Undefined where one of the measures is, or where the last value is
    /// never wrong.
    #[must_use]
    pub fn owa(&self, score: &ModelScore) -> Option<f64> {
        let naive = self.score_of(ModelId::Naive)?;
        let relative = |value: f64, naive: f64| (naive > 0.0).then(|| value / naive);
        let smape = relative(score.smape, naive.smape)?;
        let mase = relative(score.mase?, naive.mase?)?;
        Some(f64::midpoint(smape, mase))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::{DateTime, NaiveDate};

    use super::*;
    use crate::forecast::GridChoice;
    use crate::forecast::{Explanation, Grid, Member};

    fn score(model: ModelId, smape: f64, mase: Option<f64>) -> ModelScore {
        ModelScore {
            model,
            mae: 1.0,
            rmse: 1.0,
            medae: 1.0,
            r2: None,
            evs: None,
            mape: None,
            smape,
            mase,
            coverage_80: 0.8,
            coverage_95: 0.95,
            coverage_by_step: Vec::new(),
            msis_95: None,
            fit_time: Duration::ZERO,
        }
    }

    fn report(scores: Vec<ModelScore>) -> TrainingReport {
        let member = |model, weight| Member { model, weight };
        let explanation = Explanation {
            date: NaiveDate::MIN,
            last_value: 0.0,
            trend: 0.0,
            weekday: 0.0,
            activity: 0.0,
            covariates: 0.0,
            correction: 0.0,
        };
        TrainingReport {
            served: ModelId::Ridge,
            members: vec![member(ModelId::Ridge, 0.75), member(ModelId::Drift, 0.25)],
            baseline: ModelId::Drift,
            grid: Grid::Daily,
            grid_asked: GridChoice::Auto,
            scores,
            failures: Vec::new(),
            training_samples: 0,
            test_samples: 0,
            origins: 0,
            features: Vec::new(),
            explanation,
            level_shifts: Vec::new(),
            outliers: Vec::new(),
            assumed_posts_per_day: None,
            hyperparameters: Vec::new(),
            data_from: DateTime::UNIX_EPOCH,
            data_until: DateTime::UNIX_EPOCH,
            last_date: NaiveDate::MIN,
            warnings: Vec::new(),
            covariates: Vec::new(),
            without_covariates: None,
        }
    }

    #[test]
    fn the_last_value_has_an_owa_of_one_and_a_better_model_less() {
        let report = report(vec![score(ModelId::Ridge, 1.0, Some(0.5)), score(ModelId::Naive, 4.0, Some(1.0))]);
        let owa = |model| report.owa(report.score_of(model).unwrap());
        assert_eq!((owa(ModelId::Naive), owa(ModelId::Ridge)), (Some(1.0), Some(0.375)));
    }

    #[test]
    fn what_is_undefined_has_no_owa() {
        let flat = report(vec![score(ModelId::Ridge, 0.0, None), score(ModelId::Naive, 0.0, None)]);
        assert_eq!(flat.owa(&flat.scores[0]), None);
        let right = report(vec![score(ModelId::Ridge, 1.0, Some(1.0)), score(ModelId::Naive, 0.0, Some(0.0))]);
        assert_eq!(right.owa(&right.scores[0]), None);
        let alone = report(vec![score(ModelId::Ridge, 1.0, Some(1.0))]);
        assert_eq!(alone.owa(&alone.scores[0]), None);
    }

    #[test]
    fn shares_belong_to_members_only() {
        let report = report(Vec::new());
        let models = [ModelId::Ridge, ModelId::Drift, ModelId::Naive, ModelId::Combination];
        let shares: Vec<f64> = models.into_iter().map(|model| report.weight_of(model)).collect();
        assert_eq!(shares, [0.75, 0.25, 0.0, 0.0]);
    }
}
