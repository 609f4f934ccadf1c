//! Stored models: no bytes break the reader, neither damaged ones nor forged ones whose checksums fit.

#![no_main]

use std::sync::LazyLock;

use atalaya_application::ports::forecaster::{Forecaster, History, TrainingPlan, Unobserved};
use atalaya_domain::forecast::{GridChoice, Horizon, Level, MetricWeights, ModelId};
use atalaya_domain::observation::{Followers, Observation};
use atalaya_prediction::SmartForecaster;
use chrono::{DateTime, Days, TimeDelta};
use libfuzzer_sys::fuzz_target;
use xxhash_rust::xxh3::xxh3_64;

/// Magic and format of a model artifact.
const HEADER: usize = 10;

/// An artifact of this very program, so that the target follows the format.
static GENUINE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let observation = |day: u32| Observation {
        at: DateTime::from_timestamp(1_700_000_000, 0).unwrap() + TimeDelta::days(day.into()),
        followers: Followers::new((1_000 + day * 3 + day % 7).into()).unwrap(),
        posts: None,
        following: None,
    };
    let observations: Vec<_> = (0..60).map(observation).collect();
    let history = History { observations: &observations, time_zone: chrono_tz::UTC };
    let models = vec![ModelId::Ridge];
    let plan = TrainingPlan {
        models,
        weights: MetricWeights::default(),
        grid: GridChoice::Auto,
        max_horizon_days: 14,
        covariates: Vec::new(),
    };
    SmartForecaster::new().train(history, &plan, &Unobserved).unwrap().artifact
});

/// The sections of an artifact, as far as its lengths make sense; the last one takes what is left.
fn sections(bytes: &[u8]) -> Vec<&[u8]> {
    let mut rest = bytes.get(HEADER..).unwrap_or_default();
    let mut found = Vec::new();
    while let Some((head, body)) = rest.split_at_checked(12) {
        let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let (section, after) = body.split_at(body.len().min(usize::try_from(length).unwrap()));
        found.push(section);
        rest = after;
    }
    found
}

/// The same sections with the header, lengths and checksums that a forger would give them.
fn forged(sections: &[&[u8]]) -> Vec<u8> {
    let mut bytes = GENUINE[..HEADER].to_vec();
    for section in sections {
        bytes.extend(u32::try_from(section.len()).unwrap().to_le_bytes());
        bytes.extend(xxh3_64(section).to_le_bytes());
        bytes.extend(*section);
    }
    bytes
}

/// Opens and, where that works, asks whatever can be asked.
fn open(bytes: &[u8]) {
    let Ok(model) = SmartForecaster::new().open(bytes) else { return };
    let (last, reachable) = (model.report().last_date, model.last_reachable());
    for from in [last, reachable] {
        let reach = u64::from(Horizon::LONGEST);
        for days in [0, 1, 2, 14, reach, reach * 10] {
            for date in [from.checked_add_days(Days::new(days)), from.checked_sub_days(Days::new(days))] {
                let Some(date) = date else { continue };
                if let Ok(point) = model.predict(date, &Level::DEFAULTS) {
                    assert_eq!(point.date, date);
                    let _ = (point.whole_mean(), point.whole_baseline(), point.whole_intervals());
                }
            }
        }
    }
}

fuzz_target!(init: assert!(SmartForecaster::new().open(&GENUINE).is_ok()), |bytes: &[u8]| {
    open(bytes);
    let given = sections(bytes);
    open(&forged(&given));
    // Each genuine section beside a forged one: what is read second is reached only past a first that is whole.
    let genuine = sections(&GENUINE);
    open(&forged(&[bytes, genuine[1]]));
    open(&forged(&[genuine[0], bytes]));
});
