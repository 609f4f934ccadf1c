//! Words of the wire as types of the domain, each failure named by its field.

use std::str::FromStr;

use atalaya_application::error::{Field, ValueKind, Violation};
use atalaya_application::page::PageRequest;
use atalaya_application::ports::repositories::TimeSpan;
use atalaya_domain::calendar::{end_of_day, start_of_day};
use atalaya_domain::company::parse_time_zone;
use atalaya_domain::forecast::Level;
use atalaya_domain::id::ModelVersion;
use atalaya_domain::observation::Followers;
use atalaya_domain::text::InvalidText;
use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, SubsecRound, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use crate::api::cursor::{self, Cursor};
use crate::api::tabular::iso_date;

/// Collects what is wrong with a body, so that every broken rule is named at once.
pub(crate) struct Rules {
    broken: Vec<Violation>,
    most: usize,
    /// Broken rules beyond those that are kept.
    beyond: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self::keeping(Violation::MOST)
    }
}

impl Rules {
    /// Keeps the value or the violation.
    pub(crate) fn take<T>(&mut self, result: Result<T, Violation>) -> Option<T> {
        result.map_err(|violation| self.broken(violation)).ok()
    }

    /// Keeps the value or all of the violations.
    pub(crate) fn take_all<T>(&mut self, result: Result<T, Vec<Violation>>) -> Option<T> {
        result.map_err(|violations| violations.into_iter().for_each(|violation| self.broken(violation))).ok()
    }

    /// Parses a text by its type.
    pub(crate) fn text<T>(
        &mut self,
        field: &str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, InvalidText>,
    ) -> Option<T> {
        self.take(parse(text).map_err(|error| Violation::text(field, error)))
    }

    /// Parses a text that may be absent; the outer `None` means that it is wrong.
    #[expect(clippy::option_option, reason = "absent and wrong are different things here")]
    pub(crate) fn optional<T>(
        &mut self,
        field: &str,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, InvalidText>,
    ) -> Option<Option<T>> {
        match text {
            None => Some(None),
            Some(text) => self.text(field, text, parse).map(Some),
        }
    }

    /// Parses a zone that may be absent; the outer `None` means that it is wrong.
    #[expect(clippy::option_option, reason = "absent and wrong are different things here")]
    pub(crate) fn zone(&mut self, field: &str, text: Option<&str>) -> Option<Option<Tz>> {
        match text {
            None => Some(None),
            Some(text) => self.take(parse_time_zone(text).map_err(|_| Violation::new(field, "unknown_zone"))).map(Some),
        }
    }

    /// Rules of which so many broken ones are kept; all are counted.
    pub(crate) fn keeping(most: usize) -> Self {
        Self { broken: Vec::new(), most, beyond: 0 }
    }

    /// Adds a violation, up to as many as are kept.
    pub(crate) fn broken(&mut self, violation: Violation) {
        if self.broken.len() < self.most {
            self.broken.push(violation);
        } else {
            self.beyond += 1;
        }
    }

    /// The broken rules that were kept, and how many there were.
    pub(crate) fn into_broken(self) -> (Vec<Violation>, usize) {
        let all = self.broken.len() + self.beyond;
        (self.broken, all)
    }

    /// The value, if no rule was broken on the way.
    ///
    /// # Errors
    /// Every broken rule.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Violation>> {
        match value {
            Some(value) if self.broken.is_empty() => Ok(value),
            _ => Err(self.broken),
        }
    }
}

/// A date `YYYY-MM-DD` that exists.
pub(crate) fn date(field: &str, text: Option<&str>) -> Result<NaiveDate, Violation> {
    let text = text.ok_or_else(|| Violation::new(field, "missing"))?;
    iso_date(text).ok_or_else(|| Violation::new(field, "invalid_date"))
}

/// The dates of `from` and `to`, where they are named.
pub(crate) fn date_span(
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Vec<Violation>> {
    let mut rules = Rules::default();
    let from = from.and_then(|text| rules.take(date("from", Some(text))));
    let to = to.and_then(|text| rules.take(date("to", Some(text))));
    rules.finish(Some((from, to)))
}

/// One word of a closed set, all of which `known` names.
pub(crate) fn known_word<T: FromStr>(
    field: impl Into<Field>,
    text: &str,
    known: impl IntoIterator<Item = &'static str>,
) -> Result<T, Violation> {
    text.parse().map_err(|_| Violation::unknown_value(field, known))
}

/// A query parameter that is `true` or `false`, the latter unless told.
pub(crate) fn flag(name: &'static str, text: Option<&str>) -> Result<bool, Violation> {
    match text {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Violation::unknown_value(name, ["true", "false"])),
    }
}

