//! Signing keys and stored secrets: several processes on one set, and encrypting anew.

use std::sync::Arc;
use std::thread;

use atalaya_application::AppError;
use atalaya_application::keys::{KeysError, Rewrapped, SigningKeyService, SigningKeys};
use atalaya_application::ports::keys::KeyWrapping;
use atalaya_application::ports::memory::Change;
use atalaya_domain::access::Operator;
use atalaya_domain::signing_key::{KeyAlgorithm, KeyId, KeyRefusal, KeySchedule, KeyState, Urgency};
use atalaya_infrastructure::key_set::StoredKeySet;
use atalaya_infrastructure::security::{KeySource, NamedSecret, WrappingKeys};
use atalaya_infrastructure::vault::{Purpose, Vault};
use chrono::TimeDelta;
use secrecy::ExposeSecret;

use super::support::*;

fn wrapping(ids: &[&str]) -> Arc<WrappingKeys> {
    let secret = |id: &&str| NamedSecret { id: (*id).to_owned(), value: vec![id.as_bytes()[0]; 32].into() };
    Arc::new(WrappingKeys::new(&ids.iter().map(secret).collect::<Vec<_>>()).unwrap())
}

/// The use cases of a process, so long after [`start`].
fn keys_after(world: &World, after: TimeDelta, wrapping: Arc<WrappingKeys>) -> SigningKeyService {
    SigningKeyService {
        platform: world.database.platform(),
        wrapping,
        clock: Arc::new(At(start() + after)),
        schedule: KeySchedule::new(TimeDelta::days(30), LIMITS.access_token),
        algorithm: Some(KeyAlgorithm::EdDsa),
    }
}

fn keys(world: &World) -> SigningKeyService {
    keys_after(world, TimeDelta::zero(), wrapping(&["1"]))
}

fn states(world: &World) -> Vec<(KeyId, KeyState)> {
    world.platform_read(|view| view.keys().list()).unwrap().into_iter().map(|key| (key.id, key.state)).collect()
}

fn in_state(world: &World, state: KeyState) -> Vec<KeyId> {
    states(world).into_iter().filter(|(_, known)| *known == state).map(|(id, _)| id).collect()
}

fn operator() -> Operator {
    Operator::at_the_machine()
}

