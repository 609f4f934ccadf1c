use std::collections::HashSet;

use proptest::prelude::*;

use super::KeyAlgorithm::{EdDsa, Es256};
use super::*;

const TOKEN_LIFE: Duration = Duration::minutes(30);

fn schedule() -> KeySchedule {
    KeySchedule::new(Duration::days(30), TOKEN_LIFE)
}

/// A set of keys as the store holds it, and what verifiers may hold against it.
#[derive(Default)]
struct Model {
    keys: Vec<KeyLife>,
    made: usize,
    now: DateTime<Utc>,
    revoked: HashSet<KeyId>,
    /// Tokens: the key that signed, and when it ends.
    tokens: Vec<(KeyId, DateTime<Utc>)>,
}

impl Model {
    fn make(&mut self, algorithm: KeyAlgorithm, state: KeyState) {
        self.made += 1;
        let id = KeyId::parse(&format!("key-{}", self.made)).unwrap();
        self.keys.push(KeyLife { id, algorithm, state, created_at: self.now, since: self.now });
    }

    fn enter(&mut self, id: &KeyId, from: KeyState, state: KeyState) {
        let key = self.keys.iter_mut().find(|key| key.id == *id && key.state == from);
        let key = key.unwrap_or_else(|| panic!("{id} is to become {state:?} and is not {from:?}"));
        (key.state, key.since) = (state, self.now);
    }

    fn take(&mut self, id: &KeyId) -> KeyLife {
        let place = self.keys.iter().position(|key| key.id == *id).unwrap();
        self.keys.remove(place)
    }

    fn apply(&mut self, steps: &[KeyStep]) {
        for step in steps {
            match step {
                KeyStep::Publish(algorithm) => self.make(*algorithm, KeyState::Pending),
                KeyStep::Begin(algorithm) => self.make(*algorithm, KeyState::Active),
                KeyStep::Retire(id) => self.enter(id, KeyState::Active, KeyState::Retiring),
                KeyStep::Activate(id) => self.enter(id, KeyState::Pending, KeyState::Active),
                KeyStep::Remove(id) => drop(self.take(id)),
                KeyStep::Redate(id, state) => self.enter(id, *state, *state),
                KeyStep::Revoke(id) => {
                    let revoked = self.take(id);
                    self.revoked.insert(revoked.id);
                }
            }
            // The store refuses two active keys at any moment, so the order of steps matters.
            assert!(self.active().len() <= 1, "{steps:?} makes two keys sign");
        }
    }

    fn find(&self, id: &KeyId) -> &KeyLife {
        self.keys.iter().find(|key| key.id == *id).unwrap()
    }

