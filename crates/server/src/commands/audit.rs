//! `atalaya audit verify` and `atalaya audit head`.

use std::collections::BTreeMap;
use std::path::Path;

use atalaya_application::page::{Creation, PageRequest};
use atalaya_domain::access::Operator;
use atalaya_domain::audit::{Breach, Chain, ChainHead, SignedHead};
use atalaya_domain::company::Company;
use atalaya_domain::id::CompanyId;
use atalaya_web::{audit_head_json, read_audit_heads};

use super::progress::Progress;
use super::{CommandError, company, file_error, open, say};
use crate::cli::{AuditHeadArgs, AuditVerifyArgs};
use crate::compose::Core;

/// Chains and what people call them.
type NamedChains = BTreeMap<Chain, String>;

fn of_company(company: &Company) -> (Chain, String) {
    (Chain::Company(company.id), company.name.as_str().to_owned())
}

/// What a chain is called that may have lost its company.
fn number_of(chain: Chain) -> String {
    chain.company().map_or_else(|| "platform".to_owned(), |id| format!("company {}", id.get()))
}

/// The platform's chain and those of all companies.
fn chains_of_companies(core: &Core) -> Result<NamedChains, CommandError> {
    let platform = Operator::at_the_machine().platform();
    let mut chains = NamedChains::from([(Chain::Platform, number_of(Chain::Platform))]);
    let mut after = None;
    loop {
        let page = core
            .use_cases
            .companies
            .list(&platform, &PageRequest::new(after, PageRequest::<Creation<CompanyId>>::MAX_LIMIT))?;
        chains.extend(page.items.iter().map(of_company));
        after = page.next;
        if after.is_none() {
            return Ok(chains);
        }
    }
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
        chains.entry(chain).or_insert_with(|| format!("{}, which is gone", number_of(chain)));
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
        return Err(CommandError::Said(format!("{} holds no head of that company", file.display())));
    }
    let mut broken = 0;
    for (chain, name) in &chains {
        let heads: Vec<ChainHead> = heads.iter().filter(|head| head.chain == *chain).map(|head| head.head).collect();
        match verify_chain(&core, *chain, &heads)? {
            Ok(ChainHead { seq, .. }) => say(&format!("{name}: {seq} entries, sound"))?,
            Err(breach) => {
                broken += 1;
                say(&format!("{name}: {}", in_words(breach, &heads)))?;
            }
        }
    }
    match broken {
        0 => Ok(()),
        broken => Err(CommandError::Said(format!("{broken} of {} chains of the audit log are broken", chains.len()))),
    }
}

/// What is wrong with a chain. Its end may be missed by the database alone: then there is no exported head to speak of.
fn in_words(breach: Breach, exported: &[ChainHead]) -> String {
    let is_exported = |seq| exported.iter().any(|known| known.seq == seq);
    match breach {
        Breach::Cut { end, head } if !is_exported(head) => {
            format!("the log ends before the head that the database remembers: at entry {end}, not {head}")
        }
        Breach::Replaced { seq } if !is_exported(seq) => {
            format!("entry {seq} is not that of the head that the database remembers")
        }
        breach => breach.to_string(),
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
    let shown = file.display();
    let heads = read_audit_heads(&text).filter(|heads| !heads.is_empty()).ok_or_else(|| {
        CommandError::Said(format!("{shown} holds no heads as `atalaya audit head` and GET /audit/head write them"))
    })?;
    for head in &heads {
        if !core.use_cases.audit_verifier.signed_here(head) {
            let chain = number_of(head.chain);
            return Err(CommandError::Said(format!("{shown}: a head ({chain}) was not signed by this installation")));
        }
    }
    Ok(heads)
}
