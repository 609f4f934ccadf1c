//! Numbered pages, as existing clients of tables know them.

use atalaya_application::error::{ValueKind, Violation};
use atalaya_application::ports::tables::{RecordMark, RecordSlice};
use atalaya_application::tables::RecordPart;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::cursor::parse;
use crate::api::parse::Rules;

/// Records of a page of existing clients that names no size.
const PAGE_SIZE: u32 = 20;
/// The most records of a page.
const MAX_PAGE_SIZE: u32 = 100;
/// The last page that can be asked for: beyond, every page is empty whatever there is.
const MAX_PAGE: u32 = 100_000_000;

/// Which page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The page, from 1.
    #[param(minimum = 1, value_type = Option<u32>)]
    page: Option<String>,
    /// Items on a page, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100, value_type = Option<u32>)]
    page_size: Option<String>,
}

impl PageQuery {
    /// # Errors
    /// What is no page, and what no size of one.
    pub(super) fn paging(&self) -> Result<Paging, Vec<Violation>> {
        Paging::of(self.page.as_deref(), self.page_size.as_deref())
    }
}

/// A whole number of a query from 1 on.
///
/// # Errors
/// What it is instead.
pub(crate) fn whole_number(field: &'static str, text: &str, max: u32) -> Result<u32, Violation> {
    let too_large = || Violation::new(field, "too_large").with("max", &max);
    match text.parse::<u32>() {
        Ok(number) if (1..=max).contains(&number) => Ok(number),
        Ok(0) => Err(Violation::new(field, "too_small").with("min", &1)),
        Ok(_) => Err(too_large()),
        Err(_) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            match !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                true if text.starts_with('-') => Err(Violation::new(field, "too_small").with("min", &1)),
                true => Err(too_large()),
                false => Err(Violation::wrong_type(field, ValueKind::WholeNumber)),
            }
        }
    }
}

/// Which page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paging {
    pub(super) page: u32,
    pub(super) size: u32,
}

impl Paging {
    /// # Errors
    /// What is no page, and what no size of one.
    pub(super) fn of(page: Option<&str>, size: Option<&str>) -> Result<Self, Vec<Violation>> {
        let mut rules = Rules::default();
        let page = page.map_or(Some(1), |text| rules.take(whole_number("page", text, MAX_PAGE)));
        let size = size.map_or(Some(PAGE_SIZE), |text| rules.take(whole_number("page_size", text, MAX_PAGE_SIZE)));
        rules.finish(page.zip(size).map(|(page, size)| Self { page, size }))
    }

    pub(super) fn slice(self) -> RecordSlice {
        RecordSlice { offset: u64::from(self.page - 1) * u64::from(self.size), limit: self.size }
    }

    /// How many pages so many items fill, at least one.
    pub(super) fn pages(self, total: u64) -> u64 {
        pages(total, self.size)
    }
}

/// How many pages of that size so many items fill, at least one.
pub(super) fn pages(total: u64, size: u32) -> u64 {
    total.div_ceil(u64::from(size)).max(1)
}

/// Which page of a list of records: by its number, or behind the page before.
#[derive(Debug, Clone)]
pub(super) struct ListPaging {
    pub(super) part: RecordPart,
    pub(super) size: u32,
}

impl ListPaging {
    /// # Errors
    /// What is no page, no size of one, and no cursor; a page by number and by cursor.
    pub(super) fn of(page: Option<&str>, size: Option<&str>, cursor: Option<&str>) -> Result<Self, Vec<Violation>> {
        let Some(cursor) = cursor else {
            let paging = Paging::of(page, size)?;
            return Ok(Self { part: RecordPart::Slice(paging.slice()), size: paging.size });
        };
        let mut rules = Rules::default();
        if page.is_some() {
            rules.broken(Violation::new("page", "not_with_cursor"));
        }
        let paging = rules.take_all(Paging::of(None, size));
        let mark = parse::<RecordMark>(cursor).ok_or_else(|| Violation::new("cursor", "not_a_cursor"));
        let mark = rules.take(mark);
        let behind = |(mark, Paging { size, .. })| Self { part: RecordPart::Behind(mark, size), size };
        rules.finish(mark.zip(paging).map(behind))
    }
}