/// A moment: with a zone of its own, or on the clocks of `zone`. A date alone is its first moment. Years have four
/// digits, and a leap second is none: the store and the calendar know neither. To the microsecond, as the store keeps
/// it.
#[must_use]
pub fn moment(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    moments(text, zone).map(|(first, _)| first)
}

/// [`moment`], and the later one of the two where the clocks of `zone` show the time twice.
pub(crate) fn moments(text: &str, zone: Tz) -> Option<(DateTime<Utc>, Option<DateTime<Utc>>)> {
    if let Ok(date) = date("", Some(text)) {
        return start_of_day(date, zone).map(|start| (start, None));
    }
    let (year, rest) = text.split_at_checked(4)?;
    if !year.bytes().all(|byte| byte.is_ascii_digit()) || !rest.starts_with('-') {
        return None;
    }
    let (first, second) = if let Ok(with_zone) = DateTime::parse_from_rfc3339(text) {
        (with_zone.to_utc(), None)
    } else {
        let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
        let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
        let found = zone.from_local_datetime(&local);
        let first = found.earliest()?.to_utc();
        (first, found.latest().map(|latest| latest.to_utc()).filter(|latest| *latest != first))
    };
    let whole = |moment: DateTime<Utc>| moment.trunc_subsecs(6);
    (first.nanosecond() < 1_000_000_000).then(|| (whole(first), second.map(whole)))
}

