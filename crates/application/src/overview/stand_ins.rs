//! Which versions answer for those that cannot be opened.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use atalaya_domain::id::{AccountId, CompanyId, ModelVersion};

use crate::ports::repositories::ActiveVersion;

/// An active version of an account.
type Unread = (CompanyId, AccountId, ModelVersion);

/// Of active versions that this program cannot open, which one answers instead; `None` where none does. It is not
/// stored: another program may be able to open them.
#[derive(Debug, Default)]
pub struct StandIns(Mutex<HashMap<Unread, Option<ActiveVersion>>>);

impl StandIns {
    /// What answers for a version; the outer `None` for one that was not found unusable.
    pub(super) fn of(
        &self,
        company: CompanyId,
        account: AccountId,
        unread: ModelVersion,
    ) -> Option<Option<ActiveVersion>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(company, account, unread)).copied()
    }

    pub(super) fn note(
        &self,
        company: CompanyId,
        account: AccountId,
        unread: ModelVersion,
        instead: Option<ActiveVersion>,
    ) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((company, account, unread), instead);
    }
}
