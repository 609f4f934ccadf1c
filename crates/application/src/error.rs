//! What can go wrong in a use case, in the words of the application. Only `web` knows which HTTP status each becomes.

use std::error::Error;
use std::fmt::Display;
use std::time::Duration;

use atalaya_domain::access::Denied;
use atalaya_domain::id::RecordId;
use atalaya_domain::job::JobFailure;
use atalaya_domain::login::Scope;
use atalaya_domain::tables::Closed;
use atalaya_domain::text::InvalidText;

use crate::ports::digits::PictureError;
use crate::ports::forecaster::TrainingError;

/// A use case's failure.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The request was understood and breaks rules: all that it breaks.
    #[error("{} rule(s) broken", .0.len())]
    Invalid(Vec<Violation>),
    /// No valid proof of who asks.
    #[error("not authenticated: {0}")]
    Unauthenticated(AuthFailure),
    /// Known, and not allowed.
    #[error("forbidden: {0}")]
    Forbidden(Forbidden),
    /// Nothing of that kind among one's own.
    #[error("no such {0}")]
    NotFound(Resource),
    /// The present state does not allow it.
    #[error("conflict: {0}")]
    Conflict(Conflict),
    /// The state changed since the caller looked.
    #[error("the state changed since it was read")]
    PreconditionFailed,
    /// What is to be changed may only be changed by who says which state of it they saw: RFC 6585, section 3.
    #[error("the state that was seen has to be said")]
    PreconditionRequired,
    /// What was asked for is no filter, or no order, of records.
    #[error("no filter: {} rule(s) broken", .0.len())]
    InvalidFilter(Vec<Violation>),
    /// Records that there are break a rule that was to become stricter.
    #[error("{count} record(s) break a stricter rule")]
    StricterRule {
        /// How many.
        count: u64,
        /// The first of them, with what each breaks: at most [`Violation::MOST`].
        first: Vec<Violation>,
    },
    /// Values of a record that another one has, in fields whose values are unique.
    #[error("{} value(s) taken", .0.len())]
    ValueTaken(Vec<Violation>),
    /// Too few observations to train on.
    #[error("{found} days of history, {needed} are needed")]
    InsufficientData {
        /// Days with an observation.
        found: u32,
        /// Days that are needed.
        needed: u32,
    },
    /// Too few readings for the hourly grid that was asked for.
    #[error("{found} hours with a reading, {needed} are needed, 24 of them an hour after another")]
    InsufficientHours {
        /// Hours with an observation.
        found: u32,
        /// Hours that are needed.
        needed: u32,
    },
    /// No picture that is read.
    #[error("unreadable picture: {0}")]
    Picture(PictureFault),
    /// Too many failures.
    #[error("too many failures of one {}", .scope.as_str())]
    RateLimited {
        /// When to try again.
        retry_after: Duration,
        /// Whose failures they were.
        scope: Scope,
        /// How many of them within [`LockoutPolicy::WINDOW`](atalaya_domain::login::LockoutPolicy::WINDOW) are too
        /// many.
        threshold: u32,
    },
    /// A part that is needed is away or full.
    #[error("unavailable: {part}")]
    Unavailable {
        /// What is away or full.
        part: Part,
        /// When to try again.
        retry_after: Duration,
    },
    /// A fault of the program or of the machine. The source goes to the log, never to the client.
    #[error("internal error: {source}")]
    Internal {
        /// What went wrong.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl AppError {
    /// Wraps a fault that no caller can mend.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal { source: source.into() }
    }

    /// One broken rule.
    #[must_use]
    pub fn invalid(field: impl Into<Field>, code: &'static str) -> Self {
        Self::Invalid(vec![Violation::new(field, code)])
    }

    /// Whether whoever asked was refused, rather than that something failed.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Unavailable { .. } | Self::Internal { .. })
    }

    /// `part` is away or full; a second later it may not be.
    #[must_use]
    pub fn unavailable(part: Part) -> Self {
        Self::Unavailable { part, retry_after: Duration::from_secs(1) }
    }
}

/// The rule that a present password breaks which is not the user's.
pub const WRONG_PASSWORD: &str = "wrong_password";

/// Where a record stands in many changes: in a list, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BulkPlace {
    /// Among those to create.
    Create(usize),
    /// Among those to change.
    Update(usize),
    /// Among those to change or create.
    Upsert(usize),
    /// Among those to delete.
    Delete(usize),
}

