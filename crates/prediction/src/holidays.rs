//! Peru's national public holidays, by rules that hold for any year.
//!
//! The list is article 6 of Legislative Decree 713 (November 1991) as amended. Every rule carries the first year in
//! which its day was a holiday; the first ones begin with 1995, the first whole year in which all were kept on their
//! own dates (Law 26331 of June 1994). Days off by decree, for one year or for public servants only, are no holidays
//! here.

use atalaya_application::ports::calendar::{Holiday, HolidayCalendar};
use chrono::{Datelike, Days, NaiveDate};
use chrono_tz::Tz;

/// How a holiday finds its date in a year.
#[derive(Debug, Clone, Copy)]
enum Day {
    /// Month and day.
    Fixed(u32, u32),
    /// So many days before Easter Sunday.
    BeforeEaster(u64),
}

/// A holiday, by a word for its name in law.
#[derive(Debug, Clone, Copy)]
struct Rule {
    day: Day,
    first_year: i32,
    word: &'static str,
}

const fn since(first_year: i32, day: Day, word: &'static str) -> Rule {
    Rule { day, first_year, word }
}

/// In the order of the year: Easter lies between 22 March and 25 April.
const RULES: [Rule; 16] = [
    since(1995, Day::Fixed(1, 1), "new_year"),
    since(1995, Day::BeforeEaster(3), "maundy_thursday"),
    since(1995, Day::BeforeEaster(2), "good_friday"),
    since(1995, Day::Fixed(5, 1), "labour_day"),
    // Law 31788, published after 7 June 2023.
    since(2024, Day::Fixed(6, 7), "battle_of_arica"),
    since(1995, Day::Fixed(6, 29), "peter_and_paul"),
    // Law 31822, published on 8 July 2023, in force from the next day; it amends Law 16126.
    since(2023, Day::Fixed(7, 23), "air_force_day"),
    since(1995, Day::Fixed(7, 28), "independence"),
    since(1995, Day::Fixed(7, 29), "independence"),
    // Law 31530 of July 2022.
    since(2022, Day::Fixed(8, 6), "battle_of_junin"),
    since(1995, Day::Fixed(8, 30), "rose_of_lima"),
    since(1995, Day::Fixed(10, 8), "battle_of_angamos"),
    since(1995, Day::Fixed(11, 1), "all_saints"),
    since(1995, Day::Fixed(12, 8), "immaculate_conception"),
    // Law 31381, published at the end of December 2021.
    since(2022, Day::Fixed(12, 9), "battle_of_ayacucho"),
    since(1995, Day::Fixed(12, 25), "christmas"),
];

impl Rule {
    fn date(self, year: i32) -> Option<NaiveDate> {
        if year < self.first_year {
            return None;
        }
        match self.day {
            Day::Fixed(month, day) => NaiveDate::from_ymd_opt(year, month, day),
            Day::BeforeEaster(days) => easter(year)?.checked_sub_days(Days::new(days)),
        }
    }
}

/// The public holidays of a year, ascending, each with the word under which the texts have its name, such as
/// `independence`.
pub fn holidays(year: i32) -> impl Iterator<Item = (NaiveDate, &'static str)> {
    RULES.into_iter().filter_map(move |rule| rule.date(year).map(|date| (date, rule.word)))
}

/// The holidays as the application asks for them.
#[derive(Debug, Clone, Copy, Default)]
pub struct PeruvianHolidays;

impl HolidayCalendar for PeruvianHolidays {
    fn country(&self) -> &'static str {
        "PE"
    }

    fn time_zone(&self) -> Tz {
        chrono_tz::America::Lima
    }

    fn of_year(&self, year: i32) -> Vec<Holiday> {
        holidays(year).map(|(date, code)| Holiday { date, code }).collect()
    }
}

/// Whether a date is a public holiday.
pub(crate) fn is_holiday(date: NaiveDate) -> bool {
    holidays(date.year()).any(|(holiday, _)| holiday == date)
}

