//! The words of errors of other crates.

use std::io::{Error, ErrorKind};

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Field, Forbidden, Part, Resource, Violation};
use atalaya_application::keys::KeysError;
use atalaya_application::ports::forecaster::TrainingError;
use atalaya_domain::audit::Breach;
use atalaya_domain::forecast::OutOfReach;
use atalaya_domain::signing_key::KeyRefusal;
use atalaya_infrastructure::settings::{NearMiss, Problem, SettingsError, SettingsErrors};
use atalaya_pictures::PngError;
use atalaya_prediction::{Sequence, SequenceError};
use atalaya_texts::{Language, lookup};
use chrono::SecondsFormat;

use super::Words;

/// Broken rules that one line can name.
const NAMED_RULES: usize = 3;

/// What the machine says of a file or an address.
pub(crate) fn io(error: &Error) -> Words {
    let key = match error.kind() {
        ErrorKind::NotFound => "cli.cause.not_found",
        ErrorKind::PermissionDenied => "cli.cause.denied",
        ErrorKind::IsADirectory => "cli.cause.folder",
        ErrorKind::NotADirectory => "cli.cause.no_folder",
        ErrorKind::AlreadyExists => "cli.cause.exists",
        ErrorKind::AddrInUse => "cli.cause.address_in_use",
        ErrorKind::AddrNotAvailable => "cli.cause.address_elsewhere",
        ErrorKind::ConnectionRefused => "cli.cause.refused",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => "cli.cause.broken",
        ErrorKind::TimedOut => "cli.cause.silent",
        ErrorKind::StorageFull => "cli.cause.disk_full",
        ErrorKind::ReadOnlyFilesystem => "cli.cause.read_only",
        ErrorKind::InvalidData => "cli.cause.not_text",
        _ => return Words::of("cli.cause.other").with("cause", error),
    };
    Words::of(key)
}

/// What libraries of databases say, and the key of a text that says it with its cure.
const CAUSES_OF_A_DATABASE: [(&str, &str); 9] = [
    ("file is not a database", "cli.database.foreign"),
    ("attempt to write a readonly database", "cli.database.read_only"),
    ("could not translate host name", "cli.database.host"),
    ("Connection refused", "cli.database.refused"),
    ("timeout expired", "cli.database.silent"),
    ("password authentication failed", "cli.database.password"),
    ("no password supplied", "cli.database.password"),
    ("standby or its session is read-only", "cli.database.standby"),
    ("permission denied to set role", "cli.database.role"),
];

/// Why a database cannot be used, with what its library said of it.
pub(crate) fn database(said: &str) -> Words {
    let said = said.trim();
    let known = CAUSES_OF_A_DATABASE.iter().find(|(part, _)| said.contains(part)).map(|(_, key)| *key);
    let absent = said.contains("database \"") && said.contains("does not exist");
    let key = known.or_else(|| absent.then_some("cli.database.absent_on_server"));
    // The library writes a line for each address that it tried.
    let said = said.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    Words::of(key.unwrap_or("cli.database.other")).with("cause", said)
}

/// Why Redis cannot be used, with what its library said of it.
pub(crate) fn redis(said: &str) -> Words {
    const CAUSES: [(&str, &str); 5] = [
        ("failed to lookup address", "cli.redis.host"),
        ("onnection refused", "cli.redis.refused"),
        ("timed out", "cli.redis.silent"),
        ("NOAUTH", "cli.redis.password"),
        ("WRONGPASS", "cli.redis.password"),
    ];
    let known = CAUSES.iter().find(|(part, _)| said.contains(part)).map(|(_, key)| *key);
    Words::of(known.unwrap_or("cli.redis.other")).with("cause", said.trim())
}

/// A use case's failure; of broken rules the first ones with their place.
pub(crate) fn of_app(error: &AppError, language: Language) -> String {
    let (AppError::Invalid(violations) | AppError::InvalidFilter(violations)) = error else {
        return of_app_briefly(error).in_language(language);
    };
    let named: Vec<String> = violations.iter().take(NAMED_RULES).map(|each| of_violation(each, language)).collect();
    let named = named.join(" ");
    match violations.len().saturating_sub(NAMED_RULES) {
        0 => named,
        more => format!("{named} {}", Words::of("cli.rules.more").with("count", more).in_language(language)),
    }
}

