//! The audit log: one entry for each act, in its transaction, in a chain that only grows.

use std::net::{IpAddr, Ipv4Addr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use atalaya_application::AppError;
use atalaya_application::audit::AuditVerifier;
use atalaya_application::page::PageRequest;
use atalaya_application::ports::audit::{AuditFilter, AuditLog};
use atalaya_application::ports::repositories::TimeSpan;
use atalaya_domain::access::{Operator, TenantScope};
use atalaya_domain::audit::{
    AuditAction, AuditActor, AuditEntry, AuditEvent, AuditOutcome, AuditTarget, Breach, Chain, ChainHead, Mac,
    RefusalTally,
};
use atalaya_domain::caller::Origin;
use atalaya_domain::id::CompanyId;
use atalaya_infrastructure::audit::AuditTrail;
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::security::AuditKeys;
use chrono::TimeDelta;
use secrecy::SecretSlice;

use super::support::*;

/// Something about `target` in the chain of the scope's company, a minute after the one before.
fn told(scope: &TenantScope, minute: i64, target: &str) -> AuditEvent {
    let at = start() + TimeDelta::minutes(minute);
    AuditEvent::by_operator(&Operator::at_the_machine(), AuditAction::UserChanged, at)
        .in_company(Some(scope.company()))
        .on(target)
}

fn filtered(world: &World, scope: &TenantScope, filter: &AuditFilter, after: Option<i64>) -> Vec<AuditEntry> {
    let request = PageRequest::new(after, 1_000);
    world.database.store().query(scope, |view| view.audit().page(filter, &request)).unwrap().items
}

fn entries(world: &World, scope: &TenantScope) -> Vec<AuditEntry> {
    filtered(world, scope, &AuditFilter::default(), None)
}

fn platform_entries(world: &World) -> Vec<AuditEntry> {
    let request = PageRequest::new(None, 1_000);
    world.platform_read(|view| view.audit(&platform()).page(&AuditFilter::default(), &request)).unwrap().items
}

fn verifier(world: &World) -> AuditVerifier {
    let seal = Arc::new(AuditKeys::new(&SecretSlice::from(vec![7; 32])));
    AuditVerifier { platform: world.database.platform(), seal, clock: Arc::new(At(start())) }
}

fn verified(world: &World, chain: Chain, heads: &[ChainHead]) -> Result<ChainHead, Breach> {
    verifier(world).verify(&platform(), chain, heads, |_| ()).unwrap()
}

fn append(world: &World, scope: &TenantScope, event: &AuditEvent) {
    world.write(scope, |unit| unit.audit(event)).unwrap();
}

pub(crate) fn an_act_that_cannot_be_told_is_not_done(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let without_keys = Database::open(&fixture.url(), 2, Vec::new()).unwrap();
    let act = |database: &Arc<Database>, handle: &str| {
        database.store().transaction(&company, |unit| {
            unit.accounts().insert(&new_account(handle), start())?;
            unit.audit(&told(&company, 0, handle))
        })
    };
    assert!(matches!(act(&without_keys, "unkeyed"), Err(AppError::Internal { .. })));
    let head = without_keys.platform().query(|view| view.audit(&platform()).signed_head(start()));
    assert!(head.is_err());
    fixture.execute("ALTER TABLE audit_heads RENAME TO hidden");
    assert!(matches!(act(&world.database, "untold"), Err(AppError::Internal { .. })));
    fixture.execute("ALTER TABLE hidden RENAME TO audit_heads");
    assert!(world.summaries(&company).is_empty(), "an act was separated from its entry");
    act(&world.database, "told").unwrap();
    assert_eq!(handles(&world.summaries(&company)), ["told"]);
}

pub(crate) fn an_act_that_is_rolled_back_leaves_no_entry(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let failed = world.write::<()>(&company, |unit| {
        unit.audit(&told(&company, 0, "never"))?;
        Err(AppError::PreconditionFailed)
    });
    assert!(failed.is_err());
    append(&world, &company, &told(&company, 1, "done"));
    let found = entries(&world, &company);
    assert_eq!(found.iter().map(|entry| (entry.seq, entry.target.as_deref())).collect::<Vec<_>>(), [(1, Some("done"))]);
}

pub(crate) fn an_entry_tells_every_field_of_its_event(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let user = world.user(&company, "ana", atalaya_domain::access::Role::Admin);
    let origin =
        Origin { address: Some(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9))), request_id: Some("request-1".to_owned()) };
    let actor = AuditActor::User { id: user.id, name: user.username.clone() };
    let event = AuditEvent::new(AuditAction::ModelTrained, actor, Some(company.company()), origin, start())
        .on("BCPComunica")
        .ended(AuditOutcome::Failure);
    append(&world, &company, &event);
    assert_eq!(entries(&world, &company), [AuditEntry::of(1, &event, 1)]);
    assert_eq!(entries(&world, &company)[0].at(), start());
}

