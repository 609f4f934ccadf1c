//! The route that shows what forecasts are made from.

use actix_web::web;
use atalaya_application::UseCases;
use atalaya_domain::forecast::{Explanation, Feature};
use atalaya_domain::mandate::ReadForecasts;
use serde::Serialize;
use utoipa::ToSchema;

use super::{TARGET, VersionQuery, open_at};
use crate::api::schemas::TargetWord;
use crate::http::extract::Guarded;
use crate::http::problem::Problem;
use crate::http::respond::Polled;

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
    /// The forecast of the first date after the history.
    explanation: ExplanationView,
}

/// A forecast in parts, in followers: `last_value`, `trend`, `weekday`, `activity` and `correction` add up to
/// `prediction`.
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
    /// What the models say besides.
    correction: f64,
    /// The forecast, not rounded.
    prediction: f64,
}

impl From<&Explanation> for ExplanationView {
    fn from(explanation: &Explanation) -> Self {
        let Explanation { date, last_value, trend, weekday, activity, correction } = *explanation;
        let prediction = explanation.prediction();
        Self { fecha: date.to_string(), last_value, trend, weekday, activity, correction, prediction }
    }
}

/// Show the inputs of the models.
///
/// Each input with its importance and the value behind the latest forecast.
#[utoipa::path(
    get,
    path = "/regression/features/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), VersionQuery),
    responses((status = 200, body = FeaturesResponse))
)]
pub(crate) async fn get_features(
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<VersionQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<FeaturesResponse>, Problem> {
    let account = open_at(&use_cases, actor.access()?, &path, &query).await?;
    let serving = account.serving()?;
    let view = |feature: &Feature| FeatureView {
        name: feature.name.clone(),
        importance: feature.importance,
        value: feature.latest,
    };
    let report = serving.model.report();
    let features: Vec<FeatureView> = report.features.iter().map(view).collect();
    Ok(Polled(FeaturesResponse {
        account_name: account.snapshot().account.handle.as_str().to_owned(),
        target_variable: TARGET,
        model_version: serving.version.get(),
        feature_count: features.len(),
        features,
        explanation: (&report.explanation).into(),
    }))
}
