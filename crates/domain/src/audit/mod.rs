//! What the audit log tells: who did what to which thing, from where, and how it ended.
//!
//! Not here: where entries are kept. Invariant: an event holds names and numbers, never a secret.

mod chain;
mod tally;
mod verification;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::access::{Actor, Operator};
use crate::caller::{Caller, Origin};
use crate::id::{CompanyId, UserId};
use crate::user::Username;

pub use chain::{AuditEntry, AuditTarget, Chain, ChainHead, Mac, SignedHead};
pub use tally::{Counted, RefusalTally};
pub use verification::{Breach, MacFunction, ReadEntries, verify};

/// A word that the audit log does not use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit log knows no such word")]
pub struct UnknownWord;

words! {
    /// What was done.
    AuditAction {
        /// A login, of either outcome.
        Login = "login",
        /// Failures locked a username, a device or an address.
        LoginLocked = "login_locked",
        /// Failures everywhere passed the alarm's threshold.
        LoginAlarm = "login_alarm",
        /// A session was ended by its own user.
        Logout = "logout",
        /// Sessions were ended from another one, or by an administrator.
        SessionEnded = "session_ended",
        /// A used refresh token came again, and its session was ended.
        RefreshReplayed = "refresh_replayed",
        /// A refresh token continued nothing: it is unknown, or its session, user or company is not live.
        RefreshRefused = "refresh_refused",
        /// A user was registered.
        UserRegistered = "user_registered",
        /// A user was disabled.
        UserDisabled = "user_disabled",
        /// A disabled user was enabled.
        UserEnabled = "user_enabled",
        /// A user was deleted.
        UserDeleted = "user_deleted",
        /// A deleted user was restored.
        UserRestored = "user_restored",
        /// A user was deleted for good.
        UserPurged = "user_purged",
        /// A user was given another mail address.
        UserChanged = "user_changed",
        /// A user was given another role.
        RoleChanged = "role_changed",
        /// A user was told to change their password.
        PasswordChangeDemanded = "password_change_demanded",
        /// Accounts were assigned to a user.
        AccountsAssigned = "accounts_assigned",
        /// A password was changed, or the present one was wrong or may not be tried.
        PasswordChanged = "password_changed",
        /// A company was created.
        CompanyCreated = "company_created",
        /// A company was suspended.
        CompanySuspended = "company_suspended",
        /// A suspended company was resumed.
        CompanyResumed = "company_resumed",
        /// A company was given another name or time zone.
        CompanyChanged = "company_changed",
        /// A job was asked for.
        JobRequested = "job_requested",
        /// A job that had not ended was called off.
        JobCancelled = "job_cancelled",
        /// A model was trained.
        ModelTrained = "model_trained",
        /// A version that was trained before was made the one that answers.
        ModelActivated = "model_activated",
        /// Models were deleted.
        ModelDeleted = "model_deleted",
        /// Other covariates were set for trainings that name none.
        CovariatesSet = "covariates_set",
        /// An account was created.
        AccountCreated = "account_created",
        /// An account was changed.
        AccountChanged = "account_changed",
        /// An account was deleted.
        AccountDeleted = "account_deleted",
        /// A deleted account was restored.
        AccountRestored = "account_restored",
        /// An account was deleted for good.
        AccountPurged = "account_purged",
        /// Observations were uploaded.
        ObservationsRecorded = "observations_recorded",
        /// Observations were deleted.
        ObservationsDeleted = "observations_deleted",
        /// The digits of a picture were read. It never says which.
        DigitsRead = "digits_read",
        /// An entity type was defined.
        EntityDefined = "entity_defined",
        /// What people read of an entity type was changed.
        EntityChanged = "entity_changed",
        /// An entity type was put into the trash, with its records.
        EntityDeleted = "entity_deleted",
        /// An entity type was taken out of the trash.
        EntityRestored = "entity_restored",
        /// A field was defined.
        FieldDefined = "field_defined",
        /// A field was changed.
        FieldChanged = "field_changed",
        /// A field was given another type, and its values were converted.
        FieldRetyped = "field_retyped",
        /// A field was put into the trash, with its values.
        FieldDeleted = "field_deleted",
        /// A field was taken out of the trash.
        FieldRestored = "field_restored",
        /// Records were created.
        RecordsCreated = "records_created",
        /// Records were changed.
        RecordsChanged = "records_changed",
        /// Records were put into the trash.
        RecordsDeleted = "records_deleted",
        /// Records were taken out of the trash.
        RecordsRestored = "records_restored",
        /// The rows of a file became records, or changed some.
        RecordsImported = "records_imported",
        /// A view was made for everybody, or one became so.
        ViewShared = "view_shared",
        /// A view of everybody was changed, or is its owner's alone from then on.
        ViewChanged = "view_changed",
        /// A view of everybody was deleted.
        ViewDeleted = "view_deleted",
        /// An entity type was deleted for good.
        EntityPurged = "entity_purged",
        /// A field was deleted for good, with its values.
        FieldPurged = "field_purged",
        /// Records were deleted for good.
        RecordsPurged = "records_purged",
        /// A signing key was made and published.
        KeyPublished = "key_published",
        /// A signing key began to sign.
        KeyActivated = "key_activated",
        /// A signing key that signed before no longer verifies.
        KeyRemoved = "key_removed",
        /// A signing key was revoked: its tokens are void.
        KeyRevoked = "key_revoked",
        /// Stored secrets were encrypted under another key.
        SecretsRewrapped = "secrets_rewrapped",
        /// Something was asked for that is not allowed.
        AccessDenied = "access_denied",
        /// A change was asked for that breaks a rule, or that the present state does not allow.
        RequestRefused = "request_refused",
        /// More was asked for than a limit allows.
        RateLimited = "rate_limited",
    }
}

