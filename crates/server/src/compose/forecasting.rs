//! The use cases of forecasting: training, and answering from what was trained.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use atalaya_application::forecasts::{
    AnsweredVersions, ArtifactReader, ForecastService, Forecasts, RunsByCompany, Training, TrainingService,
};
use atalaya_application::ports::runtime::Clock;
use atalaya_infrastructure::fitting::LanedForecaster;
use atalaya_infrastructure::settings::Settings;
use atalaya_prediction::SmartForecaster;

use super::foundation::Foundation;

/// The use cases, and what of their adapters others need.
pub(super) struct Forecasting {
    pub(super) training: Arc<dyn Training>,
    pub(super) forecasts: Arc<dyn Forecasts>,
    pub(super) forecaster: Arc<LanedForecaster>,
    pub(super) answered: Arc<AnsweredVersions>,
}

impl Forecasting {
    pub(super) fn build(
        settings: &Settings,
        foundation: &Foundation,
        clock: &Arc<dyn Clock>,
        training_at_a_time: usize,
    ) -> Self {
        let forecaster = Arc::new(LanedForecaster::new(Arc::new(SmartForecaster::new()), training_at_a_time));
        let store = foundation.database.store();
        let artifacts = Arc::new(ArtifactReader::new(forecaster.clone()));
        let answered = Arc::new(AnsweredVersions::default());
        let training = TrainingService {
            store: Arc::clone(&store),
            forecaster: forecaster.clone(),
            artifacts: Arc::clone(&artifacts),
            answered: Arc::clone(&answered),
            clock: Arc::clone(clock),
            max_horizon_days: settings.max_horizon_days,
            going_on: RunsByCompany::default(),
            stopped: AtomicBool::new(false),
        };
        let forecasts = ForecastService {
            store,
            artifacts,
            memory: foundation.memories.accounts.clone(),
            answered: Arc::clone(&answered),
            clock: Arc::clone(clock),
        };
        Self { training: Arc::new(training), forecasts: Arc::new(forecasts), forecaster, answered }
    }
}
