//! The audit log, for administrators of its company and operators of the platform.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, mime, web};
use atalaya_application::UseCases;
use atalaya_application::error::{AppError, Violation};
use atalaya_application::page::PageRequest;
use atalaya_application::ports::audit::AuditFilter;
use atalaya_domain::audit::{AuditAction, AuditEntry, AuditOutcome, AuditTarget, Chain, ChainHead, Mac, SignedHead};
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::ReadAudit;
use atalaya_domain::user::Username;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::company_query::named_company;
use crate::api::csv_lines::{Cell, CsvLines};
use crate::api::cursor::Cursor as _;
use crate::api::parse::{Rules, known_word, page, span, wire_time};
use crate::api::schemas::{ActionWord, MomentText, OutcomeWord};
use crate::http::accept::prefers;
use crate::http::blocking;
use crate::http::description::NotFound;
use crate::http::exports::{CSV, Outlet};
use crate::http::extract::Guarded;
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Polled, PolledResponse};
use crate::http::state::HttpState;

/// An entry.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditEntryView {
    /// Its number in the chain, without gaps.
    #[schema(minimum = 1)]
    seq: i64,
    /// When.
    #[schema(format = DateTime, example = "2026-01-24T10:30:00Z")]
    at: String,
    /// The user's id, where the actor is a user.
    #[schema(minimum = 1, required = true)]
    actor_id: Option<i64>,
    /// A username, or without an id: `operator`, `system`, `anonymous`, `various`.
    #[schema(example = "admin_interbank")]
    actor: String,
    /// What.
    #[schema(value_type = ActionWord)]
    action: String,
    /// To what.
    #[schema(required = true)]
    target: Option<String>,
    /// From where.
    #[schema(required = true)]
    address: Option<String>,
    /// The request; the last one where several were counted.
    #[schema(required = true)]
    request_id: Option<String>,
    /// `success`, `failure` or `denied`.
    #[schema(value_type = OutcomeWord)]
    outcome: String,
    /// 1, or how many alike were counted in a minute.
    #[schema(minimum = 1)]
    count: i64,
}

/// A page of entries.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditResponse {
    /// The entries, newest first.
    entries: Vec<AuditEntryView>,
    /// Where the next page begins; `null` on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// Where a chain ends, signed by the installation.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct AuditHeadView {
    /// The company; `null` for the platform's chain.
    #[schema(minimum = 1, required = true)]
    chain: Option<i64>,
    /// The number of the last entry; 0 where there is none.
    #[schema(minimum = 0)]
    seq: i64,
    /// The code of the last entry, which depends on every entry before it (base64).
    mac: String,
    /// When it was signed.
    #[schema(format = DateTime, example = "2026-01-24T10:30:00Z")]
    at: String,
    /// A code over all of that, which `atalaya audit verify --head` checks (base64).
    signature: String,
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Not before this date or time.
    #[param(value_type = Option<MomentText>)]
    from: Option<String>,
    /// Not after this date or time; a date is included whole.
    #[param(value_type = Option<MomentText>)]
    to: Option<String>,
    /// What was done, such as `login`.
    #[param(value_type = Option<ActionWord>)]
    action: Option<String>,
    /// By whom.
    #[param(min_length = 1)]
    actor: Option<String>,
    /// `success`, `failure` or `denied`.
    #[param(value_type = Option<OutcomeWord>)]
    outcome: Option<String>,
    /// To what, the whole text.
    #[param(min_length = 1, max_length = 256)]
    target: Option<String>,
    /// Items on a page, 1 to 1,000; 100 unless told. A CSV without `limit` holds everything.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    limit: Option<String>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// The company, for superadmins; the platform's own log unless told.
    #[param(value_type = Option<i64>)]
    empresa_id: Option<String>,
}

/// Whose log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HeadQuery {
    /// The company, for superadmins; the platform's own log unless told.
    #[param(value_type = Option<i64>)]
    pub(super) empresa_id: Option<String>,
}

