//! Whether a log is as it was written, for whoever may read it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::audit::Verification;
use atalaya_domain::audit::Breach;
use atalaya_domain::mandate::ReadAudit;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::audit::HeadQuery;
use crate::api::company_query::named_company;
use crate::api::parse::wire_time;
use crate::http::blocking;
use crate::http::description::NotFound;
use crate::http::extract::Guarded;
use crate::http::problem::Problem;
use crate::http::respond::Answered;
use crate::http::state::HttpState;

/// The newest entry of a log.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewestEntry {
    /// Its number.
    #[schema(minimum = 1)]
    seq: i64,
    /// Its time.
    #[schema(format = DateTime, example = "2026-01-24T10:30:00Z")]
    at: String,
}

/// Whether a log is as it was written.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditVerificationView {
    /// Whether no entry was edited, removed or moved.
    whole: bool,
    /// Entries from the first on that are as they were written.
    #[schema(minimum = 0)]
    checked: i64,
    /// The number of the first entry that is not as it was written, or is missing; `null` where the log is whole.
    #[schema(minimum = 1, required = true)]
    first_bad_seq: Option<i64>,
    /// The newest entry when this began; `null` for an empty log.
    #[schema(required = true)]
    head: Option<NewestEntry>,
}

impl From<Verification> for AuditVerificationView {
    fn from(found: Verification) -> Self {
        let first_bad = found.verdict.err().map(Breach::first_bad);
        Self {
            whole: first_bad.is_none(),
            checked: found.verdict.map_or_else(|breach| (breach.first_bad() - 1).max(0), |head| head.seq),
            first_bad_seq: first_bad,
            head: found.newest.map(|(seq, at)| NewestEntry { seq, at: wire_time(at) }),
        }
    }
}

/// Verify the audit log.
///
/// Follows the log from its first entry to its last and checks each by its code, as `atalaya audit verify` does. What
/// was cut off at the end shows only against a head that was kept elsewhere. Takes a place of the exports.
#[utoipa::path(
    get,
    path = "/audit/verification",
    tag = "audit",
    params(HeadQuery),
    responses((status = 200, body = AuditVerificationView), (status = 404, response = NotFound))
)]
pub(crate) async fn verify_audit(
    Guarded(actor, query): Guarded<ReadAudit, web::Query<HeadQuery>>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<Answered<AuditVerificationView>, Problem> {
    let (by, use_cases) = (actor.authorized()?, use_cases.into_inner());
    let shared = Arc::clone(&use_cases);
    let chain =
        blocking::run(move || Ok::<_, Problem>(shared.audit.open(&by, named_company(query.empresa_id.as_deref())?)?));
    let chain = chain.await?;
    let found = http.exports.run(&actor, move |goes_on| use_cases.audit.verify(&chain, goes_on)).await?;
    Ok(Answered(StatusCode::OK, AuditVerificationView::from(found)))
}
