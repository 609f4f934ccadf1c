//! The change log: how a process learns what another one (the command line, a replica) made untrue of what it
//! remembers.
//!
//! Every writing transaction appends its changes before it commits, and numbers are in the order of commits, so a
//! reader who remembers the last number it saw misses nothing.

use atalaya_application::AppError;
use atalaya_application::ports::memory::Change;
use atalaya_domain::id::{CompanyId, UserId};
use atalaya_domain::signing_key::KeyId;
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::error::Expecting;
use super::rows::{handle, read, session_id, word};
use super::schema::change_log;
use super::upsert::lock_change_log;

/// A change as the log holds it: kind, company, subject.
pub(super) type Entry = (String, Option<i64>, String);

fn entry(change: &Change) -> (&'static str, Option<i64>, String) {
    match change {
        Change::User(id) => ("user", None, id.get().to_string()),
        Change::Session(id) => ("session", None, id.get().to_string()),
        Change::Company(id) => ("company", Some(id.get()), id.get().to_string()),
        Change::Account(company, handle) => ("account", Some(company.get()), handle.as_str().to_owned()),
        Change::Keys => ("keys", None, String::new()),
        Change::KeyGone(id) => ("key_gone", None, id.to_string()),
    }
}

/// The change that an entry tells.
pub(super) fn change((kind, company, subject): &Entry) -> Result<Change, AppError> {
    let column = "change_log.subject";
    match (kind.as_str(), company) {
        ("user", _) => word(column, subject).map(UserId::new).map(Change::User),
        ("session", _) => session_id(subject).map(Change::Session),
        ("company", _) => word(column, subject).map(CompanyId::new).map(Change::Company),
        ("account", Some(company)) => Ok(Change::Account(CompanyId::new(*company), handle(subject)?)),
        ("keys", _) => Ok(Change::Keys),
        ("key_gone", _) => read(column, KeyId::parse(subject)).map(Change::KeyGone),
        _ => read("change_log.kind", Err(kind)),
    }
}

/// Writes what a transaction changed, as its last statement: the lock is held until the commit.
pub(super) fn append(conn: &mut AnyConnection, changes: &[Change]) -> Result<(), AppError> {
    if changes.is_empty() {
        return Ok(());
    }
    lock_change_log(conn).or_fault()?;
    for (kind, company, subject) in changes.iter().map(entry) {
        diesel::insert_into(change_log::table)
            .values((change_log::kind.eq(kind), change_log::company_id.eq(company), change_log::subject.eq(subject)))
            .execute(conn)
            .or_fault()?;
    }
    Ok(())
}