pub(crate) fn entries_are_only_appended(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    append(&world, &company, &told(&company, 0, "one"));
    let before = entries(&world, &company);
    let chain = company.company().get();
    let again = format!(
        "INTO audit_log (chain, seq, at, actor, action, outcome, count, mac) \
         SELECT chain, seq, at, actor, action, 'denied', count, mac FROM audit_log WHERE chain = {chain}"
    );
    for statement in [
        "UPDATE audit_log SET outcome = 'denied'".to_owned(),
        "DELETE FROM audit_log".to_owned(),
        format!("INSERT {again}"),
        format!("INSERT OR REPLACE {again}"),
    ] {
        let done = catch_unwind(AssertUnwindSafe(|| fixture.execute(&statement)));
        assert!(done.is_err(), "the database let it through: {statement}");
    }
    assert_eq!(entries(&world, &company), before);
}

pub(crate) fn writers_at_once_number_entries_without_gaps(fixture: &dyn Fixture) {
    const THREADS: i64 = 4;
    const EACH: i64 = 20;
    let processes = [World::new(fixture), World::opened(fixture)];
    let (ours, theirs) = (processes[0].company("BCP"), processes[0].company("BBVA"));
    thread::scope(|scope| {
        for (number, world) in (0..THREADS).zip(processes.iter().cycle()) {
            let (ours, theirs) = (&ours, &theirs);
            scope.spawn(move || {
                for minute in 0..EACH {
                    append(world, ours, &told(ours, minute, &format!("{number}-{minute}")));
                    append(world, theirs, &told(theirs, minute, "other"));
                }
            });
        }
    });
    for company in [&ours, &theirs] {
        let found = entries(&processes[1], company);
        let numbers: Vec<i64> = found.iter().map(|entry| entry.seq).collect();
        assert_eq!(numbers, (1..=THREADS * EACH).rev().collect::<Vec<_>>());
        let end = verified(&processes[1], Chain::Company(company.company()), &[]).unwrap();
        assert_eq!(end.seq, THREADS * EACH);
    }
}

pub(crate) fn each_company_and_the_platform_has_its_own_chain(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (world.company("BCP"), world.company("BBVA"));
    append(&world, &ours, &told(&ours, 0, "ours"));
    assert_eq!(entries(&world, &ours).len(), 1);
    assert!(entries(&world, &theirs).is_empty());
    assert_eq!(platform_entries(&world).len(), 2, "the creation of each company");
    let head =
        |scope: &TenantScope| world.database.store().query(scope, |view| view.audit().signed_head(start())).unwrap();
    assert_eq!((head(&ours).chain, head(&ours).head.seq), (Chain::Company(ours.company()), 1));
    assert_eq!(head(&theirs).head, ChainHead::EMPTY);
}

