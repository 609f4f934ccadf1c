//! The command line: its commands and arguments.
//!
//! Not here: what help says. That is in `crates/texts/locales/cli.*.yml`, in Spanish and English; the comments on
//! commands and arguments are for programmers.

mod help;
mod mistakes;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use atalaya_domain::forecast::GridChoice;
use atalaya_prediction::Step;
use atalaya_web::tabular::DateOrder;
use clap::{Args, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

use crate::commands::healthcheck::Question;
use crate::commands::{self, CommandError};
use crate::words::language;

pub use help::command;

/// The name of the program.
pub const NAME: &str = "atalaya";

/// The command line of `atalaya`.
#[derive(Debug, Parser)]
#[command(name = NAME, version, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API
    Serve,
    /// Bring the database to this program's schema, or take a step back
    Migrate {
        #[command(subcommand)]
        step: MigrateStep,
    },
    /// Companies
    Company {
        #[command(subcommand)]
        command: CompanyCommand,
    },
    /// Users
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Lists of breached passwords
    Passwords {
        #[command(subcommand)]
        command: PasswordsCommand,
    },
    /// The keys that sign access tokens, and what encrypts them
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Accounts
    Account {
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// Tables that companies define
    Table {
        #[command(subcommand)]
        command: TableCommand,
    },
    /// Train the models of an account, or of every account of a company
    Train(TrainArgs),
    /// Forecast the series of a file; needs no database
    Forecast(ForecastArgs),
    /// Compare the models on the series of a file; needs no database
    Backtest(BacktestArgs),
    /// The audit log
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Write the OpenAPI document to standard output
    Openapi,
    /// Write the GraphQL schema to standard output
    Graphql,
    /// The configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Ask the running server of this configuration whether it is ready for requests; for container health checks
    Healthcheck {
        /// Ask only whether its process lives, whatever the database and other parts do
        #[arg(long)]
        live: bool,
    },
    /// What a shell completes commands by
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// The manual pages
    Man(ManArgs),
    /// The help of a command
    Help {
        /// The command
        #[arg(value_name = "COMMAND")]
        words: Vec<String>,
    },
}

/// Where manual pages go.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
}

/// Which way to migrate.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum MigrateStep {
    /// Run every pending migration
    Up,
    /// Take the last migration back
    Down,
    /// List migrations
    Status,
}

impl MigrateStep {
    /// Whether it makes a database where there is none.
    pub(crate) fn makes_a_database(self) -> bool {
        matches!(self, Self::Up)
    }
}

#[derive(Debug, Subcommand)]
enum CompanyCommand {
    /// Create a company
    Create(CompanyArgs),
    /// List companies
    List(CompanyListArgs),
    /// Let the users of a company log in no more
    Suspend(CompanyNameArgs),
    /// Let them log in again
    Resume(CompanyNameArgs),
}

