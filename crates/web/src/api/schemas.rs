//! The vocabulary of the OpenAPI document: closed sets of words, each taken from where the words are defined, and texts
//! of a form. A field names one of them by `#[schema(value_type = …)]`.

use std::borrow::Cow;

use atalaya_application::overview::SortKey;
use atalaya_application::ports::installation::DatabaseKind;
use atalaya_application::tables::TableChange;
use atalaya_domain::access::Role;
use atalaya_domain::audit::{AuditAction, AuditOutcome};
use atalaya_domain::covariate_source::Aggregate;
use atalaya_domain::forecast::{CovariateVerdict, Grid, GridChoice, KnownSince, ModelId, Period, Warning};
use atalaya_domain::job::{JobKind, JobState};
use atalaya_domain::notice::NoticeCode;
use atalaya_domain::overview::{AttentionCode, ModelState};
use atalaya_domain::signing_key::KeyAlgorithm;
use atalaya_domain::tables::{
    CalendarUnit, ChoiceColor, FieldType, MeasureKind, OnDelete, Operator, RevisionKind, UserLevel, ViewerLevel,
};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::api::auth::client_words;
use crate::api::observations::file;
use crate::api::tables::{file_words, record_words};
use crate::api::tabular::{DateOrder, NumberForm, TextEncoding};
use crate::http::closed_sets::closed_sets;
use crate::http::problem::Kind;

closed_sets! {
    /// What a user is.
    RoleWord = Role::ALL.map(Role::as_str);
    /// What a user may be made by a request.
    GrantableRole = Role::ALL.into_iter().filter(|role| *role != Role::Superadmin).map(Role::as_str);
    /// A model, as requests name it.
    ModelWord = ModelId::ALL.iter().map(|model| model.as_str());
    /// A model, as people read it.
    ModelName = ModelId::ALL.iter().map(|model| model.name());
    /// A model that can be asked for: all but the combination, which is made of them.
    TrainableModel = ModelId::choices().map(ModelId::as_str);
    /// The order of the parts of a date.
    DateOrderWord = DateOrder::WORDS;
    /// What a column of an upload is read as.
    ColumnField = file::FIELDS;
    /// What storing does to the close of a day.
    DayChange = ["new", "changed"];
    /// The distance between the points of a series.
    GridWord = [Grid::Daily, Grid::Hourly].map(Grid::as_str);
    /// Which grid a series is to have: the one that explains the readings better, days, or hours.
    GridChoiceWord = GridChoice::ALL.map(GridChoice::as_str);
    /// What a reader of a forecast should know.
    WarningCode = Warning::ALL.iter().map(|warning| warning.code());
    /// What needs attention, most severe first.
    AttentionWord = AttentionCode::ALL.map(AttentionCode::as_str);
    /// Which accounts, by what needs attention: any of it, or one code.
    AttentionFilterWord = ["any"].into_iter().chain(AttentionCode::ALL.map(AttentionCode::as_str));
    /// Whether a model answers, and how well.
    ModelStateWord = ModelState::ALL.map(ModelState::as_str);
    /// By what accounts are sorted.
    OverviewSort = SortKey::ALL.map(SortKey::as_str);
    /// Whether the smallest or the largest comes first.
    OrderWord = ["asc", "desc"];
    /// How the records of a day become one number.
    AggregateWord = Aggregate::ALL.iter().map(|aggregate| aggregate.as_str());
    /// Since when the records of a covariate count as known.
    KnownSinceWord = KnownSince::ALL.map(KnownSince::code);
    /// What the backtest said of a covariate.
    CovariateVerdictWord = CovariateVerdict::ALL.map(CovariateVerdict::code);
    /// Why a forecast is not explained.
    UnexplainedCode = ["TRAINED_BEFORE"];
    /// What a field of a table holds.
    FieldTypeWord = FieldType::ALL.iter().map(|kind| kind.as_str());
    /// The colour of a choice. Pages choose the tint.
    ChoiceColorWord = ChoiceColor::ALL.iter().map(|color| color.as_str());
    /// What becomes of records that point to one that is deleted.
    OnDeleteWord = OnDelete::ALL.iter().map(|choice| choice.as_str());
    /// What users may do with the records of an entity type.
    UserLevelWord = UserLevel::ALL.iter().map(|level| level.as_str());
    /// What viewers may do with the records of an entity type.
    ViewerLevelWord = ViewerLevel::ALL.iter().map(|level| level.as_str());
    /// How two entity types are related.
    RelationshipWord = [record_words::RELATIONSHIP];
    /// How a revision of a record came about.
    RevisionWord = RevisionKind::ALL.iter().map(|kind| kind.as_str());
    /// By what records name their fields.
    KeysWord = record_words::KEYS;
    /// How numbers of records are written.
    NumbersWord = record_words::NUMBERS;
    /// In which encoding a text is.
    EncodingWord = TextEncoding::WORDS;
    /// What separates cells.
    DelimiterWord = file_words::DELIMITERS.map(|(word, _)| word);
    /// What was found to separate cells, as the file has it.
    FoundDelimiter = file_words::DELIMITERS.map(|(_, letter)| letter.to_string());
    /// What separates decimals.
    DecimalWord = file_words::DECIMALS;
    /// How the dates or the numbers of a column are written.
    ColumnFormatWord = DateOrder::WORDS.into_iter().chain(NumberForm::EXAMPLES);
    /// What happens where rows of an import break rules.
    ImportModeWord = file_words::MODES;
    /// What has to be said of a file that leaves it open.
    ImportChoiceWord = file_words::CHOICES;
    /// How records are exported.
    ExportFormatWord = file_words::FORMATS;
    /// For which program they are exported.
    ExportReaderWord = file_words::READERS;
    /// How values of records are compared.
    OperatorWord = Operator::ALL.iter().map(|operator| operator.as_str());
    /// The span of days that makes a group of records.
    CalendarUnitWord = CalendarUnit::ALL.iter().map(|unit| unit.as_str());
    /// What is measured of a group of records.
    MeasureWord = MeasureKind::ALL.iter().map(|kind| kind.as_str());
    /// What a user of existing clients is.
    ClientRole = client_words::ROLES;
    /// What a client of tables may register.
    RegistrableRole = client_words::REGISTRABLE;
    /// What was done.
    ActionWord = AuditAction::ALL.iter().map(|action| action.as_str());
    /// How an act ended.
    OutcomeWord = AuditOutcome::ALL.iter().map(|outcome| outcome.as_str());
    /// What a job does.
    JobKindWord = JobKind::ALL.iter().map(|kind| kind.as_str());
    /// How far a job is; the last three are final.
    JobStateWord = JobState::ALL.iter().map(|state| state.as_str());
    /// What an event of a job tells.
    JobEventWord = ["progress", "end"];
    /// What an event of a table tells.
    TableEventWord = ["begin", "change"];
    /// What was done to a table.
    TableChangeWord = TableChange::ACTIONS.map(AuditAction::as_str);
    /// What an event of a session tells.
    SessionEventWord = ["live", "end"];
    /// What a user should know about the safety of their sessions.
    NoticeWord = [NoticeCode::RefreshReplayed].map(NoticeCode::as_str);
    /// Where an assumption about activity comes from.
    AssumptionSource = ["caller", "recent_mean", "none"];
    /// What dates are put together.
    PeriodWord = Period::WORDS;
    /// Why an account is not in a sum.
    LeftOutCode = [
        Kind::MODEL_NOT_TRAINED.code, Kind::MODEL_VERSION_DELETED.code, Kind::MODEL_DAMAGED.code,
        Kind::MODEL_OUTDATED.code, "OUT_OF_REACH",
    ];
    /// What a date was held against.
    BasisWord = ["forecast", "backtest"];
    /// How well a part is.
    HealthWord = ["healthy", "warning", "unhealthy"];
    /// What a process is run for.
    EnvironmentWord = ["development", "production"];
    /// Which database an installation is on.
    DatabaseWord = DatabaseKind::ALL.map(DatabaseKind::as_str);
    /// What is forecast.
    TargetWord = ["seguidores"];
    /// How an access token is presented.
    TokenType = ["bearer"];
    /// What an item of a batch is answered by.
    BatchForecastWord = ["forecast"];
    /// What an item of a batch is refused by.
    BatchProblemWord = ["problem"];
    /// The type of a public key.
    KeyTypeWord = ["OKP", "EC"];
    /// The curve of a public key.
    CurveWord = ["Ed25519", "P-256"];
    /// What a public key is for.
    KeyUseWord = ["sig"];
    /// The algorithm of a public key.
    KeyAlgorithmWord = KeyAlgorithm::ALL.map(KeyAlgorithm::as_str);
    /// The kind of problem of an item of a batch.
    BatchErrorCode = [
        Kind::ACCOUNT_FORBIDDEN, Kind::MODEL_NOT_TRAINED, Kind::MODEL_VERSION_DELETED, Kind::MODEL_DAMAGED,
        Kind::MODEL_OUTDATED, Kind::VALIDATION_FAILED,
    ].map(|kind| kind.code);
}

