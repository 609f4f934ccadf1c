//! Banks, people, accounts and histories for a test to find, stored behind the API's back as the command line would.

use atalaya_application::observations::{Batch, InvalidRows, RowPlace, UploadRow};
use atalaya_application::ports::forecaster::Unobserved;
use atalaya_application::ports::identity::NewUser;
use atalaya_application::receipt::Unkept;
use atalaya_application::train_command::TrainCommand;
use atalaya_domain::access::{Operator, Permission, Role};
use atalaya_domain::account::{AccountHandle, AccountName, NewAccount};
use atalaya_domain::audit::{AuditAction, AuditEvent};
use atalaya_domain::company::{CompanyName, DEFAULT_TIME_ZONE, NewCompany};
use atalaya_domain::forecast::ModelId;
use atalaya_domain::id::CompanyId;
use atalaya_domain::observation::{Followers, Observation};
use atalaya_domain::password::Password;
use atalaya_domain::user::Username;
use atalaya_server::compose::Core;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

/// The password of every user of the suite.
pub const PASSWORD: &str = "Una-Clave-2026";

/// 130 real days of a public channel, as they were published; see data/README.md.
pub const REAL_CHANNEL: &str = include_str!("../data/channel_tenko_shibuki.csv");

/// A bank to find in the app, with its first administrator.
#[derive(Clone)]
pub struct Bank {
    name: String,
    accounts: Vec<StoredAccount>,
    people: Vec<Person>,
}

#[derive(Clone)]
struct StoredAccount {
    handle: String,
    history: Vec<Observation>,
    trained: bool,
}

#[derive(Clone)]
struct Person {
    username: String,
    role: Role,
    accounts: Vec<String>,
}

/// A bank named so, and its administrator: `admin_bcp` for `BCP`.
#[must_use]
pub fn bank(name: &str) -> Bank {
    let admin = format!("admin_{}", name.to_lowercase().replace(' ', "_"));
    Bank { name: name.to_owned(), accounts: Vec::new(), people: Vec::new() }.person(&admin, Role::Admin, &[])
}

impl Bank {
    /// With an account that nothing is known of.
    #[must_use]
    pub fn account(self, handle: &str) -> Self {
        self.account_with(handle, Vec::new())
    }

    /// With an account and its history.
    #[must_use]
    pub fn account_with(mut self, handle: &str, history: Vec<Observation>) -> Self {
        self.accounts.push(StoredAccount { handle: handle.to_owned(), history, trained: false });
        self
    }

    /// With an account, its history, and a model that was trained on it.
    #[must_use]
    pub fn trained_account(mut self, handle: &str, history: Vec<Observation>) -> Self {
        self.accounts.push(StoredAccount { handle: handle.to_owned(), history, trained: true });
        self
    }

    /// With another administrator.
    #[must_use]
    pub fn admin(self, username: &str) -> Self {
        self.person(username, Role::Admin, &[])
    }

    /// With a user to whom these accounts are assigned.
    #[must_use]
    pub fn user(self, username: &str, accounts: &[&str]) -> Self {
        self.person(username, Role::User, accounts)
    }

    /// With a viewer to whom these accounts are assigned.
    #[must_use]
    pub fn viewer(self, username: &str, accounts: &[&str]) -> Self {
        self.person(username, Role::Viewer, accounts)
    }

    fn person(mut self, username: &str, role: Role, accounts: &[&str]) -> Self {
        let accounts = accounts.iter().map(|handle| (*handle).to_owned()).collect();
        self.people.push(Person { username: username.to_owned(), role, accounts });
        self
    }

    /// Puts it into the database.
    pub fn store(self, core: &Core) {
        let platform = Operator::at_the_machine().platform_mandate();
        let name = CompanyName::parse(&self.name).unwrap();
        let company = NewCompany { name, time_zone: DEFAULT_TIME_ZONE };
        let company = core.use_cases.companies.create(&platform, &company).unwrap().id;
        for account in self.accounts {
            account.store(core, company);
        }
        for person in self.people {
            person.store(core, company);
        }
    }
}

