use atalaya_application::ports::forecaster::History;
use atalaya_domain::observation::{Observation, whole_followers};
use chrono::{DateTime, Duration};

use super::*;
use crate::numeric::permutation;

/// Numbers from 0 to 1 that look random and are the same every time.
fn uniform(seed: u64, n: usize) -> Vec<f64> {
    permutation(n, seed).into_iter().map(|place| (count(place) + 0.5) / count(n)).collect()
}

/// Standard normal numbers (Box & Muller 1958).
fn normal(seed: u64, n: usize) -> Vec<f64> {
    let pairs = uniform(seed, n).into_iter().zip(uniform(seed.wrapping_add(7_919), n));
    pairs.map(|(one, other)| (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos()).collect()
}

/// A made-up account: its posts of each day, and what each day brings besides them.
struct Account {
    posts: Vec<f64>,
    /// Followers that a post brings in its own day, in the next one, and so on.
    effects: Vec<f64>,
    besides: Vec<f64>,
}

impl Account {
    /// So many days with 0 to `most` posts, 20 followers a day besides, and noise.
    fn new(days: usize, seed: u64, most: f64, effect: f64, noise: f64) -> Self {
        let posts = uniform(seed, days).into_iter().map(|share| (share * (most + 1.0)).floor()).collect();
        let besides = normal(seed.wrapping_add(1), days).into_iter().map(|normal| 20.0 + noise * normal).collect();
        Self { posts, effects: vec![effect], besides }
    }

    fn response(&self) -> Option<Response> {
        let begin = DateTime::from_timestamp_secs(1_704_067_200).unwrap();
        let (mut followers, mut total) = (100_000.0, 0.0);
        let mut number = 0;
        let day = |index: usize| {
            total += self.posts[index];
            let lags = self.effects.iter().enumerate().filter(|(lag, _)| *lag <= index);
            followers += self.besides[index] + lags.map(|(lag, effect)| effect * self.posts[index - lag]).sum::<f64>();
            number += 1;
            Observation {
                at: begin + Duration::days(number),
                followers: whole_followers(followers),
                posts: Some(whole_followers(total)),
                following: None,
            }
        };
        let observations: Vec<Observation> = (0..self.posts.len()).map(day).collect();
        let history = History { observations: &observations, time_zone: chrono_tz::UTC };
        Response::measure(&Series::new(history, atalaya_domain::forecast::GridChoice::Auto).unwrap())
    }

    /// What a post brings in all.
    fn total(&self) -> Option<f64> {
        self.response().map(|response| response.effects.iter().sum())
    }
}

fn is_near(found: Option<f64>, truth: f64) -> bool {
    found.is_some_and(|found| (found - truth).abs() <= 0.25 * truth.abs())
}

#[test]
fn an_effect_of_any_size_is_found() {
    let of_few_days = [(8.0, 10.0), (2.0, 4.0), (-5.0, 10.0), (300.0, 500.0)];
    let cases = [60, 120, 400, 1_000].into_iter().flat_map(|days| of_few_days.map(|of| (days, of)));
    for (days, (effect, noise)) in cases.chain([160, 400, 1_000].map(|days| (days, (8.0, 40.0)))) {
        for seed in 0..8 {
            let account = Account::new(days, seed, 20.0, effect, noise);
            assert!(is_near(account.total(), effect), "{effect}, {noise}, {days}: {:?}", account.total());
        }
    }
}

#[test]
fn where_none_was_planted_hardly_ever_one_is_found() {
    let found = |seed: &u64| Account::new(200, *seed, 20.0, 0.0, 40.0).response().is_some();
    assert!((0..100).filter(found).count() <= 5, "{}", (0..100).filter(found).count());
}

#[test]
fn what_the_weekday_does_is_no_effect_of_posts_that_follow_the_weekday() {
    for seed in 0..8 {
        let mut account = Account::new(300, seed, 6.0, 8.0, 12.0);
        for day in (0..300).filter(|day| day % 7 < 2) {
            account.posts[day] += 12.0;
            account.besides[day] += 200.0;
        }
        assert!(is_near(account.total(), 8.0), "{:?}", account.total());
        account.effects = vec![0.0];
        let ghost = account.total().unwrap_or_default();
        assert!(ghost.abs() < 2.0, "{ghost}");
    }
}

#[test]
fn posts_that_are_nothing_but_the_weekday_tell_nothing() {
    let mut account = Account::new(300, 1, 0.0, 8.0, 12.0);
    account.posts = (0..300).map(|day| if day % 7 < 2 { 10.0 } else { 1.0 }).collect();
    assert_eq!(account.response(), None);
    account.posts = vec![3.0; 300];
    assert_eq!(account.response(), None);
}

#[test]
fn growth_that_rises_beside_the_posts_is_no_effect_of_them() {
    for seed in 0..8 {
        let mut account = Account::new(600, seed, 6.0, 0.0, 12.0);
        for day in 0..600 {
            account.posts[day] += (count(day) / 20.0).floor();
            account.besides[day] += count(day);
        }
        assert!(account.total().unwrap_or_default().abs() < 1.0, "{:?}", account.total());
    }
}

#[test]
fn what_a_post_brings_later_counts() {
    for seed in 0..8 {
        let mut account = Account::new(500, seed, 20.0, 0.0, 20.0);
        account.effects = vec![4.0, 3.0, 1.0];
        assert!(is_near(account.total(), 8.0), "{:?}", account.response());
        account.effects = vec![0.0, 8.0];
        assert!(is_near(account.total(), 8.0), "{:?}", account.response());
    }
}

#[test]
fn days_of_a_thousand_followers_by_chance_do_not_hide_it() {
    for seed in 0..8 {
        let mut account = Account::new(400, seed, 20.0, 8.0, 20.0);
        for (day, lift) in account.besides.iter_mut().enumerate() {
            *lift += if day % 41 == 7 { 1_000.0 } else { 0.0 };
        }
        assert!(is_near(account.total(), 8.0), "{:?}", account.response());
    }
}

#[test]
fn what_is_assumed_moves_each_step_by_what_its_posts_have_brought_until_then() {
    let response = Response { effects: vec![4.0, 2.0], usual: 3.0, steps_per_day: 1.0, seen: (0.0, 9.0) };
    assert_eq!(response.moved_by(3.0, 3), [0.0; 3]);
    assert_eq!(response.moved_by(5.0, 3), [8.0, 20.0, 32.0]);
    assert_eq!(response.moved_by(0.0, 2), [-12.0, -30.0]);
    for (posts, nearest) in [(-1.0, 0.0), (4.0, 4.0), (50.0, 9.0)] {
        assert!((response.nearest(posts) - nearest).abs() < 1e-9, "{posts}");
    }
}

#[test]
fn on_an_hourly_grid_a_days_posts_are_those_of_its_hours() {
    let response = Response { effects: vec![4.0], usual: 0.5, steps_per_day: 24.0, seen: (0.0, 30.0) };
    assert!((response.usual() - 12.0).abs() < 1e-12);
    let day = response.moved_by(24.0, 24);
    assert!((day.last().unwrap() - 4.0 * 12.0).abs() < 1e-9, "{day:?}");
}

#[test]
fn the_range_that_was_seen_is_that_of_whole_days() {
    let account = Account::new(120, 3, 20.0, 8.0, 10.0);
    let seen = account.response().unwrap().seen();
    assert_eq!((*seen.start(), *seen.end()), (0.0, 20.0));
}
