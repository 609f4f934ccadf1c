//! The route that shows what forecasts are made from.

use actix_web::{HttpRequest, web};
use atalaya_application::UseCases;
use atalaya_domain::forecast::{Explanation, Feature};
use atalaya_domain::mandate::ReadForecasts;
use atalaya_texts as texts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::covariates::CovariateShareView;
use super::{TARGET, VersionQuery, open_at};
use crate::api::parse::date;
use crate::api::schemas::{TargetWord, UnexplainedCode};
use crate::http::extract::Guarded;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::respond::Polled;

/// The code of a version that was trained when only the first date was explained.
const UNEXPLAINED: &str = "TRAINED_BEFORE";

/// One input of the models.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeatureView {
    /// Its name.
    name: String,
    /// By how many followers a step the error grows when this input is shuffled; 0 where no member uses inputs.
    importance: f64,
    /// Its value at the first step after the history.
    value: f64,
}

/// The inputs of the models.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeaturesResponse {
    /// The account.
    account_name: String,
    /// Always `seguidores`.
    #[schema(value_type = TargetWord)]
    target_variable: &'static str,
    /// The version.
    #[schema(minimum = 1)]
    model_version: i32,
    /// How many.
    feature_count: usize,
    /// Most important first.
    features: Vec<FeatureView>,
    /// The forecast of `fecha`, or of the first date after the history; `null` where the version cannot explain it.
    #[schema(required = true)]
    explanation: Option<ExplanationView>,
    /// What each covariate that is kept adds to that forecast; together they are the part `covariates` of it.
    covariates: Vec<CovariateShareView>,
    /// Where `explanation` is `null`: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    unexplained: Option<UnexplainedView>,
}

/// Why there is no explanation.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnexplainedView {
    /// Always `TRAINED_BEFORE`: the version was trained when only the first date was explained.
    #[schema(value_type = UnexplainedCode)]
    code: &'static str,
    /// The same in words, in the reader's language.
    message: String,
}

/// Which date is explained, by which version.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeaturesQuery {
    /// Explain the forecast of this date, `YYYY-MM-DD`; the first one after the history unless told.
    #[param(value_type = Option<String>, format = Date)]
    fecha: Option<String>,
    /// Answer as this version does, whichever answers now.
    #[param(value_type = Option<i32>, minimum = 1)]
    version: Option<String>,
}

/// A forecast in parts, in followers: `last_value`, `trend`, `weekday`, `activity`, `covariates` and `correction` add
/// up to `prediction`.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExplanationView {
    /// The date.
    #[schema(format = Date)]
    fecha: String,
    /// The last value of the history.
    last_value: f64,
    /// What the recent mean change adds.
    trend: f64,
    /// What the weekday usually adds to that or takes away.
    weekday: f64,
    /// What the assumed activity adds.
    activity: f64,
    /// What covariates add; 0 where none is kept.
    covariates: f64,
    /// What the models say besides.
    correction: f64,
    /// The forecast, not rounded.
    prediction: f64,
}

impl From<&Explanation> for ExplanationView {
    fn from(explanation: &Explanation) -> Self {
        let Explanation { date, last_value, trend, weekday, activity, covariates, correction } = *explanation;
        let prediction = explanation.prediction();
        Self { fecha: date.to_string(), last_value, trend, weekday, activity, covariates, correction, prediction }
    }
}

/// Show the inputs of the models.
///
/// Each input with its importance and the value behind the latest forecast, and a forecast in parts that add up to it.
#[utoipa::path(
    get,
    path = "/regression/features/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), FeaturesQuery),
    responses((status = 200, body = FeaturesResponse))
)]
pub(crate) async fn get_features(
    request: HttpRequest,
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<FeaturesQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<FeaturesResponse>, Problem> {
    let FeaturesQuery { fecha, version } = query.into_inner();
    let account = open_at(&use_cases, actor.access()?, &path, &VersionQuery { version }).await?;
    let serving = account.serving()?;
    let view = |feature: &Feature| FeatureView {
        name: feature.name.clone(),
        importance: feature.importance,
        value: feature.latest,
    };
    let report = serving.model.report();
    let explanation = match fecha {
        None => Some(report.explanation),
        Some(text) => {
            let date = date("fecha", Some(&text)).map_err(|violation| vec![violation])?;
            use_cases.forecasts.explain(&account, date)?
        }
    };
    let shares = match &explanation {
        Some(explanation) => use_cases.forecasts.shares(&account, explanation.date)?,
        None => Vec::new(),
    };
    let unexplained = || {
        let ReaderLanguage(language) = ReaderLanguage::of(&request);
        UnexplainedView { code: UNEXPLAINED, message: texts::message(language, "unexplained", &[]) }
    };
    let features: Vec<FeatureView> = report.features.iter().map(view).collect();
    Ok(Polled(FeaturesResponse {
        account_name: account.snapshot().account.handle.as_str().to_owned(),
        target_variable: TARGET,
        model_version: serving.version.get(),
        feature_count: features.len(),
        features,
        covariates: shares.into_iter().map(CovariateShareView::from).collect(),
        unexplained: explanation.is_none().then(unexplained),
        explanation: explanation.as_ref().map(ExplanationView::from),
    }))
}
