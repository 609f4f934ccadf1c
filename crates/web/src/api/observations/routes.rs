//! The routes of observations.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder, mime, web};
use atalaya_application::UseCases;
use atalaya_application::accounts::OwnedAccount;
use atalaya_application::error::{AppError, Violation};
use atalaya_application::observations::{RowPlace, UploadRow};
use atalaya_application::page::{Page, PageRequest};
use atalaya_domain::mandate::{DeleteObservations, ReadForecasts, WriteObservations};
use atalaya_domain::observation::{Followers, Observation, UploadOutcome};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::file::Upload;
use super::times::{Written, resolve};
use super::trial::TrialResponse;
use super::{csv, file, trial, whole};
use crate::api::cursor::Cursor as _;
use crate::api::parse::{Rules, count, page, span, wire_time};
use crate::api::schemas::{DateOrderWord, MomentText};
use crate::api::tabular::{DateOrder, Table};
use crate::http::accept::prefers;
use crate::http::blocking;
use crate::http::body::{TABLE_LIMIT, UploadBody};
use crate::http::exports::{CSV, Outlet};
use crate::http::extract::Guarded;
use crate::http::idempotency::{Content, Keeping};
use crate::http::language::ReaderLanguage;
use crate::http::object;
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Polled, PolledResponse, polled_bytes};
use crate::http::state::HttpState;

/// Observations to store.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct UploadRequest {
    /// All of them are stored, or none.
    #[serde(deserialize_with = "object::list")]
    observations: Vec<UploadedObservation>,
}

/// An observation to store.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct UploadedObservation {
    /// When; without a zone it is on the account's clocks.
    #[schema(value_type = MomentText)]
    hora: String,
    /// Followers.
    #[serde(deserialize_with = "whole::number")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    seguidores: i64,
    /// Running total of posts.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(maximum = 1_000_000_000_000_i64, minimum = 0)]
    tweets: Option<i64>,
    /// Accounts followed.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(maximum = 1_000_000_000_000_i64, minimum = 0)]
    siguiendo: Option<i64>,
}

/// An Excel file (`.xlsx`) with a table in one of its sheets.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used: a file is read as a table, whatever it is")]
pub(crate) struct WorkbookFile(Vec<u8>);

/// What an upload did.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadResponse {
    /// Times that were new.
    inserted: u64,
    /// Times that were known with other values.
    updated: u64,
    /// Times that were known with the same values.
    unchanged: u64,
}

/// A stored observation.
#[derive(Serialize, ToSchema)]
pub(crate) struct ObservationView {
    /// When, in UTC.
    #[schema(format = DateTime)]
    hora: String,
    /// Followers.
    seguidores: u64,
    /// Running total of posts.
    #[schema(required = true)]
    tweets: Option<u64>,
    /// Accounts followed.
    #[schema(required = true)]
    siguiendo: Option<u64>,
}

/// A page of observations.
#[derive(Serialize, ToSchema)]
pub(crate) struct ObservationsResponse {
    /// By time.
    observations: Vec<ObservationView>,
    /// Where the next page begins; `null` on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What a deletion did.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletionResponse {
    /// Observations deleted.
    deleted: u64,
}

/// Which observations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SpanQuery {
    /// Not before this date or time.
    #[param(value_type = Option<MomentText>)]
    from: Option<String>,
    /// Not after this date or time; a date is included whole.
    #[param(value_type = Option<MomentText>)]
    to: Option<String>,
    /// Items on a page, 1 to 1,000; 100 unless told. A CSV without `limit` holds everything.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    limit: Option<String>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

impl From<UploadOutcome> for UploadResponse {
    fn from(outcome: UploadOutcome) -> Self {
        let UploadOutcome { inserted, updated, unchanged } = outcome;
        Self { inserted, updated, unchanged }
    }
}

impl From<Observation> for ObservationView {
    fn from(observation: Observation) -> Self {
        Self {
            hora: wire_time(observation.at),
            seguidores: observation.followers.get(),
            tweets: observation.posts.map(Followers::get),
            siguiendo: observation.following.map(Followers::get),
        }
    }
}

