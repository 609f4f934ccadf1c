use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn midnights(dates: impl IntoIterator<Item = NaiveDate>) -> Vec<NaiveDateTime> {
    dates.into_iter().map(|date| date.and_time(NaiveTime::MIN)).collect()
}

/// Days of months, the last one where a month has fewer.
fn monthly(first: &str, months: u32, day: u32, points: u32) -> Vec<NaiveDateTime> {
    let first = date(first).with_day(1).unwrap();
    midnights((0..points).map(|number| crate::calendar::day_of_month(first + Months::new(number * months), day)))
}

fn every(days: u64, points: u64) -> Vec<NaiveDateTime> {
    midnights((0..points).map(|number| date("2022-01-03") + Days::new(number * days)))
}

fn found(times: &[NaiveDateTime]) -> (Step, Laid) {
    Step::find(times).unwrap_or_else(|| panic!("no step of {times:?}"))
}

/// The dates of a point and of those after it.
fn dates(laid: &Laid, from: usize, points: usize) -> Vec<String> {
    (from..from + points).map(|index| laid.timeline.date(index).to_string()).collect()
}

#[test]
fn month_ends_stay_month_ends() {
    for first in ["2021-01-31", "2021-02-28", "2024-02-29", "2021-04-30", "2023-12-31"] {
        let times = monthly(first, 1, 31, 25);
        let (step, laid) = found(&times);
        assert_eq!(step, Step::Months { months: 1, day: 31 }, "{first}");
        assert!(laid.places.iter().flatten().copied().eq(0..25));
        assert!((0..25).all(|index| laid.timeline.date(index) == times[index].date()), "{first}");
    }
    let (_, laid) = found(&monthly("2021-02-28", 1, 31, 40));
    assert_eq!(dates(&laid, 40, 2), ["2024-06-30", "2024-07-31"]);
}

#[test]
fn a_day_of_the_month_stays_that_day() {
    for (first, day) in
        [("2021-01-30", 30), ("2021-02-28", 28), ("2021-02-28", 29), ("2021-03-15", 15), ("2021-02-28", 30)]
    {
        let (step, laid) = found(&monthly(first, 1, day, 14));
        assert_eq!(step, Step::Months { months: 1, day }, "{first}");
        assert_eq!(laid.kept().to_bits(), 1.0_f64.to_bits());
    }
}

#[test]
fn quarters_half_years_and_years_are_told_apart() {
    for months in [3, 6, 12] {
        for day in [1, 15, 31] {
            let (step, laid) = found(&monthly("2003-02-28", months, day, 12));
            assert_eq!(step, Step::Months { months, day });
            assert!(laid.places.iter().flatten().copied().eq(0..12));
        }
    }
}

#[test]
fn last_working_days_are_month_ends() {
    let working = |date: NaiveDate| match date.format("%u").to_string().as_str() {
        "6" => date - Days::new(1),
        "7" => date - Days::new(2),
        _ => date,
    };
    let times = midnights(monthly("2021-01-31", 1, 31, 30).into_iter().map(|at| working(at.date())));
    let (step, laid) = found(&times);
    assert_eq!(step, Step::Months { months: 1, day: 31 });
    assert!(laid.places.iter().flatten().copied().eq(0..30));
}

#[test]
fn so_many_days_are_their_own_step() {
    for days in [2, 3, 5, 10, 14, 28, 30, 45, 91] {
        for points in [8, 13, 40] {
            let times = every(days, points);
            let (step, laid) = found(&times);
            assert_eq!(step, Step::Days(u32::try_from(days).unwrap()), "{points} points");
            let last = times[times.len() - 1].date();
            assert_eq!(laid.timeline.date(times.len()), last + Days::new(days));
        }
    }
}

#[test]
fn gaps_do_not_change_the_step() {
    for (days, expected) in
        [(1, Step::Days(1)), (7, Step::Week(Weekday::Mon)), (10, Step::Days(10)), (28, Step::Days(28))]
    {
        let mut times = every(days, 60);
        times.drain(20..45);
        times.remove(3);
        times.remove(8);
        let (step, laid) = found(&times);
        assert_eq!(step, expected);
        assert_eq!(laid.places[laid.places.len() - 1], Some(59));
    }
    let weekdays: Vec<_> =
        every(1, 60).into_iter().filter(|at| !["6", "7"].contains(&&*at.format("%u").to_string())).collect();
    assert_eq!(found(&weekdays).0, Step::Days(1));
}

#[test]
fn weeks_are_named_by_their_usual_day() {
    let mut times = every(7, 30);
    times[4] += TimeDelta::days(1);
    times[11] -= TimeDelta::days(2);
    let (step, laid) = found(&times);
    assert_eq!(step, Step::Week(Weekday::Mon));
    assert!(laid.places.iter().flatten().copied().eq(0..30));
}

#[test]
fn second_readings_do_not_make_days_hours() {
    for every_so_many in [1, 2, 3] {
        let days = (0..100).flat_map(|day| {
            let first = at("2024-01-01T22:00:00") + TimeDelta::days(day);
            let second = (day % every_so_many == 0).then(|| first + TimeDelta::hours(1));
            [Some(first), second].into_iter().flatten()
        });
        let (step, laid) = found(&days.collect::<Vec<_>>());
        assert_eq!((step, laid.places[laid.places.len() - 1]), (Step::Days(1), Some(99)), "{every_so_many}");
    }
}

