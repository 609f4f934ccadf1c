//! [`JobQueue`] on the database: which process gets which job.
//!
//! A process looks first, without keeping anybody from anything, and then takes: PostgreSQL passes over rows that another one
//! is about to change, SQLite lets one process write at a time.

use std::collections::{HashMap, HashSet};

use atalaya_application::AppError;
use atalaya_application::ports::jobs::{Claim, ClaimedJob, Ending, Hold, JobQueue, Lane, Lease, NewJob};
use atalaya_domain::job::{JobFailure, JobKind, JobState, Progress};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::dsl::{count_star, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Timestamp};

use super::endings::{end, under};
use super::rows::{JobRow, number_column};
use crate::persistence::connection::AnyConnection;
use crate::persistence::database::Database;
use crate::persistence::error::Expecting;
use crate::persistence::reach::Reach;
use crate::persistence::rows::stored;
use crate::persistence::schema::jobs;
use crate::persistence::upsert::{establish_job, first_unlocked, lock_claims};

/// The first job that is due of each company that has one. It steps from company to company through the index and reads one
/// job of each, however many wait.
const WAITING: &str = "\
WITH RECURSIVE waiting (company_id) AS (
    SELECT (SELECT company_id FROM jobs WHERE lane = $1 AND state = 'queued' AND company_id IS NOT NULL
            ORDER BY company_id LIMIT 1)
    UNION ALL
    SELECT (SELECT later.company_id FROM jobs AS later
            WHERE later.lane = $1 AND later.state = 'queued' AND later.company_id > waiting.company_id
            ORDER BY later.company_id LIMIT 1)
    FROM waiting WHERE waiting.company_id IS NOT NULL
)
SELECT (SELECT due.id FROM jobs AS due
        WHERE due.lane = $1 AND due.state = 'queued' AND due.company_id = waiting.company_id AND due.due_at <= $2
        ORDER BY due.priority, due.turn, due.id LIMIT 1) AS id
FROM waiting WHERE waiting.company_id IS NOT NULL";

/// Jobs whose lease is over that one look finds.
const LOST_AT_ONCE: i64 = 16;
/// How long jobs that ended are kept.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Jobs that are deleted in one transaction.
const PRUNED_AT_ONCE: i64 = 1_000;

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = Nullable<Text>)]
    id: Option<String>,
}

/// What there is to take.
struct Look {
    /// Whose lease is over, the longest first.
    lost: Vec<String>,
    /// Whether one of the platform's own is due.
    own: bool,
    /// Companies with a job that is due, by the place of the first one of each: priority, turn, age.
    companies: Vec<i64>,
}

/// The kinds that this program knows. A later one may store others, which are not for this one to take.
fn known(lane: Lane) -> Vec<&'static str> {
    JobKind::ALL.iter().filter(|kind| Lane::of(**kind) == lane).map(|kind| kind.as_str()).collect()
}

/// As a literal, not as a parameter: only so does every plan know that the index of what waits holds all that is asked for.
fn queued() -> SqlLiteral<Bool> {
    sql("jobs.state = 'queued'")
}

fn look(conn: &mut AnyConnection, claim: &Claim) -> Result<Look, AppError> {
    let (lane, now) = (claim.lane.as_str(), stored(claim.at));
    let lost = jobs::table
        .filter(jobs::lane.eq(lane))
        .filter(jobs::leased_until.le(now))
        .order(jobs::leased_until)
        .limit(LOST_AT_ONCE)
        .select(jobs::id)
        .load(conn)
        .or_fault()?;
    let own: Option<String> = jobs::table
        .filter(jobs::company_id.is_null())
        .filter(jobs::lane.eq(lane))
        .filter(queued())
        .filter(jobs::due_at.le(now))
        .select(jobs::id)
        .first(conn)
        .optional()
        .or_fault()?;
    let waiting: Vec<Waiting> =
        diesel::sql_query(WAITING).bind::<Text, _>(lane).bind::<Timestamp, _>(now).load(conn).or_fault()?;
    let companies: Vec<Option<i64>> = jobs::table
        .filter(jobs::id.eq_any(waiting.into_iter().filter_map(|first| first.id)))
        .order((jobs::priority, jobs::turn, jobs::id))
        .select(jobs::company_id)
        .load(conn)
        .or_fault()?;
    let busy = busy(conn, claim)?;
    let companies = companies.into_iter().flatten().filter(|company| !busy.contains(company)).collect();
    Ok(Look { lost, own: own.is_some(), companies })
}

