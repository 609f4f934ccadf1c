//! [`JobQueue`] on the database: which process gets which job.
//!
//! A process looks first, without keeping anybody from anything, and then takes: PostgreSQL passes over rows that
//! another one is about to change, SQLite lets one process write at a time.

use std::collections::{HashMap, HashSet};

use atalaya_application::AppError;
use atalaya_application::ports::jobs::{Claim, ClaimedJob, Ending, Hold, JobQueue, Lease, NewJob};
use atalaya_domain::horizon::Horizon;
use atalaya_domain::job::{JobFailure, JobState, Progress};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::dsl::{auto_type, count_star, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Timestamp};

use super::endings::{end, under};
use super::rows::{JobRow, number_column};
use crate::persistence::connection::AnyConnection;
use crate::persistence::database::Database;
use crate::persistence::error::Expecting;
use crate::persistence::presence::Presence;
use crate::persistence::reach::Reach;
use crate::persistence::rows::stored;
use crate::persistence::schema::{companies, jobs};
use crate::persistence::shares::Share;
use crate::persistence::upsert::{establish_job, first_unlocked, has_no_lock, lock_claims};

/// The first job that is due of each company that has one. It steps from company to company through the index and reads
/// one job of each, however many wait.
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
        WHERE due.lane = $1 AND due.state = 'queued' AND due.company_id = waiting.company_id
            AND (due.due_at <= $2 OR due.due_at > $3)
        ORDER BY due.priority, due.turn, due.id LIMIT 1) AS id
FROM waiting WHERE waiting.company_id IS NOT NULL";

/// Jobs whose lease is over that one look finds.
const LOST_AT_ONCE: i64 = 16;
/// How long a recurring job rests that this program cannot read.
const PAUSE_OF_UNREADABLE: TimeDelta = TimeDelta::minutes(1);
/// How long jobs that ended are kept.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Jobs that are deleted in one transaction.
const PRUNED_AT_ONCE: i64 = 1_000;

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = Nullable<Text>)]
    id: Option<String>,
}

/// Jobs that may be taken, as one look finds them.
struct Candidates {
    /// Whose lease is over, the longest first.
    expired: Vec<String>,
    /// Those of other processes whose lock is missing.
    orphaned: Vec<Orphan>,
    /// Whether one of the platform's own is due.
    own: bool,
    /// Companies with a job that is due, by the place of the first one of each: priority, turn, age.
    companies: Vec<i64>,
}

/// A job of a process that held a lock when it took it, and does not hold it now.
struct Orphan {
    job: String,
    process: i64,
}

/// The kinds that may be taken.
fn known(claim: &Claim) -> Vec<&'static str> {
    claim.kinds.iter().map(|kind| kind.as_str()).collect()
}

/// What became of a job that was looked at to be taken.
enum Taken {
    /// It is this process' now.
    Job(ClaimedJob),
    /// It has to be given up.
    Exhausted(Lease, JobFailure),
}

/// Jobs that may be worked on: the platform's own, and those of companies that are not suspended.
#[auto_type(no_type_alias)]
fn allowed() -> _ {
    let active = companies::table.filter(companies::active).select(companies::id.nullable());
    jobs::company_id.is_null().or(jobs::company_id.eq_any(active))
}

/// Jobs whose lease is over: it has ended, or a clock dated it that ran ahead.
#[auto_type(no_type_alias)]
fn lost_by(leases: Horizon) -> _ {
    let now: NaiveDateTime = stored(leases.now());
    let latest: NaiveDateTime = stored(leases.latest());
    jobs::leased_until.le(now).or(jobs::leased_until.gt(latest))
}

/// Jobs that are due: their time has come, or a clock dated it that ran ahead.
#[auto_type(no_type_alias)]
fn due_by(waits: Horizon) -> _ {
    let now: NaiveDateTime = stored(waits.now());
    let latest: NaiveDateTime = stored(waits.latest());
    jobs::due_at.le(now).or(jobs::due_at.gt(latest))
}

/// As a literal, not as a parameter: only so does every plan know that the index of what waits holds all that is asked
/// for.
fn queued() -> SqlLiteral<Bool> {
    sql("jobs.state = 'queued'")
}

