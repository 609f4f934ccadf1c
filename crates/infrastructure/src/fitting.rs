//! A forecaster whose training runs keep to a lane, so that fitting models never starves the reads.

use std::sync::Arc;

use atalaya_application::ports::forecaster::{
    AccountOutlook, ArtifactError, Forecaster, History, Trained, TrainedModel, TrainingError, TrainingObserver,
    TrainingPlan,
};
use atalaya_domain::forecast::{Level, TogetherForecast};

use crate::lane::{Lane, LaneError};

/// Fits by another forecaster, a few runs at a time.
pub struct LanedForecaster {
    inner: Arc<dyn Forecaster>,
    lane: Lane,
}

impl LanedForecaster {
    /// Runs that may wait. One takes seconds, so the last of them waits for about a minute.
    const WAITING: usize = 8;
    /// Below requests, above hashing of passwords, which gives way to everything.
    const NICENESS: i32 = 10;

    /// Fits by `inner`, `at_a_time` runs at once (0 counts as 1).
    #[must_use]
    pub fn new(inner: Arc<dyn Forecaster>, at_a_time: usize) -> Self {
        let lane = Lane::new("training", at_a_time, Self::WAITING).with_niceness(Self::NICENESS);
        Self { inner, lane }
    }

    /// How many runs are under way or waiting.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.lane.depth()
    }
}

impl Forecaster for LanedForecaster {
    fn train(
        &self,
        history: History<'_>,
        plan: &TrainingPlan,
        observer: &dyn TrainingObserver,
    ) -> Result<Trained, TrainingError> {
        match self.lane.run(|| self.inner.train(history, plan, observer)) {
            Ok(trained) => trained,
            Err(LaneError::Full(_)) => Err(TrainingError::Busy),
            Err(broken) => Err(TrainingError::Failed(broken.to_string())),
        }
    }

    fn together(&self, accounts: &[AccountOutlook], levels: &[Level]) -> TogetherForecast {
        self.inner.together(accounts, levels)
    }

    fn open(&self, artifact: &[u8]) -> Result<Arc<dyn TrainedModel>, ArtifactError> {
        self.inner.open(artifact)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{self, Receiver};

    use atalaya_application::ports::forecaster::Unobserved;
    use atalaya_domain::forecast::{GridChoice, Metric, MetricWeights, Spread};
    use chrono_tz::Tz;

    use super::*;

    /// Trains nothing, and only once it is told to.
    struct Patient {
        go: Mutex<Receiver<()>>,
    }

    impl Forecaster for Patient {
        fn train(
            &self,
            _history: History<'_>,
            _plan: &TrainingPlan,
            _observer: &dyn TrainingObserver,
        ) -> Result<Trained, TrainingError> {
            let _ended = self.go.lock().unwrap().recv();
            Err(TrainingError::Cancelled)
        }

        fn together(&self, _accounts: &[AccountOutlook], levels: &[Level]) -> TogetherForecast {
            TogetherForecast { total: Spread::of(0.0, &mut [], levels), correlation: 0.0 }
        }

        fn open(&self, _artifact: &[u8]) -> Result<Arc<dyn TrainedModel>, ArtifactError> {
            Err(ArtifactError::NotAnArtifact)
        }
    }

    fn train(forecaster: &LanedForecaster) -> Result<Trained, TrainingError> {
        let plan = TrainingPlan {
            models: Vec::new(),
            weights: MetricWeights::new(vec![(Metric::Mase, 1.0)]).unwrap(),
            grid: GridChoice::Auto,
            max_horizon_days: 1,
            covariates: Vec::new(),
        };
        forecaster.train(History { observations: &[], time_zone: Tz::UTC }, &plan, &Unobserved)
    }

    #[test]
    fn one_training_run_too_many_is_refused_while_opening_goes_on() {
        let (go, gone) = mpsc::channel();
        let forecaster = LanedForecaster::new(Arc::new(Patient { go: Mutex::new(gone) }), 1);
        std::thread::scope(|scope| {
            for _ in 0..=LanedForecaster::WAITING {
                scope.spawn(|| assert!(matches!(train(&forecaster), Err(TrainingError::Cancelled))));
            }
            while forecaster.depth() <= LanedForecaster::WAITING as u64 {
                std::thread::yield_now();
            }
            assert!(matches!(train(&forecaster), Err(TrainingError::Busy)));
            assert!(matches!(forecaster.open(&[]), Err(ArtifactError::NotAnArtifact)));
            drop(go);
        });
        assert_eq!(forecaster.depth(), 0);
    }
}
