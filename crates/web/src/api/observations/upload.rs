//! Uploading observations, and trying an upload out.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use atalaya_application::UseCases;
use atalaya_application::error::Violation;
use atalaya_application::observations::{InvalidRows, Judged};
use atalaya_application::receipt::Receipt;
use atalaya_domain::mandate::WriteObservations;
use atalaya_domain::observation::UploadOutcome;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{Read, Reading, UploadRequest, WorkbookFile, read, weight};
use super::row_problem::RowProblem;
use super::trial::TrialResponse;
use crate::api::parse::{Rules, flag, known_word};
use crate::api::schemas::DateOrderWord;
use crate::api::tabular::DateOrder;
use crate::http::blocking;
use crate::http::body::UploadBody;
use crate::http::client_disconnect::ClientDisconnect;
use crate::http::extract::Guarded;
use crate::http::idempotency::{Content, Keeping};
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::respond::Answered;
use crate::http::state::HttpState;

/// What an upload did.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadResponse {
    /// Times that were new.
    inserted: u64,
    /// Times that were known with other values.
    updated: u64,
    /// Times that were known with the same values.
    unchanged: u64,
    /// Rows that break a rule and were left out; with `skip_invalid` only, as what follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<usize>,
    /// The first hundred broken rules, by line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    errors: Option<Vec<RowProblem>>,
    /// All broken rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors_total: Option<usize>,
}

/// What an upload did, or would do with `dry_run`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used: each answer is written as what it is")]
pub(crate) enum UploadAnswer {
    /// What it did.
    Done(UploadResponse),
    /// What it would do.
    Trial(TrialResponse),
}

/// How an upload is to be read.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadQuery {
    /// The order of dates of a file, where it leaves it open: `dd/mm/yyyy`, `mm/dd/yyyy` or `yyyy-mm-dd`.
    #[param(value_type = Option<DateOrderWord>)]
    formato: Option<String>,
    /// The sheet of a workbook that holds the table, by its name; the first one that is not hidden unless told.
    #[param(min_length = 1, max_length = 31)]
    hoja: Option<String>,
    /// Whether to tell only what the upload would do, and which rules it breaks; nothing is stored then.
    #[param(value_type = Option<bool>)]
    dry_run: Option<String>,
    /// Whether to store the sound rows where others break a rule, and to pass over columns that are not known.
    #[param(value_type = Option<bool>)]
    skip_invalid: Option<String>,
}

/// An [`UploadQuery`] that was understood.
#[derive(Debug, Clone)]
struct Asked {
    reading: Reading,
    is_trial: bool,
    invalid: InvalidRows,
}

impl UploadQuery {
    fn understood(&self) -> Result<Asked, Vec<Violation>> {
        let mut rules = Rules::default();
        let dates = self.formato.as_deref().map(|text| known_word("formato", text, DateOrder::WORDS));
        let dates = rules.take(dates.transpose());
        let is_trial = rules.take(flag("dry_run", self.dry_run.as_deref()));
        let skips = rules.take(flag("skip_invalid", self.skip_invalid.as_deref()));
        let sheet = self.hoja.clone();
        let asked = dates.zip(is_trial).zip(skips).map(|((dates, is_trial), skips)| Asked {
            reading: Reading { dates, sheet, passes_over: skips },
            is_trial,
            invalid: if skips { InvalidRows::LeaveOut } else { InvalidRows::Refuse },
        });
        rules.finish(asked)
    }

    /// What makes two uploads of the same bytes different ones: another order of dates, another sheet, or other rules
    /// for invalid rows. A trial keeps no answer.
    fn variant(&self) -> String {
        let told = |value: &Option<String>| value.clone().unwrap_or_default();
        let skips = self.skip_invalid.as_deref().filter(|text| *text != "false");
        let skips = skips.map(|text| format!("\nskip_invalid={text}")).unwrap_or_default();
        format!("{}\n{}{skips}", told(&self.formato), told(&self.hoja))
    }
}

impl From<UploadOutcome> for UploadResponse {
    fn from(outcome: UploadOutcome) -> Self {
        let UploadOutcome { inserted, updated, unchanged } = outcome;
        Self { inserted, updated, unchanged, skipped: None, errors: None, errors_total: None }
    }
}

