//! The route that imports records.

use std::ops::ControlFlow;

use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Responder, mime, web};
use atalaya_application::UseCases;
use atalaya_application::error::Violation;
use atalaya_application::observations::InvalidRows;
use atalaya_application::ports::forecaster::TrainingObserver as _;
use atalaya_application::receipt::{Receipt, Unkept};
use atalaya_application::tables::{ImportOutcome, ImportPlan};
use atalaya_domain::mandate::WriteRecords;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::ImportResponse;
use super::errors_file::ErrorsFile;
use super::file::{ImportFile, Reading};
use crate::api::observations::WorkbookFile;
use crate::api::parse::Rules;
use crate::api::schemas::{DateOrderWord, DecimalWord, DelimiterWord, EncodingWord, ImportModeWord};
use crate::api::tables::address::{Pairs, last, word};
use crate::api::tables::entities::entity_id;
use crate::api::tables::file_words::{DECIMALS, DELIMITERS, MODES, delimiter};
use crate::api::tabular::{DateOrder, Table, TextEncoding, TextForm};
use crate::http::accept::prefers;
use crate::http::blocking;
use crate::http::body::{TABLE_LIMIT, TableBody};
use crate::http::client_disconnect::ClientDisconnect;
use crate::http::exports::Outlet;
use crate::http::extract::Guarded;
use crate::http::idempotency::{Content, Keeping};
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::respond::Answered;
use crate::http::state::HttpState;

/// How a file is to be imported. What is not told of how it is written is found out. `map[column]=field` says which
/// field a column is, and `map[column]=` that it is passed over; without it the names tell.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the address, whose parts are read in their order")]
pub(crate) struct ImportQuery {
    /// Whether to tell only what the import would do: it is done and undone.
    #[param(value_type = Option<bool>)]
    dry_run: Option<String>,
    /// What happens where rows break rules: nothing is imported, which is so unless told, or the others are.
    #[param(value_type = Option<ImportModeWord>)]
    mode: Option<String>,
    /// The name of a unique field, or `id`: a row changes the record that has its value there. Without it every row is
    /// a new record.
    #[param(min_length = 1)]
    upsert_key: Option<String>,
    /// The encoding of a text.
    #[param(value_type = Option<EncodingWord>)]
    encoding: Option<String>,
    /// What separates cells.
    #[param(value_type = Option<DelimiterWord>)]
    delimiter: Option<String>,
    /// What separates decimals.
    #[param(value_type = Option<DecimalWord>)]
    decimal: Option<String>,
    /// The order of dates.
    #[param(value_type = Option<DateOrderWord>)]
    date_order: Option<String>,
    /// The sheet of a workbook; the first one that is not hidden unless told.
    #[param(min_length = 1, max_length = 31)]
    sheet: Option<String>,
}

/// An [`ImportQuery`] that was understood.
struct Asked {
    reading: Reading,
    plan: ImportPlan,
    sheet: Option<String>,
}

fn understood(pairs: &Pairs) -> Result<Asked, Vec<Violation>> {
    let mut rules = Rules::default();
    let flag = |text: &str| ["false", "true"].iter().position(|word| *word == text).map(|place| place == 1);
    let is_trial = word(&mut rules, pairs, "dry_run", &["true", "false"], flag);
    let mode = |text: &str| MODES.iter().position(|word| *word == text);
    let skips = word(&mut rules, pairs, "mode", &MODES, mode).is_some_and(|place| place == 1);
    let encoding = word(&mut rules, pairs, "encoding", &TextEncoding::WORDS, |text| text.parse().ok());
    let delimiter = word(&mut rules, pairs, "delimiter", &DELIMITERS.map(|(word, _)| word), delimiter);
    let decimal = |text: &str| DECIMALS.contains(&text).then(|| text.chars().next()).flatten();
    let decimal = word(&mut rules, pairs, "decimal", &DECIMALS, decimal);
    let dates = word(&mut rules, pairs, "date_order", &DateOrder::WORDS, |text| text.parse().ok());
    let told = pairs.iter().filter_map(|(key, field)| {
        let column = key.strip_prefix("map[")?.strip_suffix(']')?;
        Some((column.to_owned(), Some(field.clone()).filter(|field| !field.is_empty())))
    });
    let upsert_key = last(pairs, "upsert_key").map(str::to_owned);
    let reads_ids = upsert_key.as_deref() == Some(ImportPlan::ID);
    let text = TextForm { encoding, delimiter, exact: true };
    let reading = Reading { text, decimal, dates, columns: told.collect(), reads_ids };
    let invalid = if skips { InvalidRows::LeaveOut } else { InvalidRows::Refuse };
    let plan = ImportPlan { upsert_key, invalid, is_trial: is_trial.unwrap_or_default() };
    rules.finish(Some(Asked { reading, plan, sheet: last(pairs, "sheet").map(str::to_owned) }))
}

