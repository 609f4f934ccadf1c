//! `atalaya audit verify` and `atalaya audit head`.

use std::collections::BTreeMap;
use std::path::Path;

use atalaya_domain::access::Operator;
use atalaya_domain::audit::{Breach, Chain, ChainHead, SignedHead};
use atalaya_domain::company::Company;
use atalaya_web::{audit_head_json, read_audit_heads};

use super::pages::every_company;
use super::progress::Progress;
use super::{CommandError, company, file_error, open, say, tell};
use crate::cli::{AuditHeadArgs, AuditVerifyArgs};
use crate::compose::Core;
use crate::words::{self, Words};

/// Chains and what people call them.
type NamedChains = BTreeMap<Chain, String>;

fn of_company(company: &Company) -> (Chain, String) {
    (Chain::Company(company.id), company.name.as_str().to_owned())
}

/// What a chain is called that may have lost its company.
fn number_of(chain: Chain) -> String {
    let words = match chain.company() {
        None => Words::of("cli.audit.platform"),
        Some(id) => Words::of("cli.audit.company").with("id", id.get()),
    };
    words.text()
}

/// The platform's chain and those of all companies.
fn chains_of_companies(core: &Core) -> Result<NamedChains, CommandError> {
    let mut chains = NamedChains::from([(Chain::Platform, number_of(Chain::Platform))]);
    chains.extend(every_company(core)?.iter().map(of_company));
    Ok(chains)
}

/// The chain of the company that is named; or every chain, be it known by its company, by what is left of it in the
/// database or by its exported head: a bank whose every row is gone must still be missed.
fn chains(core: &Core, named: Option<&str>, exported: &[SignedHead]) -> Result<NamedChains, CommandError> {
    if let Some(name) = named {
        return Ok(NamedChains::from([of_company(&company(core, name)?)]));
    }
    let platform = Operator::at_the_machine().platform();
    let mut chains = chains_of_companies(core)?;
    let known =
        core.use_cases.audit_verifier.chains(&platform)?.into_iter().chain(exported.iter().map(|head| head.chain));
    for chain in known {
        chains.entry(chain).or_insert_with(|| Words::of("cli.audit.gone").with("chain", number_of(chain)).text());
    }
    Ok(chains)
}

/// Prints where chains end, signed, one JSON object on a line.
pub(crate) fn head(args: &AuditHeadArgs) -> Result<(), CommandError> {
    let (_, core) = open()?;
    let platform = Operator::at_the_machine().platform();
    for chain in chains(&core, args.company.as_deref(), &[])?.into_keys() {
        let head = core.use_cases.audit_verifier.head(&platform, chain)?;
        say(&audit_head_json(&head)?)?;
    }
    Ok(())
}

/// Verifies chains, all of them though the first may be broken, and says of each how it is.
pub(crate) fn verify(args: &AuditVerifyArgs) -> Result<(), CommandError> {
    let (_, core) = open()?;
    let heads = match &args.head {
        Some(file) => exported_heads(&core, file)?,
        None => Vec::new(),
    };
    let chains = chains(&core, args.company.as_deref(), &heads)?;
    if let (Some(file), Some(_)) = (&args.head, &args.company)
        && !heads.iter().any(|head| chains.contains_key(&head.chain))
    {
        return Err(CommandError::Refused(Words::of("cli.audit.no_head_of_company").with("file", file.display())));
    }
    let mut broken = 0;
    for (chain, name) in &chains {
        let heads: Vec<ChainHead> = heads.iter().filter(|head| head.chain == *chain).map(|head| head.head).collect();
        match verify_chain(&core, *chain, &heads)? {
            Ok(ChainHead { seq, .. }) => {
                let words = Words::of_count(seq.unsigned_abs(), "cli.audit.sound_one", "cli.audit.sound");
                tell(&words.with("chain", name).with("count", seq))?;
            }
            Err(breach) => {
                broken += 1;
                let exported = |seq| heads.iter().any(|known| known.seq == seq);
                say(&format!("{name}: {}", words::of_breach(breach, exported).text()))?;
            }
        }
    }
    match broken {
        0 => Ok(()),
        broken => {
            Err(CommandError::Refused(Words::of("cli.audit.broken").with("broken", broken).with("total", chains.len())))
        }
    }
}

fn verify_chain(core: &Core, chain: Chain, heads: &[ChainHead]) -> Result<Result<ChainHead, Breach>, CommandError> {
    let platform = Operator::at_the_machine().platform();
    let entries = core.use_cases.audit_verifier.count(&platform, chain)?;
    let progress = Progress::new(usize::try_from(entries).unwrap_or(usize::MAX));
    let read = |entries| (0..entries).for_each(|_| progress.piece_done());
    Ok(core.use_cases.audit_verifier.verify(&platform, chain, heads, read)?)
}

/// The heads of a file, each of which this installation must have signed.
fn exported_heads(core: &Core, file: &Path) -> Result<Vec<SignedHead>, CommandError> {
    let text = std::fs::read_to_string(file).map_err(file_error(file))?;
    let shown = file.display().to_string();
    let heads = read_audit_heads(&text)
        .filter(|heads| !heads.is_empty())
        .ok_or_else(|| CommandError::Refused(Words::of("cli.audit.no_heads").with("file", shown.clone())))?;
    for head in &heads {
        if !core.use_cases.audit_verifier.signed_here(head) {
            let chain = number_of(head.chain);
            return Err(CommandError::Refused(
                Words::of("cli.audit.foreign_head").with("file", shown).with("chain", chain),
            ));
        }
    }
    Ok(heads)
}