/// Jobs whose lease is not over and that another process took while it held a lock on its number.
fn orphans(conn: &mut AnyConnection, claim: &Claim, process: i64) -> Result<Vec<Orphan>, AppError> {
    let watched: Vec<(String, Option<i64>)> = jobs::table
        .filter(jobs::lane.eq(claim.lane.as_str()))
        .filter(jobs::leased_until.gt(stored(claim.at)))
        .filter(jobs::watched_attempt.eq(jobs::attempts.nullable()))
        .filter(jobs::process.ne(process))
        .filter(jobs::kind.eq_any(known(claim)))
        .filter(allowed())
        .select((jobs::id, jobs::process))
        .load(conn)
        .or_fault()?;
    let mut missing = Vec::new();
    for (job, process) in watched {
        let Some(process) = process else { continue };
        if has_no_lock(conn, process).or_fault()? {
            missing.push(Orphan { job, process });
        }
    }
    Ok(missing)
}

fn look(conn: &mut AnyConnection, claim: &Claim, process: i64) -> Result<Candidates, AppError> {
    let (lane, waits) = (claim.lane.as_str(), claim.waits());
    let expired = jobs::table
        .filter(jobs::lane.eq(lane))
        .filter(lost_by(claim.leases()))
        .filter(jobs::kind.eq_any(known(claim)))
        .filter(allowed())
        .order(jobs::leased_until)
        .limit(LOST_AT_ONCE)
        .select(jobs::id)
        .load(conn)
        .or_fault()?;
    let own: Option<String> = jobs::table
        .filter(jobs::company_id.is_null())
        .filter(jobs::lane.eq(lane))
        .filter(queued())
        .filter(due_by(claim.waits()))
        .filter(jobs::kind.eq_any(known(claim)))
        .select(jobs::id)
        .first(conn)
        .optional()
        .or_fault()?;
    let waiting: Vec<Waiting> = diesel::sql_query(WAITING)
        .bind::<Text, _>(lane)
        .bind::<Timestamp, _>(stored(waits.now()))
        .bind::<Timestamp, _>(stored(waits.latest()))
        .load(conn)
        .or_fault()?;
    let companies: Vec<Option<i64>> = jobs::table
        .filter(jobs::id.eq_any(waiting.into_iter().filter_map(|first| first.id)))
        .filter(allowed())
        .order((jobs::priority, jobs::turn, jobs::id))
        .select(jobs::company_id)
        .load(conn)
        .or_fault()?;
    let busy = busy(conn, claim, process)?;
    let companies = companies.into_iter().flatten().filter(|company| !busy.contains(company)).collect();
    Ok(Candidates { expired, orphaned: orphans(conn, claim, process)?, own: own.is_some(), companies })
}

/// Companies of which this process works on as many jobs as it may.
fn busy(conn: &mut AnyConnection, claim: &Claim, process: i64) -> Result<HashSet<i64>, AppError> {
    let counted: Vec<(Option<i64>, i64)> = jobs::table
        .filter(jobs::lane.eq(claim.lane.as_str()))
        .filter(jobs::process.eq(process))
        .filter(jobs::leased_until.is_not_null())
        .group_by(jobs::company_id)
        .select((jobs::company_id, count_star()))
        .load(conn)
        .or_fault()?;
    let counted: HashMap<Option<i64>, i64> = counted.into_iter().collect();
    let full = counted.into_iter().filter(|(_, number)| *number >= i64::from(claim.most));
    Ok(full.filter_map(|(company, _)| company).collect())
}

/// Takes a job whose lease is over.
fn take_expired(conn: &mut AnyConnection, id: &str, claim: &Claim, me: &Presence) -> Result<Option<Taken>, AppError> {
    let lost = || {
        jobs::table
            .find(id)
            .filter(lost_by(claim.leases()))
            .filter(jobs::kind.eq_any(known(claim)))
            .filter(allowed())
            .select(jobs::id)
    };
    let found: Option<String> = first_unlocked!(conn, lost()).or_fault()?;
    found.map(|id| take_over(conn, &id, claim, me)).transpose()
}

/// Takes a job of a process that is gone.
fn take_orphaned(
    conn: &mut AnyConnection,
    left: &Orphan,
    claim: &Claim,
    me: &Presence,
) -> Result<Option<Taken>, AppError> {
    let lost = || {
        jobs::table
            .find(&left.job)
            .filter(jobs::leased_until.is_not_null())
            .filter(jobs::process.eq(left.process))
            .filter(jobs::watched_attempt.eq(jobs::attempts.nullable()))
            .filter(allowed())
            .select(jobs::id)
    };
    let found: Option<String> = first_unlocked!(conn, lost()).or_fault()?;
    found.map(|id| take_over(conn, &id, claim, me)).transpose()
}