#[test]
fn hours_are_steps_of_their_own() {
    for hours in [1, 2, 3, 4, 6, 8, 12] {
        let times: Vec<_> =
            (0..80).map(|n| at("2024-01-01T05:20:00") + TimeDelta::hours(i64::from(hours) * n)).collect();
        let (step, laid) = found(&times);
        assert_eq!(step, Step::Hours(hours));
        assert!(laid.places.iter().flatten().copied().eq(0..80));
    }
    let mut office: Vec<_> = (0..600).map(|n| at("2024-01-01T00:00:00") + TimeDelta::hours(n)).collect();
    office.retain(|at| (9..18).contains(&at.hour()));
    assert_eq!(found(&office).0, Step::Hours(1));
}

#[test]
fn times_without_a_step_have_none() {
    let squares: Vec<_> = (0..20).map(|n| at("2015-01-05T06:00:00") + TimeDelta::days(11 * n * n)).collect();
    assert!(Step::find(&squares).is_none());
    let quarters: Vec<_> = (0..200).map(|n| at("2015-01-05T06:00:00") + TimeDelta::minutes(15 * n)).collect();
    assert!(Step::find(&quarters).is_none());
}

#[test]
fn a_told_step_holds_the_last_reading_of_each_and_no_unfinished_one() {
    let days = every(1, 100);
    for (word, first, last, unfinished) in [
        ("W-SUN", "2022-01-09", "2022-04-10", 2),
        ("W-MON", "2022-01-03", "2022-04-11", 1),
        ("ME", "2022-01-31", "2022-03-31", 12),
        ("MS", "2022-01-01", "2022-03-01", 12),
        ("QE", "2022-03-31", "2022-03-31", 12),
        ("14D", "2022-01-04", "2022-04-12", 0),
        ("D", "2022-01-03", "2022-04-12", 0),
    ] {
        let laid = word.parse::<Step>().unwrap().lay(&days).unwrap();
        let points: Vec<usize> = laid.places.iter().flatten().copied().collect();
        assert_eq!(dates(&laid, points[0], 1), [first], "{word}");
        assert_eq!(dates(&laid, points[points.len() - 1], 1), [last], "{word}");
        assert_eq!(days.len() - points.len(), unfinished, "{word}");
        assert!(points.is_sorted());
    }
}

#[test]
fn steps_are_named_as_pandas_names_them() {
    for (word, step) in [
        ("H", Step::Hours(1)),
        ("h", Step::Hours(1)),
        ("3h", Step::Hours(3)),
        ("1D", Step::Days(1)),
        ("14D", Step::Days(14)),
        ("2W", Step::Days(14)),
        ("W", Step::Week(Weekday::Sun)),
        ("w-wed", Step::Week(Weekday::Wed)),
        ("ME", Step::Months { months: 1, day: 31 }),
        ("QS", Step::Months { months: 3, day: 1 }),
        ("YE", Step::Months { months: 12, day: 31 }),
    ] {
        assert_eq!(word.parse(), Ok(step), "{word}");
    }
    for bad in ["", "5H", "0D", "367D", "W-", "W-MONDAY", "2ME", "min", "-1D", "D1", "٣D"] {
        assert_eq!(bad.parse::<Step>(), Err(UnknownStep), "{bad}");
    }
    for step in ["H", "3H", "D", "10D", "W-MON", "MS", "ME", "QS", "QE", "YS", "YE"] {
        let step: Step = step.parse().unwrap();
        let said = step.to_string();
        let word = said.split(['(', ')']).nth(1).unwrap();
        assert_eq!(word.parse(), Ok(step), "{said}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn jitter_around_midnight_or_the_hour_loses_no_row(
        away in proptest::collection::vec(-14..=14_i64, 40),
        hourly in any::<bool>(),
        hour in prop_oneof![Just(0_i64), Just(12), Just(23)],
    ) {
        let step = if hourly { TimeDelta::hours(1) } else { TimeDelta::days(1) };
        let start = at("2024-01-01T00:00:00") + TimeDelta::hours(hour);
        let times: Vec<_> =
            (0..).zip(&away).map(|(number, away)| start + step * number + TimeDelta::minutes(*away)).collect();
        let (found, laid) = found(&times);
        prop_assert_eq!(found, if hourly { Step::Hours(1) } else { Step::Days(1) });
        prop_assert!(laid.places.iter().flatten().copied().eq(0..40), "{:?}", laid.places);
    }

    #[test]
    fn any_day_of_any_month_goes_on(year in 1990..2030, month in 1..=12_u32, day in 1..=31_u32, points in 12..60_u32) {
        let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap().to_string();
        let times = monthly(&first, 1, day, points + 6);
        let (ahead, laid) = (&times[points as usize..], found(&times[..points as usize]).1);
        for (number, at) in (points as usize..).zip(ahead) {
            prop_assert_eq!(laid.timeline.date(number), at.date());
        }
    }
}
