//! One request for every operation of the OpenAPI document. The matrix fails on an operation without a row here.

/// What a request is about: it decides what somebody of another bank is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Nothing but the caller's own, or nothing that belongs to anybody.
    Own,
    /// An account.
    Account,
    /// Accounts as items of a batch, each with a status of its own.
    Items,
    /// A user.
    User,
    /// A session of the caller.
    Session,
    /// A company, named by a body.
    Company,
    /// A job.
    Job,
    /// An entity type, with its fields and records.
    Entity,
}

/// A request, and how it ends for somebody who may make it. `<…>` stands for a name of the bank that it is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Method and path as in the document.
    pub(crate) operation: &'static str,
    /// The path to call.
    pub(crate) path: &'static str,
    /// The body: JSON, or [`PICTURE`], or else CSV; empty for none.
    pub(crate) body: &'static str,
    /// What it is about.
    pub(crate) target: Target,
    /// The status where everything is allowed.
    pub(crate) allowed: u16,
    /// What a superadmin adds to say which bank is meant.
    pub(crate) superadmin: &'static str,
}

/// Stands for a form with a picture.
pub(crate) const PICTURE: &str = "<picture>";

const fn row(operation: &'static str, path: &'static str, body: &'static str, target: Target, allowed: u16) -> Sample {
    Sample { operation, path, body, target, allowed, superadmin: "" }
}

const fn of_company(sample: Sample) -> Sample {
    Sample { superadmin: "?empresa_id=<company>", ..sample }
}

use Target::{Account, Company, Entity, Items, Job, Own, Session, User};