pub(crate) fn entries_are_filtered_and_paged_newest_first(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    for minute in 0..10 {
        let event = told(&company, minute, if minute % 2 == 0 { "even" } else { "odd" });
        let outcome = if minute < 5 { AuditOutcome::Success } else { AuditOutcome::Denied };
        let event = AuditEvent { action: if minute == 7 { AuditAction::Login } else { event.action }, ..event };
        append(&world, &company, &event.ended(outcome));
    }
    let numbers = |filter: AuditFilter, after| -> Vec<i64> {
        filtered(&world, &company, &filter, after).iter().map(|entry| entry.seq).collect()
    };
    let all = AuditFilter::default;
    let at = |minute| Some(start() + TimeDelta::minutes(minute));
    assert_eq!(numbers(AuditFilter { span: TimeSpan { from: at(2), until: at(4) }, ..all() }, None), [4, 3]);
    assert_eq!(numbers(AuditFilter { action: Some(AuditAction::Login), ..all() }, None), [8]);
    let odd_and_denied =
        AuditFilter { target: AuditTarget::parse("odd").ok(), outcome: Some(AuditOutcome::Denied), ..all() };
    assert_eq!(numbers(odd_and_denied, None), [10, 8, 6]);
    let actor = |name| atalaya_domain::user::Username::parse(name).ok();
    assert_eq!(numbers(AuditFilter { actor: actor("nobody"), ..all() }, None), [] as [i64; 0]);
    assert_eq!(numbers(AuditFilter { actor: actor("operator"), ..all() }, Some(3)), [2, 1]);
    let request = PageRequest::new(Some(9), 3);
    let page = world.database.store().query(&company, |view| view.audit().page(&all(), &request)).unwrap();
    assert_eq!((page.items.iter().map(|entry| entry.seq).collect::<Vec<_>>(), page.next), (vec![8, 7, 6], Some(6)));
}

pub(crate) fn a_head_is_signed_and_shows_what_is_not_the_log_of_then(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let chain = Chain::Company(company.company());
    (0..3).for_each(|minute| append(&world, &company, &told(&company, minute, "x")));
    let head = verifier(&world).head(&platform(), chain).unwrap();
    assert!(verifier(&world).signed_here(&head));
    for forged in [
        atalaya_domain::audit::SignedHead { chain: Chain::Company(CompanyId::new(99)), ..head },
        atalaya_domain::audit::SignedHead { head: ChainHead { seq: 2, ..head.head }, ..head },
        atalaya_domain::audit::SignedHead { at: start() + TimeDelta::microseconds(1), ..head },
    ] {
        assert!(!verifier(&world).signed_here(&forged));
    }
    append(&world, &company, &told(&company, 9, "later"));
    assert_eq!(verified(&world, chain, &[head.head]).unwrap().seq, 4);
    let of_a_longer_log = ChainHead { seq: 6, mac: Mac([1; 32]) };
    assert_eq!(verified(&world, chain, &[of_a_longer_log]), Err(Breach::Cut { end: 4, head: 6 }));
    let of_another_log = ChainHead { seq: 2, mac: Mac([1; 32]) };
    assert_eq!(verified(&world, chain, &[of_another_log]), Err(Breach::Replaced { seq: 2 }));
}

pub(crate) fn a_flood_of_refusals_is_a_few_entries_that_count_all(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let trail = AuditTrail::begin(world.database.platform()).unwrap();
    let refusal = |company: Option<CompanyId>, address: u32, route: &str| {
        let origin = Origin { address: Some(IpAddr::V4(Ipv4Addr::from(address))), request_id: None };
        AuditEvent::new(AuditAction::AccessDenied, AuditActor::Anonymous, company, origin, start())
            .on(route)
            .ended(AuditOutcome::Denied)
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..125).for_each(|_| trail.refused(refusal(Some(company.company()), 1, "GET /audit"))));
        }
        scope.spawn(|| (0..2_000).for_each(|address| trail.refused(refusal(None, address, "GET /auth/me"))));
    });
    trail.flush().unwrap();
    let total = |entries: &[AuditEntry]| entries.iter().map(|entry| entry.count).sum::<i64>();
    let denied: Vec<AuditEntry> =
        platform_entries(&world).into_iter().filter(|entry| entry.outcome == "denied").collect();
    assert_eq!((entries(&world, &company).len(), total(&entries(&world, &company))), (2, 500));
    assert!(denied.len() <= 2 * RefusalTally::KINDS + 1, "{} entries", denied.len());
    assert_eq!(total(&denied), 2_000);
    let rest = denied.iter().find(|entry| entry.actor == "various").unwrap();
    assert_eq!((rest.target.as_deref(), rest.address.as_deref()), (None, None));
    trail.refused(refusal(Some(company.company()), 1, "GET /audit"));
    trail.refused(refusal(Some(company.company()), 1, "GET /audit"));
    drop(trail);
    assert_eq!(total(&entries(&world, &company)), 502, "what was counted is written before the end");
    verified(&world, Chain::Company(company.company()), &[]).unwrap();
    verified(&world, Chain::Platform, &[]).unwrap();
}
