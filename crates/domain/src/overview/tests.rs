use chrono::{TimeDelta, TimeZone};

use super::recent::Close;
use super::*;
use crate::forecast::{LocalDays, ReadingTimes};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn count(number: i64) -> Followers {
    Followers::new(number.unsigned_abs()).unwrap()
}

/// The last of so many days, at an hour in Lima.
fn at(day: &str, hour: u32) -> DateTime<Utc> {
    chrono_tz::America::Lima.from_local_datetime(&date(day).and_hms_opt(hour, 0, 0).unwrap()).unwrap().to_utc()
}

/// Days until 2026-11-27, ten followers more on each; those `without` are missing.
fn recent(days: i64, without: &[i64]) -> Recent {
    let close =
        |back: i64| Close { date: date("2026-11-27") - TimeDelta::days(back), followers: count(10_000 - 10 * back) };
    let closes = (0..days).rev().filter(|back| !without.contains(back)).map(close).collect();
    Recent::new(LocalDays::counted(ReadingTimes::default(), chrono_tz::America::Lima), closes)
}

fn serving(outlook: Outlook) -> Serving {
    Serving {
        version: ModelVersion::FIRST,
        trained_at: at("2026-11-26", 22),
        data_until: at("2026-11-26", 20),
        grid: Grid::Daily,
        outlook: Some(outlook),
    }
}

/// Expects `mean` of each of so many days from 2026-11-27 on, 50 followers about, and 80 where attention is needed.
fn outlook(days: i64, mean: i64) -> Outlook {
    let expected = |day: i64| Expectation {
        date: date("2026-11-27") + TimeDelta::days(day),
        mean: count(mean),
        lower: count(mean - 50),
        upper: count(mean + 50),
        attention_lower: count(mean - 80),
        attention_upper: count(mean + 80),
    };
    let expectations = (0..days).map(expected).collect();
    Outlook { is_baseline: false, last_date: date("2026-11-26"), expectations }
}

fn summary(recent: Recent, serving: Option<Serving>) -> Summary {
    Summary { recent: Some(recent), observations: 0, data_until: Some(at("2026-11-27", 20)), serving }
}

fn codes(glance: &Glance) -> Vec<&'static str> {
    glance.attention.iter().map(|attention| attention.code().as_str()).collect()
}

#[test]
fn a_change_ends_with_the_last_complete_day() {
    let summary = summary(recent(60, &[]), None);
    let now = Glance::of(&summary, at("2026-11-28", 0));
    let (week, month) =
        (Some(Change { change: 70, previous: Some(70) }), Some(Change { change: 280, previous: Some(280) }));
    assert_eq!((now.week, now.four_weeks, now.followers), (week, month, Some(count(10_000))));
    assert_eq!(now.complete_until, Some(date("2026-11-27")));
    // The day is not over yet, and the one before it is the last.
    assert_eq!(Glance::of(&summary, at("2026-11-27", 23)).complete_until, Some(date("2026-11-26")));
    assert_eq!(Glance::of(&summary, at("2026-11-27", 23)).week, week);
    assert_eq!(summary.recent.unwrap().last_complete(at("2026-11-27", 23)), Some((date("2026-11-26"), count(9_990))));
}

#[test]
fn a_change_that_the_data_do_not_reach_is_none() {
    let glance = |days, without: &[i64]| Glance::of(&summary(recent(days, without), None), at("2026-11-28", 9));
    assert_eq!(glance(7, &[]).week, None);
    assert_eq!(glance(8, &[]).week, Some(Change { change: 70, previous: None }));
    assert_eq!(glance(40, &[7]).week, None, "one end was not read");
    assert_eq!(glance(40, &[3]).week, Some(Change { change: 70, previous: Some(70) }));
    assert_eq!(glance(40, &[]).four_weeks, Some(Change { change: 280, previous: None }));
    assert_eq!((glance(0, &[]).week, glance(0, &[]).followers), (None, None));
}

