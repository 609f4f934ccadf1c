//! Repositories: what a unit of work can do with each kind of data. All of them are bound to the unit's scope: they see
//! the scope's company only, and accounts only within its reach.

use atalaya_domain::account::{Account, AccountChange, AccountHandle, NewAccount};
use atalaya_domain::company::Company;
use atalaya_domain::forecast::{Grid, ModelId, ReadingTimes};
use atalaya_domain::id::{AccountId, ModelVersion, UserId};
use atalaya_domain::observation::{Observation, UploadOutcome};
use atalaya_domain::overview::{Outlook, Recent};
use atalaya_domain::user::{Member, User, UserChange};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::identity::NewUser;
use super::trash::Trashed;
use crate::error::AppError;
use crate::page::{Creation, Page, PageRequest};

/// An account and how much there is of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSummary {
    /// The account.
    pub account: Account,
    /// Observations stored.
    pub observations: u64,
    /// Time of the newest observation.
    pub data_until: Option<DateTime<Utc>>,
    /// Whether a trained version serves.
    pub has_model: bool,
}

/// Reads accounts.
pub trait AccountReader {
    /// The company of the scope.
    ///
    /// # Errors
    /// `NotFound(Company)` where a superadmin named one that does not exist.
    fn company(&mut self) -> Result<Company, AppError>;

    /// The account of that handle, if it exists within reach.
    ///
    /// # Errors
    /// Of the database.
    fn find(&mut self, handle: &AccountHandle) -> Result<Option<Account>, AppError>;

    /// Those of these accounts that exist within reach, by handle, in one statement.
    ///
    /// # Errors
    /// Of the database.
    fn find_all(&mut self, handles: &[AccountHandle]) -> Result<Vec<AccountSummary>, AppError>;

    /// Accounts within reach, by handle.
    ///
    /// # Errors
    /// Of the database.
    fn page(&mut self, request: &PageRequest<AccountHandle>) -> Result<Page<AccountSummary, AccountHandle>, AppError>;

    /// Every account within reach, by handle.
    ///
    /// # Errors
    /// Of the database.
    fn all(&mut self) -> Result<Vec<AccountSummary>, AppError>;

    /// How many accounts are within reach.
    ///
    /// # Errors
    /// Of the database.
    fn count(&mut self) -> Result<u64, AppError>;

    /// Accounts that were deleted at that time or later, the last one first.
    ///
    /// # Errors
    /// Of the database.
    fn trash(&mut self, since: DateTime<Utc>) -> Result<Vec<Trashed<Account>>, AppError>;

    /// Those to whom these accounts are assigned, in one statement: each account with each of its users, by their ids.
    ///
    /// # Errors
    /// Of the database.
    fn assignments(&mut self, accounts: &[AccountId]) -> Result<Vec<(AccountId, UserId)>, AppError>;
}

/// Writes accounts.
pub trait AccountWriter: AccountReader {
    /// Registers an account.
    ///
    /// # Errors
    /// `Conflict(AccountExists)` when the company has that handle.
    fn insert(&mut self, account: &NewAccount, at: DateTime<Utc>) -> Result<Account, AppError>;

    /// Changes an account.
    ///
    /// # Errors
    /// Of the database.
    fn change(&mut self, account: &Account, change: &AccountChange) -> Result<Account, AppError>;

    /// Deletes an account, so that it can be restored: until then it is not there for anything else, with all that
    /// belongs to it, and its handle stays taken.
    ///
    /// # Errors
    /// `Forbidden(Account)` when it is not there.
    fn delete(&mut self, account: &Account, at: DateTime<Utc>) -> Result<(), AppError>;

    /// Restores an account that was deleted at that time or later, with all that belongs to it.
    ///
    /// # Errors
    /// `Forbidden(Account)` when there is none of that handle.
    fn restore(&mut self, handle: &AccountHandle, since: DateTime<Utc>) -> Result<Account, AppError>;

    /// An account that was deleted before that time.
    ///
    /// # Errors
    /// Of the database.
    fn expired(&mut self, before: DateTime<Utc>) -> Result<Option<Account>, AppError>;

    /// Deletes for good as much of a deleted account as one transaction may, so that nobody waits long for it: some of
    /// its observations or, when these are few, everything that is left. Whether something is left.
    ///
    /// # Errors
    /// Of the database.
    fn purge(&mut self, account: &Account) -> Result<bool, AppError>;
}

/// A span of time: from inclusive, until exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeSpan {
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
}

