//! What the calendar holds.

use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::ports::calendar::Holiday;
use atalaya_domain::mandate::OwnSession;
use atalaya_texts::{self as texts, Language};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::parse::date_span;
use crate::http::extract::Guarded;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::respond::Polled;

/// Which days. A bound that is left out is the beginning or the end of the other one's year; of this year where neither
/// is told.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HolidaysQuery {
    /// The first date, `YYYY-MM-DD`; the first of the year of `to` unless told.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last date, at most 4,000 days in all; the last of the year of `from` unless told.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
}

/// A public holiday.
#[derive(Serialize, ToSchema)]
pub(crate) struct HolidayView {
    /// The date.
    #[schema(format = Date)]
    fecha: String,
    /// The word for it, which does not depend on the language.
    #[schema(example = "independence")]
    code: &'static str,
    /// Its name, in the reader's language.
    name: String,
}

impl HolidayView {
    fn of(holiday: Holiday, language: Language) -> Self {
        let Holiday { date, code } = holiday;
        Self { fecha: date.to_string(), code, name: texts::holiday(language, code) }
    }
}

/// Public holidays.
#[derive(Serialize, ToSchema)]
pub(crate) struct HolidaysResponse {
    /// Whose they are, as ISO 3166-1 writes it in two letters.
    #[schema(pattern = "^[A-Z]{2}$", example = "PE")]
    country: &'static str,
    /// The first date that was looked at.
    #[schema(format = Date)]
    from: String,
    /// The last date that was looked at.
    #[schema(format = Date)]
    to: String,
    /// By date.
    holidays: Vec<HolidayView>,
}

/// List public holidays.
///
/// Those that forecasts reckon with.
#[utoipa::path(
    get,
    path = "/calendar/holidays",
    tag = "calendar",
    params(HolidaysQuery),
    responses((status = 200, body = HolidaysResponse))
)]
pub(crate) async fn list_holidays(
    Guarded(_reader, query): Guarded<OwnSession, web::Query<HolidaysQuery>>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Polled<HolidaysResponse>, Problem> {
    let (from, to) = date_span(query.from.as_deref(), query.to.as_deref())?;
    let found = use_cases.calendar.holidays(from, to)?;
    Ok(Polled(HolidaysResponse {
        country: found.country,
        from: found.span.start().to_string(),
        to: found.span.end().to_string(),
        holidays: found.holidays.into_iter().map(|holiday| HolidayView::of(holiday, language)).collect(),
    }))
}