/// Takes a job that another process lost, unless that happened too often.
fn take_over(conn: &mut AnyConnection, id: &str, claim: &Claim, me: &Presence) -> Result<Taken, AppError> {
    let row = row(conn, id)?;
    if row.company_id.is_some() && row.attempts >= number_column(claim.attempts) {
        tracing::error!(event = "job_given_up", job.id = id, "a job was lost again and again and is given up");
        return Ok(Taken::Exhausted(row.lease()?, JobFailure::Unavailable));
    }
    take(conn, row, claim, me)
}

/// Takes the next job of the platform.
fn take_own(conn: &mut AnyConnection, claim: &Claim, me: &Presence) -> Result<Option<Taken>, AppError> {
    let due = || {
        jobs::table
            .filter(jobs::company_id.is_null())
            .filter(jobs::lane.eq(claim.lane.as_str()))
            .filter(queued())
            .filter(due_by(claim.waits()))
            .filter(jobs::kind.eq_any(known(claim)))
            .order((jobs::due_at, jobs::id))
            .select(jobs::id)
    };
    let found: Option<String> = first_unlocked!(conn, due()).or_fault()?;
    found.map(|id| row(conn, &id).and_then(|row| take(conn, row, claim, me))).transpose()
}

/// Takes the next job of a company, unless this process works on as many of it as it may.
fn take_of(conn: &mut AnyConnection, company: i64, claim: &Claim, me: &Presence) -> Result<Option<Taken>, AppError> {
    lock_claims(conn, company).or_fault()?;
    if busy(conn, claim, me.process())?.contains(&company) {
        return Ok(None);
    }
    let due = || {
        jobs::table
            .filter(jobs::company_id.eq(company))
            .filter(jobs::lane.eq(claim.lane.as_str()))
            .filter(queued())
            .filter(due_by(claim.waits()))
            .filter(jobs::kind.eq_any(known(claim)))
            .filter(allowed())
            .order((jobs::priority, jobs::turn, jobs::id))
            .select(jobs::id)
    };
    let found: Option<String> = first_unlocked!(conn, due()).or_fault()?;
    found.map(|id| row(conn, &id).and_then(|row| take(conn, row, claim, me))).transpose()
}

fn row(conn: &mut AnyConnection, id: &str) -> Result<JobRow, AppError> {
    jobs::table.find(id).select(JobRow::as_select()).first(conn).or_fault()
}

fn take(conn: &mut AnyConnection, mut row: JobRow, claim: &Claim, me: &Presence) -> Result<Taken, AppError> {
    row.attempts = row.attempts.saturating_add(1);
    diesel::update(jobs::table.find(&row.id))
        .set((
            jobs::state.eq(JobState::Running.as_str()),
            jobs::leased_until.eq(stored(claim.at + claim.lease)),
            jobs::attempts.eq(row.attempts),
            jobs::process.eq(me.process()),
            jobs::watched_attempt.eq(me.watched(row.attempts)),
            jobs::started_at.eq(row.started_at.unwrap_or_else(|| stored(claim.at))),
            jobs::done.eq(0),
            jobs::total.eq(0),
        ))
        .execute(conn)
        .or_fault()?;
    match row.claimed() {
        Ok(job) => Ok(Taken::Job(job)),
        // Else it would be taken first again and again, and keep every other job from being taken.
        Err(error) => {
            tracing::error!(event = "job_unreadable", job.id = row.id, %error, "a job cannot be read and is given up");
            Ok(Taken::Exhausted(row.lease()?, JobFailure::Internal))
        }
    }
}

/// Puts a recurring job that ended back into the queue. Nobody asks for it a second time: it must not stay ended.
fn revive(conn: &mut AnyConnection, job: &NewJob) -> Result<(), AppError> {
    let ended = jobs::table
        .filter(jobs::company_id.is_null())
        .filter(jobs::kind.eq(job.task.kind.as_str()))
        .filter(jobs::finished_at.is_not_null());
    diesel::update(ended)
        .set((
            jobs::state.eq(JobState::Queued.as_str()),
            jobs::due_at.eq(stored(job.at)),
            jobs::attempts.eq(0),
            jobs::finished_at.eq(None::<NaiveDateTime>),
            jobs::failure.eq(None::<String>),
        ))
        .execute(conn)
        .or_fault()
        .map(drop)
}