impl From<AuditEntry> for AuditEntryView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            at: wire_time(entry.at()),
            seq: entry.seq,
            actor_id: entry.actor_id,
            actor: entry.actor,
            action: entry.action,
            target: entry.target,
            address: entry.address,
            request_id: entry.request_id,
            outcome: entry.outcome,
            count: entry.count,
        }
    }
}

impl AuditQuery {
    fn into_request(self, zone: Tz) -> Result<(AuditFilter, PageRequest<i64>), Vec<Violation>> {
        let mut rules = Rules::default();
        let span = rules.take_all(span(self.from.as_deref(), self.to.as_deref(), zone));
        let actions = AuditAction::ALL.iter().map(|action| action.as_str());
        let action = self.action.map(|word| rules.take(known_word("action", &word, actions)));
        let outcomes = AuditOutcome::ALL.iter().map(|outcome| outcome.as_str());
        let outcome = self.outcome.map(|word| rules.take(known_word("outcome", &word, outcomes)));
        let actor = rules.optional("actor", self.actor.as_deref(), Username::parse);
        let target = rules.optional("target", self.target.as_deref(), AuditTarget::parse);
        let page = page(self.limit.as_deref(), self.cursor.as_deref());
        let page = rules.take_all(page);
        let request = span.zip(page).map(|(span, page)| {
            let filter = AuditFilter {
                span,
                action: action.flatten(),
                actor: actor.flatten(),
                outcome: outcome.flatten(),
                target: target.flatten(),
            };
            (filter, page)
        });
        rules.finish(request)
    }
}

