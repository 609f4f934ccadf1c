//! Exporting records: as CSV, which an import reads again as it was, or as lines of JSON.

use actix_web::{HttpResponse, web};
use atalaya_application::error::Violation;
use atalaya_application::{AppError, UseCases};
use atalaya_domain::company::Company;
use atalaya_domain::mandate::ReadRecords;
use atalaya_domain::tables::{Field, Record, Table, Value, View};
use serde::Deserialize;
use utoipa::IntoParams;

use super::address::{Pairs, asked_with_view, last, view_of, word};
use super::entities::entity_id;
use super::file_words::{DELIMITERS, FORMATS, READERS, delimiter};
use super::form::{form, named};
use super::record_view::RecordView;
use super::values::RecordForm;
use crate::api::csv_lines::{Cell, CsvLines};
use crate::api::parse::Rules;
use crate::api::schemas::{DelimiterWord, ExportFormatWord, ExportReaderWord, KeysWord, NumbersWord};
use crate::http::blocking;
use crate::http::exports::{CSV, Outlet};
use crate::http::extract::Guarded;
use crate::http::problem::Problem;
use crate::http::state::HttpState;

/// The media type of lines of JSON.
const LINES_OF_JSON: &str = "application/jsonl; charset=utf-8";
/// The mark of UTF-8, without which Excel takes a file for Windows-1252.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Which records, and how they are written. Filters are those of the list: `filter[field][op]=value`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the address, whose parts are read in their order")]
pub(crate) struct ExportQuery {
    /// CSV unless told, or lines of JSON.
    #[param(value_type = Option<ExportFormatWord>)]
    format: Option<String>,
    /// For Excel a CSV begins with a mark, and cells are separated by semicolons unless told.
    #[serde(rename = "for")]
    #[param(value_type = Option<ExportReaderWord>)]
    reader: Option<String>,
    /// What separates cells; a comma unless told.
    #[param(value_type = Option<DelimiterWord>)]
    delimiter: Option<String>,
    /// Fields with commas between them, `-` in front for the largest first; `created_at` too.
    #[param(example = "-gasto,nombre")]
    sort: Option<String>,
    /// Words that texts of the record have, without regard to letter case and accents.
    q: Option<String>,
    /// A view: it says what the address does not say of `filter`, `q`, `sort` and `fields`.
    #[param(format = Uuid)]
    view: Option<String>,
    /// The fields, with commas between them; a CSV has its columns in that order. All unless told.
    #[param(example = "nombre,gasto")]
    fields: Option<String>,
    /// By what `filter`, `sort` and `fields` name fields; the file does too, unless `file_keys` is told.
    #[param(value_type = Option<KeysWord>)]
    keys: Option<String>,
    /// By what the header of a CSV and `data` of JSON name fields.
    #[param(value_type = Option<KeysWord>)]
    file_keys: Option<String>,
    /// How `NUMBER` is written in JSON.
    #[param(value_type = Option<NumbersWord>)]
    numbers: Option<String>,
}

/// How a CSV is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvForm {
    /// What separates cells: an ASCII character.
    pub delimiter: u8,
    /// Whether it begins with the mark of UTF-8.
    pub has_mark: bool,
}

impl Default for CsvForm {
    fn default() -> Self {
        Self { delimiter: b',', has_mark: false }
    }
}

/// How an export is written.
#[derive(Debug, Clone, Copy)]
enum Format {
    Csv(CsvForm),
    LinesOfJson,
}

/// A part of a CSV of records: their ids and values. Only the first part has the header.
///
/// # Errors
/// Of the writer, never in practice.
pub fn csv_part(table: &Table, records: &[Record], form: CsvForm, is_first: bool) -> Result<Vec<u8>, csv::Error> {
    named_part(table, records, form, is_first, RecordForm::default())
}