/// Reads observations.
pub trait ObservationReader {
    /// Observations in a span, by time.
    ///
    /// # Errors
    /// Of the database.
    fn page(
        &mut self,
        account: &Account,
        span: TimeSpan,
        request: &PageRequest<DateTime<Utc>>,
    ) -> Result<Page<Observation, DateTime<Utc>>, AppError>;

    /// Every observation of the account, by time.
    ///
    /// # Errors
    /// Of the database.
    fn all(&mut self, account: &Account) -> Result<Vec<Observation>, AppError>;

    /// Every observation in a span, by time.
    ///
    /// # Errors
    /// Of the database.
    fn within(&mut self, account: &Account, span: TimeSpan) -> Result<Vec<Observation>, AppError>;

    /// The last observation in a span.
    ///
    /// # Errors
    /// Of the database.
    fn last(&mut self, account: &Account, span: TimeSpan) -> Result<Option<Observation>, AppError>;

    /// How many readings the account has, and how many of them fall around midnight: what
    /// [`LocalDays::counted`](atalaya_domain::forecast::LocalDays::counted) tells their days from.
    ///
    /// # Errors
    /// Of the database.
    fn reading_times(&mut self, account: &Account, zone: Tz) -> Result<ReadingTimes, AppError>;

    /// Of each stretch from one of `starts` until before the next its last observation, by time, with the running
    /// total of posts that was recorded last in the stretch. Stretches without an observation are left out; `starts`
    /// ascend.
    ///
    /// # Errors
    /// Of the database.
    fn closings(&mut self, account: &Account, starts: &[DateTime<Utc>]) -> Result<Vec<Observation>, AppError>;
}

/// Writes observations.
pub trait ObservationWriter: ObservationReader {
    /// Inserts, or replaces what is stored at the same time.
    ///
    /// # Errors
    /// Of the database.
    fn upsert(&mut self, account: &Account, observations: &[Observation]) -> Result<UploadOutcome, AppError>;

    /// Deletes what lies in a span and says how much that was.
    ///
    /// # Errors
    /// Of the database.
    fn delete(&mut self, account: &Account, span: TimeSpan) -> Result<u64, AppError>;
}

/// What a training run came to.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingFacts {
    /// When training ended.
    pub trained_at: DateTime<Utc>,
    /// Who asked for it.
    pub trained_by: String,
    /// The model that serves.
    pub served: ModelId,
    /// The spacing of its series.
    pub grid: Grid,
    /// Its mean absolute error, in followers.
    pub mae: f64,
    /// Its root mean squared error, in followers.
    pub rmse: f64,
    /// Its mean absolute percentage error.
    pub mape: Option<f64>,
    /// Its mean absolute scaled error.
    pub mase: Option<f64>,
    /// The first observation used.
    pub data_from: DateTime<Utc>,
    /// The last observation used.
    pub data_until: DateTime<Utc>,
}

/// A training run and the version it made, without the bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingRun {
    /// The version.
    pub version: ModelVersion,
    /// What training came to.
    pub facts: TrainingFacts,
    /// SHA-256 of the artifact, in hexadecimal.
    pub checksum: String,
    /// Bytes of the artifact and the fitted model together, as training stored them.
    pub size_bytes: u64,
    /// Whether it is the version that answers.
    pub active: bool,
    /// The last day, on the account's own clocks, on which it answered somebody.
    pub answered_at: Option<NaiveDate>,
    /// When it was deleted; its run stays in the history.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// What is stored of a version to answer with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Artifact {
    /// What [`Forecaster::open`](super::forecaster::Forecaster::open) reads.
    Sound(Vec<u8>),
    /// Bytes that do not fit their checksum.
    Damaged,
    /// Nothing: the version was deleted or pruned.
    Deleted,
}

/// A version with its artifact.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredModel {
    /// The run that made it.
    pub run: TrainingRun,
    /// Its bytes.
    pub artifact: Artifact,
}

/// A version that answered somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnsweredVersion {
    /// The account.
    pub account: AccountId,
    /// Its version.
    pub version: ModelVersion,
    /// The day, on the account's own clocks.
    pub day: NaiveDate,
}

/// A version to store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewModel {
    /// What training came to.
    pub facts: TrainingFacts,
    /// See [`Trained::artifact`](super::forecaster::Trained::artifact).
    pub artifact: Vec<u8>,
    /// See [`Trained::fitted`](super::forecaster::Trained::fitted).
    pub fitted: Vec<u8>,
    /// What it says of the days around the end of its data.
    pub outlook: Outlook,
}

