//! `atalaya audit verify` and `atalaya audit head`.

use std::path::Path;

use atalaya_application::page::PageRequest;
use atalaya_domain::access::Operator;
use atalaya_domain::audit::{Breach, Chain, ChainHead, SignedHead};
use atalaya_domain::company::Company;
use atalaya_domain::id::CompanyId;
use atalaya_web::{audit_head_json, read_audit_heads};

use super::progress::Progress;
use super::{CommandError, company, file_error, open, say};
use crate::cli::{AuditHeadArgs, AuditVerifyArgs};
use crate::compose::Core;

/// A chain and what people call it.
struct NamedChain {
    chain: Chain,
    name: String,
}

impl From<Company> for NamedChain {
    fn from(company: Company) -> Self {
        Self { chain: Chain::Company(company.id), name: company.name.as_str().to_owned() }
    }
}

/// The chain of the company that is named, or every chain.
fn chains(core: &Core, named: Option<&str>) -> Result<Vec<NamedChain>, CommandError> {
    if let Some(name) = named {
        return Ok(vec![company(core, name)?.into()]);
    }
    let platform = Operator::at_the_machine().platform();
    let mut chains = vec![NamedChain { chain: Chain::Platform, name: "platform".to_owned() }];
    let mut after = None;
    loop {
        let page = core.companies.list(&platform, &PageRequest::new(after, PageRequest::<CompanyId>::MAX_LIMIT))?;
        chains.extend(page.items.into_iter().map(NamedChain::from));
        after = page.next;
        if after.is_none() {
            return Ok(chains);
        }
    }
}

/// Prints where chains end, signed, one JSON object on a line.
pub(crate) fn head(args: &AuditHeadArgs) -> Result<(), CommandError> {
    let (_, core) = open()?;
    let platform = Operator::at_the_machine().platform();
    for NamedChain { chain, .. } in chains(&core, args.company.as_deref())? {
        let head = core.database.audit_head(&platform, chain, core.clock.now())?;
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
    let chains = chains(&core, args.company.as_deref())?;
    let mut broken = 0;
    for NamedChain { chain, name } in &chains {
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
    let entries = core.database.audit_entries(&platform, chain)?;
    let progress = Progress::new(usize::try_from(entries).unwrap_or(usize::MAX));
    let read = |entries| (0..entries).for_each(|_| progress.piece_done());
    Ok(core.database.verify_audit(&platform, chain, heads, read)?)
}

/// The heads of a file, each of which this installation must have signed.
fn exported_heads(core: &Core, file: &Path) -> Result<Vec<SignedHead>, CommandError> {
    let text = std::fs::read_to_string(file).map_err(file_error(file))?;
    let shown = file.display();
    let heads = read_audit_heads(&text).filter(|heads| !heads.is_empty()).ok_or_else(|| {
        CommandError::Said(format!("{shown} holds no heads as `atalaya audit head` and GET /audit/head write them"))
    })?;
    for head in &heads {
        if !core.database.signed_by_us(head)? {
            let chain =
                head.chain.company().map_or_else(|| "the platform".into(), |id| format!("company {}", id.get()));
            return Err(CommandError::Said(format!(
                "{shown}: the head of {chain} was not signed by this installation"
            )));
        }
    }
    Ok(heads)
}
