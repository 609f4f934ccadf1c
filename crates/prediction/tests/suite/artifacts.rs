//! Bytes that are written, read back, and damaged.

use atalaya_application::ports::forecaster::{ArtifactError, Forecaster};
use atalaya_domain::forecast::{Assumptions, Level, ModelId};
use atalaya_prediction::{SmartForecaster, deterministic_checksum};
use chrono::Duration;
use proptest::prelude::*;

use crate::fixtures::{busy_account, channel, daily, hourly, plan, plan_of, train, wandering};

#[test]
fn a_reopened_model_reports_and_answers_the_same() {
    let mut uneven = hourly((0..90).map(|hour| 900.0 + f64::from(hour * hour % 13)));
    uneven.remove(40);
    for history in [channel(), busy_account(400), daily(vec![5.0; 60]), uneven] {
        let trained = train(&history, &plan());
        let reopened = SmartForecaster::new().open(&trained.artifact).unwrap();
        assert_eq!(reopened.report(), trained.model.report());
        assert_eq!(reopened.last_reachable(), trained.model.last_reachable());
        let last = trained.model.report().last_date;
        for offset in -60..=60 {
            let date = last + Duration::days(offset);
            assert_eq!(reopened.predict(date, &Level::DEFAULTS), trained.model.predict(date, &Level::DEFAULTS));
        }
    }
}

#[test]
fn a_reopened_model_answers_the_same_under_assumptions() {
    let trained = train(&busy_account(400), &plan());
    let assumptions = Assumptions { posts_per_day: Some(6.0) };
    let reopened = SmartForecaster::new().open(&trained.artifact).unwrap();
    let date = reopened.report().last_date + Duration::days(10);
    let before = trained.model.assuming(&assumptions, &trained.fitted).unwrap().predict(date, &[]);
    let after = reopened.assuming(&assumptions, &trained.fitted).unwrap().predict(date, &[]);
    assert_eq!(before, after);
    assert_ne!(after, reopened.predict(date, &[]));
}

#[test]
fn the_same_history_and_plan_give_the_same_bytes() {
    for history in [channel(), busy_account(200)] {
        let (one, other) = (train(&history, &plan()), train(&history, &plan()));
        let checksum = deterministic_checksum(&one.artifact).unwrap();
        assert_eq!(checksum, deterministic_checksum(&other.artifact).unwrap());
        assert_eq!(one.fitted, other.fitted);
    }
}

#[test]
fn as_many_threads_as_there_are_give_the_same_bytes() {
    let history = busy_account(200);
    let bytes = || {
        let trained = train(&history, &plan());
        (deterministic_checksum(&trained.artifact).unwrap(), trained.fitted)
    };
    let alone = bytes();
    std::thread::scope(|scope| {
        let together: Vec<_> = (0..8).map(|_| scope.spawn(bytes)).collect();
        for thread in together {
            assert_eq!(thread.join().unwrap(), alone);
        }
    });
}

#[test]
fn artifacts_stay_small() {
    let trained = train(&busy_account(1_095), &plan_of(&[ModelId::Ridge]));
    assert!(trained.artifact.len() < 40_000, "{} bytes", trained.artifact.len());
}

#[test]
fn the_fitted_model_of_another_version_is_refused() {
    let (one, other) = (train(&busy_account(300), &plan()), train(&busy_account(299), &plan()));
    let assumptions = Assumptions { posts_per_day: Some(1.0) };
    assert!(one.model.assuming(&assumptions, &one.fitted).is_ok());
    assert!(matches!(one.model.assuming(&assumptions, &other.fitted), Err(ArtifactError::Damaged)));
    assert!(matches!(one.model.assuming(&assumptions, &one.artifact), Err(ArtifactError::NotAnArtifact)));
    assert!(one.model.assuming(&assumptions, &[]).is_err());
}

#[test]
fn another_format_is_named() {
    let trained = train(&wandering(60, 1), &plan());
    for format in [1, 9] {
        let unsupported = ArtifactError::UnsupportedFormat { found: format.into(), supported: 3 };
        let mut artifact = trained.artifact.clone();
        artifact[8] = format;
        assert_eq!(SmartForecaster::new().open(&artifact).err().unwrap(), unsupported);
        assert_eq!(deterministic_checksum(&artifact).unwrap_err(), unsupported);
        let mut fitted = trained.fitted.clone();
        fitted[8] = format;
        let unsupported = ArtifactError::UnsupportedFormat { found: format.into(), supported: 2 };
        assert_eq!(trained.model.assuming(&Assumptions::default(), &fitted).err().unwrap(), unsupported);
    }
}