/// The version that answers for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveVersion {
    /// Its number.
    pub version: ModelVersion,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
    /// The last observation that it was trained on.
    pub data_until: DateTime<Utc>,
    /// The spacing of its series.
    pub grid: Grid,
}

/// What of a summary is missing, or was made of something else than is there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SummaryGap {
    /// The latest days.
    pub recent: bool,
    /// What the version that answers says.
    pub outlook: bool,
}

/// An account with its summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSummary {
    /// The account.
    pub account: Account,
    /// Its latest days; `None` where they are still to be made.
    pub recent: Option<Recent>,
    /// How many observations it has.
    pub observations: u64,
    /// Time of its newest observation.
    pub data_until: Option<DateTime<Utc>>,
    /// The version that answers.
    pub active: Option<ActiveVersion>,
    /// What a version says, and which one does: another one than answers where what that says is still to be made.
    pub outlook: Option<(ModelVersion, Outlook)>,
}

impl StoredSummary {
    /// What is missing; `None` for a whole summary.
    #[must_use]
    pub fn gap(&self) -> Option<SummaryGap> {
        let told = self.outlook.as_ref().map(|(version, _)| *version);
        let is_told = self.active.is_none_or(|active| told == Some(active.version));
        let gap = SummaryGap { recent: self.recent.is_none(), outlook: !is_told };
        (gap.recent || gap.outlook).then_some(gap)
    }
}

/// Reads summaries of accounts.
pub trait SummaryReader {
    /// Every account within reach with its summary, by handle, in as many statements whatever their number.
    ///
    /// # Errors
    /// Of the database.
    fn all(&mut self) -> Result<Vec<StoredSummary>, AppError>;
}

/// Writes summaries of accounts. Whoever writes observations, the zone of an account, or which version answers keeps
/// the summary by that; this is for those that nobody kept.
pub trait SummaryWriter: SummaryReader {
    /// Makes the latest days anew.
    ///
    /// # Errors
    /// Of the database.
    fn refresh(&mut self, account: &Account) -> Result<(), AppError>;

    /// Keeps what the version says that answers.
    ///
    /// # Errors
    /// Of the database.
    fn keep_outlook(&mut self, account: &Account, version: ModelVersion, outlook: &Outlook) -> Result<(), AppError>;
}

/// Reads trained versions.
pub trait ModelReader {
    /// The version that answers, if there is one.
    ///
    /// # Errors
    /// Of the database.
    fn active(&mut self, account: &Account) -> Result<Option<StoredModel>, AppError>;

    /// The versions that answer for these accounts, in one statement.
    ///
    /// # Errors
    /// Of the database.
    fn active_of(&mut self, accounts: &[AccountId]) -> Result<Vec<(AccountId, StoredModel)>, AppError>;

    /// One version, also a deleted one.
    ///
    /// # Errors
    /// Of the database.
    fn find(&mut self, account: &Account, version: ModelVersion) -> Result<Option<StoredModel>, AppError>;

    /// The newest version before `version` that is not deleted.
    ///
    /// # Errors
    /// Of the database.
    fn before(&mut self, account: &Account, version: ModelVersion) -> Result<Option<StoredModel>, AppError>;

    /// The run of one version without its bytes, also of a deleted one.
    ///
    /// # Errors
    /// Of the database.
    fn run(&mut self, account: &Account, version: ModelVersion) -> Result<Option<TrainingRun>, AppError>;

    /// The runs of the versions that are not deleted, newest first, without their bytes.
    ///
    /// # Errors
    /// Of the database.
    fn kept(&mut self, account: &Account) -> Result<Vec<TrainingRun>, AppError>;

    /// These versions, newest first; those that the account never had are left out.
    ///
    /// # Errors
    /// Of the database.
    fn find_all(&mut self, account: &Account, versions: &[ModelVersion]) -> Result<Vec<StoredModel>, AppError>;

    /// The fitted model of a version; `None` where it was pruned or deleted.
    ///
    /// # Errors
    /// Of the database.
    fn fitted(&mut self, account: &Account, version: ModelVersion) -> Result<Option<Vec<u8>>, AppError>;

    /// Every training run of the account, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn history(&mut self, account: &Account) -> Result<Vec<TrainingRun>, AppError>;

    /// A page of them, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn page(
        &mut self,
        account: &Account,
        request: &PageRequest<ModelVersion>,
    ) -> Result<Page<TrainingRun, ModelVersion>, AppError>;
}

