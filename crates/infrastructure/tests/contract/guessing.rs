//! Failed logins: counted across processes, whatever happens at once.

use std::collections::BTreeSet;
use std::thread;

use atalaya_application::AppError;
use atalaya_application::ports::retention::Expiring;
use atalaya_application::ports::security::LoginGuard;
use atalaya_domain::audit::AuditActor;
use atalaya_domain::caller::Origin;
use atalaya_domain::login::{Attempt, AttemptKind, Device, DeviceId, LockoutPolicy, Scope};
use atalaya_domain::suspect::Suspect;
use atalaya_infrastructure::login_guard::StoredLoginGuard;
use chrono::TimeDelta;

use super::support::*;

const POLICY: LockoutPolicy = LockoutPolicy { threshold: 5, duration: TimeDelta::minutes(15) };

fn guard(world: &World) -> StoredLoginGuard {
    strict_guard(world, POLICY.threshold)
}

fn strict_guard(world: &World, threshold: u32) -> StoredLoginGuard {
    let policy = LockoutPolicy { threshold, ..POLICY };
    StoredLoginGuard::new(world.database.platform(), policy, &vec![7; 32].into())
}

const STRANGER: Suspect<'_> = Suspect {
    actor: &AuditActor::Anonymous,
    username: None,
    company: None,
    origin: &Origin { address: None, request_id: None },
};

/// An attempt of a stranger, each name from a network of its own.
fn stranger(username_key: &str) -> Attempt {
    let [first, ..] = username_key.as_bytes() else { panic!("a name") };
    let network = Some([203, 0, 113, *first].into());
    Attempt { username_key: username_key.to_owned(), device: Device::Unknown, network, kind: AttemptKind::Login }
}

fn known(username_key: &str) -> Attempt {
    Attempt { device: Device::Known(DeviceId([1; 16])), ..stranger(username_key) }
}

fn fail(guard: &StoredLoginGuard, attempt: &Attempt, second: i64) -> Vec<Scope> {
    let now = start() + TimeDelta::seconds(second);
    guard.fail(attempt, &STRANGER, now).unwrap()
}

/// How long the attempt is refused; nothing where it may begin, which it then does not.
fn refused(guard: &StoredLoginGuard, attempt: &Attempt, second: i64) -> Option<(Scope, u64)> {
    match guard.begin(attempt, start() + TimeDelta::seconds(second)) {
        Ok(()) => {
            guard.abandon(attempt);
            None
        }
        Err(AppError::RateLimited { retry_after, scope, .. }) => Some((scope, retry_after.as_secs())),
        Err(other) => panic!("{other}"),
    }
}

pub(crate) fn processes_count_failures_together(fixture: &dyn Fixture) {
    let (here, there) = (World::new(fixture), World::opened(fixture));
    let (here, there) = (guard(&here), guard(&there));
    let failing: Vec<Vec<Scope>> = [&here, &there, &here, &there].map(|guard| fail(guard, &stranger("ana"), 0)).into();
    assert!(failing.iter().all(Vec::is_empty));
    assert_eq!(refused(&there, &stranger("ana"), 0), None);
    assert_eq!(fail(&here, &stranger("ana"), 1), [Scope::Username]);
    for guard in [&here, &there] {
        assert_eq!(refused(guard, &stranger("ana"), 1), Some((Scope::Username, 900)));
        assert_eq!(refused(guard, &known("ana"), 1), None);
        assert_eq!(refused(guard, &stranger("ben"), 1), None);
        assert_eq!(refused(guard, &stranger("ana"), 901), None);
    }
}

pub(crate) fn failures_at_the_same_moment_all_count(fixture: &dyn Fixture) {
    let worlds = [World::new(fixture), World::opened(fixture)];
    let guards = worlds.each_ref().map(guard);
    thread::scope(|scope| {
        for guard in guards.iter().cycle().take(5) {
            scope.spawn(|| fail(guard, &stranger("ana"), 0));
        }
    });
    assert_eq!(refused(&guards[0], &stranger("ana"), 0), Some((Scope::Username, 900)));
}