impl UploadResponse {
    /// Tells what was left out, by the first broken rules of it.
    fn leaving_out(self, judged: &Judged, errors: &[RowProblem]) -> Self {
        let (skipped, errors_total) = (Some(judged.skipped()), Some(judged.broken()));
        Self { skipped, errors: Some(errors.to_vec()), errors_total, ..self }
    }
}

/// Upload observations.
///
/// Stores all of them or none. One at a known time replaces what is there. With `dry_run=true` nothing is stored, and
/// the answer tells what the upload would do and every rule that it breaks. With `skip_invalid=true` the sound rows are
/// stored where others break a rule, and the answer tells those.
#[utoipa::path(
    post,
    path = "/accounts/{username}/observations",
    tag = "observations",
    params(
        ("username" = String, Path, description = "The account's handle"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect"),
        UploadQuery
    ),
    request_body(content(
        (UploadRequest = "application/json"),
        (String = "text/csv", example = json!("hora,seguidores,tweets,siguiendo\n2026-01-31T23:59:00Z,237431,,\n")),
        (String = "text/tab-separated-values", example = json!("fecha\tseguidores\n2026-01-31\t237431\n")),
        (WorkbookFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    )),
    responses((status = 200, body = UploadAnswer))
)]
pub(crate) async fn upload_observations(
    request: HttpRequest,
    Guarded(actor, (query, body)): Guarded<WriteObservations, (web::Query<UploadQuery>, UploadBody)>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let accounts = Arc::clone(&use_cases.accounts);
    let owned = blocking::call(move || accounts.open(&by, &path)).await?;
    let asked = query.understood();
    let content = Content::new(body.bytes()).with(query.variant().as_bytes());
    let ticket = http.idempotency.ticket(&request, &actor, actor.company(), "upload", content)?;
    // Only these answers have texts.
    let language = asked.as_ref().ok().filter(|asked| asked.is_trial || asked.invalid == InvalidRows::LeaveOut);
    let language = language.map(|_| ReaderLanguage::of(&request).0).unwrap_or_default();
    if let Ok(Asked { reading, is_trial: true, invalid }) = asked {
        let disconnect = ClientDisconnect::default();
        let client = disconnect.clone();
        let tried = async {
            let turn = http.uploads.turn(&actor, weight(&body)).await?;
            let work = move || {
                let _until_read = turn;
                client.check()?;
                let (judged, read) = judged(&use_cases, read(body, &owned, &reading)?, invalid);
                client.check()?;
                let trial = use_cases.observations.try_out(&owned, &judged)?;
                client.check()?;
                let errors = read.problems(judged.violations(), language);
                Ok::<_, Problem>(TrialResponse::of(read.upload, &judged, trial, errors))
            };
            blocking::run(work).await
        };
        let answer = disconnect.bounding(&request, tried).await?;
        return Ok(Answered(StatusCode::OK, answer).respond_to(&request));
    }
    let work = move |keeping: Keeping| async move {
        let turn = http.uploads.turn(&actor, weight(&body)).await?;
        let recorded = blocking::run(move || {
            let _until_stored = turn;
            let Asked { reading, invalid, .. } = asked?;
            let (judged, read) = judged(&use_cases, read(body, &owned, &reading)?, invalid);
            let record = |receipt: &dyn Receipt<_>| use_cases.observations.record(&owned, &judged, receipt);
            let answer = |outcome: &UploadOutcome| UploadResponse::from(*outcome);
            if invalid == InvalidRows::Refuse {
                let render = |outcome: &_| Answered(StatusCode::OK, answer(outcome)).written();
                return Ok::<_, Problem>(keeping.answer(render, record)?);
            }
            let shown = judged.violations();
            let errors = read.problems(shown.get(..Violation::MOST).unwrap_or(shown), language);
            let render = |outcome: &_| {
                Answered(StatusCode::OK, answer(outcome).leaving_out(&judged, &errors)).written_in(language)
            };
            Ok(keeping.answer(render, record)?)
        });
        recorded.await
    };
    ticket.run(work).await
}

/// Judges what was read; the rows are the judge's from here on.
fn judged(use_cases: &UseCases, mut read: Read, invalid: InvalidRows) -> (Judged, Read) {
    let batch = std::mem::take(&mut read.upload.batch);
    (use_cases.observations.judge(batch, invalid), read)
}
