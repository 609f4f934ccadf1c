//! [`Training`] on the ports.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use atalaya_domain::audit::AuditAction;
use atalaya_domain::covariate_source::CovariateSource;
use atalaya_domain::forecast::{GridChoice, TrainingReport};
use atalaya_domain::id::{CompanyId, ModelVersion};
use atalaya_domain::mandate::{DeleteModels, TrainModels};
use atalaya_domain::observation::Observation;
use chrono::Days;

use super::{AnsweredVersions, ArtifactReader, Training, TrainingOutcome, outlook_of};
use crate::accounts::OwnedAccount;
use crate::covariates::Columns;
use crate::error::{AppError, Conflict, Resource};
use crate::ports::forecaster::{
    Covariate, Forecaster, History, Trained, TrainingError, TrainingObserver, TrainingPlan,
};
use crate::ports::repositories::{NewModel, TrainingFacts, TrainingRun};
use crate::ports::runtime::Clock;
use crate::ports::store::Store;
use crate::receipt::Receipt;
use crate::train_command::TrainCommand;

/// [`Training`] on the ports.
pub struct TrainingService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// Fits models.
    pub forecaster: Arc<dyn Forecaster>,
    /// Opens versions.
    pub artifacts: Arc<ArtifactReader>,
    /// Knows which versions answered.
    pub answered: Arc<AnsweredVersions>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How far ahead paths are computed, in days.
    pub max_horizon_days: u16,
    /// Runs that are going on.
    pub going_on: RunsByCompany,
    /// Set when no run should go on.
    pub stopped: AtomicBool,
}

/// A caller's observer, and the end of the process.
struct Stoppable<'a> {
    observer: &'a dyn TrainingObserver,
    stopped: &'a AtomicBool,
}

impl TrainingObserver for Stoppable<'_> {
    fn progress(&self, done: u32, total: u32) {
        self.observer.progress(done, total);
    }

    fn cancelled(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) || self.observer.cancelled()
    }
}

/// Counts training runs by company: one bank's haste must not fill the queue of all.
#[derive(Debug, Default)]
pub struct RunsByCompany(Mutex<HashMap<CompanyId, usize>>);

impl RunsByCompany {
    /// Runs of one company that may go on or wait at a time.
    pub const MOST: usize = 3;

    fn begin(&self, company: CompanyId) -> Result<Run<'_>, AppError> {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = runs.entry(company).or_insert(0);
        if *count >= Self::MOST {
            return Err(TrainingError::Busy.into());
        }
        *count += 1;
        Ok(Run { runs: self, company })
    }
}

/// A run that is counted until it ends, however it ends.
struct Run<'a> {
    runs: &'a RunsByCompany,
    company: CompanyId,
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        let mut runs = self.runs.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = runs.get_mut(&self.company) {
            *count -= 1;
            if *count == 0 {
                runs.remove(&self.company);
            }
        }
    }
}

impl TrainingService {
    /// Versions that keep all of their bytes: an older one keeps what answers if it ever answered somebody, else its
    /// run.
    const KEPT_VERSIONS: usize = 10;

    /// The grid that is asked for: by the command, or else by whoever had the version trained that answers now. What
    /// cannot be opened asks for nothing.
    fn grid(&self, owned: &OwnedAccount<TrainModels>, command: &TrainCommand) -> Result<GridChoice, AppError> {
        if let Some(grid) = command.grid {
            return Ok(grid);
        }
        let active = self.store.query(&owned.scope, |view| view.models().active(&owned.account))?;
        let opened = active.and_then(|active| self.artifacts.open(&owned.scope, owned.account.id, &active).ok());
        Ok(opened.map(|model| model.report().grid_asked).unwrap_or_default())
    }

    /// What there is to train on: observations, and what else may explain them.
    fn material(
        &self,
        owned: &OwnedAccount<TrainModels>,
        command: &TrainCommand,
    ) -> Result<(Vec<Observation>, Vec<Covariate>), AppError> {
        let zone = owned.time_zone();
        let ahead = Days::new(u64::from(self.max_horizon_days));
        self.store.query(&owned.scope, |view| {
            let observations = view.observations().all(&owned.account)?;
            let sources = match &command.covariates {
                Some(sources) => sources.clone(),
                None => view.covariates().sources()?,
            };
            let day = |observation: &Observation| observation.at.with_timezone(&zone).date_naive();
            let Some((first, last)) = observations.first().zip(observations.last()) else {
                return Ok((observations, Vec::new()));
            };
            let columns = Columns {
                handle: &owned.account.handle,
                zone,
                // A value counts up to so many days later.
                from: day(first) - Days::new(u64::from(CovariateSource::LONGEST_LAG)),
                until: day(last) + ahead,
            };
            let covariates = columns.read(view, &sources)?;
            Ok((observations, covariates))
        })
    }

