//! A job as the database holds it, and its way to the domain and back.

use atalaya_application::AppError;
use atalaya_application::ports::job_payload::JobPayload;
use atalaya_application::ports::jobs::{ClaimedJob, JobTask, Lane, Lease, NewJob};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::audit::AuditActor;
use atalaya_domain::caller::Origin;
use atalaya_domain::id::{CompanyId, JobId, ModelVersion, UserId};
use atalaya_domain::job::{Job, JobFailure, JobKind, JobState, Parts, Priority, Progress};
use atalaya_domain::mandate::Attribution;
use atalaya_domain::user::Username;
use chrono::NaiveDateTime;
use diesel::prelude::{Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};

use crate::persistence::rows::{handle, loaded, read, stored, word};
use crate::persistence::schema::jobs;

/// A job.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
pub(in crate::persistence) struct JobRow {
    pub(super) id: String,
    pub(super) company_id: Option<i64>,
    parent_id: Option<String>,
    lane: String,
    kind: String,
    account: Option<String>,
    command: Option<String>,
    actor_id: Option<i64>,
    actor: String,
    address: Option<String>,
    request_id: Option<String>,
    priority: i32,
    turn: i32,
    state: String,
    due_at: NaiveDateTime,
    leased_until: Option<NaiveDateTime>,
    pub(super) attempts: i32,
    done: i32,
    total: i32,
    created_at: NaiveDateTime,
    pub(super) started_at: Option<NaiveDateTime>,
    finished_at: Option<NaiveDateTime>,
    model_version: Option<i32>,
    failure: Option<String>,
}

/// Why a job was given up, in JSON.
#[derive(Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
enum FailureColumn {
    InsufficientData { found: u32, needed: u32 },
    InsufficientHours { found: u32, needed: u32 },
    AccountGone,
    FieldGone,
    RecordsBreakRule { count: u32 },
    Unavailable,
    Internal,
}

/// Why a job was given up, as its column holds it.
pub(super) fn failure_column(failure: JobFailure) -> Result<String, AppError> {
    let column = match failure {
        JobFailure::InsufficientData { found, needed } => FailureColumn::InsufficientData { found, needed },
        JobFailure::InsufficientHours { found, needed } => FailureColumn::InsufficientHours { found, needed },
        JobFailure::AccountGone => FailureColumn::AccountGone,
        JobFailure::FieldGone => FailureColumn::FieldGone,
        JobFailure::RecordsBreakRule { count } => FailureColumn::RecordsBreakRule { count },
        JobFailure::Unavailable => FailureColumn::Unavailable,
        JobFailure::Internal => FailureColumn::Internal,
    };
    serde_json::to_string(&column).map_err(AppError::internal)
}

fn failure(text: &str) -> Result<JobFailure, AppError> {
    Ok(match read("jobs.failure", serde_json::from_str(text))? {
        FailureColumn::InsufficientData { found, needed } => JobFailure::InsufficientData { found, needed },
        FailureColumn::InsufficientHours { found, needed } => JobFailure::InsufficientHours { found, needed },
        FailureColumn::AccountGone => JobFailure::AccountGone,
        FailureColumn::FieldGone => JobFailure::FieldGone,
        FailureColumn::RecordsBreakRule { count } => JobFailure::RecordsBreakRule { count },
        FailureColumn::Unavailable => JobFailure::Unavailable,
        FailureColumn::Internal => JobFailure::Internal,
    })
}

/// The place of a priority in the order of the queue.
pub(super) fn priority_column(priority: Priority) -> i32 {
    match priority {
        Priority::Waited => 0,
        Priority::Bulk => 1,
        Priority::Scheduled => 2,
    }
}

/// A job's id, as columns hold it.
pub(super) fn id_column(id: JobId) -> String {
    id.get().to_string()
}

/// Whether a job of the kind of that word is made of others.
pub(super) fn has_parts(kind: &str) -> bool {
    kind.parse().is_ok_and(JobKind::has_parts)
}

fn job_id(text: &str) -> Result<JobId, AppError> {
    word("jobs.id", text).map(JobId::new)
}