/// How to list companies.
#[derive(Debug, Args)]
pub(crate) struct CompanyListArgs {
    /// An object of JSON a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which company.
#[derive(Debug, Args)]
pub(crate) struct CompanyNameArgs {
    /// By name or id
    pub(crate) company: String,
}

/// A company to create.
#[derive(Debug, Args)]
pub(crate) struct CompanyArgs {
    /// Its name, unique
    pub(crate) name: String,
    /// Where its days end, an IANA zone
    #[arg(long, default_value = "America/Lima")]
    pub(crate) time_zone: String,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Create a user; the password is asked for, or read from standard input
    Create(UserArgs),
    /// Set a new password for a user, which ends all of their sessions; it is asked for, or read from standard input
    Password(UserPasswordArgs),
    /// List users
    List(UserListArgs),
    /// Let a user log in no more
    Disable(UserNameArgs),
    /// Let a user log in again
    Enable(UserNameArgs),
    /// Delete a user, who can be restored for 30 days
    Delete(UserNameArgs),
    /// Restore a deleted user
    Restore(DeletedUserArgs),
    /// List deleted users, who can still be restored
    Trash(TrashArgs),
}

/// Which users to list, and how.
#[derive(Debug, Args)]
pub(crate) struct UserListArgs {
    /// Of one company, by name or id
    #[arg(long)]
    pub(crate) company: Option<String>,
    /// An object of JSON a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which user.
#[derive(Debug, Args)]
pub(crate) struct UserNameArgs {
    /// The username
    pub(crate) username: String,
}

/// Which deleted user.
#[derive(Debug, Args)]
pub(crate) struct DeletedUserArgs {
    /// The username
    pub(crate) username: String,
    /// The company, by name or id
    #[arg(long)]
    pub(crate) company: String,
}

/// A user to create.
#[derive(Debug, Args)]
pub(crate) struct UserArgs {
    /// The username, unique
    pub(crate) username: String,
    /// The company, by name or id; a superadmin has none
    #[arg(long, required_unless_present = "superadmin", conflicts_with = "superadmin")]
    pub(crate) company: Option<String>,
    /// The role: admin, user or viewer
    #[arg(long, default_value = "user", conflicts_with = "superadmin")]
    pub(crate) role: String,
    /// Create an operator of the platform, who belongs to no company
    #[arg(long)]
    pub(crate) superadmin: bool,
    /// The mail address
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// Let the user do nothing before they have chosen a password of their own
    #[arg(long)]
    pub(crate) must_change_password: bool,
}

/// A password to set.
#[derive(Debug, Args)]
pub(crate) struct UserPasswordArgs {
    /// The username
    pub(crate) username: String,
    /// Let the user do nothing before they have chosen a password of their own
    #[arg(long)]
    pub(crate) must_change_password: bool,
}

#[derive(Debug, Subcommand)]
enum PasswordsCommand {
    /// Make the file that `BREACHED_PASSWORDS_FILE` names; needs no database, and 8 bytes of memory for each password
    Import(PasswordsImportArgs),
}

/// A list of breached passwords.
#[derive(Debug, Args)]
pub(crate) struct PasswordsImportArgs {
    /// A text file with a password, or the SHA-1 of one as `SHA1[:COUNT]`, on each line
    pub(crate) list: PathBuf,
    /// Where to write; a list that is there is replaced
    #[arg(long)]
    pub(crate) output: PathBuf,
}

/// What to do with the keys. A running server hears of it by itself.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List the signing keys: where each stands, and what becomes of it next
    List,
    /// Let the key that stands by take over now, instead of on schedule
    Rotate {
        /// Do not wait until every verifier can know the new key; those that do not refuse its tokens for up to 5
        /// minutes
        #[arg(long)]
        at_once: bool,
    },
    /// Revoke a compromised key: every token that it signed is refused from now on
    Revoke {
        /// The key's id, as `keys list` shows it
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
    /// Encrypt every stored key and secret anew, under the first key of `KEY_ENCRYPTION_KEY`
    Rewrap,
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Import observations from a file, all or none
    Import(ImportArgs),
    /// List accounts
    List(AccountListArgs),
    /// Delete an account, which can be restored for 30 days
    Delete(AccountNameArgs),
    /// Restore a deleted account
    Restore(AccountNameArgs),
    /// List deleted accounts, which can still be restored
    Trash(TrashArgs),
}

/// Whose trash.
#[derive(Debug, Args)]
pub(crate) struct TrashArgs {
    /// The company, by name or id
    #[arg(long)]
    pub(crate) company: String,
}

/// Whose accounts to list, and how.
#[derive(Debug, Args)]
pub(crate) struct AccountListArgs {
    /// The company, by name or id
    #[arg(long)]
    pub(crate) company: String,
    /// An object of JSON a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which account.
#[derive(Debug, Args)]
pub(crate) struct AccountNameArgs {
    /// The account's handle
    pub(crate) account: String,
    /// The company, by name or id
    #[arg(long)]
    pub(crate) company: String,
}

/// An import.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// A file `hora,seguidores[,tweets][,siguiendo]` (or `fecha,valor`, `ds,y` and the like), as CSV, as tab-separated
    /// values or as a workbook (.xlsx); - for standard input
    pub(crate) file: PathBuf,
    /// The sheet of a workbook; its first one unless told
    #[arg(long, value_name = "SHEET")]
    pub(crate) sheet: Option<String>,
    /// The company, by name or id
    #[arg(long)]
    pub(crate) company: String,
    /// The account's handle
    #[arg(long)]
    pub(crate) account: String,
    /// Register the account under this name if the company does not have it
    #[arg(long, value_name = "NAME")]
    pub(crate) create: Option<String>,
    /// The order of dates, where the file leaves it open: dd/mm/yyyy, mm/dd/yyyy or yyyy-mm-dd
    #[arg(long, value_name = "ORDER")]
    pub(crate) date_format: Option<DateOrder>,
}

#[derive(Debug, Subcommand)]
enum TableCommand {
    /// Import records from a file
    Import(TableImportArgs),
    /// Export records
    Export(TableExportArgs),
}

/// An import of records.
#[derive(Debug, Args)]
pub(crate) struct TableImportArgs {
    /// A file with a column for each field, as CSV, as tab-separated values or as a workbook (.xlsx); - for standard
    /// input
    pub(crate) file: PathBuf,
    /// The sheet of a workbook; its first one unless told
    #[arg(long, value_name = "SHEET")]
    pub(crate) sheet: Option<String>,
    /// The company, by name or id
    #[arg(long)]
    pub(crate) company: String,
    /// The table, by name
    #[arg(long)]
    pub(crate) table: String,
    /// The name of a unique field, or id: a row changes the record that has its value there
    #[arg(long, value_name = "KEY")]
    pub(crate) upsert_key: Option<String>,
    /// Import the other rows where some break a rule
    #[arg(long)]
    pub(crate) skip_invalid: bool,
    /// Say only what the import would do
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The order of dates, where the file leaves it open: dd/mm/yyyy, mm/dd/yyyy or yyyy-mm-dd
    #[arg(long, value_name = "ORDER")]
    pub(crate) date_format: Option<DateOrder>,
    /// What separates decimals, where the file leaves it open: a comma or a point
    #[arg(long, value_name = "MARK", value_parser = [",", "."])]
    pub(crate) decimal: Option<String>,
}

/// An export of records.
#[derive(Debug, Args)]
pub(crate) struct TableExportArgs {
    /// The company, by name or id
    #[arg(long)]
    pub(crate) company: String,
    /// The table, by name
    #[arg(long)]
    pub(crate) table: String,
    /// Where to write the CSV; standard output unless told
    #[arg(long, value_name = "OUTPUT")]
    pub(crate) output: Option<PathBuf>,
    /// Write it as Excel opens it: with the mark of UTF-8, and semicolons between cells
    #[arg(long)]
    pub(crate) excel: bool,
}

/// What to train.
#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    /// The company, by name or id
    #[arg(long)]
    pub(crate) company: String,
    /// The account's handle; every account of the company unless told
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// Models to compare, separated by commas; all unless told
    #[arg(long, value_delimiter = ',')]
    pub(crate) models: Vec<String>,
    /// Points of the series: auto, day or hour; what was asked for at the last training unless told
    #[arg(long, value_name = "auto|day|hour")]
    pub(crate) grid: Option<GridChoice>,
}

/// What to forecast.
#[derive(Debug, Args)]
pub(crate) struct ForecastArgs {
    #[command(flatten)]
    pub(crate) input: SeriesArgs,
    /// Steps ahead; of one account's file: days
    #[arg(long)]
    pub(crate) horizon: u16,
    /// Levels of the intervals in percent, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "80,95")]
    pub(crate) level: Vec<u8>,
    /// Write when each series reaches this number, with the dates of 10, 50 and 90 in a hundred sample paths
    #[arg(long, value_name = "N", allow_negative_numbers = true, conflicts_with = "aggregate")]
    pub(crate) goal: Option<f64>,
    /// Write sums and growth by week (from Monday), month or in total
    #[arg(long, value_name = "week|month|total")]
    pub(crate) aggregate: Option<String>,
    /// Where to write; standard output unless told
    #[arg(long)]
    pub(crate) output: Option<PathBuf>,
    /// A folder for a picture of each series as SVG
    #[arg(long, value_name = "FOLDER")]
    pub(crate) svg: Option<PathBuf>,
    /// A folder for a picture of each series as PNG
    #[arg(long, value_name = "FOLDER")]
    pub(crate) png: Option<PathBuf>,
}

/// What to backtest.
#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    #[command(flatten)]
    pub(crate) input: SeriesArgs,
    /// Steps ahead of each origin
    #[arg(long)]
    pub(crate) horizon: u16,
    /// Rolling origins of each series; chosen by its length unless told
    #[arg(long)]
    pub(crate) origins: Option<u16>,
    /// A CSV file for the table
    #[arg(long)]
    pub(crate) output: Option<PathBuf>,
    /// A file for a picture of the table as SVG
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// A file for a picture of the table as PNG
    #[arg(long, value_name = "FILE")]
    pub(crate) png: Option<PathBuf>,
}

