//! The audit log: appended to inside the transaction of the act, read a chain at a time.
//!
//! Invariant: an entry's number and code follow from the chain's head, which the same transaction moves on. Two
//! transactions that append to one chain at once therefore come one after the other, and where the second needs one
//! snapshot it is tried again: numbers are in the order of commits. Long work appends last, because it keeps everybody
//! else from the chain.

use std::collections::BTreeSet;

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::audit::{AuditChains, AuditFilter, AuditPage, AuditReader, AuditSeal};
use atalaya_domain::audit::{AuditEntry, AuditEvent, Chain, ChainHead, Counted, Mac, SignedHead};
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::accounts::one_more;
use super::connection::{AnyConnection, MultiBackend};
use super::error::Expecting;
use super::platform::Platform;
use super::rows::{count, read};
use super::schema::{audit_heads, audit_log};
use super::store::Tenant;
use super::transaction::Transaction;
use super::upsert::lock_audit_head;
use crate::security::AuditKeys;

/// Entries that are read at once when a chain is verified.
const VERIFIED_AT_ONCE: i64 = 1_000;

/// An entry with its code.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_log, treat_none_as_default_value = false)]
struct EntryRow {
    chain: i64,
    seq: i64,
    at: i64,
    actor_id: Option<i64>,
    actor: String,
    action: String,
    target: Option<String>,
    address: Option<String>,
    request_id: Option<String>,
    outcome: String,
    count: i64,
    mac: Vec<u8>,
}

impl EntryRow {
    fn new(chain: Chain, entry: AuditEntry, mac: &Mac) -> Self {
        Self {
            chain: chain.number(),
            seq: entry.seq,
            at: entry.at_micros,
            actor_id: entry.actor_id,
            actor: entry.actor,
            action: entry.action,
            target: entry.target,
            address: entry.address,
            request_id: entry.request_id,
            outcome: entry.outcome,
            count: entry.count,
            mac: mac.0.to_vec(),
        }
    }

    fn into_domain(self) -> (AuditEntry, Mac) {
        let entry = AuditEntry {
            seq: self.seq,
            at_micros: self.at,
            actor_id: self.actor_id,
            actor: self.actor,
            action: self.action,
            target: self.target,
            address: self.address,
            request_id: self.request_id,
            outcome: self.outcome,
            count: self.count,
        };
        // A code of another length is none of ours, and fails as one.
        (entry, Mac(self.mac.try_into().unwrap_or_default()))
    }
}

/// Where a chain ends, as the database remembers it.
fn stored_head(conn: &mut AnyConnection, chain: Chain) -> Result<Option<ChainHead>, AppError> {
    let head = audit_heads::table.find(chain.number()).select((audit_heads::seq, audit_heads::mac));
    head.first(conn).optional().or_fault()?.map(head_of).transpose()
}

fn head_of((seq, mac): (i64, Vec<u8>)) -> Result<ChainHead, AppError> {
    let mac = mac.try_into().map(Mac).map_err(|_| "its length is not 32");
    Ok(ChainHead { seq, mac: read("audit_heads.mac", mac)? })
}

/// Moves a chain's head on; fails as contended where another transaction did so first.
fn move_head(
    conn: &mut AnyConnection,
    chain: Chain,
    before: Option<&ChainHead>,
    after: &ChainHead,
) -> Result<(), AppError> {
    let (seq, mac) = (audit_heads::seq.eq(after.seq), audit_heads::mac.eq(after.mac.0.as_slice()));
    let moved = match before {
        None => diesel::insert_into(audit_heads::table)
            .values((audit_heads::chain.eq(chain.number()), seq, mac))
            .execute(conn),
        Some(before) => diesel::update(audit_heads::table.find(chain.number()))
            .filter(audit_heads::seq.eq(before.seq))
            .set((seq, mac))
            .execute(conn),
    };
    if moved.or_contended()? == 1 { Ok(()) } else { Err(AppError::unavailable(Part::Database)) }
}

fn append(conn: &mut AnyConnection, keys: &AuditKeys, event: &AuditEvent, count: u32) -> Result<(), AppError> {
    let chain = Chain::of(event.company);
    let before = lock_audit_head(conn, chain.number()).or_fault()?.map(head_of).transpose()?;
    let ChainHead { seq, mac: previous } = before.unwrap_or(ChainHead::EMPTY);
    let entry = AuditEntry::of(seq + 1, event, i64::from(count));
    let mac = keys.of(chain)(&entry.message(chain, &previous));
    move_head(conn, chain, before.as_ref(), &ChainHead { seq: entry.seq, mac })?;
    diesel::insert_into(audit_log::table).values(EntryRow::new(chain, entry, &mac)).execute(conn).or_contended()?;
    Ok(())
}

impl Transaction<'_> {
    /// Tells the audit log, in this transaction: the act and its entry are committed together or not at all.
    pub(super) fn audit(&mut self, event: &AuditEvent) -> Result<(), AppError> {
        let keys = self.audit_keys()?;
        append(self.conn, keys, event, 1)
    }

    /// Tells it of what happened several times alike, as one entry.
    pub(super) fn audit_counted(&mut self, Counted { event, count }: &Counted) -> Result<(), AppError> {
        let keys = self.audit_keys()?;
        append(self.conn, keys, event, *count)
    }
}

