//! Series for the unit tests of this crate.

use atalaya_application::ports::forecaster::History;
use atalaya_domain::forecast::GridChoice;
use atalaya_domain::observation::{Observation, whole_followers};
use chrono::{DateTime, Duration};

use crate::series::Series;

/// A daily series from Monday 2024-01-01 on; `None` is a day without an observation.
pub(crate) fn daily(values: &[Option<f64>]) -> Series {
    let begin = DateTime::from_timestamp_secs(1_704_110_400).unwrap();
    let observations: Vec<Observation> = (0..)
        .zip(values)
        .filter_map(|(day, value)| {
            let followers = whole_followers((*value)?);
            Some(Observation { at: begin + Duration::days(day), followers, posts: None, following: None })
        })
        .collect();
    Series::new(History { observations: &observations, time_zone: chrono_tz::UTC }, GridChoice::Auto).unwrap()
}

/// A weekly rhythm on a trend, and something that looks like noise.
pub(crate) fn rhythm(days: usize) -> Vec<Option<f64>> {
    let mut level = 10_000.0;
    (0..days)
        .map(|day| {
            let bump = if day % 7 < 2 { 90.0 } else { 10.0 };
            level += bump + f64::from(u8::try_from(day * day * 31 % 23).unwrap());
            Some(level)
        })
        .collect()
}