impl StoredAccount {
    fn store(&self, core: &Core, company: CompanyId) {
        let operator = Operator::at_the_machine();
        let account = NewAccount {
            handle: AccountHandle::parse(&self.handle).unwrap(),
            name: AccountName::parse(&self.handle).unwrap(),
            platform: None,
            time_zone: None,
        };
        core.use_cases.accounts.create(&operator.mandate(company), &account, &Unkept).unwrap();
        let row = |(index, observation): (usize, &Observation)| UploadRow {
            observation: *observation,
            place: RowPlace::Index(index),
        };
        let rows: Vec<_> = self.history.iter().enumerate().map(row).collect();
        let owned = core.use_cases.accounts.open(&operator.mandate(company), &self.handle).unwrap();
        let observations = &core.use_cases.observations;
        let judged = observations.judge(Batch::sound(rows), InvalidRows::Refuse);
        observations.record(&owned, &judged, &Unkept).unwrap();
        if self.trained {
            let command = TrainCommand { models: vec![ModelId::Linear], ..TrainCommand::default() };
            let owned = core.use_cases.accounts.open(&operator.mandate(company), &self.handle).unwrap();
            core.use_cases.training.train(&owned, &command, &Unobserved, &Unkept).unwrap();
        }
    }
}

fn new_user(core: &Core, username: &str, role: Role) -> NewUser {
    let password = core.hasher.hash(&Password::new(PASSWORD)).unwrap();
    NewUser { username: Username::parse(username).unwrap(), role, email: None, password, must_change_password: false }
}

impl Person {
    fn store(&self, core: &Core, company: CompanyId) {
        let user = new_user(core, &self.username, self.role);
        let handles: Vec<_> = self.accounts.iter().map(|handle| AccountHandle::parse(handle).unwrap()).collect();
        let scope = Operator::at_the_machine().scope(company, Permission::ManageUsers);
        let now = core.clock.now();
        let store = core.database.store();
        let unknown = store.transaction(&scope, |unit| {
            let user = unit.users().insert(&user, now)?;
            unit.users().assign(&user, &handles)
        });
        assert!(unknown.unwrap().is_empty(), "{} is given accounts that the bank does not have", self.username);
    }
}

pub(crate) fn store_superadmin(core: &Core, username: &str) {
    let user = new_user(core, username, Role::Superadmin);
    let operator = Operator::at_the_machine();
    let audit = AuditEvent::by_operator(&operator, AuditAction::UserRegistered, core.clock.now()).on(username);
    let stored = core.database.platform().transaction(|unit| {
        unit.audit(&audit)?;
        unit.users().insert_superadmin(&operator.platform(), &user, audit.at)
    });
    stored.unwrap();
}

/// One observation a day at 20:00 in Lima, the last one before [`NOW`](crate::app::NOW): growth, a weekly rhythm, and a
/// running total of posts.
#[must_use]
pub fn daily_history(days: u32, followers: u64) -> Vec<Observation> {
    made_up(days, followers, TimeDelta::days(1), 7)
}

/// One observation an hour, the last one at [`NOW`](crate::app::NOW)'s noon or just before.
#[must_use]
pub fn hourly_history(hours: u32, followers: u64) -> Vec<Observation> {
    made_up(hours, followers, TimeDelta::hours(1), 24)
}

fn made_up(count: u32, mut followers: u64, step: TimeDelta, season: u32) -> Vec<Observation> {
    let last: DateTime<Utc> = "2026-08-23T01:00:00Z".parse().unwrap();
    let mut posts = 1_000;
    (0..count)
        .map(|index| {
            // A multiplicative hash (Knuth): noise that is the same on every machine.
            let noise = u64::from(index.wrapping_mul(2_654_435_761) >> 28);
            let weekend = if index % season < season / 4 { 60 } else { 0 };
            followers += 20 + weekend + noise;
            posts += noise % 4;
            let whole = |number| Some(Followers::new(number).unwrap());
            let back = i32::try_from(count - 1 - index).unwrap();
            Observation {
                at: last - step * back,
                followers: Followers::new(followers).unwrap(),
                posts: whole(posts),
                following: whole(71),
            }
        })
        .collect()
}

/// Observations as the body of an upload.
#[must_use]
pub fn upload(history: &[Observation]) -> Value {
    let row = |row: &Observation| {
        json!({
            "hora": row.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            "seguidores": row.followers.get(),
            "tweets": row.posts.map(Followers::get),
            "siguiendo": row.following.map(Followers::get),
        })
    };
    json!({"observations": history.iter().map(row).collect::<Vec<_>>()})
}

/// Followers at noon of the first days of 2026, one row a day.
#[must_use]
pub fn days_of_january(followers: &[u64]) -> Value {
    let row = |(day, followers): (usize, &u64)| json!({"hora": format!("2026-01-{:02}T12:00:00Z", day + 1), "seguidores": followers});
    json!({"observations": followers.iter().enumerate().map(row).collect::<Vec<_>>()})
}
