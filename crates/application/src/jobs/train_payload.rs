//! How to train, as a job keeps it.

use std::str::FromStr;

use atalaya_domain::covariate_source::{Aggregate, CovariateSource};
use atalaya_domain::forecast::{GridChoice, Metric, MetricWeights, ModelId};
use atalaya_domain::id::{EntityId, FieldId};
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::ports::job_payload::{JobPayload, UnreadableJob};
use crate::train_command::TrainCommand;

/// How to train, in JSON. A weight is a text, because a text of digits is read back as the very same number.
#[derive(Serialize, Deserialize)]
struct TrainPayload {
    models: Vec<String>,
    weights: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    covariates: Option<Vec<SourcePayload>>,
}

/// Where a covariate comes from, in JSON.
#[derive(Serialize, Deserialize)]
struct SourcePayload {
    entity: String,
    date_field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value_field: Option<String>,
    aggregate: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_field: Option<String>,
    lag_days: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    known_since_field: Option<String>,
}

impl From<&CovariateSource> for SourcePayload {
    fn from(source: &CovariateSource) -> Self {
        let field = |id: FieldId| id.get().to_string();
        Self {
            entity: source.entity.get().to_string(),
            date_field: field(source.date_field),
            value_field: source.value_field.map(field),
            aggregate: source.aggregate.as_str().to_owned(),
            account_field: source.account_field.map(field),
            lag_days: source.lag_days,
            known_since_field: source.known_since_field.map(field),
        }
    }
}

impl SourcePayload {
    fn restore(&self) -> Result<CovariateSource, UnreadableJob> {
        let field = |text: &String| read(text).map(FieldId::new);
        Ok(CovariateSource {
            entity: EntityId::new(read(&self.entity)?),
            date_field: field(&self.date_field)?,
            value_field: self.value_field.as_ref().map(field).transpose()?,
            aggregate: read::<Aggregate>(&self.aggregate)?,
            account_field: self.account_field.as_ref().map(field).transpose()?,
            lag_days: self.lag_days,
            known_since_field: self.known_since_field.as_ref().map(field).transpose()?,
        })
    }
}

/// A word or number that a later program may know.
fn read<T: FromStr>(text: &str) -> Result<T, UnreadableJob> {
    text.parse().map_err(|_| UnreadableJob::Unknown(text.to_owned()))
}

/// The payload of a job that trains so.
///
/// # Errors
/// `Internal` where it cannot be written.
pub(super) fn payload_of(command: &TrainCommand) -> Result<JobPayload, AppError> {
    let weights =
        command.weights.as_slice().iter().map(|(metric, weight)| (metric.as_str().to_owned(), weight.to_string()));
    let models = command.models.iter().map(|model| model.as_str().to_owned()).collect();
    let grid = command.grid.map(|grid| grid.as_str().to_owned());
    let covariates = command.covariates.as_ref().map(|sources| sources.iter().map(SourcePayload::from).collect());
    JobPayload::of(&TrainPayload { models, weights: weights.collect(), grid, covariates })
}

/// The command of a payload that [`payload_of`] made.
pub(super) fn command_of(payload: &JobPayload) -> Result<TrainCommand, UnreadableJob> {
    let TrainPayload { models, weights, grid, covariates } = payload.read()?;
    let models = models.iter().map(|model| read::<ModelId>(model)).collect::<Result<_, _>>()?;
    let weight = |(metric, weight): &(String, String)| Ok((read::<Metric>(metric)?, read(weight)?));
    let weights = weights.iter().map(weight).collect::<Result<_, UnreadableJob>>()?;
    let grid = grid.as_deref().map(read::<GridChoice>).transpose()?;
    let covariates = covariates.map(|sources| sources.iter().map(SourcePayload::restore).collect());
    Ok(TrainCommand {
        covariates: covariates.transpose()?,
        models,
        weights: MetricWeights::new(weights).map_err(|error| UnreadableJob::Unknown(error.to_string()))?,
        grid,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(has_fields: bool) -> CovariateSource {
        let field = |last: u8| FieldId::new(format!("019905d2-6f00-7000-8000-00000000000{last}").parse().unwrap());
        CovariateSource {
            entity: EntityId::new("019905d2-6f00-7000-8000-000000000001".parse().unwrap()),
            date_field: field(2),
            value_field: has_fields.then(|| field(3)),
            aggregate: Aggregate::Max,
            account_field: has_fields.then(|| field(4)),
            lag_days: 3,
            known_since_field: has_fields.then(|| field(5)),
        }
    }

    #[test]
    fn a_command_is_read_back_as_it_was_written() {
        let weights = MetricWeights::new(vec![(Metric::Mase, 0.1 + 0.2), (Metric::R2, 1.0 / 3.0)]).unwrap();
        let models = vec![ModelId::Linear, ModelId::RandomForest];
        for grid in [None, Some(GridChoice::Auto), Some(GridChoice::Hour)] {
            for covariates in [None, Some(Vec::new()), Some(vec![source(false), source(true)])] {
                let written = TrainCommand { models: models.clone(), weights: weights.clone(), grid, covariates };
                let payload = payload_of(&written).unwrap();
                assert_eq!(command_of(&payload).unwrap(), written);
            }
        }
    }

    #[test]
    fn a_command_from_before_a_grid_could_be_asked_for_asks_for_none() {
        let stored = JobPayload::stored(r#"{"models":[],"weights":[["mase","1"]]}"#.to_owned()).unwrap();
        let command = command_of(&stored).unwrap();
        assert_eq!((command.grid, command.covariates), (None, None));
    }

    #[test]
    fn a_command_of_a_later_program_is_told_and_not_guessed() {
        for text in ["{}", r#"{"models":["crystal_ball"],"weights":[["mase","1"]]}"#, r#"{"models":[],"weights":[]}"#] {
            assert!(command_of(&JobPayload::stored(text.to_owned()).unwrap()).is_err(), "{text}");
        }
        assert!(JobPayload::stored("{".to_owned()).is_err());
    }
}
