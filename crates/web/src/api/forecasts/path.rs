//! The route that answers for every day of a horizon.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, mime, web};
use atalaya_application::error::{ValueKind, Violation};
use atalaya_application::forecasts::ReadableAccount;
use atalaya_application::{AppError, UseCases};
use atalaya_domain::forecast::{Horizon, Level, Period, PointForecast};
use atalaya_domain::id::ModelVersion;
use atalaya_domain::mandate::{Access, ReadForecasts};
use atalaya_texts::Language;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::joint::{PeriodView, SpreadView, period};
use super::views::{
    CoverageView, IntervalView, StepCoverageView, WarningText, coverage, coverage_by_step, interval_views,
    warning_codes, warning_texts,
};
use super::{TARGET, at_version, open};
use crate::api::csv_lines::{Cell, CsvLines};
use crate::api::parse::{self, Rules, levels, wire_time};
use crate::api::schemas::{LevelPercent, ModelName, PeriodWord, TargetWord, WarningCode};
use crate::http::accept::prefers;
use crate::http::blocking;
use crate::http::body::JsonBody;
use crate::http::description::NotFound;
use crate::http::exports::CSV;
use crate::http::extract::Guarded;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Polled, PolledResponse, polled_bytes};

/// How many days, and which intervals.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct PathRequest {
    /// Days after the last date of the history.
    #[schema(maximum = 3660, minimum = 1, example = 30)]
    h: i64,
    /// Levels of the intervals, in percent; 80 and 95 unless told.
    #[schema(value_type = Option<std::collections::HashSet<LevelPercent>>, max_items = 10)]
    level: Option<Vec<i64>>,
    /// Put dates together too: `week` (from Monday), `month`, or `total`.
    #[schema(value_type = Option<PeriodWord>)]
    aggregate: Option<String>,
    /// Answer as this version does, whichever answers now.
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    version: Option<i32>,
}

/// The same in an address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PathQuery {
    /// Days after the last date of the history.
    #[param(value_type = u32, minimum = 1, maximum = 3660, required = true, example = 30)]
    h: Option<String>,
    /// Levels of the intervals in percent, with commas between them; `80,95` unless told.
    #[param(pattern = r"^[0-9]{1,2}(,[0-9]{1,2})*$", example = "80,95")]
    level: Option<String>,
    /// Put dates together too: `week` (from Monday), `month`, or `total`.
    #[param(value_type = Option<PeriodWord>)]
    aggregate: Option<String>,
    /// Answer as this version does, whichever answers now.
    #[param(value_type = Option<i32>, minimum = 1)]
    version: Option<String>,
}

impl PathQuery {
    /// The request that has the same members as JSON.
    fn into_request(self) -> Result<PathRequest, Vec<Violation>> {
        let mut rules = Rules::default();
        let whole = |field: &str, text: &str| {
            text.trim().parse::<i64>().map_err(|_| Violation::wrong_type(field, ValueKind::WholeNumber))
        };
        let h = self.h.as_deref().ok_or_else(|| Violation::new("h", "missing")).and_then(|text| whole("h", text));
        let h = rules.take(h);
        let levels = self.level.as_deref().map(|text| {
            let places = text.split(',').enumerate();
            places.filter_map(|(index, text)| rules.take(whole(&format!("level[{index}]"), text))).collect()
        });
        let version = self.version.as_deref().and_then(|text| rules.take(parse::version("version", text)));
        let (aggregate, version) = (self.aggregate, version.map(ModelVersion::get));
        rules.finish(h.map(|h| PathRequest { h, level: levels, aggregate, version }))
    }
}

/// What a request asks for.
struct PathCommand {
    horizon: Horizon,
    levels: Vec<Level>,
    aggregate: Option<Period>,
    version: Option<ModelVersion>,
}

