//! What a developer finds on the first start: four banks with an administrator, three years of history and a model
//! each.
//!
//! Production refuses a database in which these users exist. Models are trained at normal priority: the server is not
//! ready before, and on a busy machine what gives way may wait for minutes.

use std::thread;

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Resource};
use atalaya_application::observations::{Batch, InvalidRows, RowPlace, UploadRow};
use atalaya_application::ports::forecaster::Unobserved;
use atalaya_application::receipt::Unkept;
use atalaya_application::train_command::TrainCommand;
use atalaya_application::users::Registration;
use atalaya_domain::access::{Operator, Role};
use atalaya_domain::account::{AccountHandle, AccountName, NewAccount, Platform};
use atalaya_domain::company::{CompanyName, DEFAULT_TIME_ZONE, NewCompany};
use atalaya_domain::id::CompanyId;
use atalaya_domain::observation::{Followers, Observation, whole_followers};
use atalaya_domain::password::Password;
use atalaya_domain::user::Username;
use atalaya_web::DemonstrationLogin;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::compose::Core;

/// The password of every demonstration user.
pub const PASSWORD: &str = "password123";
/// Three years.
const DAYS: u64 = 1_095;

/// The user that is tried first.
#[must_use]
pub fn login() -> DemonstrationLogin {
    let [Bank { admin, .. }, ..] = BANKS;
    DemonstrationLogin { username: admin, password: PASSWORD }
}

/// A bank of the demonstration.
struct Bank {
    name: &'static str,
    handle: &'static str,
    admin: &'static str,
    followers: f64,
    growth_a_day: f64,
    posts_a_day: f64,
    following: u64,
}

const BANKS: [Bank; 4] = [
    Bank {
        name: "Interbank",
        handle: "Interbank",
        admin: "admin_interbank",
        followers: 304_000.0,
        growth_a_day: 35.0,
        posts_a_day: 9.0,
        following: 71,
    },
    Bank {
        name: "BCP",
        handle: "BCPComunica",
        admin: "admin_bcp",
        followers: 396_000.0,
        growth_a_day: 48.0,
        posts_a_day: 12.0,
        following: 1_365,
    },
    Bank {
        name: "BBVA",
        handle: "bbva_peru",
        admin: "admin_bbva",
        followers: 292_000.0,
        growth_a_day: 22.0,
        posts_a_day: 10.0,
        following: 75,
    },
    Bank {
        name: "Scotiabank",
        handle: "ScotiabankPE",
        admin: "admin_scotia",
        followers: 27_400.0,
        growth_a_day: 6.0,
        posts_a_day: 4.0,
        following: 581,
    },
];

/// Names of the demonstration users.
pub fn usernames() -> impl Iterator<Item = &'static str> {
    BANKS.iter().map(|bank| bank.admin)
}