impl UploadRequest {
    /// The sound rows; the others break rules.
    fn rows(self, zone: Tz, rules: &mut Rules) -> Vec<UploadRow> {
        let parse = |(index, row): (usize, UploadedObservation)| row.into_row(index, zone, rules);
        let read: Vec<(Written, UploadRow)> = self.observations.into_iter().enumerate().filter_map(parse).collect();
        let (times, mut rows): (Vec<Written>, Vec<UploadRow>) = read.into_iter().unzip();
        for (row, at) in rows.iter_mut().zip(resolve(&times)) {
            row.observation.at = at;
        }
        rows
    }
}

impl UploadedObservation {
    fn into_row(self, index: usize, zone: Tz, rules: &mut Rules) -> Option<(Written, UploadRow)> {
        let field = |name: &str| format!("observations[{index}].{name}");
        let time = Written::read(&self.hora, zone).ok_or_else(|| Violation::new(field("hora"), "invalid_time"));
        let time = rules.take(time);
        let mut number =
            |name, value| rules.take(count(value).ok_or_else(|| Violation::new(field(name), "not_a_count")));
        let followers = number("seguidores", self.seguidores);
        let posts = self.tweets.map(|value| number("tweets", value));
        let following = self.siguiendo.map(|value| number("siguiendo", value));
        let (time, posts, following) = (time?, posts.flatten(), following.flatten());
        let observation = Observation { at: time.first, followers: followers?, posts, following };
        Some((time, UploadRow { observation, place: RowPlace::Index(index) }))
    }
}

/// Reads an upload whole; of the rules that it breaks, `most` are kept.
fn survey(
    body: UploadBody,
    owned: &OwnedAccount<WriteObservations>,
    reading: &Reading,
    most: usize,
) -> Result<Upload, Problem> {
    match body {
        UploadBody::Json(body) => {
            let mut rules = Rules::keeping(most);
            let rows = body.parse::<UploadRequest>()?.rows(owned.time_zone(), &mut rules);
            let (violations, broken) = rules.into_broken();
            let columns = ["hora", "seguidores", "tweets", "siguiendo"].map(str::to_owned).to_vec();
            Ok(Upload { rows, violations, broken, columns, ..Upload::default() })
        }
        UploadBody::Table(bytes) => {
            let (handle, time_zone) = (&owned.account().handle, owned.time_zone());
            let account = file::Owner { handle, time_zone, dates: reading.dates };
            Ok(match Table::of_bytes(bytes, reading.sheet.as_deref()) {
                Ok(table) => file::survey(&table, account, most),
                Err(fault) => Upload::unreadable(&fault),
            })
        }
    }
}

/// The rows of an upload, all of them sound.
fn rows(
    body: UploadBody,
    owned: &OwnedAccount<WriteObservations>,
    reading: &Reading,
) -> Result<Vec<UploadRow>, Problem> {
    let Upload { rows, violations, broken, .. } = survey(body, owned, reading, Violation::MOST)?;
    if broken == 0 { Ok(rows) } else { Err(violations.into()) }
}

/// How much work an upload is, in bytes. What is packed may be any size, so it takes its turn as large uploads do.
fn weight(body: &UploadBody) -> usize {
    match body {
        UploadBody::Table(bytes) if Table::is_packed(bytes) => TABLE_LIMIT,
        body => body.len(),
    }
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
}

/// An [`UploadQuery`] that was understood.
#[derive(Debug, Clone)]
struct Reading {
    dates: Option<DateOrder>,
    sheet: Option<String>,
    is_trial: bool,
}

impl UploadQuery {
    fn understood(&self) -> Result<Reading, Vec<Violation>> {
        let mut rules = Rules::default();
        let dates = self.formato.as_deref().map(str::parse).transpose();
        let dates = rules.take(dates.map_err(|_| Violation::unknown_value("formato", DateOrder::WORDS)));
        let is_trial = rules.take(match self.dry_run.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Violation::unknown_value("dry_run", ["true", "false"])),
        });
        let sheet = self.hoja.clone();
        let reading = dates.zip(is_trial).map(|(dates, is_trial)| Reading { dates, sheet, is_trial });
        rules.finish(reading)
    }
}

