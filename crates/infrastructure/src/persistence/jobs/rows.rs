//! A job as the database holds it, and its way to the domain and back.

use atalaya_application::AppError;
use atalaya_application::ports::jobs::{ClaimedJob, JobWork, Lane, Lease, NewJob};
use atalaya_application::train_command::TrainCommand;
use atalaya_domain::audit::AuditActor;
use atalaya_domain::caller::Origin;
use atalaya_domain::forecast::{GridChoice, Metric, MetricWeights, ModelId};
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

/// How to train, in JSON. A weight is a text, because a text of digits is read back as the very same number.
#[derive(Serialize, Deserialize)]
struct CommandColumn {
    models: Vec<String>,
    weights: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grid: Option<String>,
}

/// Why a job was given up, in JSON.
#[derive(Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
enum FailureColumn {
    InsufficientData { found: u32, needed: u32 },
    InsufficientHours { found: u32, needed: u32 },
    AccountGone,
    Unavailable,
    Internal,
}

fn command_column(command: &TrainCommand) -> Result<String, AppError> {
    let weights =
        command.weights.as_slice().iter().map(|(metric, weight)| (metric.as_str().to_owned(), weight.to_string()));
    let models = command.models.iter().map(|model| model.as_str().to_owned()).collect();
    let grid = command.grid.map(|grid| grid.as_str().to_owned());
    serde_json::to_string(&CommandColumn { models, weights: weights.collect(), grid }).map_err(AppError::internal)
}

fn command(text: Option<&str>) -> Result<TrainCommand, AppError> {
    let column = "jobs.command";
    let read_column: CommandColumn = read(column, serde_json::from_str(text.unwrap_or_default()))?;
    let models = read_column.models.iter().map(|model| word::<ModelId>(column, model)).collect::<Result<_, _>>()?;
    let weight = |(metric, weight): &(String, String)| Ok((word::<Metric>(column, metric)?, word(column, weight)?));
    let weights = read_column.weights.iter().map(weight).collect::<Result<_, AppError>>()?;
    let grid = read_column.grid.map(|grid| word::<GridChoice>(column, &grid)).transpose()?;
    Ok(TrainCommand { models, weights: read(column, MetricWeights::new(weights))?, grid })
}

/// Why a job was given up, as its column holds it.
pub(super) fn failure_column(failure: JobFailure) -> Result<String, AppError> {
    let column = match failure {
        JobFailure::InsufficientData { found, needed } => FailureColumn::InsufficientData { found, needed },
        JobFailure::InsufficientHours { found, needed } => FailureColumn::InsufficientHours { found, needed },
        JobFailure::AccountGone => FailureColumn::AccountGone,
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
    pub(in crate::persistence) fn new(company: Option<CompanyId>, job: &NewJob) -> Result<Self, AppError> {
        let kind = job.work.kind();
        let (account, command) = match &job.work {
            JobWork::Train { account, command } => (Some(account), Some(command)),
            JobWork::TrainAll { command } => (None, Some(command)),
            JobWork::Recurring(_) => (None, None),
        };
        Ok(Self {
            id: id_column(job.id),
            company_id: company.map(CompanyId::get),
            parent_id: job.parent.map(id_column),
            lane: Lane::of(kind).as_str().to_owned(),
            kind: kind.as_str().to_owned(),
            account: account.map(|account| account.as_str().to_owned()),
            command: command.map(command_column).transpose()?,
            actor_id: job.asker.actor.id().map(UserId::get),
            actor: job.asker.actor.name().to_owned(),
            address: job.asker.origin.address.map(|address| address.to_string()),
            request_id: job.asker.origin.request_id.clone(),
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
        })
    }

    /// The right to the job that its present attempt has.
    pub(super) fn lease(&self) -> Result<Lease, AppError> {
        let (job, attempt) = (job_id(&self.id)?, number("jobs.attempts", self.attempts)?);
        Ok(Lease { job, company: self.company_id.map(CompanyId::new), attempt })
    }

    /// The job for the process that took it.
    pub(super) fn claimed(&self) -> Result<ClaimedJob, AppError> {
        Ok(ClaimedJob { lease: self.lease()?, work: self.work()?, asker: self.asker()? })
    }

    fn kind(&self) -> Result<JobKind, AppError> {
        word("jobs.kind", &self.kind)
    }

    fn work(&self) -> Result<JobWork, AppError> {
        let command = || command(self.command.as_deref());
        Ok(match self.kind()? {
            JobKind::Train => {
                JobWork::Train { account: handle(self.account.as_deref().unwrap_or_default())?, command: command()? }
            }
            JobKind::TrainAll => JobWork::TrainAll { command: command()? },
            recurring => JobWork::Recurring(recurring),
        })
    }

    fn asker(&self) -> Result<Attribution, AppError> {
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
        self.kind == JobKind::TrainAll.as_str()
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
            account: self.account.as_deref().map(handle).transpose()?,
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
    fn a_command_is_read_back_as_it_was_written() {
        let weights = MetricWeights::new(vec![(Metric::Mase, 0.1 + 0.2), (Metric::R2, 1.0 / 3.0)]).unwrap();
        let models = vec![ModelId::Linear, ModelId::RandomForest];
        for grid in [None, Some(GridChoice::Auto), Some(GridChoice::Hour)] {
            let written = TrainCommand { models: models.clone(), weights: weights.clone(), grid };
            let column = command_column(&written).unwrap();
            assert_eq!(command(Some(&column)).unwrap(), written);
        }
    }

    #[test]
    fn a_command_from_before_a_grid_could_be_asked_for_asks_for_none() {
        assert_eq!(command(Some(r#"{"models":[],"weights":[["mase","1"]]}"#)).unwrap().grid, None);
    }

    #[test]
    fn a_failure_is_read_back_as_it_was_written() {
        let all = [
            JobFailure::InsufficientData { found: 3, needed: 30 },
            JobFailure::InsufficientHours { found: 3, needed: 48 },
            JobFailure::AccountGone,
            JobFailure::Unavailable,
            JobFailure::Internal,
        ];
        for written in all {
            assert_eq!(failure(&failure_column(written).unwrap()).unwrap(), written);
        }
    }
}
