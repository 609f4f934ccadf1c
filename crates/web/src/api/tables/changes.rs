//! The changes of a table as server-sent events (WHATWG HTML, 9.2).

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::UseCases;
use atalaya_application::error::AppError;
use atalaya_application::tables::{TableChange, TableFollower};
use atalaya_domain::mandate::ReadRecords;
use serde::Serialize;
use utoipa::ToSchema;

use super::entities::entity_id;
use super::values::moment;
use crate::api::schemas::{TableChangeWord, TableEventWord};
use crate::http::event_streams::{Followed, Told, follow, session_of};
use crate::http::extract::Permitted;
use crate::http::problem::Problem;
use crate::http::state::HttpState;

/// One event of the stream, line by line.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it says in the document what is written line by line")]
pub(crate) struct TableEvent {
    /// `begin` at the start, `change` for each change.
    #[schema(value_type = TableEventWord)]
    event: String,
    /// The change as JSON: `TableChangeView`. Empty for `begin`.
    data: String,
    /// With the first event: after how many milliseconds to ask again where the stream breaks.
    #[schema(value_type = u32, required = false)]
    retry: Option<u32>,
}

/// A change of a table.
#[derive(Serialize, ToSchema)]
pub(crate) struct TableChangeView {
    /// What was done, in the words of the audit log.
    #[schema(value_type = TableChangeWord)]
    action: &'static str,
    /// The id of the record; `null` for what a bulk, an import, a relation or a rule did, and for what was done to the
    /// table.
    #[schema(required = true, format = Uuid)]
    record_id: Option<String>,
    /// When.
    #[schema(format = DateTime)]
    at: String,
}

impl From<&TableChange> for TableChangeView {
    fn from(change: &TableChange) -> Self {
        Self {
            action: change.action.as_str(),
            record_id: change.record.map(|record| record.get().to_string()),
            at: moment(change.at),
        }
    }
}

/// Follow a table.
///
/// As server-sent events: `begin` at once, then `change` for each change of its records and fields within a second,
/// whichever replica made it. Read the records after `begin`, so that nothing is missed. Whoever reads their own
/// records only hears of those, and of what they did themselves. The stream ends when the session does or the table is
/// deleted, and when the server ends: then follow again. The token travels in `Authorization` as everywhere, so
/// browsers use `fetch`.
#[utoipa::path(
    get,
    path = "/api/entities/{entity_id}/events",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type")),
    responses((
        status = 200,
        content_type = "text/event-stream",
        body = TableEvent,
        description = "Server-sent events (WHATWG HTML, 9.2), each as the schema says. A comment (`:`) comes every 15 s \
            where there is nothing to tell"
    ))
)]
pub(crate) async fn follow_table(
    request: HttpRequest,
    actor: Permitted<ReadRecords>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let place = http.table_streams.begin(&actor)?;
    let follower = TableFollower {
        session: session_of(&request, &use_cases)?,
        tables: Arc::clone(&use_cases.table_changes),
        origin: actor.caller().origin().clone(),
        id: entity_id(&path)?,
        place: None,
    };
    follow(request, place, TableEvents(follower)).await
}

/// A table as it is told to one client.
struct TableEvents(TableFollower);

impl Followed for TableEvents {
    fn look(&mut self) -> Result<Told, AppError> {
        let has_begun = self.0.place.is_some();
        let changes = match self.0.look() {
            Ok(Some(changes)) => changes,
            Ok(None) => return Ok(Told::Event("event: begin\ndata:\n".to_owned())),
            // A database that is away for a moment ends nothing.
            Err(AppError::Unavailable { .. }) if has_begun => return Ok(Told::Unavailable),
            Err(error) => return Err(error),
        };
        let event = |change: &TableChange| {
            let data = serde_json::to_string(&TableChangeView::from(change)).map_err(AppError::internal)?;
            Ok(format!("event: change\ndata: {data}\n"))
        };
        let events = changes.iter().map(event).collect::<Result<Vec<String>, AppError>>()?;
        Ok(if events.is_empty() { Told::Nothing } else { Told::Event(events.join("\n")) })
    }
}
