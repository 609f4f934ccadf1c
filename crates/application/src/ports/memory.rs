//! What a process remembers so that the hot path leaves neither the worker thread nor the process: verified tokens,
//! accounts with their model, and lists of accounts. A change of what they were read from forgets them.
//!
//! Remembering is guarded against the race with such a change: an [`Epoch`] is taken before reading, and nothing is
//! recalled that was read before a change of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use atalaya_domain::access::{Actor, TenantScope};
use atalaya_domain::account::{Account, AccountHandle};
use atalaya_domain::company::CompanyName;
use atalaya_domain::id::{CompanyId, ModelVersion, SessionId, UserId};
use atalaya_domain::signing_key::KeyId;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::forecaster::TrainedModel;
use super::repositories::AccountSummary;
use super::security::TokenDigest;
use crate::error::Conflict;
use crate::page::{Page, PageRequest};

/// A moment between two forgettings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch(pub u64);

/// A verified token whose user, session and company were found live.
#[derive(Debug, Clone)]
pub struct VerifiedToken {
    /// Who it speaks for.
    pub actor: Arc<Actor>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Tokens that were verified.
pub trait TokenMemory: Send + Sync {
    /// The present epoch.
    fn epoch(&self) -> Epoch;
    /// A remembered token.
    fn recall(&self, digest: &TokenDigest) -> Option<VerifiedToken>;
    /// Remembers what was read in `epoch` and signed by `key`; it is never recalled if it changed since, or the key is
    /// gone.
    fn remember(&self, epoch: Epoch, digest: TokenDigest, key: &KeyId, token: VerifiedToken);
}

/// Whether a version answered somebody since that was last asked.
#[derive(Debug, Default)]
pub struct AnswerMark(AtomicBool);

impl AnswerMark {
    /// It answered. Cheap where that is known already: the hot path ends here.
    pub fn set(&self) {
        if !self.is_set() {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it did.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether it did, and forgets it.
    #[must_use]
    pub fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// A version that answers for an account.
#[derive(Clone)]
pub struct ServingModel {
    /// Its number.
    pub version: ModelVersion,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
    /// Who asked for it.
    pub trained_by: String,
    /// SHA-256 of its artifact, in hexadecimal.
    pub checksum: String,
    /// Bytes that training stored.
    pub size_bytes: u64,
    /// Ready to answer.
    pub model: Arc<dyn TrainedModel>,
    /// Whether it answers because a newer version cannot be opened.
    pub is_fallback: bool,
    /// Where it is noted that it answered.
    pub answered: Arc<AnswerMark>,
}

/// What answers for an account.
#[derive(Clone)]
pub enum Serving {
    /// The account was never trained, or its models were deleted.
    Untrained,
    /// The version that answers cannot be opened, nor can an earlier one; says why the first of them cannot.
    Unusable(Conflict),
    /// A version.
    Version(ServingModel),
}

/// All that answering for an account needs.
#[derive(Clone)]
pub struct AccountSnapshot {
    /// The company.
    pub company: CompanyId,
    /// The company's name, which answers carry.
    pub company_name: CompanyName,
    /// The account.
    pub account: Account,
    /// Where its days end.
    pub time_zone: Tz,
    /// To whom it is assigned.
    pub assigned: Vec<UserId>,
    /// Time of its newest observation.
    pub newest_observation: Option<DateTime<Utc>>,
    /// The version that answers.
    pub serving: Serving,
}

/// Accounts that were asked for lately.
pub trait AccountMemory: Send + Sync {
    /// The present epoch.
    fn epoch(&self) -> Epoch;
    /// A remembered account of the scope's company; whether the scope reaches it is the caller's question.
    fn recall(&self, scope: &TenantScope, handle: &AccountHandle) -> Option<Arc<AccountSnapshot>>;
    /// Remembers what was read in `epoch`; it is never recalled if it changed since.
    fn remember(&self, epoch: Epoch, snapshot: Arc<AccountSnapshot>);
}

/// A page of a list of accounts.
pub type AccountPage = Page<AccountSummary, AccountHandle>;

/// Pages of lists of accounts that were asked for lately.
pub trait AccountListMemory: Send + Sync {
    /// The present epoch.
    fn epoch(&self) -> Epoch;
    /// A remembered page of what the scope reaches.
    fn recall(&self, scope: &TenantScope, request: &PageRequest<AccountHandle>) -> Option<Arc<AccountPage>>;
    /// Remembers what was read in `epoch`; it is never recalled if any account of the company changed since.
    fn remember(&self, epoch: Epoch, scope: &TenantScope, request: &PageRequest<AccountHandle>, page: Arc<AccountPage>);
}

/// Something that was remembered and is no longer true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The user was disabled, changed role or password, or was assigned other accounts.
    User(UserId),
    /// The session ended.
    Session(SessionId),
    /// The company was suspended, resumed or renamed.
    Company(CompanyId),
    /// The account, its observations, its assignment or its model changed.
    Account(CompanyId, AccountHandle),
    /// A signing key was published, or signs now, or signs no more.
    Keys,
    /// A signing key was revoked or removed: nothing that it signed is believed any more.
    KeyGone(KeyId),
}

/// Forgets what a change made untrue. Called in this process right after the commit, and for other processes' changes
/// as soon as the store tells of them.
pub trait ChangeListener: Send + Sync {
    /// One change.
    fn changed(&self, change: &Change);

    /// Changes may have been lost, as when another server took the database over: nothing remembered is true any more.
    fn everything_changed(&self);
}
