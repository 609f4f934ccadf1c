//! From stored versions to those that answer.

use std::sync::Arc;

use atalaya_domain::access::TenantScope;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::id::{AccountId, ModelVersion};

use super::service::{ForecastService, forbidden};
use crate::error::{AppError, Conflict, Resource};
use crate::ports::forecaster::{ArtifactError, Forecaster, TrainedModel};
use crate::ports::memory::{AccountSnapshot, Serving, ServingModel};
use crate::ports::repositories::{Artifact, StoredModel, TimeSpan};
use crate::ports::store::ReadView;

/// Opens what is stored of a version.
///
/// # Errors
/// `Conflict(ModelVersionDeleted)`; `Conflict(ModelDamaged)`, whose cause is in the log.
pub(super) fn opened(
    forecaster: &dyn Forecaster,
    scope: &TenantScope,
    account: AccountId,
    stored: &StoredModel,
) -> Result<Arc<dyn TrainedModel>, AppError> {
    match &stored.artifact {
        Artifact::Deleted => Err(AppError::Conflict(Conflict::ModelVersionDeleted)),
        Artifact::Damaged => Err(damaged(scope, account, stored.run.version, &ArtifactError::Damaged)),
        Artifact::Sound(bytes) => {
            forecaster.open(bytes).map_err(|error| damaged(scope, account, stored.run.version, &error))
        }
    }
}

/// Tells the log of a version whose bytes cannot be used.
pub(super) fn damaged(
    scope: &TenantScope,
    account: AccountId,
    version: ModelVersion,
    error: &ArtifactError,
) -> AppError {
    tracing::error!(
        event = "model_damaged",
        account.id = account.get(),
        company.id = scope.company().get(),
        version = version.get(),
        %error,
        "a model version cannot be opened; train the account anew"
    );
    AppError::Conflict(Conflict::ModelDamaged)
}

impl ForecastService {
    /// All that answering for an account needs.
    pub(super) fn load(&self, scope: &TenantScope, handle: &AccountHandle) -> Result<AccountSnapshot, AppError> {
        self.store.query(scope, |view| {
            let account = view.accounts().find(handle)?.ok_or_else(forbidden)?;
            let company = view.accounts().company()?;
            let mut snapshot = AccountSnapshot {
                company: scope.company(),
                time_zone: account.time_zone.unwrap_or(company.time_zone),
                company_name: company.name,
                assigned: view.accounts().assigned_users(&account)?,
                newest_observation: view.observations().last(&account, TimeSpan::default())?.map(|last| last.at),
                serving: Serving::Untrained,
                account,
            };
            snapshot.serving = self.serving(view, scope, &snapshot)?;
            Ok(snapshot)
        })
    }

    /// The active version, or the newest one before it that can be opened.
    fn serving(
        &self,
        view: &mut dyn ReadView,
        scope: &TenantScope,
        snapshot: &AccountSnapshot,
    ) -> Result<Serving, AppError> {
        let Some(mut stored) = view.models().active(&snapshot.account)? else { return Ok(Serving::Untrained) };
        loop {
            let version = stored.run.version;
            match opened(self.forecaster.as_ref(), scope, snapshot.account.id, &stored) {
                Ok(model) => {
                    let is_fallback = !stored.run.active;
                    return Ok(Serving::Version(self.version_of(snapshot, stored, model, is_fallback)));
                }
                Err(AppError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
            let Some(earlier) = view.models().before(&snapshot.account, version)? else { return Ok(Serving::Damaged) };
            stored = earlier;
        }
    }

    /// The account as one version of it would answer.
    pub(super) fn snapshot_of_version(
        &self,
        scope: &TenantScope,
        snapshot: &AccountSnapshot,
        version: ModelVersion,
    ) -> Result<AccountSnapshot, AppError> {
        let stored = self.store.query(scope, |view| view.models().find(&snapshot.account, version))?;
        let stored = stored.ok_or(AppError::NotFound(Resource::ModelVersion))?;
        let model = opened(self.forecaster.as_ref(), scope, snapshot.account.id, &stored)?;
        let serving = Serving::Version(self.version_of(snapshot, stored, model, false));
        Ok(AccountSnapshot { serving, ..snapshot.clone() })
    }

    fn version_of(
        &self,
        snapshot: &AccountSnapshot,
        stored: StoredModel,
        model: Arc<dyn TrainedModel>,
        is_fallback: bool,
    ) -> ServingModel {
        let run = stored.run;
        ServingModel {
            answered: self.answered.watch(snapshot, run.version),
            version: run.version,
            trained_at: run.facts.trained_at,
            trained_by: run.facts.trained_by,
            checksum: run.checksum,
            size_bytes: run.size_bytes,
            model,
            is_fallback,
        }
    }
}
