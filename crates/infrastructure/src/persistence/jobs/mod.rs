//! Jobs: a company's own in its units of work (`JobReader`, `JobWriter`), and the queue that processes take them from
//! (`queue`).

mod endings;
mod queue;
pub(super) mod rows;

use std::collections::HashMap;

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::jobs::{Ending, JobFilter, JobReader, JobWriter, Lease, NewJob};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::horizon::TOLERANCE;
use atalaya_domain::id::{CompanyId, JobId};
use atalaya_domain::job::{Job, JobKind, JobState, Parts, Priority};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{auto_type, count_star, exists, not};
use diesel::prelude::*;

pub(super) use self::endings::UNFINISHED;
use self::endings::{end_with_last_part, under};
use self::rows::{JobRow, id_column, number, priority_column};
use super::accounts::one_more;
use super::error::Expecting;
use super::own::{Own, own, serving_versions};
use super::rows::{count, handle, read, stored, word};
use super::schema::{accounts, jobs, model_versions};
use super::store::Tenant;
use super::upsert::insert_jobs;

/// What the people of a company asked for and has not ended, a job that is made of others counting once.
#[auto_type(no_type_alias)]
fn asked_for(company: CompanyId) -> _ {
    let by_people: i32 = priority_column(Priority::Scheduled);
    let own_jobs: Own<jobs::table> = own::<jobs::table>(company);
    own_jobs.filter(jobs::parent_id.is_null()).filter(jobs::finished_at.is_null()).filter(jobs::priority.lt(by_people))
}

fn lost() -> AppError {
    AppError::unavailable(Part::Jobs)
}

fn kept(held: bool) -> Result<(), AppError> {
    if held { Ok(()) } else { Err(lost()) }
}

impl Tenant<'_, '_> {
    /// How the parts stand of each of these jobs.
    fn parts(&mut self, wholes: &[&str]) -> Result<HashMap<String, Parts>, AppError> {
        if wholes.is_empty() {
            return Ok(HashMap::new());
        }
        let counted: Vec<(Option<String>, String, i64)> = self
            .own::<jobs::table>()
            .filter(jobs::parent_id.eq_any(wholes.iter().map(|whole| (*whole).to_owned())))
            .group_by((jobs::parent_id, jobs::state))
            .select((jobs::parent_id, jobs::state, count_star()))
            .load(self.conn())
            .or_fault()?;
        let mut parts: HashMap<String, Parts> = HashMap::new();
        for (whole, state, number) in counted {
            let parts = parts.entry(whole.unwrap_or_default()).or_default();
            let number = read("jobs", u32::try_from(number))?;
            match word("jobs.state", &state)? {
                JobState::Queued => parts.queued = number,
                JobState::Running => parts.running = number,
                JobState::Succeeded => parts.succeeded = number,
                JobState::Failed => parts.failed = number,
                JobState::Cancelled => parts.cancelled = number,
            }
        }
        Ok(parts)
    }

    fn with_parts(&mut self, rows: Vec<JobRow>) -> Result<Vec<Job>, AppError> {
        let wholes: Vec<&str> = rows.iter().filter(|row| row.is_made_of_others()).map(JobRow::id).collect();
        let parts = self.parts(&wholes)?;
        let job = |row: JobRow| {
            let parts = row.is_made_of_others().then(|| parts.get(row.id()).copied().unwrap_or_default());
            row.into_domain(parts)
        };
        rows.into_iter().map(job).collect()
    }

    fn one_job(&mut self, row: Option<JobRow>) -> Result<Option<Job>, AppError> {
        Ok(self.with_parts(row.into_iter().collect())?.pop())
    }

    /// Fails unless the lease is good and of a job of the company.
    fn requires(&self, lease: &Lease) -> Result<(), AppError> {
        kept(lease.company == Some(self.scope.company()))
    }
}