    fn active(&self) -> Vec<&KeyLife> {
        self.keys.iter().filter(|key| key.state == KeyState::Active).collect()
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    fn maintain(&mut self, algorithm: KeyAlgorithm) -> Vec<KeyStep> {
        let steps = plan(&self.keys, self.now, &schedule(), algorithm);
        self.apply(&steps);
        steps
    }

    fn sign(&mut self) {
        let signer = self.active()[0].id.clone();
        self.tokens.push((signer, self.now + TOKEN_LIFE));
    }

    fn states(&self) -> Vec<(&str, KeyState)> {
        self.keys.iter().map(|key| (key.id.as_str(), key.state)).collect()
    }
}

use KeyState::{Active, Pending, Retiring};

/// A set on its first day.
fn begun() -> Model {
    let mut model = Model::default();
    model.maintain(EdDsa);
    model
}

fn id(number: usize) -> KeyId {
    KeyId::parse(&format!("key-{number}")).unwrap()
}

#[test]
fn the_first_key_signs_at_once_and_a_second_one_stands_by() {
    let mut model = begun();
    assert_eq!(model.states(), [("key-1", Active), ("key-2", Pending)]);
    assert_eq!(model.maintain(EdDsa), []);
}

#[test]
fn a_key_signs_for_its_time_and_verifies_until_its_last_token_has_ended() {
    let mut model = begun();
    model.pass(Duration::days(30) - Duration::seconds(1));
    assert_eq!(model.maintain(EdDsa), []);
    model.pass(Duration::seconds(1));
    assert_eq!(model.maintain(EdDsa), [KeyStep::Retire(id(1)), KeyStep::Activate(id(2)), KeyStep::Publish(EdDsa)]);
    assert_eq!(model.states(), [("key-1", Retiring), ("key-2", Active), ("key-3", Pending)]);
    model.pass(TOKEN_LIFE + CLOCK_LEEWAY);
    assert_eq!(model.maintain(EdDsa), []);
    model.pass(KEY_SET_CACHE + CLOCK_LEEWAY);
    assert_eq!(model.maintain(EdDsa), [KeyStep::Remove(id(1))]);
}

#[test]
fn keys_that_were_dated_ahead_keep_their_schedule_from_the_correction_on() {
    let mut model = begun();
    model.pass(Duration::days(30));
    model.maintain(EdDsa);
    assert_eq!(model.states(), [("key-1", Retiring), ("key-2", Active), ("key-3", Pending)]);
    // All of that was noted by a clock that was thirty days ahead.
    model.pass(-Duration::days(30));
    let redated = [(1, Retiring), (2, Active), (3, Pending)].map(|(key, state)| KeyStep::Redate(id(key), state));
    assert_eq!(model.maintain(EdDsa), redated);
    assert_eq!(model.maintain(EdDsa), []);
    model.pass(schedule().retire_for);
    assert_eq!(model.maintain(EdDsa), [KeyStep::Remove(id(1))]);
    model.pass(Duration::days(30) - schedule().retire_for);
    assert_eq!(model.maintain(EdDsa), [KeyStep::Retire(id(2)), KeyStep::Activate(id(3)), KeyStep::Publish(EdDsa)]);
}

#[test]
fn a_rotation_by_hand_waits_until_verifiers_know_the_key_unless_it_is_urgent() {
    let mut model = begun();
    let known_at = model.now + KEY_SET_CACHE * 2;
    let rotated = |model: &Model, urgency| rotate(&model.keys, model.now, &schedule(), EdDsa, urgency);
    let refused = rotated(&model, Urgency::WhenKnown).unwrap_err();
    assert_eq!(refused, KeyRefusal::TooYoung { id: id(2), known_at });
    assert!(refused.to_string().contains("1970-01-01T00:10:00Z"), "{refused}");
    let expected = [KeyStep::Retire(id(1)), KeyStep::Activate(id(2)), KeyStep::Publish(EdDsa)];
    assert_eq!(rotated(&model, Urgency::AtOnce).unwrap(), expected);
    model.pass(KEY_SET_CACHE * 2);
    assert_eq!(rotated(&model, Urgency::WhenKnown).unwrap(), expected);
}

#[test]
fn without_a_key_that_stands_by_only_an_urgent_rotation_makes_one() {
    let mut model = Model::default();
    model.make(EdDsa, Active);
    let refused = rotate(&model.keys, model.now, &schedule(), EdDsa, Urgency::WhenKnown);
    assert_eq!(refused, Err(KeyRefusal::NoStandby));
    model.apply(&rotate(&model.keys, model.now, &schedule(), EdDsa, Urgency::AtOnce).unwrap());
    assert_eq!(model.states(), [("key-1", Retiring), ("key-2", Active), ("key-3", Pending)]);
    let empty = rotate(&[], model.now, &schedule(), Es256, Urgency::WhenKnown);
    assert_eq!(empty, Ok(vec![KeyStep::Begin(Es256), KeyStep::Publish(Es256)]));
}

#[test]
fn a_revoked_key_is_replaced_by_the_one_that_stands_by() {
    let mut model = begun();
    model.apply(&revoke(&model.keys, &id(1), EdDsa).unwrap());
    assert_eq!(model.states(), [("key-2", Active), ("key-3", Pending)]);
    model.apply(&revoke(&model.keys, &id(3), EdDsa).unwrap());
    assert_eq!(model.states(), [("key-2", Active), ("key-4", Pending)]);
    assert_eq!(revoke(&model.keys, &id(1), EdDsa), Err(KeyRefusal::Unknown(id(1))));
    let alone = &model.keys[..1];
    assert_eq!(
        revoke(alone, &id(2), EdDsa).unwrap(),
        [KeyStep::Revoke(id(2)), KeyStep::Begin(EdDsa), KeyStep::Publish(EdDsa)]
    );
}

#[test]
fn another_algorithm_takes_over_as_soon_as_verifiers_know_its_key() {
    let mut model = begun();
    assert_eq!(model.maintain(Es256), [KeyStep::Publish(Es256)]);
    assert_eq!(model.states(), [("key-1", Active), ("key-2", Pending), ("key-3", Pending)]);
    // Before that, the key that stood by is the one to fall back on.
    assert_eq!(revoke(&model.keys, &id(1), Es256).unwrap()[1], KeyStep::Activate(id(2)));
    model.pass(KEY_SET_CACHE * 2);
    model.maintain(Es256);
    assert_eq!(model.states(), [("key-1", Retiring), ("key-3", Active), ("key-4", Pending)]);
    assert!(model.keys[1..].iter().all(|key| key.algorithm == Es256));
}

#[test]
fn the_list_tells_what_the_schedule_does_next() {
    let mut model = begun();
    let next = |model: &Model, number| next_step(model.find(&id(number)), &model.keys, &schedule(), EdDsa).unwrap();
    let rotation = model.now + Duration::days(30);
    assert_eq!((next(&model, 1), next(&model, 2)), ((NextStep::Retires, rotation), (NextStep::Signs, rotation)));
    model.now = rotation;
    model.maintain(EdDsa);
    assert_eq!(next(&model, 1), (NextStep::IsRemoved, rotation + schedule().retire_for));
}

#[test]
fn words_and_ids_are_read_back() {
    for algorithm in KeyAlgorithm::ALL {
        assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
    }
    for state in KeyState::ALL {
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    assert_eq!("eddsa".parse::<KeyAlgorithm>(), Err(UnknownKeyWord));
    assert_eq!(KeyId::parse(""), Err(InvalidText::Empty));
    assert_eq!(KeyId::parse(&"x".repeat(65)), Err(InvalidText::TooLong { max: 64 }));
    for text in ["../../etc/passwd", "a b", "a\nb", "ñ", "'; DROP TABLE signing_keys"] {
        assert_eq!(KeyId::parse(text), Err(InvalidText::Character), "{text}");
    }
}

#[derive(Debug, Clone)]
enum Command {
    Pass(i64),
    Maintain,
    Rotate(Urgency),
    Revoke(usize),
    Configure(KeyAlgorithm),
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    let command = prop_oneof![
        3 => (0_i64..3_600).prop_map(Command::Pass),
        2 => (0_i64..40 * 86_400).prop_map(Command::Pass),
        4 => Just(Command::Maintain),
        1 => Just(Command::Rotate(Urgency::WhenKnown)),
        1 => Just(Command::Rotate(Urgency::AtOnce)),
        1 => any::<usize>().prop_map(Command::Revoke),
        1 => prop_oneof![Just(EdDsa), Just(Es256)].prop_map(Command::Configure),
    ];
    proptest::collection::vec(command, 1..80)
}

/// What no step may do, looked at before it is done.
fn judge(model: &Model, steps: &[KeyStep], waits: bool) -> Result<(), TestCaseError> {
    for step in steps {
        match step {
            KeyStep::Activate(id) if waits => {
                let since = model.find(id).since;
                prop_assert!(since + schedule().publish_ahead <= model.now, "{id} signs before verifiers know it");
            }
            KeyStep::Remove(id) if model.find(id).state == Retiring => {
                let since = model.find(id).since;
                prop_assert!(since + schedule().retire_for <= model.now, "{id} is removed too early");
            }
            KeyStep::Remove(id) => prop_assert_eq!(model.find(id).state, Pending),
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn whatever_happens_one_key_signs_and_what_it_signed_verifies_until_it_ends(commands in commands()) {
        let (mut model, mut algorithm) = (begun(), EdDsa);
        for command in commands {
            let (steps, waits) = match command {
                Command::Pass(seconds) => {
                    model.pass(Duration::seconds(seconds));
                    (Vec::new(), true)
                }
                Command::Configure(other) => {
                    algorithm = other;
                    (Vec::new(), true)
                }
                Command::Maintain => (plan(&model.keys, model.now, &schedule(), algorithm), true),
                Command::Rotate(urgency) => {
                    let steps = rotate(&model.keys, model.now, &schedule(), algorithm, urgency);
                    (steps.unwrap_or_default(), urgency == Urgency::WhenKnown)
                }
                Command::Revoke(number) => {
                    let id = model.keys[number % model.keys.len()].id.clone();
                    (revoke(&model.keys, &id, algorithm).unwrap(), false)
                }
            };
            judge(&model, &steps, waits)?;
            let maintained = matches!(command, Command::Maintain);
            model.apply(&steps);
            prop_assert_eq!(model.active().len(), 1);
            prop_assert!(!maintained || plan(&model.keys, model.now, &schedule(), algorithm).is_empty());
            let now = model.now;
            model.tokens.retain(|(_, ends)| now < *ends + CLOCK_LEEWAY);
            for (signer, _) in &model.tokens {
                let verifies = model.keys.iter().any(|key| key.id == *signer);
                prop_assert!(verifies || model.revoked.contains(signer), "{} is gone before its tokens", signer);
            }
            model.sign();
        }
    }
}
