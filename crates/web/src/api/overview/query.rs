//! What is asked of the overview.

use atalaya_application::error::Violation;
use atalaya_application::overview::{AttentionFilter, OverviewQuery, Place, PlaceValue, SortKey};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::overview::AttentionCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::cursor::Cursor;
use crate::api::parse::{Rules, page};
use crate::api::schemas::{AttentionFilterWord, OrderWord, OverviewSort};

/// The most characters that are searched for.
const MOST_SEARCHED: usize = 100;
/// What stands for all codes.
const ANY: &str = "any";
const ASCENDING: &str = "asc";
const DESCENDING: &str = "desc";

/// Which accounts, and in which order.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OverviewParameters {
    /// By what they are sorted; `name` unless told.
    #[param(value_type = Option<OverviewSort>)]
    sort: Option<String>,
    /// `asc` begins with the smallest, `desc` with the largest: `asc` for names, else `desc` unless told. What is not
    /// known stands last.
    #[param(value_type = Option<OrderWord>)]
    order: Option<String>,
    /// What the handle or the name contains, at most 100 characters; letter case and accents do not count.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Only accounts of which something needs attention: `any`, or one code.
    #[param(value_type = Option<AttentionFilterWord>)]
    attention: Option<String>,
    /// Items on a page, 1 to 1,000; 100 unless told.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    limit: Option<String>,
    /// `next_cursor` of the page before, asked with the same `sort` and `order`.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

impl OverviewParameters {
    /// The query; every broken rule is named.
    pub(super) fn understood(&self) -> Result<OverviewQuery, Vec<Violation>> {
        let mut rules = Rules::default();
        let sort = rules.take(self.sort());
        let descending = rules.take(match self.order.as_deref() {
            None => Ok(sort.is_some_and(|sort| sort != SortKey::Name)),
            Some(ASCENDING) => Ok(false),
            Some(DESCENDING) => Ok(true),
            Some(_) => Err(Violation::unknown_value("order", [ASCENDING, DESCENDING])),
        });
        let search = self.q.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if search.is_some_and(|text| text.chars().count() > MOST_SEARCHED) {
            rules.broken(Violation::new("q", "too_long").with("max", &MOST_SEARCHED));
        }
        let attention = rules.take(self.attention());
        let page = rules.take_all(page::<Place>(self.limit.as_deref(), self.cursor.as_deref()));
        let page = page.filter(|page| {
            let other = page.after.as_ref().zip(sort.zip(descending));
            let fits = other.is_none_or(|(place, order)| (place.sort, place.descending) == order);
            if !fits {
                rules.broken(Violation::new("cursor", "not_a_cursor"));
            }
            fits
        });
        let query = sort.zip(descending).zip(attention.zip(page)).map(|((sort, descending), (attention, page))| {
            OverviewQuery { sort, descending, search: search.map(str::to_owned), attention, page }
        });
        rules.finish(query)
    }

    fn sort(&self) -> Result<SortKey, Violation> {
        let Some(word) = self.sort.as_deref() else { return Ok(SortKey::default()) };
        sort_of(word).ok_or_else(|| Violation::unknown_value("sort", SortKey::ALL.map(SortKey::as_str)))
    }

    fn attention(&self) -> Result<Option<AttentionFilter>, Violation> {
        let Some(word) = self.attention.as_deref() else { return Ok(None) };
        let code = AttentionCode::ALL.into_iter().find(|code| code.as_str() == word);
        let filter = if word == ANY { Some(AttentionFilter::Any) } else { code.map(AttentionFilter::Only) };
        let known = [ANY].into_iter().chain(AttentionCode::ALL.map(AttentionCode::as_str));
        filter.map(Some).ok_or_else(|| Violation::unknown_value("attention", known))
    }
}

fn sort_of(word: &str) -> Option<SortKey> {
    SortKey::ALL.into_iter().find(|key| key.as_str() == word)
}

/// Sort and order, the value, of which a text is in base64 (RFC 4648, 5), and the handle; points are between them.
impl Cursor for Place {
    fn write(&self) -> String {
        let order = if self.descending { DESCENDING } else { ASCENDING };
        let value = match &self.value {
            PlaceValue::Text(text) => format!("t{}", URL_SAFE_NO_PAD.encode(text)),
            PlaceValue::Number(number) => format!("n{number}"),
            PlaceValue::Unknown => "u".to_owned(),
        };
        format!("{}.{order}.{value}.{}", self.sort.as_str(), self.handle.as_str())
    }

    fn read(text: &str) -> Option<Self> {
        let (sort, rest) = text.split_once('.')?;
        let (order, rest) = rest.split_once('.')?;
        let (value, handle) = rest.split_once('.')?;
        let (sort, descending) = (sort_of(sort)?, order == DESCENDING);
        let value = match (value.split_at_checked(1)?, sort == SortKey::Name) {
            (("t", encoded), true) => PlaceValue::Text(String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?),
            (("n", number), false) => PlaceValue::Number(number.parse().ok()?),
            (("u", ""), false) => PlaceValue::Unknown,
            _ => return None,
        };
        Some(Self { sort, descending, value, handle: AccountHandle::parse(handle).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::cursor::parse;

    #[test]
    fn a_place_is_a_cursor_and_no_other_spelling_is() {
        let values = [
            (SortKey::Name, PlaceValue::Text("ñandú 7".to_owned())),
            (SortKey::Week, PlaceValue::Number(-12)),
            (SortKey::Forecast, PlaceValue::Unknown),
        ];
        for ((sort, value), descending) in values.into_iter().zip([true, false, true]) {
            let place = Place { sort, descending, value, handle: AccountHandle::parse("banco.pe").unwrap() };
            assert_eq!(parse::<Place>(&place.write()), Some(place));
        }
        let no_values = ["", "u", "x.bcp", "n.bcp", "n1.5.@bcp", "n+1.bcp", "n01.bcp", "tYg.bcp", "u1.bcp", "ñ.b"];
        for none in no_values.map(|place| format!("data.desc.{place}")) {
            assert_eq!(parse::<Place>(&none), None, "{none}");
        }
        for none in ["", "n1.bcp", "data.n1.bcp", "data.up.n1.bcp", "x.asc.n1.bcp", "name.asc.n1.bcp"] {
            assert_eq!(parse::<Place>(none), None, "{none}");
        }
        for none in ["tC3", "tc", "tff", "u"] {
            assert_eq!(parse::<Place>(&format!("name.asc.{none}.bcp")), None, "{none}");
        }
    }
}
