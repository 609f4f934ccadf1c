//! From stored versions to those that answer.

use std::collections::{HashMap, HashSet};
use std::slice;
use std::sync::{Arc, Mutex, PoisonError};

use atalaya_domain::access::TenantScope;
use atalaya_domain::account::{Account, AccountHandle};
use atalaya_domain::forecast::{Level, TogetherForecast};
use atalaya_domain::id::{AccountId, CompanyId, ModelVersion, UserId};

use super::service::{ForecastService, forbidden};
use crate::error::{AppError, Conflict, Resource};
use crate::ports::forecaster::{AccountOutlook, ArtifactError, Forecaster, TrainedModel};
use crate::ports::memory::{AccountSnapshot, Serving, ServingModel};
use crate::ports::repositories::{AccountSummary, Artifact, StoredModel};
use crate::ports::store::Store;

/// A version as it is stored, and ready to answer.
type OpenedModel = (StoredModel, Arc<dyn TrainedModel>);

/// Opens what is stored of versions.
pub struct ArtifactReader {
    forecaster: Arc<dyn Forecaster>,
    /// Of which versions the log was told: each is read again and again.
    told: Mutex<HashSet<(CompanyId, AccountId, ModelVersion)>>,
}

impl ArtifactReader {
    /// Reads by `forecaster`.
    #[must_use]
    pub fn new(forecaster: Arc<dyn Forecaster>) -> Self {
        Self { forecaster, told: Mutex::default() }
    }

    /// Several accounts together.
    pub(super) fn together(&self, accounts: &[AccountOutlook], levels: &[Level]) -> TogetherForecast {
        self.forecaster.together(accounts, levels)
    }

    /// A version, ready to answer.
    ///
    /// # Errors
    /// `Conflict(ModelVersionDeleted)`; as [`Self::unusable`].
    pub(crate) fn open(
        &self,
        scope: &TenantScope,
        account: AccountId,
        stored: &StoredModel,
    ) -> Result<Arc<dyn TrainedModel>, AppError> {
        let unusable = |error| self.unusable(scope, account, stored.run.version, &error);
        match &stored.artifact {
            Artifact::Deleted => Err(AppError::Conflict(Conflict::ModelVersionDeleted)),
            Artifact::Damaged => Err(unusable(ArtifactError::Damaged)),
            Artifact::Sound(bytes) => self.forecaster.open(bytes).map_err(unusable),
        }
    }

    /// The active version, or the newest one before it that can be opened; else why the active one cannot.
    ///
    /// # Errors
    /// Of the database.
    pub(crate) fn newest(
        &self,
        store: &dyn Store,
        scope: &TenantScope,
        account: &Account,
        active: StoredModel,
    ) -> Result<Result<OpenedModel, Conflict>, AppError> {
        let (mut stored, mut reason) = (active, None);
        loop {
            match self.open(scope, account.id, &stored) {
                Ok(model) => return Ok(Ok((stored, model))),
                Err(AppError::Conflict(conflict)) => reason = reason.or(Some(conflict)),
                Err(error) => return Err(error),
            }
            match store.query(scope, |view| view.models().before(account, stored.run.version))? {
                Some(earlier) => stored = earlier,
                None => return Ok(Err(reason.unwrap_or(Conflict::ModelDamaged))),
            }
        }
    }

    /// `Conflict(ModelDamaged)` or `Conflict(ModelOutdated)` for a version whose bytes cannot be used. The log is told
    /// the cause once.
    pub(super) fn unusable(
        &self,
        scope: &TenantScope,
        account: AccountId,
        version: ModelVersion,
        error: &ArtifactError,
    ) -> AppError {
        let key = (scope.company(), account, version);
        let is_new = self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        let (account, company, version) = (account.get(), scope.company().get(), version.get());
        let conflict = match error {
            ArtifactError::UnsupportedFormat { .. } => Conflict::ModelOutdated,
            ArtifactError::NotAnArtifact | ArtifactError::Damaged => Conflict::ModelDamaged,
        };
        match conflict {
            Conflict::ModelOutdated if is_new => tracing::warn!(
                event = "model_outdated",
                account.id = account,
                company.id = company,
                version,
                %error,
                "a model version was made by another version of the program; train the account anew"
            ),
            _ if is_new => tracing::error!(
                event = "model_damaged",
                account.id = account,
                company.id = company,
                version,
                %error,
                "a model version cannot be opened; train the account anew"
            ),
            _ => {}
        }
        AppError::Conflict(conflict)
    }
}

impl ForecastService {
    /// All that answering for an account needs.
    pub(super) fn load(&self, scope: &TenantScope, handle: &AccountHandle) -> Result<AccountSnapshot, AppError> {
        self.load_all(scope, slice::from_ref(handle))?.pop().ok_or_else(forbidden)
    }

    /// [`Self::load`] for several accounts, in as many statements whatever their number, as long as the versions that
    /// answer can be opened. Those that are not within reach are left out.
    pub(super) fn load_all(
        &self,
        scope: &TenantScope,
        handles: &[AccountHandle],
    ) -> Result<Vec<AccountSnapshot>, AppError> {
        if handles.is_empty() {
            return Ok(Vec::new());
        }
        let (company, found, assigned, active) = self.store.query(scope, |view| {
            let found = view.accounts().find_all(handles)?;
            let ids: Vec<AccountId> = found.iter().map(|summary| summary.account.id).collect();
            let (company, assigned) = (view.accounts().company()?, view.accounts().assignments(&ids)?);
            Ok((company, found, assigned, view.models().active_of(&ids)?))
        })?;
        let mut active: HashMap<AccountId, StoredModel> = active.into_iter().collect();
        let mut users: HashMap<AccountId, Vec<UserId>> = HashMap::new();
        for (account, user) in assigned {
            users.entry(account).or_default().push(user);
        }
        let snapshot = |AccountSummary { account, data_until, .. }: AccountSummary| {
            let mut snapshot = AccountSnapshot {
                company: scope.company(),
                time_zone: account.time_zone.unwrap_or(company.time_zone),
                company_name: company.name.clone(),
                assigned: users.remove(&account.id).unwrap_or_default(),
                newest_observation: data_until,
                serving: Serving::Untrained,
                account,
            };
            if let Some(stored) = active.remove(&snapshot.account.id) {
                snapshot.serving = self.serving(scope, &snapshot, stored)?;
            }
            Ok(snapshot)
        };
        found.into_iter().map(snapshot).collect()
    }

    /// The active version, or the newest one before it that can be opened.
    fn serving(
        &self,
        scope: &TenantScope,
        snapshot: &AccountSnapshot,
        active: StoredModel,
    ) -> Result<Serving, AppError> {
        let opened = self.artifacts.newest(self.store.as_ref(), scope, &snapshot.account, active)?;
        Ok(match opened {
            Ok((stored, model)) => {
                let is_fallback = !stored.run.active;
                Serving::Version(self.version_of(snapshot, stored, model, is_fallback))
            }
            Err(reason) => Serving::Unusable(reason),
        })
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
        let model = self.artifacts.open(scope, snapshot.account.id, &stored)?;
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