/// List the audit log.
///
/// Newest first, as JSON in pages, or as CSV where `Accept` prefers `text/csv`. An administrator reads the log of the
/// own company; a superadmin that of the platform, or of a company by `empresa_id`.
#[utoipa::path(
    get,
    path = "/audit",
    tag = "audit",
    params(AuditQuery),
    responses(
        (status = 200, content((AuditResponse = "application/json"), (String = "text/csv"))),
        (status = 404, response = NotFound)
    )
)]
pub(crate) async fn list_audit(
    request: HttpRequest,
    Guarded(actor, query): Guarded<ReadAudit, web::Query<AuditQuery>>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<PolledResponse, Problem> {
    let as_csv = prefers(&request, &mime::TEXT_CSV);
    let query = query.into_inner();
    let whole = as_csv && query.limit.is_none() && query.cursor.is_none();
    let (by, use_cases) = (actor.authorized()?, use_cases.into_inner());
    let shared = Arc::clone(&use_cases);
    let (chain, filter, first) = blocking::run(move || {
        let chain = shared.audit.open(&by, named_company(query.empresa_id.as_deref())?)?;
        let (filter, mut request) = query.into_request(chain.time_zone())?;
        if whole {
            request = PageRequest::new(None, PageRequest::<i64>::MAX_LIMIT);
        }
        let page = shared.audit.list(&chain, &filter, &request)?;
        Ok::<_, Problem>((chain, filter, page))
    })
    .await?;
    if whole && first.next.is_some() {
        let work = move |outlet: &mut Outlet| {
            use_cases.audit.export(&chain, &filter, &mut |entries| outlet.give(|first| csv_lines(&entries, first)))
        };
        return http.exports.stream(&actor, work).await.map(PolledResponse);
    }
    if as_csv {
        let lines = csv_lines(&first.items, true).map_err(AppError::internal)?;
        return Ok(PolledResponse(HttpResponse::Ok().content_type(CSV).body(lines)));
    }
    let body = AuditResponse {
        next_cursor: first.next.map(|seq| seq.write()),
        entries: first.items.into_iter().map(AuditEntryView::from).collect(),
    };
    Ok(Polled(body).response(&request))
}

const COLUMNS: [&str; 10] =
    ["seq", "at", "actor_id", "actor", "action", "target", "address", "request_id", "outcome", "count"];

fn csv_lines(entries: &[AuditEntry], with_header: bool) -> Result<Vec<u8>, csv::Error> {
    let mut lines = CsvLines::default();
    if with_header {
        lines.header(COLUMNS)?;
    }
    let text = |text: Option<&str>| Cell::text(text.unwrap_or_default());
    for entry in entries {
        lines.line([
            Cell::whole(entry.seq),
            Cell::text(&wire_time(entry.at())),
            entry.actor_id.map(Cell::whole).unwrap_or_default(),
            Cell::text(&entry.actor),
            Cell::text(&entry.action),
            text(entry.target.as_deref()),
            text(entry.address.as_deref()),
            text(entry.request_id.as_deref()),
            Cell::text(&entry.outcome),
            Cell::whole(entry.count),
        ])?;
    }
    lines.into_bytes()
}

/// Show where the audit log ends.
///
/// Number and code of the last entry, signed. Keep it elsewhere: it shows later whether the log was cut since.
#[utoipa::path(
    get,
    path = "/audit/head",
    tag = "audit",
    params(HeadQuery),
    responses((status = 200, body = AuditHeadView), (status = 404, response = NotFound))
)]
pub(crate) async fn get_audit_head(
    Guarded(actor, query): Guarded<ReadAudit, web::Query<HeadQuery>>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<AuditHeadView>, Problem> {
    let (by, use_cases) = (actor.authorized()?, use_cases.into_inner());
    let head = blocking::run(move || {
        let chain = use_cases.audit.open(&by, named_company(query.empresa_id.as_deref())?)?;
        Ok::<_, Problem>(use_cases.audit.head(&chain)?)
    });
    Ok(Answered(StatusCode::OK, AuditHeadView::from(head.await?)))
}

impl From<SignedHead> for AuditHeadView {
    fn from(signed: SignedHead) -> Self {
        Self {
            chain: signed.chain.company().map(CompanyId::get),
            seq: signed.head.seq,
            mac: STANDARD.encode(signed.head.mac.0),
            at: wire_time(signed.at),
            signature: STANDARD.encode(signed.signature.0),
        }
    }
}

impl AuditHeadView {
    fn into_domain(self) -> Option<SignedHead> {
        let code = |text: &str| STANDARD.decode(text).ok()?.try_into().ok().map(Mac);
        Some(SignedHead {
            chain: Chain::of(self.chain.map(CompanyId::new)),
            head: ChainHead { seq: self.seq, mac: code(&self.mac)? },
            at: DateTime::parse_from_rfc3339(&self.at).ok()?.with_timezone(&Utc),
            signature: code(&self.signature)?,
        })
    }
}

/// A head as `GET /audit/head` answers it, on one line.
///
/// # Errors
/// `Internal`, never in practice.
pub fn audit_head_json(head: &SignedHead) -> Result<String, AppError> {
    serde_json::to_string(&AuditHeadView::from(*head)).map_err(AppError::internal)
}

/// The heads of a file: any number of them, one after another.
#[must_use]
pub fn read_audit_heads(text: &str) -> Option<Vec<SignedHead>> {
    let heads = serde_json::Deserializer::from_str(text).into_iter::<AuditHeadView>();
    heads.map(|head| head.ok()?.into_domain()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written() {
        let head = |company| SignedHead {
            chain: Chain::of(company),
            head: ChainHead { seq: 9, mac: Mac([1; 32]) },
            at: DateTime::from_timestamp_micros(1_769_256_000_000_001).unwrap(),
            signature: Mac([2; 32]),
        };
        let heads = [head(None), head(Some(CompanyId::new(3)))];
        let text = heads.map(|head| audit_head_json(&head).unwrap()).join("\n");
        assert_eq!(read_audit_heads(&text).unwrap(), heads);
        assert_eq!(read_audit_heads(&text.replace("AQEB", "")), None);
        assert_eq!(read_audit_heads("{}"), None);
    }
}