#[test]
fn thirty_days_ahead_are_counted_from_the_last_complete_day() {
    let glance = |days, now| Glance::of(&summary(recent(60, &[]), Some(serving(outlook(days, 10_300)))), now);
    let ahead = glance(31, at("2026-11-28", 9)).ahead.unwrap();
    assert_eq!((ahead.expected.date, ahead.change), (date("2026-12-27"), 300));
    let ahead = glance(31, at("2026-11-27", 21)).ahead.unwrap();
    assert_eq!((ahead.expected.date, ahead.change), (date("2026-12-26"), 310));
    assert_eq!(glance(30, at("2026-11-28", 9)).ahead, None, "the outlook does not reach");
}

#[test]
fn what_needs_attention_is_told_most_severe_first() {
    let baseline = Outlook { is_baseline: true, ..outlook(40, 20_000) };
    let glance = Glance::of(&summary(recent(60, &[]), Some(serving(baseline))), at("2026-12-02", 9));
    assert_eq!(codes(&glance), ["OUTSIDE_INTERVAL", "DATA_STALE", "BASELINE_SERVES"]);
    assert_eq!(glance.model, ModelState::Baseline);
    let (lower, upper) = (count(19_920), count(20_080));
    let outside = Attention::OutsideInterval { date: date("2026-11-27"), actual: count(10_000), lower, upper };
    assert_eq!(glance.attention[0], outside);
    assert_eq!(glance.attention[1], Attention::DataStale { date: date("2026-11-27"), days: 4 });

    let glance = |mean| Glance::of(&summary(recent(60, &[]), Some(serving(outlook(40, mean)))), at("2026-11-28", 9));
    let calm = glance(10_080);
    assert_eq!((codes(&calm), calm.model), (vec![], ModelState::Stale), "a bound belongs to its interval");
    assert_eq!(codes(&glance(10_081)), ["OUTSIDE_INTERVAL"]);
}

#[test]
fn an_account_without_a_model_says_what_it_needs() {
    let glance = |days| Glance::of(&summary(recent(days, &[]), None), at("2026-11-28", 9));
    assert_eq!((codes(&glance(7)), glance(7).days_needed), (vec![], Some(1)));
    assert_eq!((codes(&glance(8)), glance(8).days_needed), (vec!["MODEL_UNTRAINED"], None));
    // Days are few, and hours may be enough.
    let hours = |observations| Summary { observations, ..summary(recent(3, &[]), None) };
    let needed = |observations| Glance::of(&hours(observations), at("2026-11-28", 9)).days_needed;
    assert_eq!((needed(47), needed(48)), (Some(5), None));
}

#[test]
fn what_is_still_to_be_made_is_not_told() {
    let without = Summary { recent: None, ..summary(recent(60, &[]), None) };
    let glance = Glance::of(&without, at("2026-12-09", 9));
    assert_eq!((glance.followers, glance.week, glance.days_needed, codes(&glance)), (None, None, None, vec![]));
    let untold = Serving { outlook: None, ..serving(outlook(0, 100)) };
    let glance = Glance::of(&summary(recent(60, &[]), Some(untold)), at("2026-11-28", 9));
    assert_eq!((glance.ahead, codes(&glance), glance.model), (None, vec![], ModelState::Stale));
}

#[test]
fn an_outlook_keeps_what_was_told_of_days_before_they_were_over() {
    let told = outlook(5, 100);
    let mut new = outlook(40, 200);
    (new.is_baseline, new.last_date) = (true, date("2026-11-28"));
    let kept = new.following(&told);
    let mean = |text| kept.of(date(text)).map(|expected| expected.mean.get());
    assert_eq!((mean("2026-11-27"), mean("2026-11-28"), mean("2026-11-29")), (Some(100), Some(100), Some(200)));
    assert!(kept.is_baseline && kept.expectations.len() == 40);
    let long = Outlook { last_date: date("2026-12-20"), ..outlook(40, 300) }.following(&outlook(40, 100));
    assert_eq!(long.expectations.iter().filter(|expected| expected.mean == count(100)).count(), OUTLOOK_PAST);
}