fn named_part(
    table: &Table,
    records: &[Record],
    csv: CsvForm,
    is_first: bool,
    form: RecordForm,
) -> Result<Vec<u8>, csv::Error> {
    let mut lines = CsvLines::separated_by(csv.delimiter);
    if is_first {
        let names = table.fields.iter().map(|field| Cell::exact(&form.keys.of(field)));
        lines.line(std::iter::once(Cell::plain("id".to_owned())).chain(names))?;
    }
    for record in records {
        let cell = |field: &Field| record.values.get(&field.number).map(cell).unwrap_or_default();
        let id = Cell::plain(record.id.get().to_string());
        lines.line(std::iter::once(id).chain(table.fields.iter().map(cell)))?;
    }
    let bytes = lines.into_bytes()?;
    Ok(if is_first && csv.has_mark { [MARK, &bytes].concat() } else { bytes })
}

/// A value as a cell. What is not a text cannot be a formula.
fn cell(value: &Value) -> Cell {
    match value {
        Value::Text(text) | Value::Choice(text) => Cell::exact(text),
        other => Cell::plain(other.to_string()),
    }
}

fn lines_of_json(table: &Table, records: &[Record], form: RecordForm) -> Result<Vec<u8>, AppError> {
    let mut lines = Vec::new();
    for record in records {
        serde_json::to_writer(&mut lines, &RecordView::new(table, record, form)?).map_err(AppError::internal)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// How an export is asked for.
struct Asked {
    format: Format,
    /// How the address names fields.
    address: RecordForm,
    /// How the file is written.
    file: RecordForm,
}

fn understood(pairs: &Pairs) -> Result<Asked, Vec<Violation>> {
    let mut rules = Rules::default();
    let address = rules.take_all(form(last(pairs, "keys"), last(pairs, "numbers")));
    let file_keys = last(pairs, "file_keys").and_then(|word| rules.take(named("file_keys", word)));
    let is_json = word(&mut rules, pairs, "format", &FORMATS, |text| FORMATS.contains(&text).then(|| text == "jsonl"));
    let for_excel = word(&mut rules, pairs, "for", &READERS, |text| READERS.contains(&text).then_some(true));
    let has_mark = for_excel.unwrap_or_default();
    let known = DELIMITERS.map(|(word, _)| word);
    let told =
        word(&mut rules, pairs, "delimiter", &known, |text| delimiter(text).and_then(|it| u8::try_from(it).ok()));
    let delimiter = told.unwrap_or(if has_mark { b';' } else { b',' });
    let csv = Format::Csv(CsvForm { delimiter, has_mark });
    let format = if is_json.unwrap_or_default() { Format::LinesOfJson } else { csv };
    rules.finish(address.map(|address| {
        let file = RecordForm { keys: file_keys.unwrap_or(address.keys), ..address };
        Asked { format, address, file }
    }))
}

/// Export records.
///
/// All that the filter of the address means, in its order, out of one consistent state: as CSV with the column `id` and
/// one a field, or as lines of JSON. A text of a CSV that a spreadsheet would run as a formula has an apostrophe before
/// it, which an import takes away again; numbers stay numbers.
#[utoipa::path(
    get,
    path = "/api/entities/{entity_id}/records:export",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type"), ExportQuery),
    responses((status = 200, content(
        (String = "text/csv"),
        (String = "application/jsonl")
    )))
)]
pub(crate) async fn export_records(
    Guarded(actor, pairs): Guarded<ReadRecords, web::Query<Pairs>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    let reader = std::sync::Arc::clone(&use_cases);
    let asking = by.clone();
    blocking::call(move || reader.tables.find(&asking, id)).await?;
    let Asked { format, address, file } = understood(&pairs)?;
    let view = view_of(&pairs, actor.actor().user())?;
    let media_type = match format {
        Format::Csv(_) => CSV,
        Format::LinesOfJson => LINES_OF_JSON,
    };
    let work = move |outlet: &mut Outlet| {
        let asked = |table: &Table, company: &Company, view: Option<&View>| {
            asked_with_view(&pairs, address, table, company, view)
        };
        use_cases.transfers.export(&by, id, view, &asked, &mut |table, records| {
            outlet.give(|is_first| match format {
                Format::Csv(csv) => named_part(table, &records, csv, is_first, file),
                Format::LinesOfJson => {
                    lines_of_json(table, &records, file).map_err(|error| std::io::Error::other(error).into())
                }
            })
        })
    };
    http.exports.stream_as(media_type, &actor, work).await
}
