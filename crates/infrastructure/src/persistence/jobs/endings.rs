//! How jobs end, and with them the job that they are parts of.
//!
//! Whoever ends a part writes to the row of the whole first, and touches the part only then. So endings of parts of one
//! job come one after the other, the last of them finds that it is the last, and none waits for another that waits for
//! it.

use atalaya_application::AppError;
use atalaya_application::ports::jobs::{Ending, Lease};
use atalaya_domain::id::{CompanyId, JobId, ModelVersion};
use atalaya_domain::job::JobState;
use chrono::{DateTime, Utc};
use diesel::dsl::{auto_type, case_when};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::rows::{failure_column, has_parts, id_column, number_column};
use crate::persistence::connection::AnyConnection;
use crate::persistence::error::Expecting;
use crate::persistence::own::own;
use crate::persistence::rows::stored;
use crate::persistence::schema::jobs;

/// The states of jobs that have not ended.
pub(in crate::persistence) const UNFINISHED: [&str; 2] = ["queued", "running"];

/// The job, as long as the lease is good.
#[auto_type(no_type_alias)]
pub(super) fn under(lease: &Lease) -> _ {
    let id: String = id_column(lease.job);
    let attempt: i32 = number_column(lease.attempt);
    jobs::id.eq(id).and(jobs::attempts.eq(attempt)).and(jobs::leased_until.is_not_null())
}

/// What of a job decides on how it ends.
type Whole = (Option<i64>, Option<String>, String);

/// Ends a job; `false` where the lease was lost.
pub(super) fn end(
    conn: &mut AnyConnection,
    lease: &Lease,
    ending: &Ending,
    at: DateTime<Utc>,
) -> Result<bool, AppError> {
    let found: Option<Whole> = jobs::table
        .filter(under(lease))
        .select((jobs::company_id, jobs::parent_id, jobs::kind))
        .first(conn)
        .optional()
        .or_fault()?;
    let Some((company, parent, kind)) = found else { return Ok(false) };
    if company != lease.company.map(CompanyId::get) {
        return Ok(false);
    }
    if let Some(whole) = &parent {
        take_turn(conn, whole)?;
    }
    let (state, version, failure) = match ending {
        Ending::Succeeded { version } => (JobState::Succeeded, version.map(ModelVersion::get), None),
        Ending::Failed(failure) => (JobState::Failed, None, Some(failure_column(*failure)?)),
    };
    // The last steps were not noted yet, and of a short job none: it is one step.
    let all_done = (state == JobState::Succeeded).into_sql::<Bool>();
    let steps = case_when(jobs::total.gt(0), jobs::total).otherwise(1);
    let ended = diesel::update(jobs::table.filter(under(lease)))
        .set((
            jobs::state.eq(state.as_str()),
            jobs::finished_at.eq(stored(at)),
            jobs::leased_until.eq(None::<chrono::NaiveDateTime>),
            jobs::model_version.eq(version),
            jobs::failure.eq(failure),
            jobs::done.eq(case_when(all_done, steps).otherwise(jobs::done)),
            jobs::total.eq(case_when(all_done, steps).otherwise(jobs::total)),
        ))
        .execute(conn)
        .or_fault()?;
    if ended == 0 {
        return Ok(false);
    }
    if has_parts(&kind) {
        cancel_parts(conn, &id_column(lease.job), at)?;
    }
    if let Some(whole) = &parent {
        end_with_last_part(conn, whole, at)?;
    }
    Ok(true)
}

/// Calls off a job of the company that has not ended, and its parts.
pub(super) fn cancel(
    conn: &mut AnyConnection,
    company: CompanyId,
    job: JobId,
    at: DateTime<Utc>,
) -> Result<(), AppError> {
    let id = id_column(job);
    let unfinished = own::<jobs::table>(company).filter(jobs::id.eq(&id)).filter(jobs::state.eq_any(UNFINISHED));
    let parent: Option<Option<String>> =
        unfinished.clone().select(jobs::parent_id).first(conn).optional().or_fault()?;
    let Some(parent) = parent else { return Ok(()) };
    take_turn(conn, parent.as_ref().unwrap_or(&id))?;
    diesel::update(unfinished)
        .set((
            jobs::state.eq(JobState::Cancelled.as_str()),
            jobs::finished_at.eq(stored(at)),
            jobs::leased_until.eq(None::<chrono::NaiveDateTime>),
        ))
        .execute(conn)
        .or_fault()?;
    cancel_parts(conn, &id, at)?;
    parent.map_or(Ok(()), |whole| end_with_last_part(conn, &whole, at))
}

/// Waits for whoever else ends a part of the job, by a write that changes nothing.
fn take_turn(conn: &mut AnyConnection, whole: &str) -> Result<(), AppError> {
    diesel::update(jobs::table.find(whole)).set(jobs::turn.eq(jobs::turn)).execute(conn).or_fault().map(drop)
}

fn cancel_parts(conn: &mut AnyConnection, whole: &str, at: DateTime<Utc>) -> Result<(), AppError> {
    diesel::update(jobs::table.filter(jobs::parent_id.eq(whole)).filter(jobs::state.eq_any(UNFINISHED)))
        .set((
            jobs::state.eq(JobState::Cancelled.as_str()),
            jobs::finished_at.eq(stored(at)),
            jobs::leased_until.eq(None::<chrono::NaiveDateTime>),
        ))
        .execute(conn)
        .or_fault()
        .map(drop)
}

/// Ends a job that waits for its parts, if the last of them has ended. It has done what it was asked for then, however
/// each of them ended.
pub(super) fn end_with_last_part(conn: &mut AnyConnection, whole: &str, at: DateTime<Utc>) -> Result<(), AppError> {
    let unfinished: Option<String> = jobs::table
        .filter(jobs::parent_id.eq(whole))
        .filter(jobs::state.eq_any(UNFINISHED))
        .select(jobs::id)
        .first(conn)
        .optional()
        .or_fault()?;
    if unfinished.is_some() {
        return Ok(());
    }
    let waits =
        jobs::table.find(whole).filter(jobs::state.eq(JobState::Running.as_str())).filter(jobs::leased_until.is_null());
    diesel::update(waits)
        .set((jobs::state.eq(JobState::Succeeded.as_str()), jobs::finished_at.eq(stored(at))))
        .execute(conn)
        .or_fault()
        .map(drop)
}