pub(crate) fn attempts_at_once_are_no_more_than_may_fail(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let guard = guard(&world);
    let begun = thread::scope(|scope| {
        let begin = || guard.begin(&stranger("ana"), start()).is_ok();
        let running: Vec<_> = (0..20).map(|_| scope.spawn(begin)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).filter(|begun| *begun).count()
    });
    assert_eq!(begun, 5);
    guard.abandon(&stranger("ana"));
    assert_eq!(refused(&guard, &stranger("ana"), 0), None);
    for _ in 0..4 {
        fail(&guard, &stranger("ana"), 0);
    }
    assert_eq!(refused(&guard, &stranger("ana"), 0), None, "whatever began has ended");
}

pub(crate) fn a_success_forgets_the_failures_of_the_device_and_not_of_the_network(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let guard = guard(&world);
    for round in 0..12 {
        for _ in 0..4 {
            fail(&guard, &stranger("ana"), 0);
        }
        assert_eq!(refused(&guard, &stranger("ana"), 0), None, "round {round}");
        guard.succeed(&stranger("ana")).unwrap();
    }
    fail(&guard, &stranger("ana"), 0);
    assert_eq!(fail(&guard, &stranger("ana"), 0), [Scope::Network]);
    assert_eq!(refused(&guard, &stranger("abel"), 0), Some((Scope::Network, 900)));
    assert_eq!(refused(&guard, &known("ana"), 0), None);
}

pub(crate) fn all_known_devices_of_a_name_are_counted_together_too(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let guard = guard(&world);
    let device = |username_key: &str, number: u8| Attempt {
        device: Device::Known(DeviceId([number; 16])),
        ..stranger(username_key)
    };
    let mut set_off = Vec::new();
    for number in 0..50 {
        assert_eq!(refused(&guard, &device("ana", number), 0), None, "device {number}");
        set_off.extend(fail(&guard, &device("ana", number), 0));
        // Whoever has the password of one clears that one alone.
        guard.succeed(&device("ana", number)).unwrap();
    }
    assert_eq!(set_off, [Scope::Devices]);
    assert_eq!(refused(&guard, &device("ana", 99), 0), Some((Scope::Devices, 900)));
    assert_eq!(refused(&guard, &stranger("ana"), 0), None);
    assert_eq!(refused(&guard, &device("ben", 0), 0), None);
}

pub(crate) fn the_alarm_is_raised_once_a_window(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let guard = strict_guard(&world, 1);
    let alarms = |second: i64| {
        let names = ('a'..='z').flat_map(|first| (0..4).map(move |number| format!("{first}{number}")));
        names
            .flat_map(|name| fail(&guard, &stranger(&name), second))
            .filter(|scope| *scope == Scope::Everywhere)
            .count()
    };
    assert_eq!([alarms(0), alarms(30), alarms(120)], [1, 0, 1]);
    assert_eq!(refused(&guard, &Attempt { network: None, ..stranger("zoe") }, 120), None, "an alarm locks nobody");
}

pub(crate) fn only_windows_that_count_no_more_are_pruned(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let guard = guard(&world);
    for _ in 0..5 {
        fail(&guard, &stranger("ana"), 0);
    }
    fail(&guard, &stranger("ben"), 50);
    let prune = |second: i64| world.prune(Expiring::LoginFailures, start() + TimeDelta::seconds(second));
    // The window of ana's network ends first; her lock lasts.
    assert_eq!([prune(59), prune(60), prune(110)], [0, 1, 3]);
    assert_eq!(refused(&guard, &stranger("ana"), 899), Some((Scope::Username, 1)));
    assert_eq!([prune(899), prune(900)], [0, 1]);
}

pub(crate) fn without_its_database_the_guard_lets_nobody_begin(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let guard = guard(&world);
    fixture.execute("ALTER TABLE login_failures RENAME TO gone");
    assert!(guard.begin(&stranger("ana"), start()).is_err());
    assert!(guard.fail(&stranger("ana"), &STRANGER, start()).is_err());
    fixture.execute("ALTER TABLE gone RENAME TO login_failures");
    let waits: BTreeSet<_> = (0..20).map(|_| refused(&guard, &stranger("ana"), 0)).collect();
    assert_eq!(waits, BTreeSet::from([None]), "nothing is left under way");
    assert!(guard.succeed(&stranger("ana")).is_ok());
}