/// How much work a file is, in bytes. What is packed may be any size.
fn weight(bytes: &Bytes) -> usize {
    if Table::is_packed(bytes) { TABLE_LIMIT } else { bytes.len() }
}

fn import_file(bytes: Bytes, asked: &Asked) -> ImportFile {
    ImportFile::new(Table::of_bytes(bytes, asked.sheet.as_deref()), asked.reading.clone())
}

/// Import records.
///
/// The rows of a file become records, or with `upsert_key` change those that are there: in one transaction, all of them
/// or none, or with `mode=skip_invalid` all that keep the rules. With `dry_run=true` the same is done and undone, and
/// the answer tells what it came to; as CSV where `Accept` prefers `text/csv`, with all broken rules and no more.
/// Where the file leaves open what a date or a number is, `needs` says so and nothing is imported.
#[utoipa::path(
    post,
    path = "/api/entities/{entity_id}/records:import",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect"),
        ImportQuery
    ),
    request_body(content(
        (String = "text/csv", example = json!("nombre,gasto,inicio\nVerano,\"1,234.50\",2026-01-31\n")),
        (String = "text/tab-separated-values", example = json!("nombre\tgasto\nVerano\t1234.50\n")),
        (WorkbookFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    )),
    responses((status = 200, content(
        (ImportResponse = "application/json"),
        (String = "text/csv")
    )))
)]
pub(crate) async fn import_records(
    request: HttpRequest,
    Guarded(actor, (pairs, body)): Guarded<WriteRecords, (web::Query<Pairs>, TableBody)>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    let TableBody(bytes) = body;
    let asked = understood(&pairs)?;
    let language = ReaderLanguage::of(&request).0;
    if asked.plan.is_trial {
        let disconnect = ClientDisconnect::default();
        let client = disconnect.clone();
        let tried = async {
            let turn = http.uploads.turn(&actor, weight(&bytes)).await?;
            if prefers(&request, &mime::TEXT_CSV) {
                let work = move |outlet: &mut Outlet| {
                    let errors = ErrorsFile::new(language, client);
                    use_cases.tables.find(&by, id)?;
                    let file = import_file(bytes, &asked);
                    let _told = use_cases.transfers.import(&by, id, &file, &asked.plan, &errors, &Unkept)?;
                    drop((turn, file));
                    errors.send(outlet)
                };
                return http.exports.stream(&actor, work).await;
            }
            let work = move || {
                let _until_tried = turn;
                client.check()?;
                use_cases.tables.find(&by, id)?;
                let file = import_file(bytes, &asked);
                let go_on = |_| if client.cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
                let outcome = use_cases.transfers.import(&by, id, &file, &asked.plan, &go_on, &Unkept)?;
                Ok::<_, Problem>(ImportResponse::of(&outcome, &asked.plan, language))
            };
            Ok(Answered(StatusCode::OK, blocking::run(work).await?).respond_to(&request))
        };
        return disconnect.bounding(&request, tried).await;
    }
    let content = Content::new(bytes.clone()).with(request.query_string().as_bytes());
    let ticket = http.idempotency.ticket(&request, &actor, actor.company(), "import_records", content)?;
    let work = move |keeping: Keeping| async move {
        let turn = http.uploads.turn(&actor, weight(&bytes)).await?;
        blocking::run(move || -> Result<_, Problem> {
            let _until_stored = turn;
            use_cases.tables.find(&by, id)?;
            let file = import_file(bytes, &asked);
            let render = |outcome: &ImportOutcome| {
                Answered(StatusCode::OK, ImportResponse::of(outcome, &asked.plan, language)).written_in(language)
            };
            let go_on = |_| ControlFlow::Continue(());
            let import =
                |receipt: &dyn Receipt<_>| use_cases.transfers.import(&by, id, &file, &asked.plan, &go_on, receipt);
            Ok(keeping.answer(render, import)?)
        })
        .await
    };
    ticket.run(work).await
}