/// Upload observations.
///
/// Stores all of them or none. One at a known time replaces what is there. With `dry_run=true` nothing is stored, and
/// the answer tells what the upload would do and every rule that it breaks.
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
    let reading = query.understood();
    // Another order of dates, or another sheet, is another upload. A trial keeps no answer, and its key is judged all
    // the same.
    let told = |value: &Option<String>| value.clone().unwrap_or_default();
    let variant = format!("{}\n{}", told(&query.formato), told(&query.hoja));
    let content = Content::new(body.bytes()).with(variant.as_bytes());
    let ticket = http.idempotency.ticket(&request, &actor, actor.company(), "upload", content)?;
    if let Ok(reading @ Reading { is_trial: true, .. }) = reading {
        let ReaderLanguage(language) = ReaderLanguage::of(&request);
        let turn = http.uploads.turn(weight(&body)).await?;
        let tried = blocking::run(move || {
            let _until_read = turn;
            let upload = survey(body, &owned, &reading, trial::MOST)?;
            Ok::<_, Problem>(TrialResponse::of(upload, |rows| use_cases.observations.try_out(&owned, rows), language)?)
        });
        return Ok(Answered(StatusCode::OK, tried.await?).respond_to(&request));
    }
    let work = move |keeping: Keeping| async move {
        let turn = http.uploads.turn(weight(&body)).await?;
        let render = |outcome: &UploadOutcome| Answered(StatusCode::OK, UploadResponse::from(*outcome)).written();
        let recorded = blocking::run(move || {
            let _until_stored = turn;
            let rows = rows(body, &owned, &reading?)?;
            Ok::<_, Problem>(keeping.answer(render, |receipt| use_cases.observations.record(&owned, &rows, receipt))?)
        });
        recorded.await
    };
    ticket.run(work).await
}

/// List observations.
///
/// As JSON in pages, or as CSV where `Accept` prefers `text/csv`. A CSV without `limit` and `cursor` is one consistent
/// state of the account, however long it is.
#[utoipa::path(
    get,
    path = "/accounts/{username}/observations",
    tag = "observations",
    params(("username" = String, Path, description = "The account's handle"), SpanQuery),
    responses((status = 200, content(
        (ObservationsResponse = "application/json"),
        (String = "text/csv")
    )))
)]
pub(crate) async fn list_observations(
    request: HttpRequest,
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<SpanQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<PolledResponse, Problem> {
    let wants_csv = prefers(&request, &mime::TEXT_CSV);
    let whole = wants_csv && query.limit.is_none() && query.cursor.is_none();
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let reader = Arc::clone(&use_cases);
    let (owned, span, Page { items, next }) = blocking::run(move || {
        let owned = reader.accounts.open(&by, &path)?;
        let span = span(query.from.as_deref(), query.to.as_deref(), owned.time_zone())?;
        let request = if whole {
            PageRequest::new(None, PageRequest::<DateTime<Utc>>::MAX_LIMIT)
        } else {
            page(query.limit.as_deref(), query.cursor.as_deref())?
        };
        let page = reader.observations.list(&owned, span, &request)?;
        Ok::<_, Problem>((owned, span, page))
    })
    .await?;
    if whole && next.is_some() {
        let work = move |outlet: &mut Outlet| {
            use_cases.observations.export(&owned, span, &mut |items| outlet.give(|first| csv::part(&items, first)))
        };
        return http.exports.stream(&actor, work).await.map(PolledResponse);
    }
    if wants_csv {
        let text = csv::write(&items).map_err(AppError::internal)?;
        return Ok(polled_bytes(&request, text, CSV));
    }
    let body = ObservationsResponse {
        observations: items.into_iter().map(ObservationView::from).collect(),
        next_cursor: next.map(|at| at.write()),
    };
    Ok(Polled(body).response(&request))
}

/// Delete observations of a span.
///
/// One bound at least must be named, so that no slip deletes everything. A date is included whole.
#[utoipa::path(
    delete,
    path = "/accounts/{username}/observations",
    tag = "observations",
    params(
        ("username" = String, Path, description = "The account's handle"),
        ("from" = Option<String>, Query, description = "Not before this date or time"),
        ("to" = Option<String>, Query, description = "Not after this date or time; a date is included whole")
    ),
    responses((status = 200, body = DeletionResponse))
)]
pub(crate) async fn delete_observations(
    Guarded(actor, query): Guarded<DeleteObservations, web::Query<SpanQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<DeletionResponse>, Problem> {
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let deleted = blocking::run(move || {
        let owned = use_cases.accounts.open(&by, &path)?;
        if query.from.is_none() && query.to.is_none() {
            return Err(Problem::invalid("from", "missing"));
        }
        let span = span(query.from.as_deref(), query.to.as_deref(), owned.time_zone())?;
        Ok::<_, Problem>(use_cases.observations.delete(&owned, span)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, DeletionResponse { deleted }))
}
