//! Searching, sorting and cutting the list of accounts.

use std::cmp::Ordering;

use atalaya_domain::overview::{Attention, AttentionCode};
use atalaya_domain::text::folded;

use super::{AttentionFilter, OverviewQuery, OverviewRow, Place, PlaceValue, SortKey};
use crate::page::Page;

/// A page of those rows that a query asks for, and how many it asks for.
pub(super) fn page_of(rows: Vec<OverviewRow>, query: &OverviewQuery) -> (Page<OverviewRow, Place>, u64) {
    let searched = query.search.as_deref().map(folded);
    let is_asked = |row: &OverviewRow| {
        let is_found = |text: &String| {
            folded(row.account.handle.as_str()).contains(text) || folded(row.account.name.as_str()).contains(text)
        };
        searched.as_ref().is_none_or(is_found) && query.attention.is_none_or(|filter| filter.admits(row))
    };
    let mut placed: Vec<(Place, OverviewRow)> =
        rows.into_iter().filter(is_asked).map(|row| (query.place(&row), row)).collect();
    let order = |one: &Place, other: &Place| one.order(other, query.descending);
    placed.sort_unstable_by(|(one, _), (other, _)| order(one, other));
    let matching = u64::try_from(placed.len()).unwrap_or(u64::MAX);
    let begin = query.page.after.as_ref();
    let begin = begin.map_or(0, |after| placed.partition_point(|(place, _)| order(place, after).is_le()));
    let rows = placed.into_iter().skip(begin).take(query.page.limit().saturating_add(1)).collect();
    let page = Page::from_rows(rows, &query.page, |(place, _): &(Place, OverviewRow)| place.clone());
    let items = page.items.into_iter().map(|(_, row)| row).collect();
    (Page { items, next: page.next }, matching)
}

impl AttentionFilter {
    fn admits(self, row: &OverviewRow) -> bool {
        let mut codes = row.glance.attention.iter().map(Attention::code);
        match self {
            Self::Any => codes.next().is_some(),
            Self::Only(code) => codes.any(|other| other == code),
        }
    }
}

impl OverviewQuery {
    fn place(&self, row: &OverviewRow) -> Place {
        let &Self { sort, descending, .. } = self;
        Place { sort, descending, value: sort.value(row), handle: row.account.handle.clone() }
    }
}

impl SortKey {
    fn value(self, row: &OverviewRow) -> PlaceValue {
        let OverviewRow { account, summary, glance } = row;
        let number = match self {
            Self::Name => return PlaceValue::Text(folded(account.name.as_str())),
            Self::Followers => glance.followers.and_then(|followers| i64::try_from(followers.get()).ok()),
            Self::Week => glance.week.map(|change| change.change),
            Self::FourWeeks => glance.four_weeks.map(|change| change.change),
            Self::Forecast => glance.ahead.map(|ahead| ahead.change),
            Self::Data => summary.data_until.map(|at| at.timestamp_micros()),
            Self::Attention => severity(row),
        };
        number.map_or(PlaceValue::Unknown, PlaceValue::Number)
    }
}

/// The most severe of what needs attention, then how much does; `None` where nothing does.
fn severity(row: &OverviewRow) -> Option<i64> {
    let codes = || row.glance.attention.iter().map(Attention::code);
    let most = codes().map(AttentionCode::severity).max()?;
    let number = i64::try_from(codes().count()).ok()?;
    Some(most.saturating_mul(100).saturating_add(number))
}

impl Place {
    fn order(&self, other: &Self, descending: bool) -> Ordering {
        let is_unknown = |place: &Self| place.value == PlaceValue::Unknown;
        let values = match self.value.cmp(&other.value) {
            order if descending && !is_unknown(self) && !is_unknown(other) => order.reverse(),
            order => order,
        };
        values.then_with(|| self.handle.cmp(&other.handle))
    }
}
