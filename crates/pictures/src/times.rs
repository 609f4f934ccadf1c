//! Dates as people write them, and where an axis of time is labelled: at the starts of hours, days, weeks, months or
//! years.

use atalaya_texts::Language;
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use crate::words::say;

/// Labels of an axis, at most, whatever their width.
const MOST: usize = 24;
/// Small marks between them, at most.
const MOST_SMALL: usize = 130;
/// Days from which an axis is labelled by months, and hours below which by hours.
const MONTHS_FROM: i64 = 45;
const HOURS_UNTIL: i64 = 72;

/// What an axis is labelled at the starts of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Hours(u32),
    Days(i32),
    Weeks(i32),
    Months(u32),
    Years(i32),
}

/// From the finest on.
const UNITS: [Unit; 21] = [
    Unit::Hours(1),
    Unit::Hours(3),
    Unit::Hours(6),
    Unit::Hours(12),
    Unit::Days(1),
    Unit::Days(2),
    Unit::Weeks(1),
    Unit::Weeks(2),
    Unit::Months(1),
    Unit::Months(2),
    Unit::Months(3),
    Unit::Months(6),
    Unit::Years(1),
    Unit::Years(2),
    Unit::Years(5),
    Unit::Years(10),
    Unit::Years(25),
    Unit::Years(100),
    Unit::Years(500),
    Unit::Years(5_000),
    Unit::Years(50_000),
];

/// Where an axis is labelled.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Ticks {
    /// With the label of each.
    pub(crate) labelled: Vec<(NaiveDateTime, Label)>,
    /// Without one.
    pub(crate) small: Vec<NaiveDateTime>,
}

/// A label of an axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Label {
    pub(crate) words: String,
    /// Begins a larger unit: a year among months, a day among hours.
    pub(crate) is_larger: bool,
}

/// A date: `22 ago 2026`.
pub(crate) fn date(language: Language, date: NaiveDate) -> String {
    format!("{} {}", day_and_month(language, date), date.year())
}

/// A time to the minute where `hours` matter, else its date.
pub(crate) fn moment(language: Language, at: NaiveDateTime, hours: bool) -> String {
    let day = date(language, at.date());
    if hours { format!("{day} {}", at.format("%H:%M")) } else { day }
}

/// A date within a year: `22 ago`.
pub(crate) fn day_and_month(language: Language, date: NaiveDate) -> String {
    format!("{} {}", date.day(), month(language, date))
}

fn month(language: Language, date: NaiveDate) -> String {
    say(language, &format!("month.m{}", date.month()), &[])
}

impl Ticks {
    /// From `first` to `last`, as close to one another as `fits` allows for labels that wide: it is given the widest
    /// label and how many there are.
    pub(crate) fn of(
        language: Language,
        first: NaiveDateTime,
        last: NaiveDateTime,
        fits: impl Fn(&[Label]) -> bool,
    ) -> Self {
        let span = last - first;
        let is_possible = |unit: &Unit| match unit {
            Unit::Hours(_) => span < TimeDelta::hours(HOURS_UNTIL),
            Unit::Days(_) | Unit::Weeks(_) => span < TimeDelta::days(MONTHS_FROM),
            Unit::Months(_) | Unit::Years(_) => true,
        };
        for unit in UNITS.iter().copied().filter(is_possible) {
            let starts = unit.starts(first, last, MOST + 1);
            if starts.len() > MOST {
                continue;
            }
            let labels: Vec<Label> = starts.iter().map(|at| unit.label(language, *at)).collect();
            if fits(&labels) {
                let small = unit.smaller().map(|unit| unit.starts(first, last, MOST_SMALL + 1)).unwrap_or_default();
                let small = if small.len() > MOST_SMALL { Vec::new() } else { small };
                return Self { labelled: starts.into_iter().zip(labels).collect(), small };
            }
        }
        Self::default()
    }
}

impl Unit {
    /// The starts from `first` to `last`, so many of them at most.
    fn starts(self, first: NaiveDateTime, last: NaiveDateTime, most: usize) -> Vec<NaiveDateTime> {
        let starts = std::iter::successors(self.aligned(first), |at| self.next(*at));
        starts.skip_while(|at| *at < first).take_while(|at| *at <= last).take(most).collect()
    }