/// Which value of which record. Behind a pointer in [`Field`], because violations are many and this is large.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordKey {
    /// Which of many records; `None` for the only one.
    pub place: Option<BulkPlace>,
    /// The key of the field, as it was sent.
    pub key: String,
}

/// What of a covariate a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CovariatePart {
    /// The entity type.
    Entity,
    /// The field that tells the day of a record.
    DateField,
    /// The field whose values are put together.
    ValueField,
    /// The field that tells the account of a record.
    AccountField,
    /// How many days after its own a record counts.
    LagDays,
    /// The field that tells since when a record was known.
    KnownSinceField,
}

/// What of a request a rule is about. Each way in spells it in its own words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The account at that place of a list, counted from 0.
    Account(usize),
    /// The company.
    Company,
    /// The present password.
    CurrentPassword,
    /// The date of a forecast.
    Date,
    /// The first day of a span.
    From,
    /// How far ahead.
    Horizon,
    /// The password that replaces the present one.
    NewPassword,
    /// The password of a new user.
    Password,
    /// The time of an uploaded reading: its place in a list, counted from 0; none in a file, where lines are counted.
    ReadingTime(Option<usize>),
    /// A value of a record.
    RecordValue(Box<RecordKey>),
    /// A record that there is.
    Record(RecordId),
    /// All records of a request together.
    Records,
    /// By what records are grouped.
    GroupBy,
    /// Where a list goes on.
    Cursor,
    /// A path of relations to follow.
    Expansion(Box<str>),
    /// All paths of relations to follow.
    Expansions,
    /// The largest value of a field.
    Maximum,
    /// The value of a new record that names none.
    Default,
    /// The field by which people choose a record that a relation points to.
    DisplayField,
    /// Fields whose values together are unique.
    UniqueTogether,
    /// The field by whose value records are found that may be there already.
    UpsertKey,
    /// A file as a whole.
    File,
    /// The id of a record.
    RecordId,
    /// The covariates of a training together.
    Covariates,
    /// The covariate at that place of a list, counted from 0, or a part of it.
    Covariate(usize, Option<CovariatePart>),
    /// In the words of the way in, which found the violation itself.
    Named(String),
}

impl From<&str> for Field {
    fn from(name: &str) -> Self {
        Self::Named(name.to_owned())
    }
}

impl From<String> for Field {
    fn from(name: String) -> Self {
        Self::Named(name)
    }
}

/// What a field takes, for a reader who sent something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A text.
    Text,
    /// A number, with or without a fraction.
    Number,
    /// A number without a fraction.
    WholeNumber,
    /// A number without a fraction, and nearer to zero than what was sent; or from zero on.
    NumberInRange,
    /// `true` or `false`.
    Boolean,
    /// A list.
    List,
    /// Fields with names.
    Object,
}

impl ValueKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Text, Self::Number, Self::WholeNumber, Self::NumberInRange, Self::Boolean, Self::List, Self::Object];

    /// The key of its text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::WholeNumber => "whole_number",
            Self::NumberInRange => "number_in_range",
            Self::Boolean => "boolean",
            Self::List => "list",
            Self::Object => "object",
        }
    }
}

/// One broken rule. Its message is made where the reader's language is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What it is about.
    pub field: Field,
    /// What is wrong, such as `too_short`.
    pub code: &'static str,
    /// Numbers and names for the message, such as `min`.
    pub params: Vec<(&'static str, String)>,
    /// The line of a CSV file, the header being line 1.
    pub line: Option<u64>,
    /// The column of a CSV file, by its header.
    pub column: Option<String>,
    /// What would help, as keys of texts; for passwords only.
    pub hints: Box<[&'static str]>,
}

impl Violation {
    /// The most that one answer names: enough to mend a file by, and no small request is answered by a large body.
    pub const MOST: usize = 100;

    /// A broken rule without parameters.
    #[must_use]
    pub fn new(field: impl Into<Field>, code: &'static str) -> Self {
        Self { field: field.into(), code, params: Vec::new(), line: None, column: None, hints: Box::default() }
    }

    /// A value of another kind than the field takes.
    #[must_use]
    pub fn wrong_type(field: impl Into<Field>, expected: ValueKind) -> Self {
        Self::new(field, "wrong_type").with("kind", &expected.as_str())
    }

    /// A word that is none of those that the field takes.
    #[must_use]
    pub fn unknown_value<'a>(field: impl Into<Field>, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        Self::new(field, "unknown_value").with("known", &known.join(", "))
    }

    /// Adds a parameter of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &dyn Display) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    /// Says where in a CSV file.
    #[must_use]
    pub fn at(mut self, line: u64, column: impl Into<String>) -> Self {
        self.line = Some(line);
        self.column = Some(column.into());
        self
    }

    /// Says on which line of a CSV file, where no column is to blame.
    #[must_use]
    pub fn on_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// A text that its type refused.
    #[must_use]
    pub fn text(field: impl Into<Field>, error: InvalidText) -> Self {
        match error {
            InvalidText::Empty => Self::new(field, "empty"),
            InvalidText::TooShort { min } => Self::new(field, "too_short").with("min", &min),
            InvalidText::TooLong { max } => Self::new(field, "too_long").with("max", &max),
            InvalidText::Character => Self::new(field, "invalid_character"),
            InvalidText::Alphabet { marks } => Self::new(field, "invalid_character").with("marks", &marks),
            InvalidText::Start => Self::new(field, "invalid_character").with("start", &""),
            InvalidText::OuterBlank => Self::new(field, "outer_blank"),
            InvalidText::Form => Self::new(field, "malformed"),
        }
    }
}