/// A moment as the wire spells it: UTC, to the microsecond where it has one.
pub(crate) fn wire_time(at: DateTime<Utc>) -> String {
    at.trunc_subsecs(6).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The span of `from` and `to`, both of them dates of `zone` or moments. A date in `to` is included whole. A span that
/// ends before it begins is a mistake, and not an empty one.
pub(crate) fn span(from: Option<&str>, to: Option<&str>, zone: Tz) -> Result<TimeSpan, Vec<Violation>> {
    let mut rules = Rules::default();
    let invalid = |field: &'static str| Violation::new(field, "invalid_time");
    let from = from.map(|text| rules.take(moment(text, zone).ok_or_else(|| invalid("from"))));
    let until = to.map(|text| {
        let until = match date("to", Some(text)) {
            Ok(date) => end_of_day(date, zone),
            Err(_) => moment(text, zone).and_then(|at| at.checked_add_signed(TimeDelta::microseconds(1))),
        };
        rules.take(until.ok_or_else(|| invalid("to")))
    });
    let span = TimeSpan { from: from.flatten(), until: until.flatten() };
    if span.from.zip(span.until).is_some_and(|(from, until)| from >= until) {
        rules.broken(Violation::new("from", "after_to"));
    }
    rules.finish(Some(span))
}

/// The beginning of a name that somebody else chose, for an error to repeat.
pub(crate) fn shortened(name: &str) -> &str {
    const MOST_BYTES: usize = 64;
    name.get(..name.floor_char_boundary(MOST_BYTES)).unwrap_or(name)
}

/// A count of followers, posts or accounts.
pub(crate) fn count(number: i64) -> Option<Followers> {
    u64::try_from(number).ok().and_then(|number| Followers::new(number).ok())
}

/// Levels of intervals; the defaults where none are named.
pub(crate) fn levels(field: &str, levels: Option<&[i64]>) -> Result<Vec<Level>, Vec<Violation>> {
    const MOST: usize = 10;
    let Some(levels) = levels.filter(|levels| !levels.is_empty()) else { return Ok(Level::DEFAULTS.to_vec()) };
    if levels.len() > MOST {
        return Err(vec![Violation::new(field, "too_many").with("max", &MOST)]);
    }
    let mut rules = Rules::default();
    let parse = |(index, percent): (usize, &i64)| {
        let level = u8::try_from(*percent).ok().and_then(|percent| Level::new(percent).ok());
        let place = format!("{field}[{index}]");
        if levels.iter().take(index).any(|earlier| earlier == percent) {
            return Err(Violation::new(place, "repeated"));
        }
        level.ok_or_else(|| match percent {
            ..1 => Violation::new(place, "too_small").with("min", &1),
            _ => Violation::new(place, "too_large").with("max", &99),
        })
    };
    let parsed = levels.iter().enumerate().filter_map(|item| rules.take(parse(item))).collect();
    rules.finish(Some(parsed))
}

/// One level of an interval, in percent.
pub(crate) fn level(field: &str, text: &str) -> Result<Level, Violation> {
    match text.parse::<i64>() {
        Ok(..1) => Err(Violation::new(field, "too_small").with("min", &1)),
        Ok(100..) => Err(Violation::new(field, "too_large").with("max", &99)),
        Ok(percent) => {
            let level = u8::try_from(percent).ok().and_then(|percent| Level::new(percent).ok());
            level.ok_or_else(|| Violation::new(field, "invalid"))
        }
        Err(_) => Err(Violation::wrong_type(field, ValueKind::WholeNumber)),
    }
}

/// The number of a version of a model.
pub(crate) fn version(field: &str, text: &str) -> Result<ModelVersion, Violation> {
    match text.parse() {
        Ok(..1) => Err(Violation::new(field, "too_small").with("min", &1)),
        Ok(number) => Ok(ModelVersion::new(number)),
        Err(_) => Err(Violation::wrong_type(field, ValueKind::WholeNumber)),
    }
}

/// A page of a list.
pub(crate) fn page<K: Cursor>(limit: Option<&str>, cursor: Option<&str>) -> Result<PageRequest<K>, Vec<Violation>> {
    let mut rules = Rules::default();
    let limit = match limit {
        None => Some(PageRequest::<K>::DEFAULT_LIMIT),
        Some(text) => rules.take(match text.parse::<isize>().map(|limit| (limit, usize::try_from(limit))) {
            Ok((_, Ok(limit @ 1..))) if limit <= PageRequest::<K>::MAX_LIMIT => Ok(limit),
            Ok((1.., _)) => Err(Violation::new("limit", "too_large").with("max", &PageRequest::<K>::MAX_LIMIT)),
            Ok(_) => Err(Violation::new("limit", "too_small").with("min", &1)),
            Err(_) => Err(Violation::wrong_type("limit", ValueKind::WholeNumber)),
        }),
    };
    let after = match cursor {
        None => None,
        Some(text) => rules.take(cursor::parse(text).ok_or_else(|| Violation::new("cursor", "not_a_cursor"))),
    };
    rules.finish(limit.map(|limit| PageRequest::new(after, limit)))
}

/// The page of a list that is whole where neither `limit` nor `cursor` is given: clients from before there were pages
/// ask so.
pub(crate) fn page_or_all<K: Cursor>(
    limit: Option<&str>,
    cursor: Option<&str>,
) -> Result<Option<PageRequest<K>>, Vec<Violation>> {
    if limit.is_none() && cursor.is_none() { Ok(None) } else { page(limit, cursor).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMA: Tz = chrono_tz::America::Lima;

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for bad in ["2026-02-30", "2026-13-01", "2026-1-2", "+12026-01-01", "hoy", "", "2026-01-01 "] {
            assert!(date("fecha", Some(bad)).is_err(), "{bad:?} was accepted");
        }
        assert!(date("fecha", Some("2028-02-29")).is_ok());
    }

    #[test]
    fn a_time_without_zone_is_on_the_accounts_clocks() {
        assert_eq!(wire_time(moment("2025-07-09 07:10:57", LIMA).unwrap()), "2025-07-09T12:10:57Z");
        assert_eq!(wire_time(moment("2025-07-09T07:10:57Z", LIMA).unwrap()), "2025-07-09T07:10:57Z");
        assert_eq!(wire_time(moment("2025-07-09T07:10:57.5+02:00", LIMA).unwrap()), "2025-07-09T05:10:57.500Z");
        for bad in ["2026-02-30 10:00:00", "2026-06-30T23:59:60Z", "+262142-12-31 18:59:59", "12026-01-01T00:00:00Z"] {
            assert_eq!(moment(bad, LIMA), None, "{bad}");
        }
    }

    #[test]
    fn a_date_whose_midnight_is_skipped_begins_after_the_change() {
        let santiago = chrono_tz::America::Santiago;
        assert_eq!(wire_time(moment("2024-09-08", santiago).unwrap()), "2024-09-08T04:00:00Z");
        assert_eq!(moment("2024-09-08 00:00:00", santiago), None, "a time that clocks skip does not exist");
        assert_eq!(moment("2011-12-30", chrono_tz::Pacific::Apia), None, "nor does a day that was left out");
        let day = span(Some("2024-09-08"), Some("2024-09-08"), santiago).unwrap();
        assert_eq!(day.until.unwrap() - day.from.unwrap(), TimeDelta::hours(23));
    }

    #[test]
    fn a_date_as_upper_bound_is_included_whole() {
        let span = span(Some("2026-01-01"), Some("2026-01-01"), LIMA).unwrap();
        assert_eq!(span.until.unwrap() - span.from.unwrap(), TimeDelta::days(1));
        let longer = super::span(Some("2026-10-25"), Some("2026-10-25"), chrono_tz::Europe::London).unwrap();
        assert_eq!(longer.until.unwrap() - longer.from.unwrap(), TimeDelta::hours(25));
    }
}
