//! Commands that change something: one that is refused is told to the audit log.

use atalaya_application::keys::KeysError;
use atalaya_domain::access::Operator;
use atalaya_domain::audit::{AuditEvent, Refusal};

use super::{CommandError, open};
use crate::compose::Core;

/// Opens the use cases and does what the command called `name` is for. Where it is refused, because a rule is broken or
/// the present state does not allow it, the audit log of the platform is told. Faults are no refusals.
pub(super) fn changing<T>(
    name: &'static str,
    work: impl FnOnce(&Core) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let (_, core) = open()?;
    work(&core).inspect_err(|error| {
        if is_refusal(error) {
            let (operator, refusal) = (Operator::at_the_machine(), Refusal::Broken);
            let event = AuditEvent::by_operator(&operator, refusal.action(), core.clock.now());
            core.tell_refused(event.on(name).ended(refusal.outcome()));
        }
    })
}

fn is_refusal(error: &CommandError) -> bool {
    match error {
        CommandError::UseCase(error) | CommandError::Keys(KeysError::Failed(error)) => error.is_refusal(),
        CommandError::Keys(_) | CommandError::Refused(_) | CommandError::Said(_) => true,
        CommandError::Settings(_)
        | CommandError::Start(_)
        | CommandError::Listen(_)
        | CommandError::Logging(_)
        | CommandError::Failed(_)
        | CommandError::File { .. }
        | CommandError::Stream(_) => false,
    }
}
