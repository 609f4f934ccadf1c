//! [`Suspect`]: of whom the audit log tells what failed attempts set off.

use chrono::{DateTime, Utc};

use crate::audit::{AuditAction, AuditActor, AuditEvent, AuditOutcome};
use crate::caller::Origin;
use crate::id::CompanyId;
use crate::login::Scope;

/// Who made an attempt that failed, as far as that is known.
#[derive(Debug, Clone, Copy)]
pub struct Suspect<'a> {
    /// Who proved to be somebody before the attempt; a failed login proves nothing.
    pub actor: &'a AuditActor,
    /// Whose name was tried, where it is one.
    pub username: Option<&'a str>,
    /// The company of that name.
    pub company: Option<CompanyId>,
    /// From where.
    pub origin: &'a Origin,
}

impl Suspect<'_> {
    /// What failures set off, as the audit log tells it. The target says which sort of lock it is, and the name of a
    /// user whose name it locks. What was typed as an unknown username is never told: it may be somebody's password in
    /// the wrong field. An alarm is about nobody: of whom the last failure was is chance.
    #[must_use]
    pub fn event(&self, scope: Scope, now: DateTime<Utc>) -> AuditEvent {
        let (action, actor, company) = match scope {
            Scope::Username | Scope::Device | Scope::Devices | Scope::Network => {
                (AuditAction::LoginLocked, self.actor.clone(), self.company)
            }
            Scope::Everywhere => (AuditAction::LoginAlarm, AuditActor::Anonymous, None),
        };
        let target = match (scope, self.username) {
            (Scope::Username | Scope::Device | Scope::Devices, Some(username)) => {
                format!("{}: {username}", scope.as_str())
            }
            _ => scope.as_str().to_owned(),
        };
        AuditEvent::new(action, actor, company, self.origin.clone(), now).on(target).ended(AuditOutcome::Failure)
    }
}
