//! `atalaya keys`.

use atalaya_application::keys::{KeyEvent, ListedKey};
use atalaya_domain::access::Operator;
use atalaya_domain::audit::AuditAction;
use atalaya_domain::signing_key::{KeyId, NextStep, Urgency};
use chrono::{DateTime, SecondsFormat, Utc};

use super::refusals::changing;
use super::{CommandError, named, open, say};
use crate::cli::KeysCommand;
use crate::compose::Core;

/// Does it.
pub(crate) fn run(command: &KeysCommand) -> Result<(), CommandError> {
    let operator = Operator::at_the_machine();
    match command {
        KeysCommand::List => list(&open()?.1),
        KeysCommand::Rotate { at_once } => {
            let urgency = if *at_once { Urgency::AtOnce } else { Urgency::WhenKnown };
            tell(&changing("keys rotate", |core| Ok(core.use_cases.keys.rotate(&operator, urgency)?))?)
        }
        KeysCommand::Revoke { kid } => {
            let id = KeyId::parse(kid).map_err(named("key's id"))?;
            tell(&changing("keys revoke", |core| Ok(core.use_cases.keys.revoke(&operator, &id)?))?)
        }
        KeysCommand::Rewrap => {
            let done = changing("keys rewrap", |core| Ok(core.use_cases.keys.rewrap(&operator)?))?;
            let (keys, secrets, unchanged) = (done.signing_keys, done.installation_secrets, done.unchanged);
            say(&format!(
                "encrypted anew: {keys} signing key(s) and {secrets} secret(s); {unchanged} were under the current key"
            ))
        }
    }
}

fn list(core: &Core) -> Result<(), CommandError> {
    let keys = core.use_cases.keys.list()?;
    if keys.is_empty() {
        return say("no keys yet: the first start of `atalaya serve` makes them");
    }
    say(&format!("{:43}  {:9}  {:8}  {:20}  NEXT", "KID", "ALGORITHM", "STATE", "SINCE"))?;
    keys.iter().try_for_each(|ListedKey { key, next }| {
        let next = next.map_or_else(|| "-".to_owned(), |(step, at)| format!("{} {}", word(step), second(at)));
        let (id, algorithm, state) = (key.id.as_str(), key.algorithm.as_str(), key.state.as_str());
        say(&format!("{id:43}  {algorithm:9}  {state:8}  {:20}  {next}", second(key.since)))
    })
}

fn word(step: NextStep) -> &'static str {
    match step {
        NextStep::Signs => "signs from",
        NextStep::Retires => "signs until",
        NextStep::IsRemoved => "verifies until",
    }
}

fn second(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn tell(events: &[KeyEvent]) -> Result<(), CommandError> {
    events.iter().try_for_each(|KeyEvent { action, key }| {
        let done = match action {
            AuditAction::KeyPublished => "published",
            AuditAction::KeyActivated => "signs now",
            AuditAction::KeyRevoked => "revoked",
            _ => "removed",
        };
        say(&format!("{done:9}  {key}"))
    })
}