/// Companies of which as many jobs are worked on as may be.
fn busy(conn: &mut AnyConnection, claim: &Claim) -> Result<HashSet<i64>, AppError> {
    let counted: Vec<(Option<i64>, i64)> = jobs::table
        .filter(jobs::lane.eq(claim.lane.as_str()))
        .filter(jobs::leased_until.is_not_null())
        .group_by(jobs::company_id)
        .select((jobs::company_id, count_star()))
        .load(conn)
        .or_fault()?;
    let counted: HashMap<Option<i64>, i64> = counted.into_iter().collect();
    let full = counted.into_iter().filter(|(_, number)| *number >= i64::from(claim.most));
    Ok(full.filter_map(|(company, _)| company).collect())
}

/// Takes a job whose lease is over, or ends it where it was lost too often.
fn take_lost(conn: &mut AnyConnection, id: &str, claim: &Claim) -> Result<Option<ClaimedJob>, AppError> {
    let lost = || jobs::table.find(id).filter(jobs::leased_until.le(stored(claim.at))).select(jobs::id);
    let Some(id): Option<String> = first_unlocked!(conn, lost()).or_fault()? else { return Ok(None) };
    let row = row(conn, &id)?;
    if row.company_id.is_some() && row.attempts >= number_column(claim.attempts) {
        tracing::error!(event = "job_given_up", job.id = id, "a job was lost again and again and is given up");
        end(conn, &row.lease()?, &Ending::Failed(JobFailure::Unavailable), claim.at)?;
        return Ok(None);
    }
    take(conn, row, claim)
}

/// Takes the next job of the platform.
fn take_own(conn: &mut AnyConnection, claim: &Claim) -> Result<Option<ClaimedJob>, AppError> {
    let due = || {
        jobs::table
            .filter(jobs::company_id.is_null())
            .filter(jobs::lane.eq(claim.lane.as_str()))
            .filter(queued())
            .filter(jobs::due_at.le(stored(claim.at)))
            .filter(jobs::kind.eq_any(known(claim.lane)))
            .order((jobs::due_at, jobs::id))
            .select(jobs::id)
    };
    let Some(id): Option<String> = first_unlocked!(conn, due()).or_fault()? else { return Ok(None) };
    let row = row(conn, &id)?;
    take(conn, row, claim)
}

/// Takes the next job of a company, unless as many of it are worked on as may be.
fn take_of(conn: &mut AnyConnection, company: i64, claim: &Claim) -> Result<Option<ClaimedJob>, AppError> {
    lock_claims(conn, company).or_fault()?;
    if busy(conn, claim)?.contains(&company) {
        return Ok(None);
    }
    let due = || {
        jobs::table
            .filter(jobs::company_id.eq(company))
            .filter(jobs::lane.eq(claim.lane.as_str()))
            .filter(queued())
            .filter(jobs::due_at.le(stored(claim.at)))
            .filter(jobs::kind.eq_any(known(claim.lane)))
            .order((jobs::priority, jobs::turn, jobs::id))
            .select(jobs::id)
    };
    let Some(id): Option<String> = first_unlocked!(conn, due()).or_fault()? else { return Ok(None) };
    let row = row(conn, &id)?;
    take(conn, row, claim)
}

fn row(conn: &mut AnyConnection, id: &str) -> Result<JobRow, AppError> {
    jobs::table.find(id).select(JobRow::as_select()).first(conn).or_fault()
}

fn take(conn: &mut AnyConnection, mut row: JobRow, claim: &Claim) -> Result<Option<ClaimedJob>, AppError> {
    row.attempts = row.attempts.saturating_add(1);
    diesel::update(jobs::table.find(&row.id))
        .set((
            jobs::state.eq(JobState::Running.as_str()),
            jobs::leased_until.eq(stored(claim.at + claim.lease)),
            jobs::attempts.eq(row.attempts),
            jobs::started_at.eq(row.started_at.unwrap_or_else(|| stored(claim.at))),
            jobs::done.eq(0),
            jobs::total.eq(0),
        ))
        .execute(conn)
        .or_fault()?;
    match row.claimed() {
        Ok(job) => Ok(Some(job)),
        // Else it would be taken first again and again, and keep every other job from being taken.
        Err(error) => {
            tracing::error!(event = "job_unreadable", job.id = row.id, %error, "a job cannot be read and is given up");
            end(conn, &row.lease()?, &Ending::Failed(JobFailure::Internal), claim.at)?;
            Ok(None)
        }
    }
}