/// Writes trained versions.
pub trait ModelWriter: ModelReader {
    /// Stores a version under the next number and lets it answer from now on.
    ///
    /// # Errors
    /// Of the database.
    fn insert_active(&mut self, account: &Account, model: &NewModel) -> Result<TrainingRun, AppError>;

    /// Lets a version answer that was trained before, and says what `outlook` tells.
    ///
    /// # Errors
    /// `NotFound(ModelVersion)` for one that the account never had or that is deleted.
    fn activate(
        &mut self,
        account: &Account,
        version: ModelVersion,
        outlook: &Outlook,
    ) -> Result<TrainingRun, AppError>;

    /// Of the versions beyond the newest `keep` that are not deleted, deletes the fitted models, and all bytes of those
    /// that never answered anybody. The one that answers stays whole. Says which were deleted.
    ///
    /// # Errors
    /// Of the database.
    fn prune(&mut self, account: &Account, keep: usize, at: DateTime<Utc>) -> Result<Vec<ModelVersion>, AppError>;

    /// Notes on which day versions of the company answered somebody; a later day that is known stays.
    ///
    /// # Errors
    /// Of the database.
    fn mark_answered(&mut self, answered: &[AnsweredVersion]) -> Result<(), AppError>;

    /// Deletes the bytes of every version of the account; the runs stay in the history. Says which there were.
    ///
    /// # Errors
    /// Of the database.
    fn delete_all(&mut self, account: &Account, at: DateTime<Utc>) -> Result<Vec<ModelVersion>, AppError>;
}

/// Reads the company's users.
pub trait UserReader {
    /// One user of the company.
    ///
    /// # Errors
    /// Of the database.
    fn find(&mut self, id: UserId) -> Result<Option<Member>, AppError>;

    /// The company's users, by creation.
    ///
    /// # Errors
    /// Of the database.
    fn page(&mut self, request: &PageRequest<Creation<UserId>>) -> Result<Page<Member, Creation<UserId>>, AppError>;

    /// Users who were deleted at that time or later, the last one first.
    ///
    /// # Errors
    /// Of the database.
    fn trash(&mut self, since: DateTime<Utc>) -> Result<Vec<Trashed<Member>>, AppError>;

    /// How many administrators of the company are active.
    ///
    /// # Errors
    /// Of the database.
    fn active_admins(&mut self) -> Result<u64, AppError>;
}

/// Writes the company's users.
pub trait UserWriter: UserReader {
    /// Registers a user of the company.
    ///
    /// # Errors
    /// `Conflict(UsernameTaken)` when the name exists anywhere.
    fn insert(&mut self, user: &NewUser, at: DateTime<Utc>) -> Result<User, AppError>;

    /// Changes a user, counting the version up where `void_tokens` says so.
    ///
    /// # Errors
    /// Of the database.
    fn change(&mut self, user: &User, change: &UserChange, void_tokens: bool) -> Result<(), AppError>;

    /// Ends every session of a user of the company.
    ///
    /// # Errors
    /// `NotFound(User)` for a user of another one.
    fn end_sessions(&mut self, user: &User, at: DateTime<Utc>) -> Result<(), AppError>;

    /// Assigns exactly these accounts of the company to the user. Gives the handles that the company does not have;
    /// when there are any, nothing is changed.
    ///
    /// # Errors
    /// Of the database.
    fn assign(&mut self, user: &User, handles: &[AccountHandle]) -> Result<Vec<AccountHandle>, AppError>;

    /// Deletes a user, so that they can be restored: until then they are not there for anything else, no token of
    /// theirs is good any more, and their name stays taken.
    ///
    /// # Errors
    /// `NotFound(User)`.
    fn delete(&mut self, user: &User, at: DateTime<Utc>) -> Result<(), AppError>;

    /// Restores a user who was deleted at that time or later, with their role and accounts.
    ///
    /// # Errors
    /// `NotFound(User)`.
    fn restore(&mut self, user: UserId, since: DateTime<Utc>) -> Result<Member, AppError>;

    /// A user who was deleted before that time.
    ///
    /// # Errors
    /// Of the database.
    fn expired(&mut self, before: DateTime<Utc>) -> Result<Option<User>, AppError>;

    /// Deletes for good what the company has of a deleted user. Their sessions and the user follow by
    /// [`DirectoryWriter::purge`](super::identity::DirectoryWriter::purge).
    ///
    /// # Errors
    /// Of the database.
    fn purge(&mut self, user: &User) -> Result<(), AppError>;
}