/// Every operation; one that a parameter makes another, once for each. None of them spoils the world for the next one:
/// what is deleted is made for it.
pub(crate) const SAMPLES: &[Sample] = &[
    row("POST /auth/login", "/auth/login", r#"{"username":"<admin>","password":"Una-Clave-2026"}"#, Own, 200),
    row("POST /auth/refresh", "/auth/refresh", r#"{"refresh_token":"none"}"#, Own, 401),
    row("POST /auth/logout", "/auth/logout", "", Own, 204),
    row("GET /auth/me", "/auth/me", "", Own, 200),
    row("GET /auth/my-accounts", "/auth/my-accounts", "", Own, 200),
    row(
        "POST /auth/change-password",
        "/auth/change-password",
        r#"{"current_password":"Una-Clave-2026","new_password":"corta"}"#,
        Own,
        422,
    ),
    row("GET /auth/sessions", "/auth/sessions", "", Own, 200),
    row("GET /auth/session/events", "/auth/session/events", "", Own, 200),
    row("DELETE /auth/sessions", "/auth/sessions", "", Own, 200),
    row("DELETE /auth/sessions/{id}", "/auth/sessions/<session>", "", Session, 204),
    row(
        "POST /auth/register",
        "/auth/register",
        r#"{"username":"<fresh>","password":"Una-Clave-2026","empresa_id":<company>,"cuentas":["<account>"]}"#,
        Company,
        201,
    ),
    of_company(row("GET /audit", "/audit", "", Own, 200)),
    of_company(row("GET /audit/head", "/audit/head", "", Own, 200)),
    of_company(row("GET /audit/verification", "/audit/verification", "", Own, 200)),
    of_company(row("GET /auth/users", "/auth/users", "", Own, 200)),
    row("GET /auth/users/{id}", "/auth/users/<user>", "", User, 200),
    row("PATCH /auth/users/{id}", "/auth/users/<user>", r#"{"email":"nuevo@example.com"}"#, User, 200),
    row("PUT /auth/users/{id}/accounts", "/auth/users/<user>/accounts", r#"{"cuentas":["<account>"]}"#, User, 200),
    row("POST /auth/users/{id}/temporary-password", "/auth/users/<forgetful>/temporary-password", "", User, 200),
    row("GET /auth/users/{id}/sessions", "/auth/users/<user>/sessions", "", User, 200),
    row("DELETE /auth/users/{id}/sessions", "/auth/users/<user>/sessions", "", User, 200),
    row("DELETE /auth/users/{id}/sessions/{session}", "/auth/users/<user>/sessions/<user_session>", "", User, 204),
    row("GET /installation", "/installation", "", Own, 200),
    row("GET /companies", "/companies", "", Own, 200),
    row("POST /companies", "/companies", r#"{"empresa_nombre":"Banco <fresh>"}"#, Own, 201),
    row("GET /companies/{id}", "/companies/<company>", "", Own, 200),
    row("PATCH /companies/{id}", "/companies/<company>", r#"{"zona_horaria":"America/Lima"}"#, Own, 200),
    row("GET /accounts/overview", "/accounts/overview", "", Own, 200),
    of_company(row("GET /accounts", "/accounts", "", Own, 200)),
    row("POST /accounts", "/accounts", r#"{"cuenta":"<fresh>","nombre":"Nueva","empresa_id":<company>}"#, Company, 201),
    of_company(row("GET /accounts/{username}", "/accounts/<account>", "", Account, 200)),
    of_company(row("PATCH /accounts/{username}", "/accounts/<account>", r#"{"plataforma":"twitter"}"#, Account, 200)),
    row(
        "POST /accounts/{username}/observations",
        "/accounts/<account>/observations",
        r#"{"observations":[{"hora":"2020-01-01T00:00:00Z","seguidores":5}]}"#,
        Account,
        200,
    ),
    row(
        "POST /accounts/{username}/observations",
        "/accounts/<account>/observations?dry_run=true",
        r#"{"observations":[{"hora":"2020-01-01T00:00:00Z","seguidores":5}]}"#,
        Account,
        200,
    ),
    row(
        "POST /accounts/{username}/observations",
        "/accounts/<account>/observations?skip_invalid=true",
        r#"{"observations":[{"hora":"2020-01-01T00:00:00Z","seguidores":5}]}"#,
        Account,
        200,
    ),
    row("GET /accounts/{username}/observations", "/accounts/<account>/observations", "", Account, 200),
    row("GET /accounts/{username}/daily", "/accounts/<account>/daily", "", Account, 200),
    row(
        "DELETE /accounts/{username}/observations",
        "/accounts/<account>/observations?from=2020-01-01&to=2020-01-02",
        "",
        Account,
        200,
    ),
    row("GET /regression/predict/{username}", "/regression/predict/<account>?fecha=2026-08-30", "", Account, 200),
    row(
        "POST /regression/predict/{username}",
        "/regression/predict/<account>",
        r#"{"fecha":"2026-08-30","datos":{"tweets":3}}"#,
        Account,
        200,
    ),
    row(
        "POST /regression/predict-batch",
        "/regression/predict-batch",
        r#"{"items":[{"username":"<account>","fecha":"2026-08-30"}]}"#,
        Items,
        200,
    ),
    row("POST /regression/forecast/{username}", "/regression/forecast/<account>", r#"{"h":3}"#, Account, 200),
    row("GET /regression/goal/{username}", "/regression/goal/<account>?seguidores=500000", "", Account, 200),
    row("GET /regression/company-forecast", "/regression/company-forecast?fecha=2026-08-30", "", Own, 200),
    row(
        "POST /regression/train",
        "/regression/train",
        r#"{"username":"<account>","models":["linear_regression"]}"#,
        Account,
        200,
    ),
    row("POST /regression/train-all", "/regression/train-all", r#"{"models":["linear_regression"]}"#, Own, 202),
    row("GET /regression/users", "/regression/users", "", Own, 200),
    row("GET /regression/available-accounts", "/regression/available-accounts", "", Own, 200),
    row("GET /regression/metrics/{username}", "/regression/metrics/<account>", "", Account, 200),
    row("GET /regression/model-info/{username}", "/regression/model-info/<account>", "", Account, 200),
    row(
        "GET /regression/model-info/{username}/versions",
        "/regression/model-info/<account>/versions",
        "",
        Account,
        200,
    ),
    row(
        "POST /regression/model-info/{username}/versions/{version}/activate",
        "/regression/model-info/<account>/versions/1/activate",
        "{}",
        Account,
        200,
    ),
    row("GET /regression/accuracy/{username}", "/regression/accuracy/<account>", "", Account, 200),
    row("GET /regression/anomalies/{username}", "/regression/anomalies/<account>", "", Account, 200),
    row("GET /regression/features/{username}", "/regression/features/<account>", "", Account, 200),
    row("GET /regression/events/{username}", "/regression/events/<account>", "", Account, 200),
    row("GET /regression/covariates", "/regression/covariates", "", Own, 200),
    row("PUT /regression/covariates", "/regression/covariates", r#"{"covariates":[]}"#, Own, 200),
    row("GET /regression/history/{username}", "/regression/history/<account>", "", Account, 200),
    row("GET /regression/compare-models/{username}", "/regression/compare-models/<account>", "", Account, 200),
    row("DELETE /regression/model/{username}", "/regression/model/<spare>", "", Account, 200),
    row(
        "POST /api/auth/register",
        "/api/auth/register",
        r#"{"username":"<fresh>","email":"nuevo@example.com","password":"Una-Clave-2026"}"#,
        Own,
        201,
    ),
    row("POST /login", "/login", r#"{"username":"<admin>","password":"Una-Clave-2026"}"#, Own, 200),
    row("POST /predict", "/predict", PICTURE, Own, 200),
    row("POST /api/auth/login", "/api/auth/login", r#"{"username":"<admin>","password":"Una-Clave-2026"}"#, Own, 200),
    row("GET /api/metadata/entities", "/api/metadata/entities", "", Own, 200),
    row(
        "POST /api/metadata/entities",
        "/api/metadata/entities",
        r#"{"name":"<fresh>","display_name":"Nueva"}"#,
        Own,
        201,
    ),
    row("GET /api/metadata/entities/{entity_id}", "/api/metadata/entities/<entity>", "", Entity, 200),
    row(
        "PUT /api/metadata/entities/{entity_id}",
        "/api/metadata/entities/<entity>",
        r#"{"display_name":"Otra"}"#,
        Entity,
        200,
    ),
    row("DELETE /api/metadata/entities/{entity_id}", "/api/metadata/entities/<spare_entity>", "", Entity, 204),
    row(
        "GET /api/metadata/entities/{entity_id}/relationships",
        "/api/metadata/entities/<entity>/relationships",
        "",
        Entity,
        200,
    ),
    row(
        "POST /api/metadata/entities/{entity_id}/fields",
        "/api/metadata/entities/<spare_entity>/fields",
        r#"{"name":"<fresh>","display_name":"Nuevo","field_type":"TEXT"}"#,
        Entity,
        201,
    ),
    row(
        "PATCH /api/metadata/entities/{entity_id}/fields/{field_id}",
        "/api/metadata/entities/<entity>/fields/<spare_field>",
        r#"{"display_name":"Otro"}"#,
        Entity,
        200,
    ),
    row(
        "POST /api/metadata/entities/{entity_id}/fields/{field_id}/retype",
        "/api/metadata/entities/<entity>/fields/<spare_field>/retype",
        r#"{"field_type":"TEXT"}"#,
        Entity,
        200,
    ),
    row(
        "DELETE /api/metadata/entities/{entity_id}/fields/{field_id}",
        "/api/metadata/entities/<entity>/fields/<spare_field>",
        "",
        Entity,
        204,
    ),
    row("GET /api/metadata/trash", "/api/metadata/trash", "", Own, 200),
    row(
        "POST /api/metadata/trash/{entity_id}/restore",
        "/api/metadata/trash/<deleted_entity>/restore",
        "",
        Entity,
        200,
    ),
    row("GET /api/metadata/entities/{entity_id}/trash", "/api/metadata/entities/<entity>/trash", "", Entity, 200),
    row(
        "POST /api/metadata/entities/{entity_id}/trash/{field_id}/restore",
        "/api/metadata/entities/<entity>/trash/<deleted_field>/restore",
        "",
        Entity,
        200,
    ),
    row("GET /api/entities", "/api/entities", "", Own, 200),
    row("GET /api/entities/openapi.json", "/api/entities/openapi.json", "", Own, 200),
    row("GET /api/entities/{entity_id}", "/api/entities/<entity>", "", Entity, 200),
    row("GET /api/entities/{entity_id}/records", "/api/entities/<entity>/records", "", Entity, 200),
    row(
        "GET /api/entities/{entity_id}/records",
        "/api/entities/<entity>/records?view=<view>&fields=nombre&page_size=1",
        "",
        Entity,
        200,
    ),
    row("GET /api/entities/{entity_id}/views", "/api/entities/<entity>/views", "", Entity, 200),
    row(
        "POST /api/entities/{entity_id}/views",
        "/api/entities/<entity>/views",
        r#"{"name":"Con nombre","filter":{"field":"nombre","op":"is_null","value":false},"sort":["nombre"]}"#,
        Entity,
        201,
    ),
    row("GET /api/entities/{entity_id}/views/{view_id}", "/api/entities/<entity>/views/<view>", "", Entity, 200),
    row(
        "PUT /api/entities/{entity_id}/views/{view_id}",
        "/api/entities/<entity>/views/<view>",
        r#"{"name":"Otra","fields":["nombre"]}"#,
        Entity,
        200,
    ),
    row("DELETE /api/entities/{entity_id}/views/{view_id}", "/api/entities/<entity>/views/<view>", "", Entity, 204),
    row(
        "POST /api/entities/{entity_id}/records:query",
        "/api/entities/<entity>/records:query",
        r#"{"filter":{"field":"nombre","op":"is_null","value":false}}"#,
        Entity,
        200,
    ),
    row(
        "POST /api/entities/{entity_id}/records:aggregate",
        "/api/entities/<entity>/records:aggregate",
        r#"{"measures":[{"measure":"count"}]}"#,
        Entity,
        200,
    ),
    row(
        "POST /api/entities/{entity_id}/records:bulk",
        "/api/entities/<entity>/records:bulk",
        r#"{"create":[{"data":{"nombre":"nuevo"}}]}"#,
        Entity,
        200,
    ),
    row(
        "POST /api/entities/{entity_id}/records:import",
        "/api/entities/<entity>/records:import",
        "nombre\nnuevo\n",
        Entity,
        200,
    ),
    row(
        "POST /api/entities/{entity_id}/records:import",
        "/api/entities/<entity>/records:import?dry_run=true",
        "nombre\nnuevo\n",
        Entity,
        200,
    ),
    row("GET /api/entities/{entity_id}/events", "/api/entities/<entity>/events", "", Entity, 200),
    row("GET /api/entities/{entity_id}/records:export", "/api/entities/<entity>/records:export", "", Entity, 200),
    row(
        "POST /api/entities/{entity_id}/records",
        "/api/entities/<entity>/records",
        r#"{"data":{"nombre":"nuevo"}}"#,
        Entity,
        201,
    ),
    row(
        "GET /api/entities/{entity_id}/records/{record_id}",
        "/api/entities/<entity>/records/<record>",
        "",
        Entity,
        200,
    ),
    row(
        "PUT /api/entities/{entity_id}/records/{record_id}",
        "/api/entities/<entity>/records/<spare_record>",
        r#"{"data":{"nombre":"otro"}}"#,
        Entity,
        200,
    ),
    row(
        "PATCH /api/entities/{entity_id}/records/{record_id}",
        "/api/entities/<entity>/records/<spare_record>",
        r#"{"data":{"nombre":"otro"}}"#,
        Entity,
        200,
    ),
    row(
        "DELETE /api/entities/{entity_id}/records/{record_id}",
        "/api/entities/<entity>/records/<spare_record>",
        "",
        Entity,
        204,
    ),
    row("GET /api/metadata/entities/{entity_id}/lookup", "/api/metadata/entities/<entity>/lookup", "", Entity, 200),
    row(
        "POST /api/entities/{entity_id}/trash/{record_id}/restore",
        "/api/entities/<entity>/trash/<deleted_record>/restore",
        "",
        Entity,
        200,
    ),
    row(
        "GET /api/entities/{entity_id}/records/{record_id}/revisions",
        "/api/entities/<entity>/records/<record>/revisions",
        "",
        Entity,
        200,
    ),
    row(
        "POST /api/entities/{entity_id}/records/{record_id}/revert",
        "/api/entities/<entity>/records/<spare_record>/revert",
        r#"{"revision":1}"#,
        Entity,
        200,
    ),
    row("GET /api/entities/{entity_id}/trash", "/api/entities/<entity>/trash", "", Entity, 200),
    row("GET /calendar/holidays", "/calendar/holidays", "", Own, 200),
    row("GET /jobs", "/jobs", "", Own, 200),
    row("GET /jobs/{id}", "/jobs/<job>", "", Job, 200),
    row("POST /jobs/{id}/cancel", "/jobs/<job>/cancel", "", Job, 200),
    row("GET /jobs/{id}/events", "/jobs/<job>/events", "", Job, 200),
    row("GET /graphql", "/graphql", "", Own, 200),
    row("POST /graphql", "/graphql", r#"{"query":"{ me { username } }"}"#, Own, 200),
    row("GET /health", "/health", "", Own, 200),
    row("GET /health/live", "/health/live", "", Own, 200),
    row("GET /health/ready", "/health/ready", "", Own, 200),
    row("GET /metrics", "/metrics", "", Own, 200),
    row("GET /.well-known/jwks.json", "/.well-known/jwks.json", "", Own, 200),
    row("GET /api-docs/openapi.json", "/api-docs/openapi.json", "", Own, 200),
    row("GET /docs", "/docs", "", Own, 200),
    row("GET /docs/{file}", "/docs/swagger-ui.css", "", Own, 200),
];
