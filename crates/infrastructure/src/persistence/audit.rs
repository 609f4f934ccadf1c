//! The audit log: appended to inside the transaction of the act, read a chain at a time.
//!
//! Invariant: an entry's number and code follow from the chain's head, which the same transaction moves on. Two transactions
//! that append to one chain at once therefore come one after the other, and where the second needs one snapshot it is tried
//! again: numbers are in the order of commits. Long work appends last, because it keeps everybody else from the chain.

use std::collections::BTreeSet;

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::audit::{AuditFilter, AuditPage, AuditReader, AuditWork, PlatformAudit};
use atalaya_domain::access::PlatformScope;
use atalaya_domain::audit::{AuditEntry, AuditEvent, Breach, Chain, ChainHead, Counted, Mac, SignedHead, verify};
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::accounts::one_more;
use super::connection::{AnyConnection, MultiBackend};
use super::database::Database;
use super::error::Expecting;
use super::reach::Reach;
use super::rows::read;
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

fn sign(keys: &AuditKeys, chain: Chain, head: ChainHead, at: DateTime<Utc>) -> SignedHead {
    let signature = keys.of(chain)(&SignedHead::message(chain, &head, at));
    SignedHead { chain, head, at, signature }
}

impl Transaction<'_> {
    /// Tells the audit log, in this transaction: the act and its entry are committed together or not at all.
    pub(super) fn audit(&mut self, event: &AuditEvent) -> Result<(), AppError> {
        let keys = self.audit_keys()?;
        append(self.conn, keys, event, 1)
    }
}

/// One chain on one connection.
struct ChainReader<'t, 'c> {
    tx: &'t mut Transaction<'c>,
    chain: Chain,
}

impl AuditReader for ChainReader<'_, '_> {
    fn page(&mut self, filter: &AuditFilter, request: &PageRequest<i64>) -> Result<AuditPage, AppError> {
        let mut query = audit_log::table
            .filter(audit_log::chain.eq(self.chain.number()))
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
        let rows: Vec<EntryRow> = query.load(self.tx.conn).or_fault()?;
        let entries = rows.into_iter().map(|row| row.into_domain().0).collect();
        Ok(Page::from_rows(entries, request, |entry: &AuditEntry| entry.seq))
    }

    fn signed_head(&mut self, at: DateTime<Utc>) -> Result<SignedHead, AppError> {
        let head = stored_head(self.tx.conn, self.chain)?.unwrap_or(ChainHead::EMPTY);
        Ok(sign(self.tx.audit_keys()?, self.chain, head, at))
    }
}

impl AuditReader for Tenant<'_, '_> {
    fn page(&mut self, filter: &AuditFilter, request: &PageRequest<i64>) -> Result<AuditPage, AppError> {
        self.chain().page(filter, request)
    }

    fn signed_head(&mut self, at: DateTime<Utc>) -> Result<SignedHead, AppError> {
        self.chain().signed_head(at)
    }
}

impl<'c> Tenant<'_, 'c> {
    fn chain(&mut self) -> ChainReader<'_, 'c> {
        let chain = Chain::Company(self.scope.company());
        ChainReader { tx: self.transaction(), chain }
    }
}

impl PlatformAudit for Database {
    fn read_audit(&self, _: &PlatformScope, work: &mut AuditWork<'_>) -> Result<(), AppError> {
        self.snapshot(Reach::Platform, |tx| work(&mut ChainReader { tx, chain: Chain::Platform }))
    }
}

impl Database {
    /// Tells events that no other write goes with, together or not at all.
    ///
    /// # Errors
    /// Of the database.
    pub fn append_audit(&self, counted: &[Counted]) -> Result<(), AppError> {
        self.transaction(Reach::Platform, |tx| {
            let keys = tx.audit_keys()?;
            counted.iter().try_for_each(|Counted { event, count }| append(tx.conn, keys, event, *count))
        })
    }

    /// Where a chain ends, signed as of `at`.
    ///
    /// # Errors
    /// Of the database.
    pub fn audit_head(&self, _: &PlatformScope, chain: Chain, at: DateTime<Utc>) -> Result<SignedHead, AppError> {
        self.snapshot(Reach::Platform, |tx| ChainReader { tx, chain }.signed_head(at))
    }

    /// Whether this installation signed the head.
    ///
    /// # Errors
    /// `Internal` without the key.
    pub fn signed_by_us(&self, head: &SignedHead) -> Result<bool, AppError> {
        Ok(sign(self.audit_keys()?, head.chain, head.head, head.at) == *head)
    }

    /// Follows a chain from its beginning: where it ends, or what is wrong first. It has to reach the end that the database
    /// remembers, and each of `heads`. `read` hears how many entries were read.
    ///
    /// # Errors
    /// Of the database.
    pub fn verify_audit(
        &self,
        _: &PlatformScope,
        chain: Chain,
        heads: &[ChainHead],
        mut read: impl FnMut(usize),
    ) -> Result<Result<ChainHead, Breach>, AppError> {
        let mac = self.audit_keys()?.of(chain);
        let stored = self.snapshot(Reach::Platform, |tx| stored_head(tx.conn, chain))?;
        let heads: Vec<ChainHead> = heads.iter().copied().chain(stored).collect();
        verify(chain, &mac, &heads, |after| {
            let entries = self.snapshot(Reach::Platform, |tx| entries_after(tx.conn, chain, after))?;
            read(entries.len());
            Ok(entries)
        })
    }

    /// Every chain that has entries or a head, whether or not its company is still there.
    ///
    /// # Errors
    /// Of the database.
    pub fn audit_chains(&self, _: &PlatformScope) -> Result<BTreeSet<Chain>, AppError> {
        self.snapshot(Reach::Platform, |tx| {
            let told: Vec<i64> = audit_log::table.select(audit_log::chain).distinct().load(tx.conn).or_fault()?;
            let ended: Vec<i64> = audit_heads::table.select(audit_heads::chain).load(tx.conn).or_fault()?;
            Ok(told.into_iter().chain(ended).map(Chain::numbered).collect())
        })
    }

    /// How many entries a chain has.
    ///
    /// # Errors
    /// Of the database.
    pub fn audit_entries(&self, _: &PlatformScope, chain: Chain) -> Result<u64, AppError> {
        let number: i64 = self.snapshot(Reach::Platform, |tx| {
            audit_log::table.filter(audit_log::chain.eq(chain.number())).count().get_result(tx.conn).or_fault()
        })?;
        super::rows::count("audit_log", number)
    }
}

fn entries_after(conn: &mut AnyConnection, chain: Chain, after: i64) -> Result<Vec<(AuditEntry, Mac)>, AppError> {
    let rows: Vec<EntryRow> = audit_log::table
        .filter(audit_log::chain.eq(chain.number()))
        .filter(audit_log::seq.gt(after))
        .order(audit_log::seq)
        .limit(VERIFIED_AT_ONCE)
        .select(EntryRow::as_select())
        .load(conn)
        .or_fault()?;
    Ok(rows.into_iter().map(EntryRow::into_domain).collect())
}