impl JobQueue for Database {
    fn establish(&self, job: &NewJob) -> Result<(), AppError> {
        let row = JobRow::new(None, job);
        self.brief_transaction(Share::Jobs, Reach::Platform, |tx| {
            establish_job(tx.conn, &row).or_fault()?;
            revive(tx.conn, job)
        })
    }

    fn claim(&self, claim: &Claim) -> Result<Option<ClaimedJob>, AppError> {
        let me = self.presence();
        let found = self.snapshot_in(Share::Jobs, Reach::Platform, |tx| look(tx.conn, claim, me.process()))?;
        for id in &found.expired {
            if let Some(job) = self.take_by(claim, |conn| take_expired(conn, id, claim, me))? {
                return Ok(Some(job));
            }
        }
        let missing: Vec<i64> = found.orphaned.iter().map(|missing| missing.process).collect();
        let gone = me.gone(claim.lane, &missing);
        for left in found.orphaned.iter().filter(|missing| gone.contains(&missing.process)) {
            if let Some(job) = self.take_by(claim, |conn| take_orphaned(conn, left, claim, me))? {
                return Ok(Some(job));
            }
        }
        if found.own
            && let Some(job) = self.take_by(claim, |conn| take_own(conn, claim, me))?
        {
            return Ok(Some(job));
        }
        for company in found.companies {
            if let Some(job) = self.take_by(claim, |conn| take_of(conn, company, claim, me))? {
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
        self.brief_transaction(Share::Jobs, Reach::Platform, |tx| end(tx.conn, lease, ending, at).map(drop))
    }

    fn put_back(&self, lease: &Lease, again_at: DateTime<Utc>, forgiven: bool) -> Result<(), AppError> {
        let attempts = lease.attempt.saturating_sub(u32::from(forgiven));
        self.brief_transaction(Share::Jobs, Reach::Platform, |tx| {
            diesel::update(jobs::table.filter(under(lease)))
                .set((
                    jobs::state.eq(JobState::Queued.as_str()),
                    jobs::due_at.eq(stored(again_at)),
                    jobs::leased_until.eq(None::<NaiveDateTime>),
                    jobs::watched_attempt.eq(None::<i32>),
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
    /// Takes a job in a transaction of its own. One that has to be given up is ended in a second one, which writes to
    /// the row of the whole before it touches the part, as every ending does: the first has locked the part already.
    fn take_by(
        &self,
        claim: &Claim,
        mut take: impl FnMut(&mut AnyConnection) -> Result<Option<Taken>, AppError>,
    ) -> Result<Option<ClaimedJob>, AppError> {
        match self.brief_transaction(Share::Jobs, Reach::Platform, |tx| take(tx.conn))? {
            None => Ok(None),
            Some(Taken::Job(job)) => Ok(Some(job)),
            Some(Taken::Exhausted(lease, failure)) => {
                match lease.company {
                    Some(_) => self.end(&lease, &Ending::Failed(failure), claim.at)?,
                    // The platform's own come back whatever happens: a later program may read them.
                    None => self.put_back(&lease, claim.at + PAUSE_OF_UNREADABLE, true)?,
                }
                Ok(None)
            }
        }
    }

    /// Deletes some of the jobs that ended more than thirty days ago, in one transaction or two. A job that is made of
    /// others goes when its parts are gone.
    pub(in crate::persistence) fn prune_jobs(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
        let oldest = stored(now - KEPT);
        let parts = self.prune_jobs_of(oldest, true)?;
        let room = usize::try_from(PRUNED_AT_ONCE).is_ok_and(|most| parts < most);
        Ok(parts + if room { self.prune_jobs_of(oldest, false)? } else { 0 })
    }

    /// Of the jobs that ended before `oldest`, deletes some that are parts, or some that are none.
    fn prune_jobs_of(&self, oldest: NaiveDateTime, parts: bool) -> Result<usize, AppError> {
        let ids: Vec<String> = self.snapshot_in(Share::Jobs, Reach::Platform, |tx| {
            jobs::table
                .filter(jobs::finished_at.lt(oldest))
                .filter(jobs::parent_id.is_not_null().eq(parts))
                .limit(PRUNED_AT_ONCE)
                .select(jobs::id)
                .load(tx.conn)
                .or_fault()
        })?;
        if ids.is_empty() {
            return Ok(0);
        }
        self.brief_transaction(Share::Jobs, Reach::Platform, |tx| {
            diesel::delete(jobs::table.filter(jobs::id.eq_any(&ids))).execute(tx.conn).or_fault()
        })
    }
}
