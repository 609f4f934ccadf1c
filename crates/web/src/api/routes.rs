//! The whole route table, in the order of the OpenAPI document.

use crate::api::auth::clients;
use crate::api::auth::{kept_login, login, password, profile, session_events, sessions, temporary_password};
use crate::api::forecasts::{
    answers, batch, covariates, features, joint, lists, models, path, review, training, versions,
};
use crate::api::jobs::events;
use crate::api::observations::{daily, routes as observations, upload};
use crate::api::tables::import::routes as import;
use crate::api::tables::{
    aggregate, bulk, changes, entities, export, fields, list, own_document, query, records, retype, revisions,
    saved_views, trash,
};
use crate::api::{
    accounts, audit, audit_verification, calendar, companies, digits, docs, installation, jobs, operation, overview,
    users,
};
use crate::graphql::{socket, transport};
use crate::http::registry::{Registry, operations};

/// Registers every operation. The one that dashboards ask for most comes first: of the operations whose paths begin
/// alike, actix tries the patterns in this order, and as the 27th it cost a fifth of the whole request.
pub(crate) fn register(registry: &mut impl Registry) {
    operations! { registry:
        answers { predict }
        login { login, refresh_session, logout }
        profile { get_me }
        accounts { list_my_accounts }
        password { change_password }
        sessions { list_sessions, end_other_sessions, end_session }
        session_events { follow_session }
        users {
            register_user, list_users, list_deleted_users, get_user, change_user, delete_user, restore_user,
            assign_accounts,
        }
        temporary_password { issue_temporary_password }
        sessions { list_user_sessions, end_user_sessions, end_user_session }
        companies { list_companies, create_company, get_company, change_company }
        audit { list_audit, get_audit_head }
        audit_verification { verify_audit }
        overview { show_overview }
        accounts {
            list_deleted_accounts, list_accounts, create_account, get_account, change_account, delete_account,
            restore_account,
        }
        upload { upload_observations }
        observations { list_observations, delete_observations }
        daily { list_days }
        answers { predict_assuming }
        batch { predict_batch }
        path { get_forecast_path, forecast_path }
        joint { get_goal, forecast_company }
        training { train, train_all }
        lists { list_forecast_accounts, list_available_accounts }
        models { get_metrics, get_model_info }
        versions { list_versions, activate_version }
        features { get_features }
        covariates { list_events, get_covariates, set_covariates }
        models { list_training_runs, compare_models }
        review { get_accuracy, list_anomalies }
        training { delete_model }
        calendar { list_holidays }
        kept_login { log_in_reader }
        digits { read_digits }
        clients { register_client, log_in_client }
        entities { list_entities, define_entity, get_entity, change_entity, delete_entity, list_relationships }
        fields { define_field, change_field, delete_field }
        retype { retype_field }
        trash { list_deleted_entities, restore_entity, list_deleted_fields, restore_field }
        own_document { describe_tables }
        entities { list_tables, get_table }
        changes { follow_table }
        saved_views { list_views, create_view, get_view, change_view, delete_view }
        list { list_records }
        query { query_records }
        aggregate { aggregate_records }
        bulk { change_records }
        import { import_records }
        export { export_records }
        records {
            create_record, get_record, replace_record, change_record, delete_record, look_up_records, restore_record,
        }
        revisions { list_revisions, revert_record }
        trash { list_deleted_records }
        jobs { list_jobs, get_job, cancel_job }
        events { follow_job }
        transport { ask_graphql }
        socket { get_graphql }
        installation { get_installation }
        operation { get_health, get_liveness, get_readiness, get_process_metrics, get_jwks, get_openapi }
        docs { get_docs, get_docs_file }
    }
}