/// What `work` gave in eight threads of two processes at once.
fn at_once<T: Send>(processes: &[World; 2], work: impl Fn(&World) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let (world, work) = (&processes[number % 2], &work);
                scope.spawn(move || work(world))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

pub(crate) fn processes_that_start_at_once_agree_on_the_signing_keys(fixture: &dyn Fixture) {
    let processes = [World::new(fixture), World::opened(fixture)];
    let done = at_once(&processes, |world| keys(world).maintain().unwrap());
    assert_eq!(done.iter().filter(|events| !events.is_empty()).count(), 1);
    let set = states(&processes[1]);
    assert_eq!((set.len(), in_state(&processes[0], KeyState::Active).len()), (2, 1));
    assert_eq!(set, states(&processes[0]));
}

pub(crate) fn of_two_processes_that_rotate_at_once_one_does(fixture: &dyn Fixture) {
    let processes = [World::new(fixture), World::opened(fixture)];
    keys(&processes[0]).maintain().unwrap();
    let standby = in_state(&processes[0], KeyState::Pending);
    let later = TimeDelta::minutes(10);
    let rotate = |world: &World| keys_after(world, later, wrapping(&["1"])).rotate(&operator(), Urgency::WhenKnown);
    let rotated = at_once(&processes, rotate);
    assert_eq!(rotated.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let refused = |outcome: &Result<_, KeysError>| matches!(outcome, Err(KeysError::Refused(KeyRefusal::TooYoung { id, .. })) if !standby.contains(id));
    assert_eq!(rotated.iter().filter(|outcome| refused(outcome)).count(), 7);
    assert_eq!((in_state(&processes[0], KeyState::Active), states(&processes[0]).len()), (standby, 3));

    // By the schedule, too.
    let due = at_once(&processes, |world| {
        keys_after(world, later + TimeDelta::days(30), wrapping(&["1"])).maintain().unwrap()
    });
    assert_eq!(due.iter().filter(|events| !events.is_empty()).count(), 1);
    assert_eq!(in_state(&processes[0], KeyState::Active).len(), 1);
}

pub(crate) fn another_process_hears_of_keys(fixture: &dyn Fixture) {
    let here = World::new(fixture);
    let there = World::opened(fixture);
    let mut feed = there.database.change_feed().unwrap();
    keys(&here).maintain().unwrap();
    assert_eq!(here.heard.take(), [Change::Keys]);
    let active = in_state(&here, KeyState::Active).remove(0);
    keys(&here).revoke(&operator(), &active).unwrap();
    let revoked = [Change::KeyGone(active.clone()), Change::Keys];
    assert_eq!(here.heard.take(), revoked);
    assert_eq!(feed.poll().unwrap(), 3);
    assert_eq!(there.heard.take(), [[Change::Keys].as_slice(), &revoked].concat());
    assert!(matches!(keys(&here).revoke(&operator(), &active), Err(KeysError::Refused(KeyRefusal::Unknown(_)))));
}

pub(crate) fn the_store_refuses_a_second_active_key(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    keys(&world).maintain().unwrap();
    let before = states(&world);
    let second = wrapping(&["1"]).make(KeyAlgorithm::Es256).unwrap();
    let inserted = world.platform_write(|unit| unit.keys().insert(&second, KeyState::Active, start()));
    assert!(matches!(inserted, Err(AppError::Internal { .. })));
    let nobody = KeyId::parse("nobody").unwrap();
    assert!(world.platform_write(|unit| unit.keys().remove(&nobody)).is_err());
    assert!(world.platform_write(|unit| unit.keys().enter(&nobody, KeyState::Retiring, start())).is_err());
    assert_eq!(states(&world), before);
}

pub(crate) fn whatever_is_stored_encrypted_is_encrypted_anew_or_nothing_is(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    keys(&world).maintain().unwrap();
    let vault = |wrapping| Vault::new(Arc::clone(&world.database), wrapping);
    let secret = |wrapping, purpose| vault(wrapping).secret(purpose, start());
    let before = Purpose::ALL.map(|purpose| secret(wrapping(&["1"]), purpose).unwrap());
    let opened = |wrapping| {
        let keys = StoredKeySet::new(&world.database, wrapping).load()?;
        Ok::<_, AppError>(keys.into_iter().map(|(key, _)| key.public()).collect::<Vec<_>>())
    };
    let set = opened(wrapping(&["1"])).unwrap();
    let rewrap = |ids: &[&str]| keys_after(&world, TimeDelta::zero(), wrapping(ids)).rewrap(&operator());

    let lacking = rewrap(&["2"]).unwrap_err();
    assert!(lacking.to_string().contains("KEY_ENCRYPTION_KEY"), "{lacking}");
    assert_eq!(opened(wrapping(&["1"])).unwrap(), set, "a failed rewrap left something");

    let expected = Rewrapped { signing_keys: 2, installation_secrets: Purpose::ALL.len(), unchanged: 0 };
    assert_eq!(rewrap(&["2", "1"]).unwrap(), expected);
    let again = Rewrapped { unchanged: 2 + Purpose::ALL.len(), ..Rewrapped::default() };
    assert_eq!(rewrap(&["2", "1"]).unwrap(), again);

    assert_eq!(opened(wrapping(&["2"])).unwrap(), set);
    assert!(opened(wrapping(&["1"])).is_err(), "the old key still opens");
    for (purpose, before) in Purpose::ALL.into_iter().zip(before) {
        assert_eq!(secret(wrapping(&["2"]), purpose).unwrap().expose_secret(), before.expose_secret());
        assert!(secret(wrapping(&["1"]), purpose).is_err());
    }
}

pub(crate) fn private_halves_are_stored_encrypted(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    keys(&world).maintain().unwrap();
    for key in world.database.stored_keys().unwrap() {
        // The object identifier of Ed25519 (RFC 8410), which every such PKCS#8 document has.
        assert!(!key.private_key.bytes.windows(3).any(|bytes| bytes == [0x2b, 0x65, 0x70]));
        assert_eq!(key.private_key.wrapping_key_id, "1");
    }
    // Whoever can write to the database, and no more, brings in no key: its public half is not believed by itself.
    fixture.execute("UPDATE signing_keys SET algorithm = 'ES256'");
    assert!(StoredKeySet::new(&world.database, wrapping(&["1"])).load().is_err());
}

pub(crate) fn changes_keep_their_numbers_when_the_log_learns_of_keys(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    keys(&world).maintain().unwrap();
    let before = states(&world);
    let mut down = Some(String::new());
    while down.as_deref() != Some("0007_key_states") {
        down = world.database.setup().migrate_down().unwrap();
    }
    fixture.execute(
        "DELETE FROM change_log; INSERT INTO change_log (kind, subject) VALUES ('user', '1'), ('user', '2'), ('user', '3')",
    );
    let mut feed = World::opened(fixture).database.change_feed().unwrap();
    fixture.execute("DELETE FROM change_log WHERE subject <> '1'");
    world.database.setup().migrate_up().unwrap();
    assert_eq!(states(&world), before);
    assert!(world.platform_read(|view| view.keys().list()).unwrap().iter().all(|key| key.since == key.created_at));
    fixture.execute("INSERT INTO change_log (kind, subject) VALUES ('keys', '')");
    assert_eq!(feed.poll().unwrap(), 1, "a number that was given before was given again");
}