impl PathRequest {
    fn into_command(self) -> Result<PathCommand, Vec<Violation>> {
        let mut rules = Rules::default();
        let horizon = u16::try_from(self.h).ok().and_then(|days| Horizon::new(days).ok());
        let horizon = rules.take(horizon.ok_or_else(|| match self.h {
            ..1 => Violation::new("h", "too_small").with("min", &1),
            _ => Violation::new("h", "too_large").with("max", &Horizon::LONGEST),
        }));
        let levels = rules.take_all(levels("level", self.level.as_deref()));
        if self.version.is_some_and(|number| number < 1) {
            rules.broken(Violation::new("version", "too_small").with("min", &1));
        }
        let version = self.version.map(ModelVersion::new);
        let aggregate = self.aggregate.as_deref().and_then(|word| rules.take(period(word)));
        let asked = horizon.zip(levels);
        rules.finish(asked.map(|(horizon, levels)| PathCommand { horizon, levels, aggregate, version }))
    }
}

/// One day of a path.
#[derive(Serialize, ToSchema)]
pub(crate) struct PathRow {
    /// The date.
    #[schema(format = Date)]
    fecha: String,
    /// Days after the last date of the history.
    horizon_days: i32,
    /// Whole followers.
    prediction: u64,
    /// The intervals.
    intervals: Vec<IntervalView>,
    /// What the best baseline says, whole followers.
    baseline: u64,
}

/// The forecast as a series: what a chart needs.
#[derive(Serialize, ToSchema)]
pub(crate) struct PathResponse {
    /// The account.
    username: String,
    /// The company's name.
    empresa: String,
    /// The readable name of the model.
    #[schema(value_type = ModelName)]
    model_type: &'static str,
    /// Always `seguidores`.
    #[schema(value_type = TargetWord)]
    target_variable: &'static str,
    /// The readable name of the best baseline.
    #[schema(value_type = ModelName)]
    baseline: &'static str,
    /// The version of the model.
    #[schema(minimum = 1)]
    model_version: i32,
    /// When it was trained.
    #[schema(format = DateTime)]
    trained_at: String,
    /// The last observation that it was trained on.
    #[schema(format = DateTime)]
    data_until: String,
    /// How often the truth was inside such intervals in this account's backtest.
    coverage: Vec<CoverageView>,
    /// The same by how many steps ahead the test values were; empty for versions trained before it was kept.
    coverage_by_step: Vec<StepCoverageView>,
    /// One row a day.
    forecast: Vec<PathRow>,
    /// What `aggregate` asked for: one row a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    aggregates: Option<Vec<PeriodView>>,
    /// What the reader should know.
    #[schema(value_type = Vec<WarningCode>)]
    warnings: Vec<&'static str>,
    /// The same in words.
    warning_texts: Vec<WarningText>,
}

impl From<&PointForecast> for PathRow {
    fn from(forecast: &PointForecast) -> Self {
        Self {
            fecha: forecast.date.to_string(),
            horizon_days: forecast.horizon_days,
            prediction: forecast.whole_mean().get(),
            intervals: interval_views(forecast),
            baseline: forecast.whole_baseline().get(),
        }
    }
}

impl PathResponse {
    /// A line for each day, or for each period where periods were asked for.
    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        match &self.aggregates {
            Some(periods) => PeriodView::csv(periods),
            None => PathRow::csv(&self.forecast),
        }
    }
}

impl PathRow {
    fn csv(rows: &[Self]) -> Result<Vec<u8>, csv::Error> {
        let mut lines = CsvLines::default();
        let levels = rows.first().map_or(&[][..], |row| &row.intervals);
        let columns = ["fecha", "horizon_days", "prediction"].map(str::to_owned).into_iter();
        let columns = columns.chain(levels.iter().flat_map(|interval| bounds("", interval.level)));
        lines.header(columns.chain(["baseline".to_owned()]))?;
        for row in rows {
            let cells = [Cell::text(&row.fecha), Cell::whole(row.horizon_days), Cell::whole(row.prediction)];
            let intervals = row.intervals.iter().flat_map(|interval| [interval.lower, interval.upper]);
            lines.line(cells.into_iter().chain(intervals.chain([row.baseline]).map(Cell::whole)))?;
        }
        lines.into_bytes()
    }
}

