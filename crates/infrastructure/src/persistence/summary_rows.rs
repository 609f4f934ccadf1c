//! The rows of `account_summaries`, half by half.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::account_summaries;

/// The first half of a row: of which zone, how many observations and which newest one it was made, and the latest days.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = account_summaries, treat_none_as_default_value = false)]
pub(super) struct RecentRow {
    pub(super) company_id: i64,
    pub(super) account_id: i64,
    pub(super) time_zone: Option<String>,
    pub(super) observation_count: Option<i64>,
    pub(super) newest_observation_at: Option<NaiveDateTime>,
    pub(super) recent: Option<Vec<u8>>,
}

/// The second half: of which version it was made, and what that version says.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = account_summaries, treat_none_as_default_value = false)]
pub(super) struct OutlookRow {
    pub(super) company_id: i64,
    pub(super) account_id: i64,
    pub(super) model_version: Option<i32>,
    pub(super) outlook: Option<Vec<u8>>,
}