/// A failure in one sentence, without the places of broken rules.
pub(crate) fn of_app_briefly(error: &AppError) -> Words {
    match error {
        AppError::Invalid(violations) | AppError::InvalidFilter(violations) => {
            Words::of("cli.rules.broken").with("count", violations.len())
        }
        AppError::StricterRule { .. } => Words::of("cli.app.stricter_rule"),
        AppError::ValueTaken(_) => Words::of("cli.app.value_taken"),
        AppError::Unauthenticated(_) => Words::of("cli.app.unauthenticated"),
        AppError::Forbidden(forbidden) => Words::of(match forbidden {
            Forbidden::Account => "cli.app.account_forbidden",
            Forbidden::Grant => "cli.app.grant_forbidden",
            Forbidden::Role
            | Forbidden::Company
            | Forbidden::Origin
            | Forbidden::PasswordChange
            | Forbidden::Registration
            | Forbidden::Table => "cli.app.forbidden",
        }),
        AppError::NotFound(resource) => Words::of(match resource {
            Resource::User => "cli.app.no_user",
            Resource::Company => "cli.app.no_company",
            Resource::Session => "cli.app.no_session",
            Resource::ModelVersion => "cli.app.no_version",
            Resource::Job => "cli.app.no_job",
            Resource::Entity => "cli.app.no_entity",
            Resource::Field => "cli.app.no_field",
            Resource::Record => "cli.app.no_record",
            Resource::Revision => "cli.app.no_revision",
            Resource::View => "cli.app.no_view",
        }),
        AppError::Conflict(conflict) => of_conflict(*conflict),
        AppError::PreconditionFailed | AppError::PreconditionRequired => Words::of("cli.app.changed"),
        AppError::InsufficientData { found, needed } => days_lacking(*found, *needed),
        AppError::InsufficientHours { found, needed } => hours_lacking(*found, *needed),
        AppError::Picture(_) => Words::of("cli.app.picture"),
        AppError::RateLimited { .. } => Words::of("cli.app.too_many_failures"),
        AppError::Unavailable { part, .. } => of_part(*part),
        AppError::Internal { source } => Words::of("cli.app.internal").with("cause", source),
    }
}

fn of_conflict(conflict: Conflict) -> Words {
    Words::of(match conflict {
        Conflict::UsernameTaken => "cli.app.username_taken",
        Conflict::AccountExists => "cli.app.account_exists",
        Conflict::CompanyExists => "cli.app.company_exists",
        Conflict::LastAdmin => "cli.app.last_admin",
        Conflict::OwnPassword => "cli.app.own_password",
        Conflict::OwnUser => "cli.app.own_user",
        Conflict::EntityExists => "cli.app.entity_exists",
        Conflict::FieldExists => "cli.app.field_exists",
        Conflict::FieldReserved => "cli.app.field_reserved",
        Conflict::TooManyEntities => "cli.app.too_many_entities",
        Conflict::FieldBeingRetyped => "cli.app.field_being_retyped",
        Conflict::TooManyFields => "cli.app.too_many_fields",
        Conflict::TooManyViews => "cli.app.too_many_views",
        Conflict::ValueTaken => "cli.app.value_taken",
        Conflict::FieldInUniqueSet => "cli.app.field_in_unique_set",
        Conflict::RecordInUse => "cli.app.record_in_use",
        Conflict::ModelNotTrained => "cli.app.model_not_trained",
        Conflict::ModelVersionDeleted => "cli.app.version_deleted",
        Conflict::ModelDamaged => "cli.app.model_damaged",
        Conflict::ModelOutdated => "cli.app.model_outdated",
        Conflict::RequestTakenOver => "cli.app.taken_over",
    })
}

fn of_part(part: Part) -> Words {
    Words::of(match part {
        Part::Database => "cli.away.database",
        Part::PrimaryDatabase => "cli.away.primary",
        Part::Lock => "cli.away.lock",
        Part::SigningKey => "cli.away.signing_key",
        Part::Hashing => "cli.away.hashing",
        Part::Training => "cli.away.training",
        Part::Digits => "cli.away.digits",
        Part::Jobs => "cli.away.jobs",
    })
}

fn days_lacking(found: u32, needed: u32) -> Words {
    Words::of("cli.training.days").with("found", found).with("needed", needed)
}

fn hours_lacking(found: u32, needed: u32) -> Words {
    Words::of("cli.training.hours").with("found", found).with("needed", needed)
}

fn of_violation(violation: &Violation, language: Language) -> String {
    let reason = atalaya_texts::violation(language, violation);
    let column = violation.column.clone().unwrap_or_else(|| field(&violation.field).in_language(language));
    let words = match violation.line {
        Some(line) => Words::of("cli.rules.on_line").with("line", line),
        None => Words::of("cli.rules.of_field"),
    };
    words.with("field", column).with("reason", reason).in_language(language)
}

/// What a broken rule is about, as somebody at the machine calls it.
fn field(field: &Field) -> Words {
    Words::of(match field {
        Field::Account(_) => "cli.field.account",
        Field::Company => "cli.field.company",
        Field::CurrentPassword | Field::NewPassword | Field::Password => "cli.field.password",
        Field::Date | Field::From => "cli.field.date",
        Field::Horizon => "cli.field.horizon",
        Field::ReadingTime(_) => "cli.field.time",
        Field::DisplayField
        | Field::UniqueTogether
        | Field::File
        | Field::RecordId
        | Field::Record(_)
        | Field::Records
        | Field::Cursor
        | Field::GroupBy
        | Field::Expansions
        | Field::Maximum
        | Field::Default
        | Field::Covariates
        | Field::Covariate(..)
        | Field::UpsertKey => "cli.field.field",
        Field::RecordValue(value) => return Words::of("cli.field.named").with("name", &value.key),
        Field::Named(name) => return Words::of("cli.field.named").with("name", name),
        Field::Expansion(path) => return Words::of("cli.field.named").with("name", path),
    })
}