impl PeriodView {
    fn csv(periods: &[Self]) -> Result<Vec<u8>, csv::Error> {
        let mut lines = CsvLines::default();
        let levels: Vec<u8> = periods.first().map_or_else(Vec::new, |period| period.sum.levels().collect());
        let spread = |name: &str| {
            let of_levels: Vec<_> = levels.iter().flat_map(|level| bounds(&format!("{name}_"), *level)).collect();
            [name.to_owned()].into_iter().chain(of_levels)
        };
        let columns = ["from", "until", "days"].map(str::to_owned).into_iter();
        lines.header(columns.chain(spread("sum")).chain(spread("net_growth")))?;
        for period in periods {
            let cells = [Cell::text(&period.from), Cell::text(&period.until), Cell::whole(period.days)];
            let spreads = [&period.sum, &period.net_growth].into_iter().flat_map(SpreadView::numbers);
            lines.line(cells.into_iter().chain(spreads.map(Cell::whole)))?;
        }
        lines.into_bytes()
    }
}

/// The names of an interval's columns.
fn bounds(prefix: &str, level: u8) -> [String; 2] {
    [format!("{prefix}lower_{level}"), format!("{prefix}upper_{level}")]
}

/// Answers for every day, and for periods where they are asked for.
async fn answer(
    use_cases: web::Data<UseCases>,
    by: Access<ReadForecasts>,
    mut account: ReadableAccount,
    command: PathCommand,
    language: Language,
) -> Result<PathResponse, Problem> {
    let PathCommand { horizon, levels, aggregate, version } = command;
    if let Some(version) = version {
        account = at_version(&use_cases, by, account, version).await?;
    }
    let (rows, warnings) = use_cases.forecasts.path(&account, horizon, &levels)?;
    let aggregates = match aggregate {
        None => None,
        Some(period) => {
            let (use_cases, asked) = (use_cases.into_inner(), account.clone());
            let periods = blocking::call(move || use_cases.forecasts.periods(&asked, horizon, period, &levels)).await?;
            Some(periods.iter().map(PeriodView::from).collect())
        }
    };
    let (snapshot, serving) = (account.snapshot(), account.serving()?);
    let report = serving.model.report();
    Ok(PathResponse {
        username: snapshot.account.handle.as_str().to_owned(),
        empresa: snapshot.company_name.as_str().to_owned(),
        model_type: report.served.name(),
        target_variable: TARGET,
        baseline: report.baseline.name(),
        model_version: serving.version.get(),
        trained_at: wire_time(serving.trained_at),
        data_until: wire_time(report.data_until),
        coverage: coverage(report),
        coverage_by_step: coverage_by_step(report),
        forecast: rows.iter().map(PathRow::from).collect(),
        aggregates,
        warnings: warning_codes(&warnings),
        warning_texts: warning_texts(&warnings, language),
    })
}

/// Read the forecast of the next days.
///
/// As by POST, with an address that a spreadsheet can open. As JSON, or as CSV where `Accept` prefers `text/csv`: a
/// line for each day, or for each period with `aggregate`. Dashboards poll it: send the `ETag` back as `If-None-Match`.
#[utoipa::path(
    get,
    path = "/regression/forecast/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), PathQuery),
    responses(
        (status = 200, content((PathResponse = "application/json"), (String = "text/csv"))),
        (status = 404, response = NotFound)
    )
)]
pub(crate) async fn get_forecast_path(
    request: HttpRequest,
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<PathQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<PolledResponse, Problem> {
    let by = actor.access()?;
    let account = open(&use_cases, by, &path).await?;
    let command = query.into_inner().into_request()?.into_command()?;
    let path = answer(use_cases, by, account, command, language).await?;
    if prefers(&request, &mime::TEXT_CSV) {
        return Ok(polled_bytes(&request, path.csv().map_err(AppError::internal)?, CSV));
    }
    Ok(Polled(path).response(&request))
}

/// Forecast the next days.
///
/// One forecast for each day of a horizon, as a chart needs them, with how often the intervals held in backtest by days
/// ahead. `aggregate` adds sums and growth by week or month, or in total. GET has the same as CSV, too.
#[utoipa::path(
    post,
    path = "/regression/forecast/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle")),
    request_body = PathRequest,
    responses((status = 200, body = PathResponse), (status = 404, response = NotFound))
)]
pub(crate) async fn forecast_path(
    Guarded(actor, body): Guarded<ReadForecasts, JsonBody>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Answered<PathResponse>, Problem> {
    let by = actor.access()?;
    let account = open(&use_cases, by, &path).await?;
    let command = body.parse::<PathRequest>()?.into_command()?;
    Ok(Answered(StatusCode::OK, answer(use_cases, by, account, command, language).await?))
}
