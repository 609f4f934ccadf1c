//! Builds every adapter and hands it to the use cases.

mod database_file;
mod digits;
mod forecasting;
mod foundation;
mod gauges;
mod identity;
mod jobs;
mod part;
mod sharing;
mod web;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use atalaya_application::accounts::AccountService;
use atalaya_application::audit::{Audit, AuditService, AuditVerifier};
use atalaya_application::calendar::CalendarService;
use atalaya_application::companies::CompanyService;
use atalaya_application::covariates::CovariateService;
use atalaya_application::forecasts::{AnsweredVersions, Training};
use atalaya_application::installation::InstallationService;
use atalaya_application::jobs::{JobNotifier, JobRunner};
use atalaya_application::observations::ObservationService;
use atalaya_application::ports::audit::{AuditLog as _, AuditSeal};
use atalaya_application::ports::quotas::Quotas;
use atalaya_application::ports::runtime::Clock;
use atalaya_application::ports::security::PasswordHasher;
use atalaya_application::tables::{RecordService, TableChangeService, TableService, TransferService, ViewService};
use atalaya_application::{AppError, UseCases};
use atalaya_domain::access::Operator;
use atalaya_domain::audit::AuditEvent;
use atalaya_infrastructure::audit::AuditTrail;
use atalaya_infrastructure::clock::ProcessClock;
use atalaya_infrastructure::freshness::Freshness;
use atalaya_infrastructure::idempotency::StoredIdempotency;
use atalaya_infrastructure::persistence::{ChangeWatch, Database};
use atalaya_infrastructure::redis::{Redis, RedisCaller};
use atalaya_infrastructure::runtime::UuidIdentifiers;
use atalaya_infrastructure::security::{BreachedFileError, HasherError, JwtTokens, KeyError, WrappingKeys};
use atalaya_infrastructure::settings::Settings;
use atalaya_infrastructure::vault::{Purpose, Vault, VaultError};
use atalaya_infrastructure::wake::WakeSignal;
use atalaya_prediction::PeruvianHolidays;

pub use self::database_file::FileProblem;
pub(crate) use self::database_file::{Found, look, may_be_made, may_be_made_with_folders};
use self::digits::DigitReading;
use self::forecasting::Forecasting;
use self::foundation::Foundation;
pub(crate) use self::foundation::{judge_file, open_database, refusals_of_contents};
use self::gauges::{Lanes, Observed};
use self::identity::Identity;
use self::jobs::{JobParts, JobSystem};
use self::part::Part;
use self::sharing::Sharing;
use crate::upkeep::Upkeep;
use crate::words::{self, OfVariable, Words};
use crate::workers::Workers;

