//! Pages of records.

use atalaya_application::AppError;
use atalaya_application::ports::tables::Total;
use atalaya_application::tables::{RecordList, ViewUse};
use serde::Serialize;
use utoipa::ToSchema;

use super::paging::{ListPaging, pages};
use super::record_view::RecordView;
use super::values::RecordForm;
use crate::api::cursor::Cursor;

/// A page of records.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecordsPage {
    /// The records, in the order that was asked for; the newest first where none was.
    items: Vec<RecordView>,
    /// How many there are on all pages.
    total: u64,
    /// Whether `total` was counted; beyond 10,000 that a filter means, it is the least that there are.
    total_exact: bool,
    /// The number of this page, from 1. Of a page by cursor, by how many records came before when it was made.
    #[schema(minimum = 1)]
    page: u32,
    /// Records on a page.
    #[schema(minimum = 1, maximum = 100)]
    page_size: u32,
    /// How many pages there are, at least 1.
    #[schema(minimum = 1)]
    total_pages: u64,
    /// The `cursor` of the next page, which is found as fast however far it is; `null` on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// The view that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    view: Option<UsedView>,
}

/// A view that a list was asked for by.
#[derive(Serialize, ToSchema)]
pub(crate) struct UsedView {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// The ids of fields that the view names and that are not there any more: the list goes without them.
    missing_fields: Vec<String>,
}

impl RecordsPage {
    pub(super) fn new(asked: &ListPaging, list: &RecordList, form: RecordForm) -> Result<Self, AppError> {
        let RecordList { table, records, total: Total { count, exact }, before, next, expanded, .. } = list;
        let view = |record| RecordView::with(table, record, expanded, form);
        let items = records.iter().map(view).collect::<Result<_, _>>()?;
        // A cursor says what it likes of how many came before.
        let page = (before / u64::from(asked.size)).saturating_add(1);
        Ok(Self {
            items,
            total: *count,
            total_exact: *exact,
            page: u32::try_from(page).unwrap_or(u32::MAX),
            page_size: asked.size,
            total_pages: pages(*count, asked.size),
            next_cursor: next.as_ref().map(Cursor::write),
            view: None,
        })
    }

    /// With the view that was asked for.
    pub(super) fn with_view(self, view: Option<ViewUse>, list: &RecordList) -> Self {
        let used = |used: ViewUse| UsedView {
            id: used.view.get().to_string(),
            missing_fields: list.missing.iter().map(|id| id.get().to_string()).collect(),
        };
        Self { view: view.map(used), ..self }
    }
}
