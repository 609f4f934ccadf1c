//! `atalaya keys`.

use atalaya_application::keys::{KeyEvent, ListedKey};
use atalaya_domain::access::Operator;
use atalaya_domain::audit::AuditAction;
use atalaya_domain::signing_key::{KeyId, NextStep, Urgency};
use chrono::{DateTime, SecondsFormat, Utc};

use super::progress::Working;
use super::refusals::changing;
use super::table::Table;
use super::{CommandError, named, open, say, tell, text_of};
use crate::cli::KeysCommand;
use crate::compose::Core;
use crate::words::Words;

/// Does it.
pub(crate) fn run(command: &KeysCommand) -> Result<(), CommandError> {
    let operator = Operator::at_the_machine();
    match command {
        KeysCommand::List => list(&open()?.1),
        KeysCommand::Rotate { at_once } => {
            let urgency = if *at_once { Urgency::AtOnce } else { Urgency::WhenKnown };
            report(&changing("keys rotate", |core| Ok(core.use_cases.keys.rotate(&operator, urgency)?))?)
        }
        KeysCommand::Revoke { kid } => {
            let id = KeyId::parse(kid).map_err(named("cli.field.kid"))?;
            report(&changing("keys revoke", |core| Ok(core.use_cases.keys.revoke(&operator, &id)?))?)
        }
        KeysCommand::Rewrap => {
            let working = Working::begin("cli.progress.rewrap");
            let done = changing("keys rewrap", |core| Ok(core.use_cases.keys.rewrap(&operator)?))?;
            drop(working);
            let (keys, secrets, unchanged) = (done.signing_keys, done.installation_secrets, done.unchanged);
            let told = Words::of("cli.keys.rewrapped").with("keys", keys).with("secrets", secrets);
            tell(&told.with("unchanged", unchanged))
        }
    }
}

fn list(core: &Core) -> Result<(), CommandError> {
    let keys = core.use_cases.keys.list()?;
    if keys.is_empty() {
        return tell(&Words::of("cli.keys.none"));
    }
    let heads = ["kid", "algorithm", "state", "since", "next"];
    let mut table = Table::new(heads.map(|head| text_of("cli.keys.head", head)));
    for ListedKey { key, next } in keys {
        let next = next.map(|(step, at)| word(step).with("at", second(at)).text());
        let (id, algorithm, state) = (key.id.as_str(), key.algorithm.as_str(), key.state.as_str());
        let state = text_of("cli.keys.state", state);
        table.row([id.to_owned(), algorithm.to_owned(), state, second(key.since), next.unwrap_or_default()]);
    }
    say(&table.to_string())
}

fn word(step: NextStep) -> Words {
    Words::of(match step {
        NextStep::Signs => "cli.keys.next.signs",
        NextStep::Retires => "cli.keys.next.retires",
        NextStep::IsRemoved => "cli.keys.next.removed",
    })
}

fn second(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn report(events: &[KeyEvent]) -> Result<(), CommandError> {
    events.iter().try_for_each(|KeyEvent { action, key }| {
        let done = match action {
            AuditAction::KeyPublished => "cli.keys.done.published",
            AuditAction::KeyActivated => "cli.keys.done.activated",
            AuditAction::KeyRevoked => "cli.keys.done.revoked",
            _ => "cli.keys.done.removed",
        };
        tell(&Words::of(done).with("kid", key))
    })
}