/// Whether the database holds the demonstration.
///
/// # Errors
/// Of the database.
pub fn is_in(core: &Core) -> Result<bool, AppError> {
    let operator = Operator::at_the_machine();
    for name in usernames() {
        match core.use_cases.users.find(&operator, &parsed(Username::parse(name))?) {
            Ok(_) => return Ok(true),
            Err(AppError::NotFound(Resource::User)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// Makes the four banks. One that exists already is another process' to make, which started at the same moment.
///
/// # Errors
/// Of the use cases.
pub fn create(core: &Core) -> Result<(), AppError> {
    let operator = Operator::at_the_machine();
    let mut untrained = Vec::new();
    for (seed, bank) in BANKS.iter().enumerate() {
        let company = match create_company(core, bank) {
            Err(AppError::Conflict(Conflict::CompanyExists)) => continue,
            created => created?,
        };
        let admin = Registration {
            username: parsed(Username::parse(bank.admin))?,
            password: Password::new(PASSWORD),
            role: Role::Admin,
            email: None,
            accounts: Vec::new(),
            must_change_password: false,
        };
        core.use_cases.users.register_demonstration(&operator.mandate(company), &admin)?;
        create_account(core, operator, company, bank, seed)?;
        untrained.push((company, bank));
    }
    train(core, &untrained)
}

/// Trains all of them at once, each on a thread of its own.
fn train(core: &Core, untrained: &[(CompanyId, &Bank)]) -> Result<(), AppError> {
    let operator = Operator::at_the_machine();
    let train = |company: CompanyId, bank: &Bank| -> Result<(), AppError> {
        let owned = core.use_cases.accounts.open(&operator.mandate(company), bank.handle)?;
        core.urgent_training.train(&owned, &TrainCommand::default(), &Unobserved, &Unkept).map(drop)
    };
    thread::scope(|scope| {
        let runs: Vec<_> = untrained.iter().map(|(company, bank)| scope.spawn(|| train(*company, bank))).collect();
        let ended =
            runs.into_iter().map(|run| run.join().map_err(|_| AppError::internal("a training run panicked"))?);
        // Every run is waited for; the first that failed is told.
        ended.fold(Ok(()), Result::and)
    })
}

fn parsed<T, E: std::error::Error + Send + Sync + 'static>(result: Result<T, E>) -> Result<T, AppError> {
    result.map_err(AppError::internal)
}

fn create_company(core: &Core, bank: &Bank) -> Result<CompanyId, AppError> {
    let company = NewCompany { name: parsed(CompanyName::parse(bank.name))?, time_zone: DEFAULT_TIME_ZONE };
    Ok(core.use_cases.companies.create(&Operator::at_the_machine().platform_mandate(), &company)?.id)
}

fn create_account(
    core: &Core,
    operator: Operator,
    company: CompanyId,
    bank: &Bank,
    seed: usize,
) -> Result<(), AppError> {
    let account = NewAccount {
        handle: parsed(AccountHandle::parse(bank.handle))?,
        name: parsed(AccountName::parse(bank.name))?,
        platform: Some(parsed(Platform::parse("twitter"))?),
        time_zone: None,
    };
    core.use_cases.accounts.create(&operator.mandate(company), &account, &Unkept)?;
    let owned = core.use_cases.accounts.open(&operator.mandate(company), bank.handle)?;
    let today = core.clock.now().with_timezone(&DEFAULT_TIME_ZONE).date_naive();
    let observations = &core.use_cases.observations;
    let judged = observations.judge(Batch::sound(history(bank, seed, today)), InvalidRows::Refuse);
    observations.record(&owned, &judged, &Unkept).map(drop)
}

/// Three years that end yesterday: a trend that bends, a week, a little yearly swing, and noise that is the same on
/// every machine.
fn history(bank: &Bank, seed: usize, today: NaiveDate) -> Vec<UploadRow> {
    let mut followers = bank.followers;
    let mut posts = 60_000.0;
    let mut rows = Vec::new();
    for (index, back) in (1..=DAYS).rev().enumerate() {
        let Some((date, at)) = today.checked_sub_days(Days::new(back)).and_then(|date| Some((date, end_of(date)?)))
        else {
            continue;
        };
        let noise = |salt: u64| unit_noise(seed as u64 * 16 + salt, back);
        let working_day = if date.weekday().number_from_monday() <= 5 { 1.25 } else { 0.35 };
        let year = (f64::from(date.ordinal()) / 365.25 * std::f64::consts::TAU).sin();
        let posted = (bank.posts_a_day * working_day * (1.0 + 0.5 * noise(1))).round().max(0.0);
        followers += bank.growth_a_day * working_day * (1.0 + 0.25 * year)
            + bank.growth_a_day * 0.4 * noise(2)
            + (posted - bank.posts_a_day) * bank.growth_a_day * 0.02;
        posts += posted;
        let observation = Observation {
            at,
            followers: whole_followers(followers.round()),
            posts: Some(whole_followers(posts)),
            following: Followers::new(bank.following).ok(),
        };
        rows.push(UploadRow { observation, place: RowPlace::Index(index) });
    }
    rows
}

/// Shortly before the day ends.
fn end_of(date: NaiveDate) -> Option<DateTime<Utc>> {
    let late = NaiveTime::from_hms_opt(23, 50, 0)?;
    DEFAULT_TIME_ZONE.from_local_datetime(&date.and_time(late)).earliest().map(|at| at.to_utc())
}

/// A number between -1 and 1 that depends on its place alone.
fn unit_noise(seed: u64, place: u64) -> f64 {
    let hash = xxh3_64_with_seed(&place.to_le_bytes(), seed);
    let bits = u32::try_from(hash >> 32).unwrap_or_default();
    f64::from(bits) / f64::from(u32::MAX) * 2.0 - 1.0
}
