//! Which versions answer for those that cannot be opened.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use atalaya_domain::id::{AccountId, CompanyId, ModelVersion};

use crate::ports::repositories::ActiveVersion;

/// An active version of an account.
type Unread = (CompanyId, AccountId, ModelVersion);

/// What answers for a version that this program cannot open.
#[derive(Debug, Clone, Copy)]
pub(super) enum StandIn {
    /// A version from before it.
    Version(ActiveVersion),
    /// None of the account's versions.
    Nothing,
}

/// The active versions that this program cannot open, with what answers instead. It is not stored: another program may
/// be able to open them.
#[derive(Debug, Default)]
pub struct StandIns(Mutex<HashMap<Unread, StandIn>>);

impl StandIns {
    /// What answers for a version; `None` for one that was not found unusable.
    pub(super) fn of(&self, company: CompanyId, account: AccountId, unread: ModelVersion) -> Option<StandIn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(company, account, unread)).copied()
    }

    pub(super) fn note(&self, company: CompanyId, account: AccountId, unread: ModelVersion, instead: StandIn) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((company, account, unread), instead);
    }
}