/// A file of series.
#[derive(Debug, Args)]
pub(crate) struct SeriesArgs {
    /// A file of one series `ds,y`, of any number of them `unique_id,ds,y`, or of one account `hora,seguidores`
    pub(crate) file: PathBuf,
    /// The sheet of a workbook; its first one unless told
    #[arg(long, value_name = "SHEET")]
    pub(crate) sheet: Option<String>,
    /// The step of every series, instead of the one that is found
    #[arg(long, value_name = "STEP")]
    pub(crate) freq: Option<Step>,
    /// The order of dates, where the file leaves it open: dd/mm/yyyy, mm/dd/yyyy or yyyy-mm-dd
    #[arg(long, value_name = "ORDER")]
    pub(crate) date_format: Option<DateOrder>,
    /// Threads, 1 to 256; as many as there are cores unless told
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    /// Where days end in one account's file, for times without a zone
    #[arg(long, default_value = "America/Lima")]
    pub(crate) time_zone: String,
    /// Leave today out of pictures, so that the same file gives the same picture on any day
    #[arg(long)]
    pub(crate) undated: bool,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Check that no entry was edited, taken out or reordered
    Verify(AuditVerifyArgs),
    /// Print where each chain ends, signed, to be kept elsewhere: it shows a log that was cut since
    Head(AuditHeadArgs),
}