/// Why somebody is not who they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthFailure {
    /// Unknown user, wrong password, disabled user or suspended company: never said which.
    #[error("bad credentials")]
    BadCredentials,
    /// No token was sent.
    #[error("no token")]
    TokenMissing,
    /// A token that is malformed, forged, or not one of ours.
    #[error("invalid token")]
    TokenInvalid,
    /// A token that was good until its time was over.
    #[error("expired token")]
    TokenExpired,
    /// A token of a session that was ended, or of a user that changed since.
    #[error("revoked token")]
    TokenRevoked,
    /// A refresh token that is unknown, used, expired, or of an ended session.
    #[error("invalid refresh token")]
    RefreshInvalid,
}

/// What is forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// The role does not have the permission.
    #[error("role")]
    Role,
    /// An account of another company, one not assigned, or one that does not exist: never said which.
    #[error("account")]
    Account,
    /// Another company.
    #[error("company")]
    Company,
    /// Giving or changing a role above one's own.
    #[error("grant")]
    Grant,
    /// A request from a web page that is not allowed to act for the user.
    #[error("origin")]
    Origin,
    /// Anything but one's own session, while the password has to be changed.
    #[error("password change required")]
    PasswordChange,
    /// The entity type gives the role its records to read only.
    #[error("table")]
    Table,
    /// Nobody registers themselves here: the installation names no company for that.
    #[error("registration closed")]
    Registration,
}

/// A kind of thing that was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Resource {
    /// A user of the company.
    #[error("user")]
    User,
    /// A company.
    #[error("company")]
    Company,
    /// A session of the user.
    #[error("session")]
    Session,
    /// A version of an account's model.
    #[error("model version")]
    ModelVersion,
    /// A job of the company.
    #[error("job")]
    Job,
    /// An entity type of the company.
    #[error("entity type")]
    Entity,
    /// A field of the entity type.
    #[error("field")]
    Field,
    /// A record of the entity type.
    #[error("record")]
    Record,
    /// A revision of the record.
    #[error("revision")]
    Revision,
    /// A view of the entity type.
    #[error("view")]
    View,
}

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The username exists, somewhere on the platform.
    #[error("username taken")]
    UsernameTaken,
    /// The company has an account of that handle.
    #[error("account exists")]
    AccountExists,
    /// A company of that name exists.
    #[error("company exists")]
    CompanyExists,
    /// The company's last active administrator cannot be demoted, disabled or deleted.
    #[error("last administrator")]
    LastAdmin,
    /// One's own password is changed with the present one, and not given anew.
    #[error("own password")]
    OwnPassword,
    /// Nobody deletes their own user.
    #[error("own user")]
    OwnUser,
    /// The company has an entity type of that name.
    #[error("entity type exists")]
    EntityExists,
    /// The entity type has a field of that name, or of one that differs in letter case and blanks only.
    #[error("field exists")]
    FieldExists,
    /// Every record has a member of that name.
    #[error("reserved name")]
    FieldReserved,
    /// The company has as many entity types as it may have.
    #[error("too many entity types")]
    TooManyEntities,
    /// The field is being given another type.
    #[error("field being retyped")]
    FieldBeingRetyped,
    /// The entity type has as many fields as it may have.
    #[error("too many fields")]
    TooManyFields,
    /// Somebody has as many views of the entity type as they may have.
    #[error("too many views")]
    TooManyViews,
    /// Another record has the value of a unique field.
    #[error("value taken")]
    ValueTaken,
    /// The field is one of those whose values together are unique.
    #[error("field in a unique set")]
    FieldInUniqueSet,
    /// Records point to the one that was to be deleted.
    #[error("record in use")]
    RecordInUse,
    /// The account has no model.
    #[error("model not trained")]
    ModelNotTrained,
    /// The version was deleted or pruned: nothing of it is left to answer with.
    #[error("model version deleted")]
    ModelVersionDeleted,
    /// What is stored of the version is not what training wrote.
    #[error("model damaged")]
    ModelDamaged,
    /// The version was made by another version of the program, whose format this one does not read.
    #[error("model outdated")]
    ModelOutdated,
    /// Another attempt at the same request took it over: this one must have no effect.
    #[error("request taken over")]
    RequestTakenOver,
}

