//! Every use case, in one place: what the web layer, the command line and whatever way in comes next share.

use std::sync::Arc;

use crate::accounts::Accounts;
use crate::audit::{Audit, AuditVerifier};
use crate::calendar::Calendar;
use crate::companies::Companies;
use crate::covariates::Covariates;
use crate::digits::Digits;
use crate::forecasts::{Forecasts, Training};
use crate::installation::Installation;
use crate::jobs::Jobs;
use crate::keys::SigningKeys;
use crate::observations::Observations;
use crate::overview::Overview;
use crate::sessions::Sessions;
use crate::tables::{FollowTables, Records, Tables, Transfers, Views};
use crate::users::Users;

/// The use cases on their adapters, built once by the composition root. A new one is a field here and a line there.
#[derive(Clone)]
pub struct UseCases {
    /// Logging in and knowing who asks.
    pub sessions: Arc<dyn Sessions>,
    /// Users and what they may do.
    pub users: Arc<dyn Users>,
    /// Companies, which only the platform's operators manage.
    pub companies: Arc<dyn Companies>,
    /// Accounts, and the proofs that somebody may use one.
    pub accounts: Arc<dyn Accounts>,
    /// Storing, reading and deleting observations.
    pub observations: Arc<dyn Observations>,
    /// Answers of trained models.
    pub forecasts: Arc<dyn Forecasts>,
    /// All accounts at a glance.
    pub overview: Arc<dyn Overview>,
    /// Training, choosing and deleting models.
    pub training: Arc<dyn Training>,
    /// Which covariates trainings use.
    pub covariates: Arc<dyn Covariates>,
    /// What the calendar holds for everybody.
    pub calendar: Arc<dyn Calendar>,
    /// Reading digits on pictures.
    pub digits: Arc<dyn Digits>,
    /// Defining tables of a company's own.
    pub tables: Arc<dyn Tables>,
    /// Keeping records in them.
    pub records: Arc<dyn Records>,
    /// Telling what is changed in them.
    pub table_changes: Arc<dyn FollowTables>,
    /// Keeping views of them.
    pub views: Arc<dyn Views>,
    /// Importing and exporting records.
    pub transfers: Arc<dyn Transfers>,
    /// Work that goes on after its request.
    pub jobs: Arc<dyn Jobs>,
    /// The audit log, for its readers and for what was refused.
    pub audit: Arc<dyn Audit>,
    /// The audit log, for whoever verifies it at the machine.
    pub audit_verifier: Arc<AuditVerifier>,
    /// How the installation is.
    pub installation: Arc<dyn Installation>,
    /// The keys that sign access tokens.
    pub keys: Arc<dyn SigningKeys>,
}