impl JobQueue for Database {
    fn establish(&self, job: &NewJob) -> Result<(), AppError> {
        let row = JobRow::new(None, job)?;
        self.brief_transaction(Reach::Platform, |tx| establish_job(tx.conn, &row).or_fault())
    }

    fn claim(&self, claim: &Claim) -> Result<Option<ClaimedJob>, AppError> {
        let found = self.snapshot(Reach::Platform, |tx| look(tx.conn, claim))?;
        for id in &found.lost {
            if let Some(job) = self.brief_transaction(Reach::Platform, |tx| take_lost(tx.conn, id, claim))? {
                return Ok(Some(job));
            }
        }
        if found.own
            && let Some(job) = self.brief_transaction(Reach::Platform, |tx| take_own(tx.conn, claim))?
        {
            return Ok(Some(job));
        }
        for company in found.companies {
            if let Some(job) = self.brief_transaction(Reach::Platform, |tx| take_of(tx.conn, company, claim))? {
                return Ok(Some(job));
            }
        }
        Ok(None)
    }

    fn renew(&self, lease: &Lease, progress: Progress, until: DateTime<Utc>) -> Result<Hold, AppError> {
        let renewed = self.vital_transaction(Reach::Platform, |tx| {
            diesel::update(jobs::table.filter(under(lease)))
                .set((
                    jobs::leased_until.eq(stored(until)),
                    jobs::done.eq(number_column(progress.done)),
                    jobs::total.eq(number_column(progress.total)),
                ))
                .execute(tx.conn)
                .or_fault()
        })?;
        Ok(if renewed == 1 { Hold::Held } else { Hold::Lost })
    }

    fn end(&self, lease: &Lease, ending: &Ending, at: DateTime<Utc>) -> Result<(), AppError> {
        self.brief_transaction(Reach::Platform, |tx| end(tx.conn, lease, ending, at).map(drop))
    }

    fn put_back(&self, lease: &Lease, again_at: DateTime<Utc>, forgiven: bool) -> Result<(), AppError> {
        let attempts = lease.attempt.saturating_sub(u32::from(forgiven));
        self.brief_transaction(Reach::Platform, |tx| {
            diesel::update(jobs::table.filter(under(lease)))
                .set((
                    jobs::state.eq(JobState::Queued.as_str()),
                    jobs::due_at.eq(stored(again_at)),
                    jobs::leased_until.eq(None::<NaiveDateTime>),
                    jobs::attempts.eq(number_column(attempts)),
                    jobs::done.eq(0),
                    jobs::total.eq(0),
                ))
                .execute(tx.conn)
                .or_fault()
                .map(drop)
        })
    }
}

impl Database {
    /// Deletes jobs that ended more than thirty days ago, some in each transaction, and says how many those were. A job that
    /// is made of others goes when its parts are gone.
    ///
    /// # Errors
    /// Of the database.
    pub fn prune_jobs(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
        let oldest = stored(now - KEPT);
        let parts = self.prune_jobs_of(oldest, true)?;
        Ok(parts + self.prune_jobs_of(oldest, false)?)
    }

    /// Of the jobs that ended before `oldest`, deletes those that are parts, or those that are none.
    fn prune_jobs_of(&self, oldest: NaiveDateTime, parts: bool) -> Result<usize, AppError> {
        let mut pruned = 0;
        loop {
            let ids: Vec<String> = self.snapshot(Reach::Platform, |tx| {
                jobs::table
                    .filter(jobs::finished_at.lt(oldest))
                    .filter(jobs::parent_id.is_not_null().eq(parts))
                    .limit(PRUNED_AT_ONCE)
                    .select(jobs::id)
                    .load(tx.conn)
                    .or_fault()
            })?;
            if ids.is_empty() {
                return Ok(pruned);
            }
            pruned += self.brief_transaction(Reach::Platform, |tx| {
                diesel::delete(jobs::table.filter(jobs::id.eq_any(&ids))).execute(tx.conn).or_fault()
            })?;
        }
    }
}