/// Why a picture is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// By its content it is no picture of a kind that is read.
    #[error("of no kind that is read")]
    Format,
    /// It is larger than is read.
    #[error("more than {most} pixels")]
    TooManyPixels {
        /// The most that is read.
        most: u64,
    },
    /// One of its sides is longer than is read.
    #[error("a side of more than {most} pixels")]
    TooLong {
        /// The longest that is read, in pixels.
        most: u64,
    },
    /// It is broken.
    #[error("broken")]
    Broken,
}

/// A part of the system that can be away or full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Part {
    /// The database does not answer, or its pool is empty.
    #[error("database")]
    Database,
    /// The database server that is reached is a standby or was made read-only, so it may be behind and takes no writes.
    #[error("primary database server; the one that is reached is a standby or read-only")]
    PrimaryDatabase,
    /// Others keep a row or a table of the database locked for longer than it is waited for.
    #[error("database: what is needed is locked")]
    Lock,
    /// No key signs access tokens: the one that did was revoked, and none is known yet in its place.
    #[error("signing key")]
    SigningKey,
    /// As many passwords are being hashed as the machine can bear.
    #[error("password hashing")]
    Hashing,
    /// As many models are being trained as the machine can bear.
    #[error("training")]
    Training,
    /// As many pictures are being read as the machine can bear.
    #[error("reading of pictures")]
    Digits,
    /// As many jobs of the company wait as may.
    #[error("jobs")]
    Jobs,
}

impl From<Denied> for AppError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Role => Self::Forbidden(Forbidden::Role),
            Denied::Company => Self::Forbidden(Forbidden::Company),
            Denied::PasswordChangeRequired => Self::Forbidden(Forbidden::PasswordChange),
            Denied::CompanyMissing => Self::invalid(Field::Company, "missing"),
        }
    }
}

impl From<Closed> for AppError {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Hidden => Self::NotFound(Resource::Entity),
            Closed::ReadOnly => Self::Forbidden(Forbidden::Table),
        }
    }
}

impl From<TrainingError> for AppError {
    fn from(error: TrainingError) -> Self {
        match error {
            TrainingError::InsufficientData { found, needed } => Self::InsufficientData { found, needed },
            TrainingError::InsufficientHours { found, needed } => Self::InsufficientHours { found, needed },
            TrainingError::Busy | TrainingError::Cancelled => {
                Self::Unavailable { part: Part::Training, retry_after: Duration::from_secs(5) }
            }
            TrainingError::Failed(_) => Self::internal(error),
        }
    }
}

impl From<PictureError> for AppError {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Format => Self::Picture(PictureFault::Format),
            PictureError::TooManyPixels { most } => Self::Picture(PictureFault::TooManyPixels { most }),
            PictureError::TooLong { most } => Self::Picture(PictureFault::TooLong { most }),
            PictureError::Broken => Self::Picture(PictureFault::Broken),
            PictureError::Busy => Self::unavailable(Part::Digits),
            PictureError::Failed(_) => Self::internal(error),
        }
    }
}

/// What whoever had waited would have been told.
impl From<JobFailure> for AppError {
    fn from(failure: JobFailure) -> Self {
        match failure {
            JobFailure::InsufficientData { found, needed } => Self::InsufficientData { found, needed },
            JobFailure::InsufficientHours { found, needed } => Self::InsufficientHours { found, needed },
            JobFailure::AccountGone => Self::Forbidden(Forbidden::Account),
            JobFailure::RecordsBreakRule { count } => Self::StricterRule { count: count.into(), first: Vec::new() },
            JobFailure::FieldGone => Self::NotFound(Resource::Field),
            JobFailure::Unavailable => TrainingError::Busy.into(),
            JobFailure::Internal => Self::internal("a job was given up by a fault of the program"),
        }
    }
}