/// Entries of a chain, newest first.
fn page(
    conn: &mut AnyConnection,
    chain: Chain,
    filter: &AuditFilter,
    request: &PageRequest<i64>,
) -> Result<AuditPage, AppError> {
    let mut query = audit_log::table
        .filter(audit_log::chain.eq(chain.number()))
        .order(audit_log::seq.desc())
        .limit(one_more(request)?)
        .select(EntryRow::as_select())
        .into_boxed::<MultiBackend>();
    if let Some(after) = request.after {
        query = query.filter(audit_log::seq.lt(after));
    }
    if let Some(from) = filter.span.from {
        query = query.filter(audit_log::at.ge(from.timestamp_micros()));
    }
    if let Some(until) = filter.span.until {
        query = query.filter(audit_log::at.lt(until.timestamp_micros()));
    }
    if let Some(action) = filter.action {
        query = query.filter(audit_log::action.eq(action.as_str()));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(audit_log::actor.eq(actor.as_str()));
    }
    if let Some(outcome) = filter.outcome {
        query = query.filter(audit_log::outcome.eq(outcome.as_str()));
    }
    if let Some(target) = &filter.target {
        query = query.filter(audit_log::target.eq(target.as_str()));
    }
    let rows: Vec<EntryRow> = query.load(conn).or_fault()?;
    let entries = rows.into_iter().map(|row| row.into_domain().0).collect();
    Ok(Page::from_rows(entries, request, |entry: &AuditEntry| entry.seq))
}

/// Some of a chain's entries behind a number, with their codes.
fn entries_after(conn: &mut AnyConnection, chain: Chain, seq: i64) -> Result<Vec<(AuditEntry, Mac)>, AppError> {
    let rows: Vec<EntryRow> = audit_log::table
        .filter(audit_log::chain.eq(chain.number()))
        .filter(audit_log::seq.gt(seq))
        .order(audit_log::seq)
        .limit(VERIFIED_AT_ONCE)
        .select(EntryRow::as_select())
        .load(conn)
        .or_fault()?;
    Ok(rows.into_iter().map(EntryRow::into_domain).collect())
}

/// Where a chain ends, signed as of `at`.
fn signed_head(tx: &mut Transaction<'_>, chain: Chain, at: DateTime<Utc>) -> Result<SignedHead, AppError> {
    let head = stored_head(tx.conn, chain)?.unwrap_or(ChainHead::EMPTY);
    Ok(SignedHead::sign(chain, head, at, &tx.audit_keys()?.of(chain)))
}

impl AuditReader for Tenant<'_, '_> {
    fn page(&mut self, filter: &AuditFilter, request: &PageRequest<i64>) -> Result<AuditPage, AppError> {
        let chain = Chain::Company(self.scope.company());
        page(self.conn(), chain, filter, request)
    }

    fn signed_head(&mut self, at: DateTime<Utc>) -> Result<SignedHead, AppError> {
        let chain = Chain::Company(self.scope.company());
        signed_head(self.transaction(), chain, at)
    }

    fn stored_head(&mut self) -> Result<Option<ChainHead>, AppError> {
        let chain = Chain::Company(self.scope.company());
        stored_head(self.conn(), chain)
    }

    fn entries_after(&mut self, seq: i64) -> Result<Vec<(AuditEntry, Mac)>, AppError> {
        let chain = Chain::Company(self.scope.company());
        entries_after(self.conn(), chain, seq)
    }
}

impl AuditReader for Platform<'_, '_> {
    fn page(&mut self, filter: &AuditFilter, request: &PageRequest<i64>) -> Result<AuditPage, AppError> {
        page(self.conn(), Chain::Platform, filter, request)
    }

    fn signed_head(&mut self, at: DateTime<Utc>) -> Result<SignedHead, AppError> {
        signed_head(self.tx, Chain::Platform, at)
    }

    fn stored_head(&mut self) -> Result<Option<ChainHead>, AppError> {
        stored_head(self.conn(), Chain::Platform)
    }

    fn entries_after(&mut self, seq: i64) -> Result<Vec<(AuditEntry, Mac)>, AppError> {
        entries_after(self.conn(), Chain::Platform, seq)
    }
}

impl AuditChains for Platform<'_, '_> {
    fn all(&mut self) -> Result<BTreeSet<Chain>, AppError> {
        let with_entries: Vec<i64> =
            audit_log::table.select(audit_log::chain).distinct().load(self.conn()).or_fault()?;
        let with_head: Vec<i64> = audit_heads::table.select(audit_heads::chain).load(self.conn()).or_fault()?;
        Ok(with_entries.into_iter().chain(with_head).map(Chain::numbered).collect())
    }

    fn head(&mut self, chain: Chain) -> Result<Option<ChainHead>, AppError> {
        stored_head(self.conn(), chain)
    }

    fn count(&mut self, chain: Chain) -> Result<u64, AppError> {
        let of_chain = audit_log::table.filter(audit_log::chain.eq(chain.number()));
        count("audit_log", of_chain.count().get_result(self.conn()).or_fault()?)
    }

    fn after(&mut self, chain: Chain, seq: i64) -> Result<Vec<(AuditEntry, Mac)>, AppError> {
        entries_after(self.conn(), chain, seq)
    }
}
