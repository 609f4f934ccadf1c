//! The whole route table, in the order of the OpenAPI document.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::{accounts, audit, auth, companies, forecasts, observations, operation, users};

/// Registers every route. The one that dashboards ask for most comes first, because actix tries the patterns in this order,
/// each by a regular expression: as the 27th it cost a fifth of the whole request. Routes are registered as services only, because those are what the document is made from.
pub(crate) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(forecasts::answers::predict)
        .service(auth::login::login)
        .service(auth::login::refresh_session)
        .service(auth::login::logout)
        .service(auth::profile::me)
        .service(accounts::my_accounts)
        .service(auth::password::change_password)
        .service(auth::sessions::list_sessions)
        .service(auth::sessions::end_other_sessions)
        .service(auth::sessions::end_session)
        .service(users::register)
        .service(users::list_users)
        .service(users::get_user)
        .service(users::change_user)
        .service(users::assign_accounts)
        .service(auth::sessions::list_user_sessions)
        .service(auth::sessions::end_user_sessions)
        .service(auth::sessions::end_user_session)
        .service(companies::list_companies)
        .service(companies::create_company)
        .service(companies::get_company)
        .service(companies::change_company)
        .service(audit::list_audit)
        .service(audit::audit_head)
        .service(accounts::list_accounts)
        .service(accounts::create_account)
        .service(accounts::get_account)
        .service(accounts::change_account)
        .service(observations::routes::upload_observations)
        .service(observations::routes::list_observations)
        .service(observations::routes::delete_observations)
        .service(forecasts::answers::predict_assuming)
        .service(forecasts::answers::predict_batch)
        .service(forecasts::answers::forecast_path)
        .service(forecasts::training::train)
        .service(forecasts::models::forecast_users)
        .service(forecasts::models::available_accounts)
        .service(forecasts::models::metrics)
        .service(forecasts::models::model_info)
        .service(forecasts::models::features)
        .service(forecasts::models::history)
        .service(forecasts::models::compare_models)
        .service(forecasts::training::delete_model)
        .service(operation::health_report)
        .service(operation::live)
        .service(operation::ready)
        .service(operation::process_metrics)
        .service(operation::jwks)
        .service(operation::openapi_document)
        .service(operation::docs)
        .service(operation::docs_asset);
}