/// Easter Sunday in the Gregorian calendar, for years from 1583: the anonymous algorithm printed by Butcher (1876) and
/// Meeus (1991), with his names. `None` beyond the dates that can be represented.
#[expect(clippy::many_single_char_names, reason = "the names of the published algorithm")]
fn easter(year: i32) -> Option<NaiveDate> {
    let year = u32::try_from(year).ok()?;
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b + 15 - d - g) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l + 114 - 7 * m;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, n / 31, n % 31 + 1)
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;
    use proptest::prelude::*;

    use super::*;

    fn dates(year: i32) -> Vec<String> {
        holidays(year).map(|(date, _)| date.format("%m-%d").to_string()).collect()
    }

    #[test]
    fn easter_falls_where_the_tables_of_five_centuries_say() {
        for known in [
            "1583-04-10",
            "1700-04-11",
            "1761-03-22",
            "1818-03-22",
            "1886-04-25",
            "1900-04-15",
            "1943-04-25",
            "1954-04-18",
            "1981-04-19",
            "2000-04-23",
            "2008-03-23",
            "2019-04-21",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2038-04-25",
            "2049-04-18",
            "2100-03-28",
            "2285-03-22",
        ] {
            let known: NaiveDate = known.parse().unwrap();
            assert_eq!(easter(known.year()), Some(known));
        }
    }

    #[test]
    fn the_holidays_of_three_years_are_those_of_the_official_calendar() {
        let fixed_2023 = [
            "05-01", "06-29", "07-23", "07-28", "07-29", "08-06", "08-30", "10-08", "11-01", "12-08", "12-09", "12-25",
        ];
        let fixed = [
            "05-01", "06-07", "06-29", "07-23", "07-28", "07-29", "08-06", "08-30", "10-08", "11-01", "12-08", "12-09",
            "12-25",
        ];
        assert_eq!(dates(2023), [&["01-01", "04-06", "04-07"], &fixed_2023[..]].concat());
        assert_eq!(dates(2024), [&["01-01", "03-28", "03-29"], &fixed[..]].concat());
        assert_eq!(dates(2025), [&["01-01", "04-17", "04-18"], &fixed[..]].concat());
    }

    #[test]
    fn a_holiday_begins_with_the_year_of_its_law() {
        assert_eq!(holidays(2021).count(), 12);
        assert_eq!(holidays(2022).count(), 14);
        let on = |text: &str| is_holiday(text.parse().unwrap());
        assert!(!on("2021-12-09") && on("2022-12-09"));
        assert!(!on("2021-08-06") && on("2022-08-06"));
        assert!(!on("2022-07-23") && on("2023-07-23"));
        assert!(!on("2023-06-07") && on("2024-06-07"));
    }

    #[test]
    fn a_holiday_has_its_name() {
        let named = holidays(2025).find(|(date, _)| date.month() == 4).unwrap();
        assert_eq!(named, ("2025-04-17".parse().unwrap(), "maundy_thursday"));
    }

    #[test]
    fn the_ends_of_the_calendar_are_no_holidays() {
        assert!(!is_holiday(NaiveDate::MAX) && !is_holiday(NaiveDate::MIN));
        assert_eq!((holidays(i32::MAX).count(), holidays(i32::MIN).count()), (0, 0));
    }

    proptest! {
        #[test]
        fn every_year_has_its_holidays_in_order(year in 2024..9_000) {
            let all: Vec<(NaiveDate, &str)> = holidays(year).collect();
            prop_assert_eq!(all.len(), 16);
            prop_assert!(all.is_sorted_by(|before, after| before.0 < after.0));
            prop_assert!(all.iter().all(|(date, _)| is_holiday(*date) && date.year() == year));
            prop_assert_eq!(all[1].0.weekday(), Weekday::Thu);
            prop_assert_eq!(all[2].0.weekday(), Weekday::Fri);
            let sunday = easter(year).unwrap();
            prop_assert_eq!(sunday.weekday(), Weekday::Sun);
            prop_assert!(((3, 22)..=(4, 25)).contains(&(sunday.month(), sunday.day())));
        }
    }
}
