//! The whole route table, in the order of the OpenAPI document.

use crate::api::auth::{login, password, profile, sessions};
use crate::api::forecasts::{answers, batch, features, joint, lists, models, path, review, training, versions};
use crate::api::jobs::events;
use crate::api::observations::routes as observations;
use crate::api::{accounts, audit, companies, jobs, operation, users};
use crate::http::registry::{Registry, operations};

/// Registers every operation. The one that dashboards ask for most comes first: of the operations whose paths begin
/// alike, actix tries the patterns in this order, and as the 27th it cost a fifth of the whole request.
pub(crate) fn register(registry: &mut impl Registry) {
    operations! { registry:
        answers { predict }
        login { login, refresh_session, logout }
        profile { me }
        accounts { my_accounts }
        password { change_password }
        sessions { list_sessions, end_other_sessions, end_session }
        users { register, list_users, get_user, change_user, assign_accounts }
        sessions { list_user_sessions, end_user_sessions, end_user_session }
        companies { list_companies, create_company, get_company, change_company }
        audit { list_audit, audit_head }
        accounts { list_accounts, create_account, get_account, change_account }
        observations { upload_observations, list_observations, delete_observations }
        answers { predict_assuming }
        batch { predict_batch }
        path { forecast_path }
        joint { forecast_goal, company_forecast }
        training { train, train_all }
        lists { forecast_users, available_accounts }
        models { metrics, model_info }
        versions { list_versions, activate_version }
        features { features }
        models { history, compare_models }
        review { forecast_accuracy, forecast_anomalies }
        training { delete_model }
        jobs { list_jobs, get_job, cancel_job }
        events { job_events }
        operation { health_report, live, ready, process_metrics, jwks, openapi_document, docs, docs_asset }
    }
}