words! {
    /// How it ended.
    AuditOutcome {
        /// It was done.
        Success = "success",
        /// It was tried and failed.
        Failure = "failure",
        /// It was not allowed.
        Denied = "denied",
    }
}

/// Why a request came to nothing, as far as the audit log tells it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Whoever asked may not: no token that counts, not that role, or not theirs.
    Denied,
    /// A change that breaks a rule, or that the present state does not allow.
    Broken,
    /// More than a limit allows.
    Limited,
}

impl Refusal {
    /// What the audit log calls it.
    #[must_use]
    pub fn action(self) -> AuditAction {
        match self {
            Self::Denied => AuditAction::AccessDenied,
            Self::Broken => AuditAction::RequestRefused,
            Self::Limited => AuditAction::RateLimited,
        }
    }

    /// How it ended: a broken rule is a failure, the others were not allowed.
    #[must_use]
    pub fn outcome(self) -> AuditOutcome {
        match self {
            Self::Denied | Self::Limited => AuditOutcome::Denied,
            Self::Broken => AuditOutcome::Failure,
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AuditActor {
    /// A user.
    User {
        /// Who.
        id: UserId,
        /// The login name at that time.
        name: Username,
    },
    /// Whoever can run the binary on the database.
    Operator,
    /// The program by itself, on its schedule.
    System,
    /// Nobody who proved to be somebody.
    Anonymous,
    /// More than were told apart, counted together.
    Various,
}

impl AuditActor {
    /// The actor of a request.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        Self::User { id: actor.user(), name: actor.username().clone() }
    }

    /// The user's id, where it is one.
    #[must_use]
    pub fn id(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Operator | Self::System | Self::Anonymous | Self::Various => None,
        }
    }

    /// A login name, or one of `operator`, `system`, `anonymous` and `various`; only the first kind comes with an id.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::User { name, .. } => name.as_str(),
            Self::Operator => "operator",
            Self::System => "system",
            Self::Anonymous => "anonymous",
            Self::Various => "various",
        }
    }
}

/// Something that the audit log tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// The company whose chain tells it; `None` for the platform's own.
    pub company: Option<CompanyId>,
    /// Who.
    pub actor: AuditActor,
    /// What.
    pub action: AuditAction,
    /// To what: a username, with the new role or the session where that says more; a handle, a company's name, a key's
    /// id, a job's account and kind, a route.
    pub target: Option<String>,
    /// From where.
    pub origin: Origin,
    /// How it ended.
    pub outcome: AuditOutcome,
}

impl AuditEvent {
    /// `action` succeeded, in the chain of `company`.
    #[must_use]
    pub fn new(
        action: AuditAction,
        actor: AuditActor,
        company: Option<CompanyId>,
        origin: Origin,
        at: DateTime<Utc>,
    ) -> Self {
        Self { at, company, actor, action, target: None, origin, outcome: AuditOutcome::Success }
    }

    /// The caller did it, in the caller's own company.
    #[must_use]
    pub fn by(caller: &Caller, action: AuditAction, at: DateTime<Utc>) -> Self {
        Self::new(action, AuditActor::of(caller), caller.company(), caller.origin().clone(), at)
    }

    /// The operator did it, at the machine.
    #[must_use]
    pub fn by_operator(_: &Operator, action: AuditAction, at: DateTime<Utc>) -> Self {
        Self::new(action, AuditActor::Operator, None, Origin::default(), at)
    }

    /// Told by the chain of another company than the actor's own: what a superadmin does to a bank is the bank's to
    /// read.
    #[must_use]
    pub fn in_company(mut self, company: Option<CompanyId>) -> Self {
        self.company = company;
        self
    }

    /// Says to what.
    #[must_use]
    pub fn on(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Says how it ended.
    #[must_use]
    pub fn ended(mut self, outcome: AuditOutcome) -> Self {
        self.outcome = outcome;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_and_none_comes_twice() {
        for action in AuditAction::ALL {
            assert_eq!(action.as_str().parse(), Ok(*action));
        }
        for outcome in AuditOutcome::ALL {
            assert_eq!(outcome.as_str().parse(), Ok(*outcome));
        }
        assert_eq!("nothing".parse::<AuditAction>(), Err(UnknownWord));
    }
}
