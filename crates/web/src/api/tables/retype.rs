//! Giving a field another type.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _, web};
use atalaya_application::error::Resource;
use atalaya_application::tables::{RetypeTrial, Retyped, Unconvertible};
use atalaya_application::{AppError, UseCases};
use atalaya_domain::mandate::DefineTables;
use atalaya_texts::{self as texts, Language};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::field_requests::RetypeRequest;
use super::fields::ids;
use super::input::WrittenJson;
use super::views::FieldView;
use crate::api::jobs::{JobView, accepted};
use crate::api::parse::flag;
use crate::http::blocking;
use crate::http::extract::Guarded;
use crate::http::idempotency::{Content, Keeping};
use crate::http::language::ReaderLanguage;
use crate::http::prefer::prefers_async;
use crate::http::problem::Problem;
use crate::http::problem_body::RuleCode;
use crate::http::respond::Answered;
use crate::http::state::HttpState;

/// Characters of a value that are shown.
const SHOWN: usize = 200;

/// How a field is to be retyped.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RetypeQuery {
    /// Whether to tell only what it would come to.
    #[param(value_type = Option<bool>)]
    dry_run: Option<String>,
}

/// The field with its new type, or with `dry_run` what the type would come to.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum RetypeResponse {
    /// The field.
    Field(Box<FieldView>),
    /// What it would come to.
    Trial(RetypeTrialView),
}

/// What giving a field another type would come to.
#[derive(Serialize, ToSchema)]
pub(crate) struct RetypeTrialView {
    /// Values of records that can be converted.
    convertible: u64,
    /// The first hundred that cannot. The type is given only where there is none.
    #[schema(max_items = 100)]
    failing: Vec<UnconvertibleView>,
    /// All values that records have in the field.
    total: u64,
}

/// A value that cannot be converted.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnconvertibleView {
    /// The record.
    #[schema(format = Uuid)]
    record: String,
    /// Its value, as a text cut after 200 characters.
    #[schema(max_length = 200)]
    value: String,
    /// The rule that it breaks.
    #[schema(value_type = RuleCode)]
    error: &'static str,
    /// What is wrong, in the reader's language.
    reason: String,
}

impl UnconvertibleView {
    fn new(failing: &Unconvertible, language: Language) -> Self {
        Self {
            record: failing.record.get().to_string(),
            value: failing.value.to_string().chars().take(SHOWN).collect(),
            error: failing.violation.code,
            reason: texts::violation(language, &failing.violation),
        }
    }
}

impl RetypeTrialView {
    fn new(trial: &RetypeTrial, language: Language) -> Self {
        let RetypeTrial { convertible, failing, total } = trial;
        let failing = failing.iter().map(|failing| UnconvertibleView::new(failing, language)).collect();
        Self { convertible: *convertible, failing, total: *total }
    }
}

/// Give a field another type.
///
/// Every value is converted exactly, or none is: where one cannot be, 409 `RECORDS_BREAK_RULE` names the first hundred.
/// The field keeps its id, its names and its place; as it was it goes into the trash, under another id, with its
/// values. A large table is converted by a job, and until it has ended the field is as it was. With `dry_run=true`
/// nothing is changed.
#[utoipa::path(
    post,
    path = "/api/metadata/entities/{entity_id}/fields/{field_id}/retype",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("field_id" = String, Path, format = Uuid, description = "The field"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect"),
        RetypeQuery
    ),
    request_body = RetypeRequest,
    responses(
        (status = 200, body = RetypeResponse),
        (status = 202, body = JobView, description = "Of a large table: the job that converts it; `Location` is where to follow it")
    )
)]
pub(crate) async fn retype_field(
    request: HttpRequest,
    Guarded(actor, (query, body)): Guarded<DefineTables, (web::Query<RetypeQuery>, WrittenJson)>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<HttpResponse, Problem> {
    let ((id, field), by, use_cases) = (ids(&path)?, actor.mandate()?, use_cases.into_inner());
    let is_trial = flag("dry_run", query.dry_run.as_deref()).map_err(|violation| vec![violation])?;
    let ticket = if is_trial {
        None
    } else {
        let content = Content::new(body.bytes());
        Some(http.idempotency.ticket(&request, &actor, actor.company(), "retype_field", content)?)
    };
    let understood = move |use_cases: &UseCases| -> Result<_, Problem> {
        let table = use_cases.tables.find(&by, id)?;
        let known = table.field(field).ok_or(AppError::NotFound(Resource::Field))?;
        let command = body.parse::<RetypeRequest<'_>>()?.into_command(known)?;
        Ok((by, table, command))
    };
    let Some(ticket) = ticket else {
        let tried = blocking::run(move || -> Result<_, Problem> {
            let (by, _, command) = understood(&use_cases)?;
            let trial = use_cases.tables.try_retype(&by, id, field, &command)?;
            Ok(RetypeResponse::Trial(RetypeTrialView::new(&trial, language)))
        });
        return Ok(Answered(StatusCode::OK, tried.await?).respond_to(&request));
    };
    let preferred = prefers_async(request.headers());
    let work = move |keeping: Keeping| {
        blocking::run(move || -> Result<_, Problem> {
            let (by, table, command) = understood(&use_cases)?;
            let render = |retyped: &Retyped| match retyped {
                Retyped::Done(field) => {
                    let field = RetypeResponse::Field(Box::new(FieldView::new(&table.entity, field)?));
                    Answered(StatusCode::OK, field).written()
                }
                Retyped::Underway(job) => accepted(job, language, preferred),
            };
            Ok(keeping.answer(render, |receipt| use_cases.tables.retype(&by, id, field, &command, receipt))?)
        })
    };
    ticket.run(work).await
}