/// A count, as columns hold it.
pub(super) fn number_column(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A stored count.
pub(super) fn number(column: &'static str, number: i32) -> Result<u32, AppError> {
    read(column, u32::try_from(number))
}

impl JobRow {
    pub(in crate::persistence) fn new(company: Option<CompanyId>, job: &NewJob) -> Self {
        let JobTask { kind, account, payload } = &job.task;
        Self {
            id: id_column(job.id),
            company_id: company.map(CompanyId::get),
            parent_id: job.parent.map(id_column),
            lane: Lane::of(*kind).as_str().to_owned(),
            kind: kind.as_str().to_owned(),
            account: account.as_ref().map(|account| account.as_str().to_owned()),
            command: payload.as_ref().map(|payload| payload.as_str().to_owned()),
            actor_id: job.requested_by.actor.id().map(UserId::get),
            actor: job.requested_by.actor.name().to_owned(),
            address: job.requested_by.origin.address.map(|address| address.to_string()),
            request_id: job.requested_by.origin.request_id.clone(),
            priority: priority_column(job.priority),
            turn: number_column(job.turn),
            state: JobState::Queued.as_str().to_owned(),
            due_at: stored(job.at),
            leased_until: None,
            attempts: 0,
            done: 0,
            total: 0,
            created_at: stored(job.at),
            started_at: None,
            finished_at: None,
            model_version: None,
            failure: None,
        }
    }

    /// The right to the job that its present attempt has.
    pub(super) fn lease(&self) -> Result<Lease, AppError> {
        let (job, attempt) = (job_id(&self.id)?, number("jobs.attempts", self.attempts)?);
        Ok(Lease { job, company: self.company_id.map(CompanyId::new), attempt })
    }

    /// The job for the process that took it.
    pub(super) fn claimed(&self) -> Result<ClaimedJob, AppError> {
        Ok(ClaimedJob { lease: self.lease()?, task: self.task()?, requested_by: self.requested_by()? })
    }

    fn kind(&self) -> Result<JobKind, AppError> {
        word("jobs.kind", &self.kind)
    }

    fn task(&self) -> Result<JobTask, AppError> {
        let payload = self.command.clone().map(JobPayload::stored).transpose();
        Ok(JobTask { kind: self.kind()?, account: self.account()?, payload: read("jobs.command", payload)? })
    }

    fn account(&self) -> Result<Option<AccountHandle>, AppError> {
        self.account.as_deref().map(handle).transpose()
    }

    fn requested_by(&self) -> Result<Attribution, AppError> {
        let actor = match (self.actor_id, self.actor.as_str()) {
            (Some(id), name) => {
                AuditActor::User { id: UserId::new(id), name: read("jobs.actor", Username::parse(name))? }
            }
            (None, "operator") => AuditActor::Operator,
            (None, "system") => AuditActor::System,
            (None, _) => return read("jobs.actor", Err("nobody asks for jobs by that name")),
        };
        let address = self.address.as_deref().map(|text| word("jobs.address", text)).transpose()?;
        Ok(Attribution { actor, origin: Origin { address, request_id: self.request_id.clone() } })
    }

    pub(super) fn is_made_of_others(&self) -> bool {
        has_parts(&self.kind)
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The job for whoever asked for it. `parts` is how the jobs stand that it is made of, where it is.
    pub(super) fn into_domain(self, parts: Option<Parts>) -> Result<Job, AppError> {
        let progress = match &parts {
            Some(parts) => parts.progress(),
            None => Progress { done: number("jobs.done", self.done)?, total: number("jobs.total", self.total)? },
        };
        Ok(Job {
            id: job_id(&self.id)?,
            company: self.company_id.map(CompanyId::new),
            parent: self.parent_id.as_deref().map(job_id).transpose()?,
            kind: self.kind()?,
            account: self.account()?,
            asked_by: self.actor,
            created_at: loaded(self.created_at),
            started_at: self.started_at.map(loaded),
            finished_at: self.finished_at.map(loaded),
            state: word("jobs.state", &self.state)?,
            attempts: number("jobs.attempts", self.attempts)?,
            progress,
            parts,
            version: self.model_version.map(ModelVersion::new),
            failure: self.failure.as_deref().map(failure).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_read_back_as_it_was_written() {
        let all = [
            JobFailure::InsufficientData { found: 3, needed: 30 },
            JobFailure::InsufficientHours { found: 3, needed: 48 },
            JobFailure::AccountGone,
            JobFailure::FieldGone,
            JobFailure::RecordsBreakRule { count: 3 },
            JobFailure::Unavailable,
            JobFailure::Internal,
        ];
        for written in all {
            assert_eq!(failure(&failure_column(written).unwrap()).unwrap(), written);
        }
    }
}