impl JobReader for Tenant<'_, '_> {
    fn find(&mut self, id: JobId) -> Result<Option<Job>, AppError> {
        let row: Option<JobRow> = self
            .own::<jobs::table>()
            .filter(jobs::id.eq(id_column(id)))
            .select(JobRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        self.one_job(row)
    }

    fn page(&mut self, filter: &JobFilter, request: &PageRequest<JobId>) -> Result<Page<Job, JobId>, AppError> {
        let mut query = self
            .own::<jobs::table>()
            .order(jobs::id.desc())
            .limit(one_more(request)?)
            .select(JobRow::as_select())
            .into_boxed();
        query = match filter.parent {
            Some(parent) => query.filter(jobs::parent_id.eq(id_column(parent))),
            None => query.filter(jobs::parent_id.is_null()),
        };
        if let Some(state) = filter.state {
            query = query.filter(jobs::state.eq(state.as_str()));
        }
        if let Some(after) = request.after {
            query = query.filter(jobs::id.lt(id_column(after)));
        }
        let rows: Vec<JobRow> = query.load(self.conn()).or_fault()?;
        let rows = self.with_parts(rows)?;
        Ok(Page::from_rows(rows, request, |job| job.id))
    }

    fn unfinished(&mut self, kind: JobKind) -> Result<Option<Job>, AppError> {
        let newest: Option<JobRow> = asked_for(self.scope.company())
            .filter(jobs::kind.eq(kind.as_str()))
            .order(jobs::id.desc())
            .select(JobRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        self.one_job(newest)
    }

    fn count_unfinished(&mut self) -> Result<u64, AppError> {
        let number: i64 = asked_for(self.scope.company()).count().get_result(self.conn()).or_fault()?;
        count("jobs", number)
    }

    fn last_part(&mut self, parent: JobId) -> Result<Option<(AccountHandle, u32)>, AppError> {
        let last: Option<(Option<String>, i32)> = self
            .own::<jobs::table>()
            .filter(jobs::parent_id.eq(id_column(parent)))
            .order(jobs::turn.desc())
            .select((jobs::account, jobs::turn))
            .first(self.conn())
            .optional()
            .or_fault()?;
        let last = last
            .map(|(account, turn)| Ok((handle(account.as_deref().unwrap_or_default())?, number("jobs.turn", turn)?)));
        last.transpose()
    }

    fn to_retrain(
        &mut self,
        aged: DateTime<Utc>,
        quiet: DateTime<Utc>,
        now: DateTime<Utc>,
        most: u32,
    ) -> Result<Vec<AccountHandle>, AppError> {
        let asked = self
            .own::<jobs::table>()
            .filter(jobs::account.eq(accounts::handle.nullable()))
            .filter(jobs::finished_at.is_null().or(jobs::created_at.ge(stored(quiet))))
            .select(jobs::id);
        let handles: Vec<String> = self
            .own::<accounts::table>()
            .inner_join(serving_versions())
            .filter(
                model_versions::trained_at.lt(stored(aged)).or(model_versions::trained_at.gt(stored(now + TOLERANCE))),
            )
            .filter(accounts::newest_observation_at.gt(model_versions::data_until.nullable()))
            .filter(not(exists(asked)))
            .order(accounts::handle)
            .limit(i64::from(most))
            .select(accounts::handle)
            .load(self.conn())
            .or_fault()?;
        handles.iter().map(|text| handle(text)).collect()
    }
}

impl JobWriter for Tenant<'_, '_> {
    fn insert(&mut self, jobs: &[NewJob]) -> Result<(), AppError> {
        let company = Some(self.scope.company());
        let rows: Vec<JobRow> = jobs.iter().map(|job| JobRow::new(company, job)).collect();
        insert_jobs(self.conn(), &rows).or_fault()
    }

    fn add_parts(&mut self, lease: &Lease, parts: &[NewJob]) -> Result<(), AppError> {
        self.requires(lease)?;
        // Who takes the job over has to wait for this transaction, or this one fails.
        let held = diesel::update(self.own::<jobs::table>().filter(under(lease))).set(jobs::turn.eq(jobs::turn));
        kept(held.execute(self.conn()).or_fault()? == 1)?;
        self.insert(parts)
    }

    fn await_parts(&mut self, lease: &Lease, at: DateTime<Utc>) -> Result<(), AppError> {
        self.requires(lease)?;
        let released = diesel::update(self.own::<jobs::table>().filter(under(lease)))
            .set(jobs::leased_until.eq(None::<NaiveDateTime>))
            .execute(self.conn())
            .or_fault()?;
        kept(released == 1)?;
        end_with_last_part(self.conn(), &id_column(lease.job), at)
    }

    fn cancel(&mut self, id: JobId, at: DateTime<Utc>) -> Result<Option<Job>, AppError> {
        let company = self.scope.company();
        endings::cancel(self.conn(), company, id, at)?;
        JobReader::find(self, id)
    }

    fn finish(&mut self, lease: &Lease, ending: &Ending, at: DateTime<Utc>) -> Result<(), AppError> {
        self.requires(lease)?;
        kept(endings::end(self.conn(), lease, ending, at)?)
    }
}
