//! The use cases of forecasting: training, and answering from what was trained.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use atalaya_application::forecasts::{
    AnsweredVersions, ArtifactReader, ForecastService, Forecasts, RunsByCompany, Training, TrainingService,
};
use atalaya_application::overview::{Overview, OverviewService, StandIns, Turns};
use atalaya_application::ports::forecaster::Forecaster;
use atalaya_application::ports::runtime::Clock;
use atalaya_infrastructure::fitting::LanedForecaster;
use atalaya_infrastructure::settings::Settings;
use atalaya_prediction::SmartForecaster;

use super::foundation::Foundation;

/// The use cases, and what of their adapters others need.
pub(super) struct Forecasting {
    pub(super) training: Arc<dyn Training>,
    /// At normal priority and outside of the lane.
    pub(super) urgent_training: Arc<dyn Training>,
    pub(super) forecasts: Arc<dyn Forecasts>,
    pub(super) overview: Arc<dyn Overview>,
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
        let smart: Arc<dyn Forecaster> = Arc::new(SmartForecaster::new());
        let forecaster = Arc::new(LanedForecaster::new(Arc::clone(&smart), training_at_a_time));
        let store = foundation.database.store();
        let artifacts = Arc::new(ArtifactReader::new(forecaster.clone()));
        let answered = Arc::new(AnsweredVersions::default());
        let training_by = |forecaster: Arc<dyn Forecaster>| TrainingService {
            store: Arc::clone(&store),
            forecaster,
            artifacts: Arc::clone(&artifacts),
            answered: Arc::clone(&answered),
            clock: Arc::clone(clock),
            max_horizon_days: settings.max_horizon_days,
            going_on: RunsByCompany::default(),
            stopped: AtomicBool::new(false),
        };
        let (training, urgent_training) = (training_by(forecaster.clone()), training_by(smart));
        let forecasts = ForecastService {
            store: Arc::clone(&store),
            artifacts: Arc::clone(&artifacts),
            memory: foundation.memories.accounts.clone(),
            answered: Arc::clone(&answered),
            clock: Arc::clone(clock),
        };
        let overview = OverviewService {
            store,
            artifacts,
            clock: Arc::clone(clock),
            turns: Turns::default(),
            stand_ins: StandIns::default(),
        };
        Self {
            training: Arc::new(training),
            urgent_training: Arc::new(urgent_training),
            forecasts: Arc::new(forecasts),
            overview: Arc::new(overview),
            forecaster,
            answered,
        }
    }
}
