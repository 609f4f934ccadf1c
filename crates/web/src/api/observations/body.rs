//! The body of an upload: JSON, or a table.

use std::collections::BTreeSet;

use atalaya_application::accounts::OwnedAccount;
use atalaya_application::error::Violation;
use atalaya_application::observations::{Batch, Judged, RowPlace, UploadRow};
use atalaya_domain::mandate::WriteObservations;
use atalaya_domain::observation::Observation;
use atalaya_texts::Language;
use chrono_tz::Tz;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::file::{self, Upload};
use super::row_problem::RowProblem;
use super::times::{Written, resolve};
use super::whole;
use crate::api::parse::{Rules, count};
use crate::api::schemas::MomentText;
use crate::api::tabular::{DateOrder, Table};
use crate::http::body::{TABLE_LIMIT, UploadBody};
use crate::http::object;
use crate::http::problem::Problem;

/// Characters of a line that are repeated where a rule is broken in it.
const MOST_CHARS: usize = 200;

/// Observations to store.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct UploadRequest {
    /// All of them are stored, or none.
    #[serde(deserialize_with = "object::list")]
    observations: Vec<UploadedObservation>,
}

/// An observation to store.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct UploadedObservation {
    /// When; without a zone it is on the account's clocks.
    #[schema(value_type = MomentText)]
    hora: String,
    /// Followers.
    #[serde(deserialize_with = "whole::number")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    seguidores: i64,
    /// Running total of posts.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(maximum = 1_000_000_000_000_i64, minimum = 0)]
    tweets: Option<i64>,
    /// Accounts followed.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(maximum = 1_000_000_000_000_i64, minimum = 0)]
    siguiendo: Option<i64>,
}

/// An Excel file (`.xlsx`) with a table in one of its sheets.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used: a file is read as a table, whatever it is")]
pub(crate) struct WorkbookFile(Vec<u8>);

/// How a table is to be read.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// The order of its dates, where it is told.
    pub(super) dates: Option<DateOrder>,
    /// The sheet of a workbook.
    pub(super) sheet: Option<String>,
    /// Whether columns that are not known are passed over.
    pub(super) passes_over: bool,
}

/// An upload that was read, and the lines that it was read from.
pub(super) struct Read {
    pub(super) upload: Upload,
    table: Option<Table>,
}

impl Read {
    /// Broken rules on the wire, each with its line as it came.
    pub(super) fn problems(&self, broken: &[Violation], language: Language) -> Vec<RowProblem> {
        let numbers: BTreeSet<u64> = broken.iter().filter_map(|violation| violation.line).collect();
        let lines = self.table.as_ref().map(|table| table.line_texts(&numbers, MOST_CHARS)).unwrap_or_default();
        broken.iter().map(|violation| RowProblem::of(violation, &lines, language)).collect()
    }
}

impl UploadRequest {
    /// The sound rows; the others break rules.
    fn rows(self, zone: Tz, rules: &mut Rules) -> Vec<UploadRow> {
        let parse = |(index, row): (usize, UploadedObservation)| row.into_row(index, zone, rules);
        let read: Vec<(Written, UploadRow)> = self.observations.into_iter().enumerate().filter_map(parse).collect();
        let (times, mut rows): (Vec<Written>, Vec<UploadRow>) = read.into_iter().unzip();
        for (row, at) in rows.iter_mut().zip(resolve(&times)) {
            row.observation.at = at;
        }
        rows
    }
}

impl UploadedObservation {
    fn into_row(self, index: usize, zone: Tz, rules: &mut Rules) -> Option<(Written, UploadRow)> {
        let field = |name: &str| format!("observations[{index}].{name}");
        let time = Written::read(&self.hora, zone).ok_or_else(|| Violation::new(field("hora"), "invalid_time"));
        let time = rules.take(time);
        let mut number =
            |name, value| rules.take(count(value).ok_or_else(|| Violation::new(field(name), "not_a_count")));
        let followers = number("seguidores", self.seguidores);
        let posts = self.tweets.map(|value| number("tweets", value));
        let following = self.siguiendo.map(|value| number("siguiendo", value));
        let (time, posts, following) = (time?, posts.flatten(), following.flatten());
        let observation = Observation { at: time.first, followers: followers?, posts, following };
        Some((time, UploadRow { observation, place: RowPlace::Index(index) }))
    }
}

/// Reads an upload whole.
pub(super) fn read(
    body: UploadBody,
    owned: &OwnedAccount<WriteObservations>,
    reading: &Reading,
) -> Result<Read, Problem> {
    match body {
        UploadBody::Json(body) => {
            let request = body.parse::<UploadRequest>()?;
            let (mut rules, total) = (Rules::keeping(Judged::SHOWN), request.observations.len());
            let rows = request.rows(owned.time_zone(), &mut rules);
            let (violations, broken) = rules.into_broken();
            let columns = ["hora", "seguidores", "tweets", "siguiendo"].map(|name| (name.to_owned(), Some(name)));
            let batch = Batch { rows, violations, broken, total, complete: true };
            let upload = Upload { batch, columns: columns.to_vec(), ..Upload::default() };
            Ok(Read { upload, table: None })
        }
        UploadBody::Table(bytes) => {
            let (handle, time_zone) = (&owned.account().handle, owned.time_zone());
            let account = file::Owner { handle, time_zone, dates: reading.dates, passes_over: reading.passes_over };
            Ok(match Table::of_bytes(bytes, reading.sheet.as_deref()) {
                Ok(table) => Read { upload: file::survey(&table, account, Judged::SHOWN), table: Some(table) },
                Err(fault) => Read { upload: Upload::unreadable(&fault), table: None },
            })
        }
    }
}

/// How much work an upload is, in bytes. What is packed may be any size, so it takes its turn as large uploads do.
pub(super) fn weight(body: &UploadBody) -> usize {
    match body {
        UploadBody::Table(bytes) if Table::is_packed(bytes) => TABLE_LIMIT,
        body => body.len(),
    }
}
