//! [`TrainCommand`]: what is asked of a training, now or by a job.

use atalaya_domain::covariate_source::CovariateSource;
use atalaya_domain::forecast::{GridChoice, MetricWeights, ModelId};

/// What to train.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrainCommand {
    /// Models to compare; empty means all.
    pub models: Vec<ModelId>,
    /// How they are ranked.
    pub weights: MetricWeights,
    /// Which grid the series is laid on; unless told, the one that was asked for when the version was trained that
    /// answers now.
    pub grid: Option<GridChoice>,
    /// What else may explain followers; unless told, the company's default.
    pub covariates: Option<Vec<CovariateSource>>,
}
