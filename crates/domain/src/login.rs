//! Lockout after failed logins, against guessing (brute force): whose failures count together, how many lock, and for
//! how long.
//!
//! Not here: where failures are kept.

mod window;

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};

use crate::horizon::Horizon;
use crate::id::SessionId;

pub use window::FailureWindow;

/// How many failures lock, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockoutPolicy {
    /// Failures within [`Self::WINDOW`] that lock.
    pub threshold: u32,
    /// How long the lock lasts; at least [`Self::WINDOW`], or a lock would be no longer than the count.
    pub duration: Duration,
}

impl LockoutPolicy {
    /// Failures older than this no longer count.
    pub const WINDOW: Duration = Duration::minutes(1);
    /// A network may fail as often as so many usernames: one colleague must not shut out the office.
    const USERNAMES_PER_NETWORK: u32 = 10;
    /// All known devices of a username may fail as often as so many of them. Every login makes a new device, so whoever
    /// once had the password could collect hundreds, and guess the next password with each.
    const DEVICES_PER_USERNAME: u32 = 10;
    /// So many usernames' worth of failures anywhere is no accident.
    const USERNAMES_PER_ALARM: u32 = 100;

    /// Which ends of locks hold at `now`.
    #[must_use]
    pub fn lock_horizon(&self, now: DateTime<Utc>) -> Horizon {
        Horizon::new(now, self.duration)
    }

    /// What counts for failures of `scope`, this being what counts for one username. The alarm locks nothing: its
    /// duration is how long it is not raised again.
    #[must_use]
    pub fn of(&self, scope: Scope) -> Self {
        match scope {
            Scope::Username | Scope::Device => *self,
            Scope::Devices => Self { threshold: self.threshold.saturating_mul(Self::DEVICES_PER_USERNAME), ..*self },
            Scope::Network => Self { threshold: self.threshold.saturating_mul(Self::USERNAMES_PER_NETWORK), ..*self },
            Scope::Everywhere => {
                Self { threshold: self.threshold.saturating_mul(Self::USERNAMES_PER_ALARM), duration: Self::WINDOW }
            }
        }
    }
}

/// The random number in a device token, by which a browser or client that logged in before is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub [u8; 16]);

/// What an attempt comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Device {
    /// Anything that has not shown to have logged in before with this username.
    Unknown,
    /// A browser or client that has.
    Known(DeviceId),
    /// A session of the user, who has to prove once more to be there.
    Session(SessionId),
}

/// What is guessed at. Each kind is counted for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttemptKind {
    /// The password of a login.
    Login,
    /// The present password of somebody who changes it.
    PasswordChange,
}

/// One comparison of a secret that could be a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The username in lower case, whether anybody has it or not.
    pub username_key: String,
    /// What it comes from.
    pub device: Device,
    /// The client's network (see [`network_of`](crate::caller::network_of)); `None` where there is none.
    pub network: Option<IpAddr>,
    /// What is guessed at.
    pub kind: AttemptKind,
}

impl Attempt {
    /// Whose lock refuses this attempt, and whose failures it adds to. A known device is counted for itself and among
    /// the known devices of its username, so nothing that strangers do refuses it, not even from its own network.
    pub fn subjects(&self) -> impl Iterator<Item = Subject<'_>> {
        let (kind, username_key) = (self.kind, self.username_key.as_str());
        let shared = match self.device {
            Device::Unknown => self.network.map(|network| Subject::Network { kind, network }),
            Device::Known(_) => Some(Subject::Devices { kind, username_key }),
            Device::Session(_) => None,
        };
        std::iter::once(self.own_subject()).chain(shared)
    }

    /// The subject of its username and device, which a success clears. It clears no other: a collector of devices, one
    /// of whose guesses is right, could else begin anew with the rest.
    #[must_use]
    pub fn own_subject(&self) -> Subject<'_> {
        Subject::Device { kind: self.kind, username_key: &self.username_key, device: self.device }
    }
}

/// What failures are counted together for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject<'a> {
    /// A username, as one device tries it.
    Device {
        /// What is guessed at.
        kind: AttemptKind,
        /// The username in lower case.
        username_key: &'a str,
        /// The device.
        device: Device,
    },
    /// All known devices of a username.
    Devices {
        /// What is guessed at.
        kind: AttemptKind,
        /// The username in lower case.
        username_key: &'a str,
    },
    /// A network.
    Network {
        /// What is guessed at.
        kind: AttemptKind,
        /// The network.
        network: IpAddr,
    },
    /// The whole installation.
    Everywhere {
        /// What is guessed at.
        kind: AttemptKind,
    },
}

impl Subject<'_> {
    /// Which sort of subject it is.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self {
            Self::Device { device: Device::Unknown, .. } => Scope::Username,
            Self::Device { .. } => Scope::Device,
            Self::Devices { .. } => Scope::Devices,
            Self::Network { .. } => Scope::Network,
            Self::Everywhere { .. } => Scope::Everywhere,
        }
    }
}