/// The program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The variable that says where the data is.
pub(crate) const DATABASE_URL: &str = "DATABASE_URL";

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    Database(AppError),
    /// The file that should hold the database.
    DatabaseFile {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        problem: FileProblem,
    },
    /// There is no database at the file, and what was to be done makes none.
    NoDatabase {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The database has no tables, and what was to be done makes none.
    NoSchema,
    /// The list of breached passwords.
    BreachedPasswords {
        /// Where it should be.
        path: PathBuf,
        /// What is wrong with it.
        source: BreachedFileError,
    },
    /// What encrypts the stored keys.
    Wrapping(#[from] KeyError),
    /// The installation's own secrets.
    Vault(#[from] VaultError),
    /// What hashes passwords.
    Hashing(#[from] HasherError),
    /// The signing keys.
    Keys(AppError),
    /// The connection to Redis.
    Redis(AppError),
    /// Demonstration users in a database of customers.
    DemonstrationUser(&'static str),
    /// A fault of the program.
    Fault(String),
}

impl StartError {
    /// The error in words, for whoever starts the program.
    #[must_use]
    pub fn words(&self) -> Words {
        match self {
            Self::Database(error) => words::of_variable(of_database(error)),
            Self::DatabaseFile { path, problem } => words::of_variable(of_database_file(path, problem)),
            Self::BreachedPasswords { path, source } => words::of_variable(of_breached_passwords(path, source)),
            Self::Redis(error) => words::of_variable(("REDIS_URL", words::of_app_briefly(error))),
            Self::NoDatabase { path } => {
                let here = std::env::current_dir().unwrap_or_default();
                Words::of("cli.start.no_database").with("file", path.display()).with("folder", here.display())
            }
            Self::NoSchema => Words::of("cli.start.no_schema"),
            Self::Wrapping(_) | Self::Vault(VaultError::Key(_)) | Self::DemonstrationUser(_) => {
                words::of_variable(of_contents(self))
            }
            Self::Vault(VaultError::Store(error)) | Self::Keys(error) => {
                Words::of("cli.start.keys").with_words("cause", words::of_app_briefly(error))
            }
            Self::Hashing(HasherError::NoPepper) => Words::of("cli.start.no_pepper"),
            Self::Hashing(HasherError::Rounds(error)) => Words::of("cli.start.rounds").with("cause", error),
            Self::Fault(cause) => Words::of("cli.start.fault").with("cause", cause),
        }
    }
}

/// In English.
impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().fmt(f)
    }
}

/// Why the database cannot be used.
pub(crate) fn of_database(error: &AppError) -> OfVariable {
    let cause = match error {
        AppError::Internal { source } => words::database(&source.to_string()),
        error => words::of_app_briefly(error),
    };
    (DATABASE_URL, Words::of("cli.start.database").with_words("cause", cause))
}

/// Why the file of the database cannot be used.
pub(crate) fn of_database_file(path: &Path, problem: &FileProblem) -> OfVariable {
    let words = Words::of("cli.start.database_file").with("file", path.display());
    (DATABASE_URL, words.with_words("cause", problem.words()))
}

/// Why the list of breached passwords cannot be used.
pub(crate) fn of_breached_passwords(path: &Path, error: &BreachedFileError) -> OfVariable {
    let cause = match error {
        BreachedFileError::Read(error) => words::io(error),
        BreachedFileError::Foreign => Words::of("cli.breached.foreign"),
        BreachedFileError::Length { found, expected } => {
            Words::of("cli.breached.length").with("found", found).with("expected", expected)
        }
        BreachedFileError::Order => Words::of("cli.breached.order"),
    };
    let words = Words::of("cli.start.breached").with("file", path.display());
    ("BREACHED_PASSWORDS_FILE", words.with_words("cause", cause))
}

/// Why a start refuses what a database holds, with the variable that has to be set otherwise.
pub(crate) fn of_contents(error: &StartError) -> OfVariable {
    match error {
        StartError::Wrapping(error) | StartError::Vault(VaultError::Key(error)) => {
            ("KEY_ENCRYPTION_KEY", of_wrapping(error))
        }
        StartError::DemonstrationUser(username) => {
            (DATABASE_URL, Words::of("cli.start.demonstration_user").with("username", username))
        }
        other => (DATABASE_URL, other.words()),
    }
}

fn of_wrapping(error: &KeyError) -> Words {
    match error {
        KeyError::NoWrappingKey => Words::of("cli.start.no_wrapping_key"),
        KeyError::WrappingKeyLength(found) => Words::of("cli.start.wrapping_key_length").with("found", found),
        KeyError::UnknownWrappingKey { wrapping_key_id, name } => {
            Words::of("cli.start.wrapping_key_unknown").with("id", wrapping_key_id).with("name", name)
        }
        KeyError::Undecryptable { wrapping_key_id, name } => {
            Words::of("cli.start.wrapping_key_wrong").with("id", wrapping_key_id).with("name", name)
        }
        KeyError::Mismatched { kid } => Words::of("cli.start.key_mismatched").with("kid", kid),
        KeyError::Machine => Words::of("cli.start.key_machine"),
    }
}

/// Every use case, on its adapters: what the command line and the server have in common.
pub struct Core {
    /// The database.
    pub database: Arc<Database>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// What the program can do.
    pub use_cases: Arc<UseCases>,
    /// Training at normal priority and outside of the lane, for what a server needs before it is ready.
    pub urgent_training: Arc<dyn Training>,
    /// Does jobs.
    pub job_runner: Arc<JobRunner>,
    /// Wakes who does them.
    pub job_notifier: Arc<JobNotifier>,
    /// The installation's own secrets.
    pub vault: Vault,
    quotas: Arc<dyn Quotas>,
    audit_trail: Arc<AuditTrail>,
    answered: Arc<AnsweredVersions>,
    idempotency: Arc<StoredIdempotency>,
    tokens: Arc<JwtTokens>,
    wrapping: Arc<WrappingKeys>,
    freshness: Arc<Freshness>,
    training_at_a_time: usize,
    wakes: Arc<WakeSignal>,
    redis: Option<Arc<Redis>>,
    /// Ends with the last of a command's calls.
    _caller: Option<RedisCaller>,
    observed: Observed,
}

/// The audit log for its readers.
fn audit(
    database: &Arc<Database>,
    trail: &Arc<AuditTrail>,
    seal: &Arc<dyn AuditSeal>,
    clock: &Arc<dyn Clock>,
) -> Arc<dyn Audit> {
    let (store, platform) = (database.store(), database.platform());
    Arc::new(AuditService { store, platform, log: trail.clone(), seal: Arc::clone(seal), clock: Arc::clone(clock) })
}

fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

impl Core {
    /// Opens the database, brings it to this program's schema, and builds the use cases on it. Training takes all of
    /// the machine's cores but one, which stays with the requests.
    ///
    /// # Errors
    /// [`StartError`] says what to mend.
    pub fn open(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        Self::build(settings, clock, cores().saturating_sub(1), Part::Server)
    }

    /// The same for a command that serves no requests: training takes all cores, and nothing is shared in Redis. The
    /// servers on the database are called there to hear of what the command changes.
    ///
    /// # Errors
    /// [`StartError`] says what to mend.
    pub fn open_for_a_command(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        Self::build(settings, clock, cores(), Part::Command)
    }

    fn build(
        settings: &Settings,
        clock: Arc<dyn Clock>,
        training_at_a_time: usize,
        part: Part,
    ) -> Result<Self, StartError> {
        let foundation = Foundation::lay(settings, clock.as_ref(), part)?;
        let Sharing { redis, wakes, caller } =
            Sharing::begin(settings.redis.as_ref(), part, &foundation, clock.as_ref())?;
        let identity = Identity::build(settings, &foundation, &clock, redis.as_ref())?;
        let forecasting = Forecasting::build(settings, &foundation, &clock, training_at_a_time);
        let reading = DigitReading::build(&foundation, &clock, redis.as_ref(), training_at_a_time)?;
        let Foundation { database, vault, wrapping, tokens, audit_keys, audit_trail, freshness, memories, .. } =
            foundation;
        let lanes =
            Lanes { hashing: Arc::clone(&identity.bcrypt), fitting: forecasting.forecaster, digits: reading.reader };
        let lists = memories.account_lists.clone();
        let observed = Observed::new((Arc::clone(&database), Arc::clone(&clock)), lanes, memories, redis.clone());
        let request_codes = vault.secret(Purpose::RequestCodes, clock.now())?;
        let seal: Arc<dyn AuditSeal> = Arc::new(audit_keys);
        let store = database.store();
        let accounts = Arc::new(AccountService { store: Arc::clone(&store), clock: Arc::clone(&clock), lists });
        let parts = JobParts {
            accounts: accounts.clone(),
            training: Arc::clone(&forecasting.training),
            keys: Arc::clone(&identity.keys),
            retrain_after: settings.retrain_after,
            training_at_a_time,
        };
        let JobSystem { jobs, runner, notifier } = parts.compose(&database, &clock);
        let use_cases = UseCases {
            sessions: identity.sessions,
            users: identity.users,
            companies: Arc::new(CompanyService { platform: database.platform(), clock: Arc::clone(&clock) }),
            accounts,
            observations: Arc::new(ObservationService { store: Arc::clone(&store), clock: Arc::clone(&clock) }),
            forecasts: forecasting.forecasts,
            overview: forecasting.overview,
            training: forecasting.training,
            calendar: Arc::new(CalendarService { holidays: Arc::new(PeruvianHolidays), clock: Arc::clone(&clock) }),
            digits: reading.digits,
            covariates: Arc::new(CovariateService { store: Arc::clone(&store), clock: Arc::clone(&clock) }),
            tables: Arc::new(TableService {
                store: Arc::clone(&store),
                clock: Arc::clone(&clock),
                identifiers: Arc::new(UuidIdentifiers),
                notifier: Arc::clone(&notifier),
                retyped_at_once: TableService::RETYPED_AT_ONCE,
            }),
            records: Arc::new(RecordService {
                store: Arc::clone(&store),
                clock: Arc::clone(&clock),
                identifiers: Arc::new(UuidIdentifiers),
            }),
            table_changes: Arc::new(TableChangeService { store: Arc::clone(&store) }),
            views: Arc::new(ViewService {
                store: Arc::clone(&store),
                clock: Arc::clone(&clock),
                identifiers: Arc::new(UuidIdentifiers),
            }),
            transfers: Arc::new(TransferService {
                store,
                clock: Arc::clone(&clock),
                identifiers: Arc::new(UuidIdentifiers),
            }),
            jobs,
            audit: audit(&database, &audit_trail, &seal, &clock),
            audit_verifier: Arc::new(AuditVerifier { platform: database.platform(), seal, clock: Arc::clone(&clock) }),
            installation: Arc::new(InstallationService { reader: database.clone() }),
            keys: identity.keys,
        };
        Ok(Self {
            use_cases: Arc::new(use_cases),
            audit_trail,
            job_runner: runner,
            job_notifier: notifier,
            training_at_a_time,
            urgent_training: forecasting.urgent_training,
            answered: forecasting.answered,
            idempotency: Arc::new(StoredIdempotency::new(Arc::clone(&database), Arc::clone(&clock), &request_codes)),
            database,
            clock,
            hasher: identity.bcrypt,
            vault,
            quotas: sharing::quotas(&settings.web.quotas, redis.as_ref()),
            redis,
            _caller: caller,
            wakes,
            tokens,
            freshness,
            wrapping,
            observed,
        })
    }

    /// What a server on these use cases does by itself for itself. What is done once for all of them is a job.
    #[must_use]
    pub fn upkeep(&self) -> Upkeep {
        let (quotas, audit_trail) = (Arc::clone(&self.quotas), Arc::clone(&self.audit_trail));
        let tokens = Arc::clone(&self.tokens);
        let (retention, clock) = (self.database.retention(), Arc::clone(&self.clock));
        let answered = {
            let (answered, store) = (Arc::clone(&self.answered), self.database.store());
            let clock = Arc::clone(&self.clock);
            move || answered.flush(store.as_ref(), &Operator::at_the_machine(), clock.now())
        };
        Upkeep::default()
            .task("answered_versions", Duration::from_secs(30), answered)
            .task("refusals", Duration::from_mins(1), move || audit_trail.flush())
            // Reloading makes up for a change that was heard while the database was away.
            .task("signing_keys", Duration::from_mins(1), move || tokens.reload())
            // Too often for a job, and done twice it does no harm.
            .task("sealed_children", Duration::from_secs(5), move || {
                retention.erase_sealed_children(clock.now()).map(drop)
            })
            .task("quotas", Duration::from_mins(1), move || {
                quotas.forget_idle();
                Ok(())
            })
    }

    /// Renews what this process holds. Apart from the rest of the upkeep, because none of its tasks may make this one
    /// late.
    #[must_use]
    pub fn renewals(&self) -> Upkeep {
        let idempotency = Arc::clone(&self.idempotency);
        Upkeep::default().task("held_requests", Duration::from_secs(4), move || idempotency.renew())
    }

    /// Has `clock`, which these use cases were opened with, go by the clock of the database's server, where it has one.
    /// Two replicas whose machines disagree then judge alike.
    ///
    /// # Errors
    /// Of the database.
    pub fn follow_time(&self, clock: &ProcessClock) -> Result<(), AppError> {
        let database = Arc::clone(&self.database);
        clock.follow(Box::new(move |ticks| database.time(ticks)))
    }

    /// Tells the audit log of something that was refused. It is written when this is dropped at the latest.
    pub fn tell_refused(&self, event: AuditEvent) {
        self.audit_trail.refused(event);
    }

    /// The threads that do jobs beside a server on these use cases: as many for training as run at a time, and one for
    /// all other jobs.
    #[must_use]
    pub fn workers(&self) -> Workers {
        Workers::new(Arc::clone(&self.job_runner), Arc::clone(&self.job_notifier), self.training_at_a_time)
    }

    /// Hears of what other processes change, such as the command line beside a server, until what is returned is
    /// dropped. From now on nothing remembered is believed while they cannot be heard.
    ///
    /// # Errors
    /// Of the database.
    pub fn watch(&self) -> Result<ChangeWatch, AppError> {
        self.database.change_feed()?.watch(Arc::clone(&self.freshness), Arc::clone(&self.wakes))
    }
}