    /// The last start that is not after a time.
    fn aligned(self, at: NaiveDateTime) -> Option<NaiveDateTime> {
        let day = at.date();
        let since = |days: i32| NaiveDate::from_num_days_from_ce_opt(day.num_days_from_ce() - days);
        let start = match self {
            Self::Hours(hours) => return day.and_hms_opt(at.hour() / hours * hours, 0, 0),
            Self::Days(days) => since(day.num_days_from_ce().rem_euclid(days))?,
            // The first day of the era was a Monday.
            Self::Weeks(weeks) => since((day.num_days_from_ce() - 1).rem_euclid(7 * weeks))?,
            Self::Months(months) => NaiveDate::from_ymd_opt(day.year(), day.month0() / months * months + 1, 1)?,
            Self::Years(years) => NaiveDate::from_ymd_opt(day.year().div_euclid(years) * years, 1, 1)?,
        };
        Some(start.and_time(NaiveTime::MIN))
    }

    fn next(self, at: NaiveDateTime) -> Option<NaiveDateTime> {
        let days = |days: i32| at.checked_add_days(Days::new(u64::try_from(days).ok()?));
        match self {
            Self::Hours(hours) => at.checked_add_signed(TimeDelta::hours(hours.into())),
            Self::Days(count) => days(count),
            Self::Weeks(weeks) => days(7 * weeks),
            Self::Months(months) => at.checked_add_months(Months::new(months)),
            Self::Years(years) => at.with_year(at.year().checked_add(years)?),
        }
    }

    /// What is marked between the labels.
    fn smaller(self) -> Option<Self> {
        match self {
            Self::Hours(1) | Self::Days(1) => None,
            Self::Hours(_) => Some(Self::Hours(1)),
            Self::Days(_) | Self::Weeks(_) => Some(Self::Days(1)),
            Self::Months(1) => Some(Self::Weeks(1)),
            Self::Months(_) => Some(Self::Months(1)),
            Self::Years(1) => Some(Self::Months(3)),
            Self::Years(years) => Some(Self::Years((years / 5).max(1))),
        }
    }

    fn label(self, language: Language, at: NaiveDateTime) -> Label {
        let date = at.date();
        let (words, is_larger) = match self {
            Self::Hours(_) if at.time() == NaiveTime::MIN => (day_and_month(language, date), true),
            Self::Hours(_) => (at.format("%H:%M").to_string(), false),
            Self::Days(_) | Self::Weeks(_) => (day_and_month(language, date), false),
            Self::Months(_) if date.month() == 1 => (date.year().to_string(), true),
            Self::Months(_) => (month(language, date), false),
            Self::Years(_) => (date.year().to_string(), false),
        };
        Label { words, is_larger }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse::<NaiveDate>().unwrap().and_time(NaiveTime::MIN)
    }

    fn labels(first: NaiveDateTime, last: NaiveDateTime, most: usize) -> Vec<String> {
        let ticks = Ticks::of(Language::Spanish, first, last, |labels| labels.len() <= most);
        ticks.labelled.into_iter().map(|(_, label)| label.words).collect()
    }

    #[test]
    fn dates_are_written_as_in_each_language() {
        let day = "2026-09-05".parse().unwrap();
        assert_eq!(date(Language::Spanish, day), "5 set 2026");
        assert_eq!(date(Language::English, day), "5 Sep 2026");
        let noon = day.and_hms_opt(12, 5, 0).unwrap();
        assert_eq!(moment(Language::Spanish, noon, true), "5 set 2026 12:05");
        assert_eq!(moment(Language::Spanish, noon, false), "5 set 2026");
    }

    #[test]
    fn an_axis_is_labelled_at_the_starts_that_its_span_asks_for() {
        let five_months = labels(at("2025-10-20"), at("2026-03-05"), 10);
        assert_eq!(five_months, ["nov", "dic", "2026", "feb", "mar"]);
        assert_eq!(labels(at("2026-01-01"), at("2027-01-01"), 7), ["2026", "mar", "may", "jul", "set", "nov", "2027"]);
        assert_eq!(
            labels(at("2010-05-01"), at("2026-03-01"), 8),
            ["2012", "2014", "2016", "2018", "2020", "2022", "2024", "2026"]
        );
        let evening = at("2026-01-31") + TimeDelta::hours(20);
        assert_eq!(labels(evening, evening + TimeDelta::hours(9), 5), ["21:00", "1 feb", "03:00"]);
        assert_eq!(labels(at("2026-01-01"), at("2026-01-20"), 9), ["5 ene", "12 ene", "19 ene"]);
    }

    #[test]
    fn the_ends_of_the_calendar_are_labelled_or_left_out() {
        for (first, last) in [
            (NaiveDateTime::MIN, NaiveDateTime::MAX),
            (NaiveDateTime::MAX - TimeDelta::days(90), NaiveDateTime::MAX),
            (NaiveDateTime::MIN, NaiveDateTime::MIN + TimeDelta::hours(7)),
        ] {
            assert!(labels(first, last, 12).len() <= 12);
        }
        assert_eq!(labels(at("2026-01-01"), at("2026-01-01"), 0), [""; 0]);
    }
}