/// Whole numbers as a schema of their name.
macro_rules! numbers {
    ($($(#[doc = $doc:literal])* $name:ident = $refine:expr;)*) => {
        $(
            $(#[doc = $doc])*
            pub(crate) enum $name {}

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let object = ObjectBuilder::new().schema_type(Type::Integer);
                    let refine: fn(ObjectBuilder) -> ObjectBuilder = $refine;
                    refine(object).description(Some(concat!($($doc,)*).trim())).build().into()
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    Cow::Borrowed(stringify!($name))
                }
            }
        )*
    };
}

numbers! {
    /// The level of an interval, in percent.
    LevelPercent = |number| number.minimum(Some(1)).maximum(Some(99));
    /// The status of an item that was answered.
    AnsweredStatus = |number| number.enum_values(Some([200]));
    /// The status of an item that was refused.
    RefusedStatus = |number| number.enum_values(Some([403, 409, 422]));
}

/// Texts of a form, as schemas of their names.
macro_rules! texts {
    ($($(#[doc = $doc:literal])* $name:ident = $pattern:expr;)*) => {
        $(
            $(#[doc = $doc])*
            pub(crate) enum $name {}

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let object = ObjectBuilder::new().schema_type(Type::String).pattern(Some($pattern));
                    object.description(Some(concat!($($doc,)*).trim())).build().into()
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    Cow::Borrowed(stringify!($name))
                }
            }
        )*
    };
}

texts! {
    /// A time with its zone, a time on the account's clocks, or a date for its first moment.
    MomentText = MOMENT;
}

/// What [`crate::api::parse::moment`] reads, but for days that a month does not have and times that clocks skip.
const MOMENT: &str = concat!(
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
    "([T ]([01][0-9]|2[0-3]):[0-5][0-9]",
    "(:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?)?)?$"
);
