//! How the installation is, for operators of the platform.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::ports::installation::{InstallationFacts, SchemaProgress};
use atalaya_domain::job::JobState;
use atalaya_domain::mandate::ReadInstallation;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::operation::{HealthResponse, Operation};
use crate::api::schemas::{DatabaseWord, EnvironmentWord};
use crate::http::blocking;
use crate::http::extract::Permitted;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::respond::Answered;
use crate::http::state::HttpState;

/// How the installation is.
#[derive(Serialize, ToSchema)]
pub(crate) struct InstallationResponse {
    /// The program's version.
    version: &'static str,
    /// `development` or `production`.
    #[schema(value_type = EnvironmentWord)]
    environment: &'static str,
    /// Seconds since the process that answers began.
    #[schema(minimum = 0)]
    uptime: i64,
    /// `sqlite` or `postgresql`.
    #[schema(value_type = DatabaseWord)]
    database: &'static str,
    /// How far its schema is.
    migrations: MigrationsView,
    /// Jobs of all companies by state, parts of others included; those of the program itself are not counted.
    jobs: JobCounts,
    /// What `GET /health` answers.
    health: HealthResponse,
}

/// How far the schema of the database is.
#[derive(Serialize, ToSchema)]
pub(crate) struct MigrationsView {
    /// Migrations of this program that the database has.
    applied: u64,
    /// Names of those that it lacks.
    pending: Vec<String>,
    /// Migrations that this program does not know: a newer version of it worked there.
    unknown: u64,
}

/// How many jobs are in each state.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct JobCounts {
    /// Wait for a process.
    queued: u64,
    /// Are worked on.
    running: u64,
    /// Done.
    succeeded: u64,
    /// Given up.
    failed: u64,
    /// Called off.
    cancelled: u64,
}

impl JobCounts {
    fn of(found: &[(JobState, u64)]) -> Self {
        let mut counts = Self::default();
        for (state, count) in found {
            *match state {
                JobState::Queued => &mut counts.queued,
                JobState::Running => &mut counts.running,
                JobState::Succeeded => &mut counts.succeeded,
                JobState::Failed => &mut counts.failed,
                JobState::Cancelled => &mut counts.cancelled,
            } = *count;
        }
        counts
    }
}

/// Show how the installation is.
///
/// Version, database, schema, jobs and the state of every part, for operators of the platform. It tells counts over all
/// companies and nothing of any one.
#[utoipa::path(
    get,
    path = "/installation",
    tag = "operation",
    responses((status = 200, body = InstallationResponse))
)]
pub(crate) async fn get_installation(
    actor: Permitted<ReadInstallation>,
    ReaderLanguage(language): ReaderLanguage,
    use_cases: web::Data<UseCases>,
    operation: web::Data<Operation>,
    http: web::Data<HttpState>,
) -> Result<Answered<InstallationResponse>, Problem> {
    let (by, use_cases, operation) = (actor.platform_access()?, use_cases.into_inner(), operation.into_inner());
    let (version, environment) = (http.edge.settings.version, http.edge.settings.environment);
    let looked = blocking::call(move || {
        let InstallationFacts { database, schema, jobs } = use_cases.installation.look(&by)?;
        let SchemaProgress { applied, pending, unknown } = schema;
        Ok(InstallationResponse {
            version,
            environment,
            uptime: operation.uptime(),
            database: database.as_str(),
            migrations: MigrationsView { applied, pending, unknown },
            jobs: JobCounts::of(&jobs),
            health: operation.checked(language),
        })
    });
    Ok(Answered(StatusCode::OK, looked.await?))
}