#[test]
fn a_version_of_the_format_before_answers_as_it_did() {
    let model = SmartForecaster::new().open(include_bytes!("../data/version_of_format_2.model")).unwrap();
    let report = model.report();
    assert!(report.scores.iter().all(|score| score.coverage_by_step.is_empty()));
    // Days after the history, the mean, and both intervals: what the program said that stored it.
    for (ahead, [mean, lower_80, upper_80, lower_95, upper_95]) in [
        (
            -20,
            [
                14_196.872_659_327_12,
                14_193.974_854_825_106,
                14_199.770_463_829_134,
                14_189.032_896_931_647,
                14_204.712_421_722_594,
            ],
        ),
        (
            1,
            [
                11_066.584_088_639_196,
                11_063.686_284_137_182,
                14_986.981_893_141_21,
                11_058.744_326_243_723,
                14_991.923_851_034_67,
            ],
        ),
        (
            14,
            [
                11_553.738_083_698_507,
                11_537.629_687_384_302,
                15_487.346_480_012_711,
                11_510.158_194_307_161,
                15_514.817_973_089_852,
            ],
        ),
        (
            30,
            [
                12_203.435_847_902_008,
                12_176.999_716_713_759,
                16_147.371_979_090_258,
                12_131.915_154_553_839,
                16_192.456_541_250_178,
            ],
        ),
    ] {
        let forecast = model.predict(report.last_date + Duration::days(ahead), &Level::DEFAULTS).unwrap();
        let said: Vec<f64> = forecast.intervals.iter().flat_map(|interval| [interval.lower, interval.upper]).collect();
        assert_eq!(forecast.mean.to_bits(), f64::to_bits(mean));
        assert_eq!(said, [lower_80, upper_80, lower_95, upper_95], "{ahead}");
    }
    // It has no windows to make paths of; they follow its intervals all the same.
    let goal = model.goal(report.explanation.last_value + 500.0, None).unwrap();
    assert!(goal.dates.is_sorted() && goal.dates[1].is_some(), "{goal:?}");
}

fn stored() -> &'static (Vec<u8>, Vec<u8>) {
    static STORED: std::sync::OnceLock<(Vec<u8>, Vec<u8>)> = std::sync::OnceLock::new();
    STORED.get_or_init(|| {
        let trained = train(&busy_account(120), &plan_of(&[ModelId::GradientBoosting, ModelId::Ridge]));
        (trained.artifact, trained.fitted)
    })
}

fn is_refused(artifact: &[u8]) -> bool {
    SmartForecaster::new().open(artifact).is_err() && deterministic_checksum(artifact).is_err()
}

proptest! {
    #[test]
    fn a_flipped_bit_is_found(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let (artifact, fitted) = stored();
        let mut flipped = artifact.clone();
        flipped[at.index(artifact.len())] ^= 1 << bit;
        prop_assert!(is_refused(&flipped));
        let mut flipped = fitted.clone();
        flipped[at.index(fitted.len())] ^= 1 << bit;
        let model = SmartForecaster::new().open(artifact).unwrap();
        let refused = model.assuming(&Assumptions::default(), &flipped).is_err();
        prop_assert!(refused);
    }

    #[test]
    fn a_truncated_or_lengthened_artifact_is_found(at in any::<prop::sample::Index>(), more in prop::collection::vec(any::<u8>(), 1..20)) {
        let (artifact, fitted) = stored();
        prop_assert!(is_refused(&artifact[..at.index(artifact.len())]));
        prop_assert!(is_refused(&[artifact.as_slice(), &more].concat()));
        let model = SmartForecaster::new().open(artifact).unwrap();
        let is_refused = |fitted: &[u8]| model.assuming(&Assumptions::default(), fitted).is_err();
        prop_assert!(is_refused(&fitted[..at.index(fitted.len())]));
        prop_assert!(is_refused(&[fitted.as_slice(), &more].concat()));
    }

    #[test]
    fn foreign_bytes_are_found(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(is_refused(&bytes));
        let (artifact, _) = stored();
        prop_assert!(is_refused(&[&artifact[..10], &bytes].concat()));
    }
}