/// What to verify.
#[derive(Debug, Args)]
pub(crate) struct AuditVerifyArgs {
    /// One company, by name or id; every company, the platform and whatever a head is of unless told
    #[arg(long)]
    pub(crate) company: Option<String>,
    /// A file of heads as `audit head` or GET /audit/head wrote them; the log has to reach them, and with --company one
    /// has to be of that company
    #[arg(long, value_name = "FILE")]
    pub(crate) head: Option<PathBuf>,
}

/// Whose head to print.
#[derive(Debug, Args)]
pub(crate) struct AuditHeadArgs {
    /// One company, by name or id; every company and the platform unless told
    #[arg(long)]
    pub(crate) company: Option<String>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum ConfigCommand {
    /// Check every variable and say all that is wrong at once
    Check,
}

/// The program: reads the arguments of the process and does what they say.
#[must_use]
pub fn main() -> ExitCode {
    let language = language();
    let parsed = command(language).try_get_matches_from(std::env::args_os().collect::<Vec<OsString>>());
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(mistake) => return mistakes::told(&mistake, language),
    };
    match cli.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done when standard error is closed too.
            let _ = writeln!(io::stderr(), "{NAME}: {}", error.in_language(language));
            ExitCode::FAILURE
        }
    }
}

impl Cli {
    /// Does what the arguments say.
    ///
    /// # Errors
    /// Why it is not done.
    pub fn run(self) -> Result<(), CommandError> {
        match self.command {
            Command::Serve => commands::serve::run(),
            Command::Migrate { step } => commands::migrate::run(step),
            Command::Company { command } => command.run(),
            Command::User { command } => command.run(),
            Command::Passwords { command: PasswordsCommand::Import(args) } => commands::passwords::import(&args),
            Command::Keys { command } => commands::keys::run(&command),
            Command::Account { command: AccountCommand::Import(args) } => commands::import::run(&args),
            Command::Account { command: AccountCommand::List(args) } => commands::accounts::list(&args),
            Command::Account { command: AccountCommand::Delete(args) } => commands::accounts::delete(&args),
            Command::Account { command: AccountCommand::Restore(args) } => commands::accounts::restore(&args),
            Command::Account { command: AccountCommand::Trash(args) } => commands::accounts::trash(&args),
            Command::Table { command: TableCommand::Import(args) } => commands::records::import(&args),
            Command::Table { command: TableCommand::Export(args) } => commands::records::export(&args),
            Command::Train(args) => commands::train::run(&args),
            Command::Forecast(args) => commands::forecast::run(&args),
            Command::Backtest(args) => commands::backtest::run(&args),
            Command::Audit { command: AuditCommand::Verify(args) } => commands::audit::verify(&args),
            Command::Audit { command: AuditCommand::Head(args) } => commands::audit::head(&args),
            Command::Openapi => commands::operation::openapi(),
            Command::Graphql => commands::operation::graphql(),
            Command::Config { command: ConfigCommand::Check } => commands::config_check::run(),
            Command::Healthcheck { live } => {
                commands::healthcheck::run(if live { Question::Live } else { Question::Ready })
            }
            Command::Completions { shell } => commands::documents::completions(shell),
            Command::Man(args) => commands::documents::manual(&args),
            Command::Help { words } => help::print(&words, language()),
        }
    }
}

impl CompanyCommand {
    fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create(args) => commands::tenants::create_company(&args),
            Self::List(args) => commands::companies::list(&args),
            Self::Suspend(args) => commands::companies::suspend(&args),
            Self::Resume(args) => commands::companies::resume(&args),
        }
    }
}

impl UserCommand {
    fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create(args) => commands::tenants::create_user(&args),
            Self::Password(args) => commands::passwords::assign(&args),
            Self::List(args) => commands::users::list(&args),
            Self::Disable(args) => commands::users::disable(&args),
            Self::Enable(args) => commands::users::enable(&args),
            Self::Delete(args) => commands::users::delete(&args),
            Self::Restore(args) => commands::users::restore(&args),
            Self::Trash(args) => commands::users::trash(&args),
        }
    }
}