/// Why nothing was done with the keys.
pub(crate) fn of_keys(error: &KeysError, language: Language) -> String {
    let words = match error {
        KeysError::SharedSecret => Words::of("cli.keys.shared_secret"),
        KeysError::Refused(KeyRefusal::TooYoung { id, known_at }) => Words::of("cli.keys.too_young")
            .with("kid", id)
            .with("at", known_at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        KeysError::Refused(KeyRefusal::NoStandby) => Words::of("cli.keys.no_standby"),
        KeysError::Refused(KeyRefusal::Unknown(id)) => Words::of("cli.keys.unknown").with("kid", id),
        KeysError::Failed(error) => return of_app(error, language),
    };
    words.in_language(language)
}

/// Why a series was not trained on.
pub(crate) fn of_training(error: &TrainingError) -> Words {
    match error {
        TrainingError::InsufficientData { found, needed } => days_lacking(*found, *needed),
        TrainingError::InsufficientHours { found, needed } => hours_lacking(*found, *needed),
        TrainingError::Cancelled => Words::of("cli.training.cancelled"),
        TrainingError::Busy => Words::of("cli.away.training"),
        TrainingError::Failed(cause) => Words::of("cli.training.failed").with("cause", cause),
    }
}

/// Why a model says nothing of a date.
pub(crate) fn of_reach(error: OutOfReach) -> Words {
    match error {
        OutOfReach::BeforeHistory { first } => Words::of("cli.reach.before").with("date", first),
        OutOfReach::InHistory { last } => Words::of("cli.reach.within").with("date", last),
        OutOfReach::BeyondHorizon { last } => Words::of("cli.reach.beyond").with("date", last),
    }
}

/// Why there is no picture.
pub(crate) fn of_picture(error: PngError) -> Words {
    Words::of(match error {
        PngError::NoMemory => "cli.picture.memory",
        PngError::NotPacked => "cli.picture.packing",
    })
}

/// Why points make no regular series.
pub(crate) fn of_sequence(error: &SequenceError) -> Words {
    match error {
        SequenceError::TooShort { found } => {
            Words::of("cli.series.too_short").with("found", found).with("needed", Sequence::AT_LEAST)
        }
        SequenceError::NoStep => Words::of("cli.series.no_step"),
        SequenceError::TooLong => Words::of("cli.series.too_long").with("longest", Sequence::LONGEST),
        SequenceError::NotFinite => Words::of("cli.series.not_finite"),
    }
}

/// What is wrong with a chain of the audit log. Its end may be missed by the database alone: then there is no exported
/// head to speak of, which `exported` says.
pub(crate) fn of_breach(breach: Breach, exported: impl Fn(i64) -> bool) -> Words {
    match breach {
        Breach::Edited { seq } => Words::of("cli.audit.edited").with("seq", seq),
        Breach::Missing { seq } => Words::of("cli.audit.missing").with("seq", seq),
        Breach::Reordered { seq } => Words::of("cli.audit.reordered").with("seq", seq),
        Breach::Cut { end, head } => {
            let key = if exported(head) { "cli.audit.cut" } else { "cli.audit.cut_unexported" };
            Words::of(key).with("end", end).with("head", head)
        }
        Breach::Replaced { seq } => {
            let key = if exported(seq) { "cli.audit.replaced" } else { "cli.audit.replaced_unexported" };
            Words::of(key).with("seq", seq)
        }
    }
}

/// All that is wrong with the settings, a line each that begins with its variable, then what may be misspelt, and
/// what else it may be.
pub(crate) fn of_settings(errors: &SettingsErrors, language: Language) -> String {
    let wrong = errors.errors.iter().map(|error| of_setting(error, language));
    let near = errors.near_misses.iter();
    let near = near.map(|near| format!("{} {}", near.found, of_near_miss(near).in_language(language)));
    let assumed = errors.assumed_production.then(|| Words::of("settings.assumed").in_language(language));
    let head = Words::of("settings.wrong").in_language(language);
    let lines = std::iter::once(head).chain(wrong).chain(near).chain(assumed);
    lines.collect::<Vec<_>>().join("\n")
}

fn of_setting(error: &SettingsError, language: Language) -> String {
    format!("{} {}", error.variable, of_problem(&error.problem, language))
}

/// What is wrong with a variable: the rest of a sentence that begins with its name.
pub(crate) fn of_problem(problem: &Problem, language: Language) -> String {
    let key = format!("settings.problem.{}", problem.code);
    let text = lookup(language, &key, &problem.params).unwrap_or_else(|| problem.code.to_owned());
    match problem.entry {
        None => text,
        Some(entry) => Words::of("settings.entry").with("entry", entry).with("problem", text).in_language(language),
    }
}

/// Of a variable that is not read, which one may have been meant: the rest of a sentence that begins with its name.
pub(crate) fn of_near_miss(near: &NearMiss) -> Words {
    let key = if near.former { "settings.former" } else { "settings.near_miss" };
    Words::of(key).with("meant", &near.meant)
}