/// What a lock closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A username, for devices that have not logged in with it.
    Username,
    /// A username, for one device that has.
    Device,
    /// A username, for all devices that have.
    Devices,
    /// A network, for devices that have not logged in with the username that they try.
    Network,
    /// Nothing: an alarm is raised instead.
    Everywhere,
}

impl Scope {
    /// The word that the audit log uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Device => "device",
            Self::Devices => "devices",
            Self::Network => "network",
            Self::Everywhere => "everywhere",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const POLICY: LockoutPolicy = LockoutPolicy { threshold: 3, duration: Duration::minutes(15) };
    const NETWORK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));

    fn attempt(username_key: &str, device: Device, last_octet: u8) -> Attempt {
        let network = Some(IpAddr::from([203, 0, 113, last_octet]));
        Attempt { username_key: username_key.to_owned(), device, network, kind: AttemptKind::Login }
    }

    fn scopes(attempt: &Attempt) -> Vec<Scope> {
        attempt.subjects().map(|subject| subject.scope()).collect()
    }

    #[test]
    fn a_stranger_counts_under_the_username_and_the_network_and_a_known_device_under_itself_and_all_of_them() {
        let known = Device::Known(DeviceId([7; 16]));
        let session = Device::Session(SessionId::new(uuid::Uuid::nil()));
        assert_eq!(scopes(&attempt("ana", Device::Unknown, 9)), [Scope::Username, Scope::Network]);
        assert_eq!(scopes(&attempt("ana", known, 9)), [Scope::Device, Scope::Devices]);
        assert_eq!(scopes(&attempt("ana", session, 9)), [Scope::Device]);
        let nowhere = Attempt { network: None, ..attempt("ana", Device::Unknown, 9) };
        assert_eq!(scopes(&nowhere), [Scope::Username]);
    }

    #[test]
    fn each_kind_is_counted_for_itself() {
        let login = attempt("ana", Device::Unknown, 9);
        let change = Attempt { kind: AttemptKind::PasswordChange, ..login.clone() };
        assert!(login.subjects().all(|subject| change.subjects().all(|other| subject != other)));
    }

    #[test]
    fn a_network_or_all_devices_fail_ten_times_and_the_whole_a_hundred_times_as_often_as_a_username() {
        let scopes = [Scope::Username, Scope::Device, Scope::Devices, Scope::Network, Scope::Everywhere];
        assert_eq!(scopes.map(|scope| POLICY.of(scope).threshold), [3, 3, 30, 30, 300]);
        assert_eq!([Scope::Devices, Scope::Network].map(|scope| POLICY.of(scope).duration), [POLICY.duration; 2]);
    }

    fn strangers() -> impl Strategy<Value = Vec<(Attempt, i64)>> {
        let one = ("(ana|ben)", 0..3_u8, 7..12_u8, 0..30_000_i64).prop_map(|(name, device, octet, later)| {
            // A token is good for the username that it was given for: Ben's makes nobody known to Ana's.
            let known = device == 0 && name == "ben";
            let device = if known { Device::Known(DeviceId([octet; 16])) } else { Device::Unknown };
            (attempt(&name, device, octet), later)
        });
        prop::collection::vec(one, 0..200)
    }

    proptest! {
        #[test]
        fn no_failures_of_strangers_lock_a_known_device(failures in strangers()) {
            let mut windows = BTreeMap::<Subject<'_>, FailureWindow>::new();
            let mut now = DateTime::UNIX_EPOCH;
            for (failure, later) in &failures {
                now += Duration::milliseconds(*later);
                for subject in failure.subjects() {
                    windows.entry(subject).or_default().fail(now, &POLICY.of(subject.scope()));
                }
            }
            let owner = Attempt { network: Some(NETWORK), ..attempt("ana", Device::Known(DeviceId([99; 16])), 9) };
            for subject in owner.subjects() {
                prop_assert!(!windows.contains_key(&subject));
            }
        }

        #[test]
        fn however_many_devices_are_collected_they_guess_no_more_than_ten_of_them(
            guesses in prop::collection::vec((0..u8::MAX, 0..3_000_i64), 0..400)
        ) {
            let mut windows = BTreeMap::<Subject<'_>, FailureWindow>::new();
            let mut now = DateTime::UNIX_EPOCH;
            let mut compared = Vec::new();
            let guesses: Vec<_> = guesses
                .into_iter()
                .map(|(device, later)| (attempt("ana", Device::Known(DeviceId([device; 16])), 9), later))
                .collect();
            for (guess, later) in &guesses {
                now += Duration::milliseconds(*later);
                let admits = |subject: Subject<'_>| {
                    windows.get(&subject).is_none_or(|window| window.admit(now, &POLICY.of(subject.scope()), 0).is_ok())
                };
                if !guess.subjects().all(admits) {
                    continue;
                }
                compared.push(now);
                for subject in guess.subjects() {
                    windows.entry(subject).or_default().fail(now, &POLICY.of(subject.scope()));
                }
                let lately = compared.iter().filter(|at| now - **at < LockoutPolicy::WINDOW).count();
                prop_assert!(lately <= 30, "{lately} guesses within a minute");
            }
        }
    }
}