    fn version_of(&self, trained: Trained, trained_by: &str) -> Result<NewModel, AppError> {
        let report: &TrainingReport = trained.model.report();
        let served = report
            .served_score()
            .ok_or_else(|| AppError::internal("the served model is missing from its own comparison"))?;
        let facts = TrainingFacts {
            trained_at: self.clock.now(),
            trained_by: trained_by.to_owned(),
            served: report.served,
            grid: report.grid,
            mae: served.mae,
            rmse: served.rmse,
            mape: served.mape,
            mase: served.mase,
            data_from: report.data_from,
            data_until: report.data_until,
        };
        let outlook = outlook_of(trained.model.as_ref());
        Ok(NewModel { facts, artifact: trained.artifact, fitted: trained.fitted, outlook })
    }
}

impl Training for TrainingService {
    fn train(
        &self,
        owned: &OwnedAccount<TrainModels>,
        command: &TrainCommand,
        observer: &dyn TrainingObserver,
        receipt: &dyn Receipt<TrainingOutcome>,
    ) -> Result<TrainingOutcome, AppError> {
        let company = owned.scope.company();
        let _counted = self.going_on.begin(company)?;
        let (observations, covariates) = self.material(owned, command)?;
        let history = History { observations: &observations, time_zone: owned.time_zone() };
        let plan = TrainingPlan {
            models: command.models.clone(),
            weights: command.weights.clone(),
            grid: self.grid(owned, command)?,
            max_horizon_days: self.max_horizon_days,
            covariates,
        };
        let observer = Stoppable { observer, stopped: &self.stopped };
        let trained = self.forecaster.train(history, &plan, &observer)?;
        let model = Arc::clone(&trained.model);
        let version = self.version_of(trained, owned.by.actor.name())?;
        let now = version.facts.trained_at;
        let audit = owned.event(AuditAction::ModelTrained, now);
        let outcome = self.store.transaction(&owned.scope, |unit| {
            if observer.cancelled() {
                return Err(TrainingError::Cancelled.into());
            }
            unit.audit(&audit)?;
            // What answered must be known before anything is dropped. What another process answered by lately may not
            // be: the version that answers until now is still the active one here, and so stays whole.
            unit.models().mark_answered(&self.answered.unwritten(company, owned.account.id, now))?;
            unit.models().prune(&owned.account, Self::KEPT_VERSIONS - 1, now)?;
            let run = unit.models().insert_active(&owned.account, &version)?;
            let (handle, model) = (owned.account.handle.clone(), Arc::clone(&model));
            let outcome = TrainingOutcome { run, handle, model };
            receipt.keep(unit, &outcome)?;
            Ok(outcome)
        })?;
        tracing::info!(
            event = "model_trained",
            account.id = owned.account.id.get(),
            company.id = company.get(),
            version = outcome.run.version.get(),
            served = %outcome.run.facts.served,
            "a model was trained"
        );
        Ok(outcome)
    }

    fn activate(&self, owned: &OwnedAccount<TrainModels>, version: ModelVersion) -> Result<TrainingRun, AppError> {
        let target = format!("{}: version {}", owned.account.handle.as_str(), version.get());
        let audit = owned.event(AuditAction::ModelActivated, self.clock.now()).on(target);
        let missing = || AppError::NotFound(Resource::ModelVersion);
        let stored = self.store.query(&owned.scope, |view| view.models().find(&owned.account, version))?;
        let model = self.artifacts.open(&owned.scope, owned.account.id, &stored.ok_or_else(missing)?)?;
        let outlook = outlook_of(model.as_ref());
        let (run, changed) = self.store.transaction(&owned.scope, |unit| {
            // It may have been deleted while it was opened.
            let run = unit.models().run(&owned.account, version)?.ok_or_else(missing)?;
            if run.deleted_at.is_some() {
                return Err(AppError::Conflict(Conflict::ModelVersionDeleted));
            }
            if run.active {
                return Ok((run, false));
            }
            unit.audit(&audit)?;
            Ok((unit.models().activate(&owned.account, version, &outlook)?, true))
        })?;
        if changed {
            tracing::info!(
                event = "model_activated",
                account.id = owned.account.id.get(),
                company.id = owned.scope.company().get(),
                version = version.get(),
                "a version was made the one that answers"
            );
        }
        Ok(run)
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn delete(&self, owned: &OwnedAccount<DeleteModels>) -> Result<Vec<ModelVersion>, AppError> {
        let now = self.clock.now();
        let audit = owned.event(AuditAction::ModelDeleted, now);
        let deleted = self.store.transaction(&owned.scope, |unit| {
            let deleted = unit.models().delete_all(&owned.account, now)?;
            if deleted.is_empty() {
                return Err(AppError::Conflict(Conflict::ModelNotTrained));
            }
            unit.audit(&audit)?;
            Ok(deleted)
        })?;
        tracing::info!(
            event = "model_deleted",
            account.id = owned.account.id.get(),
            company.id = owned.scope.company().get(),
            versions = deleted.len(),
            "the models of an account were deleted"
        );
        Ok(deleted)
    }
}
